"""Awards in the chat: those that take nominations or are published, and nominating."""

from collections.abc import Generator, Mapping
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Action, Button, Choice, Reply, Sayable, When, lines, say
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.contests import award_words as words
from handlers.contests.addresses import address_of
from handlers.contests.award_buttons import (
    AWARDS,
    ListAwards,
    Nominate,
    ObjectTo,
    OpenAward,
    OpenNomination,
)
from handlers.contests.dossiers import ask_part, refused
from handlers.contests.finding import found
from handlers.words import DOT, station_name
from models.contests import awards, nominations, reading
from models.contests.awards import Award, NotDone
from models.contests.contests import Contest
from models.contests.nominations import Nomination
from models.contests.nominees import Unfit, Who
from models.events import parties
from models.network import stations
from models.network.members import Member
from models.network.stations import StationKind
from models.rules.contests.awarding import Of
from models.teams import teams

router = Router()


# Awards


@router.command("nominate", zh="提名", also=("表彰",), about=say("Nominate for an award"))
def by_words(chat: Chat, said: str) -> Reply:
    return list_awards(chat, ListAwards())


@router.button(ListAwards)
def list_awards(chat: Chat, press: ListAwards) -> Reply:
    """What one may nominate for, what is published for objections, and one's own."""
    taking, notices = (
        reading.among(chat.session, rows, chat.member, chat.now)
        for rows in (
            awards.open_for(chat.session, chat.now),
            awards.under_notice(chat.session, chat.now),
        )
    )
    own = nominations.of_nominator(chat.session, chat.member.id)[:3]
    rows: list[tuple[Sayable, Action, Sayable]] = [
        (
            each.text_of("title"),
            OpenAward(each.id),
            say("nominate until {when}", when=When(each.closes_at, near=True)),
        )
        for each in taking
    ]
    rows += [
        (each.text_of("title"), OpenAward(each.id), say("public notice: look, object"))
        for each in notices
    ]
    rows += [
        (
            nomination.shown_name or contest.text_of("title"),
            OpenNomination(nomination.id),
            words.standing(nomination),
        )
        for nomination, contest in own
    ]
    if not rows:
        none = say("No award takes nominations now. Laureates stand in the hall of fame.")
        return Reply(none, buttons=(words.HONOURS, MENU))
    choices = tuple(
        Choice(number, label, action, lines(label, line, between=DOT))
        for number, (label, action, line) in enumerate(rows[:8], start=1)
    )
    return Reply(say("Awards"), choices, (words.HONOURS, MENU))


@router.link("h", typed=True)
def followed(chat: Chat, number: str) -> Reply:
    return open_award(chat, OpenAward(int(number) if number.isdecimal() else 0))


def _found(chat: Chat, contest_id: int) -> tuple[Contest, Award] | None:
    """An award for who may read of it."""
    contest = found(chat, contest_id)
    row = awards.of_contest(chat.session, contest_id)
    return (contest, row) if contest is not None and row is not None else None


def _gone() -> Reply:
    return Reply(say("There is no such award any more."), buttons=(AWARDS, MENU))


@router.button(OpenAward)
def open_award(chat: Chat, press: OpenAward) -> Reply:
    there = _found(chat, press.contest_id)
    if there is None:
        return _gone()
    contest, row = there
    if row.public_at is not None and row.public_at <= chat.now:
        return Reply(
            lines(contest.text_of("title"), *words.laureates(chat.session, contest, 5)),
            buttons=(words.HONOURS, MENU),
        )
    if row.notice_until is not None and row.decided_at is None:
        return _notice(chat, contest, row)
    buttons = [AWARDS, MENU]
    if any(each.id == contest.id for each in awards.open_for(chat.session, chat.now)):
        buttons.insert(0, Button(say("Nominate"), Nominate(contest.id)))
    station = stations.get(chat.session, contest.station_id)
    return Reply(
        lines(
            lines(contest.text_of("title"), station_name(station), between=DOT),
            contest.text_of("about"),
            words.terms_of(row),
            words.prize_of(chat.session, row),
            say("Nominations until {when}.", when=When(contest.closes_at, near=True)),
        ),
        buttons=tuple(buttons),
    )


