"""Words of the stage: who performs, as an audience and as a judge read it, and the places."""

from sqlmodel import Session

from bot.conversation.messages import Lines, Sayable, lines, listing, say
from handlers.words import DOT
from models.contests import judging, rounds
from models.contests.contests import Contest
from models.contests.rounds import Appearance, AppearanceState, ContestRound
from models.rules.network import codes


def performer(session: Session, each: Appearance) -> Lines:
    """Who performs, after the number in the order."""
    return lines(str(each.position), on_stage(session, each.entry_id), between=". ")


def on_stage(session: Session, entry_id: int, contest: Contest | None = None) -> Sayable:
    """What is performed, for whom and by whom; a code where the judges of a contest are blind."""
    told = rounds.performer(session, entry_id)
    rule = judging.of_contest(session, contest.id) if contest is not None else None
    if rule is not None and rule.is_blind:
        return codes.in_groups(told.code)
    names = listing(*told.names) if told.names else None
    said = [each for each in (told.title, told.host, names) if each]
    return lines(*said, between=DOT) if said else codes.in_groups(told.code)


def places(session: Session, row: ContestRound, most: int) -> list[Sayable]:
    """The first of a round that is over, each with place and points, and whether they go on."""
    found = sorted(
        (each for each in rounds.of_round(session, row.id) if each.place is not None),
        key=lambda each: (each.place or 0, each.position),
    )
    return [
        lines(
            say(
                "{place}. {who}: {score}",
                place=each.place,
                who=on_stage(session, each.entry_id),
                score=each.score,
            ),
            _onwards(each),
            between=DOT,
        )
        for each in found[:most]
    ]


def _onwards(each: Appearance) -> Sayable | None:
    """What the rule of the round makes of a place."""
    if each.goes_on:
        return say("goes on")
    return say("standby {n}", n=each.standby_turn) if each.standby_turn is not None else None


def heading(session: Session, row: ContestRound) -> Sayable:
    contest = session.get_one(Contest, row.contest_id)
    return lines(contest.text_of("title"), row.text_of("name"), between=DOT)


def own_line(own: Appearance | None) -> Sayable | None:
    if own is None:
        return None
    if own.state is AppearanceState.STANDBY:
        return say("You're standby number {n}.", n=own.position)
    return say("You're number {n} in the order.", n=own.position)
