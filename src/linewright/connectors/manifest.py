"""What each connector can do, said once as data.

>>> [each.protocol for each in manifests()]
['opcua']
"""

from typing import Annotated

import msgspec
from msgspec import Meta

__all__ = ["Manifest", "manifests"]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A connector: its protocol, what it can, and on what it rests.

    Examples
    --------
    >>> manifests()[0].writes
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


def manifests() -> tuple[Manifest, ...]:
    """Every connector that there is.

    Returns
    -------
    tuple[Manifest, ...]
        By protocol.

    Examples
    --------
    >>> manifests()[0].library
    'asyncua'
    """
    from linewright.connectors.opcua.manifest import MANIFEST  # noqa: PLC0415 - it needs Manifest

    return (MANIFEST,)
