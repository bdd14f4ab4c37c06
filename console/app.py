"""The routes of the desk: who is signed in, what they may, and how they are answered."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hmac import compare_digest
from threading import Lock
from urllib.parse import quote

from sqlmodel import Session
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.web import assets
from bot.channels.web.requests import RequestRefused
from bot.channels.web.visitors import Visitors
from bot.conversation.messages import say
from console import entrance
from console.answers import HEADERS, Cookies, Html, menu, rendered
from console.desk import Desk, House
from console.pages import SECTIONS
from console.routing import (
    Asked,
    BadForm,
    Declared,
    Done,
    File,
    Missing,
    NotTaken,
    Page,
    Shows,
    Upload,
    Wrong,
)
from models.events import pictures
from models.network import consoles, helpers, members, roles
from models.network.roles import NotAllowed
from models.rules.events.picturing import cleaned
from models.rules.sending.buckets import Buckets
from models.store import Store, keep_loaded_rows
from papers.facts import Order

Draw = Callable[[Order], Awaitable[bytes]]

MOST_FIELDS, MOST_FILES = 1000, 4
KEY = "key"
"""The field by which a form shows that a page of this very session sent it."""


PICTURE = "picture"
"""The field of a form that holds a picture."""

_decoding = Lock()
"""Pictures are decoded one after the other, so that many at once do not fill the memory."""


class SignedOut(Exception):
    """No session lasts for this browser."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered inside the transaction; ``unseen`` is a session to be noted as in use."""

    answer: Html | Done | File
    unseen: int | None = None


def console_routes(
    store: Store,
    house: House,
    now: Callable[[], datetime],
    *,
    draw: Draw,
    origin: str,
    secure_cookies: bool,
    clock: Callable[[], float] = time.monotonic,
) -> list[BaseRoute]:
    """The routes of the desk. ``draw`` prints papers; ``origin`` is the station's public one.

    ``clock`` returns seconds, by which browsers are throttled.
    """
    cookies = Cookies(secure=secure_cookies)
    # An office shares one IP address, and a page asks for its live parts again and again.
    browsers = Visitors(
        origin=origin,
        secure_cookies=secure_cookies,
        clock=clock,
        per_client=Buckets(per_second=20, burst=200),
    )
    console = Console(store, house, now, draw, cookies, browsers)
    routes: list[BaseRoute] = [
        *entrance.entrance_routes(store, house, now, cookies, browsers, clock),
        Route("/console/static/{name}", static, methods=["GET"]),
    ]
    for section in SECTIONS:
        for declared in section.declared:
            method = "GET" if declared.does is None else "POST"
            answer = partial(console.answer, declared)
            path = f"/console{declared.path}".removesuffix("/")
            routes.append(Route(path, answer, methods=[method]))
    missing = partial(console.answer, Declared("", None, _missing))
    return [*routes, Route("/console/{rest:path}", missing, methods=["GET"])]


async def static(request: Request) -> Response:
    """A file that pages load. Its address changes with its content, so it is kept for good."""
    from console.rendering import static

    asset = static().get(request.path_params["name"])
    if asset is None:
        return PlainTextResponse("There is no such file.\n", 404)
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        # The script that keeps the check-in page stands beside the others, not below that page.
        "Service-Worker-Allowed": "/console/events/",
    }
    return assets.serve(request, asset, headers)


