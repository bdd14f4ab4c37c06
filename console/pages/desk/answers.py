"""The answers that are known: looked for, added, changed, retired and removed."""

from datetime import date, timedelta
from typing import Any

from bot.conversation.dialogs import Wrong as Unfit
from bot.conversation.messages import say
from console.desk import Desk
from console.pages.desk.section import ANSWERS, section, tabs
from console.routing import Asked, BadForm, Done, Missing, Page, Wrong
from handlers.desk.answers import lines_of, ways, within
from handlers.desk.letters import short
from models.desk import known
from models.desk.known import KnownAnswer
from models.events import events
from models.network import stations
from models.rules.desk.likeness import LONGEST_ANSWER, LONGEST_QUESTION, LONGEST_SOURCE
from models.rules.languages import LANGUAGES, LanguageName, Translated
from models.rules.network.permissions import Act

PAGE = 25
LONGEST_SEARCH = 40
NEW, ONE = "/desk/answers/new", "/desk/answers/{answer:int}"
NEEDS = Act.KEEP_ANSWER
NO_WORDS = Translated("")


def _today(desk: Desk) -> date:
    return desk.now.astimezone(desk.care.zone).date()


@section.page("/desk/answers", needs=NEEDS)
def shows_answers(desk: Desk, asked: Asked) -> Page:
    """Those that this member may change, the newest first, with outdated ones."""
    places = desk.places(NEEDS)
    found = known.page(
        desk.session,
        places,
        desk.teams(NEEDS),
        words=asked.word("q")[:LONGEST_SEARCH],
        after=asked.number("after", 0) or None,
        limit=PAGE + 1,
    )
    following = asked.query(after=found[PAGE - 1][0].id) if len(found) > PAGE else ""
    facts = {
        "rows": found[:PAGE],
        "following": following,
        "tabs": tabs(desk),
        "open": "answers",
        "may_add": bool(places),
        "today": _today(desk),
        "short": short,
    }
    return Page("answers.html", say("Known answers"), facts)


def _theirs(desk: Desk, asked: Asked) -> KnownAnswer:
    """The answer of the path. Raises Missing, or NotAllowed for who may not change it."""
    row = known.get(desk.session, asked.number("answer"))
    if row is None:
        raise Missing
    place, team_id = stations.get(desk.session, row.station_id), known.team_of(desk.session, row)
    desk.require(NEEDS, place, team_id=team_id)
    return row


def _form(desk: Desk, row: KnownAnswer | None) -> dict[str, Any]:
    home = desk.house.home
    return {
        "row": row,
        "question": row.text_of("question") if row is not None else NO_WORDS,
        "answer": row.text_of("answer") if row is not None else NO_WORDS,
        "source": row.text_of("source") if row is not None else NO_WORDS,
        "variants": "\n".join(row.variants) if row is not None else "",
        "until": row.valid_until.isoformat() if row is not None and row.valid_until else "",
        "others": [(code, LanguageName(code)) for code in LANGUAGES if code != home],
        "today": _today(desk),
    }


@section.page(NEW, needs=NEEDS)
def new(desk: Desk, asked: Asked) -> Page:
    places = [(each.id, each.text_of("name")) for each in desk.places(NEEDS)]
    if not places:
        raise Missing
    return Page("answer.html", say("Add an answer"), {**_form(desk, None), "places": places})


@section.page(ONE, needs=NEEDS)
def shows_answer(desk: Desk, asked: Asked) -> Page:
    row = _theirs(desk, asked)
    event = events.for_organizers(desk.session, row.event_id) if row.event_id else None
    place = stations.get(desk.session, row.station_id)
    facts = {**_form(desk, row), "place": place, "event": event}
    return Page("answer.html", row.text_of("question"), facts)


def _values(desk: Desk, asked: Asked) -> dict[str, Any] | Wrong:
    """The columns out of a form; or what is wrong with it."""
    others = [code for code in LANGUAGES if code != desk.house.home]
    values: dict[str, Any] = {}
    for column, most in (("question", LONGEST_QUESTION), ("answer", LONGEST_ANSWER)):
        said: dict[str, str] = {}
        for name in (column, *(f"{column}_{code}" for code in others)):
            words = asked.word(name)
            fit = within(most)(" ".join(words.split()) if column == "question" else words)
            if isinstance(fit, Unfit) and (words or name == column):
                return Wrong(fit.why, name)
            said[name.removeprefix(column).removeprefix("_")] = words and str(fit)
        values[column] = Translated(said.pop(""), said)
    fit = ways(asked.word("variants"))
    if isinstance(fit, Unfit):
        return Wrong(fit.why, "variants")
    source, until = asked.word("source"), asked.word("valid_until")
    if len(source) > LONGEST_SOURCE:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST_SOURCE), "source")
    try:
        values["valid_until"] = date.fromisoformat(until) if until else None
    except ValueError:
        return Wrong(say("There's no such day."), "valid_until")
    return {**values, "variants": lines_of(fit), "source": source}


@section.act(NEW, again=new, needs=NEEDS)
def add(desk: Desk, asked: Asked) -> Done | Wrong:
    values, place = _values(desk, asked), stations.get(desk.session, asked.number("place"))
    if isinstance(values, Wrong):
        return values
    if place is None:
        raise BadForm("place")
    desk.require(NEEDS, place)
    question = values.pop("question")
    if known.to_question(desk.session, place.id, question.text) is not None:
        return Wrong(say("There is an answer to this question already."), "question")
    answer = values.pop("answer")
    row = known.keep(desk.session, place.id, question, answer, desk.member.id, desk.now, **values)
    return Done(f"{ANSWERS}/{row.id}", KEPT)


KEPT = say("✅ Kept. Whoever asks alike reads it within ten seconds.")


@section.act(ONE, again=shows_answer, needs=NEEDS)
def change(desk: Desk, asked: Asked) -> Done | Wrong:
    row, values = _theirs(desk, asked), _values(desk, asked)
    if isinstance(values, Wrong):
        return values
    question, event_id = values["question"].text, row.event_id
    same = known.to_question(desk.session, row.station_id, question, event_id=event_id)
    if same is not None and same.id != row.id:
        return Wrong(say("There is an answer to this question already."), "question")
    known.change(desk.session, row.id, values, desk.member.id, desk.now)
    return Done(f"{ANSWERS}/{row.id}", KEPT)


@section.act(f"{ONE}/retire", again=shows_answer, needs=NEEDS)
def retire(desk: Desk, asked: Asked) -> Done:
    """Yesterday was the last day on which it held: nobody is told it, and it can be renewed."""
    row = _theirs(desk, asked)
    ended = {"valid_until": _today(desk) - timedelta(days=1)}
    known.change(desk.session, row.id, ended, desk.member.id, desk.now)
    return Done(f"{ANSWERS}/{row.id}", say("✅ Nobody is told it any more."))


@section.act(f"{ONE}/remove", again=shows_answer, needs=NEEDS)
def remove(desk: Desk, asked: Asked) -> Done:
    row = _theirs(desk, asked)
    question = row.text_of("question")
    known.remove(desk.session, row.id, desk.member.id, desk.now)
    return Done(ANSWERS, say("✅ Removed: “{question}”", question=question))
