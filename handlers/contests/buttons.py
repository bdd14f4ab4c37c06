"""The buttons of contests: what each carries, under a tag that outlives the code."""

from dataclasses import dataclass

from bot.conversation.messages import Action, Button, say


@dataclass(frozen=True, slots=True)
class ListContests(Action, tag="contests"):
    skip: int = 0


@dataclass(frozen=True, slots=True)
class OpenContest(Action, tag="contest"):
    contest_id: int


@dataclass(frozen=True, slots=True)
class ShowRules(Action, tag="contest-rules"):
    contest_id: int


@dataclass(frozen=True, slots=True)
class EnterContest(Action, tag="enter-contest"):
    """Begins an entry, or goes on with the one there is; ``another``: one more besides."""

    contest_id: int
    another: int = 0


@dataclass(frozen=True, slots=True)
class MyEntries(Action, tag="entries"):
    pass


@dataclass(frozen=True, slots=True)
class OpenEntry(Action, tag="entry"):
    """One's own entry: what is in it, what it lacks."""

    entry_id: int


@dataclass(frozen=True, slots=True)
class AddPart(Action, tag="entry-add"):
    entry_id: int


@dataclass(frozen=True, slots=True)
class ReadNotes(Action, tag="entry-notes"):
    """What judges wrote on one's own entry, from the note at this place on."""

    entry_id: int
    at: int = 0


@dataclass(frozen=True, slots=True)
class HandIn(Action, tag="entry-hand-in"):
    """Hands an entry in, after what it lacks; ``own`` declares it the author's own work."""

    entry_id: int
    own: int = 0


@dataclass(frozen=True, slots=True)
class ChangeEntry(Action, tag="entry-set"):
    """What can be changed of an entry, or the question about one thing."""

    entry_id: int
    what: str = ""


@dataclass(frozen=True, slots=True)
class ShowPart(Action, tag="entry-part"):
    """A part of an entry as it is shown; 0 is the first. ``piece`` counts those of a long text."""

    entry_id: int
    part_id: int = 0
    piece: int = 0


@dataclass(frozen=True, slots=True)
class MovePart(Action, tag="entry-part-up"):
    entry_id: int
    part_id: int


@dataclass(frozen=True, slots=True)
class TakeOut(Action, tag="entry-part-out"):
    entry_id: int
    part_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class WithdrawEntry(Action, tag="entry-withdraw"):
    entry_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class ShowAuthors(Action, tag="entry-authors"):
    entry_id: int


@dataclass(frozen=True, slots=True)
class AddAuthor(Action, tag="entry-author-add"):
    """Asks for a colleague; with ``by_code`` shows what to pass on to them."""

    entry_id: int
    by_code: int = 0


@dataclass(frozen=True, slots=True)
class AnswerAuthor(Action, tag="entry-author-answer"):
    author_id: int
    yes: int


@dataclass(frozen=True, slots=True)
class LeaveOutAuthor(Action, tag="entry-author-out"):
    entry_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class RunContests(Action, tag="run-contests"):
    """The contests that a member may run."""

    skip: int = 0


@dataclass(frozen=True, slots=True)
class RunContest(Action, tag="run-contest"):
    """One contest as its organizers see it; ``what`` is done with it, or shown of it."""

    contest_id: int
    what: str = ""


@dataclass(frozen=True, slots=True)
class ChangeContest(Action, tag="set-contest"):
    """What can be changed of a contest, or the question about one thing."""

    contest_id: int
    what: str = ""


@dataclass(frozen=True, slots=True)
class RunEntries(Action, tag="run-entries"):
    """The entries of a contest for its organizers, from above a number on."""

    contest_id: int
    state: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class RunEntry(Action, tag="run-entry"):
    """One entry as its organizers see it; ``what`` is done with it."""

    entry_id: int
    what: str = ""


@dataclass(frozen=True, slots=True)
class RunJudging(Action, tag="run-judging"):
    """The judging of a contest as its organizers see it; ``what`` is done about it."""

    contest_id: int
    what: str = ""


@dataclass(frozen=True, slots=True)
class SetVoting(Action, tag="set-voting"):
    """Ask how the public votes on a contest."""

    contest_id: int


@dataclass(frozen=True, slots=True)
class AskToJudge(Action, tag="ask-to-judge"):
    contest_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class NewContest(Action, tag="new-contest"):
    pass


CONTESTS = Button(say("Contests"), ListContests())
MY_ENTRIES = Button(say("My entries"), MyEntries())
RUN_CONTESTS = Button(say("Run contests"), RunContests())
