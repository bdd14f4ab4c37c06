"""Replies to texts that were not understood, and how organizers teach their meaning."""

from dataclasses import dataclass

from bot.conversation.chat import Chat
from bot.conversation.incoming import Voice
from bot.conversation.messages import Action, Button, Choice, Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Mean, Router
from bot.conversation.typed import plain
from bot.conversation.voices import is_too_long
from handlers.actions import EVENTS, MENU, MINE, TEAMS, TELL, WISH, OpenTeam, ShowMenu
from handlers.desk import known, needs
from handlers.events import acts_by_words, browsing, facts, id_numbers, looking
from handlers.front import chores, drafts
from handlers.front.welcome import show_menu
from handlers.permission import denied
from handlers.teams import joining
from handlers.words import DOT, station_name, team_name
from models.desk import misses
from models.desk.misses import Miss
from models.events import events as all_events
from models.network import roles, stations
from models.network.stations import Station
from models.rules.events.questions import holds_id_number
from models.rules.network.permissions import Act
from models.rules.understanding import slots
from models.rules.understanding.choosing import Unread, intents_for
from models.rules.understanding.intents import SMALL_TALK, Intent, Understood
from models.rules.understanding.understanding import OFFERED, USUAL
from models.teams import teams as all_teams

router = Router()

PAGE = 5
MEANINGS: dict[Intent, Sayable] = {
    Intent.EVENTS: say("Events"),
    Intent.TEAMS: say("Teams"),
    Intent.MINE: say("Mine"),
    Intent.SIGN_UP: say("Sign up"),
    Intent.CANCEL: say("Cancel sign-up"),
    Intent.JOIN: say("Join a team"),
    Intent.LEAVE: say("Leave a team"),
    Intent.PROFILE: say("Profile"),
    Intent.QUIET: say("Quiet hours"),
    Intent.REMINDERS: say("Reminders"),
    Intent.STOP: say("Fewer messages"),
    Intent.SUBSCRIBE: say("Messages again"),
    Intent.CALENDAR: say("Calendar"),
    Intent.PRIVACY: say("Privacy"),
    Intent.LINK: say("Link a chat"),
    Intent.SIGN_OUT: say("Leave page"),
    Intent.LANGUAGE: say("Language"),
    Intent.WISH: say("Tell a wish"),
    Intent.HELP: say("Help"),
    Intent.PUBLISH: say("Publish an event"),
    Intent.ANNOUNCE: say("Announce"),
    Intent.WHEN: say("When it is"),
    Intent.WHERE: say("The way there"),
    Intent.MEETING_POINT: say("Where to meet"),
    Intent.BRING: say("What to bring"),
    Intent.COST: say("What it costs"),
    Intent.WHO_MAY: say("Who may come"),
    Intent.CLOSING: say("Sign up by when"),
    Intent.SEATS: say("Seats left"),
    Intent.IS_ON: say("Is it on"),
    Intent.HOST: say("Who runs it"),
    Intent.ABOUT: say("What it is"),
    Intent.WAGES: say("Unpaid wages"),
    Intent.INJURY: say("Work injury"),
    Intent.VIOLENCE: say("I was hurt"),
    Intent.DESPAIR: say("I can't go on"),
    Intent.DANGER: say("Danger now"),
    Intent.COMPANIONS: say("Bring others"),
    Intent.TRANSFER: say("Pass on a seat"),
    Intent.CHECK_IN: say("Check in"),
    Intent.SEAT: say("Where I sit"),
    Intent.FEEDBACK: say("Tell how it was"),
    Intent.WHO_AM_I: say("Who I am here"),
    Intent.ERASE: say("Delete my data"),
    Intent.BECOME: say("Help out"),
    Intent.ASK_PERSON: say("Ask a person"),
    Intent.STATIONS: say("Stations"),
    Intent.CONTRACT: say("Work contract"),
    Intent.INSURANCE: say("Insurance"),
    Intent.RESIDENCE: say("Residence, school"),
    Intent.LIFE_INFO: say("Life in town"),
    Intent.JOB: say("Jobs and skills"),
    Intent.CONTESTS: say("Contests"),
    Intent.MY_ENTRIES: say("My entries"),
    Intent.VOTE: say("Vote"),
    Intent.JUDGE: say("Give marks"),
    Intent.NOMINATE: say("Nominate"),
    Intent.HONOURS: say("Hall of fame"),
    Intent.GALA: say("Tonight's show"),
    Intent.MATCHES: say("Matches"),
    Intent.MY_EVENTS: say("Run my events"),
    Intent.EDIT_EVENT: say("Change an event"),
}
"""What can be offered, and what a text can be taught to mean: all but small talk."""
ORGANIZERS = frozenset({Intent.PUBLISH, Intent.MY_EVENTS, Intent.EDIT_EVENT, Intent.ANNOUNCE})
"""What is offered only to those who hold a role."""
NAMES_MAY_STAND_FOR = frozenset(
    {Intent.EVENTS, Intent.TEAMS, Intent.JOIN, Intent.ABOUT, Intent.JOB, *SMALL_TALK}
)
"""Guesses that a name of an event or a team may have led to."""


