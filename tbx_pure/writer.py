"""SummaryWriter: arguments -> summary -> event -> event file.  What is written, plugins know."""
import math
import os
import threading
import time
from contextlib import contextmanager

from . import errors
from .errors import InputError, naming, shown
from .eventfile import EventFile, host, subrun
from .messages import EVENT
from .plugins import RawTag, checked_text, mapping, tensor_style as as_tensors
from .plugins.histograms import histogram, histogram_raw
from .plugins.images import image, images
from .plugins.scalars import scalar, scalars
from .plugins.text import text
from .steps import Steps
from .tensor import one, real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Set, Tuple


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
    auto_step:        a call without a step takes one more than the last step of its series, and the
                      first none; False: none each time, as tensorboardX
    raw_tags:         write tags as they are; otherwise _ stands for all but letters, digits, -/._
    steps:            "count": number the points of each series, whatever steps are given, so that
                      TensorBoard shows them all
    tensor_style:     write scalars, histograms, images and audio as TensorFlow 2 does

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
                 write_to_disk: bool = True, log_dir: "Any" = None, *, auto_step: bool = True,
                 raw_tags: bool = False, steps: "Optional[str]" = None,
                 tensor_style: bool = False) -> None:
        logdir = logdir or log_dir or os.path.join(
            "runs", time.strftime("%b%d_%H-%M-%S_") + host() + (comment or ""))
        self.logdir = self.log_dir = os.fspath(logdir)
        self.purge_step = _step(purge_step, "purge_step")
        self.filename_suffix = filename_suffix
        self.write_to_disk = write_to_disk
        if steps not in (None, "count"):
            raise InputError("steps", "None or 'count'", shown(steps), "SummaryWriter()")
        self._files = {}                # type: Dict[str, EventFile]
        self._steps = Steps(auto_step, steps == "count")
        self._named = {}                # type: Dict[Tuple[str, str], object]
        self._metadata = threading.local()
        self._layout = None             # type: Optional[Dict[str, Any]]
        self._charts = {}               # type: Dict[str, List[str]]
        self._sessions = set()          # type: Set[str]
        self.raw_tags, self.tensor_style = raw_tags, tensor_style
        self._warned = set()            # type: Set[Tuple[str, str]]
        if write_to_disk:
            self._file().open()

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
        if isinstance(display_name, bool):      # torch has new_style in this place
            new_style, display_name = display_name, ""
        if isinstance(summary_description, bool):
            double_precision, summary_description = summary_description, ""
        self._add("add_scalar", global_step, walltime,
                  scalar, tag, scalar_value, display_name, summary_description,
                  new_style, double_precision, self._warner("add_scalar", tag))

    def add_scalars(self, main_tag: str, tag_scalar_dict: "Dict[str, Any]",
                    global_step: "Any" = None, walltime: "Optional[float]" = None, *,
                    as_tags: bool = False) -> None:
        """Add one point to each of several curves that share a chart.

        tag_scalar_dict:  a number for each curve; curve k becomes a run of its own,
                          logdir/main_tag/k, and main_tag its tag there
        as_tags:          curve k becomes the tag main_tag/k of this run instead, and the chart is
                          one of the Custom Scalars page
        """
        with naming("add_scalars", main_tag) as call:
            now = self._wall_time(walltime)     # the same for all of them
            events, tags = [], []
            for key, summary in scalars(self._tag(main_tag), tag_scalar_dict, as_tags):
                run = "" if as_tags else subrun(main_tag, key)
                tags.append(summary["value"][0]["tag"])
                call.tag = "%s/%s" % (main_tag, key) if as_tags else main_tag
                events.append((run, self._event(call, global_step, now, summary, run)))
        for run, event in events:
            self._append(event, run)
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

    def add_figure(self, tag: str, figure: "Any", global_step: "Any" = None, close: bool = True,
                   walltime: "Optional[float]" = None) -> None:
        """Add a matplotlib figure as a picture, as it draws itself.

        figure:  a figure, or a list of figures of one size, which become a grid
        close:   let pyplot forget the figures afterwards
        """
        from .figures import close_figures, figures
        self._add("add_figure", global_step, walltime, figures, tag, figure)
        if close:
            close_figures(figure)

    def add_audio(self, tag: str, snd_tensor: "Any", global_step: "Any" = None,
                  sample_rate: "Any" = 44100, walltime: "Optional[float]" = None) -> None:
        """Add sound.

        snd_tensor:   samples, shape (frames,) or (frames, channels); floats from -1 to 1, or int16
        sample_rate:  frames in a second
        """
        from .plugins.audio import audio
        self._add("add_audio", global_step, walltime,
                  audio, tag, snd_tensor, sample_rate, self._warner("add_audio", tag))

    # ---- tensors and what is made of them ----

    def add_tensor(self, tag: str, tensor: "Any", global_step: "Any" = None,
                   walltime: "Optional[float]" = None) -> None:
        """Add a tensor with its dtype and shape, for programs that read event files."""
        from .plugins.tensor import tensors
        self._add("add_tensor", global_step, walltime, tensors, tag, tensor)

    def add_mesh(self, tag: str, vertices: "Any", colors: "Any" = None, faces: "Any" = None,
                 config_dict: "Any" = None, global_step: "Any" = None,
                 walltime: "Optional[float]" = None) -> None:
        """Add a cloud of points or a mesh of triangles.

        vertices:     shape (batch, points, 3)
        colors:       0 to 255, shape (batch, points, 3)
        faces:        three numbers of vertices each, shape (batch, faces, 3)
        config_dict:  settings of the scene, for THREE.js
        """
        from .plugins.mesh import mesh
        self._add("add_mesh", global_step, walltime,
                  mesh, tag, vertices, colors, faces, config_dict, self._warner("add_mesh", tag))

    def add_pr_curve(self, tag: str, labels: "Any", predictions: "Any", global_step: "Any" = None,
                     num_thresholds: int = 127, weights: "Any" = None,
                     walltime: "Optional[float]" = None) -> None:
        """Add a precision-recall curve.

        labels:          the truth: bool, or 0 and 1
        predictions:     the probability of true, 0 to 1, for each label
        num_thresholds:  how many points the curve has
        weights:         one for each label; None: all 1
        """
        from .plugins.pr_curves import pr_curve
        self._add("add_pr_curve", global_step, walltime,
                  pr_curve, tag, labels, predictions, num_thresholds, weights,
                  self._warner("add_pr_curve", tag))

    def add_pr_curve_raw(self, tag: str, true_positive_counts: "Any", false_positive_counts: "Any",
                         true_negative_counts: "Any", false_negative_counts: "Any",
                         precision: "Any", recall: "Any", global_step: "Any" = None,
                         num_thresholds: int = 127, weights: "Any" = None,
                         walltime: "Optional[float]" = None) -> None:
        """Add a precision-recall curve that is counted already: six rows, a number a threshold.

        weights is not used: the counts have them.
        """
        from .plugins.pr_curves import pr_curve_raw
        self._add("add_pr_curve_raw", global_step, walltime,
                  pr_curve_raw, tag, true_positive_counts, false_positive_counts,
                  true_negative_counts, false_negative_counts, precision, recall, num_thresholds)

    def add_embedding(self, mat: "Any", metadata: "Any" = None, label_img: "Any" = None,
                      global_step: "Any" = None, tag: str = "default",
                      metadata_header: "Any" = None, *, binary: bool = False) -> None:
        """Add points of many dimensions for the projector: files beside the event file.

        mat:              shape (points, dimensions)
        metadata:         a label for each point, or a row of them under metadata_header
        label_img:        a picture for each point, shape (points, channels, height, width)
        metadata_header:  names of the metadata's columns
        binary:           write the numbers as float32, not as text
        Those of the same tag and step take the place of earlier ones.
        """
        from .projector import add_embedding
        with naming("add_embedding", tag):
            step, _ = self._defaults()
            step = step if global_step is None else _step(global_step, "global_step")
            series = "embedding", checked_text(tag, "tag")
            step = self._steps.step(series, step, lambda cause, text: None) or 0
            add_embedding(self.logdir if self.write_to_disk else None, mat, metadata, label_img,
                          step, tag, metadata_header, binary, self._warner("add_embedding", tag))

    # ---- layouts and experiments ----

    def add_hparams(self, hparam_dict: "Dict[str, Any]", metric_dict: "Any" = None,
                    name: "Any" = None, global_step: "Any" = None, torch_step: "Any" = None, *,
                    run_name: "Optional[str]" = None, hparam_domain_discrete: "Any" = None,
                    experiment: bool = True, hparam_infos: "Any" = None,
                    metric_infos: "Any" = None, group_name: str = "", status: str = "SUCCESS",
                    start_time: "Any" = None, end_time: "Any" = None) -> None:
        """Add a set of hyperparameters and what they led to: a row of the HParams page.

        hparam_dict:  text, bool or number for each hyperparameter; None is left out
        metric_dict:  the value of each metric, written as a scalar
        name, run_name:  the sub-run of this row; None: the time; ".": this run itself
        hparam_domain_discrete:  the values a hyperparameter can take, a list for each
        experiment:   announce names and types; False: TensorBoard gathers them from all runs, which
                      shows those that other runs have too
        hparam_infos: display_name, description and domain (a list, or a pair as a tuple) for each
        metric_infos: display_name, description, dataset_type and group for each, and for metrics
                      that are added elsewhere
        group_name:   rows of one group are averaged
        status:       "SUCCESS", "FAILURE" or "RUNNING"; None: a later call will tell
        start_time, end_time:  seconds since 1970
        """
        from .plugins.hparams import hparams
        if name is not None and not isinstance(name, str):      # torch's order of arguments
            hparam_domain_discrete, name = name, None
        if isinstance(global_step, str):
            run_name, global_step = global_step, torch_step
        name = name or run_name
        warn = self._warner("add_hparams", name)
        with naming("add_hparams", name):
            run = self._new_session() if name is None else subrun(checked_text(name, "name"))
            metrics = mapping(metric_dict or {}, "metric_dict")
            infos = metric_infos and {self._tag(tag): info for tag, info
                                      in mapping(metric_infos, "metric_infos").items()}
            events = [self._event(None, None, None, summary, run) for summary in hparams(
                hparam_dict, [self._tag(tag) for tag in metrics], hparam_domain_discrete,
                experiment, hparam_infos, infos, group_name, status, start_time, end_time, warn)]
            for tag, x in metrics.items():
                summary = scalar(self._tag(tag), one(x, "metric_dict[%r]" % (tag,)), warn=warn)
                call = naming("add_hparams", tag)
                events.append(self._event(call, global_step, None, summary, run))
            if run in self._sessions:
                warn("session", "run %r has hyperparameters already: TensorBoard shows the first"
                     % run)
        for event in events:
            self._append(event, run)
        self._sessions.add(run)
        file = self._files.pop(run, None) if run else None
        if file is not None:            # its own run, and complete
            file.close()

    def add_custom_scalars(self, layout: "Any") -> None:
        """Arrange curves in charts of the Custom Scalars page.

        layout:  {category: {chart: ["Multiline", [tag, ...]]}}, the tags regular expressions, or
                 {category: {chart: ["Margin", [value, lower, upper]]}}.  Earlier charts stay.
        """
        from .plugins.custom_scalars import custom_scalars
        with naming("add_custom_scalars", layout):
            summary = custom_scalars(layout, self._layout)
            event = self._event(None, None, None, summary)
        self._append(event)
        self._layout = summary

    def add_custom_scalars_multilinechart(self, tags: "Any", category: str = "default",
                                          title: str = "untitled") -> None:
        """Arrange the curves of `tags` in one chart."""
        self.add_custom_scalars({category: {title: ["Multiline", tags]}})

    def add_custom_scalars_marginchart(self, tags: "Any", category: str = "default",
                                       title: str = "untitled") -> None:
        """Draw a curve with the band around it; tags: the curve, its lower and its upper margin."""
        self.add_custom_scalars({category: {title: ["Margin", tags]}})

    # ---- files ----

    def flush(self, sync: bool = False) -> None:
        """Return when all events so far are in the operating system; with sync, on the disk."""
        for file in list(self._files.values()):
            file.flush(sync)

    def close(self) -> None:
        """Put all on the disk and let go of the files.  Adding again opens new ones."""
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
            values = (step if global_step is None else _step(global_step, "global_step"),
                      seconds if walltime is None else _wall_time(walltime))
        outer, self._metadata.values = self._defaults(), values
        try:
            yield self
        finally:
            self._metadata.values = outer

    def __enter__(self) -> "SummaryWriter":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # ---- the one way from a call to a file ----

    def _add(self, method, global_step, walltime, summarize, tag, *arguments):
        """Write the event whose summary is summarize(tag, *arguments), for a call of `method`."""
        with naming(method, tag) as call:
            summary = summarize(self._tag(tag), *arguments)
            event = self._event(call, global_step, walltime, summary)
        self._append(event)

    def _event(self, call, global_step, walltime, summary, run=""):
        """Return the bytes of an event; call is None for what has no step."""
        step, seconds = None, self._wall_time(walltime)
        if call is not None:
            step = self._defaults()[0] if global_step is None else _step(global_step, "global_step")
            series = summary["value"][0]["tag"]
            warn = self._warner(call.method, call.tag)
            if self._named.setdefault((run, series), call.tag) != call.tag:
                warn("tag", "tags %r and %r are both written as %r" % (
                    self._named[run, series], call.tag, series))
            step = self._steps.step((run, series), step, warn)
        if self.tensor_style:
            summary = as_tensors(summary)
        return EVENT.encode({"wall_time": seconds, "step": step, "summary": summary})

    def _append(self, event, run=""):
        if self.write_to_disk:
            self._file(run).append(event)

    def _file(self, run=""):
        file = self._files.get(run)
        if file is None:                # not opened yet, so that two threads may both come here
            file = self._files.setdefault(run, EventFile(
                os.path.join(self.logdir, run), self.filename_suffix,
                None if run in self._sessions else self.purge_step))
        return file

    def _warner(self, method, tag):
        """Return warn(cause, text), which warns once for each tag and cause."""
        def warn(cause, text):
            if (tag, cause) not in self._warned:
                self._warned.add((tag, cause))
                errors.warn("%s: %s" % (naming(method, tag), text))
        return warn

    def _chart(self, title, tags):
        """Write a layout that shows `tags` in a chart, unless the last one does."""
        from .plugins.custom_scalars import exactly
        drawn = self._charts.setdefault(title, [])
        new = [tag for tag in tags if tag not in drawn]
        if new:
            drawn += new
            self.add_custom_scalars({"add_scalars": {title: ["Multiline", exactly(drawn)]}})

    def _new_session(self):
        """Return the time as the name of a sub-run; on a coarse clock, with a 0 more."""
        run = str(time.time())
        while run in self._sessions:
            run += "0"
        return run

    def _tag(self, tag):
        return RawTag(tag) if self.raw_tags and isinstance(tag, str) else tag

    def _defaults(self):
        """Return the (step, wall time) of the use_metadata block we are in."""
        return getattr(self._metadata, "values", (None, None))

    def _wall_time(self, walltime):
        if walltime is not None:
            return _wall_time(walltime)
        seconds = self._defaults()[1]
        return time.time() if seconds is None else seconds


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
    seconds = real(walltime, "walltime")
    if not math.isfinite(seconds):      # TensorBoard gives up the whole file at a NaN
        raise InputError("walltime", "a finite number of seconds", shown(walltime))
    return seconds
