"""The contests' place in the menu, and the contest that a page or an act is about."""

from bot.conversation.messages import say
from console.desk import Desk
from console.routing import Asked, Missing, Section
from models.contests import entries, organizing
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.network import stations
from models.network.stations import Station
from models.rules.network.permissions import Act

PATH = "/contests"
HERE = f"/console{PATH}"
ONE = f"{PATH}/{{contest:int}}"
ENTRIES = f"{ONE}/entries"
ENTRY = f"{ENTRIES}/{{entry:int}}"

section = Section("contests", label=say("Contests"), path=PATH, needs=Act.RUN_CONTEST)


def path_of(contest: Contest, page: str = "") -> str:
    return f"{HERE}/{contest.id}/{page}".removesuffix("/")


def found(desk: Desk, asked: Asked) -> tuple[Contest, Station]:
    """The contest of the path, and its station. Raises Missing where this member runs none such."""
    contest = desk.session.get(Contest, asked.number("contest"))
    station = stations.get(desk.session, contest.station_id) if contest is not None else None
    if contest is None or station is None or not desk.may(Act.RUN_CONTEST, station):
        raise Missing
    return contest, station


def found_entry(desk: Desk, asked: Asked) -> tuple[Entry, Contest]:
    """The entry of the path, and its contest. Raises Missing as ``found``."""
    contest, _station = found(desk, asked)
    entry = entries.get(desk.session, asked.number("entry"))
    if entry is None or entry.contest_id != contest.id or not organizing.is_told(contest, entry):
        raise Missing
    return entry, contest
