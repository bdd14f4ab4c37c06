"""What is stored about a person: to see, to have as a file, to erase."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.language import phrasebook
from bot.conversation.messages import (
    Action,
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MENU, MINE, Erase, Export, ForgetAnswers, ShowPrivacy
from handlers.members.audit import ShowViews
from models.events import answers, certificates, forgetting
from models.members import erasures, privacy
from models.network import members
from models.network.members import Member
from models.sending.reasons import Reason

router = Router()

SUBJECTS: Mapping[str, tuple[Sayable, tuple[Sayable, ...]]] = {
    "votes": (
        say("Votes and marks"),
        (
            say(
                "Votes on entries are kept until you are erased, of the web also a keyed hash of "
                "the IP address, until the result; nobody reads who voted for what, and only the "
                "town and the district see signs of bought votes, as numbers, never a company."
            ),
            say(
                "Judges' marks stay for good under random codes, without names; who runs the "
                "contest reads them once they are final, and everybody once its result is public."
            ),
        ),
    ),
    "awards": (
        say("Nominations and awards"),
        (
            say(
                "Who nominates you gathers a dossier, and is told to you. Nobody else reads it "
                "before you agree; then who runs the award and its judges do, and everybody if "
                "you're proposed. You may take parts out until the shortlist, and say no until "
                "it's decided."
            ),
            say(
                "A laureate's name stays in the hall of fame until they are erased; then its "
                "code stays alone. Who objects is read by those who decide, with a name only as "
                "wished."
            ),
        ),
    ),
    "evenings": (
        say("Screens and polls"),
        (
            say(
                "What you write to an evening's screen or ask there, and what you answer in its "
                "polls, is erased after 30 days; who holds it reads who wrote, and nobody who "
                "voted for what."
            ),
        ),
    ),
}
"""What is kept besides, by subject: until when, and who reads it."""


@dataclass(frozen=True, slots=True)
class PrivacyOf(Action, tag="privacy-of"):
    """What is kept of one of the ``SUBJECTS``."""

    subject: str


OF_A_FILE = say(
    "A list of your company or town brought you here. So that it doesn't bring you back, we keep a "
    "keyed hash of that row for two years, and nothing of what it said."
)


@dataclass(frozen=True, slots=True)
class Stay(Action, tag="stay"):
    """Takes back that an organizer has the member erased."""


@router.command("privacy", zh="隐私", also=("我的数据", "删除我"), about=say("Your data"))
@router.while_blocked
def show(chat: Chat, words: str) -> Reply:
    return press_privacy(chat, ShowPrivacy())


@router.button(ShowPrivacy)
@router.while_blocked
def press_privacy(chat: Chat, press: ShowPrivacy) -> Reply:
    """The short of it, with more by subject."""
    kept = len(answers.kept_of(chat.session, chat.member.id))
    more: list[tuple[Sayable, Action]] = [
        (label, PrivacyOf(subject)) for subject, (label, _told) in SUBJECTS.items()
    ]
    if kept:
        more.append((say("Forget kept answers"), ForgetAnswers()))
    return Reply(
        lines(
            say(
                "We keep your chat's address, the profile you told us, your teams, your sign-"
                "ups with what you answered there, and letters. Your employer can't see them; "
                "but whoever holds an event sees its list with these answers, also where that's "
                "your company. You can have it all as a file, or have it erased."
            ),
            told_of_models(chat),
            say_n(
                "{n} answer is kept for your next sign-ups.",
                "{n} answers are kept for your next sign-ups.",
                kept,
            )
            if kept
            else None,
        ),
        choices=tuple(
            Choice(number, label, action) for number, (label, action) in enumerate(more, start=1)
        ),
        buttons=(
            Button(say("Get my data"), Export()),
            Button(say("Who saw me"), ShowViews()),
            Button(say("Erase me"), Erase()),
        ),
    )


@router.button(PrivacyOf)
@router.while_blocked
def press_subject(chat: Chat, press: PrivacyOf) -> Reply:
    label, told = SUBJECTS.get(press.subject, SUBJECTS["votes"])
    return Reply(lines(label, *told), buttons=(Button(say("Back"), ShowPrivacy()), MENU))


@router.button(ForgetAnswers)
@router.while_blocked
def forget_answers(chat: Chat, press: ForgetAnswers) -> Reply:
    forgetting.forget_kept(chat.session, chat.member.id)
    said = say("Done: next time you are asked anew. Answers to coming events stay with them.")
    return Reply(said, buttons=(MINE, EVENTS))


def told_of_models(chat: Chat) -> Sayable | None:
    """What leaves the station for models elsewhere; None where the operator named none."""
    reader, hearer = chat.care.reader, chat.care.hearer
    told: list[Sayable] = []
    if reader:
        told.append(
            say(
                "What the bot can't make out is read by a model, {model}, without names and "
                "numbers.",
                model=reader,
            )
        )
    if hearer:
        told.append(say("Voice messages are made text by {model} and not kept.", model=hearer))
    return lines(*told) if told else None


@router.button(Export)
@router.while_blocked
def export(chat: Chat, press: Export) -> Reply:
    return Reply(
        say("This file holds everything we store about you."),
        buttons=(MENU,),
        file=Attachment(
            "my-data.json",
            "application/json",
            "my-data",
            (chat.member.id, chat.language, chat.care.zone.key),
        ),
    )


def _is_still_here(
    session: Session, now: datetime, member_id: int, language: str, zone: str
) -> bool:
    return session.get(Member, member_id) is not None


@router.file("my-data", may=_is_still_here)
def make_my_data(session: Session, member_id: int, language: str, zone: str) -> bytes:
    """The export, below a line in words; times as the clocks of the station's zone show them."""
    in_words = phrasebook().into(language)
    about = say(
        "Everything the station stores about you. The times are those of {zone}.", zone=zone
    )
    told = _local(privacy.export(session, member_id), ZoneInfo(zone))
    return orjson.dumps({"about": in_words(about), **told}, option=orjson.OPT_INDENT_2)


