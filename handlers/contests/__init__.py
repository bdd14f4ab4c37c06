"""Contests in the chat: handing in, judging, voting, rounds and awards."""

from bot.conversation.routing import Router

ROUTERS: tuple[Router, ...] = ()
