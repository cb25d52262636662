"""`linewright check`: what it prints for people and for machines, and what it ends with."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.plant.language import CODES
from tests.cli.conftest import SMALL, Ran, on_terminal, spawn

Run = Callable[..., Ran]

WRONG = SMALL.replace("48 s", "48 minits").replace("currency: USD", "currency: USDD")
UNUSED = SMALL + "skills: {welding: {}}\n"


def test_a_plant_in_order(plant: Path, run: Run) -> None:
    """A plant without problems is one line that counts what is in it, and ends with 0."""
    ran = run("check", plant)
    contents = "1 site, 1 line, 3 stations, 1 tag, 1 product"
    assert ran == Ran(code=0, out=f"`{plant}` is in order: {contents}\n", err="")


def test_problems_are_lines(plant: Path, run: Run) -> None:
    """Each problem is a line with file, line, column, what, what to do, where and its code."""
    plant.write_text(WRONG, encoding="utf-8")
    ran = run("check", plant)
    currency, unit, last = ran.out.splitlines()
    assert currency.startswith(f"{plant}:6:15: error: there is no currency `USDD`")
    assert currency.endswith(" currency-unknown")
    assert unit.startswith(f"{plant}:13:33: error: there is no unit `minits` (did you mean `min`?)")
    assert "[reno/shop/pump/saw: " in unit
    assert unit.endswith(" unit-unknown")
    assert last == f"`{plant}` has 2 errors"
    assert ran.code == 1


def test_warnings_fail_only_where_asked(plant: Path, run: Run) -> None:
    """A warning ends with 0, and with `--strict` with 1; what is in the plant is told."""
    plant.write_text(UNUSED, encoding="utf-8")
    ran = run("check", plant)
    assert (ran.code, run("check", "--strict", plant).code) == (0, 1)
    assert ran.out.splitlines()[-1].startswith(f"`{plant}` has 1 warning: 1 site, 1 line")


def test_json_is_stable(plant: Path, run: Run) -> None:
    """The JSON has three keys, and each problem all of its own, in the order of the file."""
    plant.write_text(WRONG, encoding="utf-8")
    ran = run("check", "--json", plant)
    report = json.loads(ran.out)
    assert list(report) == ["plant", "ok", "problems"]
    assert (report["plant"], report["ok"], ran.code) == (str(plant), False, 1)
    keys = ["code", "severity", "message", "file", "line", "column", "where", "hint"]
    assert [list(problem) for problem in report["problems"]] == [keys, keys]
    assert [(problem["line"], problem["code"]) for problem in report["problems"]] == [
        (6, "currency-unknown"),
        (13, "unit-unknown"),
    ]
    assert all(problem["code"] in CODES for problem in report["problems"])
    assert ran.out.isascii()


@pytest.mark.parametrize(("strict", "code"), [((), 0), (("--strict",), 1)])
def test_json_says_what_the_code_says(
    strict: tuple[str, ...], code: int, plant: Path, run: Run
) -> None:
    """`ok` is true exactly when the command ends with 0."""
    plant.write_text(UNUSED, encoding="utf-8")
    ran = run("check", "--json", *strict, plant)
    assert json.loads(ran.out)["ok"] is (code == 0)
    assert ran.code == code


@pytest.mark.parametrize(
    "make",
    [
        Path.exists,
        Path.mkdir,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\x00\xff\xfe not text"),
        lambda path: path.write_bytes(b"a: [" * 500),
        lambda path: path.write_text("- a\n- list\n", encoding="utf-8"),
        lambda path: path.symlink_to(path),
        lambda path: path.write_text("&a [*a, *a]\n", encoding="utf-8"),
    ],
    ids=["missing", "folder", "empty", "binary", "deep", "list", "loop", "alias"],
)
def test_whatever_stands_there(make: Callable[[Path], None], tmp_path: Path, run: Run) -> None:
    """Whatever the path leads to, there is a problem with a code, the code 1, and no traceback."""
    path = tmp_path / "plant.yaml"
    make(path)
    ran = run("check", path)
    assert ran.code == 1
    assert ran.out.splitlines()[-2].split()[-1] in CODES
    assert json.loads(run("check", "--json", path).out)["ok"] is False


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """A file name that is not UTF-8 is told as far as it can be."""
    path = bytes(tmp_path) + b"/caf\xe9.yaml"
    Path(path.decode("utf-8", "surrogateescape")).write_text("a: 1\n", encoding="utf-8")
    for words in (("check",), ("check", "--json"), ("show",), ("fmt",)):
        ran = spawn(*words, path.decode("utf-8", "surrogateescape"))
        assert ran.code in (1, 2)
        assert "caf" in ran.out + ran.err


def test_a_plant_cannot_steer_the_terminal(plant: Path, run: Run) -> None:
    """Control characters in a file are spelled out, not sent."""
    plant.write_text(SMALL.replace("label: Fr", r'label: "\e[2J\a\u202e", lable: "Fr'), "utf-8")
    evil = SMALL.replace("{cut: 48 s}", r'{cut: "\e]0;owned\a"}')
    plant.write_text(evil, encoding="utf-8")
    out = run("check", plant).out
    assert "\x1b" not in out
    assert "\\x1b]0;owned\\x07" in out


def test_excerpts_on_a_terminal(plant: Path) -> None:
    """On a terminal each problem shows its line and a mark under the column."""
    plant.write_text(WRONG, encoding="utf-8")
    lines = on_terminal("check", plant, NO_COLOR="1", columns=100).out.splitlines()
    at = next(index for index, line in enumerate(lines) if "saw: {does" in line)
    assert lines[at + 1].strip() == "^"
    assert lines[at][lines[at + 1].index("^") :].startswith("48 minits")
    narrow = on_terminal("check", plant, NO_COLOR="1", columns=40).out.splitlines()
    shown = next(line for line in narrow if "48 min" in line and "error" not in line)
    assert len(shown) <= 40


def test_a_password_is_not_shown(plant: Path) -> None:
    """The line of a password that stands in the file is not repeated on the terminal."""
    connect = "connect: {opcua: 'opc.tcp://1.2.3.4', password: hunter2}"
    plant.write_text(SMALL.replace("label: Fräse 铣床", connect), encoding="utf-8")
    out = on_terminal("check", plant).out
    assert "password-inline" in out
    assert "hunter2" not in out
