"""Where a run's bytes are read from, and then once more, a value at a time."""
import os
from io import BytesIO, TextIOBase

from ..errors import FormatError, InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

IN_MEMORY = 1 << 20                     # bytes of a copy; a larger one goes to the disk


class Stored:
    """A file on the disk, opened when something is read."""

    def __init__(self, path: str) -> None:
        self.source = path

    def read_at(self, offset: int, size: int) -> bytes:
        """Return the bytes there; raises OSError, or FormatError if the file has been cut."""
        with open(self.source, "rb") as file:
            return _read_at(file, offset, size)


class Copied:
    """Bytes, or a file that can be read but once: what is read of it is kept.

    source:  to read from
    """

    def __init__(self, source: "Any") -> None:
        if isinstance(source, (bytes, bytearray, memoryview)):
            source = BytesIO(source)
        if isinstance(source, TextIOBase) or not hasattr(source, "read"):
            raise InputError("path", "a path, bytes or a file open for reading bytes",
                             shown(source))
        self.source, self._file = self, source
        self._copy, self._in_memory = BytesIO(), True
        self.name = getattr(source, "name", "")
        self._some = getattr(source, "read1", source.read)      # what is there: a pipe goes on

    def read(self, size: int = -1) -> bytes:
        """Read on in the file."""
        data = self._some(size)
        self._copy.write(data)
        if self._in_memory and self._copy.tell() > IN_MEMORY:
            self._to_disk()
        return data

    def _to_disk(self):
        import tempfile                 # not at the top: slow to import, and few need it
        self._in_memory = False
        try:
            file = tempfile.TemporaryFile()
        except OSError:                 # there is no place for it: it stays
            return
        file.write(self._copy.getvalue())
        self._copy = file

    def read_at(self, offset: int, size: int) -> bytes:
        """Return the bytes there, of those that have been read."""
        return _read_at(self._copy, offset, size)

    def __del__(self) -> None:
        if hasattr(self, "_copy"):
            self._copy.close()


def _read_at(file, offset, size):
    file.seek(offset, os.SEEK_SET)
    data = file.read(size)
    if len(data) < size:
        raise FormatError("the file has been cut", offset, "files-8")
    return data
