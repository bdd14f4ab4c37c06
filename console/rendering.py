"""Templates put into words: whatever a template says is said in the reader's language.

A template writes ``{{ say("Seats") }}``, or a fact that is Sayable, as the chat does. What is said
is escaped, whoever wrote it.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from bot.channels.web.assets import Asset
from bot.conversation.language import Reader, to_text
from bot.conversation.messages import Days, TimeOfDay, When, lines, say, say_n
from models.rules.languages import LanguageName

HERE = Path(__file__).parent


@pass_context
def _said(context: Context, value: Any) -> Any:
    """What ``{{ value }}`` shows, before it is escaped."""
    if isinstance(value, Markup):
        return value
    reader: Reader = context["reader"]
    return to_text(value, reader)


@pass_context
def words(context: Context, value: Any) -> str:
    """The words of a value, for where a template needs them as a string."""
    return str(_said(context, value))


@cache
def static() -> Mapping[str, Asset]:
    """The files that pages load, by name."""
    return {
        path.name: Asset.of(path.read_bytes(), path.suffix)
        for path in sorted((HERE / "static").iterdir())
        if path.suffix in (".css", ".js", ".svg")
    }


def _address(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return f"/console/static/{name}?v={static()[name].tag}"


@cache
def environment() -> Environment:
    """The templates of all pages. Raises jinja2.UndefinedError for a fact that is missing."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_said,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        say=say,
        say_n=say_n,
        lines=lines,
        When=When,
        Days=Days,
        TimeOfDay=TimeOfDay,
        LanguageName=LanguageName,
        static=_address,
        words=words,
    )
    return made


def render(template: str, facts: Mapping[str, Any], part: str = "") -> str:
    """Render a template; only one block of it where it has the ``part`` that is asked for."""
    found = environment().get_template(template)
    if part not in found.blocks:
        return found.render(facts)
    return "".join(found.blocks[part](found.new_context(dict(facts))))
