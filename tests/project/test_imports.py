"""What the tests share stands in modules of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]


def _imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, and the names that it takes from them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{each.name}" for each in node.names)


def test_no_file_imports_from_a_file_of_tests() -> None:
    found = {
        (str(path.relative_to(TESTS)), name)
        for path in TESTS.rglob("*.py")
        for name in _imported(path)
        if any(part.startswith("test_") for part in name.split(".")) and name.startswith("tests.")
    }
    assert found == set()


def test_no_file_of_tests_takes_private_names_from_another() -> None:
    found = {
        (str(path.relative_to(TESTS)), name)
        for path in TESTS.rglob("*.py")
        for name in _imported(path)
        if name.startswith("tests.") and any(part.startswith("_") for part in name.split("."))
    }
    assert found == set()
