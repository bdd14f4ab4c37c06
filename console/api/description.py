"""The API's description, OpenAPI 3.1, made of the operations and their schemas."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot import __version__
from bot.conversation.messages import MAX_NUMBER
from console.api.problems import MEDIA_TYPE, Told
from console.api.routing import Nothing, Operation, Subject
from models.rules.network.scopes import Scope

ABOUT = """\
What organizers do in the chat and at the desk, for programs. A token belongs to a member who holds
a role: a program may do what that member may, within the token's scopes, and only while the role
lasts. Organizers make tokens at the desk, under “Programs”.

Moments are told with the offset of the station's time zone and may be sent with any offset. Texts
are told as they were written; `translations` holds them in further languages. Lists are read page
by page: `next` goes into the query as `after`.

What changes something may carry an `Idempotency-Key`: sent again within three days, it is not done
again. What is refused is told as `application/problem+json`, in the language of `Accept-Language`.
"""
REFUSALS = {
    "401": "No token, or one that is unknown or has ended.",
    "403": "The token lacks the scope, or its member the right.",
    "404": "It is not there, or not for this token's member.",
    "409": "As things stand, it cannot be done; `detail` says why.",
    "413": "The body is too long.",
    "415": "The body is no JSON.",
    "422": "What was sent does not fit; `errors` says where.",
    "429": "Too many requests of this token, or of this address without one.",
}
OF_READS = ("401", "403", "404", "422", "429")
OF_WRITES = (*OF_READS, "409", "413", "415")


def described(subjects: Sequence[Subject], url: str) -> dict[str, Any]:
    """The description as JSON holds it; ``url`` is where the API is."""
    operations = [each for subject in subjects for each in subject.operations]
    refs, schemas = _schemas(operations)
    paths: dict[str, Any] = {}
    for subject in subjects:
        for each in subject.operations:
            paths.setdefault(each.path, {})[each.method.lower()] = _operation(subject, each, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yizhan", "version": __version__, "description": ABOUT},
        "servers": [{"url": url}],
        "security": [{"token": []}],
        "tags": [{"name": each.title, "description": each.about} for each in subjects],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Scopes: " + ", ".join(f"`{each}`" for each in Scope) + ".",
                }
            },
            "responses": {
                status: {
                    "description": said,
                    "content": {MEDIA_TYPE: {"schema": refs[Told]}},
                }
                for status, said in REFUSALS.items()
            },
        },
    }


Refs = dict[type[BaseModel], dict[str, Any]]


def _schemas(operations: Sequence[Operation]) -> tuple[Refs, dict[str, Any]]:
    """What answers and bodies look like: a reference to each, and the schemas by name."""
    told = {each.answers for each in operations} | {Told}
    sent = {each.sent for each in operations if each.writes and each.sent is not Nothing}
    made, whole = models_json_schema(
        [
            *((each, "serialization") for each in sorted(told, key=str)),
            *((each, "validation") for each in sorted(sent, key=str)),
        ],
        ref_template="#/components/schemas/{model}",
    )
    return {model: ref for (model, _mode), ref in made.items()}, whole["$defs"]  # type: ignore[misc]


def _operation(subject: Subject, operation: Operation, refs: Refs) -> dict[str, Any]:
    scope = f"Scope: `{operation.scope}`." if operation.scope is not None else "Any token."
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [subject.title],
        "summary": operation.summary,
        "description": f"{operation.about} {scope}".strip(),
        "parameters": [*_path(operation), *_query(operation)],
        "responses": _responses(operation, refs),
    }
    if operation.writes:
        found["parameters"].append(IDEMPOTENCY)
        if operation.sent is not Nothing:
            content = {"application/json": {"schema": refs[operation.sent]}}
            found["requestBody"] = {"required": True, "content": content}
    if operation.scope is not None:
        found["x-scope"] = str(operation.scope)
    return found


IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A name of this request's own: sent again, it is not done again.",
    "schema": {"type": "string", "maxLength": 100, "pattern": "^[!-~]*$"},
}


def _path(operation: Operation) -> list[dict[str, Any]]:
    schema = {"type": "integer", "minimum": 1, "maximum": MAX_NUMBER}
    return [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name in operation.numbers
    ]


def _query(operation: Operation) -> list[dict[str, Any]]:
    if operation.writes:
        return []
    schema = operation.sent.model_json_schema()
    kinds = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": each.get("description", ""),
            "schema": _plain(each, kinds),
        }
        for name, each in schema.get("properties", {}).items()
    ]


def _plain(schema: dict[str, Any], kinds: dict[str, Any]) -> dict[str, Any]:
    """The schema of a word in a query: what is left out is no word, so null is none."""
    options = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    found = {**schema, **(options[0] if options else {})}
    if "$ref" in found:
        found |= kinds[found["$ref"].rpartition("/")[2]]
    left_out = ("anyOf", "$ref", "title", "description")
    kept = {name: said for name, said in found.items() if name not in left_out}
    if kept.get("default", "") is None:
        del kept["default"]
    return kept


def _responses(operation: Operation, refs: Refs) -> dict[str, Any]:
    content = {"application/json": {"schema": refs[operation.answers]}}
    fine: dict[str, Any] = {"description": "Done." if operation.writes else "Found."}
    fine["content"] = content
    found: dict[str, Any] = {str(operation.status): fine}
    if operation.writes:
        if operation.status == 201:
            where = {"schema": {"type": "string"}, "description": "Where it is."}
            fine["headers"] = {"Location": where}
    else:
        tag = {"schema": {"type": "string"}, "description": "Goes into If-None-Match."}
        fine["headers"] = {"ETag": tag}
        found["304"] = {"description": "It is as the program has it."}
    for status in OF_WRITES if operation.writes else OF_READS:
        found[status] = {"$ref": f"#/components/responses/{status}"}
    return found
