"""An event file on disk: its name, first record, and records appended.  spec/6-files-and-runs.md"""
import errno
import itertools
import os
import re
import sys
import threading
import time
import weakref

from .errors import InputError, shown
from .messages import EVENT, FILE_VERSION
from .plugins.scalars import records
from .record import frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional

FLAGS = (os.O_WRONLY | os.O_APPEND
         | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))    # Windows has the one only
NEW = os.O_CREAT | os.O_EXCL

# What no part of a path may hold on Windows, or be.
WINDOWS = re.compile(r'[<>:"|?*\x00-\x1f]|[. ]+$')
RESERVED = re.compile(r"^((?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$))", re.IGNORECASE)

# PyPy 7.3.11 now and then ends at extend(map()), with an error of its own.
NOTE = list.extend if sys.implementation.name != "pypy" else lambda done, n: done.append(next(n))

COUNTER = itertools.count()             # of the files this process has opened
FILES = weakref.WeakSet()               # type: Any     # all that there are


class EventFile:
    """One run's events, appended to a file of their own.

    When append() returns, the record is in the operating system: killing the process loses nothing.
    flush(sync=True) and close() put it on the disk.  A record that an error has cut short is
    completed before anything follows it; bytes already written are never taken back.  [record-7]
    After close() the next append opens a new file.

    Threads may share it, and so may forked processes: a record is one write at the end of the file.
    Signal handlers, finalizers and exceptions may come between any two lines of it.  To outlast
    errors of the system, see lasting.py.

    directory:   made when the file is opened
    suffix:      added to the file's name
    purge_step:  a restarted run's first step: readers are told to drop what came from there on
    source:      a text in the first record that says who writes; "": none
    system:      the operating system's part: os, or for a test something that acts like it
    Raises the operating system's own errors; nothing is written of an event that meets one.
    """
    _fd = None                          # type: Optional[int]

    def __init__(self, directory: str, suffix: str = "", purge_step: "Optional[int]" = None,
                 source: str = "", system: "Any" = os) -> None:
        self.directory, self.suffix, self.purge_step = directory, suffix, purge_step
        self.path = None                # type: Optional[str]
        self._source, self._system = source, system
        self._pid, self._lock = system.getpid(), threading.RLock()
        self._queue = []                # type: List[Any]   # events; first, the batch being written
        self._head = None               # type: Optional[Batch]     # the first records, until then
        self._closing, self._written = False, 0         # events, since it was made
        FILES.add(self)

    def append(self, event: "Any") -> None:
        """Write one event: the bytes of its message, or a row for plugins.scalars.records()."""
        self._after_fork()
        if self._owned():               # we interrupt a call, of a handler: it writes ours too
            self._queue.append(event)
        else:
            self._alone(self._append, event)
            self._work()

    def open(self) -> None:
        """Make the file, with its first record, unless it is open."""
        self._after_fork()
        self._alone(self._ready)

    def flush(self, sync: bool = False) -> None:
        """Return when all that was appended is in the operating system; with sync, on the disk."""
        self._after_fork()
        self._work()
        if sync and self._fd is not None:
            self._alone(self._sync)

    def close(self) -> None:
        """Put the file on the disk and let go of it.  To close twice is nothing."""
        if self._owned():               # we interrupt a call: it closes when it has written
            self._closing = True
            return
        try:
            self.flush(sync=True)
        finally:
            self._alone(self._end)
        self._work()                    # what other threads have added meanwhile: to a new file

    def _end(self):
        self._let_go()

    def _let_go(self):
        fd, self._fd = self._fd, None
        if fd is not None and self._system.close:       # os is emptied when the interpreter ends
            self._system.close(fd)

    __del__ = _let_go

    def __reduce__(self) -> "Any":
        raise TypeError("an event file cannot be copied or sent to another process: make a "
                        "SummaryWriter there")

    # ---- from the queue to the file ----

    def _alone(self, action, *arguments):
        """Do something while no other thread does, nor a call that we interrupt."""
        if not self._owned():
            with self._lock:
                return action(*arguments)
        return None

    def _owned(self):
        """Say whether we interrupt a call of this thread that writes, as a handler may."""
        if not self._lock._is_owned():
            return False
        frame = sys._getframe(2)
        while frame is not None:
            if frame.f_code in ALONE and frame.f_locals.get("self") is self:
                return True
            frame = frame.f_back
        self._lock.release()            # an exception came just when that call would have
        return self._owned()

    def _append(self, event):
        self._queue.append(event)
        try:
            while self._queue:
                self._write()
        except BaseException:
            self._withdraw(event)
            raise

    def _work(self):
        """Write what waits, and close if a call that interrupted us would have."""
        while self._queue and not self._owned():
            self._alone(self._write)
        if self._closing and not self._owned():
            self._closing = False
            self.close()

    def _write(self):
        """Write a batch of the queue, which changes in single steps: interrupts lose nothing."""
        if not self._queue:             # another thread has written it
            return
        if type(self._queue[0]) is not Batch:
            events = self._first_events()
            self._queue[:len(events)] = [Batch(encoded(events), len(events))]
        if self._fd is None or self._head is not None:
            self._ready()
        batch = self._queue[0]
        self._put(batch)
        del self._queue[:1]
        self._written += batch.events

    def _put(self, batch):
        """Write what is missing of a batch: with one call, if the system takes it so."""
        while sum(batch.done) < len(batch.data):
            rest = batch.data[sum(batch.done):] if batch.done else batch.data
            # In C from the call to the note of it: nothing comes between, and is written twice.
            NOTE(batch.done, map(self._system.write, (self._fd,), (rest,)))
            if not batch.done[-1]:
                raise OSError(errno.EIO, "the system writes nothing", self.path)

    def _withdraw(self, event):
        """Forget an event that met an error, unless a part of it is written."""
        last = self._queue[-1:]
        if last and (last[0] is event or type(last[0]) is Batch and not last[0].done):
            del self._queue[-1:]

    def _first_events(self):
        return self._queue[:1]

    def _ready(self):
        """Have the file open, with its first records."""
        if self._fd is None:
            self._create()
        if self._head is not None:
            self._put(self._head)
            self._head = None

    def _create(self):
        self._system.makedirs(self.directory, exist_ok=True)
        self._head = Batch(b"".join(map(frame, self._marks())), 0)
        while self._fd is None:
            name = "events.out.tfevents.%010d.%s.%d.%06d%s" % (        # read in order of names
                time.time(), host(), self._pid, next(COUNTER), re.sub(r"[/\\\0]", "_", self.suffix))
            self.path = os.path.join(self.directory, name)
            try:
                self._fd = self._system.open(self.path, FLAGS | NEW, 0o666)
            except FileExistsError:     # of a machine or container named like ours: next number
                continue
        self.purge_step = None          # purged once, not at each opening

    def _marks(self):
        """Yield the file's first events: its version, and where a restarted run goes on."""
        source = {"writer": self._source} if self._source else None
        marks = [{"file_version": FILE_VERSION, "source_metadata": source}]     # [event-1]
        if self.purge_step is not None:
            start = {"session_log": {"status": "START"}, "step": self.purge_step}
            marks += [{"file_version": FILE_VERSION, "step": self.purge_step}, start]
            marks.append(start)         # TensorBoard's Python engine heeds none but the second
        for mark in marks:
            yield EVENT.encode(dict(mark, wall_time=time.time()))

    def _sync(self):
        self._ready()
        self._system.fsync(self._fd)

    def _after_fork(self):
        """In a forked child: what waits is the parent's, and so is what its other threads hold."""
        pid = self._system.getpid()
        if pid != self._pid:
            self._pid, self._lock, self._closing = pid, threading.RLock(), False
            torn = any(type(batch) is Batch and batch.done for batch in self._queue[:1])
            del self._queue[:]
            if torn or self._head is not None:  # the parent goes on there, we in another file
                self._head = None
                self._end()


