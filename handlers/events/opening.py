"""The public page of an event that is for some people only: opened and closed by its organizer."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply, Sayable, lines, say
from handlers.events.running import run_card
from models.events import running
from models.events.events import Event


def label(event: Event) -> Sayable:
    return say("Close its page") if event.page_open else say("Open its page")


def switch(chat: Chat, event: Event) -> Reply:
    """Let anybody read the page of an event, or only whom it is for."""
    done = running.open_page(
        chat.session, event.id, chat.member.id, chat.now, is_open=not event.page_open
    )
    if not done.page_open:
        return run_card(chat, done, before=say("✅ Its page is closed: nobody finds it."))
    link = chat.link_to(f"/e/{event.id}")
    return run_card(
        chat,
        done,
        before=lines(
            say("✅ Anybody can read its page; only whom it is for can sign up."), link or None
        ),
    )
