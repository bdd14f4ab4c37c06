"""Members' side of threads: telling and asking, reading the answers, going on."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.conversation import drafts
from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, State
from bot.conversation.messages import Action, Button, Choice, Reply, Sayable, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MENU, TEAMS, TellWish
from handlers.desk import letters
from handlers.desk.letters import holder, subject
from handlers.words import station_name, title
from models.desk import telling, threads
from models.desk.answering import last_answer
from models.desk.levels import Level
from models.desk.threads import Thread, ThreadKind, ThreadLine, ThreadState
from models.events import events, pictures
from models.events.events import Event
from models.network import stations
from models.network.members import is_blocked
from models.rules.languages import Translated
from models.sending.reasons import Reason

router = Router()

PAGE = 5
ELSEWHERE, REWORD = "elsewhere", "reword"

Place = Sequence[Any]
"""A possible addressee as a dialog keeps it: id, name, and whether it is the member's company."""


@dataclass(frozen=True, slots=True)
class Letters(Action, tag="letters"):
    """The member's own threads."""

    skip: int = 0


@dataclass(frozen=True, slots=True)
class OpenLetter(Action, tag="letter"):
    thread_id: int


@dataclass(frozen=True, slots=True)
class SayMore(Action, tag="letter-more"):
    thread_id: int


@dataclass(frozen=True, slots=True)
class RateAnswer(Action, tag="letter-rate", once=("wish-rate",)):
    thread_id: int
    helped: int


LETTERS = Button(say("My letters"), Letters())
GONE = say("This letter is not there any more.")


# Telling


def _has_told(chat: Chat, state: State) -> bool:
    return bool(state.answers or state.start.get("text"))


