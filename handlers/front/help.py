"""What this person can do now, in five lines; amid a question, how to answer or leave it."""

from collections.abc import Sequence

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Button, Reply, Sayable, TimeOfDay, When, lines, say, say_n
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MINE, TEAMS, OpenEvent, ShowHelp, SignUp, Ticket
from handlers.front import chores
from handlers.words import station_name, team_name, title
from models.events import checking_in, signups
from models.events.events import Event, EventState, Signup, SignupState
from models.network import roles
from models.rules.network.permissions import LEADERS, Act
from models.rules.understanding.intents import Intent, Understood
from models.teams import teams

router = Router()

LINES, BUTTONS, URGENT = 5, 3, 2

Item = tuple[Sayable, Button]


def explain(chat: Chat, question: Question) -> Sayable:
    """How the open question is answered, and how to get away from it."""
    if question.pictures:
        return say("A question is open: send a picture, or write. “menu” leaves it.")
    takes_words = any((question.check, question.find, question.read))
    if takes_words and (question.options or question.offer):
        return say("A question is open: tap an answer or write your own. “menu” leaves it.")
    if takes_words:
        return say("A question is open: write the answer. “menu” leaves it.")
    return say("A question is open: tap an answer or send its number. “menu” leaves it.")


@router.command("help", zh="帮助", also=("怎么用",), about=say("What you can do"))
@router.keeps_question(explain)
def help_(chat: Chat, words: str) -> Reply:
    mine = chores.roles_of(chat)
    waiting = chores.waiting(chat) if mine else []
    claims = signups.of_member(chat.session, chat.member.id, chat.now)
    urgent = _urgent(chat, claims)
    first = [line for line, _button in urgent]
    buttons = [button for _line, button in urgent]
    if waiting:
        things = lines(*(what for what, _button in waiting), between=" · ")
        first.append(say("⏳ These wait for you: {things}", things=things))
        buttons += [button for _what, button in waiting]
    if mine:
        rest = _jobs(chat)
        usual = chores.buttons_for(mine)
    else:
        rest = _everybody(len(claims), LINES - len(first))
        usual = (EVENTS, TEAMS, MINE)
    buttons += [each for each in usual if each not in buttons]
    return Reply(lines(*[*first, *rest][:LINES]), buttons=tuple(buttons[:BUTTONS]))


@router.button(ShowHelp)
@router.keeps_question(explain)
def press_help(chat: Chat, press: ShowHelp) -> Reply:
    return help_(chat, "")


@router.intent(Intent.HELP)
def asked_for_help(chat: Chat, request: Understood) -> Reply:
    return help_(chat, "")


def _urgent(chat: Chat, claims: Sequence[tuple[Signup, Event]]) -> list[Item]:
    """The most urgent: a seat on offer, then today's event."""
    offers: list[Item] = []
    today: list[Item] = []
    for signup, event in claims:
        if signup.state == SignupState.OFFERED and signup.offered_until is not None:
            until = TimeOfDay(signup.offered_until)
            offers.append(
                (
                    say(
                        "🔔 A seat is free: {title}, until {until}", title=title(event), until=until
                    ),
                    Button(say("Take it"), SignUp(event.id)),
                )
            )
        elif signup.state == SignupState.SEATED and _is_today(chat, event):
            if event.state == EventState.CANCELLED:
                continue
            button = (
                Button(say("Check-in code"), Ticket(event.id))
                if checking_in.is_the_day(event, chat.now)
                else Button(say("Event details"), OpenEvent(event.id))
            )
            starts = When(event.starts_at, near=True)
            today.append((say("✅ {title}, {when}", title=title(event), when=starts), button))
    return [*offers, *today][:URGENT]


def _is_today(chat: Chat, event: Event) -> bool:
    zone = chat.care.zone
    return event.starts_at.astimezone(zone).date() <= chat.now.astimezone(zone).date()


def _everybody(claims: int, room: int) -> list[Sayable]:
    """What every worker can do, the least of it left out where there is no room."""
    mine = (
        say_n(
            "Yours: “mine” shows your sign-up, “cancel” gives it up",
            "Yours: “mine” shows {n} sign-ups, “cancel” gives one up",
            claims,
        )
        if claims
        else say("Yours: “mine” shows your sign-ups and teams")
    )
    entries: list[Sayable] = [
        say("Tap a button, or just say: “Saturday”, “badminton”, “sign up 12”"),
        mine,
        say("Settings: “profile”, “quiet”, “stop”, “privacy”, “language”"),
    ]
    if room >= len(entries) + 1:
        entries.insert(1, say("Teams: write “teams”, or what you like doing"))
    if room >= len(entries) + 1:
        entries.append(say("A need or an idea: “wish”; the answer comes here"))
    return entries


def _jobs(chat: Chat) -> list[Sayable]:
    """What the roles are for, the place of the widest one by its name."""
    mine = chores.roles_of(chat)
    grants = roles.grants_of(chat.session, chat.member.id, chat.now)
    grant, station = min(grants, key=lambda each: (each[0].role in LEADERS, len(each[1].path)))
    team = teams.get(chat.session, grant.team_id) if grant.team_id is not None else None
    place = team_name(team) if team is not None else station_name(station)
    entries: list[Sayable] = []
    if chores.can(mine, Act.PUBLISH_EVENT):
        entries.append(
            say("Publish for {place}: “new event”, one message may say it all", place=place)
        )
    if chores.can(mine, Act.RUN_EVENT):
        entries.append(say("Run: “my events” has names, check-in and changes"))
    elif chores.can(mine, Act.CHECK_IN):
        entries.append(say("On the day: “my events” has names and check-in"))
    if chores.can(mine, Act.ANNOUNCE, Act.POST_TO_TEAM):
        entries.append(say("Announce: “announce”; “sent” shows how far it got"))
    if chores.can(mine, Act.SEE_MISSES):
        entries.append(
            say("Also: “desk”, “answers”, “roles”, “misses” (what I didn't get), “audit”")
        )
    elif chores.can(mine, Act.ANSWER_THREAD):
        entries.append(say("Also: “desk”, “answers”, “roles”, “audit”"))
    elif team is not None:
        entries.append(say("Your team: “teams {team}”, then Manage", team=team_name(team)))
    entries.append(say("For yourself: “events”, “teams”, “mine”, “profile”, “wish”"))
    return entries
