"""What the replay connector can do."""

from linewright.connectors.manifest import Manifest

__all__ = ["MANIFEST"]

MANIFEST = Manifest(
    name="replay",
    protocol="replay",
    title="Replay of recordings",
    reads=("column",),
    writes=(),
    listens=True,
    source_time=True,
    library="csv of the standard library, pyarrow for Parquet",
    quality={
        "first": "exempt: a recording holds changes, nobody asks it for a present value",
        "changes": "done",
        "loss": "done",
        "return": "done",
        "gap": "exempt: it goes on at the cell behind the last stored one, nothing is missed",
        "quality": "done",
        "time": "done",
        "writes": "exempt: a recording takes no commands",
        "bounded": "done",
        "report": "done",
        "security": "exempt: files are read with the rights of the process",
        "foreign": "exempt: files have no other side",
        "payloads": "done",
    },
)
