"""What a server has: breadth first, in batches that it bears, once each, and not for ever.

Variables may stand below variables (members of structures, elements of arrays), so nothing is a
leaf before it was asked. Properties are not gone into; of them only the unit is read.
"""

import asyncio
import urllib.parse
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from linewright.connectors.faults import LinkLost
from linewright.connectors.opcua.limits import TOO_MANY, Limits
from linewright.connectors.opcua.stack import Wire, code_of, ua

__all__ = ["NO_NODE", "Bounds", "Found", "NodeMissing", "Survey"]

PATH_MAX = 64
"""Deepest path; deeper is a loop through nodes that are made while one looks."""

NAMES_MAX = 4_000
"""Longest path in characters that is kept."""

BATCH_MAX = 200
"""Nodes in one request, whatever the server allows: between two of them others get their turn."""

NO_NODE = frozenset({0x80340000, 0x80330000})
"""BadNodeIdUnknown and BadNodeIdInvalid: servers say either of a node that they do not have."""

_NO_CONTINUATION = 0x804B0000
_BUILT_IN_LAST = 25
_NUMBERS = {26: "Number", 27: "Integer", 28: "UInteger", 29: "Enumeration", 290: "Duration"}
_STANDARD = frozenset({2253, 23470, 31915})
"""Server, Aliases and Locations: every server has them, and no values of a machine."""

_UNIT = "EngineeringUnits"
_ATTRIBUTES = (
    ua.AttributeIds.DataType,
    ua.AttributeIds.ValueRank,
    ua.AttributeIds.AccessLevel,
    ua.AttributeIds.Description,
)

Ask = Callable[[Wire, Wire], Awaitable[Wire]]
Read = Callable[[Sequence[tuple[Wire, Wire]]], Awaitable[list[Wire]]]


