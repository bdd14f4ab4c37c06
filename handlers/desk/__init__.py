"""Wishes of members and the organizers' answers; what is said to those in need.

Other subjects call ``wishes.wish`` to ask for one.
"""

from bot.conversation.routing import Router
from handlers.desk import answers, known, needs, wishes

ROUTERS: tuple[Router, ...] = (wishes.router, needs.router, known.router, answers.router)
