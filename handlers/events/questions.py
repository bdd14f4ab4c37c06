"""The questions about a new event, and the event that their answers make."""

from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, State, Wrong
from bot.conversation.messages import Sayable, When, lines, listing, say
from bot.conversation.routing import Router
from handlers import dates
from handlers.events import audiences, labelled, pasting, room
from handlers.events.cards import event_card
from handlers.events.collisions import same_day_line
from handlers.events.drawing import WHY_NOT
from handlers.events.fields import (
    ALL,
    FIELDS,
    LONGEST_TITLE,
    EventForm,
    Start,
    guessed,
    length,
    name_of,
    too_long,
)
from handlers.repeats import days_off, in_full
from handlers.words import CATEGORIES, KINDS
from models.events import publishing
from models.events.draws import WhyNot
from models.events.events import Category, Kind
from models.events.publishing import Draft
from models.rules.dates.reading import FoundTime
from models.rules.dates.repeats import By, Repeat
from models.rules.events import audience as rules_of_audience
from models.rules.events import details, draws, shares
from models.rules.events import publishing as rules
from models.rules.events.ready_questions import READY
from models.rules.events.shares import Said
from models.rules.texts import one_line

router = Router()

# The questions


def _has_told(chat: Chat, state: State) -> bool:
    """Whether anything was told about the event; host and kind may be guesses."""
    return bool(state.answers) or not state.start["known"].keys() <= {"for", "kind"}


@router.dialog("new-event", draft=say("Go on with the event"), worth=_has_told)
def new_event(start: Start) -> Generator[Question, Any, Any]:
    """Ask for what is missing, show a preview, and change it until it is right.

    A message with labels changes what it names, at the preview and below “Change”.
    """
    form: EventForm = dict(start["known"])
    if not form.get("title") and not form.get("titles_said"):
        first = yield Question("title", start_with(), read=_read_first, many_lines=True)
        form |= orjson.loads(first)
    if not form.get("title"):
        _put(form, "title", (yield FIELDS["title"].ask("title-alone", start, form)))
        _guess(form)
    for what in REQUIRED:
        if what not in form:
            _put(form, what, (yield FIELDS[what].ask(what, start, form)))
            # A kind that the title names is not asked for.
            _guess(form)
    if "course" in form and "mode" not in form:
        form["mode"] = yield _mode(form)
    turn = 0
    while True:
        decision = yield _preview(start, form, turn)
        if (told := labelled.answers(decision)) is not None:
            _put_all(form, told)
            turn += 1
            continue
        if decision != "change":
            place = start["places"][form["for"]]
            if decision == "own":
                form["audience"] = audiences.own_people(place)
            return {**form, "place_for": place} if decision != "drop" else None
        what = yield Question(
            f"what-{turn}",
            say("What shall be different?"),
            options=(
                *(
                    Option(name, field.label)
                    for name, field in FIELDS.items()
                    if name != "for" or len(start["places"]) > 1
                ),
                Option("audience", say("For whom")),
                *_how_seats_are_given(form),
            ),
            read=labelled.reader(start, form),
            many_lines=True,
        )
        if (told := labelled.answers(what)) is not None:
            _put_all(form, told)
        elif what == "draw":
            form["drawn"] = not form.get("drawn")
        elif what == "anybody":
            form.pop("of_both", None)
        elif what == "audience":
            host, now = start["places"][form["for"]], form.get("audience", "")
            form["audience"] = yield from audiences.choose(f"audience-{turn}", host, now)
        else:
            _put(form, what, (yield FIELDS[what].ask(f"{what}-{turn}", start, form)))
        turn += 1


def _how_seats_are_given(form: EventForm) -> tuple[Option, ...]:
    """The other ways of giving the seats, where they are limited: one tap and no question."""
    if not form["seats"]:
        return ()
    other = say("First come first") if form.get("drawn") else say("Draw the seats")
    anybody = (Option("anybody", say("Anybody any seat")),) if _shares(form) else ()
    return (Option("draw", other), *anybody)


