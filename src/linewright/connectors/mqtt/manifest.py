"""What the MQTT connector can do."""

from linewright.connectors.manifest import Manifest

__all__ = ["MANIFEST"]

MANIFEST = Manifest(
    name="mqtt",
    protocol="mqtt",
    title="MQTT",
    reads=("topic",),
    writes=("topic",),
    listens=True,
    source_time=True,
    library="paho-mqtt",
    quality={
        "first": "done",
        "changes": "done",
        "loss": "done",
        "return": "done",
        "gap": "done",
        "quality": "exempt: plain topics say nothing of the quality of a value",
        "time": "done",
        "writes": "done",
        "bounded": "done",
        "report": "done",
        "security": "done",
        "foreign": "done",
        "payloads": "exempt: each plant has its own bodies; their forms are in the tests",
    },
)
