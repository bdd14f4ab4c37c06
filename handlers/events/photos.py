"""Photos of an evening: sent by an organizer to those who came, and taken down by a tap."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Tell, Wrong
from bot.conversation.messages import Action, Button, Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MENU, MINE
from handlers.events.buttons import MY_EVENTS, Run
from handlers.events.running import to_run
from handlers.words import DOT, title
from models.events import events, photos, pictures
from models.events.events import Event
from models.events.pictures import Photo
from models.sending.reasons import Reason

router = Router()

YES = "yes"


@dataclass(frozen=True, slots=True)
class ShowPhoto(Action, tag="photo"):
    """One of the photos of an event: the first whose number is not below ``since``."""

    event_id: int
    since: int = 0


@dataclass(frozen=True, slots=True)
class TakeDown(Action, tag="photo-down"):
    """Asks that a photo be shown no more, because one is on it."""

    photo_id: int


@dataclass(frozen=True, slots=True)
class WantPhotos(Action, tag="photo-wish"):
    """Says whether one wants to get photos; the way back leads to an event's."""

    wants: int
    event_id: int = 0


@dataclass(frozen=True, slots=True)
class DecidePhoto(Action, tag="photo-decide"):
    """An organizer's answer to somebody who is on a photo: erase it, or ``keep`` it."""

    photo_id: int
    keep: int


# What organizers do


