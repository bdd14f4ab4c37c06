"""A new contest in a few questions; everything else of it is set by buttons, or at the desk."""

from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Choice, Reply, Sayable, When, lines, listing, say
from bot.conversation.routing import Router
from handlers import dates
from handlers.actions import MENU
from handlers.contests import running, wording
from handlers.contests.buttons import RUN_CONTESTS, ChangeContest, NewContest, RunContest
from handlers.events.audiences import choose, own_people
from handlers.permission import denied
from handlers.words import DOT
from models.contests import arranging, categories, contests
from models.contests.contests import TEXTS, Changed, Contest, Draft, TooLate
from models.network import roles, stations
from models.network.stations import StationKind
from models.rules.contests.states import Enters, Form, PartKind
from models.rules.languages import LANGUAGES, LanguageName, Translated
from models.rules.network.permissions import Act, roles_for

router = Router()

LONGEST_TITLE, LONGEST_TEXT, LONGEST_CATEGORY = 40, 2000, 20
MOST_CATEGORIES = 8
AUTHORS = (1, 2, 3, 5, 8)
LENGTHS = (timedelta(weeks=2), timedelta(weeks=4), timedelta(weeks=8))


@router.command("newcontest", zh="发布评选", also=("办评选", "new contest"))
def begin_by_words(chat: Chat, words: str) -> Reply:
    return begin(chat, NewContest(), title=words[:LONGEST_TITLE])


@router.button(NewContest)
def begin_anew(chat: Chat, press: NewContest) -> Reply:
    return begin(chat, press)


def begin(chat: Chat, press: NewContest, *, title: str = "") -> Reply:
    places = places_of(chat)
    if not places:
        here = stations.desk_of(chat.session, chat.member.station_id)
        refusal = denied(chat, Act.RUN_CONTEST, here)
        return refusal or Reply(say("That's for the station's organizers."), buttons=(MENU,))
    answered: dict[str, Any] = {"title": title} if title else {}
    if len(places) == 1:
        answered["place"] = places[0][0]
    return new_contest.begin(chat, answered=answered, places=places, now=chat.now.isoformat())


def places_of(chat: Chat) -> list[tuple[str, str]]:
    """Where this member may run contests: numbers and names of stations."""
    grants = roles.grants_of(chat.session, chat.member.id, chat.now)
    found = {
        str(station.id): station.text_of("name").to(chat.language)
        for grant, station in grants
        if grant.role in roles_for(Act.RUN_CONTEST) and grant.team_id is None
    }
    return list(found.items())


def ask_kinds(name: str, *more: Option) -> Question:
    return Question(
        name,
        say("What is handed in? Tap what fits, then “Done”."),
        options=(*(Option(kind, wording.KINDS[kind]) for kind in PartKind), *more),
        many=True,
    )


def ask_until(name: str, now: datetime) -> Question:
    return Question(
        name,
        say("Until when can people hand in?"),
        options=tuple(
            Option(dates.kept(at, None), lines(When(at))) for at in (now + each for each in LENGTHS)
        ),
        read=dates.read,
    )


