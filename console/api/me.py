"""What a token opens, and the places of its member."""

from typing import Annotated

from pydantic import BaseModel, Field

from bot.conversation.messages import MAX_NUMBER
from console.api.program import Program
from console.api.routing import Call, Subject, missing
from console.api.schemas import At, Page, Place, Query
from models.network import stations
from models.rules.network.permissions import Act, Role
from models.rules.network.scopes import Scope

subject = Subject("me", "Token", "What this token opens, and where.")


class RoleHeld(BaseModel):
    role: Role
    place: Place
    team: int | None = Field(description="The team that the role is in; null for a place's role.")
    until: At | None = Field(description="When it ends; null: not by itself.")


class Me(BaseModel):
    """A token, the role that it belongs to, and the roles of its member."""

    token: str = Field(description="What its member calls it.")
    scopes: list[Scope]
    until: At = Field(description="When the token ends, unless its role does before.")
    member: int
    name: str
    place: Place = Field(description="Where the role is held to which the token belongs.")
    roles: list[RoleHeld]
    time_zone: str
    language: str = Field(description="The language in which texts are written first.")


class Below(Query):
    below: Annotated[
        int | None,
        Field(ge=1, le=MAX_NUMBER, description="A place: those right below it are listed."),
    ] = None


@subject.read("/me", scope=None, answers=Me)
def read_me(program: Program, call: Call) -> Me:
    """Tell what this token opens."""
    token = program.token
    return Me(
        token=token.name,
        scopes=[each for each in Scope if each in token.opens],
        until=program.local(token.until),
        member=program.member.id,
        name=program.member.name,
        place=Place.of(program.place),
        roles=[
            RoleHeld(
                role=grant.role,
                place=Place.of(station),
                team=grant.team_id,
                until=program.local(grant.until) if grant.until is not None else None,
            )
            for grant, station in program.grants
        ],
        time_zone=str(program.care.zone),
        language=program.house.home,
    )


@subject.read("/places", scope=None, answers=Page[Place], query=Below)
def list_places(program: Program, call: Call) -> Page[Place]:
    """List the places of this token's member, or those right below one of them."""
    own, below = program.places(Act.CHECK_IN), call.read(Below).below
    if below is None:
        return Page[Place](items=[Place.of(each) for each in own])
    above = stations.get(program.session, below)
    if above is None or not any(above.path.startswith(each.path) for each in own):
        raise missing()
    found = stations.contact_points(program.session, above.id)
    return Page[Place](items=[Place.of(each) for each in found])
