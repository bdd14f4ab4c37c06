"""Answer words of need with numbers to call, questions of work and life with who knows; pass on.

Need is never answered with a list or a joke, nor lost amid an open question.
"""

from dataclasses import asdict, replace

from bot.conversation import drafts
from bot.conversation.chat import Chat
from bot.conversation.messages import Reply, lines, say
from bot.conversation.routing import Router
from bot.conversation.typed import whole
from handlers.actions import MENU, REPORT, TELL, TellWords
from handlers.desk import known, letters, telling
from models.desk.threads import ThreadKind
from models.events import events
from models.network.members import is_blocked
from models.rules.understanding.intents import Intent, Understood

router = Router()


NEEDS = {
    Intent.WAGES: say(
        "Whoever worked must be paid. Labour office {labour}, trade union {union}: both help for "
        "free.\nKeep time cards, pay slips and chats; don't sign what isn't true."
    ),
    Intent.INJURY: say(
        "See a doctor first: {ambulance}. Keep all papers and photos.\nThe company must report "
        "the injury within 30 days; you can do so yourself within a year: {labour}. The trade "
        "union helps: {union}."
    ),
    Intent.VIOLENCE: say(
        "Get to where you are safe. Police: {police}. Nobody may hit, threaten or touch you, nor "
        "keep your papers.\nThe trade union stands by you: {union}."
    ),
    Intent.DESPAIR: say(
        "It's good that you wrote. You needn't carry this alone: {mind} listens, and is free. If "
        "you are in danger: {ambulance} or {police}.\nIf you like, tell an organizer."
    ),
    Intent.DANGER: say(
        "Get out and call now: fire {fire}, ambulance {ambulance}, police {police}.\nSay where "
        "you are, and what happened."
    ),
}
"""Facts of law: Regulation on Work-Related Injury Insurances, article 17 (30 days, one year)."""

KNOWERS = {
    Intent.CONTRACT: say(
        "About contracts and leaving a job: labour office {labour}, union {union}."
    ),
    Intent.INSURANCE: say("About social insurance and the housing fund: {labour} or {government}."),
    Intent.RESIDENCE: say("About residence permits, points and schools: {government}."),
    Intent.LIFE_INFO: say("For all of the town's offices and services: {government}."),
    Intent.JOB: say("About jobs and training: the labour office, {labour}."),
}


@router.intent(*NEEDS, urgent=True)
@router.without_consent
@router.while_blocked
def in_need(chat: Chat, request: Understood) -> Reply:
    assert request.intent is not None
    keep_words(chat)
    numbers = asdict(chat.care.help_lines)
    more = known.button(chat, chat.recall(said(chat)))
    return Reply(replace(NEEDS[request.intent], values=numbers), buttons=(REPORT, *more, MENU))


@router.intent(*KNOWERS)
def who_knows(chat: Chat, request: Understood) -> Reply:
    assert request.intent is not None
    keep_words(chat)
    answered = known.answer(chat, chat.recall(said(chat)))
    if answered is not None:
        return answered
    numbers = asdict(chat.care.help_lines)
    return Reply(
        lines(
            replace(KNOWERS[request.intent], values=numbers),
            say("Or tell an organizer: the answer comes here."),
        ),
        buttons=(TELL, MENU),
    )


@router.intent(Intent.ASK_PERSON, Intent.FEEDBACK, Intent.BECOME)
def ask_person(chat: Chat, request: Understood) -> Reply:
    keep_words(chat)
    return Reply(
        say("Our organizers are people like you. Shall I pass on your words? They answer here."),
        buttons=(TELL, MENU),
    )


def said(chat: Chat) -> str:
    """What is asked: the message, or what was written before a button was pressed."""
    text = chat.incoming.text if chat.incoming is not None else ""
    return whole(text) or drafts.words_of(chat)


def keep_words(chat: Chat) -> None:
    """Keep what came in, so that it can be passed on; before the consent, too, until then."""
    if chat.incoming is not None and chat.incoming.text:
        drafts.keep_words(chat, whole(chat.incoming.text))


@router.button(TellWords)
@router.while_blocked
def tell(chat: Chat, press: TellWords) -> Reply:
    """Open a thread with the words as they were written; ask for them where none are kept."""
    kept = drafts.words_of(chat)
    words = kept[: letters.LONGEST] if len(kept) >= letters.SHORTEST else ""
    cut = (
        say("Only the first {n} characters fit; add the rest later.", n=letters.LONGEST)
        if len(kept) > letters.LONGEST
        else None
    )
    event = events.get(chat.session, press.event_id) if press.event_id else None
    if event is not None and not is_blocked(chat.member, chat.now):
        return telling.begin(chat, before=cut, text=words, kind=ThreadKind.QUESTION, event=event)
    asks_help = press.kind == ThreadKind.REPORT or is_blocked(chat.member, chat.now)
    kind = ThreadKind.REPORT if asks_help else ThreadKind.QUESTION
    before = lines(say("“{words}”", words=letters.short(words)), cut) if words else None
    return telling.begin(chat, before=before, text=words, kind=kind)
