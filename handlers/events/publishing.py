"""Publishing an event: for whom, with what is known already, and how it ended."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from bot.conversation.chat import Chat
from bot.conversation.dialogs import ENOUGH_PICTURES, NO_PICTURE
from bot.conversation.messages import Button, Choice, Reply, Sayable, When, lines, say
from bot.conversation.routing import Router
from bot.conversation.typed import whole
from handlers import dates
from handlers.actions import EVENTS, MENU
from handlers.events.audiences import described
from handlers.events.buttons import MY_EVENTS, NewEvent, Run
from handlers.events.fields import LONGEST_TITLE, EventForm
from handlers.events.pasting import understand
from handlers.events.questions import draft_of, new_event
from handlers.permission import denied
from handlers.repeats import in_full
from handlers.words import station_name, team_name, title
from models.events import events, pictures, publishing, repeating, series, templates
from models.events.events import Event
from models.events.groups import Mode
from models.events.publishing import Asked, Draft, MayNotPublish, NobodyToAsk, Over, Published
from models.network import roles, stations
from models.network.stations import Station, StationKind
from models.rules.dates.pieces import Why
from models.rules.dates.repeats import Repeat
from models.rules.events import details, undated
from models.rules.events import publishing as rules
from models.rules.events.publishing import PublishRight
from models.rules.languages import Translated
from models.rules.network.permissions import Act, Place
from models.teams import teams

router = Router()

LIKE = re.compile(
    r"(?:照|按|像|like)\s*(?:第|no\.?|#)?\s*(\d{1,9})\s*号?\s*(?:再办|的样子|一样)?(?:一个|一场|一次)?",
    re.IGNORECASE,
)
"""Words that ask for a copy of an event by its number: ``发布活动 照35号``."""


@router.command("newevent", zh="发布活动", also=("发活动", "new event"), pictures=True)
def begin_by_words(chat: Chat, words: str) -> Reply:
    """``发布活动`` asks; ``发布活动 周六下午3点 羽毛球赛 20人`` asks only for the rest."""
    if (like := LIKE.fullmatch(words.strip())) is not None:
        return begin(chat, NewEvent(int(like[1])))
    form = understand(_as_typed(chat, words), chat.now, chat.care.zone) if words else {}
    if len(form.get("title", "")) > LONGEST_TITLE:
        form = {}
    # The words may stand below a picture, as posters are passed on.
    incoming = chat.incoming
    if incoming is None or not incoming.not_text:
        return _begin(chat, form) if form else _anew(chat)
    if (sent := incoming.picture) is None:
        return _begin(chat, form, before=NO_PICTURE)
    by = chat.member.id
    if pictures.has_enough(chat.session, by, chat.now):
        return _begin(chat, form, before=ENOUGH_PICTURES)
    number = pictures.keep(chat.session, sent.content, sent.media_type, by, chat.now)
    name = pictures.name(chat.session, number)
    return _begin(chat, {**form, "picture": number, "picture_name": name})


def _as_typed(chat: Chat, words: str) -> str:
    """The words after the command with their lines: labels stand at the beginning of one."""
    typed = whole(chat.incoming.text) if chat.incoming is not None else ""
    at = typed.find(words.split(maxsplit=1)[0])
    return typed[at:] if at >= 0 else words


def _anew(chat: Chat) -> Reply:
    """Ask what a new event is called; or it is to be like one of their templates."""
    question = _begin(chat, {})
    kept = templates.of_member(chat.session, chat.member.id, chat.now)
    if not kept or question.choices:
        return question
    return replace(
        question,
        text=lines(question.text, say("Or hold one like:")),
        choices=tuple(Choice(each.id, title(each), NewEvent(each.id)) for each in kept),
    )


@router.button(NewEvent)
def begin(chat: Chat, press: NewEvent) -> Reply:
    """Begin with nothing, or with all that an earlier event had but its time."""
    if not press.copy:
        return _anew(chat)
    source = events.for_organizers(chat.session, press.copy)
    if source is None:
        return Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    station = stations.get(chat.session, source.station_id)
    if source.by_member_id != chat.member.id and (
        refusal := denied(chat, Act.RUN_EVENT, station, team_id=source.team_id)
    ):
        return refusal
    form: EventForm = {
        "like": source.id,
        "title": source.title,
        "place": source.place,
        "seats": source.seats or 0,
        "kind": str(source.kind),
        "category": str(source.category),
        **details.to_form(source),
        "picture": source.picture_id,
        "picture_name": pictures.name(chat.session, source.picture_id),
        "minutes": int((source.ends_at - source.starts_at).total_seconds() // 60),
        "closes_before": int((source.starts_at - source.closes_at).total_seconds() // 60),
        "opens_before": _minutes_before(source.starts_at, source.opens_at),
        "gates": source.gates,
        "translations": source.translations,
        "map_url": source.map_url,
        # Of an open one a contact point is asked again.
        **({"audience": source.audience} if source.audience else {}),
    }
    is_dated = not undated.is_to_come(source.starts_at)
    if press.same and is_dated and source.starts_at > chat.now:
        form["when"] = dates.kept(source.starts_at, source.ends_at)
    planned = undated.planned(source.starts_at)
    following = following_weeks(planned, chat.now, chat.care.zone)
    suggested = [dates.kept(each, None) for each in following]
    return _begin(chat, form, suggested, like=source)


def _minutes_before(starts_at: datetime, at: datetime | None) -> int:
    return int((starts_at - at).total_seconds() // 60) if at is not None else 0


def following_weeks(starts_at: datetime, now: datetime, zone: ZoneInfo) -> list[datetime]:
    """The same weekday and time of the next two weeks in which it is still ahead."""
    local = starts_at.astimezone(zone)
    weeks = 1
    while (local + timedelta(weeks=weeks)).astimezone(now.tzinfo) <= now:
        weeks += 1
    return [(local + timedelta(weeks=each)).astimezone(now.tzinfo) for each in (weeks, weeks + 1)]


def _begin(
    chat: Chat,
    form: EventForm,
    suggested: list[str] | None = None,
    *,
    like: Event | None = None,
    before: Sayable | None = None,
) -> Reply:
    places = places_of(chat)
    if not places:
        here = stations.desk_of(chat.session, chat.member.station_id)
        refusal = denied(chat, Act.PUBLISH_EVENT, here)
        assert refusal is not None
        return refusal
    own = [number for number, place in enumerate(places) if place["own"]]
    if like is not None:
        for number, place in enumerate(places):
            if (place["station_id"], place["team_id"]) == (like.station_id, like.team_id):
                form = {"for": number, **form}
    if len(own) == 1:
        form = {"for": own[0], **form}
    elif "for" not in form and not own:
        form = {"for": 0, **form}
    if form.get("title") and "kind" not in form and (kind := rules.guess_kind(form["title"])):
        form = {**form, "kind": kind}
    return new_event.begin(
        chat, before=before, known=form, places=places, suggested=suggested or []
    )


def places_of(chat: Chat) -> list[dict[str, Any]]:
    """For whom this member may publish, their own places first; wider ones are asked for."""
    held = roles.held_by(chat.session, chat.member.id, chat.now)
    places: dict[tuple[int, int | None], dict[str, Any]] = {}
    grants = roles.grants_of(chat.session, chat.member.id, chat.now)
    mine = [(station, grant.team_id) for grant, station in grants]
    wider = [
        (station, None)
        for own, _team in mine
        for number in reversed(own.path.strip("/").split("/")[:-1])
        if (station := stations.get(chat.session, int(number))) is not None
    ]
    for own, (station, team_id) in [*((True, each) for each in mine), *((False, e) for e in wider)]:
        may = rules.publish_right(held, Place(station.path, team_id), chat.now)
        if may == PublishRight.NO:
            continue
        name, of = _names(chat, station, team_id)
        places.setdefault(
            (station.id, team_id),
            {
                "station_id": station.id,
                "team_id": team_id,
                "name": name.to_json(),
                "of": of.to_json(),
                "has_own_people": station.kind is StationKind.CONTACT_POINT,
                "address": station.address,
                "asks": may == PublishRight.ASKS,
                "own": own,
            },
        )
    return list(places.values())


def _names(chat: Chat, station: Station, team_id: int | None) -> tuple[Translated, Translated]:
    """What a host is called, and where it is: a team by its own name, at its station."""
    team = teams.get(chat.session, team_id) if team_id is not None else None
    if team is not None:
        return team_name(team), station.text_of("name")
    above = stations.get(chat.session, station.parent_id)
    return station.text_of("name"), above.text_of("name") if above is not None else Translated("")


# The end of it


@new_event.done
def publish(chat: Chat, form: EventForm | None) -> Reply:
    """Publish what was previewed, or ask those who may."""
    if form is None:
        return Reply(say("All right, nothing was kept."), buttons=(MY_EVENTS, EVENTS, MENU))
    draft = draft_of(form, form["place_for"], chat.now)
    done = _published(chat, form, draft)
    if isinstance(done, Published | Asked) and form.get("like"):
        templates.carry(chat.session, form["like"], done.event, chat.member.id, chat.now)
    match done:
        case Published(event):
            whom = described(chat.session, event.aim) if event.audience else None
            return Reply(
                lines(
                    say(
                        "✅ Published: {title}, {when}. Its number is {n}.",
                        title=title(event),
                        when=When(event.starts_at, near=True),
                        n=event.id,
                    ),
                    say("For: {audience}", audience=whom) if whom else None,
                    _comes_again(chat, event, form),
                ),
                buttons=(Button(say("Run it"), Run(event.id)), _again_button(event), MY_EVENTS),
            )
        case Asked(event, _of):
            place = stations.get(chat.session, event.station_id)
            return Reply(
                say(
                    "⏳ {place}'s organizers are asked about {title}. You'll hear from them.",
                    place=station_name(place),
                    title=title(event),
                ),
                buttons=(MY_EVENTS, EVENTS),
            )
        case NobodyToAsk(station):
            return _again(
                chat,
                form,
                say(
                    "Nobody at {place} can approve it yet. Choose another “For whom”.",
                    place=station_name(station),
                ),
            )
        case Over(_event):
            del form["when"]
            return _again(chat, form, dates.UNCLEAR[Why.IN_THE_PAST])
        case MayNotPublish():
            where = stations.get(chat.session, draft.station_id)
            refusal = denied(chat, Act.PUBLISH_EVENT, where, team_id=draft.team_id)
            return refusal or Reply(say("That's for the station's organizers."), buttons=(MENU,))
        case never:
            assert_never(never)


def _published(
    chat: Chat, form: EventForm, draft: Draft
) -> Published | Asked | NobodyToAsk | MayNotPublish | Over:
    """Publish it, or every date of a course."""
    if not form.get("course"):
        return publishing.publish(chat.session, draft, chat.member.id, chat.now)
    dates_of = [{**form, "when": each} for each in form["course"]]
    drafts = [draft_of(each, form["place_for"], chat.now) for each in dates_of]
    mode = Mode(form.get("mode", Mode.BOTH))
    return series.publish(chat.session, drafts, mode, chat.member.id, chat.now)


def _comes_again(chat: Chat, event: Event, form: EventForm) -> Sayable | None:
    """Let it come again by the rule that was previewed with it."""
    if not (column := form.get("repeat")):
        return None
    rule = Repeat.from_column(column)
    repeating.begin(chat.session, event.id, rule, chat.member.id, chat.care, chat.now)
    said = in_full(rule, event.starts_at, chat.care.zone)
    return say("{rule}. Each is published in time.", rule=said)


def _again_button(event: Event) -> Button:
    return Button(say("Repeat it"), Run(event.id, "again"))


def _again(chat: Chat, form: EventForm, why: Sayable) -> Reply:
    """Go on with what was answered; the places are those of now, perhaps others than before."""
    place_id = form.pop("place_for")
    del form["for"]
    for number, place in enumerate(places_of(chat)):
        if (place["station_id"], place["team_id"]) == (place_id["station_id"], place_id["team_id"]):
            form["for"] = number
    return _begin(chat, form, before=why)
