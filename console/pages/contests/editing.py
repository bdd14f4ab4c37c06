"""A contest on one page: everything that can be set about it, for a new one and for a change."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.contests.section import HERE, ONE, PATH, found, path_of, section
from console.pages.events import forms
from console.pages.network.roles import named_place
from console.routing import Asked, Done, NotTaken, Page, Wrong
from handlers.contests import wording
from handlers.contests.publishing import (
    LONGEST_CATEGORY,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_CATEGORIES,
    is_category,
)
from handlers.words import places_and_teams
from models.contests import arranging, categories, contests
from models.contests.arranging import Prize
from models.contests.contests import TEXTS, Changed, Contest, Draft, TooLate
from models.network import partners
from models.network.stations import Station
from models.rules.contests.entering import Limits
from models.rules.contests.states import Enters, Form, PartKind
from models.rules.languages import LANGUAGES, LanguageName, Translated
from models.rules.network.permissions import Act
from models.rules.texts import one_line

OTHERS = [code for code in LANGUAGES if code != "zh"]
MOST: Mapping[str, int] = {"title": LONGEST_TITLE, "about": LONGEST_TEXT, "rules": LONGEST_TEXT}
LABELS: Mapping[str, Sayable] = {
    "title": say("Title"),
    "about": say("What it's about"),
    "rules": say("Rules"),
}
NUMBERS: Mapping[str, tuple[Sayable, int, int]] = {
    "parts": (say("Parts of an entry"), 1, 20),
    "letters": (say("Characters of an entry"), 50, 20_000),
    "entries": (say("Entries of one person"), 1, 10),
    "authors": (say("Authors of an entry"), 1, 20),
}
"""The limits by their labels, the least and the most."""

LONGEST_PRIZE, MOST_PRIZES = 40, 12
NO_PRIZE = "-"
"""The line of a prize that has no name in the other language, so that those below keep theirs."""

PRIZES_HINT = say("A line for each prize, in the same order; - for none.")
PRIZE = re.compile(r"(?P<title>[^|×]+)(?:×\s*(?P<number>\d{1,3})\s*)?(?:\|\s*(?P<partner>[^|]+))?")


@section.page(f"{PATH}/new")
def shows_new(desk: Desk, asked: Asked) -> Page:
    place = desk.places(Act.RUN_CONTEST)[0]
    values = {
        "place": desk.in_words(place.text_of("name")),
        "enters": str(Enters.PERSON),
        **{name: str(number) for name, number in _limits(Limits()).items()},
    }
    return _form(desk, values, f"{HERE}/new", HERE, say("New contest"), {PartKind.TEXT}, None)


@section.page(f"{ONE}/edit")
def shows_edit(desk: Desk, asked: Asked) -> Page:
    contest, _station = found(desk, asked)
    here = path_of(contest)
    title = say("Edit: {title}", title=wording.title_of(contest))
    kinds = set(contest.takes)
    return _form(desk, _values(desk, contest), f"{here}/edit", here, title, kinds, contest)


def _form(
    desk: Desk,
    values: Mapping[str, str],
    here: str,
    back: str,
    title: Sayable,
    kinds: set[PartKind],
    contest: Contest | None,
) -> Page:
    facts: dict[str, Any] = {
        "here": here,
        "back": back,
        "contest": contest,
        "value": lambda name: values.get(name, ""),
        "texts": [
            (name, LABELS[name], MOST[name], [(code, f"{name}-{code}") for code in OTHERS])
            for name in TEXTS
        ],
        "language": LanguageName,
        "kinds": [(str(kind), label, kind in kinds) for kind, label in wording.KINDS.items()],
        "enters": list(wording.ENTERS.items()),
        "prizes": [(f"prizes-{code}", LanguageName(code)) for code in OTHERS],
        "prizes_hint": PRIZES_HINT,
        "numbers": [(name, label) for name, (label, _least, _most) in NUMBERS.items()],
        "on_stage": wording.ON_STAGE,
        "is_open": contest is not None and contest.is_gallery_open,
    }
    return Page("contests/edit.html", title, facts)


def _limits(limits: Limits) -> dict[str, int]:
    return {name: getattr(limits, name) for name in NUMBERS}


def _values(desk: Desk, contest: Contest) -> dict[str, str]:
    """The fields of a contest as a browser shows them, by name."""
    kept = {name: getattr(contest, name) for name in TEXTS}
    for name in TEXTS:
        for code, words in contest.text_of(name).translations.items():
            kept[f"{name}-{code}"] = words
    times = {
        "opens": contest.opens_at,
        "closes": contest.closes_at,
        "repairs": contest.repairs_until,
        "results": contest.results_at,
    }
    names = places_and_teams(desk.session, contest.aim)
    kept |= {name: forms.typed(desk, at) if at is not None else "" for name, at in times.items()}
    kept |= {name: str(number) for name, number in _limits(contest.limits).items()}
    return kept | {
        "enters": str(contest.enters),
        "audience": "\n".join(desk.in_words(each) for each in names),
        "categories": "\n".join(
            _category(each.text_of("title"))
            for each in categories.of_contest(desk.session, contest.id)
        ),
        "prizes": "\n".join(
            _prize(prize.title, prize.number, partner.name if partner is not None else "")
            for prize, partner in categories.prizes_of(desk.session, contest.id)
        ),
        **{
            f"prizes-{code}": _prizes_in(
                code,
                [
                    prize.text_of("title")
                    for prize, _partner in categories.prizes_of(desk.session, contest.id)
                ],
            )
            for code in OTHERS
        },
    }


def _category(title: Translated) -> str:
    english = title.translations.get("en", "")
    return f"{title.text}{f' | {english}' if english else ''}"


def _prize(title: str, number: int, partner: str) -> str:
    many = f" × {number}" if number > 1 else ""
    return f"{title}{many}{f' | {partner}' if partner else ''}"


def _prizes_in(code: str, titles: Sequence[Translated]) -> str:
    """The titles in another language, a line for each; nothing where there is none at all."""
    said = [each.translations.get(code, "") for each in titles]
    return "\n".join(each or NO_PRIZE for each in said) if any(said) else ""


# What was typed


def _read(desk: Desk, asked: Asked, station: Station, was: Contest | None) -> Draft:
    """Raises NotTaken at the first field that cannot be taken."""
    texts = {name: _text(asked, name) for name in TEXTS}
    if not texts["title"].text:
        raise NotTaken(say("What is the contest called?"), "title")
    opens_at = forms.moment(desk, asked, "opens") or (was.opens_at if was else desk.now)
    closes_at = forms.moment(desk, asked, "closes")
    if closes_at is None:
        raise NotTaken(say("Until when can people hand in?"), "closes")
    if closes_at <= opens_at or (was is None and closes_at <= desk.now):
        raise NotTaken(say("That moment has passed meanwhile."), "closes")
    later = {name: forms.moment(desk, asked, name) for name in ("repairs", "results")}
    for name, at in later.items():
        if at is not None and at <= closes_at:
            raise NotTaken(say("That comes after the deadline."), name)
    kinds = [kind for kind in PartKind if kind in asked.every("kinds")]
    if not kinds and asked.is_on("stage"):
        kinds = [PartKind.TEXT]
    if not kinds:
        raise NotTaken(say("Tick what is handed in."), "kinds")
    if asked.word("enters") not in set(Enters):
        raise NotTaken(say("Pick one of these."), "enters")
    return Draft(
        station_id=station.id,
        title=texts["title"],
        about=texts["about"],
        rules=texts["rules"],
        opens_at=opens_at,
        closes_at=closes_at,
        form=Form.STAGE if asked.is_on("stage") else Form.CALL,
        kinds=kinds,
        enters=Enters(asked.word("enters")),
        audience=forms.audience(desk, asked, station),
        repairs_until=later["repairs"],
        results_at=later["results"],
        is_gallery_open=asked.is_on("gallery"),
        limits=Limits(**{name: _number(asked, name) for name in NUMBERS}),
    )


def _text(asked: Asked, name: str) -> Translated:
    found = {}
    for field in (name, *(f"{name}-{code}" for code in OTHERS)):
        words = asked.word(field).replace("\r\n", "\n")
        words = one_line(words) if name == "title" else words
        if len(words) > MOST[name]:
            raise NotTaken(say("That's long; {n} characters at most.", n=MOST[name]), field)
        found[field] = words
    others = {code: found[f"{name}-{code}"] for code in OTHERS if found[f"{name}-{code}"]}
    return Translated(found[name], others)


def _number(asked: Asked, name: str) -> int:
    said, (_label, least, most) = asked.word(name), NUMBERS[name]
    if not (said.isdecimal() and len(said) < 7 and least <= int(said) <= most):
        raise NotTaken(say("A number from {least} to {most}.", least=least, most=most), name)
    return int(said)


def _categories(asked: Asked) -> list[Translated]:
    found = list(dict.fromkeys(filter(None, map(one_line, asked.word("categories").splitlines()))))
    if len(found) > MOST_CATEGORIES or not all(map(is_category, found)):
        why = say(
            "At most {n} categories of {letters} characters.",
            n=MOST_CATEGORIES,
            letters=LONGEST_CATEGORY,
        )
        raise NotTaken(why, "categories")
    return [wording.in_both(each) for each in found]


def _prizes(desk: Desk, asked: Asked, station: Station) -> list[Prize]:
    """A line each: what it is, how many, who gives it: ``一等奖 × 2 | 狮山工会``.

    What it is in another language stands in a field of its own, a line for each.
    """
    known = {each.name: each.id for each in partners.of_station(desk.session, station)}
    found: list[Prize] = []
    lines = list(filter(None, map(one_line, asked.word("prizes").splitlines())))
    others = {code: _in_other(asked, f"prizes-{code}", len(lines)) for code in OTHERS}
    for place, line in enumerate(lines):
        read = PRIZE.fullmatch(line)
        if read is None or len(read["title"]) > LONGEST_PRIZE or len(found) == MOST_PRIZES:
            raise NotTaken(say("Write it like: First prize × 2 | name of the partner"), "prizes")
        partner = (read["partner"] or "").strip()
        if partner and partner not in known:
            raise NotTaken(say("“{words}” is no partner here.", words=partner), "prizes")
        number = max(1, int(read["number"] or 1))
        said = {code: titles[place] for code, titles in others.items() if titles[place]}
        found.append(Prize(Translated(read["title"].strip(), said), number, known.get(partner)))
    return found


def _in_other(asked: Asked, field: str, number: int) -> list[str]:
    """The prizes in another language, a line for each, or none at all.

    Empty lines say nothing, as in the field beside it: browsers drop the first of a field. So a
    line less is asked for again, and never pairs what is below it with another prize.
    """
    titles = list(filter(None, map(one_line, asked.word(field).splitlines())))
    if not titles:
        return [""] * number
    if len(titles) != number or any(len(each) > LONGEST_PRIZE for each in titles):
        raise NotTaken(PRIZES_HINT, field)
    return ["" if each == NO_PRIZE else each for each in titles]


@section.act(f"{PATH}/new", again=shows_new)
def create(desk: Desk, asked: Asked) -> Done | Wrong:
    station = named_place(desk, asked.word("place"), Act.RUN_CONTEST)
    if isinstance(station, Wrong):
        return station
    draft, titles = _read(desk, asked, station, None), _categories(asked)
    prizes = _prizes(desk, asked, station)
    contest = contests.create(desk.session, draft, desk.member.id, desk.now)
    _arrange(desk, contest, titles, prizes)
    return Done(path_of(contest), say("Nobody sees it yet. Look it over, then publish it."))


@section.act(f"{ONE}/edit", again=shows_edit)
def save(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, station = found(desk, asked)
    draft, titles = _read(desk, asked, station, contest), _categories(asked)
    prizes = _prizes(desk, asked, station)
    match contests.edit(desk.session, contest.id, draft, desk.member.id, desk.now):
        case Changed(contest):
            _arrange(desk, contest, titles, prizes)
            return Done(path_of(contest), say("✅ Changed."))
        case TooLate():
            return Wrong(say("It can't be changed any more."))
        case never:
            assert_never(never)


def _arrange(desk: Desk, contest: Contest, titles: list[Translated], prizes: list[Prize]) -> None:
    """Write categories and prizes where they differ from what is there."""
    session, by = desk.session, desk.member.id
    there = [each.text_of("title") for each in categories.of_contest(session, contest.id)]
    if titles != there:
        arranging.put(session, contest.id, titles, by, desk.now)
    kept = [
        Prize(prize.text_of("title"), prize.number, prize.partner_id)
        for prize, _partner in categories.prizes_of(session, contest.id)
    ]
    if kept != prizes:
        arranging.put_prizes(session, contest.id, prizes, by, desk.now)
