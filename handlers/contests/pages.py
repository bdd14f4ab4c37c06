"""What anybody may read of a contest, on its pages ``/w/N`` and ``/w/N/CODE``."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.messages import Sayable, lines, listing, say
from handlers.contests import result_pages, wording
from handlers.events.posters import ways
from handlers.events.printing import Words
from handlers.words import DOT, station_name
from models.contests import (
    authors,
    categories,
    contests,
    entries,
    gallery,
    protocols,
    rounds,
    votes,
)
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.gallery import Shown
from models.contests.parts import EntryPart
from models.network import stations
from models.rules.contests import states
from models.rules.contests.states import PartKind, Phase

PAGE = 12
"""Entries of one page of the gallery."""

LONGEST_FOLDED = 90


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an entry: its kind, its words, and the path of its file, if it has one."""

    kind: PartKind
    text: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """An entry in the gallery: its path, its picture, and its first words."""

    path: str
    title: str
    by: str
    text: str
    cover: str
    has_sound: bool
    sound_label: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page in a reader's words. ``ways`` are labels with the paths that open it in a chat.

    ``filters`` are labels with paths, and whether each is the one shown; ``following`` is the path
    of the next page, ``before`` that of the one before; they may be empty. ``results`` are labels
    with the paths of what is public of the result.
    """

    title: str
    path: str
    by: str
    notice: str
    when: str
    texts: tuple[tuple[str, str], ...]
    call: str
    ways: tuple[tuple[str, str], ...]
    card: str
    heading: str = ""
    filters: tuple[tuple[str, str, bool], ...] = ()
    tiles: tuple[Tile, ...] = ()
    parts: tuple[Part, ...] = ()
    cover: str = ""
    none: str = ""
    more: tuple[tuple[str, str], ...] = ()
    back: tuple[tuple[str, str], ...] = ()
    results: tuple[tuple[str, str], ...] = ()


def page(
    session: Session,
    contest_id: int,
    language: str,
    zone: ZoneInfo,
    now: datetime,
    *,
    category_id: int | None = None,
    skip: int = 0,
) -> Page | None:
    """The gallery of a contest in a language; None where there is none for everybody."""
    contest = contests.get(session, contest_id)
    if contest is None or not gallery.has_page(contest):
        return None
    in_words = Words(language, zone, now)
    is_open = gallery.is_open(session, contest, now)
    rows = (
        gallery.page(session, contest, category_id=category_id, skip=skip, limit=PAGE + 1)
        if is_open
        else []
    )
    number = gallery.number(session, contest, category_id) if is_open else 0
    is_voted_on = votes.is_open(session, contest.id, now)
    ballot = f"-{wording.BALLOT}" if is_voted_on else ""
    return Page(
        title=in_words(wording.title_of(contest)),
        path=f"/w/{contest.id}",
        by=in_words(station_name(stations.get(session, contest.station_id))),
        notice=in_words(_notice()) if not is_open else "",
        when=in_words(wording.standing(contest, now)),
        texts=_texts(session, contest, in_words),
        call=in_words(_call(contest, now, is_voted_on=is_voted_on)),
        ways=tuple(ways(session, f"w{contest.id}{ballot}", in_words)),
        results=tuple(_results(session, contest, in_words)),
        card=_card(in_words, contest, now),
        heading=in_words(say("Entries: {n}", n=number)) if number else "",
        filters=_filters(session, contest, in_words, category_id) if is_open else (),
        tiles=tuple(_tile(session, contest, each, in_words) for each in rows[:PAGE]),
        none=in_words(say("No entry is shown yet.")) if is_open and not rows else "",
        more=_more(contest, in_words, category_id, skip, has_more=len(rows) > PAGE),
    )


def entry_page(
    session: Session,
    contest_id: int,
    code: str,
    language: str,
    zone: ZoneInfo,
    now: datetime,
    *,
    key: str = "",
) -> Page | None:
    """The page of one entry; None unless everybody may see it, or the ``key`` opens it."""
    contest = session.get(Contest, contest_id)
    entry = entries.by_code(session, contest_id, code)
    if contest is None or entry is None:
        return None
    is_shown = gallery.is_shown(session, entry, now)
    if not is_shown and not (key and gallery.is_key(session, entry.id, key)):
        return None
    in_words = Words(language, zone, now)
    shown = gallery.one(session, entry)
    title = entry.title or entry.code
    by = _by(session, entry, in_words)
    suffix = "" if is_shown else f"?see={key}"
    path = f"/w/{contest.id}/{entry.code}"
    is_voted_on = votes.is_open(session, contest.id, now)
    return Page(
        title=title,
        path=path,
        by=in_words(wording.title_of(contest)),
        notice=""
        if is_shown
        else in_words(say("Only you see this page: it isn't shown to others yet.")),
        when=by,
        texts=(),
        call=in_words(say("Vote in a chat") if is_voted_on else say("Open it in a chat"))
        if is_shown
        else "",
        ways=tuple(way_of(session, entry, in_words)) if is_shown else (),
        card=" · ".join(filter(None, (in_words(wording.title_of(contest)), by))),
        parts=tuple(
            Part(
                each.kind,
                each.text,
                f"{path}/{each.id}{suffix}"
                if each.kind in (PartKind.PICTURE, PartKind.AUDIO)
                else "",
            )
            for each in shown.parts
        ),
        cover=f"{path}/{shown.cover}" if shown.cover and is_shown else "",
        back=((in_words(say("All entries")), f"/w/{contest.id}"),) if is_shown else (),
    )


def _results(session: Session, contest: Contest, in_words: Words) -> Iterator[tuple[str, str]]:
    """The result, and that of each round of a stage that is over."""
    if protocols.published(session, contest.id) is not None:
        yield in_words(say("The result")), result_pages.path_of(contest.id)
    for row in rounds.of_contest(session, contest.id):
        if protocols.published(session, contest.id, row.id) is not None:
            yield in_words(row.text_of("name")), result_pages.path_of(contest.id, row.id)


def way_of(session: Session, entry: Entry, in_words: Words) -> list[tuple[str, str]]:
    """The buttons below an entry: labels with the paths that open it in a chat."""
    return ways(session, f"w{entry.contest_id}-{entry.code}", in_words)


def _call(contest: Contest, now: datetime, *, is_voted_on: bool) -> Sayable:
    if is_voted_on:
        return say("Vote in a chat")
    is_entering = states.phase_of(contest, now) is Phase.ENTERING
    return say("Hand in in a chat") if is_entering else say("Open it in a chat")


def _notice() -> Sayable:
    return say("The entries aren't shown yet.")


def _texts(session: Session, contest: Contest, in_words: Words) -> tuple[tuple[str, str], ...]:
    """What the contest says of itself, by labels; long ones are folded on the page."""
    prizes = wording.prizes_of(session, contest.id)
    rows = [
        (say("What it's about"), contest.text_of("about")),
        (say("The rules"), contest.text_of("rules")),
        (say("Prizes"), listing(*prizes) if prizes else ""),
    ]
    said = [(in_words(label), in_words(text) if text else "") for label, text in rows]
    return tuple((label, text) for label, text in said if text)


def _card(in_words: Words, contest: Contest, now: datetime) -> str:
    return in_words(
        lines(
            wording.standing(contest, now),
            say("You can hand in: {kinds}", kinds=wording.kinds_of(contest))
            if contest.takes
            else None,
            between=DOT,
        )
    )


def _filters(
    session: Session, contest: Contest, in_words: Words, chosen: int | None
) -> tuple[tuple[str, str, bool], ...]:
    kinds = categories.of_contest(session, contest.id)
    if not kinds:
        return ()
    path = f"/w/{contest.id}"
    every = (in_words(say("All")), path, chosen is None)
    return (
        every,
        *(
            (in_words(each.text_of("title")), f"{path}?category={each.id}", each.id == chosen)
            for each in kinds
        ),
    )


def _more(
    contest: Contest, in_words: Words, category_id: int | None, skip: int, *, has_more: bool
) -> tuple[tuple[str, str], ...]:
    chosen = f"&category={category_id}" if category_id is not None else ""
    found = []
    if skip:
        page = max(0, skip - PAGE) // PAGE + 1
        found.append((in_words(say("Before")), f"/w/{contest.id}?page={page}{chosen}"))
    if has_more:
        found.append((in_words(say("More")), f"/w/{contest.id}?page={skip // PAGE + 2}{chosen}"))
    return tuple(found)


def _tile(session: Session, contest: Contest, shown: Shown, in_words: Words) -> Tile:
    entry = shown.entry
    path = f"/w/{contest.id}/{entry.code}"
    return Tile(
        path=path,
        title=entry.title or entry.code,
        by=_by(session, entry, in_words),
        text=_folded(shown.parts),
        cover=f"{path}/{shown.cover}" if shown.cover else "",
        has_sound=any(each.kind is PartKind.AUDIO for each in shown.parts),
        sound_label=in_words(say("With sound")),
    )


def _folded(parts: Sequence[EntryPart]) -> str:
    texts = [each.text for each in parts if each.kind is PartKind.TEXT]
    text = _joined(line for each in texts for line in each.splitlines())
    return text if len(text) <= LONGEST_FOLDED else text[:LONGEST_FOLDED] + "…"


def _joined(lines_of: Iterable[str]) -> str:
    """The lines as one; Chinese needs no space between them."""
    said = ""
    for line in filter(None, map(str.strip, lines_of)):
        said += f" {line}" if said and said[-1].isascii() else line
    return said


def _by(session: Session, entry: Entry, in_words: Words) -> str:
    """Who made it, as its authors chose; and for whom it is."""
    names = authors.names_of(session, entry.id)
    host = wording.host_of(session, entry)
    return in_words(lines(listing(*names) if names else None, host, between=DOT))
