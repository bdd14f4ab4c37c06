"""Awards at the desk: opened, shortlisted, proposed, decided; objections beside them."""

from typing import Any

from bot.conversation.messages import When, say
from console.desk import Desk
from console.pages.contests.matches import OTHERS, short
from console.pages.events.forms import moment
from console.pages.network.roles import named_place
from console.routing import Asked, Done, Missing, NotTaken, Page, Section, Wrong
from handlers.contests import award_words as words
from handlers.contests import result_pages
from handlers.contests.addresses import address_of
from handlers.permission import LONGEST_REASON
from models.contests import awards, contests, deciding, nominations, parts, protocols
from models.contests.awards import (
    LONGEST_PRIZE,
    MOST_LAUREATES,
    MOST_NOTICE_DAYS,
    Award,
    NotDone,
    Plan,
)
from models.contests.contests import Contest, Draft
from models.contests.deciding import Decided, Proposed
from models.contests.entries import Entry
from models.contests.nominations import Nomination
from models.network import partners, stations
from models.rules.contests.awarding import Nominator, Of, Terms
from models.rules.contests.entering import Limits
from models.rules.contests.states import Form
from models.rules.languages import LanguageName, Translated
from models.rules.network import codes
from models.rules.network.permissions import Act

NEEDS, DECIDES = Act.RUN_CONTEST, Act.DECIDE_AWARD
PATH = "/awards"
ONE = f"{PATH}/{{award:int}}"
HERE = f"/console{PATH}"
LONGEST_TITLE, LONGEST_ABOUT = 60, 300
MOST_MONTHS, MOST_YEARS = 120, 20

section = Section("awards", label=say("Awards"), path=PATH, needs=NEEDS)


@section.page(PATH)
def shows_all(desk: Desk, asked: Asked) -> Page:
    below = [each.path for each in desk.places(NEEDS)]
    facts = {"here": HERE, "rows": awards.below(desk.session, below), "of": words.OF}
    return Page("contests/awards.html", say("Awards"), facts)


@section.page(f"{PATH}/new")
def shows_new(desk: Desk, asked: Asked) -> Page:
    own = desk.places(NEEDS)
    typed = asked.wrong is not None
    facts = {
        "here": f"{HERE}/new",
        "others": [(code, LanguageName(code)) for code in OTHERS],
        "of": [(str(each), label) for each, label in words.OF.items()],
        "nominators": [
            (str(each), label, str(each) in asked.every("nominators") if typed else True)
            for each, label in words.NOMINATORS.items()
        ],
        "partners": [
            ("", say("nobody")),
            *(
                (each.id, each.text_of("name"))
                for place in own[:1]
                for each in partners.of_station(desk.session, place)
            ),
        ],
        "place": own[0].text_of("name") if own else "",
        "most": (LONGEST_TITLE, LONGEST_ABOUT, LONGEST_PRIZE),
    }
    return Page("contests/award_new.html", say("New award"), facts)


@section.act(f"{PATH}/new", again=shows_new)
def add(desk: Desk, asked: Asked) -> Done | Wrong:
    """Open an award for nominations."""
    station = named_place(desk, asked.word("place"), NEEDS)
    if isinstance(station, Wrong):
        return station
    if not short(asked, "title", LONGEST_TITLE):
        return Wrong(say("It needs a title."), "title")
    closes_at = moment(desk, asked, "closes")
    if closes_at is None or closes_at <= desk.now:
        return Wrong(say("Until when are nominations taken?"), "closes")
    draft = Draft(
        station.id,
        _translated(asked, "title", LONGEST_TITLE),
        desk.now,
        closes_at,
        form=Form.AWARD,
        about=_translated(asked, "about", LONGEST_ABOUT),
        limits=Limits(parts=9, entries=9, authors=2),
    )
    contest = contests.create(desk.session, draft, desk.member.id, desk.now)
    awards.set_up(desk.session, contest.id, _plan(asked), desk.member.id, desk.now)
    contests.publish(desk.session, contest.id, desk.member.id, desk.now)
    return Done(f"{HERE}/{contest.id}", say("Opened: {title}", title=contest.text_of("title")))


def _plan(asked: Asked) -> Plan:
    """The terms of the form. Raises NotTaken for what is missing or out of range."""
    chosen = [each for each in Nominator if each in asked.every("nominators")]
    if not chosen:
        raise NotTaken(say("Tick who may nominate."), "nominators")
    of = asked.word("of")
    if of not in set(Of):
        raise NotTaken(say("Pick what it's for."), "of")
    return Plan(
        Of(of),
        chosen,
        Terms(
            _few(asked, "months", MOST_MONTHS),
            _few(asked, "years", MOST_YEARS),
            asked.is_on("self"),
        ),
        _few(asked, "days", MOST_NOTICE_DAYS),
        max(_few(asked, "places", MOST_LAUREATES), 1),
        _translated(asked, "prize", LONGEST_PRIZE),
        asked.number("partner", 0) or None,
    )


def _translated(asked: Asked, name: str, most: int) -> Translated:
    others = {code: short(asked, f"{name}-{code}", most) for code in OTHERS}
    return Translated(
        short(asked, name, most), {code: said for code, said in others.items() if said}
    )


