"""Correcting a published event on one page: who would hear of it is said before it is saved."""

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from bot.conversation.dialogs import NO_PICTURE
from bot.conversation.dialogs import Wrong as Unfit
from bot.conversation.messages import Sayable, When, lines, say, say_n
from console.desk import Desk
from console.pages.events import forms
from console.pages.events.forms import Told
from console.pages.events.section import ONE, path_of, section, to_do
from console.pages.events.showing import card
from console.pages.sending_pictures import kept_picture
from console.routing import Asked, Done, NotTaken, Page, Wrong
from handlers.events import gating, room, shares
from handlers.events.confirming import MEANWHILE, TOO_LATE, asked_now, who_is_told, who_will_be_told
from handlers.events.partners import PARTS
from handlers.events.publishing import places_of
from handlers.words import station_name, team_name, title
from models.events import editing, partnering, pictures, quotas, running
from models.events import gating as conditions
from models.events.editing import NotTheirHost, Same
from models.events.events import Event
from models.events.gating import GatesNotSet, GatesSet
from models.events.quotas import Share, TooMuch
from models.events.running import Changed, ChangeOutcome, Meanwhile, TooFew, TooLate
from models.network.stations import Station
from models.rules.events import gates as rules_of_gates
from models.rules.events import windows
from models.rules.events.windows import EventAct, Phase
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.store import Moment
from models.teams import teams

PATH = f"{ONE}/edit"
SURE = "sure"


@section.page(PATH, needs=Act.RUN_EVENT)
def edit(desk: Desk, asked: Asked) -> Page:
    event, station = to_do(desk, asked)
    why = windows.refusal(EventAct.EDIT, event, desk.now)
    values = {**forms.values_of(desk, event), "shares": shares_now(desk, event)}
    facts = {
        **forms.fields(desk, values),
        "event": event,
        "why": TOO_LATE[why] if why is not None else None,
        "hosts": _hosts(desk, event, station),
        "card": card(desk, event, station),
        "picture": pictures.name(desk.session, event.picture_id),
        "is_dated": windows.phase_of(event, desk.now) is not Phase.POSTPONED,
        "releases": _releases(desk, event),
        "release": event.quotas_until.isoformat() if event.quotas_until is not None else "",
        "shares_said": shares.EXAMPLE,
        "partners": _partners(desk, event),
    }
    return Page("events/edit.html", say("Edit: {title}", title=title(event)), facts)


def typed_of(desk: Desk, event: Event) -> dict[str, str]:
    """The whole form of an event as it stands: sent back like this it changes nothing."""
    until = event.quotas_until
    return {
        **forms.values_of(desk, event),
        "shares": shares_now(desk, event),
        "release": until.isoformat() if until is not None else "",
    }


def shares_now(desk: Desk, event: Event) -> str:
    """How the seats are shared out, a line a group, as it can be written."""
    if not event.quotas:
        return ""
    found = quotas.of_event(desk.session, event.id)
    said = [desk.in_words(room.share(desk.session, event, each.share)) for each in found]
    return "\n".join(said)


def _partners(desk: Desk, event: Event) -> list[tuple[str, Sayable, bool]]:
    """A box for each partner and part that the event may have, and whether it has it."""
    ticked = partnering.chosen(desk.session, event.id)
    return [
        (
            f"{row.id}-{part}",
            lines(row.text_of("name"), PARTS[part], between=" · "),
            (row.id, part) in ticked,
        )
        for row, parts in partnering.offered(desk.session, event)
        for part in parts
    ]


def _releases(desk: Desk, event: Event) -> list[tuple[str, Sayable]]:
    times = dict.fromkeys([*shares.times(event, desk.now), event.quotas_until])
    return [("", say("Never")), *((at.isoformat(), When(at)) for at in times if at is not None)]


def _hosts(desk: Desk, event: Event, station: Station) -> list[tuple[str, Sayable]]:
    """The host it has, and those at which this member publishes without asking."""
    team = teams.get(desk.session, event.team_id) if event.team_id is not None else None
    now = team_name(team) if team is not None else station_name(station)
    own = [(forms.host_key(event.station_id, event.team_id), now)]
    others = [
        (forms.host_key(each["station_id"], each["team_id"]), Translated.from_json(each["name"]))
        for each in places_of(desk.chat)
        if not each["asks"]
    ]
    return list({**dict(others), **dict(own)}.items())


