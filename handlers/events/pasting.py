"""What a pasted announcement gives a new event: fields that are read, and what is to be asked."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import dates
from handlers.events.fields import LONGEST_PLACE, EventForm
from models.rules.dates import repeat_words
from models.rules.dates.pieces import Why
from models.rules.dates.reading import FoundTime
from models.rules.events import beyond, companions, pasted
from models.rules.events.announced import Pasted
from models.rules.events.details import DETAIL_TEXTS, DETAILS
from models.rules.texts import shortened

LONGEST_LINE = 40
"""A longer text is kept as the description: it may say more than was read."""

FEWEST_UNSAID = 2
"""With as many letters that no field holds a short text is kept as well."""

LATIN = "\u2e80"
"""Before it stand letters that are half as wide as Chinese characters."""


def understand(words: str, now: datetime, zone: ZoneInfo) -> EventForm:
    """What an announcement says, by the names of the form; what cannot be read is left out."""
    return form_of(*read(words, now, zone))


def read(words: str, now: datetime, zone: ZoneInfo) -> tuple[Pasted, str, str]:
    """What an announcement says, its words, and the rule by which it comes again, if it does.

    It is read as if it were held once, on the first of its days.
    """
    found = repeat_words.read(words, now, zone)
    if found is None or not isinstance(found.when, FoundTime):
        return pasted.read(words, now, zone), words, ""
    said = pasted.read(found.text, now, zone)
    if len(found.text.splitlines()) != len(words.splitlines()):
        said = replace(said, told=frozenset())
    return said, words, found.rule.to_column()


def form_of(said: Pasted, words: str, rule: str = "") -> EventForm:
    """The form of what was read in these words.

    ``titles_said`` and ``places_said`` are what it may be called, and where it may be, where that
    is a guess. ``choices`` are the times to choose from where there are several, ``unclear`` is
    why no time was read, and ``quota`` what is said about who gets the seats, which is asked and
    never assumed. What is said about men and women is ``of_both``: so many of each, 0 of halves.
    ``about_said`` is how long the text was where it is too long for the description. ``repeat`` is
    the rule by which it comes again.
    """
    form: EventForm = {}
    if isinstance(said.when, FoundTime):
        form["when"] = dates.kept(said.when.starts, said.when.ends)
        if rule:
            form["repeat"] = rule
    elif said.when.why not in (Why.NO_DATE, Why.NO_TIME):
        form["unclear"] = str(said.when.why)
    if said.dates:
        form["choices"] = [dates.kept(each.starts, each.ends) for each in said.dates]
    both = said.of_both
    if both is not None:
        form["of_both"] = [both.men, both.women]
    if said.seats is not None:
        form["seats_said" if said.quota and both is None else "seats"] = said.seats
    if said.quota and both is None:
        form["quota"] = said.quota
    if said.closes is not None:
        form["closes"] = said.closes.isoformat()
    if said.opens is not None:
        form["opens"] = said.opens.isoformat()
    if said.gates:
        form["gates"] = said.gates
    brought = companions.read(said.companions) if said.companions else None
    about = _beyond(words, said)
    if len(about) > DETAILS["about"].most:
        form["about_said"] = len(about)
    read = {name: getattr(said, name, "") for name in DETAIL_TEXTS} | {"about": about}
    for name, slot in (("title", said.titled), ("place", said.placed)):
        # What is only guessed is asked, with the guesses to choose from.
        if slot.is_guessed and slot.value:
            form[f"{name}s_said"] = [slot.value, *slot.others]
    texts = {
        "title": "" if said.titled.is_guessed else said.title,
        "place": "" if said.placed.is_guessed else shortened(said.place, LONGEST_PLACE),
        **{name: shortened(read[name], DETAILS[name].most) for name in DETAIL_TEXTS},
        "companions": str(brought or ""),
    }
    return form | {name: text for name, text in texts.items() if text}


def _beyond(words: str, said: Pasted) -> str:
    """What the description keeps: the words, but for the lines that stand in fields."""
    words = _without(words, said.quota) if said.of_both is not None else words
    if said.told:
        return beyond.without_lines(words, said.told)
    return words.strip() if _says_more(words, said.unsaid) else ""


def _says_more(words: str, unsaid: str) -> bool:
    # A line holds twice as many letters as Chinese characters.
    width = sum(1 if each > LATIN else 0.5 for each in words)
    return "\n" in words.strip() or width > LONGEST_LINE or len(unsaid) >= FEWEST_UNSAID


def _without(words: str, clause: str) -> str:
    """The words without a clause that stands in a field, and the sign after or before it."""
    for sign in ("，", ",", "、", "；", ";", " "):
        for pair in (clause + sign, sign + clause):
            if pair in words:
                return words.replace(pair, "", 1)
    return words.replace(clause, "", 1)
