"""What anybody may read of a result, ``/protocols/N``: the places, and how they came about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.messages import Sayable, When, listing, say, say_n
from handlers.contests import wording
from handlers.contests.judging_words import METHODS, SIGNS, counts_from, looked_at
from handlers.contests.stage_words import on_stage
from handlers.events.printing import Words
from handlers.words import station_name
from models.contests import apart, categories, entries, gallery, judging, protocols, rounds
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.protocols import Protocol
from models.network import stations
from models.rules.contests import scoring
from models.rules.contests.bursts import Sign
from models.rules.contests.scoring import FULL, Method

DECIMALS = 2
SHOWN, MOST_SHOWN = 3, 4
"""Up to which place a message tells a result, and in how many lines."""


@dataclass(frozen=True, slots=True)
class Row:
    """A place: what has it, the path of its page where everybody may see it, and its numbers."""

    place: str
    name: str
    path: str
    code: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The places of a category; without categories the title is empty."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A result in a reader's words; ``head`` labels the columns, ``links`` lead to other pages."""

    title: str
    path: str
    by: str
    when: str
    head: tuple[str, ...]
    tables: tuple[Table, ...]
    how: str
    told: tuple[str, ...]
    hash: str
    links: tuple[tuple[str, str], ...]


def page(
    session: Session,
    contest_id: int,
    round_id: int | None,
    language: str,
    zone: ZoneInfo,
    now: datetime,
) -> Page | None:
    """The result of a contest, or of one of its rounds; None before everybody may read it."""
    kept = _for_all(session, contest_id, round_id)
    if kept is None:
        return None
    contest = session.get_one(Contest, contest_id)
    in_words = Words(language, zone, now)
    return Page(
        title=in_words(_title(session, contest, round_id)),
        path=path_of(contest_id, round_id),
        by=in_words(station_name(stations.get(session, contest.station_id))),
        when=in_words(When(contest.decided_at or kept.made_at)),
        head=tuple(map(in_words, _head(kept.record))),
        tables=tuple(_tables(session, contest, kept, in_words)),
        how=in_words(say("How the places came about")),
        told=tuple(map(in_words, _told(session, contest, kept.record))),
        hash=in_words(say("Hash of the record: {hash}", hash=kept.hash)),
        links=(
            (in_words(say("The record, to recompute it")), f"{path_of(contest_id, round_id)}.json"),
            (in_words(say("The contest")), f"/w/{contest_id}"),
        ),
    )


def record(session: Session, contest_id: int, round_id: int | None) -> dict[str, Any] | None:
    """The record of a result, as data to recompute it from; None where there is no page of it."""
    kept = _for_all(session, contest_id, round_id)
    return kept.record if kept is not None else None


def has_page(session: Session, contest: Contest, round_id: int | None = None) -> bool:
    """Whether everybody may read the result of a contest, or of one of its rounds."""
    return contest.is_for_all and protocols.published(session, contest.id, round_id) is not None


def _for_all(session: Session, contest_id: int, round_id: int | None) -> Protocol | None:
    contest = session.get(Contest, contest_id)
    if contest is None or not contest.is_for_all:
        return None
    return protocols.published(session, contest_id, round_id)


def winners(session: Session, contest: Contest) -> Sequence[Sayable]:
    """The first places of a result that is public, in lines; of several categories the winners."""
    kept = protocols.published(session, contest.id)
    if kept is None:
        return []
    rows: list[tuple[int, str]] = [
        (place, code) for place, code, *_ in kept.record.get("places") or kept.record["result"]
    ]
    category = dict(kept.record["entries"])
    last = 1 if len({category[code] for _place, code in rows}) > 1 else SHOWN
    found = {each.code: each for each in entries.handed_in(session, contest.id)}
    return [
        say("{n}. {entry}", n=place, entry=wording.named(found[code]) if code in found else code)
        for place, code in rows
        if place <= last
    ][:MOST_SHOWN]


def path_of(contest_id: int, round_id: int | None = None) -> str:
    return f"/protocols/{contest_id}" + (f"-{round_id}" if round_id is not None else "")


def _title(session: Session, contest: Contest, round_id: int | None) -> Sayable:
    row = rounds.get(session, round_id) if round_id is not None else None
    title = wording.title_of(contest)
    if row is None:
        return say("Result: {title}", title=title)
    return say("Result: {title}, {round}", title=title, round=row.text_of("name"))


# The places


def _head(record: Mapping[str, Any]) -> list[Sayable]:
    first: list[Sayable] = [say("Rank"), say("Entry"), say("Total score")]
    if "public" not in record:
        return first
    return [*first, say("Judges"), say("Public"), say("Votes, weighed")]


