"""EventFile that outlasts bursts, slow disks, full ones, and being deleted."""
import atexit
import errno
import os
import sys
from time import monotonic

from . import eventfile, ondisk
from .eventfile import Batch
from .twins import fastest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Set

ADDS, BUSY, WINDOW = 64, 0.001, 0.02    # more adds, or seconds of writing, in that time: a burst
TOGETHER, UNIT = 1024, 128              # so many events, or units of bytes, are written together,
                                        # while a burst gathers as many: 256 KB in all
SLOW = 0.05                             # seconds of a write that no caller waits for a second time
PAUSE, LONGEST = 0.05, 5.0              # seconds from an error to the next try, doubled each time
PENDING, LARGE = 64 << 20, 1 << 14      # bytes kept in a process; an eighth is for events not LARGE
LOOK = 1.0                              # seconds until we look whether the file is still there

LATE = set()                            # type: Set[EventFile]  # whose events wait
CAREFUL = hasattr(os, "fork") and not hasattr(os, "register_at_fork")     # 3.6 tells of no fork


def _at_exit():
    for file in list(LATE):
        file.settle()


atexit.register(_at_exit)               # here, so that it comes after the background's end


@fastest
def background(files: "Set[EventFile]") -> bool:
    """Call tick() of the files in a set, every few milliseconds from now on; return whether it is.

    Plain: it is not, and nothing is gathered.
    """
    return False