def _local(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, dict):
        return {name: _local(each, zone) for name, each in value.items()}
    return [_local(each, zone) for each in value] if isinstance(value, list) else value


@router.button(Erase)
@router.while_blocked
def erase(chat: Chat, press: Erase) -> Reply:
    """Ask once, naming what will be lost; then forget the person."""
    if not press.sure:
        has_some = bool(certificates.of_member(chat.session, chat.member.id, limit=1))
        return Reply(
            lines(
                say(
                    "This erases your profile, teams, sign-ups and letters for good; "
                    "seats go to the next in line. It can't be undone."
                ),
                say("Nobody can check your certificates any more then.") if has_some else None,
                OF_A_FILE if members.get(chat.session, chat.member.id).loaded_as else None,
            ),
            buttons=(Button(say("Keep everything"), ShowPrivacy()), Button(say("Erase"), Erase(1))),
        )
    privacy.erase(chat.session, chat.member, chat.care, chat.now)
    return Reply(
        say(
            "Done. We know nothing about you any more; what others were answered with your name "
            "goes within three days. Write anything to begin anew."
        ),
        forget=True,
    )


# Erased by an organizer on their request


@router.notice("erasure")
def told_of_erasure(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    waits = erasures.request_of(chat.session, chat.member.id)
    if waits is None:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("⚠️ An organizer was asked to erase you: {when}.", when=When(waits.due_at)),
            say("Profile, teams, sign-ups and letters go for good then; seats go to others."),
            say("Was it not you? Then one tap keeps everything."),
        ),
        buttons=(Button(say("Keep everything"), Stay()), Button(say("Get my data"), Export())),
    )


@router.notice("erasure-taken-back")
def told_it_was_taken_back(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    if erasures.request_of(chat.session, chat.member.id) is not None:
        return Drop(Reason.OUTDATED)
    return Reply(
        say("✅ The organizer took it back: you stay, with all that is yours."),
        buttons=(MINE, EVENTS, MENU),
    )


@router.button(Stay)
@router.while_blocked
@router.without_consent
def stay(chat: Chat, press: Stay) -> Reply:
    if erasures.stay(chat.session, chat.member.id):
        return Reply(say("✅ You stay, with all that is yours."), buttons=(MINE, EVENTS, MENU))
    return Reply(say("Nothing waits to be erased."), buttons=(MINE, EVENTS, MENU))
