"""Awards in the chat: nominating, the nominee's consent, objections to what is proposed."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
)
from bot.conversation.routing import Router
from handlers.actions import MENU, MINE
from handlers.contests import award_words as words
from handlers.words import DOT, station_name
from models.contests import awards, deciding, parts
from models.contests.awards import Award, Nomination, NotDone, Unfit, Who, WhyNot
from models.contests.contests import Contest
from models.contests.deciding import Kept
from models.desk.telling import TooMany
from models.events import parties
from models.network import stations
from models.network.members import Member
from models.network.stations import StationKind
from models.rules.contests.awarding import Of
from models.teams import teams

router = Router()

PART_SHOWN = 300
"""How many letters of a part of a dossier a message shows."""


@dataclass(frozen=True, slots=True)
class ListAwards(Action, tag="awards"):
    pass


@dataclass(frozen=True, slots=True)
class OpenAward(Action, tag="award"):
    contest_id: int


@dataclass(frozen=True, slots=True)
class Nominate(Action, tag="nominate"):
    contest_id: int


@dataclass(frozen=True, slots=True)
class OpenNomination(Action, tag="nomination"):
    nomination_id: int


@dataclass(frozen=True, slots=True)
class AddToDossier(Action, tag="dossier-add"):
    nomination_id: int


@dataclass(frozen=True, slots=True)
class ShowDossier(Action, tag="dossier"):
    nomination_id: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class TakeFromDossier(Action, tag="dossier-out"):
    nomination_id: int
    part_id: int


@dataclass(frozen=True, slots=True)
class AskNominee(Action, tag="nomination-ask"):
    nomination_id: int


@dataclass(frozen=True, slots=True)
class AnswerNomination(Action, tag="nomination-answer"):
    """Agrees or refuses; refusing asks once."""

    nomination_id: int
    yes: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class ObjectTo(Action, tag="award-object"):
    """Objects to somebody who is proposed; asks whom where there are several."""

    contest_id: int
    nomination_id: int = 0


AWARDS = Button(say("Awards"), ListAwards())


# Awards


@router.command("nominate", zh="提名", also=("表彰",), about=say("Nominate for an award"))
def by_words(chat: Chat, said: str) -> Reply:
    return list_awards(chat, ListAwards())


@router.button(ListAwards)
def list_awards(chat: Chat, press: ListAwards) -> Reply:
    """What one may nominate for, what is published for objections, and one's own."""
    taking = awards.open_for(chat.session, chat.now)
    notices = awards.under_notice(chat.session, chat.now)
    own = awards.of_nominator(chat.session, chat.member.id)[:3]
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
    contest, row = (
        chat.session.get(Contest, contest_id),
        awards.of_contest(chat.session, contest_id),
    )
    return (contest, row) if contest is not None and row is not None else None


def _gone() -> Reply:
    return Reply(say("There is no such award any more."), buttons=(AWARDS, MENU))


