"""The bundle for whoever helps tells how the station is, and nothing of its people."""

import json
import threading
import zipfile
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sqlalchemy import String, select
from sqlmodel import Session, SQLModel

from models.members import inventory
from models.store import Store
from tests.commands import run, run_afresh

SETTINGS = """
[store]
url = "{url}"
[server]
port = 1
metrics_token = "the-metrics-token"
answers_key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
public_url = "https://station.example.org"
[telegram.nanhai]
token = "123456:the-telegram-token-that-nobody-sees"
proxy = "http://me:the-proxy-password@proxy.example.org:3128"
[reader]
base_url = "http://reader.example.org/v1"
model = "a-model"
api_key = "the-reader-key"
"""
SECRETS = (
    "the-metrics-token",
    "MDEyMzQ1",
    "the-telegram-token",
    "proxy-password",
    "reader-key",
    "logged-",
)
LOGGED = (
    "2026-12-01 [info] a letter came\n2026-12-01 [error] https://x/?token=the-logged-token&a=b\n"
    "https://x/console/enter/the-logged-link\n"
)
ARE_NO_WORDS = ("account", "topic", "key", "kind", "language", "mode", "state", "name_key")
"""Columns beside a member's number that hold no words of theirs."""


def parts(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


def words_of_people(session: Session) -> set[str]:
    """Every text of a row that points to a member: names, addresses, letters, titles, codes."""
    found: set[str] = set()
    for table in {inventory.column_of(place).table.name for place in inventory.PLACES}:
        for column in SQLModel.metadata.tables[table].columns:
            kept_as = getattr(column.type, "impl_instance", column.type)
            is_text = isinstance(kept_as, String) and not hasattr(column.type, "words")
            if is_text and column.name not in ARE_NO_WORDS:
                found |= set(session.execute(select(column).distinct()).scalars()) - {None}
    return {each for each in found if (len(each) > 1 and not each.isascii()) or len(each) > 12}


def test_a_report_tells_how_the_station_is_and_names_nobody(lively: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(SETTINGS.format(url=f"sqlite:///{lively}"), "utf-8")
    (tmp_path / "station.log").write_text("an old line\n" * 3_000 + LOGGED, "utf-8")
    done = run_afresh(tmp_path, "report", "help.zip", "--log", "station.log")
    assert done.returncode == 0, done.stderr
    told = parts(tmp_path / "help.zip")
    everything = "\n".join(told.values())
    assert (tmp_path / "help.zip").stat().st_mode & 0o077 == 0

    with closing(Store(f"sqlite:///{lively}")) as store:
        words = store.read_now(words_of_people)
    assert len(words) > 300, "The story has too few people."
    assert sorted(each for each in words if each in everything) == []
    assert [each for each in SECRETS if each in everything] == []

    settings: dict[str, Any] = json.loads(told["settings.json"])
    assert settings["telegram"]["nanhai"]["token"] == "***"
    assert settings["telegram"]["nanhai"]["messages_per_second"] == 30.0
    assert settings["server"]["public_url"] == "https://***"
    stored = json.loads(told["store.json"])
    assert stored["rows"]["member"] > 10
    assert stored["database"]["journal_mode"] == "wal"
    assert {each["account"] for each in stored["deliveries"]}
    assert json.loads(told["version.json"])["packages"]["sqlmodel"]
    # Nobody serves here, which is said and stops nothing.
    assert json.loads(told["ready.json"]) == {"cannot be had": "URLError"}
    assert told["log.txt"].count("\n") == 2_000
    assert "a letter came" in told["log.txt"]
    again = run(tmp_path, "report", "help.zip")
    assert (again.returncode, again.stderr) == (1, "help.zip is there already.\n")


class Unready(BaseHTTPRequestHandler):
    """A process whose store is away, which shows its metrics to nobody."""

    def do_GET(self) -> None:
        is_health = self.path == "/readyz"
        self.send_response(503 if is_health else 401)
        self.end_headers()
        self.wfile.write(b'{"ready": false, "store": "down"}' if is_health else b"")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the server's lines are no part of the story."""


def test_a_process_that_is_not_ready_says_in_the_report_what_is_wrong(
    lively: Path, tmp_path: Path
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Unready) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = SETTINGS.format(url=f"sqlite:///{lively}")
        settings = settings.replace("port = 1\n", f"port = {server.server_port}\n")
        (tmp_path / "config.toml").write_text(settings, "utf-8")
        done = run(tmp_path, "report", "help.zip")
        server.shutdown()
    assert done.returncode == 0, done.stderr
    told = parts(tmp_path / "help.zip")
    assert json.loads(told["ready.json"]) == {"ready": False, "store": "down"}
    assert json.loads(told["metrics.txt"]) == {"cannot be had": "HTTP 401"}


def test_a_report_can_be_had_of_a_station_whose_settings_are_wrong(
    postgresql_url: str, tmp_path: Path
) -> None:
    wrong = f'[store]\nurl = "{postgresql_url}"\n[telegram.nanhai]\n'
    (tmp_path / "config.toml").write_text(wrong, "utf-8")
    done = run(tmp_path, "report")
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.glob("yizhan-report-*.zip")
    told = parts(file)
    settings = json.loads(told["settings.json"])
    assert settings["wrong"].startswith("config.toml: [telegram.nanhai] token is missing")
    assert settings["store"]["url"] == "postgresql://***"
    database = json.loads(told["store.json"])["database"]
    assert database["version"]
    assert {"relname", "bytes", "n_dead_tup"} <= set(database["largest tables"][0])
