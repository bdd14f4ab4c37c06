"""Writing an announcement: whom it is for, its words, its time; then it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.conversation.dialogs import Wrong as Unfit
from bot.conversation.messages import Sayable, When, lines, say
from console.desk import Desk
from console.pages.announcements import forecast
from console.pages.announcements.deciding import time_in
from console.pages.announcements.section import PATH, draft_of, here, section
from console.pages.announcements.showing import approvers, listed, picture_of
from console.pages.sending_pictures import kept_picture
from console.routing import Asked, BadForm, Done, Missing, Page, Wrong
from handlers.announcements import addressing, approvals, changing, sent
from handlers.announcements import audiences as choosing
from handlers.announcements import writing as words
from handlers.permission import sees_reach
from handlers.words import people as people_in_words
from handlers.words import station_name, team_name, title
from models.announcements import announcements, audiences, lifecycle
from models.announcements.announcements import MAX_LENGTH, Announcement, Repeat
from models.announcements.lifecycle import AwaitingApproval, NotStarted, Started
from models.events import events, lookup
from models.network import stations
from models.network.stations import Station
from models.rules.languages import LANGUAGES
from models.rules.network.audience import Audience
from models.rules.network.floors import Count
from models.rules.network.permissions import Act
from models.teams import teams

PARTS = 30
"""How many parts of a group are listed; others are looked for by their names."""

LINKS = 30
FITTING = 8
BY_WORDS = ("history", "interests", "shifts")

Value = int | str


# Beginning


@section.act("/announcements/new", again=listed)
def begin(desk: Desk, asked: Asked) -> Done:
    """A new draft to one's own station, or to a team one leads."""
    session, mine, team_id = desk.session, desk.member.id, None
    if asked.word("team"):
        team = teams.get(session, asked.number("team"))
        if team is None:
            raise Missing
        team_id, station = team.id, stations.get(session, team.station_id)
        desk.require(Act.POST_TO_TEAM, station, team_id=team_id)
        aim = Audience(teams=(team_id,))
    else:
        station, _led = addressing.own(desk.chat)
        desk.require(Act.ANNOUNCE, station)
        aim = Audience(stations=(station.id,)) if station is not None else Audience()
    assert station is not None
    row = announcements.draft(session, station, mine, desk.now, audience=aim, team_id=team_id)
    return Done(here(row.id, "/write"))


@section.act(f"{PATH}/drop", again=listed)
def drop(desk: Desk, asked: Asked) -> Done:
    announcements.discard(desk.session, draft_of(desk, asked))
    return Done("/console/announcements", say("Dropped; nobody got anything."))


# Whom it is for


def _is_chosen(row: Announcement) -> bool:
    """Whether its author says who gets it: a team's and a correction's people are given."""
    return row.team_id is None and row.corrects_id is None


def _aim(desk: Desk, asked: Asked, row: Announcement) -> Audience:
    """The audience as the form has it, as if each change to the draft had been a tap in the chat.

    Raises Missing for what is not below the draft's station, BadForm for what is no number.
    """
    if not _is_chosen(row) or not asked.word("aim"):
        return row.aim
    sees = sees_reach(desk.chat, row.station_id)
    aim, added = row.aim, dict[str, Any]()
    for group in choosing.GROUPS:
        wanted = [_value(group, each) for each in asked.every(group)]
        kept: tuple[Value, ...] = getattr(row.aim, group)
        added[group] = tuple(each for each in wanted if each not in kept)
        gone = tuple(each for each in kept if each not in wanted)
        left: Any = tuple(each for each in kept if each not in gone)
        aim = replace(aim, **{group: left})
    _check_within(desk, row, Audience(**added))
    for group, values in added.items():
        for value in values:
            if not aim.has(group, value):
                aim = choosing.toggled(aim, group, value, row.station_id, sees_reach=sees)
    return aim


def _value(group: str, said: str) -> Value:
    if group in BY_WORDS:
        return said
    if not said.isdecimal() or len(said) > 9:
        raise BadForm(group)
    return int(said)


def _check_within(desk: Desk, row: Announcement, added: Audience) -> None:
    station = desk.session.get_one(Station, row.station_id)
    for group in ("enterprises", *BY_WORDS):
        if values := getattr(added, group):
            known = {each for each, _label in choosing.parts(desk.chat, row, group, page=10_000)}
            if not known.issuperset(values):
                raise Missing
    if not audiences.lies_within(desk.session, replace(added, enterprises=()), station):
        raise Missing


