"""Who signed up: names once their opening is recorded, check-in, requests, people who are added."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.conversation import dialogs
from bot.conversation.messages import Sayable, lines, say, say_n
from console.desk import Desk
from console.pages.events.files import OPEN_FOR
from console.pages.events.section import ONE, may, path_of, section, to_do
from console.routing import Asked, BadForm, Done, Page, Wrong
from handlers.events import in_hall, room, walk_ins
from handlers.events.answering import FULL
from handlers.events.answers import AnswersOf
from handlers.events.arrivals import outcome
from handlers.events.confirming import TOO_LATE
from handlers.events.fields import LONGEST_REASON
from handlers.events.gates import REFUSALS
from handlers.events.name_lists import Signing, signing, what_became
from handlers.events.running import STATES, name_of, sees_places
from handlers.words import station_name, title
from models.events import (
    chains,
    checking_in,
    handovers,
    parties,
    requests,
    running,
    stops,
    walking_in,
)
from models.events.chains import Chosen, Closed
from models.events.checking_in import CheckedIn, NotNow
from models.events.events import Event, Signup, SignupState
from models.events.requests import LetIn, NothingDone, NotLetIn
from models.events.walking_in import Full
from models.network import members
from models.rules.events import windows
from models.rules.events.windows import EventAct, Why
from models.rules.network.permissions import Act

PATH = f"{ONE}/people"
PAGE = 50
SURE = "sure"

LISTS: dict[str, tuple[Sayable, Sequence[SignupState]]] = {
    "all": (say("All on the list"), running.ORDER),
    "asked": (say("Requests"), (SignupState.ASKED,)),
    "seats": (say("With a seat"), (SignupState.SEATED, SignupState.ATTENDED)),
    "queue": (say("Queue"), (SignupState.OFFERED, SignupState.WAITING)),
    "absent": (say("Not here"), (SignupState.SEATED, SignupState.NO_SHOW)),
    "left": (say("Have given up"), (SignupState.CANCELLED,)),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A person on the list: what is shown of them, and what can be done."""

    claim: Signup
    name: Sayable
    place: Sayable
    state: Sayable
    beside: Sayable
    acts: frozenset[str]


@section.page(PATH)
def people(desk: Desk, asked: Asked) -> Page:
    """The list, once this member has opened it; else the button that does."""
    event, station = to_do(desk, asked, Act.SEE_LIST)
    since = desk.now - OPEN_FOR
    is_open = running.has_viewed(desk.session, event, desk.member.id, since)
    kind = asked.word("list") if asked.word("list") in LISTS else "all"
    skip = asked.number("skip", 0)
    rows, following = _rows(desk, event, kind, max(skip, 0)) if is_open else ([], False)
    closed = chains.why_not(desk.session, event, desk.now)
    facts = {
        "event": event,
        "is_open": is_open,
        "rows": rows,
        "kind": kind,
        "lists": [(each, label) for each, (label, _) in LISTS.items()],
        "following": asked.query(skip=skip + PAGE) if following else "",
        "counts": running.counts(desk.session, event.id),
        "sees_places": sees_places(desk.chat, event),
        "runs": may(desk, Act.RUN_EVENT, event, station),
        "checks_in": checking_in.is_the_day(event, desk.now),
        "walks_in": windows.refusal(EventAct.WALK_IN, event, desk.now) is None,
        "groups": room.groups(desk.session, event, desk.now),
        "in_group": room.in_group,
        "refusals": [("", say("Without a reason")), *REFUSALS.items()],
        "can_add": closed is None,
        "ticks": {each.claim.id for each in rows if each.claim.state in stops.DUE},
    }
    return Page("events/people.html", say("Sign-ups: {title}", title=title(event)), facts)


def _rows(desk: Desk, event: Event, kind: str, skip: int) -> tuple[list[Row], bool]:
    found = running.people(desk.session, event.id, LISTS[kind][1], skip=skip, limit=PAGE + 1)
    claims = [each[0] for each in found[:PAGE]]
    namesakes = running.namesakes(desk.session, event.id, [each[1] for each in found])
    leaders = parties.leaders(desk.session, claims)
    givers = handovers.givers(desk.session, claims)
    sees = sees_places(desk.chat, event)
    answers, is_day = AnswersOf(desk.chat, event), checking_in.is_the_day(event, desk.now)
    rows: list[Row] = []
    for claim, member, station in found[:PAGE]:
        name = name_of(claim, member, station, namesakes, sees_places=sees)
        if leader := leaders.get(claim.party_id or 0):
            name = say("{name} (with {leader})", name=name, leader=leader)
        if (giver := givers.get(claim.from_member_id or 0)) is not None:
            name = say("{name} (seat from {giver})", name=name, giver=giver)
        said = answers.of(claim.id)
        beside = lines(in_hall.of_claim(event, claim), *said, between=" · ")
        place = station_name(station) if sees else ""
        rows.append(Row(claim, name, place, STATES[claim.state], beside, _acts(claim, is_day)))
    return rows, len(found) > PAGE


