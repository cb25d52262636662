"""What a YAML text says, apart from how it is laid out."""

from typing import NamedTuple

import yaml
from yaml.events import AliasEvent, DocumentStartEvent, NodeEvent, ScalarEvent

__all__ = ["FormatRefused", "Place", "Said", "places_of", "said"]

Place = tuple[int, int]
"""Line and column of a text, both from 0."""


class FormatRefused(ValueError):
    """A text that is not formatted.

    Parameters
    ----------
    what
        What keeps it from being.
    line
        Where, from 1.

    Examples
    --------
    >>> str(FormatRefused("it is not YAML", 7))
    'line 7: it is not YAML'
    """

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what, line)
        self.what = what
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


class Said(NamedTuple):
    """One event of a text: a value, or the beginning or end of a list or map."""

    kind: str
    anchor: str | None
    tag: str | None
    text: str
    style: str
    place: Place

    def words(self, text: str | None = None) -> tuple[object, ...]:
        """Return all but the place, with another text where one is given."""
        return (self.kind, self.anchor, self.tag, text or self.text, self.style)


def said(text: str) -> list[Said]:
    """Return what a text says, in order.

    Raises
    ------
    FormatRefused
        When it is not YAML, or holds more than one document.
    """
    found: list[Said] = []
    documents = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            documents += isinstance(event, DocumentStartEvent)
            found.append(_said(event))
            if documents > 1:
                line = places_of(event)[0][0] + 1
                raise FormatRefused("a second YAML document begins here", line)
    except UnicodeError as error:
        raise FormatRefused("the text cannot be written in UTF-8", 1) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or "there is a character that YAML cannot hold"
        raise FormatRefused(f"not valid YAML: {what}", mark.line + 1 if mark else 1) from error
    return found


def places_of(event: yaml.Event) -> tuple[Place, Place]:
    """Return where an event begins and ends."""
    start, end = event.start_mark, event.end_mark
    assert start is not None, "the parser marks every event"
    assert end is not None, "the parser marks every event"
    return (start.line, start.column), (end.line, end.column)


def _said(event: yaml.Event) -> Said:
    place, _ = places_of(event)
    anchor = event.anchor if isinstance(event, NodeEvent | AliasEvent) else None
    text = event.value if isinstance(event, ScalarEvent) else ""
    style = str(getattr(event, "style", None) or getattr(event, "flow_style", None) or "")
    return Said(type(event).__name__, anchor, getattr(event, "tag", None), text, style, place)
