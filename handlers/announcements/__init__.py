"""Announcements: writing, audience, sending, approval, progress.

Other subjects call ``writing`` to begin one.
"""

from bot.conversation.routing import Router
from handlers.announcements import (
    approvals,
    audiences,
    changing,
    holding,
    progress,
    sent,
    streams,
    writing,
)

ROUTERS: tuple[Router, ...] = (
    writing.router,
    audiences.router,
    changing.router,
    sent.router,
    progress.router,
    approvals.router,
    holding.router,
    streams.router,
)
