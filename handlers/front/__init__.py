"""What meets whoever writes first: hello, menu, help, what was meant, what was not understood."""

from bot.conversation.routing import Router
from handlers.front import help, meanings, misses, welcome

ROUTERS: tuple[Router, ...] = (
    welcome.router,
    help.router,
    meanings.router,
    misses.router,
)
