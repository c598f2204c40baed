"""An event file on disk: its name, first record, and records appended.  spec/6-files-and-runs.md"""
import itertools
import os
import re
import threading
import time
from collections import deque

from .errors import InputError, shown
from .messages import EVENT, FILE_VERSION
from .record import frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Deque, Optional

FLAGS = (os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
         | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))    # Windows has the one only

COUNTER = itertools.count()             # of the files this process has opened


class EventFile:
    """One run's events, appended to a file of their own.

    When append() returns, the record is in the operating system: killing the process loses nothing.
    flush(sync=True) and close() put it on the disk.  A record that an error has cut short is
    completed before anything follows it; bytes already written are never taken back.  [record-7]
    After close() the next append opens a new file.  Threads may share it, and so may forked
    processes: a record is one write at the end of the file.

    directory:   made when the file is opened
    suffix:      added to the file's name
    purge_step:  a restarted run's first step: readers are told to drop what came from there on
    source:      a text in the first record that says who writes; "": none
    system:      the operating system's part: os, or for a test something that acts like it
    Raises the operating system's own errors.
    """
    _fd = None                          # type: Optional[int]

    def __init__(self, directory: str, suffix: str = "", purge_step: "Optional[int]" = None,
                 source: str = "", system: "Any" = os) -> None:
        self.directory, self.suffix, self.purge_step = directory, suffix, purge_step
        self.path = None                # type: Optional[str]
        self._source, self._system = source, system
        self._pid = system.getpid()
        self._lock = threading.RLock()  # re-entrant: a signal handler may log while we hold it
        self._writing = self._closing = False
        self._waiting = deque()         # type: Deque[bytes]
        self._rest = b""                # what must be written before anything else

    def append(self, data: bytes) -> None:
        """Write one event, given as its message's bytes."""
        record = frame(data)
        self._after_fork()
        with self._lock:
            self._waiting.append(record)
            try:
                self._work()
            except BaseException:
                if record in self._waiting:     # whoever hears of an error has nothing written
                    self._waiting.remove(record)
                raise

    def open(self) -> None:
        """Make the file, with its first record, unless it is open."""
        self._after_fork()
        with self._lock:
            self._work()

    def flush(self, sync: bool = False) -> None:
        """Return when all that was appended is in the operating system; with sync, on the disk."""
        self._after_fork()
        with self._lock:
            if self._fd is not None:
                self._work(sync)

    def close(self) -> None:
        """Put the file on the disk and let go of it.  To close twice is nothing."""
        self._after_fork()
        with self._lock:
            if self._writing:           # we interrupt a call: it closes when it has written
                self._closing = True
                return
            try:
                self.flush(sync=True)
            finally:
                self._let_go()

    def _let_go(self):
        fd, self._fd = self._fd, None
        if fd is not None and self._system.close:       # os is emptied when the interpreter ends
            self._system.close(fd)

    __del__ = _let_go

    def __reduce__(self) -> "Any":
        raise TypeError("an event file cannot be copied or sent to another process: make a "
                        "SummaryWriter there")

    def _work(self, sync=False):
        """Open the file, complete what was cut short, write what waits; with sync, reach the disk.

        A call that interrupts us here (of a signal handler, of a finalizer) leaves its record
        waiting, or says that it would close: we do it when we go on.
        """
        while not self._writing and (self._fd is None or self._rest or self._waiting or sync):
            self._writing = True
            try:
                if self._fd is None:
                    self._create()
                self._finish()
                if self._waiting:
                    self._write(self._waiting.popleft())
                elif sync:
                    self._system.fsync(self._fd)
                    sync = False
            finally:
                self._writing = False
        if self._closing and not self._writing:
            self._closing = False
            self.close()

    def _create(self):
        self._system.makedirs(self.directory, exist_ok=True)
        self._rest = b"".join(map(frame, self._first_events()))
        while self._fd is None:
            name = "events.out.tfevents.%010d.%s.%d.%06d%s" % (        # read in order of names
                time.time(), host(), self._pid, next(COUNTER), self.suffix)
            self.path = os.path.join(self.directory, name)
            try:
                self._fd = self._system.open(self.path, FLAGS, 0o666)
            except FileExistsError:     # of a machine or container named like ours: next number
                continue
        self.purge_step = None          # purged once, not at each opening

    def _first_events(self):
        """Yield the file's first events: its version, and where a restarted run goes on."""
        source = {"writer": self._source} if self._source else None
        marks = [{"file_version": FILE_VERSION, "source_metadata": source}]     # [event-1]
        if self.purge_step is not None:
            start = {"session_log": {"status": "START"}, "step": self.purge_step}
            marks += [{"file_version": FILE_VERSION, "step": self.purge_step}, start]
            marks.append(start)         # TensorBoard's Python engine heeds none but the second
        for mark in marks:
            yield EVENT.encode(dict(mark, wall_time=time.time()))

    def _write(self, record):
        """Write one record with one call.  (A gatherer of bursts would stand here.)

        If the call fails, nothing of the record is written and the caller has the error; if it
        writes only a part, the rest is kept and comes first in this call or the next.
        """
        written = self._system.write(self._fd, record)
        if written < len(record):
            self._rest = record[written:]
            self._finish()

    def _finish(self):
        while self._rest:
            self._rest = self._rest[self._system.write(self._fd, self._rest):]

    def _after_fork(self):
        """In a forked child: another thread's hold on the lock has stayed behind in the parent."""
        pid = self._system.getpid()
        if pid != self._pid:
            self._pid, self._lock = pid, threading.RLock()
            self._writing = self._closing = False
            self._waiting.clear()
            if self._rest:              # the parent finishes that record; ours go to another file
                self._rest = b""
                self._let_go()


def host() -> str:
    """Return the machine's name, as far as a file name may hold it."""
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return re.sub(r"[^\w.-]", "_", name) or "localhost"


def path_text(path: "Any", argument: str) -> str:
    """Return a path as text, given as text, as bytes or as an object that has one."""
    try:
        return os.fsdecode(path)
    except TypeError:
        raise InputError(argument, "a path", shown(path)) from None


def subrun(*names: str) -> str:
    """Return the path of a sub-run, relative to its parent, that `names` make up.

    Parts that would lead out of the parent, or that no file system takes, are made harmless.
    """
    separators = re.escape(os.sep + (os.altsep or ""))
    parts = re.split("[%s]" % separators, os.sep.join(names).replace("\0", "_"))
    parts = ["_" if part == ".." else part for part in parts if part not in ("", ".")]
    return os.path.join("", *parts)
