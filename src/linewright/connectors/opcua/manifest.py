"""What the OPC UA connector can do."""

from linewright.connectors.manifest import Manifest

__all__ = ["MANIFEST"]

MANIFEST = Manifest(
    name="opcua",
    protocol="opcua",
    title="OPC UA",
    reads=("node",),
    writes=("node", "method"),
    listens=True,
    source_time=True,
    library="asyncua",
    quality={
        "first": "done",
        "changes": "done",
        "loss": "done",
        "return": "done",
        "gap": "done",
        "quality": "done",
        "time": "done",
        "writes": "done",
        "bounded": "done",
        "report": "done",
        "security": "done",
        "foreign": "done",
        "payloads": "done",
    },
)
