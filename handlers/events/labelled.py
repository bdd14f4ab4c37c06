"""One message with labels changes a draft: 费用：20元, 时间：周六下午3点, as many as it names."""

from datetime import datetime
from zoneinfo import ZoneInfo

import orjson

from bot.conversation.dialogs import PICK_ONE, Read, Wrong
from bot.conversation.messages import lines, say
from handlers import dates
from handlers.events.fields import FIELDS, EventForm, Start, length
from models.rules.dates import reading
from models.rules.dates.pieces import Why
from models.rules.dates.reading import FoundTime
from models.rules.events.labels import parts
from models.rules.events.naming import ACTIVITY
from models.rules.events.numbers import seats_of_label

OF_LABEL = {
    "title": "title",
    "topic": "title",
    "time": "when",
    "place": "place",
    "seats": "seats",
    "closes": "closes",
    "opens": "gates",
    "meet": "meet",
    "bring": "bring",
    "cost": "cost",
    "companions": "companions",
    "contact": "contact",
    "content": "about",
}
"""The field that a label of an announcement is about."""

LIKE_THIS = lines(
    PICK_ONE, say("Or write what is different, like “Cost: 20 yuan”; several lines are fine.")
)


def reader(start: Start, form: EventForm) -> Read:
    """What reads a message with labels as the answers that it changes, for ``answers``.

    All of it is taken, or nothing: what cannot be read is said with its field.
    """

    def read(text: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
        told: dict[str, str] = {}
        last = ""
        for part in parts(text, ACTIVITY):
            if not part.kind and last == "about":
                told["about"] += f"\n{part.value}"
                continue
            last = OF_LABEL.get(part.kind, "")
            if not last:
                return Wrong(LIKE_THIS)
            words = part.value
            if part.kind == "opens":
                # The conditions are read of words that say what the time is of.
                words = f"报名开始 {words}"
            answer = _answer(last, words, start, form, now, zone)
            if isinstance(answer, Wrong):
                return Wrong(lines(FIELDS[last].label, answer.why, between=" · "))
            told[last] = answer
        return orjson.dumps(told).decode() if told else Wrong(LIKE_THIS)

    return read


def answers(decision: str) -> dict[str, str] | None:
    """The answers by their fields where the decision was a message; None for a button's."""
    return orjson.loads(decision) if decision.startswith("{") else None


def _answer(
    what: str, words: str, start: Start, form: EventForm, now: datetime, zone: ZoneInfo
) -> str | Wrong:
    """The words read as an answer to the field's own question is."""
    if what == "when":
        return dates.read(_with_day(words, form, now, zone), now, zone)
    question = FIELDS[what].ask(what, start, form)
    if what == "seats" and (seats := seats_of_label(words)) is not None:
        # No limit has a button of its own, and is no number to write.
        words = str(seats)
        if not seats:
            return words
    if question.read is not None:
        return question.read(words, now, zone)
    assert question.check is not None
    return question.check(words)


def _with_day(words: str, form: EventForm, now: datetime, zone: ZoneInfo) -> str:
    """The words with the draft's own day where they tell an hour alone."""
    found = reading.read(words, now, zone)
    has_day = found.dated if isinstance(found, FoundTime) else found.why != Why.NO_DATE
    if has_day:
        return words
    day = dates.span(form["when"], length(form))[0].astimezone(zone)
    return f"{day.year}年{day.month}月{day.day}日 {words}"
