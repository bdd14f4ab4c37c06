"""What a team says of itself: its name, a sentence, and when it meets."""

from collections.abc import Mapping

from sqlmodel import Session

from models.network import audit, roles
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.rules.search import sounds
from models.rules.teams.joining import TeamState
from models.store import Moment
from models.teams import teams
from models.teams.teams import Team

TEXTS: Mapping[str, int] = {"name": 60, "about": 300, "meets": 120}
"""The texts and their greatest length, as in a file."""


def describe(
    session: Session, team_id: int, texts: Mapping[str, Translated], by: int, now: Moment
) -> Team | None:
    """Change texts of a team, by the names of ``TEXTS``; None where there is no such team.

    It is found by its new name at once. Raises NotAllowed when ``by`` may not hand the team over,
    and ValueError for an empty name.
    """
    team = teams.lock(session, team_id)
    if team is None or team.state is not TeamState.ACTIVE:
        return None
    roles.require(session, by, Act.HAND_OVER_TEAM, team.station_id, now, team_id=team.id)
    changed = [name for name in TEXTS if name in texts and team.text_of(name) != texts[name]]
    if "name" in changed:
        if not texts["name"].text:
            raise ValueError("a team has a name")
        old = team.text_of("name").versions()
        team.search = sounds.renamed(team.search, old, texts["name"].versions())
    for name in changed:
        team.put_text(name, texts[name])
    if changed:
        session.add(team)
        session.flush()
        audit.record(
            session,
            by,
            Act.HAND_OVER_TEAM,
            f"team:{team.id}",
            now,
            station_id=team.station_id,
            changed=changed,
        )
    return team