@dataclass(frozen=True, slots=True)
class ListMisses(Action, tag="misses"):
    skip: int = 0


@dataclass(frozen=True, slots=True)
class OpenMiss(Action, tag="miss"):
    miss_id: int


@dataclass(frozen=True, slots=True)
class Teach(Action, tag="teach"):
    miss_id: int
    intent: str


@dataclass(frozen=True, slots=True)
class Ignore(Action, tag="ignore-miss"):
    miss_id: int


@dataclass(frozen=True, slots=True)
class ListTaught(Action, tag="taught"):
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Unteach(Action, tag="unteach"):
    synonym_id: int


# Not understood


@router.fallback
def not_understood(chat: Chat, request: Understood) -> Reply | Unread:
    """Look for what the words may name; else offer the three likeliest ways on.

    Where there is a reader by a model it is asked before.
    """
    incoming = chat.incoming
    assert incoming is not None
    if incoming.press:
        return Reply(
            say("That button is from earlier and doesn't work any more."),
            buttons=(*drafts.unfinished(chat), EVENTS, TEAMS, MINE)[:3],
        )
    text = plain(incoming.text)
    if not text and incoming.link:
        # A poster of another station, or of long ago.
        return show_menu(chat, ShowMenu())
    if not text and incoming.voice is not None:
        return _not_heard(chat, incoming.voice)
    if not text:
        return Reply(
            say("I can read words and buttons. For a wish with a picture, tap “Wish”."),
            buttons=(EVENTS, WISH, MINE),
        )
    if holds_id_number(text):
        # It is neither read for its meaning, nor kept, nor passed on.
        return id_numbers.not_here(chat)
    if text.isdecimal() and len(text) < 10:
        if (own := acts_by_words.below_list(chat, int(text))) is not None:
            return own
        event = all_events.get(chat.session, int(text))
        if event is not None and event.state not in all_events.UNLISTED:
            return browsing.card(chat, event)
    for words in dict.fromkeys((request.words, text)) if request.words else ():
        fits = _found(chat, words, request.span) or _found(chat, words)
        if fits is not None:
            return fits
    if request.answer and (asked := known.ask(chat, [request.answer])) is not None:
        needs.keep_words(chat)
        return asked
    event = facts.event_spoken_of(chat, request)
    found = chat.recall(text, event_id=event.id if event is not None else None)
    if (answered := known.answer(chat, found)) is not None:
        needs.keep_words(chat)
        return answered
    if chat.may_ask_reader:
        organizes = bool(roles.grants_of(chat.session, chat.member.id, chat.now))
        names = (chat.member.name,) if chat.member.name else ()
        answers = known.questions(chat, found.near)
        return Unread(text, intents_for(organizes=organizes), names, answers)
    if request.words or not request.likeliest:
        misses.note(chat.session, text, chat.language, chat.member.id, chat.now)
    needs.keep_words(chat)
    return Reply(
        say("Not sure what you mean. Did you want:"),
        _suggestions(chat, request),
        (*drafts.unfinished(chat), TELL),
    )


