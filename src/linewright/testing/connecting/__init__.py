"""Conformance of connectors: what every protocol must do, whatever it speaks.

A protocol's test gives a `Bench`, a device that it can start, stop and change, and runs
`check_link`; `check_manifest` checks what the connector says of itself.

>>> from linewright.connectors.manifest import manifests
>>> [line for manifest in manifests() for line in check_manifest(manifest) if "rule" in line]
[]
"""

from linewright.testing.connecting.bench import Bench, Heard, Listening, around
from linewright.testing.connecting.checks import GENERIC, Checked, check_link, check_manifest

__all__ = [
    "GENERIC",
    "Bench",
    "Checked",
    "Heard",
    "Listening",
    "around",
    "check_link",
    "check_manifest",
]
