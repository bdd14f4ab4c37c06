"""The documents: what they name exists, what they link to is there, and what they show works."""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from typer.main import get_command

# What measures makes its metrics known when it is loaded.
import bot.channels.telegram.channel
import bot.reading.asking  # noqa: F401
import scheduler.metrics  # noqa: F401
from bot.conversation.finding import Routes
from bot.station.commands import cli
from bot.station.parts import Part
from bot.station.sections import NAMED, Section
from bot.station.settings import Settings
from handlers import subjects
from models.rules.languages import LANGUAGES
from tests.miniature import rows
from tests.stories import station

ROOT = Path(__file__).parents[2]
HIDDEN = {"build", "node_modules"}
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") or part in HIDDEN for part in path.relative_to(ROOT).parts)
)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
FENCE = re.compile(r"(?ms)^ *```(\w*)\n(.*?)^ *```$")
SECTION = re.compile(
    r"\[(store|server|web|station|announcements|log|telegram|wechat|wecom)(?:\.\w+)?\]((?:\s+\w+)*)"
)
VARIABLE = re.compile(r"YIZHAN_([A-Z_]+)")
SLASHED = re.compile(r"`/([a-z]+)[` ]")
TYPED = re.compile(r"(?m)(?:^ {4,}|`|bin/)yizhan ([a-z]+)")
MADE = re.compile(r"(?m)(?:^ {4,}|`)make (?:PYTHON=\S+ )?([a-z]+)")
PATH = re.compile(r"`([\w.-]+(?:/[\w.*-]+)+/?|\w+/)`")
MADE_LATER = {
    "handlers/towns.py",
    "data/yizhan.db",
    "data/yizhan.db-wal",
    "data/yizhan.db-shm",
    "data/yizhan.db.erased",
}
"""Paths of the example command, of a station that has run, and of a closed release."""

