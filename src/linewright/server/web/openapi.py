"""The OpenAPI 3.1 document of the route table: what programs read to know the routes."""

import re
from functools import lru_cache
from typing import Any

import msgspec

from linewright.server.web.rows import Param, Row

__all__ = ["document"]

Json = dict[str, Any]

REF = "#/components/schemas/{name}"

REFUSED = "Refused"
"""Name of the schema of what is refused."""

WHY = {
    400: "the request cannot be read; as text where it is no HTTP, or its address is beyond 64 KiB",
    401: "nobody is signed in, or what was given to sign in is wrong",
    403: "the role does not give the permission, or a foreign page asks",
    404: "there is no such thing",
    409: "it is otherwise by now",
    413: "the body is too large",
    422: "a parameter or the body cannot be used",
    429: "too many requests, or too many tries; `Retry-After` says when again",
    503: "a part of the site does not answer now",
}

UNREAD = 400
"""What the HTTP server says by itself, in plain text, before any route is asked."""

FORMS = {"text": "string", "integer": "integer", "yes_no": "boolean"}


class _Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What was refused, and what to do."""

    what: str
    where: str
    to_do: str
    wait_s: float | None = None
    state: Any = None


@lru_cache(maxsize=1)
def document(rows: tuple[Row, ...]) -> Json:
    """Return the document.

    Parameters
    ----------
    rows
        The route table.

    Examples
    --------
    >>> document(())["openapi"]
    '3.1.0'
    """
    types = [kind for row in rows for kind in (row.body, row.answer) if kind is not None]
    schemas, components = msgspec.json.schema_components([*types, _Refused], ref_template=REF)
    of = iter(schemas)
    told: dict[tuple[str, str, str], Json] = {}
    for row in rows:
        for part, kind in (("body", row.body), ("answer", row.answer)):
            if kind is not None:
                told[row.method, row.path, part] = next(of)
    components[REFUSED] = components.pop("_Refused") | {"title": REFUSED}
    paths: dict[str, Json] = {}
    for row in rows:
        body = told.get((row.method, row.path, "body"))
        answer = told.get((row.method, row.path, "answer"))
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, body, answer)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Linewright",
            "version": "1",
            "summary": "What one site of a plant knows and does.",
            "description": "Times are ms since 1970 UTC, durations seconds, shares 0 to 1.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "the local key"},
                "session": {"type": "apiKey", "in": "cookie", "name": "linewright"},
            },
        },
    }


def _operation(row: Row, body: Json | None, answer: Json | None) -> Json:
    found: Json = {
        "operationId": _name(row),
        "summary": row.summary,
        "parameters": [*_ids(row), *(_parameter(param) for param in row.query)],
        "responses": _responses(row, answer),
        "security": [{"key": []}, {"session": []}] if row.permission else [],
        "x-permission": row.permission,
        "x-watch": row.watch,
    }
    if body is not None:
        content = {"application/json": {"schema": body}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _responses(row: Row, answer: Json | None) -> Json:
    content: Json = {row.media: {"schema": answer or {}}}
    if row.media != "application/json":
        content = {row.media: {"schema": {"type": "string"}}}
    said: Json = {"200": {"description": "the answer", "content": content}}
    for status in sorted(_statuses(row)):
        refused: Json = {"application/json": {"schema": {"$ref": REF.format(name=REFUSED)}}}
        if status == UNREAD:
            refused["text/plain"] = {"schema": {"type": "string"}}
        said[str(status)] = {"description": WHY[status], "content": refused}
    return said


def _statuses(row: Row) -> set[int]:
    found = {429, 400, *row.refuses}
    found |= {401, 403} if row.permission else {403, 401}
    found |= {422, 413} if row.body is not None else {422}
    return found


def _parameter(param: Param) -> Json:
    schema: Json = {"type": FORMS[param.kind]}
    if param.kind == "integer":
        schema |= {"minimum": param.low, "maximum": param.high}
    if param.kind == "text":
        schema |= {"maxLength": param.chars}
    if param.choices:
        schema["enum"] = list(param.choices)
    if param.default not in (None, ""):
        schema["default"] = param.default
    found: Json = {
        "name": param.name,
        "in": "query",
        "required": param.needed,
        "description": param.words,
        "schema": schema,
    }
    if param.many > 1:
        found["schema"] = {"type": "array", "maxItems": param.many, "items": schema}
        found |= {"style": "form", "explode": False}
    return found


def _ids(row: Row) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 400},
        }
        for name in re.findall(r"\{(\w+)\}", row.path)
    ]


def _name(row: Row) -> str:
    words = re.findall(r"[a-z_]+", row.path.removeprefix("/api"))
    return "_".join([row.method.lower(), *words])
