"""SummaryWriter with the methods that the wings make: each imports its wing when it is called.

Take a wing away, and its methods raise ImportError; the others go on.
"""
import os
import threading
import time

from . import lasting, writer
from .errors import naming
from .eventfile import subrun
from .health import Health
from .lanes import Lane, Lanes, TextLane
from .messages import EVENT
from .plugins import checked_text, clean_tag, mapping
from .plugins.histograms import histogram, histogram_raw
from .plugins.images import ready
from .plugins.scalars import scalar
from .plugins.text import text
from .tensor import one

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Type, TypeVar

    Self = TypeVar("Self", bound="SummaryWriter")

AS_TEXT = (str, bytes, type(None))      # texts, and what is none in any mode
LOCKS = {}                              # type: Dict[int, threading.RLock]  # by process: of layouts


class _OfInit:
    """A class's signature: that of its __init__, though it has a __new__, too."""

    def __get__(self, made: "Any", cls: "Any") -> "Any":
        import inspect
        signature = inspect.signature(cls.__init__)
        return signature.replace(parameters=list(signature.parameters.values())[1:])


class SummaryWriter(writer.SummaryWriter):
    __doc__ = writer.SummaryWriter.__doc__
    __signature__ = _OfInit()

    _made_with = ((), {})               # type: Any     # the constructor's arguments
    health = Health()                   # each writer has its own

    def __new__(cls: "Type[Self]", *arguments: "Any", **options: "Any") -> "Self":
        """Return a writer that knows how it was made."""
        made = object.__new__(cls)
        made._made_with, made.health = (arguments, options), Health()
        return made

    def __reduce__(self) -> "Any":
        return _again, (type(self), self._made_with, self.logdir, self._home)

    def _event_file(self, *arguments, **options):
        file = lasting.EventFile(*arguments, durability=self.durability, strict=self.strict,
                                 flush_secs=self.flush_secs, health=self.health, **options)
        self._home = self._home or file.directory       # the process may go elsewhere
        return file

    # ---- distributions ----

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

    def add_histograms(self, named_values: "Any", global_step: "Any" = None, prefix: str = "", *,
                       gradients: bool = False, bins: "Any" = "tensorflow",
                       walltime: "Optional[float]" = None) -> None:
        """Add a histogram for each of several tensors, such as a model's parameters.

        named_values:  {tag: values}, or pairs of a tag and values, or what has them as
                       named_parameters(), such as a torch module
        prefix:        put before each tag, such as "model/"
        gradients:     add those of each parameter that has one too, as tag + ".grad"
        """
        from .integrations.models import named
        with naming("add_histograms", prefix) as call:
            made, now = [], self._wall_time(walltime)
            for call.tag, values in named(named_values, prefix, gradients):
                warn = self._warner("add_histograms", call.tag)
                made.append((call.tag, histogram(self._call_tag(call.tag), values, self._bins(bins),
                                                 None, warn)))
            events = []
            for call.tag, summary in made:
                events.append(self._event(call, global_step, now, summary))
        for event in events:
            self._append(event)

    # ---- text, pictures and sound ----

    def add_text(self, tag: str, text_string: "Any", global_step: "Any" = None,
                 walltime: "Optional[float]" = None, *, mode: str = "markdown") -> None:
        """Add a text.

        text_string:  the text; or a dict, a list, a dataclass or another configuration object,
                      which becomes a table
        mode:         "markdown"; "text": shown as it is; "code": and in letters of one width
        """
        plain = walltime is None and type(tag) is type(mode) is str and mode == "markdown"
        lane = self._lanes.get(("text", tag)) if plain and not self._blocks else None
        if lane is None or not lane.put(text_string, global_step):
            self._add("add_text", global_step, walltime, _text, tag, text_string, mode)
            if plain and lane is None:
                self._open_text_lane(tag)

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

    def add_image_with_boxes(self, tag: str, img_tensor: "Any", box_tensor: "Any",
                             global_step: "Any" = None, walltime: "Optional[float]" = None,
                             dataformats: "Any" = "CHW", labels: "Any" = None,
                             torch_labels: "Any" = None, *, rescale: "Any" = 1,
                             colors: "Any" = None) -> None:
        """Add a picture with boxes drawn on it.

        img_tensor, dataformats:  as for add_image
        box_tensor:  the corners of each box in pixels, x from the left and y from the top:
                     shape (boxes, 4), a row being x0, y0, x1, y1
        labels:      a text for each box; "" and None: no label
        rescale:     make the picture so many times as large
        colors:      a color for each box, or one for all: shape (boxes, 3) or (3,), 0 to 255;
                     None: red
        """
        from .plugins.boxes import image_with_boxes
        if not isinstance(dataformats, str):    # torch has rescale in this place
            rescale, dataformats = dataformats, "CHW"
            if labels is None or isinstance(labels, str):
                dataformats, labels = labels or dataformats, torch_labels
        self._add("add_image_with_boxes", global_step, walltime,
                  image_with_boxes, tag, self._pixels(img_tensor), box_tensor, dataformats,
                  labels, rescale, colors, self._warner("add_image_with_boxes", tag))

    def add_video(self, tag: str, vid_tensor: "Any", global_step: "Any" = None, fps: "Any" = 4,
                  walltime: "Optional[float]" = None, dataformats: str = "NTCHW", *,
                  format: str = "gif") -> None:
        """Add moving pictures; several become tiles of one.

        vid_tensor:   pixels as for add_image, with dimensions N (video) and T (time)
        fps:          frames in a second; browsers show up to 50 of a GIF
        dataformats:  its dimensions, slowest first: the letters NTCHW in any order
        format:       "gif", of 256 colors a frame; or "apng", which loses nothing
        """
        from .plugins.video import video
        self._add("add_video", global_step, walltime, video, tag, self._pixels(vid_tensor), fps,
                  dataformats, format, self._warner("add_video", tag))

    def add_audio(self, tag: str, snd_tensor: "Any", global_step: "Any" = None,
                  sample_rate: "Any" = 44100, walltime: "Optional[float]" = None, *,
                  sample: str = "int16") -> None:
        """Add sound.

        snd_tensor:   samples, shape (frames,) or (frames, channels): floats from -1 to 1, int16,
                      int32, int8 or uint8; or the bytes of a WAV file
        sample_rate:  frames in a second; a file has its own
        sample:       what is written: "int16", "uint8", "int24", "int32" or "float32"
        """
        from .plugins.audio import audio
        self._add("add_audio", global_step, walltime,
                  audio, tag, snd_tensor, sample_rate, self._warner("add_audio", tag), sample)

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
            series = "embedding", checked_text(tag, "tag")
            step = self._run_steps.step(series, self._call_step(global_step), lambda *_: None) or 0
            add_embedding(self._files_directory(), mat, metadata, label_img, step, tag,
                          metadata_header, binary, self._warner("add_embedding", tag),
                          **self._style("add_embedding"))

    # ---- charts, which no peer has ----

    def add_line_chart(self, columns: "Any", values: "Any", title: str, global_step: "Any" = None,
                       walltime: "Optional[float]" = None) -> None:
        """Add a point to each line of a chart, or draw whole lines.

        columns:  the names of x and of each line
        values:   a number for each column: a point is added, and the chart stands on the Custom
                  Scalars page, its lines being scalars title/name; or a sequence for each, all of
                  one length: they are drawn as a picture, NaN being a gap
        global_step:  None, of a point: x, if that is a whole number beyond the last step
        """
        from .charts.line import add_line_chart
        add_line_chart(self, columns, values, title, global_step, walltime)

    def add_scatter(self, tag: str, x: "Any", y: "Any", labels: "Any" = None, sizes: "Any" = None,
                    colors: "Any" = None, global_step: "Any" = None,
                    walltime: "Optional[float]" = None, *, x_label: str = "",
                    y_label: str = "") -> None:
        """Add points in a plane as a picture, with their numbers beside it.

        x, y:    a number for each point
        labels:  a text for each, or a class
        sizes:   the diameter of each, or of all, in pixels
        colors:  a number for each, shown on a scale of colors; or shape (points, 3), 0 to 255
        """
        from .charts.scatter import scatter
        self._add("add_scatter", global_step, walltime, scatter, tag, x, y, labels, sizes, colors,
                  x_label, y_label, self._warner("add_scatter", tag))

    def add_heatmap(self, tag: str, matrix: "Any", row_labels: "Any" = None,
                    column_labels: "Any" = None, colormap: str = "viridis",
                    global_step: "Any" = None, walltime: "Optional[float]" = None, *,
                    low: "Any" = None, high: "Any" = None) -> None:
        """Add a matrix as a picture of colors, with its numbers beside it.

        matrix:     shape (rows, columns)
        colormap:   "viridis", "blues", "greys" or "coolwarm"
        low, high:  the values of the scale's ends; None: the least and the largest
        """
        from .charts.heatmap import heatmap
        self._add("add_heatmap", global_step, walltime, heatmap, tag, matrix, row_labels,
                  column_labels, colormap, low, high, self._warner("add_heatmap", tag))

    def add_confusion_matrix(self, tag: str, labels: "Any" = None, predictions: "Any" = None,
                             class_names: "Any" = None, normalize: "Optional[str]" = None,
                             global_step: "Any" = None, walltime: "Optional[float]" = None, *,
                             matrix: "Any" = None, colormap: str = "blues") -> None:
        """Add how often each class was taken for each.

        labels, predictions:  the true and the predicted class of each example: numbers from 0, or
                              names of class_names
        matrix:      the counts themselves, a row for each true class, in place of both
        normalize:   "true": each row adds up to 1; "predicted": each column; "all": all of it
        """
        from .charts.confusion import confusion_matrix
        self._add("add_confusion_matrix", global_step, walltime, confusion_matrix, tag, labels,
                  predictions, matrix, class_names, normalize, colormap,
                  self._warner("add_confusion_matrix", tag))

    def add_table(self, tag: str, rows: "Any", header: "Any" = None, global_step: "Any" = None,
                  walltime: "Optional[float]" = None) -> None:
        """Add a table, which the Text page shows.

        rows:    a sequence of rows, each a sequence of cells, as many as in the others; or dicts,
                 what one lacks being empty; or a data frame
        header:  the columns' names; None: of dicts, all their keys; of a data frame, its own
        """
        from .charts.table import table
        self._add("add_table", global_step, walltime, table, tag, rows, header)

    # ---- graphs ----

    def add_graph(self, model: "Any", input_to_model: "Any" = None, verbose: bool = False,
                  use_strict_trace: bool = True, *, force: bool = False) -> None:
        """Add a model's graph.  An equal one is not written again.

        model:           a torch module, called with input_to_model, and then as it was before; a
                         Keras model or its JSON; or nodes: dicts, or tuples (name, op, inputs)
        input_to_model:  a tensor, a tuple of arguments, or a dict of them by name
        verbose:         print what torch has traced
        use_strict_trace:  False: take dicts and lists for constant structures
        force:           trace and write, even if it has been written
        Of a module that cannot be traced, the tree of its modules is shown, with a warning.
        """
        from .graph import add_graph
        add_graph(self, model, input_to_model, verbose, use_strict_trace, force)

    def add_onnx_graph(self, onnx_model_file: "Any") -> None:
        """Add the graph of an ONNX file, given its path."""
        from .graph import add_onnx_graph
        add_onnx_graph(self, onnx_model_file)

    def add_openvino_graph(self, xmlname: "Any") -> None:
        """Add the graph of an OpenVINO file, given the path of its xml."""
        from .graph import add_openvino_graph
        add_openvino_graph(self, xmlname)

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
            infos = metric_infos and {self._call_tag(tag): info for tag, info
                                      in mapping(metric_infos, "metric_infos").items()}
            step = self._session_step(global_step)
            events = [self._event(None, step, None, summary, run) for summary in hparams(
                hparam_dict, [self._call_tag(tag) for tag in metrics], hparam_domain_discrete,
                experiment, hparam_infos, infos, group_name, status, start_time, end_time, warn,
                **self._style("add_hparams"))]
            parse = self._style("add_scalar")
            made = [(tag, scalar(self._call_tag(tag), one(x, "metric_dict[%r]" % (tag,), **parse),
                                 warn=warn))
                    for tag, x in metrics.items()]      # all, before any of them takes its step
            for tag, summary in made:
                call = naming("add_hparams", tag)
                events.append(self._event(call, global_step, None, summary, run))
            if run in self._sessions:
                warn("session", "run %r has hyperparameters already: TensorBoard shows the first"
                     % run)
        for event in events:
            self._append(event, run)
        self._sessions.add(run)
        if run:
            self._leave(run)

    def add_custom_scalars(self, layout: "Any") -> None:
        """Arrange curves in charts of the Custom Scalars page.

        layout:  {category: {chart: ["Multiline", [tag, ...]]}}, the tags regular expressions, or
                 {category: {chart: ["Margin", [value, lower, upper]]}}.  Earlier charts stay,
                 those of a run that this one goes on with, too.
        """
        from .plugins.custom_scalars import custom_scalars
        with self._arranging():         # each layout has the charts of the one before
            with naming("add_custom_scalars", layout):
                summary = custom_scalars(layout, self._earlier_layout(),
                                         self._warner("add_custom_scalars", "layout"))
            self._append(self._event(None, None, None, summary))
            self._layout = summary

    def add_custom_scalars_multilinechart(self, tags: "Any", category: str = "default",
                                          title: str = "untitled") -> None:
        """Arrange the curves of `tags` in one chart."""
        self._one_chart("add_custom_scalars_multilinechart", category, title, ["Multiline", tags])

    def add_custom_scalars_marginchart(self, tags: "Any", category: str = "default",
                                       title: str = "untitled") -> None:
        """Draw a curve with the band around it; tags: the curve, its lower and its upper margin."""
        self._one_chart("add_custom_scalars_marginchart", category, title, ["Margin", tags])

    # ---- what they share ----

    def _open_lane(self, tag, key=None, run=""):
        """Let a curve's next numbers go the short way, unless they are to be seen on the long one.

        key:  of a curve of add_scalars, whose tag is the main_tag
        """
        if type(tag) is str and (key is None or type(key) is str):
            lanes = self._lanes if key is None else self._charts_lanes.setdefault(tag, Lanes())
            if (tag if key is None else key) not in lanes:
                cleaned = clean_tag(self._call_tag(tag))
                series, file = self._run_steps.series((run, cleaned)), self._direct(run)
                if file and series.last is not None and self._named.get((run, cleaned)) == tag:
                    lanes[tag if key is None else key] = Lane(cleaned, series, file)

    def _open_text_lane(self, tag):
        """Let a tag's next texts go the short way."""
        value = text(self._call_tag(tag), "")["value"][0]
        name = "", value["tag"]
        series, file = self._run_steps.series(name), self._direct("")
        if file and series.last is not None and self._named.get(name) == tag:
            self._lanes["text", tag] = TextLane(value, series, file)

    def _direct(self, run):
        """Return the file of a run if rows may go straight to it."""
        if self.write_to_disk and not self.tensor_style and not self._run_steps.counted:
            return self._run_file(run)
        return None

    def _image(self, tag, img_tensor, dataformats, warn, several=False):
        """Return the summary of pixels, or of pictures that are none yet, or none any more."""
        if ready(img_tensor):
            from .plugins.pictures import ready_made
            return ready_made(tag, img_tensor, warn)
        return writer.SummaryWriter._image(self, tag, img_tensor, dataformats, warn, several)

    def _one_chart(self, method, category, title, chart):
        """Add a layout of one chart, for a call of `method`."""
        with naming(method, title):
            layout = {checked_text(category, "category"): {checked_text(title, "title"): chart}}
        self.add_custom_scalars(layout)

    def _chart(self, title, tags, category="add_scalars", walltime=None):
        """Write a layout that shows `tags` in a chart, unless the last one does."""
        from .plugins.custom_scalars import exactly, shown_in
        with self._arranging():
            drawn = self._charts.setdefault((category, title), [])
            known = set(drawn)
            new = [tag for tag in tags if tag not in known]
            if new:
                drawn += new
                all_tags = exactly(drawn, shown_in(self._earlier_layout(), category, title))
                with self.use_metadata(walltime=self._wall_time(walltime)):
                    self.add_custom_scalars({category: {title: ["Multiline", all_tags]}})

    def _earlier_layout(self):
        """Return the summary of the last layout: ours, or that of the run's files before ours."""
        from .plugins.custom_scalars import last_written
        if self._layout is None and self.write_to_disk:
            self._layout = last_written(self._files_directory(), self._run_file().paths)
        return self._layout

    def _arranging(self):
        """with self._arranging(): no other thread writes a layout."""
        return LOCKS.setdefault(os.getpid(), threading.RLock())

    def _files_directory(self):
        """Return where files beside the event file go; None: they are not to be written."""
        return (self._home or self.logdir) if self.write_to_disk else None

    def _session_step(self, global_step):
        """Return the step of the records that say what a session of add_hparams is."""
        return None

    def _leave(self, run):
        """Close the file of a sub-run that is complete."""
        file = self._files.pop(run, None)
        if file is not None:
            file.close()

    def _new_session(self):
        """Return the time as the name of a sub-run; on a coarse clock, with a 0 more."""
        run, me = str(time.time()), object()
        while run in self._sessions or self._named.setdefault(("session", run), me) is not me:
            run += "0"                  # of several threads, each has its own
        return run


def _again(kind, made_with, logdir, home):
    """Return a writer as another process had one: into the same directory, to a file of its own.

    That is made when it is needed: many a process has a writer that it does not use.
    """
    arguments, options = made_with
    made = kind.__new__(kind, *arguments, **options)
    made._logdir_again, made._home = logdir, home
    made.__init__(*arguments, **options)
    made.purge_step = None              # that is done
    return made


def _text(tag, text_string, mode):
    """Return the summary of a text, or of what Markdown is to be made of first."""
    if mode != "markdown" or not isinstance(text_string, AS_TEXT):
        from .markdown import markdown
        text_string = markdown(text_string, mode)
    return text(tag, text_string)
