"""Whom an event is for: in words, and the questions that narrow it."""

from collections.abc import Generator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question
from bot.conversation.messages import Button, Sayable, lines, listing, say
from handlers.actions import Change, OpenTeam
from handlers.words import places_and_teams, station_name, team_name, told_apart
from models.events.audiences import admits
from models.events.events import Event
from models.network import stations
from models.network.stations import Station, StationKind
from models.rules.events import audience as rules
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.teams import teams
from models.teams.teams import Team

EVERYBODY, DONE = "all", "done"
SHOWN, FOUND = 8, 6

Host = Mapping[str, Any]
"""Who holds an event, as a dialog keeps it: ``station_id`` and ``team_id``."""

Part = tuple[str, Translated, Sayable]
"""A part of an audience: its code, its name, and what tells it from others of that name."""


def described(session: Session, audience: Audience) -> Sayable:
    """Whom it is for, in a line."""
    return listing(*places_and_teams(session, audience)) if audience else say("the whole district")


def names_of(session: Session, audience: Audience) -> tuple[str, ...]:
    """What the parts of an audience are called, in each language."""
    places = [session.get_one(Station, each).text_of("name") for each in audience.stations]
    companies = [name for _number, name in stations.enterprises(session, audience.enterprises)]
    named = [team_name(session.get_one(Team, each)) for each in audience.teams]
    return tuple(each for name in (*places, *companies, *named) for each in name.versions())


def whom(session: Session, event: Event) -> Sayable | None:
    """A line of its card; None where everybody may come."""
    if not event.audience:
        return None
    return say("For: {audience}", audience=described(session, event.aim))


def whom_and(chat: Chat, event: Event, *, is_in: bool) -> Sayable | None:
    """The same line for a member, and whether they may come; nobody with a claim asks."""
    if not event.audience or is_in:
        return whom(chat.session, event)
    audience = described(chat.session, event.aim)
    if admits(chat.session, event.audience, chat.member):
        return say("For: {audience}. You can come.", audience=audience)
    return say("Only for: {audience}. That's not you, by your profile.", audience=audience)


def ways_in(chat: Chat, audience: Audience) -> tuple[Button, ...]:
    """How somebody who is not admitted may come to be: by a team, or by saying where they work."""
    rows = [teams.get(chat.session, number) for number in audience.teams[:1]]
    joins = [Button(team_name(team), OpenTeam(team.id)) for team in rows if team is not None]
    by_place = audience.stations or audience.enterprises
    works = (Button(say("My workplace"), Change("place")),) if by_place else ()
    return (*joins, *works)


def own_people(host: Host) -> str:
    """The audience of the host's own place and nobody else, as a column has it."""
    return rules.to_column(Audience(stations=(host["station_id"],)))


def choose(name: str, host: Host, now: str) -> Generator[Question, Any, str]:
    """Ask for one part after the other; return the audience as a column has it.

    ``now`` is what it was before, which the first question shows.
    """
    chosen = Audience()
    while True:
        turn = sum(len(parts) for parts in chosen.to_json().values())
        first, text = Option(EVERYBODY, say("Everybody in the district")), _ask(now)
        if chosen:
            first, text = Option(DONE, say("Nobody else")), _ask_for_more(chosen)
        answer = yield Question(
            f"{name}-{turn}",
            text,
            options=(first,),
            offer=partial(_offered, host, chosen),
            find=partial(found, host, chosen),
        )
        part = rules.part_of(answer)
        if part is None:
            return rules.to_column(chosen)
        chosen = chosen.toggled(*part)


def _ask(now: str) -> Any:
    def text(chat: Chat) -> Sayable:
        audience = described(chat.session, rules.from_column(now))
        return lines(
            say("Whom is it for? Now: {audience}.", audience=audience),
            say("Tap one, or write the name of a place, a company or a team."),
        )

    return text


def _ask_for_more(chosen: Audience) -> Any:
    def text(chat: Chat) -> Sayable:
        return say("For: {audience}. Who else?", audience=described(chat.session, chosen))

    return text


# What there is to choose: at the host's place, below it and above it


def _offered(host: Host, chosen: Audience, session: Session) -> Sequence[Option]:
    station = session.get_one(Station, host["station_id"])
    parts = [_team(session, host["team_id"])] if host["team_id"] is not None else []
    own = [] if station.kind is StationKind.DISTRICT else [station, *_above(session, station)]
    places = [*own, *stations.contact_points(session, station.id)]
    parts += [_place(session, each) for each in places]
    parts += [
        _team(session, each.id)
        for each in teams.browse(session, station_id=station.id, limit=SHOWN)
    ]
    return _options(parts, chosen)[:SHOWN]


def _above(session: Session, station: Station) -> list[Station]:
    """The towns above a station, without the district."""
    numbers = [int(each) for each in station.path.strip("/").split("/")[1:-1]]
    return [session.get_one(Station, each) for each in reversed(numbers)]


def found(host: Host, chosen: Audience, session: Session, words: str) -> Sequence[Option]:
    here = session.get_one(Station, host["station_id"])
    places = [
        _place(session, each)
        for each in stations.matching(session, words, SHOWN * FOUND)
        if each.path.startswith(here.path) or here.path.startswith(each.path)
    ]
    companies: list[Part] = [
        (f"e{number}", name, say("company"))
        for number, name in stations.companies_with_several(session, here.id)
        if any(words.casefold() in each.casefold() for each in name.versions())
    ]
    rows = [session.get_one(Team, each) for each in teams.matching(session, words, SHOWN * FOUND)]
    its_own = [
        _team(session, each.id)
        for each in rows
        if session.get_one(Station, each.station_id).path.startswith(here.path)
    ]
    return _options([*places[:FOUND], *companies[:FOUND], *its_own[:FOUND]], chosen)[:FOUND]


def part_called(session: Session, host: Host, name: str) -> tuple[str, int] | None:
    """The group and number of the part of this name: the exact one, or the only one."""
    options = found(host, Audience(), session, name)
    exact = [each for each in options if _is_called(session, each.value, name)]
    one = exact or options
    return rules.part_of(one[0].value) if len(one) == 1 else None


def _is_called(session: Session, code: str, name: str) -> bool:
    part = rules.part_of(code)
    names = names_of(session, Audience().toggled(*part)) if part is not None else ()
    return name.casefold() in (each.casefold() for each in names)


def _place(session: Session, station: Station) -> Part:
    above = station_name(stations.get(session, station.parent_id))
    return f"s{station.id}", station.text_of("name"), above


def _team(session: Session, team_id: int) -> Part:
    team = session.get_one(Team, team_id)
    where = station_name(stations.get(session, team.station_id))
    return f"t{team.id}", team_name(team), lines(where, say("team"), between=" ")


def _options(parts: Sequence[Part], chosen: Audience) -> list[Option]:
    left = {code: (name, apart) for code, name, apart in parts if not _has(chosen, code)}
    return [
        Option(code, label)
        for code, label in zip(left, told_apart(list(left.values())), strict=True)
    ]


def _has(audience: Audience, code: str) -> bool:
    part = rules.part_of(code)
    return part is not None and audience.has(*part)
