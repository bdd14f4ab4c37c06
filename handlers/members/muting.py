"""Which messages a member wants: all, none, or each kind as they like."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    Text,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU, MINE, PROFILE, Change, Resume, Stop
from handlers.words import DOT
from models.events import offers, reminders, signups
from models.events.events import EventState, SignupState
from models.members.profile import set_muted
from models.network import roles
from models.network.members import NoticeKind
from models.rules.network.permissions import UPPER

router = Router()

LABELS = {
    NoticeKind.REMINDER: say("Reminders"),
    NoticeKind.OFFER: say("Free seats"),
    NoticeKind.CHANGE: say("Changes and answers"),
    NoticeKind.ANNOUNCEMENT: say("Announcements"),
    NoticeKind.ACCOUNT: say("Monthly figures"),
}
WORDS = {
    NoticeKind.REMINDER: ("reminders", "reminder", "提醒"),
    NoticeKind.OFFER: ("free seats", "seats", "offers", "空位"),
    NoticeKind.CHANGE: ("changes and answers", "changes", "answers", "变动和答复", "变动", "答复"),
    NoticeKind.ANNOUNCEMENT: ("announcements", "news", "公告"),
    NoticeKind.ACCOUNT: ("monthly figures", "figures", "monthly report", "月报", "每月统计"),
}
CHOOSE = Button(say("Choose"), Change("messages"))


@dataclass(frozen=True, slots=True)
class SetWanted(Action, tag="hear"):
    """Has messages of one kind from now on, or has them no more."""

    kind: str
    wanted: int


# All and none


@router.command("stop", zh="退订", also=("unsubscribe",), about=say("No more notices"))
@router.while_blocked
def stop(chat: Chat, words: str) -> Reply:
    """``退订`` mutes everything; ``退订 公告`` one kind."""
    kind = _named(words)
    return hear(chat, SetWanted(kind, 0)) if kind is not None else press_stop(chat, Stop())


@router.button(Stop)
@router.while_blocked
def press_stop(chat: Chat, press: Stop) -> Reply:
    """Mute at once; then offer the milder ways and the way back."""
    if press.keep_mine:
        _mute(chat, [NoticeKind.ANNOUNCEMENT])
        return Reply(
            say("✅ Only what concerns your own sign-ups from now on."),
            buttons=(Button(say("Everything again"), Resume()), CHOOSE, MENU),
        )
    _mute(chat, NoticeKind)
    return Reply(
        lines(
            say("✅ No more messages from us, and no reminders either."),
            _what_is_missed(chat),
            _what_of_queues(chat),
        ),
        buttons=(
            Button(say("Only my events"), Stop(1)),
            Button(say("Everything again"), Resume()),
            CHOOSE,
        ),
    )


def _what_of_queues(chat: Chat) -> Sayable | None:
    """What becomes of the queues in which somebody who has muted free seats stands."""
    claims = signups.of_member(chat.session, chat.member.id, chat.now)
    if not any(signup.state == SignupState.WAITING for signup, _ in claims):
        return None
    return say("You keep your place in queues, but we won't ask you about free seats.")


def _what_is_missed(chat: Chat) -> Sayable:
    """What somebody who has muted everything does not hear of the events they signed up for."""
    coming = [
        event
        for _, event in signups.of_member(chat.session, chat.member.id, chat.now)
        if event.state != EventState.CANCELLED
    ]
    if not coming:
        return say("Your sign-ups and teams stay, and you can still ask us anything.")
    return say_n(
        "Your {n} sign-up stays: you won't hear if it is moved or cancelled.",
        "Your {n} sign-ups stay: you won't hear if one is moved or cancelled.",
        len(coming),
    )


@router.command("subscribe", zh="订阅", also=("恢复订阅", "resubscribe"))
@router.while_blocked
def subscribe(chat: Chat, words: str) -> Reply:
    """``订阅`` brings everything back; ``订阅 公告`` one kind."""
    kind = _named(words)
    return hear(chat, SetWanted(kind, 1)) if kind is not None else resume(chat, Resume())


@router.button(Resume)
@router.while_blocked
def resume(chat: Chat, press: Resume) -> Reply:
    _mute(chat, [])
    return Reply(
        say("✅ Notices are on again: reminders, free seats, changes, news."),
        buttons=(EVENTS, MINE, PROFILE),
    )


# Each kind alone


def show(chat: Chat, *, before: Sayable | None = None, edit: bool = False) -> Reply:
    """Every kind and whether it comes, one tap to switch it."""
    muted = set(chat.member.muted)
    back = Button(say("Everything again"), Resume()) if muted else None
    none = Button(say("Stop all"), Stop()) if muted < set(NoticeKind) else None
    ways = [each for each in (back, none, PROFILE) if each is not None]
    return Reply(
        lines(before, say("Which messages do you want? Send a number to switch one:")),
        tuple(
            Choice(
                number,
                label,
                SetWanted(kind, int(kind in muted)),
                say("{label}: {value}", label=label, value=_state(kind in muted)),
            )
            for number, (kind, label) in enumerate(_that_come(chat), start=1)
        ),
        tuple(ways),
        edit=edit,
    )


def _that_come(chat: Chat) -> list[tuple[NoticeKind, Text]]:
    """The kinds that somebody may get at all: figures of the month go to organizers alone."""
    held = roles.held_by(chat.session, chat.member.id, chat.now)
    gets_figures = any(each.role in UPPER for each in held)
    return [each for each in LABELS.items() if gets_figures or each[0] != NoticeKind.ACCOUNT]


def _state(is_muted: bool) -> Sayable:
    return say("not wanted") if is_muted else say("wanted")


@router.button(SetWanted)
@router.while_blocked
def hear(chat: Chat, press: SetWanted) -> Reply:
    if press.kind not in LABELS:
        return show(chat)
    kind = NoticeKind(press.kind)
    muted = {NoticeKind(each) for each in chat.member.muted} - {kind}
    _mute(chat, muted if press.wanted else muted | {kind})
    text: Sayable
    if press.wanted:
        text = say("✅ {kind}: they come again.", kind=LABELS[kind])
    elif kind == NoticeKind.OFFER and (queues := _what_of_queues(chat)) is not None:
        text = lines(say("✅ {kind}: no more of them.", kind=LABELS[kind]), queues)
    elif kind == NoticeKind.CHANGE:
        text = say("✅ You won't hear when something of yours is moved or cancelled.")
    else:
        text = say("✅ {kind}: no more of them.", kind=LABELS[kind])
    return show(chat, before=text, edit=True)


def in_short(chat: Chat) -> Sayable:
    """Which kinds come, for a line of the profile."""
    kinds = _that_come(chat)
    muted = [label for kind, label in kinds if kind in chat.member.muted]
    if not muted:
        return say("all of them")
    if len(muted) == len(kinds):
        return say("none of them")
    return say("all but {kinds}", kinds=lines(*muted, between=DOT))


def _mute(chat: Chat, kinds: Iterable[NoticeKind]) -> None:
    set_muted(chat.session, chat.member, kinds)
    offers.fill_queues_of(chat.session, chat.member.id, chat.care, chat.now)
    reminders.replan_member(chat.session, chat.member.id, chat.care, chat.now)


def _named(words: str) -> NoticeKind | None:
    """The kind that is meant by these words; None where they name none."""
    meant = words.strip().casefold()
    return next((kind for kind, names in WORDS.items() if meant in names), None)
