"""Contests for those who run them: what came in, and what is done with the contest."""

from collections.abc import Generator, Mapping
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Action, Button, Choice, Reply, Sayable, lines, listing, say
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.contests import wording
from handlers.contests.addresses import address_of
from handlers.contests.buttons import (
    CONTESTS,
    RUN_CONTESTS,
    ChangeContest,
    NewContest,
    RunContest,
    RunContests,
    RunEntries,
    RunJudging,
)
from handlers.contests.finding import gone
from handlers.events.audiences import described
from handlers.permission import denied, why_sent_back
from handlers.words import DOT
from models.contests import categories, contests, gallery, organizing
from models.contests.contests import Changed, Contest, TooLate
from models.network import roles, stations
from models.rules.contests import states
from models.rules.contests.states import EntryState, Form, Phase
from models.rules.network.permissions import Act

router = Router()

PAGE = 8
PUBLISH, CLOSE, REOPEN, GALLERY, CANCEL, MORE = (
    "publish",
    "close",
    "reopen",
    "gallery",
    "cancel",
    "more",
)

STAYS_OPEN = say("Since voting began everybody sees the entries; hide single ones instead.")


def to_run(chat: Chat, contest_id: int) -> tuple[Contest | None, Reply]:
    """The contest for somebody who runs it; else why they cannot."""
    contest = chat.session.get(Contest, contest_id)
    if contest is None:
        return None, gone()
    station = stations.get(chat.session, contest.station_id)
    refusal = denied(chat, Act.RUN_CONTEST, station)
    return (None, refusal) if refusal is not None else (contest, gone())


@router.button(RunContests)
def run_contests(chat: Chat, press: RunContests) -> Reply:
    here = roles.where(chat.session, chat.member.id, Act.RUN_CONTEST, chat.now)
    if here is None:
        desk = stations.desk_of(chat.session, chat.member.station_id)
        refusal = denied(chat, Act.RUN_CONTEST, desk)
        return refusal or Reply(say("That's for the station's organizers."), buttons=(MENU,))
    rows = organizing.run_by(chat.session, chat.member.id, chat.now)
    new = Button(say("New contest"), NewContest())
    if not rows:
        return Reply(say("You run no contest yet."), buttons=(new, CONTESTS, MENU))
    page = rows[press.skip : press.skip + PAGE]
    more = (
        (Button(say("More"), RunContests(press.skip + PAGE)),)
        if len(rows) > press.skip + PAGE
        else ()
    )
    return Reply(
        say("Contests that you run:"),
        tuple(
            Choice(
                each.id,
                wording.title_of(each),
                RunContest(each.id),
                wording.line(chat.session, each, chat.now),
            )
            for each in page
        ),
        (*more, new, MENU),
    )


def card(chat: Chat, contest: Contest, *, before: Sayable | None = None) -> Reply:
    """A contest with what came in and what can be done now."""
    phase = states.phase_of(contest, chat.now)
    shown = wording.seen_by(chat.session, contest, chat.now)
    return Reply(
        lines(
            before,
            lines(wording.title_of(contest), wording.standing(contest, chat.now), between=DOT),
            *_facts(chat, contest),
            lines(_came_in(chat, contest), shown, between=DOT)
            if phase is not Phase.DRAFT
            else None,
        ),
        buttons=_buttons(contest, phase),
    )


def _facts(chat: Chat, contest: Contest) -> list[Sayable]:
    """What is set of a contest, a line for each."""
    kinds = [each.text_of("title") for each in categories.of_contest(chat.session, contest.id)]
    what = wording.kinds_of(contest)
    return [
        say("It is {how}.", how=wording.ON_STAGE)
        if contest.form is Form.STAGE
        else say("You can hand in: {kinds}", kinds=what),
        say("Categories: {names}", names=listing(*kinds)) if kinds else say("No categories"),
        say("For: {audience}", audience=described(chat.session, contest.aim)),
    ]


