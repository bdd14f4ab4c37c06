"""Every text, page and file that an organizer of a contact point can get holds what is theirs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.conversation.incoming import Incoming
from bot.conversation.messages import Action, Message
from bot.station.files import Files
from handlers.subjects import ROUTERS
from models.network.members import Address
from models.sending.deliveries import Delivery
from tests.miniature.rows import badminton, event, lamp_works, local, team
from tests.stories.people import Person
from tests.stories.scenes import called, organizer, settles
from tests.stories.station import Nanhai

NAME = "欧阳锦书"
WISH, ASIDE, MISS = "食堂的鎏金菜太咸", "想换一个宿舍舍友", "冲鸭咯"
ELSEWHERE, COLLEAGUE = "西门听雪", "诸葛听风"
SMALL = re.compile(r"(?<!不到 )(?<![0-9])[1-9] 人(?!以上)")
"""A number of people, said as it is."""
LEAVES = {"erase", "stop", "withdraw", "lang", "leave", "leave-page", "merge"}
"""What would end the walk: the organizer's own data, role, language or team."""
LOOKS = {"events", "teams", "roles", "myevents", "audit", "desk", "sent", "checkin"}
"""Commands that may be given somebody's name to look for."""
WORDS = "明天下午三点开会"
DEEPEST = 5

Step = tuple[Message | None, dict[str, str]]
"""What was shown, and what brings it back."""


@dataclass
class Walk:
    """Presses everything that is shown to one address, and keeps what it was shown."""

    town: Nanhai
    account: str
    address: str
    seen: set[str] = field(default_factory=set)
    texts: list[tuple[str, str]] = field(default_factory=list)
    files: set[tuple[object, ...]] = field(default_factory=set)
    keys: Iterator[int] = field(default_factory=count)

    async def does(self, what: str, *, text: str = "", press: str = "") -> Message | None:
        """Write or press something; keep the words and the file of the answer."""
        self.town.hands.now += self.town.hands.now.resolution * 10**6
        key = f"walk-{next(self.keys)}"
        push = Incoming(self.account, self.address, key, text=text, press=press)
        answer = await self.town.station.core.dispatcher.listen(push)
        if answer is None:
            return None
        labels = [each.label for each in answer.choices] + [each.label for each in answer.buttons]
        shown = [answer.text, *labels]
        self.texts.append((what, "\n".join(shown)))
        if answer.file is not None:
            await self.opens(what, answer)
        return answer

    async def opens(self, what: str, answer: Message) -> None:
        assert answer.file is not None
        named = (answer.file.maker, *answer.file.args)
        if named in self.files:
            return
        self.files.add(named)
        files: Files = self.town.station.core.files
        content = (await files.make(answer.file)).content
        if answer.file.name.endswith(".xlsx"):
            sheet = load_workbook(BytesIO(content)).active
            assert sheet is not None
            cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
            self.texts.append((f"{what}: {answer.file.name}", "\n".join(cells)))
        elif not answer.file.name.endswith(".png"):
            self.texts.append((f"{what}: {answer.file.name}", content.decode("utf-8", "replace")))

    async def goes(self, level: list[Step]) -> None:
        """Press what is below these messages, and below what comes then, level by level."""
        for _level in range(DEEPEST):
            level = [each for step in level for each in await self._below(*step)]

    async def _below(self, answer: Message | None, again: dict[str, str]) -> list[Step]:
        if answer is None:
            return []
        found: list[Step] = []
        below = [each.data for each in answer.choices] + [each.data for each in answer.buttons]
        for data in below:
            tag = data.partition(".")[0]
            if not data or data in self.seen or tag in LEAVES:
                continue
            self.seen.add(data)
            if tag == "a":
                await self.does(*again.values(), **again)
            found.append((await self.does(data, press=data), {"press": data}))
        if "away" in below:
            await self.does(*again.values(), **again)
            found.append((await self.does(WORDS, text=WORDS), {"text": WORDS}))
        return found

    async def forges(self) -> None:
        """Press every action there is with the numbers of everything there is."""
        for tag, kind in sorted(Action._known.items()):
            if tag in LEAVES or tag in ("a", "away"):
                continue
            wanted = fields(kind)  # type: ignore[arg-type]
            numbered = [each.name for each in wanted if each.type in (int, "int")]
            for number in (1, 2, 3, 4) if numbered else (1,):
                given: dict[str, Any] = {each.name: "" for each in wanted}
                given |= {name: number if name == numbered[0] else 0 for name in numbered}
                press = kind(**given).pack()
                await self.does(f"forged {press}", press=press)


