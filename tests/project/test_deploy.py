"""What operators copy from ``deploy/``: each file is held against what reads it.

The structure is read here in Python. Where the machine has systemd and nginx, these read it too.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import kubernetes_validate
import pytest
import yaml
from typer.main import get_command

from bot.station.commands import cli
from bot.station.opening import MISUSED, UNFIT
from bot.station.sections import NAMED
from bot.station.settings import Settings, read
from bot.station.webapp import BODY_LIMIT
from tests.needs import NGINX, SYSTEMD, demand

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SERVING = [unit for unit in UNITS if "backup" not in unit.name]
PROGRAM = "/opt/yizhan/bin/yizhan"
EXPOSURE = 3.0
"""As systemd-analyze rates it; from 0, locked up, to 10."""

WHEEL = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
ROOMS = set(WHEEL["targets"]["wheel"]["sources"]) - {"deploy/wheel"}


def as_the_command_reads(words: list[str]) -> None:
    """Parse a command line of ``yizhan`` without running it; a wrong one raises."""
    name, *rest = words
    command: Any = getattr(get_command(cli), "commands")[name]  # noqa: B009
    command.make_context(name, [word.replace("%i", "8081") for word in rest])


def assert_a_setting(variable: str) -> None:
    section, *names = variable.removeprefix("YIZHAN_").lower().removesuffix("_file").split("__")
    kind: Any = NAMED.get(section) or Settings.model_fields[section].annotation
    assert names[-1] in kind.model_fields, variable


def documents(name: str) -> list[dict[str, Any]]:
    return [*yaml.safe_load_all((DEPLOY / name).read_text("utf-8"))]


# systemd


def lines_of(unit: Path) -> dict[str, list[str]]:
    """The settings of a unit; each key with all of its values."""
    text = unit.read_text("utf-8")
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"(?m)^(\w+)=(.*)$", text):
        found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("unit", SERVING, ids=lambda unit: unit.name)
def test_a_unit_is_watched_limited_and_started_by_a_command_that_exists(unit: Path) -> None:
    told = lines_of(unit)
    assert told["Type"] == ["notify"]
    assert told["WatchdogSec"] == ["30s"]
    assert told["LimitNOFILE"] == ["65536"]
    # A database that is away for longer than a few starts ends the service for good otherwise.
    assert told["StartLimitIntervalSec"] == ["0"]
    # No restart mends wrong settings, or tables that wait for yizhan migrate.
    assert told["RestartPreventExitStatus"] == [f"{MISUSED} {UNFIT}"]
    (start,) = told["ExecStart"]
    program, *words = start.split()
    assert program == PROGRAM
    as_the_command_reads(words)
    (credentials,) = told["LoadCredential"]
    assert credentials.startswith("YIZHAN:/etc/yizhan/")
    state = told["StateDirectory"][0]
    assert told["WorkingDirectory"] == [f"/var/lib/{state}"]


def test_all_units_are_shut_in_alike() -> None:
    alone = lines_of(DEPLOY / "systemd" / "yizhan@.service")
    differ = {"Description", "ExecStart", "LoadCredential", "StateDirectory", "WorkingDirectory"}
    same = {key: alone[key] for key in alone if key not in differ}
    for unit in SERVING:
        told = lines_of(unit)
        assert same == {key: told[key] for key in told if key not in differ}, unit.name


def test_the_sample_settings_can_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store = read(DEPLOY / "systemd" / "config.toml").store
    assert store.url.startswith("sqlite:////var/lib/")
    assert Path(store.erased).parent == Path(store.url.removeprefix("sqlite:///")).parent
    monkeypatch.setenv("YIZHAN_TELEGRAM__NANHAI__TOKEN", "123456:abc")
    in_a_cluster = read(DEPLOY / "kubernetes" / "config.toml")
    assert in_a_cluster.server.host == "0.0.0.0"
    assert set(in_a_cluster.telegram) == {"nanhai"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units in a folder of their own, with a program that is there."""
    folder = tmp_path_factory.mktemp("units")
    shutil.copytree(DEPLOY / "systemd", folder, dirs_exist_ok=True)
    for unit in folder.glob("*.service"):
        unit.write_text(unit.read_text("utf-8").replace(PROGRAM, sys.executable), "utf-8")
    return folder


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_no_fault_and_little_exposure(unit: Path, installed: Path) -> None:
    analyze = demand(SYSTEMD)
    name = unit.name.replace("@", "@8081")
    # The colon at the end stands for the system's own units.
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{installed}:"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [analyze, *words, name], env=environment, capture_output=True, text=True, check=False
        )

    found = run("verify", "--man=no")
    ours = [line for line in found.stderr.splitlines() if "yizhan" in line]
    assert (found.returncode, ours) == (0, []), found.stderr
    rated = run("security", "--offline=true", f"--threshold={EXPOSURE * 10:.0f}", "--no-pager")
    assert rated.returncode == 0, rated.stdout[-300:]


