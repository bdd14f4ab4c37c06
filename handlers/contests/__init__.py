"""Contests in the chat: handing in, judging, voting, rounds and awards."""

from bot.conversation.routing import Router
from handlers.contests import (
    asking_judges,
    authors,
    beside_marks,
    browsing,
    checking,
    finishing,
    gathering,
    honours,
    judging,
    looking,
    match_notices,
    matches,
    nominating,
    notices,
    publishing,
    running,
    stage,
    voting,
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
    asking_judges.router,
    judging.router,
    beside_marks.router,
    voting.router,
    matches.router,
    match_notices.router,
    stage.router,
    nominating.router,
    honours.router,
)