async def _a_company(town: Nanhai) -> tuple[Person, Person]:
    """A company with its organizer, and one of its people who does all there is to do."""
    own = town.save(badminton(station_id=4))
    other = town.save(lamp_works(seats=5))
    town.save(event("old", "中秋晚会", local(1, 9), station_id=4))
    club = town.save(team(code="club", name="昭信羽毛球社", station_id=4))
    far = town.save(team())
    boss = await organizer(town, name="点长")
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    await settles(ana, "昭信", "摄影", shift="夜班")
    await settles(ben, "昭信", "球类", shift="白班")
    await settles(cai, "狮山")
    for each, name in ((ana, NAME), (ben, COLLEAGUE), (cai, ELSEWHERE)):
        await called(each, name)
    await ana.says(f"报名 {other.id}")
    await ana.says(f"加入 {far.id}")
    await ana.says(f"心愿 {WISH}")
    await ana.presses("留名")
    await ana.says(f"心愿 {ASIDE}")
    await ana.presses("不留名")
    await ana.says("退订 公告")
    for _time in range(2):
        await ana.says(MISS)
    await ben.says(f"报名 {own.id}")
    await cai.says(f"报名 {own.id}")
    await ben.says(f"加入 {club.id}")
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says("周三大扫除")
    await boss.presses("发送")
    await town.after(hours=2)
    return boss, ana


@pytest.mark.parametrize("channel", ["web"])
async def test_a_company_gets_to_see_only_what_is_its_own(town: Nanhai) -> None:
    boss, _ana = await _a_company(town)
    address = town.rows(Address)[0]
    walk = Walk(town, address.account, address.external)
    level: list[Step] = []
    for facts, _words, _handler in (each for router in ROUTERS for each in router.commands):
        if facts.name in LEAVES:
            continue
        said = [facts.zh, f"{facts.zh} 1"]
        said += [f"{facts.zh} {NAME}"] if facts.name in LOOKS else []
        level += [(await walk.does(each, text=each), {"text": each}) for each in said]
    await walk.goes(level)
    await walk.forges()
    await town.works()
    walk.texts += [("unasked", each) for each in boss.unasked()]
    walk.texts += [
        ("a notice", each.message["text"])
        for each in town.rows(Delivery, member_id=address.member_id)
        if each.message
    ]
    everything = "\n".join(text for _what, text in walk.texts)
    # The walk went everywhere: the names of their own list and club are among what it saw.
    assert {"signup-list", "my-data"} <= {str(each[0]) for each in walk.files}
    for theirs in (COLLEAGUE, ELSEWHERE, "不到 5 人", "看名单"):
        assert theirs in everything
    leaks = [
        (secret, what, text)
        for secret in (NAME, WISH, ASIDE, MISS)
        for what, text in walk.texts
        # What they looked for themselves is said back to them, and stands among their own data.
        if secret in text.replace(f"“{NAME}”", "").replace(f"我的{NAME}", "")
        and not what.endswith(secret)
    ]
    assert leaks == []
    # Nor where people work who signed up, nor a number that tells on a single person.
    lists = [text for what, text in walk.texts if what.startswith("people.") or "xlsx" in what]
    assert lists
    assert not [text for text in lists if f"{ELSEWHERE} · 狮山" in text or "\n狮山\n" in text]
    counts = [
        (what, text) for what, text in walk.texts if what.startswith("bc-") and SMALL.search(text)
    ]
    assert [each for each in counts if "羽毛球" not in each[1]] == []
