"""Questions as generators, replayed by name.

A dialog asks and does not act: it yields questions and returns a form. The store keeps the answers
by name and the generator is run again from the start for each new one, so that a dialog survives
restarts and deploys, and any process can take the next answer.
"""

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Button, Choice, Lines, Reply, Sayable, lines, say
from models.rules.understanding.intents import Intent
from models.rules.understanding.understanding import understand

Script = Callable[[Mapping[str, Any]], Generator["Question", Any, Any]]
"""Takes what the dialog was begun with; is sent each answer; returns the form."""


@dataclass(frozen=True, slots=True)
class Option:
    """A possible answer: ``value`` is what is kept, ``label`` what is shown."""

    value: str
    label: Sayable


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why an answer in words cannot be taken."""

    why: Sayable


PICK_ONE = say("Pick one of these, or send its number. “Menu” leaves it.")
ENOUGH_PICTURES = say("That's many pictures for one day. Go on in words, or tomorrow.")
NO_PICTURE = say("That's no picture I can show. JPEG or PNG, up to 5 MB.")
NO_SOUND = say("I couldn't take that. A picture, or a voice message of up to 5 minutes, works.")
ENOUGH_SOUNDS = say("That's many recordings for one day. Go on in words, or tomorrow.")

_RUNS = re.compile(r"\d+|[a-z]+|[\u2e80-\U0003ffff]+")

_AROUND = re.compile(r"^(?:那|就|还是|我?选|我?要)+|[吧啊呀啦哦嘛了的。.!！~～ ]+$")
"""What is said around an option: 那就留名吧."""

YES, NO = "yes", "no"
AGREEING: Mapping[Intent, str] = {Intent.YES: YES, Intent.NO: NO}
"""What the options of a question that is agreed to are called."""

MOST_FOUND = 60
"""How many options that searches offered are kept with an open question."""

Tell = Callable[[Chat], Sayable]
Offer = Callable[[Session], Sequence[Option]]
Find = Callable[[Session, str], Sequence[Option]]
Means = Callable[[str], Sequence[str]]
Check = Callable[[str], "str | Wrong"]
Read = Callable[[str, datetime, ZoneInfo], "str | Wrong"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Its answer comes as a press, as an option's number or label, or in words.

    ``text`` may be a function that reads from the store what it says.
    ``offer`` reads the options from the store; ``find`` looks for those that fit the words;
    ``means`` reads words of people's own as values of options, as many as they speak of;
    ``check`` takes any words, or says what is wrong with them; ``read`` does so knowing the time
    and the station's zone. With ``many`` several options can be picked, and the answer is a list.
    ``skip`` labels a button that answers nothing (None). With ``pictures`` a picture answers it,
    too: the answer is ``{"picture": number, "name": its name, "text": what stood below it}``.
    The answer in words is one line, or as typed with ``many_lines``.
    Such a picture is for few with ``private``: it has no name by which it is shown.
    With ``sounds`` a voice message answers it, too: ``{"sound": number, "text": ""}``.
    ``shows`` is the name of a picture shown with the question. A ``text`` that is read from the
    store is read whenever it is asked: for what may change while the question is open.
    """

    name: str
    text: Sayable | Tell
    options: tuple[Option, ...] = ()
    offer: Offer | None = None
    find: Find | None = None
    means: Means | None = None
    check: Check | None = None
    read: Read | None = None
    many: bool = False
    skip: Sayable | None = None
    pictures: bool = False
    private: bool = False
    sounds: bool = False
    many_lines: bool = False
    shows: str = ""


@dataclass(frozen=True, slots=True)
class Answer(Action, tag="a"):
    """Picks an option of the open question; the empty value skips it, or ends picking several."""

    topic: str
    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Away(Action, tag="away"):
    """Leaves the open question, and what was answered before it."""


@dataclass(frozen=True, slots=True)
class Finished:
    form: Any


@dataclass(frozen=True, slots=True)
class State:
    """Where a dialog stands, as it is kept: ``start`` is what it was begun with.

    ``picked`` and ``found`` belong to the open question: the options chosen so far where several
    can be, and those that a search offered, besides the question's own.
    """

    topic: str
    start: dict[str, Any]
    answers: dict[str, Any]
    picked: tuple[str, ...] = ()
    found: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "topic": self.topic,
            "start": self.start,
            "answers": self.answers,
            "picked": list(self.picked),
            "found": list(self.found),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "State":
        found = tuple(kept.get("found", ()))
        return cls(kept["topic"], kept["start"], kept["answers"], tuple(kept["picked"]), found)

    def answered(self, name: str, value: Any) -> "State":
        return State(self.topic, self.start, {**self.answers, name: value})

    def toggled(self, value: str) -> "State":
        kept = tuple(each for each in self.picked if each != value)
        return replace(self, picked=kept if value in self.picked else (*self.picked, value))

    def offered(self, options: Iterable["Option"]) -> "State":
        """The state after a search offered these options, too."""
        found = dict.fromkeys((*self.found, *(option.value for option in options)))
        return replace(self, found=tuple(found)[-MOST_FOUND:])


class Replay:
    """A script that is run over the answers kept so far, and then handed the next one.

    ``at`` is where it stands: at the open question, or at its end.
    """

    def __init__(self, script: Script, state: State) -> None:
        self._script = script(state.start)
        self.at = self._sent(None)
        self.go_on(state.answers)

    def go_on(self, answers: Mapping[str, Any]) -> Question | Finished:
        """Hand it these answers, as far as it asks for them; the others it was handed before."""
        while isinstance(self.at, Question) and self.at.name in answers:
            self.at = self._sent(answers[self.at.name])
        return self.at

    def _sent(self, answer: Any) -> Question | Finished:
        try:
            return self._script.send(answer)
        except StopIteration as end:
            return Finished(end.value)


