"""Writes and method calls: one value, in the type that the node or the argument has, once."""

import math
from collections.abc import Awaitable, Callable

from linewright.connectors.faults import LinkLost, WriteRefused, WriteUnanswered
from linewright.connectors.opcua.stack import TROUBLE, Wire, code_of, ua, words
from linewright.plant.records import Value

__all__ = ["Writing"]

MAYBE = frozenset({0x800A0000, 0x80050000, 0x80020000, 0x80310000})
"""BadTimeout, BadCommunicationError, BadInternalError, BadNoCommunication: it may have arrived."""

SUPERTYPES_MAX = 16
"""Longest way from a type of a vendor to a built-in one."""

_BUILT_IN_LAST = 25
_ABSTRACT = {26: 11, 27: 8, 28: 9, 29: 6}
"""Number, Integer, UInteger and Enumeration, with the built-in type that is sent for them."""

_INTEGERS = {
    ua.VariantType.SByte: (-(2**7), 2**7 - 1),
    ua.VariantType.Byte: (0, 2**8 - 1),
    ua.VariantType.Int16: (-(2**15), 2**15 - 1),
    ua.VariantType.UInt16: (0, 2**16 - 1),
    ua.VariantType.Int32: (-(2**31), 2**31 - 1),
    ua.VariantType.UInt32: (0, 2**32 - 1),
    ua.VariantType.Int64: (-(2**63), 2**63 - 1),
    ua.VariantType.UInt64: (0, 2**64 - 1),
}
_FLOATS = frozenset({ua.VariantType.Float, ua.VariantType.Double})
_INPUTS = "InputArguments"

Ask = Callable[[Wire, Wire], Awaitable[Wire]]


