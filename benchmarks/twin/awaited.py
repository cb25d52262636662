"""Claims that nothing measures yet: each is printed without a value, so it counts as not met.

Whoever brings the measurement adds a part to `__main__` and takes the line out here.
"""

from benchmarks.measure import Claim

AWAITED = {
    "smt2020_hvlm_ten_days_cpu": "s",
}
"""Name and unit, as in `claims.json`."""


def awaited() -> list[Claim]:
    """Return them."""
    return [
        Claim(name=name, value=None, unit=unit, correct=False) for name, unit in AWAITED.items()
    ]
