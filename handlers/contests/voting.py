"""投票: the public reads entries and votes, two taps from the command."""

from dataclasses import dataclass
from typing import assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.contests import entry_files
from handlers.contests.buttons import ShowPart
from handlers.contests.finding import found, gone
from handlers.contests.judging import title_of
from handlers.contests.judging_words import counts_from
from handlers.members.linking import chats_to_link
from models.contests import entries, gallery, parts, results, votes, voting
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.votes import NoneLeft, Refused, Voted, WhyNot
from models.contests.voting import Voting
from models.events import audiences
from models.rules.contests.states import PartKind

router = Router()

PAGE, LONGEST_SHOWN = 5, 400


@dataclass(frozen=True, slots=True)
class ListBallot(Action, tag="ballot"):
    contest_id: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class ReadEntry(Action, tag="ballot-entry"):
    entry_id: int


@dataclass(frozen=True, slots=True)
class CastVote(Action, tag="cast-vote"):
    entry_id: int


@dataclass(frozen=True, slots=True)
class TakeBackVote(Action, tag="vote-back"):
    entry_id: int


@router.command("vote", zh="投票", also=("给作品投票", "我要投票"), about=say("Vote on entries"))
def vote(chat: Chat, words: str) -> Reply:
    rows = votes.open_contests(chat.session, chat.member, chat.now)
    number = int(words) if words.isdecimal() and len(words) < 10 else 0
    wanted = [row for row in rows if number in (0, row[0].id)]
    if len(wanted) == 1:
        return _ballot(chat, *wanted[0])
    if not rows:
        return Reply(say("There is nothing to vote on right now."), buttons=(MENU,))
    return Reply(
        say("Which contest do you want to vote on?"),
        tuple(
            Choice(
                each.id,
                title_of(each),
                ListBallot(each.id),
                say("{title} until {when}", title=title_of(each), when=When(row.closes_at)),
            )
            for each, row in rows[:PAGE]
        ),
        (MENU,),
    )


@router.button(ListBallot)
def list_ballot(chat: Chat, press: ListBallot) -> Reply:
    contest = found(chat, press.contest_id)
    if contest is None:
        return gone()
    row = voting.of_contest(chat.session, press.contest_id)
    if row is None or not votes.is_open(chat.session, press.contest_id, chat.now):
        return Reply(say("There is nothing to vote on right now."), buttons=(MENU,))
    if not (contest.is_for_all or audiences.admits(chat.session, contest.audience, chat.member)):
        return Reply(_why(Refused(WhyNot.NOT_FOR_THEM, contest.id)), buttons=(MENU,))
    return _ballot(chat, contest, row, skip=press.skip)


def _ballot(
    chat: Chat, contest: Contest, row: Voting, *, skip: int = 0, before: Sayable | None = None
) -> Reply:
    """The entries, in an order of this member's own; what they vote for is ticked."""
    there = votes.ballot(chat.session, contest.id, chat.member.id)
    mine = votes.of_member_in(chat.session, contest.id, chat.member.id)
    least = results.least_of(chat.session, contest.id)
    page = there[skip : skip + PAGE]
    more = (
        (Button(say("More"), ListBallot(contest.id, skip + PAGE)),)
        if len(there) > skip + PAGE
        else ()
    )
    return Reply(
        lines(
            before,
            say(
                "{title}: vote until {when}.",
                title=title_of(contest),
                when=When(row.closes_at, near=True),
            ),
            _rule(row),
            counts_from(least) if least else None,
            say("Nobody sees how it stands before the end."),
        ),
        tuple(
            Choice(
                number,
                _named(each),
                ReadEntry(each.id),
                say("✅ {entry}", entry=_named(each)) if each.id in mine else _named(each),
            )
            for number, each in enumerate(page, start=skip + 1)
        ),
        (*more, MENU),
    )


def _rule(row: Voting) -> Sayable:
    if row.is_per_category:
        return say("You have a vote in each category.")
    return say_n("You have {n} vote.", "You have {n} votes.", row.votes)


def _named(entry: Entry) -> Sayable:
    return entry.title or entry.code


