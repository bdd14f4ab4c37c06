"""Judging and votes of a contest at the desk: set up, judges, progress, signs, the result."""

from typing import Any, assert_never

from bot.conversation.messages import Sayable, listing, say
from console.desk import Desk
from console.pages.contests.section import ONE as CONTEST
from console.pages.contests.section import found, path_of, section
from console.pages.events.forms import moment, typed
from console.routing import Asked, Done, NotTaken, Page, Wrong
from handlers.contests.judging_words import (
    JUDGED_LIVE,
    LACKS,
    METHODS,
    SIGNS,
    asks_to_publish,
    criteria_in,
    published_words,
    refused_voting,
    with_their_judges,
)
from handlers.contests.jury import NOBODY
from handlers.contests.result_pages import has_page
from handlers.contests.result_pages import path_of as path_of_result
from handlers.words import people as of_people
from handlers.words import person
from models.contests import (
    apart,
    assignments,
    entries,
    judges,
    judging,
    notes,
    protocols,
    results,
    scores,
    votes,
    voting,
)
from models.contests.assignments import NotReady
from models.contests.contests import Contest
from models.contests.judging import BadCriteria, Plan, SetUp
from models.members import looking_up
from models.members.looking_up import Colleague, Nobody, Several
from models.network import roles
from models.network.stations import Station
from models.rules.contests.bursts import Noticed
from models.rules.contests.scoring import Method
from models.rules.network.floors import Count, floored
from models.rules.network.permissions import Act
from models.rules.texts import one_line

ONE = f"{CONTEST}/judging"


def _found(desk: Desk, asked: Asked) -> Contest:
    return found(desk, asked)[0]


def _here(contest: Contest) -> str:
    return path_of(contest, "judging")


@section.page(ONE)
def shows(desk: Desk, asked: Asked) -> Page:
    contest = _found(desk, asked)
    how = judging.of_contest(desk.session, contest.id)
    vote = voting.of_contest(desk.session, contest.id)
    kept = protocols.of_contest(desk.session, contest.id)
    stays = voting.why_not(desk.session, contest, desk.now)
    # On a stage entries go to their judges as they are called.
    is_live = not judging.has_deadline(contest)
    is_ahead = how is not None and not how.seed and not is_live
    facts = {
        "contest": contest,
        "here": _here(contest),
        "how": how,
        "lines": "\n".join(map(_line, judging.criteria_of(desk.session, contest.id))),
        "methods": list(METHODS.items()),
        "until": typed(desk, how.until) if how is not None else "",
        "jury": scores.progress(desk.session, contest.id),
        "is_live": is_live,
        "preview": assignments.preview(desk.session, contest) if is_ahead else None,
        "vote": vote,
        "opens": typed(desk, vote.opens_at) if vote is not None else "",
        "closes": typed(desk, vote.closes_at) if vote is not None else "",
        "known": typed(desk, vote.known_before) if vote and vote.known_before else "",
        "stays": refused_voting(stays) if stays is not None else "",
        "turnout": _turnout(desk, contest) if vote is not None else "",
        "signs": _signs(desk, contest) if vote is not None and not vote.settled_at else None,
        "apart": apart.of_contest(desk.session, contest.id),
        "kept": kept,
        "places": _places(desk, contest, kept) if kept is not None else [],
        "notes": notes.of_contest(desk.session, contest.id),
        "public": desk.house.link_to(path_of_result(contest.id))
        if has_page(desk.session, contest)
        else "",
        "asks": asks_to_publish(contest),
        "lacks_award": LACKS[results.AWARD],
        "is_fixed": results.settled(desk.session, contest.id) is not None,
    }
    title = say("Judging: {title}", title=contest.text_of("title"))
    return Page("contests/judging.html", title, facts)


def _turnout(desk: Desk, contest: Contest) -> Sayable:
    """How many voted; not exactly to who organizes a company, whose people they may be."""
    number = votes.turnout(desk.session, contest.id)
    station = desk.session.get_one(Station, contest.station_id)
    return of_people(Count(number) if desk.may(Act.SEE_REACH, station) else floored(number))


