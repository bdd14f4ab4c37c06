"""Requests in people's own words about teams, messages, themselves; and small talk.

What is certain is done, what is likely is asked. A question how something is done is answered with
the button that does it.
"""

import re

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, lines, say
from bot.conversation.routing import Router
from bot.conversation.typed import plain, whole
from handlers.actions import (
    EVENTS,
    MENU,
    MINE,
    PROFILE,
    TEAMS,
    TELL,
    Change,
    Join,
    Leave,
    Mine,
    OpenTeam,
    Resume,
    ShowMenu,
    ShowPrivacy,
    ShowProfile,
    Stop,
    ToCalendar,
)
from handlers.announcements import writing
from handlers.announcements.audiences import Announce
from handlers.desk.letters import LONGEST
from handlers.desk.telling import begin as begin_letter
from handlers.events import (
    acts_by_words,
    calendars,
    facts,
    looking,
    publishing,
    running,
    signups,
)
from handlers.events.buttons import NewEvent
from handlers.front import welcome
from handlers.members import linking, muting, privacy, profile, quiet, telling
from handlers.teams import joining
from handlers.words import team_name
from models.rules.network.floors import Count
from models.rules.understanding import slots, spans, things
from models.rules.understanding.intents import Intent, Understood
from models.teams import teams as all_teams
from models.teams.teams import Team

router = Router()

AROUND = re.compile(r"^(?:有没有|有无|有|的)+|(?:有没有|有|的)+$")
NAMES = re.compile(r"谁|名单|\bwho\b|\bnames\b|\bguests?\b")
HOW_MANY = re.compile(r"多少|几个?人|几多|how many|attend|list")


# Teams


@router.intent(Intent.TEAMS)
def find_teams(chat: Chat, request: Understood) -> Reply:
    """Teams that the words name, or the town and the thing in them; a day speaks of an event."""
    if request.text and spans.days_of(request.span):
        return looking.asked_for_events(chat, request)
    town, thing = looking.town_in(chat, slots.read(request.text or request.words).rest)
    thing = things.named_in(thing) if request.text else AROUND.sub("", thing)
    together = f"{town.name} {thing}" if town is not None and thing else ""
    for words in filter(None, (together, request.words, thing)):
        if all_teams.matching(chat.session, words, 1):
            return joining.list_teams(chat, words)
    if thing and (request.text or looking.matching(chat, thing)):
        return looking.search(chat, together or thing, request.span)
    return joining.list_teams(chat, request.words)


@router.intent(Intent.JOIN)
def join(chat: Chat, request: Understood) -> Reply:
    """A number joins that team; a name shows it, or an event where only that fits."""
    number = request.number
    if said := request.numbered.if_said(0):
        return joining.join(chat, Join(said))
    words = request.words or ("" if number else things.named_in(_typed(chat)))
    if number or not words:
        team = all_teams.get(chat.session, number) if number else None
        return joining.card(chat, team) if team is not None else joining.list_teams(chat, "")
    if all_teams.matching(chat.session, words, 1):
        return joining.join_by_words(chat, words)
    return looking.search(chat, words, request.span)


def _typed(chat: Chat) -> str:
    return plain(chat.incoming.text).casefold() if chat.incoming is not None else ""


@router.intent(Intent.LEAVE)
def leave(chat: Chat, request: Understood) -> Reply:
    """A number leaves that team; anything else is asked: which, or whether."""
    number = request.number
    if said := request.numbered.if_said(0):
        return joining.leave(chat, Leave(said))
    mine = list(all_teams.of_member(chat.session, chat.member.id))
    if number:
        named = [team for team in mine if team.id == number]
    elif request.words:
        fits = set(all_teams.matching(chat.session, request.words))
        named = [team for team in mine if team.id in fits]
    else:
        named = mine
    if len(named) != 1:
        return joining.leave_by_words(chat, "" if number else request.words)
    return _ask_to_leave(named[0])


def _ask_to_leave(team: Team) -> Reply:
    return Reply(
        say("Leave {team}?", team=team_name(team)),
        buttons=(
            Button(say("Leave"), Leave(team.id)),
            Button(say("Keep it"), OpenTeam(team.id)),
            TEAMS,
        ),
    )


# What is sent


@router.intent(Intent.STOP)
def stop(chat: Chat, request: Understood) -> Reply:
    """Mute where it is certain; else offer it together with milder ways."""
    if request.certain:
        return muting.stop(chat, request.words)
    asked = (
        say("Write “stop”, or tap. Your sign-ups and teams stay.")
        if request.how
        else lines(
            say("Your sign-ups and teams stay, whatever you choose."),
            say("Shall we stop all messages?"),
        )
    )
    return Reply(
        asked,
        buttons=(
            Button(say("Stop all"), Stop()),
            Button(say("Only my events"), Stop(1)),
            Button(say("Quiet hours"), Change("quiet")),
        ),
    )


