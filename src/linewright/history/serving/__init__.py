"""What the service works with: the open file with its threads, and exports."""

from linewright.history.serving.exporting import Wanted, export
from linewright.history.serving.open_store import ExportRefused, Exports, Settings, Store

__all__ = ["ExportRefused", "Exports", "Settings", "Store", "Wanted", "export"]
