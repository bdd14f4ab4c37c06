"""Events: finding, signing up, publishing, running, check-in.

Other subjects call ``browsing`` for lists and cards, ``looking`` to find events by words, and
``buttons`` for the actions of organizers.
"""

from bot.conversation.routing import Router
from handlers.events import (
    approvals,
    browsing,
    calendars,
    certificates,
    certifying,
    changing,
    checking_in,
    closing,
    door_lists,
    editing,
    facts,
    feedback,
    looking,
    missed,
    moving,
    notices,
    posters,
    publishing,
    questions,
    running,
    shares,
    signups,
    together,
)

ROUTERS: tuple[Router, ...] = (
    browsing.router,
    signups.router,
    together.router,
    shares.router,
    calendars.router,
    notices.router,
    checking_in.router,
    running.router,
    questions.router,
    approvals.router,
    changing.router,
    certificates.router,
    certifying.router,
    door_lists.router,
    posters.router,
    editing.router,
    missed.router,
    moving.router,
    closing.router,
    feedback.router,
    publishing.router,
    facts.router,
    looking.router,
)
