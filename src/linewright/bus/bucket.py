"""A bucket: the newest value of each key, kept by the server."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

from linewright.bus.errors import BusUnavailable
from linewright.bus.layout import bucket_stream, key_prefix
from linewright.bus.messages import MSG_ID, OPERATION, Message
from linewright.bus.reading import Wanted, newest, ordered, present
from linewright.bus.wire import ApiRefused, Wire

__all__ = ["KEYS_MAX", "Bucket"]

KEYS_MAX = 100_000
"""Most keys that `keys` lists."""

_KEY = re.compile(r"[-/_=A-Za-z0-9]+(\.[-/_=A-Za-z0-9]+)*")


class Bucket:
    """Values by key, of one bucket of a site; got from `Bus.bucket`.

    A key is of letters, digits and ``- _ / =``, with dots between its parts.
    """

    def __init__(self, wire: Wire, name: str, site: str) -> None:
        self._wire = wire
        self.name = name
        self._stream = bucket_stream(name, site)
        self._prefix = key_prefix(name, site)

    async def get(self, key: str) -> bytes | None:
        """Value of a key; None where it has none.

        Raises
        ------
        BusUnavailable
            The server did not answer in time.
        """
        found = await newest(self._wire, self._stream, self._subject(key))
        return None if found is None or found.is_removal else found.data

    async def put(self, key: str, data: bytes) -> int:
        """Store a value; returns its revision, which rises with every value of the bucket.

        Raises
        ------
        BusUnavailable
            The server did not answer in time: the value may or may not be stored; or the bucket is
            full: it is not.
        PermissionRefused
            This user may not write the key.
        """
        return await self._store(key, data, {})

    async def remove(self, key: str) -> int:
        """Take a key away; watchers are told None. Harmless where there is no such key.

        Raises
        ------
        BusUnavailable
            The server did not answer in time.
        """
        return await self._store(key, b"", {OPERATION: "DEL"})

    async def keys(self) -> list[str]:
        """Every key that has a value, in the order of their last change.

        Raises
        ------
        BusUnavailable
            There are more than `KEYS_MAX`, or the server did not answer in time.
        """
        wanted = Wanted(stream=self._stream, subject=f"{self._prefix}>", newest=True)
        found: list[str] = []
        async with aclosing(present(self._wire, wanted)) as messages:
            async for each in messages:
                if not each.is_removal:
                    found.append(self._key(each))
                if len(found) > KEYS_MAX:
                    raise BusUnavailable(self.name, f"it has more than {KEYS_MAX} keys")
        return found

    async def watch(self, key: str = ">") -> AsyncGenerator[tuple[str, bytes | None], None]:
        """Keys with their values: first those that are there, then every change; None: removed.

        Of a key that changes faster than it is read, some values are left out, never the last.

        Parameters
        ----------
        key
            A key, or a pattern: ``*`` stands for one part, ``>`` for all the rest.

        Raises
        ------
        BusUnavailable
            The server stayed away for a minute.
        """
        wanted = Wanted(stream=self._stream, subject=f"{self._prefix}{key}", newest=True)
        async for message in ordered(self._wire, wanted):
            yield self._key(message), None if message.is_removal else message.data

    async def _store(self, key: str, data: bytes, headers: dict[str, str]) -> int:
        subject = self._subject(key)
        # A random id: asked twice because an answer was lost, it is stored once.
        unique = self._wire.inbox().rpartition(".")[2]
        try:
            stored = await self._wire.call_json(subject, data, headers={**headers, MSG_ID: unique})
        except ApiRefused as error:
            raise BusUnavailable(f"{self.name}/{key}", error.what) from error
        return int(stored["seq"])

    def _subject(self, key: str) -> str:
        assert _KEY.fullmatch(key), f"{key!r} is no key of a bucket"
        return self._prefix + key

    def _key(self, message: Message) -> str:
        return message.subject.removeprefix(self._prefix)
