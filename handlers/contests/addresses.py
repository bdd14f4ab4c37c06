"""Where a contest's page for everybody is: every link to one asks here whether there is any."""

from sqlmodel import Session

from models.contests import awards, gallery
from models.contests.contests import Contest
from models.rules.contests.states import Form


def address_of(session: Session, contest: Contest) -> str:
    """The path of the page that everybody may read of a contest; empty where there is none."""
    if contest.form is Form.AWARD:
        row = awards.of_contest(session, contest.id)
        return f"/h/{contest.id}" if row is not None and awards.has_page(contest, row) else ""
    return f"/w/{contest.id}" if gallery.has_page(contest) else ""
