"""What the book holds: newest values in columns, and records by id."""

from linewright.server.book.held.newest import TAGS_MAX, Heard, Newest, Value
from linewright.server.book.held.shelf import RECORDS_MAX, Shelf

__all__ = ["RECORDS_MAX", "TAGS_MAX", "Heard", "Newest", "Shelf", "Value"]
