"""Dates as people type them, as texts that a dialog stores; replies to unclear ones."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.conversation.dialogs import Wrong
from bot.conversation.messages import say
from models.rules.dates import reading as dates
from models.rules.dates import repeat_words
from models.rules.dates.pieces import Why
from models.rules.dates.reading import FoundTime, UnclearTime

EXAMPLE = say("Write day and time, like “Sat 15:00” or “5 Dec 9:00-11:30”.")
NO_DAY = say("I read no day in that. Write it like “30 Jun”.")
UNCLEAR = {
    Why.NO_DATE: EXAMPLE,
    Why.NO_TIME: say("Which time on that day? Write both, like “Sat 15:00”."),
    Why.IN_THE_PAST: say("That's over already. Write a day and time to come."),
    Why.IMPOSSIBLE_DATE: say("There's no such day. Write it again, like “5 Dec 15:00”."),
    Why.IMPOSSIBLE_TIME: say("There's no such time. Write it again, like “Sat 15:00”."),
    Why.MISMATCH: say("That date is another weekday. Write one of the two, and the time."),
    Why.END_BEFORE_START: say("It would end before it begins. Write it like “Sat 14:00-16:00”."),
    Why.SEVERAL: say("I see several times. Write one, like “Sat 15:00”."),
    Why.WHICH_DAY: say("Which day of that week? Write it like “next Wed 19:30”."),
    Why.REPEATS: say("One time now; it can be repeated with two taps. Like “Wed 19:30”."),
    Why.LUNAR: say("I don't read the lunar calendar. Write it like “5 Dec 15:00”."),
    Why.TOO_LONG: say("That's long. Write day and time only, like “Sat 15:00”."),
}


def read(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    """The time that the words name, as ``START/END`` in ISO 8601; END is empty if not given."""
    match dates.read(words, now, zone):
        case UnclearTime(why=why):
            return Wrong(UNCLEAR[why])
        case time:
            return kept(time.starts, time.ends)


def read_again(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    """The time, and in a line below the rule by which it comes again: 每周三 19:30."""
    found = repeat_words.read(words, now, zone)
    if found is None or not isinstance(found.when, FoundTime):
        return read(words, now, zone)
    return f"{kept(found.when.starts, found.when.ends)}\n{found.rule.to_column()}"


def put_when(answer: str) -> dict[str, str]:
    """What a form holds of what ``read_again`` returned."""
    when, _, rule = answer.partition("\n")
    return {"when": when, "repeat": rule}


def read_day(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    """The day that the words name, as ``2027-06-30``."""
    match dates.read(words, now, zone):
        case UnclearTime(day=day) if day is not None:
            return day.isoformat()
        case UnclearTime(why=why):
            return Wrong(NO_DAY if why == Why.NO_DATE else UNCLEAR[why])
        case found:
            return found.starts.astimezone(zone).date().isoformat()


def end_of(day: str, zone: ZoneInfo) -> datetime:
    """The first moment after a day (``2027-06-30``), in the station's zone."""
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone)


def kept(starts: datetime, ends: datetime | None) -> str:
    return f"{starts.isoformat()}/{ends.isoformat() if ends is not None else ''}"


def span(when: str, length: timedelta) -> tuple[datetime, datetime]:
    """Start and end of what ``read`` returned; ``length`` where it has no end."""
    begins, _, ends = when.partition("/")
    starts_at = datetime.fromisoformat(begins)
    return starts_at, datetime.fromisoformat(ends) if ends else starts_at + length
