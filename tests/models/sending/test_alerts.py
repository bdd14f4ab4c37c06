"""Which browsers are alerted of which messages."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from models.network.members import Address, Member
from models.rules.sending.alerts import Subscription
from models.sending import alerts, reach
from models.sending.alerts import AT_ONCE, FRESH, MOST, AlertSubscription
from models.sending.deliveries import Delivery, DeliveryState
from models.store import Store

WEB = "web.chat"
SECOND = timedelta(seconds=1)


def subscription(name: str = "one") -> Subscription:
    return Subscription(f"https://push.example.org/{name}", "p256dh", "auth")


def visitor(session: Session, name: str, now: datetime) -> Address:
    member = Member(created_at=now)
    session.add(member)
    session.flush()
    address = Address(member_id=member.id, account=WEB, external=name, created_at=now)
    session.add(address)
    session.flush()
    return address


def sent(session: Session, address: Address, at: datetime, **more: Any) -> None:
    values: dict[str, Any] = {
        "account": WEB,
        "address_id": address.id,
        "member_id": address.member_id,
        "topic": "reminder",
        "due_at": at,
        "expires_at": at + timedelta(hours=1),
        "state": DeliveryState.SENT,
        "message": {"text": "好", "language": "zh"},
        "settled_at": at,
    }
    session.add(Delivery(**values | more))
    session.flush()


def test_a_message_is_alerted_of_once_and_only_while_it_is_fresh(
    store: Store, now: datetime
) -> None:
    def story(session: Session) -> None:
        ana = visitor(session, "ana", now)
        sent(session, ana, now - SECOND)
        assert alerts.subscribe(session, WEB, "ana", subscription(), now)
        assert alerts.take(session, WEB, ["ana"], now) == []
        sent(session, ana, now + SECOND)
        sent(session, ana, now + SECOND, state=DeliveryState.REFUSED)
        sent(session, ana, now + SECOND, expires_at=now + SECOND)
        [alert] = alerts.take(session, WEB, ["ana", "ben"], now + 2 * SECOND)
        assert (alert.to, alert.expires_at) == (
            subscription(),
            now + SECOND + timedelta(hours=1),
        )
        assert alerts.take(session, WEB, ["ana"], now + 2 * SECOND) == []
        sent(session, ana, now + 3 * SECOND)
        assert alerts.take(session, WEB, ["ana"], now + 4 * SECOND + FRESH) == []

    store.write_now(story)


def test_of_many_messages_a_browser_is_alerted_of_the_newest(store: Store, now: datetime) -> None:
    def story(session: Session) -> None:
        ana = visitor(session, "ana", now)
        alerts.subscribe(session, WEB, "ana", subscription(), now)
        for turn in range(1, AT_ONCE + 3):
            sent(session, ana, now + turn * SECOND, message={"text": str(turn), "language": "zh"})
        taken = alerts.take(session, WEB, ["ana"], now + timedelta(minutes=1))
        assert [each.message["text"] for each in taken] == ["3", "4", "5"]

    store.write_now(story)


def test_a_browser_goes_with_whoever_uses_its_page_now(store: Store, now: datetime) -> None:
    def story(session: Session) -> None:
        ana, ben = (visitor(session, name, now) for name in ("ana", "ben"))
        assert not alerts.subscribe(session, WEB, "nobody", subscription(), now)
        alerts.subscribe(session, WEB, "ana", subscription(), now)
        assert reach.reaches_when_closed(session, ana.member_id)
        alerts.subscribe(session, WEB, "ben", subscription(), now)
        assert alerts.with_any(session, WEB, ["ana", "ben"]) == ["ben"]
        assert not reach.reaches_when_closed(session, ana.member_id)
        assert reach.reaches_when_closed(session, ben.member_id)
        reach.forget_address(session, ben.id)
        assert not reach.reaches_when_closed(session, ben.member_id)

    store.write_now(_with_a_silent_account)
    store.write_now(story)


def _with_a_silent_account(session: Session) -> None:
    from models.sending import accounts
    from models.sending.accounts import PlatformAccount

    accounts.register(session, [PlatformAccount(account=WEB, platform="web", notifies=False)])


def test_an_address_keeps_its_newest_browsers(store: Store, now: datetime) -> None:
    def story(session: Session) -> None:
        visitor(session, "ana", now)
        for turn in range(MOST + 2):
            alerts.subscribe(session, WEB, "ana", subscription(str(turn)), now)
        kept = session.exec(select(AlertSubscription.endpoint)).all()
        assert sorted(kept) == [f"https://push.example.org/{each}" for each in range(2, MOST + 2)]

    store.write_now(story)