def _few(asked: Asked, name: str, most: int) -> int:
    number = asked.number(name, 0)
    if not 0 <= number <= most:
        raise NotTaken(say("A number from 0 to {n}.", n=most), name)
    return number


# One award


def _found(desk: Desk, asked: Asked) -> tuple[Contest, Award]:
    """The award of the path. Raises Missing where it is none of the member's places."""
    contest = desk.session.get(Contest, asked.number("award"))
    row = awards.of_contest(desk.session, contest.id) if contest is not None else None
    if contest is None or row is None:
        raise Missing
    if not desk.may(NEEDS, stations.get(desk.session, contest.station_id)):
        raise Missing
    return contest, row


@section.page(ONE)
def shows_one(desk: Desk, asked: Asked) -> Page:
    contest, row = _found(desk, asked)
    found = nominations.of_contest(desk.session, contest.id)
    station = stations.get(desk.session, contest.station_id)
    decides = desk.may(DECIDES, station)
    address = address_of(desk.session, contest)
    facts = {
        "contest": contest,
        "row": row,
        "here": f"{HERE}/{contest.id}",
        "host": station,
        "terms": words.terms_of(row),
        "prize": words.prize_of(desk.session, row),
        "closes": When(contest.closes_at, near=True),
        "points": _points(desk, contest),
        "nominations": [_shown(desk, each, entry) for each, entry in found],
        "able": [
            each for each, _entry in found if each.is_shortlisted and each.consented_at is not None
        ],
        "objections": [
            (each, thread) for each, thread in deciding.objections(desk.session, contest.id)
        ],
        "decides": decides,
        "lacks": [
            words.LACKS[each]
            for each in deciding.lacks_of(desk.session, row, desk.member.id, desk.now)
        ],
        "public": desk.house.link_to(address) if address else "",
        "from": words.open_from(contest, row),
        "judging": f"/console/contests/{contest.id}/judging",
        "most": LONGEST_REASON,
    }
    return Page("contests/award.html", contest.text_of("title"), facts)


def _points(desk: Desk, contest: Contest) -> dict[str, tuple[int, str]]:
    """The place and the points that the jury gave, by code; nothing before they are unsealed."""
    kept = protocols.of_contest(desk.session, contest.id)
    if kept is None:
        return {}
    listed = kept.record.get("places") or kept.record["result"]
    return {
        codes.in_groups(code): (place, result_pages.trimmed(total))
        for place, code, total, *_parts in listed
    }


def _shown(desk: Desk, row: Nomination, entry: Entry) -> dict[str, Any]:
    """A nomination as its organizers see it: nothing of the dossier before its nominee agreed."""
    has_agreed = row.consented_at is not None
    return {
        "row": row,
        "code": codes.in_groups(entry.code),
        "name": row.shown_name if has_agreed else "",
        "standing": desk.in_words(words.standing(row)).lstrip(words.SIGNS),
        "as_what": words.NOMINATORS[row.as_what],
        "dossier": parts.of_entry(desk.session, entry.id) if has_agreed else (),
        "files": f"/console/contests/{entry.contest_id}/entries/{entry.id}/files",
    }


def _nomination(desk: Desk, contest: Contest, number: int) -> Nomination:
    found = nominations.get(desk.session, number)
    if found is None or found[2].id != contest.id:
        raise Missing
    return found[0]


@section.act(f"{ONE}/shortlist", again=shows_one)
def shortlist(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, _row = _found(desk, asked)
    row = _nomination(desk, contest, asked.number("nomination"))
    reason = short(asked, "reason", LONGEST_REASON)
    if not reason:
        return Wrong(say("Say why; the reason is kept."), "reason")
    is_in = asked.word("is") == "in"
    done = nominations.shortlist(
        desk.session, row.id, reason, desk.member.id, desk.now, is_in=is_in
    )
    if isinstance(done, NotDone):
        return Wrong(words.REFUSALS[done.why])
    return Done(f"{HERE}/{contest.id}", say("Kept."))


@section.act(f"{ONE}/propose", again=shows_one, needs=DECIDES)
def propose(desk: Desk, asked: Asked) -> Done | Wrong:
    """Propose laureates by the places that the form gives them; 0 leaves somebody out."""
    contest, _row = _found(desk, asked)
    chosen = dict[int, int]()
    for each, _entry in nominations.of_contest(desk.session, contest.id):
        place = asked.number(f"place-{each.id}", 0)
        if place:
            chosen[each.id] = place
    ordered = sorted(chosen, key=lambda number: chosen[number])
    done = deciding.propose(desk.session, contest.id, ordered, desk.member.id, desk.now)
    if not isinstance(done, Proposed):
        return Wrong(words.REFUSALS[done.why])
    said = say("✅ Published until {when}.", when=When(done.award.notice_until or desk.now))
    return Done(f"{HERE}/{contest.id}", said)


@section.act(f"{ONE}/decide", again=shows_one, needs=DECIDES)
def decide(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, _row = _found(desk, asked)
    done = deciding.decide(desk.session, contest.id, desk.member.id, desk.care.zone, desk.now)
    if not isinstance(done, Decided):
        return Wrong(words.LACKS[done.lacks[0]])
    said = (
        say("✅ Decided. They are told now, everybody later.")
        if contest.is_for_all
        else say("✅ Decided. They are told now, whom the award is for later.")
    )
    return Done(f"{HERE}/{contest.id}", said)
