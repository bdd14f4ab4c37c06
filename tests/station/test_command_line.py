"""The ``yizhan`` command as its operator meets it: real processes, real sockets, real signals.

Each command is also started afresh once, so that it is known to find what it imports.
"""

import contextlib
import http.client
import json
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot import __version__
from bot.station.opening import MISUSED, UNFIT, WRONG
from tests import databases
from tests.commands import PATIENCE, Started, run, run_afresh, started_afresh

ROOT = Path(__file__).parents[2]
SETTINGS = '[server]\nport = 0\nmetrics_token = "the-token"\n[log]\nlevel = "debug"\n'


@dataclass(slots=True)
class Serving:
    """A station that serves, and what it said before."""

    process: Started | subprocess.Popen[str]
    said: str
    port: int

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {"Content-Type": "application/json", **(headers or {})}
        try:
            connection.request(method, path, json.dumps(body) if body else None, sent)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Send the signal, and wait for a good end."""
        self.process.send_signal(how)
        assert self.process.wait(PATIENCE) == 0

    def rest(self) -> str:
        """What it said from the start of serving to the end."""
        assert self.process.stdout is not None
        return self.process.stdout.read()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an operator stands, with settings that need no fixed port."""
    (tmp_path / "config.toml").write_text(SETTINGS, "utf-8")
    return tmp_path


@pytest.fixture
def migrated(folder: Path, migrated_sqlite: Path) -> Path:
    """The same with a store that has every table."""
    (folder / "data").mkdir()
    shutil.copyfile(migrated_sqlite, folder / "data" / "yizhan.db")
    return folder


