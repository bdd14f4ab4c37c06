"""How stories of awards begin: an award of the town, and people who know each other."""

from typing import Any

from sqlmodel import Session, col, select

from models.contests import awards
from models.contests.awards import Award, Plan
from models.network import partners
from models.network.members import Member
from models.network.partners import Part
from models.rules.contests.awarding import Terms
from models.rules.contests.states import Form
from models.rules.languages import Translated
from tests.miniature.contests import call
from tests.miniature.rows import team
from tests.stories.people import Person
from tests.stories.station import Nanhai

STAR = "创思之星"


async def comes(town: Nanhai, name: str) -> tuple[Person, int]:
    one = town.person(name)
    await one.arrives()
    return one, town.look(_newest)


def _newest(session: Session) -> int:
    return session.exec(select(Member.id).order_by(col(Member.id).desc())).first() or 0


def opened(town: Nanhai, **changed: Any) -> int:
    """An award of Shishan for people, with a prize of a partner and five days of notice."""

    def make(session: Session) -> int:
        now = town.hands.now
        told = partners.Told(Translated("灯湖书店"), (Part.SPONSORS,))
        partner = partners.Partner(station_id=3, name=told.name.text, parts="sponsors", since=now)
        session.add(partner)
        session.flush()
        contest = call(session, now, form=Form.AWARD, title=Translated(STAR))
        plan = Plan(
            terms=Terms(years=2),
            prize=Translated("购书卡", {"en": "a book voucher"}),
            partner_id=partner.id,
            **changed,
        )
        assert isinstance(awards.set_up(session, contest.id, plan, None, now), Award)
        return contest.id

    return town.store.write_now(make)


async def teammates(town: Nanhai, *names: str) -> list[tuple[Person, int]]:
    """People of one team, called as the station calls them."""
    row = town.save(team())
    found = [await comes(town, name) for name in names]
    for (one, number), name in zip(found, names, strict=True):
        town.change(Member, number, name=name)
        await one.says(f"加入 {row.id}")
    return found
