"""Extensions: found by their entry points, tested as a stranger would, refused in a sentence.

Each is loaded in a process of its own: a table, once declared, stays in its process.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import migrations
from bot import __version__
from bot.station.opening import MISUSED, UNFIT
from migrations import Branch
from tests import commands

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "extending"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "build", "*.egg-info")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the examples are installed, as pip installs them."""
    folder = tmp_path_factory.mktemp("extending")
    target = folder / "site"
    sources = [folder / name for name in ("lunch", "dingtalk")]
    for each in sources:
        shutil.copytree(EXAMPLES / each.name, each, ignore=LEFT_OUT)
    offline = ("--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check")
    pip = [sys.executable, "-m", "pip", "install", *offline, "--target", str(target)]
    done = subprocess.run(
        [*pip, *map(str, sources)], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return target


def _environment(site: Path) -> dict[str, str]:
    given = commands.environment()
    return {**given, "PYTHONPATH": os.pathsep.join((str(site), given["PYTHONPATH"]))}


@pytest.mark.parametrize("example", ["lunch", "dingtalk"])
def test_an_example_passes_its_own_tests(site: Path, example: str) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests"],
        cwd=site.parent / example,
        env=_environment(site),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("example", ["lunch", "dingtalk"])
def test_an_example_has_chinese_for_all_that_it_says(example: str) -> None:
    from locales import HOUSE, originals, translations

    [package] = (EXAMPLES / example).glob("yizhan_*")
    ours = translations("zh_CN", HOUSE)
    said = {each for each in originals(package) if each not in ours}
    assert said == set(translations("zh_CN", package))
    assert all(translations("zh_CN", package).values())


SUBJECT, CHANNEL, PAPER = "yizhan.subjects", "yizhan.channels", "yizhan.papers"

IMPORTS = """
from pathlib import Path
from sqlmodel import Field, SQLModel
from bot.conversation.routing import Router
from bot.station.extending import ChannelKind, Subject
from bot.station.sections import Section
from papers.press import Template
HERE, router = Path("."), Router()
"""

ROW = """
class Row(SQLModel, table=True):
    __tablename__ = "{table}"
    id: int = Field(default=None, primary_key=True)
    {column}
IT = Subject(folder=HERE, routers=(), rows={rows})
"""

POINTS = "member_id: int = Field(foreign_key='member.id')"

DECLARES = "IT = Subject(folder=HERE, routers=(router,))"

BROKEN: Mapping[str, tuple[str, str, str]] = {
    "nowhere": (SUBJECT, "", "cannot be loaded: ModuleNotFoundError: No module named 'nowhere'."),
    "raises": (CHANNEL, "raise OSError('out of\\norder')", "cannot be loaded: OSError: out of."),
    "other": (PAPER, "IT = 7", "cannot be used: other:IT is no Template."),
    "Loud": (SUBJECT, DECLARES, "cannot be used: a name has small letters and digits only."),
    "wecom": (CHANNEL, "IT = ChannelKind(Section, print)", "cannot be used: the station has one."),
    "blank": (PAPER, "IT = Template(HERE / 'none.typ', 210)", "cannot be used: no none.typ."),
    "twice": (
        SUBJECT,
        f"router.command('twice', zh='活动')(print); {DECLARES}",
        "cannot be used: '活动' is declared twice.",
    ),
    "mute": (
        SUBJECT,
        f"router.notice('mute-told')(print); {DECLARES}",
        "cannot be used: each notice has a topic, and no other: mute-told.",
    ),
    "keeper": (
        SUBJECT,
        ROW.format(table="keeper_row", column=POINTS, rows="(Row,)"),
        "cannot be used: keeper_row.member_id may point to a member and declares no erasure.",
    ),
    "stray": (
        SUBJECT,
        ROW.format(table="stray_row", column="", rows="()"),
        "cannot be used: stray_row is not among its rows.",
    ),
    "named": (
        SUBJECT,
        ROW.format(table="elsewhere", column="", rows="(Row,)"),
        "cannot be used: elsewhere is not called named_….",
    ),
    "unmoved": (
        SUBJECT,
        ROW.format(table="unmoved_row", column="", rows="(Row,)"),
        "cannot be used: its tables have no migrations.",
    ),
}
"""By name: the group, what the module adds to IMPORTS, and the sentence that refuses it."""

LOADING = """
import json, sys
from bot.station.extending import Broken, found
said = {}
for name in sys.argv[2:]:
    sys.path.insert(0, f"{sys.argv[1]}/{name}")
    found.cache_clear()
    try:
        found()
    except Broken as problem:
        said[name] = str(problem)
    sys.path.pop(0)
print(json.dumps(said))
"""


def installed(folder: Path, name: str, group: str, module: str) -> None:
    """Lay a distribution there with one entry point."""
    facts = folder / f"yizhan_{name}-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: yizhan-{name}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[{group}]\n{name} = {name}:IT\n")
    if module:
        (folder / f"{name}.py").write_text(f"{IMPORTS}{module}\n", "utf-8")


