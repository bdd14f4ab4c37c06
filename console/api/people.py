"""People of the places of a token's member; opening what is known of one is recorded."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from bot.conversation.messages import MAX_NUMBER
from console.api.program import Program
from console.api.routing import Call, Subject, missing
from console.api.schemas import NO_NUL, At, Page, Paged, number_in
from models.events.events import SignupState
from models.members import looking_up, sheets
from models.members.looking_up import After, Wanted
from models.members.sheets import Sheet
from models.network.roles import NotAllowed
from models.rules.network.permissions import Act, Role
from models.rules.network.scopes import Scope

subject = Subject(
    "members",
    "Members",
    "People of a town or the district. Opening one is recorded: they can read who looked. "
    "The organizers of a company see nobody here.",
)


class Person(BaseModel):
    number: int
    name: str
    tail: str = Field(description="Last digits of a number, which tell people of a name apart.")
    staff_number: str
    place: str
    platforms: list[str]
    roles: list[Role]
    has_chat: bool


class PersonQuery(Paged):
    """Who; `words` finds by name, pinyin, initials or number, and knows no further pages."""

    words: Annotated[str, StringConstraints(max_length=40, pattern=NO_NUL)] = ""
    place: Annotated[
        int | None, Field(ge=1, le=MAX_NUMBER, description="A place and all below it.")
    ] = None
    role: Annotated[Role | None, Field(description="Only who holds this role.")] = None
    team: Annotated[int | None, Field(ge=1, le=MAX_NUMBER)] = None
    has_chat: Annotated[bool | None, Field(description="Whether a chat is theirs.")] = None


class RoleOf(BaseModel):
    role: Role
    place: str
    team: int | None
    since: At
    until: At | None


class TeamOf(BaseModel):
    number: int
    name: str
    since: At


class ClaimOf(BaseModel):
    event: int
    title: str
    starts_at: At
    state: SignupState


class ChatOf(BaseModel):
    platform: str
    since: At
    is_reached: bool


class Blocked(BaseModel):
    until: At | None = Field(description="Null: for good.")
    reason: str


class PersonTold(BaseModel):
    """What is known of a person, as far as this token's member may see it."""

    number: int
    name: str
    tail: str
    staff_number: str
    place: str
    language: str
    known_since: At
    agreed_at: At | None = Field(description="When they agreed to the privacy notice.")
    last_seen: At | None = Field(description="When they last wrote, of the last three days.")
    chats: list[ChatOf]
    roles: list[RoleOf]
    teams: list[TeamOf]
    claims: list[ClaimOf] = Field(description="At events that the token's member may run.")
    no_shows: int
    blocked: Blocked | None


@subject.read("/members", scope=Scope.MEMBERS_READ, answers=Page[Person], query=PersonQuery)
def list_members(program: Program, call: Call) -> Page[Person]:
    """List people."""
    _require(program)
    asked = call.read(PersonQuery)
    after = number_in(asked.after)
    wanted = Wanted(
        words=asked.words.strip(),
        station_id=asked.place,
        role=asked.role,
        team_id=asked.team,
        is_bound=asked.has_chat,
    )
    found = looking_up.look_up(
        program.session,
        program.member.id,
        wanted,
        program.now,
        after=After(after) if after and not wanted.words else None,
        limit=asked.limit,
    )
    goes_on = found.after is not None and not wanted.words
    return Page[Person](
        items=[
            Person(
                number=each.id,
                name=each.name,
                tail=each.tail,
                staff_number=each.staff_number,
                place=each.place.text if each.place is not None else "",
                platforms=list(each.platforms),
                roles=list(each.roles),
                has_chat=each.is_bound,
            )
            for each in found.people
        ],
        next=str(found.after.member_id) if found.after is not None and goes_on else None,
    )


@subject.read("/members/{member}", scope=Scope.MEMBERS_READ, answers=PersonTold, records=True)
def read_member(program: Program, call: Call) -> PersonTold:
    """Open what is known of a person.

    It is recorded, and once for a quarter of an hour; the person can read it.
    """
    _require(program)
    who = (program.session, call.number("member"), program.member.id, program.now)
    sheet = sheets.opened(*who) or sheets.open_sheet(*who)
    if sheet is None:
        raise missing()
    return _told(program, sheet)


def _require(program: Program) -> None:
    if not program.holds(Act.SEE_PERSON):
        raise NotAllowed(Act.SEE_PERSON)


def _told(program: Program, sheet: Sheet) -> PersonTold:
    local, block = program.local, sheet.block
    return PersonTold(
        number=sheet.id,
        name=sheet.name,
        tail=sheet.tail,
        staff_number=sheet.staff_number,
        place=sheet.place.text if sheet.place is not None else "",
        language=sheet.language,
        known_since=local(sheet.known_since),
        agreed_at=local(sheet.agreed_at) if sheet.agreed_at is not None else None,
        last_seen=local(sheet.last_seen) if sheet.last_seen is not None else None,
        chats=[
            ChatOf(platform=each.platform, since=local(each.since), is_reached=not each.unreachable)
            for each in sheet.chats
        ],
        roles=[
            RoleOf(
                role=each.role,
                place=each.place.text,
                team=each.team_id,
                since=local(each.since),
                until=local(each.until) if each.until is not None else None,
            )
            for each in sheet.roles
        ],
        teams=[
            TeamOf(number=each.team_id, name=each.name.text, since=local(each.since))
            for each in sheet.teams
        ],
        claims=[
            ClaimOf(
                event=each.event_id,
                title=each.title.text,
                starts_at=local(each.starts_at),
                state=each.state,
            )
            for each in sheet.claims
        ],
        no_shows=sheet.no_shows,
        blocked=Blocked(
            until=local(block.until) if block.until is not None else None, reason=block.reason
        )
        if block is not None
        else None,
    )
