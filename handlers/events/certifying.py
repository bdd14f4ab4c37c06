"""Certificates as organizers issue them: to all who came, to one, with their hours; withdrawing."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Button, Choice, Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Router
from handlers.events.buttons import (
    MY_EVENTS,
    AskHours,
    Certify,
    IssueCertificates,
    OpenIssued,
    Run,
)
from handlers.events.running import name_of, run_card, sees_places, to_run
from handlers.words import DOT, hours, title
from models.events import certificates, issuing, running
from models.events.certificates import Certificate, Standing
from models.events.events import Event
from models.rules.events import attending, windows
from models.rules.events.windows import Phase

router = Router()

PAGE = 10
AFTER = (Phase.BEGUN, Phase.OVER)
"""When there is somebody who came."""


def begin(chat: Chat, event: Event) -> Reply:
    return show(chat, Certify(event.id))


@router.button(Certify)
def show(chat: Chat, press: Certify) -> Reply:
    """How far the certificates of an event are, and what can be done about them."""
    event, refusal = _to_certify(chat, press.event_id)
    if event is None:
        return refusal
    minutes = _minutes(event, press.minutes)
    if press.one_by_one:
        return _one_by_one(chat, event, minutes, max(press.skip, 0))
    return _overview(chat, event, minutes)


def _minutes(event: Event, given: int) -> int:
    return given if given >= 0 else attending.minutes_of(event.starts_at, event.ends_at)


def _to_certify(chat: Chat, event_id: int) -> tuple[Event, Reply] | tuple[None, Reply]:
    event, refusal = to_run(chat, event_id)
    if event is not None and windows.phase_of(event, chat.now) not in AFTER:
        return None, run_card(chat, event)
    return (event, refusal) if event is not None else (None, refusal)


def _overview(chat: Chat, event: Event, minutes: int, *, before: Sayable | None = None) -> Reply:
    stands = certificates.standing(chat.session, event.id)
    back = Button(say("Back"), Run(event.id))
    if not stands.came:
        nobody = say("Nobody has been checked in yet; certificates are for those who came.")
        return Reply(lines(title(event), nobody), buttons=(back, MY_EVENTS))
    length = hours(minutes) or say("no hours on it")
    acts: list[tuple[Sayable, Any]] = []
    can_issue = stands.left and event.certifying_at is None
    if can_issue:
        label = say_n("Issue to {n}", "Issue to all {n}", stands.left)
        acts.append((label, IssueCertificates(event.id, minutes)))
    acts.append((say("One by one"), Certify(event.id, minutes, 1)))
    if can_issue:
        hours_now = say("Hours: {hours}", hours=length)
        acts.append((hours_now, AskHours(event.id)))
    soon = say("The others follow within a minute.") if event.certifying_at is not None else None
    return Reply(
        lines(before, say("Certificates of {title}", title=title(event)), _standing(stands), soon),
        tuple(Choice(number, label, act) for number, (label, act) in enumerate(acts, start=1)),
        (back, MY_EVENTS),
    )


def _standing(stands: Standing) -> Sayable:
    return lines(
        say("✅ {n} came", n=stands.came),
        say_n("{n} has a certificate", "{n} have a certificate", stands.issued),
        _wait_for_names(stands.unnamed),
        between=DOT,
    )


def _wait_for_names(unnamed: int) -> Sayable | None:
    if not unnamed:
        return None
    return say_n("{n} is asked for the name", "{n} are asked for the name", unnamed)


# Issuing


@router.button(IssueCertificates)
def issue(chat: Chat, press: IssueCertificates) -> Reply:
    event, refusal = _to_certify(chat, press.event_id)
    if event is None:
        return refusal
    minutes = min(max(press.minutes, 0), attending.MOST_MINUTES)
    signup_id = press.signup_id or None
    by, zone = chat.member.id, chat.care.zone
    done = issuing.issue(chat.session, event.id, minutes, by, zone, chat.now, signup_id=signup_id)
    many = done.made + done.following
    made = say_n("✅ {n} certificate is on its way.", "✅ {n} certificates are on their way.", many)
    before = made if many else say("Whoever came has one already.")
    return _overview(chat, event, minutes, before=before)


@router.dialog("certificate-hours")
def ask_hours(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    minutes = yield Question(
        "hours",
        say("How many hours? Write a number, like 6 or 2.5."),
        check=_hours,
        skip=say("No hours on it"),
    )
    return start["event_id"], minutes


def _hours(words: str) -> str | Wrong:
    minutes = attending.read_hours(words)
    return str(minutes) if minutes else Wrong(say("Write a number like 6 or 2.5."))


@router.button(AskHours)
def change_hours(chat: Chat, press: AskHours) -> Reply:
    event, refusal = _to_certify(chat, press.event_id)
    return ask_hours.begin(chat, event_id=event.id) if event is not None else refusal


@ask_hours.done
def hours_said(chat: Chat, form: tuple[int, str | None]) -> Reply:
    return show(chat, Certify(form[0], int(form[1] or 0)))


# One by one


def _one_by_one(chat: Chat, event: Event, minutes: int, skip: int) -> Reply:
    """Those who came, each with what a tap does: issue a certificate, or show it."""
    rows = certificates.who_came(chat.session, event.id, skip=skip, limit=PAGE + 1)
    running.record_view(chat.session, event, chat.member.id, chat.now)
    namesakes = running.namesakes(chat.session, event.id, [each[1] for each in rows])
    sees = sees_places(chat, event)
    choices = []
    for number, (signup, member, certificate) in enumerate(rows[:PAGE], start=skip + 1):
        name = name_of(signup, member, None, namesakes, sees_places=sees)
        act = (
            OpenIssued(certificate.id)
            if certificate is not None
            else IssueCertificates(event.id, minutes, signup.id)
        )
        state = certificate.number if certificate is not None else say("none yet")
        choices.append(Choice(number, name, act, lines(name, state, between=DOT)))
    more = Button(say("More"), Certify(event.id, minutes, 1, skip + PAGE))
    back = Button(say("Back"), Certify(event.id, minutes))
    return Reply(
        lines(title(event), say("A tap issues a certificate, or shows it.")),
        tuple(choices),
        (more, back) if len(rows) > PAGE else (back, MY_EVENTS),
        edit=skip > 0,
    )


@router.button(OpenIssued)
def open_issued(chat: Chat, press: OpenIssued) -> Reply:
    """One certificate; it is withdrawn after one question."""
    certificate = certificates.get(chat.session, press.certificate_id)
    event, refusal = _to_certify(chat, certificate.event_id if certificate is not None else 0)
    if event is None or certificate is None:
        return refusal
    back = Button(say("Back"), Certify(event.id, certificate.minutes, 1))
    if press.sure:
        done = certificates.withdraw(chat.session, certificate.id, chat.member.id, chat.now)
        gone = say("✅ {number} is withdrawn, and its owner is told.", number=done.number)
        return Reply(gone, buttons=(back, MY_EVENTS))
    running.record_view(chat.session, event, chat.member.id, chat.now)
    if press.ask:
        return Reply(
            lines(_issued(certificate, event), say("Whoever checks it will read that it is void.")),
            buttons=(back, Button(say("Withdraw"), OpenIssued(certificate.id, sure=1))),
        )
    withdraw = Button(say("Withdraw"), OpenIssued(certificate.id, ask=1))
    buttons = (back, withdraw) if certificate.revoked_at is None else (back, MY_EVENTS)
    return Reply(_issued(certificate, event), buttons=buttons)


def _issued(certificate: Certificate, event: Event) -> Sayable:
    name = certificate.name or say("name missing")
    withdrawn = say("❌ withdrawn") if certificate.revoked_at is not None else None
    about = lines(name, hours(certificate.minutes), withdrawn, between=DOT)
    return lines(lines(certificate.number, title(event), between=DOT), about)
