"""Applying a plant: which revision is in force, and why another one is refused."""

import datetime as dt
import hashlib
from zoneinfo import ZoneInfo

import msgspec

from linewright.bus import Applied, Bus
from linewright.plant import Address, Plant
from linewright.plant.records import Audit, How
from linewright.server.folder import Belongs

__all__ = ["ApplyRefused", "applied_of", "apply", "instant_ns", "must_belong", "revision"]

REV_CHARS = 12
"""Characters of a revision: 48 bits of the hash, enough to tell the revisions of one plant."""

NS_PER_S = 1_000_000_000


class ApplyRefused(ValueError):
    """A plant that may not be applied to a data folder.

    Parameters
    ----------
    what
        What is wrong.
    to_do
        What a person can do.
    """

    def __init__(self, what: str, to_do: str) -> None:
        super().__init__(f"{what} ({to_do})")
        self.what = what
        self.to_do = to_do


def revision(text: str) -> str:
    """Return the revision of a plant: a hash of its canonical text, so equal plants have one.

    Examples
    --------
    >>> revision("linewright: 1") == revision("linewright: 1"), len(revision(""))
    (True, 12)
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:REV_CHARS]


def instant_ns(plant: Plant, site: str, local: str) -> int:
    """Return ns since 1970 UTC of a local time of a site.

    Parameters
    ----------
    plant
        Knows the time zone of the site.
    site
        Name of a site.
    local
        Such as ``2026-11-23 08:57``.

    Raises
    ------
    ValueError
        It is no date with a time.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="America/Hermosillo", currency="USD")
    >>> instant_ns(plant.done(), "reno", "2026-11-23 08:57") // 1_000_000_000
    1795449420
    """
    naive = dt.datetime.fromisoformat(local)
    at = naive.replace(tzinfo=ZoneInfo(plant.sites[site].timezone))
    return int(at.timestamp()) * NS_PER_S


def applied_of(text: str, *, site: str, scenario: str | None) -> Applied:
    """Return what is to be in force: a plant's canonical text at a site.

    Parameters
    ----------
    text
        The plant as `linewright.plant.to_text` writes it.
    site
        One of its sites.
    scenario
        YAML of the scenario that is played, empty for none; None where the site is real.
    """
    return Applied(
        rev=revision(text),
        text=text,
        site=site,
        emulated=scenario is not None,
        scenario=scenario or "",
    )


async def apply(bus: Bus, wanted: Applied, *, t_ns: int, seen_ns: int, by: str) -> bool:
    """Put a plant in force, with an audit record where it changes anything.

    Parameters
    ----------
    bus
        Connected to the site.
    wanted
        What is to be in force.
    t_ns, seen_ns
        Plant time and wall clock now.
    by
        Id of the person.

    Returns
    -------
    bool
        Whether anything has changed.

    Raises
    ------
    ApplyRefused
        The data folder holds a real site and an emulated one is wanted, or the other way round.
    BusUnavailable
        The bus does not answer.
    """
    bucket = await bus.bucket("plant")
    data = await bucket.get("applied")
    before = None if data is None else msgspec.json.decode(data, type=Applied)
    if before == wanted:
        return False
    if before is not None:
        must_belong(Belongs(site=before.site, emulated=before.emulated), wanted)
    kind = "emulated" if wanted.emulated else "real"
    text = f"Plant revision {wanted.rev} is in force at the {kind} site {wanted.site}."
    await bus.publish(
        Audit(
            address=Address(wanted.site),
            t_ns=t_ns,
            seen_ns=seen_ns,
            plant_rev=wanted.rev,
            how=How.PERSON,
            source="server",
            by=by,
            action="plant.applied",
            outcome="done",
            of=wanted.rev,
            of_class="plant",
            content_sha256=hashlib.sha256(wanted.text.encode("utf-8")).hexdigest(),
            text=text,
        )
    )
    # Last, so that a plant never is in force without its audit record.
    await bucket.put("applied", wanted.encode())
    return True


def must_belong(belongs: Belongs, wanted: Applied) -> None:
    """Refuse a plant that a data folder is not for.

    Parameters
    ----------
    belongs
        Whose the folder is.
    wanted
        What is to be in force.

    Raises
    ------
    ApplyRefused
        The folder holds a real site and an emulated one is wanted, or the other way round, or
        it holds another site: what history keeps would be mixed.

    Examples
    --------
    >>> plant = applied_of("linewright: 1", site="reno", scenario=None)
    >>> must_belong(Belongs(site="reno", emulated=False), plant)
    """
    kinds = {True: "an emulated plant", False: "a real plant"}
    if belongs.emulated != wanted.emulated:
        what = f"the data folder holds {kinds[belongs.emulated]}, not {kinds[wanted.emulated]}"
        raise ApplyRefused(what, "the two never share a history: choose another folder by --data")
    if belongs.site != wanted.site:
        what = f"the data folder holds the site `{belongs.site}`, not `{wanted.site}`"
        raise ApplyRefused(what, "choose another folder by --data")
