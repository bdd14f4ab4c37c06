"""What a member tells of themselves and chooses: profile, quiet hours, notices, roles, data."""

from bot.conversation.routing import Router
from handlers.members import muting, privacy, profile, quiet, roles

ROUTERS: tuple[Router, ...] = (
    muting.router,
    quiet.router,
    profile.router,
    privacy.router,
    roles.router,
)