@contextmanager
def serving(folder: Path, *arguments: str, afresh: bool = False) -> Iterator[Serving]:
    starting = started_afresh if afresh else Started
    with starting(folder, *arguments) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("WeCom"):
                break
        found = re.search(r"Chat at http://127\.0\.0\.1:(\d+)/chat", said)
        assert found is not None, said
        yield Serving(process, said, int(found[1]))


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One station for the stories that change nothing."""
    folder = tmp_path_factory.mktemp("station")
    (folder / "config.toml").write_text(SETTINGS, "utf-8")
    with serving(folder, "serve", afresh=True) as station:
        yield station
        station.stop()


def counts(folder: Path) -> dict[str, int]:
    done = run(folder, "status")
    assert done.returncode == 0, done.stderr
    version, *rows = done.stdout.splitlines()
    assert version.split() == ["version", __version__]
    return {row.rsplit(maxsplit=1)[0].strip(): int(row.rsplit(maxsplit=1)[1]) for row in rows}


def assert_one_sentence(done: subprocess.CompletedProcess[str], code: int, *holds: str) -> None:
    assert done.returncode == code, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    for words in holds:
        assert words in done.stderr


# The demo


def test_the_demo_can_be_chatted_with_and_keeps_what_was_said_to_it(folder: Path) -> None:
    with serving(folder, "demo", afresh=True) as station:
        assert "Telegram is off: [telegram.NAME] token turns it on." in station.said
        assert "WeChat is off: [wechat.NAME] app_id and token turn it on." in station.said
        assert "WeCom is off: [wecom.NAME] corp_id and agent_id turn it on." in station.said
        assert station.ask("GET", "/chat")[0] == 200
        status, answer = station.ask("POST", "/chat/messages", {"id": "first-one", "text": "你好"})
        assert status == 200
        assert "同意" in answer
        station.stop()
    first = counts(folder)
    # Those of whom it tells have no chat; who keeps its desk, judges and votes is in no file.
    assert first["members"] == 19
    assert first["events"] >= 40
    assert first["teams"] >= 40
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(folder, "demo", "--port", str(port)) as station:
        assert f"http://127.0.0.1:{port}/console/enter/" in station.said
        assert station.port == port
        assert station.ask("GET", "/chat")[0] == 200
        # An address that others could open is nobody's, so what it links to opens here.
        assert f"http://127.0.0.1:{port}/e/1" in station.ask("GET", "/e/1")[1]
        station.stop()
    assert counts(folder) == first


# Serving


def test_an_open_chat_page_does_not_hold_up_the_end(migrated: Path) -> None:
    with serving(migrated, "serve") as station:
        page = http.client.HTTPConnection("127.0.0.1", station.port, timeout=10)
        page.request("GET", "/chat/stream")
        response = page.getresponse()
        assert response.status == 200
        assert response.read1(5) == b"retry"
        station.stop(signal.SIGTERM)
        response.close()
        page.close()


def test_metrics_need_their_token(station: Serving) -> None:
    assert station.ask("GET", "/metrics")[0] == 401
    wrong = {"Authorization": "Bearer the-toke"}
    assert station.ask("GET", "/metrics", headers=wrong)[0] == 401
    right = {"Authorization": "Bearer the-token"}
    status, text = station.ask("GET", "/metrics", headers=right)
    assert status == 200
    assert "process_resident_memory_bytes" in text
    assert 'yizhan_account_up{account="web.chat"} 1.0' in text
    assert "yizhan_store_up 1.0" in text
    station.ask("POST", "/chat/messages", {"id": "counted-one", "text": "你好"})
    text = station.ask("GET", "/metrics", headers=right)[1]
    assert 'yizhan_incoming_total{account="web.chat",outcome="answered"} 1.0' in text
    assert 'yizhan_answer_seconds_count{channel="web"} 1.0' in text
    assert 'yizhan_last_tick_timestamp_seconds{tick="plan"}' in text


def test_where_machines_read_the_log_every_line_at_the_start_is_one_of_it(migrated: Path) -> None:
    config = migrated / "config.toml"
    config.write_text(config.read_text("utf-8") + 'format = "json"\n', "utf-8")
    with Started(migrated, "serve") as process:
        for line in process.stdout:
            said = json.loads(line)
            if str(said.get("line", "")).startswith("WeCom"):
                break
        else:
            raise AssertionError("It did not say which accounts are on.")


def test_a_station_says_that_it_is_ready(station: Serving) -> None:
    status, ready = station.ask("GET", "/readyz")
    parts = ["web", "telegram", "worker"]
    said = {"ready": True, "store": "up", "parts": parts, "accounts": {}}
    assert (status, json.loads(ready)) == (200, said)
    assert station.ask("GET", "/healthz") == (200, "ok")


def test_the_front_door_leads_to_the_chat(station: Serving) -> None:
    assert station.ask("GET", "/")[0] == 307
    assert station.ask("GET", "/chat")[0] == 200


@pytest.mark.parametrize("path", ["/nowhere", "/files/forged", "/calendar/forged.ics"])
def test_what_is_not_there_is_not_found(station: Serving, path: str) -> None:
    assert station.ask("GET", path)[0] == 404


def test_a_body_of_two_megabytes_is_refused_unread(station: Serving) -> None:
    assert station.ask("POST", "/chat/messages", {"text": "x" * 2_000_000})[0] == 413


def test_nothing_that_people_say_is_logged(migrated: Path) -> None:
    with serving(migrated, "serve") as station:
        secret = "我叫李小龙，电话13800138000"
        station.ask("POST", "/chat/messages", {"id": "first-one", "text": secret})
        station.ask("POST", "/chat/messages", {"id": "second-one", "text": f"/wish {secret}"})
        station.ask("GET", "/calendar/a-secret-key-of-someone.ics")
        station.stop()
        logged = station.said + station.rest()
    assert "李小龙" not in logged
    assert "13800138000" not in logged
    assert "a-secret-key" not in logged


def test_an_idle_station_is_small(station: Serving) -> None:
    status = Path(f"/proc/{station.process.pid}/status")
    if not status.exists():
        pytest.skip("This system does not tell how much memory a process holds.")
    resident = int(re.findall(r"VmRSS:\s+(\d+) kB", status.read_text())[0])
    # 144 MiB when nothing else was asked of it; other tests may have asked it for pages before.
    assert resident < 156 * 1024


# What is wrong is said in a sentence


def test_a_misspelt_setting_is_said_in_one_sentence(folder: Path) -> None:
    (folder / "config.toml").write_text("[server]\nprot = 1\n", "utf-8")
    assert_one_sentence(run(folder, "serve"), 2, "config.toml: [server] prot is not a setting")


def test_settings_that_are_not_there_are_said_in_one_sentence(folder: Path) -> None:
    done = run(folder, "serve", "--config", "other.toml")
    assert_one_sentence(done, 2, "other.toml: there is no such file.")


def test_a_port_that_is_taken_is_said_in_one_sentence(migrated: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (migrated / "config.toml").write_text(f"[server]\nport = {port}\n", "utf-8")
        said = (
            f"Cannot listen on 127.0.0.1:{port}: Address already in use; [server] port, or --port"
        )
        # As with every setting that only a person can mend, a service is not started again.
        assert_one_sentence(run(migrated, "serve"), MISUSED, said)


def test_an_address_that_may_come_yet_is_tried_again(migrated: Path) -> None:
    # Of a network that is set aside for examples, so that no machine has it.
    (migrated / "config.toml").write_text('[server]\nhost = "192.0.2.1"\nport = 0\n', "utf-8")
    assert_one_sentence(run(migrated, "serve"), WRONG, "[server] host names another.")


def test_the_settings_are_printed_as_a_file_that_is_taken(folder: Path) -> None:
    printed = run(folder, "config").stdout
    assert printed == (ROOT / "config.example.toml").read_text("utf-8")
    (folder / "config.toml").write_text(printed, "utf-8")
    checked = run(folder, "check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_an_operators_own_texts_are_said_and_checked(migrated: Path) -> None:
    (migrated / "config.toml").write_text('[station]\ntexts = "own"\n', "utf-8")
    assert_one_sentence(run(migrated, "check"), 2, "[station] texts: own: there is no such folder.")
    own = migrated / "own" / "zh_CN.po"
    own.parent.mkdir()
    own.write_text('msgid "{file} holds no rows."\nmsgstr "{file} 是空的。"\n', "utf-8")
    written = run(migrated, "load", "--template", "new.xlsx").stdout
    assert written == "new.xlsx is written: fill it in, then run yizhan load --check new.xlsx.\n"
    assert run(migrated, "load", "new.xlsx").stdout == "new.xlsx 是空的。\n"
    own.write_text('msgid "{file} holds no rows."\nmsgstr "{name} 是空的。"\n', "utf-8")
    assert_one_sentence(run(migrated, "serve"), 2, "own/zh_CN.po:1: {name} is nothing that")
    # A slip in a text is no reason to have no backup.
    done = run(migrated, "backup", "backups")
    assert done.returncode == 0, done.stderr
    assert "texts of your own are left out" in done.stderr


def test_commands_on_the_store_need_no_secret_of_an_account(migrated: Path) -> None:
    (migrated / "config.toml").write_text("[telegram.nanhai]\n[wechat.nanhai]\n", "utf-8")
    assert counts(migrated)["members"] == 0
    assert run(migrated, "load", "--template", "new.xlsx").returncode == 0
    done = run(migrated, "load", "new.xlsx")
    assert (done.returncode, done.stdout) == (0, "new.xlsx 里没有要导入的行。\n")
    assert_one_sentence(run(migrated, "check"), 2, "[telegram.nanhai] token is missing")


def test_a_database_that_is_away_is_said_in_one_sentence(folder: Path) -> None:
    url = "postgresql://station:a-password@127.0.0.1:1/nothing"
    (folder / "config.toml").write_text(f'[store]\nurl = "{url}"\n', "utf-8")
    done = run(folder, "serve")
    assert_one_sentence(done, 1, "The store cannot be used")
    assert "a-password" not in done.stderr


def test_a_folder_that_cannot_be_is_said_in_one_sentence(folder: Path) -> None:
    (folder / "data").write_text("a file stands where the folder should be", "utf-8")
    assert_one_sentence(run(folder, "migrate"), 1, "The store cannot be used")


def test_a_file_that_cannot_be_loaded_is_said_in_one_sentence(migrated: Path) -> None:
    done = run(migrated, "load", "nothing.toml")
    assert_one_sentence(done, 2, "nothing.toml")


def test_a_check_of_a_file_says_that_nothing_is_saved(migrated: Path) -> None:
    done = run(migrated, "load", "--check", str(ROOT / "demo" / "nanhai.toml"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Nothing is saved: this was a check only."
    assert counts(migrated)["stations"] == 0


def test_a_template_that_cannot_be_written_is_said_in_one_sentence(folder: Path) -> None:
    (folder / "a-file").touch()
    for name in ("nowhere/new.xlsx", "a-file/new.xlsx"):
        done = run(folder, "load", "--template", name)
        assert_one_sentence(done, 1, f"{name}: cannot be written: ")


def test_a_file_that_is_no_database_is_said_in_one_sentence(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "yizhan.db").write_text("This is no database. " * 100, "utf-8")
    for command in ("migrate", "status", "serve"):
        assert_one_sentence(run(folder, command), 1, "it is damaged or no database")


@pytest.mark.parametrize("day", ["2020-01-01", "9999-12-31"])
def test_a_role_cannot_end_on_a_day_that_is_past_or_the_last_of_all(
    migrated: Path, day: str
) -> None:
    assert run_afresh(migrated, "load", str(ROOT / "demo" / "nanhai.toml")).returncode == 0
    done = run_afresh(migrated, "invite", "nanhai", "district", "--until", day)
    assert_one_sentence(done, 2, f"--until {day}: ")
    assert done.stdout == ""


def test_usage_calls_the_command_by_its_name(folder: Path) -> None:
    assert "Usage: yizhan " in run(folder, "--help").stdout


def test_check_tells_what_is_to_be_done(folder: Path) -> None:
    done = run_afresh(folder, "check")
    assert done.returncode == 0
    assert "store: not there yet; yizhan serve makes it" in done.stdout
    assert not (folder / "data").exists()
    assert run_afresh(folder, "migrate").returncode == 0
    done = run(folder, "check")
    assert done.returncode == 0
    assert "settings: fine" in done.stdout
    assert "Telegram is off" in done.stdout


def test_tables_of_another_version_are_not_served_on_postgresql(
    folder: Path, postgresql_server: str, worker_id: str
) -> None:
    url = databases.create_database(postgresql_server, f"command_{worker_id}")
    (folder / "config.toml").write_text(f'[server]\nport = 0\n[store]\nurl = "{url}"\n', "utf-8")
    assert_one_sentence(run(folder, "serve"), UNFIT, "run yizhan migrate")
    assert_one_sentence(run_afresh(folder, "status"), UNFIT, "run yizhan migrate")
    assert run(folder, "migrate").returncode == 0
    with serving(folder, "serve") as station:
        status, _ = station.ask("POST", "/chat/messages", {"id": "first-one", "text": "你好"})
        assert status == 200
        # These settings have no token for the metrics, so there are none.
        nothing = {"Authorization": "Bearer "}
        assert station.ask("GET", "/metrics", headers=nothing)[0] == 404
        station.stop()
    assert counts(folder)["members"] == 1


def test_check_finds_a_store_that_can_only_be_read(
    folder: Path, postgresql_server: str, worker_id: str
) -> None:
    url = databases.create_database(postgresql_server, f"standby_{worker_id}")
    (folder / "config.toml").write_text(f'[store]\nurl = "{url}"\n', "utf-8")
    assert run(folder, "migrate").returncode == 0
    assert run(folder, "check").returncode == 0
    with psycopg.connect(url, autocommit=True) as connection:
        name = url.rpartition("/")[2]
        connection.execute(
            f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode()
        )
    assert_one_sentence(run(folder, "check"), 1, "The store cannot be used", "read-only")


def test_tables_of_a_newer_program_are_left_alone(migrated: Path) -> None:
    with contextlib.closing(sqlite3.connect(migrated / "data/yizhan.db")) as tables:
        tables.execute("UPDATE alembic_version SET version_num = '9999'")
        tables.commit()
    for command in ("serve", "migrate", "status"):
        done = run(migrated, command)
        assert_one_sentence(done, UNFIT, "The tables are of version 9999, made by a newer Yizhan")


# The version


def test_the_version_is_printed_by_itself_and_checked_and_counted(folder: Path) -> None:
    assert run_afresh(folder, "--version").stdout == f"yizhan {__version__}\n"
    assert run(folder, "migrate").returncode == 0
    assert run(folder, "check").stdout.splitlines()[0] == f"version: {__version__}"
    assert counts(folder)["members"] == 0


def test_the_version_is_among_the_metrics(station: Serving) -> None:
    _, text = station.ask("GET", "/metrics", headers={"Authorization": "Bearer the-token"})
    assert f'yizhan_build_info{{version="{__version__}"}} 1.0' in text


def test_the_first_line_of_the_log_names_the_version(station: Serving) -> None:
    first = next(line for line in station.said.splitlines() if "[info" in line)
    assert "station starts" in first
    assert f"version={__version__}" in first


# Migrations that fail


def test_a_table_in_the_way_of_a_migration_is_named(folder: Path) -> None:
    (folder / "data").mkdir()
    with contextlib.closing(sqlite3.connect(folder / "data/yizhan.db")) as tables:
        tables.execute("CREATE TABLE audit (note TEXT)")
        tables.commit()
    for command in ("migrate", "serve"):
        done = run(folder, command)
        assert_one_sentence(done, UNFIT, "The tables cannot be brought to version", "table audit")
        assert done.stderr.endswith("stay as they were: table audit already exists.\n")
    with contextlib.closing(sqlite3.connect(folder / "data/yizhan.db")) as tables:
        found = tables.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert found == [("audit",)]


def test_a_role_that_may_not_make_tables_is_told_so(
    folder: Path, postgresql_server: str, worker_id: str
) -> None:
    url = databases.create_database(postgresql_server, f"rights_{worker_id}")
    role = f"reader_{worker_id}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP ROLE IF EXISTS "{role}"'.encode())
        connection.execute(f'CREATE ROLE "{role}" LOGIN'.encode())
    limited = re.sub(r"(?<=://)[^@]+(?=@)", role, url)
    (folder / "config.toml").write_text(f'[store]\nurl = "{limited}"\n', "utf-8")
    words = "stay as they were: permission denied for schema public."
    assert_one_sentence(run(folder, "migrate"), UNFIT, words)


def test_two_stations_do_not_serve_one_sqlite_file(migrated: Path) -> None:
    with serving(migrated, "serve") as station:
        assert_one_sentence(run(migrated, "serve"), 1, "Another process serves this store already")
        # Other commands do not serve, and may look and write.
        assert counts(migrated)["members"] >= 0
        station.stop(signal.SIGTERM)
    with serving(migrated, "serve") as station:
        station.stop(signal.SIGTERM)


def test_what_people_told_is_readable_by_the_operator_alone(folder: Path) -> None:
    assert run(folder, "migrate").returncode == 0
    made = [*(folder / "data").iterdir()]
    assert made
    assert {path.stat().st_mode & 0o077 for path in made} == {0}


def test_a_damaged_store_is_said_in_one_sentence(migrated: Path) -> None:
    store = migrated / "data" / "yizhan.db"
    content = bytearray(store.read_bytes())
    content[4096:40_960] = b"\xaa" * (40_960 - 4096)
    store.write_bytes(content)
    for command in ("check", "serve"):
        assert_one_sentence(run(migrated, command), 1, "restore a backup")


def test_proxies_are_addresses(folder: Path) -> None:
    settings = SETTINGS.replace("port = 0", 'port = 0\ntrusted_proxies = ["10.0.0.0/33"]')
    (folder / "config.toml").write_text(settings, "utf-8")
    assert_one_sentence(run(folder, "check"), 2, "trusted_proxies", "10.0.0.0/33")
