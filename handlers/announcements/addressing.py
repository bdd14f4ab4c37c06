"""Drafts of announcements whose audience and words were written at once: 通知报名35的人：…"""

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, Sayable, lines, say
from handlers.announcements import audiences as choosing
from handlers.announcements.audiences import Aim, Discard, EditDraft, ShowPreview
from models.announcements import announcements
from models.announcements.announcements import MAX_LENGTH
from models.events import events, lookup
from models.network import roles, stations
from models.network.stations import Station
from models.rules.announcements.addressed import Addressed
from models.rules.network import permissions
from models.rules.network.audience import Audience
from models.rules.network.permissions import Act
from models.rules.understanding import things
from models.teams import teams
from models.teams.teams import Team

SHOWN = 60
FITTING = 5


def own(chat: Chat) -> tuple[Station | None, list[int]]:
    """The widest station to whose people this member may write, and the teams they lead."""
    mine = roles.grants_of(chat.session, chat.member.id, chat.now)
    places = [each for grant, each in mine if grant.role in permissions.roles_for(Act.ANNOUNCE)]
    led = [grant.team_id for grant, _station in mine if grant.team_id is not None]
    return min(places, key=lambda each: len(each.path), default=None), led


def draft(chat: Chat, told: Addressed) -> Reply | None:
    """A draft to those who were named; None for who may write to nobody, or named nobody."""
    station, led = own(chat)
    if len(told.words) > MAX_LENGTH:
        return None
    if station is not None:
        aim = _aim(chat, told, station)
        return _drafted(chat, told, station, aim) if aim is not None else None
    for team in _teams(chat, told.name):
        host = stations.get(chat.session, team.station_id)
        if team.id in led and host is not None:
            return _drafted(chat, told, host, Audience(teams=(team.id,)), team_id=team.id)
    return None


def kept(chat: Chat, told: Addressed) -> Reply | None:
    """A draft with the words alone where nobody was found; None for who may write to nobody."""
    station, _led = own(chat)
    if station is None or len(told.words) > MAX_LENGTH:
        return None
    none = say("I found nobody by that. Your words are kept; choose who shall get them.")
    return _drafted(chat, told, station, Audience(), why=none)


SEVERAL = say("Several fit. Your words are kept; choose who shall get them.")


def _drafted(
    chat: Chat,
    told: Addressed,
    station: Station,
    aim: Audience,
    *,
    team_id: int | None = None,
    why: Sayable = SEVERAL,
) -> Reply:
    """The draft; where its audience is empty, ``why``."""
    row = announcements.draft(
        chat.session, station, chat.member.id, chat.now, audience=aim, team_id=team_id
    )
    announcements.change(chat.session, row, text=told.words)
    drop = Button(say("Drop it"), Discard(row.id))
    if not aim:
        return Reply(
            why,
            buttons=(Button(say("Choose people"), Aim(row.id)), drop),
        )
    words = told.words if len(told.words) <= SHOWN else told.words[:SHOWN] + "…"
    return Reply(
        lines(
            say("To: {who}", who=choosing.describe(chat.session, aim)),
            say("“{words}”", words=words),
            say("Nothing is sent before you have seen the preview."),
        ),
        buttons=(
            Button(say("Preview"), ShowPreview(row.id)),
            Button(say("Change it"), EditDraft(row.id)),
            drop,
        ),
    )


def _aim(chat: Chat, told: Addressed, own_station: Station) -> Audience | None:
    """Whom the words mean; an empty audience where several fit, None where nobody does."""
    session = chat.session
    place = stations.named(session, told.name) if told.name else None
    if place is not None and place.path.startswith(own_station.path):
        return Audience(stations=(place.id,))
    if not (told.seated or told.waiting):
        fits = [each for each in _teams(chat, told.name) if _is_below(chat, each, own_station)]
        if fits:
            return Audience(teams=(fits[0].id,)) if len(fits) == 1 else Audience()
    numbers = [told.number] if told.number else _events(chat, told.name)
    rows = [events.for_organizers(session, each) for each in numbers]
    below = [each.id for each in rows if each is not None and _is_below(chat, each, own_station)]
    if not below:
        return None
    if len(below) > 1:
        return Audience()
    return Audience(waiting=(below[0],)) if told.waiting else Audience(seated=(below[0],))


def _events(chat: Chat, name: str) -> list[int]:
    """The coming events of this name; else those of the kind that it is."""
    named = lookup.named_in(chat.session, name, chat.now)
    if named or not (kind := things.kind_of(name)):
        return named
    return lookup.of_kind(chat.session, kind, chat.now)


def _teams(chat: Chat, name: str) -> list[Team]:
    """The teams of this name; where one has it wholly, that one."""
    found = [
        team
        for each in (teams.matching(chat.session, name, FITTING) if name else ())
        if (team := teams.get(chat.session, each)) is not None
    ]
    whole = [each for each in found if name in each.text_of("name").versions()]
    return whole or found


def _is_below(chat: Chat, row: Team | events.Event, above: Station) -> bool:
    station = stations.get(chat.session, row.station_id)
    return station is not None and station.path.startswith(above.path)
