"""The list of names to tick at the door, on paper: as the list is a file, but to be printed."""

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Attachment, Button, Lines, Reply, When, lines, say, say_n
from bot.conversation.routing import Router
from handlers.events import in_hall
from handlers.events.buttons import MY_EVENTS, Run
from handlers.events.printing import KINDS, Words
from handlers.events.running import may_have_list, name_of, sees_places
from handlers.words import DOT, station_name, title
from models.events import events, running
from models.events.events import Event, SignupState
from models.network import stations
from models.rules.texts import file_name
from papers.facts import Named, NameList, Order

router = Router()

AT_THE_DOOR = (SignupState.SEATED, SignupState.ATTENDED)


def show(chat: Chat, event: Event) -> Reply:
    """The list as a page; who took it stands in the audit."""
    running.record_view(chat.session, event, chat.member.id, chat.now, what="file")
    sees = int(sees_places(chat, event))
    zone, at = str(chat.care.zone), chat.now.isoformat()
    args = (chat.member.id, event.id, chat.language, zone, sees, at)
    called = file_name(chat.in_words(title(event)), chat.in_words(say("List")))
    return Reply(
        lines(
            say("The list of {title} to print.", title=title(event)),
            say("It holds names: keep it to yourself."),
        ),
        buttons=(Button(say("Back"), Run(event.id)), MY_EVENTS),
        file=Attachment(f"{called or event.id}.pdf", KINDS["pdf"], "door-list", args),
    )


@router.file("door-list", may=may_have_list)
def make_door_list(
    session: Session,
    by: int,
    event_id: int,
    language: str,
    zone: str,
    with_places: int = 0,
    at: str = "",
) -> Order:
    """Those with a seat, in the order of the list; with where they work where that is seen."""
    event = events.for_organizers(session, event_id)
    if event is None:
        raise LookupError("no such event")
    in_words = Words.of(language, zone, at)
    namesakes = running.namesakes(session, event_id)
    sees = bool(with_places)
    rows = []
    for number, (signup, member, station) in enumerate(
        running.people(session, event_id, AT_THE_DOOR), start=1
    ):
        who = name_of(signup, member, station, namesakes, sees_places=sees)
        name = in_words(lines(who, in_hall.of_claim(event, signup), between=DOT))
        place = in_words(station_name(station)) if sees else ""
        rows.append(Named(str(number), name, place))
    return Order(
        NameList(
            language=language,
            title=in_words(title(event)),
            subtitle=in_words(_subtitle(session, event, len(rows))),
            headings=(
                in_words(say("No.")),
                in_words(say("Name")),
                in_words(say("Company or town")),
            ),
            rows=tuple(rows),
            foot=in_words(say("It holds names: keep it to yourself.")),
        )
    )


def _subtitle(session: Session, event: Event, people: int) -> Lines:
    where = event.text_of("place") or station_name(stations.get(session, event.station_id))
    number = say_n("{n} person", "{n} people", people)
    return lines(When(event.starts_at, event.ends_at), where, number, between=DOT)
