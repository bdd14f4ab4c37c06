"""What anybody may read of an award, ``/h/N``, and of the laureates of a year, ``/honours``."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.messages import Sayable, When, say
from handlers.contests import award_words as words
from handlers.contests.addresses import address_of
from handlers.events.posters import ways
from handlers.events.printing import Words
from handlers.words import station_name
from models.contests import awards, laureates, nominations, parts
from models.contests.awards import Award
from models.contests.contests import Contest
from models.network import stations
from models.rules.contests.states import PartKind
from models.rules.network import codes


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody who is proposed or was given an award.

    ``told`` is the dossier, line by line; ``photos`` are paths with what is written below each.
    """

    place: str
    name: str
    code: str
    told: tuple[str, ...] = ()
    photos: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """An award with its laureates; ``link`` is its own page."""

    title: str
    link: str
    people: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of awards in a reader's words. ``others`` are labels with paths of other pages."""

    title: str
    by: str
    said: tuple[str, ...]
    groups: tuple[Group, ...]
    call: str = ""
    ways: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[str, str], ...] = ()


def award(
    session: Session, number: int, language: str, zone: ZoneInfo, now: datetime
) -> Page | None:
    """The page of an award: its notice, or its laureates; None before anybody is proposed."""
    contest = session.get(Contest, number)
    row = awards.of_contest(session, number) if contest is not None else None
    if contest is None or row is None or not awards.has_page(contest, row):
        return None
    in_words = Words(language, zone, now)
    is_public = row.public_at is not None and row.public_at <= now
    return Page(
        title=in_words(
            contest.text_of("title")
            if is_public
            else say("Public notice: {title}", title=contest.text_of("title"))
        ),
        by=in_words(station_name(stations.get(session, contest.station_id))),
        said=tuple(in_words(each) for each in _said(session, contest, row, now) if each),
        groups=(_proposed(session, contest, in_words, is_public=is_public),),
        call="" if is_public else in_words(say("Object in a chat, with or without your name")),
        ways=() if is_public else tuple(ways(session, f"h{contest.id}", in_words)),
        others=((in_words(say("Hall of fame")), "/honours"),),
    )


def photo(session: Session, number: int, part: int) -> tuple[str, bytes] | None:
    """A photo of the page of an award, as media type and content; None where it is on none."""
    contest = session.get(Contest, number)
    row = awards.of_contest(session, number) if contest is not None else None
    if contest is None or row is None or not awards.has_page(contest, row):
        return None
    return nominations.photo(session, number, part)


def _said(session: Session, contest: Contest, row: Award, now: datetime) -> list[Sayable | None]:
    assert row.notice_until is not None
    until = say("Objections until {when}; each is answered.", when=When(row.notice_until))
    over = say("Objections have closed; it's being decided.")
    is_public = row.public_at is not None and row.public_at <= now
    return [
        contest.text_of("about"),
        words.terms_of(row),
        words.prize_of(session, row),
        None if is_public else until if now < row.notice_until else over,
    ]


def _proposed(session: Session, contest: Contest, in_words: Words, *, is_public: bool) -> Group:
    people = list[Shown]()
    for row, entry in nominations.shown(session, contest.id):
        dossier = parts.of_entry(session, entry.id)
        people.append(
            Shown(
                str(row.place),
                row.shown_name,
                codes.in_groups(entry.code),
                tuple(part.text for part in dossier if part.kind is PartKind.TEXT),
                tuple(
                    (f"/h/{contest.id}/{part.id}", part.text)
                    for part in dossier
                    if part.kind is PartKind.PICTURE
                ),
            )
        )
    heading = say("Laureates") if is_public else say("Proposed")
    return Group(in_words(heading), "", tuple(people))


def honours(
    session: Session, year: int, language: str, zone: ZoneInfo, now: datetime
) -> Page | None:
    """The hall of fame of a year, 0 for the latest; None where nobody has been given anything."""
    years = laureates.years(session, now, lambda contest: contest.is_for_all)
    chosen = year or (years[0] if years else 0)
    if chosen not in years:
        return None
    in_words = Words(language, zone, now)
    groups = dict[int, Group]()
    for each, contest in laureates.of_year(session, chosen, now):
        if not contest.is_for_all:
            continue
        shown = Shown(str(each.place), each.name, codes.in_groups(each.code))
        known = groups.get(contest.id)
        title = in_words(contest.text_of("title"))
        people = (*known.people, shown) if known is not None else (shown,)
        groups[contest.id] = Group(title, address_of(session, contest), people)
    return Page(
        title=in_words(say("Hall of fame {year}", year=str(chosen))),
        by="",
        said=(),
        groups=tuple(groups.values()),
        others=tuple((str(each), f"/honours/{each}") for each in years if each != chosen),
    )
