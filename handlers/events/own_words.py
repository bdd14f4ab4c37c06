"""What members say of their own sign-ups in a word: 我填的, 我排第几, 上车了, 评价, 我去了."""

from collections.abc import Callable

from bot.conversation.chat import Chat
from bot.conversation.messages import Choice, Reply, Sayable, When, lines, say
from bot.conversation.routing import Router
from bot.conversation.typed import plain
from handlers.actions import EVENTS, MINE, Mine, OpenEvent, ShowHistory
from handlers.events import checking_in, claims, facts, history, own_answers, photos, signups
from handlers.events.buttons import Board, record_link
from handlers.events.history import LookBack
from handlers.events.own_answers import MyAnswers
from handlers.events.photos import ShowPhoto
from handlers.events.stops import board
from handlers.words import DOT, title
from models.events import answers, feedback, stops
from models.events import history as verbs
from models.events import signups as all_signups
from models.events.events import Event, Signup, SignupState
from models.events.signups import CAME
from models.rules.events import windows
from models.rules.events.windows import EventAct

router = Router()

PENDING = (SignupState.WAITING, SignupState.OFFERED, SignupState.ENTERED, SignupState.ASKED)
LOOKED_AT, SHOWN = 20, 5


# What was answered


@router.command(
    "myanswers",
    zh="我填的",
    also=(
        *("我的答案", "我的回答", "改答案", "改回答", "改我填的", "我填了什么"),
        *("my answers", "change my answers", "change my answer", "edit my answers"),
    ),
    alone=True,
)
def my_answers(chat: Chat, words: str) -> Reply:
    """The answers at the event on the screen, else at the only one with any, else which one."""
    mine = [event for _claim, event in _mine(chat) if _has_answers(chat, event)]
    shown = facts.on_screen(chat)
    if shown is not None and any(each.id == shown.id for each in mine):
        mine = [shown]
    if len(mine) == 1:
        return own_answers.show_mine(chat, MyAnswers(mine[0].id))
    if not mine:
        nothing = say("None of your sign-ups asked you anything.")
        return Reply(nothing, buttons=(MINE, EVENTS))
    return Reply(
        say("Which one do you mean?"),
        tuple(
            Choice(each.id, title(each), MyAnswers(each.id), _line(each)) for each in mine[:SHOWN]
        ),
        (MINE, EVENTS),
    )


def _has_answers(chat: Chat, event: Event) -> bool:
    people = answers.people_asked(chat.session, event.id, chat.member.id)
    return any(each.questions for each in people)


# What a place is worth


@router.command(
    "myplace",
    zh="我排第几",
    also=(
        *("排第几", "排到第几了", "排到几了", "什么时候轮到我", "轮到我了吗", "还要等多久"),
        *("还要排多久", "排得上吗", "多半排得上吗", "我排得上吗", "我有多大机会", "抽得中吗"),
        *("抽中的机会", "怎么抽的", "怎么抽签", "几时抽签", "什么时候抽签"),
        *("my place", "what are my chances", "my place in the queue", "when is it my turn"),
        *("how is it drawn", "how does the draw work", "when is the draw", "how long is the queue"),
    ),
    alone=True,
)
def my_place(chat: Chat, words: str) -> Reply:
    """Every claim that is not decided yet, with what it is worth; of a draw, how it is drawn."""
    pending = [(claim, event) for claim, event in _mine(chat) if claim.state in PENDING]
    shown = facts.on_screen(chat)
    if shown is not None:
        here = [each for each in pending if each[1].id == shown.id]
        if not here and shown.draw:
            text = lines(title(shown), say("Seats are drawn: everybody can check how."))
            return Reply(text, buttons=(record_link(shown.id), MINE))
        pending = here or pending
    if not pending:
        return signups.show_mine(chat, Mine())
    drawn = next((event for _claim, event in pending if event.draw), None)
    return Reply(
        lines(*(_place(chat, claim, event) for claim, event in pending[:SHOWN])),
        tuple(
            Choice(event.id, title(event), OpenEvent(event.id)) for _claim, event in pending[:SHOWN]
        ),
        (*((record_link(drawn.id),) if drawn is not None else ()), MINE),
    )


def _place(chat: Chat, claim: Signup, event: Event) -> Sayable:
    closes = (
        say("Entries close {when}; then it's drawn.", when=When(event.closes_at))
        if claim.state == SignupState.ENTERED
        else None
    )
    return lines(_line(event), claims.on_card(chat, event, claim), closes)


# On the bus


@router.command(
    "onboard",
    zh="上车了",
    also=("上车", "我上车了", "在车上了", "我在车上", "on board", "i'm on board", "on the bus"),
    alone=True,
)
def on_board(chat: Chat, words: str) -> Reply:
    """Says so at the tour of now; before its time, or without one, what there is of check-in."""
    for claim, event in _mine(chat):
        is_tour = bool(stops.of(event)) and stops.is_boarding(event, chat.now)
        if is_tour and claim.state in (SignupState.SEATED, SignupState.ATTENDED):
            return board(chat, Board(event.id))
    return checking_in.check_in_by_words(chat, "")


# Afterwards


@router.command(
    "lookback",
    zh="评价",
    also=(
        *("我要评价", "评价活动", "我要打分", "活动照片", "看照片", "照片"),
        *("我去了", "我那次去了", "我明明去了", "怎么记我没来", "没给我签到"),
        *("rate", "rate it", "give feedback", "photos", "event photos", "i was there"),
    ),
    alone=True,
)
def look_back(chat: Chat, words: str) -> Reply:
    """The latest event with which one can do what is said; else the list of all."""
    said = plain(chat.incoming.text).casefold() if chat.incoming is not None else ""
    can = next((can for called, can in LOOKS.items() if called in said), _can_rate)
    year = chat.now.astimezone(chat.care.zone).year
    rows = [
        each
        for back in (0, 1)
        for each in verbs.of_year(
            *(chat.session, chat.member.id, year - back, chat.now, chat.care.zone),
            limit=LOOKED_AT,
        )
    ]
    found = next((event for claim, event in rows if can(chat, claim, event)), None)
    if found is not None and can is _has_photos:
        return photos.show(chat, ShowPhoto(found.id))
    if found is not None:
        return history.look_back(chat, LookBack(found.id))
    return history.show(chat, ShowHistory())


def _can_rate(chat: Chat, claim: Signup, event: Event) -> bool:
    return feedback.why_not(chat.session, event.id, chat.member.id, chat.now) is None


def _has_photos(chat: Chat, claim: Signup, event: Event) -> bool:
    return claim.state in CAME and bool(photos.button(chat, event))


def _can_dispute(chat: Chat, claim: Signup, event: Event) -> bool:
    return windows.refusal(EventAct.DISPUTE, event, chat.now, claim.state) is None


LOOKS: dict[str, Callable[[Chat, Signup, Event], bool]] = {
    "照片": _has_photos,
    "photo": _has_photos,
    "去了": _can_dispute,
    "没来": _can_dispute,
    "签到": _can_dispute,
    "was there": _can_dispute,
}
"""What must be possible with a past event, by a piece of the words; else it is to be rated."""


def _mine(chat: Chat) -> list[tuple[Signup, Event]]:
    return list(all_signups.of_member(chat.session, chat.member.id, chat.now))


def _line(event: Event) -> Sayable:
    return lines(title(event), When(event.starts_at, near=True), between=DOT)
