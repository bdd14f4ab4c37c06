"""Contests in the chat: handing in, judging, voting, rounds and awards."""

from bot.conversation.routing import Router
from handlers.contests import (
    authors,
    browsing,
    checking,
    finishing,
    gathering,
    looking,
    match_notices,
    matches,
    notices,
    publishing,
    running,
)

ROUTERS: tuple[Router, ...] = (
    browsing.router,
    gathering.router,
    finishing.router,
    looking.router,
    authors.router,
    publishing.router,
    running.router,
    checking.router,
    notices.router,
    matches.router,
    match_notices.router,
)
