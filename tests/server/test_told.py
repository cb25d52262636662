"""What the supervisor tells, as a line."""

import pytest

from linewright.server import SERVICES
from linewright.server.up.told import DOES, Told

WORDS_MAX = 5


def test_each_service_says_what_it_does() -> None:
    """Every service, the bus and the past are told in five words at most."""
    assert set(DOES) == {*SERVICES, "bus", "past"}
    assert all(len(words.split()) <= WORDS_MAX for words in DOES.values())


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (Told(name="bus", state="stopped"), "bus      stopped"),
        (
            Told(name="query", state="started", pid=7, restarts=2),
            "query    started  answers SQL over the history, pid 7, restarts 2",
        ),
        (
            Told(name="live", state="waiting", words="killed by SIGKILL; again in 0.2 s"),
            "live     waiting  killed by SIGKILL; again in 0.2 s",
        ),
        (
            Told(name="mqtt", state="mqtt://127.0.0.1:1, user and password in a/device.json"),
            "mqtt     mqtt://127.0.0.1:1, user and password in a/device.json",
        ),
        (
            Told(name="page", state="http://127.0.0.1:1/#key=k"),
            "page     http://127.0.0.1:1/#key=k",
        ),
    ],
)
def test_a_line_of_each_state(told: Told, line: str) -> None:
    """A line begins with the name and the state; what is not known is left out."""
    assert str(told) == line
