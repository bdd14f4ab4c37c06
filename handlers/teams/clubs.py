"""An enterprise's club: applied for at a contact point, approved by its town."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Reply, lines, say
from bot.conversation.routing import Router
from handlers.actions import MENU, MINE, TEAMS, OpenTeam
from handlers.teams import founding as founding_words
from handlers.teams import joining
from handlers.words import INTERESTS, station_name
from models.network import stations
from models.network.stations import StationKind
from models.rules.languages import Translated
from models.rules.members.interests import Interest
from models.teams import founding
from models.teams.founding import TooMany

router = Router()

FEWEST, MOST = 2, 100_000
FOUND = 6
ME = "me"


@router.dialog("newclub", draft=say("Go on with the club"))
def newclub(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    station_id = yield Question(
        "station",
        say("Which company's club? Write part of the company's name."),
        options=tuple(
            Option(str(number), Translated.from_json(name)) for number, name in start["own"]
        ),
        find=_contact_points,
    )
    interest = yield Question(
        "interest",
        say("What will the club do?"),
        options=tuple(Option(each, INTERESTS[each]) for each in Interest),
    )
    name = yield Question("name", say("What's the club called?"), check=founding_words.short_name)
    return int(station_id), interest, name


def _contact_points(session: Session, words: str) -> Sequence[Option]:
    ids = stations.matching(session, words, FOUND * 3)
    points = [each for each in ids if each.kind is StationKind.CONTACT_POINT]
    return [Option(str(each.id), station_name(each)) for each in points[:FOUND]]


@router.command("newclub", zh="申请社团", also=("办社团",), about=say("Apply for a club"))
def begin(chat: Chat, words: str) -> Reply:
    own = stations.get(chat.session, chat.member.station_id)
    mine = own is not None and own.kind is StationKind.CONTACT_POINT
    places = [[own.id, own.text_of("name").to_json()]] if own is not None and mine else []
    return newclub.begin(chat, own=places)


@newclub.done
def look_for_similar(chat: Chat, form: tuple[int, str, str]) -> Reply:
    station_id, interest, name = form
    found = founding.similar(chat.session, name)
    similar = [[each.id, each.text_of("name").to_json()] for each in found]
    return newclub_rest.begin(
        chat,
        station_id=station_id,
        interest=interest,
        name=name,
        similar=similar,
        me=chat.member.name,
    )


@router.dialog("newclub-rest", draft=say("Go on with the club"), worth=lambda _chat, _state: True)
def newclub_rest(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    if start["similar"]:
        picked = yield founding_words.which_of(start["similar"])
        if picked != founding_words.NEW:
            return picked
    mine = (Option(ME, start["me"]),) if start["me"] else ()
    responsible = yield Question(
        "responsible",
        say("Who answers for the club? Tap your name, or write another."),
        options=mine,
        check=founding_words.short_name,
    )
    size = yield Question("size", say("How many members will it have?"), check=_size)
    about = yield Question(
        "about",
        say("Tell in a sentence what you do there, and for whom."),
        check=founding_words.sentence,
    )
    if responsible == ME:
        responsible = start["me"]
    return {**start, "responsible": responsible, "size": int(size), "about": about}


def _size(words: str) -> str | Wrong:
    plain = words.removesuffix("人").removesuffix("个").strip()
    if plain.isdecimal() and len(plain) < 7 and FEWEST <= int(plain) <= MOST:
        return plain
    return Wrong(say("A number of people, like 20."))


@newclub_rest.done
def apply(chat: Chat, form: str | dict[str, Any]) -> Reply:
    if isinstance(form, str):
        return joining.open_team(chat, OpenTeam(int(form)))
    station = stations.get(chat.session, form["station_id"])
    if station is None or station.kind is not StationKind.CONTACT_POINT:
        return Reply(say("That's not possible any more."), buttons=(TEAMS, MENU))
    team = founding.apply(
        chat.session,
        chat.member.id,
        station,
        chat.now,
        interest=Interest(form["interest"]),
        name=form["name"],
        responsible=form["responsible"],
        expected_members=form["size"],
        about=form["about"],
    )
    if isinstance(team, TooMany):
        return founding_words.too_many(team)
    town = stations.get(chat.session, station.parent_id)
    return Reply(
        lines(
            say("✅ Applied: {team}, {place}.", team=team.name, place=station_name(station)),
            say("{place} is asked, and you'll be told here.", place=station_name(town)),
        ),
        buttons=(Button(say("How it stands"), OpenTeam(team.id)), TEAMS, MINE),
    )
