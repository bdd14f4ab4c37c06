"""A member's own settings: profile, quiet hours, muting, roles, data, audit.

Other subjects call ``profile`` and ``muting`` for their screens.
"""

from bot.conversation.routing import Router
from handlers.members import (
    audit,
    binding,
    blocked,
    console,
    hooks,
    linking,
    muting,
    privacy,
    profile,
    quiet,
    roles,
    row_codes,
    telling,
)

ROUTERS: tuple[Router, ...] = (
    muting.router,
    quiet.router,
    profile.router,
    privacy.router,
    roles.router,
    audit.router,
    linking.router,
    binding.router,
    row_codes.router,
    telling.router,
    console.router,
    hooks.router,
    blocked.router,
)
