"""Known answers come out of a file; what an organizer has changed since stays as it is."""

from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook
from sqlmodel import Session, col, select

from models.desk import known
from models.desk.known import KnownAnswer
from models.loading.network import Report, check, load, read
from models.store import Store
from tests.miniature.rows import CARE

NETWORK = """
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
OVERTIME = """
[[answers]]
station = "nanhai"
question = "加班费怎么算？"
question_en = "How is overtime paid?"
variants = ["周末上班几倍工资"]
answer = "休息日 2 倍。"
answer_en = "Twice on rest days."
source = "《劳动法》第 44 条"
valid_until = 2026-12-31
"""


def put(store: Store, folder: Path, text: str, now: datetime) -> Report:
    path = folder / "answers.toml"
    path.write_text(text, encoding="utf-8")
    return store.write_now(load, read(path), CARE, now)


def _kept(session: Session) -> list[KnownAnswer]:
    return list(session.exec(select(KnownAnswer).order_by(col(KnownAnswer.id))))


def test_an_answer_is_loaded_once_and_follows_the_file_until_somebody_changes_it(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    first = put(store, tmp_path, NETWORK + OVERTIME, now)
    assert (first.problems, first.added["answers"]) == ([], 1)
    [row] = store.read_now(_kept)
    assert row.text_of("question").to("en") == "How is overtime paid?"
    assert (row.variants, row.valid_until) == (["周末上班几倍工资"], date(2026, 12, 31))
    assert put(store, tmp_path, NETWORK + OVERTIME, now).same["answers"] == 1
    other = OVERTIME.replace("2 倍", "两倍")
    later = now + timedelta(days=1)
    assert put(store, tmp_path, NETWORK + other, later).changed["answers"] == 1
    [row] = store.read_now(_kept)
    assert (row.answer, row.changed_at) == ("休息日 两倍。", later)
    store.write_now(known.change, row.id, {"answer": "问 12333。"}, None, later)
    assert put(store, tmp_path, NETWORK + OVERTIME, later).same["answers"] == 1
    [row] = store.read_now(_kept)
    assert row.answer == "问 12333。"


def test_every_mistake_in_the_answers_is_named_by_its_line(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    text = (
        NETWORK
        + OVERTIME
        + OVERTIME
        + OVERTIME.replace("nanhai", "nowhere")
        + OVERTIME.replace("2026-12-31", '"年底"').replace("加班费", "加班工资")
        + OVERTIME.replace('answer = "休息日 2 倍。"\n', "").replace("加班费", "加班的钱")
        + OVERTIME.replace('"周末上班几倍工资"', f'"{"长" * 121}"').replace("加班费", "加班钱")
        + 'event = "ball"\n'
    )
    report = put(store, tmp_path, text, now)
    assert [(each.line, str(each.text)) for each in report.problems] == [
        (25, "the same question stands in line 13 already"),
        (34, "station: there is no station 'nowhere'"),
        (51, "valid_until: '年底' is not a date like 2030-12-31"),
        (53, "answer is missing"),
        (66, "variants: one is longer than 120"),
        (71, "event: there is no event 'ball'"),
    ]
    assert report.added["answers"] == 1


def test_a_sheet_of_answers_has_chinese_names_and_phrases_with_commas(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK, now)
    book = Workbook()
    page = book.create_sheet("常见问答")
    page.append(["站点", "问题", "问法", "回答", "英文回答", "来源", "有效期至"])
    page.append(
        ["guicheng", "几点开门？", "几点开，几点关；今天开吗", "九点。", "At 9.", "桂城站", None]
    )
    book.save(tmp_path / "answers.xlsx")
    report: Report = store.write_now(load, read(tmp_path / "answers.xlsx"), CARE, now)
    assert report.problems == []
    [row] = store.read_now(_kept)
    assert row.variants == ["几点开，几点关", "今天开吗"]
    assert row.text_of("answer").to("en") == "At 9."


def test_a_check_reports_as_loading_does_and_saves_nothing(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "answers.toml"
    path.write_text(NETWORK + OVERTIME + "colour = 1\n", encoding="utf-8")
    told = store.read_now(check, read(path), CARE, now).report
    assert (told.added["answers"], len(told.problems)) == (1, 1)
    assert store.read_now(_kept) == []
    assert store.write_now(load, read(path), CARE, now).lines() == told.lines()
