"""A team's weekly session: set by its captain in a line, skipped or changed once."""

from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Reply, When, lines, say
from bot.conversation.routing import Router
from handlers.actions import MENU, OpenEvent
from handlers.teams.founding import sentence
from handlers.teams.leading import ChangeSession, back_to, team_for
from handlers.words import team_name
from models.events.events import Event
from models.rules.network.permissions import Act
from models.rules.teams import weekly
from models.rules.teams.weekly import Missing, WeeklySession
from models.teams import sessions
from models.teams.teams import Team

router = Router()

RIGHT, AGAIN, KEEP = "right", "again", "keep"

WRONG = {
    Missing.WEEKDAY: say("On which weekday? One, like Wednesday."),
    Missing.TIME: say("At what time does it begin? Write it like 19:30."),
    Missing.PLACE: say("Where do you meet? Write the place behind the time."),
}


@router.button(ChangeSession)
def change_session(chat: Chat, press: ChangeSession) -> Reply:
    """Begin what was asked for, where this member may do it."""
    once = press.what in ("once", "skip")
    team = team_for(chat, press.team_id, Act.RUN_EVENT if once else Act.RUN_TEAM)
    if isinstance(team, Reply):
        return team
    if not once:
        return meet.begin(
            chat,
            before=team_name(team),
            team_id=press.team_id,
            once=False,
            meets=bool(team.session_first),
        )
    if sessions.next_of(chat.session, press.team_id, chat.now) is None:
        return _none(press.team_id)
    if press.what == "skip":
        return skip_why.begin(chat, team_id=press.team_id)
    return meet.begin(chat, before=team_name(team), team_id=press.team_id, once=True, meets=False)


def _none(team_id: int) -> Reply:
    return Reply(say("No session is in the programme now."), buttons=back_to(team_id))


# When and where


@router.dialog("weekly-session")
def meet(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    attempt, confirmed = 0, AGAIN
    plan: str | None = None
    while confirmed == AGAIN:
        attempt += 1
        plan = yield _when(start, attempt)
        if plan is None:
            return start["team_id"], None, start["once"]
        confirmed = yield _confirm(start, plan, attempt)
    return start["team_id"], plan, start["once"]


def _when(start: Mapping[str, Any], attempt: int) -> Question:
    asked = (
        say("When and where this once? Write it like “Thu 19:30 basketball court”.")
        if start["once"]
        else say("When and where every week? Write it like “Wed 19:30 basketball court”.")
    )
    skip = say("No more weekly") if start["meets"] else None
    return Question(f"when{attempt}", asked, read=_read, skip=skip)


def _confirm(start: Mapping[str, Any], packed: str, attempt: int) -> Question:
    plan = _unpacked(packed)
    when = When(plan.first, plan.first + plan.length, near=True)
    asked = (
        say("This once: {when}, {place}?", when=when, place=plan.place)
        if start["once"]
        else say("Every week, first on {when}, {place}?", when=when, place=plan.place)
    )
    options = (Option(RIGHT, say("Right")), Option(AGAIN, say("Write it anew")))
    return Question(f"sure{attempt}", asked, options=options)


def _read(text: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    plan = weekly.read(text, now, zone)
    return Wrong(WRONG[plan]) if isinstance(plan, Missing) else _packed(plan)


def _packed(plan: WeeklySession) -> str:
    """As a dialog keeps it: first moment, seconds, place."""
    return f"{plan.first.isoformat()}|{plan.length.total_seconds():.0f}|{plan.place}"


def _unpacked(packed: str) -> WeeklySession:
    first, seconds, place = packed.split("|", 2)
    return WeeklySession(datetime.fromisoformat(first), timedelta(seconds=int(seconds)), place)


@meet.done
def keep(chat: Chat, form: tuple[int, str | None, bool]) -> Reply:
    team_id, packed, once = form
    team = team_for(chat, team_id, Act.RUN_EVENT if once else Act.RUN_TEAM)
    if isinstance(team, Reply):
        return team
    by = chat.member.id
    if packed is None:
        sessions.stop(chat.session, team, by, chat.now)
        return Reply(say("✅ No weekly sessions any more."), buttons=back_to(team_id))
    plan = _unpacked(packed)
    if plan.first <= chat.now:
        return Reply(say("That moment has passed meanwhile."), buttons=back_to(team_id))
    if once:
        moved = sessions.change_once(chat.session, team, plan, by, chat.care, chat.now)
        return _changed(team_id, moved) if moved is not None else _none(team_id)
    title = chat.in_every_language(say("{team} weekly session", team=sessions.TEAM))
    event = sessions.meet_weekly(chat.session, team, plan, title, by, chat.care, chat.now)
    return _weekly(team, event, plan)


def _changed(team_id: int, event: Event) -> Reply:
    when = When(event.starts_at, event.ends_at, near=True)
    return Reply(
        say(
            "✅ This once: {when}, {place}. Everyone signed up is told.",
            when=when,
            place=event.place,
        ),
        buttons=back_to(team_id),
    )


def _weekly(team: Team, event: Event | None, plan: WeeklySession) -> Reply:
    starts = event.starts_at if event is not None else plan.first
    see = Button(say("See it"), OpenEvent(event.id)) if event else MENU
    return Reply(
        lines(
            say("✅ Every week from {when} on.", when=When(starts, near=True)),
            say("Each comes into the programme a week ahead; members sign up for it."),
        ),
        buttons=(see, *back_to(team.id)[:2]),
    )


# Skipping


@router.dialog("skip-session")
def skip_why(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield Question(
        "reason",
        say("This calls off the next session; everyone signed up is told. Why?"),
        check=sentence,
        options=(Option(KEEP, say("Hold it")),),
        skip=say("Skip it, no reason"),
    )
    return start["team_id"], reason


@skip_why.done
def skip(chat: Chat, form: tuple[int, str | None]) -> Reply:
    team_id, reason = form
    team = team_for(chat, team_id, Act.RUN_EVENT)
    if isinstance(team, Reply):
        return team
    if reason == KEEP:
        return Reply(say("✅ It stays as it is."), buttons=back_to(team_id))
    event = sessions.skip(chat.session, team, reason or "", chat.member.id, chat.now)
    if event is None:
        return _none(team_id)
    when = When(event.starts_at, near=True)
    return Reply(
        say("✅ Skipped: {when}. Everyone signed up is told.", when=when), buttons=back_to(team_id)
    )
