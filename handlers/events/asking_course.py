"""What the dates of a course ask: the same question once, for all dates that are signed up for."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.conversation.asking import Dialog
from bot.conversation.chat import Chat
from bot.conversation.messages import Reply
from handlers.events import asking
from models.events import answers, draws, gates, questions, quotas, signups, stops
from models.events.answers import PersonAsked
from models.events.events import Event, Signup
from models.events.questions import EventQuestion
from models.rules.events import windows
from models.rules.events.questions import STOP
from models.rules.events.windows import EventAct, Why

Said = dict[int, dict[int, str]]
"""What was answered, by the dates' numbers and those of their questions."""


def open_to(
    chat: Chat, dates: Sequence[Event], *, birth_year: int | None = None
) -> list[Event] | None:
    """The dates that they would sign up for; None where one is closed to them, which says why."""
    found = []
    for each in dates:
        if windows.refusal(EventAct.SIGN_UP, each, chat.now) not in (None, Why.POSTPONED):
            continue
        if signups.claim_of(chat.session, each.id, chat.member.id) is not None:
            continue
        why = gates.why_closed(
            chat.session, each, chat.member, chat.care, chat.now, birth_year=birth_year
        )
        if why not in (None, Why.AGE_UNKNOWN):
            return None
        if not draws.may_enter(chat.session, each, chat.member.id):
            return None
        found.append(each)
    return found


def first(
    chat: Chat,
    dates: Sequence[Event],
    within: Dialog,
    *,
    known: Mapping[int, str] | None = None,
    **start: Any,
) -> Reply | None:
    """The first question that these dates ask; None where nothing is asked that is not ``known``.

    ``within`` is the dialog that is begun with ``start``; ``known`` are answers that hold already.
    """
    asked, same = _united(chat, dates)
    with_stop = [each for each in dates if STOP in quotas.asked(chat.session, each)]
    known = known or {}
    stop = bool(with_stop) and STOP not in known
    person = PersonAsked(0, "", asked, known)
    if not any(asking.in_chat(each) for each in person.missing()) and not stop:
        # ID numbers alone are typed on a page once there are seats, one time for all dates.
        return None
    event = with_stop[0] if with_stop else dates[0]
    kept = {str(number): places for number, places in same.items()}
    return asking.begin(chat, event, [person], stop=stop, within=within, same=kept, **start)


def _united(
    chat: Chat, dates: Sequence[Event]
) -> tuple[list[EventQuestion], dict[int, list[list[int]]]]:
    """Each question once, with where else it stands: pairs of the event and the question."""
    asked: dict[tuple[Any, ...], EventQuestion] = {}
    same: dict[int, list[list[int]]] = {}
    stands_for: dict[int, int] = {}
    for event in dates:
        for each in questions.of_event(chat.session, event.id) if event.questions else ():
            condition = stands_for.get(each.if_question or 0)
            if each.if_question is not None and condition is None:
                continue
            one = asked.setdefault(
                (*each.likeness, condition, each.if_choice),
                EventQuestion(**{**each.model_dump(), "if_question": condition}),
            )
            stands_for[each.id] = one.id
            same.setdefault(one.id, []).append([event.id, each.id])
    return list(asked.values()), same


def said_at(form: Mapping[str, Any], dates: Sequence[Event]) -> Said:
    """What was answered, for each of the dates; a stop where the date has it."""
    values = asking.said_by(form, 0)
    found: Said = {}
    for number, places in form["same"].items():
        for event_id, question_id in places:
            if int(number) in values:
                found.setdefault(event_id, {})[question_id] = values[int(number)]
    if stop := values.get(STOP):
        for each in dates:
            if stop in {one.name for one in stops.of(each)}:
                found.setdefault(each.id, {})[STOP] = stop
    return found


def known_from(chat: Chat, was: Event, to: Event) -> dict[int, str]:
    """What somebody answered at one date that holds at another, by the questions of that one."""
    claim = signups.claim_of(chat.session, was.id, chat.member.id)
    if claim is None:
        return {}
    values = answers.of_claims(chat.session, [claim.id]).get(claim.id, {})
    before = {each.likeness: each for each in questions.of_event(chat.session, was.id)}
    found = {
        each.id: values[like.id]
        for each in questions.of_event(chat.session, to.id)
        if asking.in_chat(each)
        and (like := before.get(each.likeness)) is not None
        and like.id in values
    }
    stop = chat.session.get_one(Signup, claim.id).stop
    if stop and stop in {each.name for each in stops.of(to)}:
        found[STOP] = stop
    return found