@router.button(OpenAward)
def open_award(chat: Chat, press: OpenAward) -> Reply:
    found = _found(chat, press.contest_id)
    if found is None:
        return _gone()
    contest, row = found
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
    proposed = awards.shown(chat.session, contest.id)
    names = [
        say("{place}. {name}", place=each.place, name=each.shown_name) for each, _entry in proposed
    ]
    is_on = chat.now < row.notice_until
    object_ = (Button(say("Object"), ObjectTo(contest.id)),) if is_on else ()
    whole = (Button(say("Whole notice"), url=f"/h/{contest.id}"),) if chat.link_to("/") else ()
    return Reply(
        lines(
            say("Public notice: {title}", title=contest.text_of("title")),
            *names[:3],
            say("And {n} more.", n=len(names) - 3) if len(names) > 3 else None,
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
    if len(said) > awards.LONGEST_PROJECT:
        return Wrong(say("That's long; {n} characters at most.", n=awards.LONGEST_PROJECT))
    return said


def _contact_points(session: Any, said: str) -> list[Option]:
    found = stations.matching(session, said, 6, kinds=(StationKind.CONTACT_POINT,))
    return [Option(str(each.id), station_name(each)) for each in found]


@router.button(Nominate)
def nominate(chat: Chat, press: Nominate) -> Reply:
    found = _found(chat, press.contest_id)
    if found is None:
        return _gone()
    contest, row = found
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
    done = awards.nominate(chat.session, contest_id, who, chat.member.id, chat.now)
    match done:
        case Nomination():
            return _ask_dossier(chat, done, first=True)
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


def refused(why: WhyNot) -> Reply:
    return Reply(words.REFUSALS[why], buttons=(AWARDS, MENU))


@router.dialog("dossier", draft=say("Go on with the dossier"))
def dossier_part(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    text = yield Question(
        "text",
        say("What did {name} do? Tell it in a few sentences.", name=start["name"])
        if start["first"]
        else say("What else shall be known?"),
        check=_sentences,
        many_lines=True,
    )
    return start["nomination"], text


def _sentences(said: str) -> str | Wrong:
    if len(said) > awards.LONGEST_TEXT:
        return Wrong(say("That's long; {n} characters at most.", n=awards.LONGEST_TEXT))
    return said


def _ask_dossier(chat: Chat, row: Nomination, *, first: bool = False) -> Reply:
    return dossier_part.begin(chat, nomination=row.id, name=row.shown_name, first=first)


@router.button(AddToDossier)
def add_part(chat: Chat, press: AddToDossier) -> Reply:
    found = _own(chat, press.nomination_id)
    return _ask_dossier(chat, found[0]) if found is not None else refused(WhyNot.NOT_THEIRS)


@dossier_part.done
def keep_part(chat: Chat, form: tuple[int, str]) -> Reply:
    done = awards.add_text(chat.session, form[0], form[1], chat.member.id, chat.now)
    if isinstance(done, NotDone):
        return refused(done.why)
    return open_nomination(chat, OpenNomination(form[0]))


def _own(chat: Chat, nomination_id: int) -> tuple[Nomination, Contest] | None:
    """A nomination that this member made, or that they were asked about."""
    found = awards.get(chat.session, nomination_id)
    if found is None:
        return None
    row, _entry, contest = found
    is_asked = row.asked_member_id == chat.member.id and row.asked_at is not None
    return (row, contest) if row.by_member_id == chat.member.id or is_asked else None


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
    )


@router.button(TakeFromDossier)
def take_out(chat: Chat, press: TakeFromDossier) -> Reply:
    number = press.nomination_id
    is_theirs = _own(chat, number) is not None
    if not is_theirs or not awards.take_out(
        chat.session, number, press.part_id, chat.member.id, chat.now
    ):
        return refused(WhyNot.NOT_THEIRS)
    return open_nomination(chat, OpenNomination(press.nomination_id))


@router.button(AskNominee)
def ask_nominee(chat: Chat, press: AskNominee) -> Reply:
    if _own(chat, press.nomination_id) is None:
        return refused(WhyNot.NOT_THEIRS)
    done = awards.ask(chat.session, press.nomination_id, chat.member.id, chat.now)
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
    done = awards.answer(
        chat.session, press.nomination_id, chat.member.id, chat.now, yes=bool(press.yes)
    )
    if isinstance(done, NotDone):
        return refused(done.why)
    if press.yes:
        text = say("✅ You're nominated. You may add to the dossier until it's looked at.")
        return Reply(text, buttons=(Button(say("Add more"), AddToDossier(done.id)), AWARDS))
    return Reply(say("Declined. Thank you for saying so."), buttons=(MINE, MENU))


# Objecting


@router.dialog("award-objection")
def objection(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    nomination = start["nomination"]
    if not nomination:
        nomination = yield Question(
            "who",
            say("About whom?"),
            options=tuple(Option(str(number), name) for number, name in start["proposed"]),
        )
    text = yield Question(
        "text",
        say("What speaks against it? Only those who decide on the award read it."),
        check=_sentences,
        many_lines=True,
    )
    named = yield Question(
        "named",
        say("With your name?"),
        options=(Option("yes", say("With my name")), Option("no", say("Without a name"))),
    )
    return int(nomination), text, named == "yes"


@router.button(ObjectTo)
def object_to(chat: Chat, press: ObjectTo) -> Reply:
    found = _found(chat, press.contest_id)
    if found is None or found[1].notice_until is None or chat.now >= found[1].notice_until:
        return refused(WhyNot.NOT_OPEN)
    proposed = [
        [row.id, row.shown_name] for row, _entry in awards.shown(chat.session, press.contest_id)
    ]
    only = proposed[0][0] if len(proposed) == 1 else 0
    return objection.begin(chat, nomination=press.nomination_id or only, proposed=proposed)


@objection.done
def keep_objection(chat: Chat, form: tuple[int, str, bool]) -> Reply:
    number, text, with_name = form
    done = deciding.object_to(
        *(chat.session, number, text, chat.member, chat.care, chat.now), with_name=with_name
    )
    match done:
        case Kept():
            return Reply(
                say("✅ Passed on. It's answered before anything is decided."),
                buttons=(AWARDS, MENU),
            )
        case TooMany():
            return Reply(
                say("That's many letters for one day. Write again tomorrow."), buttons=(MENU,)
            )
        case NotDone(why):
            return refused(why)
        case never:
            assert_never(never)
