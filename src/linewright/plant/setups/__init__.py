"""Set-ups: tables of the plant file compiled once, for the twin and the schedule alike."""

from linewright.plant.setups.matrix import SetupMatrix, SetupsInvalid, compile_setups
from linewright.plant.setups.tables import done_at, setup_key, setup_keys, setup_matrix

__all__ = [
    "SetupMatrix",
    "SetupsInvalid",
    "compile_setups",
    "done_at",
    "setup_key",
    "setup_keys",
    "setup_matrix",
]
