"""Scores of matches in the chat: told by one side, confirmed by the other, or decided."""

from collections.abc import Generator, Mapping
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Button, Reply, say
from bot.conversation.routing import Router
from handlers.contests import match_words as words
from handlers.contests.match_buttons import (
    TOURNAMENTS,
    ConfirmScore,
    DecideScore,
    OpenMatch,
    OpenTournament,
    TellScore,
    refused,
)
from handlers.contests.matches import card
from handlers.permission import denied
from handlers.permission import reason as short_reason
from models.contests import matches, tournaments
from models.contests.matches import Disputed, Reported
from models.contests.settling import Settled
from models.contests.tournaments import Match, NotDone, WhyNot
from models.network import stations
from models.rules.contests import matches as rules
from models.rules.contests.matches import MatchState
from models.rules.languages import Translated
from models.rules.network.permissions import Act

router = Router()


@router.dialog("match-score")
def score_asked(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    said = yield _ask_score(start)
    return start["match"], said, None


def _ask_score(start: Mapping[str, Any]) -> Question:
    home, away = (Translated.from_json(start[each]) for each in ("home", "away"))
    return Question(
        "score",
        say("{home} against {away}: the score? For instance 3:1.", home=home, away=away),
        check=_score,
    )


def _score(said: str) -> str | Wrong:
    score = rules.read_score(said)
    if score is None:
        return Wrong(say("Two numbers, like 3:1."))
    return f"{score[0]}:{score[1]}"


@router.dialog("match-decide")
def decision_asked(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    said = yield _ask_score(start)
    why = yield Question("reason", say("Why? Both sides will read it."), check=short_reason)
    return start["match"], said, why


def _start(chat: Chat, match: Match) -> dict[str, Any]:
    names = tournaments.names_of(chat.session, match.tournament_id)
    return {
        "match": match.id,
        "home": names[match.home_id or 0].to_json(),
        "away": names[match.away_id or 0].to_json(),
    }


@router.button(TellScore)
def tell_score(chat: Chat, press: TellScore) -> Reply:
    match = matches.get(chat.session, press.match_id)
    if match is None or not match.home_id or not match.away_id:
        return refused(WhyNot.NOT_KNOWN)
    return score_asked.begin(chat, **_start(chat, match))


@score_asked.done
def keep_score(chat: Chat, form: tuple[int, str, None]) -> Reply:
    home, away = (int(each) for each in form[1].split(":"))
    done = matches.report(chat.session, form[0], home, away, chat.member.id, chat.now)
    return _said(chat, form[0], done)


@router.button(ConfirmScore)
def confirm(chat: Chat, press: ConfirmScore) -> Reply:
    match = matches.get(chat.session, press.match_id)
    if match is None:
        return refused(WhyNot.NOT_KNOWN)
    # Another score than the one that was shown is confirmed by nobody.
    if match.state is MatchState.REPORTED and words.score(match) != press.score:
        return card(chat, match)
    done = matches.confirm(chat.session, match.id, chat.member.id, chat.now)
    return _said(chat, match.id, done)


@router.button(DecideScore)
def decide(chat: Chat, press: DecideScore) -> Reply:
    match = matches.get(chat.session, press.match_id)
    if match is None or not match.home_id or not match.away_id:
        return refused(WhyNot.NOT_KNOWN)
    row = tournaments.get(chat.session, match.tournament_id)
    assert row is not None
    refusal = denied(chat, Act.RUN_CONTEST, stations.get(chat.session, row.station_id))
    return refusal or decision_asked.begin(chat, **_start(chat, match))


@decision_asked.done
def keep_decision(chat: Chat, form: tuple[int, str, str]) -> Reply:
    home, away = (int(each) for each in form[1].split(":"))
    done = matches.decide(chat.session, form[0], home, away, form[2], chat.member.id, chat.now)
    return _said(chat, form[0], done)


def _said(chat: Chat, match_id: int, done: Reported | Settled | Disputed | NotDone) -> Reply:
    see = Button(say("See the match"), OpenMatch(match_id))
    match done:
        case Reported():
            said = say("⏳ Kept. The other side is asked; it counts once they say so.")
        case Settled(found):
            row = tournaments.get(chat.session, found.tournament_id)
            assert row is not None
            names = tournaments.names_of(chat.session, row.id)
            return Reply(
                say("✅ It counts: {match}.", match=words.result(found, names)),
                buttons=(Button(say("Take a look"), OpenTournament(row.id)), TOURNAMENTS),
            )
        case Disputed():
            said = say("⏳ You say different things; the organizers decide, and tell both.")
        case NotDone(why):
            return refused(why, see)
        case never:
            assert_never(never)
    return Reply(said, buttons=(see, TOURNAMENTS))