@router.dialog("photos-of-event")
def take_photos(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    taken: list[int] = []
    for place in range(start["room"]):
        ask = (
            say_n("{n} photo so far. Another one?", "{n} photos so far. Another one?", place)
            if place
            else say("Send the photos, one after the other: up to {n}.", n=start["room"])
        )
        sent = yield Question(
            f"photo-{place}",
            ask,
            check=lambda _words: Wrong(say("Send a picture, or tap below.")),
            pictures=True,
            skip=say("That's all") if place else say("No, leave it"),
        )
        if sent is None:
            break
        taken.append(sent["picture"])
    if not taken:
        return start["event_id"], [], None
    sure = yield Question(
        "sure",
        _who_gets(start["event_id"], len(taken)),
        options=(Option(YES, say("Send them")),),
        skip=say("Don't send"),
    )
    return start["event_id"], taken, sure


def _who_gets(event_id: int, number: int) -> Tell:
    def text(chat: Chat) -> Sayable:
        event = events.for_organizers(chat.session, event_id)
        told = len(photos.who_gets(chat.session, event)) if event is not None else 0
        return lines(
            say_n("{n} photo for who came:", "{n} photos for who came:", number),
            say_n("{n} person gets one notice.", "{n} people get one notice each.", told),
            say("Whoever is on one can take it down. Send only what all may see."),
        )

    return text


def begin(chat: Chat, event: Event) -> Reply:
    if not photos.may_send(event, chat.now):
        late = say("Photos are sent after the event, for {n} days.", n=photos.LATEST.days)
        return Reply(lines(title(event), late), buttons=_back(event))
    room = photos.room(chat.session, event.id)
    if not room:
        full = say("There are {n} photos already. That's all there is room for.", n=photos.MOST)
        return Reply(lines(title(event), full), buttons=_back(event))
    return take_photos.begin(chat, before=title(event), event_id=event.id, room=room)


@take_photos.done
def send(chat: Chat, form: tuple[int, Sequence[int], str | None]) -> Reply:
    event, refusal = to_run(chat, form[0])
    if event is None:
        return refusal
    if form[2] is None:
        return Reply(lines(title(event), say("No photo was sent.")), buttons=_back(event))
    done = photos.send(chat.session, event.id, form[1], chat.member.id, chat.now)
    if not done.number:
        none = say("Nothing new to send: they are there already, or it's too late.")
        return Reply(lines(title(event), none), buttons=_back(event))
    sent = say_n("✅ {n} photo sent", "✅ {n} photos sent", done.number)
    told = say_n("to {n} person", "to {n} people", done.told)
    look = Button(say("Look at them"), ShowPhoto(event.id))
    return Reply(lines(title(event), lines(sent, told, between=DOT)), buttons=(look, *_back(event)))


def _back(event: Event) -> tuple[Button, Button]:
    return (Button(say("Back"), Run(event.id)), MY_EVENTS)


@router.notice(photos.TAKEN_DOWN)
def asked_to_decide(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Somebody is on a photo and does not want it: it is shown to nobody, so not here either."""
    photo = photos.hidden(chat.session, facts["photo_id"])
    event = events.get(chat.session, photo.event_id) if photo is not None else None
    if photo is None or event is None:
        return Drop(Reason.ANSWERED)
    number = photos.place_of(chat.session, photo)
    return Reply(
        lines(
            say(
                "🔔 Somebody is on photo {n} of {title} and wants it down.",
                n=number,
                title=title(event),
            ),
            say("Nobody sees it now. Erase it, or show it again?"),
        ),
        buttons=(
            Button(say("Show it again"), DecidePhoto(photo.id, 1)),
            Button(say("Erase it"), DecidePhoto(photo.id, 0)),
        ),
    )


@router.button(DecidePhoto)
def decide(chat: Chat, press: DecidePhoto) -> Reply:
    photo = photos.hidden(chat.session, press.photo_id)
    if photo is None:
        return Reply(say("That photo is settled already."), buttons=(MY_EVENTS, MENU))
    event, refusal = to_run(chat, photo.event_id)
    if event is None:
        return refusal
    photos.decide(chat.session, photo.id, chat.member.id, chat.now, keep=bool(press.keep))
    said = say("✅ It is shown again.") if press.keep else say("✅ It is erased for good.")
    return Reply(lines(title(event), said), buttons=_back(event))


# What those who came see


@router.notice(photos.TOPIC)
def told(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event = events.get(chat.session, facts["event_id"])
    if event is None or photos.wants_none(chat.session, chat.member.id):
        return Drop(Reason.OUTDATED)
    new = [each for each in photos.shown(chat.session, event.id) if each.id >= int(facts["first"])]
    if not new:
        return Drop(Reason.GONE)
    first = say_n(
        "🔔 {n} photo of {title}", "🔔 {n} photos of {title}", len(new), title=title(event)
    )
    return _shown(chat, event, new[0], before=first)


@router.button(ShowPhoto)
def show(chat: Chat, press: ShowPhoto) -> Reply:
    event = events.get(chat.session, press.event_id)
    if event is None or not photos.may_see(chat.session, event.id, chat.member.id, chat.now):
        return Reply(say("Photos are for those who came."), buttons=(MINE, EVENTS))
    there = photos.shown(chat.session, event.id)
    if not there:
        return Reply(
            say("There are no photos of {title} now.", title=title(event)), buttons=(MINE, EVENTS)
        )
    photo = next((each for each in there if each.id >= press.since), there[0])
    return _shown(chat, event, photo)


def _shown(chat: Chat, event: Event, photo: Photo, *, before: Sayable | None = None) -> Reply:
    there = [each.id for each in photos.shown(chat.session, event.id)]
    place = there.index(photo.id)
    no_more = photos.wants_none(chat.session, chat.member.id)
    wish = say("Send me photos") if no_more else say("No more photos")
    down = (Button(say("Take it down"), TakeDown(photo.id)),)
    further = (Button(say("Next photo"), ShowPhoto(event.id, photo.id + 1)),)
    return Reply(
        lines(
            before or title(event),
            say("Photo {n} of {all}", n=place + 1, all=len(there)),
            say("If you are on it and don't want it, take it down."),
        ),
        buttons=(
            *(further if len(there) > 1 else ()),
            *down,
            Button(wish, WantPhotos(int(no_more), event.id)),
        ),
        picture=pictures.name(chat.session, photo.picture_id),
    )


@router.button(TakeDown)
def take_down(chat: Chat, press: TakeDown) -> Reply:
    photo = photos.take_down(chat.session, press.photo_id, chat.member.id, chat.now)
    if photo is None:
        return Reply(say("That photo isn't there any more."), buttons=(MINE, EVENTS))
    others = photos.shown(chat.session, photo.event_id)
    further = (Button(say("Other photos"), ShowPhoto(photo.event_id)),) if others else ()
    return Reply(
        say("✅ Taken down at once. The organizers look at it; they don't learn who asked."),
        buttons=(*further, MINE),
    )


@router.button(WantPhotos)
def wish(chat: Chat, press: WantPhotos) -> Reply:
    wants = bool(press.wants)
    photos.set_wish(chat.session, chat.member.id, wants=wants)
    said = (
        say("All right, you get photos of the evenings you come to.")
        if wants
        else say("All right, you get no photos any more. They are under “history” of each event.")
    )
    again = say("No more photos") if wants else say("Send me photos")
    return Reply(said, buttons=(Button(again, WantPhotos(int(not wants), press.event_id)), MINE))


def button(chat: Chat, event: Event) -> tuple[Button, ...]:
    """The way to the photos of an event for somebody who came; empty where there are none."""
    is_there = photos.may_see(chat.session, event.id, chat.member.id, chat.now)
    if not is_there or not photos.shown(chat.session, event.id):
        return ()
    return (Button(say("Photos"), ShowPhoto(event.id)),)
