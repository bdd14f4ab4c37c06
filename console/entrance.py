"""The way in: a link that a button uses up, or the password that the operator set.

Opening a link changes nothing, so that a chat's preview of it does no harm.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.browsers import language_of
from bot.channels.web.requests import RequestRefused
from bot.channels.web.visitors import Visitors
from bot.conversation.messages import MAX_NUMBER, WHOLE, Sayable, say
from console.answers import HEADERS, Cookies, rendered
from console.desk import House
from models.network import consoles, second_factors
from models.network.consoles import NoEntry
from models.rules.sending.buckets import Buckets
from models.store import Store

Endpoint = Callable[[Request], Awaitable[Response]]

OPEN = say("Open the desk")
REFUSED: dict[NoEntry, Sayable] = {
    NoEntry.UNKNOWN: say("This link has been used, or its five minutes are over."),
    NoEntry.NO_ROLE: say("You hold no role any more. Ask whoever gave it to you."),
    NoEntry.CODE_NEEDED: say("Type the code that your app shows now."),
    NoEntry.WRONG_CODE: say("That's not the code that your app shows now."),
    NoEntry.WRONG_PASSWORD: say("Number, password or code is wrong."),
}
STATUS = {NoEntry.UNKNOWN: 404, NoEntry.NO_ROLE: 403}

GUESSES = Buckets(per_second=1 / 180, burst=5)
"""How often one member's password may be tried: five times, then every three minutes."""


def entrance_routes(
    store: Store,
    house: House,
    now: Callable[[], datetime],
    cookies: Cookies,
    browsers: Visitors,
    clock: Callable[[], float],
) -> list[BaseRoute]:
    """The routes for who is not signed in yet. ``clock`` returns seconds."""
    clients = Buckets(per_second=1 / 3, burst=20)

    def check(request: Request) -> None:
        """Raises RequestRefused for another site's form, and for who tries too often."""
        browsers.check_origin(request)
        client = request.client.host if request.client is not None else ""
        if wait := clients.wait(client, clock()):
            raise RequestRefused(429, "too many requests", wait)

    async def show(request: Request) -> Response:
        token = request.path_params["token"]
        if await store.read(consoles.linked, token, now()) is None:
            return _page(request, house, now(), NoEntry.UNKNOWN)
        asks = await store.read(_asks_for_code, token, now())
        return _page(request, house, now(), token=token, asks=asks)

    async def enter(request: Request) -> Response:
        token = request.path_params["token"]
        check(request)
        form = await request.form(max_fields=4, max_files=0)
        code, browser = str(form.get("code", "")), request.headers.get("user-agent", "")
        entered = await store.write(consoles.enter_by_link, token, code, browser, house.care, now())
        if not isinstance(entered, NoEntry):
            return _signed_in(cookies, entered)
        if entered in (NoEntry.WRONG_CODE, NoEntry.CODE_NEEDED):
            return _page(request, house, now(), entered, token=token, asks=True)
        return _page(request, house, now(), entered)

    async def enter_by_password(request: Request) -> Response:
        check(request)
        form = await request.form(max_fields=4, max_files=0)
        number, password, code = (
            str(form.get(name, "")) for name in ("number", "password", "code")
        )
        entered: str | NoEntry = NoEntry.WRONG_PASSWORD
        if WHOLE.fullmatch(number) is not None and 0 < int(number) <= MAX_NUMBER:
            if wait := GUESSES.wait(number, clock()):
                raise RequestRefused(429, "too many requests", wait)
            kept = await store.read(second_factors.password_hash, int(number))
            if await asyncio.to_thread(second_factors.is_password, kept, password):
                browser = request.headers.get("user-agent", "")
                who = (int(number), kept, code, browser)
                entered = await store.write(consoles.enter_by_password, *who, house.care, now())
        if isinstance(entered, NoEntry):
            return _page(request, house, now(), entered)
        return _signed_in(cookies, entered)

    return [
        Route("/console/enter/{token}", show, methods=["GET"]),
        Route("/console/enter/{token}", _refusing(enter), methods=["POST"]),
        Route("/console/password", _refusing(enter_by_password), methods=["POST"]),
    ]


def way_in(request: Request, house: House, now: datetime) -> Response:
    """The page for who is not signed in: how to get a link."""
    return _page(request, house, now)


def _refusing(answer: Endpoint) -> Endpoint:
    async def answer_or_refuse(request: Request) -> Response:
        try:
            return await answer(request)
        except RequestRefused as refused:
            retry = (
                {"Retry-After": str(int(refused.retry_after) + 1)} if refused.retry_after else {}
            )
            return PlainTextResponse(f"{refused.why}\n", refused.status, headers=retry)

    return answer_or_refuse


def _asks_for_code(session: Session, token: str, now: datetime) -> bool:
    link = consoles.linked(session, token, now)
    return link is not None and second_factors.is_on(session, link.member_id)


def _signed_in(cookies: Cookies, token: str) -> Response:
    response = RedirectResponse("/console", 303, HEADERS)
    cookies.sign_in(response, token)
    return response


def _page(
    request: Request,
    house: House,
    now: datetime,
    refused: NoEntry | None = None,
    *,
    token: str = "",
    asks: bool = False,
) -> Response:
    reader = house.phrasebook.reader(language_of(request, house.home), house.care.zone, now)
    facts = {
        "station": house.called,
        "refused": REFUSED[refused] if refused is not None else None,
        "token": token,
        "asks": asks,
    }
    status = STATUS.get(refused, 422) if refused is not None else 200 if token else 401
    page = rendered("entrance.html", OPEN, reader, facts, status=status)
    return page.response()
