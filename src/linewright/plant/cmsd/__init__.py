"""CMSD (SISO-STD-008-01-2012), the exchange file of manufacturing simulation: a plant out and in.

Hides the elements of the standard, the names in which other tools write distributions and
properties, and how what only the plant file says is carried along. `write_cmsd` makes a file of a
place of a plant, `read_cmsd` makes a plant of a file; both tell in notes what did not come along.
What stands for what: docs/cmsd.md.

>>> from linewright.plant import PlantBuilder
>>> plant = PlantBuilder("acme")
>>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("x", flow=["a"])
>>> _ = line.station("a", does={"cut": "40 s to 60 s"})
>>> plant.product("p1", route=["cut"])
>>> written = write_cmsd(plant.done(), "reno/shop/x")
>>> read_cmsd(written.text).plant == plant.done()
True
"""

from linewright.plant.cmsd.elements import CmsdInvalid
from linewright.plant.cmsd.reading import Read, read_cmsd
from linewright.plant.cmsd.writing import Written, write_cmsd

__all__ = ["CmsdInvalid", "Read", "Written", "read_cmsd", "write_cmsd"]
