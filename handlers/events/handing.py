"""Handing a seat over: to a colleague by name, or to somebody new here by a one-time code."""

import re
from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation import drafts
from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question
from bot.conversation.messages import (
    Button,
    Choice,
    Reply,
    Sayable,
    Text,
    TimeOfDay,
    When,
    lines,
    say,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import (
    EVENTS,
    MINE,
    GiveUp,
    HandOver,
    KeepSeat,
    OpenEvent,
    RefuseHanded,
    TakeHanded,
)
from handlers.events import asking, browsing, signups
from handlers.events.company import called
from handlers.events.notices import as_card
from handlers.words import DOT, title
from models.events import events, handing, handovers, parties, reminders
from models.events import signups as all_signups
from models.events.events import Event, SignupState
from models.events.handing import OnItsWay, Stays, Taken
from models.events.handovers import Handover
from models.events.signups import SignedUp
from models.network import members
from models.rules.events import handing as rules
from models.rules.events.handing import NotHanded
from models.rules.events.questions import NOTHING, STOP, Values
from models.rules.events.seating import Seated
from models.rules.events.windows import Why
from models.sending.reasons import Reason

router = Router()

CODE = "code"
NUMBERED = re.compile(
    r"\s*(?:no\.?|#)?\s*(?P<n>\d{1,9})?\s*号?\s*(?:转?给|to\b)?\s*(?P<who>.*)", re.IGNORECASE
)

STAYS: Mapping[Why | NotHanded, Text] = {
    NotHanded.NOBODY: say("Seats of {title} aren't handed over. If you can't come, give yours up."),
    NotHanded.DRAWN: say(
        "The seats of {title} are drawn, with the same chance for all, and aren't handed over. "
        "If you can't come, give yours up."
    ),
    NotHanded.OTHERS_WAIT: say(
        "Others wait for {title}: the next of them gets your seat if you give it up."
    ),
    NotHanded.OTHER_QUOTA: say(
        "Others wait for {title}, so this seat only goes to somebody of the same company or team."
    ),
    NotHanded.NO_ROOM: say(
        "They'd count in another share of the seats of {title}, and that is full."
    ),
    NotHanded.WHOLE_COURSE: say("{title} is taken whole, so no single date is handed over."),
    Why.NOT_FOR_THEM: say("{title} isn't for whoever would take the seat."),
    Why.HAS_CLAIM: say("Whoever would take the seat has one at {title}, or waits with others."),
    Why.TIME_PASSED: say("{title} begins too soon to ask anybody."),
}
"""Why a seat stays where it is; what is not listed is the event's time, which its page tells."""


# Whoever hands it over


@router.command(
    "handover", zh="转让", also=("hand over", "转给工友"), about=say("Hand a seat over")
)
def by_words(chat: Chat, words: str) -> Reply:
    """``转让 35 张三``: which seat and whose it shall be; what is not said is asked."""
    match = NUMBERED.match(words)
    assert match is not None
    number, who = int(match["n"] or 0), match["who"].strip()
    if not number:
        return which(chat)
    event = events.get(chat.session, number)
    if event is None:
        return browsing.no_such_event()
    return begin(chat, event, who=who)


def which(chat: Chat, who: str = "") -> Reply:
    """The seats that could be handed over, or the question about the only one.

    ``who`` is whose it shall be, if that was said: the answer finds it in the words that are kept.
    """
    mine = [
        event
        for claim, event in all_signups.of_member(chat.session, chat.member.id, chat.now)
        if claim.state == SignupState.SEATED
    ]
    if not mine:
        return Reply(say("You have no seat to hand over."), buttons=(EVENTS, MINE))
    if len(mine) == 1:
        return begin(chat, mine[0], who=who)
    if who and chat.incoming is not None:
        drafts.keep_words(chat, chat.incoming.text)
    return Reply(
        say("Which seat goes to {name}?", name=who) if who else say("Which seat do you hand over?"),
        tuple(
            Choice(
                each.id,
                title(each),
                HandOver(each.id),
                lines(title(each), When(each.starts_at), between=DOT),
            )
            for each in mine[:10]
        ),
        (MINE,),
    )


@router.button(HandOver)
def ask(chat: Chat, press: HandOver) -> Reply:
    event = events.get(chat.session, press.event_id)
    if event is None:
        return browsing.no_such_event()
    if who := rules.whom(drafts.words_of(chat)):
        drafts.forget_words(chat)
    return begin(chat, event, press.signup_id, who=who)


def begin(chat: Chat, event: Event, signup_id: int = 0, *, who: str = "") -> Reply:
    """Ask which seat of a party it is, and whose it shall be; or say who is asked already."""
    seats = handovers.seats_of(chat.session, event.id, chat.member.id)
    if not seats:
        return browsing.card(chat, event)
    claim = all_signups.claim_of(chat.session, event.id, chat.member.id)
    assert claim is not None
    if why := handing.why_nobody(chat.session, event, claim, chat.now):
        return _stays(event, why)
    waiting = handovers.on_their_way(chat.session, event.id, chat.member.id, chat.now)
    if waiting and not (signup_id or who):
        return _on_its_way(chat, event, waiting[0])
    one = next((each for each in seats if each.id == signup_id), None)
    if one is None and len(seats) > 1:
        return Reply(
            say("Whose seat at {title} is handed over?", title=title(event)),
            tuple(
                Choice(number, called(chat, each), HandOver(event.id, each.id))
                for number, each in enumerate(seats, start=1)
            ),
            (_back(event),),
        )
    one = one or seats[0]
    if who:
        return _hand_to(chat, event, one.id, who)
    return whose.begin(chat, event_id=event.id, signup_id=one.id)


@router.dialog("hand-to")
def whose(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    said = yield Question(
        "who",
        say(
            "Whose shall the seat be? Write the name of a colleague. "
            "Somebody who is new here gets a one-time code from you."
        ),
        options=(Option(CODE, say("One-time code")),),
        check=lambda words: words,
        skip=say("No, leave it"),
    )
    return start["event_id"], start["signup_id"], said


@whose.done
def hand_to(chat: Chat, form: tuple[int, int, str | None]) -> Reply:
    event_id, signup_id, said = form
    event = events.get(chat.session, event_id)
    if event is None:
        return browsing.no_such_event()
    if not said:
        return _stays_yours(event)
    if said != CODE:
        return _hand_to(chat, event, signup_id, said)
    done = handing.give_code(chat.session, event_id, signup_id, chat.member, chat.care, chat.now)
    match done:
        case OnItsWay(_, row, code):
            return Reply(
                lines(
                    say("Send this to whoever takes your seat at {title}:", title=title(event)),
                    say("Write “claim {code}” here.", code=code),
                    _until(row),
                ),
                buttons=(Button(say("Take back"), KeepSeat(event.id)), _back(event), MINE),
            )
        case Stays(_, why):
            return _stays(event, why)
        case None:
            return browsing.card(chat, event)


def _hand_to(chat: Chat, event: Event, signup_id: int, name: str) -> Reply:
    """Ask a colleague of this name; whoever is not known by it gets a code."""
    member = members.get(chat.session, chat.member.id)
    to = parties.colleague(chat.session, member, name)
    if to is None:
        return whose.begin(
            chat,
            before=say(
                "No colleague or team mate of yours goes by “{name}” here, or several do.",
                name=name[:20],
            ),
            event_id=event.id,
            signup_id=signup_id,
        )
    done = handing.ask(chat.session, event.id, signup_id, to, chat.member, chat.care, chat.now)
    match done:
        case OnItsWay(_, row):
            return _on_its_way(chat, event, row)
        case Stays(_, why):
            return _stays(event, why)
        case None:
            return browsing.card(chat, event)


def _on_its_way(chat: Chat, event: Event, row: Handover) -> Reply:
    asked = (
        say("{name} is asked about your seat at {title}.", name=name, title=title(event))
        if (name := _name(chat, row.to_member_id))
        else say("A code for your seat at {title} is out.", title=title(event))
    )
    return Reply(
        lines(asked, _until(row)),
        buttons=(Button(say("Take back"), KeepSeat(event.id)), _back(event), MINE),
    )


def _until(row: Handover) -> Sayable:
    return say("It holds until {until}; till it's taken, the seat is yours.", until=When(row.until))


def _stays(event: Event, why: Why | NotHanded, *, is_taker: bool = False) -> Reply:
    """Why a seat stays where it is, and what else can be done."""
    asked = STAYS.get(why, say("That's not possible any more: {title}."))
    back = _back(event)
    buttons = (back, EVENTS) if is_taker else (_give_up(event), back, MINE)
    return Reply(say(asked.id, title=title(event)), buttons=buttons)


def _give_up(event: Event) -> Button:
    return Button(say("Cancel sign-up"), GiveUp(event.id))


def _back(event: Event) -> Button:
    return Button(say("Event details"), OpenEvent(event.id))


def _name(chat: Chat, member_id: int | None) -> Sayable:
    return members.names_of(chat.session, [member_id or 0]).get(member_id or 0, "")


@router.button(KeepSeat)
def keep(chat: Chat, press: KeepSeat) -> Reply:
    """Take back what nobody has answered yet."""
    event = events.get(chat.session, press.event_id)
    if event is None:
        return browsing.no_such_event()
    if not handovers.withdraw(chat.session, event.id, chat.member.id):
        return browsing.card(chat, event)
    return _stays_yours(event)


def _stays_yours(event: Event) -> Reply:
    said = say("All right, your seat at {title} stays yours.", title=title(event))
    return Reply(said, buttons=(_back(event), MINE))


@router.notice("seat-answered")
def answered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """What became of a seat that this member would hand over."""
    event = events.get(chat.session, facts["event_id"])
    if event is None:
        return Drop(Reason.EVENT_CANCELLED)
    name = _name(chat, facts.get("taker_id")) or say("A colleague")
    if facts["end"] == "taken":
        return Reply(
            say("✅ {name} has your seat at {title} now.", name=name, title=title(event)),
            buttons=(EVENTS, MINE),
            card=as_card(event, say("Your seat was taken")),
        )
    is_open = handovers.is_open(chat.session, facts["handover"])
    if facts["end"] == "lapsed" and not is_open:
        return Drop(Reason.OUTDATED)
    text = (
        say("Nobody has taken your seat at {title}; it's still yours.", title=title(event))
        if facts["end"] == "lapsed"
        else say(
            "{name} can't take your seat at {title}; it's still yours.",
            name=name,
            title=title(event),
        )
    )
    return Reply(
        text,
        buttons=(Button(say("Ask another"), HandOver(event.id)), _give_up(event)),
        card=as_card(event, say("Your seat is still yours")),
    )


# Whoever is asked


@router.notice("seat-handed")
def offered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Somebody would hand their seat over to this member."""
    row = handovers.for_member(chat.session, facts["handover"], chat.member.id, chat.now)
    event = events.get(chat.session, facts["event_id"])
    if row is None or event is None:
        return Drop(Reason.OFFER_ENDED)
    return Reply(
        lines(
            say(
                "🔔 {name} hands you a seat: {title}, {when}.",
                name=_name(chat, row.from_member_id) or say("A colleague"),
                title=title(event),
                when=When(event.starts_at, near=True),
            ),
            say("It's yours if you take it until {until}.", until=TimeOfDay(row.until)),
        ),
        buttons=(
            Button(say("Take it"), TakeHanded(row.id)),
            Button(say("No thanks"), RefuseHanded(row.id)),
            _back(event),
        ),
        card=as_card(event, say("A seat for you, until {until}", until=TimeOfDay(row.until))),
    )


def _gone() -> Reply:
    return Reply(say("That seat is no longer to be had."), buttons=(EVENTS, MINE))


@router.button(TakeHanded)
def take(chat: Chat, press: TakeHanded) -> Reply:
    """Take the seat; what the event asks at sign-up is asked before."""
    row = handovers.for_member(chat.session, press.handover_id, chat.member.id, chat.now)
    event = events.get(chat.session, row.event_id) if row is not None else None
    if row is None or event is None:
        return _gone()
    return asking.of_newcomer(chat, event, questioned, handover=row.id) or _take(chat, row.id)


questioned = router.dialog("asked-handed", of_oneself=True)(asking.dialog.script)
"""The questions of the event, to whoever takes a seat over."""


@questioned.done
def questions_answered(chat: Chat, form: dict[str, Any]) -> Reply:
    if form["said"] is None:
        return asking.refused(chat, form)
    said = asking.said_by(form, 0)
    reply = _take(chat, form["handover"], said)
    claim = all_signups.claim_of(chat.session, form["event_id"], chat.member.id)
    return asking.keep(chat, form, reply, claim)


def _take(chat: Chat, handover_id: int, said: Values = NOTHING) -> Reply:
    done = handing.take(chat.session, handover_id, chat.member, chat.care, chat.now, said=said)
    match done:
        case None:
            return _gone()
        case Stays(event, why):
            row = events.get(chat.session, event.id)
            return _stays(row, why, is_taker=True) if row is not None else _gone()
        case Taken(event, signup_id):
            planned = reminders.of_signup(chat.session, signup_id)
            claim = all_signups.claim_of(chat.session, event.id, chat.member.id)
            seat = SignedUp(event, Seated(), reminders=planned, claim=claim)
            return signups.seated(chat, event, seat, asks_stop=STOP not in said)


@router.button(RefuseHanded)
def refuse(chat: Chat, press: RefuseHanded) -> Reply:
    event = handing.refuse(chat.session, press.handover_id, chat.member.id, chat.now)
    if event is None:
        return _gone()
    said = say("All right, the seat stays where it is: {title}.", title=title(event))
    return Reply(said, buttons=(_back(event), EVENTS))
