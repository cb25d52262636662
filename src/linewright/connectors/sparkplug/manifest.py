"""What the Sparkplug connector can do."""

from linewright.connectors.manifest import Manifest

__all__ = ["MANIFEST"]

MANIFEST = Manifest(
    name="sparkplug",
    protocol="sparkplug",
    title="Sparkplug B",
    reads=("metric",),
    writes=("metric",),
    listens=True,
    source_time=True,
    library="paho-mqtt, protobuf",
    quality={
        "first": "done",
        "changes": "done",
        "loss": "done",
        "return": "done",
        "gap": "done",
        "quality": "done",
        "time": "done",
        "writes": "exempt: a node acknowledges nothing; what became of a command is read back",
        "bounded": "done",
        "report": "done",
        "security": "done",
        "foreign": "done",
        "payloads": "done",
    },
)
