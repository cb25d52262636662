"""From what a link hears to what the bus stores: rows, gaps and heartbeats of each source.

A link tells a `Feed` (through a `Spread` where it has several) what it hears; the feed puts rows
and gaps into its `Outbox`, from which batches go to the bus, each under its number, once.
"""

from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.feeding.outbox import Batch, Numbering, Outbox
from linewright.connectors.feeding.rows import Rows
from linewright.connectors.feeding.spread import Spread

__all__ = ["Batch", "Feed", "Now", "Numbering", "Outbox", "Rows", "Spread"]
