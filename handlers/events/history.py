"""What I took part in, by year, as a list and as a page; and “I was there”."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.language import phrasebook
from bot.conversation.messages import (
    Action,
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MENU, MINE, MyCertificates, ShowHistory, ask
from handlers.events import browsing, photos
from handlers.events.buttons import MY_EVENTS, Run
from handlers.events.feedback import stars_of
from handlers.events.running import may_not
from handlers.words import DOT, hours, person, title
from models.events import certificates, events, feedback, helping, history
from models.events.events import Event, Signup, SignupState
from models.events.history import NotSaid
from models.network import members
from models.rules.events import attending, windows
from models.rules.events.history import Year
from models.rules.events.windows import EventAct
from models.rules.network.permissions import Act
from models.sending.reasons import Reason
from papers.facts import Named, NameList, Order

router = Router()

CERTIFICATES = Button(say("Certificates"), MyCertificates())
PAGE = 5
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class LookBack(Action, tag="look-back"):
    """An event that somebody had a seat at, when it is over."""

    event_id: int


@dataclass(frozen=True, slots=True)
class WasThere(Action, tag="was-there"):
    """Says that one was there, though one is marked as absent."""

    event_id: int


@dataclass(frozen=True, slots=True)
class Believe(Action, tag="believe"):
    """An organizer's answer to it."""

    signup_id: int
    came: int


# The list


@router.command(
    "history",
    zh="参加过的",
    also=("我参加过的", "参加过", "我参加过什么", "my history"),
    about=say("What I took part in"),
)
def by_words(chat: Chat, words: str) -> Reply:
    """``参加过的 2026`` is that year's."""
    year = int(words) if words.isdecimal() and len(words) == 4 else 0
    return show(chat, ShowHistory(year))


@router.button(ShowHistory)
def show(chat: Chat, press: ShowHistory) -> Reply:
    """A year of it, the latest first, with the sums of the year."""
    zone = chat.care.zone
    counted = history.years(chat.session, chat.member.id, chat.now, zone)
    helped_years = [
        event.starts_at.astimezone(zone).year
        for event, _ in helping.by_member(chat.session, chat.member.id, chat.now)
    ]
    known = [*(each.year for each in counted), *helped_years]
    year = press.year or max(known, default=chat.now.astimezone(zone).year)
    helped = _helped_in(chat.session, chat.member.id, year, chat.now, zone)
    rows = history.of_year(
        chat.session, chat.member.id, year, chat.now, zone, skip=press.skip, limit=PAGE + 1
    )
    if not rows and not known:
        return Reply(say("Nothing yet: what you come to stands here."), buttons=(EVENTS, MINE))
    more = Button(say("More"), ShowHistory(year, press.skip + PAGE))
    before = max((each for each in known if each < year), default=0)
    buttons = (
        *((more,) if len(rows) > PAGE else ()),
        *((Button(str(before), ShowHistory(before)),) if before else ()),
        CERTIFICATES if certificates.of_member(chat.session, chat.member.id) else MINE,
    )
    return Reply(
        lines(
            _sums(year, counted, helped),
            *(_as_helper(*each) for each in helped[:PAGE] if not press.skip),
        ),
        tuple(
            Choice(event.id, title(event), LookBack(event.id), _line(signup, event))
            for signup, event in rows[:PAGE]
        ),
        buttons,
        file=_file(chat, year) if not press.skip else None,
        edit=press.skip > 0,
    )


def _sums(year: int, counted: list[Year], helped: Sequence[tuple[Event, int]]) -> Sayable:
    this = next((each for each in counted if each.year == year), Year(year, 0, 0))
    times = say_n("{year}: {n} event", "{year}: {n} events", this.times, year=str(year))
    minutes = sum(each for _event, each in helped)
    as_helper = say("{hours} as a helper", hours=hours(minutes)) if minutes else None
    return lines(times, hours(this.minutes), as_helper, between=DOT)


def _helped_in(
    session: Session, member_id: int, year: int, now: datetime, zone: ZoneInfo
) -> list[tuple[Event, int]]:
    """The events of a year at which somebody helped, with the minutes, the latest first."""
    return [
        (event, minutes)
        for event, minutes in helping.by_member(session, member_id, now)
        if event.starts_at.astimezone(zone).year == year
    ]


def _as_helper(event: Event, minutes: int) -> Sayable:
    helped = say("helped {hours}", hours=hours(minutes))
    return lines(title(event), When(event.starts_at), helped, between=DOT)


def _line(signup: Signup, event: Event) -> Sayable:
    return lines(title(event), When(event.starts_at), _state(signup, event), between=DOT)


def _state(signup: Signup, event: Event) -> Sayable | None:
    """What is to be said of it: how long it was, or that one is marked as absent."""
    if signup.state == SignupState.NO_SHOW:
        return say("asked about") if signup.disputed_at is not None else say("didn't come")
    return hours(attending.minutes_of(event.starts_at, event.ends_at))


@router.button(LookBack)
def look_back(chat: Chat, press: LookBack) -> Reply:
    """What is still to be done with a past event: say that one was there, or how it was."""
    event = events.get(chat.session, press.event_id)
    if event is None:
        return browsing.no_such_event()
    claim = history.claim_of(chat.session, event.id, chat.member.id)
    state = claim.state if claim is not None else None
    if windows.refusal(EventAct.DISPUTE, event, chat.now, state) is None:
        return Reply(
            lines(
                lines(title(event), When(event.starts_at), between=DOT),
                say("Nobody ticked you off there. Were you?"),
            ),
            buttons=(
                Button(say("I was there"), WasThere(event.id)),
                Button(say("I wasn't"), ShowHistory()),
                MINE,
            ),
        )
    shown = browsing.card(chat, event)
    if feedback.why_not(chat.session, event.id, chat.member.id, chat.now) is None:
        shown = stars_of(event)
    return replace(shown, buttons=(*photos.button(chat, event), *shown.buttons)[:3])


