"""The store's tables: those of the station, and those of the subjects that are installed."""

import migrations
from bot.station.extending import found
from migrations import Branch


def branches() -> tuple[Branch, ...]:
    """Ours first, for the others' tables refer to ours."""
    return (migrations.OWN, *found().branches)


def is_current(url: str) -> bool:
    """Whether all tables are of the versions that are installed. Raises StoreDown."""
    return all(migrations.is_current(url, each) for each in branches())


def upgrade(url: str) -> list[str]:
    """Bring the tables up to date; return what was done, in a sentence for each branch.

    Raises what ``migrations.upgrade`` does.
    """
    said = []
    for branch in branches():
        if not migrations.is_current(url, branch):
            migrations.upgrade(url, branch=branch)
            whose = f" of {branch.subject}" if branch.subject else ""
            said.append(f"The tables{whose} are of version {migrations.head(branch)} now.")
    return said


def lacking(url: str) -> str:
    """What is wrong with the tables of subjects, without a full stop; empty for nothing.

    Raises StoreDown, and MigrationFailed for tables of a newer version of a subject.
    """
    for branch in found().branches:
        at = migrations.current(url, branch)
        if not migrations.is_known(at, branch):
            raise migrations.unknown(at, branch)
        if at != migrations.head(branch):
            state = f"of version {at}, not {migrations.head(branch)}" if at else "missing"
            return f"The tables of {branch.subject} are {state}: run yizhan migrate"
    installed = {each.subject for each in found().branches}
    for subject in migrations.subjects_in(url):
        if subject not in installed:
            return (
                f"The store has tables of {subject}, which is not installed: install it, or drop "
                f"them with yizhan migrate --remove {subject}"
            )
    return ""
