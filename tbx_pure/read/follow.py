"""Event files while they are written: growing, newly appearing, replaced or begun anew.

spec/1-records.md, record-6; spec/6-files-and-runs.md, files-5 and files-8
"""
import os
import time

from ..record import HEADER_SIZE
from .events import decoded
from .files import event_files
from .records import scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple
    from .records import Damage, Scan

PATIENCE = 10.0         # seconds until what is not written yet counts as damage: see records.scan
REMEMBERED = 64         # bytes of the last record: where they still stand, the file is the same


def follow(path: str, interval: float = 1.0, stop: "Optional[Callable[[], Any]]" = None,
           mode: str = "tail", strict: bool = False, patience: float = PATIENCE) -> "Following":
    """Return an iterator over every event of a path: those that are there, then those that come.

    path:      an event file, a run or a log directory; it need not be there yet
    interval:  seconds between two looks; 0 is allowed
    stop:      called after each look; once it returns something true, all files are taken as
               complete, what is left in them is read, and the iteration ends.  None: never
    mode, strict, patience:  see records.scan

    The iterator has
        damage   list of Damage so far
        torn     list of Damage, at the end: the ends that are not all there
        errors   {path: OSError} of the files and directories that cannot be read for now
        run, path, offset   of the last event: its run, its file, and where its record begins there
    A pipe, such as standard input, needs none of this: events(file) waits for what comes.
    """
    return Following(path, interval, stop, mode, strict, patience)


class Following:
    """An iterator over the events of a path as they come: see follow()."""

    def __init__(self, path: str, interval: float = 1.0,
                 stop: "Optional[Callable[[], Any]]" = None, mode: str = "tail",
                 strict: bool = False, patience: float = PATIENCE) -> None:
        self.files = Files(path, mode, strict, patience)
        self.damage, self.torn, self.errors = self.files.damage, self.files.torn, self.files.errors
        self.run, self.path, self.offset = "", "", 0
        self._events = self._follow(interval, stop or _never)

    def __iter__(self) -> "Iterator[Dict[str, Any]]":
        return self

    def __next__(self) -> "Dict[str, Any]":
        return next(self._events)

    def _follow(self, interval, stop):
        complete = False
        while True:
            for self.run, records, self.offset, data in self.files.look(complete):
                self.path = records.path
                event = decoded(records, self.offset, data)
                if event is not None:
                    yield event
            if complete:
                return
            complete = bool(stop())
            if not complete:
                time.sleep(interval)


def _never():
    return False


class Files:
    """The event files of a path, each read from where it was left.

    damage, torn, errors:  as of follow()
    """

    def __init__(self, path: str, mode: str = "tail", strict: bool = False,
                 patience: float = PATIENCE) -> None:
        self.path, self.options = os.fspath(path), (mode, strict, patience)
        self.damage, self.torn = [], []         # type: List[Damage], List[Damage]
        self.errors = {}                # type: Dict[str, OSError]
        self.files = {}                 # type: Dict[str, _File]

    def look(self, complete: bool = False) -> "Iterator[Tuple[str, Scan, int, bytes]]":
        """Yield (run, the scan of its file, offset, data) of each record that is new.

        Files come in TensorBoard's order.  complete: no more will be written; look no more then.
        """
        self.errors.clear()
        listed = self._listed()
        self._renamed([path for _, path in listed if path not in self.files])
        for run, path in listed:
            if path not in self.files:
                self.files[path] = _File(path, self.options, self.damage)
            file = self.files[path]
            try:
                for records, offset, data in file.look(complete):
                    yield run, records, offset, data
            except OSError as e:        # not there for a moment, or not ours to read
                self.errors[path] = e
            self.torn += [file.records.torn] if file.records.torn else []

    def _listed(self):
        try:
            return event_files(self.path, lambda e: self.errors.setdefault(e.filename, e))
        except OSError as e:
            self.errors[self.path] = e
            return []


    def _renamed(self, new):
        """Go on with files that now have another name, as rotation gives them."""
        known = {file.seen[:2]: old for old, file in self.files.items() if file.seen} if new else {}
        for path in new:
            identity = _identity(path)
            old = known.get(identity)
            if old is not None and _identity(old) != identity:
                self.files[path] = self.files.pop(old)
                self.files[path].rename(path)


def _identity(path):
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


class _File:
    """One file, of which a scan keeps the place."""

    def __init__(self, path, options, damage):
        self.path, self.options, self.damage = path, options, damage
        self.begin()

    def begin(self):
        """Start from the first byte."""
        self.records = scan(_Reopened(self.path), *self.options)
        self.records.damage = self.damage
        self.seen = None                # what os.stat said at the last look
        self.mark = 0, b""              # where the data of the last record begins, and with what

    def rename(self, path):
        """Go on under another name."""
        self.path = self.records.path = self.records.window.file.name = path

    def look(self, complete):
        """Yield (scan, offset, data) of each new record."""
        status = os.stat(self.path)
        seen = status.st_dev, status.st_ino, status.st_mtime, status.st_size
        if seen != self.seen or status.st_size != self.records.end or complete:
            self._go_on(seen)
            if complete:
                self.records.complete()
            for offset, data in self.records:
                self.mark = offset + HEADER_SIZE, data[:REMEMBERED]
                yield self.records, offset, data

    def _go_on(self, seen):
        """Take a file that was begun anew, or replaced by another, from its first byte.

        One that was replaced by a longer copy of itself, as rsync does, goes on.
        """
        offset, data = self.mark
        with open(self.path, "rb", buffering=0) as file:
            file.seek(offset)
            if file.read(len(data)) != data:
                self.begin()
        window = self.records.window
        if self.seen is not None and (seen[:2] != self.seen[:2] or seen[3] < window.end):
            window.reread(self.records.end)
        self.seen = seen


class _Reopened:
    """A file that is opened for each read: one may follow more files than can be open."""

    def __init__(self, path):
        self.name, self.offset = path, 0

    def read(self, size):
        with open(self.name, "rb", buffering=0) as file:
            file.seek(self.offset)
            chunk = file.read(size)
        self.offset += len(chunk)
        return chunk

    def seek(self, offset, whence):
        """Go `offset` bytes on from here; that is all a window asks for."""
        self.offset += offset
