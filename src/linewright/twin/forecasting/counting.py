"""What came: good parts by the records of their counting, in any span of time."""

import bisect
from array import array
from collections.abc import Iterable

from linewright.plant import Address
from linewright.plant.records import Parts
from linewright.twin.forecasting.results import ForecastInvalid

__all__ = ["Made"]

NS_PER_H = 3600 * 10**9
RECORDS_MAX = 2_000_000
"""Records of parts that are held in all: some 40 MB."""


class Made:
    """Good parts counted at stations over a span that grows at its end and is cut at its start.

    Parameters
    ----------
    from_ns
        Beginning of the span, plant time.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> parts = example(Parts)
    >>> made = Made(0)
    >>> made.add([parts], parts.t_ns + 1)
    >>> made.good(parts.address, 0, parts.t_ns), made.good(parts.address, 0, parts.t_ns - 1)
    (3, 0)
    """

    def __init__(self, from_ns: int) -> None:
        self.from_ns = from_ns
        """Beginning of the span."""
        self.until_ns = from_ns
        """End of the span: everything counted up to then is known."""
        self._times: dict[Address, array[int]] = {}
        self._sums: dict[Address, array[int]] = {}

    def __len__(self) -> int:
        return sum(len(each) for each in self._times.values())

    def add(self, parts: Iterable[Parts], until_ns: int) -> None:
        """Take what was counted from the end of the span up to a later time.

        Parameters
        ----------
        parts
            In any order, the newest revision of each; those outside the time are left out.
        until_ns
            New end of the span, itself included.

        Raises
        ------
        ForecastInvalid
            More is held than may be, or the new end is before the old one.
        """
        if until_ns < self.until_ns:
            what = "parts were counted further already"
            raise ForecastInvalid("parts", what, "ask for what comes after")
        first = self.until_ns == self.from_ns
        low_ns = self.from_ns - 1 if first else self.until_ns
        latest = {one.id: one for one in sorted(parts, key=lambda one: one.rev)}
        for one in sorted(latest.values(), key=lambda one: one.t_ns):
            if not low_ns < one.t_ns <= until_ns or one.void or not one.good:
                continue
            times = self._times.setdefault(one.address, array("q"))
            sums = self._sums.setdefault(one.address, array("q", [0]))
            times.append(one.t_ns)
            sums.append(sums[-1] + one.good)
        self.until_ns = until_ns
        if len(self) > RECORDS_MAX:
            what = f"more than {RECORDS_MAX:,} records of parts are held"
            raise ForecastInvalid("parts", what, "forecast fewer hours")

    def forget(self, before_ns: int) -> None:
        """Let go of what was counted before a time."""
        self.from_ns = max(self.from_ns, min(before_ns, self.until_ns))
        for address, times in self._times.items():
            k = bisect.bisect_left(times, self.from_ns)
            if k:
                base = self._sums[address][k]
                self._times[address] = times[k:]
                self._sums[address] = array("q", (each - base for each in self._sums[address][k:]))

    def good(self, address: Address, from_ns: int, until_ns: int) -> int:
        """Return the good parts of a station after a time, up to and with a later one.

        Raises
        ------
        ForecastInvalid
            The time is not within the span.
        """
        if from_ns < self.from_ns or until_ns > self.until_ns:
            what = "what was made in that time is not known"
            raise ForecastInvalid(address, what, "ask for the parts first")
        times = self._times.get(address)
        if times is None:
            return 0
        sums = self._sums[address]
        return (
            sums[bisect.bisect_right(times, until_ns)] - sums[bisect.bisect_right(times, from_ns)]
        )

    def rate_h(self, address: Address, heard_since_ns: int | None) -> float | None:
        """Return the good parts an hour in the last hour of the span.

        Parameters
        ----------
        address
            A station.
        heard_since_ns
            Since when its line counts: what is not heard yet is no slow hour. None: never.

        Returns
        -------
        float or None
            None where less than a quarter of an hour is known.
        """
        if heard_since_ns is None:
            return None
        since_ns = max(self.from_ns, self.until_ns - NS_PER_H, heard_since_ns)
        if 4 * (self.until_ns - since_ns) < NS_PER_H:
            return None
        hours = (self.until_ns - since_ns) / NS_PER_H
        return self.good(address, since_ns, self.until_ns) / hours
