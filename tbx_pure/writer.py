"""SummaryWriter: arguments -> summary -> event -> event file.  What is written, plugins know."""
import math
import os
import time

from . import errors
from .errors import InputError, naming, shown
from .eventfile import EventFile, host, run_name
from .messages import EVENT
from .plugins.histograms import histogram, histogram_raw
from .plugins.images import image, images
from .plugins.scalars import scalar, scalars
from .plugins.text import text
from .tensor import one, real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Set, Tuple


class SummaryWriter:
    """Write a run that TensorBoard shows.

        with SummaryWriter("runs/first") as writer:
            writer.add_scalar("loss", 0.5, 1)

    logdir:           the run's directory; made if need be.
                      Default: runs/<date>_<time>_<host><comment>
    comment:          end of the default directory's name
    purge_step:       the step a restarted run goes on from: readers drop what was there already
    max_queue, flush_secs:  accepted, and not needed: an add that returns is in the operating system
    filename_suffix:  end of the event file's name
    write_to_disk:    False: check all arguments, write nothing
    log_dir:          another name for logdir

    In every method
    tag:          name of the series
    global_step:  a whole number of 64 bits; None: no step is written, which reads as 0
    walltime:     seconds since 1970; None: now
    Raises InputError, which is a ValueError, if an argument cannot become what it should be:
    nothing is written for that call, and the writer goes on.  Raises OSError if the system cannot
    write.
    """

    def __init__(self, logdir: "Any" = None, comment: str = "", purge_step: "Optional[int]" = None,
                 max_queue: int = 10, flush_secs: float = 120, filename_suffix: str = "",
                 write_to_disk: bool = True, log_dir: "Any" = None) -> None:
        logdir = logdir or log_dir or os.path.join(
            "runs", time.strftime("%b%d_%H-%M-%S_") + host() + (comment or ""))
        self.logdir = self.log_dir = os.fspath(logdir)
        self.purge_step = _step(purge_step, "purge_step")
        self.filename_suffix = filename_suffix
        self.write_to_disk = write_to_disk
        self._files = {}                # type: Dict[str, EventFile]
        self._warned = set()            # type: Set[Tuple[str, str]]
        if write_to_disk:
            self._file().open()

    # ---- numbers ----

    def add_scalar(self, tag: str, scalar_value: "Any", global_step: "Any" = None,
                   walltime: "Optional[float]" = None, display_name: str = "",
                   summary_description: str = "") -> None:
        """Add one point to a curve.

        scalar_value:  a number, or a list, array or tensor that holds exactly one; kept as float32
        display_name, summary_description:  shown in place of the tag, and beside it (Markdown)
        """
        self._add("add_scalar", global_step, walltime,
                  scalar, tag, scalar_value, display_name, summary_description)

    def add_scalars(self, main_tag: str, tag_scalar_dict: "Dict[str, Any]",
                    global_step: "Any" = None, walltime: "Optional[float]" = None) -> None:
        """Add one point to each of several curves that share a chart.

        tag_scalar_dict:  a number for each curve; curve k becomes a run of its own,
                          logdir/main_tag/k, and main_tag its tag there
        """
        with naming("add_scalars", main_tag):
            now = _wall_time(walltime)          # the same for all of them
            events = [(key, _event(global_step, now, summary))
                      for key, summary in scalars(main_tag, tag_scalar_dict)]
        for key, event in events:
            self._append(event, run_name(main_tag, key))

    # ---- distributions ----

    def add_histogram(self, tag: str, values: "Any", global_step: "Any" = None,
                      bins: "Any" = "tensorflow", walltime: "Optional[float]" = None,
                      max_bins: "Optional[int]" = None) -> None:
        """Add the distribution of a tensor's values.

        values:    numbers of any shape; NaN and infinities are left out, with a warning
        bins:      "tensorflow", or a rule ("auto", "doane", "fd", "rice", "scott", "sqrt", "stone",
                   "sturges"), or a number of equal bins, or a list of edges
        max_bins:  join neighboring bins until there are about so many
        """
        self._add("add_histogram", global_step, walltime,
                  histogram, tag, values, bins, max_bins, self._warner("add_histogram", tag))

    def add_histogram_raw(self, tag: str, min: "Any", max: "Any", num: "Any", sum: "Any",
                          sum_squares: "Any", bucket_limits: "Any", bucket_counts: "Any",
                          global_step: "Any" = None, walltime: "Optional[float]" = None) -> None:
        """Add a distribution that is counted already.

        min, max, num, sum, sum_squares:  of all values
        bucket_limits:  the right edge of each bucket
        bucket_counts:  the number of values in each
        """
        self._add("add_histogram_raw", global_step, walltime,
                  histogram_raw, tag, min, max, num, sum, sum_squares,
                  bucket_limits, bucket_counts)

    # ---- pictures and text ----

    def add_image(self, tag: str, img_tensor: "Any", global_step: "Any" = None,
                  walltime: "Optional[float]" = None, dataformats: str = "CHW") -> None:
        """Add a picture.

        img_tensor:   floats from 0 to 1, uint8 from 0 to 255, or bool; 1 to 4 channels
        dataformats:  its dimensions, slowest first: "CHW", "HWC", "HW", or with an N for a grid
        """
        self._add("add_image", global_step, walltime,
                  image, tag, img_tensor, dataformats, self._warner("add_image", tag))

    def add_images(self, tag: str, img_tensor: "Any", global_step: "Any" = None,
                   walltime: "Optional[float]" = None, dataformats: str = "NCHW") -> None:
        """Add several pictures of one size as a grid of up to 8 columns.

        img_tensor:   as for add_image, one dimension more; or a list of pictures
        dataformats:  "NCHW" or "NHWC"; or "CHW" or "HWC", of each picture in a list
        """
        self._add("add_images", global_step, walltime,
                  images, tag, img_tensor, dataformats, self._warner("add_images", tag))

    def add_text(self, tag: str, text_string: str, global_step: "Any" = None,
                 walltime: "Optional[float]" = None) -> None:
        """Add a text in Markdown."""
        self._add("add_text", global_step, walltime, text, tag, text_string)

    # ---- files ----

    def flush(self, sync: bool = False) -> None:
        """Return when all events so far are in the operating system; with sync, on the disk."""
        for file in list(self._files.values()):
            file.flush(sync)

    def close(self) -> None:
        """Put all on the disk and let go of the files.  Adding again opens new ones."""
        for file in list(self._files.values()):
            file.close()

    def __enter__(self) -> "SummaryWriter":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # ---- the one way from a call to a file ----

    def _add(self, method, global_step, walltime, summarize, tag, *arguments):
        """Write the event whose summary is summarize(tag, *arguments), for a call of `method`."""
        with naming(method, tag):
            event = _event(global_step, walltime, summarize(tag, *arguments))
        self._append(event)

    def _append(self, event, run=""):
        if self.write_to_disk:
            self._file(run).append(event)

    def _file(self, run=""):
        file = self._files.get(run)
        if file is None:                # not opened yet, so that two threads may both come here
            file = self._files.setdefault(run, EventFile(
                os.path.join(self.logdir, run), self.filename_suffix, self.purge_step))
        return file

    def _warner(self, method, tag):
        """Return warn(cause, text), which warns once for each tag and cause."""
        def warn(cause, text):
            if (tag, cause) not in self._warned:
                self._warned.add((tag, cause))
                errors.warn("%s: %s" % (naming(method, tag), text))
        return warn


def _event(global_step, walltime, summary):
    """Return the bytes of an event."""
    return EVENT.encode({"wall_time": _wall_time(walltime),
                         "step": _step(global_step, "global_step"), "summary": summary})


def _step(step, argument):
    """Return `step` as an int of 64 bits, or None."""
    if step is None:
        return None
    try:
        number = int(step if isinstance(step, str) else one(step, argument))
    except (ValueError, OverflowError):         # InputError is a ValueError too
        raise InputError(argument, "a whole number", shown(step)) from None
    if not -2 ** 63 <= number < 2 ** 63:
        raise InputError(argument, "a whole number of 64 bits", shown(step))
    return number


def _wall_time(walltime):
    """Return seconds since 1970."""
    if walltime is None:
        return time.time()
    seconds = real(walltime, "walltime")
    if not math.isfinite(seconds):      # TensorBoard gives up the whole file at a NaN
        raise InputError("walltime", "a finite number of seconds", shown(walltime))
    return seconds
