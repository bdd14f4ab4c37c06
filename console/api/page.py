"""The description as a page that people read: server-rendered, without scripts."""

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup, escape
from starlette.responses import Response

from bot.conversation.language import Reader
from bot.conversation.messages import Sayable, say
from console.answers import rendered
from models.rules.languages import Translated

NAME_AT = "#/components/schemas/"


def shown(described: Mapping[str, Any], station: Translated, reader: Reader) -> Response:
    """The page for a reader; what is described is told as it stands, in English."""
    title: Sayable = say("For programs")
    schemas = described["components"]["schemas"]
    facts = {
        "station": station,
        "info": described["info"],
        "url": described["servers"][0]["url"],
        "tags": [(tag, [*_operations(described, tag["name"])]) for tag in described["tags"]],
        "schemas": [
            (name, each, [*_fields(each)], each.get("enum")) for name, each in schemas.items()
        ],
        "coded": _coded,
    }
    return rendered("api.html", title, reader, facts).response()


def _coded(text: str) -> Markup:
    """Words of the description, with what stands between backticks as code."""
    parts = [escape(each) for each in text.split("`")]
    return Markup("").join(
        Markup("<code>{}</code>").format(each) if number % 2 else each
        for number, each in enumerate(parts)
    )


def _operations(described: Mapping[str, Any], tag: str) -> Iterator[tuple[str, str, Any, str, str]]:
    """Method, path, operation, and the names of the schemas that are sent and answered."""
    for path, methods in described["paths"].items():
        for method, each in methods.items():
            if tag not in each["tags"]:
                continue
            body = each.get("requestBody", {}).get("content", {}).get("application/json", {})
            fine = next(
                each["responses"][status]
                for status in ("200", "201")
                if status in each["responses"]
            )
            answered = fine["content"]["application/json"]
            yield method.upper(), path, each, _reference(body), _reference(answered)


def _reference(schema: Mapping[str, Any]) -> str:
    """The name of the schema that this one refers to; empty without."""
    found = schema.get("schema", schema).get("$ref", "")
    return str(found).removeprefix(NAME_AT)


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Name, kind, name of the schema behind it, and what is said of each field."""
    for name, each in schema.get("properties", {}).items():
        kind, behind = _kind(each)
        yield name, kind, behind, each.get("description", "")


def _kind(schema: Mapping[str, Any]) -> tuple[str, str]:
    if "anyOf" in schema:
        kinds = [_kind(each) for each in schema["anyOf"]]
        return " | ".join(kind for kind, _behind in kinds), next(
            (behind for _kind_, behind in kinds if behind), ""
        )
    if "$ref" in schema:
        name = _reference(schema)
        return name, name
    if schema.get("type") == "array":
        kind, behind = _kind(schema.get("items", {}))
        return f"[{kind}]", behind
    said = str(schema.get("type", "any"))
    return (f"{said} ({schema['format']})" if "format" in schema else said), ""
