"""What a person does: first the audit, then the record, then the book."""

import asyncio
from pathlib import Path

import pytest

from linewright.bus import Bus, BusAddress, BusUnavailable
from linewright.plant.records import Role
from linewright.server.book.entries.storing import Storing
from linewright.server.desk import Refusal
from linewright.server.grants import Person
from tests.server.book.onbus import Scene, held, scene, state
from tests.server.book.played import BEGIN_NS, LINE, S_NS


def storing(found: Scene, bus: Bus, role: Role = Role.OPERATOR) -> Storing:
    """Return what stores for p7."""
    return Storing(found.book, bus, found.applied, Person(id="p7", role=role))


def test_what_could_not_be_stored_has_a_second_line_in_the_audit(tmp_path: Path) -> None:
    """`done` was told before, so `not_done` follows; the book does not show it."""

    async def told() -> None:
        async with scene(tmp_path) as found:
            await found.at(BEGIN_NS + 60 * S_NS)
            record, address = state(5, "down"), BusAddress.read(tmp_path / "bus", "connect")
            # The bus lets this user tell the audit, and no state.
            async with await Bus.connect(address, site=LINE.site, name="connect") as bus:
                with pytest.raises(BusUnavailable):
                    await storing(found, bus).store([record], "x.done", "it was so")
            lines = [(one.outcome, one.of, one.by) for one in await found.audits()]
            assert lines == [("done", record.id, "p7"), ("not_done", record.id, "p7")]
            assert record.id not in held(found.book)
            await storing(found, found.bus).store([record], "x.done", "it was so")
            assert record.id in held(found.book)

    asyncio.run(told())


def test_a_role_gives_what_the_table_says(tmp_path: Path) -> None:
    """An operator reports, and corrects nothing that others reported."""

    async def told() -> None:
        async with scene(tmp_path) as found:
            one = storing(found, found.bus)
            assert (one.may("report"), one.may("correct_parts")) == (True, False)
            assert storing(found, found.bus, Role.QUALITY).may("correct_parts")
            with pytest.raises(Refusal) as refused:
                one.must("correct_parts", "here")
            assert (refused.value.status, refused.value.where) == (403, "here")

    asyncio.run(told())
