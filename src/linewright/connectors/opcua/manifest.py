"""What the OPC UA connector can do."""

from linewright.connectors.manifest import Manifest

__all__ = ["MANIFEST"]

MANIFEST = Manifest(
    name="opcua",
    protocol="opcua",
    title="OPC UA",
    reads=("node",),
    writes=("node",),
    listens=True,
    source_time=True,
    library="asyncua",
)
