"""Strangers and pictures that nobody needs go by themselves, and nothing else does."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models.contests import parts, sounds
from models.contests.sounds import Sound
from models.events import pictures
from models.events.pictures import StoredPicture
from models.members import leftovers
from models.members.leftovers import KEEP_PICTURES, KEEP_STRANGERS
from models.network import members
from models.network.members import Address, Member
from models.rules.contests.recording import Recording
from models.rules.contests.states import PartKind
from models.sending import inbox
from models.sending.inbox import Inbox
from models.store import Store
from tests.miniature.contests import call, entry
from tests.miniature.rows import event, network

ACCOUNT = "web.chat"


def _stranger(session: Session, name: str, now: datetime, *, agreed: bool = False) -> int:
    caller = members.meet(session, ACCOUNT, name, language="zh", now=now)
    inbox.keep(
        session,
        account=ACCOUNT,
        key=name,
        address_id=caller.address_id,
        reply={"text": "你好"},
        now=now,
    )
    member = members.get(session, caller.id)
    member.consented_at = now if agreed else None
    session.add(member)
    session.flush()
    return caller.id


def test_strangers_who_never_agreed_go_after_a_month(store: Store, now: datetime) -> None:
    def fill(session: Session) -> tuple[int, int]:
        old = now - KEEP_STRANGERS - timedelta(minutes=1)
        session.add(Member(name="来自文件", created_at=old))
        session.flush()
        _stranger(session, "fresh", now)
        return _stranger(session, "old", old), _stranger(session, "member", old, agreed=True)

    stranger, _member = store.write_now(fill)
    found = store.read_now(leftovers.strangers, now - KEEP_STRANGERS)
    assert found == [stranger]
    store.write_now(leftovers.forget_strangers, found, now)

    def left(session: Session) -> tuple[int, list[str], int]:
        addresses = session.exec(select(Address.external).order_by(Address.external)).all()
        replies = session.exec(select(Inbox.id).where(col(Inbox.reply).is_not(None))).all()
        return len(session.exec(select(Member.id)).all()), list(addresses), len(replies)

    assert store.read_now(left) == (3, ["fresh", "member"], 2)


def test_whoever_agrees_meanwhile_stays(store: Store, now: datetime) -> None:
    def agree(session: Session) -> int:
        return _stranger(session, "old", now, agreed=True)

    number = store.write_now(agree)
    store.write_now(leftovers.forget_strangers, [number], now)
    assert store.read_now(members.get, number).id == number


def test_pictures_go_after_a_day_unless_something_points_to_them(
    store: Store, now: datetime
) -> None:
    def fill(session: Session) -> list[int]:
        network(session)
        by = _stranger(session, "ana", now, agreed=True)
        asked = members.meet(session, ACCOUNT, "ben", language="zh", now=now)
        members.remember_dialog(session, asked, {"topic": "wish"})
        old = now - KEEP_PICTURES - timedelta(minutes=1)
        kept = [
            pictures.keep(session, content, "image/png", sender, at)
            for content, sender, at in (
                (b"unused", by, old),
                (b"shown", by, old),
                (b"fresh", by, now),
                (b"in an open question", asked.id, old),
            )
        ]
        session.add(event("shown", "有图", now, picture_id=kept[1]))
        session.flush()
        return kept

    kept = store.write_now(fill)
    found = store.read_now(leftovers.unused_pictures, now - KEEP_PICTURES)
    assert found == kept[:1]
    store.write_now(leftovers.forget_pictures, kept, now)

    def left(session: Session) -> list[int]:
        return list(session.exec(select(StoredPicture.id).order_by(col(StoredPicture.id))))

    assert store.read_now(left) == [kept[1], kept[3]]


def test_sounds_go_after_a_day_unless_an_entry_has_them(store: Store, now: datetime) -> None:
    def fill(session: Session) -> list[int]:
        network(session)
        by = _stranger(session, "ana", now, agreed=True)
        asked = members.meet(session, ACCOUNT, "ben", language="zh", now=now)
        members.remember_dialog(session, asked, {"topic": "wish"})
        old, sound = now - KEEP_PICTURES - timedelta(minutes=1), Recording("a", b"a", "b", b"b", 1)
        kept = [
            sounds.keep(session, sound, sender, at)
            for sender, at in ((by, old), (by, old), (by, now), (asked.id, old))
        ]
        handed_in = entry(session, call(session, now), by, now)
        parts.add(session, handed_in.id, PartKind.AUDIO, by, sound_id=kept[1])
        return kept

    kept = store.write_now(fill)
    assert store.read_now(leftovers.unused_sounds, now - KEEP_PICTURES) == kept[:1]
    store.write_now(leftovers.forget_sounds, [kept[0], kept[1], kept[3]], now)

    def left(session: Session) -> list[int]:
        return list(session.exec(select(Sound.id).order_by(col(Sound.id))))

    assert store.read_now(left) == kept[1:]


def test_a_member_sends_so_many_pictures_a_day(store: Store, now: datetime) -> None:
    def send(session: Session) -> list[bool]:
        by = _stranger(session, "ana", now, agreed=True)
        for number in range(pictures.MOST_A_DAY):
            assert not pictures.has_enough(session, by, now)
            pictures.keep(session, b"%d" % number, "image/png", by, now)
        tomorrow = now + timedelta(days=1)
        return [pictures.has_enough(session, by, at) for at in (now, tomorrow)]

    assert store.write_now(send) == [True, False]
