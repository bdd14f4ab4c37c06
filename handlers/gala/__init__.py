"""The evening of a gala in the chat: its programme, cues, polls and questions to the stage.

``shown`` is what the second screen shows.
"""

from bot.conversation.routing import Router
from handlers.gala import evenings, hosting

ROUTERS: tuple[Router, ...] = (evenings.router, hosting.router)
