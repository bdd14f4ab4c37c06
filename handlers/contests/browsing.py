"""Contests for members: the list, a card, the rules, and the way into an entry."""

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    listing,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU
from handlers.contests import finishing, gathering, looking, result_pages, voting, wording
from handlers.contests.addresses import address_of
from handlers.contests.award_buttons import OpenAward
from handlers.contests.buttons import (
    MY_ENTRIES,
    RUN_CONTESTS,
    EnterContest,
    ListContests,
    OpenContest,
    OpenEntry,
    RunContest,
    ShowRules,
)
from handlers.contests.finding import found, gone
from handlers.contests.nominating import open_award
from handlers.contests.stage_buttons import OpenRound
from handlers.events.audiences import described
from handlers.words import DOT, how_to_pick, station_name
from models.contests import contests, entries, gallery, organizing, rounds, votes
from models.contests.contests import Contest
from models.contests.gallery import Seen
from models.events.audiences import admits
from models.network import roles, stations
from models.rules.contests import states
from models.rules.contests.states import ContestState, Form, Phase
from models.rules.network.permissions import Act

router = Router()

PAGE = 5


@router.command("contests", zh="评选", also=("征集", "contest"), about=say("Contests and calls"))
def list_by_words(chat: Chat, words: str) -> Reply:
    """``评选 12`` opens the one of this number."""
    if words.isdecimal() and len(words) < 10:
        return open_contest(chat, OpenContest(int(words)))
    return list_contests(chat, ListContests())


@router.button(ListContests)
def list_contests(chat: Chat, press: ListContests) -> Reply:
    skip = max(press.skip, 0)
    rows = contests.listed(chat.session, chat.member, chat.now, skip=skip, limit=PAGE + 1)
    more = (Button(say("More"), ListContests(skip + PAGE)),) if len(rows) > PAGE else ()
    runs = roles.where(chat.session, chat.member.id, Act.RUN_CONTEST, chat.now) is not None
    further = RUN_CONTESTS if runs else MENU
    if not rows:
        return Reply(
            say("No contest takes entries now. New ones are listed here."),
            buttons=(EVENTS, MY_ENTRIES, further),
        )
    return Reply(
        lines(say("Contests:"), how_to_pick(chat)),
        tuple(
            Choice(
                each.id,
                wording.title_of(each),
                OpenContest(each.id),
                wording.line(chat.session, each, chat.now),
            )
            for each in rows[:PAGE]
        ),
        (*more, MY_ENTRIES, further),
        edit=skip > 0,
    )


@router.link("w", typed=True)
def follow(chat: Chat, rest: str) -> Reply:
    """A deep link: a contest's number, and behind it the code of an entry, or BALLOT."""
    number, _, code = rest.partition("-")
    contest_id = int(number) if number.isdecimal() and len(number) < 10 else 0
    if code == wording.BALLOT and votes.is_open(chat.session, contest_id, chat.now):
        return voting.list_ballot(chat, voting.ListBallot(contest_id))
    entry = entries.by_code(chat.session, contest_id, code) if code else None
    if entry is not None:
        return looking.shown_to_all(chat, entry)
    return open_contest(chat, OpenContest(contest_id))


@router.button(OpenContest)
def open_contest(chat: Chat, press: OpenContest) -> Reply:
    contest = found(chat, press.contest_id)
    if contest is None:
        return gone()
    if contest.form is Form.AWARD and contest.state is not ContestState.CANCELLED:
        return open_award(chat, OpenAward(contest.id))
    return card(chat, contest)


def card(chat: Chat, contest: Contest) -> Reply:
    """A contest with what this member can do about it now."""
    number = entries.number_of(chat.session, contest.id)
    whom = say("For: {audience}", audience=described(chat.session, contest.aim))
    # With for whom it is, and places that are shared, all fits on one screen.
    first = result_pages.winners(chat.session, contest)[: 3 if contest.audience else None]
    return Reply(
        lines(
            wording.title_of(contest),
            lines(
                station_name(stations.get(chat.session, contest.station_id)),
                wording.standing(contest, chat.now),
                between=DOT,
            ),
            _what(contest),
            whom if contest.audience else None,
            _result(contest),
            *first,
            say_n("{n} entry so far", "{n} entries so far", number)
            if number and not first
            else None,
        ),
        buttons=_buttons(chat, contest),
    )


