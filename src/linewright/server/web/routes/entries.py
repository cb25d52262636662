"""What people enter at a station: pieces, jobs, who is there; and taking it back."""

from linewright.server.book.entries.listing import entries_view
from linewright.server.views.entries import EntriesView, EntryView
from linewright.server.web.asked import Asked
from linewright.server.web.routes.asking import acting_of
from linewright.server.web.routes.days import window_of

__all__ = ["entries", "job", "parts", "sign_on", "undo"]


async def entries(asked: Asked) -> EntriesView:
    """Return what people entered of a place over a window."""
    window = window_of(asked)
    kept = await asked.site.book.of(window)
    return entries_view(kept, asked.site.moment(), asked.place(), window)


async def parts(asked: Asked) -> EntryView:
    """Report pieces."""
    return await acting_of(asked).reporting.parts(asked.body)


async def job(asked: Asked) -> EntryView:
    """Report what has become of a job."""
    return await acting_of(asked).reporting.job(asked.body)


async def sign_on(asked: Asked) -> EntryView:
    """Sign on or off at a station."""
    return await acting_of(asked).reporting.sign_on(asked.body)


async def undo(asked: Asked) -> EntryView:
    """Take back an entry."""
    return await acting_of(asked).reporting.undo(asked.path["entry_id"])