def _not_heard(chat: Chat, voice: Voice) -> Reply:
    why = (
        say("That was too long for me: a minute at most. Say it in parts, or write it.")
        if chat.care.hearer and is_too_long(voice)
        else say("I couldn't listen to that. Turn it into text and send me that, or write it.")
    )
    return Reply(why, buttons=(EVENTS, WISH, MINE))


def _suggestions(chat: Chat, request: Understood) -> tuple[Choice, ...]:
    """The likeliest meanings of the very words, as a list."""
    is_organizer = bool(chores.roles_of(chat))
    likeliest = dict.fromkeys([*request.likeliest, *USUAL])
    offered = [
        each for each in likeliest if each in MEANINGS and (is_organizer or each not in ORGANIZERS)
    ]
    return tuple(
        Choice(number, MEANINGS[each], Mean(str(each)))
        for number, each in enumerate(offered[:OFFERED], start=1)
    )


@router.knows
def bare_name(chat: Chat, request: Understood) -> Reply | None:
    """What a few words name, where their meaning is only guessed: 灯具厂 is a visit, no job."""
    if request.intent not in NAMES_MAY_STAND_FOR or not request.text or request.span:
        return None
    return _found(chat, request.text) if slots.may_be_a_thing(request.text) else None


def _found(chat: Chat, words: str, span: str = "") -> Reply | None:
    """Events under their own numbers; teams as buttons, to keep numbers unambiguous."""
    fits = looking.fitting(chat, words, span, limit=3)
    team_ids = all_teams.matching(chat.session, words, 2)
    teams_found = [team for each in team_ids if (team := all_teams.get(chat.session, each))]
    if not fits and not teams_found:
        return None
    if not fits:
        return Reply(say("Found:"), joining.choices_of(chat, teams_found), (EVENTS, TEAMS))
    buttons = tuple(Button(team_name(team), OpenTeam(team.id)) for team in teams_found)
    return Reply(say("Found:"), browsing.choices_of(chat, fits), (*buttons, EVENTS))


# Teaching


def _station(chat: Chat) -> Station | None:
    """Where this member organizes; else the desk of their own place."""
    own = roles.where(chat.session, chat.member.id, Act.SEE_MISSES, chat.now)
    return own or stations.desk_of(chat.session, chat.member.station_id)


def _denied(chat: Chat) -> Reply | None:
    return denied(chat, Act.SEE_MISSES, _station(chat))


@router.command("misses", zh="没听懂")
def list_misses_by_words(chat: Chat, words: str) -> Reply:
    return list_misses(chat, ListMisses())


@router.button(ListMisses)
def list_misses(chat: Chat, press: ListMisses) -> Reply:
    """What several people wrote and nobody understood, to be taught."""
    if (refusal := _denied(chat)) is not None:
        return refusal
    rows = misses.frequent(chat.session, skip=press.skip, limit=PAGE + 1)
    taught = Button(say("What I learned"), ListTaught())
    if not rows:
        return Reply(say("Nothing that two people wrote is left over."), buttons=(taught, MENU))
    more = (Button(say("More"), ListMisses(press.skip + PAGE)),) if len(rows) > PAGE else ()
    return Reply(
        say("Not understood. Tap one to say what it means:"),
        tuple(
            Choice(
                place,
                miss.text[:20],
                OpenMiss(miss.id),
                say_n("“{text}”, {n} time", "“{text}”, {n} times", miss.count, text=miss.text),
            )
            for place, miss in enumerate(rows[:PAGE], start=press.skip + 1)
        ),
        (*more, taught, MENU),
        edit=press.skip > 0,
    )


