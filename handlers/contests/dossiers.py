"""A nomination in the chat: its dossier, the nominee's consent, and how it stands."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Button, Reply, lines, say
from bot.conversation.routing import Router
from handlers.actions import MENU, MINE
from handlers.contests import award_words as words
from handlers.contests import entry_files
from handlers.contests.award_buttons import (
    AWARDS,
    AddToDossier,
    AnswerNomination,
    AskNominee,
    OpenNomination,
    ShowDossier,
    TakeFromDossier,
)
from handlers.words import DOT
from models.contests import dossiers as kept
from models.contests import nominations, parts
from models.contests.awards import NotDone, WhyNot
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.nominations import Nomination

router = Router()

PART_SHOWN = 300
"""How many letters of a part of a dossier a message shows."""


def refused(why: WhyNot) -> Reply:
    return Reply(words.REFUSALS[why], buttons=(AWARDS, MENU))


@router.dialog("dossier", draft=say("Go on with the dossier"))
def dossier_part(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    text = yield Question(
        "text",
        say(
            "What did {name} do? Tell it in a few sentences; a photo may come with it.",
            name=start["name"],
        )
        if start["first"]
        else say("What else shall be known? Words or a photo."),
        check=sentences,
        many_lines=True,
        pictures=True,
        private=True,
    )
    return start["nomination"], text


def sentences(said: str) -> str | Wrong:
    if len(said) > kept.LONGEST_TEXT:
        return Wrong(say("That's long; {n} characters at most.", n=kept.LONGEST_TEXT))
    return said


def ask_part(chat: Chat, row: Nomination, *, first: bool = False) -> Reply:
    return dossier_part.begin(chat, nomination=row.id, name=row.shown_name, first=first)


@router.button(AddToDossier)
def add_part(chat: Chat, press: AddToDossier) -> Reply:
    found = _own(chat, press.nomination_id)
    return ask_part(chat, found[0]) if found is not None else refused(WhyNot.NOT_THEIRS)


@dossier_part.done
def keep_part(chat: Chat, form: tuple[int, Any]) -> Reply:
    """Keep words, or a photo with its words."""
    number, given, by = form[0], form[1], chat.member.id
    if isinstance(given, str):
        done = kept.add_text(chat.session, number, given, by, chat.now)
    else:
        photo = given["picture"], given["text"][: kept.LONGEST_TEXT]
        done = kept.add_picture(chat.session, number, *photo, by, chat.now)
    if isinstance(done, NotDone):
        return refused(done.why)
    return open_nomination(chat, OpenNomination(form[0]))


def _own(chat: Chat, nomination_id: int) -> tuple[Nomination, Contest] | None:
    """A nomination that this member made, or that they were asked about."""
    found = nominations.get(chat.session, nomination_id)
    if found is None:
        return None
    row, _entry, contest = found
    return (row, contest) if nominations.concerns(row, chat.member.id) else None


@router.button(OpenNomination)
def open_nomination(chat: Chat, press: OpenNomination) -> Reply:
    found = _own(chat, press.nomination_id)
    if found is None:
        return refused(WhyNot.NOT_THEIRS)
    row, contest = found
    number = len(parts.of_entry(chat.session, row.entry_id))
    buttons = list[Button]()
    if row.asked_member_id == chat.member.id and row.asked_at is not None:
        buttons += _nominee_buttons(row)
    elif row.asked_at is None:
        buttons.append(Button(say("Add more"), AddToDossier(row.id)))
        if number:
            buttons.append(Button(say("Ask for consent"), AskNominee(row.id)))
    if number:
        buttons.append(Button(say("See dossier"), ShowDossier(row.id)))
    return Reply(
        lines(
            lines(row.shown_name, contest.text_of("title"), between=DOT),
            say("In the dossier: {n}.", n=number),
            words.standing(row),
        ),
        buttons=(*buttons, AWARDS, MENU)[:3],
    )


def _nominee_buttons(row: Nomination) -> list[Button]:
    if row.consented_at is None and row.refused_at is None:
        return [
            Button(say("I agree"), AnswerNomination(row.id, 1)),
            Button(say("No, thanks"), AnswerNomination(row.id, 0)),
        ]
    if row.consented_at is not None and row.is_shortlisted is None:
        return [Button(say("Add more"), AddToDossier(row.id))]
    return []


@router.button(ShowDossier)
def show_dossier(chat: Chat, press: ShowDossier) -> Reply:
    found = _own(chat, press.nomination_id)
    every = parts.of_entry(chat.session, found[0].entry_id) if found is not None else ()
    if found is None or not every:
        return refused(WhyNot.NOT_THEIRS)
    at = min(max(press.part, 0), len(every) - 1)
    part, row = every[at], found[0]
    entry = chat.session.get_one(Entry, row.entry_id)
    following = (Button(say("More"), ShowDossier(row.id, at + 1)),) if at + 1 < len(every) else ()
    may_take = (
        (Button(say("Take it out"), TakeFromDossier(row.id, part.id)),)
        if row.is_shortlisted is None and chat.member.id == row.asked_member_id
        else ()
    )
    text = part.text[:PART_SHOWN].replace("\n", " ")
    return Reply(
        lines(say("{n} of {all}:", n=at + 1, all=len(every)), text or say("a picture")),
        buttons=(*following, *may_take, Button(say("Back"), OpenNomination(row.id))),
        file=entry_files.file_of(chat, entry, part),
    )


@router.button(TakeFromDossier)
def take_out(chat: Chat, press: TakeFromDossier) -> Reply:
    number = press.nomination_id
    is_theirs = _own(chat, number) is not None
    if not is_theirs or not kept.take_out(
        chat.session, number, press.part_id, chat.member.id, chat.now
    ):
        return refused(WhyNot.NOT_THEIRS)
    return open_nomination(chat, OpenNomination(press.nomination_id))


@router.button(AskNominee)
def ask_nominee(chat: Chat, press: AskNominee) -> Reply:
    if _own(chat, press.nomination_id) is None:
        return refused(WhyNot.NOT_THEIRS)
    done = nominations.ask(chat.session, press.nomination_id, chat.member.id, chat.now)
    if isinstance(done, NotDone):
        return refused(done.why)
    if done.consented_at is not None:
        said = say("✅ You're nominated. You'll hear how it goes on.")
    else:
        said = say("⏳ They are asked, and told that you nominate. Nothing is shown before a yes.")
    return Reply(said, buttons=(Button(say("Take a look"), OpenNomination(done.id)), AWARDS))


@router.button(AnswerNomination)
def answer(chat: Chat, press: AnswerNomination) -> Reply:
    found = _own(chat, press.nomination_id)
    if found is None:
        return refused(WhyNot.NOT_THEIRS)
    see = OpenNomination(press.nomination_id)
    if not press.yes and not press.sure:
        return Reply(
            say("Decline? The dossier is seen by nobody then, and who nominated you is told."),
            buttons=(
                Button(say("Think it over"), see),
                Button(say("Decline"), AnswerNomination(press.nomination_id, 0, 1)),
            ),
        )
    done = nominations.answer(
        chat.session, press.nomination_id, chat.member.id, chat.now, yes=bool(press.yes)
    )
    if isinstance(done, NotDone):
        return refused(done.why)
    if press.yes:
        text = say("✅ You're nominated. You may add to the dossier until it's looked at.")
        return Reply(text, buttons=(Button(say("Add more"), AddToDossier(done.id)), AWARDS))
    return Reply(say("Declined. Thank you for saying so."), buttons=(MINE, MENU))
