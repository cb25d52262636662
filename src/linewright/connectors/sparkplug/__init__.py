"""Sparkplug B: payloads read and written, and the host application of the nodes of a plant.

Others use the payloads; the rest is reached through `linewright.connectors`.

>>> decode_payload(encode_payload(Payload(seq=7))).seq
7
"""

from linewright.connectors.sparkplug.datatypes import DataType
from linewright.connectors.sparkplug.encoding import encode_payload
from linewright.connectors.sparkplug.payload import (
    DataSet,
    Metric,
    Payload,
    PayloadInvalid,
    Template,
    decode_payload,
)

__all__ = [
    "DataSet",
    "DataType",
    "Metric",
    "Payload",
    "PayloadInvalid",
    "Template",
    "decode_payload",
    "encode_payload",
]
