"""When a question is asked, and how long its answers are kept, as an organizer sets it."""

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Reply, lines, say
from bot.conversation.routing import Router
from handlers.events.asked import ShowQuestion, with_question
from handlers.events.buttons import MY_EVENTS, AskIf, KeepDays
from handlers.events.question_words import days
from handlers.events.running import to_prepare
from models.events import questionnaire, questions
from models.events.questions import EventQuestion
from models.rules.events import questions as rules

router = Router()


@router.button(AskIf)
def ask_if(chat: Chat, press: AskIf) -> Reply:
    """The answers on which a question may hang; or what was chosen of them."""
    question, refusal = _to_set(chat, press.question_id)
    if question is None:
        return refusal
    by, now = chat.member.id, chat.now
    if press.place > 0:
        choices = questionnaire.conditions(chat.session, question)
        if press.place <= len(choices):
            other, choice = choices[press.place - 1]
            questionnaire.ask_if(chat.session, question.id, other.id, choice, by, now)
        return with_question(chat, question.id)
    if press.place < 0:
        questionnaire.ask_if(chat.session, question.id, None, "", by, now)
        return with_question(chat, question.id)
    found = questionnaire.conditions(chat.session, question)
    back = Button(say("Back"), ShowQuestion(question.id))
    if not found:
        none = say("A question can hang on one with choices that is asked before it.")
        return Reply(none, buttons=(back, MY_EVENTS))
    rows: list[Choice] = []
    for number, (other, choice) in enumerate(found, start=1):
        said = next(each for each in other.choices_said() if each.text == choice)
        label = lines(other.text_of("text"), said, between=" ")
        rows.append(Choice(number, label, AskIf(question.id, number)))
    always = Button(say("Always ask it"), AskIf(question.id, -1))
    asks = say(
        "Only who answers what shall be asked: {question}", question=question.text_of("text")
    )
    return Reply(asks, tuple(rows), (always, back))


@router.button(KeepDays)
def keep_days(chat: Chat, press: KeepDays) -> Reply:
    question, refusal = _to_set(chat, press.question_id)
    if question is None:
        return refusal
    offered = rules.days_for(question.kind)
    if press.days in offered:
        questionnaire.keep_for(chat.session, question.id, press.days, chat.member.id, chat.now)
        return with_question(chat, question.id)
    rows = [(days(each), KeepDays(question.id, each)) for each in offered]
    return Reply(
        say("How long after the event are the answers kept?"),
        tuple(Choice(number, label, act) for number, (label, act) in enumerate(rows, start=1)),
        (Button(say("Back"), ShowQuestion(question.id)),),
    )


def _to_set(chat: Chat, question_id: int) -> tuple[EventQuestion, Reply] | tuple[None, Reply]:
    question = questions.get(chat.session, question_id)
    event, refusal = to_prepare(chat, question.event_id if question is not None else 0)
    if event is None or question is None:
        return None, refusal
    return question, refusal