def _shares(form: EventForm) -> list[Said]:
    """How the seats are shared out between men and women, where that was said and can be."""
    if "of_both" not in form:
        return []
    men, women = form["of_both"]
    return shares.of_men_and_women(men, women, form["seats"])


def _mode(form: EventForm) -> Question:
    ask = say("{n} dates: how do people sign up?", n=len(form["course"]))
    options = (
        Option("both", say("As they like")),
        Option("whole", say("Only for all")),
        Option("single", say("Date by date")),
    )
    return Question("mode", ask, options=options)


def start_with() -> Sayable:
    return lines(
        say("What's it called?"),
        say("One message may hold more: “Badminton Sat 3pm at Guicheng hall, 20 people”."),
    )


LEAST_LABELS = 2
"""How many labels make a text an announcement, and no title."""

REQUIRED = ("for", "when", "place", "seats", "kind")
"""What is asked for before the first preview, besides the title."""


def _preview(start: Start, form: EventForm, turn: int) -> Question:
    """Show the event; a contact point is asked each time whether it is for its own people only."""
    place = start["places"][form["for"]]
    asks = say("{place}'s organizers are asked first.", place=name_of(place))
    may_be_own = place.get("has_own_people", False) and "audience" not in form

    def text(chat: Chat) -> Sayable:
        audience = rules_of_audience.from_column(form.get("audience", ""))
        whom = audiences.described(chat.session, audience)
        return lines(
            say("This is what members will see:"),
            event_card(publishing.event_of(draft_of(form, place, chat.now)), name_of(place), None),
            lines(KINDS[Kind(form["kind"])], CATEGORIES[Category(_category(form))], between=" · "),
            _shared_out(form),
            _what_was_cut(form),
            _too_soon_to_draw(form, chat.now),
            _comes_again(chat, form),
            _course(form),
            _same_day(chat, form, place),
            say("Host: {place}", place=name_of(place)),
            say("For: {audience}, or only {place}?", audience=whom, place=name_of(place))
            if may_be_own
            else say("For: {audience}", audience=whom),
            asks if place["asks"] else None,
        )

    return Question(
        f"preview-{turn}",
        text,
        options=(
            Option("publish", say("Publish")),
            *((Option("own", say("Only our people")),) if may_be_own else ()),
            Option("change", say("Change")),
            Option("drop", say("Don't")),
        ),
        read=labelled.reader(start, form),
        many_lines=True,
        shows=form.get("picture_name", ""),
    )


def _comes_again(chat: Chat, form: EventForm) -> Sayable | None:
    if not (column := form.get("repeat")):
        return None
    rule, first = Repeat.from_column(column), dates.span(form["when"], length(form))[0]
    said = in_full(rule, first, chat.care.zone)
    return lines(said, days_off(chat, rule, first))


def _course(form: EventForm) -> Sayable | None:
    if not form.get("course"):
        return None
    times = [dates.span(each, length(form))[0] for each in form["course"]]
    return say("A course: {days}", days=listing(*(When(each) for each in times)))


def _same_day(chat: Chat, form: EventForm, place: Mapping[str, Any]) -> Sayable | None:
    starts_at, ends_at = dates.span(form["when"], length(form))
    return same_day_line(chat, place["station_id"], place["team_id"], starts_at, ends_at)


def _shared_out(form: EventForm) -> Sayable | None:
    """How many seats are kept for whom, and what people are asked for it."""
    found = _shares(form)
    if not found:
        return None
    asked = READY["gender"]
    words = {each.text: each for each in asked.choices}
    parts = [room.called(words[each.name], each.least, each.most) for each in found]
    return lines(
        say("Seats: {shares}", shares=listing(*parts)),
        say("Asked at sign-up: {question}", question=asked.text),
    )


def _what_was_cut(form: EventForm) -> Sayable | None:
    """That the description holds less than was pasted."""
    told = form.get("about_said", 0)
    if not told:
        return None
    return say("Too long: {kept} of {n} characters kept.", kept=len(form["about"]), n=told)


