"""The log of refusals: each told once, over a change of files, and never more than a bound."""

from pathlib import Path

import pytest

from linewright.bus.permissions import nats_subjects
from linewright.bus.serving.violations import VIOLATIONS_MAX, ViolationLog, topic_of

DEVICE = (
    '[7] 2026/11/22 10:42:37.305811 [ERR] 127.0.0.1:51675 - mid:31 - "press 1" - '
    'Publish Violation - Subject "forbidden.x"\n'
)
SERVICE = (
    '[7] 2026/11/22 10:42:38.000001 [ERR] 127.0.0.1:33671 - cid:7 - "v2:py:a" - "LW/user:live" - '
    'Subscription Violation - Subject "lw.>", SID 4\n'
)
SPACE = (
    '[7] 2026/11/22 10:42:39.5 [ERR] 127.0.0.1:45861 - mid:34 - "d" - '
    "character not supported for MQTT topics\n"
)
LOGIN = (
    '[7] 2026/11/22 12:40:30.588716 [ERR] 127.0.0.1:45307 - mid:40 - "d9" - '
    'authentication error - User "device"\n'
    '[7] 2026/11/22 12:40:30.588748 [ERR] 127.0.0.1:45307 - mid:40 - "d9" - '
    "unable to connect: authentication error\n"
)
FULL = (
    "[7] 2026/11/22 11:07:42.839569 [ERR] JetStream failed to store a msg on stream "
    "'LW > samples-nogales': write /d/msgs/8.blk: no space left on device\n"
)
OTHER = "[7] 2026/11/22 10:42:40.000000 [INF] Server is ready\n"


def test_each_kind_is_read(tmp_path: Path) -> None:
    """Who, what, where and when of a device, of a service, and of a name that is none."""
    (tmp_path / "log").write_text(DEVICE)
    log = ViolationLog(tmp_path / "log")
    assert log.look() == []
    with (tmp_path / "log").open("a") as file:
        file.write(DEVICE + OTHER + "half a line\n" + SERVICE + SPACE)
    one, other, space = log.look()
    assert (one.account, one.who, one.what, one.subject) == (
        "DEVICES",
        "press 1",
        "publish",
        "forbidden.x",
    )
    assert one.t_ns == 1_795_344_157_305_811_000
    assert (other.account, other.who) == ("LW", "live")
    assert (other.what, other.subject) == ("subscribe", "lw.>")
    assert (space.who, space.what, space.subject) == ("d", "topic", "")
    assert log.look() == []


def test_a_wrong_password_is_read(tmp_path: Path) -> None:
    """A device that is not let in is told once, with its client id and the user that it gave."""
    log = ViolationLog(tmp_path / "log")
    (tmp_path / "log").write_text(LOGIN)
    (found,) = log.look()
    assert (found.account, found.who, found.what) == ("DEVICES", "d9", "login")
    assert found.subject == "device"


@pytest.mark.parametrize("topic", ["a/b", "spBv1.0/plant/NCMD/+", "/a//b/", "cells/x.y/1"])
def test_a_topic_comes_back_from_its_subject(topic: str) -> None:
    """What is told is spelled as the device spells it."""
    (subject,) = nats_subjects(topic)
    assert topic_of(subject) == topic


def test_a_full_disk_is_read(tmp_path: Path) -> None:
    """What could not be stored is told with its stream."""
    log = ViolationLog(tmp_path / "log")
    (tmp_path / "log").write_text(FULL)
    (found,) = log.look()
    assert (found.what, found.account, found.subject) == ("store", "LW", "samples-nogales")


def test_a_new_file_is_followed(tmp_path: Path) -> None:
    """What stood at the end of the old file and at the begin of the new one comes once each."""
    path = tmp_path / "log"
    log = ViolationLog(path)
    path.write_text(DEVICE)
    assert len(log.look()) == 1
    with path.open("a") as file:
        file.write(DEVICE + SERVICE)
    path.rename(tmp_path / "log.2026.11.22")
    path.write_text(SPACE)
    assert [each.what for each in log.look()] == ["publish", "subscribe", "topic"]
    path.unlink()
    assert log.look() == []


def test_half_a_line_is_waited_for(tmp_path: Path) -> None:
    """A line that is being written is read when it is whole."""
    path = tmp_path / "log"
    path.write_text("")
    log = ViolationLog(path)
    path.write_text(DEVICE[:60])
    assert log.look() == []
    path.write_text(DEVICE)
    assert len(log.look()) == 1


def test_a_flood_is_bounded(tmp_path: Path) -> None:
    """Of very many refusals the newest are given, and the others counted."""
    path = tmp_path / "log"
    log = ViolationLog(path)
    path.write_text(DEVICE * 2000 + SPACE)
    found = log.look()
    assert (len(found), found[-1].what, log.passed_over) == (VIOLATIONS_MAX, "topic", 1001)
