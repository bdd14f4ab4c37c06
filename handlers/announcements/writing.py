"""Writing an announcement: audience, text, time, preview; then it is sent."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, State, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    Text,
    When,
    lines,
    say,
)
from bot.conversation.routing import Router
from handlers.actions import MENU, PostToTeam
from handlers.announcements import addressing
from handlers.announcements import audiences as choosing
from handlers.announcements.approvals import ask_approval
from handlers.announcements.audiences import (
    Announce,
    Discard,
    EditDraft,
    ShowPreview,
    WriteWords,
    gone,
    own_draft,
)
from handlers.announcements.sent import (
    Correct,
    Recent,
    ShowAnnouncement,
    body,
    by_night,
    link_label,
    to_see,
    when_sent,
)
from handlers.hearing import not_reached, wait_for_a_word
from handlers.permission import denied, sees_reach
from handlers.words import DOT, team_name
from handlers.words import people as people_in_words
from models.announcements import announcements, audiences, lifecycle
from models.announcements.announcements import MAX_LENGTH, Announcement
from models.announcements.audiences import Preview
from models.announcements.lifecycle import AwaitingApproval, NotStarted, Started
from models.events import pictures
from models.network import stations
from models.network.stations import Station
from models.rules.announcements import addressed
from models.rules.languages import LANGUAGES, LanguageName
from models.rules.network.audience import Audience
from models.rules.network.floors import NOBODY, Count
from models.rules.network.permissions import Act
from models.teams import teams

router = Router()

SHORTEST = 2


@dataclass(frozen=True, slots=True)
class SendIt(Action, tag="bc-send"):
    announcement_id: int


# Beginning


def people_of_own(chat: Chat, _asked: object) -> Count:
    """How many people a new announcement reaches at first; slow where it is a whole district."""
    station, led = addressing.own(chat)
    if station is not None:
        return choosing.count(chat, station.id, Audience(stations=(station.id,)))
    return _people_of_team(chat, PostToTeam(led[0])) if len(led) == 1 else NOBODY


@router.command("announce", zh="发公告", also=("写公告",), looks=people_of_own)
def announce(chat: Chat, words: str, people: Count) -> Reply:
    """``发公告`` asks for whom; ``发公告 给报了联谊的人：…`` has audience and words already."""
    told = addressed.read(words) if words else None
    reply = None
    if told is not None:
        reply = addressing.draft(chat, told) or addressing.kept(chat, told)
    return reply or begin(chat, Announce(), people)


@router.button(Announce, looks=people_of_own)
def begin(chat: Chat, press: Announce, people: Count) -> Reply:
    """A new draft to one's own station, or to the team one leads; an unsent one is offered."""
    row = None if press.fresh else choosing.unsent(chat)
    if row is not None:
        return choosing.unsent_card(row)
    station, led = addressing.own(chat)
    if station is None:
        if led:
            return _which_team(chat, led, people)
        here = stations.desk_of(chat.session, chat.member.station_id)
        refusal = denied(chat, Act.ANNOUNCE, here)
        assert refusal is not None
        return refusal
    row = announcements.draft(
        chat.session, station, chat.member.id, chat.now, audience=Audience(stations=(station.id,))
    )
    return choosing.card(chat, row, people, edit=False)


def _which_team(chat: Chat, led: Sequence[int], people: Count) -> Reply:
    if len(led) == 1:
        return post_to_team(chat, PostToTeam(led[0]), people)
    own = [team for each in led if (team := teams.get(chat.session, each)) is not None]
    choices = [
        Choice(number, team_name(team), PostToTeam(team.id))
        for number, team in enumerate(own, start=1)
    ]
    return Reply(say("To which team?"), tuple(choices))


def _people_of_team(chat: Chat, press: PostToTeam) -> Count:
    team = teams.get(chat.session, press.team_id)
    if team is None:
        return NOBODY
    return choosing.count(chat, team.station_id, Audience(teams=(team.id,)))


@router.button(PostToTeam, looks=_people_of_team)
def post_to_team(chat: Chat, press: PostToTeam, people: Count) -> Reply:
    """Write to a team one leads: everything but the words is clear already."""
    team = teams.get(chat.session, press.team_id)
    station = stations.get(chat.session, team.station_id) if team is not None else None
    refusal = denied(
        chat, Act.POST_TO_TEAM, station, team_id=press.team_id, subject=f"team:{press.team_id}"
    )
    if refusal is not None:
        return refusal
    assert station is not None
    row = announcements.draft(
        chat.session,
        station,
        chat.member.id,
        chat.now,
        audience=Audience(teams=(press.team_id,)),
        team_id=press.team_id,
    )
    return words.begin(chat, before=choosing.reach(chat, row.aim, people), id=row.id)


