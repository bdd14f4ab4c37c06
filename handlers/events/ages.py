"""The year of birth, asked where an event is for some ages and the member has not told it."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, State
from bot.conversation.messages import Button, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MINE, KeepBirthYear, ShowProfile
from handlers.events.gates import ages
from handlers.members import years
from handlers.words import DOT, seats_left, title
from models.events import events, gates, signups
from models.events.events import Event
from models.events.parties import Companion
from models.members.profile import set_birth_year
from models.rules.events import gates as rules
from models.rules.events import windows
from models.rules.events.windows import EventAct, Why

router = Router()


def _worth(chat: Chat, state: State) -> bool:
    event = events.get(chat.session, state.start["event_id"])
    return event is not None and windows.refusal(EventAct.SIGN_UP, event, chat.now) is None


@router.dialog("birth-year-for", draft=say("Finish sign-up"), worth=_worth, of_oneself=True)
def dialog(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Ask for the year, which is used for this sign-up and kept only if the member wants that."""
    year = yield Question("year", _ask, read=years.in_a_message)
    return {**start, "year": int(year)}


def _ask(chat: Chat) -> Sayable:
    return lines(
        say("In which year were you born? Like 1995."),
        say("It's only compared: the organizers don't see it."),
    )


def first(
    chat: Chat, event: Event, bringing: Sequence[Companion], *, whole: bool = False
) -> Reply | None:
    """The question, to who would sign up and is only to be asked for their age; None to others.

    ``whole``: for all dates of a course.
    """
    if not event.gates or not _asks(chat, event):
        return None
    return dialog.begin(
        chat,
        before=lines(
            lines(title(event), seats_left(event, chat.now), between=DOT),
            ages(rules.from_column(event.gates)),
        ),
        event_id=event.id,
        whole=whole,
        bringing=[[each.name, each.member_id, each.is_child] for each in bringing],
    )


def _asks(chat: Chat, event: Event) -> bool:
    if windows.refusal(EventAct.SIGN_UP, event, chat.now) is not None:
        return False
    if signups.claim_of(chat.session, event.id, chat.member.id) is not None:
        return False
    why = gates.why_closed(chat.session, event, chat.member, chat.care, chat.now)
    return why is Why.AGE_UNKNOWN


def offer_to_keep(chat: Chat, reply: Reply, year: int | None) -> Reply:
    """The reply to a sign-up for which the year was told, which offers to keep it."""
    if year is None or len(reply.buttons) > 2:
        return reply
    if gates.birth_year_of(chat.session, chat.member.id) is not None:
        return reply
    keep = Button(say("Remember {year}", year=str(year)), KeepBirthYear(year))
    return replace(reply, buttons=(*reply.buttons, keep))


@router.button(KeepBirthYear)
def keep(chat: Chat, press: KeepBirthYear) -> Reply:
    if not years.is_possible(press.year, chat.now, chat.care.zone):
        return Reply(say("All right, nothing was kept."), buttons=(EVENTS, MINE))
    set_birth_year(chat.session, chat.member, press.year)
    return Reply(
        say("✅ Kept: born in {year}. “Profile” shows and deletes it.", year=str(press.year)),
        buttons=(Button(say("Profile"), ShowProfile()), EVENTS, MINE),
    )
