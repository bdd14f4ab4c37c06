"""What people mean in words of their own: done where it is certain, asked where it is likely.

Where somebody only asks how, they are shown how, with the button that does it.
"""

from collections.abc import Sequence

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, Sayable, When, lines, say
from bot.conversation.routing import Router, whole
from handlers.actions import (
    EVENTS,
    MENU,
    MINE,
    PROFILE,
    TEAMS,
    Change,
    GiveUp,
    Join,
    Leave,
    ListEvents,
    Mine,
    OpenEvent,
    OpenTeam,
    Resume,
    ShowMenu,
    ShowPrivacy,
    ShowProfile,
    SignUp,
    Stop,
    ToCalendar,
)
from handlers.announcements import writing
from handlers.announcements.writing import Announce
from handlers.desk import wishes
from handlers.events import browsing, calendars, publishing, running, signups
from handlers.events.buttons import MyEvents, NewEvent
from handlers.front import welcome
from handlers.members import muting, privacy, profile, quiet
from handlers.teams import joining
from handlers.words import team_name, title
from models.events import events as all_events
from models.events import signups as all_signups
from models.events.events import Event, Signup
from models.rules.understanding.intents import Confidence, Intent, Understood
from models.rules.understanding.understanding import tidy, understand
from models.teams import teams as all_teams
from models.teams.teams import Team

router = Router()


def number_in(said: Understood) -> int:
    """The number that is all there is in the words; 0 where there is none."""
    return int(said.words) if said.words.isdecimal() and len(said.words) < 10 else 0


# Signing up


@router.command("signup", zh="报名", also=("sign-up", "我要报名", "想报名"), about=say("Sign up"))
def sign_up_by_words(chat: Chat, words: str) -> Reply:
    return sign_up(chat, _spelt_out(Intent.SIGN_UP, words))


def _spelt_out(intent: Intent, words: str) -> Understood:
    return Understood(intent, tidy(words), confidence=Confidence.CERTAIN)


@router.intent(Intent.SIGN_UP)
def sign_up(chat: Chat, said: Understood) -> Reply:
    """One event by its number or whole title is signed up for; one by part of it is shown."""
    number = number_in(said)
    if number and said.certain:
        return signups.sign_up(chat, SignUp(number))
    if number:
        event = all_events.get(chat.session, number)
        return _ask_to_sign_up(chat, event) if event is not None else browsing.no_such_event()
    if not said.words:
        return _how_to_sign_up() if said.how else browsing.browse(chat, ListEvents(span=said.span))
    found = browsing.fitting(chat, said.words, said.span)
    if len(found) != 1:
        return browsing.search(chat, said.words)
    (event,) = found
    if said.how:
        return browsing.card(chat, event)
    if not said.certain:
        return _ask_to_sign_up(chat, event)
    if _is_named(chat, event, said):
        return signups.sign_up(chat, SignUp(event.id))
    return browsing.card(chat, event)


def _is_named(chat: Chat, event: Event, said: Understood) -> bool:
    """Whether the whole title was said, and not a part that may mean another event tomorrow."""
    titles = [tidy(each) for each in (event.title, event.title_en) if each]
    if said.words in titles:
        return True
    # A title may begin with words that are taken off a name: 一句话写南海.
    text = tidy(chat.incoming.text) if chat.incoming is not None else ""
    for each in titles:
        before = understand(text.removesuffix(each)) if text.endswith(each) else said
        if before.certain and before.intent == Intent.SIGN_UP and not before.words:
            return True
    return False


def _how_to_sign_up() -> Reply:
    return Reply(
        say("Open an event and tap Sign up, or write “sign up” and its number."),
        buttons=(EVENTS, MINE),
    )


def _ask_to_sign_up(chat: Chat, event: Event) -> Reply:
    if all_signups.claim_of(chat.session, event.id, chat.member.id) is not None:
        return browsing.card(chat, event)
    if event.ends_at <= chat.now:
        return browsing.no_such_event()
    return Reply(
        lines(
            When(event.starts_at, event.ends_at, near=True),
            say("Sign up for {title}?", title=title(event)),
        ),
        buttons=(
            Button(say("Sign up"), SignUp(event.id)),
            Button(say("Details"), OpenEvent(event.id)),
            EVENTS,
        ),
    )


