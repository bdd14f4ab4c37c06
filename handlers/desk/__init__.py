"""What members tell organizers, and what is answered."""

from bot.conversation.routing import Router
from handlers.desk import wishes

ROUTERS: tuple[Router, ...] = (wishes.router,)
