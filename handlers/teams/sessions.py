"""A team's regular session: set by its captain in a line, skipped or changed once."""

from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Reply, Sayable, When, lines, say
from bot.conversation.routing import Router
from handlers.actions import MENU, OpenEvent
from handlers.events.confirming import MEANWHILE, who_is_told, who_will_be_told
from handlers.repeats import every
from handlers.teams.founding import sentence
from handlers.teams.leading import ChangeSession, back_to, team_for
from handlers.words import DOT, team_name
from models.events import repeating
from models.events.events import Event
from models.events.running import Changed, Meanwhile
from models.rules.dates import repeats
from models.rules.dates.repeats import Repeat
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
            meets=repeating.session_of(chat.session, press.team_id) is not None,
        )
    coming = sessions.next_of(chat.session, press.team_id, chat.now)
    if coming is None:
        return _none(press.team_id)
    if press.what == "skip":
        return _ask_why(chat, press.team_id, coming)
    return _ask_once(chat, press.team_id, coming, team_name(team))


def _ask_why(chat: Chat, team_id: int, event: Event, before: Sayable | None = None) -> Reply:
    return skip_why.begin(chat, before=before, team_id=team_id, seen=_seen(event))


def _ask_once(chat: Chat, team_id: int, event: Event, before: Sayable) -> Reply:
    return meet.begin(
        chat, before=before, team_id=team_id, once=True, meets=False, seen=_seen(event)
    )


def _seen(event: Event) -> sessions.Seen:
    return event.id, event.revision


def _as_seen(start: Mapping[str, Any]) -> sessions.Seen | None:
    """The session that the captain was asked about; None where an older version asked."""
    event_id, revision = start.get("seen") or (0, 0)
    return (event_id, revision) if event_id else None


def _meanwhile(event: Event) -> Sayable:
    return lines(MEANWHILE, lines(_when_of(event), event.text_of("place"), between=DOT))


def _when_of(event: Event) -> When:
    return When(event.starts_at, event.ends_at, near=True)


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
            return start, None
        confirmed = yield _confirm(start, plan, attempt)
    return start, plan


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

    def once(chat: Chat) -> Sayable:
        event_id, _ = _as_seen(start) or (0, 0)
        becomes = {"starts_at": plan.first, "ends_at": plan.first + plan.length}
        return lines(
            say("This once: {when}, {place}?", when=when, place=plan.place),
            who_will_be_told(chat, event_id, **becomes, place=plan.place),
        )

    def asked(chat: Chat) -> Sayable:
        rule = plan.rule or repeats.weekly(plan.first, chat.care.zone)
        return say(
            "{rule}: first on {when}, {place}?",
            rule=every(rule, plan.first, chat.care.zone),
            when=when,
            place=plan.place,
        )

    options = (Option(RIGHT, say("Right")), Option(AGAIN, say("Write it anew")))
    return Question(f"sure{attempt}", once if start["once"] else asked, options=options)


def _read(text: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    plan = weekly.read(text, now, zone)
    return Wrong(WRONG[plan]) if isinstance(plan, Missing) else _packed(plan)


def _packed(plan: WeeklySession) -> str:
    """As a dialog keeps it: first moment, seconds, place, and the rule if it is told."""
    kept = f"{plan.first.isoformat()}|{plan.length.total_seconds():.0f}|{plan.place}"
    return f"{kept}\n{plan.rule.to_column()}" if plan.rule is not None else kept


def _unpacked(packed: str) -> WeeklySession:
    kept, _, rule = packed.partition("\n")
    first, seconds, place = kept.split("|", 2)
    return WeeklySession(
        datetime.fromisoformat(first),
        timedelta(seconds=int(seconds)),
        place,
        Repeat.from_column(rule) if rule else None,
    )


@meet.done
def keep(chat: Chat, form: tuple[Mapping[str, Any], str | None]) -> Reply:
    start, packed = form
    team_id, once = start["team_id"], start["once"]
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
        seen = _as_seen(start)
        match sessions.change_once(chat.session, team, plan, by, chat.care, chat.now, seen=seen):
            case Changed() as done:
                return _changed(chat, team_id, done)
            case Meanwhile(other):
                return _ask_once(chat, team_id, other, _meanwhile(other))
            case _:
                return _none(team_id)
    title = chat.in_every_language(say("{team} weekly session", team=sessions.TEAM))
    event = sessions.meet_weekly(chat.session, team, plan, title, by, chat.care, chat.now)
    return _weekly(chat, team, event, plan)


def _changed(chat: Chat, team_id: int, done: Changed) -> Reply:
    return Reply(
        lines(
            say(
                "✅ This once: {when}, {place}.", when=_when_of(done.event), place=done.event.place
            ),
            who_is_told(chat, done),
        ),
        buttons=back_to(team_id),
    )


def _weekly(chat: Chat, team: Team, event: Event | None, plan: WeeklySession) -> Reply:
    starts = event.starts_at if event is not None else plan.first
    rule = plan.rule or repeats.weekly(plan.first, chat.care.zone)
    see = Button(say("See it"), OpenEvent(event.id)) if event else MENU
    return Reply(
        lines(
            say(
                "✅ {rule}, from {when} on.",
                rule=every(rule, plan.first, chat.care.zone),
                when=When(starts, near=True),
            ),
            say("Each comes into the programme in time; members sign up for it."),
        ),
        buttons=(see, *back_to(team.id)[:2]),
    )


# Skipping


@router.dialog("skip-session")
def skip_why(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    event_id, _ = _as_seen(start) or (0, 0)
    reason = yield Question(
        "reason",
        lambda chat: lines(
            say("This calls off the next session. Why?"),
            who_will_be_told(chat, event_id, is_cancelled=True),
        ),
        check=sentence,
        options=(Option(KEEP, say("Hold it")),),
        skip=say("Skip it, no reason"),
    )
    return start, reason


@skip_why.done
def skip(chat: Chat, form: tuple[Mapping[str, Any], str | None]) -> Reply:
    start, reason = form
    team_id = start["team_id"]
    team = team_for(chat, team_id, Act.RUN_EVENT)
    if isinstance(team, Reply):
        return team
    if reason == KEEP:
        return Reply(say("✅ It stays as it is."), buttons=back_to(team_id))
    by, seen = chat.member.id, _as_seen(start)
    match sessions.skip(chat.session, team, reason or "", by, chat.now, seen=seen):
        case Changed() as done:
            when = When(done.event.starts_at, near=True)
            skipped = lines(say("✅ Skipped: {when}.", when=when), who_is_told(chat, done))
            return Reply(skipped, buttons=back_to(team_id))
        case Meanwhile(event):
            return _ask_why(chat, team_id, event, _meanwhile(event))
        case _:
            return _none(team_id)