def _line(row: judging.Criterion) -> str:
    english = row.text_of("title").translations.get("en", "")
    return f"{row.title}{f' | {english}' if english else ''} {row.weight} {row.most}"


def _signs(desk: Desk, contest: Contest) -> list[tuple[int, Sayable, str, int]] | None:
    """The signs in its votes; None for who organizes a company, whom they may be about."""
    try:
        noticed = apart.signs(desk.session, contest.id, desk.member.id, desk.now)
    except roles.NotAllowed:
        return None
    return [
        (place, SIGNS[each.sign], _entry(desk, each), len(each.votes))
        for place, each in enumerate(noticed)
    ]


def _entry(desk: Desk, noticed: Noticed) -> str:
    entry = entries.get(desk.session, noticed.entry)
    return (entry.title or entry.code) if entry is not None else ""


def _places(desk: Desk, contest: Contest, kept: protocols.Protocol) -> list[tuple[Any, ...]]:
    titles = {each.code: each.title for each in entries.handed_in(desk.session, contest.id)}
    listed = kept.record.get("places") or kept.record["result"]
    return [(place, code, titles.get(code, ""), total) for place, code, total, *_parts in listed]


# Judges


@section.act(f"{ONE}/set", again=shows)
def set_up(desk: Desk, asked: Asked) -> Done | Wrong:
    contest = _found(desk, asked)
    has_deadline = judging.has_deadline(contest)
    until = moment(desk, asked, "until") if has_deadline else contest.closes_at
    if until is None:
        raise NotTaken(say("By when are marks due?"), "until")
    known = {str(each): each for each in Method}
    plan = Plan(
        criteria=tuple(criteria_in(asked.word("criteria"))),
        until=until,
        per_entry=asked.number("per_entry", 3),
        method=known.get(asked.word("method"), Method.MEAN),
        is_normalised=asked.is_on("normalised"),
        is_blind=asked.is_on("blind"),
        shows_notes=asked.is_on("notes"),
    )
    match judging.set_up(desk.session, contest.id, plan, desk.member.id, desk.now):
        case SetUp():
            return Done(_here(contest), say("Saved."))
        case judging.Assigned() if has_deadline:
            return _put_off(desk, contest, until)
        case judging.Assigned():
            return Wrong(JUDGED_LIVE)
        case judging.TooLate():
            return Wrong(say("Marks are due after the contest has closed, and later."), "until")
        case BadCriteria():
            return Wrong(say("A line for each criterion: name, weight, most points."), "criteria")
        case never:
            assert_never(never)


def _put_off(desk: Desk, contest: Contest, until: Any) -> Done | Wrong:
    """Entries are with their judges: only the deadline is taken."""
    done = judging.put_off(desk.session, contest.id, until, desk.member.id, desk.now)
    if not isinstance(done, SetUp):
        return Wrong(LACKS[assignments.SEALED], "until")
    return Done(_here(contest), say("The deadline is moved; all else stays as it was assigned."))


@section.act(f"{ONE}/invite", again=shows)
def invite(desk: Desk, asked: Asked) -> Done | Wrong:
    contest = _found(desk, asked)
    words = asked.word("member").strip()
    match looking_up.meant(desk.session, desk.member.id, words, desk.now):
        case Nobody():
            return Wrong(NOBODY, "member")
        case Colleague(member_id):
            number, name = member_id, words
        case Several((only,)):
            number, name = only.id, only.name
        case Several(people):
            several = (say("{name} (no. {n})", name=each.name, n=each.id) for each in people)
            which = say("Which one? Write the number: {names}", names=listing(*several))
            return Wrong(which, "member")
        case never:
            assert_never(never)
    done = judges.invite(desk.session, contest.id, number, desk.member.id, desk.now)
    if done is None:
        return Wrong(NOBODY, "member")
    if isinstance(done, judges.Over):
        return Wrong(LACKS[assignments.SEALED], "member")
    return Done(_here(contest), say("✅ {name} is asked.", name=person(name, number)))


@section.act(f"{ONE}/code", again=shows)
def make_code(desk: Desk, asked: Asked) -> Done | Wrong:
    """A code for somebody who is no worker here."""
    contest = _found(desk, asked)
    code = judges.make_code(desk.session, contest.id, desk.member.id, desk.now)
    if not isinstance(code, str):
        return Wrong(LACKS[assignments.SEALED], "member")
    words = say(
        "Whoever shall judge writes “claim {code}” to the station, once within 30 days.", code=code
    )
    return Done(_here(contest), words)


