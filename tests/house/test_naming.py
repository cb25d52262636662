"""The rules on names, each against a planted breach."""

from pathlib import Path

import pytest

from tests.house.planting import planted, told
from tools.house.naming import names, units
from tools.house.tree import SRC


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (f"{SRC}/twin/" + "utils.py", "x = 1"),
        (f"{SRC}/twin/" + "common/a.py", "x = 1"),
        (f"{SRC}/twin/a.py", "class Alarm" + "Manager: ..."),
        (f"{SRC}/twin/a.py", "class OPCUA" + "Handler: ..."),
        (f"{SRC}/twin/a.py", "def f():\n    def inner_" + "helper(): ..."),
        (f"{SRC}/twin/a.py", "class A:\n    async def pre_" + "processor(self): ..."),
        ("tools/a.py", "def text_" + "util(): ..."),
        ("tests/twin/" + "helpers.py", "x = 1"),
    ],
)
def test_words_that_say_nothing_are_found(tmp_path: Path, path: str, text: str) -> None:
    """Modules, folders, classes, functions and methods with a banned word are found."""
    found = names(planted(tmp_path, {path: text + "\n"}))
    assert [(f.path, f.rule) for f in found] == [(path, "names")]


def test_whole_words_only(tmp_path: Path) -> None:
    """A name that only contains the letters of a banned word is in order."""
    text = "class Handle: ...\ndef process(): ...\ndef utility_rate(): ...\ndef manage(): ...\n"
    assert names(planted(tmp_path, {f"{SRC}/twin/handling.py": text})) == []


def test_times_carry_their_unit(tmp_path: Path) -> None:
    """A number that is a time without a unit is found, as parameter and as field."""
    text = (
        "def f(timeout: float, delay_s: float, latency: 'Duration', interval=1): ...\n"
        "class A(Struct):\n    max_delay: int | None\n    uptime: str\n    wait_s: float\n"
    )
    assert told(units(planted(tmp_path, {f"{SRC}/twin/a.py": text}))) == [
        "twin/a.py:1 `timeout` has no unit; write it last, as in `timeout_s`",
        "twin/a.py:3 `max_delay` has no unit; write it last, as in `max_delay_s`",
    ]