class Writing:
    """Writes of one session.

    Parameters
    ----------
    url
        Of the server, for messages.
    ask
        Sends a request and gives its checked answer.
    node
        Node id of an item at this server.
    """

    def __init__(self, url: str, ask: Ask, node: Callable[[str], Wire]) -> None:
        self._url = url
        self._ask = ask
        self._node = node
        self._kinds: dict[str, Wire] = {}
        self._methods: dict[str, tuple[Wire, Wire, list[Wire]]] = {}

    async def write(self, item: str, value: Value) -> None:
        """Write one value to a node.

        Raises
        ------
        WriteRefused
            The server said no: nothing was written.
        WriteUnanswered
            It is not known whether it was written: read back, never repeat.
        LinkLost
            The type of the node could not be read: nothing was sent.
        """
        kind = await self._before(item, self._kind(item))
        sent = ua.WriteValue()
        sent.NodeId, sent.AttributeId = self._node(item), ua.AttributeIds.Value
        # Without time and status: many devices refuse a write that sets them.
        sent.Value = ua.DataValue(_variant(item, kind, value))
        request = ua.WriteRequest()
        request.Parameters.NodesToWrite = [sent]
        response = await self._once(item, request, ua.WriteResponse)
        _check(item, response.Results[0])

    async def call(self, item: str, value: Value) -> None:
        """Call a method with the value as its one argument.

        Parameters
        ----------
        item
            The method's node, or `object|method` where it stands below several objects.
        value
            For a method without arguments: True.

        Raises
        ------
        WriteRefused
            The server said no.
        WriteUnanswered
            It is not known whether it ran.
        LinkLost
            Its arguments could not be read: nothing was sent.
        """
        owner, method, kinds = await self._before(item, self._method(item))
        if not kinds and value is not True:
            raise WriteRefused(item, "the method takes no argument: only true calls it")
        call = ua.CallMethodRequest()
        call.ObjectId, call.MethodId = owner, method
        call.InputArguments = [_variant(item, kind, value) for kind in kinds]
        request = ua.CallRequest()
        request.Parameters.MethodsToCall = [call]
        response = await self._once(item, request, ua.CallResponse)
        result = response.Results[0]
        _check(item, result.StatusCode)

    # --- before

    async def _before(self, item: str, asking: Awaitable[Wire]) -> Wire:
        try:
            return await asking
        except WriteRefused:
            raise
        except (TypeError, ValueError, ua.UaStatusCodeError) as error:
            raise WriteRefused(item, words(error)) from error
        except TROUBLE as error:
            raise LinkLost(self._url, words(error)) from error

    async def _kind(self, item: str) -> Wire:
        if item not in self._kinds:
            node = self._node(item)
            present, described = await self._read(
                node, ua.AttributeIds.Value, ua.AttributeIds.DataType
            )
            if present.StatusCode is not None:
                present.StatusCode.check()
            variant = present.Value
            if variant is not None and variant.is_array:
                raise WriteRefused(item, "the node holds an array")
            if variant is not None and variant.VariantType is not ua.VariantType.Null:
                self._kinds[item] = variant.VariantType
            else:
                self._kinds[item] = await self._built_in(described.Value.Value)
        return self._kinds[item]

    async def _method(self, item: str) -> tuple[Wire, Wire, list[Wire]]:
        if item not in self._methods:
            above, _, below = item.rpartition("|")
            method = self._node(below)
            owner = self._node(above) if above else await self._owner(item, method)
            self._methods[item] = owner, method, await self._arguments(item, method)
        return self._methods[item]

    async def _owner(self, item: str, method: Wire) -> Wire:
        found = await self._related(
            method, ua.ObjectIds.HasComponent, ua.BrowseDirection.Inverse, ua.NodeClass.Object
        )
        if len(found) != 1:
            raise WriteRefused(
                item,
                f"the method stands below {len(found)} objects: write `object|method`",
            )
        return found[0].NodeId

    async def _arguments(self, item: str, method: Wire) -> list[Wire]:
        found = await self._related(
            method, ua.ObjectIds.HasProperty, ua.BrowseDirection.Forward, ua.NodeClass.Variable
        )
        inputs = [each for each in found if each.BrowseName.Name == _INPUTS]
        if not inputs:
            return []
        (value,) = await self._read(inputs[0].NodeId, ua.AttributeIds.Value)
        arguments = list(value.Value.Value or ()) if value.Value is not None else []
        if len(arguments) > 1:
            raise WriteRefused(item, f"the method takes {len(arguments)} arguments, not one")
        if arguments and arguments[0].ValueRank >= 0:
            raise WriteRefused(item, "the argument of the method is an array")
        return [await self._built_in(each.DataType) for each in arguments]

    async def _built_in(self, kind: Wire) -> Wire:
        """Built-in type that is sent for a type, which may be one of the vendor's."""
        for _ in range(SUPERTYPES_MAX):
            if kind.NamespaceIndex == 0 and isinstance(kind.Identifier, int):
                number = _ABSTRACT.get(kind.Identifier, kind.Identifier)
                if number <= _BUILT_IN_LAST:
                    return ua.VariantType(number)
            above = await self._related(
                kind, ua.ObjectIds.HasSubtype, ua.BrowseDirection.Inverse, ua.NodeClass.DataType
            )
            if not above:
                break
            kind = above[0].NodeId
        raise ValueError(f"type {kind} is not known")

    async def _related(self, node: Wire, kind: int, direction: Wire, of: Wire) -> list[Wire]:
        wanted = ua.BrowseDescription()
        wanted.NodeId, wanted.BrowseDirection = node, direction
        wanted.ReferenceTypeId, wanted.IncludeSubtypes = ua.NodeId(kind), True
        wanted.NodeClassMask, wanted.ResultMask = of, ua.BrowseResultMask.All
        request = ua.BrowseRequest()
        request.Parameters.NodesToBrowse = [wanted]
        (found,) = (await self._ask(request, ua.BrowseResponse)).Results
        found.StatusCode.check()
        return list(found.References)

    async def _read(self, node: Wire, *attributes: Wire) -> list[Wire]:
        request = ua.ReadRequest()
        for attribute in attributes:
            request.Parameters.NodesToRead.append(ua.ReadValueId(node, attribute))
        return list((await self._ask(request, ua.ReadResponse)).Results)

    # --- the one request that changes something

    async def _once(self, item: str, request: Wire, answer: Wire) -> Wire:
        try:
            return await self._ask(request, answer)
        except ua.UaStatusCodeError as error:
            if code_of(error) in MAYBE:
                raise WriteUnanswered(item, words(error)) from error
            raise WriteRefused(item, words(error)) from error
        except TROUBLE as error:
            raise WriteUnanswered(item, words(error)) from error


def _check(item: str, status: Wire) -> None:
    if status.is_bad():
        if int(status.value) & 0xFFFF0000 in MAYBE:
            raise WriteUnanswered(item, status.name)
        raise WriteRefused(item, status.name)


def _variant(item: str, kind: Wire, value: Value) -> Wire:
    """`value` in the type of its node; what does not fit is refused, never bent."""
    try:
        return ua.Variant(_as(kind, value), kind)
    except (TypeError, ValueError) as error:
        raise WriteRefused(item, words(error)) from error


def _as(kind: Wire, value: Value) -> Value | int:
    if kind is ua.VariantType.Boolean:
        if not isinstance(value, bool):
            raise TypeError(f"{value!r} is neither yes nor no")
        return value
    if kind in _INTEGERS:
        if isinstance(value, bool | str) or not float(value).is_integer():
            raise TypeError(f"{value!r} is no whole number")
        low, high = _INTEGERS[kind]
        if not low <= int(value) <= high:
            raise ValueError(f"{value!r} does not fit {kind.name}, {low} to {high}")
        return int(value)
    if kind in _FLOATS:
        if isinstance(value, bool | str) or not math.isfinite(value):
            raise TypeError(f"{value!r} is no number")
        return float(value)
    if kind is ua.VariantType.String and isinstance(value, str):
        return value
    raise TypeError(f"{value!r} does not fit a node of type {kind.name}")
