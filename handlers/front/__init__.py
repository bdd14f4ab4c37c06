"""The first contact: welcome, menu, help, requests in free words, texts not understood.

Knows every subject, so no other subject calls it; the station takes its menus from ``menus``.
"""

from bot.conversation.routing import Router
from handlers.front import (
    contest_meanings,
    drafts,
    event_meanings,
    help,
    knowing,
    meanings,
    missed,
    misses,
    organizing,
    reading_on,
    welcome,
)

ROUTERS: tuple[Router, ...] = (
    welcome.router,
    help.router,
    drafts.router,
    event_meanings.router,
    contest_meanings.router,
    # Before what is known: an announcement answers no question.
    organizing.router,
    knowing.router,
    meanings.router,
    missed.router,
    misses.router,
    reading_on.router,
)