def _groups(
    desk: Desk, row: Announcement, aim: Audience, find: str
) -> list[tuple[str, Sayable, list[tuple[Value, Sayable]]]]:
    """Each group with its parts: those that are chosen, those that were looked for, and others."""
    found = _found(desk, row, find) if find else {}
    groups: list[tuple[str, Sayable, list[tuple[Value, Sayable]]]] = []
    for group, label in choosing.GROUPS.items():
        listed = dict(choosing.parts(desk.chat, row, group, page=PARTS)[:PARTS])
        chosen: Sequence[Value] = getattr(aim, group)
        others = {
            each: choosing.describe(desk.session, Audience(**{group: (each,)}))  # type: ignore[arg-type]
            for each in chosen
            if each not in listed
        }
        parts = {**others, **found.get(group, {}), **listed}
        ordered = sorted(parts.items(), key=lambda each: each[0] not in chosen)
        groups.append((group, label, ordered))
    return groups


def _found(desk: Desk, row: Announcement, find: str) -> dict[str, dict[Value, Sayable]]:
    """Places, teams and coming events of this name, below the draft's station."""
    session, own = desk.session, desk.session.get_one(Station, row.station_id)
    places = stations.matching(session, find, FITTING, below=[own.path])
    of_teams = [teams.get(session, each) for each in teams.matching(session, find, FITTING)]
    coming = [events.get(session, each) for each in lookup.matching(session, find, desk.now)]
    by_station = {
        each.id: each
        for each in (
            stations.get(session, row.station_id) for row in (*of_teams, *coming) if row is not None
        )
        if each is not None and each.path.startswith(own.path)
    }
    named: dict[Value, Sayable] = {
        each.id: title(each)
        for each in coming
        if each is not None and each.station_id in by_station
    }
    return {
        "stations": {each.id: station_name(each) for each in places},
        "teams": {
            each.id: team_name(each)
            for each in of_teams
            if each is not None and each.station_id in by_station
        },
        "seated": named,
        "waiting": named,
    }


# The form


@section.page(f"{PATH}/write")
def write(desk: Desk, asked: Asked) -> Page:
    """The whole of a draft in one form; ``forecast`` is asked for anew as it changes."""
    row = draft_of(desk, asked)
    aim, at, urgent = _aim(desk, asked, row), row.first_at, row.urgent
    if asked.word("aim") or asked.word("timed"):
        typed_at = time_in(desk, asked.word("at"))
        at = None if isinstance(typed_at, Wrong) else typed_at
        urgent = asked.word("reason") if asked.is_on("urgent") else ""
    # As it would be: this copy is not kept.
    desk.session.expunge(row)
    kept_link, picture = row.link, picture_of(desk, row)
    row.audience, row.first_at, row.urgent = aim.to_json(), at, urgent
    facts: dict[str, Any] = {"row": row, "path": here(row.id), **forecast.facts(desk, row)}
    if asked.part == "forecast":
        return Page("announcement_write.html", say("Announcement"), facts)
    find = asked.word("find")
    is_chosen = _is_chosen(row)
    facts |= {
        "is_chosen": is_chosen,
        "groups": _groups(desk, row, aim, find) if is_chosen else [],
        "aim": aim,
        "find": find,
        "links": _links(desk, row, kept_link),
        "languages": [code for code in LANGUAGES if code != desk.house.home],
        "texts": row.text_of("text").translations,
        "local_at": f"{at.astimezone(desk.care.zone):%Y-%m-%dT%H:%M}" if at is not None else "",
        "may_be_urgent": changing.may_be_urgent(desk.chat, row),
        "picture": picture,
        "longest": MAX_LENGTH,
    }
    name = say("Correction") if row.corrects_id is not None else say("Write an announcement")
    return Page("announcement_write.html", name, facts)


def _links(desk: Desk, row: Announcement, kept: str) -> list[tuple[str, Sayable]]:
    """What the button below it may open: coming events, and teams."""
    session, place = desk.session, row.station_id
    coming = lookup.upcoming(session, desk.now, station_id=place, team_id=row.team_id, limit=LINKS)
    among = None if row.team_id is None else [row.team_id]
    linkable = teams.browse(session, station_id=place, among=among, limit=LINKS)
    links: list[tuple[str, Sayable]] = [("", say("No button"))]
    links += [(f"event:{each.id}", title(each)) for each in coming]
    links += [(f"team:{each.id}", team_name(each)) for each in linkable]
    if kept and kept not in {each for each, _label in links}:
        links.append((kept, kept))
    return links