class EventFile(ondisk.EventFile):
    """One run's events, appended to a file of their own.

    When append() returns, the record is in the operating system: killing the process loses nothing.
    Only a burst, of more than ADDS adds or BUSY seconds of writing in a WINDOW, gathers, for 20 ms
    or 256 KB at most, which is what a kill may lose then.  flush() returns when all is written,
    flush(sync=True) and close() when it is on the disk.  Where no thread starts, nothing gathers.

    Once the file has been opened, an error of the system raises nothing.  It is said once; events
    are kept, up to PENDING bytes, and tried again; `health` counts those that are lost.  A record
    that was cut short is completed before anything follows it.  Where that cannot be, or the file
    is gone, a new one begins with what is not whole; bytes already written are never taken back.
    [record-7]  After a SLOW write the background writes, until the disk is quick again.
    What cannot be written at all, by a mistake of ours, is said and counted as lost.

    durability:  None; "every": nothing gathers; "relaxed": up to 256 KB always do, for flush_secs
    strict:      the call that meets an error raises it, and nothing gathers
    For all else, see ondisk.EventFile.
    """

    def __init__(self, *arguments: "Any", durability: "Optional[str]" = None,
                 flush_secs: float = 120, strict: bool = False, **options: "Any") -> None:
        ondisk.EventFile.__init__(self, *arguments, **options)
        self._strict, self._flush_secs = strict, flush_secs
        self._every, self._relaxed = strict or durability == "every", durability == "relaxed"
        self.failing = self._slow = False
        self._gathers = self._late = False      # late: callers leave all writing to the background
        self._careful = CAREFUL or strict       # whether append() is to look closely
        self._most = TOGETHER           # how many of it are written at a time
        self._adds = self._load = self._spent = self._took = self._again = 0.0
        self._pause = PAUSE

    def append(self, event: "Any") -> None:
        """Write one event: the bytes of its message, or a row for plugins.scalars.records()."""
        if self._careful or type(event) is bytes:
            self._after_fork()
            if self._strict:
                return eventfile.EventFile.append(self, event)
            if not self._takes(event):
                return
        queue = self._queue
        queue.append(event)             # in one step, and first: whoever writes next will see it
        if len(queue) > self._room:
            self._work()

    def prepare(self) -> None:
        """Make the file, unless it is open; what the system cannot do now is done later."""
        self._after_fork()
        self._alone(self._try, self._ready)
        self._work()                    # of a handler that came meanwhile

    def flush(self, sync: bool = False) -> None:
        """Return when all that was appended is in the operating system; with sync, on the disk."""
        self._after_fork()
        self._work(now=True)
        if sync and self._dirty:
            self._alone(self._try, self._sync)
            self._work()                # of a handler that came meanwhile

    def settle(self) -> None:
        """Put what waits on the disk; what cannot be written is lost.  Nothing is left to wait."""
        self.flush(sync=True)
        self._alone(self._give_up)
        self._work()

    def pending(self) -> int:
        """Return how many events wait."""
        return events_in(self._queue[:])

    def tick(self) -> None:
        """For the background: write what waits, and see whether callers can do it again."""
        if monotonic() >= self._again:
            self._work(now=True)
            self._alone(self._look_back)
            self._work()                # of a caller that still thought that we would

    def _look_back(self):
        if self._relaxed:
            self._again = max(self._again, monotonic() + self._flush_secs)
        elif self._adds <= ADDS // 2 and not self.failing:
            if self._slow:              # nothing is to tick for it until something is added
                self._room = 0
                LATE.discard(self)
            else:
                self._be_direct()
        self._adds = 0

    # ---- when ----

    def _work(self, now=False):
        """Write what waits, unless it is to wait longer; now: whatever was before."""
        ahead = self.pending() if now else sys.maxsize  # what others add meanwhile may never end
        while self._queue and ahead > 0:
            written = self._alone(self._write_or_wait, now)
            if written is None:
                break
            ahead -= written
        if self._closing and not self._owned():
            self._closing = False
            self.close()

    def _write_or_wait(self, now):
        """Write a batch, and return how many events it was; None: it is to wait."""
        if not self._queue:             # another thread has written it, or closed the file
            return None
        begun, before = self._begin(), self._written
        if not now and self._waits(begun) or not self._try(self._write):
            return None
        written = self._written - before
        self._measure(begun, monotonic(), written)
        return written

    def _append(self, event):
        self._begin()
        eventfile.EventFile._append(self, event)

    def _put(self, batch):
        """Write, and note how long the disk takes: to encode may take longer, on PyPy at first."""
        begun = monotonic()
        eventfile.EventFile._put(self, batch)
        self._took = monotonic() - begun

    def _begin(self):
        """Return the time at which something is to be written."""
        begun, self._dirty = monotonic(), True
        if begun - self._looked > LOOK:
            self._looked = begun
            self._look()
        return begun

    def _waits(self, begun):
        """Say whether what is in the queue is to wait."""
        if self._gathers:               # there is a burst, and the queue is full
            return self._late and (self in LATE or self._defer(late=True))
        if self.failing and begun < self._again:
            return True                 # an error was a moment ago
        if begun - self._since > WINDOW:
            self._since, self._adds, self._spent = begun, 0, 0.0
        return ((self._adds >= ADDS or self._spent > BUSY or self._relaxed) and self._defer())

    def _measure(self, begun, ended, events):
        """Go on from a writing without an error."""
        self._adds += events
        self._spent += ended - begun
        self._slow = self._took > SLOW
        if self.failing:
            self.failing, self._again, self._pause = False, 0.0, PAUSE
        if self._slow and not self._late:
            self._defer(late=True)
        elif self._late and not self._gathers:
            self._be_direct()
        elif self._late and not self._slow and len(self._queue) > TOGETHER:
            self._defer()               # the disk is quick again, and callers outrun the background
        elif self._gathers and not self._late:
            self._room = TOGETHER
        if not self._late:
            self._load = 0              # what gathers is not counted
        elif self._slow or len(self._queue) <= TOGETHER:                        # not long, or rare
            self._load = sum(map(weight, self._queue[:]))

    def _defer(self, late=False):
        """Leave what is added to the background; return whether there is one."""
        LATE.add(self)
        self._gathers = not self._every and background(LATE)
        self._late = late and (self._gathers or self.failing)
        self._careful = CAREFUL or self._late
        self._room = 0 if not self._gathers else sys.maxsize if late else TOGETHER
        if not self._gathers and not self.failing:
            LATE.discard(self)
        return self._gathers

    def _be_direct(self):
        self._gathers = self._late = self._slow = False
        self._careful = CAREFUL or self._strict
        self._room, self._most, self._adds, self._load = 0, TOGETHER, 0, 0
        LATE.discard(self)

    def _takes(self, event):
        """Say whether there is room for an event, and count its bytes."""
        size = weight(event)
        if self._late:
            most = PENDING if size < LARGE else PENDING * 7 // 8
            if sum(file._load for file in list(LATE)) + size > most:
                self.health.count("dropped", 1)
                self.health.say("room", "%s: more than %d MB wait: what is added is lost"
                                % (self.directory, PENDING >> 20))
                return False
            self._load += size
        elif self._gathers:
            self._room -= size // UNIT
            if not self._gathers:       # that ended just now: nothing is to wait
                self._room = 0
        return True

    def _first_events(self):
        if self._strict:
            return self._queue[:1]
        events = self._queue[:self._most]
        if len(events) > 1 and set(map(type, events)) != {tuple}:           # rows are small
            size = 0
            for n, event in enumerate(events, 1):
                size += weight(event)
                if size > TOGETHER * UNIT:
                    return events[:max(n - 1, 1)]
        return events

    # ---- errors ----

    def _try(self, action):
        """Do what may meet an error of the system; return whether it met none."""
        try:
            action()
            return True
        except Warning:                 # that was said, and is to be an error
            raise
        except Exception as error:
            self._mend(error)
            if self._strict:
                raise
            ours = not (isinstance(error, (OSError, MemoryError))
                        or self._keeps_open() and self._batches())     # a factory's: of any kind
            cause = type(error), getattr(error, "errno", None)
            if ours:
                writes = action == self._write and self._skip()
                self.health.say(cause, "%s: %r: what cannot be written for that is lost"
                                % (self.directory, error))
                return writes
            if action == self._write:
                self.failing, self._again = True, monotonic() + self._pause
                self._pause = min(2 * self._pause, LONGEST)
                self._load = sum(map(weight, self._queue[:]))
                self._defer(late=True)
            self.health.say(cause, "%s: %s; what is added is kept, and tried again"
                            % (self.directory, error))
            return False

    def _skip(self):
        """Lose the first of the queue, which a mistake of ours keeps from being written."""
        if self._batches() or len(self._first_events()) == 1:
            self._lose_first(1)
            self._most = TOGETHER
        else:
            self._most = 1              # which of them is it?
        return True                     # the others go on

    def _lose_first(self, many):
        """Lose so many of the queue, but not records that are written; return how many events."""
        if any(batch.done for batch in self._batches()):
            self._leave()               # nothing can follow a record cut short
        self._count_whole()
        lost = events_in(self._queue[:many])
        del self._queue[:many]
        self.health.count("dropped", lost)
        return lost

    def _mend(self, error):
        """See to it that the next try opens the file again; or another, if this is full."""
        self.health.last_error = error
        if self._fd is not None and not self._keeps_open():
            self._ends = self._size() if any(batch.done for batch in self._batches()) else None
            self._let_go()
        number = getattr(error, "errno", None)
        if number == errno.EFBIG:
            self._leave()
        elif number == errno.EMFILE:
            self._spare()

    def _batches(self):
        return [batch for batch in self._queue[:1] + [self._head] if type(batch) is Batch]

    def _withdraw(self, event):
        self._mend(sys.exc_info()[1])
        eventfile.EventFile._withdraw(self, event)

    def _end(self):
        self._give_up()
        self._head = None
        self._leave()

    def _give_up(self):
        """What waits, though it has been tried, is lost."""
        lost = self._lose_first(len(self._queue)) if self.failing else 0
        self.health.count("written", self._written)
        self._written = 0
        self._be_direct()
        self.failing, self._again, self._pause = False, 0.0, PAUSE
        if lost:
            self.health.say("lost", "%s: %d events could not be written: %s"
                            % (self.directory, lost, self.health.last_error))

    def _after_fork(self):
        if self._system.getpid() != self._pid:
            self._be_direct()
            self._dirty = self.failing = False
            self._again, self._pause = 0.0, PAUSE
            eventfile.EventFile._after_fork(self)


def weight(event: "Any") -> int:
    """Return about how many bytes an event takes."""
    if type(event) is Batch:
        return len(event.data)
    return 2 * UNIT + (len(event) if type(event) is bytes else 0)


def events_in(queue: "List[Any]") -> int:
    """Return how many events are in a queue, or a part of it."""
    return len(queue) + (queue[0].events - 1 if queue and type(queue[0]) is Batch else 0)