def replay(script: Script, state: State) -> Question | Finished:
    """Run the script over the answers kept so far: the next question, or the form."""
    return Replay(script, state).at


def options_of(question: Question, session: Session) -> tuple[Option, ...]:
    offered = question.offer(session) if question.offer is not None else ()
    return (*question.options, *offered)


def may_press(question: Question, options: Sequence[Option], state: State, value: str) -> bool:
    """Return whether the question offers this value: anybody can send any press."""
    if not value:
        return question.skip is not None or (question.many and bool(state.picked))
    return value in state.found or any(value == option.value for option in options)


def ask(
    chat: Chat,
    question: Question,
    options: Sequence[Option],
    state: State,
    *,
    before: Sayable | None = None,
    edit: bool = False,
) -> Reply:
    """Return the question with its options as numbered choices."""
    choices = tuple(
        Choice(
            number,
            lines("✓", option.label, between=" ") if option.value in state.picked else option.label,
            Answer(state.topic, question.name, option.value),
        )
        for number, option in enumerate(options, start=1)
    )
    buttons: tuple[Button, ...] = ()
    if question.many and state.picked:
        buttons = (Button(say("Done"), Answer(state.topic, question.name)),)
    elif question.skip is not None:
        buttons = (Button(question.skip, Answer(state.topic, question.name)),)
    elif not choices:
        buttons = (Button(say("Never mind"), Away()),)
    asked = question.text(chat) if callable(question.text) else question.text
    text = lines(before, *_unsaid(asked, before)) if before is not None else asked
    return Reply(text, choices, buttons, edit=edit, picture=question.shows)


def _unsaid(asked: Sayable, before: Sayable) -> list[Sayable]:
    """The lines of a question but those that stand before it: an example is given once."""
    said = _lines_of(before)
    return [each for each in _lines_of(asked) if each not in said]


def _lines_of(said: Sayable) -> tuple[Sayable, ...]:
    return said.parts if isinstance(said, Lines) and said.between == "\n" else (said,)


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer that counts."""

    value: Any


@dataclass(frozen=True, slots=True)
class Unclear:
    """Words that fit several options, or none."""

    why: Sayable
    among: tuple[Option, ...] = ()


def read_words(
    question: Question,
    options: Sequence[Option],
    labels: Sequence[str],
    text: str,
    session: Session,
    picked: Sequence[str] = (),
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Taken | Unclear:
    """What an answer in words means. ``labels`` are the options' labels as the reader sees them.

    Words are added to what was ``picked`` by taps before.
    """
    if question.many:
        several = _read_several(options, labels, text)
        if several:
            return Taken(list(dict.fromkeys([*picked, *several])))
    elif (one := _read_one(options, labels, text) or _agreed(options, text)) is not None:
        return Taken(one)
    if question.means is not None:
        meant = list(question.means(text))
        if question.many and meant:
            return Taken(list(dict.fromkeys([*picked, *meant])))
        if len(meant) == 1:
            return Taken(meant[0])
    if question.find is not None:
        found = tuple(question.find(session, text))
        if len(found) == 1:
            return Taken([found[0].value] if question.many else found[0].value)
        if found:
            return Unclear(say("Several fit. Which one?"), found)
        return Unclear(say("I found nothing like that."))
    if question.check is not None:
        checked = question.check(text)
        return Unclear(checked.why) if isinstance(checked, Wrong) else Taken(checked)
    if question.read is not None:
        understood = question.read(text, now, zone)
        return Unclear(understood.why) if isinstance(understood, Wrong) else Taken(understood)
    return Unclear(PICK_ONE)


def _agreed(options: Sequence[Option], text: str) -> str | None:
    """The option that a bare yes or no picks: 确定 under “Postpone it” and “Leave it”.

    It does so only where one of the options is called "yes"; no does where the other is called so.
    """
    values = {each.value for each in options}
    said = understand(text)
    agreed = AGREEING.get(said.intent) if said.intent is not None and not said.words else None
    return agreed if YES in values and agreed in values else None


def is_elsewhere(question: Question, labels: Sequence[str], text: str) -> bool:
    """Whether words that answer nothing have nothing to do with the question.

    It is so where only its options answer it, and the words share nothing with any of them.
    """
    takes_words = (question.find, question.means, question.check, question.read, question.skip)
    if question.many or any(each is not None for each in takes_words):
        return False
    said = _pieces(text)
    return not any(said & _pieces(label) for label in labels)


def _pieces(text: str) -> set[str]:
    """Words and numbers, and each two characters of what is written without spaces."""
    runs = _RUNS.findall(text.casefold())
    return {
        run[at : at + 2] if run[0] > "\u2e80" else run for run in runs for at in range(len(run))
    }


def _read_one(options: Sequence[Option], labels: Sequence[str], text: str) -> str | None:
    # 000001 is a code or the like, and never the first option.
    if text.isdecimal() and not text.startswith("0") and int(text) <= len(options):
        return options[int(text) - 1].value
    said = {text.casefold(), _AROUND.sub("", text.casefold())}
    for option, label in zip(options, labels, strict=True):
        if label.removeprefix("✓ ").casefold() in said:
            return option.value
    return None


def _read_several(options: Sequence[Option], labels: Sequence[str], text: str) -> list[str]:
    words = text.replace("，", " ").replace("、", " ").replace(",", " ").split()
    picked = [_read_one(options, labels, word) for word in words]
    if not picked or None in picked:
        return []
    return [each for each in dict.fromkeys(picked) if each is not None]