@router.button(OpenMiss)
def open_miss(chat: Chat, press: OpenMiss) -> Reply:
    if (refusal := _denied(chat)) is not None:
        return refusal
    miss = misses.get(chat.session, press.miss_id)
    if miss is None:
        return _gone()
    return Reply(
        say("What does “{text}” mean?", text=miss.text),
        tuple(
            Choice(number, label, Teach(press.miss_id, str(intent)))
            for number, (intent, label) in enumerate(MEANINGS.items(), start=1)
        ),
        (Button(say("Nothing, drop it"), Ignore(press.miss_id)), Button(say("Back"), ListMisses())),
    )


@router.button(Teach)
def teach(chat: Chat, press: Teach) -> Reply:
    if (refusal := _denied(chat)) is not None:
        return refusal
    miss = misses.get(chat.session, press.miss_id)
    if miss is None or press.intent not in set(MEANINGS):
        return _gone()
    intent = Intent(press.intent)
    text = miss.text
    lesson = misses.teach(chat.session, miss, intent, chat.member.id, chat.now)
    place = station_name(stations.get(chat.session, lesson.station_id))
    return Reply(
        lines(
            say(
                "✅ From now on “{text}” means, for {place}: {what}.",
                text=text,
                place=place,
                what=MEANINGS[intent],
            ),
            say("What changes something is still asked first."),
        ),
        buttons=(Button(say("Next"), ListMisses()), Button(say("What I learned"), ListTaught())),
    )


@router.button(Ignore)
def ignore(chat: Chat, press: Ignore) -> Reply:
    if (refusal := _denied(chat)) is not None:
        return refusal
    miss: Miss | None = misses.get(chat.session, press.miss_id)
    if miss is None:
        return _gone()
    misses.drop(chat.session, miss, chat.member.id, chat.now)
    return list_misses(chat, ListMisses())


def _gone() -> Reply:
    return Reply(
        say("That's done already."), buttons=(Button(say("Not understood"), ListMisses()), MENU)
    )


@router.button(ListTaught)
def list_taught(chat: Chat, press: ListTaught) -> Reply:
    """What was taught; a tap takes it back."""
    if (refusal := _denied(chat)) is not None:
        return refusal
    rows = misses.taught(
        chat.session, chat.member.id, chat.now, skip=max(press.skip, 0), limit=PAGE + 1
    )
    back = Button(say("Not understood"), ListMisses())
    if not rows:
        return Reply(say("Nothing has been taught yet."), buttons=(back, MENU))
    more = (Button(say("More"), ListTaught(press.skip + PAGE)),) if len(rows) > PAGE else ()
    return Reply(
        say("What I learned. Tap one to take it back:"),
        tuple(
            Choice(
                place,
                each.text[:20],
                Unteach(each.id),
                lines(
                    say("“{text}”: {what}", text=each.text, what=MEANINGS.get(each.intent, "")),
                    station_name(station),
                    between=DOT,
                ),
            )
            for place, (each, station) in enumerate(rows[:PAGE], start=press.skip + 1)
        ),
        (*more, back, MENU),
        edit=press.skip > 0,
    )


@router.button(Unteach)
def unteach(chat: Chat, press: Unteach) -> Reply:
    synonym = misses.get_taught(chat.session, press.synonym_id)
    if synonym is None:
        return _denied(chat) or _gone()
    place = stations.get(chat.session, synonym.station_id)
    if (refusal := denied(chat, Act.SEE_MISSES, place)) is not None:
        return refusal
    misses.unteach(chat.session, synonym.id, chat.member.id, chat.now)
    return Reply(
        say("✅ Taken back: “{text}”.", text=synonym.text),
        buttons=(Button(say("What I learned"), ListTaught()), MENU),
    )
