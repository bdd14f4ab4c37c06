"""The list of subjects: everything the station can do."""

from bot.routing import Router, Routes
from handlers import (
    announcements,
    approvals,
    audiences,
    broadcasts,
    calendars,
    captains,
    checking_in,
    clubs,
    drafts,
    events,
    founding,
    help,
    meanings,
    misses,
    notices,
    permission,
    privacy,
    profile,
    publishing,
    roles,
    running,
    sessions,
    signups,
    team_approvals,
    team_members,
    teams,
    welcome,
    wishes,
)

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
    profile.router,
    privacy.router,
    wishes.router,
    roles.router,
    checking_in.router,
    running.router,
    publishing.router,
    permission.router,
    announcements.router,
    audiences.router,
    drafts.router,
    broadcasts.router,
    approvals.router,
)


def routes(*more: Router) -> Routes:
    """Everything the station can do, and what else is handed in."""
    return Routes((*ROUTERS, *more))
