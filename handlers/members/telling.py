"""What members say of themselves in passing changes their profile after one tap."""

from dataclasses import dataclass

from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Button, Choice, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from bot.conversation.typed import whole
from handlers.actions import EVENTS, LEAVE_IT, MENU, PROFILE, Change, ShowProfile
from handlers.members import profile, quiet
from handlers.words import DOT, INTERESTS, SHIFTS, station_name
from models.events import reminders
from models.members.profile import interests_of, set_interests, set_name, set_shift, set_station
from models.network import stations
from models.network.stations import Station, StationKind
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift
from models.rules.understanding import oneself
from models.rules.understanding.oneself import Told

router = Router()

MOST_LIKED = 3
"""How many interests a button carries."""
LONGEST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SetOwn(Action, tag="set-own"):
    """Changes one item of the profile: a shift, a station's number, a name, interests."""

    what: str
    value: str


def hear(chat: Chat) -> Reply:
    """Read out what the words would change, for one tap; the profile where that is not plain."""
    words = whole(chat.incoming.text) if chat.incoming is not None else ""
    told = oneself.read(words)
    if told is None or told.what == "place":
        place = _place_in(chat, words)
        if place is not None:
            return _ask_place(chat, place)
    told = told or oneself.guess(words)
    if told is None:
        return profile.show_profile(chat, ShowProfile())
    if not told.value:
        return profile.change(chat, Change(told.what))
    match told.what:
        case "shift":
            return _ask_shift(chat, Shift(told.value))
        case "name":
            asked = say("Shall we call you {name} from now on?", name=told.value)
            return _ask(asked, SetOwn("name", told.value))
        case "interests":
            return _ask_interests(chat, told)
        case _:
            return _find_place(chat, told.value)


def _ask(asked: Sayable, action: SetOwn) -> Reply:
    return Reply(asked, buttons=(Button(say("Yes, change it"), action), LEAVE_IT, PROFILE))


def _as_it_is(value: Sayable) -> Reply:
    return Reply(say("That's in your profile already: {value}.", value=value), buttons=(PROFILE,))


def _ask_shift(chat: Chat, shift: Shift) -> Reply:
    if chat.member.shift == shift:
        return _as_it_is(SHIFTS[shift])
    asked = say("Change your shift to {shift}?", shift=SHIFTS[shift])
    return _ask(asked, SetOwn("shift", shift))


def _ask_interests(chat: Chat, told: Told) -> Reply:
    named = [Interest(each) for each in told.value.split(",")]
    mine = interests_of(chat.session, chat.member.id)
    new = [each for each in named if each not in mine][:MOST_LIKED]
    said = lines(*(INTERESTS[each] for each in new or named), between=DOT)
    if not new:
        return _as_it_is(said)
    asked = say("Add to what you like: {interests}?", interests=said)
    return _ask(asked, SetOwn("interests", ",".join(new)))


def _place_in(chat: Chat, words: str) -> Station | None:
    """The town or contact point whose whole name stands in the words."""
    rows = {each.id: each for each in stations.everything(chat.session)}
    names = {
        number: each.text_of("name").versions()
        for number, each in rows.items()
        if each.kind is not StationKind.DISTRICT
    }
    found = oneself.place_in(words, names)
    return rows[found] if found is not None else None


def _find_place(chat: Chat, words: str) -> Reply:
    found = stations.matching(chat.session, words, profile.FOUND)
    if not found:
        unknown = say("I don't know “{words}” here.", words=words[:LONGEST_SHOWN])
        return profile.place.begin(chat, before=unknown)
    if len(found) == 1:
        return _ask_place(chat, found[0])
    return Reply(
        say("Where do you work now?"),
        tuple(
            Choice(number, station_name(each), SetOwn("place", str(each.id)))
            for number, each in enumerate(found, start=1)
        ),
        (LEAVE_IT, PROFILE),
    )


def _ask_place(chat: Chat, station: Station) -> Reply:
    if chat.member.station_id == station.id:
        return _as_it_is(station_name(station))
    asked = say("Change your place to {place}?", place=station_name(station))
    return _ask(asked, SetOwn("place", str(station.id)))


@router.button(SetOwn)
def set_own(chat: Chat, press: SetOwn) -> Reply:
    changed = _change(chat, press.what, press.value)
    if changed is None:
        return profile.show_profile(chat, ShowProfile())
    works_nights = press.what == "shift" and chat.member.shift == Shift.NIGHT
    return Reply(
        lines(
            say("✅ Changed: {value}.", value=changed),
            quiet.quiet_now(chat) if works_nights else None,
        ),
        buttons=(EVENTS, PROFILE, MENU),
    )


def _change(chat: Chat, what: str, value: str) -> Sayable | None:
    """Change the item and return what it is now; None for what it cannot be: anybody can press."""
    session, member = chat.session, chat.member
    if what == "shift" and value in set(Shift):
        set_shift(session, member, Shift(value))
        reminders.replan_member(session, member.id, chat.care, chat.now)
        return SHIFTS[Shift(value)]
    if what == "name" and 0 < len(value) <= profile.LONGEST_NAME:
        set_name(session, member, value)
        return value
    if what == "place" and value.isascii() and value.isdecimal() and len(value) < 10:
        station = stations.get(session, int(value))
        if station is not None and station.kind is not StationKind.DISTRICT:
            set_station(session, member, station.id)
            return station_name(station)
    if what == "interests":
        added = [Interest(each) for each in value.split(",") if each in set(Interest)]
        if added:
            set_interests(session, member, [*interests_of(session, member.id), *added])
            return lines(*(INTERESTS[each] for each in added), between=DOT)
    return None
