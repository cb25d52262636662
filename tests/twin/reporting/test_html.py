"""Markup that text cannot leave."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from linewright.twin.reporting.html import Html, data_island, document, fragment, safe_text, tag


class Tags(HTMLParser):
    """The elements that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.seen.append((tag, dict(attrs)))


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return the elements of a text with their attributes."""
    parser = Tags()
    parser.feed(text)
    return parser.seen


@pytest.mark.parametrize("text", ["<b>", '"><i>', "&lt;", "'", "</p><script>x"])
def test_text_stays_text(text: str) -> None:
    """Whatever stands in a text or an attribute, a browser sees the one element."""
    assert tags(tag("p", text, title=text)) == [("p", {"title": text})]


def test_markup_stays_markup() -> None:
    """Elements in elements are escaped once."""
    assert tag("p", tag("b", "a & b")) == "<p><b>a &amp; b</b></p>"
    assert fragment("<", Html("<br>")) == "&lt;<br>"


def test_what_steers_is_taken_out() -> None:
    """Control characters and those that turn text around cannot be seen, and are replaced."""
    assert safe_text("a\u202eb\x1bc") == "a\ufffdb\ufffdc"


def test_no_script_in_attributes() -> None:
    """An attribute that would run a script is a mistake of ours."""
    with pytest.raises(AssertionError, match="scripts"):
        tag("p", onclick="x")


def test_data_comes_back_and_cannot_leave() -> None:
    """Data in a page is the same data, and has no end of an element in it."""
    value = {"name": "</script><!--\u2028&", "n": [1, 2]}
    text = data_island("d", value)
    assert text.count("<") == 2
    inner = re.sub(r"^<[^>]*>|</script>$", "", text)
    assert json.loads(inner) == value


def test_the_policy_names_what_may_run() -> None:
    """The hash in the policy is that of the very script and style in the page."""
    page = document(Html("<p>x</p>"), title="t", language="en", style="p{}", script="let a = 1;")
    policy = next(a["content"] for t, a in tags(page) if a.get("http-equiv")) or ""
    for text in ("p{}", "let a = 1;"):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
