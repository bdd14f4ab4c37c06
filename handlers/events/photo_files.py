"""The ways to photos that were sent as answers at sign-up, and the files that show them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Attachment, Choice, lines, say
from bot.conversation.routing import Router
from handlers.words import DOT
from models.events import answer_photos
from models.events.answer_photos import Sent
from models.events.events import Event

router = Router()

MAKER = "answer-photo"


@dataclass(frozen=True, slots=True)
class ShowSenders(Action, tag="answer-photos"):
    """Those who sent a photo as the answer to a question, after this claim."""

    question_id: int
    after: int = 0


@dataclass(frozen=True, slots=True)
class ShowAnswerPhoto(Action, tag="answer-photo"):
    question_id: int
    signup_id: int


def on_list(chat: Chat, event: Event) -> tuple[Choice, ...]:
    """The ways from an event's list to the photos that were sent as answers."""
    asked = answer_photos.asked(chat.session, event, chat.member.id, chat.now)
    there = [each for each in asked if answer_photos.sent(chat.session, each, limit=1)]
    return tuple(
        Choice(
            number,
            lines(say("Photos"), each.text_of("text"), between=DOT),
            ShowSenders(each.id),
        )
        for number, each in enumerate(there, start=1)
    )


def own(chat: Chat, question_id: int, signup_id: int) -> Attachment | None:
    """The photo that somebody sent themselves; None where it is not there any more."""
    by, now = chat.member.id, chat.now
    found = answer_photos.open_one(chat.session, question_id, signup_id, by, now)
    return file_of(chat, found) if found is not None else None


def file_of(chat: Chat, found: Sent) -> Attachment:
    kind = found.media_type.partition("/")[2]
    args = (chat.member.id, found.question.id, found.claim.id)
    return Attachment(f"photo-{found.claim.id}.{kind}", found.media_type, MAKER, args)


def may_have_photo(
    session: Session, now: datetime, by: int, question_id: int, signup_id: int
) -> bool:
    """Whether this member may still look at the photo."""
    return answer_photos.may_see(session, question_id, signup_id, by, now)


@router.file(MAKER, may=may_have_photo)
def make_photo(session: Session, by: int, question_id: int, signup_id: int) -> bytes:
    return answer_photos.content(session, question_id, signup_id)
