"""A second way to the same answer: departures of a serial line by recursion, without events.

With S(i, k) the time of part k on station i, its repairs included, and B(i) the places behind
it, the part leaves at

    D(i, k) = max( max(D(i-1, k), D(i, k-1)) + S(i, k), D(i+1, k - B(i) - 1) ).

Exact for blocking after service and clocks that run only while a station works. It shares the
random numbers with the kernel and no code of it: `departures` is an oracle of the kernel,
`serial_throughput` the fast path for such lines.
"""

from linewright.twin.recursion.oracle import departures
from linewright.twin.recursion.runs import Sums, serial_sums, serial_throughput
from linewright.twin.recursion.serial import Serial, serial_of

__all__ = ["Serial", "Sums", "departures", "serial_of", "serial_sums", "serial_throughput"]
