"""Which thing of one plant is which thing of another: by name, or by the former names it gives.

Keys are addresses, or plain names where nothing stands above them. A key that
says `was: mill` claims to be the former `mill`, in whichever of the two plants
it stands, so that going back is the mirror image of going forth.

>>> pair_up({"mill": ()}, {"mill_2": ("mill",)}, {"": ""})
{'mill': 'mill_2'}
"""

from collections.abc import Mapping

__all__ = ["pair_up", "parent_of"]

Names = Mapping[str, tuple[str, ...]]
"""Key to the former names that stand there, as they are written: names or whole addresses."""


def parent_of(key: str) -> str:
    """Return what stands above a key; of a plain name nothing.

    Examples
    --------
    >>> parent_of("reno/shop"), parent_of("reno")
    ('reno', '')
    """
    return key.rpartition("/")[0]


def pair_up(before: Names, after: Names, parents: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of `after` by those of `before` that are the same thing.

    A claim by a former name goes before equal names, so that a chain of
    renamings and an exchange of two names are seen; a claim that stood there
    before, and one between two things that both still have their names, says
    nothing new.

    Parameters
    ----------
    before, after
        The keys of one level on both sides, each with its former names.
    parents
        Keys of the level above that are the same; `{"": ""}` at the top.

    Returns
    -------
    dict
        Each key at most once on either side; with `before` and `after`
        exchanged, the same pairs exchanged.

    Notes
    -----
    Cost: n log n in the number of keys.

    Examples
    --------
    >>> pair_up({"a": (), "b": ()}, {"b": ("a",), "c": ()}, {"": ""})
    {'a': 'b'}
    """
    back = {new: old for old, new in parents.items()}
    claims = {(old, new) for new, old in _claims(after, before, back)}
    claims |= set(_claims(before, after, parents))
    forward = {old: _moved(old, parents) for old in before}
    backward = {new: _moved(new, back) for new in after}
    sources, targets = {old for old, _ in claims}, {new for _, new in claims}
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for old, new in sorted(claims, key=sorted):
        namesake, origin = forward[old], backward[new]
        both_stay = namesake in after and origin in before
        exchanged = namesake in targets and origin in sources
        if old not in pairs and new not in taken and (not both_stay or exchanged):
            pairs[old] = new
            taken.add(new)
    for old, same in forward.items():
        if old not in pairs and same in after and same not in taken:
            pairs[old] = same
            taken.add(same)
    return pairs


def _claims(claimants: Names, others: Names, parents: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (claimant, other) for every former name that is news and names one of the others."""
    found = []
    for key, former in claimants.items():
        same = _moved(key, parents)
        known = others.get(same, ())
        for name in former:
            other = name if "/" in name else _below(parents.get(parent_of(key)), name)
            if name not in known and other in others and other != same:
                found.append((key, other))
    return found


def _moved(key: str, parents: Mapping[str, str]) -> str:
    """Return the key on the other side if nothing but what is above it was renamed, or nothing."""
    return _below(parents.get(parent_of(key)), key.rpartition("/")[2])


def _below(parent: str | None, name: str) -> str:
    if parent is None:
        return ""
    return f"{parent}/{name}" if parent else name
