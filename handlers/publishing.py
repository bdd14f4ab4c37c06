"""Publishing an event by guided questions, and approving what others want to publish."""

from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import Any, assert_never
from zoneinfo import ZoneInfo

import orjson

from bot.chat import Chat
from bot.dialogs import NO_PICTURE, Option, Question, Wrong
from bot.messages import Bilingual, Button, Reply, Sayable, When, lines, say
from bot.routing import Drop, Router
from handlers import dates
from handlers.actions import EVENTS, MENU
from handlers.organizing import MY_EVENTS, ApproveEvent, MyEvents, NewEvent, Run, SendBackEvent
from handlers.permission import denied
from handlers.words import CATEGORIES, KINDS, event_card, person, station_name, title
from models import events, members, pictures, publishing, roles, stations
from models.events import Category, Event, EventState, Kind
from models.publishing import Answered, Asked, Draft, NobodyToAsk, NotAllowed, Over, Published
from models.rules import dates as reading
from models.rules import publishing as rules
from models.rules.date_pieces import Why
from models.rules.permissions import Act, Place
from models.rules.publishing import Standing

router = Router()

Form = dict[str, Any]
"""What is known of the event so far, as plain values; a dialog keeps it between its questions."""

LONGEST_TITLE, LONGEST_PLACE, LONGEST_TEXT = 60, 80, 500
CHANGES: dict[str, Sayable] = {
    "title": say("Title"),
    "when": say("Time"),
    "place": say("Place"),
    "seats": say("Seats"),
    "kind": say("Kind"),
    "category": say("Category"),
    "bring": say("What to bring"),
    "about": say("About it"),
    "picture": say("Picture"),
    "for": say("For whom"),
}


# The questions


