"""The contests that a member runs, one of them, and what is done with it."""

from typing import assert_never

from bot.conversation.messages import Sayable, listing, say
from console.desk import Desk
from console.pages.contests.section import ONE, PATH, found, path_of, section
from console.routing import Asked, Done, Page, Wrong
from handlers.contests import wording
from handlers.contests.addresses import address_of
from handlers.contests.running import STAYS_OPEN
from handlers.events.audiences import described
from handlers.permission import LONGEST_REASON
from models.contests import contests, gallery, organizing
from models.contests.contests import Changed, Contest, TooLate
from models.network import stations
from models.rules.contests import states
from models.rules.contests.states import ContestState, EntryState, Phase
from models.rules.texts import one_line

PAGE = 30
CLASSES = {
    Phase.ENTERING: "good",
    Phase.UPCOMING: "good",
    Phase.CANCELLED: "bad",
    Phase.DRAFT: "care",
}
STATES: dict[str, Sayable] = {
    "": say("All"),
    ContestState.DRAFT: say("Not published"),
    ContestState.OPEN: say("Taking entries"),
    ContestState.CLOSED: say("Closed"),
    ContestState.DECIDED: say("Decided"),
    ContestState.CANCELLED: say("Called off"),
}


@section.page(PATH)
def shows_contests(desk: Desk, asked: Asked) -> Page:
    said = asked.word("state")
    state = ContestState(said) if said in set(ContestState) else None
    after = asked.number("after", 0)
    rows = organizing.run_by(
        desk.session, desk.member.id, desk.now, state=state, before=after, limit=PAGE + 1
    )
    following = asked.query(after=rows[PAGE - 1].id) if len(rows) > PAGE else ""
    facts = {
        "rows": [
            (
                each,
                wording.standing(each, desk.now),
                CLASSES.get(states.phase_of(each, desk.now), ""),
                stations.get(desk.session, each.station_id),
                organizing.counts(desk.session, each.id).get(EntryState.HANDED_IN, 0),
            )
            for each in rows[:PAGE]
        ],
        "following": following,
        "state": said if state is not None else "",
        "states": [
            (each, label, asked.query(state=each or None, after=None))
            for each, label in STATES.items()
        ],
    }
    return Page("contests/list.html", say("Contests"), facts)


@section.page(ONE)
def shows_contest(desk: Desk, asked: Asked) -> Page:
    contest, station = found(desk, asked)
    phase = states.phase_of(contest, desk.now)
    counts = organizing.counts(desk.session, contest.id)
    address = address_of(desk.session, contest)
    facts = {
        "contest": contest,
        "here": path_of(contest),
        "standing": wording.standing(contest, desk.now),
        "kind": CLASSES.get(phase, ""),
        "phase": phase,
        "may_hide": not gallery.stays_open(desk.session, contest, desk.now),
        "may_publish": phase in (Phase.DRAFT, Phase.CLOSED) and contest.closes_at > desk.now,
        "about": _facts(desk, contest, station.text_of("name")),
        "counts": [(counts[state], wording.TAGS[state]) for state in EntryState if state in counts],
        "public": desk.house.link_to(address) if address else "",
        "most": LONGEST_REASON,
    }
    return Page("contests/one.html", wording.title_of(contest), facts)


def _facts(desk: Desk, contest: Contest, place: Sayable) -> list[tuple[Sayable, Sayable]]:
    """Labels with what stands there."""
    kinds = wording.categories_of(desk.session, contest.id)
    prizes = wording.prizes_of(desk.session, contest.id)
    limits = contest.limits
    rows: list[tuple[Sayable, Sayable | None]] = [
        (say("Number"), str(contest.id)),
        (say("Place"), place),
        (say("What is handed in"), wording.kinds_of(contest)),
        (say("Categories"), listing(*kinds) if kinds else say("No categories")),
        (say("Prizes"), listing(*prizes) if prizes else None),
        (say("For whom"), described(desk.session, contest.aim)),
        (say("Who enters"), wording.ENTERS[contest.enters]),
        (
            say("Limits"),
            say(
                "parts: {n}, characters: {letters}, authors: {authors}, entries of one: {entries}",
                n=limits.parts,
                letters=limits.letters,
                authors=limits.authors,
                entries=limits.entries,
            ),
        ),
        (
            say("Gallery"),
            wording.seen_by(desk.session, contest, desk.now),
        ),
        (say("Why"), contest.reason or None),
    ]
    return [(label, said) for label, said in rows if said is not None]


def _done(done: Changed | TooLate, said: Sayable) -> Done | Wrong:
    match done:
        case Changed(contest):
            return Done(path_of(contest), said)
        case TooLate():
            return Wrong(say("That's not possible now; look at its deadline."))
        case never:
            assert_never(never)


@section.act(f"{ONE}/publish", again=shows_contest)
def publish(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, _station = found(desk, asked)
    done = contests.publish(desk.session, contest.id, desk.member.id, desk.now)
    return _done(done, wording.published(contest))


@section.act(f"{ONE}/close", again=shows_contest)
def close(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, _station = found(desk, asked)
    done = contests.close(desk.session, contest.id, desk.member.id, desk.now)
    return _done(done, say("✅ Closed: nothing more is handed in."))


@section.act(f"{ONE}/gallery", again=shows_contest)
def open_gallery(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, _station = found(desk, asked)
    if gallery.stays_open(desk.session, contest, desk.now):
        return Wrong(STAYS_OPEN)
    is_open = asked.is_on("open")
    contests.open_gallery(desk.session, contest.id, desk.member.id, desk.now, is_open=is_open)
    return Done(path_of(contest), wording.seen_now(desk.session, contest, desk.now))


@section.act(f"{ONE}/cancel", again=shows_contest)
def cancel(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, _station = found(desk, asked)
    reason = one_line(asked.word("reason"))[:LONGEST_REASON]
    if not reason:
        return Wrong(say("Say why in a few words: everybody with an entry will read it."), "reason")
    done = organizing.cancel(desk.session, contest.id, reason, desk.member.id, desk.now)
    return _done(done, say("✅ Cancelled. Everybody with an entry is told."))
