"""What is done with a team at the desk, by the verbs of the chat."""

from collections.abc import Callable, Mapping

from bot.conversation.messages import Sayable, lines, say, say_n
from console.desk import Desk
from console.pages.network.section import section
from console.pages.network.teams import (
    LABELS,
    ONE,
    REQUESTS,
    found,
    path_of,
    shows_people,
    shows_team,
)
from console.pages.network.texts import texts_in
from console.routing import Asked, Done, Missing, Wrong
from handlers import permission
from handlers.teams.leading import WAYS_IN
from models.rules.network.permissions import Act
from models.rules.teams.joining import JoinMode, TeamState
from models.teams import closing, describing, founding, joining, leading, listing
from models.teams.describing import TEXTS
from models.teams.founding import TeamNotDecided
from models.teams.leading import NotDone
from models.teams.teams import Team

NEEDS = Act.SEE_TEAM
NOT_DONE: Mapping[NotDone, Sayable] = {
    NotDone.NOT_IN: say("They're not in the team any more."),
    NotDone.OVER: say("That's settled already."),
    NotDone.OUT_OF_REACH: say("Only the captain or an organizer can do that."),
}
NOT_DECIDED: Mapping[TeamNotDecided, Sayable] = {
    TeamNotDecided.OVER: say("That was answered already."),
    TeamNotDecided.OWN: say("Somebody else has to decide about your own."),
}


def _active(desk: Desk, asked: Asked, act: Act = Act.RUN_TEAM) -> Team:
    """The team of the path, for what needs this act. Raises NotAllowed, or Missing without it."""
    team, station = found(desk, asked)
    desk.require(act, station, team_id=team.id)
    if team.state is not TeamState.ACTIVE:
        raise Missing
    return team


# Approving


@section.act(f"{ONE}/approve", needs=NEEDS, again=shows_team)
def approve(desk: Desk, asked: Asked) -> Done | Wrong:
    team, _station = found(desk, asked)
    done = founding.approve(desk.session, team.id, desk.member.id, desk.now, desk.care.zone)
    if isinstance(done, TeamNotDecided):
        return Wrong(NOT_DECIDED[done])
    number = done.register_number
    said = say("✅ Approved: {team}. Everyone behind it is told.", team=done.text_of("name"))
    registered = say("Register number {number}", number=number) if number else None
    return Done(path_of(team), lines(said, registered))


@section.act(f"{ONE}/send-back", needs=NEEDS, again=shows_team)
def send_back(desk: Desk, asked: Asked) -> Done | Wrong:
    team, _station = found(desk, asked)
    reason = permission.reason(asked.word("reason"))
    if not isinstance(reason, str):
        return Wrong(reason.why, "reason")
    done = founding.send_back(desk.session, team.id, desk.member.id, reason, desk.now)
    if isinstance(done, TeamNotDecided):
        return Wrong(NOT_DECIDED[done])
    said = say("✅ Sent back: {team}. They are told.", team=done.text_of("name"))
    return Done("/console/network/teams", said)


# Changing


@section.act(f"{ONE}/way-in", needs=NEEDS, again=shows_team)
def way_in(desk: Desk, asked: Asked) -> Done | Wrong:
    team, mode = _active(desk, asked), asked.word("mode")
    is_club = team.enterprise_id is not None
    if mode not in set(JoinMode) or (mode == JoinMode.OWN and not is_club):
        return Wrong(say("Choose how people get in."), "mode")
    joining.set_join_mode(desk.session, team, JoinMode(mode), desk.member.id, desk.now)
    return Done(path_of(team), say("✅ {way}, from now on.", way=WAYS_IN[JoinMode(mode)]))


@section.act(f"{ONE}/describe", needs=NEEDS, again=shows_team)
def describe(desk: Desk, asked: Asked) -> Done | Wrong:
    team = _active(desk, asked, Act.HAND_OVER_TEAM)
    texts = texts_in(asked, TEXTS, LABELS)
    if not texts["name"].text:
        return Wrong(say("A team has a name."), "name")
    describing.describe(desk.session, team.id, texts, desk.member.id, desk.now)
    return Done(path_of(team), say("Saved."))


