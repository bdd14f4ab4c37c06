"""Wishes: told by members, answered by organizers, rated."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, State, Wrong
from bot.conversation.messages import Action, Button, Choice, Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MENU, TEAMS, TellWish
from handlers.permission import denied
from handlers.words import DOT, person, station_name
from models.desk import wishes
from models.desk.wishes import Wish
from models.events import pictures
from models.network import members, roles, stations
from models.network.stations import Station, StationKind
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.sending.reasons import Reason

router = Router()

SHORTEST, LONGEST = 2, 500
SHOWN = 60
ELSEWHERE = "elsewhere"

Place = Sequence[Any]
"""A possible addressee as a dialog keeps it: id, name, and whether it is the member's company."""


@dataclass(frozen=True, slots=True)
class OpenWish(Action, tag="wish-open"):
    wish_id: int


@dataclass(frozen=True, slots=True)
class AnswerWish(Action, tag="wish-answer"):
    wish_id: int


@dataclass(frozen=True, slots=True)
class RateAnswer(Action, tag="wish-rate"):
    wish_id: int
    helped: int


@dataclass(frozen=True, slots=True)
class ListWishes(Action, tag="wishes"):
    pass


# Telling


def _has_told(chat: Chat, state: State) -> bool:
    return bool(state.answers or state.start.get("text"))


@router.dialog("wish", draft=say("Go on with the wish"), worth=_has_told, of_oneself=True)
def wish(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    text = start.get("text")
    if not text:
        text = yield Question(
            "text",
            say("What do you need, or wish for? Tell it in your own words, or send a picture."),
            check=_long_enough,
            skip=say("Not now"),
            pictures=True,
            many_lines=True,
        )
    if text is None:
        return None, None, False
    places = start.get("to") or ()
    named = yield _with_name("named", places[0] if places else None, others=places[1:])
    to = None
    if named == ELSEWHERE:
        to = yield Question("to", say("Who shall read it?"), options=tuple(map(_addressee, places)))
        chosen = next((each for each in places if str(each[0]) == to), None)
        named = yield _with_name("named-then", chosen)
    return text, int(to) if to is not None else None, named == "yes"


def _with_name(name: str, place: Place | None, others: Sequence[Place] = ()) -> Question:
    """Asks about the name and says who reads it; another addressee is one tap away."""
    asked = say("May the organizers see your name?")
    if place is not None:
        asked = say("It goes to {place}'s organizers. May they see your name?", place=_name(place))
    options = [Option("yes", say("With my name")), Option("no", say("Without"))]
    if others:
        options.append(Option(ELSEWHERE, say("To somebody else")))
    return Question(name, asked, options=tuple(options))


def _addressee(place: Place) -> Option:
    """A station to choose; the member's own company is chosen for this wish only."""
    number, _name_of, is_own_company = place
    name = _name(place)
    label = say("{place}, just this once", place=name) if is_own_company else name
    return Option(str(number), label)


def _name(place: Place) -> Translated:
    return Translated.from_json(place[1])


def _long_enough(words: str) -> str | Wrong:
    if len(words) < SHORTEST:
        return Wrong(say("A few more words, so that people understand it."))
    if len(words) > LONGEST:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST))
    return words


@wish.done
def keep_wish(chat: Chat, form: tuple[Any, int | None, bool]) -> Reply:
    told, to, with_name = form
    if told is None:
        later = say("All right. Write “wish” whenever you like.")
        return Reply(later, buttons=(EVENTS, TEAMS, MENU))
    picture_id = None
    if isinstance(told, Mapping):
        alone = chat.in_words(say("[picture]"))
        picture_id, told = told["picture"], told["text"][:LONGEST] or alone
    done = wishes.tell(
        chat.session, chat.member, told, chat.now, to=to, with_name=with_name, picture_id=picture_id
    )
    if isinstance(done, wishes.TooMany):
        enough = say("That's {n} wishes in a day. Tell the next one tomorrow.", n=wishes.MOST_A_DAY)
        return Reply(enough, buttons=(EVENTS, TEAMS, MENU))
    noted = (
        say("✅ Noted. The organizers read it, and the answer comes here.")
        if done.is_heard
        else say("✅ Noted. Whoever reads it will answer here.")
    )
    return Reply(noted, buttons=(EVENTS, TEAMS, MENU))


