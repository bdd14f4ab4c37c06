"""How well the station understands: ``make understanding`` prints a table.

Each phrase ends as the right thing, as a choice of suggestions, as a wrong thing or, what must
never be, as a wrong act: something done that was not asked for. The phrases that are kept apart are
only counted; ``--missed`` shows those of the seen half that did not end right.
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from models.rules.understanding import spans
from models.rules.understanding.intents import CHANGES, Intent
from models.rules.understanding.understanding import understand
from tests.understanding import known, pasted

HERE = Path(__file__).parent
HALVES = ("seen", "kept_apart")
LANGUAGES = ("zh", "en")
OTHERWISE = {
    "menu": Intent.MENU,
    "sign_up": Intent.SIGN_UP,
    "my_teams": Intent.MINE,
    "announce": Intent.ANNOUNCE,
    "wish": Intent.WISH,
}
CHOICE = "-"
NARROWER = {
    Intent.ERASE: Intent.PRIVACY,
    Intent.ASK_PERSON: Intent.HELP,
    Intent.SEATS: Intent.SIGN_UP,
    Intent.CLOSING: Intent.SIGN_UP,
    Intent.WHO_MAY: Intent.SIGN_UP,
    Intent.WAGES: Intent.WISH,
}
"""Meanings that the phrases do not tell from a wider one, to which both lead."""


class Outcome(StrEnum):
    RIGHT = "right thing"
    OFFERED = "a choice with it"
    CHOICE = "a choice without it"
    WRONG = "wrong thing"
    WRONG_ACT = "wrong act"


@dataclass(frozen=True, slots=True)
class Phrase:
    text: str
    meanings: tuple[str, ...]
    words: str = ""
    span: str = ""


def phrases(half: str, language: str) -> Iterator[Phrase]:
    """The phrases of one half in one language."""
    with (HERE / f"phrases_{half}.toml").open("rb") as source:
        for text, meaning, *more in tomllib.load(source)[language]:
            yield Phrase(text, tuple(meaning.split("|")), *more)


def judge(phrase: Phrase) -> Outcome:
    """What becomes of a phrase."""
    said = understand(phrase.text)
    wanted = {intent_of(each.rstrip("?")) for each in phrase.meanings if each != CHOICE}
    acted = {intent_of(each) for each in phrase.meanings if each != CHOICE and "?" not in each}
    if said.intent is None:
        if CHOICE in phrase.meanings:
            return Outcome.RIGHT
        return Outcome.OFFERED if wanted & set(said.likeliest) else Outcome.CHOICE
    agrees = not phrase.words or phrase.words.casefold() == said.words
    if said.certain and said.intent in CHANGES and not (said.intent in acted and agrees):
        return Outcome.WRONG_ACT
    if said.intent in (Intent.CHAT, Intent.JUNK) and CHOICE in phrase.meanings:
        return Outcome.RIGHT
    if said.intent not in wanted:
        is_narrower = NARROWER.get(said.intent) in wanted
        return Outcome.RIGHT if is_narrower else Outcome.WRONG
    if said.intent in CHANGES and said.how and said.intent in acted:
        # It was asked for, and shown how instead.
        return Outcome.OFFERED
    if said.intent in CHANGES and not said.how and said.intent not in acted:
        # It was asked how, and the question is whether to do it.
        return Outcome.OFFERED
    holds = not phrase.words or _names_the_same(phrase.words.casefold(), said.words)
    fits = not phrase.span or spans.days_of(said.span) == phrase.span
    return Outcome.RIGHT if holds and fits else Outcome.WRONG


def _names_the_same(wanted: str, left: str) -> bool:
    """Whether a search for what is left finds what was named: 瑜伽 and 瑜伽课 do, more does not."""
    one, other = wanted.replace(" ", ""), left.replace(" ", "")
    return bool(other) and (one in other or other in one) and abs(len(one) - len(other)) <= 2


def intent_of(name: str) -> Intent:
    return OTHERWISE[name] if name in OTHERWISE else Intent(name)


def measure(half: str, language: str) -> Counter[Outcome]:
    return Counter(judge(each) for each in phrases(half, language))


QUESTIONS = ("kept_apart", "not_looked_at")
"""Of the first the misses were looked at while thresholds were chosen; of the second none."""


def questions(which: str) -> Iterator[Phrase]:
    """The messages of people with questions, which nothing was learnt from."""
    for line in (HERE / f"messages_{which}.tsv").read_text("utf-8").splitlines():
        meanings, _, text = line.partition("\t")
        yield Phrase(text, tuple(meanings.split("|")))


def judge_question(question: Phrase) -> Outcome:
    """What becomes of a message; words and days are not compared."""
    said = understand(question.text)
    if said.intent is None:
        is_idle = set(question.meanings) & {Intent.CHAT, Intent.JUNK}
        if is_idle:
            return Outcome.RIGHT
        is_offered = set(question.meanings) & set(said.likeliest)
        return Outcome.OFFERED if is_offered else Outcome.CHOICE
    if said.intent in question.meanings:
        return Outcome.RIGHT
    return Outcome.WRONG_ACT if said.certain and said.intent in CHANGES else Outcome.WRONG


def main() -> None:
    """Print the table."""
    write = sys.stdout.write
    write("| half | language | phrases |" + "".join(f" {each} |" for each in Outcome) + "\n")
    write("|---|---|---|" + "---|" * len(Outcome) + "\n")
    rows = [(half, language, measure(half, language)) for half in HALVES for language in LANGUAGES]
    rows += [
        (f"questions {which}", "both", Counter(map(judge_question, questions(which))))
        for which in QUESTIONS
    ]
    for half, language, counted in rows:
        total = counted.total()
        shares = [f" {counted[each]} ({counted[each] * 100 / total:.0f} %) |" for each in Outcome]
        write(f"| {half.replace('_', ' ')} | {language} | {total} |" + "".join(shares) + "\n")
    write("\n" + "\n".join(pasted.rows()) + "\n")
    write("\n" + "\n".join(known.rows()) + "\n")
    if "--missed" in sys.argv:
        for language in LANGUAGES:
            for each in phrases("seen", language):
                if judge(each) != Outcome.RIGHT:
                    write(f"{judge(each)}: {each} {understand(each.text)}\n")
        for wanted, text in known.lines("tuned"):
            if known.judge(wanted, text) not in (known.Outcome.CERTAIN, known.Outcome.PASSED):
                write(f"{known.judge(wanted, text)}: {text} ({wanted})\n")
        for which in pasted.SETS:
            write("".join(f"{each}\n" for each in pasted.misses(which)))
        for each in questions(QUESTIONS[0]):
            if judge_question(each) not in (Outcome.RIGHT, Outcome.OFFERED):
                write(f"{judge_question(each)}: {each} {understand(each.text)}\n")


if __name__ == "__main__":
    main()
