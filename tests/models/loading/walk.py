"""A network with a walk by the lake, as a file tells it, and who signs up for it."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from models.events import signups
from models.events.events import Event
from models.loading.network import Report, load, read
from models.network import members
from models.network.stations import Station
from models.sending.deliveries import Delivery
from models.store import Store
from tests.miniature.rows import CARE

NETWORK = """
[[stations]]
code = "nanhai"
kind = "district"
name = "南海区"

[[stations]]
code = "guicheng"
kind = "镇街"
parent = "nanhai"
name = "桂城"

[[teams]]
code = "chess"
station = "guicheng"
interest = "chess"
name = "象棋角"
"""


WALK = """
[[events]]
code = "walk"
station = "guicheng"
category = "life"
kind = "tour"
title = "湖边散步"
day = 3
time = "14:00"
until = "16:30"
closes_before = "2h"
seats = 1
"""


def put(store: Store, folder: Path, text: str, now: datetime) -> Report:
    path = folder / "network.toml"
    path.write_text(text, encoding="utf-8")
    return store.write_now(load, read(path), CARE, now)


def event(store: Store, code: str) -> Event:
    def look(session: Session) -> Event:
        return session.exec(select(Event).where(Event.code == code)).one()

    return store.read_now(look)


def station(store: Store, code: str) -> Station:
    def look(session: Session) -> Station:
        return session.exec(select(Station).where(Station.code == code)).one()

    return store.read_now(look)


def topics_owed(store: Store) -> list[str]:
    def look(session: Session) -> list[str]:
        return list(session.exec(select(Delivery.topic)).all())

    return store.read_now(look)


def somebody_signs_up(store: Store, who: str, code: str, now: datetime) -> None:
    def sign_up(session: Session) -> None:
        caller = members.meet(session, "web", who, language="zh", now=now)
        wanted = session.exec(select(Event).where(Event.code == code)).one()
        assert signups.sign_up(session, wanted.id, caller, CARE, now)

    store.write_now(sign_up)
