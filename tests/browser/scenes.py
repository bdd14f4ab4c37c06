"""What the pictures of the organizers' guides show: one scene for each, in both languages.

A scene that cannot be played is named at the end; the others are played nevertheless. Buttons are
called by the English words of the code, which the catalogue translates.
"""

import re
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

BADMINTON, LECTURE, EXCEL, YOGA, WRITING, GALA, BOARD_GAMES = 1, 3, 7, 8, 9, 11, 29
PAST, FULL, COURSE, WALK, TOUR = 33, 34, 36, 40, 41
KNOWN = 5
SINGING, CREATION = 2, 5
"""Numbers of the demo's events, of one of its people, and of its contests."""

WORDS = {
    "zh": {
        "town": "桂城",
        "claim": "绑定",
        "event": "发布活动 {when} 电影联谊夜 桂城站多功能厅 40人",
        "sign up": "报名",
        "check in": "签到",
        "code": "签到",
        "announce": "发公告",
        "text": "周六羽毛球赛还有空位，带上球拍就能来。",
        "invite": "邀请",
        "role": "活动骨干",
        "man": "男",
        "drawn": "发布活动 {day} 14:00 桌游联谊 桂城站活动室 20人",
        "social": "发布活动 {day} 19:00-21:00 单身青年联谊 桂城站多功能厅 30人，男女各一半",
        "manage": "管理活动",
        "conditions": "报名条件 {number} 18-35岁；上过手机摄影小课；要我同意；爽约的不收",
        "postpone": "延期",
        "why": "台风要来，河边不安全",
        "set the date": "定日子",
        "new day": "{day} 19:00-20:30",
        "seating": "排座",
        "hand over": "转让",
        "question": "下班晚，迟到二十分钟还进得去吗？",
        "answer": "进得去，从后门轻轻进来就好，给你留座。",
        "desk": "来信",
        "certificates": "证书",
        "history": "参加过的",
        "help": "帮助",
        "events": "活动",
        "call": "评选 1",
        "vote": "投票",
        "work": "我守着三号机，它响一声我就知道累不累。",
        "file": "工友.csv",
    },
    "en": {
        "town": "Guicheng",
        "claim": "claim",
        "event": "new event {when} Film night party at Guicheng station, 40 people",
        "sign up": "sign up",
        "check in": "check in",
        "code": "check in",
        "announce": "announce",
        "text": "There are seats left for badminton on Saturday. Bring a racket and come.",
        "invite": "invite",
        "role": "core member",
        "man": "Man",
        "drawn": "new event {day} 14:00 Board games party, Guicheng station, 20 people",
        "social": "new event {day} 19:00-21:00 Singles party, Guicheng station, 30 people, "
        "half men half women",
        "manage": "my events",
        "conditions": "conditions {number} ages 18-35; after Photos by phone: light; I approve",
        "postpone": "postpone",
        "why": "A typhoon is coming",
        "set the date": "set the date",
        "new day": "{day} 19:00-20:30",
        "seating": "seating",
        "hand over": "hand over",
        "question": "My shift ends late. Will you let me in after it has begun?",
        "answer": "We will: take the back door, a seat is kept for you.",
        "desk": "desk",
        "certificates": "certificates",
        "history": "history",
        "help": "help",
        "events": "events",
        "call": "contests 1",
        "vote": "vote",
        "work": "I mind machine three; one sound and I know how tired it is.",
        "file": "members.csv",
    },
}

ROWS = {
    "zh": "姓名,站点,工号,班次\n李伟,桂城,0317,夜班\n王芳,桂城,0318,\n陈建国,东城,0319,白班\n",
    "en": """\
name,station,staff_number,shift
李伟,桂城,0317,night
王芳,桂城,0318,
陈建国,东城,0319,day
""",
}
"""A file of people, of which one has a place that is not there."""

PARTNERS = {
    "zh": {"南海区妇联": "hosts", "狮山镇文化站": "teaches", "平洲面包坊": "sponsors"},
    "en": {"Women's Federation": "hosts", "Shishan culture hall": "teaches", "Bakery": "sponsors"},
}

SCENES = (
    "arriving",
    "publishing",
    "men_and_women",
    "drawing",
    "running",
    "asking_at_sign_up",
    "an_id_number",
    "sharing_out",
    "who_may",
    "queueing",
    "a_course",
    "every_week",
    "letters",
    "rain",
    "a_hall",
    "the_door",
    "stops",
    "handing_over",
    "afterwards",
    "announcing",
    "inviting",
    "a_call",
    "voting",
    "contests",
    "awards",
    "an_evening",
    "the_desk",
    "people_and_network",
)


