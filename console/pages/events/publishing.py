"""A new event by the same form, and answering those that wait for approval."""

from typing import Any, assert_never

from bot.conversation.messages import Sayable, When, lines, say
from console.desk import Desk
from console.pages.events import forms
from console.pages.events.editing import SURE
from console.pages.events.section import HERE, ONE, PATH, found, may, path_of, section
from console.pages.events.showing import event_page
from console.pages.sending_pictures import kept_picture
from console.routing import Asked, Done, Missing, NotTaken, Page, Wrong
from handlers import dates
from handlers.events.approvals import answered_before
from handlers.events.collisions import same_day_line
from handlers.events.drawing import WHY_NOT
from handlers.events.publishing import following_weeks, places_of
from handlers.permission import LONGEST_REASON
from handlers.words import station_name, title
from models.events import events, pictures, publishing, templates
from models.events.draws import WhyNot
from models.events.events import Event
from models.events.publishing import (
    Asked as Waits,
)
from models.events.publishing import (
    Draft,
    MayNotPublish,
    NobodyToAsk,
    Over,
    Published,
)
from models.network import stations
from models.network.roles import NotAllowed
from models.network.stations import Station
from models.network.translations import translations_of
from models.rules.dates.pieces import Why
from models.rules.events import draws, undated
from models.rules.events.details import DETAIL_TEXTS
from models.rules.languages import Translated
from models.rules.network.permissions import Act

NEW = f"{PATH}/new"


@section.page(NEW, needs=Act.PUBLISH_EVENT)
def new(desk: Desk, asked: Asked) -> Page:
    """The form of a new event: empty, or with all that an earlier one had but its time."""
    like = _like(desk, asked)
    values: dict[str, str] = {}
    if like is not None:
        values = {**forms.values_of(desk, like), **_times_like(desk, like)}
    facts = {
        **forms.fields(desk, values),
        "like": like,
        "hosts": [(key, label) for key, label, _place in _hosts(desk)],
        "templates": templates.of_member(desk.session, desk.member.id, desk.now),
        "picture": pictures.name(desk.session, like.picture_id) if like else "",
    }
    return Page("events/new.html", say("New event"), facts)


def _like(desk: Desk, asked: Asked) -> Event | None:
    """The event that the new one is to be like; it is theirs, or one that they may run."""
    number = asked.number("like", 0)
    if not number:
        return None
    event = events.for_organizers(desk.session, number)
    station = stations.get(desk.session, event.station_id) if event is not None else None
    if event is None or station is None:
        raise Missing
    if event.by_member_id != desk.member.id and not may(desk, Act.RUN_EVENT, event, station):
        raise Missing
    return event


def _times_like(desk: Desk, like: Event) -> dict[str, str]:
    """The same weekday and time of the next week, with sign-up as long before."""
    planned = undated.planned(like.starts_at)
    later = following_weeks(planned, desk.now, desk.care.zone)[0] - planned
    closes, opens = undated.planned(like.closes_at) + later, like.opens_at
    is_opening = opens is not None and undated.planned(opens) + later > desk.now
    return {
        "starts": forms.typed(desk, planned + later),
        "ends": forms.typed(desk, undated.planned(like.ends_at) + later),
        "closes": forms.typed(desk, closes) if closes > desk.now else "",
        "opens": forms.typed(desk, undated.planned(opens) + later) if opens and is_opening else "",
    }


def _hosts(desk: Desk) -> list[tuple[str, Sayable, dict[str, Any]]]:
    """For whom this member may publish; where others are asked first that is said."""
    return [
        (
            forms.host_key(each["station_id"], each["team_id"]),
            lines(
                Translated.from_json(each["name"]),
                say("asks first") if each["asks"] else None,
                between=" · ",
            ),
            each,
        )
        for each in places_of(desk.chat)
    ]


@section.act(NEW, again=new, needs=Act.PUBLISH_EVENT)
def publish(desk: Desk, asked: Asked) -> Done | Wrong:
    """Publish what was typed, or ask those who may."""
    like = _like(desk, asked)
    draft = draft_of(desk, asked, like)
    _ask_first(desk, asked, draft)
    done = publishing.publish(desk.session, draft, desk.member.id, desk.now)
    if like is not None and isinstance(done, Published | Waits):
        templates.carry(desk.session, like.id, done.event, desk.member.id, desk.now)
    return answer_of(desk, draft, done)