@router.intent(Intent.SUBSCRIBE)
def subscribe(chat: Chat, request: Understood) -> Reply:
    if request.certain:
        return muting.subscribe(chat, request.words)
    return Reply(
        say("Shall we send you messages again: reminders, free seats, changes, news?"),
        buttons=(Button(say("Everything again"), Resume()), PROFILE, MENU),
    )


@router.intent(Intent.QUIET)
def choose_quiet_hours(chat: Chat, request: Understood) -> Reply:
    return quiet.quiet_hours_command(chat, request.thing.if_said(""))


@router.intent(Intent.REMINDERS)
def reminders(chat: Chat, request: Understood) -> Reply:
    return profile.change(chat, Change("reminders"))


@router.intent(Intent.CALENDAR)
def calendar(chat: Chat, request: Understood) -> Reply:
    return calendars.to_calendar(chat, ToCalendar())


# Oneself


@router.intent(Intent.MINE)
def mine(chat: Chat, request: Understood) -> Reply:
    return signups.show_mine(chat, Mine())


@router.intent(Intent.PROFILE)
def tell_of_oneself(chat: Chat, request: Understood) -> Reply:
    """What was said of oneself is asked about, then kept; else the profile is shown."""
    if request.how:
        return profile.show_profile(chat, ShowProfile())
    return telling.hear(chat)


@router.intent(Intent.WHO_AM_I)
def who_am_i(chat: Chat, request: Understood) -> Reply:
    return profile.show_profile(chat, ShowProfile())


@router.intent(Intent.PRIVACY, Intent.ERASE)
def data(chat: Chat, request: Understood) -> Reply:
    return privacy.press_privacy(chat, ShowPrivacy())


@router.intent(Intent.LANGUAGE)
@router.without_consent
def language(chat: Chat, request: Understood) -> Reply:
    return welcome.language(chat, request.thing.if_said(""))


@router.intent(Intent.LINK)
def link_chat(chat: Chat, request: Understood) -> Reply:
    return linking.link(chat, linking.Link())


@router.intent(Intent.SIGN_OUT)
def sign_out(chat: Chat, request: Understood) -> Reply:
    return linking.leave_page(chat, linking.LeavePage())


@router.intent(Intent.CHAT)
def chat_back(chat: Chat, request: Understood) -> Reply:
    """Small talk and swearing: a word back, and the way on."""
    return Reply(
        say("I'm only the station's bot, but glad you write. Shall we find something to do?"),
        buttons=(EVENTS, TEAMS, TELL),
    )


# Asking and organizing


@router.intent(Intent.WISH)
def wish(chat: Chat, request: Understood) -> Reply:
    """Begin a wish with the whole text: it is kept only after a further question."""
    text = (
        whole(chat.incoming.text)
        if chat.incoming is not None and (request.words or request.text)
        else ""
    )
    if not text or len(text) > LONGEST:
        return begin_letter(chat)
    before = say("This can go to the organizers as a wish. “menu” leaves it.")
    return begin_letter(chat, before=before, text=text)


@router.intent(Intent.PUBLISH)
def publish(chat: Chat, request: Understood) -> Reply:
    return publishing.begin(chat, NewEvent())


@router.intent(Intent.MY_EVENTS)
def my_events(chat: Chat, request: Understood) -> Reply:
    """What an organizer runs; to a member who comes, or their own sign-ups."""
    typed = _typed(chat)
    if NAMES.search(typed):
        return acts_by_words.people(chat, request)
    if running.runs_any(chat):
        return running.my_events_by_words(chat, request.words)
    if HOW_MANY.search(typed):
        return facts.who_comes(chat, request)
    return signups.show_mine(chat, Mine())


@router.intent(Intent.ANNOUNCE, looks=writing.people_of_own)
def announce(chat: Chat, request: Understood, people: Count) -> Reply:
    return writing.begin(chat, Announce(), people)


# Small talk


@router.intent(Intent.MENU, Intent.GREETING)
def menu(chat: Chat, request: Understood) -> Reply:
    return welcome.show_menu(chat, ShowMenu())


@router.intent(Intent.THANKS)
def thanks(chat: Chat, request: Understood) -> Reply:
    return Reply(say("You're welcome."), buttons=(EVENTS, MINE, MENU))


@router.intent(Intent.YES)
def yes(chat: Chat, request: Understood) -> Reply:
    """Nothing had been asked that could be agreed to."""
    return Reply(say("All right. What next?"), buttons=(EVENTS, TEAMS, MINE))


@router.intent(Intent.NO)
def no(chat: Chat, request: Understood) -> Reply:
    return Reply(say("All right, nothing was changed."), buttons=(MINE, EVENTS, MENU))
