"""What differs between two plants: what came, went, moved or was renamed, and which values.

Compares what two plants mean, not how their files are written: order of keys, comments, units
and short forms make no difference. What says `was:` is the same thing as before, with all that
stands below it, and what names it elsewhere follows.

>>> from linewright.plant import PlantBuilder
>>> one, two = PlantBuilder("acme"), PlantBuilder("acme")
>>> for plant, places in ((one, 4), (two, 6)):
...     site = plant.site("reno", timezone="UTC", currency="USD")
...     line = site.area("shop").line("pump", flow=["saw", places, "mill"])
...     _ = line.station("saw", does={"cut": "48 s"}), line.station("mill", does={"mill": "52 s"})
>>> print(describe(difference(one.done(), two.done())))
changed buffer reno/shop/pump/saw-mill
    places: 4 -> 6
1 value changed
"""

from linewright.plant.difference.found import Difference, ElementDifference, ValueDifference
from linewright.plant.difference.telling import describe
from linewright.plant.difference.walk import difference

__all__ = ["Difference", "ElementDifference", "ValueDifference", "describe", "difference"]
