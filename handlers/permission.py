"""The words of a refusal: who may do it instead, and an offer to pass the request on.

The verbs decide who may; handlers use ``denied`` to answer before anything is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Action, Button, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU, WISH, OpenEvent, OpenTeam
from models.announcements import announcements
from models.events import events
from models.network import roles, stations
from models.network.stations import Station
from models.rules.network.permissions import Act
from models.rules.teams.joining import TeamState
from models.sending import deliveries
from models.teams import leading, teams
from models.teams.teams import Team

router = Router()

WHAT = {
    Act.PUBLISH_EVENT: say("publish an event"),
    Act.RUN_EVENT: say("change this event"),
    Act.CHECK_IN: say("check people in"),
    Act.APPROVE_EVENT: say("approve an event"),
    Act.ANNOUNCE: say("send an announcement"),
    Act.APPROVE_ANNOUNCEMENT: say("approve an announcement"),
    Act.INVITE_ORGANIZER: say("invite an organizer"),
    Act.INVITE_CORE_MEMBER: say("invite a core member"),
    Act.WITHDRAW_ROLE: say("withdraw a role"),
    Act.APPROVE_TEAM: say("approve a team"),
    Act.APPROVE_CLUB: say("approve a club"),
    Act.ANSWER_THREAD: say("answer letters"),
    Act.KEEP_ANSWER: say("write an answer for all"),
    Act.KEEP_PARTNER: say("keep the list of partners"),
    Act.RUN_CONTEST: say("run a contest"),
    Act.DECIDE_AWARD: say("decide on an award"),
    Act.BIND_MEMBER: say("confirm who somebody is"),
    Act.LOAD: say("load a file"),
    Act.SEE_MISSES: say("see what was not understood"),
    Act.SEE_LIST: say("see the list"),
    Act.SEE_TEAM: say("see who is in the team"),
    Act.SEE_PLACES: say("see where people work"),
    Act.SEE_REACH: say("see who was reached"),
    Act.SEE_REPORT: say("see the figures"),
    Act.SEE_PERSON: say("see what is known of a person"),
    Act.MERGE_MEMBERS: say("make one person of two rows"),
    Act.ERASE_MEMBER: say("erase a person"),
    Act.BLOCK_MEMBER: say("block a person"),
    Act.READ_AUDIT: say("read the audit"),
    Act.POST_TO_TEAM: say("write to the team"),
    Act.SEND_URGENT: say("send an urgent announcement"),
    Act.RUN_TEAM: say("run the team"),
    Act.HAND_OVER_TEAM: say("hand over the team"),
    Act.OPEN_CONSOLE: say("open the desk"),
    Act.LET_PROGRAMS: say("let programs in"),
}


LONGEST_REASON = 200


WHY_SENT_BACK = say("What shall be different? They will read it.")


def why_sent_back(asked: Sayable = WHY_SENT_BACK) -> Question:
    """The question for a reason, which those whose request is sent back will read."""
    return Question(
        "reason",
        asked,
        check=reason,
        skip=say("No reason"),
    )


def reason(words: str) -> str | Wrong:
    if len(words) > LONGEST_REASON:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST_REASON))
    return words


@dataclass(frozen=True, slots=True)
class PassOn(Action, tag="pass-on"):
    """Tells those who can that this member wants it done; ``subject`` as ``event:12``."""

    act: str
    station_id: int
    subject: str = ""


def denied(
    chat: Chat, act: Act, station: Station | None, *, team_id: int | None = None, subject: str = ""
) -> Reply | None:
    """The refusal, which says who can; None where this member may do it."""
    if station is None:
        return Reply(say("That's for the station's organizers."), buttons=(MENU,))
    kind, number = _parts(subject)
    about = {"team_id": team_id, "event_id": number if kind == "event" else None}
    if roles.may(chat.session, chat.member.id, act, station, chat.now, **about):
        return None
    name = station.text_of("name")
    team = _team_of(chat, subject)
    if team is not None and leading.reached(chat.session, team.id, chat.now):
        name = team.text_of("name")
        return Reply(
            say("That's for {team}'s captain. We can pass it on, with your name.", team=name),
            buttons=(Button(say("Pass it on"), PassOn(str(act), station.id, subject)), MENU),
        )
    able = roles.who_can(chat.session, act, station, chat.now, but=chat.member.id)
    if not able:
        return Reply(
            say(
                "{place} has no organizers yet. Tell it as a wish, which is kept for them.",
                place=name,
            ),
            buttons=(WISH, EVENTS, MENU),
        )
    return Reply(
        say("That's for {place}'s organizers. We can pass it on, with your name.", place=name),
        buttons=(Button(say("Pass it on"), PassOn(str(act), station.id, subject)), MENU),
    )


def sees_reach(chat: Chat, station_id: int) -> bool:
    """Whether this member sees there who is reached, exactly how many, and why others are not."""
    station = chat.session.get_one(Station, station_id)
    return roles.may(chat.session, chat.member.id, Act.SEE_REACH, station, chat.now)


def _team_of(chat: Chat, subject: str) -> Team | None:
    """The team that is the subject, if one is: its captain is asked before its station."""
    kind, number = _parts(subject)
    team = teams.get(chat.session, number) if kind == "team" else None
    return team if team is not None and team.state is TeamState.ACTIVE else None


def _parts(subject: str) -> tuple[str, int]:
    """The kind and the number of ``event:12``; no kind where it is not written so."""
    kind, _, number = subject.partition(":")
    is_number = number.isdecimal() and str(int(number)) == number and len(number) < 10
    return (kind, int(number)) if is_number else ("", 0)


def _is_there(chat: Chat, subject: str) -> bool:
    """Whether what a request is about can be asked for by this member."""
    kind, number = _parts(subject)
    match kind:
        case "event":
            return events.for_organizers(chat.session, number) is not None
        case "team":
            return _team_of(chat, subject) is not None
        case "announcement":
            row = announcements.get(chat.session, number)
            return row is not None and row.by_member_id == chat.member.id
        case _:
            return not subject


@router.button(PassOn)
def pass_on(chat: Chat, press: PassOn) -> Reply:
    """Tell those who can, once a day at most about each thing that there is."""
    station = stations.get(chat.session, press.station_id)
    if station is None or press.act not in set(Act) or not _is_there(chat, press.subject):
        return Reply(say("That's not possible any more."), buttons=(MENU,))
    act = Act(press.act)
    team = _team_of(chat, press.subject)
    able = (
        leading.in_charge(chat.session, team, chat.now)
        if team is not None
        else roles.who_can(chat.session, act, station, chat.now, but=chat.member.id)
    )
    for member in able:
        deliveries.plan_for_member(
            chat.session,
            member.id,
            key=f"pass-on:{chat.member.id}:{act}:{press.subject}:{member.id}:{chat.now:%Y%m%d}",
            topic="passed-on",
            facts={"act": str(act), "subject": press.subject, "name": chat.member.name},
            due_at=chat.now,
            expires_at=chat.now + deliveries.A_WEEK,
            now=chat.now,
            about=chat.member.id,
        )
    return Reply(say("✅ Passed on. You'll hear from them."), buttons=(MENU,))


@router.notice("passed-on")
def passed_on(chat: Chat, facts: Mapping[str, Any]) -> Reply:
    """A member asks for something that only an organizer may do."""
    name = facts.get("name") or say("Somebody")
    subject = facts.get("subject", "")
    team, (kind, number) = _team_of(chat, subject), _parts(subject)
    event = events.for_organizers(chat.session, number) if kind == "event" else None
    see: tuple[Button, ...] = ()
    if team is not None:
        see = (Button(say("See the team"), OpenTeam(team.id)),)
    elif event is not None:
        see = (Button(say("See event"), OpenEvent(event.id)),)
    return Reply(
        lines(
            say("🔔 {name} asks you to {what}.", name=name, what=WHAT[Act(facts["act"])]),
            event.text_of("title") if event is not None else None,
        ),
        buttons=(*see, MENU),
    )
