"""What people send from the second screen: answers, lines, questions to the stage.

They are known by the cookie of the built-in chat, as members who have told nothing of themselves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.browsers import language_of
from bot.channels.web.requests import (
    RequestRefused,
    json_body,
    json_response,
    message_text,
    refusal,
)
from bot.channels.web.visitors import ACCOUNT, Visitors
from bot.conversation.messages import MAX_NUMBER
from handlers.gala import shown
from models.gala import lines, screens, stage, voting
from models.gala.lines import LineState, TooSoon
from models.gala.voting import Voted
from models.network import members
from models.network.members import Caller
from models.rules.gala.polls import MOST_QUESTIONS
from models.rules.sending.buckets import Buckets
from models.store import Store, StoreDown

Told = dict[str, Any]
Take = Callable[[Session, int, Caller, Any, datetime], Told]


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that is sent: ``read`` reads it from a body, ``take`` is called inside a write."""

    read: Callable[[Mapping[str, Any]], Any]
    take: Take


class Taking:
    """Takes what is sent to a screen; ``own`` is the station's language."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        own: str,
        *,
        origin: str,
        secure_cookies: bool,
    ) -> None:
        self._store = store
        self._now = now
        self._own = own
        # A whole hall may share one IP address.
        per_client = Buckets(per_second=100, burst=1000)
        self._visitors = Visitors(
            origin=origin, secure_cookies=secure_cookies, per_client=per_client
        )

    async def take(self, what: Taken, request: Request) -> Response:
        visitor = self._visitors.of(request)
        token = request.path_params["token"]
        try:
            self._visitors.check_origin(request)
            given = what.read(await json_body(request))
            self._visitors.check_rate(request, visitor)
            language = language_of(request, self._own)
            said = (what.take, token, visitor.address, language, given, self._now())
            told = await self._store.write(_taken, *said)
        except RequestRefused as refused:
            return refusal(refused)
        except StoreDown:
            return refusal(RequestRefused(503, "the station cannot keep anything now", 2))
        if told is None:
            return refusal(RequestRefused(404, "there is no such screen"))
        response = json_response(200, told)
        self._visitors.remember(visitor, response)
        return response


# What is sent


def _choices(body: Mapping[str, Any]) -> tuple[int, ...]:
    match body:
        case {"choices": list(choices)} if 0 < len(choices) <= MOST_QUESTIONS:
            return tuple(_number(each) for each in choices)
    raise RequestRefused(400, "the numbers of choices are needed")


def _words(body: Mapping[str, Any]) -> str:
    match body:
        case {"words": str(words)}:
            return message_text(words)
    raise RequestRefused(400, "words are needed")


def _question(body: Mapping[str, Any]) -> int:
    return _number(body.get("question"))


def _number(value: Any) -> int:
    if type(value) is not int or not 0 < value <= MAX_NUMBER:
        raise RequestRefused(400, "a number is malformed")
    return value


def _taken(
    session: Session, take: Take, token: str, address: str, language: str, given: Any, now: datetime
) -> Told | None:
    event_id = screens.event_of(session, token)
    if event_id is None:
        return None
    who = members.meet(session, ACCOUNT, address, language=language, now=now)
    return {**take(session, event_id, who, given, now), "code": shown.code_of(event_id, who.id)}


# What is taken, each with what the page is told of it: ``why`` not, or nothing


def _votes(
    session: Session, event_id: int, who: Caller, given: Sequence[int], now: datetime
) -> Told:
    answers: dict[str, int] = {}
    why = ""
    for choice_id in given:
        done = voting.vote(session, event_id, choice_id, who, now)
        if isinstance(done, Voted):
            answers[str(done.question_id)] = done.choice_id
        else:
            why = str(done)
    return {"answers": answers, "why": why}


def _line(session: Session, event_id: int, who: Caller, given: str, now: datetime) -> Told:
    match lines.write(session, event_id, who, given, now):
        case TooSoon(wait):
            return {"why": "too soon", "seconds": -(-wait // lines.A_SECOND)}
        case lines.Taken(state):
            return {"why": "", "waits": state is not LineState.SHOWN}
        case lines.NotTaken() as why:
            return {"why": str(why)}
        case never:
            assert_never(never)


def _asked(session: Session, event_id: int, who: Caller, given: str, now: datetime) -> Told:
    done = stage.ask(session, event_id, who, given, now)
    if isinstance(done, stage.Asked):
        return {"why": "", "waits": True, "question": done.question.id}
    return {"why": str(done)}


def _backing(session: Session, event_id: int, who: Caller, given: int, now: datetime) -> Told:
    row = stage.back(session, event_id, given, who, now)
    return {"why": "" if row is not None else "gone"}


TAKES: Mapping[str, Taken] = {
    "votes": Taken(_choices, _votes),
    "lines": Taken(_words, _line),
    "questions": Taken(_words, _asked),
    "backings": Taken(_question, _backing),
}
"""What is sent to which path below a screen's."""
