"""Tokens made, listed and ended at the command line, on both stores."""

from pathlib import Path

from sqlmodel import Session, select

from models.network.audit import Audit
from models.network.tokens import ApiToken
from models.rules.network.permissions import Act
from models.store import Store
from tests.commands import run, run_afresh
from tests.station.networks import NETWORK


def test_an_operator_makes_lists_and_ends_a_token(tmp_path: Path, store_url: str) -> None:
    (tmp_path / "config.toml").write_text(f'[store]\nurl = "{store_url}"\n', "utf-8")
    (tmp_path / "network.toml").write_text(NETWORK, "utf-8")
    assert run(tmp_path, "load", "network.toml").returncode == 0
    asked = ("--name", "大屏", "--may", "events:read", "--may", "sign-ups:read", "--days", "90")
    made = run_afresh(tmp_path, "token", "桂城", *asked)
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    assert secret.startswith("yizhan_")
    line = run(tmp_path, "token", "guicheng").stdout
    number, name, where, scopes, *_rest = line.split("\t")
    assert (name, where, scopes) == ("大屏", "桂城 · 桂城", "events:read sign-ups:read")
    assert secret not in line
    assert run(tmp_path, "token", "nanhai").stdout == line
    store = Store(store_url)

    def kept(session: Session) -> tuple[str, list[str]]:
        acts = select(Audit.details).where(Audit.act == Act.LET_PROGRAMS)
        whats = [str(each["what"]) for each in session.exec(acts)]
        return str([each.model_dump() for each in session.exec(select(ApiToken))]), whats

    try:
        assert secret not in store.read_now(kept)[0]
        for wrong in (
            ("--name", "大屏"),
            ("--may", "events:read"),
            ("--name", "大屏", "--may", "everything"),
            ("--name", "大屏", "--may", "events:read", "--days", "3650"),
            ("--name", "大屏", "--may", "events:read", "--member", "谁"),
            ("--end", "99"),
        ):
            refused = run(tmp_path, "token", "桂城", *wrong)
            assert (refused.returncode, refused.stdout) == (2, ""), wrong
        assert run(tmp_path, "token", "桂城", "--end", number).returncode == 0
        assert run(tmp_path, "token", "桂城").stdout == ""
        assert store.read_now(kept) == ("[]", ["made", "ended"])
    finally:
        store.close()
