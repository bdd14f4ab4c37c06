"""Names of people without a chat, for whom an organizer keeps seats: taken off by a tap."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Router
from handlers.events.buttons import Run, ShowPeople, TakeOff
from handlers.events.running import to_run
from handlers.words import DOT, title
from models.events import kept_names, running
from models.events.events import Event, Signup

router = Router()

SHOWN = 20


def show_kept(chat: Chat, event: Event) -> Reply:
    rows = kept_names.kept(chat.session, event.id)[:SHOWN]
    if not rows:
        return Reply(
            say("No names without a chat: {title}.", title=title(event)), buttons=_back(event)
        )
    running.record_view(chat.session, event, chat.member.id, chat.now)
    return Reply(
        say("A tap takes a name off, and frees the seat:"),
        tuple(
            Choice(number, _named(each), TakeOff(event.id, each.id))
            for number, each in enumerate(rows, start=1)
        ),
        _back(event),
    )


def _named(claim: Signup) -> Sayable:
    others = say_n("with {n} more", "with {n} more", claim.brings) if claim.brings else None
    return lines(claim.name, others, between=DOT)


@router.button(TakeOff)
def take_off(chat: Chat, press: TakeOff) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    by = chat.member.id
    name = kept_names.take_off(chat.session, event.id, press.signup_id, by, chat.care, chat.now)
    gone = say("✅ Taken off: {name}.", name=name) if name else say("That's not possible any more.")
    return Reply(lines(gone, title(event)), buttons=_back(event))


def _back(event: Event) -> tuple[Button, Button]:
    return (Button(say("Names"), ShowPeople(event.id)), Button(say("Back"), Run(event.id)))
