"""Outside WeChat's window: by a template, by what was agreed to, or with the next reply."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import Session, col, select

from models.network.members import Address
from models.rules.network.permissions import Role
from models.sending import inbox
from models.sending.deliveries import Delivery
from models.sending.reach import SubscriptionGrant
from tests.miniature.rows import badminton, local
from tests.platforms.wechat.server import TEMPLATE_SEND
from tests.stories.people import OnWeChat, Person
from tests.stories.scenes import crowd, organizer, settles, signed_up
from tests.stories.station import Nanhai, nanhai

TEMPLATE, NOTICE = "the-template-of-reminders", "the-notice-of-reminders"
FIELDS = {"thing1": "title", "time2": "time", "thing3": "place", "thing4": "text"}
FORM = "羽毛球友谊赛\n2026年12月5日 14:00\n狮山体育馆\n到时见"


pytestmark = pytest.mark.parametrize("channel", ["wechat", "wechat-safe"])


@pytest.fixture
def forms() -> dict[str, Any]:
    """The account's templates and subscription notices, as its settings have them."""
    return {
        "templates": {"reminder": {"id": TEMPLATE, "fields": FIELDS}},
        "subscriptions": {"reminder": {"id": NOTICE, "fields": FIELDS}},
    }


@pytest_asyncio.fixture
async def town(
    channel: str, store_url: str, now: datetime, forms: dict[str, Any]
) -> AsyncIterator[Nanhai]:
    async with nanhai(channel, store_url, now, **forms) as station:
        assert station.wechat is not None
        station.wechat.forms.templates[TEMPLATE] = tuple(FIELDS)
        station.wechat.forms.subscriptions[NOTICE] = tuple(FIELDS)
        yield station


def _of(person: Person) -> Any:
    """The person as WeChat knows them."""
    assert isinstance(person, OnWeChat)
    return person.person


def _all(session: Session) -> Sequence[Delivery]:
    return session.exec(select(Delivery).order_by(col(Delivery.id))).all()


def _consents(session: Session) -> Sequence[tuple[str, int]]:
    return session.exec(select(SubscriptionGrant.template, SubscriptionGrant.times)).all()


def _only(town: Nanhai) -> Delivery:
    [delivery] = town.look(_all)
    found: Delivery = delivery
    return found


async def _tell(town: Nanhai) -> None:
    assert town.wechat is not None
    assert await town.wechat.forms.tell() == 1


async def test_a_reminder_outside_the_window_goes_by_a_template(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(badminton()))
    await town.at(local(4, 14))
    assert ana.unasked() == [FORM]
    await _tell(town)
    delivery = _only(town)
    assert (delivery.state, delivery.delivered_at) == ("sent", town.hands.now)
    # Inside the window it comes in full, with what can be pressed.
    await ana.says("我的")
    await town.at(local(5, 12))
    await ana.hears("🔔 羽毛球友谊赛，12月5日 周六 14:00–17:00（今天）。")


async def test_who_blocks_templates_hears_of_it_with_their_next_message(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(badminton()))
    _of(ana).blocks_templates = True
    await town.at(local(4, 14))
    assert ana.unasked() == []
    await _tell(town)
    await town.works()
    assert _only(town).state == "waiting"
    assert "🔔 羽毛球友谊赛" in await ana.says("我的")
    # Nobody tries a template with them again.
    calls = len(town.wechat.payloads(TEMPLATE_SEND)) if town.wechat else 0
    await town.at(local(5, 12))
    assert town.wechat is not None
    assert len(town.wechat.payloads(TEMPLATE_SEND)) == calls == 1


@pytest.mark.parametrize(
    "forms", [{"subscriptions": {"reminder": {"id": NOTICE, "fields": FIELDS}}}]
)
async def test_without_a_template_a_reminder_goes_by_what_was_agreed_to(town: Nanhai) -> None:
    row = town.save(badminton())
    ana, ben = await signed_up(town, row), town.person("小本")
    await ben.arrives()
    await ben.says(f"报名 {row.id}")
    await _of(ana).decides(**{NOTICE: True})
    await _of(ben).decides(**{NOTICE: True})
    await _of(ben).takes_back(NOTICE)
    await town.at(local(4, 14))
    assert ana.unasked() == [FORM]
    assert ben.unasked() == []
    assert "🔔 羽毛球友谊赛" in await ben.says("我的")
    # One consent is good for one notice.
    assert _of(ana).consents == {NOTICE: 0}


@pytest.mark.parametrize("forms", [{}])
async def test_without_either_it_is_shown_at_whichever_address_they_write_from(
    town: Nanhai,
) -> None:
    ana = await signed_up(town, town.save(badminton()))
    again = town.person("小安的另一个号")
    address = town.look(lambda session: session.exec(select(Address)).one())
    town.save(
        Address(
            member_id=address.member_id,
            account=address.account,
            external=_of(again).openid,
            created_at=town.hands.now,
        )
    )
    await town.at(local(4, 14))
    assert ana.unasked() == []
    assert "🔔 羽毛球友谊赛，12月5日 周六 14:00–17:00（明天）。" in await again.says("我的")
    assert "🔔" not in await ana.says("我的")


async def test_who_is_erased_leaves_no_consent_behind(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(badminton()))
    await _of(ana).decides(**{NOTICE: True})
    assert town.look(_consents) == [(NOTICE, 1)]
    await ana.says("隐私")
    await ana.presses("删掉我")
    assert "这里不再有你的任何资料" in await ana.presses("删除")
    assert town.look(_consents) == []


async def test_an_announcement_never_goes_by_a_template(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "狮山")
    await _of(ana).decides(**{NOTICE: True})
    await town.at(local(4, 14))
    await settles(ben, "狮山")
    crowd(town, 3, 2, lost="blocked")
    await boss.says("发公告")
    await boss.presses("写内容")
    preview = await boss.says("今晚食堂加菜！")
    # One of them has not written for two days.
    assert (
        "2 人：微信 2\n其中 1 人要等下次来聊天时看到。\n收不到的 2 人（2 人拉黑了我们）" in preview
    )
    await boss.presses("发送")
    await town.works()
    assert await ben.hears("今晚食堂加菜！")
    assert ana.unasked() == []
    assert town.wechat is not None
    assert town.wechat.payloads(TEMPLATE_SEND) == []
    assert "今晚食堂加菜！" in await ana.says("我的")


@pytest.mark.parametrize("forms", [{}])
async def test_what_waited_can_be_answered_below_the_reply_it_came_with(town: Nanhai) -> None:
    row = town.save(badminton(seats=1))
    ana, ben = await signed_up(town, row), town.person("小本")
    await ben.arrives()
    await ben.says(f"报名 {row.id}")
    await town.at(local(4, 14))
    await ana.says(f"取消报名 {row.id}")
    await ana.presses("让出位子")
    await town.works()
    assert ben.unasked() == []
    said = await ben.says("活动")
    assert "羽毛球友谊赛" in said.partition("\n\n")[0]
    assert said.endswith("留给你。\n\n要\n不要了")
    # It is among what somebody reads of all that is kept of them.
    address = town.look(
        lambda session: session.exec(select(Address).order_by(col(Address.id))).all()
    )[-1]
    kept = town.look(inbox.of_member, address.member_id)
    assert "空出一个位子" in str(kept[-1]["text"])
    assert "✅ 报上了" in await ben.presses("要")