def test_a_subject_has_a_branch_of_migrations_of_its_own(store_url: str) -> None:
    branch = Branch("lunch", EXAMPLES / "lunch" / "yizhan_lunch" / "migrations")
    assert migrations.current(store_url, branch) is None
    for _twice in range(2):
        migrations.upgrade(store_url, branch=branch)
    assert migrations.is_current(store_url, branch)
    assert migrations.is_current(store_url)
    assert migrations.subjects_in(store_url) == ["lunch"]
    migrations.remove(store_url, "lunch")
    assert migrations.current(store_url, branch) is None
    assert migrations.subjects_in(store_url) == []
    with pytest.raises(LookupError):
        migrations.remove(store_url, "lunch")
    assert migrations.is_current(store_url)


def test_what_cannot_be_used_is_refused_in_a_sentence_that_names_it(tmp_path: Path) -> None:
    for name, (group, module, _) in BROKEN.items():
        installed(tmp_path / name, name, group, module)
    done = subprocess.run(
        [sys.executable, "-P", "-c", LOADING, str(tmp_path), *BROKEN],
        env=commands.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        name: f"The {group.split('.')[1][:-1]} {name} of yizhan-{name} 1.0 {said}"
        for name, (group, _, said) in BROKEN.items()
    }


def _yizhan(site: Path, folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the command with what is installed at ``site``; return its code and what it said."""
    done = subprocess.run(
        [*commands.YIZHAN, *arguments],
        cwd=folder,
        env=_environment(site),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _without_it(folder: Path, *arguments: str) -> tuple[int, str]:
    done = commands.run(folder, *arguments)
    return done.returncode, done.stdout + done.stderr


def test_an_operator_installs_a_subject_and_takes_it_out_again(
    site: Path, sqlite_url: str, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(f'[store]\nurl = "{sqlite_url}"\n', "utf-8")
    lack = "The tables of lunch are missing: run yizhan migrate.\n"
    done = "The tables of lunch are of version 0001 now.\n"
    assert _yizhan(site, tmp_path, "status") == (UNFIT, lack)
    assert _yizhan(site, tmp_path, "migrate") == (0, done)
    code, said = _yizhan(site, tmp_path, "check")
    assert code == 0
    for line in (
        "subject lunch: yizhan-lunch 1.0",
        "channel dingtalk: yizhan-dingtalk 1.0",
        "paper lunch-menu: yizhan-lunch 1.0",
        "dingtalk is off: a section [dingtalk.NAME] turns it on.",
    ):
        assert line in said.splitlines()
    remove = ("migrate", "--remove", "lunch")
    # Without the subject, those whom its tables point to could not be erased.
    left = "The store has tables of lunch, which is not installed: install it, or drop them with "
    assert _without_it(tmp_path, "status") == (UNFIT, f"{left}yizhan migrate --remove lunch.\n")
    assert _without_it(tmp_path, *remove) == (0, "The tables of lunch are gone.\n")
    none = "The store has no tables of a subject called lunch.\n"
    assert _without_it(tmp_path, *remove) == (2, none)


def test_a_broken_one_stops_the_command_with_its_sentence(tmp_path: Path) -> None:
    name, (group, module, said) = "raises", BROKEN["raises"]
    installed(tmp_path / name, name, group, module)
    sentence = f"The channel {name} of yizhan-{name} 1.0 {said}"
    told = f"version: {__version__}\n{sentence}\n"
    assert _yizhan(tmp_path / name, tmp_path, "check") == (MISUSED, told)
