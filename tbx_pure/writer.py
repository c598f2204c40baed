"""SummaryWriter: arguments -> summary -> event -> event file.  What is written, plugins know."""
import os
import threading
import time
from contextlib import contextmanager

from . import errors
from .errors import InputError, naming, shown
from .eventfile import EventFile, host, inside, path_text, subrun
from .messages import EVENT
from .plugins import RawTag, checked_text, tensor_style as as_tensors
from .plugins.histograms import histogram
from .plugins.images import image, images
from .plugins.scalars import scalar, scalars
from .plugins.text import text
from .steps import Steps, seconds_of, whole_step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Set, Tuple, TypeVar

    Self = TypeVar("Self", bound="SummaryWriter")

SCALAR = {"tag", "simple_value"}       # the fields of a Value that makes a row


class SummaryWriter:
    """Write a run that TensorBoard shows.

        with SummaryWriter("runs/first") as writer:
            writer.add_scalar("loss", 0.5, 1)

    logdir:           the run's directory; made if need be.
                      Default: runs/<date>_<time>_<host><comment>
    comment:          end of the default directory's name
    purge_step:       the step a restarted run goes on from: readers drop what was there already
    max_queue:        accepted, and not needed: an add that returns is in the operating system
    flush_secs:       how long events may be gathered with durability="relaxed"; else not needed
    filename_suffix:  end of the event file's name
    write_to_disk:    False: check all arguments, write nothing
    log_dir:          another name for logdir
    auto_step:        a call without a step takes one more than the last step of its series, and the
                      first none; False: none each time, as tensorboardX
    raw_tags:         write tags as they are; otherwise _ stands for all but letters, digits, -/._
    steps:            "count": number the points of each series, whatever steps are given, so that
                      TensorBoard shows them all
    tensor_style:     write scalars, histograms, images and audio as TensorFlow 2 does
    durability:       None: an add that returns is in the operating system, but for bursts (see
                      lasting.py); "every": bursts too; "relaxed": 256 KB may always be gathered
    strict:           the add that meets an error of the system raises it; None: if TBX_PURE_STRICT
                      is 1 in the environment

    In every method
    tag:          name of the series
    global_step:  a whole number of 64 bits; None: no step is written, which reads as 0
    walltime:     seconds since 1970; None: now
    Raises InputError, which is a ValueError, if an argument cannot become what it should be:
    nothing is written for that call, and the writer goes on.  The constructor raises OSError if
    the system cannot write; after that, what it cannot write is said once, kept and tried again,
    and counted in `health`.
    Threads, forked processes and signal handlers may share a writer.  Sent to another process, it
    is one that writes a file of its own there, when it is used.
    """

    # What a dialect changes: {method: more keywords of its plugin function}, and of EventFile.
    _styles = {}                        # type: Dict[str, Dict[str, Any]]
    _file_options = {}                  # type: Dict[str, Any]
    _logdir_again = None                # type: Optional[str]   # of a writer sent to this process
    _home = None                        # type: Optional[str]   # logdir from the root: see os.chdir

    def __init__(self, logdir: "Any" = None, comment: str = "", purge_step: "Optional[int]" = None,
                 max_queue: int = 10, flush_secs: float = 120, filename_suffix: str = "",
                 write_to_disk: bool = True, log_dir: "Any" = None, *, auto_step: bool = True,
                 raw_tags: bool = False, steps: "Optional[str]" = None, tensor_style: bool = False,
                 durability: "Optional[str]" = None, strict: "Optional[bool]" = None) -> None:
        with naming("SummaryWriter", logdir or log_dir):
            logdir = logdir or log_dir or os.path.join("runs", time.strftime(
                "%b%d_%H-%M-%S_") + host() + checked_text(comment or "", "comment"))
            self.logdir = self.log_dir = self._logdir_again or path_text(logdir, "logdir")
            self.purge_step = whole_step(purge_step, "purge_step")
            self.filename_suffix = checked_text(filename_suffix or "", "filename_suffix")
            if steps not in (None, "count"):
                raise InputError("steps", "None or 'count'", shown(steps))
            if durability not in (None, "every", "relaxed"):
                raise InputError("durability", "None, 'every' or 'relaxed'", shown(durability))
        self.durability, self.flush_secs = durability, flush_secs
        self.strict = os.environ.get("TBX_PURE_STRICT") == "1" if strict is None else bool(strict)
        self._files = {}                # type: Dict[str, EventFile]
        self._run_steps = Steps(auto_step, steps == "count")
        self._named = {}                # type: Dict[Tuple[str, str], object]
        self._call_metadata = threading.local()         # of use_metadata
        self._blocks = set()            # type: Set[object]
        self._lanes = {}                # type: Dict[Any, Any]      # {tag: its lane}; see lanes.py
        self._charts_lanes = {}         # type: Dict[str, Any]      # {main_tag: its lanes}
        self._layout = None             # type: Optional[Dict[str, Any]]
        self._charts = {}               # type: Dict[Tuple[str, str], List[str]]
        self._sessions = set()          # type: Set[str]
        self.write_to_disk, self.raw_tags, self.tensor_style = write_to_disk, raw_tags, tensor_style
        self._warned = set()            # type: Set[Tuple[str, str]]
        if write_to_disk and self._logdir_again is None:
            self._run_file().open()

    # ---- numbers ----

    def add_scalar(self, tag: str, scalar_value: "Any", global_step: "Any" = None,
                   walltime: "Optional[float]" = None, display_name: "Any" = "",
                   summary_description: "Any" = "", *, new_style: bool = False,
                   double_precision: bool = False) -> None:
        """Add one point to a curve.

        scalar_value:  a number, or a list, array or tensor that holds exactly one; kept as float32
        display_name, summary_description:  shown in place of the tag, and beside it (Markdown)
        new_style:     write a tensor, as TensorFlow 2
        double_precision:  and that as float64, which TensorBoard's default engine does not show
        """
        if walltime is None and not (display_name or summary_description or new_style
                                     or double_precision or self._blocks):
            lane = self._lanes.get(tag) if type(tag) is str else None
            if lane is not None and lane.put(scalar_value, global_step):
                return
        if isinstance(display_name, bool):      # torch has new_style in this place
            new_style, display_name = display_name, ""
        if isinstance(summary_description, bool):
            double_precision, summary_description = summary_description, ""
        self._add("add_scalar", global_step, walltime,
                  scalar, tag, scalar_value, display_name, summary_description,
                  new_style, double_precision, self._warner("add_scalar", tag))
        self._open_lane(tag)

    def add_scalars(self, main_tag: str, tag_scalar_dict: "Dict[str, Any]",
                    global_step: "Any" = None, walltime: "Optional[float]" = None, *,
                    as_tags: bool = False) -> None:
        """Add one point to each of several curves that share a chart.

        tag_scalar_dict:  a number for each curve; curve k becomes a run of its own,
                          logdir/main_tag/k, and main_tag its tag there
        as_tags:          curve k becomes the tag main_tag/k of this run instead, and the chart is
                          one of the Custom Scalars page
        """
        if walltime is None and not (as_tags or self._blocks) and type(tag_scalar_dict) is dict:
            lanes = self._charts_lanes.get(main_tag) if type(main_tag) is str else None
            if lanes is not None and lanes.put(tag_scalar_dict, global_step):
                return
        with naming("add_scalars", main_tag) as call:
            events, tags, now = [], [], self._wall_time(walltime)       # the same for all of them
            made = scalars(self._call_tag(main_tag), tag_scalar_dict, as_tags,
                           **self._style("add_scalars"))
            runs = ["" if as_tags else self._scalars_run(main_tag, key) for key, _ in made]
            for run, (key, summary) in zip(runs, made):         # all are fine: they take steps
                tags.append(summary["value"][0]["tag"])
                call.tag = "%s/%s" % (main_tag, key) if as_tags else main_tag
                events.append((key, run, self._event(call, global_step, now, summary, run)))
        for key, run, event in events:
            self._append(event, run)
            if not as_tags:
                self._open_lane(main_tag, key, run)
        if as_tags:
            self._chart(main_tag, tags)

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
                  histogram, tag, values, self._bins(bins), max_bins,
                  self._warner("add_histogram", tag))

    # ---- pictures and text ----

    def add_image(self, tag: str, img_tensor: "Any", global_step: "Any" = None,
                  walltime: "Optional[float]" = None, dataformats: str = "CHW") -> None:
        """Add a picture.

        img_tensor:   floats from 0 to 1, uint8 from 0 to 255, or bool; 1 to 4 channels
        dataformats:  its dimensions, slowest first: "CHW", "HWC", "HW", or with an N for a grid
        """
        self._add("add_image", global_step, walltime,
                  self._image, tag, self._pixels(img_tensor), dataformats,
                  self._warner("add_image", tag))

    def add_images(self, tag: str, img_tensor: "Any", global_step: "Any" = None,
                   walltime: "Optional[float]" = None, dataformats: str = "NCHW") -> None:
        """Add several pictures of one size as a grid of up to 8 columns.

        img_tensor:   as for add_image, one dimension more; or a list of pictures
        dataformats:  "NCHW", "NHWC", or "NHW" of gray ones; or, of each picture in a list, the same
                      without the N
        """
        self._add("add_images", global_step, walltime,
                  self._image, tag, self._pixels(img_tensor), dataformats,
                  self._warner("add_images", tag), True)

    def add_text(self, tag: str, text_string: "Any", global_step: "Any" = None,
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
        self._lanes.clear()
        self._charts_lanes.clear()
        for file in list(self._files.values()):
            file.close()

    def get_logdir(self) -> str:
        """Return the run's directory."""
        return self.logdir

    @contextmanager
    def use_metadata(self, *, global_step: "Any" = None,
                     walltime: "Optional[float]" = None) -> "Iterator[SummaryWriter]":
        """In the with-block, add with this step and time where a call of this thread gives none.

        Blocks may stand inside each other; the inner one's values come first.
        """
        with naming("use_metadata", global_step):
            if global_step is None and walltime is None:
                raise InputError("global_step", "a step, or a walltime", "neither")
            step, seconds = self._defaults()
            values = (step if global_step is None else whole_step(global_step, "global_step"),
                      seconds if walltime is None else seconds_of(walltime))
        block, outer = object(), self._defaults()
        try:
            self._blocks.add(block)     # while there is any, in any thread, no lane is used
            self._call_metadata.values = values
            yield self
        finally:
            self._call_metadata.values = outer
            self._blocks.discard(block)

    def __enter__(self: "Self") -> "Self":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # ---- the one way from a call to a file ----

    def _add(self, method, global_step, walltime, summarize, tag, *arguments):
        """Write the event whose summary is summarize(tag, *arguments), for a call of `method`."""
        with naming(method, tag) as call:
            summary = summarize(self._call_tag(tag), *arguments, **self._styles.get(method, {}))
            event = self._event(call, global_step, walltime, summary)
        self._append(event)

    def _event(self, call, global_step, walltime, summary, run=""):
        """Return the bytes of an event, or the row of a scalar, as EventFile.append() takes them.

        call is None for what is not a point of a series.
        """
        step, seconds = global_step, self._wall_time(walltime)
        if call is not None:
            step = self._call_step(global_step)
            series = summary["value"][0]["tag"]
            warn = self._warner(call.method, call.tag)
            if self._named.setdefault((run, series), call.tag) != call.tag:
                warn("tag", "tags %r and %r are both written as %r" % (
                    self._named[run, series], call.tag, series))
            step = self._run_steps.step((run, series), step, warn)
        if self.tensor_style:
            summary = as_tensors(summary)
        value, *more = summary["value"]
        if not more and value.keys() == SCALAR and (step is None or step < 2 ** 63):
            return value["tag"], value["simple_value"], step, seconds
        return EVENT.encode({"wall_time": seconds, "step": step, "summary": summary})

    def _append(self, event, run=""):
        if self.write_to_disk:
            self._run_file(run).append(event)

    def _run_file(self, run=""):
        file = self._files.get(run)
        if file is None:                # not opened yet, so that two threads may both come here
            file = self._files.setdefault(run, self._event_file(
                inside(self._home or self.logdir, run), self.filename_suffix,
                None if run in self._sessions else self.purge_step, **self._file_options))
        return file

    def _event_file(self, *arguments, **options):
        return EventFile(*arguments, **options)

    # ---- what the wings and the dialects do in their own way ----

    def _style(self, method):
        return self._styles.get(method, {})

    def _scalars_run(self, main_tag, key):
        """Return the sub-run of a curve of add_scalars."""
        return subrun(main_tag, key)

    def _chart(self, title, tags):
        """Put curves in one chart of the Custom Scalars page, which needs its wing."""

    def _open_lane(self, tag, key=None, run=""):
        """Let a curve's next numbers go the short way of lanes.py, if that is there."""

    def _bins(self, bins):
        """Return the bins of a histogram, given those that a method was called with."""
        return bins

    def _pixels(self, x):
        """Return the pixels to write, given those that a method was called with."""
        return x

    def _image(self, tag, img_tensor, dataformats, warn, several=False):
        """Return the summary of pixels."""
        return (images if several else image)(tag, img_tensor, dataformats, warn)

    # ---- tags, times and warnings ----

    def _warner(self, method, tag):
        """Return warn(cause, text), which warns once for each tag and cause."""
        def warn(cause, text):
            if (tag, cause) not in self._warned:
                self._warned.add((tag, cause))
                errors.warn("%s: %s" % (naming(method, tag), text))
        return warn

    def _call_tag(self, tag):
        return RawTag(tag) if self.raw_tags and isinstance(tag, str) else tag

    def _defaults(self):
        """Return the (step, wall time) of the use_metadata block we are in."""
        return getattr(self._call_metadata, "values", (None, None))

    def _call_step(self, global_step):
        if global_step is None:
            return self._defaults()[0]
        return whole_step(global_step, "global_step")

    def _wall_time(self, walltime):
        if walltime is not None:
            return seconds_of(walltime)
        seconds = self._defaults()[1]
        return time.time() if seconds is None else seconds
