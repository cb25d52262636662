"""HTML and SVG as values: every text is escaped unless it is markup already."""

import base64
import hashlib
import json
import re
from html import escape

__all__ = ["Child", "Html", "data_island", "document", "fragment", "safe_text", "tag"]

VOID = frozenset({"br", "hr", "input", "link", "meta"})
"""Elements without an end."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


class Html(str):
    """Markup: it stands in a page as it is. Everything else is escaped.

    Examples
    --------
    >>> tag("p", "a < b", Html("<b>c</b>"))
    '<p>a &lt; b<b>c</b></p>'
    """

    __slots__ = ()


Child = Html | str | int | float | None
"""What may stand in an element; None is nothing."""


def safe_text(value: object) -> Html:
    """Return a text escaped, without characters that steer a terminal or turn text around.

    Examples
    --------
    >>> safe_text('<img src="x">')
    '&lt;img src=&quot;x&quot;&gt;'
    >>> safe_text(Html("<b>bold</b>"))
    '<b>bold</b>'
    """
    if isinstance(value, Html):
        return value
    return Html(escape(_CONTROL.sub("\ufffd", str(value)), quote=True))


def fragment(*children: Child) -> Html:
    """Return children one after the other.

    Examples
    --------
    >>> fragment("1 < 2", None, tag("br"))
    '1 &lt; 2<br>'
    """
    return Html("".join(safe_text(each) for each in children if each is not None))


def tag(name: str, /, *children: Child, **attributes: object) -> Html:
    """Return an element.

    Parameters
    ----------
    name
        Of the element.
    children
        What stands in it; text is escaped.
    attributes
        `class_` is written `class`, other underscores as hyphens. None and False: left out;
        True: without a value.

    Examples
    --------
    >>> tag("td", 3, class_="number", data_label="n & m", hidden=True, title=None)
    '<td class="number" data-label="n &amp; m" hidden>3</td>'
    """
    assert _NAME.fullmatch(name), f"no name of an element: {name}"
    own = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        assert _NAME.fullmatch(attribute), f"no name of an attribute: {attribute}"
        assert not attribute.startswith("on"), "scripts stand in script elements only"
        own.append(f" {attribute}" if value is True else f' {attribute}="{_attribute(value)}"')
    opened = f"<{name}{''.join(own)}>"
    if name in VOID:
        return Html(opened)
    return Html(f"{opened}{fragment(*children)}</{name}>")


def data_island(name: str, value: object) -> Html:
    r"""Return data for a script of the page, in a form that no text can leave.

    Parameters
    ----------
    name
        Id of the element.
    value
        What JSON can say.

    Examples
    --------
    >>> data_island("d", ["</script>"])
    '<script type="application/json" id="d">["\\u003c/script>"]</script>'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in ("<", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Html(f'<script type="application/json" id="{_attribute(name)}">{text}</script>')


def document(body: Html, *, title: str, language: str, style: str, script: str = "") -> str:
    """Return a whole page that asks for nothing outside itself, and may not.

    Parameters
    ----------
    body
        What stands in `body`.
    title, language
        Of the page.
    style, script
        The one style sheet and the one script; nothing else is allowed to run.

    Notes
    -----
    The policy names the SHA-256 of both (CSP level 3), so that markup which found its way into
    the page could neither run nor fetch anything.

    Examples
    --------
    >>> page = document(Html("<p>x</p>"), title="<x>", language="en", style="p{}")
    >>> "<title>&lt;x&gt;</title>" in page
    True
    """
    assert "</style" not in style, "the style sheet is ours"
    assert "</script" not in script, "the script is ours"
    policy = f"default-src 'none'; style-src {_digest(style)}; img-src data:; base-uri 'none'; "
    policy += "form-action 'none'"
    policy += f"; script-src {_digest(script)}" if script else ""
    head = fragment(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content="linewright"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", Html(style)),
    )
    end = tag("script", Html(script)) if script else Html("")
    whole = tag("html", tag("head", head), tag("body", body, end), lang=language)
    return f"<!doctype html>\n{whole}\n"


def _attribute(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return escape(_CONTROL.sub("\ufffd", text), quote=True)


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
