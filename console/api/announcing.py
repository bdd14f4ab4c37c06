"""Announcements that programs write, and with a scope of their own send: by the desk's acts."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from bot.conversation.messages import say
from console.api.acts import asked, done
from console.api.announcements import AnnouncementTold, shown, subject
from console.api.problems import Problem
from console.api.program import Program
from console.api.routing import Call, missing
from console.api.schemas import NO_NUL, Number, Sent, Strict, Words
from console.pages.announcements import deciding, writing
from models.announcements import announcements
from models.announcements.announcements import Announcement, AnnouncementState, Repeat
from models.network import stations
from models.rules.languages import LANGUAGES
from models.rules.network.audience import Audience
from models.rules.network.permissions import Act
from models.rules.network.scopes import Scope
from models.teams import teams

WRITE, SEND = Scope.ANNOUNCEMENTS_WRITE, Scope.ANNOUNCEMENTS_SEND
TYPED = "%Y-%m-%dT%H:%M"

Numbers = Annotated[list[Number], Field(max_length=100)]
Group = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]], Field(max_length=30)
]


class Aim(Strict):
    """Whom it is for: any within a group, all across groups; places and companies are one."""

    places: Numbers = Field(default_factory=list)
    companies: Numbers = Field(default_factory=list)
    teams: Numbers = Field(default_factory=list)
    seated: Annotated[Numbers, Field(description="Events on which they have a seat.")] = Field(
        default_factory=list
    )
    waiting: Annotated[Numbers, Field(description="Events for which they wait.")] = Field(
        default_factory=list
    )
    came: Annotated[Numbers, Field(description="Events to which they came.")] = Field(
        default_factory=list
    )
    interests: Group = Field(default_factory=list)
    shifts: Group = Field(default_factory=list)


class AnnouncementChange(Strict):
    """What differs; what is left out stays."""

    text: Words | None = None
    texts: Annotated[
        dict[str, Words] | None, Field(description="In further languages, by their codes.")
    ] = None
    audience: Annotated[
        Aim | None, Field(description="A team's announcement goes to the team.")
    ] = None
    link: Annotated[
        str | None,
        StringConstraints(pattern=r"^((event|team):[0-9]{1,9})?$"),
        Field(description="What its button opens: `event:12`, `team:3`, or nothing."),
    ] = None
    first_at: Annotated[
        Sent | None, Field(description="When it goes out, to the minute; null: at once.")
    ] = None
    is_weekly: bool | None = None
    urgent: Annotated[
        str | None,
        StringConstraints(max_length=200, pattern=NO_NUL),
        Field(description="Why it overrides quiet hours; empty: it doesn't."),
    ] = None


class NewAnnouncement(AnnouncementChange):
    """A draft of a place, or of a team; without either, of the token's place."""

    place: Number | None = None
    team: Number | None = None


@subject.write(
    "/announcements",
    scope=WRITE,
    answers=AnnouncementTold,
    shows=shown,
    body=NewAnnouncement,
    status=201,
)
def draft_announcement(program: Program, call: Call) -> tuple[int, ...]:
    """Draft an announcement; nobody gets it before it is sent."""
    sent = call.read(NewAnnouncement)
    team = teams.get(program.session, sent.team) if sent.team is not None else None
    if sent.team is not None and team is None:
        raise Problem(422, say("There is no such team."), "team")
    place = team.station_id if team is not None else sent.place or program.place.id
    station = stations.get(program.session, place)
    if station is None:
        raise Problem(422, say("There is no such place."), "place")
    if team is not None:
        program.require(Act.POST_TO_TEAM, station, team_id=team.id)
        aim = Audience(teams=(team.id,))
    else:
        program.require(Act.ANNOUNCE, station)
        aim = Audience(stations=(station.id,))
    row = announcements.draft(
        program.session,
        station,
        program.member.id,
        program.now,
        audience=aim,
        team_id=team.id if team is not None else None,
    )
    _keep(program, row, sent)
    return (row.id,)


@subject.write(
    "/announcements/{announcement}",
    scope=WRITE,
    answers=AnnouncementTold,
    shows=shown,
    body=AnnouncementChange,
    method="PATCH",
)
def change_announcement(program: Program, call: Call) -> tuple[int, ...]:
    """Change a draft of one's own."""
    row = announcements.get(program.session, call.number("announcement"))
    if row is None or row.by_member_id != program.member.id:
        raise missing()
    if row.state is not AnnouncementState.DRAFT:
        raise Problem(409, say("It has been sent already."))
    _keep(program, row, call.read(AnnouncementChange))
    return (row.id,)


def _keep(program: Program, row: Announcement, sent: AnnouncementChange) -> None:
    """Put what was sent over the draft, through the form of the desk."""
    at = sent.first_at if "first_at" in sent.model_fields_set else row.first_at
    urgent = row.urgent if sent.urgent is None else sent.urgent
    weekly = row.repeat is Repeat.WEEKLY if sent.is_weekly is None else sent.is_weekly
    words: dict[str, Any] = {
        "text": row.text if sent.text is None else sent.text,
        "link": row.link if sent.link is None else sent.link,
        "at": at.astimezone(program.care.zone).strftime(TYPED) if at is not None else "",
        "urgent": bool(urgent),
        "reason": urgent,
        "weekly": weekly,
        # A draft may be without words until it is sent.
        "then": "find",
    }
    texts = dict(row.text_of("text").translations)
    for code, text in (sent.texts or {}).items():
        if code not in LANGUAGES:
            raise Problem(422, say("There is no such language."), f"texts.{code}")
        texts[code] = text
    words |= {f"text-{code}": text for code, text in texts.items()}
    if sent.audience is not None:
        aim = sent.audience.model_dump()
        words |= {"stations": aim.pop("places"), "enterprises": aim.pop("companies"), **aim}
        words |= {"history": list(row.aim.history), "aim": True}
    done(writing.keep(program, asked({"announcement": row.id}, words)))


def _people(program: Program, call: Call) -> object:
    """How many people it is for, which is counted before anything is written."""
    return writing.people_of(program, asked({"announcement": call.number("announcement")}, {}))


@subject.write(
    "/announcements/{announcement}/send",
    scope=SEND,
    answers=AnnouncementTold,
    shows=shown,
    looks=_people,
)
def send_announcement(program: Program, call: Call) -> tuple[int, ...]:
    """Send a draft of one's own.

    One that is wider than its author may send alone waits as `asked` for a second organizer.
    """
    number = call.number("announcement")
    done(writing.send(program, asked({"announcement": number}, {}, call.looked)))
    return (number,)


@subject.write(
    "/announcements/{announcement}/stop", scope=SEND, answers=AnnouncementTold, shows=shown
)
def stop_announcement(program: Program, call: Call) -> tuple[int, ...]:
    """Stop what has not gone out yet."""
    number = call.number("announcement")
    done(deciding.stop(program, asked({"announcement": number}, {})))
    return (number,)