def _acts(claim: Signup, is_day: bool) -> frozenset[str]:
    """What can be done with a claim from the list."""
    if claim.state is SignupState.ASKED:
        return frozenset({"answer"}) if claim.party_id is None else frozenset()
    if not is_day:
        return frozenset()
    if claim.state in (SignupState.SEATED, SignupState.NO_SHOW):
        return frozenset({"check-in"})
    if claim.state is SignupState.ATTENDED:
        return frozenset({"undo"})
    return frozenset({"from-queue"}) if claim.state in walking_in.IN_QUEUE else frozenset()


def back_to_list(event: Event, asked: Asked) -> str:
    """The list from which a button was pressed."""
    kept = {"list": asked.word("list"), "skip": asked.word("skip")}
    query = "&".join(f"{name}={each}" for name, each in kept.items() if each.isalnum())
    return f"{path_of(event, 'people')}?{query}".removesuffix("?")


@section.act(f"{ONE}/people", again=people)
def open_list(desk: Desk, asked: Asked) -> Done:
    """Record that the names are opened, then show them."""
    event, _station = to_do(desk, asked, Act.SEE_LIST)
    running.record_view(desk.session, event, desk.member.id, desk.now)
    return Done(back_to_list(event, asked))


# Check-in


@section.act(f"{ONE}/check-in", again=people)
def check_in(desk: Desk, asked: Asked) -> Done | Wrong:
    """Check somebody in from the list, or take that back."""
    event, _station = to_do(desk, asked, Act.CHECK_IN)
    number, by = asked.number("claim"), desk.member.id
    if asked.is_on("undo"):
        done = checking_in.undo(desk.session, event.id, number, by, desk.now)
        if isinstance(done, CheckedIn):
            return Done(back_to_list(event, asked), say("All right, that check-in is undone."))
    else:
        done = checking_in.from_list(desk.session, event.id, number, by, desk.now)
    said = outcome(desk.chat, event, done)
    return Done(back_to_list(event, asked), said) if isinstance(done, CheckedIn) else Wrong(said)


@section.act(f"{ONE}/from-queue", again=people)
def from_queue(desk: Desk, asked: Asked) -> Done | Wrong:
    """Let somebody in who waits for a seat and is here."""
    event, _station = to_do(desk, asked, Act.CHECK_IN)
    done = walking_in.let_in_from_queue(
        desk.session,
        event.id,
        asked.number("claim"),
        desk.member.id,
        desk.care,
        desk.now,
        over=asked.is_on("over"),
    )
    match done:
        case None:
            return Wrong(say("That was answered already."))
        case Full():
            return Wrong(say("No seat is free. Tick “over the number” to let them in anyway."))
        case NotNow():
            return Wrong(outcome(desk.chat, event, done))
        case CheckedIn():
            return Done(back_to_list(event, asked), outcome(desk.chat, event, done))
        case never:
            assert_never(never)


@section.act(f"{ONE}/walk-in", again=people)
def walk_in(desk: Desk, asked: Asked) -> Done | Wrong:
    """Seat and check in people without a phone by their names, one a line."""
    event, _station = to_do(desk, asked, Act.CHECK_IN)
    names = walk_ins.names_in(asked.word("names"))
    if isinstance(names, dialogs.Wrong):
        return Wrong(names.why, "names")
    known = [each for each in names if walk_ins.on_the_list(desk.session, event.id, each)]
    if known and not asked.is_on(SURE):
        said = say(
            "On the list already: {names}. Press once more if it's somebody else.",
            names=", ".join(known),
        )
        return Wrong(said, SURE)
    groups = [int(each) for each in asked.every("group") if each.isdecimal() and len(each) < 10]
    done = walking_in.let_in(
        desk.session,
        event.id,
        names,
        desk.member.id,
        desk.care,
        desk.now,
        over=asked.is_on("over"),
        counted_in=groups,
    )
    match done:
        case Full(left):
            free = say_n("{n} seat is free.", "{n} seats are free.", left) if left else None
            why = say("Tick “over the number” to let them in anyway.")
            return Wrong(lines(free or say("No seat is free."), why), "names")
        case NotNow():
            return Wrong(outcome(desk.chat, event, done))
        case _:
            return Done(back_to_list(event, asked), say("✅ {n} came in.", n=len(done)))