ALONE = [EventFile._alone.__code__]     # and what else takes the lock: see ondisk.py


class Batch:
    """Records on their way to the file.

    data:    their bytes
    events:  how many they are
    done:    how many bytes each write has taken
    """

    def __init__(self, data: bytes, events: int) -> None:
        self.data, self.events = data, events
        self.done = []                  # type: List[int]


def encoded(events: "List[Any]") -> bytes:
    """Return events as records; rows that follow each other are encoded together."""
    if len(events) == 1:
        return records(events) if type(events[0]) is tuple else frame(events[0])
    return b"".join(records(list(some)) if kind is tuple else b"".join(map(frame, some))
                    for kind, some in itertools.groupby(events, type))


def _in_child():
    for file in list(FILES):
        file._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


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

    Parts that would lead out of the parent, or that the system does not take, are made harmless.
    Raises InputError if one is too long for it.
    """
    separators = re.escape(os.sep + (os.altsep or ""))
    parts = re.split("[%s]" % separators, os.sep.join(names).replace("\0", "_"))
    parts = ["_" if part == ".." else part for part in parts if part not in ("", ".")]
    if os.name == "nt":
        parts = [RESERVED.sub(r"_\1", WINDOWS.sub("_", part)) for part in parts]
    path = os.path.join("", *parts)
    if len(path) > 3000 or any(len(os.fsencode(part)) > 255 for part in parts):
        raise InputError("name", "a part of a path, of at most 255 bytes", shown(path))
    return path


def inside(directory: str, name: str) -> str:
    """Return directory/name; a part that is a symbolic link out of the directory has a _ more."""
    path, home = directory, os.path.join(os.path.realpath(directory), "")
    for part in name.split(os.sep):
        path = os.path.join(path, part)
        while not os.path.join(os.path.realpath(path), "").startswith(home):
            path += "_"
    return path