@router.dialog("wish", draft=say("Go on with the wish"), worth=_has_told, of_oneself=True)
def wish(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """A wish, a question or a report, as ``kind`` says; about an event where ``about`` names one.

    Dialogs that were begun before there were threads have neither.
    """
    kind, about = start.get("kind", ThreadKind.WISH), start.get("about")
    event_id = about[0] if about else None
    text = start.get("text")
    may_reword = bool(text and about)
    if not text:
        text = yield letters.ask_for_words("text", _prompt(kind, about))
    if text is None:
        return kind, event_id, None, None, False
    places = start.get("to") or ()
    place = places[0] if places else None
    named = yield _with_name("named", place, about, text, others=places[1:], reword=may_reword)
    if named == REWORD:
        text = yield letters.ask_for_words("reworded", _prompt(kind, about))
        if text is None:
            return kind, event_id, None, None, False
        named = yield _with_name("named-anew", place, about, text, others=places[1:])
    to = None
    if named == ELSEWHERE:
        to = yield Question("to", say("Who shall read it?"), options=tuple(map(_addressee, places)))
        chosen = next((each for each in places if str(each[0]) == to), None)
        named = yield _with_name("named-then", chosen)
    return kind, event_id, text, int(to) if to is not None else None, named == "yes"


def _prompt(kind: str, about: Sequence[Any] | None) -> Sayable:
    if about:
        of = Translated.from_json(about[1])
        return say("What do you want to ask about {title}? Write it in one message.", title=of)
    if kind == ThreadKind.WISH:
        return say("What do you need, or wish for? Tell it in your own words, or send a picture.")
    return say("What shall the organizers know? Tell it in your own words, or send a picture.")


def _with_name(
    name: str,
    place: Place | None,
    about: Sequence[Any] | None = None,
    text: Any = "",
    *,
    others: Sequence[Place] = (),
    reword: bool = False,
) -> Question:
    """Asks about the name and says who reads it; another addressee is one tap away."""
    asked: Sayable = say("May the organizers see your name?")
    if place is not None:
        asked = say("It goes to {place}'s organizers. May they see your name?", place=_name(place))
    if place is not None and about:
        of = Translated.from_json(about[1])
        asked = lines(
            say("“{words}”", words=letters.short(text)) if isinstance(text, str) else None,
            say(
                "Ask the organizers of {title} ({place})? With your name it goes at once.",
                title=of,
                place=_name(place),
            ),
        )
    options = [Option("yes", say("With my name")), Option("no", say("Without"))]
    if reword:
        options.append(Option(REWORD, say("Other words")))
    if others and (not about or any(each[2] for each in others)):
        options.append(Option(ELSEWHERE, say("To somebody else")))
    return Question(name, asked, options=tuple(options))


def _addressee(place: Place) -> Option:
    """A station to choose; the member's own company is chosen for this thread only."""
    number, _name_of, is_own_company = place
    name = _name(place)
    label = say("{place}, just this once", place=name) if is_own_company else name
    return Option(str(number), label)


def _name(place: Place) -> Translated:
    return Translated.from_json(place[1])


@wish.done
def keep_wish(chat: Chat, form: tuple[str, int | None, Any, int | None, bool]) -> Reply:
    kind, event_id, told, to, with_name = form
    if told is None:
        later = say("All right. Write “wish” whenever you like.")
        return Reply(later, buttons=(EVENTS, TEAMS, MENU))
    text, picture_id = letters.words_and_picture(chat, told)
    event = events.get(chat.session, event_id) if event_id is not None else None
    done = telling.tell(
        chat.session,
        chat.member,
        text,
        chat.care,
        chat.now,
        kind=ThreadKind(kind),
        event=event,
        to=to,
        with_name=with_name,
        picture_id=picture_id,
    )
    if isinstance(done, telling.TooMany):
        return _enough()
    drafts.forget_words(chat)
    return Reply(_noted(chat, done), buttons=(LETTERS, EVENTS, MENU))


def _enough() -> Reply:
    enough = say("That's a lot for one day. Tell the rest tomorrow.")
    return Reply(enough, buttons=(LETTERS, EVENTS, MENU))


def _noted(chat: Chat, done: telling.Told) -> Sayable:
    """Who has it now; or that nobody is there yet, with the numbers to call, once."""
    if done.level is None:
        return lines(
            say("✅ Noted, and kept: there are no organizers yet. Whoever comes will read it."),
            replace(
                say("If it can't wait: union {union}, government {government}, police {police}."),
                values=asdict(chat.care.help_lines),
            ),
        )
    place = _asked(chat, done.thread, done.level)
    if not done.thread.with_name:
        return say(
            "✅ Noted. On the hour it goes to {place}'s organizers without your name; the answer "
            "comes here.",
            place=place,
        )
    return say("✅ Noted. {place}'s organizers read it, and the answer comes here.", place=place)


def _asked(chat: Chat, thread: Thread, level: Level) -> Sayable:
    return station_name(level.station) if level.station is not None else holder(chat, thread)


def begin(
    chat: Chat,
    *,
    before: Sayable | None = None,
    text: str = "",
    kind: ThreadKind = ThreadKind.WISH,
    event: Event | None = None,
) -> Reply:
    """Ask for the words, or only about the name where they are known."""
    own = stations.get(chat.session, chat.member.station_id)
    to = [
        [each.id, each.text_of("name").to_json(), threads.is_own_company(each, own)]
        for each in threads.addressees(chat.session, chat.member.station_id, event)
    ]
    about = [event.id, title(event).to_json()] if event is not None else None
    return wish.begin(chat, before=before, text=text, to=to, kind=str(kind), about=about)


@router.button(TellWish)
def press_wish(chat: Chat, press: TellWish) -> Reply:
    return begin(chat)


@router.command("wish", zh="心愿", also=("许愿",), about=say("Tell a wish"))
def tell_wish(chat: Chat, words: str) -> Reply:
    """``心愿`` asks; ``心愿 想学电工`` asks only about the name."""
    if words and isinstance(letters.long_enough(words), str):
        return begin(chat, text=words)
    return begin(chat)


# Reading and going on


@router.command("letters", zh="我的来信", also=("我的心愿", "我的提问", "my letters"))
@router.while_blocked
def list_by_words(chat: Chat, words: str) -> Reply:
    return list_letters(chat, Letters())


@router.button(Letters)
@router.while_blocked
def list_letters(chat: Chat, press: Letters) -> Reply:
    """The member's own threads, those still open first, each with its state."""
    skip = max(press.skip, 0)
    rows = threads.of_member(chat.session, chat.member.id, skip=skip, limit=PAGE + 1)
    tell = Button(say("Tell a wish"), TellWish())
    if not rows:
        return Reply(
            say("You have written nothing to the organizers yet."), buttons=(tell, EVENTS, MENU)
        )
    more = (Button(say("More"), Letters(skip + PAGE)),) if len(rows) > PAGE else ()
    return Reply(
        say("Your letters:"),
        tuple(
            Choice(
                place,
                subject(chat, each),
                OpenLetter(each.id),
                letters.in_a_line(chat, each, _state(chat, each)),
            )
            for place, each in enumerate(rows[:PAGE], start=skip + 1)
        ),
        (*more, tell, MENU),
        edit=skip > 0,
    )


def _state(chat: Chat, thread: Thread) -> Sayable:
    match thread.state:
        case ThreadState.WAITING:
            return say("⏳ with {place}", place=holder(chat, thread))
        case ThreadState.ANSWERED:
            return say("answered")
        case ThreadState.SETTLED:
            return say("✅ settled")


def _own(chat: Chat, thread_id: int) -> Thread | None:
    thread = threads.get(chat.session, thread_id)
    return thread if thread is not None and thread.member_id == chat.member.id else None


def _gone() -> Reply:
    return Reply(GONE, buttons=(LETTERS, MENU))


@router.button(OpenLetter)
@router.while_blocked
def open_letter(chat: Chat, press: OpenLetter) -> Reply:
    thread = _own(chat, press.thread_id)
    if thread is None:
        return _gone()
    shown = threads.lines_of(chat.session, thread.id)
    is_answered = thread.state == ThreadState.ANSWERED and thread.helped is None
    return Reply(
        lines(_state(chat, thread), letters.said(shown, say("You"), say("Organizers"))),
        buttons=_judge(thread) if is_answered else (_more(thread), LETTERS, MENU),
        picture=pictures.name(chat.session, shown[-1].picture_id),
    )


def _more(thread: Thread) -> Button:
    return Button(say("Add a word"), SayMore(thread.id))


def _judge(thread: Thread) -> tuple[Button, ...]:
    return (
        Button(say("That helped"), RateAnswer(thread.id, 1)),
        Button(say("Didn't help"), RateAnswer(thread.id, 0)),
        _more(thread),
    )


@router.button(RateAnswer)
def rate(chat: Chat, press: RateAnswer) -> Reply:
    thread = _own(chat, press.thread_id)
    if thread is None:
        return _gone()
    telling.rate(chat.session, thread, helped=bool(press.helped))
    if press.helped:
        return Reply(say("Good to hear."), buttons=(EVENTS, TEAMS, MENU))
    return Reply(
        say("Thanks for saying so. Tell them what is missing, if you like."),
        buttons=(_more(thread), LETTERS, MENU),
    )


@router.dialog("letter-more", of_oneself=True)
def more(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    text = yield letters.ask_for_words("text", say("What do you want to add? One message."))
    return start["thread_id"], text


@router.button(SayMore)
@router.while_blocked
def say_more(chat: Chat, press: SayMore) -> Reply:
    thread = _own(chat, press.thread_id)
    if thread is None:
        return _gone()
    if is_blocked(chat.member, chat.now) and thread.kind is not ThreadKind.REPORT:
        # Whoever is blocked asks for help, and goes on about nothing else.
        return Reply(say("You can't add to this one at present."), buttons=(LETTERS,))
    before = say("“{words}”", words=subject(chat, thread))
    return more.begin(chat, before=before, thread_id=thread.id)


@more.done
def keep_more(chat: Chat, form: tuple[int, Any]) -> Reply:
    thread_id, told = form
    if told is None:
        return Reply(say("All right, nothing was added."), buttons=(LETTERS, EVENTS, MENU))
    text, picture_id = letters.words_and_picture(chat, told)
    done = telling.say_more(
        chat.session, thread_id, chat.member, text, chat.care, chat.now, picture_id=picture_id
    )
    if done is None:
        return _gone()
    if isinstance(done, telling.TooMany):
        return _enough()
    return Reply(_noted(chat, done), buttons=(LETTERS, EVENTS, MENU))


# Notices to the member


@router.notice("thread-answer")
def answered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    thread = _own(chat, facts["thread_id"])
    line = _line(chat, thread, facts) if thread is not None else None
    if thread is None or line is None:
        return Drop(Reason.GONE)
    return Reply(
        lines(
            say("🔔 About “{words}”:", words=subject(chat, thread)),
            letters.in_a_notice(line.text),
        ),
        buttons=(
            (Button(say("Read it all"), OpenLetter(thread.id)), *_judge(thread)[:2])
            if len(line.text) > letters.IN_A_NOTICE
            else _judge(thread)
        ),
    )


def _line(chat: Chat, thread: Thread, facts: Mapping[str, Any]) -> ThreadLine | None:
    """The answer that is told; notices from before there were threads speak of the last one."""
    if "line_id" in facts:
        return chat.session.get(ThreadLine, facts["line_id"])
    return last_answer(chat.session, thread.id)


@router.notice("thread-passed")
def passed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Others have it now: it was handed over, or nobody answered in time."""
    thread = _own(chat, facts["thread_id"])
    if thread is None:
        return Drop(Reason.GONE)
    if thread.state != ThreadState.WAITING:
        return Drop(Reason.ANSWERED)
    place = station_name(stations.get(chat.session, facts["station_id"]))
    words = subject(chat, thread)
    told = (
        say(
            "⏳ Nobody has answered “{words}” yet. {place}'s organizers were asked as well.",
            words=words,
            place=place,
        )
        if facts.get("is_late")
        else say(
            "🔔 “{words}” is with {place}'s organizers now. The answer comes here.",
            words=words,
            place=place,
        )
    )
    return Reply(told, buttons=(Button(say("See the letter"), OpenLetter(thread.id)),))


@router.notice("thread-settled")
def settled(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    thread = _own(chat, facts["thread_id"])
    if thread is None:
        return Drop(Reason.GONE)
    if thread.state != ThreadState.SETTLED:
        return Drop(Reason.OUTDATED)
    told = say("🔔 The organizers say this is settled: “{words}”.", words=subject(chat, thread))
    return Reply(told, buttons=_judge(thread))