# Requests


@section.act(f"{ONE}/let-in", again=people, needs=Act.RUN_EVENT)
def let_in(desk: Desk, asked: Asked) -> Done | Wrong:
    """Grant a request, or without one all of them."""
    event, _station = to_do(desk, asked)
    by, care, now = desk.member.id, desk.care, desk.now
    if not asked.word("claim"):
        number = requests.let_in_all(desk.session, event.id, by, care, now)
        said = say_n("✅ {n} was let in.", "✅ {n} were let in.", number)
        left = requests.number(desk.session, event.id)
        return Done(back_to_list(event, asked), lines(said, FULL if left else None))
    match requests.let_in(desk.session, event.id, asked.number("claim"), by, care, now):
        case LetIn(_, claim, is_seated):
            name = _name(desk, claim)
            seated = say("✅ {name} has a seat and is told.", name=name)
            queued = say("⏳ It's full: {name} stands in the queue and is told.", name=name)
            return Done(back_to_list(event, asked), seated if is_seated else queued)
        case NothingDone(why=Why.CLOSED):
            return Wrong(FULL)
        case NothingDone(why=Why.HAS_OTHER):
            return Wrong(say("They have a seat at the other one already."))
        case NothingDone(why=why):
            return Wrong(TOO_LATE[why])
        case None:
            return Wrong(say("That was answered already."))
        case never:
            assert_never(never)


@section.act(f"{ONE}/refuse", again=people, needs=Act.RUN_EVENT)
def refuse(desk: Desk, asked: Asked) -> Done | Wrong:
    """Refuse a request with a reason of theirs, or a ready-made one."""
    event, _station = to_do(desk, asked)
    reason = asked.word("reason")
    if len(reason) > LONGEST_REASON:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST_REASON))
    number, by = asked.number("claim"), desk.member.id
    match requests.refuse(desk.session, event.id, number, reason, by, desk.now):
        case NotLetIn(_, claim):
            return Done(
                back_to_list(event, asked),
                say("All right: {name} is told.", name=_name(desk, claim)),
            )
        case NothingDone(why=why):
            return Wrong(TOO_LATE[why])
        case None:
            return Wrong(say("That was answered already."))
        case never:
            assert_never(never)


def _name(desk: Desk, claim: Signup) -> Sayable:
    names = members.names_of(desk.session, [claim.member_id or 0])
    return next(iter(names.values()), "") or say("Somebody")


# Signing people up


@section.page(f"{ONE}/names", needs=Act.RUN_EVENT)
def names(desk: Desk, asked: Asked) -> Page:
    """A list of names to be signed up; of each who is meant, where it is in doubt."""
    event, _station = to_do(desk, asked)
    text = asked.word("text")
    found = signing(desk.chat, event, text) if text else None
    facts = {
        "event": event,
        "text": text,
        "found": found,
        "can_add": chains.why_not(desk.session, event, desk.now) is None,
    }
    return Page("events/names.html", say("Sign up a list: {title}", title=title(event)), facts)


@section.act(f"{ONE}/names", again=names, needs=Act.RUN_EVENT)
def sign_up(desk: Desk, asked: Asked) -> Done | Wrong:
    """Look whom the names mean, then sign up those who were chosen, in the order of the list."""
    event, _station = to_do(desk, asked)
    found = signing(desk.chat, event, asked.word("text"))
    if isinstance(found, dialogs.Wrong):
        return Wrong(found.why, "text")
    if not asked.is_on(SURE):
        return Wrong(lines(found.counts, say("Look whom they mean, then sign them up.")), SURE)
    chosen = [each for each in _chosen(asked, found) if each is not None]
    done = chains.sign_up(desk.session, event.id, chosen, desk.member.id, desk.care, desk.now)
    if isinstance(done, Closed):
        return Wrong(say("It takes no sign-ups now."), "text")
    return Done(path_of(event), what_became(done))


def _chosen(asked: Asked, found: Signing) -> list[Chosen | None]:
    """Whom each line means as it was chosen: a member, the name alone, or nobody."""
    chosen: list[Chosen | None] = []
    for place, each in enumerate(found.rows):
        if not (each["new"] or each["doubt"]):
            continue
        who = asked.word(f"who-{place}", str(each["ids"][0]) if each["new"] else "")
        known = {str(number) for number in each["ids"]}
        if who not in known | {"", "name"}:
            raise BadForm(f"who-{place}")
        member_id = int(who) if who in known else None
        kept = Chosen(each["name"], member_id, each["grown"], each["kids"]) if who else None
        chosen.append(kept)
    return chosen
