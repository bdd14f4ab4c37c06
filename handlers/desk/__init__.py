"""Threads of members with organizers; what is said to those in need.

Other subjects call ``telling.begin`` to open one, and ``needs.keep_words`` for words to pass on.
"""

from bot.conversation.routing import Router
from handlers.desk import answering, answers, keeping, known, needs, telling

ROUTERS: tuple[Router, ...] = (
    telling.router,
    answering.router,
    needs.router,
    known.router,
    answers.router,
    keeping.router,
)