# The words


def _is_wordless(chat: Chat, state: State) -> bool:
    """Whether it is still to be written: one with words is kept as a row, and offered by that."""
    row = own_draft(chat, state.start["id"])
    return row is not None and not row.text


@router.dialog("announce-words", draft=say("Go on writing"), worth=_is_wordless)
def words(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    answer = yield Question(
        "words",
        say("Write it as people shall read it. A picture may come with it."),
        check=fits,
        pictures=True,
        many_lines=True,
    )
    return start["id"], answer


@router.dialog("announce-translation")
def translation(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    language = LanguageName(start["language"])
    answer = yield Question(
        "words",
        say("The same in {language}, for those who read it:", language=language),
        check=fits,
        skip=say("No {language}", language=language),
        many_lines=True,
    )
    return start["id"], start["language"], answer


def fits(text: str) -> str | Wrong:
    """The words of an announcement, or why they are none."""
    if len(text) < SHORTEST:
        return Wrong(say("A few more words, so that people understand it."))
    if len(text) > MAX_LENGTH:
        return Wrong(say("That's long; {n} characters at most.", n=MAX_LENGTH))
    return text


@router.button(WriteWords)
def write_words(chat: Chat, press: WriteWords) -> Reply:
    if own_draft(chat, press.announcement_id) is None:
        return gone()
    if press.language in LANGUAGES and press.language != chat.home:
        return translation.begin(chat, id=press.announcement_id, language=press.language)
    return words.begin(chat, id=press.announcement_id)


def reached_by(chat: Chat, asked: "OfDraft | tuple[Any, ...]") -> Preview:
    """Whom a draft reaches, and how; slow where it is for a whole district."""
    row = own_draft(chat, asked[0] if isinstance(asked, tuple) else asked.announcement_id)
    if row is None:
        return Preview()
    sees = sees_reach(chat, row.station_id)
    return audiences.preview_for(chat.session, row.aim, chat.now, sees_reach=sees)


class OfDraft(Protocol):
    """A press that is about a draft."""

    @property
    def announcement_id(self) -> int: ...


@words.done_after(reached_by)
def keep_words(chat: Chat, form: tuple[int, Any], reached: Preview) -> Reply:
    row = own_draft(chat, form[0])
    if row is None:
        return gone()
    if isinstance(form[1], Mapping):
        announcements.change(chat.session, row, picture_id=form[1]["picture"])
        if not form[1]["text"] and not row.text:
            return words.begin(chat, before=say("✅ The picture is kept."), id=row.id)
        if not form[1]["text"]:
            return preview(chat, row, reached)
    announcements.change(chat.session, row, text=_as_written(chat, form[1]))
    return preview(chat, row, reached)


@translation.done_after(reached_by)
def keep_translation(chat: Chat, form: tuple[int, str, str | None], reached: Preview) -> Reply:
    number, language, answer = form
    row = own_draft(chat, number)
    if row is None:
        return gone()
    written = _as_written(chat, answer) if answer else ""
    announcements.translate(chat.session, row, language, written)
    return preview(chat, row, reached)


def _as_written(chat: Chat, answer: Any) -> str:
    """The words with their own lines and punctuation, before they were smoothed."""
    raw = chat.incoming.text.strip() if chat.incoming is not None else ""
    # The length was checked after smoothing; nobody wants a screenful of spaces.
    return raw if 0 < len(raw) <= 2 * MAX_LENGTH else str(answer)


# The preview


@router.button(ShowPreview, looks=reached_by)
def show_preview(chat: Chat, press: ShowPreview, reached: Preview) -> Reply:
    row = own_draft(chat, press.announcement_id)
    return preview(chat, row, reached) if row is not None else gone()


def preview(chat: Chat, row: Announcement, reached: Preview) -> Reply:
    """The announcement as members will see it; below it whom it reaches, and how."""
    if not row.text:
        return words.begin(chat, id=row.id)
    label = link_label(chat, row)
    said = chat.in_every_language(body(chat, row))
    return Reply(
        lines(
            said.text,
            *(said.to(code) for code in row.text_of("text").translations),
            say("[{button}]", button=label) if label is not None else None,
            "———",
            *facts(chat, row, reached),
        ),
        buttons=(
            Button(say("Send"), SendIt(row.id)),
            Button(say("Change it"), EditDraft(row.id)),
            Button(say("Drop it"), Discard(row.id)),
        ),
        picture=pictures.name(chat.session, row.picture_id),
    )


def facts(chat: Chat, row: Announcement, preview: Preview) -> list[Sayable | None]:
    """To whom, how many by which platform, who is not reached and why, when."""
    platforms: list[Sayable] = [
        lines(Text(name), str(number), between=" ")
        for name, number in sorted(preview.reached.items())
    ]
    announcing, by = chat.care.announcing, row.by_member_id or 0
    people = people_in_words(preview.people)
    most = lifecycle.limit_of(chat.session, row, by, chat.now, announcing.alone)
    return [
        say("To: {who}", who=choosing.describe(chat.session, row.aim)),
        say("{people}: {platforms}", people=people, platforms=lines(*platforms, between=DOT))
        if platforms
        else people,
        wait_for_a_word(preview.wait),
        not_reached(preview.not_reached),
        when_sent(row),
        by_night(chat, row),
        say("More than {n} people: another organizer approves it first.", n=most)
        if preview.people.at_most > most
        else None,
        say("{n} people get it first; if that goes well, all the others.", n=announcing.trial.wave)
        if announcing.trial.is_for(preview.people.at_most)
        else None,
        say("The wrong one goes to nobody else, once you send this.")
        if row.corrects_id is not None
        else None,
    ]


# Sending


def _people_corrected(chat: Chat, press: Correct) -> Count:
    wrong = announcements.get(chat.session, press.announcement_id)
    if wrong is None:
        return NOBODY
    return choosing.count(chat, wrong.station_id, Audience(got=(wrong.id,)))


@router.button(Correct, looks=_people_corrected)
def correct(chat: Chat, press: Correct, people: Count) -> Reply:
    """A correction, to exactly those who got the wrong one."""
    wrong = to_see(chat, press.announcement_id)
    if isinstance(wrong, Reply):
        return wrong
    refusal = _refusal(chat, wrong)
    if refusal is not None:
        return refusal
    row = announcements.correct(chat.session, wrong, chat.member.id, chat.now)
    return words.begin(chat, before=choosing.reach(chat, row.aim, people), id=row.id)


def _people_of(chat: Chat, press: SendIt) -> Count:
    row = own_draft(chat, press.announcement_id)
    return choosing.count(chat, row.station_id, row.aim) if row is not None else NOBODY


def _refusal(chat: Chat, row: Announcement) -> Reply | None:
    """The refusal of a member who may not announce there at all."""
    station = chat.session.get_one(Station, row.station_id)
    return denied(chat, lifecycle.act_of(row), station, team_id=row.team_id)


@router.button(SendIt, looks=_people_of)
def send(chat: Chat, press: SendIt, people: Count) -> Reply:
    row = announcements.locked(chat.session, press.announcement_id)
    if row is None or row.by_member_id != chat.member.id:
        return gone()
    progress = Button(say("Progress"), ShowAnnouncement(row.id))
    limits, by = chat.care.announcing.alone, chat.member.id
    match lifecycle.start(chat.session, row, by, chat.now, people=people, limits=limits):
        case Started(now=True):
            said = lines(say("✅ It's going out."), by_night(chat, row))
            return Reply(said, buttons=(progress, MENU))
        case Started(due_at=due_at):
            text = say("✅ It goes out {when}.", when=When(due_at, near=True))
            return Reply(text, buttons=(progress, MENU))
        case AwaitingApproval() as asked:
            ask_approval(chat, row, asked)
            return Reply(
                say(
                    "⏳ It's for {people}; we've asked another organizer to approve it.",
                    people=people_in_words(asked.people),
                ),
                buttons=(progress, MENU),
            )
        case NotStarted.NO_WORDS:
            return words.begin(chat, id=row.id)
        case NotStarted.NOT_YOURS if (refusal := _refusal(chat, row)) is not None:
            return refusal
        case NotStarted.SENT_ALREADY:
            return Reply(say("It has been sent already."), buttons=(progress, MENU))
        case NotStarted() as why:
            return Reply(
                NOT_STARTED[why],
                buttons=(
                    Button(say("Change it"), EditDraft(row.id)),
                    Button(say("Sent ones"), Recent()),
                ),
            )


NOT_STARTED = {
    NotStarted.LATE: say("Its time is long over. Choose another time, or now."),
    NotStarted.NOBODY: say("Nobody would get it. Choose other people."),
    NotStarted.NOT_YOURS: say("Some of these people are not of your station. Choose again."),
    NotStarted.NO_APPROVER: say(
        "It's for so many people that another organizer must approve it, and there is none yet."
    ),
}
