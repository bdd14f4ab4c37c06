"""How a program is answered: who it is, what it sent, whether it comes again, what it is told."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Send
from starlette.types import Scope as Asked

from bot.channels.browsers import language_of
from bot.conversation.language import Reader, to_text
from bot.conversation.messages import Sayable, say
from console.api import page
from console.api.acts import NAMES, untaken
from console.api.description import described
from console.api.problems import Problem, faults_of
from console.api.program import Program, program_of
from console.api.routing import NUMBERS, Call, Nothing, Operation, missing
from console.api.subjects import OPERATIONS, SUBJECTS
from console.desk import House
from console.routing import BadForm, Missing, NotTaken
from handlers.permission import WHAT
from models.network import audit, tokens
from models.network.roles import NotAllowed
from models.network.tokens import Held
from models.rules.network.permissions import Act
from models.rules.network.scopes import Scope
from models.rules.sending.buckets import Buckets
from models.sending import inbox
from models.store import Store

ROOT = "/api/v1"

ACCOUNT = "api"
"""The account of the inbox that knows what came with an Idempotency-Key."""

MOST_BYTES = 64 * 1024
LONGEST_KEY = 100
HEADERS = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}

UNKNOWN = say("This token is unknown, or it has ended.")
NO_TOKEN = say("Send a token: “Authorization: Bearer …”. Organizers make one at the desk.")
TOO_OFTEN = say("Too many requests. Wait as long as Retry-After says.")
UNFIT = say("What was sent doesn't fit the description; “errors” says where.")
NOT_HERE = say("That's not done here; “Allow” says what is.")
HTTP: Mapping[int, Sayable] = {
    408: say("The request did not arrive in time."),
    413: say("That's too long."),
}

Answer = Callable[[Request, Mapping[str, int]], Awaitable[Response]]


def api_routes(store: Store, house: House, now: Callable[[], datetime]) -> list[BaseRoute]:
    """The routes of the API: all of them are one, whose methods and paths it knows itself."""
    return [Route(ROOT + "{rest:path}", Api(store, house, now))]


class Api:
    """Answers everything below ``/api/v1``; each refusal is a problem, in the language asked for.

    One address may come 20 times without a token, then every three seconds; a token 60 times,
    then five times a second, in each process.
    """

    def __init__(self, store: Store, house: House, now: Callable[[], datetime]) -> None:
        self._store = store
        self._house = house
        self._now = now
        self._strangers = Buckets(per_second=1 / 3, burst=20)
        self._tokens = Buckets(per_second=5, burst=60)
        self._table: dict[re.Pattern[str], dict[str, Answer]] = {}
        for each in OPERATIONS:
            self._add(each.path, each.method, partial(self._operation, each))
        self._add("/openapi.json", "GET", self._description)
        self._add("/?", "GET", self._page)

    def _add(self, path: str, method: str, answer: Answer) -> None:
        pattern = re.compile(NUMBERS.sub(r"(?P<\1>[0-9]{1,20})", path))
        self._table.setdefault(pattern, {})[method] = answer

    async def __call__(self, scope: Asked, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            answer, numbers = self._found(request)
            return await answer(request, numbers)
        except Problem as problem:
            return problem.response(to_text(problem.said, self._reader(request)))
        except HTTPException as refused:
            said = HTTP.get(refused.status_code, UNFIT)
            return Problem(refused.status_code, said).response(to_text(said, self._reader(request)))

    def _found(self, request: Request) -> tuple[Answer, Mapping[str, int]]:
        path, method = request.path_params["rest"], request.method
        for pattern, methods in self._table.items():
            if (found := pattern.fullmatch(path)) is not None:
                answer = methods.get("GET" if method == "HEAD" else method)
                if answer is None:
                    allowed = [*methods, *(["HEAD"] if "GET" in methods else [])]
                    raise Problem(405, NOT_HERE, headers={"Allow": ", ".join(allowed)})
                return answer, {name: int(said) for name, said in found.groupdict().items()}
        raise missing()

    def _language(self, request: Request) -> str:
        return language_of(request, self._house.home)

    def _reader(self, request: Request) -> Reader:
        zone, language = self._house.care.zone, self._language(request)
        return self._house.phrasebook.reader(language, zone, self._now())

    # What is told to everybody

    @cached_property
    def _described(self) -> dict[str, Any]:
        return described(SUBJECTS, self._house.link_to(ROOT) or ROOT)

    async def _description(self, request: Request, numbers: Mapping[str, int]) -> Response:
        import orjson

        return _tagged(request, orjson.dumps(self._described))

    async def _page(self, request: Request, numbers: Mapping[str, int]) -> Response:
        return page.shown(self._described, self._house.called, self._reader(request))

    # Operations

    async def _operation(
        self, operation: Operation, request: Request, numbers: Mapping[str, int]
    ) -> Response:
        secret = await self._token(request, operation.scope)
        call = Call(numbers, await _sent(operation, request))
        asked = (operation, secret, self._language(request), call)
        if not operation.writes:
            run = self._store.write if operation.records else self._store.read
            return _tagged(request, _json(await run(self._read, *asked)))
        key = _key_of(request)
        if operation.looks is not None:
            looked = await self._store.read(self._look, *asked, key)
            asked = (*asked[:-1], replace(call, looked=looked))
        try:
            answered, made = await self._store.write(self._write, *asked, key)
        except IntegrityError:
            if not key:
                raise
            # Another process is answering the same request: its answer is kept by then.
            raise Problem(
                409, say("The same Idempotency-Key is in use. Send it once more.")
            ) from None
        headers = dict(HEADERS)
        if operation.status == 201:
            headers["Location"] = f"{request.url.path.rstrip('/')}/{made[-1]}"
        return Response(
            _json(answered), operation.status, headers=headers, media_type="application/json"
        )

    async def _token(self, request: Request, scope: Scope | None) -> str:
        """The token that a request carries. Raises Problem for none, and for one without a scope.

        Nobody guesses a token; strangers are slowed down so that they do not keep the store busy.
        """
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        held: Held | None = None
        if kind.casefold() == "bearer" and secret:
            held = await self._store.read(tokens.find, secret.strip(), self._now())
        if held is None:
            client = request.client.host if request.client is not None else ""
            self._slow_down(self._strangers, client)
            raise _unknown(UNKNOWN if secret else NO_TOKEN)
        self._slow_down(self._tokens, str(held.token.id))
        if scope is not None and scope not in held.token.opens:
            raise Problem(403, say("This token lacks the scope {scope}.", scope=str(scope)))
        if tokens.is_unseen(held.token, self._now()):
            await self._store.write(tokens.saw, held.token.id, self._now())
        return secret.strip()

    def _slow_down(self, buckets: Buckets, key: str) -> None:
        if wait := buckets.wait(key, self._now().timestamp()):
            raise Problem(429, TOO_OFTEN, headers={"Retry-After": str(int(wait) + 1)})

    # On the store's threads

    def _program(self, session: Session, secret: str, language: str) -> Program:
        """Raises Problem where the token, or the role it belongs to, has ended meanwhile."""
        program = program_of(session, self._house, secret, language, self._now())
        if program is None:
            raise _unknown(UNKNOWN)
        return program

    def _read(
        self, session: Session, operation: Operation, secret: str, language: str, call: Call
    ) -> BaseModel:
        program = self._program(session, secret, language)
        with audit.by_token(session, program.token.id), _refusing():
            answered: BaseModel = operation.does(program, call)
        return answered

    def _look(
        self,
        session: Session,
        operation: Operation,
        secret: str,
        language: str,
        call: Call,
        key: str,
    ) -> object:
        program = self._program(session, secret, language)
        assert operation.looks is not None
        if key and inbox.repeated(session, ACCOUNT, _own(program, key))[0]:
            return None
        with _refusing():
            return operation.looks(program, call)

    def _write(
        self,
        session: Session,
        operation: Operation,
        secret: str,
        language: str,
        call: Call,
        key: str,
    ) -> tuple[BaseModel, tuple[int, ...]]:
        program = self._program(session, secret, language)
        assert operation.shows is not None
        with audit.by_token(session, program.token.id), _refusing():
            numbers = self._once(program, operation, call, key)
            return operation.shows(program, *numbers), numbers

    def _once(
        self, program: Program, operation: Operation, call: Call, key: str
    ) -> tuple[int, ...]:
        """Do it, unless the same token sent it with this key before; return what it was about."""
        own = _own(program, key)
        sent = f"{operation.name} {sorted(call.path.items())} {call.sent.model_dump_json()}"
        hashed = hashlib.sha256(sent.encode()).hexdigest()
        if key:
            was_answered, kept = inbox.repeated(program.session, ACCOUNT, own)
            if was_answered and kept is not None:
                if kept["sent"] != hashed:
                    raise Problem(422, say("This Idempotency-Key came with another request."))
                return tuple(kept["numbers"])
        numbers: tuple[int, ...] = operation.does(program, call)
        if key:
            inbox.keep(
                program.session,
                account=ACCOUNT,
                key=own,
                address_id=None,
                reply={"sent": hashed, "numbers": list(numbers)},
                now=program.now,
            )
        return numbers


@contextmanager
def _refusing() -> Iterator[None]:
    """Turns what verbs, and acts of the desk, refuse into a problem."""
    try:
        yield
    except NotAllowed as refused:
        act = refused.args[0] if refused.args else None
        what = WHAT[act] if isinstance(act, Act) else ""
        why = say("The member of this token may not do that there: {what}.", what=what)
        raise Problem(403, why) from refused
    except Missing as refused:
        raise missing() from refused
    except NotTaken as refused:
        raise untaken(refused.wrong) from refused
    except BadForm as refused:
        raise Problem(422, UNFIT, NAMES.get(str(refused), str(refused))) from refused


def _own(program: Program, key: str) -> str:
    """An Idempotency-Key in the inbox: it is the token's own."""
    return f"{program.token.id}:{key}"