class Phone(Protocol):
    """Somebody's phone, as ``guides`` has it."""

    async def says(self, text: str) -> str: ...
    async def presses(self, *labels: str) -> str: ...
    async def presses_what_says(self, label: str) -> str: ...
    async def hears(self, words: str = "") -> None: ...
    async def shows(self, name: str) -> None: ...
    async def follows(self, part: str, name: str) -> None: ...
    async def looks_at(self, path: str, name: str, *, on_wall: bool = False) -> None: ...
    async def reads(self) -> str: ...
    async def goes(self, path: str) -> None: ...
    async def clicks(self, label: str) -> None: ...
    async def fills(self, field: str, words: str) -> None: ...
    async def ticks(self, field: str, value: str) -> None: ...
    async def chooses(self, field: str, name: str, content: str) -> None: ...
    async def sees(self, words: str) -> None: ...
    async def keeps(self, name: str) -> None: ...


Command = Callable[..., Awaitable[str]]
"""Runs a command of the program and returns what it prints."""

Anybody = Callable[[], AbstractAsyncContextManager[Phone]]
"""A phone of somebody who is new."""


Seat = Callable[[str], AbstractAsyncContextManager[Phone]]
"""A window at the desk, by a link that lets somebody in."""


async def play(
    anybody: Anybody,
    at_desk: Seat,
    command: Command,
    language: str,
    only: Collection[str] = SCENES,
) -> list[str]:
    """Play the scenes in a language, the first for the others; return what failed, and why."""
    missed = []
    async with AsyncExitStack() as phones:
        boss, worker, other, known = [await phones.enter_async_context(anybody()) for _ in range(4)]
        guide = Guide(boss, worker, other, known, at_desk, command, language)
        for name in (each for each in SCENES if each in only or each == SCENES[0]):
            try:
                await getattr(guide, name)()
            except Exception as problem:
                missed.append(f"{language} {name}: {str(problem)[:600]}")
    return missed