# Giving up


@router.command("cancel", zh="取消报名", also=("不去了", "取消"), about=say("Cancel a sign-up"))
def cancel_by_words(chat: Chat, words: str) -> Reply:
    return cancel(chat, _spelt_out(Intent.CANCEL, words))


@router.intent(Intent.CANCEL)
def cancel(chat: Chat, said: Understood) -> Reply:
    """A number gives up that seat; anything else is asked: which, or whether."""
    number = number_in(said)
    if number and said.certain:
        return signups.give_up(chat, GiveUp(number))
    mine = list(all_signups.of_member(chat.session, chat.member.id, chat.now))
    meant = _meant(chat, said, mine)
    how = (
        say("Tap Cancel sign-up below an event, or write “cancel” and its number.")
        if said.how
        else None
    )
    if not mine:
        return Reply(
            lines(how, say("You haven't signed up for anything.")), buttons=(EVENTS, TEAMS)
        )
    if not meant:
        return _none_of_these(chat, said, mine)
    if len(meant) > 1:
        asked = signups.ask_which(chat, meant)
        return Reply(lines(how, asked.text), asked.choices, asked.buttons)
    ((_signup, event),) = meant
    return Reply(
        lines(
            how,
            When(event.starts_at, event.ends_at, near=True),
            say("Give up {title}?", title=title(event)),
        ),
        buttons=(
            Button(say("Cancel sign-up"), GiveUp(event.id)),
            Button(say("Keep it"), OpenEvent(event.id)),
            MINE,
        ),
    )


def _meant(
    chat: Chat, said: Understood, mine: Sequence[tuple[Signup, Event]]
) -> Sequence[tuple[Signup, Event]]:
    """Those of one's own sign-ups that the words and the time name."""
    number = number_in(said)
    if number:
        return [each for each in mine if each[1].id == number]
    if said.span:
        since, until = browsing.span_of(said.span, chat)
        mine = [
            (signup, event)
            for signup, event in mine
            if (since is None or event.starts_at >= since)
            and (until is None or event.starts_at < until)
        ]
    if said.words:
        fits = set(all_events.matching(chat.session, said.words, chat.now))
        mine = [each for each in mine if each[1].id in fits]
    return mine


def _none_of_these(chat: Chat, said: Understood, mine: Sequence[tuple[Signup, Event]]) -> Reply:
    """Words beside the matter (加班) are no name: then it may be any of one's own."""
    found = browsing.fitting(chat, said.words) if said.words and not number_in(said) else []
    if found:
        name: Sayable = title(found[0])
    elif number_in(said):
        event = all_events.get(chat.session, number_in(said))
        if event is None:
            return browsing.no_such_event()
        name = title(event)
    else:
        return signups.ask_which(chat, mine)
    return Reply(say("You have no sign-up for {title}.", title=name), buttons=(MINE, EVENTS))


# Teams


@router.intent(Intent.TEAMS)
def find_teams(chat: Chat, said: Understood) -> Reply:
    return joining.list_teams(chat, said.words)


@router.intent(Intent.JOIN)
def join(chat: Chat, said: Understood) -> Reply:
    """A number joins that team; a name shows it, or an event where only that fits."""
    number = number_in(said)
    if number and said.certain:
        return joining.join(chat, Join(number))
    if number or not said.words:
        team = all_teams.get(chat.session, number) if number else None
        return joining.card(chat, team) if team is not None else joining.list_teams(chat, "")
    if all_teams.matching(chat.session, said.words, 1):
        return joining.join_by_words(chat, said.words)
    return browsing.search(chat, said.words, said.span)