def _too_soon_to_draw(form: EventForm, now: datetime) -> Sayable | None:
    is_wanted = form.get("drawn") and form["seats"]
    return WHY_NOT[WhyNot.TOO_SOON] if is_wanted and _entries_close(form, now) is None else None


def _entries_close(form: EventForm, now: datetime) -> datetime | None:
    """When entries for the draw of the seats close; None where they are not drawn."""
    if not form.get("drawn") or not form["seats"]:
        return None
    starts_at, _ends_at = dates.span(form["when"], length(form))
    return draws.entries_close(_closes_at(form, starts_at, now), starts_at, now)


def _put(form: EventForm, what: str, answer: Any) -> None:
    choices = form.get("choices", ()) if what == "when" else ()
    if what == "when":
        form.pop("course", None)
    if choices and answer == ALL:
        form["course"], answer = list(choices), choices[0]
    if choices and answer in map(str, range(len(choices))):
        answer = choices[int(answer)]
    answer = guessed(form, what, answer)
    before = form.get("repeat", "")
    form |= FIELDS[what].read(answer)
    if what == "when" and before and not form["repeat"]:
        form["repeat"] = _on_another_day(before)
    # Translations were of the old words.
    form.get("translations", {}).pop(what, None)
    for name in FIELDS[what].outdates:
        form.pop(name, None)


def _on_another_day(column: str) -> str:
    """The rule where only its first time was changed: every week is every week still."""
    rule = Repeat.from_column(column)
    is_weekly = rule.by is By.WEEK and len(rule.days) <= 1
    return replace(rule, days=()).to_column() if is_weekly else ""


def _put_all(form: EventForm, told: Mapping[str, str]) -> None:
    for what, answer in told.items():
        _put(form, what, answer)


def _guess(form: EventForm) -> None:
    if "kind" not in form and (kind := rules.guess_kind(form.get("title", ""))):
        form["kind"] = kind


def _category(form: EventForm) -> str:
    category: str = form.get("category") or rules.guess_category(form["title"], form["kind"])
    return category


def draft_of(form: EventForm, place: Mapping[str, Any], now: datetime) -> Draft:
    """The event of these answers, for one of the places that were offered."""
    starts_at, ends_at = dates.span(form["when"], length(form))
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
        picture_id=form.get("picture"),
        map_url=form.get("map_url", ""),
        translations=form.get("translations", {}),
        audience=form.get("audience", ""),
        details=details.of_form(form),
        closes_at=_entries_close(form, now) or _closes_at(form, starts_at, now),
        opens_at=_opens_at(form, starts_at, now),
        gates=form.get("gates", ""),
        is_drawn=_entries_close(form, now) is not None,
        shares=_shares(form),
    )


def _closes_at(form: EventForm, starts_at: datetime, now: datetime) -> datetime:
    """When sign-up ends: as it was said, else as long before the start as of the copied event."""
    if form.get("closes"):
        return datetime.fromisoformat(form["closes"])
    ends = starts_at - timedelta(minutes=form.get("closes_before", 0))
    return ends if ends > now else starts_at


def _opens_at(form: EventForm, starts_at: datetime, now: datetime) -> datetime | None:
    """When sign-up opens, as ``_closes_at`` says when it ends; None: at once."""
    opens = None
    if form.get("opens"):
        opens = datetime.fromisoformat(form["opens"])
    elif form.get("opens_before"):
        opens = starts_at - timedelta(minutes=form["opens_before"])
    if opens is None or not now < opens < (_closes_at(form, starts_at, now)):
        return None
    return opens


# Answers in words


def _read_first(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    """The title as it stands; or all that a message with a whole time, or with labels, gives."""
    said, _, rule = pasting.read(words, now, zone)
    tells = said.labels >= LEAST_LABELS or isinstance(said.when, FoundTime) or said.dates
    form = pasting.form_of(said, words, rule) if tells else {"title": one_line(words)}
    if len(form.get("title", "")) > LONGEST_TITLE:
        return too_long(LONGEST_TITLE)
    return orjson.dumps(form).decode()
