"""An event file on disk: its name, its first record, and records appended to it.  spec/6-files-and-runs.md"""
import itertools
import os
import re
import threading
import time

from .messages import EVENT, FILE_VERSION
from .record import frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

FLAGS = (os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
         | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))    # the one is Windows', the other not

COUNTER = itertools.count()             # of the files this process has opened


class EventFile:
    """One run's events, appended to a file of their own.

    When append() returns, the record is in the operating system: killing the process loses nothing.
    flush(sync=True) and close() put it on the disk.  A record that was cut short by an error is
    completed before anything follows it; bytes already written are never taken back.  After close()
    the next append opens a new file.  Threads may share it, and so may forked processes: each record
    is one write at the end of the file.

    directory:   made when the file is opened
    suffix:      added to the file's name
    purge_step:  a restarted run's first step: readers are told to drop what came from there on
    system:      the operating system's part: os, or for a test something that acts like it
    Raises the operating system's own errors.
    """
    _fd = None                          # type: Optional[int]

    def __init__(self, directory: str, suffix: str = "", purge_step: "Optional[int]" = None,
                 system: "Any" = os) -> None:
        self.directory, self.suffix, self.purge_step = directory, suffix, purge_step
        self.path = None                # type: Optional[str]
        self._system = system
        self._pid = system.getpid()
        self._lock = threading.RLock()  # of the kind that a signal handler may take while we hold it
        self._rest = b""                # of a record that is only partly in the file

    def append(self, data: bytes) -> None:
        """Write one event, as its message's bytes."""
        record = frame(data)
        self._after_fork()
        with self._lock:
            self.open()
            self._write(record)

    def open(self) -> None:
        """Make the file, with its first record, unless it is open."""
        with self._lock:
            if self._fd is None:
                self._system.makedirs(self.directory, exist_ok=True)
                self._create()
                for event in self._first_events():
                    self._write(frame(EVENT.encode(dict(event, wall_time=time.time()))))
                self.purge_step = None  # purged once, not at each opening

    def flush(self, sync: bool = False) -> None:
        """Return when all that was appended is in the operating system; with sync, on the disk."""
        self._after_fork()
        with self._lock:
            if self._fd is not None:
                self._write(b"")
                if sync:
                    self._system.fsync(self._fd)

    def close(self) -> None:
        """Put the file on the disk and let go of it.  To close twice is nothing."""
        try:
            self.flush(sync=True)
        finally:
            self.__del__()

    def __del__(self):
        fd, self._fd = self._fd, None
        if fd is not None:
            self._system.close(fd)

    def _create(self):
        while self._fd is None:
            name = "events.out.tfevents.%010d.%s.%d.%d%s" % (
                time.time(), host(), self._pid, next(COUNTER), self.suffix)
            path = os.path.join(self.directory, name)
            try:
                self._fd, self.path = self._system.open(path, FLAGS, 0o666), path
            except FileExistsError:     # another machine or container with our name and pid: the next number
                continue

    def _first_events(self):
        yield {"file_version": FILE_VERSION}                    # [event-1]
        if self.purge_step is not None:
            yield {"file_version": FILE_VERSION, "step": self.purge_step}
            yield {"session_log": {"status": "START"}, "step": self.purge_step}

    def _write(self, record):
        """One record, one write.  (A gatherer of bursts would stand here.)

        After an error with nothing written the record is as good as never made; after one with a part
        written, the rest waits in _rest for the next call.
        """
        self._finish()
        written = self._system.write(self._fd, record)
        self._rest = record[written:]
        self._finish()

    def _finish(self):
        while self._rest:
            self._rest = self._rest[self._system.write(self._fd, self._rest):]

    def _after_fork(self):
        """In a forked child: another thread's hold on the lock stayed behind, in the parent."""
        pid = self._system.getpid()
        if pid != self._pid:
            self._pid, self._lock = pid, threading.RLock()
            if self._rest:              # the parent will finish that record; ours go elsewhere
                self._rest = b""
                self.__del__()


def host() -> str:
    """Return the machine's name, as far as a file name may hold it."""
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return re.sub(r"[^\w.-]", "_", name) or "localhost"


def run_name(*names: str) -> str:
    """Return the path of a sub-run, relative to its parent, that `names` make up.

    Parts that would lead out of the parent, or that no file system takes, are made harmless.
    """
    parts = re.split("[%s]" % re.escape(os.sep + (os.altsep or "")), os.sep.join(names))
    parts = [part.replace("\0", "_") for part in parts if part not in ("", ".")]
    return os.path.join("", *("_" if part == ".." else part for part in parts))
