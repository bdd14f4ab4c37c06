"""Sharing the seats of an event out: who gets how many."""

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, assert_never

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Reply, Sayable, When, lines, listing, say
from bot.conversation.routing import Router
from handlers.events import audiences, closing
from handlers.events.moving import meanwhile, seen_of, too_late
from handlers.events.room import line, share
from handlers.events.running import numbers, run_card, to_run
from handlers.words import title
from models.events import running
from models.events.events import Event
from models.events.quotas import MOST_QUOTAS, Share, TooMuch
from models.events.running import Changed, Meanwhile, TooLate
from models.network import stations
from models.rules.events import audience as rules
from models.rules.events import shares as reading
from models.rules.network.audience import Audience

router = Router()

FOR_GOOD = "for good"
DAYS_BEFORE = (1, 3, 7)
"""How many days before an event what is left of its shares may be released."""

EXAMPLE = say("Like this: Zhaoxin Group 10; Shishan at least 5; Dali up to 20")


@router.dialog("share-out")
def share_out(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    said = yield Question(
        "shares",
        lines(say("Who gets how many seats? One a line."), EXAMPLE),
        check=_shares,
        skip=say("Anybody any seat"),
        many_lines=True,
    )
    if said is None:
        return {**start, "said": "", "until": FOR_GOOD}
    until = yield Question(
        "until",
        partial(_preview, said),
        options=(
            *(Option(at, lines(When(datetime.fromisoformat(at)))) for at in start["times"]),
            Option(FOR_GOOD, say("Never")),
            Option("no", say("Leave it")),
        ),
    )
    return {**start, "said": said, "until": until}


def _shares(words: str) -> str | Wrong:
    found = reading.read(words)
    if isinstance(found, str):
        return Wrong(lines(say("“{words}”: who, and how many?", words=found), EXAMPLE))
    if not found or len(found) > MOST_QUOTAS:
        return Wrong(lines(say("Up to {n} of them, one a line.", n=MOST_QUOTAS), EXAMPLE))
    return words


def _preview(said: str, chat: Chat) -> Sayable:
    shares, unknown = _meant(chat.session, said)
    if unknown:
        return say(
            "“{words}” is no place, company or team here. Leave it and write it anew.",
            words=unknown,
        )
    parts = [share(chat.session, each.who, each.least, each.most) for each in shares]
    return lines(
        say("Seats: {shares}", shares=listing(*parts)),
        say("All others share what is left. When is what nobody took released to all?"),
    )


def _meant(session: Session, said: str) -> tuple[list[Share], str]:
    """The shares of these words, and the first name that nobody has."""
    found = reading.read(said)
    shares: list[Share] = []
    for each in found if not isinstance(found, str) else ():
        who = _part(session, each.name)
        if who is None:
            return shares, each.name
        shares.append(Share(who, each.least, each.most))
    return shares, ""


def _part(session: Session, name: str) -> str | None:
    """The part of an audience of this name, as a column has it: the exact one, or the only one.

    Seats may be shared with anybody in the district, whoever holds the event.
    """
    district = stations.district(session)
    whole = {"station_id": district.id if district is not None else 0}
    options = audiences.found(whole, Audience(), session, name)
    exact = [each for each in options if _is_called(session, each.value, name)]
    one = exact or options
    part = rules.part_of(one[0].value) if len(one) == 1 else None
    return rules.to_column(Audience().toggled(*part)) if part is not None else None


def _is_called(session: Session, code: str, name: str) -> bool:
    part = rules.part_of(code)
    names = audiences.names_of(session, Audience().toggled(*part)) if part is not None else ()
    return name.casefold() in (each.casefold() for each in names)


def ask(chat: Chat, event: Event) -> Reply:
    now = line(chat.session, event, chat.now)
    return share_out.begin(
        chat,
        before=lines(title(event), numbers(event, chat.now), now),
        **seen_of(event),
        times=[at.isoformat() for at in _times(event, chat.now)],
    )


def _times(event: Event, now: datetime) -> Sequence[datetime]:
    """When what is left may be released: whole days before the event, those that are ahead."""
    times = [event.starts_at - timedelta(days=days) for days in DAYS_BEFORE]
    return [each for each in times if each > now]


@share_out.done
def put(chat: Chat, form: Mapping[str, Any]) -> Reply:
    event, refusal = to_run(chat, form["event_id"])
    if event is None:
        return refusal
    if form["until"] == "no":
        return run_card(chat, event, before=say("All right, nothing was changed."))
    shares, unknown = _meant(chat.session, form["said"])
    if unknown:
        return ask(chat, event)
    until = None if form["until"] == FOR_GOOD else datetime.fromisoformat(form["until"])
    by, revision = chat.member.id, form["revision"]
    match running.share_out(
        chat.session, event.id, shares, until, by, chat.care, chat.now, seen=revision
    ):
        case Changed(event, offered=offered):
            text = say("✅ Seats shared out.") if shares else say("✅ Any seat is anybody's.")
            return run_card(chat, event, before=lines(text, closing.asked(offered)))
        case TooMuch(kept, seats):
            why = say("That keeps {kept} seats, and there are {seats}.", kept=kept, seats=seats)
            return run_card(chat, event, before=why)
        case Meanwhile(event):
            return run_card(chat, event, before=meanwhile(event, form))
        case TooLate() as late:
            return too_late(chat, late)
        case never:
            assert_never(never)
