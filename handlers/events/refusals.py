"""Why nobody can sign up for an event or give up, and whom it is for: what is said instead."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply, say
from handlers.actions import EVENTS, MINE
from handlers.events import audiences
from models.events.events import Event, EventState, SignupState
from models.rules.events import audience as rules
from models.rules.events.states import LISTED, DrawState
from models.rules.events.windows import Why
from models.rules.languages import Translated
from models.store.compiled import Row

NO_SIGN_UP = {
    Why.CANCELLED: say("❌ {title} has been cancelled. There is more under Events."),
    Why.POSTPONED: say("⏳ {title} is postponed; sign-up opens once its date is set."),
    Why.CLOSED: say("It's too late to sign up for {title}. There is more under Events."),
    Why.BEGUN: say("{title} has begun already. There is more under Events."),
    Why.OVER: say("{title} is over. There is more under Events."),
    Why.TOO_MANY: say("That's more than may come along to {title}. Fewer can."),
    Why.TOO_LARGE: say("{title} has no room for so many at once. Fewer can come."),
    Why.HAS_OTHER: say("You have a seat at the other one already, so not at {title} too."),
    Why.HAS_CLAIM: say("One of them has signed up for {title} already. Sign up without them."),
    Why.SAID_NO: say(
        "One of them has said no to {title}. Sign up without them; they can do it themselves."
    ),
    Why.OTHERS_WAIT: say(
        "Others wait behind you for {title}, so nobody can be added. They can queue themselves."
    ),
    Why.NOT_FOR_THEM: say("{title} isn't for everybody whom you would bring."),
    Why.NO_SUCH_CLAIM: say("You're in the draw for {title} already."),
    Why.NEEDS_APPROVAL: say(
        "The organizers of {title} answer each person: they sign up themselves."
    ),
    Why.AGE_UNKNOWN: say("{title} is for some ages. Sign up again and tell your year of birth."),
    Why.BEING_DRAWN: say("Entries for {title} have closed; its seats are being drawn."),
}
NOT_GIVEN_UP = {
    Why.CANCELLED: say("❌ {title} is cancelled anyway, so there's nothing to do."),
    Why.BEGUN: say("{title} has begun, so it's too late to give up your place."),
    Why.OVER: say("{title} is over, so there's nothing to give up."),
    Why.NO_SUCH_CLAIM: say("You have no sign-up for {title}."),
}
"""Why nothing is done; what is not listed cannot come about."""


def not_for_them(chat: Chat, event: Row) -> Reply:
    audience = rules.from_column(event.audience)
    return Reply(
        say(
            "{title} is only for: {audience}. There is more under Events.",
            title=title_of(event),
            audience=audiences.described(chat.session, audience),
        ),
        buttons=(*audiences.ways_in(chat, audience), EVENTS),
    )


def no_sign_up(event: Event | Row, why: Why, was: SignupState | None = None) -> Reply:
    """Why somebody cannot sign up, who had a claim ``was``."""
    if why == Why.CLOSED and event.draw in (DrawState.ENTERING, *LISTED):
        why = Why.BEING_DRAWN
    text = NO_SIGN_UP[why]
    if why == Why.CLOSED and event.state == EventState.CLOSED:
        text = say("Sign-up for {title} is closed. There is more under Events.")
    if was == SignupState.WAITING and why in (Why.CLOSED, Why.BEGUN):
        text = say("Sign-up for {title} has closed, and no seat came free. There is more.")
    return Reply(say(text.id, title=title_of(event)), buttons=(EVENTS, MINE))


def title_of(event: Event | Row) -> Translated:
    return Translated(event.title, event.translations.get("title", {}))
