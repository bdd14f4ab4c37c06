"""Read an event out of an announcement as it is pasted from a group, with labels or without.

What stands behind labels (时间：… 地点：…) is taken first; of what is left, the deadline, the
numbers and the time are taken out, and the rest is looked through for a place and a title. What is
not plainly there is left open, to be asked: a time above all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from zoneinfo import ZoneInfo

from models.rules.certainty import Certainty, Slot
from models.rules.dates import reading
from models.rules.dates.pieces import Why
from models.rules.dates.reading import FoundTime, UnclearTime
from models.rules.events import beyond, gate_words, moments, numbers, picking, stops
from models.rules.events.announced import NOTHING, Pasted
from models.rules.events.labels import CHAIN, parts
from models.rules.events.naming import ACTIVITY
from models.rules.events.numbers import FILL
from models.rules.events.picking import Sheet
from models.rules.events.unsaid import UNREAD, unsaid
from models.rules.texts import shortened

LONGEST = 1500
"""Characters that are read; what is longer is no announcement from there on."""

LONGEST_TITLE, LONGEST_PLACE = 60, 60
MOST_OF = {"title": LONGEST_TITLE, "place": LONGEST_PLACE}
LIKELY_AT = 0.65
"""A title or place that is less probable is asked, with the likeliest to choose from."""
MOST_OFFERED = 3
WEIGHTS = {name: Path(__file__).with_name(f"{name}_weights.tsv") for name in ("title", "place")}
"""By what title and place are picked; learnt from announcements."""
_SHOWN: Mapping[str, Mapping[str, str]] = {
    "title": {"": " ", "title": "t", "topic": "p", "content": "c", "other": "o"},
    "place": {"": " "},
}
"""Kinds of labels behind which title and place may stand, each by a letter."""

_QUOTA = re.compile(
    r"男女?(?:生|士)?\s?各?\s?\d[^，,。；;\n]{0,12}|(?:每|各)(?:企业|家|厂|单位|部门|车间|队"
    r"|组|户|班|场|期|节)[^，,。；;\n\d]{0,6}\d(?![\d.]*\s?[元块年月日号点:：])[^，,。；;\n]{0,8}"
)
_CHANGE = re.compile(r"改到|改为|改成|改在|改期|推迟到|提前到|延期到|moved to|postponed to")
_COMPANIONS = re.compile(
    r"[^，,。；;！!（）()\s]{0,6}[可能带携欢迎及与含许限](?:[^，,。；;！!（）()\s]{0,4})(?:家"
    r"属|孩子|小孩|小朋友|亲友|朋友|伴)[^，,。；;！!（）()\s]{0,6}"
    r"|每户[^，,。；;！!（）()\s]{1,12}"
)
_BRING = re.compile(
    r"(?:^|(?<=[，,。；;！!\s]))(?:请|记得|需|要|最好)?(?:自己带|自带|自备|携带|带好|带上"
    r"|带(?![娃着领你]))(?P<things>[^，,。；;！!\n]{1,30})"
    r"|(?:^|(?<=[，,。；;！!\s]))(?P<before>[^，,。；;！!\s]{1,10})(?:自带|自备)(?=$"
    r"|[，,。；;！!\s])"
    r"|(?:请|建议|最好)?(?P<worn>穿[^，,。；;！!\s]{1,8}(?:鞋|衣|服|装))"
    r"|(?:^|(?<=[\s,.;]))(?:please )?bring (?P<en>[^.;\n]{2,40})",
    re.IGNORECASE,
)
_PEOPLE_BEHIND = re.compile(r"(?<=\S)\s+(?:只?限|共|约)?\s?\d{1,5}\s?[人名席位](?:以内|左右)?$")
_SIGN_OF_A_CHAT = re.compile(
    r"[0-9#*]\ufe0f?\u20e3|\[[\u4e00-\u9fffA-Za-z]{1,5}\]"
    r"|[\u4e00-\u9fff]{1,10}\s?[〔［【(（\[]20\d\d[〕］】)）\]]\s?\d{1,4}\s?号"
)
"""Signs of no meaning here: a key, a smile, the number of a document."""
_OPENING = re.compile(
    r"[^，,。；;！!\n]{3,20}(?:开始报名|开放报名|开抢)"
    r"|(?:报名开始|报名开放|开始报名|开放报名)[:： 为于]{0,2}[^，,。；;！!\n]{3,20}"
    r"|sign-?up opens [^,.;\n]{4,24}",
    re.IGNORECASE,
)
_NEVER = datetime.max.replace(tzinfo=UTC)
_PARTICLES = re.compile(r"(?:[哦啊呀啦噢哈喔~～]|即可|就行|参加|前来|前往)+$")
_MEETING_POINT = re.compile(
    r"(?:集合|集中|上车)(?:地点|点|处)(?:设?在|是|为)?\s?(?P<place>[^，,。；;！!\s\ue000]{2,24})"
)
_MEETS = re.compile(r"(?P<place>[^，,。；;！!\s\ue000]{2,24}?)(?:集合|集中|上车|碰头)")


def read(text: str, now: datetime, zone: ZoneInfo) -> Pasted:
    """Read all of it that can be read beyond doubt; ``now`` is aware."""
    first = _Reading(text, now, zone)
    labelled, left = first.labelled, first.body.left
    placed = first.placed
    said = Pasted(
        when=first.when,
        titled=first.picked("title"),
        placed=placed,
        seats=first.seats,
        quota=first.quota,
        of_both=first.of_both,
        dates=first.dates,
        closes=first.closes,
        opens=first.opens,
        gates=gate_words.pasted(first.text).to_column(),
        bring=first.bring,
        cost=first.cost,
        meet=first.meet or _meeting(left, placed.value),
        contact=first.contact,
        companions=_first(labelled, "companions") or _said(_COMPANIONS, first.text),
        names=tuple(labelled.get("name", ())),
        labels=sum(len(each) for kind, each in labelled.items() if kind != "name"),
        changes=_CHANGE.search(first.text) is not None,
        is_chain=CHAIN.search(first.text) is not None,
    )
    more = (each for kind in UNREAD for each in labelled.get(kind, ()))
    fields = [said.title, said.place, said.quota, said.meet, said.companions, *said.names]
    return replace(
        said,
        unsaid=unsaid("\n".join((first.body.left, *more)), fields),
        told=first.told_lines(said) if len(text) <= LONGEST else frozenset(),
    )


def sheet_for(name: str, text: str, now: datetime, zone: ZoneInfo) -> Sheet | None:
    """What the title or place of an announcement is picked from; None where a label tells it."""
    first = _Reading(text, now, zone)
    if name == "place":
        return None if "place" in first.labelled else first.sheet(name)
    # Where the place stands there is no title, but for one that holds it.
    assert first.placed is not None
    return first.sheet(name)


class _Reading:
    """What is read first: each field takes its words out of what the ones before left."""

    def __init__(self, text: str, now: datetime, zone: ZoneInfo) -> None:
        self.lines = stops.on_one_line(text[:LONGEST].replace("\u3000", " "))
        self.text = "\n".join(_SIGN_OF_A_CHAT.sub(" ", line) for line, _many in self.lines)
        self.labelled: dict[str, list[str]] = {}
        self._parts = list(parts(self.text, ACTIVITY))
        for part in self._parts:
            if part.kind:
                self.labelled.setdefault(part.kind, []).append(part.value)
        labelled = self.labelled
        _part_place_and_seats(labelled)
        self.body = body = _Body("\n".join(each.value for each in self._parts if not each.kind))
        body.cut(moments.signatures(body.left))
        opens = _opens(labelled, body, now, zone)
        closes = _closes(labelled, body, now, zone)
        who = _first(labelled, "contact")
        self.contact = who or numbers.who(body.take(numbers.contact(body.left)))
        self.cost = _first(labelled, "cost") or body.take(numbers.cost(body.left))
        when, self.dates = moments.when(
            labelled.get("time", ()), body.left, now, zone, labelled.get("gathers", ())
        )
        if isinstance(when, FoundTime):
            when = moments.until(when, _first(labelled, "ends"), now, zone)
        if isinstance(when, FoundTime) and closes is not None and closes > when.starts:
            closes = None
        self.when, self.closes = when, closes
        is_ahead = opens is not None and now < opens < _before(closes, when)
        self.opens = opens if is_ahead else None
        self.seats = _seats(labelled, body)
        self.of_both = both = numbers.of_both(self.text)
        self.quota = self.text[slice(*both.span)] if both else _said(_QUOTA, self.text)
        self.bring = _bring(labelled, body)
        self.meet = _first(labelled, "meet") or _meeting_point(body)
        body.cut(
            moments.spans(
                body.left,
                has_time=bool(labelled.get("time")),
                is_clear=isinstance(when, FoundTime),
            )
        )

    def sheet(self, name: str) -> Sheet:
        """The words without labels, and behind those labels that may tell it."""
        shown = _SHOWN[name]
        if name == "title" and "title" in self.labelled:
            shown = {"title": "t"}
        text: list[str] = []
        left: list[str] = []
        kinds: list[str] = []
        begins = 0
        for each in self._parts:
            ends = begins + len(each.value)
            if each.kind in shown:
                text.append(each.value)
                left.append(each.value if each.kind else self.body.left[begins:ends])
                kinds.append(shown[each.kind] * len(each.value))
            begins = begins if each.kind else ends + 1
        told = "m" if "meet" in self.labelled else ""
        return Sheet("\n".join(text), "\n".join(left), "n".join(kinds), told)

    def told_lines(self, said: Pasted) -> frozenset[int]:
        """The places of the lines, as they were pasted, that stand whole in fields."""
        told = beyond.told_lines(self.text, self._parts, beyond.fields_of(said))
        places = accumulate((many for _line, many in self.lines), initial=0)
        return frozenset(
            first + more
            for at, (first, (_line, many)) in enumerate(zip(places, self.lines, strict=False))
            if at in told
            for more in range(many)
        )

    @cached_property
    def placed(self) -> Slot[str]:
        """The place: behind a label, or the likeliest of what has none, which is cut out."""
        said = _first(self.labelled, "place")
        return (
            Slot(shortened(said, LONGEST_PLACE), Certainty.SAID) if said else self.picked("place")
        )

    def picked(self, name: str) -> Slot[str]:
        """The likeliest title or place, and what else it may be where it is a guess."""
        sheet, is_place = self.sheet(name), name == "place"
        found = picking.likeliest(sheet, WEIGHTS[name])
        said: dict[str, float] = {}
        for each in found:
            if is_place and not each.ends:
                break  # What is less likely than that there is none is not offered.
            words = shortened(_plain(sheet.text[each.begins : each.ends]), MOST_OF[name])
            said[words] = said.get(words, 0) + each.probability
        said.pop("", None)
        if not said:
            return NOTHING
        best = max(said, key=lambda each: said[each])
        is_likely = said[best] >= LIKELY_AT
        if is_place and is_likely:
            self.body.cut([(found[0].begins, found[0].ends)])
        certainty = Certainty.LIKELY if is_likely else Certainty.GUESSED
        others = tuple(each for each in said if each != best)
        return Slot(best, certainty, () if is_likely else others[: MOST_OFFERED - 1])


def _plain(picked: str) -> str:
    """A name on one line, without the signs around it."""
    words = " ".join(picked.split())
    bare = QUOTED.fullmatch(words)
    return words if bare is None else bare["name"]


QUOTED = re.compile('[《“「【"](?P<name>[^《》“”「」【】"]{2,})[》”」】"]')


class _Body:
    """The text without labels; what was used is filled up, so that places in it stay the same."""

    def __init__(self, text: str) -> None:
        self.text = self.left = text

    def cut(self, spans: Sequence[tuple[int, int]]) -> None:
        for begins, ends in spans:
            self.left = self.left[:begins] + FILL * (ends - begins) + self.left[ends:]

    def take(self, span: tuple[int, int] | None) -> str:
        if span is None:
            return ""
        self.cut([span])
        return self.text[span[0] : span[1]].strip(" ，,。；;：:")


def _first(labelled: Mapping[str, Sequence[str]], kind: str) -> str:
    return next(iter(labelled.get(kind, ())), "").strip(" ，,。；;")


def _said(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0].strip() if match is not None else ""


def _opens(
    labelled: Mapping[str, Sequence[str]], body: _Body, now: datetime, zone: ZoneInfo
) -> datetime | None:
    """When sign-up begins, where a label or a clause plainly says it, with a day and an hour."""
    if "opens" in labelled:
        return gate_words.opening(_first(labelled, "opens"), now, zone)
    # 报名时间：12月1日 20:00至12月3日. The day alone is no time at which anything opens.
    begins = moments.first_of(_first(labelled, "signs_up"))
    found = gate_words.opening(begins, now, zone) if begins else None
    if found is not None:
        return found
    clause = _OPENING.search(body.left)
    if clause is None:
        return None
    found = gate_words.opening(clause[0], now, zone)
    if found is not None:
        body.cut([clause.span()])
    return found


def _before(closes: datetime | None, when: FoundTime | UnclearTime) -> datetime:
    """Until when sign-up may open: its end, or the start."""
    starts = when.starts if isinstance(when, FoundTime) else None
    ends = [each for each in (closes, starts) if each is not None]
    return min(ends, default=_NEVER)


def _closes(
    labelled: Mapping[str, Sequence[str]], body: _Body, now: datetime, zone: ZoneInfo
) -> datetime | None:
    """The end of sign-up; a day alone is meant until its end."""
    spans = moments.deadlines(body.left)
    said = _first(labelled, "closes") or " ".join(body.left[each[0] : each[1]] for each in spans)
    body.cut(spans)
    # 报名时间：即日起至12月3日. The day of a beginning alone closes nothing.
    said = said or moments.last_of(_first(labelled, "signs_up"), only_range=True)
    match reading.read(moments.last_of(said), now, zone):
        case FoundTime(starts=starts, dated=True):
            return starts
        case UnclearTime(why=Why.NO_TIME, day=day) if day is not None:
            at_night = datetime(day.year, day.month, day.day, 23, 59, tzinfo=zone)
            return at_night.astimezone(now.tzinfo)
    return None


def _seats(labelled: Mapping[str, Sequence[str]], body: _Body) -> int | None:
    if "seats" in labelled:
        return numbers.seats_of_label(_first(labelled, "seats"))
    if "who" in labelled and (said := numbers.seats(_first(labelled, "who"))[0]):
        return said
    seats, spans = numbers.seats(body.left)
    body.cut(spans)
    return seats


def _part_place_and_seats(labelled: dict[str, list[str]]) -> None:
    """Take the number of people from the end of a place: 地点：大沥站 20人."""
    place = _first(labelled, "place")
    if "seats" not in labelled and (match := _PEOPLE_BEHIND.search(place)) is not None:
        labelled["place"], labelled["seats"] = [place[: match.start()]], [match[0].strip()]


def _bring(labelled: Mapping[str, Sequence[str]], body: _Body) -> str:
    if "bring" in labelled:
        return _first(labelled, "bring")
    match = _BRING.search(body.left)
    if match is None:
        return ""
    body.cut([match.span()])
    things = match["things"] or match["before"] or match["worn"] or match["en"]
    return _PARTICLES.sub("", things.strip(FILL + " "))


def _meeting_point(body: _Body) -> str:
    match = _MEETING_POINT.search(body.left)
    if match is None:
        return ""
    body.cut([match.span()])
    return match["place"]


def _meeting(left: str, place: str) -> str:
    """Where people meet, if that is not where it is."""
    match = _MEETS.search(left)
    if match is None:
        return ""
    meets = match["place"].removeprefix("在")
    return "" if meets == place else meets
