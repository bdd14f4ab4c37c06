"""Certificates as members have them: the notice, the name on it, the page, and all of them."""

from collections.abc import Generator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    Attachment,
    Button,
    Choice,
    Days,
    Lines,
    Reply,
    When,
    lines,
    say,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import (
    EVENTS,
    MENU,
    MINE,
    MyCertificate,
    MyCertificates,
    NameCertificate,
    ask,
)
from handlers.events.notices import as_card, hint
from handlers.events.printing import Words, format_of, printed
from handlers.words import DOT, hours, station_name, title
from models.events import certificates, events
from models.events.certificates import READY, WITHDRAWN, Certificate
from models.events.events import Event
from models.network import stations
from models.rules.events import attending
from models.rules.texts import file_name
from models.sending.reasons import Reason
from papers import facts
from papers.facts import Order

router = Router()

PAGE = 5


# Notices


@router.notice(READY)
def certificate_ready(chat: Chat, told: Mapping[str, Any]) -> Reply | Drop:
    """The certificate as a file; or the question what name is to stand on it."""
    found = _told_of(chat, told)
    if found is None:
        return Drop(Reason.GONE)
    certificate, event = found
    if certificate.revoked_at is not None:
        return Drop(Reason.OUTDATED)
    card = as_card(event, say("Your certificate"))
    if not certificate.name:
        asked = _ask_for_name(chat, certificate, event)
        return Reply(lines(asked.text, hint(chat)), buttons=asked.buttons, card=card)
    shown = _certificate(chat, certificate, event)
    text = lines(shown.text, hint(chat))
    return Reply(text, buttons=shown.buttons, file=shown.file, card=card)


@router.notice(WITHDRAWN)
def certificate_withdrawn(chat: Chat, told: Mapping[str, Any]) -> Reply | Drop:
    found = _told_of(chat, told)
    if found is None:
        return Drop(Reason.GONE)
    certificate, event = found
    return Reply(
        say(
            "⚠️ Your certificate {number} of {title} was withdrawn by the organizers.",
            number=certificate.number,
            title=title(event),
        ),
        buttons=(ask(event.id), MINE),
        card=as_card(event, say("Certificate withdrawn")),
    )


def _told_of(chat: Chat, told: Mapping[str, Any]) -> tuple[Certificate, Event] | None:
    return _with_event(
        chat, certificates.numbered(chat.session, told["certificate"], chat.member.id)
    )


def _own(chat: Chat, certificate_id: int) -> tuple[Certificate, Event] | None:
    return _with_event(chat, certificates.own(chat.session, certificate_id, chat.member.id))


def _with_event(chat: Chat, certificate: Certificate | None) -> tuple[Certificate, Event] | None:
    event = events.get(chat.session, certificate.event_id) if certificate is not None else None
    return (certificate, event) if certificate is not None and event is not None else None


# One's own


@router.command("certificates", zh="证书", also=("我的证书", "my certificates"))
def certificates_by_words(chat: Chat, words: str) -> Reply:
    return list_mine(chat, MyCertificates())


@router.button(MyCertificates)
def list_mine(chat: Chat, press: MyCertificates) -> Reply:
    skip = max(press.skip, 0)
    rows = certificates.of_member(chat.session, chat.member.id, skip=skip, limit=PAGE + 1)
    if not rows:
        none = say("No certificates yet. Organizers issue them to those who came to an event.")
        return Reply(none, buttons=(EVENTS, MINE, MENU))
    choices = tuple(
        Choice(number, title(event), MyCertificate(certificate.id), _line(certificate, event))
        for number, (certificate, event) in enumerate(rows[:PAGE], start=skip + 1)
    )
    more = (Button(say("More"), MyCertificates(skip + PAGE)),) if len(rows) > PAGE else ()
    return Reply(say("Your certificates:"), choices, (*more, MINE, MENU), edit=skip > 0)


def _line(certificate: Certificate, event: Event) -> Lines:
    unnamed = None if certificate.name else say("name missing")
    return lines(title(event), When(event.starts_at), certificate.number, unnamed, between=DOT)


@router.button(MyCertificate)
def show_mine(chat: Chat, press: MyCertificate) -> Reply:
    found = _own(chat, press.certificate_id)
    if found is None or found[0].revoked_at is not None:
        return _gone()
    if not found[0].name:
        return _begin_name(chat, found[0].id)
    return _certificate(chat, *found, is_picture=bool(press.is_picture))


