"""GlobalSummaryWriter: one writer for the modules of a program and the processes it forks."""
import os
import threading
from contextlib import contextmanager

from .writer import SummaryWriter

try:
    import fcntl
except ImportError:                     # Windows, WASI: there is no fork either
    fcntl = None                        # type: ignore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ContextManager, Dict, Iterator, Optional

SIZE = 8                                # bytes of a number in the file


class GlobalSummaryWriter:
    """Adds points without a step: each is numbered, from 0 for each tag and kind of data.

    Threads and forked processes may add to it at the same time: the numbers of a tag are given out
    once and stand in the file in their order; so that bursts of several processes do too, each is
    written at once.

    coalesce_process:  accepted, and not needed
    Other arguments are those of SummaryWriter.
    """

    def __init__(self, logdir: "Any" = None, comment: str = "", purge_step: "Optional[int]" = None,
                 max_queue: int = 10, flush_secs: float = 120, filename_suffix: str = "",
                 write_to_disk: bool = True, log_dir: "Any" = None, coalesce_process: bool = True,
                 **options: "Any") -> None:
        options.setdefault("durability", "every")
        self.smw = SummaryWriter(logdir, comment, purge_step, max_queue, flush_secs,
                                 filename_suffix, write_to_disk, log_dir, **options)
        self._numbers = SharedNumbers() if fcntl else Numbers()

    def _add(self, method, tag, *arguments, **options):
        with self._numbers.next("%s %s" % (method, tag)) as step:
            getattr(self.smw, method)(tag, *arguments, global_step=step, **options)

    def add_scalar(self, tag: str, scalar_value: "Any", walltime: "Optional[float]" = None) -> None:
        """Add a point to a curve.  Arguments here and below: see SummaryWriter."""
        self._add("add_scalar", tag, scalar_value, walltime=walltime)

    def add_histogram(self, tag: str, values: "Any", bins: "Any" = "tensorflow",
                      walltime: "Optional[float]" = None,
                      max_bins: "Optional[int]" = None) -> None:
        """Add the distribution of a tensor's values."""
        self._add("add_histogram", tag, values, bins=bins, walltime=walltime, max_bins=max_bins)

    def add_image(self, tag: str, img_tensor: "Any", walltime: "Optional[float]" = None,
                  dataformats: str = "CHW") -> None:
        """Add a picture."""
        self._add("add_image", tag, img_tensor, walltime=walltime, dataformats=dataformats)

    def add_video(self, tag: str, vid_tensor: "Any", fps: "Any" = 4,
                  walltime: "Optional[float]" = None, dataformats: str = "NTCHW") -> None:
        """Add moving pictures."""
        self._add("add_video", tag, vid_tensor, fps=fps, walltime=walltime, dataformats=dataformats)

    def add_audio(self, tag: str, snd_tensor: "Any", sample_rate: "Any" = 44100,
                  walltime: "Optional[float]" = None) -> None:
        """Add sound."""
        self._add("add_audio", tag, snd_tensor, sample_rate=sample_rate, walltime=walltime)

    def add_text(self, tag: str, text_string: "Any", walltime: "Optional[float]" = None) -> None:
        """Add a text."""
        self._add("add_text", tag, text_string, walltime=walltime)

    @staticmethod
    def getSummaryWriter() -> "GlobalSummaryWriter":
        """Return the writer that all who call this share, made by the first of them."""
        global _writer
        with LOCK:
            if _writer is None:
                _writer = GlobalSummaryWriter()
            return _writer

    @property
    def file_writer(self) -> "Any":
        """The FileWriter of the run; after close(), of a new file."""
        return self.smw._get_file_writer()

    def close(self) -> None:
        """Put all on the disk and let go of the file.  The numbers go on."""
        self.smw.close()


_writer = None                          # type: Optional[GlobalSummaryWriter]
LOCK = threading.Lock()                 # of its making


class Numbers:
    """Numbers, each given out once, from 0 for each series."""

    def __init__(self) -> None:
        self._pid, self._lock = os.getpid(), threading.RLock()
        self._next = {}                 # type: Dict[str, int]

    @contextmanager
    def next(self, series: str) -> "Iterator[int]":
        """Yield the next number, and keep others out; if it raises, the number is not taken."""
        with self._alone():
            number = self._swap(series, 1)
            try:
                yield number
            except BaseException:
                if self._swap(series, 0) == number + 1:         # no signal handler has taken one
                    self._swap(series, -1)
                raise

    def _alone(self) -> "ContextManager[Any]":
        if self._pid != os.getpid():    # the parent's other threads, one of which may hold it
            self._pid, self._lock = os.getpid(), threading.RLock()
        return self._lock

    def _swap(self, series, more):
        """Add `more` to the number that is next; return what it was."""
        number = self._next.get(series, 0)
        self._next[series] = number + more
        return number


class SharedNumbers(Numbers):
    """Numbers that this process shares with those it forks: in a file without a name.

    For each series it has the next number and how long its name is, 8 bytes each, and its name.
    """

    def __init__(self) -> None:
        import tempfile                 # not at the top: slow
        Numbers.__init__(self)
        with tempfile.TemporaryFile() as file:
            self._fd = os.dup(file.fileno())
        self._places = {}               # type: Dict[str, int]
        self._end = 0                   # of what we have read

    def __del__(self, close: "Any" = os.close) -> None:     # os is emptied when Python ends
        if hasattr(self, "_fd"):
            close(self._fd)

    @contextmanager
    def _alone(self):
        with Numbers._alone(self):
            fcntl.lockf(self._fd, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._fd, fcntl.LOCK_UN)

    def _swap(self, series, more):
        place = self._place(series)
        number = self._read(place)
        self._write(place, number + more)
        return number

    def _place(self, series):
        self._look()
        if series not in self._places:
            name = series.encode("utf-8", "surrogatepass")
            self._write(self._end + SIZE, len(name))
            os.pwrite(self._fd, name, self._end + 2 * SIZE)
            self._write(self._end, 0)
            self._look()
        return self._places[series]

    def _look(self):
        """Find the series that other processes have begun."""
        size = os.fstat(self._fd).st_size
        while self._end < size:
            length = self._read(self._end + SIZE)
            name = os.pread(self._fd, length, self._end + 2 * SIZE)
            self._places[name.decode("utf-8", "surrogatepass")] = self._end
            self._end += 2 * SIZE + length

    def _read(self, place):
        return int.from_bytes(os.pread(self._fd, SIZE, place), "little")

    def _write(self, place, number):
        os.pwrite(self._fd, number.to_bytes(SIZE, "little"), place)
