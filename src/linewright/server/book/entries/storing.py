"""What a person does is told to the audit, stored, and put into the book."""

import contextlib
import hashlib
import time
from collections.abc import Sequence

from linewright.bus import Applied, Bus, BusUnavailable
from linewright.plant.records import Audit, How, Record, class_of, encode
from linewright.server.book.hearing import Book
from linewright.server.desk import Refusal
from linewright.server.grants import Person
from linewright.server.signing.roles import may

__all__ = ["SOURCE", "TEXT_MAX", "Storing"]

SOURCE = "server"
"""Who tells what people enter here."""

TEXT_MAX = 2000
"""Longest text of a record."""


class Storing:
    """Stores what one person does.

    Parameters
    ----------
    book
        Of the site.
    bus, applied
        Where records go, and the plant in force.
    person
        Who acts, and in which role.

    Attributes
    ----------
    book, applied, person
        As given.
    """

    def __init__(self, book: Book, bus: Bus, applied: Applied, person: Person) -> None:
        self.book = book
        self.applied = applied
        self.person = person
        self._bus = bus

    def may(self, permission: str) -> bool:
        """Tell whether the person's role gives a permission at this site."""
        site = self.applied.site
        return may({site: self.person.role}, permission, site)

    def must(self, permission: str, where: str) -> None:
        """Refuse what the person's role does not give.

        Raises
        ------
        Refusal
            403.
        """
        if not self.may(permission):
            what = f"the role {self.person.role.value} may not do this"
            raise Refusal(403, what, where, "ask somebody who may")

    async def store(self, records: Sequence[Record], action: str, text: str) -> None:
        """Tell the audit what is about to be stored, store it, and put it into the book.

        Parameters
        ----------
        records
            In this order.
        action
            Word of the audit.
        text
            The same in words.

        Raises
        ------
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        for record in records:
            await self._bus.publish(self._audit(record, action, "done", text))
            try:
                await self._bus.publish(record)
            except BusUnavailable:
                with contextlib.suppress(BusUnavailable):
                    await self._bus.publish(self._audit(record, action, "not_done", text))
                raise
            self.book.take(record)

    def _audit(self, record: Record, action: str, outcome: str, text: str) -> Audit:
        return Audit(
            address=record.address.owner,
            t_ns=self.book.moment().t_ns,
            seen_ns=time.time_ns(),
            plant_rev=self.applied.rev,
            how=How.PERSON,
            source=SOURCE,
            by=self.person.id,
            action=action,
            outcome=outcome,
            of=record.id,
            of_class=class_of(record),
            of_rev=record.rev,
            content_sha256=hashlib.sha256(encode(record)).hexdigest(),
            text=f"{self.person.id}: {text}"[:TEXT_MAX],
        )
