"""The first hello, consent, the menu, and the language."""

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Away
from bot.conversation.messages import Button, Choice, Reply, lines, say
from bot.conversation.routing import Router
from handlers.actions import (
    EVENTS,
    MINE,
    PROFILE,
    TEAMS,
    WISH,
    Agree,
    ChooseLanguage,
    Details,
    ShowMenu,
    SpeakLanguage,
    another_language,
)
from handlers.events import browsing
from handlers.front import chores, drafts
from handlers.members import privacy, profile, roles
from handlers.teams import joining
from models.members.profile import record_consent, set_language
from models.rules.languages import LANGUAGES, asked_for

router = Router()

LINKS = {"e": browsing.follow, "t": joining.follow, "b": roles.claim}
"""Where links lead: ``e12`` is event 12, ``t7`` is team 7, ``b`` stands before a one-time code."""


@router.guard
def hello(chat: Chat, wanted: str) -> Reply:
    """Greet a stranger and ask for consent; the button remembers where they wanted to go."""
    return _hello(chat, wanted)


def _hello(chat: Chat, link: str) -> Reply:
    then = link if len(link) <= 32 else ""
    return Reply(
        lines(
            say(
                "This is {station}: find a team, sign up for events, get reminded.",
                station=chat.station,
            ),
            say(
                "One thing first: we keep only what you tell us, your employer can't see it, "
                "and you can delete it any time."
            ),
        ),
        buttons=(
            Button(say("Agree"), Agree(then)),
            Button(say("Details"), Details(then)),
            another_language(chat.language, then),
        ),
    )


@router.button(Details)
@router.without_consent
def details(chat: Chat, press: Details) -> Reply:
    return Reply(
        lines(
            say(
                "We keep this chat, the town, interests and shift you tell, your teams and "
                "sign-ups, to find things for you and remind you in time. Whoever holds an event "
                "sees its list of names, a captain those in the team, also where that's your "
                "company; it sees nothing else. It stays until you delete it, in two taps under "
                "Privacy."
            ),
            privacy.told_of_models(chat),
        ),
        buttons=(Button(say("Agree"), Agree(press.then)),),
    )


@router.button(Agree)
@router.without_consent
def agree(chat: Chat, press: Agree) -> Reply:
    """Keep the consent, then go where they wanted to, or ask three short questions."""
    if not chat.has_consented:
        name = chat.incoming.name if chat.incoming is not None else ""
        record_consent(chat.session, chat.member, name, chat.now)
        if not press.then:
            return profile.begin(chat)
    follow = LINKS.get(press.then[:1])
    return follow(chat, press.then[1:]) if follow is not None else show_menu(chat, ShowMenu())


@router.command("start", zh="菜单", also=("menu", "开始", "你好", "hi", "hello"), about=say("Menu"))
def start(chat: Chat, words: str) -> Reply:
    return show_menu(chat, ShowMenu())


@router.button(Away)
@router.gives_up
def leave_question(chat: Chat, press: Away) -> Reply:
    """The question is closed by the press itself."""
    return show_menu(chat, ShowMenu())


@router.button(ShowMenu)
def show_menu(chat: Chat, press: ShowMenu) -> Reply:
    name = chat.member.name
    asked = (
        say("Hello {name}. What would you like?", name=name)
        if name
        else say("Hello. What would you like?")
    )
    muted = say("Notices are off; write “subscribe” to have them again.")
    chosen = chores.roles_of(chat)
    unfinished = drafts.unfinished(chat, writes=bool(chosen))
    own_jobs = (*chores.buttons_for(chosen), PROFILE, WISH)
    return Reply(
        lines(asked, muted if chat.member.muted else None),
        tuple(
            Choice(number, each.label, each.action)
            for number, each in enumerate((*unfinished, *own_jobs), start=1)
            if each.action is not None
        ),
        (EVENTS, TEAMS, MINE),
    )


@router.command("language", zh="语言", about=" / ".join(each.name for each in LANGUAGES.values()))
@router.without_consent
def language(chat: Chat, words: str) -> Reply:
    code = asked_for(words)
    if code is not None:
        return speak_language(chat, SpeakLanguage(code))
    return choose_language(chat, ChooseLanguage())


@router.button(ChooseLanguage)
@router.without_consent
def choose_language(chat: Chat, press: ChooseLanguage) -> Reply:
    return Reply(
        say("Which language?"),
        choices=tuple(
            Choice(number, each.name, SpeakLanguage(code, press.then))
            for number, (code, each) in enumerate(LANGUAGES.items(), start=1)
        ),
    )


@router.button(SpeakLanguage)
@router.without_consent
def speak_language(chat: Chat, press: SpeakLanguage) -> Reply:
    if press.language not in LANGUAGES:
        return choose_language(chat, ChooseLanguage(press.then))
    set_language(chat.session, chat.member, press.language)
    if not chat.has_consented:
        return _hello(chat, press.then)
    return Reply(say("✅ We'll speak English from now on."), buttons=(EVENTS, TEAMS, MINE))


@router.link("e")
def open_event_link(chat: Chat, rest: str) -> Reply:
    return browsing.follow(chat, rest)


@router.link("t")
def open_team_link(chat: Chat, rest: str) -> Reply:
    return joining.follow(chat, rest)
