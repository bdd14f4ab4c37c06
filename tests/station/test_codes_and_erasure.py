"""Personal codes and erasure at the command line, on both stores."""

from pathlib import Path

from openpyxl import load_workbook

from models.rules.network import codes
from tests.commands import run, run_afresh
from tests.station.networks import NETWORK


def test_rows_get_codes_until_they_are_erased(tmp_path: Path, store_url: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[store]\nurl = "{store_url}"\n', "utf-8")
    (tmp_path / "network.toml").write_text(NETWORK, "utf-8")
    loaded = run(tmp_path, "load", "network.toml")
    assert loaded.returncode == 0, loaded.stderr
    printed = run(tmp_path, "codes", "guicheng")
    rows = [line.split("\t") for line in printed.stdout.splitlines()]
    assert sorted(row[:3] for row in rows) == [["桂城", "=王芳", ""], ["桂城", "李伟", "0317"]]
    assert all(codes.is_code(row[3]) for row in rows)
    # Written to a file they are other codes; the file is the operator's alone, and stays.
    written = run(tmp_path, "codes", "桂城", "--out", "codes.xlsx")
    assert (written.returncode, written.stdout) == (0, "2 codes in codes.xlsx.\n")
    assert (tmp_path / "codes.xlsx").stat().st_mode & 0o077 == 0
    sheet = load_workbook(tmp_path / "codes.xlsx").active
    assert sheet is not None
    listed = list(sheet.iter_rows(min_row=2, values_only=True))
    assert {row[1] for row in listed} == {"李伟", "=王芳"}
    assert {row[3] for row in listed}.isdisjoint(row[3] for row in rows)
    assert run(tmp_path, "codes", "桂城", "--out", "codes.xlsx").returncode == 2
    unknown = run(tmp_path, "codes", "桂林")
    assert unknown.returncode == 2
    assert "There is no station '桂林'" in unknown.stderr
    erased = run(tmp_path, "erase", "1", "99")
    assert erased.stdout == "1: erased\n99: not there\n"
    assert run_afresh(tmp_path, "erase", "1").stdout == "1: not there\n"
    assert len(run_afresh(tmp_path, "codes", "nanhai").stdout.splitlines()) == 1
    # A file may name them again: without the key by which they were noted nobody could tell.
    without_key = run(tmp_path, "load", "network.toml")
    assert "No [server] answers_key is known here" in without_key.stderr
    (tmp_path / ".env").write_text(f"YIZHAN_SERVER__ANSWERS_KEY={'A' * 43}=\n", "utf-8")
    assert run(tmp_path, "load", "network.toml").stderr == ""