def _came_in(chat: Chat, contest: Contest) -> Sayable:
    counts = organizing.counts(chat.session, contest.id)
    done, gathering = counts.get(EntryState.HANDED_IN, 0), counts.get(EntryState.GATHERING, 0)
    back = counts.get(EntryState.RETURNED, 0)
    return listing(
        say("{n} handed in", n=done),
        say("{n} begun", n=gathering) if gathering else None,
        say("{n} sent back", n=back) if back else None,
    )


def _buttons(contest: Contest, phase: Phase) -> tuple[Button, ...]:
    change = Button(say("Change it"), ChangeContest(contest.id))
    entries = Button(say("Entries"), RunEntries(contest.id))
    more = Button(say("More"), RunContest(contest.id, MORE))
    match phase:
        case Phase.DRAFT:
            return (
                Button(say("Publish it"), RunContest(contest.id, PUBLISH)),
                change,
                RUN_CONTESTS,
            )
        case Phase.UPCOMING | Phase.ENTERING | Phase.CLOSED:
            return (entries, change, more)
        case Phase.DECIDED | Phase.CANCELLED:
            return (entries, RUN_CONTESTS)
        case never:
            assert_never(never)


@router.button(RunContest)
def run(chat: Chat, press: RunContest) -> Reply:
    contest, refusal = to_run(chat, press.contest_id)
    if contest is None:
        return refusal
    by, now = chat.member.id, chat.now
    match press.what:
        case "publish":
            done = contests.publish(chat.session, contest.id, by, now)
            return _done(chat, done, wording.published(contest))
        case "close":
            done = contests.close(chat.session, contest.id, by, now)
            return _done(chat, done, say("✅ Closed: nothing more is handed in."))
        case "gallery":
            if gallery.stays_open(chat.session, contest, now):
                return card(chat, contest, before=STAYS_OPEN)
            is_open = not contest.is_gallery_open
            contests.open_gallery(chat.session, contest.id, by, now, is_open=is_open)
            return card(chat, contest, before=wording.seen_now(chat.session, contest, now))
        case "cancel":
            return why_cancelled.begin(chat, contest_id=contest.id)
        case "more":
            return _more(chat, contest, states.phase_of(contest, now))
        case _:
            return card(chat, contest)


def _more(chat: Chat, contest: Contest, phase: Phase) -> Reply:
    rows: list[tuple[Sayable, Action]] = [(say("Judging and result"), RunJudging(contest.id))]
    if not gallery.stays_open(chat.session, contest, chat.now):
        hide, show = say("Hide the entries"), say("Show the entries to all")
        label = hide if contest.is_gallery_open else show
        rows.append((label, RunContest(contest.id, GALLERY)))
    if phase in (Phase.UPCOMING, Phase.ENTERING):
        rows.append((say("Close it now"), RunContest(contest.id, CLOSE)))
    if phase is not Phase.DECIDED:
        rows.append((say("Cancel the contest"), RunContest(contest.id, CANCEL)))
    return Reply(
        lines(wording.title_of(contest), say("What would you like?")),
        tuple(Choice(n, label, action) for n, (label, action) in enumerate(rows, start=1)),
        (
            Button(say("Back"), RunContest(contest.id)),
            *_page(chat, contest),
        ),
    )


def _page(chat: Chat, contest: Contest) -> tuple[Button, ...]:
    address = address_of(chat.session, contest)
    return (Button(say("Its page"), url=address),) if address else ()


def _done(chat: Chat, done: Changed | TooLate, said: Sayable) -> Reply:
    match done:
        case Changed(contest):
            return card(chat, contest, before=said)
        case TooLate(contest, _phase):
            late = say("That's not possible now; look at its deadline.")
            return card(chat, contest, before=late)
        case never:
            assert_never(never)


@router.dialog("cancel-contest")
def why_cancelled(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield why_sent_back(say("Why is it cancelled? Everybody with an entry will read it."))
    return start["contest_id"], reason or ""


@why_cancelled.done
def cancel(chat: Chat, form: tuple[int, str]) -> Reply:
    contest, refusal = to_run(chat, form[0])
    if contest is None:
        return refusal
    done = organizing.cancel(chat.session, contest.id, form[1], chat.member.id, chat.now)
    return _done(chat, done, say("✅ Cancelled. Everybody with an entry is told."))
