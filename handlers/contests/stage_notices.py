"""What those who perform, judge or watch are told of a round on the stage."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, Sayable, Text, When, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU, MINE
from handlers.contests import stage_words as words
from handlers.contests.stage import ask_points
from handlers.contests.stage_buttons import OpenRound
from handlers.words import DOT, title
from models.contests import contests, rounds, scores
from models.contests.contests import Contest
from models.contests.rounds import Appearance, AppearanceState, ContestRound, RoundState
from models.sending.reasons import Reason

router = Router()

Found = tuple[Appearance, ContestRound, Contest]


def _told(chat: Chat, facts: Mapping[str, Any]) -> Found | None:
    """The appearance that a notice is about, of one who performs it."""
    each = chat.session.get(Appearance, facts["appearance_id"])
    if each is None or chat.member.id not in rounds.performers(chat.session, each.entry_id):
        return None
    row = chat.session.get_one(ContestRound, each.round_id)
    contest = contests.get(chat.session, row.contest_id)
    return (each, row, contest) if contest is not None else None


@router.notice("stage-order")
def order(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, facts)
    if found is None or found[1].state is not RoundState.DRAWN:
        return Drop(Reason.OUTDATED)
    each, row, _contest = found
    event = rounds.event_of(chat.session, row)
    return Reply(
        lines(
            say("🔔 The order is drawn."),
            words.heading(chat.session, row),
            words.own_line(each),
            lines(title(event), When(event.starts_at, near=True), between=DOT) if event else None,
            event.text_of("place") if event is not None else None,
        ),
        buttons=(Button(say("Take a look"), OpenRound(row.id)), MINE),
    )


@router.notice("stage-soon")
def soon(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, facts)
    if found is None or found[0].state is not AppearanceState.CALLED:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(say("🔔 Get ready: it's your turn soon."), words.heading(chat.session, found[1])),
        buttons=(Button(say("Take a look"), OpenRound(found[1].id)), MENU),
    )


@router.notice("stage-now")
def now_on(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, facts)
    if found is None or found[0].state is not AppearanceState.ON_STAGE:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("🔔 It's your turn: to the stage."),
            rounds.performer(chat.session, found[0].entry_id).title,
            words.heading(chat.session, found[1]),
        ),
        buttons=(MENU,),
    )


@router.notice("stage-moved-up")
def moved_up(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, facts)
    if found is None:
        return Drop(Reason.GONE)
    each, row, _contest = found
    if each.goes_on:
        return Reply(
            lines(
                say("🔔 You move up: you're in the next round."), words.heading(chat.session, row)
            ),
            buttons=(Button(say("Take a look"), OpenRound(row.id)), MINE),
        )
    if each.state is not AppearanceState.WAITING:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("🔔 You move up: you perform."),
            words.heading(chat.session, row),
            words.own_line(each),
        ),
        buttons=(Button(say("Take a look"), OpenRound(row.id)), MINE),
    )


@router.notice("stage-result")
def result(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    return _result(chat, facts, say("🔔 The points are in: place {place}, {score}."))


@router.notice("stage-corrected")
def corrected(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    return _result(chat, facts, say("⚠️ Points were corrected: place {place}, {score}."))


def _result(chat: Chat, facts: Mapping[str, Any], said: Text) -> Reply | Drop:
    found = _told(chat, facts)
    if found is None or found[0].place is None:
        return Drop(Reason.OUTDATED)
    each, row, _contest = found
    on: Sayable | None = None
    if each.goes_on:
        on = say("You go on to the next round.")
    elif each.standby_turn is not None:
        on = say("You're standby number {n} for the next round.", n=each.standby_turn)
    return Reply(
        lines(
            replace(said, values={"place": each.place, "score": each.score}),
            on,
            words.heading(chat.session, row),
        ),
        buttons=(Button(say("All places"), OpenRound(row.id)), MINE),
    )


@router.notice("stage-results")
def results(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = rounds.get(chat.session, facts["round_id"])
    if row is None or row.state is not RoundState.OVER:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("🔔 The result:"),
            words.heading(chat.session, row),
            *words.places(chat.session, row, 3),
        ),
        buttons=(Button(say("All places"), OpenRound(row.id)), MENU),
    )


@router.notice("stage-judge")
def to_judge(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = scores.own(chat.session, facts["assignment_id"], chat.member.id)
    if found is None or found[0].done_at is not None:
        return Drop(Reason.ANSWERED)
    return ask_points(chat, found[0], found[2])
