r"""The audit chain as a file beside the database, for auditors who have no DuckDB.

The table is the truth. The file only follows it: what a killed process left unfinished is mended
at the next start, and where the file says something else it is cut and written on from the table.

>>> import tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> file = AuditFile.open(folder, [b'{"n":0}'])
>>> file.append([b'{"n":1}'])
>>> file.close()
>>> (folder / AUDIT_FILE).read_bytes()
b'{"n":0}\n{"n":1}\n'
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Self

__all__ = ["AUDIT_FILE", "AuditFile"]

AUDIT_FILE = "audit.jsonl"

log = logging.getLogger(__name__)


class AuditFile:
    """Open file of the chain, to append to.

    Examples
    --------
    >>> import tempfile
    >>> AuditFile.open(Path(tempfile.mkdtemp()), []).close()
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    @classmethod
    def open(cls, folder: Path, lines: Iterable[bytes]) -> Self:
        """Bring the file of a folder to what the table says, and open it.

        Parameters
        ----------
        folder
            Where it lies.
        lines
            All links of the table, in order.

        Notes
        -----
        Linear in the chain, at every start; one line is in memory at a time.
        """
        file = (folder / AUDIT_FILE).open("a+b")
        file.seek(0)
        good_bytes = 0
        rest = iter(lines)
        for line in rest:
            whole = line + b"\n"
            if (found := file.readline()) != whole:
                _cut(file, good_bytes, is_other=not whole.startswith(found))
                file.write(whole)
                file.writelines(each + b"\n" for each in rest)
                break
            good_bytes += len(whole)
        else:
            _cut(file, good_bytes, is_other=bool(file.read(1)))
        file.flush()
        return cls(file)

    def append(self, lines: Iterable[bytes]) -> None:
        """Append links that are in the table by now."""
        self._file.write(b"".join(line + b"\n" for line in lines))
        self._file.flush()

    def close(self) -> None:
        """Close the file; what the disk does not take is written at the next start."""
        with suppress(OSError):
            self._file.close()


def _cut(file: BinaryIO, good_bytes: int, *, is_other: bool) -> None:
    """Take away what follows the lines that agree with the table."""
    if is_other:
        log.warning(
            "%s said something else than the database from byte %d on", AUDIT_FILE, good_bytes
        )
    file.truncate(good_bytes)
    file.seek(good_bytes)