def _tables(session: Session, contest: Contest, kept: Protocol, in_words: Words) -> Iterator[Table]:
    record = kept.record
    is_stage = record["round"] is not None
    found = {each.code: each for each in entries.handed_in(session, contest.id)}
    names = {
        at: each.text_of("title")
        for at, each in enumerate(categories.of_contest(session, contest.id), start=1)
    }
    groups: dict[int, list[Row]] = {}
    category = dict(record["entries"])
    weighs = dict(record["public"]["weighs"]) if "public" in record else {}
    for place, code, *numbers in record.get("places") or record["result"]:
        if "public" in record:
            numbers.append(scoring.shown(Fraction(weighs.get(code, 0)), DECIMALS))
        row = _row(session, found.get(code), place, code, numbers, in_words, is_stage=is_stage)
        groups.setdefault(category.get(code, 0), []).append(row)
    for group, rows in sorted(groups.items()):
        title = in_words(names[group]) if group in names and len(names) > 1 else ""
        yield Table(title, tuple(rows))


def _row(
    session: Session,
    entry: Entry | None,
    place: int,
    code: str,
    numbers: list[str | None],
    in_words: Words,
    *,
    is_stage: bool,
) -> Row:
    """An entry by its title where everybody may see it or saw it on the stage; else by its code."""
    name, path = "", ""
    if entry is not None and gallery.is_shown(session, entry, in_words.now):
        name, path = entry.title, f"/w/{entry.contest_id}/{code}"
    elif entry is not None and is_stage:
        name = in_words(on_stage(session, entry.id))
    shown = tuple("–" if each is None else trimmed(each) for each in numbers)
    return Row(str(place), name, path, code, shown)


def trimmed(number: str) -> str:
    """A number of the record without zeros behind it."""
    return number.rstrip("0").rstrip(".") if "." in number else number


# How they came about


def _told(session: Session, contest: Contest, record: Mapping[str, Any]) -> Iterator[Sayable]:
    public = record.get("public")
    yield _parts(record, public)
    if record["scores"]:
        yield from _marks(session, contest, record)
    if public is not None:
        yield from _votes(session, contest, public)
    if record["scores"]:
        yield say(
            "Equal totals: the judges' score decides, then the heaviest criterion, "
            "then the middle mark; who is still equal shares the place."
        )
    placed = len(record.get("places") or record["result"])
    without = len(record["entries"]) - placed
    if without > 0:
        yield say_n(
            "{n} entry has no mark, so it has no place.",
            "{n} entries have no mark, so they have no place.",
            without,
        )


def _parts(record: Mapping[str, Any], public: Mapping[str, Any] | None) -> Sayable:
    if public is None:
        return say("The judges' marks alone decide.")
    percent = public["jury_percent"]
    if not percent:
        return say("The votes of the public alone decide.")
    return say(
        "The judges count for {jury}%, the public for {public}%.",
        jury=percent,
        public=FULL - percent,
    )


def _marks(session: Session, contest: Contest, record: Mapping[str, Any]) -> Iterator[Sayable]:
    named = judging.criteria_of(session, contest.id)
    if [[each.weight, each.most] for each in named] == record["criteria"]:
        yield looked_at(named)
    yield say(
        "Marks: {n}; judges: {judges}; of each entry: {method}.",
        n=len(record["scores"]),
        judges=len({judge for _entry, judge, _points in record["scores"]}),
        method=METHODS[Method(record["method"])],
    )
    if record["is_normalised"]:
        yield say("Strict and mild judges count alike.")
    yield say("Nobody judged their own entry, or one of their company.")


def _votes(session: Session, contest: Contest, public: Mapping[str, Any]) -> Iterator[Sayable]:
    if public["ceiling"] is not None:
        yield say("All votes of one company count as {n} at most.", n=public["ceiling"])
    if public.get("least"):
        yield counts_from(public["least"])
    web = sum(number for _code, number in public["web"])
    if web:
        yield say_n(
            "Counted apart: {n} vote of somebody whom only a web chat knows.",
            "Counted apart: {n} votes of people whom only a web chat knows.",
            web,
        )
    found = {each.code: each for each in entries.handed_in(session, contest.id)}
    set_apart = apart.of_contest(session, contest.id)
    for sign, code, number in public["apart"]:
        entry = found.get(code)
        why = listing(
            *dict.fromkeys(
                each.reason
                for each in set_apart
                if entry is not None and (each.sign, each.entry_id) == (sign, entry.id)
            )
        )
        yield say_n(
            "Set apart: {n} vote for {entry}, {sign}: {reason}",
            "Set apart: {n} votes for {entry}, {sign}: {reason}",
            number,
            entry=code,
            sign=SIGNS[Sign(sign)],
            reason=why,
        )
