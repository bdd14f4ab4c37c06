"""Settings that come as variables: of the environment, of ``.env``, of files with secrets.

``YIZHAN_TELEGRAM__NANHAI__TOKEN`` is ``token`` in ``[telegram.nanhai]``, and
``YIZHAN_TELEGRAM__NANHAI__TOKEN_FILE`` the path of a file that holds it. Files in systemd's folder
of credentials that are called as variables are read as these.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

PREFIX = "YIZHAN_"
BETWEEN = "__"
IN_A_FILE = "_FILE"
CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""The variable by which systemd tells a service where its credentials are."""

OF_THE_TESTS = f"{PREFIX}TEST_"


class Misconfigured(Exception):
    """A setting is wrong; the message is one sentence for the operator and holds no value."""


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of a variable; ``place`` names, for a sentence, where it was found."""

    value: str
    place: str

    def read(self) -> "Variable":
        """The same with what stands in the file that its value names."""
        return Variable(secret(self.value, self.place), self.place)


def gathered(folder: Path) -> dict[str, Variable]:
    """The variables by name in upper case, without ``_FILE``; ``folder`` is that of ``.env``.

    The environment goes before ``.env``, and both before the credentials. Raises Misconfigured.
    """
    found: dict[str, Variable] = {}
    for source in (_credentials(), _dotenv(folder / ".env"), _environment()):
        given: dict[str, Variable] = {}
        for written, variable in source:
            name = written.upper().removesuffix(IN_A_FILE)
            if name in given:
                raise Misconfigured(f"{variable.place}: {name} is given twice, also by a file.")
            by_file = name != written.upper()
            given[name] = variable.read() if by_file else variable
        found |= given
    return found


def secret(path: str, place: str) -> str:
    """What stands in a file, without the end of its line; ``place`` names the file's setting."""
    try:
        value = Path(path).read_text("utf-8").rstrip("\r\n")
    except OSError as problem:
        raise Misconfigured(f"{place}: {path} cannot be read: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise Misconfigured(f"{place}: {path} is not UTF-8 text.") from problem
    if not value:
        raise Misconfigured(f"{place}: {path} is empty.")
    return value


def _ours(given: Mapping[str, str | None], place: str) -> Iterator[tuple[str, Variable]]:
    for name, value in sorted(given.items()):
        if name.upper().startswith(PREFIX) and not name.startswith(OF_THE_TESTS):
            yield name, Variable(value or "", f"{place} {name}")


def _environment() -> Iterator[tuple[str, Variable]]:
    return _ours(os.environ, "environment variable")


def _dotenv(path: Path) -> Iterator[tuple[str, Variable]]:
    if not path.is_file():
        return iter(())
    try:
        # A password may hold a $, so nothing is put in for it.
        return _ours(dotenv_values(path, interpolate=False), f"{path}:")
    except OSError as problem:
        raise Misconfigured(f"{path}: cannot be read: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise Misconfigured(f"{path}: is not UTF-8 text.") from problem


def _credentials() -> Iterator[tuple[str, Variable]]:
    folder = os.environ.get(CREDENTIALS, "")
    if not folder:
        return
    for path in sorted(Path(folder).glob(f"{PREFIX}*")):
        yield path.name, Variable(secret(str(path), "credential"), f"credential {path.name}")
