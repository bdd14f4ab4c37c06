"""The list of subjects: everything the station can do."""

from bot.conversation.routing import Router, Routes
from handlers import permission
from handlers.announcements import announcements, approvals, audiences, broadcasts, drafts, progress
from handlers.desk import wishes
from handlers.events import (
    calendars,
    changing_events,
    checking_in,
    event_approvals,
    event_questions,
    events,
    notices,
    publishing,
    running,
    signups,
)
from handlers.front import help, meanings, misses, welcome
from handlers.members import muting, privacy, profile, quiet, roles
from handlers.teams import captains, clubs, founding, sessions, team_approvals, team_members, teams

ROUTERS: tuple[Router, ...] = (
    welcome.router,
    help.router,
    events.router,
    signups.router,
    teams.router,
    founding.router,
    team_approvals.router,
    clubs.router,
    captains.router,
    team_members.router,
    sessions.router,
    calendars.router,
    meanings.router,
    misses.router,
    notices.router,
    quiet.router,
    muting.router,
    profile.router,
    privacy.router,
    wishes.router,
    roles.router,
    checking_in.router,
    running.router,
    event_questions.router,
    event_approvals.router,
    changing_events.router,
    publishing.router,
    permission.router,
    announcements.router,
    audiences.router,
    drafts.router,
    broadcasts.router,
    progress.router,
    approvals.router,
)


def routes(*more: Router) -> Routes:
    """Everything the station can do, and what else is handed in."""
    return Routes((*ROUTERS, *more))
