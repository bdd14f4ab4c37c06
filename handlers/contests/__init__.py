"""Contests in the chat: handing in, judging, voting, rounds and awards."""

from bot.conversation.routing import Router
from handlers.contests import match_notices, matches

ROUTERS: tuple[Router, ...] = (matches.router, match_notices.router)