@section.act(f"{ONE}/leave", again=shows)
def leave(desk: Desk, asked: Asked) -> Done | Wrong:
    contest = _found(desk, asked)
    if assignments.leave(desk.session, asked.number("judge"), desk.member.id, desk.now) is None:
        return Wrong(say("That's settled already."))
    return Done(_here(contest), say("Taken off; what was not marked went to the others."))


@section.act(f"{ONE}/assign", again=shows)
def assign(desk: Desk, asked: Asked) -> Done | Wrong:
    contest = _found(desk, asked)
    done = assignments.assign(desk.session, contest.id, desk.member.id, desk.now)
    if isinstance(done, NotReady):
        return Wrong(LACKS[done.lacks])
    return Done(_here(contest), with_their_judges(done.entries))


# Votes


@section.act(f"{ONE}/votes", again=shows)
def set_votes(desk: Desk, asked: Asked) -> Done | Wrong:
    contest = _found(desk, asked)
    opens, closes = moment(desk, asked, "opens"), moment(desk, asked, "closes")
    if opens is None or closes is None:
        raise NotTaken(say("From when until when do people vote?"), "opens")
    plan = voting.Plan(
        opens_at=opens,
        closes_at=closes,
        votes=asked.number("votes", 1),
        is_per_category=asked.is_on("category"),
        known_before=moment(desk, asked, "known"),
        ceiling=asked.number("ceiling", 0) or None,
        jury_percent=asked.number("percent", 0),
    )
    match voting.set_up(desk.session, contest.id, plan, desk.member.id, desk.now):
        case voting.SetUp():
            return Done(_here(contest), say("Saved. It is frozen when voting opens."))
        case voting.BadPlan() as refused:
            return Wrong(refused_voting(refused), "opens")
        case voting.NotJudged() as refused:
            return Wrong(refused_voting(refused), "percent")
        case voting.Frozen() | voting.Over() | voting.ForAward() as refused:
            return Wrong(refused_voting(refused))
        case never:
            assert_never(never)


@section.act(f"{ONE}/apart", again=shows)
def set_apart(desk: Desk, asked: Asked) -> Done | Wrong:
    contest = _found(desk, asked)
    there = apart.signs(desk.session, contest.id, desk.member.id, desk.now)
    place, reason = asked.number("sign"), one_line(asked.word("reason"))
    noticed = there[place] if 0 <= place < len(there) else None
    by = desk.member.id
    if (
        noticed is None
        or len(noticed.votes) != asked.number("size")
        or apart.set_apart(desk.session, contest.id, noticed, reason, by, desk.now) is None
    ):
        return Wrong(say("Say why; or it has changed meanwhile: look again."), "reason")
    return Done(_here(contest), say("Set apart. The number and the sign stand in the record."))


@section.act(f"{ONE}/again", again=shows)
def count_again(desk: Desk, asked: Asked) -> Done | Wrong:
    contest = _found(desk, asked)
    if apart.count_again(desk.session, asked.number("apart"), desk.member.id, desk.now) is None:
        return Wrong(say("That's settled already."))
    return Done(_here(contest), say("They count again."))


# The result


@section.act(f"{ONE}/settle", again=shows)
def settle(desk: Desk, asked: Asked) -> Done | Wrong:
    contest = _found(desk, asked)
    done = results.settle(desk.session, contest.id, desk.member.id, desk.now)
    if isinstance(done, results.NotYet):
        return Wrong(LACKS[done.lacks])
    return Done(_here(contest), say("✅ The result is fixed. It can be public in an hour."))


@section.act(f"{ONE}/publish", again=shows)
def publish(desk: Desk, asked: Asked) -> Done | Wrong:
    contest = _found(desk, asked)
    done = results.publish(desk.session, contest.id, desk.member.id, desk.now)
    if isinstance(done, results.NotYet):
        return Wrong(LACKS[done.lacks])
    return Done(_here(contest), published_words(contest))
