"""The evening of a gala in the chat: its programme, cues, polls and questions to the stage."""

from bot.conversation.routing import Router

ROUTERS: tuple[Router, ...] = ()