def begin(chat: Chat, *, before: Sayable | None = None, text: str = "") -> Reply:
    """Ask for a wish, or only about the name where its text is known."""
    to = [
        [each.id, each.text_of("name").to_json(), each.kind == StationKind.CONTACT_POINT]
        for each in wishes.addressees(chat.session, chat.member)
    ]
    return wish.begin(chat, before=before, text=text, to=to)


@router.button(TellWish)
def press_wish(chat: Chat, press: TellWish) -> Reply:
    return begin(chat)


@router.command("wish", zh="心愿", also=("许愿",), about=say("Tell a wish"))
def tell_wish(chat: Chat, words: str) -> Reply:
    """``心愿`` asks; ``心愿 想学电工`` asks only about the name."""
    if words and isinstance(_long_enough(words), str):
        return begin(chat, text=words)
    return begin(chat)


# Answering


@router.notice("wish")
def new_wish(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    wish = wishes.get(chat.session, facts["wish_id"])
    if wish is None or wish.answered_at is not None:
        return Drop(Reason.ANSWERED)
    station = stations.get(chat.session, wish.station_id)
    if station is None or not roles.may(
        chat.session, chat.member.id, Act.ANSWER_WISH, station, chat.now
    ):
        return Drop(Reason.NOT_THEIRS)
    return Reply(
        lines(say("🔔 A wish from {who}:", who=_who(chat, wish)), wish.text),
        buttons=(
            Button(say("Answer"), AnswerWish(wish.id)),
            Button(say("All wishes"), ListWishes()),
        ),
        picture=pictures.name(chat.session, wish.picture_id),
    )


def _who(chat: Chat, wish: Wish) -> Sayable:
    """To whom it is, and from whom where they chose to say so; never where they work."""
    place = station_name(stations.get(chat.session, wish.station_id))
    if not wish.with_name or wish.member_id is None:
        return lines(place, say("without a name"), between=DOT)
    member = members.get(chat.session, wish.member_id)
    return lines(place, person(member.name, member.id), between=DOT)


GONE = say("This wish is not there any more.")


def _asked_often(chat: Chat, argument: object) -> list[wishes.WishGroup]:
    """What is asked often at the member's stations; comparing hundreds of wishes takes a while."""
    found = [wishes.asked_often(chat.session, each, chat.now) for each in _stations(chat)]
    return list({group.newest.id: group for groups in found for group in groups}.values())


def _stations(chat: Chat) -> list[Station]:
    """The stations whose wishes the member may answer."""
    return [
        station
        for _grant, station in roles.grants_of(chat.session, chat.member.id, chat.now)
        if roles.may(chat.session, chat.member.id, Act.ANSWER_WISH, station, chat.now)
    ]


@router.command("wishes", zh="心愿箱", looks=_asked_often)
def list_wishes_by_words(chat: Chat, words: str, often: list[wishes.WishGroup]) -> Reply:
    return list_wishes(chat, ListWishes(), often)


@router.button(ListWishes, looks=_asked_often)
def list_wishes(chat: Chat, press: ListWishes, often: list[wishes.WishGroup]) -> Reply:
    """What waits for an answer, the oldest first, and what is asked often."""
    mine = _stations(chat)
    if not mine:
        station = stations.desk_of(chat.session, chat.member.station_id)
        refusal = denied(chat, Act.ANSWER_WISH, station)
        return refusal or Reply(say("No wish waits for an answer."), buttons=(MENU,))
    waiting: dict[int, Wish] = {}
    for station in mine:
        for unanswered in wishes.unanswered(chat.session, station, chat.now):
            waiting[unanswered.id] = unanswered
    needs = tuple(
        say_n(
            "Asked {n} time: {text}",
            "Asked {n} times: {text}",
            need.times,
            text=_short(need.newest.text),
        )
        for need in often
    )
    heading = say("These wait for an answer:") if waiting else say("No wish waits for an answer.")
    return Reply(
        lines(*needs, heading),
        tuple(
            Choice(number, _short(unanswered.text), OpenWish(number), _short(unanswered.text))
            for number, unanswered in sorted(waiting.items())[:5]
        ),
        (MENU,),
    )


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= SHOWN else one_line[: SHOWN - 1] + "…"


@router.button(OpenWish)
def open_wish(chat: Chat, press: OpenWish) -> Reply:
    wish = wishes.for_organizers(chat.session, press.wish_id, chat.now)
    if wish is None:
        return Reply(GONE, buttons=(MENU,))
    refusal = denied(chat, Act.ANSWER_WISH, stations.get(chat.session, wish.station_id))
    if refusal is not None:
        return refusal
    if wish.with_name:
        wishes.record_view(chat.session, wish, chat.member.id, chat.now)
    if wish.answered_at is not None:
        return Reply(
            lines(wish.text, say("Answered: {answer}", answer=wish.answer)),
            buttons=(Button(say("All wishes"), ListWishes()), MENU),
        )
    return Reply(
        lines(_who(chat, wish), wish.text),
        buttons=(
            Button(say("Answer"), AnswerWish(press.wish_id)),
            Button(say("All wishes"), ListWishes()),
        ),
        picture=pictures.name(chat.session, wish.picture_id),
    )


@router.dialog("wish-answer")
def answer(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    text = yield Question(
        "text",
        say("Write the answer in one message."),
        check=_long_enough,
        skip=say("Not now"),
        many_lines=True,
    )
    return start["wish_id"], text


@router.button(AnswerWish)
def begin_answer(chat: Chat, press: AnswerWish) -> Reply:
    shown = open_wish(chat, OpenWish(press.wish_id))
    wish = wishes.for_organizers(chat.session, press.wish_id, chat.now)
    may_answer = shown.buttons[:1] == (Button(say("Answer"), AnswerWish(press.wish_id)),)
    if wish is None or not may_answer:
        return shown
    return answer.begin(chat, before=wish.text, wish_id=press.wish_id)


@answer.done
def keep_answer(chat: Chat, form: tuple[int, str | None]) -> Reply:
    wish_id, text = form
    wish = wishes.for_organizers(chat.session, wish_id, chat.now)
    if wish is None or text is None:
        left = say("All right, it stays open.") if wish is not None else GONE
        return Reply(left, buttons=(Button(say("All wishes"), ListWishes()), MENU))
    refusal = denied(chat, Act.ANSWER_WISH, stations.get(chat.session, wish.station_id))
    if refusal is not None:
        return refusal
    if not wishes.answer(chat.session, wish, text, chat.member.id, chat.now):
        taken = say("Somebody has answered already: {answer}", answer=wish.answer)
        return Reply(taken, buttons=(Button(say("All wishes"), ListWishes()), MENU))
    return Reply(
        say("✅ Answered. It arrives in their chat."),
        buttons=(Button(say("All wishes"), ListWishes()), MENU),
    )


@router.notice("wish-answer")
def answered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    wish = wishes.get(chat.session, facts["wish_id"])
    if wish is None:
        return Drop(Reason.GONE)
    return Reply(
        lines(say("🔔 About your wish “{wish}”:", wish=_short(wish.text)), wish.answer),
        buttons=(
            Button(say("That helped"), RateAnswer(wish.id, 1)),
            Button(say("Didn't help"), RateAnswer(wish.id, 0)),
        ),
    )


@router.button(RateAnswer)
def rate(chat: Chat, press: RateAnswer) -> Reply:
    wish = wishes.get(chat.session, press.wish_id)
    if wish is None or wish.member_id != chat.member.id:
        return Reply(GONE, buttons=(MENU,))
    wishes.rate(chat.session, wish, helped=bool(press.helped))
    if press.helped:
        return Reply(say("Good to hear."), buttons=(EVENTS, TEAMS, MENU))
    return Reply(
        say("Thanks for saying so. Tell us more, if you like."),
        buttons=(Button(say("Tell a wish"), TellWish()), MENU),
    )
