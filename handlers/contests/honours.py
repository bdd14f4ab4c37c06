"""The hall of fame in the chat, what nominees and nominators are told, and the certificate."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Attachment,
    Button,
    Days,
    Reply,
    Sayable,
    When,
    lines,
    say,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU, MINE
from handlers.contests import award_words as words
from handlers.contests.award_buttons import (
    AWARDS,
    AnswerNomination,
    OpenAward,
    OpenNomination,
    ShowDossier,
)
from handlers.contests.award_words import HONOURS, ShowHonours
from handlers.events.printing import Words, format_of, printed
from handlers.words import DOT, person
from models.contests import awards, laureates, nominations, reading
from models.contests.contests import Contest
from models.contests.laureates import Laureate
from models.contests.nominations import Nomination
from models.network import stations
from models.network.members import Member
from models.rules.contests.states import ContestState
from models.rules.texts import file_name
from models.sending.reasons import Reason
from papers import facts
from papers.facts import Order

router = Router()

PAGE = 5


@router.command("honours", zh="名人堂", also=("光荣榜", "hall of fame"), about=say("Laureates"))
def by_words(chat: Chat, said: str) -> Reply:
    return show(chat, ShowHonours(int(said) if said.isdecimal() and len(said) == 4 else 0))


@router.button(ShowHonours)
def show(chat: Chat, press: ShowHonours) -> Reply:
    """The laureates of a year, with the way to the year before."""

    def may_read(contest: Contest) -> bool:
        return reading.reads(chat.session, contest, chat.member, chat.now)

    years = laureates.years(chat.session, chat.now, may_read)
    if not years:
        none = say("Nobody was given an award yet. Nominate somebody who earned one.")
        return Reply(none, buttons=(AWARDS, MENU))
    year = press.year if press.year in years else years[0]
    rows = [each for each in laureates.of_year(chat.session, year, chat.now) if may_read(each[1])]
    skip = max(press.skip, 0)
    said = [
        lines(contest.text_of("title"), words.name_of(each), between=DOT)
        for each, contest in rows[skip : skip + PAGE]
    ]
    before = next((each for each in years if each < year), None)
    more = (Button(say("More"), ShowHonours(year, skip + PAGE)),) if len(rows) > skip + PAGE else ()
    back = (Button(str(before), ShowHonours(before)),) if before is not None else ()
    return Reply(
        lines(say("Hall of fame {year}", year=str(year)), *said),
        buttons=(*more, *back, AWARDS, MENU)[:3],
        edit=skip > 0,
    )


# Notices


def _told(chat: Chat, told: Mapping[str, Any]) -> tuple[Nomination, Contest] | None:
    found = nominations.get(chat.session, told["nomination_id"])
    if found is None or found[2].state is ContestState.CANCELLED:
        return None
    return found[0], found[2]


@router.notice("nomination-asked")
def asked(chat: Chat, told: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, told)
    if found is None or found[0].consented_at is not None or found[0].refused_at is not None:
        return Drop(Reason.ANSWERED)
    row, contest = found
    by = chat.session.get(Member, row.by_member_id) if row.by_member_id is not None else None
    who = person(by.name, by.id) if by is not None else say("Somebody")
    about = row.shown_name if row.station_id or row.team_id else None
    return Reply(
        lines(
            say("🔔 {who} nominates you: {title}.", who=who, title=contest.text_of("title"))
            if about is None
            else say(
                "🔔 {who} nominates {name}: {title}.",
                who=who,
                name=about,
                title=contest.text_of("title"),
            ),
            say("Do you agree? Nobody sees the dossier before you do; you may change it."),
        ),
        buttons=(
            Button(say("See dossier"), ShowDossier(row.id)),
            Button(say("I agree"), AnswerNomination(row.id, 1)),
            Button(say("No, thanks"), AnswerNomination(row.id, 0)),
        ),
    )


@router.notice("nomination-answered")
def answered(chat: Chat, told: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, told)
    if found is None:
        return Drop(Reason.GONE)
    row, contest = found
    said = (
        say("🔔 {name} agreed to your nomination.", name=row.shown_name)
        if row.consented_at is not None
        else say("🔔 {name} would rather not be nominated.", name=row.shown_name)
    )
    return Reply(
        lines(said, contest.text_of("title")),
        buttons=(Button(say("Take a look"), OpenNomination(row.id)), MENU),
    )


@router.notice("award-proposed")
def proposed(chat: Chat, told: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, told)
    row = awards.of_contest(chat.session, found[1].id) if found is not None else None
    if found is None or row is None or found[0].place is None or row.notice_until is None:
        return Drop(Reason.OUTDATED)
    nomination, contest = found
    return Reply(
        lines(
            say(
                "🔔 {name} is proposed: {title}.",
                name=nomination.shown_name,
                title=contest.text_of("title"),
            ),
            say("It's published for objections until {when}.", when=When(row.notice_until)),
        ),
        buttons=(Button(say("Take a look"), OpenAward(contest.id)), MINE),
    )


@router.notice("award-won")
def won(chat: Chat, told: Mapping[str, Any]) -> Reply | Drop:
    """In person, before everybody learns of it; with the certificate as a file."""
    found = _told(chat, told)
    row = awards.of_contest(chat.session, found[1].id) if found is not None else None
    given = _given(chat, found[0]) if found is not None else None
    if found is None or row is None or given is None or row.public_at is None:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("✅ {name}: {title}.", name=given.name, title=found[1].text_of("title")),
            words.prize_of(chat.session, row),
            _later(found[1], row.public_at),
        ),
        buttons=(HONOURS, MINE),
        file=file_of(chat, given),
    )


def _later(contest: Contest, at: datetime) -> Sayable:
    """When others learn of it, and whether that is everybody."""
    if contest.is_for_all:
        return say("You're the first to know; everybody learns of it {when}.", when=When(at))
    return say("You're the first to know; whom it is for learns of it {when}.", when=When(at))


def _given(chat: Chat, nomination: Nomination) -> Laureate | None:
    found = nominations.get(chat.session, nomination.id)
    assert found is not None
    entry = found[1]
    rows = laureates.of_contest(chat.session, entry.contest_id)
    return next((each for each in rows if each.code == entry.code), None)


@router.notice("award-not-won")
def not_won(chat: Chat, told: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, told)
    if found is None:
        return Drop(Reason.GONE)
    nomination, contest = found
    return Reply(
        lines(
            say("🔔 {title} is decided, for others this time.", title=contest.text_of("title")),
            say("Thank you, {name}: what you did was read with care.", name=nomination.shown_name),
        ),
        buttons=(HONOURS, MENU),
    )


@router.notice("award-nominator")
def for_nominator(chat: Chat, told: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, told)
    if found is None:
        return Drop(Reason.GONE)
    nomination, contest = found
    given = _given(chat, nomination)
    said = (
        say("🔔 {name}, whom you nominated, is given it.", name=nomination.shown_name)
        if given is not None
        else say("🔔 It's decided; {name} isn't among them.", name=nomination.shown_name)
    )
    return Reply(
        lines(said, contest.text_of("title"), say("Thank you for nominating.")),
        buttons=(HONOURS, MENU),
    )


# The certificate


def file_of(chat: Chat, row: Laureate) -> Attachment:
    called = file_name(row.title, row.number) or row.number
    return printed(chat, called, "laureate", row.id, is_picture=False)


@router.file("laureate")
def make_certificate(
    session: Session,
    laureate_id: int,
    language: str,
    zone: str,
    station: str,
    at: str,
    format: str,
) -> Order:
    """The certificate of a laureate; raises LookupError once they are erased."""
    row = laureates.get(session, laureate_id)
    if row is None or not row.name:
        raise LookupError(laureate_id)
    in_words = Words.in_full(language, ZoneInfo(zone))
    contest = session.get_one(Contest, row.contest_id)
    host = stations.get(session, row.station_id)
    day = row.decided_at.astimezone(ZoneInfo(zone)).date()
    paper = facts.Certificate(
        language=language,
        heading=in_words(say("Certificate of honour")),
        name=row.name,
        said=in_words(say("is given")),
        title=in_words(contest.text_of("title")),
        details=in_words(say("of the year {year}", year=str(row.year))),
        station=in_words(host.text_of("name")) if host is not None else station,
        issued=in_words(Days(day)),
        number=in_words(say("No. {number}", number=row.number)),
        check=in_words(say("Scan to check it")),
        leads_to=f"/c/{row.code}",
    )
    return Order(paper, format_of(format))