@router.button(ReadEntry)
def read(chat: Chat, press: ReadEntry) -> Reply:
    entry = entries.get(chat.session, press.entry_id)
    if entry is None or not may_read(chat, entry):
        return Reply(say("That entry isn't shown any more."), buttons=(MENU,))
    there = parts.of_entry(chat.session, entry.id)
    text = "\n".join(each.text for each in there if each.text)
    # Nothing of an entry has a name by which anybody gets it: it comes as a file to whoever may.
    seen = next((each for each in there if each.kind in (PartKind.PICTURE, PartKind.AUDIO)), None)
    return Reply(
        lines(
            _named(entry),
            text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…",
        ),
        buttons=below(chat, entry),
        file=entry_files.file_of(chat, entry, seen) if seen is not None else None,
    )


def below(chat: Chat, entry: Entry) -> tuple[Button, ...]:
    """What whoever votes does below an entry: vote, see the others, and see it whole."""
    return (*with_choice(chat, entry, _all_entries(entry.contest_id)), whole(chat, entry))


def _all_entries(contest_id: int) -> Button:
    return Button(say("All entries"), ListBallot(contest_id))


def whole(chat: Chat, entry: Entry) -> Button:
    """An entry as a page; where it has none for everybody, part by part in the chat."""
    if gallery.is_shown(chat.session, entry, chat.now):
        return Button(say("See it whole"), url=f"/w/{entry.contest_id}/{entry.code}")
    return Button(say("See it whole"), ShowPart(entry.id))


def may_read(chat: Chat, entry: Entry) -> bool:
    """Whether everybody may read it, or those who vote: a press may come from anywhere."""
    if votes.reads(chat.session, chat.member, entry, chat.now):
        return True
    return gallery.is_shown(chat.session, entry, chat.now)


def with_choice(chat: Chat, entry: Entry, on: Button) -> tuple[Button, Button]:
    """Vote for an entry, or go ``on``: who has voted for it goes on first, and may take it back."""
    if entry.id in votes.of_member_in(chat.session, entry.contest_id, chat.member.id):
        return on, Button(say("Take it back"), TakeBackVote(entry.id))
    return Button(say("Vote for it"), CastVote(entry.id)), on


@router.button(CastVote)
def cast(chat: Chat, press: CastVote) -> Reply:
    origin = chat.incoming.origin if chat.incoming is not None else ""
    done = votes.cast(chat.session, chat.member, press.entry_id, chat.now, origin=origin)
    if done is None or found(chat, done.contest_id) is None:
        return Reply(say("That entry isn't shown any more."), buttons=(MENU,))
    on = _all_entries(done.contest_id)
    entry = entries.get(chat.session, press.entry_id)
    assert entry is not None
    match done:
        case Voted():
            return Reply(
                lines(
                    say("✅ Your vote is for {entry}.", entry=_named(entry)),
                    say_n("You have {n} vote left.", "You have {n} votes left.", done.left)
                    if done.left
                    else say("You can change it until voting ends."),
                    _counted_apart(chat) if done.is_web else None,
                ),
                buttons=with_choice(chat, entry, on),
            )
        case NoneLeft():
            return Reply(say("All your votes are given. Take one back first."), buttons=(on, MENU))
        case Refused():
            return Reply(_why(done), buttons=(on, MENU))
        case never:
            assert_never(never)


def _counted_apart(chat: Chat) -> Sayable:
    """What is said of a vote from a web chat alone; linking helps where there is another chat."""
    chats = chats_to_link(chat)
    if chats is None:
        return say("Only this page knows you: it is counted apart.")
    return say("Only this page knows you: it is counted apart until you link {chats}.", chats=chats)


def _why(refused: Refused) -> Sayable:
    match refused.why:
        case WhyNot.NOT_YET:
            assert refused.at is not None
            return say("Voting begins {when}.", when=When(refused.at, near=True))
        case WhyNot.TOO_NEW:
            assert refused.at is not None
            return say("Who came before {when} votes this time.", when=When(refused.at))
        case WhyNot.NOT_FOR_THEM:
            return say("Only those vote there whom the contest is for.")
        case WhyNot.NOT_SHOWN:
            return say("That entry isn't shown any more.")
        case WhyNot.CLOSED | WhyNot.NO_VOTING:
            return say("Voting on it is over.")
        case never:
            assert_never(never)


@router.button(TakeBackVote)
def take_back(chat: Chat, press: TakeBackVote) -> Reply:
    entry = entries.get(chat.session, press.entry_id)
    if entry is None or not votes.take_back(chat.session, chat.member, entry.id, chat.now):
        return Reply(say("There is no vote to take back, or voting is over."), buttons=(MENU,))
    return Reply(
        say("Taken back. You can vote for another one."),
        buttons=(_all_entries(entry.contest_id), MENU),
    )
