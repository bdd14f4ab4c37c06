"""Photos that people sent as answers at sign-up, looked at one by one; each look is recorded."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.events.buttons import MY_EVENTS, ShowPeople
from handlers.events.photo_files import ShowAnswerPhoto, ShowSenders, file_of
from handlers.events.running import name_of, sees_places, to_run
from handlers.words import title
from models.events import answer_photos, events, questions, running
from models.events.answer_photos import Sent
from models.events.events import Event
from models.rules.network.permissions import Act

router = Router()

PAGE = 8


@router.button(ShowSenders)
def show_senders(chat: Chat, press: ShowSenders) -> Reply:
    question = questions.get(chat.session, press.question_id)
    event, refusal = to_run(chat, question.event_id if question else 0, Act.SEE_LIST)
    if event is None or question is None:
        return refusal
    back = Button(say("Names"), ShowPeople(event.id))
    asked = answer_photos.asked(chat.session, event, chat.member.id, chat.now)
    if question.id not in [each.id for each in asked]:
        only = say("Only those who run {title} see its photos.", title=title(event))
        return Reply(only, buttons=(back, MY_EVENTS))
    rows = answer_photos.sent(chat.session, question, after=press.after, limit=PAGE + 1)
    if not rows:
        none = say("Nobody has sent a photo yet: {question}", question=question.text_of("text"))
        return Reply(none, buttons=(back, MY_EVENTS))
    running.record_view(chat.session, event, chat.member.id, chat.now)
    last = rows[:PAGE][-1].claim.id
    more = (Button(say("More"), ShowSenders(question.id, last)),) if len(rows) > PAGE else ()
    return Reply(
        lines(
            question.text_of("text"),
            say("Whose photo? That you open one is recorded, and they can see it."),
        ),
        tuple(
            Choice(number, _name(chat, event, each), ShowAnswerPhoto(question.id, each.claim.id))
            for number, each in enumerate(rows[:PAGE], start=1)
        ),
        (*more, back),
    )


@router.button(ShowAnswerPhoto)
def show_photo(chat: Chat, press: ShowAnswerPhoto) -> Reply:
    question_id, by = press.question_id, chat.member.id
    found = answer_photos.open_one(chat.session, question_id, press.signup_id, by, chat.now)
    event = events.for_organizers(chat.session, found.question.event_id) if found else None
    if found is None or event is None:
        return Reply(say("This photo isn't there any more."), buttons=(MY_EVENTS, MENU))
    further = answer_photos.sent(chat.session, found.question, after=press.signup_id, limit=1)
    following = [ShowAnswerPhoto(question_id, each.claim.id) for each in further]
    return Reply(
        lines(_name(chat, event, found), found.question.text_of("text")),
        buttons=(
            *(Button(say("Next photo"), each) for each in following),
            Button(say("Photos"), ShowSenders(question_id)),
            Button(say("Names"), ShowPeople(event.id)),
        ),
        file=file_of(chat, found),
    )


def _name(chat: Chat, event: Event, each: Sent) -> Sayable:
    return name_of(
        each.claim,
        each.member,
        each.station,
        running.namesakes(chat.session, event.id, [each.member]),
        sees_places=sees_places(chat, event),
    )