@router.dialog("new-event")
def new_event(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Ask for what is missing, show it as members will see it, and change it until it is right."""
    form: Form = dict(start["known"])
    if not form.get("title"):
        said = yield Question("title", start_with(), read=_read_first)
        form |= orjson.loads(said)
    if not form.get("title"):
        form["title"] = yield _question("title", "title-alone", start, form)
    for what in ("for", "when", "place", "seats", "kind"):
        if what not in form:
            _put(form, what, (yield _question(what, what, start, form)))
            # A kind that the title names is not asked for.
            _guess(form)
    turn = 0
    while True:
        decision = yield _preview(start, form, turn)
        if decision != "change":
            return form if decision == "publish" else None
        what = yield Question(
            f"what-{turn}",
            say("What shall be different?"),
            options=tuple(
                Option(name, label)
                for name, label in CHANGES.items()
                if name != "for" or len(start["places"]) > 1
            ),
        )
        _put(form, what, (yield _question(what, f"{what}-{turn}", start, form)))
        turn += 1


def start_with() -> Sayable:
    return lines(
        say("What's it called?"),
        say("One message may hold more: “Badminton Sat 3pm at Guicheng hall, 20 people”."),
    )


def _question(what: str, name: str, start: Mapping[str, Any], form: Form) -> Question:
    """How one thing about the event is asked for."""
    match what:
        case "title":
            return Question(name, say("What's it called?"), check=_title)
        case "when":
            suggested = tuple(
                Option(each, When(dates.span(each, _length(form))[0], near=True))
                for each in start["suggested"]
            )
            return Question(
                name, lines(say("When?"), dates.EXAMPLE), options=suggested, read=dates.read
            )
        case "place":
            usual = start["places"][form.get("for", 0)]["address"]
            options = (Option(usual, usual),) if usual else ()
            # The time is said back at once: whoever mistyped it sees it here.
            return Question(name, lines(_when(form), say("Where?")), options=options, check=_place)
        case "seats":
            return Question(
                name,
                say("How many seats? Write a number."),
                check=_seats,
                skip=say("No limit"),
            )
        case "kind":
            kinds = tuple(Option(str(kind), label) for kind, label in KINDS.items())
            return Question(name, say("What kind is it?"), options=kinds)
        case "category":
            categories = tuple(Option(str(each), label) for each, label in CATEGORIES.items())
            return Question(name, say("Which category?"), options=categories)
        case "bring":
            return Question(name, say("What shall people bring?"), check=_text, skip=say("Nothing"))
        case "about":
            return Question(
                name, say("A sentence or two about it."), check=_text, skip=say("Nothing")
            )
        case "picture":
            return Question(
                name,
                say("Send a picture, as you send one to anybody."),
                check=_no_picture,
                skip=say("No picture"),
                pictures=True,
            )
        case _:
            places = tuple(
                Option(str(number), _place_line(place))
                for number, place in enumerate(start["places"])
            )
            return Question(name, say("For whom is it?"), options=places)


def _preview(start: Mapping[str, Any], form: Form, turn: int) -> Question:
    place = start["places"][form["for"]]
    asks = say("{place}'s organizers are asked first.", place=_name(place))
    return Question(
        f"preview-{turn}",
        lines(
            say("This is what members will see:"),
            event_card(publishing.event_of(draft_of(form, start)), _name(place)),
            lines(KINDS[Kind(form["kind"])], CATEGORIES[Category(_category(form))], between=" · "),
            say("For: {place}", place=_name(place)),
            asks if place["asks"] else None,
        ),
        options=(
            Option("publish", say("Publish")),
            Option("change", say("Change")),
            Option("drop", say("Don't")),
        ),
        shows=form.get("picture_name", ""),
    )


def _put(form: Form, what: str, answer: Any) -> None:
    match what:
        case "seats":
            form["seats"] = int(answer) if answer else 0
        case "for":
            form["for"] = int(answer)
        case "picture":
            form["picture"] = answer["picture"] if answer else None
            form["picture_name"] = answer["name"] if answer else ""
        case _:
            form[what] = answer or ""
            # Words in the other language were of the old ones.
            form.pop(f"{what}_en", None)
            if what == "place":
                form.pop("map_url", None)


def _guess(form: Form) -> None:
    if "kind" not in form and (kind := rules.guess_kind(form.get("title", ""))):
        form["kind"] = kind


def _category(form: Form) -> str:
    category: str = form.get("category") or rules.guess_category(form["title"], form["kind"])
    return category


def _when(form: Form) -> When:
    starts_at, ends_at = dates.span(form["when"], _length(form))
    return When(starts_at, ends_at, near=True)


def _length(form: Form) -> timedelta:
    minutes = form.get("minutes")
    return timedelta(minutes=minutes) if minutes else publishing.USUAL_LENGTH


def draft_of(form: Form, start: Mapping[str, Any]) -> Draft:
    place = start["places"][form["for"]]
    starts_at, ends_at = dates.span(form["when"], _length(form))
    return Draft(
        station_id=place["station_id"],
        team_id=place["team_id"],
        title=form["title"],
        starts_at=starts_at,
        ends_at=ends_at,
        category=Category(_category(form)),
        kind=Kind(form["kind"]),
        place=form["place"],
        seats=form["seats"] or None,
        bring=form.get("bring", ""),
        about=form.get("about", ""),
        picture_id=form.get("picture"),
        title_en=form.get("title_en", ""),
        place_en=form.get("place_en", ""),
        bring_en=form.get("bring_en", ""),
        about_en=form.get("about_en", ""),
        map_url=form.get("map_url", ""),
    )


def _name(place: Mapping[str, Any]) -> Sayable:
    return Bilingual(place["zh"], place["en"])


def _place_line(place: Mapping[str, Any]) -> Sayable:
    asks = say("asks first") if place["asks"] else None
    return lines(_name(place), asks, between=" · ")


# Answers in words


def _read_first(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    """All that the first message says; a time that is unclear is asked for on its own."""
    known = understand(words, now, zone)
    if len(known.get("title", "")) > LONGEST_TITLE:
        return _too_long(LONGEST_TITLE)
    return orjson.dumps(known).decode()


def understand(words: str, now: datetime, zone: ZoneInfo) -> Form:
    found = reading.read(words, now, zone)
    known: Form = {}
    if isinstance(found, reading.Read):
        known["when"] = dates.kept(found.starts, found.ends)
    said = rules.understand(found.rest)
    known |= {"title": said.title} if said.title else {}
    known |= {"place": said.place} if said.place else {}
    known |= {"seats": said.seats} if said.seats is not None else {}
    return known


def _title(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_TITLE else _too_long(LONGEST_TITLE)


def _place(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_PLACE else _too_long(LONGEST_PLACE)


def _text(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_TEXT else _too_long(LONGEST_TEXT)


def _too_long(most: int) -> Wrong:
    return Wrong(say("That's long; {n} characters at most.", n=most))


def _seats(words: str) -> str | Wrong:
    seats = rules.read_seats(words)
    return str(seats) if seats is not None else Wrong(say("Write a number like 20."))


def _no_picture(words: str) -> str | Wrong:
    return Wrong(NO_PICTURE)


# Beginning


@router.command("newevent", zh="发布活动", also=("发活动", "new event"))
def begin_by_words(chat: Chat, words: str) -> Reply:
    """``发布活动`` asks; ``发布活动 周六下午3点 羽毛球赛 20人`` asks only for the rest."""
    known = understand(words, chat.now, chat.care.zone) if words else {}
    if len(known.get("title", "")) > LONGEST_TITLE:
        known = {}
    return _begin(chat, known)


@router.button(NewEvent)
def begin(chat: Chat, press: NewEvent) -> Reply:
    """Begin with nothing, or with all that an earlier event had but its time."""
    if not press.copy:
        return _begin(chat, {})
    source = events.for_organizers(chat.session, press.copy)
    if source is None:
        return Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    station = stations.get(chat.session, source.station_id)
    if source.by_member_id != chat.member.id and (
        refusal := denied(chat, Act.RUN_EVENT, station, team_id=source.team_id)
    ):
        return refusal
    known: Form = {
        "title": source.title,
        "place": source.place,
        "seats": source.seats or 0,
        "kind": str(source.kind),
        "category": str(source.category),
        "bring": source.bring,
        "about": source.about,
        "picture": source.picture_id,
        "picture_name": pictures.name(chat.session, source.picture_id),
        "minutes": int((source.ends_at - source.starts_at).total_seconds() // 60),
        "title_en": source.title_en,
        "place_en": source.place_en,
        "bring_en": source.bring_en,
        "about_en": source.about_en,
        "map_url": source.map_url,
    }
    if press.same and source.starts_at > chat.now:
        known["when"] = dates.kept(source.starts_at, source.ends_at)
    following = following_weeks(source.starts_at, chat.now, chat.care.zone)
    suggested = [dates.kept(each, None) for each in following]
    return _begin(chat, known, suggested, like=source)


def following_weeks(starts_at: datetime, now: datetime, zone: ZoneInfo) -> list[datetime]:
    """The same weekday and time of the next two weeks in which it is still ahead."""
    local = starts_at.astimezone(zone)
    weeks = 1
    while (local + timedelta(weeks=weeks)).astimezone(now.tzinfo) <= now:
        weeks += 1
    return [(local + timedelta(weeks=each)).astimezone(now.tzinfo) for each in (weeks, weeks + 1)]


def _begin(
    chat: Chat,
    known: Form,
    suggested: list[str] | None = None,
    *,
    like: Event | None = None,
    before: Sayable | None = None,
) -> Reply:
    places = places_of(chat)
    if not places:
        here = stations.get(chat.session, chat.member.station_id)
        refusal = denied(chat, Act.PUBLISH_EVENT, here or stations.district(chat.session))
        assert refusal is not None
        return refusal
    own = [number for number, place in enumerate(places) if place["own"]]
    if like is not None:
        for number, place in enumerate(places):
            if (place["station_id"], place["team_id"]) == (like.station_id, like.team_id):
                known = {"for": number, **known}
    if len(own) == 1:
        known = {"for": own[0], **known}
    elif "for" not in known and not own:
        known = {"for": 0, **known}
    if known.get("title") and "kind" not in known and (kind := rules.guess_kind(known["title"])):
        known = {**known, "kind": kind}
    return new_event.begin(
        chat, before=before, known=known, places=places, suggested=suggested or []
    )


def places_of(chat: Chat) -> list[dict[str, Any]]:
    """For whom this member may publish, their own places first; wider ones are asked for."""
    held = roles.held_by(chat.session, chat.member.id, chat.now)
    found: dict[tuple[int, int | None], dict[str, Any]] = {}
    grants = roles.grants_of(chat.session, chat.member.id, chat.now)
    mine = [(station, grant.team_id) for grant, station in grants]
    wider = [
        (station, None)
        for own, _team in mine
        for number in reversed(own.path.strip("/").split("/")[:-1])
        if (station := stations.get(chat.session, int(number))) is not None
    ]
    for own, (station, team_id) in [*((True, each) for each in mine), *((False, e) for e in wider)]:
        may = rules.standing(held, Place(station.path, team_id), chat.now)
        if may == Standing.NO or station.id is None:
            continue
        found.setdefault(
            (station.id, team_id),
            {
                "station_id": station.id,
                "team_id": team_id,
                "zh": station.name,
                "en": station.name_en,
                "address": station.address,
                "asks": may == Standing.ASKS,
                "own": own,
            },
        )
    return list(found.values())


# The end of it


@new_event.done
def publish(chat: Chat, form: Form | None) -> Reply:
    """Publish what was previewed, or ask those who may."""
    if form is None:
        return Reply(say("All right, nothing was kept."), buttons=(MY_EVENTS, EVENTS, MENU))
    places = places_of(chat)
    if form["for"] >= len(places):
        return Reply(say("That's for the station's organizers."), buttons=(MENU,))
    draft = draft_of(form, {"places": places})
    match publishing.publish(chat.session, draft, chat.member.id, chat.now):
        case Published(event):
            assert event.id is not None
            return Reply(
                say(
                    "✅ Published: {title}, {when}. Its number is {n}.",
                    title=title(event),
                    when=When(event.starts_at, near=True),
                    n=event.id,
                ),
                buttons=(Button(say("Run it"), Run(event.id)), MY_EVENTS, EVENTS),
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
            return _begin(
                chat,
                form,
                before=say(
                    "Nobody at {place} can approve it yet. Choose another “For whom”.",
                    place=station_name(station),
                ),
            )
        case Over(_event):
            kept = {name: value for name, value in form.items() if name != "when"}
            return _begin(chat, kept, before=dates.UNCLEAR[Why.IN_THE_PAST])
        case NotAllowed():
            where = stations.get(chat.session, draft.station_id)
            refusal = denied(chat, Act.PUBLISH_EVENT, where, team_id=draft.team_id)
            return refusal or Reply(say("That's for the station's organizers."), buttons=(MENU,))
        case never:
            assert_never(never)


# Approving


@router.notice("approve-event")
def ask_to_approve(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.for_organizers(chat.session, facts["event_id"])
    if event is None or event.state != EventState.ASKED:
        return Drop("answered already")
    if event.starts_at <= chat.now:
        return Drop("over")
    return approval_card(chat, event)


def approval_card(chat: Chat, event: Event) -> Reply:
    assert event.id is not None
    station = station_name(stations.get(chat.session, event.station_id))
    asker = members.get(chat.session, event.by_member_id) if event.by_member_id else None
    name = person(asker.name, asker.id) if asker is not None else say("Somebody")
    return Reply(
        lines(
            say(
                "🔔 {name} wants to publish for {place}:",
                name=name,
                place=station,
            ),
            event_card(event, station),
        ),
        buttons=(
            Button(say("Approve"), ApproveEvent(event.id)),
            Button(say("Send back"), SendBackEvent(event.id)),
        ),
        picture=pictures.name(chat.session, event.picture_id),
    )


@router.button(ApproveEvent)
def approve(chat: Chat, press: ApproveEvent) -> Reply:
    event = events.for_organizers(chat.session, press.event_id)
    refusal = _may_not_answer(chat, event)
    if refusal is not None:
        return refusal
    done = publishing.approve(chat.session, press.event_id, chat.member.id, chat.now)
    if isinstance(done, Over):
        said = say("{title} has begun already.", title=title(done.event))
        return Reply(said, buttons=(MY_EVENTS, MENU))
    if done.before:
        return _answered_before(done.event)
    return Reply(
        say("✅ Approved: {title}. Members see it now.", title=title(done.event)),
        buttons=(Button(say("Run it"), Run(press.event_id)), MY_EVENTS),
    )


@router.button(SendBackEvent)
def send_back(chat: Chat, press: SendBackEvent) -> Reply:
    event = events.for_organizers(chat.session, press.event_id)
    refusal = _may_not_answer(chat, event)
    if refusal is not None:
        return refusal
    done: Answered = publishing.send_back(chat.session, press.event_id, chat.member.id, chat.now)
    if done.before:
        return _answered_before(done.event)
    return Reply(
        say("Sent back: {title}. Whoever asked is told.", title=title(done.event)),
        buttons=(MY_EVENTS, MENU),
    )


def _may_not_answer(chat: Chat, event: Event | None) -> Reply | None:
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    station = stations.get(chat.session, event.station_id)
    return denied(chat, Act.APPROVE_EVENT, station, subject=f"event:{event.id}")


def _answered_before(event: Event) -> Reply:
    states: dict[EventState, Sayable] = {
        EventState.ASKED: say("Somebody else has to approve your own event."),
        EventState.RETURNED: say("{title} was sent back already.", title=title(event)),
    }
    published = say("{title} was approved already.", title=title(event))
    return Reply(states.get(event.state, published), buttons=(MY_EVENTS, MENU))


@router.notice("event-answered")
def answered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.for_organizers(chat.session, facts["event_id"])
    if event is None or event.id is None or event.state == EventState.ASKED:
        return Drop("not answered any more")
    if event.state == EventState.RETURNED:
        return Reply(
            say("{title} was sent back. Change it and ask again.", title=title(event)),
            buttons=(Button(say("Change it"), NewEvent(event.id, 1)), MY_EVENTS),
        )
    return Reply(
        say("✅ {title} is approved: members see it now.", title=title(event)),
        buttons=(Button(say("Run it"), Run(event.id)), Button(say("My events"), MyEvents())),
    )
