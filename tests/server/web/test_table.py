"""The table: every row is tried with every role, and says no by its permission alone."""

import asyncio
import re
from pathlib import Path

import pytest

from linewright.bus import NatsServer
from linewright.plant.records import Role
from linewright.server.signing import PERMISSIONS, may
from linewright.server.web import ROWS, Param, Row
from tests.server.scenes import page_of
from tests.server.web.calling import Caller

ENDS = {"POST /api/sign-out"}
"""Rows that are not tried: they end the session that tries."""


def _value(param: Param) -> str:
    """A value that a parameter takes."""
    if param.kind == "integer":
        return str({"from_ms": 1_795_447_800_000, "until_ms": 1_795_451_400_000}.get(param.name, 1))
    return {"address": "none/of/ours", "tag": "none/of/ours#x"}.get(param.name, "x")


def _asked(row: Row) -> str:
    query = "&".join(f"{p.name}={_value(p)}" for p in row.query if p.needed)
    path = re.sub(r"\{\w+\}", "a" * 26, row.path)
    return f"{path}?{query}".replace("#", "%23")


@pytest.mark.parametrize("role", list(Role))
def test_each_row_asks_for_its_permission(role: Role, nats: NatsServer, tmp_path: Path) -> None:
    """With each role each row is 403 exactly where the matrix says no, and never a mistake."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role=role.value) as page:
            caller = Caller(page.url, page.key)
            for row in ROWS:
                name = f"{row.method} {row.path}"
                if name in ENDS or row.media == "text/event-stream":
                    continue
                body = b"{}" if row.body is not None else None
                status = (await caller.ask(_asked(row), row.method, body)).status
                allowed = not row.permission or may({"*": role}, row.permission, "*")
                assert (status != 403) is allowed, (name, status)
                assert status not in {401, 405, 429, 500} or not row.permission, (name, status)

    asyncio.run(scene())


def test_without_anybody_only_the_open_rows_answer(nats: NatsServer, tmp_path: Path) -> None:
    """Whoever is not signed in gets 401 from each row that has a permission."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            caller = Caller(page.url)
            for row in ROWS:
                if row.permission:
                    status = (await caller.ask(_asked(row), row.method, b"{}")).status
                    assert status == 401, (row.method, row.path, status)

    asyncio.run(scene())


def test_every_permission_is_one_of_the_table() -> None:
    """A row names a permission that there is, and every permission but two is used by a row.

    `shelve` and `suppress` are asked for by an act on an alarm, `query` and `correct_parts` by
    nothing yet.
    """
    words = {row.permission for row in ROWS} - {""}
    assert words <= set(PERMISSIONS)
    assert set(PERMISSIONS) - words <= {"shelve", "suppress", "query", "correct_parts"}


def test_only_what_is_open_is_open() -> None:
    """The rows that need nobody are those of signing in, and nothing that tells of the plant."""
    opened = {f"{row.method} {row.path}" for row in ROWS if not row.permission}
    assert opened == {
        "GET /api/session", "POST /api/sign-in", "POST /api/first", "POST /api/link",
        "POST /api/key", "POST /api/sign-out", "GET /api/oidc", "GET /api/oidc/back",
        "GET /api/openapi.json", "GET /ca.crt",
    }  # fmt: skip


def test_what_changes_cannot_be_watched() -> None:
    """Only a GET is watched, and bodies refuse fields that nobody knows."""
    for row in ROWS:
        assert row.watch == "none" or row.method == "GET", row.path
        if row.body is not None:
            assert row.body.__struct_config__.forbid_unknown_fields, row.path