def _what(contest: Contest) -> Sayable | None:
    if contest.state is ContestState.CANCELLED:
        return say("Why: {reason}", reason=contest.reason) if contest.reason else None
    is_over = contest.state is ContestState.DECIDED
    if contest.form is not Form.CALL or not contest.takes or is_over:
        return None
    return say("You can hand in: {kinds}", kinds=wording.kinds_of(contest))


def _result(contest: Contest) -> Sayable | None:
    if contest.results_at is None or contest.state is ContestState.DECIDED:
        return None
    return say("The result comes {when}.", when=When(contest.results_at))


def _buttons(chat: Chat, contest: Contest) -> tuple[Button, ...]:
    rules = (Button(say("Rules"), ShowRules(contest.id)),)
    around: tuple[Button, ...] = ()
    if organizing.may_run(chat.session, contest, chat.member.id, chat.now):
        around = (Button(say("Run it"), RunContest(contest.id)),)
    elif gallery.seen_by(chat.session, contest, chat.now) is Seen.ALL:
        around = (Button(say("See the entries"), url=address_of(chat.session, contest)),)
    own = _enter(chat, contest)
    if result_pages.has_page(chat.session, contest):
        result = Button(say("The result"), url=result_pages.path_of(contest.id))
        return (result, *own, *around, *rules)[:3]
    if votes.is_open(chat.session, contest.id, chat.now):
        # The rules stand on the page as well.
        return (Button(say("Vote"), voting.ListBallot(contest.id)), *own, *around, *rules)[:3]
    return (*own, *rules, *around)[:3]


@router.button(ShowRules)
def show_rules(chat: Chat, press: ShowRules) -> Reply:
    """All that is said of a contest, for whoever asked to read it."""
    contest = found(chat, press.contest_id)
    if contest is None:
        return gone()
    kinds = wording.categories_of(chat.session, contest.id)
    prizes = wording.prizes_of(chat.session, contest.id)
    limits = contest.limits
    return Reply(
        lines(
            wording.title_of(contest),
            contest.text_of("about") or None,
            contest.text_of("rules") or None,
            say("Categories: {names}", names=listing(*kinds)) if kinds else None,
            say("Prizes: {prizes}", prizes=listing(*prizes)) if prizes else None,
            say("Who enters: {who}", who=wording.ENTERS[contest.enters]),
            say_n(
                "At most {n} part, {letters} characters in all",
                "At most {n} parts, {letters} characters in all",
                limits.parts,
                letters=limits.letters,
            ),
            say("Up to {n} authors", n=limits.authors) if limits.authors > 1 else None,
        ),
        buttons=(*_enter(chat, contest)[:1], Button(say("Back"), OpenContest(contest.id))),
    )


def _enter(chat: Chat, contest: Contest) -> tuple[Button, ...]:
    """The ways to one's own entry, or to begin one, and to the stage; there may be none."""
    drawn = rounds.drawn(chat.session, contest.id) if contest.form is Form.STAGE else None
    stage = (Button(say("On the stage"), OpenRound(drawn.id)),) if drawn is not None else ()
    theirs = entries.of_member_in(chat.session, contest.id, chat.member.id)
    if theirs:
        return (Button(say("My entry"), OpenEntry(theirs[-1].id)), *stage)
    is_entering = states.phase_of(contest, chat.now) is Phase.ENTERING
    may = admits(chat.session, contest.audience, chat.member)
    if is_entering and may and contest.form is not Form.AWARD:
        label = say("Take part") if contest.form is Form.STAGE else say("Hand in")
        return (Button(label, EnterContest(contest.id)),)
    return stage


@router.button(EnterContest)
def enter(chat: Chat, press: EnterContest) -> Reply:
    """Begin an entry; what is performed is only named, so its title is asked at once."""
    contest = contests.get(chat.session, press.contest_id)
    has = entries.of_member_in(chat.session, press.contest_id, chat.member.id)
    if contest is None or contest.form is not Form.STAGE or (has and not press.another):
        return gathering.begin(chat, press)
    begun = entries.begin(chat.session, contest.id, chat.member.id, chat.now)
    if isinstance(begun, entries.Done):
        return finishing.go_on(chat, begun.entry)
    # Why it cannot be begun is said as of any entry.
    return gathering.begin(chat, press)