@section.act(f"{ONE}/close", needs=NEEDS, again=shows_team)
def close(desk: Desk, asked: Asked) -> Done | Wrong:
    team, _station = found(desk, asked)
    reason = permission.reason(asked.word("reason"))
    if not isinstance(reason, str):
        return Wrong(reason.why, "reason")
    done = closing.close(desk.session, team.id, reason, desk.member.id, desk.now)
    if isinstance(done, TeamNotDecided):
        return Wrong(NOT_DECIDED[done])
    told = say_n("{n} person is told.", "{n} people are told.", done.told)
    said = say("❌ Closed: {team}.", team=done.team.text_of("name"))
    return Done("/console/network/teams", lines(said, told))


# Who is in it


@section.act(f"{ONE}/people", needs=NEEDS, again=shows_people)
def open_people(desk: Desk, asked: Asked) -> Done:
    """Record that the names are opened, then show them."""
    team, _station = found(desk, asked)
    leading.record_view(desk.session, team, desk.member.id, desk.now)
    return Done(path_of(team, "people"))


def _changed(
    desk: Desk, asked: Asked, act: Act, does: Callable[[Team, int], NotDone | None], said: Sayable
) -> Done | Wrong:
    """Do something with somebody in the team, and say so."""
    team = _active(desk, asked, act)
    why = does(team, asked.number("member"))
    return Wrong(NOT_DONE[why]) if why is not None else Done(path_of(team, "people"), said)


@section.act(f"{ONE}/deputy", needs=NEEDS, again=shows_people)
def deputy(desk: Desk, asked: Asked) -> Done | Wrong:
    """Make somebody deputy captain, or end that."""
    by, is_end = desk.member.id, asked.is_on("end")
    change = leading.demote if is_end else leading.appoint_deputy
    said = (
        say("No deputy any more. They are told.")
        if is_end
        else say("Deputy captain now. They are told.")
    )

    def does(team: Team, member: int) -> NotDone | None:
        return change(desk.session, team, member, by, desk.now)

    return _changed(desk, asked, Act.HAND_OVER_TEAM, does, said)


@section.act(f"{ONE}/captain", needs=NEEDS, again=shows_people)
def captain(desk: Desk, asked: Asked) -> Done | Wrong:
    def does(team: Team, member: int) -> NotDone | None:
        done = leading.offer_captaincy(desk.session, team, member, desk.member.id, desk.now)
        return done if isinstance(done, NotDone) else None

    said = say("They are asked whether they take it on; nothing changes before.")
    return _changed(desk, asked, Act.HAND_OVER_TEAM, does, said)


@section.act(f"{ONE}/remove", needs=NEEDS, again=shows_people)
def remove(desk: Desk, asked: Asked) -> Done | Wrong:
    def does(team: Team, member: int) -> NotDone | None:
        return leading.remove(desk.session, team, member, desk.member.id, desk.now)

    return _changed(desk, asked, Act.RUN_TEAM, does, say("Removed. They are told."))


@section.act(f"{ONE}/answer", needs=NEEDS, again=shows_people)
def answer(desk: Desk, asked: Asked) -> Done | Wrong:
    """Let somebody in who asked to join, or decline."""
    team, yes = _active(desk, asked), asked.is_on("yes")
    asking = listing.requests(desk.session, team.id, REQUESTS)
    if asked.number("bid") not in [bid.id for bid, _member in asking]:
        return Wrong(NOT_DONE[NotDone.OVER])
    done = joining.answer_request(
        desk.session, asked.number("bid"), desk.member.id, yes=yes, now=desk.now
    )
    if isinstance(done, NotDone):
        return Wrong(NOT_DONE[done])
    said = (
        say("They are in, and told so.")
        if yes
        else say("They are told that it's not possible now.")
    )
    return Done(path_of(team, "people"), said)
