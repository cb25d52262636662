"""The past of a play: what a house that had run all the time would have stored.

Hides how the samples of a silent play become frames, records and snapshots, what people of the
past have entered, and how a past that was killed is begun anew. `service.run` is its shell; it is
run once, by `linewright up --past`, before any service.

>>> from linewright.emulate.past import service
>>> service.MARK
'past.json'
"""

from linewright.emulate.past import service
from linewright.emulate.past.people import People
from linewright.emulate.past.recording import Recorder

__all__ = ["People", "Recorder", "service"]