# The page


def _file(chat: Chat, year: int) -> Attachment:
    args = (chat.member.id, year, chat.language, str(chat.care.zone), chat.now.isoformat())
    name = chat.in_words(say("Took part in {year}", year=str(year)))
    return Attachment(f"{name}.pdf", PDF, "history", args)


@router.file("history")
def make_page(
    session: Session, member_id: int, year: int, language: str, zone: str, at: str
) -> Order:
    """A year as a page to print or to show: what it was, when, and how long."""
    in_words, now = phrasebook().into(language), datetime.fromisoformat(at)
    rows = history.of_year(session, member_id, year, now, ZoneInfo(zone))
    name = members.names_of(session, [member_id]).get(member_id)
    helped = _helped_in(session, member_id, year, now, ZoneInfo(zone))
    sums = _sums(year, history.years(session, member_id, now, ZoneInfo(zone)), helped)
    took_part: list[tuple[Event, Sayable, int]] = [
        (event, title(event), attending.minutes_of(event.starts_at, event.ends_at))
        for signup, event in reversed(rows)
        if signup.state in history.TOOK_PART
    ]
    as_helper = say("as a helper")
    took_part += [
        (event, lines(title(event), as_helper, between=DOT), minutes)
        for event, minutes in reversed(helped)
    ]
    paper = NameList(
        language,
        in_words(say("Took part in {year}", year=str(year))),
        in_words(lines(name, sums, between=DOT)),
        (in_words(say("Date")), in_words(say("Event")), in_words(say("Hours"))),
        tuple(
            Named(
                f"{event.starts_at.astimezone(ZoneInfo(zone)):%m-%d}",
                in_words(said),
                attending.hours(minutes) if minutes else "",
            )
            for event, said, minutes in sorted(took_part, key=lambda each: each[0].starts_at)
        ),
    )
    return Order(paper)


# I was there


@router.button(WasThere)
def was_there(chat: Chat, press: WasThere) -> Reply:
    event = events.get(chat.session, press.event_id)
    done = history.dispute(chat.session, press.event_id, chat.member.id, chat.now)
    if event is None:
        return browsing.no_such_event()
    if isinstance(done, NotSaid):
        late = say("It's too late to change that by a tap. Ask them, they can.")
        return Reply(late, buttons=(ask(event.id), MINE))
    if not done.told:
        nobody = say("There is nobody to confirm it now. Write to them; it is kept.")
        return Reply(nobody, buttons=(ask(event.id), MINE))
    return Reply(
        say("✅ The organizers of {title} are asked; you'll hear.", title=title(event)),
        buttons=(MINE, EVENTS),
    )


@router.notice(history.DISPUTED)
def disputed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """To the organizers: somebody says that they were there."""
    event = events.for_organizers(chat.session, facts["event_id"])
    claim = history.claim(chat.session, facts["signup_id"])
    if event is None or claim is None or claim.member_id is None:
        return Drop(Reason.GONE)
    if claim.disputed_at is None or claim.state != SignupState.NO_SHOW:
        return Drop(Reason.ANSWERED)
    if may_not(chat, Act.CHECK_IN, event) is not None:
        return Drop(Reason.NOT_THEIRS)
    name = members.names_of(chat.session, [claim.member_id]).get(claim.member_id, "")
    return Reply(
        say(
            "🔔 {name} was at {title}, they say, and isn't ticked off. Were they?",
            name=person(name, claim.member_id),
            title=title(event),
        ),
        buttons=(
            Button(say("Yes, was there"), Believe(claim.id, 1)),
            Button(say("Wasn't there"), Believe(claim.id, 0)),
            Button(say("See event"), Run(event.id)),
        ),
    )


@router.button(Believe)
def believe(chat: Chat, press: Believe) -> Reply:
    claim = history.claim(chat.session, press.signup_id)
    event = events.for_organizers(chat.session, claim.event_id) if claim is not None else None
    if claim is None or event is None:
        return Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    if refusal := may_not(chat, Act.CHECK_IN, event):
        return refusal
    done = history.decide(
        chat.session, claim.id, chat.member.id, chat.now, was_there=bool(press.came)
    )
    if isinstance(done, NotSaid):
        return Reply(say("That is settled already."), buttons=(MY_EVENTS, MENU))
    text = (
        say("✅ Ticked off. They hear of it.")
        if press.came
        else say("All right, it stays as it is. They hear of it.")
    )
    return Reply(text, buttons=(Button(say("See event"), Run(event.id)), MY_EVENTS))


@router.notice(history.DECIDED)
def decided(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.get(chat.session, facts["event_id"])
    if event is None:
        return Drop(Reason.GONE)
    if facts["came"]:
        return Reply(
            say("✅ You were at {title}: it's put right.", title=title(event)),
            buttons=(Button(say("Took part"), ShowHistory()), MENU),
        )
    return Reply(
        say(
            "The organizers of {title} could not confirm that you were there. "
            "Ask them, if that's wrong.",
            title=title(event),
        ),
        buttons=(ask(event.id), MENU),
    )