class NodeMissing(LinkLost):
    """The node where a look is to begin is not there, or its name is none.

    Examples
    --------
    >>> str(NodeMissing("opc.tcp://10.1.4.2:4840", "ns=2;s=Prss: BadNodeIdUnknown"))
    'opc.tcp://10.1.4.2:4840: ns=2;s=Prss: BadNodeIdUnknown; list what stands above it to find it'
    """

    def __str__(self) -> str:
        return f"{self.url}: {self.what}; list what stands above it to find it"


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Where a survey stops.

    Examples
    --------
    >>> Bounds(nodes=100).seconds
    600.0
    """

    nodes: int = 200_000
    seconds: float = 600.0
    with_values: bool = True
    """Whether types, access and units are read too; without, it is a third of the time."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One node: how it is written in a plant file, where it stands, and what it holds.

    Examples
    --------
    >>> Found(item="nsu=urn:press;s=Count", path="Press/Count", is_variable=True).type
    ''
    """

    item: str
    path: str
    is_variable: bool
    type: str = ""
    rank: int = -1
    readable: bool = True
    writable: bool = False
    description: str = ""
    unit: str = ""
    has_more: bool = False


class _Open(msgspec.Struct, frozen=True, kw_only=True):
    """A node that is still to be asked for what is below it."""

    node: Wire
    path: str = ""
    depth: int = 0
    place: int | None = None
    """Where it stands in what was found; None where the look began."""


class Survey:
    """One look through a server.

    Parameters
    ----------
    ask
        Sends a request and gives its checked answer.
    read
        Attributes of nodes.
    limits
        What the server bears.
    spaces
        Its namespaces.
    """

    def __init__(self, ask: Ask, read: Read, limits: Limits, spaces: Sequence[str]) -> None:
        self._ask = ask
        self._read = read
        self._limits = limits
        self._spaces = spaces
        self._seen: set[Wire] = set()
        self._units: list[tuple[int, Wire]] = []
        self.found: list[Found] = []
        """What was found so far, breadth first."""

    async def below(
        self,
        start: Wire,
        bounds: Bounds,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Found]:
        """Everything below a node, within the bounds."""
        self._seen.add(start)
        row = [_Open(node=start)]
        clock = asyncio.get_running_loop().time
        until_s = clock() + bounds.seconds
        while row and len(self.found) < bounds.nodes and clock() < until_s:
            size = min(self._limits.browse.size, BATCH_MAX)
            chunk, row = row[:size], row[size:]
            fresh = await self._children(chunk, bounds)
            if bounds.with_values:
                await self._describe(fresh)
            row += fresh
            if progress is not None:
                progress(len(self.found), len(row))
        return self.found

    async def _children(self, chunk: list[_Open], bounds: Bounds) -> list[_Open]:
        """What stands below a few nodes and was not seen yet."""
        fresh: list[_Open] = []
        for parent, references in await self._references(chunk, bounds):
            for reference in references:
                self._add(parent, reference, fresh, bounds)
        return fresh

    def _add(self, parent: _Open, reference: Wire, fresh: list[_Open], bounds: Bounds) -> None:
        node, name = reference.NodeId, str(reference.BrowseName.Name or "")
        if int(reference.ReferenceTypeId.Identifier) == ua.ObjectIds.HasProperty:
            if name == _UNIT and parent.place is not None:
                self._units.append((parent.place, node))
            return
        if parent.place is not None and not self.found[parent.place].has_more:
            self._say(parent.place, has_more=True)
        is_standard = node.NamespaceIndex == 0 and node.Identifier in _STANDARD
        if node in self._seen or is_standard or len(self.found) >= bounds.nodes:
            return
        self._seen.add(node)
        path = f"{parent.path}/{name}" if parent.path else name
        found = Found(
            item=self._spelled(node),
            path=path[:NAMES_MAX],
            is_variable=reference.NodeClass == ua.NodeClass.Variable,
        )
        self.found.append(found)
        if parent.depth < PATH_MAX:
            place, depth = len(self.found) - 1, parent.depth + 1
            fresh.append(_Open(node=node, path=found.path, depth=depth, place=place))

    def _say(self, place: int, **more: str | int | bool) -> None:
        self.found[place] = msgspec.structs.replace(self.found[place], **more)

    async def _references(
        self, chunk: list[_Open], bounds: Bounds
    ) -> list[tuple[_Open, list[Wire]]]:
        """References of a few nodes; raises `UaStatusCodeError` where the first one is not there.

        A node that went away since it was found has none.
        """
        request = ua.BrowseRequest()
        request.Parameters.View = ua.ViewDescription()
        request.Parameters.RequestedMaxReferencesPerNode = 0
        request.Parameters.NodesToBrowse = [_wanted(each.node) for each in chunk]
        try:
            results = (await self._ask(request, ua.BrowseResponse)).Results
        except ua.UaStatusCodeError as error:
            if code_of(error) in TOO_MANY and self._limits.browse.refused(len(chunk)):
                half = len(chunk) // 2
                return [
                    *await self._references(chunk[:half], bounds),
                    *await self._references(chunk[half:], bounds),
                ]
            raise
        found: list[tuple[_Open, list[Wire]]] = []
        scarce: list[_Open] = []
        for opened, result in zip(chunk, results, strict=True):
            code = int(result.StatusCode.value) & 0xFFFF0000
            if code == _NO_CONTINUATION and len(chunk) > 1:
                scarce.append(opened)
                continue
            if code == _NO_CONTINUATION or opened.place is None:
                result.StatusCode.check()  # what was asked for is told with its status
            references = list(result.References or ())
            if result.ContinuationPoint:
                references += await self._rest(result.ContinuationPoint, bounds.nodes)
            found.append((opened, references))
        for opened in scarce:  # one at a time: the server has few continuation points
            found += await self._references([opened], bounds)
        return found

    async def _rest(self, point: bytes, most: int) -> list[Wire]:
        """References that did not fit the first answer; each answer must bring some.

        A server that breaks off is told: what is listed would look like all there is.
        """
        found: list[Wire] = []
        while point:
            is_enough = len(found) >= most
            request = ua.BrowseNextRequest()
            # One that is not used any more counts until it is given back.
            request.Parameters.ReleaseContinuationPoints = is_enough
            request.Parameters.ContinuationPoints = [point]
            (result,) = (await self._ask(request, ua.BrowseNextResponse)).Parameters.Results
            if is_enough:
                break
            result.StatusCode.check()
            if not result.References:
                break
            found += result.References
            point = result.ContinuationPoint
        return found

    async def _describe(self, fresh: list[_Open]) -> None:
        """Read what is known of the new variables, and the units that were met on the way."""
        places = [each.place for each in fresh if each.place is not None]
        wanted = [place for place in places if self.found[place].is_variable]
        nodes = {each.place: each.node for each in fresh}
        values = await self._read([(nodes[at], each) for at in wanted for each in _ATTRIBUTES])
        for row, place in enumerate(wanted):
            kind, rank, access, text = map(_value, values[4 * row : 4 * row + 4])
            bits = access if isinstance(access, int) else 1
            self._say(
                place,
                type="" if kind is None else self._type(kind),
                rank=rank if isinstance(rank, int) else -1,
                readable=bool(bits & 1),
                writable=bool(bits & 2),
                description=str(getattr(text, "Text", None) or ""),
            )
        units, self._units = self._units, []
        values = await self._read([(node, ua.AttributeIds.Value) for _, node in units])
        for (place, _), value in zip(units, values, strict=True):
            shown = getattr(getattr(_value(value), "DisplayName", None), "Text", None)
            self._say(place, unit=str(shown or ""))

    def _type(self, kind: Wire) -> str:
        if kind.NamespaceIndex == 0 and isinstance(kind.Identifier, int):
            if kind.Identifier <= _BUILT_IN_LAST:
                return str(ua.VariantType(kind.Identifier).name)
            if kind.Identifier in _NUMBERS:
                return _NUMBERS[kind.Identifier]
        return self._spelled(kind)

    def _spelled(self, node: Wire) -> str:
        """As a plant file writes it: by the URI, which stays when numbers change."""
        text: str = node.to_string()
        space = node.NamespaceIndex
        if space == 0 or space >= len(self._spaces):
            return text
        uri = urllib.parse.quote(self._spaces[space], safe=":/#?&=+,.@~")
        return f"nsu={uri};{text.partition(';')[2]}"


def _value(read: Wire) -> Wire:
    return None if read.Value is None else read.Value.Value


def _wanted(node: Wire) -> Wire:
    wanted = ua.BrowseDescription()
    wanted.NodeId, wanted.BrowseDirection = node, ua.BrowseDirection.Forward
    wanted.ReferenceTypeId = ua.NodeId(ua.ObjectIds.HierarchicalReferences)
    wanted.IncludeSubtypes = True
    wanted.NodeClassMask = ua.NodeClass.Object | ua.NodeClass.Variable
    wanted.ResultMask = ua.BrowseResultMask.All
    return wanted
