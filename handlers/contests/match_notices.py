"""What those who speak for a side are told of a tournament, and what its organizers are."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, Sayable, When, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU, MINE
from handlers.contests import match_words as words
from handlers.contests.match_buttons import (
    ConfirmScore,
    DecideScore,
    OpenMatch,
    OpenTournament,
    TellScore,
)
from handlers.words import DOT
from models.contests import fixtures, matches, tournaments
from models.contests.tournaments import Match, MatchResult, Tournament, TournamentState
from models.rules.contests.matches import OPEN, MatchState
from models.rules.languages import Translated
from models.sending.reasons import Reason

router = Router()

Found = tuple[Match, Tournament, Mapping[int, Translated]]


def _found(chat: Chat, facts: Mapping[str, Any]) -> Found | None:
    """The match that a notice is about, while its tournament goes on."""
    match = matches.get(chat.session, facts["match_id"])
    if match is None:
        return None
    row = tournaments.get(chat.session, match.tournament_id)
    if row is None or row.state is TournamentState.CANCELLED:
        return None
    return match, row, tournaments.names_of(chat.session, row.id)


def _see(match: Match) -> Button:
    return Button(say("See the match"), OpenMatch(match.id))


def _when(match: Match) -> When | None:
    return When(match.starts_at, near=True) if match.starts_at is not None else None


@router.notice("tournament-drawn")
def drawn(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = tournaments.get(chat.session, facts["tournament_id"])
    if row is None or row.state is not TournamentState.PLAYING:
        return Drop(Reason.OUTDATED)
    side = tournaments.side_of(chat.session, row.id, chat.member.id, chat.now)
    if side is None:
        return Drop(Reason.NOT_THEIRS)
    names = tournaments.names_of(chat.session, row.id)
    own = [
        each
        for each in fixtures.of_tournament(chat.session, row.id)
        if side.id in (each.home_id, each.away_id) and each.state in OPEN
    ]
    first = say("You meet first: {match}.", match=words.sides(own[0], names)) if own else None
    return Reply(
        lines(say("🔔 The order is drawn: {title}.", title=row.text_of("title")), first),
        buttons=(Button(say("Take a look"), OpenTournament(row.id)), MINE),
    )


@router.notice("tournament-over")
def over(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = tournaments.get(chat.session, facts["tournament_id"])
    won = matches.first_of(chat.session, row) if row is not None else None
    if row is None or won is None:
        return Drop(Reason.OUTDATED)
    names = tournaments.names_of(chat.session, row.id)
    return Reply(
        lines(
            say("🔔 {title} is over. Won by {side}.", title=row.text_of("title"), side=names[won]),
            say("Thank you for playing."),
        ),
        buttons=(Button(say("Take a look"), OpenTournament(row.id)), MENU),
    )


@router.notice("tournament-cancelled")
def cancelled(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = tournaments.get(chat.session, facts["tournament_id"])
    if row is None or row.state is not TournamentState.CANCELLED:
        return Drop(Reason.OUTDATED)
    why = say("Why: {reason}", reason=row.reason) if row.reason else None
    return Reply(
        lines(say("❌ {title} is cancelled.", title=row.text_of("title")), why), buttons=(MENU,)
    )


@router.notice("match-set")
def match_set(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _found(chat, facts)
    if found is None or found[0].revision != facts["revision"] or found[0].state not in OPEN:
        return Drop(Reason.OUTDATED)
    match, row, names = found
    return Reply(
        lines(
            say("🔔 {match}: the time is set.", match=words.sides(match, names)),
            row.text_of("title"),
            _when(match),
            match.place,
        ),
        buttons=(_see(match), MINE),
    )


@router.notice("match-soon")
def match_soon(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _found(chat, facts)
    if found is None or found[0].revision != facts["revision"] or found[0].state not in OPEN:
        return Drop(Reason.OUTDATED)
    match, row, names = found
    return Reply(
        lines(
            say("🔔 {match} {when}.", match=words.sides(match, names), when=_when(match) or ""),
            row.text_of("title"),
            match.place,
        ),
        buttons=(_see(match), MINE),
    )


@router.notice("match-score-due")
def score_due(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _found(chat, facts)
    if found is None or found[0].revision != facts["revision"]:
        return Drop(Reason.OUTDATED)
    match, row, names = found
    if match.state is not MatchState.PLANNED:
        return Drop(Reason.ANSWERED)
    return Reply(
        lines(
            say("🔔 How did it end: {match}?", match=words.sides(match, names)),
            row.text_of("title"),
        ),
        buttons=(Button(say("Tell the score"), TellScore(match.id)), _see(match)),
    )


@router.notice("match-reported")
def reported(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found, said = _found(chat, facts), chat.session.get(MatchResult, facts["result_id"])
    if found is None or said is None or found[0].state is not MatchState.REPORTED:
        return Drop(Reason.ANSWERED)
    match, row, names = found
    score = words.score(match)
    if score != f"{said.home_score}:{said.away_score}":
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say(
                "🔔 {side} tells of {match}: {score}. Is that right?",
                side=words.name(match.reported_by_side, names),
                match=words.sides(match, names),
                score=score,
            ),
            row.text_of("title"),
        ),
        buttons=(
            Button(say("That's right"), ConfirmScore(match.id, score)),
            Button(say("Not so"), TellScore(match.id)),
        ),
    )


@router.notice("match-settled")
def settled(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _found(chat, facts)
    if found is None or words.score(found[0]) != facts["score"]:
        return Drop(Reason.OUTDATED)
    match, row, names = found
    return Reply(
        lines(
            say("✅ It counts: {match}.", match=words.result(match, names)),
            say("Why: {reason}", reason=match.reason) if match.reason else None,
            row.text_of("title"),
        ),
        buttons=(Button(say("Take a look"), OpenTournament(row.id)), MINE),
    )


@router.notice("match-next")
def match_next(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _found(chat, facts)
    if found is None:
        return Drop(Reason.GONE)
    match, row, names = found
    if (match.home_id, match.away_id) != (facts["home_id"], facts["away_id"]):
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("🔔 You play next: {match}.", match=words.sides(match, names)),
            lines(row.text_of("title"), words.round_of(match), between=DOT),
            _when(match) or say("You'll be told when and where."),
        ),
        buttons=(_see(match), MINE),
    )


# Organizers


@router.notice("match-disputed")
def disputed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _found(chat, facts)
    if found is None or found[0].state is not MatchState.DISPUTED:
        return Drop(Reason.ANSWERED)
    return _to_decide(found, say("🔔 Both sides tell different scores; it's for you to decide."))


@router.notice("match-unconfirmed")
def unconfirmed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _found(chat, facts)
    if found is None or found[0].state is not MatchState.REPORTED:
        return Drop(Reason.ANSWERED)
    return _to_decide(found, say("🔔 A score waits for two days; the other side is silent."))


def _to_decide(found: Found, said: Sayable) -> Reply:
    match, row, names = found
    return Reply(
        lines(said, words.sides(match, names), row.text_of("title")),
        buttons=(_see(match), Button(say("Decide"), DecideScore(match.id))),
    )
