"""What of a plant does not run yet: said before anything is started, so that nobody waits for it.

Every part of the house runs what it can and leaves the rest out; here stands what that rest is.
"""

from collections import Counter
from collections.abc import Collection, Iterator

from linewright.plant import Address, Plant

__all__ = ["limits"]

SPOKEN = ("mqtt", "opcua", "replay", "sparkplug")
"""Protocols of real machines that there are connectors for; a test compares them."""

WATCHED = "cycle_time"
"""Role of the tag in which the one deviation of this version is seen."""

NAMES_MAX = 3
"""Names that are told of a list; of the others only how many."""


def limits(plant: Plant, site: str, *, emulated: bool) -> tuple[str, ...]:
    """Return what of a site does not run yet, each with what would help where something does.

    Parameters
    ----------
    plant
        A checked plant.
    site
        One of its sites.
    emulated
        Whether its machines are played.

    Returns
    -------
    tuple[str, ...]
        A sentence each, without a full stop; empty where all of it runs.

    Notes
    -----
    Cost: that of compiling each line of the site for the twin, milliseconds a line.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.work_centre("lathes").station("one", does={"turn": "40 s"})
    >>> limits(plant.done(), "reno", emulated=True)[0]
    '1 work centre is played without flow, each machine by itself: reno/shop/lathes'
    """
    played = _not_played(plant, site) if emulated else ()
    return (*played, *_not_seen(plant, site, emulated=emulated), *_not_watched(plant, site))


def _not_played(plant: Plant, site: str) -> Iterator[str]:
    from linewright.emulate import without_flow  # noqa: PLC0415  # only for a play

    centres = []
    for address, why in without_flow(plant, site).items():
        if why:
            yield f"line {address} is played without flow, each machine by itself: {why}"
        else:
            centres.append(address)
    if centres:
        one = "1 work centre is"
        words = one if len(centres) == 1 else f"{len(centres)} work centres are"
        yield f"{words} played without flow, each machine by itself: {_named(centres)}"


def _not_seen(plant: Plant, site: str, *, emulated: bool) -> Iterator[str]:
    stations = dict(plant.stations_in(Address(site)))
    gateways = {} if emulated else plant.sites[site].gateways  # a play has no gateways
    how: dict[Address, str] = {}
    for address, station in stations.items():
        connection = station.connect
        if connection is not None and connection.protocol == "gateway":
            connection = gateways.get(connection.endpoint, connection)
        how[address] = (connection and connection.protocol) or "not connected"
    unseen = [address for address in stations if not _is_seen(how[address], emulated=emulated)]
    if unseen:
        counts = sorted(Counter(how[address] for address in unseen).items())
        by = ", ".join(f"{protocol} {count}" for protocol, count in counts)
        what = f"{len(unseen)} of {len(stations)} stations show nothing"
        why = "" if emulated else f", since only {', '.join(SPOKEN)} are spoken"
        yield f"{what}{why} ({by}): {_named(unseen)}"


def _is_seen(how: str, *, emulated: bool) -> bool:
    """Whether machines reached so are heard; played ones all are, whatever they speak for real."""
    return how != "not connected" and (emulated or how in SPOKEN)


def _not_watched(plant: Plant, site: str) -> Iterator[str]:
    stations = plant.stations_in(Address(site))
    if not any(tag.role == WATCHED for _, station in stations for tag in station.tags.values()):
        yield f"no deviation is found, since no tag has `role: {WATCHED}`"


def _named(addresses: Collection[Address]) -> str:
    first, more = list(addresses)[:NAMES_MAX], len(addresses) - NAMES_MAX
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")