class Console:
    """Answers the pages and acts of the desk."""

    def __init__(
        self,
        store: Store,
        house: House,
        now: Callable[[], datetime],
        draw: Draw,
        cookies: Cookies,
        browsers: Visitors,
    ) -> None:
        self._store = store
        self._house = house
        self._now = now
        self._draw = draw
        self._cookies = cookies
        self._browsers = browsers

    async def answer(self, declared: Declared, request: Request) -> Response:
        token = self._cookies.token(request)
        try:
            self._browsers.check_client(request)
            if declared.does is not None:
                self._browsers.check_origin(request)
            asked = await _asked(request)
            said = self._cookies.said(request)
            kept = await self._kept(declared, token, asked, request.url.path, said)
        except RequestRefused as refused:
            retry = (
                {"Retry-After": str(int(refused.retry_after) + 1)} if refused.retry_after else {}
            )
            return PlainTextResponse(f"{refused.why}\n", refused.status, headers=retry)
        except BadForm:
            return PlainTextResponse("Not what this page sends.\n", 400)
        except SignedOut:
            return entrance.way_in(request, self._house, self._now())
        if kept.unseen is not None:
            await self._store.write(consoles.saw, kept.unseen, self._now())
        return await self._response(kept.answer, has_said=bool(said))

    async def _kept(
        self, declared: Declared, token: str, asked: Asked, path: str, said: str
    ) -> Kept:
        """Do what is asked, then show what there is to see of it."""
        shown = partial(self._store.read, self._show)
        try:
            if declared.does is not None:
                if declared.looks is not None:
                    looked = await self._store.read(self._look, declared, token, asked)
                    asked = replace(asked, looked=looked)
                await self._keep_pictures_aside(declared, token, asked)
                try:
                    return Kept(await self._store.write(self._do, declared, token, asked))
                except NotTaken as refused:
                    asked = replace(asked, wrong=refused.wrong)
            return await shown(partial(_rightly, declared), token, asked, path, said)
        except NotAllowed as refused:
            page: Shows = partial(_not_allowed, refused)
        except Missing:
            page = _no_page
        return await shown(page, token, asked, path, said)

    async def _keep_pictures_aside(self, declared: Declared, token: str, asked: Asked) -> None:
        """Have pictures on the disk before their turn, unless their sender has sent enough."""

        def are_taken(session: Session) -> bool:
            desk = self._sender(session, declared, token, asked)
            return not pictures.has_enough(session, desk.member.id, desk.now)

        sent = [each.picture[1] for each in asked.files.values() if each.picture is not None]
        await self._store.keep_aside(sent, are_taken)

    async def _response(self, answer: Html | Done | File, *, has_said: bool) -> Response:
        response: Response
        match answer:
            case Html():
                response = answer.response()
                if has_said and not answer.is_part:
                    self._cookies.say(response, "")
            case Done(to, said):
                response = RedirectResponse(to, 303, HEADERS)
                self._cookies.say(response, str(said))
            case File(name, media_type, make):
                making = self._draw(make) if isinstance(make, Order) else asyncio.to_thread(make)
                response = Response(await making, media_type=media_type, headers=HEADERS)
                shown = f"attachment; filename*=UTF-8''{quote(name)}"
                response.headers["Content-Disposition"] = shown
        return response

    # On the store's threads

    def _desk(self, session: Session, token: str) -> Desk:
        now = self._now()
        signed_in = consoles.session_of(session, token, now) if token else None
        if signed_in is None:
            raise SignedOut
        member = members.get(session, signed_in.member_id)
        grants = roles.grants_of(session, member.id, now)
        helps = session.execute(helpers.events_of(member.id, now)).scalars().all()
        return Desk(session, self._house, member, signed_in, grants, helps, now)

    def _sender(self, session: Session, declared: Declared, token: str, asked: Asked) -> Desk:
        """Who sends a form. Raises BadForm where no page of theirs made it."""
        desk = self._desk(session, token)
        if not compare_digest(asked.word(KEY).encode(), desk.browser.form_key.encode()):
            raise BadForm(KEY)
        _check_right(desk, declared)
        return desk

    def _look(self, session: Session, declared: Declared, token: str, asked: Asked) -> object:
        assert declared.looks is not None
        return declared.looks(self._sender(session, declared, token, asked), asked)

    def _do(self, session: Session, declared: Declared, token: str, asked: Asked) -> Done | File:
        """Raises NotTaken for what is wrong, so that nothing of the transaction is kept."""
        desk = self._sender(session, declared, token, asked)
        assert declared.does is not None
        match declared.does(desk, asked):
            case Done(to, said):
                return Done(to, desk.in_words(said))
            case Wrong(said, field):
                raise NotTaken(said, field)
            case File() as file:
                return file

    def _show(
        self,
        session: Session,
        shows: Shows,
        token: str,
        asked: Asked,
        path: str,
        said: str,
    ) -> Kept:
        # What a page has read once it does not read again.
        keep_loaded_rows(session)
        desk = self._desk(session, token)
        page = shows(desk, asked)
        is_unseen = desk.now - desk.browser.seen_at >= consoles.SEEN_EVERY
        unseen = desk.browser.id if is_unseen else None
        if isinstance(page, File):
            return Kept(page, unseen)
        entries = [
            (f"/console{each.path}".removesuffix("/"), each.label)
            for each in SECTIONS
            if desk.holds(each.needs)
        ]
        facts = {
            "desk": desk,
            "asked": asked,
            "menu": menu(entries, path),
            "said": said,
            "form_key": desk.browser.form_key,
            "station": self._house.called,
            **page.facts,
        }
        status = page.status if asked.wrong is None else 422
        html = rendered(
            page.template, page.title, desk.reader, facts, part=asked.part, status=status
        )
        return Kept(html, unseen)


def _check_right(desk: Desk, declared: Declared) -> None:
    """Raises NotAllowed for who holds nothing that allows what the page needs."""
    if not desk.holds(declared.needs):
        raise NotAllowed(declared.needs)


def _rightly(declared: Declared, desk: Desk, asked: Asked) -> Page | File:
    _check_right(desk, declared)
    return declared.shows(desk, asked)


def _missing(desk: Desk, asked: Asked) -> Page:
    raise Missing


def _no_page(desk: Desk, asked: Asked) -> Page:
    return Page("refused.html", say("There is no such page"), {"why": None}, 404)


def _not_allowed(refused: NotAllowed, desk: Desk, asked: Asked) -> Page:
    act = refused.args[0] if refused.args else None
    return Page("refused.html", say("That's for others to do"), {"why": act}, 403)


# Reading what a browser sends


async def _asked(request: Request) -> Asked:
    """Raises BadForm for what is no form, HTTPException for what is too long."""
    words: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        words.setdefault(name, []).append(value)
    files: dict[str, Upload] = {}
    if request.method == "POST":
        fields, files = await _form(request)
        words |= fields
    part = request.headers.get("hx-target", "") if "hx-request" in request.headers else ""
    return Asked(request.path_params, words, files, part)


async def _form(request: Request) -> tuple[dict[str, list[str]], dict[str, Upload]]:
    fields: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    try:
        async with request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = await _upload(name, value)
                else:
                    fields.setdefault(name, []).append(_clean(value))
    except HTTPException as refused:
        if refused.status_code == 400:
            raise BadForm("form") from None
        raise
    return fields, files


def _decoded(content: bytes) -> tuple[str, bytes] | None:
    with _decoding:
        return cleaned(content)


async def _upload(name: str, sent: UploadFile) -> Upload:
    """A file; a picture is made anew before the transaction, which waits for no decoder."""
    content = await sent.read()
    picture = None
    if name == PICTURE and content:
        picture = await asyncio.to_thread(_decoded, content)
    return Upload(_clean(sent.filename or ""), content, picture)


def _clean(value: str) -> str:
    """A field without what no text holds: browsers send lines ended by CR and LF."""
    return value.replace("\r\n", "\n").replace("\0", "")
