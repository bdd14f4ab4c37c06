"""Extensions: subjects, channels and papers that other distributions bring.

A distribution names them as entry points; what each of them is, this module says. They are loaded
once in a process, by ``found``, and only the composition root asks for them. What the handlers need
is imported only where there is a subject, for commands that need the store alone are to be short.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlmodel import SQLModel

import migrations
from bot.station.sections import NAMED, Section
from migrations import Branch
from models.network.stations import Care
from models.store import table_of
from papers import press
from papers.press import Template

if TYPE_CHECKING:
    from bot.channels import Channel, Services
    from bot.conversation.finding import Routes
    from bot.conversation.routing import Router
    from models.sending.topics import Topic
    from scheduler.planning import Duty, Forgetting

SUBJECTS, CHANNELS, PAPERS = "yizhan.subjects", "yizhan.channels", "yizhan.papers"

NAME = re.compile(r"[a-z][a-z0-9]*")
UNFIT_NAME = "a name has small letters and digits only"

Kind = TypeVar("Kind")


class Broken(Exception):
    """An extension cannot be used; the message is one sentence that names it."""


def _no_duties(care: Care) -> "Sequence[Duty]":
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something that the station can do, with what it keeps and says.

    ``folder`` is that of its package: the revisions of its tables stand in ``migrations`` below it,
    its catalogues in ``locales``. ``rows`` are its tables, each called ``NAME_...``; a column that
    points to a member declares what becomes of it (``models.members.inventory.keeps``). ``topics``
    are those of its notices. ``duties`` come due by the clock; ``forgetting`` says what is deleted,
    and at what age.
    """

    folder: Path
    routers: "tuple[Router, ...]"
    rows: tuple[type[SQLModel], ...] = ()
    topics: "Mapping[str, Topic]" = field(default_factory=dict)
    duties: "Callable[[Care], Sequence[Duty]]" = _no_duties
    forgetting: "tuple[Forgetting, ...]" = ()


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """A platform: the settings of an account, ``[NAME.ACCOUNT]``, and what makes its channel.

    ``build`` is given the account, as ``NAME.ACCOUNT``, its settings and the station's services.
    ``folder`` is that of its package, with its catalogues in ``locales``, if it says anything.
    """

    section: type[Section]
    build: "Callable[[str, Any, Services], Channel]"
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Extensions:
    """What is installed, by name; ``listed`` says it to the operator, a line each."""

    subjects: Mapping[str, Subject]
    channels: Mapping[str, ChannelKind]
    papers: Mapping[str, Template]
    listed: tuple[str, ...] = ()

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The revisions of the subjects that have tables."""
        return tuple(_branch(name, each) for name, each in self.subjects.items() if each.rows)

    def routes(self) -> "Routes":
        """Everything the station can do, and what its extensions add."""
        from handlers import subjects

        return subjects.routes(*_routers(self.subjects.values()))

    def duties(self, care: Care) -> "Iterator[Duty]":
        for each in self.subjects.values():
            yield from each.duties(care)

    def forgetting(self) -> "Iterator[Forgetting]":
        for each in self.subjects.values():
            yield from each.forgetting


@cache
def found() -> Extensions:
    """Load what is installed, once in a process. Raises Broken.

    Its texts, topics, papers and sections of the settings are known afterwards.
    """
    extensions = Extensions(
        _installed(SUBJECTS, Subject, _Subjects().problem),
        _installed(CHANNELS, ChannelKind, _problem_of_channel),
        _installed(PAPERS, Template, _problem_of_paper),
        tuple(
            f"{_kind_in_words(group)} {point.name}: {_distribution(point)}"
            for group in (SUBJECTS, CHANNELS, PAPERS)
            for point in _points(group)
        ),
    )
    _speak(each.folder for each in extensions.subjects.values())
    _speak(each.folder for each in extensions.channels.values())
    for subject in extensions.subjects.values():
        from models.sending import topics

        topics.add(subject.topics)
    for name, template in extensions.papers.items():
        press.add_template(name, template)
    NAMED.update({name: kind.section for name, kind in extensions.channels.items()})
    return extensions


def _speak(folders: Iterable[Path | None]) -> None:
    """Make the catalogues in these folders known."""
    for folder in filter(None, folders):
        from bot.conversation import language

        language.add_catalogues(folder / "locales")


def branch_of(name: str) -> Branch:
    """The branch of one subject, loaded without a check: its first revision is to be written yet.

    Raises LookupError where none of this name is installed.
    """
    subject: Subject = entry_points(group=SUBJECTS)[name].load()
    return _branch(name, subject)


def _installed(
    group: str, kind: type[Kind], problem_of: Callable[[str, Kind], str]
) -> dict[str, Kind]:
    """What the entry points of a group name; ``problem_of`` says why one cannot be used, or ""."""
    known: dict[str, Kind] = {}
    for point in _points(group):
        called = f"The {_kind_in_words(group)} {point.name} of {_distribution(point)}"
        try:
            value = point.load()
        # Whatever its module raises: nobody here knows what strangers' code does.
        except Exception as error:
            said = f"{type(error).__name__}: {error}".splitlines()[0]
            raise Broken(f"{called} cannot be loaded: {said}.") from error
        if not isinstance(value, kind):
            problem = f"{point.value} is no {kind.__name__}"
        elif point.name in known:
            problem = "another one has this name"
        else:
            problem = problem_of(point.name, value)
        if problem:
            raise Broken(f"{called} cannot be used: {problem}.")
        known[point.name] = value
    return known


def _points(group: str) -> list[EntryPoint]:
    return sorted(entry_points(group=group), key=lambda each: each.name)


def _kind_in_words(group: str) -> str:
    return group.partition(".")[2].removesuffix("s")


def _distribution(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "nobody"


def _branch(name: str, subject: Subject) -> Branch:
    return Branch(name, subject.folder / "migrations")


# Why an extension cannot be used


class _Subjects:
    """Looks at subjects one after the other: two must not declare the same."""

    def __init__(self) -> None:
        self._routers: list[Router] = []

    def problem(self, name: str, subject: Subject) -> str:
        """Why it cannot be used; empty for one that can."""
        if not NAME.fullmatch(name):
            return UNFIT_NAME
        return (
            self._problem_of_routers(subject)
            or _problem_of_notices(subject)
            or _problem_of_rows(name, subject)
        )

    def _problem_of_routers(self, subject: Subject) -> str:
        from handlers import subjects

        self._routers += subject.routers
        try:
            subjects.routes(*self._routers)
        except ValueError as problem:
            return str(problem)
        return ""


def _problem_of_notices(subject: Subject) -> str:
    from models.sending import topics

    notices = {topic for router in subject.routers for topic in router.notices}
    if odd := notices ^ set(subject.topics):
        return f"each notice has a topic, and no other: {', '.join(sorted(odd))}"
    if known := sorted(each for each in notices if topics.is_known(each)):
        return f"there is a topic called {known[0]} already"
    return ""


def _problem_of_rows(name: str, subject: Subject) -> str:
    from models.members import inventory

    # Ours are known by then: keys that point to them are looked at.
    migrations.import_models()
    tables = {table.name: table for table in map(table_of, subject.rows)}
    for table in tables.values():
        if not table.name.startswith(f"{name}_"):
            return f"{table.name} is not called {name}_…"
        for column in table.columns:
            if inventory.may_point(column) and not inventory.is_declared(column):
                return f"{column} may point to a member and declares no erasure"
    # One that is not listed would be migrated, exported and erased by nobody.
    for known in SQLModel.metadata.tables:
        if known.startswith(f"{name}_") and known not in tables:
            return f"{known} is not among its rows"
    if tables and not migrations.revisions(_branch(name, subject)):
        return "its tables have no migrations"
    return ""


def _problem_of_channel(name: str, kind: ChannelKind) -> str:
    if not NAME.fullmatch(name):
        return UNFIT_NAME
    return "the station has one" if name in NAMED else ""


def _problem_of_paper(name: str, template: Template) -> str:
    return "" if template.path.is_file() else f"no {template.path.name}"


def _routers(subjects: Iterable[Subject]) -> "Iterator[Router]":
    for each in subjects:
        yield from each.routers
