"""EventFile whose descriptor comes and goes, and which knows what of it is on the disk."""
import os
import weakref
from time import monotonic

from . import eventfile
from .eventfile import ALONE, FLAGS, Batch
from .health import Health
from .record import CRC, HEADER_SIZE, LENGTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Set

DESCRIPTORS = 64                        # open in a process at a time
GONE = (FileNotFoundError, NotADirectoryError)

NAMES = set()                           # type: Set[str]    # directories, in which we have made
                                        # files or directories whose names may not be on the disk


class EventFile(eventfile.EventFile):
    """One run's events, in a file that is opened again when it is needed again.

    Of all such files, DESCRIPTORS are open at a time.  If the file is taken away, or does not end
    as we left it, a new one goes on.

    paths:   of all files it has made
    health:  a Health that other files share
    For all else, see eventfile.EventFile.
    """
    _open = {}                          # type: Dict[int, Any]  # {descriptor: its file, weakly}
    _written = 0

    def __init__(self, *arguments: "Any", health: "Optional[Health]" = None,
                 **options: "Any") -> None:
        eventfile.EventFile.__init__(self, *arguments, **options)
        if not self._keeps_open():      # the process may go elsewhere before we open it again
            self.directory = os.path.abspath(self.directory)
        self.paths = []                 # type: List[str]
        self._room = 0                  # how long the queue may be before a caller writes it
        self._begun = self._dirty = False       # there is a file; some of it is not on the disk
        self._left = set()              # type: Set[str]    # files of which this is true, too
        self._ends = None               # type: Optional[int]   # its size when it was cut short
        self._since = self._looked = 0.0        # when it was written last, about; and looked for
        self.health = Health() if health is None else health
        self.health.watch(self)

    # ---- the file ----

    def _ready(self):
        if self._fd is None and self._begun:
            self._open_again()
        eventfile.EventFile._ready(self)

    def _create(self):
        self._count_whole()
        names = [self.directory]
        while not os.path.isdir(names[-1]) and os.path.dirname(names[-1]) != names[-1]:
            names.append(os.path.dirname(names[-1]))    # which is to hold the one before
        try:
            eventfile.EventFile._create(self)
        finally:
            if not self._keeps_open():
                NAMES.update(names)
        self._begun, self._dirty, self._ends, self._looked = True, True, None, monotonic()
        self.paths.append(self.path)
        self._use_descriptor()

    def _count_whole(self):
        """The records of a batch that are written to their end need no other file."""
        if self._queue and type(self._queue[0]) is Batch:
            batch, self._queue[:1] = self._queue[0], [unwritten(self._queue[0])]
            self._written += batch.events - self._queue[0].events

    def _look(self):
        """See whether somebody has taken the file away: then another goes on."""
        if self._begun and not self._keeps_open():
            try:
                self._system.stat(self.path)
            except OSError as error:    # of another kind: the next write says whether it matters
                if isinstance(error, GONE):
                    self._lose()

    def _lose(self):
        self._begun = False
        self._let_go()
        self.health.say("gone", "%s is gone: a new file goes on" % self.path)

    def _leave(self):
        """What comes is for a new file; what is in this one, the next sync puts on the disk."""
        if self._begun and self._dirty and not self._keeps_open():
            self._left.add(self.path)
        self._begun = False
        self._let_go()

    def _open_again(self):
        """Open the file that we let go of, unless it is gone, or does not end as we left it."""
        try:
            self._fd = self._system.open(self.path, FLAGS, 0o666)
        except GONE:
            self._lose()
            return
        ends, self._ends = self._ends, None
        if ends not in (None, self._size()):
            self._leave()               # another process has written behind what was cut short
        else:
            self._use_descriptor()

    def _size(self):
        try:
            return self._system.fstat(self._fd).st_size
        except OSError:
            return None

    # ---- the disk ----

    def _sync(self):
        """Put on the disk all that is written, and the names that lead there."""
        if self._begun or self._fd is not None:         # another thread may have closed it
            eventfile.EventFile._sync(self)
        for path in list(self._left):
            try:
                self._sync_path(path, FLAGS)
            except GONE:
                pass
            self._left.discard(path)
        path, above = "", self.directory
        while path != above:
            path, above = above, os.path.dirname(above)
            if path in NAMES:
                NAMES.discard(path)     # first: another thread may just be making one
                try:
                    self._sync_path(path, os.O_RDONLY)
                except OSError:         # Windows opens no directory, some disks do not sync one
                    pass
        self._dirty = False

    def _sync_path(self, path, flags):
        fd = self._system.open(path, flags, 0o666)
        try:
            self._system.fsync(fd)
        finally:
            self._system.close(fd)

    # ---- its descriptor ----

    def _keeps_open(self):
        """Say whether the system cannot open a file of ours a second time."""
        return getattr(self._system, "KEEPS_OPEN", False)

    def _use_descriptor(self):
        if not self._keeps_open():
            low = []                    # a standard stream was closed: others take its place for it
            while self._fd <= 2:
                low.append(self._fd)
                self._fd = self._system.dup(self._fd)
            for fd in low:
                self._system.close(fd)
            self._open[self._fd] = weakref.ref(self)
            if len(self._open) > DESCRIPTORS:
                self._spare()

    def _spare(self):
        """Let the file that was not written for the longest time do without a descriptor."""
        files = [file for file in (known() for known in list(self._open.values()))
                 if file is not None and file is not self]
        any(file._lend() for file in sorted(files, key=lambda file: file._since))

    def _lend(self):
        """Let go of the descriptor, if nobody is writing; return whether it was so."""
        if self._owned() or not self._lock.acquire(False):
            return False
        try:
            self._let_go()
        finally:
            self._lock.release()
        if len(self._queue) > self._room:
            self._work()                # of a handler that came meanwhile
        return True

    def _let_go(self):
        self._open.pop(self._fd, None)
        try:
            super()._let_go()           # by no name of the module, which ends before its last file
        except OSError as error:        # the descriptor is gone nevertheless
            self.health.last_error = error

    def __del__(self) -> None:
        self._let_go()
        if self._written:               # which nobody can ask it for any more
            self.health.count("written", self._written, -id(self))


ALONE.append(EventFile._lend.__code__)


def unwritten(batch: "Batch") -> "Batch":
    """Return the records of a batch that are not written to their end, from their beginning."""
    pos, events, written = 0, batch.events, sum(batch.done)
    while pos < len(batch.data):
        end = pos + HEADER_SIZE + LENGTH.unpack_from(batch.data, pos)[0] + CRC.size
        if end > written:
            break
        pos, events = end, events - 1
    return Batch(batch.data[pos:], events)