def _gone() -> Reply:
    return Reply(say("This certificate isn't there any more."), buttons=(MINE, EVENTS))


def _certificate(
    chat: Chat, certificate: Certificate, event: Event, *, is_picture: bool = False
) -> Reply:
    other = (
        Button(say("As a page"), MyCertificate(certificate.id))
        if is_picture
        else Button(say("As a picture"), MyCertificate(certificate.id, 1))
    )
    may_rename = certificates.may_name(certificate, chat.now)
    rename = (Button(say("Change name"), NameCertificate(certificate.id)),) if may_rename else ()
    return Reply(
        lines(
            say("✅ Your certificate: {title}.", title=title(event)),
            lines(certificate.name, hours(certificate.minutes), certificate.number, between=DOT),
            say("Anybody can check it by its code."),
        ),
        buttons=(other, *rename, MINE),
        file=file_of(chat, certificate, event, is_picture=is_picture),
    )


def file_of(
    chat: Chat, certificate: Certificate, event: Event, *, is_picture: bool = False
) -> Attachment:
    called = file_name(chat.in_words(title(event)), certificate.number) or certificate.number
    return printed(chat, called, "certificate", certificate.id, is_picture=is_picture)


# The name


def _ask_for_name(chat: Chat, certificate: Certificate, event: Event) -> Reply:
    called = attending.read_name(chat.member.name)
    as_called = (Button(called, NameCertificate(certificate.id, 1)),) if called else ()
    return Reply(
        lines(
            say("Your certificate of {title} is ready, but for the name.", title=title(event)),
            say("What name shall stand on it?"),
        ),
        buttons=(*as_called, Button(say("Write my name"), NameCertificate(certificate.id)), MINE),
    )


@router.dialog("certificate-name", of_oneself=True)
def ask_name(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    called = start.get("called", "")
    name = yield Question(
        "name",
        lines(
            say("What name shall stand on the certificate?"),
            say("Write it as it shall be printed, in one line."),
        ),
        options=(Option(called, called),) if called else (),
        check=_name,
    )
    return start["certificate_id"], name


def _begin_name(chat: Chat, certificate_id: int) -> Reply:
    called = attending.read_name(chat.member.name) or ""
    return ask_name.begin(chat, certificate_id=certificate_id, called=called)


def _name(words: str) -> str | Wrong:
    wrong = Wrong(say("A name has letters alone, {n} at most.", n=attending.LONGEST_NAME))
    return attending.read_name(words) or wrong


@router.button(NameCertificate)
def name_it(chat: Chat, press: NameCertificate) -> Reply:
    found = _own(chat, press.certificate_id)
    if found is None:
        return _gone()
    if not certificates.may_name(found[0], chat.now):
        return show_mine(chat, MyCertificate(press.certificate_id))
    called = attending.read_name(chat.member.name) if press.as_called else None
    if called is None:
        return _begin_name(chat, press.certificate_id)
    return named(chat, (press.certificate_id, called))


@ask_name.done
def named(chat: Chat, form: tuple[int, str]) -> Reply:
    certificate_id, name = form
    certificates.name(chat.session, certificate_id, chat.member.id, name, chat.now)
    return show_mine(chat, MyCertificate(certificate_id))


# The paper


@router.file("certificate")
def make_certificate(
    session: Session,
    certificate_id: int,
    language: str,
    zone: str,
    station: str,
    at: str,
    format: str,
) -> Order:
    """A certificate in force with a name on it; raises LookupError for any other."""
    certificate = certificates.get(session, certificate_id)
    event = events.get(session, certificate.event_id) if certificate is not None else None
    if certificate is None or event is None or certificate.revoked_at or not certificate.name:
        raise LookupError("no such certificate")
    in_words = Words.in_full(language, ZoneInfo(zone))
    where = in_words(station_name(stations.get(session, certificate.station_id)))
    issued = certificate.issued_at.astimezone(in_words.zone).date()
    paper = facts.Certificate(
        language=language,
        heading=in_words(say("Certificate")),
        name=certificate.name,
        said=in_words(say("took part in")),
        title=in_words(title(event)),
        details=in_words(
            lines(When(event.starts_at, event.ends_at), hours(certificate.minutes), between=DOT)
        ),
        station=DOT.join(dict.fromkeys(filter(None, (station, where)))),
        issued=in_words(Days(issued)),
        number=in_words(say("No. {number}", number=certificate.number)),
        check=in_words(say("Scan to check it")),
        leads_to=f"/c/{certificate.code}",
    )
    return Order(paper, format_of(format))
