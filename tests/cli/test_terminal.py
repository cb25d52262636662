"""What is safe to print, and how wide it is."""

import json

import pytest

from linewright.cli.terminal import as_json, example, joined, safe, width_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Fräse 铣床 é", "Fräse 铣床 é"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\x7f", "a\\nb\\tc\\x7f"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("caf\udce9", "caf\\udce9"),
        ("\u2028", "\\u2028"),
        ("", ""),
    ],
)
def test_control_characters_are_spelled_out(text: str, shown: str) -> None:
    """Letters of every script stay; what steers a terminal or turns text does not."""
    assert safe(text) == shown


def test_widths() -> None:
    """Wide characters take two columns, combining ones none."""
    assert [width_of(text) for text in ("saw", "铣床", "e\u0301", "")] == [3, 4, 1, 0]


def test_json_is_ascii() -> None:
    """JSON has the same bytes on every machine, also for a name that is no text."""
    text = as_json({"name": "Fräse", "odd": "\udce9"})
    assert text.isascii()
    assert json.loads(text) == {"name": "Fräse", "odd": "\udce9"}


def test_small_words() -> None:
    """Lists leave out what is empty; one example is not called several."""
    assert joined(["a", "", "b"]) == "a, b"
    assert "Example:\n" in example("x")
    assert "Examples:\n" in example("x", "y")
