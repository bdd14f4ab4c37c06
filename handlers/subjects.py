"""The list of subjects: everything the station can do."""

from bot.routing import Router, Routes
from handlers import (
    calendars,
    events,
    notices,
    permission,
    privacy,
    profile,
    roles,
    signups,
    teams,
    welcome,
    wishes,
)

ROUTERS: tuple[Router, ...] = (
    welcome.router,
    events.router,
    signups.router,
    teams.router,
    calendars.router,
    notices.router,
    profile.router,
    privacy.router,
    wishes.router,
    roles.router,
    permission.router,
)


def routes() -> Routes:
    """Everything the station can do."""
    return Routes(ROUTERS)