def draft_of(desk: Desk, asked: Asked, like: Event | None) -> Draft:
    """What was typed as an event to be published. Raises NotTaken for what cannot be taken."""
    place = next((each for key, _, each in _hosts(desk) if key == asked.word("host")), None)
    station = stations.get(desk.session, place["station_id"]) if place is not None else None
    if place is None or station is None:
        raise NotTaken(say("Who holds it?"), "host")
    told = forms.read(desk, asked, station, like)
    starts_at, ends_at = forms.span(desk, asked)
    closes_at, is_drawn = forms.closing(desk, asked, starts_at), asked.is_on("drawn")
    if is_drawn:
        if told.seats is None:
            raise NotTaken(WHY_NOT[WhyNot.NO_LIMIT], "drawn")
        if told.gates.approval:
            raise NotTaken(WHY_NOT[WhyNot.BY_HAND], "drawn")
        entries_close = draws.entries_close(closes_at, starts_at, desk.now)
        if entries_close is None:
            raise NotTaken(WHY_NOT[WhyNot.TOO_SOON], "drawn")
        closes_at = entries_close
    picture = kept_picture(desk, asked)
    if picture is None and like is not None and asked.is_on("same_picture"):
        picture = like.picture_id
    words = {name: told.texts[name].text for name in DETAIL_TEXTS}
    return Draft(
        station_id=place["station_id"],
        team_id=place["team_id"],
        title=told.texts["title"].text,
        starts_at=starts_at,
        ends_at=ends_at,
        category=told.category,
        kind=told.kind,
        place=told.texts["place"].text,
        seats=told.seats,
        picture_id=picture,
        map_url=told.map_url,
        translations=translations_of(told.texts),
        audience=told.audience,
        details={**words, **told.details},
        closes_at=closes_at,
        opens_at=forms.opening(desk, asked, closes_at),
        gates=told.gates.to_column(),
        is_drawn=is_drawn,
    )


def _ask_first(desk: Desk, asked: Asked, draft: Draft) -> None:
    """Say once what else the same people are called to on that day."""
    others = same_day_line(
        desk.chat, draft.station_id, draft.team_id, draft.starts_at, draft.ends_at
    )
    if others is not None and not asked.is_on(SURE):
        raise NotTaken(lines(others, say("Press once more to publish it.")), SURE)


def answer_of(
    desk: Desk,
    draft: Draft,
    done: Published | Waits | NobodyToAsk | MayNotPublish | Over,
) -> Done | Wrong:
    """What is said of publishing, done or not."""
    match done:
        case Published(event):
            said = say(
                "✅ Published: {title}, {when}. Its number is {n}.",
                title=title(event),
                when=When(event.starts_at, near=True),
                n=event.id,
            )
            return Done(path_of(event), said)
        case Waits(event, _of):
            said = say(
                "⏳ {place}'s organizers are asked about {title}. You'll hear from them.",
                place=station_name(stations.get(desk.session, event.station_id)),
                title=title(event),
            )
            return Done(path_of(event), said)
        case NobodyToAsk(station):
            name = station_name(station)
            why = say("Nobody at {place} can approve it yet. Choose another host.", place=name)
            return Wrong(why, "host")
        case Over():
            return Wrong(dates.UNCLEAR[Why.IN_THE_PAST], "starts")
        case MayNotPublish():
            raise NotAllowed(Act.PUBLISH_EVENT)
        case never:
            assert_never(never)


# Answering what others want to publish


def _to_answer(desk: Desk, asked: Asked) -> tuple[Event, Station]:
    event, station = found(desk, asked)
    desk.require(Act.APPROVE_EVENT, station)
    return event, station


@section.act(f"{ONE}/approve", again=event_page, needs=Act.APPROVE_EVENT)
def approve(desk: Desk, asked: Asked) -> Done | Wrong:
    event, _station = _to_answer(desk, asked)
    done = publishing.approve(desk.session, event.id, desk.member.id, desk.now)
    if isinstance(done, Over):
        return Wrong(say("{title} has begun already.", title=title(done.event)))
    if done.before:
        return Wrong(answered_before(done.event).text)
    approved = say("✅ Approved: {title}. Members see it now.", title=title(done.event))
    return Done(path_of(event), approved)


@section.act(f"{ONE}/send-back", again=event_page, needs=Act.APPROVE_EVENT)
def send_back(desk: Desk, asked: Asked) -> Done | Wrong:
    event, _station = _to_answer(desk, asked)
    reason = asked.word("reason")
    if len(reason) > LONGEST_REASON:
        why = say("That's long; {n} characters at most.", n=LONGEST_REASON)
        return Wrong(why, "reason")
    done = publishing.send_back(desk.session, event.id, reason, desk.member.id, desk.now)
    if done.before:
        return Wrong(answered_before(done.event).text)
    return Done(HERE, say("✅ Sent back: {title}. Whoever asked is told.", title=title(event)))
