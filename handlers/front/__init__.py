"""What meets whoever writes first: hello, menu, help, what was meant, what was not understood."""

from bot.conversation.routing import Router
from handlers.front import event_meanings, help, meanings, misses, welcome

ROUTERS: tuple[Router, ...] = (
    welcome.router,
    help.router,
    event_meanings.router,
    meanings.router,
    misses.router,
)