def _unknown(said: Sayable) -> Problem:
    return Problem(401, said, headers={"WWW-Authenticate": 'Bearer realm="yizhan"'})


async def _sent(operation: Operation, request: Request) -> BaseModel:
    """What was sent, as the operation's schema reads it. Raises Problem for anything else."""
    try:
        if not operation.writes:
            words = dict(request.query_params)
            if len(words) < len(request.query_params.multi_items()):
                raise Problem(422, say("Each word of the query comes once."))
            return operation.sent.model_validate(words)
        if request.query_params:
            raise Problem(422, say("This takes no query."))
        body = await request.body()
        if len(body) > MOST_BYTES:
            raise Problem(413, HTTP[413])
        if operation.sent is Nothing and not body:
            return Nothing()
        kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
        if kind != "application/json":
            raise Problem(415, say("Send JSON: “Content-Type: application/json”."))
        return operation.sent.model_validate_json(body)
    except ValidationError as refused:
        raise Problem(422, UNFIT, faults=faults_of(refused)) from None


def _key_of(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if len(key) > LONGEST_KEY or not key.isprintable():
        why = say("An Idempotency-Key has {n} characters at most.", n=LONGEST_KEY)
        raise Problem(422, why, "Idempotency-Key")
    return key


def _json(answered: BaseModel) -> bytes:
    return answered.model_dump_json().encode()


def _tagged(request: Request, content: bytes) -> Response:
    """An answer with its ETag; without the content where the program has it."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**HEADERS, "ETag": tag}
    asked = request.headers.get("if-none-match", "")
    if tag in (each.strip().removeprefix("W/") for each in asked.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")