@router.intent(Intent.LEAVE)
def leave(chat: Chat, said: Understood) -> Reply:
    """A number leaves that team; anything else is asked: which, or whether."""
    number = number_in(said)
    if number and said.certain:
        return joining.leave(chat, Leave(number))
    mine = list(all_teams.of_member(chat.session, chat.member.id))
    if number:
        named = [team for team in mine if team.id == number]
    elif said.words:
        fits = set(all_teams.matching(chat.session, said.words))
        named = [team for team in mine if team.id in fits]
    else:
        named = mine
    if len(named) != 1:
        return joining.leave_by_words(chat, "" if number else said.words)
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
def stop(chat: Chat, said: Understood) -> Reply:
    """Mute where it is certain; else offer it, with the milder ways beside it."""
    if said.certain:
        return muting.stop(chat, said.words)
    asked = (
        say("Write “stop”, or tap. Your sign-ups and teams stay.")
        if said.how
        else lines(
            say("Your sign-ups and teams stay, whatever you choose."),
            say("Shall we stop all messages?"),
        )
    )
    return Reply(
        asked,
        buttons=(
            Button(say("Stop all"), Stop()),
            Button(say("Only my sign-ups"), Stop(1)),
            Button(say("Quiet hours"), Change("quiet")),
        ),
    )


@router.intent(Intent.SUBSCRIBE)
def subscribe(chat: Chat, said: Understood) -> Reply:
    if said.certain:
        return muting.subscribe(chat, said.words)
    return Reply(
        say("Shall we send you messages again: reminders, free seats, changes, news?"),
        buttons=(Button(say("Everything again"), Resume()), PROFILE, MENU),
    )


@router.intent(Intent.QUIET)
def choose_quiet_hours(chat: Chat, said: Understood) -> Reply:
    return quiet.quiet_hours_command(chat, said.words if said.certain else "")


@router.intent(Intent.REMINDERS)
def reminders(chat: Chat, said: Understood) -> Reply:
    return profile.change(chat, Change("reminders"))


@router.intent(Intent.CALENDAR)
def calendar(chat: Chat, said: Understood) -> Reply:
    return calendars.to_calendar(chat, ToCalendar())


# Oneself


@router.intent(Intent.MINE)
def mine(chat: Chat, said: Understood) -> Reply:
    return signups.show_mine(chat, Mine())


@router.intent(Intent.PROFILE, Intent.WHO_AM_I)
def who_am_i(chat: Chat, said: Understood) -> Reply:
    return profile.show_profile(chat, ShowProfile())


@router.intent(Intent.PRIVACY)
def data(chat: Chat, said: Understood) -> Reply:
    return privacy.press_privacy(chat, ShowPrivacy())


@router.intent(Intent.LANGUAGE)
@router.without_consent
def language(chat: Chat, said: Understood) -> Reply:
    return welcome.language(chat, said.words if said.certain else "")


# Asking and organizing


@router.intent(Intent.WISH)
def wish(chat: Chat, said: Understood) -> Reply:
    """A wish is kept only after a question about the name, so that the whole text may be taken."""
    text = whole(chat.incoming.text) if chat.incoming is not None and said.words else ""
    if not text or len(text) > wishes.LONGEST:
        return wishes.wish.begin(chat)
    before = say("This can go to your station's organizers as a wish. “menu” leaves it.")
    return wishes.wish.begin(chat, before=before, text=text)


@router.intent(Intent.PUBLISH)
def publish(chat: Chat, said: Understood) -> Reply:
    return publishing.begin(chat, NewEvent())


@router.intent(Intent.MY_EVENTS)
def my_events(chat: Chat, said: Understood) -> Reply:
    return running.my_events(chat, MyEvents())


@router.intent(Intent.ANNOUNCE)
def announce(chat: Chat, said: Understood) -> Reply:
    return writing.begin(chat, Announce())


# Small talk


@router.intent(Intent.MENU, Intent.GREETING)
def menu(chat: Chat, said: Understood) -> Reply:
    return welcome.show_menu(chat, ShowMenu())


@router.intent(Intent.THANKS)
def thanks(chat: Chat, said: Understood) -> Reply:
    return Reply(say("You're welcome."), buttons=(EVENTS, MINE, MENU))


@router.intent(Intent.YES)
def yes(chat: Chat, said: Understood) -> Reply:
    """Nothing had been asked that could be agreed to."""
    return Reply(say("All right. What next?"), buttons=(EVENTS, TEAMS, MINE))


@router.intent(Intent.NO)
def no(chat: Chat, said: Understood) -> Reply:
    return Reply(say("All right, nothing was changed."), buttons=(MINE, EVENTS, MENU))
