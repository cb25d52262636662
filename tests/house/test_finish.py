"""The rules on finished work and frozen data, each against a planted breach."""

from pathlib import Path

import pytest

from tests.house.planting import planted, told
from tools.house.finish import contents, frozen, silenced, unfinished
from tools.house.tree import SRC, syntax

FILE = f"{SRC}/twin/a.py"


def test_no_folder_is_empty(tmp_path: Path) -> None:
    """A folder without files, with a bare face or with data only is found; a full one is not."""
    (tmp_path / SRC / "quality").mkdir(parents=True)
    files = {
        FILE: "def f():\n    return 1\n",
        f"{SRC}/live/__init__.py": '"""Much."""\nfrom json import loads\n__all__ = ["loads"]\n',
        f"{SRC}/live/inner/notes.txt": "later\n",
        f"{SRC}/plant/language/names.py": "NAMES = 1\n",
    }
    assert told(contents(planted(tmp_path, files))) == [
        "live/inner:1 the folder holds no code",
        "live:1 the folder holds no code",
        "quality:1 the folder holds no code",
    ]


@pytest.mark.parametrize(
    "body",
    ["pass", "...", '"""Later."""', "raise NotImplementedError", 'raise NotImplementedError("x")'],
)
def test_bodies_that_are_left_out_are_found(tmp_path: Path, body: str) -> None:
    """A function without a body of its own is found, in whatever way it is left out."""
    tree = planted(tmp_path, {FILE: f"class A:\n    def f(self):\n        {body}\n"})
    assert told(unfinished(tree)) == ["twin/a.py:2 `A.f` has no body"]


def test_declarations_need_no_body(tmp_path: Path) -> None:
    """Protocols, overloads and abstract methods are declared without a body on purpose."""
    text = (
        "class P(Protocol[T]):\n    def f(self) -> int: ...\n"
        "class A(ABC):\n    @abc.abstractmethod\n    def f(self) -> int: ...\n"
        "@overload\ndef g(x: int) -> int: ...\ndef g(x):\n    return x\n"
    )
    assert unfinished(planted(tmp_path, {FILE: text})) == []


@pytest.mark.parametrize("mark", ["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"])
def test_open_marks_are_found(tmp_path: Path, mark: str) -> None:
    """A comment that says something is still to be done is found."""
    tree = planted(tmp_path, {FILE: f"x = 1  # {mark}: think\n"})
    assert told(unfinished(tree)) == [f"twin/a.py:1 mark `{mark}`"]


def test_silenced_checks_name_code_and_reason(tmp_path: Path) -> None:
    """Silence without a code or without a reason is found; a comment above counts as reason."""
    no, ignore = "# no" + "qa", "# type: ig" + "nore"
    lines = [
        f"a = 1  {no}: E501 - a published table",
        f"b = 1  {ignore}[arg-type]  # the stubs are wrong",
        "# The name is the field's own.",
        f"c = 1  {no}: N806",
        "",
        f"d = 1  {no}",
        f"e = 1  {no}: E501",
        f"f = 1  {ignore}",
        f"g = 1  {ignore}[arg-type]",
    ]
    found = silenced(planted(tmp_path, {FILE: "\n".join(lines)}))
    assert [(f.line, f.what) for f in found] == [
        (6, "names no code"),
        (7, "gives no reason"),
        (8, "names no code"),
        (9, "gives no reason"),
    ]


def test_data_is_frozen(tmp_path: Path) -> None:
    """A struct that is not frozen, or wide and positional, is found; so are dataclasses."""
    wide = "    a: int\n    b: int\n    c: int\n    d: int\n"
    text = (
        "import dataclasses\nimport msgspec\nfrom msgspec import Struct as S\n"
        "class Soft(msgspec.Struct):\n    a: int\n"
        "class Pair(S, frozen=True):\n    K: ClassVar[int]\n    a: int\n    b: int\n    c: int\n"
        f"class Wide(S, frozen=True):\n{wide}"
        f"class Good(S, frozen=True, kw_only=True):\n{wide}"
        "class Thawed(Good, frozen=False):\n    e: int\n"
        "@dataclasses.dataclass\nclass D: ...\n"
    )
    assert told(frozen(planted(tmp_path, {FILE: text}))) == [
        "twin/a.py:11 `Wide` is not kw_only=True",
        "twin/a.py:21 `Thawed` is not frozen=True",
        "twin/a.py:23 `dataclasses.dataclass`: data is msgspec.Struct (docs/decisions/0002)",
        "twin/a.py:4 `Soft` is not frozen=True",
    ]


def test_a_file_that_does_not_parse_is_found(tmp_path: Path) -> None:
    """No rule can see into a file that does not parse, so that is a finding of its own."""
    found = syntax(planted(tmp_path, {FILE: "x = 1\ndef f(:\n"}))
    assert [(f.path, f.line, f.rule) for f in found] == [(FILE, 2, "syntax")]
