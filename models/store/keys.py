"""Keys that every process of the station shares, made when they are first needed."""

from secrets import token_hex

from sqlmodel import Field, Session, SQLModel, select

from models.store.sessions import insert_once


class SharedKey(SQLModel, table=True):
    __tablename__ = "key"

    name: str = Field(primary_key=True)
    value: str


def shared(session: Session, name: str) -> bytes:
    """The key of this name: 256 random bits, the same for every process and after a restart."""
    insert_once(session, SharedKey, {"name": name, "value": token_hex(32)})
    key = kept(session, name)
    assert key is not None
    return key


def kept(session: Session, name: str) -> bytes | None:
    """The key of this name, for sessions that only read; None before it was needed."""
    value = session.exec(select(SharedKey.value).where(SharedKey.name == name)).first()
    return bytes.fromhex(value) if value is not None else None
