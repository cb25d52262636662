"""What each connector can do and how far it is tested, said once as data.

>>> [each.protocol for each in manifests()]
['mqtt', 'opcua', 'replay', 'sparkplug']
"""

import importlib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

__all__ = ["PROTOCOLS", "QUALITY", "Manifest", "manifests", "scale", "unmet"]

PROTOCOLS: tuple[str, ...] = ("mqtt", "opcua", "replay", "sparkplug")
"""Protocols with a folder beside this file, by name."""

QUALITY: Mapping[str, str] = {
    "first": "what the device holds when it is asked comes first, marked as a reading",
    "changes": "every change is a sample once, with its value, status and time",
    "loss": "a device that is gone, frozen or silent is said to be lost",
    "return": "a device that comes back is read again by itself",
    "gap": "what may have been missed between loss and return is a gap record",
    "quality": "bad and uncertain values of the device are bad and uncertain samples",
    "time": "times are the device's own, corrected and marked where its clock is wrong",
    "writes": "a write goes out once and only when asked for; refusals and silence are told apart",
    "bounded": "a flood of values or of messages takes a bounded amount of memory",
    "report": "the state of the link, its reason and the next step are told as they are",
    "security": "encryption, users and certificates; nothing is connected with less than asked",
    "foreign": "a device that no one here wrote was read",
    "payloads": "recorded payloads of real devices are decoded as they should be",
}
"""Rules of the quality scale. A connector says of each: `done`, `todo`, or `exempt: ` and why."""

_EXEMPT = re.compile(r"exempt: \S.*")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A connector: its protocol, what it can, on what it rests, and how far it is tested.

    Examples
    --------
    >>> manifests()[1].reads
    ('node',)
    """

    name: Annotated[str, Meta(description="folder of the connector")]
    protocol: Annotated[str, Meta(description="key of a connection in the plant file")]
    title: Annotated[str, Meta(description="what people read")]
    reads: Annotated[tuple[str, ...], Meta(description="keys of tags that it reads")]
    writes: Annotated[tuple[str, ...], Meta(description="keys of commands that it writes")]
    listens: Annotated[bool, Meta(description="whether changes come by themselves")]
    source_time: Annotated[bool, Meta(description="whether values bear the machine's own time")]
    library: Annotated[str, Meta(description="what speaks the protocol")]
    quality: Annotated[
        Mapping[str, str], Meta(description="rule of the scale: `done`, `todo` or `exempt: why`")
    ] = {}


def unmet(manifest: Manifest) -> list[str]:
    """What is wrong with the quality scale of a manifest, one line per rule; none if it is whole.

    Examples
    --------
    >>> bare = Manifest(
    ...     name="x", protocol="x", title="X", reads=(), writes=(), listens=True,
    ...     source_time=True, library="", quality=dict.fromkeys(QUALITY, "done") | {"gap": "no"},
    ... )
    >>> unmet(bare)
    ["gap: 'no' is none of `done`, `todo`, `exempt: why`"]
    """
    lines = [f"{rule}: nothing is said of it" for rule in QUALITY if rule not in manifest.quality]
    for rule, said in manifest.quality.items():
        if rule not in QUALITY:
            lines.append(f"{rule}: there is no such rule")
        elif said not in {"done", "todo"} and not _EXEMPT.fullmatch(said):
            lines.append(f"{rule}: {said!r} is none of `done`, `todo`, `exempt: why`")
    return lines


def manifests() -> tuple[Manifest, ...]:
    """Every connector that there is.

    Returns
    -------
    tuple[Manifest, ...]
        By protocol.

    Examples
    --------
    >>> [each.title for each in manifests()][1]
    'OPC UA'
    """
    # Imported when they are asked for: the folders need the types above.
    names = (f"linewright.connectors.{protocol}.manifest" for protocol in PROTOCOLS)
    return tuple(importlib.import_module(name).MANIFEST for name in names)


def scale(of: Sequence[Manifest]) -> list[str]:
    """Table of the quality scale in Markdown, a row a rule and a column a connector.

    Examples
    --------
    >>> scale(manifests())[0].startswith("| rule |")
    True
    """
    lines = [f"| rule | {' | '.join(each.name for each in of)} |"]
    lines.append(f"|---|{'---|' * len(of)}")
    for rule in QUALITY:
        said = " | ".join(each.quality.get(rule, "todo") for each in of)
        lines.append(f"| {rule} | {said} |")
    return lines
