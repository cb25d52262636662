r"""The public test kit: what breaks and what proves a plant, for our tests and for strangers'.

Hides how a valid plant file is broken in thousands of ways, each mutant with what is known
about it: whether it must be refused, and which lines may be named.

>>> import random
>>> from linewright.testing.mutating.marked import Marked
>>> from linewright.testing.mutating.mutants import draw
>>> source = Marked("linewright: 1\nenterprise: acme\nsites: {}\n")
>>> mutant = draw(source, random.Random(1))
>>> mutant.verdict in ("invalid", "valid", "any")
True

`every_key.yaml` beside this file is a valid plant that uses every key of the language. `buses`
starts a real bus for the tests that need one.
No room imports this one.
"""

from importlib.resources import files

__all__ = ["buses", "connecting", "every_key_text", "mutating"]


def every_key_text() -> str:
    """Return a valid plant file that uses every key of the plant language.

    Examples
    --------
    >>> every_key_text().splitlines()[1]
    'linewright: 1'
    """
    return files(__name__).joinpath("every_key.yaml").read_text(encoding="utf-8")
