"""Approving what others want to publish: asked in the chat, answered with one tap."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Button, Reply, Sayable, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU
from handlers.events.audiences import whom
from handlers.events.buttons import MY_EVENTS, ApproveEvent, NewEvent, Run, SendBackEvent
from handlers.events.cards import event_card
from handlers.permission import denied, why_sent_back
from handlers.words import person, station_name, title
from models.events import events, pictures, publishing
from models.events.events import Event, EventState
from models.events.publishing import Over
from models.network import members, stations
from models.rules.network.permissions import Act
from models.sending.reasons import Reason

router = Router()


@router.notice("approve-event")
def ask_to_approve(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.for_organizers(chat.session, facts["event_id"])
    if event is None or event.state != EventState.ASKED:
        return Drop(Reason.ANSWERED)
    if event.starts_at <= chat.now:
        return Drop(Reason.EVENT_OVER)
    return approval_card(chat, event)


def approval_card(chat: Chat, event: Event) -> Reply:
    station = station_name(stations.get(chat.session, event.station_id))
    asker = members.get(chat.session, event.by_member_id) if event.by_member_id else None
    name = person(asker.name, asker.id) if asker is not None else say("Somebody")
    return Reply(
        lines(
            say(
                "🔔 {name} wants to publish for {place}:",
                name=name,
                place=station,
            ),
            event_card(event, station, chat.now, whom=whom(chat.session, event)),
        ),
        buttons=(
            Button(say("Approve"), ApproveEvent(event.id)),
            Button(say("Send back"), SendBackEvent(event.id)),
        ),
        picture=pictures.name(chat.session, event.picture_id),
    )


@router.button(ApproveEvent)
def approve(chat: Chat, press: ApproveEvent) -> Reply:
    event = events.for_organizers(chat.session, press.event_id)
    refusal = _may_not_answer(chat, event)
    if refusal is not None:
        return refusal
    done = publishing.approve(chat.session, press.event_id, chat.member.id, chat.now)
    if isinstance(done, Over):
        text = say("{title} has begun already.", title=title(done.event))
        return Reply(text, buttons=(MY_EVENTS, MENU))
    if done.before:
        return answered_before(done.event)
    return Reply(
        say("✅ Approved: {title}. Members see it now.", title=title(done.event)),
        buttons=(Button(say("Run it"), Run(press.event_id)), MY_EVENTS),
    )


@router.button(SendBackEvent)
def send_back(chat: Chat, press: SendBackEvent) -> Reply:
    event = events.for_organizers(chat.session, press.event_id)
    refusal = _may_not_answer(chat, event)
    if refusal is not None:
        return refusal
    assert event is not None
    if event.state != EventState.ASKED or event.by_member_id == chat.member.id:
        return answered_before(event)
    return send_back_why.begin(chat, event_id=press.event_id)


@router.dialog("send-event-back")
def send_back_why(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield why_sent_back()
    return start["event_id"], reason or ""


@send_back_why.done
def send_back_for(chat: Chat, form: tuple[int, str]) -> Reply:
    event_id, reason = form
    refusal = _may_not_answer(chat, events.for_organizers(chat.session, event_id))
    if refusal is not None:
        return refusal
    done = publishing.send_back(chat.session, event_id, reason, chat.member.id, chat.now)
    if done.before:
        return answered_before(done.event)
    return Reply(
        say("✅ Sent back: {title}. Whoever asked is told.", title=title(done.event)),
        buttons=(MY_EVENTS, MENU),
    )


def _may_not_answer(chat: Chat, event: Event | None) -> Reply | None:
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(MY_EVENTS, MENU))
    station = stations.get(chat.session, event.station_id)
    return denied(chat, Act.APPROVE_EVENT, station, subject=f"event:{event.id}")


def answered_before(event: Event) -> Reply:
    states: dict[EventState, Sayable] = {
        EventState.ASKED: say("Somebody else has to approve your own event."),
        EventState.LAPSED: say("{title} has begun already.", title=title(event)),
        EventState.RETURNED: say("{title} was sent back already.", title=title(event)),
    }
    published = say("{title} was approved already.", title=title(event))
    return Reply(states.get(event.state, published), buttons=(MY_EVENTS, MENU))


@router.notice("event-approval-waits")
def approval_waits(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """The last hour before the start: the same card once more."""
    return ask_to_approve(chat, facts)


@router.notice("event-waits")
def still_waits(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.for_organizers(chat.session, facts["event_id"])
    if event is None or event.state != EventState.ASKED:
        return Drop(Reason.ANSWERED)
    return Reply(
        say("⏳ {title} begins soon, and nobody has approved it yet.", title=title(event)),
        buttons=(MY_EVENTS, MENU),
    )


@router.notice("event-lapsed")
def lapsed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.for_organizers(chat.session, facts["event_id"])
    if event is None or event.state != EventState.LAPSED:
        return Drop(Reason.OUTDATED)
    return Reply(
        say("❌ {title} was not approved in time, so nobody has seen it.", title=title(event)),
        buttons=(Button(say("Hold again"), NewEvent(event.id)), MY_EVENTS),
    )


@router.notice("event-answered")
def answered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.for_organizers(chat.session, facts["event_id"])
    if event is None or event.state == EventState.ASKED:
        return Drop(Reason.OUTDATED)
    if event.state == EventState.RETURNED:
        return Reply(
            lines(
                say("{title} was sent back. Change it and ask again.", title=title(event)),
                say("Why: {reason}", reason=event.reason) if event.reason else None,
            ),
            buttons=(Button(say("Change it"), NewEvent(event.id, 1)), MY_EVENTS),
        )
    return Reply(
        say("✅ {title} is approved: members see it now.", title=title(event)),
        buttons=(Button(say("Run it"), Run(event.id)), MY_EVENTS),
    )
