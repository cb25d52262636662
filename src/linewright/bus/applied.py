"""The applied plant: what every service works with, as it stands in the bucket `plant`."""

import functools

import msgspec

from linewright.plant import Plant
from linewright.plant.language import load_text

__all__ = ["APPLIED_KEY", "PLANT_BUCKET", "Applied"]

PLANT_BUCKET = "plant"
APPLIED_KEY = "applied"

_PLANTS_KEPT = 4
"""A process works with one plant, and with two while a new one is being applied."""


class Applied(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The plant in force at a site, and whether its machines are emulated.

    Examples
    --------
    >>> text = "{linewright: 1, enterprise: acme, sites: {}}"
    >>> Applied(rev="r1", text=text, site="nogales", emulated=False).plant().enterprise
    'acme'
    """

    rev: str
    """Revision of the plant; goes into every record as `plant_rev`."""
    text: str
    """Canonical plant file."""
    site: str
    """Site that this bus serves."""
    emulated: bool
    """Whether the machines are played by `emulate`: such a site is simulated."""
    scenario: str = ""
    """Scenario file that is played; empty where none is."""

    def plant(self) -> Plant:
        """Return the plant of the text; read once in a process.

        Raises
        ------
        PlantInvalid
            The text is no valid plant: it was not checked before it was applied.
        """
        return _plant_of(self.text)

    def encode(self) -> bytes:
        """JSON for the bucket; `decode_applied` gives an equal value back."""
        return msgspec.json.encode(self)


def decode_applied(data: bytes) -> Applied:
    """Read what `Applied.encode` wrote.

    Raises
    ------
    msgspec.MsgspecError
        It is something else.

    Examples
    --------
    >>> one = Applied(rev="r1", text="", site="nogales", emulated=True)
    >>> decode_applied(one.encode()) == one
    True
    """
    return msgspec.json.decode(data, type=Applied)


@functools.lru_cache(maxsize=_PLANTS_KEPT)
def _plant_of(text: str) -> Plant:
    return load_text(text)