# nginx


def test_public_pages_are_those_that_the_station_lets_be_kept() -> None:
    text = (DEPLOY / "nginx" / "yizhan.conf").read_text("utf-8")
    (pattern,) = re.findall(r"location ~ (\^/\(e\S+) \{", text)
    for path in ("/e/12", "/e/12.ics", "/w/3/ab", "/screen/token", "/honours", "/draws/4.json"):
        assert re.match(pattern, path), path
    for path in ("/chat", "/console/enter/x", "/readyz", "/calendar/x.ics", "/ask/x", "/files/x"):
        assert not re.match(pattern, path), path


def test_nginx_takes_what_the_station_takes_and_keeps_its_troubles_in() -> None:
    text = (DEPLOY / "nginx" / "yizhan.conf").read_text("utf-8")
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert BODY_LIMIT <= int(megabytes) * 2**20 < BODY_LIMIT + 2**20
    inside = re.findall(r"location ~ (\S+) \{\s*return 404;\s*\}", text)
    for path in ("/readyz", "/metrics"):
        assert any(re.match(each, path) for each in inside), path
    for path in ("/healthz", "/chat", "/readyzx"):
        assert not any(re.match(each, path) for each in inside), path


def test_nginx_reads_its_files(tmp_path: Path) -> None:
    nginx = demand(NGINX)
    conf = tmp_path / "conf"
    shutil.copytree(DEPLOY / "nginx", conf / "yizhan")
    ours = (conf / "yizhan" / "yizhan.conf").read_text("utf-8")
    _certify(tmp_path)
    ours = ours.replace("/etc/ssl/station", str(tmp_path))
    ours = ours.replace("/var/cache/nginx", str(tmp_path / "cache"))
    # It binds what it listens on even for a test.
    ours = re.sub(r"listen \[::\]:.*;", "", ours)
    ours = re.sub(r"listen (80|443)", rf"listen unix:{tmp_path}/\1.sock", ours)
    (tmp_path / "cache").mkdir()
    (conf / "station.conf").write_text(ours, "utf-8")
    (conf / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n"
        + "".join(
            f"{kind}_temp_path {tmp_path}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"access_log off;\ninclude {conf}/station.conf;\n}}\n",
        "utf-8",
    )
    command = [nginx, "-t", "-q", "-e", str(tmp_path / "log"), "-c", str(conf / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stderr + (tmp_path / "log").read_text("utf-8")
    assert done.returncode == 0, said


def _certify(folder: Path) -> None:
    """Write a key and a certificate that nginx can load."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "station.example.org")])
    at = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    private = serialization.PrivateFormat.PKCS8
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, private, serialization.NoEncryption())
    )


# The image


def steps() -> Iterator[tuple[str, str]]:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    for line in re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", text)).splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            yield word, rest


def test_the_image_holds_the_rooms_of_the_wheel_and_runs_without_rights() -> None:
    found = [*steps()]
    copied = {rest.split()[0] for word, rest in found if word == "COPY" and "--from" not in rest}
    assert copied == ROOMS | {"requirements.lock", *WHEEL["targets"]["wheel"]["force-include"]}
    let_in = re.findall(r"(?m)^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"))
    assert set(let_in) == copied
    assert any("--require-hashes -r /requirements.lock" in rest for _, rest in found)
    words = [word for word, _ in found]
    assert {"USER", "HEALTHCHECK", "ENTRYPOINT"} <= set(words[words.index("USER") :])
    assert dict(found)["USER"] == "10001"
    for variable in re.findall(r"YIZHAN_\w+", dict(found)["ENV"]):
        assert_a_setting(variable)


# Compose


def test_compose_is_as_its_specification_wants_it_and_asks_for_no_rights() -> None:
    (told,) = documents("compose/compose.yaml")
    schema = yaml.safe_load((Path(__file__).with_name("compose-spec.json")).read_text("utf-8"))
    jsonschema_rs.validator_for(schema).validate(told)
    of_ours = {name: each for name, each in told["services"].items() if each["image"] == "yizhan"}
    assert set(of_ours) == {"migrate", "web1", "web2", "telegram", "worker"}
    for service in of_ours.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        as_the_command_reads(service["command"])
        for name in (*service["environment"], *service["secrets"]):
            if name.startswith("YIZHAN_"):
                assert_a_setting(name)
        assert set(service["secrets"]) <= set(told["secrets"])
        # A list that went with a container would be missed by the next restore.
        kept = Path(service["environment"]["YIZHAN_STORE__ERASED"]).parent
        (volume,) = (each for each in service["volumes"] if each.endswith(f":{kept}"))
        assert volume.partition(":")[0] in told["volumes"]
        assert ("VOLUME", str(kept)) in [*steps()]
    build = of_ours["web1"]["build"]
    context = (DEPLOY / "compose" / build["context"]).resolve()
    assert context == ROOT
    assert (context / build["dockerfile"]).is_file()
    asked = re.findall(r"\bweb\d\b", (DEPLOY / "compose" / "Caddyfile").read_text("utf-8"))
    assert set(asked) == {"web1", "web2"}


# Kubernetes


def test_kubernetes_knows_everything_and_pods_have_no_rights() -> None:
    told = documents("kubernetes/station.yaml")
    for document in told:
        kubernetes_validate.validate(document, "1.33", strict=True)
    deployments = [each for each in told if each["kind"] == "Deployment"]
    assert [each["metadata"]["name"] for each in deployments] == ["web", "telegram", "worker"]
    for deployment in deployments:
        pod = deployment["spec"]["template"]["spec"]
        assert pod["enableServiceLinks"] is False
        assert pod["securityContext"]["runAsNonRoot"]
        mounted = {each["name"] for each in pod["volumes"]}
        for container in (*pod["initContainers"], *pod["containers"]):
            guard = container["securityContext"]
            assert guard["readOnlyRootFilesystem"]
            assert guard["capabilities"] == {"drop": ["ALL"]}
            assert {each["name"] for each in container["volumeMounts"]} == mounted
            as_the_command_reads(container["args"])


def _kept_in_by_nginx() -> set[str]:
    text = (DEPLOY / "nginx" / "yizhan.conf").read_text("utf-8")
    (names,) = re.findall(r"location ~ \^/\((\S+)\)\$ \{\s*return 404;\s*\}", text)
    return {f"/{each}" for each in names.split("|")}


def _kept_in_by_caddy() -> set[str]:
    text = (DEPLOY / "compose" / "Caddyfile").read_text("utf-8")
    assert "respond @inside 404" in text
    (paths,) = re.findall(r"@inside path (.+)", text)
    return set(paths.split())


def _kept_in_by_an_ingress() -> set[str]:
    """The paths that it sends to a port on which no container listens."""
    told = documents("kubernetes/station.yaml")
    listens = {
        name
        for each in told
        if each["kind"] == "Deployment"
        for container in each["spec"]["template"]["spec"]["containers"]
        for port in container["ports"]
        for name in (port["name"], port["containerPort"])
    }
    (service,) = (each for each in told if each["kind"] == "Service")
    targets = {each["name"]: each["targetPort"] for each in service["spec"]["ports"]}
    (ingress,) = (each for each in told if each["kind"] == "Ingress")
    (rule,) = ingress["spec"]["rules"]
    kept = set()
    for each in rule["http"]["paths"]:
        backend = each["backend"]["service"]
        assert backend["name"] == service["metadata"]["name"]
        if targets[backend["port"]["name"]] not in listens:
            # Such a path goes before every prefix, whatever their order.
            assert each["pathType"] == "Exact"
            kept.add(each["path"])
        else:
            assert (each["path"], each["pathType"]) == ("/", "Prefix")
    return kept


@pytest.mark.parametrize("kept_in", [_kept_in_by_nginx, _kept_in_by_caddy, _kept_in_by_an_ingress])
def test_every_way_in_from_outside_keeps_a_stations_troubles_in(
    kept_in: Callable[[], set[str]],
) -> None:
    assert kept_in() == {"/readyz", "/metrics"}


def test_every_file_is_named_where_it_is_explained() -> None:
    (kustomized,) = documents("kubernetes/kustomization.yaml")
    assert all((DEPLOY / "kubernetes" / name).is_file() for name in kustomized["resources"])
    guide = "".join(page.read_text("utf-8") for page in (ROOT / "docs/operating").glob("*.md"))
    for folder in ("systemd", "nginx", "Containerfile", "compose", "kubernetes"):
        assert f"deploy/{folder}" in guide, folder