@section.act(f"{PATH}/write", again=write)
def keep(desk: Desk, asked: Asked) -> Done | Wrong:
    """Keep the draft as the form has it."""
    announcements.locked(desk.session, asked.number("announcement"))
    row = draft_of(desk, asked)
    values = _values(desk, asked, row)
    if isinstance(values, Wrong):
        return values
    texts = _texts(desk, asked)
    if isinstance(texts, Wrong):
        return texts
    picture = kept_picture(desk, asked)
    if picture is not None or asked.is_on("no-picture"):
        values["picture_id"] = picture
    announcements.change(desk.session, row, **values)
    for code, text in texts.items():
        if text != row.text_of("text").translations.get(code, ""):
            announcements.translate(desk.session, row, code, text)
    if asked.word("then") == "find":
        query = asked_for(asked.word("find"))
        return Done(here(row.id, f"/write{query}"))
    if not row.text:
        return Wrong(say("It has no words yet."), "text")
    return Done(here(row.id, "/preview"))


def asked_for(find: str) -> str:
    return f"?{Asked(words={'find': [find]}).query()}" if find else ""


def _values(desk: Desk, asked: Asked, row: Announcement) -> dict[str, Any] | Wrong:
    """The columns of the draft but for its picture, or what cannot be taken."""
    text = asked.word("text")
    if text and isinstance(refused := words.fits(text), Unfit):
        return Wrong(refused.why, "text")
    at = time_in(desk, asked.word("at"))
    if isinstance(at, Wrong):
        return at
    link = asked.word("link")
    if link and link not in {each for each, _label in _links(desk, row, row.link)}:
        raise BadForm("link")
    urgent = ""
    if asked.is_on("urgent"):
        if not changing.may_be_urgent(desk.chat, row):
            raise BadForm("urgent")
        reason = changing.urgent_reason(asked.word("reason"))
        if isinstance(reason, Unfit):
            return Wrong(reason.why, "reason")
        urgent = reason
    # Nothing is urgent every week.
    is_weekly = asked.is_on("weekly") and not urgent
    return {
        "audience": _aim(desk, asked, row).to_json(),
        "text": text,
        "link": link,
        "first_at": at,
        "repeat": Repeat.WEEKLY if is_weekly else Repeat.ONCE,
        "urgent": urgent,
    }


def _texts(desk: Desk, asked: Asked) -> dict[str, str] | Wrong:
    """The text in the other languages, by their codes; an empty one takes it away."""
    texts: dict[str, str] = {}
    for code in LANGUAGES:
        if code == desk.house.home:
            continue
        texts[code] = asked.word(f"text-{code}")
        if texts[code] and isinstance(refused := words.fits(texts[code]), Unfit):
            return Wrong(refused.why, f"text-{code}")
    return texts


# The preview, and sending


@section.page(f"{PATH}/preview")
def preview(desk: Desk, asked: Asked) -> Page:
    """The draft as members get it, on each platform; below it whom it reaches, and when."""
    row = draft_of(desk, asked)
    reached = forecast.facts(desk, row)
    most = lifecycle.limit_of(
        desk.session, row, desk.member.id, desk.now, desk.care.announcing.alone
    )
    facts = {
        "row": row,
        "path": here(row.id),
        "shown": forecast.on_platforms(desk, row),
        "picture": picture_of(desk, row),
        "needs_approval": reached["at_most"] > most,
        "approvers": approvers(desk, row),
        "nobody_approves": NOT_STARTED[NotStarted.NO_APPROVER],
        **reached,
    }
    return Page("announcement_preview.html", say("What people get"), facts)


def people_of(desk: Desk, asked: Asked) -> Count:
    """How many people it is for, exactly; of a million that takes seconds."""
    row = draft_of(desk, asked)
    return choosing.count(desk.chat, row.station_id, row.aim)


@section.act(f"{PATH}/send", again=preview, looks=people_of)
def send(desk: Desk, asked: Asked) -> Done | Wrong:
    announcements.locked(desk.session, asked.number("announcement"))
    row, people = draft_of(desk, asked), asked.looked
    limits, mine = desk.care.announcing.alone, desk.member.id
    match lifecycle.start(desk.session, row, mine, desk.now, people=people, limits=limits):
        case Started(now=True):
            return Done(
                here(row.id), lines(say("✅ It's going out."), sent.by_night(desk.chat, row))
            )
        case Started(due_at=due_at):
            return Done(here(row.id), say("✅ It goes out {when}.", when=When(due_at, near=True)))
        case AwaitingApproval() as waiting:
            approvals.ask_approval(desk.chat, row, waiting)
            said = say(
                "⏳ It's for {people}; we've asked another organizer to approve it.",
                people=people_in_words(waiting.people),
            )
            return Done(here(row.id), said)
        case NotStarted() as why:
            return Wrong(NOT_STARTED[why])


NOT_STARTED: Mapping[NotStarted, Sayable] = {
    **words.NOT_STARTED,
    NotStarted.NO_WORDS: say("It has no words yet."),
    NotStarted.SENT_ALREADY: say("It has been sent already."),
}
