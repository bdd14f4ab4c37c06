"""What the station tells by itself of contests: deadlines, what became of an entry, thanks."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, When, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU
from handlers.contests import gathering, running, wording
from handlers.contests.buttons import (
    CONTESTS,
    MY_ENTRIES,
    AddPart,
    HandIn,
    OpenContest,
    OpenEntry,
    RunContest,
    RunEntries,
)
from models.contests import contests, deadlines, entries, organizing, thanking, watching
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.rules.contests.states import ContestState, EntryState
from models.sending.reasons import Reason

router = Router()


def _own(chat: Chat, facts: Mapping[str, Any]) -> tuple[Entry, Contest] | None:
    entry = gathering.own(chat, facts["entry"])
    return (entry, chat.session.get_one(Contest, entry.contest_id)) if entry is not None else None


def _open(entry: Entry) -> Button:
    return Button(say("My entry"), OpenEntry(entry.id))


@router.notice(deadlines.UNFINISHED)
def unfinished(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _own(chat, facts)
    if found is None or not gathering.may_change(chat, *found):
        return Drop(Reason.OUTDATED)
    entry, contest = found
    if entry.state not in (EntryState.GATHERING, EntryState.RETURNED):
        return Drop(Reason.OUTDATED)
    until = entry.repair_until or contest.closes_at
    return Reply(
        lines(
            say(
                "🔔 {title}: until {when} your entry can be handed in.",
                title=wording.title_of(contest),
                when=When(until, near=True),
            ),
            wording.lacking(entries.lacks_of(chat.session, entry, contest)),
        ),
        buttons=(
            Button(say("Hand it in"), HandIn(entry.id)),
            Button(say("Add to it"), AddPart(entry.id)),
            _open(entry),
        ),
    )


@router.notice(deadlines.CLOSED)
def closed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    contest, _refusal = running.to_run(chat, facts["contest"])
    if contest is None or contest.state is not ContestState.CLOSED:
        return Drop(Reason.OUTDATED)
    number = entries.number_of(chat.session, contest.id)
    return Reply(
        say("🔔 {title} is closed, {n} handed in.", title=wording.title_of(contest), n=number),
        buttons=(
            Button(say("Entries"), RunEntries(contest.id)),
            Button(say("The contest"), RunContest(contest.id)),
        ),
    )


@router.notice(organizing.RETURNED)
def returned(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _own(chat, facts)
    if found is None or found[0].state is not EntryState.RETURNED:
        return Drop(Reason.OUTDATED)
    entry, contest = found
    until = entry.repair_until or contest.closes_at
    return Reply(
        lines(
            say(
                "⚠️ {title} came back: you can mend it until {when}.",
                title=wording.named(entry),
                when=When(until, near=True),
            ),
            say("Why: {reason}", reason=entry.reason) if entry.reason else None,
        ),
        buttons=(_open(entry), Button(say("Hand it in"), HandIn(entry.id)), MY_ENTRIES),
    )


@router.notice(organizing.HIDDEN)
def hidden(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _own(chat, facts)
    if found is None or found[0].state is not EntryState.HIDDEN:
        return Drop(Reason.OUTDATED)
    entry, contest = found
    return Reply(
        lines(
            say(
                "❌ {title} takes no part in {contest} any more.",
                title=wording.named(entry),
                contest=wording.title_of(contest),
            ),
            say("Why: {reason}", reason=entry.reason) if entry.reason else None,
            say("If you see it differently, write it here: the organizers read it."),
        ),
        buttons=(_open(entry), CONTESTS),
    )


@router.notice(organizing.SHOWN)
def shown(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _own(chat, facts)
    if found is None or found[0].state is not EntryState.HANDED_IN:
        return Drop(Reason.OUTDATED)
    entry, contest = found
    return Reply(
        say(
            "✅ {title} takes part in {contest} again.",
            title=wording.named(entry),
            contest=wording.title_of(contest),
        ),
        buttons=(_open(entry), CONTESTS),
    )


@router.notice(organizing.CALLED_OFF)
def called_off(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    contest = contests.get(chat.session, facts["contest"])
    if contest is None or contest.state is not ContestState.CANCELLED:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("❌ {title} was cancelled.", title=wording.title_of(contest)),
            say("Why: {reason}", reason=contest.reason) if contest.reason else None,
            say("What you have gathered stays under “my entries”."),
        ),
        buttons=(MY_ENTRIES, CONTESTS),
    )


@router.notice(watching.UNIT_VOTED)
def unit_voted(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """A sign of pressure, without the unit's name: it stands in a chat that others may see."""
    contest = contests.get(chat.session, facts["contest"])
    entry = entries.get(chat.session, facts["entry"])
    if contest is None or entry is None or contest.state is ContestState.DECIDED:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say(
                "⚠️ {contest}: nearly all voters of one company or team, {n} of them, voted for "
                "{entry} within a minute.",
                contest=wording.title_of(contest),
                n=facts["votes"],
                entry=wording.named(entry),
            ),
            say("They still count. At the desk you can look at it, and set them apart."),
        ),
        buttons=(MENU,),
    )


@router.notice(thanking.THANKS)
def thanked(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """The own result, and thanks: before everybody reads it."""
    found = _own(chat, facts)
    if found is None or found[0].state is not EntryState.HANDED_IN:
        return Drop(Reason.OUTDATED)
    entry, contest = found
    place = int(facts["place"])
    said = {"title": wording.named(entry), "contest": wording.title_of(contest)}
    return Reply(
        lines(
            say("✅ {title} has come to place {n} in {contest}.", n=place, **said)
            if place
            else say("🔔 {contest} is judged; {title} isn't among the first this time.", **said),
            say("You hear it before all others. Thank you for what you made."),
        ),
        buttons=(_open(entry), Button(say("The contest"), OpenContest(contest.id))),
    )
