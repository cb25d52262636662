"""What the NATS server refused: each told once a minute, with what to do, within bounds."""

from pathlib import Path

import msgspec
import pytest

from linewright.server.up.refusals import AGAIN_S, LINES_MAX, REFUSALS_KEPT, Refusals

DATA = Path("data")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the server says that it refused."""

    t_ns: int
    account: str
    who: str
    what: str
    topic: str


def made(what: str = "publish", topic: str = "cells/x", **more: str) -> Seen:
    """A refusal of a device."""
    who, account = more.get("who", "press-1"), more.get("account", "DEVICES")
    return Seen(t_ns=7, account=account, who=who, what=what, topic=topic)


@pytest.mark.parametrize(
    ("violation", "words"),
    [
        (made(), "device press-1 may not publish on cells/x: declare it"),
        (made("subscribe", "#"), "device press-1 may not read #: declare it"),
        (made("topic", ""), "device press-1 was cut off for a topic with a space"),
        (made("login", "device"), "give it mqtt_user and mqtt_password of data/bus/device.json"),
        (made("store", "samples-reno", account="LW", who=""), "see whether the disk is full"),
        (made("publish", "lw.x", account="LW", who="live"), "the service live may not publish on"),
        (made("publish", "lw.x", account="LW", who="person"), "the user person may not publish on"),
        (made("publish", "lw.x", account="LW", who="person"), "it only reads and asks"),
        (made(who="a\nb" + "c" * 200), "device a?b" + "c" * 97 + "... may not"),
    ],
)
def test_each_kind_has_words_and_a_remedy(violation: Seen, words: str) -> None:
    """A line says who tried what, and what to do; foreign names are bounded and on one line."""
    (line,) = Refusals(DATA).look([violation], now_s=0.0)
    assert words in line
    assert "\n" not in line


def test_each_user_and_topic_is_told_once_a_minute() -> None:
    """What repeats itself is counted and told again a minute later; another topic is told now."""
    refusals = Refusals(DATA)
    assert len(refusals.look([made()] * 50, now_s=0.0)) == 1
    assert len(refusals.look([made(), made(topic="cells/y")], now_s=2.0)) == 1
    assert refusals.look([made()], now_s=AGAIN_S - 1) == ()
    assert len(refusals.look([made()], now_s=AGAIN_S)) == 1
    assert [(each.topic, each.count) for each in refusals.kept] == [("cells/y", 1), ("cells/x", 53)]


def test_a_flood_is_bounded() -> None:
    """Of very many topics a few are told and the others counted; the newest are kept."""
    refusals = Refusals(DATA)
    flood = [made(topic=f"cells/{n}") for n in range(1000)]
    lines = refusals.look(flood, now_s=0.0)
    assert len(lines) == LINES_MAX + 1
    assert lines[-1].startswith("990 further refusals")
    assert refusals.look(flood, now_s=2.0) == ()
    assert [each.topic for each in refusals.kept] == [
        f"cells/{n}" for n in range(1000 - REFUSALS_KEPT, 1000)
    ]
