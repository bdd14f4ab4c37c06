"""The list of subjects: everything the station can do."""

from bot.conversation.finding import Routes
from bot.conversation.routing import Router
from handlers import (
    announcements,
    contests,
    desk,
    events,
    front,
    gala,
    members,
    permission,
    reports,
    teams,
)

ROUTERS: tuple[Router, ...] = (
    *front.ROUTERS,
    *events.ROUTERS,
    *teams.ROUTERS,
    *contests.ROUTERS,
    *gala.ROUTERS,
    *members.ROUTERS,
    *desk.ROUTERS,
    *announcements.ROUTERS,
    *reports.ROUTERS,
    permission.router,
)


def routes(*more: Router) -> Routes:
    """Everything the station can do, and what else is handed in."""
    return Routes((*ROUTERS, *more))