@router.dialog("new-contest", draft=say("New contest"))
def new_contest(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    place = yield Question(
        "place",
        say("Whose contest is it?"),
        options=tuple(Option(number, name) for number, name in start["places"]),
    )
    title = yield Question(
        "title", say("What is the contest called?"), check=partial(short, LONGEST_TITLE)
    )
    kinds = yield ask_kinds("kinds", Option(Form.STAGE, wording.ON_STAGE))
    until = yield ask_until("until", datetime.fromisoformat(start["now"]))
    return int(place), title, kinds, until


def short(most: int, words: str) -> str | Wrong:
    if len(words) > most:
        return Wrong(say("That's long; {n} characters at most.", n=most))
    return words


@new_contest.done
def create(chat: Chat, form: tuple[int, str, list[str], str]) -> Reply:
    """Write the draft; nobody sees it before it is published by a tap."""
    place, title, kinds, until = form
    station = stations.get(chat.session, place)
    if refusal := denied(chat, Act.RUN_CONTEST, station):
        return refusal
    assert station is not None
    own = {"station_id": station.id, "team_id": None}
    draft = Draft(
        station_id=station.id,
        title=Translated(title),
        opens_at=chat.now,
        closes_at=dates.span(until, timedelta())[0],
        form=Form.STAGE if Form.STAGE in (kinds or ()) else Form.CALL,
        kinds=tuple(kind for kind in PartKind if kind in (kinds or ())) or (PartKind.TEXT,),
        # Of a contact point only its own people enter, unless it says otherwise.
        audience=own_people(own) if station.kind is StationKind.CONTACT_POINT else "",
    )
    contest = contests.create(chat.session, draft, chat.member.id, chat.now)
    return running.card(
        chat, contest, before=say("Nobody sees it yet. Change what you like, then publish it.")
    )


# What can be changed

FIELDS: Mapping[str, Sayable] = {
    "title": say("Title"),
    "about": say("What it's about"),
    "rules": say("Rules"),
    "kinds": say("What is handed in"),
    "until": say("Deadline"),
    "categories": say("Categories"),
    "audience": say("For whom"),
    "enters": say("Who enters"),
    "authors": say("Most authors"),
    "translate": say("In another language"),
}
TRANSLATED: Mapping[str, Sayable] = {
    f"{text}-{code}": lines(FIELDS[text], LanguageName(code), between=DOT)
    for text in TEXTS
    for code in LANGUAGES
    if code != "zh"
}
"""The texts in further languages; the original is what is written first."""


@router.button(ChangeContest)
def change(chat: Chat, press: ChangeContest) -> Reply:
    contest, refusal = running.to_run(chat, press.contest_id)
    if contest is None:
        return refusal
    further = press.what == "translate"
    if further or press.what not in {**FIELDS, **TRANSLATED}:
        return Reply(
            lines(wording.title_of(contest), say("What shall change? The desk has all of it.")),
            tuple(
                Choice(n, label, ChangeContest(contest.id, what))
                for n, (what, label) in enumerate((TRANSLATED if further else FIELDS).items(), 1)
            ),
            (Button(say("Back"), RunContest(contest.id)), RUN_CONTESTS),
        )
    return one_field.begin(
        chat,
        contest_id=contest.id,
        station_id=contest.station_id,
        what=press.what,
        audience=contest.audience,
        now=chat.now.isoformat(),
    )


@router.dialog("set-contest")
def one_field(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    what = start["what"]
    if what == "audience":
        host = {"station_id": start["station_id"], "team_id": None}
        said: Any = yield from choose("audience", host, start["audience"])
    else:
        said = yield _question(what, datetime.fromisoformat(start["now"]))
    return start["contest_id"], what, said


def _question(what: str, now: datetime) -> Question:
    if what == "kinds":
        return ask_kinds("kinds")
    if what == "until":
        return ask_until("until", now)
    if what == "enters":
        options = tuple(Option(each, wording.ENTERS[each]) for each in Enters)
        return Question("enters", say("Who enters?"), options=options)
    if what == "authors":
        options = tuple(Option(str(each), str(each)) for each in AUTHORS)
        return Question("authors", say("How many authors may an entry have?"), options=options)
    if what == "categories":
        return Question(
            "categories",
            say("Write the categories, with commas between: texts, photos. Or: 文案 | Texts, 摄影"),
            check=_categories,
            skip=say("No categories"),
        )
    if what in TRANSLATED:
        text, _, code = what.partition("-")
        most = LONGEST_TITLE if text == "title" else LONGEST_TEXT
        return Question(
            what,
            say("How does it read in {language}?", language=LanguageName(code)),
            check=partial(short, most),
            many_lines=text != "title",
            skip=say("Take it away"),
        )
    if what == "title":
        return Question("title", say("What is it called?"), check=partial(short, LONGEST_TITLE))
    ask = say("What is it about?") if what == "about" else say("What are the rules?")
    return Question(what, ask, check=partial(short, LONGEST_TEXT), many_lines=True)


def _categories(words: str) -> str | Wrong:
    found = split(words)
    if len(found) > MOST_CATEGORIES or not all(map(is_category, found)):
        return Wrong(
            say(
                "At most {n} categories of {letters} characters.",
                n=MOST_CATEGORIES,
                letters=LONGEST_CATEGORY,
            )
        )
    return words


def split(words: str) -> list[str]:
    parts = words.replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
    return list(dict.fromkeys(each.strip() for each in parts if each.strip()))


@one_field.done
def keep_field(chat: Chat, form: tuple[int, str, Any]) -> Reply:
    contest_id, what, said = form
    contest, refusal = running.to_run(chat, contest_id)
    if contest is None:
        return refusal
    if what == "categories":
        titles = _titles(chat, contest, split(said or ""))
        stays = arranging.put(chat.session, contest.id, titles, chat.member.id, chat.now)
        names = listing(*(each.text_of("title") for each in stays))
        kept = say("It has entries and stays: {names}", names=names) if stays else None
        return running.card(chat, contest, before=kept or say("✅ Changed."))
    draft = _changed(contest, what, said)
    match contests.edit(chat.session, contest.id, draft, chat.member.id, chat.now):
        case Changed(contest):
            return running.card(chat, contest, before=say("✅ Changed."))
        case TooLate(contest, _phase):
            return running.card(chat, contest, before=say("It can't be changed any more."))
        case never:
            assert_never(never)


def _titles(chat: Chat, contest: Contest, names: list[str]) -> list[Translated]:
    """Categories as they were written, ``文案 | Texts``; those that stay keep their English."""
    known = {
        each.title: each.text_of("title").translations
        for each in categories.of_contest(chat.session, contest.id)
    }
    read = map(wording.in_both, names)
    return [
        each if each.translations else replace(each, translations=known.get(each.text, {}))
        for each in read
    ]


def is_category(words: str) -> bool:
    """Whether the words of a category are short enough, in both languages."""
    return all(len(each) <= LONGEST_CATEGORY for each in wording.in_both(words).versions())


def _changed(contest: Contest, what: str, said: Any) -> Draft:
    draft = contests.draft_of(contest)
    match what:
        case "title":
            return replace(draft, title=Translated(said))
        case "about":
            return replace(draft, about=Translated(said))
        case "rules":
            return replace(draft, rules=Translated(said))
        case "kinds":
            return replace(draft, kinds=tuple(PartKind(each) for each in said))
        case "until":
            return replace(draft, closes_at=dates.span(said, timedelta())[0])
        case "enters":
            return replace(draft, enters=Enters(said))
        case "authors":
            return replace(draft, limits=replace(draft.limits, authors=int(said)))
        case "audience":
            return replace(draft, audience=said)
        case _:
            text, _, language = what.partition("-")
            known: Translated = getattr(draft, text)
            others = {**known.translations, language: said or ""}
            further: dict[str, Any] = {text: replace(known, translations=others)}
            return replace(draft, **further)
