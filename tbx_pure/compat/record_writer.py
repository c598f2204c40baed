"""RecordWriter, and writing to other places than the disk, as in tensorboardX.record_writer.

A factory stands for a prefix, such as "s3" of "s3://bucket/runs".  It has open(path), which returns
something with write(bytes), flush() and close(), and directory_check(path), which is called before
with the file's directory.
"""
import atexit
import os
import re
import time

from ..errors import InputError, shown
from ..record import frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

FACTORIES = {}                          # type: Dict[str, Any]
NAME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*$")          # of what a URL begins with


def register_writer_factory(prefix: str, factory: "Any") -> None:
    """Let a factory write all files whose path begins with `prefix` and a colon."""
    if not isinstance(prefix, str) or not prefix or ":" in prefix:
        raise InputError("prefix", "text without a colon", shown(prefix), "register_writer_factory")
    for method in ("open", "directory_check"):
        if not callable(getattr(factory, method, None)):
            raise InputError("factory", "a method " + method, shown(factory),
                             "register_writer_factory")
    FACTORIES[prefix] = factory


def factory_of(path: str) -> "Optional[Any]":
    """Return the factory for a path; None for a path of the disk.

    Raises InputError for a URL without one: on the disk it would be a directory named "s3:".
    """
    prefix, colon, rest = path.partition(":")
    factory = FACTORIES.get(prefix) if colon else None
    if factory is None and rest.startswith("//") and NAME.match(prefix):
        raise InputError("logdir", "a directory, or a URL that somebody can write: before, call "
                         "register_writer_factory(%r, factory) of %s" % (prefix, __name__), path)
    return factory


class FactorySystem:
    """What EventFile asks of the operating system, asked of a factory.

    flush_secs: how often what has been written is flushed, if nobody asks for it
    """
    getpid = staticmethod(os.getpid)
    KEEPS_OPEN = True                   # a factory may begin a file anew when it opens it again

    def __init__(self, factory: "Any", flush_secs: float) -> None:
        self._factory, self._flush_secs = factory, flush_secs
        self._flushed = time.monotonic()
        self._open = []                 # type: List[Any]
        atexit.register(self._flush_all)

    def makedirs(self, directory: str, exist_ok: bool) -> None:
        """Let the factory make a directory, if it needs one."""
        self._factory.directory_check(directory)

    def open(self, path: str, flags: int, mode: int) -> "Any":
        """Return the factory's file."""
        file = self._factory.open(path)
        self._open.append(file)
        return file

    def write(self, file: "Any", data: bytes) -> int:
        """Write all of data."""
        file.write(data)
        if time.monotonic() - self._flushed >= self._flush_secs:
            self._flush_all()
        return len(data)

    def fsync(self, file: "Any") -> None:
        """Flush a file: after that, what is in it can be read where it is."""
        file.flush()

    def close(self, file: "Any") -> None:
        """Close a file."""
        self._open.remove(file)
        file.close()

    def _flush_all(self):
        self._flushed = time.monotonic()
        for file in self._open:
            file.flush()


class RecordWriter:
    """Writes records to a file, given as its path or as something with write, flush and close.

    A file of that path that is there is emptied.
    """

    def __init__(self, path: "Any") -> None:
        self.path, self._writer = None, path
        if not hasattr(path, "write"):
            self.path = os.fspath(path)
            self._writer = self._opened(self.path)

    @staticmethod
    def _opened(path):
        factory = factory_of(path)
        if factory is not None:
            return factory.open(path)
        return open(path, "wb")

    def write(self, data: bytes) -> None:
        """Write one record."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise InputError("data", "bytes", shown(data), "RecordWriter.write")
        self._writer.write(frame(bytes(data)))

    def flush(self) -> None:
        """Put on the disk what has been written."""
        self._writer.flush()
        if self.path is not None and hasattr(self._writer, "fileno"):
            os.fsync(self._writer.fileno())

    def close(self) -> None:
        """Close the file."""
        self._writer.close()

    @property
    def closed(self) -> bool:
        """Whether the file is closed."""
        return bool(getattr(self._writer, "closed", False))