@section.act(PATH, again=edit, needs=Act.RUN_EVENT)
def save(desk: Desk, asked: Asked) -> Done | Wrong:
    """Change what differs, all or nothing."""
    event, station = to_do(desk, asked)
    session, by = desk.session, desk.member.id
    seen = asked.number("revision")
    match running.to_change(session, event.id, by, desk.now, EventAct.EDIT, seen):
        case TooLate(why=why):
            return Wrong(TOO_LATE[why])
        case Meanwhile():
            return Wrong(MEANWHILE)
        case Event() as event:
            pass
        case never:
            assert_never(never)
    told = forms.read(desk, asked, station, event)
    _ask_first(desk, asked, event, told)
    heard = [*_save(desk, asked, event, told)]
    session.refresh(event)
    if event.revision == seen:
        return Done(path_of(event), say("It is so already."))
    return Done(path_of(event), lines(say("✅ Changed: {title}.", title=title(event)), *heard))


def _ask_first(desk: Desk, asked: Asked, event: Event, told: Told) -> None:
    """Say once who would be told of another place or meeting point."""
    becomes: dict[str, Any] = {
        name: told.texts[name].text
        for name in ("place", "meet")
        if told.texts[name].text != getattr(event, name)
    }
    if becomes and not asked.is_on(SURE):
        hear = who_will_be_told(desk.chat, event.id, **becomes)
        raise NotTaken(lines(hear, say("Press once more to save it.")), SURE)


def _save(desk: Desk, asked: Asked, event: Event, told: Told) -> list[Sayable]:
    """Call the verbs for what differs; what each says to the organizer comes back."""
    was = forms.values_of(desk, event)
    said = [_seats(desk, event, told)]
    _texts(desk, asked, event, told)
    said.append(_told_of(desk, event, told))
    if windows.phase_of(event, desk.now) is not Phase.POSTPONED:
        said.append(_closing(desk, asked, event, was))
    said.append(_gates(desk, asked, event, told, was))
    said.append(_shares(desk, asked, event))
    return [each for each in said if each]


def _too_late(done: TooLate, field: str = "") -> NotTaken:
    return NotTaken(TOO_LATE[done.why], field)


def _texts(desk: Desk, asked: Asked, event: Event, told: Told) -> None:
    """Everything of which nobody is told; of place and meeting point the translations."""
    values: dict[str, Any] = {
        name: said
        for name, said in told.texts.items()
        if name not in ("place", "meet") or said.text == getattr(event, name)
    }
    values |= {**told.details, "kind": told.kind, "category": told.category}
    values |= {"audience": told.audience}
    if told.texts["place"].text == event.place:
        values["map_url"] = told.map_url
    host = asked.word("host")
    if host and host != forms.host_key(event.station_id, event.team_id):
        values |= _host_of(desk, host)
    match editing.edit(desk.session, event.id, values, desk.member.id, desk.now):
        case NotTheirHost():
            raise NotTaken(say("There is no other host that you may choose."), "host")
        case TooLate() as late:
            raise _too_late(late)
        case Meanwhile() | Changed() | Same():
            return
        case never:
            assert_never(never)


def _host_of(desk: Desk, key: str) -> dict[str, Any]:
    for each in places_of(desk.chat):
        if not each["asks"] and forms.host_key(each["station_id"], each["team_id"]) == key:
            return {"station_id": each["station_id"], "team_id": each["team_id"]}
    raise NotTaken(say("There is no other host that you may choose."), "host")


def _told_of(desk: Desk, event: Event, told: Told) -> Sayable | None:
    """Another place or meeting point, of which people are told."""
    place, meet, last = told.texts["place"], told.texts["meet"], None
    by, now = desk.member.id, desk.now
    done: ChangeOutcome
    if place.text != event.place:
        done = running.relocate(desk.session, event.id, place, by, now, map_url=told.map_url)
        last = _changed(done, "place")
    if meet.text != event.meet:
        done = running.gather(desk.session, event.id, meet, by, now)
        last = _changed(done, "meet")
    return who_is_told(desk.chat, last) if last is not None else None


def _changed(done: ChangeOutcome, field: str) -> Changed:
    match done:
        case Changed():
            return done
        case TooLate():
            raise _too_late(done, field)
        case Meanwhile():
            raise NotTaken(MEANWHILE)
        case never:
            assert_never(never)


