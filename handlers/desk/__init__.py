"""Wishes of members and the organizers' answers.

Other subjects call ``wishes.wish`` to ask for one.
"""

from bot.conversation.routing import Router
from handlers.desk import wishes

ROUTERS: tuple[Router, ...] = (wishes.router,)
