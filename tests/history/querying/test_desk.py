"""The desk: pieces on demand, at most two queries, and none without a reader."""

import functools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from linewright.history.querying.desk import IDLE_S, Desk, Reply
from linewright.history.querying.engine import Bounds
from linewright.history.querying.tables import layout_of
from tests.history.querying.made import ROWS
from tests.history.querying.test_worker import CROSS


class Clock:
    """A clock that a test sets."""

    now_s = 0.0

    def __call__(self) -> float:
        """The time that was set, a little later at each look."""
        self.now_s += 0.001
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """The clock of the desk."""
    return Clock()


@pytest.fixture
def desk(history: Path, clock: Clock) -> Iterator[Desk]:
    """A desk with two rows a query more than there are."""
    layout = functools.partial(layout_of, history)
    made = Desk(layout, history / "spills", clock, Bounds(rows=ROWS + 2))
    yield made
    made.close()


def _asked(desk: Desk, question: str, **request: str) -> tuple[Reply, bytes]:
    head, _, data = desk.answer(question, msgspec.json.encode(request)).partition(b"\n")
    return msgspec.json.decode(head, type=Reply), data


def test_an_answer_is_asked_piece_by_piece(desk: Desk) -> None:
    """Asking on gives every row once; then there is no such query any more."""
    head, data = _asked(desk, "sql", sql="SELECT n FROM samples ORDER BY n")
    rows: list[dict[str, int]] = []
    while head.more:
        rows += pa.ipc.open_stream(data).read_all().to_pylist() if data else []
        head, data = _asked(desk, "next", id=head.id)
    assert [row["n"] for row in rows] == list(range(ROWS))
    assert head.failure is None
    failure = _asked(desk, "next", id=head.id)[0].failure
    assert failure is not None
    assert "no such query any more" in failure.what


def test_two_queries_at_once(desk: Desk) -> None:
    """A third one is refused until one of the two is cancelled."""
    first = _asked(desk, "sql", sql=CROSS)[0]
    assert first.more
    assert _asked(desk, "sql", sql=CROSS)[0].more
    failure = _asked(desk, "sql", sql="SELECT 1")[0].failure
    assert failure is not None
    assert failure.what == "2 queries run already"
    assert _asked(desk, "cancel", id=first.id)[0].failure is None
    assert _asked(desk, "sql", sql="SELECT 1")[0].failure is None


def test_a_query_without_a_reader_is_ended(desk: Desk, clock: Clock) -> None:
    """Whoever does not ask on loses the query, and leaves the place to others."""
    _asked(desk, "sql", sql=CROSS)
    clock.now_s += IDLE_S - 1.0
    assert desk.forget_idle() == 0
    clock.now_s += 2.0
    assert desk.forget_idle() == 1
    assert desk.forget_idle() == 0


def test_time_is_bounded(desk: Desk, clock: Clock) -> None:
    """Only waiting for the query counts: thirty seconds of it, and the query is ended."""
    head = _asked(desk, "sql", sql=CROSS)[0]
    clock.now_s += 29.0
    head = _asked(desk, "next", id=head.id)[0]
    assert head.more, "its reader was away, the query was not"
    desk._open[head.id].used_s = 30.0  # half a minute passes
    failure = _asked(desk, "next", id=head.id)[0].failure
    assert failure is not None
    assert "took longer than 30 s" in failure.what


def test_a_cut_answer_says_so(desk: Desk) -> None:
    """More rows than a query may give: the last piece says it, and nothing is asked on."""
    head, data = _asked(desk, "sql", sql="FROM range(1000)")
    while head.more and not data:
        head, data = _asked(desk, "next", id=head.id)
    assert (head.cut, head.more, head.rows) == (True, False, ROWS + 2)


@pytest.mark.parametrize("request_", [b"", b"7", b'{"sql": 7}', b'{"query": "x"}', b"\xff"])
@pytest.mark.parametrize("question", ["sql", "next", "cancel"])
def test_a_question_that_cannot_be_read(question: str, request_: bytes, desk: Desk) -> None:
    """Whatever is asked gets an answer that says what is wrong."""
    head = msgspec.json.decode(desk.answer(question, request_).partition(b"\n")[0], type=Reply)
    assert head.failure is not None
    assert "cannot be read" in head.failure.what
