"""Asking organizers for what only they may do: about what there is, once a day."""

from sqlmodel import Session, col, select

from bot.conversation.incoming import Incoming
from handlers.permission import PassOn
from models.network.members import Address
from models.rules.network.permissions import Act, Role
from models.sending.deliveries import Delivery
from tests.miniature.rows import badminton
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai


async def test_a_request_is_about_something_that_there_is_and_passed_on_once_a_day(
    town: Nanhai,
) -> None:
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    event = town.save(badminton())
    ana = town.person("安")
    await ana.arrives()

    def latest(session: Session) -> tuple[str, str]:
        row = session.exec(select(Address).order_by(col(Address.id).desc())).first()
        assert row is not None
        return row.account, row.external

    account, external = town.look(latest)
    said = []
    subjects = [f"y{each}" for each in range(20)] + ["event:99", "event:01", "team:1"]
    for place, subject in enumerate([*subjects, f"event:{event.id}", f"event:{event.id}"]):
        press = PassOn(str(Act.RUN_EVENT), 3, subject).pack()
        incoming = Incoming(account, external, f"forged-{place}", press=press, language="zh")
        message = await town.station.core.dispatcher.listen(incoming)
        assert message is not None
        said.append(message.text)
    assert [each for each in said if "转过去了" in each] == said[-2:]
    assert town.count(Delivery, topic="passed-on") == 1
    await town.works()
    assert "羽毛球友谊赛" in await boss.hears("请你改这个活动")
