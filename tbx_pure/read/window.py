"""The part of a file that is in memory: offsets are the file's, whatever has been dropped."""
import errno
import os
import stat
from io import BytesIO, TextIOBase

from ..errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple, Union

CHUNK = 1 << 16


class Window:
    """A source of bytes that is read once, forwards: a file, a pipe, or bytes in memory.

    source:   a path, a file open for reading bytes, or bytes; what this opens it also closes
    chunk:    how many bytes to ask for at a time
    path:     the name of the source, for messages; "" if it has none
    buf:      the bytes from `base` to `end`
    nonzero:  the offset after the last byte so far that is not 0

    Offsets count from where a file stands when it is given.  Memory is that of what is kept: no
    length that a file claims is set aside, only bytes that came.
    """

    def __init__(self, source: "Any", chunk: int = CHUNK) -> None:
        self.owns = isinstance(source, (str, bytes, bytearray, memoryview)) or hasattr(
            source, "__fspath__")
        self.file = _opened(source) if self.owns else source
        if isinstance(source, TextIOBase) or not hasattr(self.file, "read"):
            raise InputError("source", "a path, bytes or a file open for reading bytes",
                             shown(source))
        self.path = _name(source)
        self.chunk, self.base, self.nonzero = chunk, 0, 0
        self.buf = b""                  # type: Union[bytes, bytearray]
        self._read = getattr(self.file, "read1", self.file.read)    # what is there: a pipe goes on

    @property
    def end(self) -> int:
        """The offset after the last byte that has been read."""
        return self.base + len(self.buf)

    def more(self, keep: int) -> bool:
        """Read on; drop what stands before offset `keep`.  False if there is nothing more, yet."""
        chunk = self._read(self.chunk)
        if not chunk:
            return False
        filled = chunk.rstrip(b"\0")
        if filled:
            self.nonzero = self.end + len(filled)
        drop = max(keep - self.base, 0)
        self.base += drop
        if len(self.buf) - drop < len(chunk):
            self.buf = bytes(self.buf[drop:]) + chunk
        else:                           # else what is kept would be copied for each little chunk
            self.buf = bytearray(self.buf) if isinstance(self.buf, bytes) else self.buf
            del self.buf[:drop]
            self.buf += chunk
        return True

    def reaches(self, end: int, keep: int) -> bool:
        """Read until the bytes before offset `end` are there; False if the file ends sooner."""
        while self.end < end:
            if not self.more(keep):
                return False
        return True

    def bytes(self, start: int, end: int) -> bytes:
        """Return the bytes from offset `start` to `end`, which must be in the window."""
        if isinstance(self.buf, bytes):
            return self.buf[start - self.base:end - self.base]
        with memoryview(self.buf) as view:      # so that they are copied once
            return bytes(view[start - self.base:end - self.base])

    def rest(self, start: int) -> "Tuple[Any, int]":
        """Return (the bytes from offset `start` on or before, the offset where they begin)."""
        if isinstance(self.buf, bytes):
            return self.buf, self.base  # without a copy
        return self.bytes(start, self.end), start

    def reread(self, offset: int) -> None:
        """Forget what was read from `offset` on: it may have changed.  The file is seekable."""
        self.file.seek(offset - self.end, os.SEEK_CUR)
        self.buf, self.base, self.nonzero = b"", offset, min(self.nonzero, offset)

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self.owns:
            self.file.close()


def _opened(source):
    if isinstance(source, (bytes, bytearray, memoryview)):
        return BytesIO(source)
    file = open(source, "rb", buffering=0)
    status = os.fstat(file.fileno())
    if (stat.S_ISCHR(status.st_mode) and not file.isatty()
            and status.st_rdev != os.stat(os.devnull).st_rdev):
        file.close()                    # such as /dev/zero: it has no end, and all would be kept
        raise OSError(errno.ENODEV, "a device, no event file", os.fspath(source))
    return file


def _name(source):
    if isinstance(source, (bytes, bytearray, memoryview)):
        return ""
    if isinstance(source, str) or hasattr(source, "__fspath__"):
        return os.fspath(source)
    name = getattr(source, "name", "")
    return name if isinstance(name, str) else ""