STATUS = re.compile(r"(?m)^\*\*Status:\*\* (.+)$")
METRIC = re.compile(r"\b((?:yizhan|process)_[a-z_]+)`")


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def anchor(heading: str) -> str:
    """The name of a heading in a link, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(document: str) -> list[tuple[int, str]]:
    bare = FENCE.sub("", text_of(document))
    return [(len(marks), words) for marks, words in re.findall(r"(?m)^(#+) (.+)$", bare)]


def fields_of(section: str) -> set[str]:
    kind = NAMED.get(section) or Settings.model_fields[section].annotation
    assert isinstance(kind, type)
    assert issubclass(kind, Section)
    names = {f"name_{code}" for code in LANGUAGES} if section == "station" else set()
    return set(kind.model_fields) | names


# Links and headings


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_link_leads_to_something_that_is_there(document: str) -> None:
    bare = FENCE.sub("", text_of(document))
    for target in (one or other for one, other in LINK.findall(bare)):
        if re.match(r"\w+://", target):
            continue
        path, _, place = target.partition("#")
        file = (ROOT / document).parent / path if path else ROOT / document
        assert file.exists(), f"{document}: {target}"
        if place:
            found = {anchor(words) for _, words in headings(str(file.resolve().relative_to(ROOT)))}
            assert place in found, f"{document}: {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_has_one_title_and_leaves_no_level_out(document: str) -> None:
    levels = [level for level, _ in headings(document)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_an_operators_pages_stay_short_and_are_all_named_where_one_begins() -> None:
    begins = text_of("docs/operating.md")
    for page in (ROOT / "docs/operating").glob("*.md"):
        assert f"](operating/{page.name})" in begins, page.name
        assert page.read_text("utf-8").count("\n") < 300, page.name


def test_both_readmes_are_built_alike() -> None:
    english, chinese = text_of("README.md"), text_of("README.zh-CN.md")
    assert [level for level, _ in headings("README.md")] == [
        level for level, _ in headings("README.zh-CN.md")
    ]
    shared = re.compile(r"docs/[\w./-]+|\b\w+\.example\.toml|LICENSE")
    # A picture is shown in the language of its reader.
    told = [re.sub(r"-(?:en|zh)\.png", ".png", each) for each in (english, chinese)]
    assert set(shared.findall(told[0])) == set(shared.findall(told[1]))
    commands = re.compile(r"`(/[a-z]+)")
    assert set(commands.findall(english)) == set(commands.findall(chinese))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_shows_nothing_from_a_foreign_host(document: str) -> None:
    text = text_of(document)
    assert re.findall(r"!\[[^]]*\]\(\w+://|<img[^>]+src=\"\w+://", text) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_names_no_place_of_one_machine(document: str) -> None:
    assert re.findall(r"/(?:home|root|Users|work|tmp|var/folders)/\S+", text_of(document)) == []


def test_a_picture_is_small() -> None:
    pictures = [*(ROOT / "docs").rglob("*.png"), *(ROOT / "docs").rglob("*.jpg")]
    assert pictures
    assert [each.name for each in pictures if each.stat().st_size > 150_000] == []


# What the documents name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_path_that_is_named_exists(document: str) -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()} - HIDDEN | {"data"}
    for path in PATH.findall(FENCE.sub("", text_of(document))):
        if path.split("/")[0] in folders and path not in MADE_LATER:
            assert any(ROOT.glob(path.rstrip("/"))), f"{document}: {path}"


def test_a_decision_has_a_status_and_a_row_in_the_list_that_says_the_same() -> None:
    rows = re.findall(
        r"(?m)^\| \[(\d+)\]\((.+?)\) \| (.+?) \| (.+?) \|$", text_of("docs/decisions/README.md")
    )
    listed = {name: (int(number), title, status) for number, name, title, status in rows}
    written = {}
    for path in sorted((ROOT / "docs/decisions").glob("[0-9]*.md")):
        title = re.match(r"# (\d+)\. (.+)", path.read_text("utf-8"))
        assert title is not None, path.name
        (status,) = STATUS.findall(path.read_text("utf-8"))
        assert re.match(r"Accepted$|(?:Changed|Superseded) by \[\d+\]\(", status), path.name
        assert path.name.startswith(f"{int(title[1]):04}-")
        written[path.name] = (int(title[1]), title[2], status)
    assert listed == written


def test_the_glossary_stays_short_and_in_order() -> None:
    words = re.findall(r"(?m)^\| ([^|-]+?) \|", text_of("docs/glossary.md"))[1:]
    assert 0 < len(words) <= 50
    assert words == sorted(words, key=str.casefold)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_setting_that_is_named_exists(document: str) -> None:
    text = text_of(document)
    for language, code in FENCE.findall(text):
        if language != "toml":
            continue
        section = ""
        for line in filter(str.strip, code.splitlines()):
            if opened := re.fullmatch(r" *\[(\w+)(?:\.\w+)?\]", line):
                section = opened[1]
            elif section and not line.lstrip().startswith("#"):
                assert line.split("=")[0].strip() in fields_of(section), f"{document}: {line}"
    for section, words in SECTION.findall(FENCE.sub("", text)):
        for name in words.split()[:1]:
            # A section may be followed by any words; only a setting has a line of its own.
            if "_" in name or name in {"url", "host", "port", "enabled"}:
                assert name in fields_of(section), f"{document}: [{section}] {name}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_variable_of_the_environment_that_is_named_exists(document: str) -> None:
    # One variable is the tests' own, and a name that ends open stands for many.
    for variable in VARIABLE.findall(text_of(document)):
        if variable.endswith("__") or variable.startswith("TEST_"):
            continue
        section, *rest = variable.lower().split("__")
        assert section in Settings.model_fields, f"{document}: {variable}"
        assert rest[-1].removesuffix("_file") in fields_of(section), f"{document}: {variable}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_command_that_is_named_exists(document: str) -> None:
    text = text_of(document)
    typed = set(getattr(get_command(cli), "commands", ()))
    assert {"serve", "load"} <= typed
    assert set(TYPED.findall(text)) <= typed
    made = set(re.findall(r"(?m)^([a-z]+):", text_of("Makefile")))
    assert set(MADE.findall(text)) <= made
    spoken = {facts.name for facts in subjects.routes().command_facts}
    paths = {"chat", "healthz", "readyz", "metrics", "proc"}
    at_botfather = {"newbot", "token", "setdescription", "setuserpic", "setjoingroups"}
    assert set(SLASHED.findall(text)) <= spoken | paths | at_botfather


def test_every_part_of_a_station_is_told_about_and_no_other() -> None:
    named = set(re.findall(r"serve,? --only,? ([a-z]+)", text_of("docs/operating/processes.md")))
    assert named == set(Part)


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md"])
def test_every_command_stands_in_the_readme(document: str) -> None:
    spoken = {facts.name for facts in subjects.routes().command_facts}
    assert spoken <= set(SLASHED.findall(text_of(document)))


def test_a_metric_that_is_named_exists_and_every_metric_of_ours_is_named() -> None:
    known = {
        family.name + {"counter": "_total", "info": "_info"}.get(family.type, "")
        for family in REGISTRY.collect()
    }
    named = {name for each in DOCUMENTS for name in METRIC.findall(text_of(each))}
    assert named <= known
    assert {name for name in known if name.startswith("yizhan_")} <= named


def test_what_the_program_is_quoted_to_say_it_says() -> None:
    """The left column of the tables of trouble is what the code holds."""
    table = text_of("docs/operating/watching.md").partition("## When something is wrong")[2]
    sources = [
        *(
            file
            for name in ("bot", "migrations", "scheduler")
            for file in (ROOT / name).rglob("*.py")
        ),
        ROOT / "Makefile",
    ]
    said = "\n".join(path.read_text("utf-8") for path in sources)
    quoted = [
        words
        for row in re.findall(r"(?m)^\| (`.+?) \|", table)
        for words in re.findall(r"`([^`]+)`", row)
    ]
    assert len(quoted) > 15
    for words in quoted:
        code = words.removeprefix("errcode ")
        # The system's own words for a port that is taken are not in our sources.
        assert code in said or code == "Address already in use", words


# What the documents show


async def test_the_example_of_a_command_works(
    sqlite_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = [code for _, code in FENCE.findall(text_of("docs/architecture.md"))]
    handler = next(code for code in blocks if '@router.command("towns"' in code)
    story = next(code for code in blocks if "async def test_a_town_leads" in code)
    towns: dict[str, Any] = {}
    exec(handler, towns)
    routers = (*subjects.ROUTERS, towns["router"])
    monkeypatch.setattr(subjects, "routes", lambda: Routes(routers))
    told: dict[str, Any] = {**vars(rows), **vars(station)}
    exec(story, told)
    async with station.nanhai("web", sqlite_url, now) as town:
        await told["test_a_town_leads_to_its_events"](town)


def test_every_page_has_its_place_on_the_site_in_both_languages() -> None:
    def pages(entry: Any) -> Iterator[str]:
        for each in entry if isinstance(entry, list) else entry.values():
            if isinstance(each, str):
                yield each
            else:
                yield from pages(each)

    shown = {
        code: list(pages(tomllib.loads(text_of(f"docs/site/{code}.toml"))["project"]["nav"]))
        for code in ("en", "zh")
    }
    assert shown["en"] == shown["zh"]
    found = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs/operating").glob("*.md")]
    single = {str(path.relative_to(ROOT)) for path in found}
    assert {page for page in single if not page.endswith(".zh-CN.md")} <= set(shown["en"])
    assert all((ROOT / page).exists() for page in shown["en"])
