"""No file brings back who was erased, whatever it calls them; and nothing tells who it was."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models.members import privacy
from models.network import erased_rows
from models.network.erased_rows import ErasedRow
from models.network.members import Member
from models.network.sealing import Sealing
from models.store import Store
from tests.console.browsing import SEALING_KEY
from tests.miniature.rows import CARE
from tests.models.loading.files import put, shown, told

PLACES = """
[[stations]]
code = "nanhai"
kind = "district"
name = "南海区"

[[stations]]
code = "guicheng"
kind = "town"
parent = "nanhai"
name = "桂城"
"""


def row(name: str, **columns: str) -> str:
    said = {"name": name, "station": "guicheng", **columns}
    return "\n[[members]]\n" + "".join(f'{key} = "{value}"\n' for key, value in said.items())


def people(session: Session) -> list[str]:
    return sorted(session.exec(select(Member.name).where(Member.loaded_as != "")))


def erase(
    store: Store, name: str, now: datetime, *, may_come_again: bool = False, key: bytes = b""
) -> None:
    care = replace(CARE, sealing=Sealing((key,) if key else ()))

    def run(session: Session) -> None:
        number = session.exec(select(Member.id).where(Member.name == name)).one()
        privacy.erase_member(session, number, care, now, may_come_again=may_come_again)

    store.write_now(run)


CASES: tuple[tuple[dict[str, str], dict[str, str], bool], ...] = (
    ({}, {}, True),
    ({}, {"shift": "night"}, True),
    ({}, {"staff_number": "1"}, True),
    ({"staff_number": "2"}, {"staff_number": "2"}, True),
    ({"staff_number": "3"}, {"name": "改了名", "staff_number": "3"}, True),
    ({"staff_number": "4"}, {}, True),
    ({"staff_number": "5"}, {"staff_number": "6"}, False),
    ({"code": "c7"}, {"name": "别人", "code": "c7"}, True),
    ({"code": "c8"}, {"code": "c9"}, False),
    ({"code": "c10", "staff_number": "10"}, {"staff_number": "10"}, True),
    ({"code": "c11"}, {"staff_number": "11"}, False),
)
"""What a file says besides the name, what a later one says, and whether that is refused."""


def test_rows_of_people_who_were_erased_are_refused(store: Store, now: datetime) -> None:
    names = [f"工友{number}" for number in range(len(CASES))]
    was = [row(name, **columns) for name, (columns, _, _) in zip(names, CASES, strict=True)]
    comes = [row(**{"name": name, **said}) for name, (_, said, _) in zip(names, CASES, strict=True)]
    assert not put(store, PLACES + "".join(was), now).problems
    for name in names:
        erase(store, name, now)
    later = now + timedelta(days=400)
    file = PLACES + "".join(comes) + row("王芳")
    preview = shown(store, file.encode(), "n.toml", later)
    fates = [each.fate for each in preview.rows if each.sheet == "members"]
    expected = ["bad" if is_refused else "added" for _, _, is_refused in CASES]
    assert fates == [*expected, "added"]
    report = put(store, file, later)
    assert len(report.problems) == expected.count("bad")
    assert all("was erased and is not made anew" in each for each in told(report.problems))
    assert all("这个人已经删除了" in each for each in told(report.problems, "zh"))
    assert len(store.read_now(people)) == expected.count("added") + 1


def test_nothing_tells_who_it_was_and_all_of_it_goes(store: Store, now: datetime) -> None:
    file = PLACES + row("李伟", staff_number="0317") + row("王芳") + row("错行")
    put(store, file, now)
    erase(store, "李伟", now, key=SEALING_KEY)
    erase(store, "错行", now, may_come_again=True)

    def kept(session: Session) -> list[str]:
        return [each.hash for each in session.exec(select(ErasedRow).order_by(col(ErasedRow.id)))]

    hashes = store.read_now(kept)
    assert len(hashes) == 2
    assert all(len(each) == 64 for each in hashes)

    def known(session: Session, key: bytes) -> set[str]:
        return erased_rows.among(session, ["guicheng/#0317"], Sealing((key,) if key else ()))

    # Without the key nobody finds the row by trying.
    assert store.read_now(known, b"") == store.read_now(known, b"x" * 32) == set()
    assert store.read_now(known, SEALING_KEY) == {"guicheng/#0317"}
    # A row that was wrong comes again, as it should have been.
    assert put(store, PLACES + row("错行", shift="night"), now).problems == []
    assert "错行" in store.read_now(people)
    store.write_now(erased_rows.forget_before, now + timedelta(seconds=1))
    assert store.read_now(kept) == []
