"""The first hello, consent, the menu, and the language."""

from dataclasses import replace

from bot.conversation import drafts as kept
from bot.conversation.chat import Chat
from bot.conversation.dialogs import Away
from bot.conversation.messages import Button, Choice, Reply, lines, say
from bot.conversation.routing import Router
from bot.conversation.typed import whole
from handlers.actions import (
    EVENTS,
    MENU,
    MINE,
    PROFILE,
    TEAMS,
    TELL,
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
from models.rules.understanding.intents import NEED, SMALL_TALK, Intent
from models.rules.understanding.understanding import tidy, understand

router = Router()

OPENERS = ("start", "menu", "菜单", "开始")
ASKS_NOTHING = SMALL_TALK | {Intent.MENU}
MOST_REPEATED = 60
MOST_BUTTONS = 3

LINKS = {"e": browsing.follow, "t": joining.follow, "b": roles.claim}
"""Where links lead: ``e12`` is event 12, ``t7`` is team 7, ``b`` stands before a one-time code."""


@router.guard
def hello(chat: Chat, wanted: str) -> Reply:
    """Greet a stranger and ask for consent.

    The button remembers where they wanted to go; what they asked for in words is kept with the chat
    and answered once they agree. Who refuses is forgotten.
    """
    incoming = chat.incoming
    is_written = incoming is not None and not incoming.press and not wanted
    words = whole(incoming.text) if incoming is not None and is_written else ""
    said = understand(words).intent if words else None
    if said == Intent.NO:
        kept.forget_words(chat)
        return Reply(
            say("All right, not for now then. Come back any time."),
            buttons=(Button(say("Agree"), Agree()), Button(say("Details"), Details())),
        )
    if _asks_something(words, said) and not _was_in_need(chat):
        kept.keep_words(chat, words)
    return _hello(chat, wanted)


def _asks_something(words: str, said: Intent | None) -> bool:
    is_opener = words.casefold().lstrip("/") in OPENERS
    return bool(tidy(words)) and not is_opener and said not in ASKS_NOTHING


def _was_in_need(chat: Chat) -> bool:
    """Whether what is kept are words of need: nothing that is written later replaces them."""
    words = kept.words_of(chat)
    return bool(words) and understand(words).intent in NEED


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
            return _answer_before(chat) or profile.begin(chat)
    follow = LINKS.get(press.then[:1])
    return follow(chat, press.then[1:]) if follow is not None else show_menu(chat, ShowMenu())


def _answer_before(chat: Chat) -> Reply | None:
    """Answer what they had written before they agreed; None where that asked for nothing."""
    words = kept.words_of(chat)
    if not words or chat.hear is None:
        return None
    if _was_in_need(chat):
        # It was answered at once; people are the next step.
        asked = say(
            "Thanks. Shall I pass on “{words}” to an organizer?", words=words[:MOST_REPEATED]
        )
        return Reply(asked, buttons=(TELL, EVENTS, MENU))
    # A model would be asked outside this transaction, in which they agree.
    chat.may_ask_reader = False
    reply = chat.hear(words)
    if not isinstance(reply, Reply) or kept.is_open(chat):
        return reply if isinstance(reply, Reply) else None
    # The three questions wait for a tap that nobody needs.
    return replace(reply, buttons=(*reply.buttons[: MOST_BUTTONS - 1], profile.ABOUT_ME))


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
    jobs = (*chores.buttons_for(chosen), *chores.desk_for(chat, chosen))
    own_jobs = (*jobs, PROFILE, WISH)
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
@router.while_blocked
def language(chat: Chat, words: str) -> Reply:
    code = asked_for(words)
    if code is not None:
        return speak_language(chat, SpeakLanguage(code))
    return choose_language(chat, ChooseLanguage())


@router.button(ChooseLanguage)
@router.without_consent
@router.while_blocked
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
@router.while_blocked
def speak_language(chat: Chat, press: SpeakLanguage) -> Reply:
    if press.language not in LANGUAGES:
        return choose_language(chat, ChooseLanguage(press.then))
    set_language(chat.session, chat.member, press.language)
    if not chat.has_consented:
        return _hello(chat, press.then)
    return Reply(say("✅ We'll speak English from now on."), buttons=(EVENTS, TEAMS, MINE))


@router.link("e", typed=True)
def open_event_link(chat: Chat, rest: str) -> Reply:
    return browsing.follow(chat, rest)


@router.link("t")
def open_team_link(chat: Chat, rest: str) -> Reply:
    return joining.follow(chat, rest)
