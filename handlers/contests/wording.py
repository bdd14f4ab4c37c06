"""Contests and entries in words: kinds, states, what is in an entry and what it lacks."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Lines, Sayable, Text, When, lines, listing, say, say_n
from handlers.words import DOT, station_name
from models.contests import categories, gallery, gathering
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.gallery import Seen
from models.contests.parts import EntryPart
from models.network import stations
from models.rules.contests import states
from models.rules.contests.entering import Lack
from models.rules.contests.states import Enters, EntryState, PartKind, Phase
from models.rules.languages import Translated
from models.teams.teams import Team

KINDS: Mapping[PartKind, Sayable] = {
    PartKind.TEXT: say("texts"),
    PartKind.PICTURE: say("pictures"),
    PartKind.AUDIO: say("voice and sound"),
    PartKind.LINK: say("links to videos"),
}
ON_STAGE = say("performed on a stage, in rounds")
ENTERS: Mapping[Enters, Sayable] = {
    Enters.PERSON: say("everybody for themselves"),
    Enters.TEAM: say("teams, by those who lead them"),
    Enters.COMPANY: say("companies, by their organizers"),
}
STATES: Mapping[EntryState, Sayable] = {
    EntryState.GATHERING: say("⏳ not handed in yet"),
    EntryState.HANDED_IN: say("✅ handed in"),
    EntryState.RETURNED: say("⚠️ sent back to be mended"),
    EntryState.WITHDRAWN: say("❌ withdrawn"),
    EntryState.HIDDEN: say("❌ hidden"),
}
TAGS: Mapping[EntryState, Sayable] = {
    EntryState.HANDED_IN: say("Handed in"),
    EntryState.GATHERING: say("Unfinished"),
    EntryState.RETURNED: say("Sent back"),
    EntryState.HIDDEN: say("Hidden"),
    EntryState.WITHDRAWN: say("Withdrawn"),
}
"""The same where a colour or a column says the rest."""

LACKS: Mapping[Lack, Sayable] = {
    Lack.PARTS: say("the work itself"),
    Lack.TITLE: say("a title"),
    Lack.CATEGORY: say("a category"),
    Lack.HOST: say("for whom it is"),
    Lack.AGREEMENT: say("the yes of an author"),
    Lack.DECLARATION: say("the word that it's your own"),
}
PHASES: Mapping[Phase, Sayable] = {
    Phase.DRAFT: say("not published"),
    Phase.CLOSED: say("closed, being judged"),
    Phase.DECIDED: say("the result is known"),
    Phase.CANCELLED: say("❌ cancelled"),
}
"""What holds for good; the others say a time."""

SEEN: Mapping[Seen, tuple[Sayable, Sayable]] = {
    Seen.ALL: (say("everybody sees the entries"), say("✅ Everybody sees what was handed in.")),
    Seen.VOTERS: (
        say("who votes reads the entries, in the chat alone"),
        say("✅ Only who votes reads the entries, in the chat."),
    ),
    Seen.FEW: (say("only you see them"), say("✅ Only you and their authors see the entries.")),
}
"""Who sees the entries: as a state, and as an answer to whoever changed it."""

BALLOT = "ballot"
"""What stands behind the number of a contest in the link to its ballot, in place of a code."""

LONGEST_SHOWN, LONGEST_PIECE = 300, 600
ENDS = re.compile(r"[\n。！？!?…]|\.\s")
"""Where a line or a sentence ends."""


def title_of(contest: Contest) -> Translated:
    return contest.text_of("title")


def named(entry: Entry) -> Sayable:
    """An entry by its title, or by its code where it has none yet."""
    return say("“{title}”", title=entry.title) if entry.title else entry.code


def standing(contest: Contest, now: datetime) -> Sayable:
    """In which phase a contest is, with the time at which it ends."""
    match states.phase_of(contest, now):
        case Phase.UPCOMING:
            return say("from {when}", when=When(contest.opens_at, near=True))
        case Phase.ENTERING:
            return say("entries until {when}", when=When(contest.closes_at, near=True))
        case phase:
            return PHASES[phase]


def line(session: Session, contest: Contest, now: datetime) -> Lines:
    """A contest in a list: what, until when, whose."""
    place = station_name(stations.get(session, contest.station_id))
    return lines(title_of(contest), standing(contest, now), place, between=DOT)


def kinds_of(contest: Contest) -> Lines:
    return listing(*(KINDS[kind] for kind in contest.takes))


def categories_of(session: Session, contest_id: int) -> list[Translated]:
    return [each.text_of("title") for each in categories.of_contest(session, contest_id)]


def prizes_of(session: Session, contest_id: int) -> list[Sayable]:
    """The prizes, each with how many there are and who gives it."""
    found: list[Sayable] = []
    for prize, partner in categories.prizes_of(session, contest_id):
        each: Sayable = prize.text_of("title")
        if prize.number > 1:
            each = say("{prize} × {n}", prize=each, n=prize.number)
        if partner is not None:
            each = say("{prize} (from {partner})", prize=each, partner=partner.text_of("name"))
        found.append(each)
    return found


def inside(there: Sequence[EntryPart]) -> Sayable:
    """What is in an entry, by kind."""
    counts = Counter(each.kind for each in there)
    says = {
        PartKind.TEXT: lambda n: say_n("{n} text", "{n} texts", n),
        PartKind.PICTURE: lambda n: say_n("{n} picture", "{n} pictures", n),
        PartKind.AUDIO: lambda n: say_n("{n} recording", "{n} recordings", n),
        PartKind.LINK: lambda n: say_n("{n} link", "{n} links", n),
    }
    found = [says[kind](counts[kind]) for kind in PartKind if counts[kind]]
    return listing(*found) if found else say("nothing yet")


def lacking(lacks: Sequence[Lack]) -> Text | None:
    """What an entry lacks, in a line; None where it is complete."""
    return say("Missing: {what}", what=listing(*(LACKS[each] for each in lacks))) if lacks else None


def host_of(session: Session, entry: Entry) -> Sayable | None:
    """For whom it is entered, where it is not for a person."""
    host = gathering.host_of(session, entry)
    return host.text_of("name") if isinstance(host, Team) else host


def seen_by(session: Session, contest: Contest, now: datetime) -> Sayable:
    """Who may look at the entries of a contest, as its organizers read it."""
    return SEEN[gallery.seen_by(session, contest, now)][0]


def seen_now(session: Session, contest: Contest, now: datetime) -> Sayable:
    """The same as an answer to whoever has just changed it."""
    return SEEN[gallery.seen_by(session, contest, now)][1]


def published(contest: Contest) -> Sayable:
    """Where a contest stands that was just published."""
    if contest.audience:
        return say("✅ Published: whom it is for finds it under Contests now.")
    return say("✅ Published: it stands under Contests now.")


def folded(text: str) -> str:
    """A text as far as a chat shows it."""
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def pieces(chat: Chat, text: str) -> list[str]:
    """A text in pieces that a chat shows one at a time, cut where a line or a sentence ends.

    With what is said above and below it a piece fits on one page of its platform: else the button
    for the next piece would stand below a part of this one, and a question below no page of it.
    """
    page = chat.incoming.page if chat.incoming is not None else 0
    found: list[str] = []
    while True:
        head = text[:LONGEST_PIECE]
        if page:
            head = head.encode()[: page * 3 // 5].decode(errors="ignore")
        if len(head) == len(text):
            return [*found, text]
        ends = [each.end() for each in ENDS.finditer(head)]
        cut = ends[-1] if ends and ends[-1] > len(head) // 2 else len(head)
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()


def in_both(words: str) -> Translated:
    """What is written in both languages with a bar between: ``文案 | Texts``."""
    title, _bar, english = (each.strip() for each in words.partition("|"))
    return Translated(title, {"en": english} if english else {})
