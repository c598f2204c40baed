"""Runs: what is in the event files of a directory, series by series.  spec/readers.md"""
import os

from ..errors import InputError, shown
from ..messages import VALUE
from ..plugins import MEMBER, counted, read
from .batches import CHUNK, batches
from .files import event_files
from .index import OF_EVENTS as MEMBERS, Column, Index
from .records import scan
from .restart import last, mean, purged
from .series import Payloads, Series, dataframe
from .sources import Copied, Stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional
    from .embeddings import Embedding
    from .records import Damage

SCALARS = "tag", "step", "wall_time", "value"
LAYOUT = "custom_scalars__config__"
SESSION = "_hparams_/session_start_info"
GRAPHS = [(plugin, tag) for _, plugin, tag in MEMBERS if tag]
OF_EVENTS = {plugin for _, plugin, _ in MEMBERS}

#   plugin        what the writer's method puts behind the tag it is given
ENDS = {
    "text":       "/text_summary",
    "scatter":    "/scatter",
    "heatmap":    "/heatmap",
    "line_chart": "/line_chart",
}


class Run:
    """The event files of one directory, as series: by plugin and tag, the points in file order.

    path:    a run's directory, whose files are read in the order of their names; one event file;
             or bytes, or a file open for reading bytes, such as a pipe, of which a copy is kept in
             memory or in a temporary file
    mode:    what is done about damage, see tbx_pure.read.records.scan
    strict:  raise FormatError for the first damage
    files:   the paths of the event files, for who knows them already
    progress:  called with the number of bytes that have been read, now and then

    All records are read, and their checksums verified, when the run is made.  Numbers are held; of
    pictures, sounds, histograms and the rest, where they stand: they are read when they are asked
    for, and what is wrong inside of them is told then.

    The run has path, and
        files    the paths of its event files; [] of bytes or a pipe
        damage   list of Damage, file by file
        torn     list of Damage: the ends of files that are not all there

    Every method that gives a Series takes
        steps:  "all"   every point
                "last"  those that TensorBoard's default engine keeps: each erases the points of
                        its tag at its step and later
                "mean"  each step once, in order, with the mean of its numbers and the wall time of
                        the last of them; of scalars only
        purge:  leave out what a restart overrides, as TensorBoard's Python engine does
    and raises InputError for a tag that is not there.  Of texts and drawn charts, the tag that
    add_text and the like were given will do, too.
    Raises OSError if the path cannot be read; InputError if there are no event files.
    """

    def __init__(self, path: "Any", mode: str = "tail", strict: bool = False,
                 files: "Optional[List[str]]" = None,
                 progress: "Optional[Callable[[int], Any]]" = None) -> None:
        self.path = path
        self.files = _files(path) if files is None else files
        self.damage = []                # type: List[Damage]
        self.torn = []                  # type: List[Damage]
        self._index, self._sources = Index(), []        # type: Index, List[Any]
        done = 0
        for source in map(Stored, self.files) if self.files else [Copied(path)]:
            done = self._read(source, mode, strict, done, progress)

    def _read(self, source, mode, strict, before, progress):
        with scan(source.source, mode, strict, chunk=CHUNK) as records:
            for offset, data, found in batches(records, self._index.tells):
                self._index.add(len(self._sources), records, offset, data, found)
                if progress:
                    progress(before + records.end)
        self._sources.append(source)
        self.damage += records.damage
        self.torn += [records.torn] if records.torn else []
        return before + records.end

    def __repr__(self) -> str:
        return "<Run %s: %s, %s%s>" % (
            shown(self.path), counted(len(self._index.plugins), "tag"),
            counted(len(self.files), "file"), ", damaged" if self.damage else "")

    def tags(self) -> "Dict[str, List[str]]":
        """Return the tags of each plugin that has some, in order of appearance.

        Plugins have the names they have on the wire; "" is none.
        """
        found = {}                      # type: Dict[str, List[str]]
        for plugin, tag in self._index.columns:
            found.setdefault(plugin, []).append(tag)
        return found

    def series(self, plugin: str, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the points of a tag of any plugin, by the plugin's name on the wire.

        The values of plugins without a method of their own are Tensors.
        """
        return self._series(plugin, tag, steps, purge)

    def scalars(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the numbers of a tag: values is an array of float64."""
        return self.series("scalars", tag, steps, purge)

    def histograms(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the histograms of a tag, each a list of rows (left edge, right edge, count)."""
        return self.series("histograms", tag, steps, purge)

    def images(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the pictures of a tag: each value is a list of dicts, of one mostly.

        Of each picture height, width, and encoded: the bytes of a PNG, GIF or JPEG.
        """
        return self.series("images", tag, steps, purge)

    def audio(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the sounds of a tag: each value is a list of dicts, of one mostly.

        Of each sound sample_rate, channels, frames, and encoded: the bytes of a WAV.
        """
        return self.series("audio", tag, steps, purge)

    def text(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the texts of a tag, each a list of str, row by row if it was a table."""
        return self.series("text", tag, steps, purge)

    def pr_curves(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the curves of a tag, each a list of rows.

        A row is (threshold, TP, FP, TN, FN, precision, recall).
        """
        return self.series("pr_curves", tag, steps, purge)

    def meshes(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return one part of a mesh: of each name, content_type, config and tensor.

        tag:  that of the part, such as "cat_VERTEX" or "cat_1"
        """
        return self.series("mesh", tag, steps, purge)

    def line_charts(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the numbers of line charts: of each title, columns and points, a Tensor."""
        return self.series("line_chart", tag, steps, purge)

    def scatters(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the numbers of scatter charts: of each x_label, y_label, labels and columns."""
        return self.series("scatter", tag, steps, purge)

    def heatmaps(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the numbers of heatmaps: of each matrix, a Tensor, and what it is labeled."""
        return self.series("heatmap", tag, steps, purge)

    def tensors(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return the tensors of a tag as they are, whatever plugin they are for; no scalars."""
        plugins = self._index.plugins.get(tag, ()) if isinstance(tag, str) else ()
        plugin = next((name for name in plugins if name not in OF_EVENTS | {"scalars"}), "tensor")
        return self._series(plugin, tag, steps, purge, "tensor")

    def layouts(self, steps: str = "all", purge: bool = False) -> Series:
        """Return the layouts of the custom scalars page, each a dict with a list: category."""
        return self._series("custom_scalars", LAYOUT, steps, purge, optional=True)

    def graphs(self, steps: str = "all", purge: bool = False) -> Series:
        """Return the graphs, each a GraphDef as a dict with a list: node.

        If TensorFlow has written them in a MetaGraphDef only, those.
        """
        found = [(plugin, tag) for plugin, tag in GRAPHS if (plugin, tag) in self._index.columns]
        return self._series(*(found + GRAPHS)[0], steps=steps, purge=purge, optional=True)

    def run_metadata(self, tag: str, steps: str = "all", purge: bool = False) -> Series:
        """Return how graphs ran, as told under a tag: each a RunMetadata as a dict."""
        return self.series("graph_tagged_run_metadata", tag, steps, purge)

    def hparams(self) -> "Dict[str, Any]":
        """Return the hyperparameters of the run, {} if it has none.

        The first set counts, as in TensorBoard.  All that is said of them is in
        series("hparams", tag).
        """
        from ..plugins.hparams import plain
        for point in self._series("hparams", SESSION, "all", False, optional=True):
            given = point.value.get("session_start_info", {}).get("hparams", {})
            return {name: plain(value) for name, value in given.items()}
        return {}

    def embeddings(self) -> "List[Embedding]":
        """Return the embeddings that stand in files beside the event files."""
        from .embeddings import embeddings
        return embeddings(self.path) if self.files and os.path.isdir(self.path) else []

    def to_dataframe(self, steps: str = "all", purge: bool = False) -> "Any":
        """Return the scalars as a pandas DataFrame: columns tag, step, wall_time, value.

        Raises InputError without pandas.
        """
        return dataframe(self.scalar_columns(steps, purge))

    def scalar_columns(self, steps: str = "all", purge: bool = False) -> "Dict[str, List[Any]]":
        """Return the scalars as lists tag, step, wall_time and value, tag by tag."""
        columns = {name: [] for name in SCALARS}        # type: Dict[str, List[Any]]
        for tag in self.tags().get("scalars", ()):
            series = self.scalars(tag, steps, purge)
            for name, values in zip(SCALARS, ([tag] * len(series), series.steps,
                                              series.wall_times, series.values)):
                columns[name] += values
        return columns

    def _series(self, plugin, tag, steps, purge, reader=None, optional=False):
        if steps not in list(STEPS):
            raise InputError("steps", "one of %s" % ", ".join(map(repr, STEPS)), shown(steps))
        tag, column = self._found(plugin, tag)
        if column is None and not optional:
            raise InputError("tag", self._need(str(plugin)), shown(tag))
        column = column or Column(plugin == "scalars")
        metadata = self._index.metadata.get(tag, {})
        values = column.values
        if values is None:
            values = Payloads(self._sources, column.numbers, column.offsets, column.sizes,
                              _reading(reader or plugin, metadata))
        series = Series(plugin, tag, column.steps, column.wall_times, values, metadata)
        if purge:
            series = series.chosen(purged(series.steps, column.restarts(self._index.restarts)))
        return STEPS[steps](series)

    def _found(self, plugin, tag):
        """Return (tag as it is in the files, its column); (tag, None) if it is not there."""
        if isinstance(plugin, str) and isinstance(tag, str):
            for name in tag, tag + ENDS.get(plugin, ""):
                if (plugin, name) in self._index.columns:
                    return name, self._index.columns[plugin, name]
        return tag, None

    def _need(self, plugin):
        tags = self.tags().get(plugin, ())
        if not tags:
            return "a tag of %s, of which there is none" % plugin
        named = ", ".join(map(repr, tags[:5])) + ", ..." * (len(tags) > 5)
        return "one of the %s of %s: %s" % (counted(len(tags), "tag"), plugin, named)


def _files(path):
    """Return the event files of a run; [] if `path` is bytes, or an open file."""
    if not (isinstance(path, str) or hasattr(path, "__fspath__")):
        return []
    found = event_files(os.fspath(path))
    files = [file for run, file in found if run == "."]
    if not files:
        runs = counted(len({run for run, _ in found}), "run")
        raise InputError("path", "a run: a directory with event files in it",
                         "one of %s: see Runs" % runs if found else
                         "%s, which has none" % shown(path))
    return files


def _reading(plugin, metadata):
    """Return what turns the bytes of a value into what the plugin reads in it."""
    if plugin in OF_EVENTS:
        from .graphs import READ
        return READ[plugin]
    name = plugin if plugin in MEMBER else "tensor"

    def value(data):
        return read(name, dict({"metadata": metadata}, **VALUE.decode(data)))
    return value


def _last(series):
    return series.chosen(last(series.steps))


def _mean(series):
    if isinstance(series.values, Payloads):
        raise InputError("steps", "'all' or 'last': only scalars have a mean", "'mean'")
    return Series(series.plugin, series.tag,
                  *mean(series.steps, series.wall_times, series.values), metadata=series.metadata)


#   steps    the points of a series that count
STEPS = {
    "all":  lambda series: series,
    "last": _last,
    "mean": _mean,
}
