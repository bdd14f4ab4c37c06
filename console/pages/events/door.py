"""Check-in at the door: by the camera, six digits or the list, with or without a network.

The page keeps the list in the browser and decides by it who stands there. What was done is told
here under names of the device's own, once or again, whenever there is a network.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import orjson

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.events.files import OPEN_FOR
from console.pages.events.section import ONE, may, path_of, section, to_do
from console.routing import Asked, BadForm, Done, File, Page, Wrong
from handlers.events import in_hall
from handlers.events.arrivals import outcome
from handlers.events.running import name_of, sees_places
from handlers.words import title
from models.events import checking_in, running
from models.events.checking_in import SEAT, CheckedIn, CheckInOutcome, NoSeat
from models.events.events import Event, SignupState
from models.rules.events import codes
from models.rules.network.permissions import Act

PATH = f"{ONE}/door"
AT_ONCE = 200
"""Check-ins that a device tells of in one request."""

ID = re.compile(r"[!-~]{1,40}")
"""What a device may call a check-in: it makes a UUID."""

KEPT_FOR = timedelta(hours=6)
"""How long after the end of an event a browser keeps its list."""

Told = Mapping[str, Any]


@section.page(PATH)
def door(desk: Desk, asked: Asked) -> Page:
    """The page holds no name: its script asks for the list, which is recorded."""
    event, station = to_do(desk, asked, Act.CHECK_IN)
    why = checking_in.why_not(event, desk.now)
    facts = {
        "event": event,
        "closed": outcome(desk.chat, event, checking_in.NotNow(why)) if why else None,
        "sees_names": may(desk, Act.SEE_LIST, event, station),
        "texts": {name: desk.in_words(said) for name, said in TEXTS.items()},
    }
    return Page("events/door.html", say("Check-in: {title}", title=title(event)), facts)


@section.act(f"{ONE}/code", again=door)
def by_code(desk: Desk, asked: Asked) -> Done | Wrong:
    """Check in by six digits that were typed, where no script does."""
    event, _station = to_do(desk, asked, Act.CHECK_IN)
    code = codes.code_in(asked.word("code"))
    if code is None:
        return Wrong(say("A code has six digits."), "code")
    done = checking_in.by_code(desk.session, event.id, code, desk.member.id, desk.now)
    said = outcome(desk.chat, event, done)
    return Done(path_of(event, "door"), said) if isinstance(done, CheckedIn) else Wrong(said)


@section.act(PATH, again=door, needs=Act.SEE_LIST)
def tell(desk: Desk, asked: Asked) -> File:
    """Do what a device tells of, and answer with what became of it and the list as it is now.

    Raises BadForm for what no page of ours sends.
    """
    event, _station = to_do(desk, asked, Act.CHECK_IN)
    desk.require(Act.SEE_LIST, _station, team_id=event.team_id, event_id=event.id)
    done = {each["id"]: _does(desk, event, each) for each in _told(asked)}
    if not running.has_viewed(desk.session, event, desk.member.id, desk.now - OPEN_FOR, "check-in"):
        running.record_view(desk.session, event, desk.member.id, desk.now, what="check-in")
    answer = {
        "done": done,
        "people": _people(desk, event),
        "until": (event.ends_at + KEPT_FOR).timestamp(),
    }
    return File("check-in.json", "application/json", partial(orjson.dumps, answer))


def _told(asked: Asked) -> list[Told]:
    """Check-ins as a device tells of them, in the order in which they were done."""
    try:
        told = orjson.loads(asked.word("told", "[]"))
    except orjson.JSONDecodeError:
        raise BadForm("told") from None
    if not isinstance(told, list) or len(told) > AT_ONCE or not all(map(_is_told, told)):
        raise BadForm("told")
    return told


def _is_told(each: object) -> bool:
    """Whether this is a check-in: a name of the device's own, and a claim or a code."""
    if not isinstance(each, dict):
        return False
    name, claim, code = each.get("id"), each.get("claim"), each.get("code")
    if not isinstance(name, str) or ID.fullmatch(name) is None:
        return False
    if claim is not None:
        return type(claim) is int and 0 < claim < 2**31
    return isinstance(code, str) and codes.code_in(code) is not None and not each.get("undo")


def _does(desk: Desk, event: Event, each: Told) -> dict[str, object]:
    session, by, now, name = desk.session, desk.member.id, desk.now, each["id"]
    done: CheckInOutcome
    if each.get("undo"):
        done = checking_in.undo(session, event.id, each["claim"], by, now, client_id=name)
        # What is undone already, here or on another device, is as it shall be.
        is_done = isinstance(done, CheckedIn | NoSeat)
        said: Sayable = (
            say("All right, that check-in is undone.")
            if is_done
            else outcome(desk.chat, event, done)
        )
        return {"ok": is_done, "said": desk.in_words(said)}
    if each.get("claim") is not None:
        done = checking_in.from_list(session, event.id, each["claim"], by, now, client_id=name)
    else:
        code = codes.code_in(each["code"])
        assert code is not None
        done = checking_in.by_code(session, event.id, code, by, now, client_id=name)
    said = outcome(desk.chat, event, done)
    return {"ok": isinstance(done, CheckedIn), "said": desk.in_words(said)}


def _people(desk: Desk, event: Event) -> list[dict[str, object]]:
    """Everybody with a seat, as a device keeps them."""
    session = desk.session
    namesakes = running.namesakes(session, event.id)
    sees = sees_places(desk.chat, event)
    found = []
    for claim, member, station in running.people(session, event.id, SEAT):
        name = name_of(claim, member, station, namesakes, sees_places=sees)
        seat = in_hall.of_claim(event, claim)
        found.append(
            {
                "claim": claim.id,
                "name": desk.in_words(name),
                "seat": desk.in_words(seat) if seat is not None else "",
                "code": checking_in.code_of(session, event.id, claim.turn),
                "with": claim.party_id if claim.party_id != claim.id else None,
                "here": claim.state == SignupState.ATTENDED,
            }
        )
    return found


NAME, NUMBER = "{name}", "{n}"
TEXTS: Mapping[str, Sayable] = {
    "here": say("✅ {name} is here.", name=NAME),
    "before": say("{name} was checked in before.", name=NAME),
    "undone": say("All right, that check-in is undone."),
    "undo": say("Undo"),
    "checkIn": say("Check in"),
    "along": say("Came along: {name}. Here as well?", name=NAME),
    "allHere": say("All here"),
    "unknown": say("⏳ That code isn't on this list. The station is asked."),
    "otherEvent": say("❌ That code is for another event."),
    "noCode": say("A code has six digits."),
    "counts": say("{came} of {seated} here", came="{came}", seated="{seated}"),
    "unsent": say("{n} not sent yet", n=NUMBER),
    "allSent": say("all sent"),
    "offline": say("No network: go on, it is sent later."),
    "online": say("Connected"),
    "insecure": say(
        "The camera, and going on without a network, need https or this very computer."
        " Digits and the list work."
    ),
    "noCamera": say("The camera doesn't open: {name}. Digits and the list work.", name=NAME),
    "start": say("Open the camera"),
    "stop": say("Close the camera"),
    "signedOut": say("You are signed out. Open the desk anew; what was not sent yet stays here."),
    "refused": say("You may not check in here any more. What was not sent yet: {n}.", n=NUMBER),
    "nobody": say("Nobody of that name is on the list."),
    "ready": say("Works without a network as well."),
}
"""What the script says by itself."""