class Guide:
    """The scenes: an organizer, two who work in the town, and one of those who were there."""

    def __init__(
        self,
        boss: Phone,
        worker: Phone,
        other: Phone,
        known: Phone,
        at_desk: Seat,
        command: Command,
        language: str,
    ) -> None:
        self.boss, self.worker, self.other, self.known = boss, worker, other, known
        self.at_desk = at_desk
        self.command = command
        self.language = language
        self.words = WORDS[language]

    async def arriving(self) -> None:
        await self.worker.hears()
        await self.worker.shows("chat-hello")
        for each in (self.worker, self.other):
            await each.presses("Agree")
            await each.says(self.words["town"])
            await each.presses("Skip", "Skip")
        await self.worker.says(self.words["events"])
        await self.worker.shows("chat-events")
        await self.worker.says(str(BADMINTON))
        await self.worker.presses("Sign up")
        await self.worker.shows("chat-seat")
        code = (await self.command("invite", "桂城", "town")).split()[0]
        await self.boss.presses("Agree")
        await self.boss.says(f"{self.words['claim']} {code}")

    async def publishing(self) -> None:
        begins = datetime.now(ZONE) + timedelta(days=6)
        await self.boss.says(self.words["event"].format(when=f"{self._day(begins)} 19:30"))
        await self.boss.shows("guide-preview")
        await self.boss.presses("Publish")

    async def men_and_women(self) -> None:
        day = self._day(datetime.now(ZONE) + timedelta(days=9))
        await self.boss.says(self.words["social"].format(day=day))
        await self.boss.shows("guide-shares")
        await self.boss.presses("Don't")

    async def drawing(self) -> None:
        day = self._day(datetime.now(ZONE) + timedelta(days=5))
        await self.boss.says(self.words["drawn"].format(day=day))
        await self.boss.presses("Change", "Draw the seats")
        await self.boss.shows("guide-draw")
        await self.boss.presses("Publish")

    async def running(self) -> None:
        await self._more(LECTURE)
        await self.boss.shows("guide-run")

    async def asking_at_sign_up(self) -> None:
        await self._more(EXCEL)
        await self.boss.presses("Questions at sign-up", "Meal")
        await self.boss.shows("guide-questions")

    async def an_id_number(self) -> None:
        await self._more(YOGA)
        await self.boss.presses("Questions at sign-up", "ID number")
        await self.worker.says(f"{self.words['sign up']} {YOGA}")
        await self.worker.presses("ID number")
        await self.worker.follows("/ask/", "guide-id-number")

    async def sharing_out(self) -> None:
        await self.worker.says(str(BOARD_GAMES))
        await self.worker.presses("Sign up")
        await self.worker.shows("guide-quotas")
        await self.worker.presses_what_says(self.words["man"])

    async def who_may(self) -> None:
        await self.boss.says(self.words["conditions"].format(number=WRITING))
        await self.boss.shows("guide-conditions")

    async def queueing(self) -> None:
        await self.other.says(str(FULL))
        await self.other.presses("Join queue")
        await self.other.shows("guide-queue")

    async def a_course(self) -> None:
        await self.other.says(str(COURSE))
        await self.other.presses("Sign up")
        await self.other.shows("guide-course")

    async def every_week(self) -> None:
        await self._more(WALK)
        await self.boss.presses("Repeat it")
        await self.boss.shows("guide-repeats")

    async def letters(self) -> None:
        await self.other.says(str(LECTURE))
        await self.other.presses("Ask them")
        await self.boss.says(self.words["help"])
        await self.other.says(self.words["question"])
        await self.other.presses("With my name")
        await self.boss.hears(self.words["question"])
        await self.boss.shows("guide-help")
        await self.boss.says(self.words["desk"])
        await self.boss.says("1")
        await self.boss.presses("Answer")
        await self.boss.says(self.words["answer"])
        await self.boss.shows("guide-answered")
        await self.boss.presses("Answer so always")
        await self.boss.presses("Just so")

    async def rain(self) -> None:
        await self.other.says(f"{self.words['sign up']} {LECTURE}")
        await self.boss.says(f"{self.words['postpone']} {LECTURE}")
        await self.boss.says(self.words["why"])
        await self.boss.presses("Postpone it")
        # Both are told in one notice to whom the first one has not reached yet.
        await self.other.hears(self.words["why"])
        await self.boss.says(f"{self.words['set the date']} {LECTURE}")
        day = datetime.now(ZONE) + timedelta(days=8)
        await self.boss.says(self.words["new day"].format(day=self._day(day)))
        await self.boss.presses("Set it")
        await self.other.hears("19:00–20:30")
        await self.other.shows("guide-rain")

    async def a_hall(self) -> None:
        for each in (self.worker, self.other):
            await each.says(f"{self.words['sign up']} {GALA}")
        await self.boss.says(f"{self.words['seating']} {GALA}")
        await self.boss.presses("Seat people now")
        await self.boss.shows("guide-hall")

    async def the_door(self) -> None:
        await self.worker.says(f"{self.words['sign up']} {TOUR}")
        await self.worker.says("1")
        ticket = await self.worker.says(self.words["code"])
        await self.worker.shows("guide-ticket")
        digits = re.search(r"\b\d{6}\b", ticket)
        await self.boss.says(f"{self.words['check in']} {digits[0] if digits else ''}")
        await self.boss.shows("guide-checkin")
        await self.boss.says(self.words["check in"])
        await self.boss.presses("More", "Changing code")
        await self.boss.follows("/door/", "guide-door")

    async def stops(self) -> None:
        await self.boss.says(self.words["check in"])
        await self.boss.presses("More", "Stops")
        await self.boss.shows("guide-stops")

    async def handing_over(self) -> None:
        await self.other.says(f"{self.words['sign up']} {BADMINTON}")
        await self.other.says(f"{self.words['hand over']} {BADMINTON}")
        await self.other.presses("One-time code")
        await self.other.shows("guide-handing")

    async def afterwards(self) -> None:
        await self._more(PAST)
        await self.boss.presses("How it was")
        await self.boss.shows("guide-feedback")
        listed = await self.command("codes", "青麦酒店")
        code = listed.split("周晓彤")[1].split()[0]
        await self.known.presses("Agree")
        await self.known.says(f"{self.words['claim']} {code}")
        await self.known.presses("That's me")
        await self.known.says(self.words["certificates"])
        await self.known.says(self.words["history"])
        await self.known.shows("guide-history")
        code = await self.command("certificate")
        await self.known.looks_at(f"/c/{code}?lang={self.language}", "guide-certificate")

    async def announcing(self) -> None:
        await self.boss.says(self.words["announce"])
        await self.boss.presses("Write it")
        await self.boss.says(self.words["text"])
        await self.boss.shows("guide-announce")

    async def inviting(self) -> None:
        await self.boss.says(self.words["invite"])
        await self.boss.presses_what_says(self.words["role"])
        await self.boss.says(self.words["town"])
        await self.boss.presses("No end")
        await self.boss.shows("guide-invite")

    async def a_call(self) -> None:
        await self.boss.says(self.words["call"])
        await self.boss.presses("Hand in")
        await self.boss.says(self.words["work"])
        await self.boss.presses("That's it for now")
        await self.boss.shows("guide-entry")
        await self.boss.looks_at(f"/w/1?lang={self.language}", "guide-gallery")

    async def voting(self) -> None:
        await self.worker.says(self.words["vote"])
        await self.worker.says("1")
        await self.worker.presses("Vote for it")
        await self.worker.shows("guide-vote")

    async def contests(self) -> None:
        await self.worker.looks_at(f"/m/1?lang={self.language}", "guide-matches")
        async with self.at_desk(await self._link()) as desk:
            await desk.looks_at(f"/console/contests/{SINGING}/judging", "guide-judging")
            await desk.looks_at(f"/console/stage/{SINGING}", "guide-stage")

    async def awards(self) -> None:
        await self.worker.looks_at(f"/h/{CREATION}?lang={self.language}", "guide-notice")
        await self.worker.looks_at(f"/honours?lang={self.language}", "guide-honours")
        async with self.at_desk(await self._link()) as desk:
            await desk.looks_at(f"/console/awards/{CREATION}", "guide-award")

    async def an_evening(self) -> None:
        async with self.at_desk(await self._link()) as desk:
            here = f"/console/events/{GALA}/gala"
            await desk.looks_at(f"{here}/cues", "guide-cues")
            await desk.looks_at(f"{here}/streams", "guide-streams")
            await desk.goes(here)
            await desk.clicks("Another link")
            link = re.search(r"/screen/[\w-]+", await desk.reads())
            assert link is not None
            await desk.looks_at(f"{link[0]}?wall", "guide-wall", on_wall=True)
        await self.worker.looks_at(link[0], "guide-screen")

    async def _link(self) -> str:
        """A link to the desk of the district, which works once."""
        return (await self.command("console", "南海区")).split()[0]

    async def the_desk(self) -> None:
        async with self.at_desk(await self._link()) as desk:
            for path, name in (
                ("", "today"),
                ("/events", "events"),
                (f"/events/{BOARD_GAMES}", "event"),
                ("/desk/1", "letters"),
                ("/report", "report"),
                ("/search?words=灯", "search"),
            ):
                await desk.looks_at(f"/console{path}", f"desk-{name}")
            await desk.goes(f"/console/events/{TOUR}/people")
            await desk.clicks("Show the names")
            await desk.keeps("desk-people")
            await desk.goes(f"/console/events/{TOUR}/door")
            await desk.keeps("desk-door")
            await desk.goes("/console/announcements")
            await desk.clicks("Write an announcement")
            await desk.fills("text", self.words["text"])
            await desk.keeps("desk-announce")
            await desk.goes(f"/console/people/{KNOWN}")
            await desk.clicks("Open")
            await desk.keeps("desk-person")

    async def people_and_network(self) -> None:
        link = (await self.command("console", "南海区")).split()[0]
        async with self.at_desk(link) as desk:
            await desk.looks_at("/console/people", "desk-workers")
            await desk.looks_at("/console/network/roles", "desk-roles")
            for name, does in PARTNERS[self.language].items():
                await desk.goes("/console/network/partners/new")
                await desk.fills("name", name)
                await desk.ticks("does", does)
                await desk.clicks("Save")
            await desk.keeps("desk-partners")
            await desk.goes("/console/network/import")
            await desk.chooses("file", self.words["file"], ROWS[self.language])
            await desk.clicks("Show what it would do")
            await desk.sees("Nothing is written yet. This is what it would do:")
            await desk.keeps("desk-import")

    async def _more(self, number: int) -> None:
        await self.boss.says(f"{self.words['manage']} {number}")
        await self.boss.presses("More")

    def _day(self, day: datetime) -> str:
        return f"{day.month}月{day.day}日" if self.language == "zh" else f"{day:%a %-d %b}"
