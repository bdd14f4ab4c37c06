"""The categories of a contest, and its prizes."""

from collections.abc import Sequence

from sqlmodel import Field, Session, col, select

from models.network.partners import Partner
from models.network.translations import Translatable


class ContestCategory(Translatable, table=True):
    """A category of a contest, under which an entry stands."""

    __tablename__ = "contest_category"

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", index=True)
    position: int
    title: str


class ContestPrize(Translatable, table=True):
    """A prize of a contest, ``number`` of them; a partner may give it."""

    __tablename__ = "contest_prize"

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", index=True)
    position: int
    title: str
    number: int = 1
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)


def of_contest(session: Session, contest_id: int) -> Sequence[ContestCategory]:
    """Return the categories of a contest in their order."""
    query = select(ContestCategory).where(ContestCategory.contest_id == contest_id)
    return session.exec(query.order_by(col(ContestCategory.position))).all()


def prizes_of(session: Session, contest_id: int) -> Sequence[tuple[ContestPrize, Partner | None]]:
    """Return the prizes of a contest in their order, with who gives them."""
    query = (
        select(ContestPrize, Partner)
        .join(Partner, col(Partner.id) == col(ContestPrize.partner_id), isouter=True)
        .where(ContestPrize.contest_id == contest_id)
    )
    return session.exec(query.order_by(col(ContestPrize.position))).all()