def _seats(desk: Desk, event: Event, told: Told) -> Sayable | None:
    if told.seats == event.seats:
        return None
    done = running.change_seats(
        desk.session, event.id, told.seats, desk.member.id, desk.care, desk.now
    )
    match done:
        case Changed(offered=offered):
            return asked_now(offered)
        case TooFew(held):
            why = say_n(
                "{n} person has a seat already, so it can't be fewer.",
                "{n} people have a seat already, so it can't be fewer.",
                held,
            )
            raise NotTaken(why, "seats")
        case TooMuch(kept):
            why = say("It can't be fewer: the shares keep {kept}.", kept=kept)
            raise NotTaken(why, "seats")
        case TooLate() | Meanwhile():
            _changed(done, "seats")
            return None
        case never:
            assert_never(never)


FIELD_OF = {
    windows.Why.NOT_WITH_DRAW: "approval",
    windows.Why.NO_SUCH_EVENT: "done",
    windows.Why.CLOSED: "opens",
}


def _gates(
    desk: Desk, asked: Asked, event: Event, told: Told, was: Mapping[str, str]
) -> Sayable | None:
    opens_at: Moment | None = event.opens_at
    if asked.word("opens") != was["opens"] and windows.phase_of(event, desk.now) != Phase.POSTPONED:
        opens_at = forms.moment(desk, asked, "opens")
        if opens_at is not None and opens_at <= desk.now:
            raise NotTaken(say("That moment has passed meanwhile."), "opens")
    if told.gates == rules_of_gates.from_column(event.gates) and opens_at == event.opens_at:
        return None
    by = desk.member.id
    match conditions.put(desk.session, event.id, told.gates, opens_at, by, desk.care, desk.now):
        case GatesSet(_, let_in):
            came = say_n("{n} who waited was let in.", "{n} who waited were let in.", let_in)
            return came if let_in else None
        case GatesNotSet(_, why):
            said = gating.NOT_SET.get(why) or TOO_LATE[why]
            raise NotTaken(said, FIELD_OF.get(why, ""))
        case never:
            assert_never(never)


def _closing(desk: Desk, asked: Asked, event: Event, was: Mapping[str, str]) -> Sayable | None:
    if asked.word("closes") == was["closes"]:
        return None
    closes_at = forms.closing(desk, asked, event.starts_at)
    by = desk.member.id
    done = running.open_sign_up(desk.session, event.id, closes_at, by, desk.care, desk.now)
    if isinstance(done, TooLate):
        raise _too_late(done, "closes")
    return asked_now(done.offered)


def _shares(desk: Desk, asked: Asked, event: Event) -> Sayable | None:
    said, until = asked.word("shares"), asked.word("release")
    now = event.quotas_until.isoformat() if event.quotas_until is not None else ""
    if said == shares_now(desk, event) and (until == now or not said):
        return None
    checked = shares.check(said) if said else said
    if isinstance(checked, Unfit):
        raise NotTaken(checked.why, "shares")
    found, unknown = shares.meant(desk.session, event, said)
    if unknown:
        raise NotTaken(shares.nobody_called(unknown), "shares")
    times = {
        at.isoformat(): at for at in (*shares.times(event, desk.now), event.quotas_until) if at
    }
    return asked_now(shared_out(desk, event, found, times.get(until)).offered)


def shared_out(
    desk: Desk,
    event: Event,
    found: Sequence[Share],
    until: Moment | None,
    seen: int | None = None,
) -> Changed:
    """Share the seats of an event out. Raises NotTaken where that cannot be done."""
    done = running.share_out(
        desk.session, event.id, found, until, desk.member.id, desk.care, desk.now, seen=seen
    )
    if isinstance(done, TooMuch):
        why = say(
            "That keeps {kept} seats, and there are {seats}.", kept=done.kept, seats=done.seats
        )
        raise NotTaken(why, "shares")
    return _changed(done, "shares")


# The picture


@section.act(f"{ONE}/picture", again=edit, needs=Act.RUN_EVENT)
def put_picture(desk: Desk, asked: Asked) -> Done | Wrong:
    """Put another picture in its place, or none."""
    event, _station = to_do(desk, asked)
    number: int | None = None
    if not asked.is_on("none"):
        number = kept_picture(desk, asked)
        if number is None:
            return Wrong(NO_PICTURE, "picture")
    by = desk.member.id
    done = editing.edit(desk.session, event.id, {"picture_id": number}, by, desk.now)
    if isinstance(done, TooLate):
        return Wrong(TOO_LATE[done.why], "picture")
    return Done(path_of(event), say("✅ Changed: {title}.", title=title(event)))