def _notice(chat: Chat, contest: Contest, row: Award) -> Reply:
    """The public notice: who is proposed, until when one may object, and how."""
    assert row.notice_until is not None
    proposed = nominations.shown(chat.session, contest.id)
    names = [
        say("{place}. {name}", place=each.place, name=each.shown_name) for each, _entry in proposed
    ]
    is_on = chat.now < row.notice_until
    object_ = (Button(say("Object"), ObjectTo(contest.id)),) if is_on else ()
    address = address_of(chat.session, contest) if chat.link_to("/") else ""
    whole = (Button(say("Whole notice"), url=address),) if address else ()
    # Where no page names the others all of them are named here.
    first = 3 if whole else len(names)
    return Reply(
        lines(
            say("Public notice: {title}", title=contest.text_of("title")),
            *names[:first],
            say("And {n} more.", n=len(names) - first) if len(names) > first else None,
            say("Objections until {when}; each is answered.", when=When(row.notice_until)),
        ),
        buttons=(*object_, *whole, MENU),
    )


# Nominating


@router.dialog("nominate", draft=say("Go on nominating"))
def who_is_nominated(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    if start["of"] == Of.PROJECT:
        team = yield Question(
            "team",
            say("Which team's project?"),
            options=tuple(Option(str(number), name) for number, name in start["teams"]),
        )
        project = yield Question("project", say("What's the project called?"), check=_short)
        return start["contest"], {"team_id": int(team), "project": project}
    if start["of"] == Of.PLACE:
        place = yield Question(
            "place", say("Which contact point? Write part of its name."), find=_contact_points
        )
        return start["contest"], {"station_id": int(place)}
    name = yield Question(
        "name",
        say("Whom? Write the name of a colleague, or of somebody in a team of yours."),
        options=(Option("me", say("Myself")),) if start["oneself"] else (),
        check=_short,
    )
    return start["contest"], {"name": name}


def _short(said: str) -> str | Wrong:
    if len(said) > nominations.LONGEST_PROJECT:
        return Wrong(say("That's long; {n} characters at most.", n=nominations.LONGEST_PROJECT))
    return said


def _contact_points(session: Any, said: str) -> list[Option]:
    found = stations.matching(session, said, 6, kinds=(StationKind.CONTACT_POINT,))
    return [Option(str(each.id), station_name(each)) for each in found]


@router.button(Nominate)
def nominate(chat: Chat, press: Nominate) -> Reply:
    there = _found(chat, press.contest_id)
    if there is None:
        return _gone()
    contest, row = there
    own = [
        [each.id, each.name]
        for each in teams.of_member(chat.session, chat.member.id)
        if row.of is Of.PROJECT
    ]
    if row.of is Of.PROJECT and not own:
        none = say("Projects are nominated by who is in the team that made them.")
        return Reply(none, buttons=(AWARDS, MENU))
    return who_is_nominated.begin(
        chat,
        contest=contest.id,
        of=str(row.of),
        teams=own,
        oneself=row.may_nominate_self,
    )


@who_is_nominated.done
def begin(chat: Chat, form: tuple[int, Mapping[str, Any]]) -> Reply:
    contest_id, said = form
    who = _who(chat, said)
    if who is None:
        unknown = say("Nobody whom you work or play with is called so, or several are.")
        again = Button(say("Another name"), Nominate(contest_id))
        return Reply(unknown, buttons=(again, AWARDS))
    done = nominations.nominate(chat.session, contest_id, who, chat.member.id, chat.now)
    match done:
        case Nomination():
            return ask_part(chat, done, first=True)
        case Unfit(found):
            return Reply(
                lines(*(words.FAULTS[each] for each in found[:3])),
                buttons=(Button(say("Another one"), Nominate(contest_id)), AWARDS),
            )
        case NotDone(why):
            return refused(why)
        case never:
            assert_never(never)


def _who(chat: Chat, said: Mapping[str, Any]) -> Who | None:
    if "team_id" in said:
        return Who(team_id=said["team_id"], project=said["project"])
    if "station_id" in said:
        return Who(station_id=said["station_id"])
    if said["name"] == "me":
        return Who(member_id=chat.member.id)
    member = chat.session.get_one(Member, chat.member.id)
    found = parties.colleague(chat.session, member, said["name"])
    return Who(member_id=found) if found is not None else None
