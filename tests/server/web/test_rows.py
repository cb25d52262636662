"""A row reads its query: everything that cannot be used is refused before it is used."""

import asyncio
from typing import Any

import msgspec
import pytest

from linewright.server.desk import Refusal
from linewright.server.web.rows import Param, Row, answer_of, query_of

ROW = Row(
    method="GET", path="/api/x", permission="see", summary="", answers=repr,
    query=(
        Param(name="address", needed=True),
        Param(name="limit", kind="integer", low=1, high=9, default=5),
        Param(name="waiting", kind="yes_no", default=False),
        Param(name="by", default="count", choices=("count", "money")),
        Param(name="tags", many=3),
    ),
)  # fmt: skip


def test_what_is_left_out_has_its_default() -> None:
    """Only what is needed must be given; the rest is as the row says."""
    found = query_of(ROW, [("address", "a/b")])
    assert found == {"address": "a/b", "limit": 5, "waiting": False, "by": "count", "tags": ()}


def test_values_are_read_as_they_are_meant() -> None:
    """Numbers are numbers, yes is yes, and a list comes by commas or by repeating."""
    given = [("address", "a"), ("limit", "9"), ("waiting", "true"), ("tags", "p,q"), ("tags", "q")]
    found = query_of(ROW, given)
    assert (found["limit"], found["waiting"], found["tags"]) == (9, True, ("p", "q"))


@pytest.mark.parametrize(
    "given",
    [
        [],
        [("address", "a"), ("address", "b")],
        [("address", "a\x00b")],
        [("address", "a" * 401)],
        [("address", "a"), ("limit", "0")],
        [("address", "a"), ("limit", "10")],
        [("address", "a"), ("limit", "٣")],
        [("address", "a"), ("limit", "1e1")],
        [("address", "a"), ("limit", "9" * 5000)],
        [("address", "a"), ("limit", "")],
        [("address", "a"), ("waiting", "1")],
        [("address", "a"), ("by", "size")],
        [("address", "a"), ("tags", "1,2,3,4")],
        [("address", "a"), ("adress", "b")],
    ],
)
def test_what_cannot_be_used_is_refused(given: list[tuple[str, str]]) -> None:
    """Missing, repeated, unprintable, too long, out of bounds, misspelled: 422, and what to do."""
    with pytest.raises(Refusal) as refused:
        query_of(ROW, given)
    assert refused.value.status == 422
    assert refused.value.where.startswith("/api/x?")
    assert refused.value.to_do


def test_the_nearest_name_is_told() -> None:
    """A misspelled parameter is answered with the one that is meant."""
    with pytest.raises(Refusal, match="did you mean `address`"):
        query_of(ROW, [("adress", "b")])


def test_an_answer_is_waited_for_or_not() -> None:
    """A function of the table may give its answer at once, or something to wait for."""

    async def later(asked: Any) -> int:  # noqa: ANN401  # not looked at
        del asked
        return 2

    def now(asked: Any) -> int:  # noqa: ANN401  # not looked at
        del asked
        return 1

    row = Row(method="GET", path="/", permission="", summary="", answers=now)

    async def both() -> list[int]:
        asked: Any = None
        rows = [row, msgspec.structs.replace(row, answers=later)]
        return [await answer_of(each, asked) for each in rows]

    assert asyncio.run(both()) == [1, 2]
