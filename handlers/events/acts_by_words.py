"""What is done with an event, by the words of its button: ``海报 12``, ``名额分配``, ``延期``."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Reply, say
from bot.conversation.routing import Router
from bot.conversation.typed import plain, whole
from handlers.actions import MENU, GiveUp, Mine, OpenEvent
from handlers.events import (
    answering,
    asked,
    browsing,
    changing,
    editing,
    facts,
    meant,
    name_lists,
    own_words,
    publishing,
    signups,
)
from handlers.events.buttons import MY_EVENTS, NewEvent, Run, ShowPeople
from handlers.events.running import (
    line,
    may_not,
    my_events_by_words,
    runs_any,
    show_people,
    to_run,
)
from handlers.permission import denied
from handlers.words import title
from models.events import events, running
from models.events.events import Event
from models.network import stations
from models.rules.events import undated, windows
from models.rules.events.windows import EventAct
from models.rules.network.permissions import Act
from models.rules.understanding.intents import Intent, Understood

router = Router()

LOOKED_AT, SHOWN = 40, 5
ANEW, PEOPLE = "anew", "people"


def _for_organizers(chat: Chat, number: int) -> Reply:
    """Who runs nothing is told whose it is to do."""
    if number:
        event, refusal = to_run(chat, number)
        return refusal if event is None else changing.run(chat, Run(number))
    here = stations.desk_of(chat.session, chat.member.station_id)
    return denied(chat, Act.RUN_EVENT, here) or my_events_by_words(chat, "")


def _own(chat: Chat, number: int) -> Reply:
    """A member who writes of rain or of a new date wants to know whether theirs takes place."""
    return signups.show_mine(chat, Mine())


def _give_up(chat: Chat, number: int) -> Reply:
    """A member cancels their own sign-up."""
    return signups.give_up(chat, GiveUp(number)) if number else _own(chat, number)


def _own_draw(chat: Chat, number: int) -> Reply:
    """A member hears how it is drawn, and what their place is worth."""
    event = events.get(chat.session, number) if number else None
    return browsing.card(chat, event) if event is not None else own_words.my_place(chat, "")


def _who_comes(chat: Chat, number: int) -> Reply:
    return people(chat, Understood(Intent.MY_EVENTS, str(number or "")))


@dataclass(frozen=True, slots=True)
class Calls:
    """What an act is called by: its word, in Chinese and English, and what people say besides.

    ``fits`` is what must be possible with an event that is meant without its number; ``of_past``
    acts are for those that are over. The event on the screen is meant by whoever may do ``sees``
    at it. ``for_members`` answers who runs no event.
    """

    zh: str
    en: str
    also: tuple[str, ...] = ()
    fits: EventAct | None = None
    of_past: bool = False
    sees: Act = Act.RUN_EVENT
    for_members: Callable[[Chat, int], Reply] = _for_organizers

    @property
    def words(self) -> tuple[str, ...]:
        return (self.zh, self.en, *self.also)


CALLS: dict[str, Calls] = {
    "postpone": Calls(
        "延期",
        "postpone",
        ("下雨了延期", "下雨延期", "活动延期", "改期待定", "延期待定"),
        EventAct.POSTPONE,
        for_members=_own,
    ),
    "restore": Calls(
        "恢复活动",
        "restore event",
        ("取消错了", "取消错了恢复", "bring it back"),
        EventAct.RESTORE,
        for_members=_own,
    ),
    "twice": Calls(
        "加一场",
        "hold once more",
        ("再加一场", "加开一场", "加一辆车", "分两场", "分两车", "second bus", "one more date"),
        EventAct.HOLD_TWICE,
        for_members=_own,
    ),
    "time": Calls("定日子", "set the date", ("定下日子",), EventAct.MOVE, for_members=_own),
    "off": Calls(
        "取消活动",
        "cancel the event",
        ("活动取消", "活动不办了", "cancel event", "call off"),
        EventAct.CANCEL,
        for_members=_give_up,
    ),
    "shares": Calls(
        "名额分配",
        "share seats out",
        ("分名额", "分配名额", "share seats", "quotas"),
        EventAct.CHANGE_SEATS,
    ),
    asked.WHAT: Calls(
        "报名问题",
        "sign-up questions",
        ("加问题", "报名问什么", "questions at sign-up", "add a question"),
        EventAct.EDIT,
    ),
    answering.WHAT: Calls("待同意", "requests", ("谁要我同意", "approvals")),
    "close": Calls("停止报名", "close sign-up", ("关闭报名", "close signup"), EventAct.CLOSE),
    "open": Calls("重新开放", "reopen sign-up", ("重新开放报名", "reopen signup"), EventAct.REOPEN),
    "draw": Calls(
        "抽签",
        "draw",
        ("填号码", "公开号码", "开始抽签", "public number", "draw the seats"),
        for_members=_own_draw,
    ),
    "seen": Calls("工友看到的", "as members see it", ("工友怎么看", "members' view")),
    "names": Calls("贴接龙", "sign up a list", ("帮人报名", "代报名"), EventAct.SIGN_UP),
    "chain": Calls("接龙", "list for a group", ("印接龙", "group list", "grouplist")),
    PEOPLE: Calls(
        "报名名单",
        "guest list",
        ("看名单", "看报名名单", "guestlist"),
        sees=Act.SEE_LIST,
        for_members=_who_comes,
    ),
    "poster": Calls("海报", "poster", ("做海报", "要海报", "印海报")),
    "helpers": Calls("帮手", "helpers", ("加帮手", "找帮手", "add a helper"), EventAct.RELOCATE),
    "sheet": Calls("下载名单", "list as a file", ("导出名单", "名单下载", "download list")),
    "print": Calls("打印名单", "print list", ("门口名单", "door list")),
    "again": Calls("定期再办", "repeat it", ("定期办", "每周办", "repeat event")),
    ANEW: Calls("再办一次", "hold again", ("再办一场",)),
    "template": Calls("存成模板", "keep as template", ("存为模板",)),
    "hall": Calls("排座", "seating", ("排座位", "座位表", "seats in a hall"), EventAct.RELOCATE),
    "hall-anew": Calls("重新排座", "seat anew", fits=EventAct.RELOCATE),
    "feedback": Calls("大家怎么说", "how it was", ("活动评价", "看评价"), of_past=True),
    "photos": Calls("发照片", "send photos", ("传照片",), of_past=True),
    "hours": Calls("帮手工时", "helpers' hours", ("改工时",), of_past=True),
}
"""Every act of an event's page under the words of its button; ``报名条件`` takes more words."""

