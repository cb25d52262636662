"""The types of the plant model: frozen, compared by value, one file a theme.

`Plant` is the top; `markers` tells how an annotation becomes a key of the plant file.
"""

from linewright.plant.frozen import FrozenMap
from linewright.plant.model.behaviour import (
    Distribution,
    Duration,
    FailureMode,
    Lifetime,
    Maintenance,
    Wear,
)
from linewright.plant.model.capacity import seconds_per_piece
from linewright.plant.model.enterprise import Plant, Site
from linewright.plant.model.equipment import (
    Area,
    Buffer,
    Cycle,
    Line,
    Station,
    StationType,
    WorkCentre,
)
from linewright.plant.model.markers import Element, label_in
from linewright.plant.model.products import Operation, Product, Route, Step
from linewright.plant.model.signals import Command, Connection, Tag

__all__ = [
    "Area",
    "Buffer",
    "Command",
    "Connection",
    "Cycle",
    "Distribution",
    "Duration",
    "Element",
    "FailureMode",
    "FrozenMap",
    "Lifetime",
    "Line",
    "Maintenance",
    "Operation",
    "Plant",
    "Product",
    "Route",
    "Site",
    "Station",
    "StationType",
    "Step",
    "Tag",
    "Wear",
    "WorkCentre",
    "label_in",
    "seconds_per_piece",
]
