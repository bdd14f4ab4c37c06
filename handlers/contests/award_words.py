"""Words of awards: their terms, what speaks against somebody, how a nomination stands."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.conversation.messages import (
    Action,
    Button,
    Sayable,
    Text,
    When,
    lines,
    listing,
    say,
    say_n,
)
from handlers.words import DOT
from models.contests import awards
from models.contests import laureates as rows
from models.contests.awards import Award, WhyNot
from models.contests.contests import Contest
from models.contests.laureates import Laureate
from models.contests.nominations import Nomination
from models.rules.contests.awarding import Fault, Lack, Nominator, Of
from models.rules.network import codes


@dataclass(frozen=True, slots=True)
class ShowHonours(Action, tag="honours"):
    """The laureates of a year; 0 for the latest."""

    year: int = 0
    skip: int = 0


HONOURS = Button(say("Hall of fame"), ShowHonours())

OF: dict[Of, Text] = {
    Of.PERSON: say("for people"),
    Of.PLACE: say("for contact points"),
    Of.PROJECT: say("for projects"),
}
NOMINATORS: dict[Nominator, Text] = {
    Nominator.MEMBER: say("every member"),
    Nominator.TEAM: say("who leads a team"),
    Nominator.COMPANY: say("contact points"),
    Nominator.ORGANIZER: say("organizers"),
}
FAULTS: dict[Fault, Text] = {
    Fault.NOT_A_NOMINATOR: say("By its terms, others nominate for this award."),
    Fault.ONESELF: say("Nobody nominates themselves here; ask a colleague to."),
    Fault.NOT_MEANT: say("This award is for other places or teams."),
    Fault.TOO_NEW: say("They haven't been with us for long enough yet."),
    Fault.LAUREATE_LATELY: say("They were given it not long ago."),
    Fault.IS_JUDGE: say("They are a judge of this award."),
    Fault.NOBODY_AGREES: say("Nobody there can agree to it in a chat yet."),
}
LACKS: dict[Lack, Text] = {
    Lack.PROPOSAL: say("Nobody is proposed yet, or it's decided."),
    Lack.NOTICE: say("The public notice still lasts."),
    Lack.OBJECTIONS: say("An objection waits for an answer."),
    Lack.SECOND: say("Another person than who proposed has to decide."),
}
REFUSALS: dict[WhyNot, Text] = {
    WhyNot.NOT_AN_AWARD: say("That contest is no award."),
    WhyNot.NOT_OPEN: say("That's not open now."),
    WhyNot.IS_NOMINATED: say("They are nominated already."),
    WhyNot.NO_DOSSIER: say("Tell something about them first."),
    WhyNot.NOT_THEIRS: say("That's not yours to change, or not any more."),
    WhyNot.ANSWERED: say("That's answered already."),
    WhyNot.NOT_AGREED: say("They haven't agreed."),
    WhyNot.LEADS_NO_MORE: say("That's for whoever leads it now; they are asked."),
    WhyNot.NOBODY_AGREES: FAULTS[Fault.NOBODY_AGREES],
    WhyNot.NOT_SHORTLISTED: say("Only who is on the shortlist can be proposed."),
    WhyNot.IS_PROPOSED: say("Laureates are proposed already."),
    WhyNot.TOO_MANY: say("That's more than there is room for."),
}


def terms_of(row: Award) -> Sayable:
    """Who may nominate, and who can be nominated."""
    who = listing(*(NOMINATORS[each] for each in row.nominated_by))
    return lines(
        say("Nominated by: {who}", who=who),
        say_n("members for {n} month at least", "members for {n} months at least", row.months)
        if row.months
        else None,
        say_n(
            "not within {n} year of the last one",
            "not within {n} years of the last one",
            row.years,
        )
        if row.years
        else None,
        between=DOT,
    )


def prize_of(session: Session, row: Award) -> Sayable | None:
    """The prize and who donates it."""
    donor = awards.donor(session, row)
    if donor is None:
        return say("Prize: {prize}", prize=row.text_of("prize")) if row.prize else None
    return say(
        "Prize: {prize}, from {partner}", prize=row.text_of("prize"), partner=donor.text_of("name")
    )


SIGNS = "✅⏳❌ "
"""What a standing may begin with: at the desk the words stand alone."""


def standing(row: Nomination) -> Text:
    if row.refused_at is not None:
        return say("❌ refused")
    if row.asked_at is None:
        return say("⏳ being gathered")
    if row.consented_at is None:
        return say("⏳ asked for consent")
    if row.place is not None:
        return say("✅ proposed")
    if row.is_shortlisted is None:
        return say("✅ nominated")
    return say("✅ on the shortlist") if row.is_shortlisted else say("not on the shortlist")


def open_from(contest: Contest, row: Award) -> Sayable:
    """From when on others than who is concerned read that it is decided; empty before it is."""
    if row.public_at is None:
        return ""
    when = When(row.public_at)
    if contest.is_for_all:
        return say("Decided; for everybody from {when}.", when=when)
    return say("Decided; for whom the award is meant from {when}.", when=when)


def name_of(row: Laureate) -> str:
    """The name of a laureate; the code once they are erased."""
    return row.name or codes.in_groups(row.code)


def laureates(session: Session, contest: Contest, most: int) -> list[Sayable]:
    found = rows.of_contest(session, contest.id)
    return [say("{place}. {name}", place=each.place, name=name_of(each)) for each in found[:most]]