_ACTS = {word: what for what, each in CALLS.items() for word in each.words}
_OF_HALLS = {word for word, what in _ACTS.items() if what.startswith("hall")}
_OF_PEOPLE = {*CALLS[PEOPLE].words}
_CHAINS = {word for word in _ACTS if "接龙" in word or word == "grouplist"}
"""Words by which a list may call itself that was collected in a group."""


def _begin(what: str, chat: Chat, words: str) -> Reply:
    """The act with the event of this number, on the screen, or the only one that fits."""
    calls = CALLS[what]
    number = int(words) if words.isdecimal() and len(words) < 10 else 0
    if not runs_any(chat):
        return calls.for_members(chat, number)
    if number:
        return _act(chat, number, what)
    shown = meant.on_screen(chat, calls.sees)
    if shown is not None and _fits(chat, calls, shown):
        return _act(chat, shown.id, what)
    of_theirs = running.events_of(
        chat.session, chat.member.id, chat.now, past=calls.of_past, limit=LOOKED_AT
    )
    fits = [each for each in of_theirs if _fits(chat, calls, each)]
    if what == "time":
        fits = [each for each in fits if undated.is_to_come(each.starts_at)] or fits
    if len(fits) == 1:
        return _act(chat, fits[0].id, what)
    if not fits:
        none = say("No past events.") if calls.of_past else say("None of your coming events fits.")
        return Reply(none, buttons=(MY_EVENTS, MENU))
    return Reply(
        say("Which one?"),
        tuple(
            Choice(
                event.id,
                title(event),
                _press(event.id, what),
                line(event, chat.now),
            )
            for event in fits[:SHOWN]
        ),
        (MY_EVENTS, MENU),
    )


def _fits(chat: Chat, calls: Calls, event: Event) -> bool:
    return calls.fits is None or windows.refusal(calls.fits, event, chat.now) is None


def _press(event_id: int, what: str) -> NewEvent | Run | ShowPeople:
    if what == ANEW:
        return NewEvent(event_id)
    return ShowPeople(event_id) if what == PEOPLE else Run(event_id, what)


def _act(chat: Chat, event_id: int, what: str) -> Reply:
    match _press(event_id, what):
        case NewEvent() as press:
            return publishing.begin(chat, press)
        case ShowPeople() as press:
            return show_people(chat, press)
        case press:
            return changing.run(chat, press)


_OTHERS = _ACTS.keys() - _OF_HALLS - _OF_PEOPLE - _CHAINS


@router.command("postpone", zh="延期", also=tuple(_OTHERS - {"延期", "postpone"}))
@router.command("seating", zh="排座", also=tuple(_OF_HALLS - {"排座", "seating"}))
@router.command(
    "guestlist",
    zh="报名名单",
    also=tuple(_OF_PEOPLE - {"报名名单", "guestlist"}),
    spaced=True,
    one_line=True,
)
@router.command("grouplist", zh="接龙", also=tuple(_CHAINS - {"接龙", "grouplist"}), one_line=True)
def by_words(chat: Chat, words: str) -> Reply:
    """``延期 12``, ``海报``: what any of these words is called for."""
    typed = chat.incoming.text if chat.incoming is not None else ""
    said = plain(typed).casefold().removeprefix("/")
    what = _ACTS[max((each for each in _ACTS if said.startswith(each)), key=len)]
    if what == "names" and runs_any(chat) and (reply := name_lists.offered(chat, whole(typed))):
        return reply
    return _begin(what, chat, words)


def people(chat: Chat, request: Understood) -> Reply:
    """The list of an event to those who run it or help at it; to others how many come."""
    if runs_any(chat):
        return _begin(PEOPLE, chat, request.words)
    number, act = request.number, Act.SEE_LIST
    event = meant.theirs(chat, number, act) if number else meant.on_screen(chat, act)
    if event is not None:
        return show_people(chat, ShowPeople(event.id))
    return facts.who_comes(chat, request)


def below_list(chat: Chat, number: int) -> Reply | None:
    """The event of a number that is typed below a list of one's own, and stands in no row of it.

    None where what was shown last is no such list.
    """
    row = meant.row_called(chat, number)
    if row is None:
        return None
    event = events.for_organizers(chat.session, number)
    if event is not None and may_not(chat, Act.CHECK_IN, event) is None:
        return changing.run(chat, row) if isinstance(row, Run) else editing.edit(chat, row)
    listed = events.get(chat.session, number)
    is_shown = listed is not None and listed.state not in events.UNLISTED
    see = (Button(say("Event details"), OpenEvent(number)),) if is_shown else ()
    none = say("None of your events has the number {n}.", n=number)
    return Reply(none, buttons=(*see, MY_EVENTS, MENU))
