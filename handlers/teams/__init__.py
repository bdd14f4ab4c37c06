"""Teams: finding, joining, founding, leading, clubs, weekly sessions.

Other subjects call ``joining`` for lists and cards.
"""

from bot.conversation.routing import Router
from handlers.teams import approvals, closing, clubs, founding, joining, leading, members, sessions

ROUTERS: tuple[Router, ...] = (
    joining.router,
    founding.router,
    approvals.router,
    clubs.router,
    leading.router,
    members.router,
    closing.router,
    sessions.router,
)
