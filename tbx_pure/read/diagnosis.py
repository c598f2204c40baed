"""Why TensorBoard shows nothing, or less than was logged, of what is in a log directory.

What is found here was tried with TensorBoard 2.21: the default engine is the one that `tensorboard`
starts with, the Python engine that of `tensorboard --load_fast=false`.  spec/readers.md
"""
import math
import os
from array import array
from collections import namedtuple

from ..errors import FormatError
from ..messages import EVENT
from ..plugins import counted, plugin_of
from ..tensor_proto import shape_of
from .batches import CHUNK, Points, batches
from .events import decoded
from .files import MARK, begins
from .index import OF_EVENTS
from .records import scan
from .restart import last
from .times import Times

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple

SKIPPED = ".profile-empty"              # ends of names that the Python engine does not read
GZIP = b"\x1f\x8b"
FIRST = b"brain.Event:"                 # in the first record of an event file
NAMED = 3                               # tags that a finding names
EMPTY = {"wall_time", "step", "file_version", "source_metadata"}        # fields: no data in them
HPARAMS_START, HPARAMS_EXPERIMENT = "session_start_info", "experiment"

#   plugin          points of a tag that TensorBoard shows: a random sample of more
SAMPLES = {
    "scalars":      1000,
    "images":       10,
    "audio":        10,
    "histograms":   51,
}

PROBLEM, REMARK = "problem", "remark"


class Finding(namedtuple("Finding", "kind cause where what remedy")):
    """Something that keeps data from being seen.

    kind:    PROBLEM; or REMARK: TensorBoard means it so
    cause:   in a word: one of CAUSES
    where:   a path, or a run
    what:    what is so, and what TensorBoard makes of it
    remedy:  what to do
    """


CAUSES = ("logdir", "file", "empty", "names", "permission", "damage", "end", "writers", "steps",
          "time", "kinds", "form", "plugin", "graph", "hparams", "metrics", "sample")

#   each is   (cause, what is so and what TensorBoard makes of it, what to do)
MISSING = ("logdir", "does not exist: TensorBoard waits for it, silently",
           "{}")
A_FILE = ("file", "is a file: TensorBoard looks for directories",
          "tensorboard --logdir {}")
DENIED = ("permission", "cannot be read: {}",
          "let the user who runs TensorBoard read it")
RENAMED = ("names", "is an event file, and its name does not say so",
           "have %r in its name" % MARK)
COMPRESSED = ("names", "is compressed: no TensorBoard reads that",
              "gunzip it")
LEFT_OUT = ("names", "ends in %s: the Python engine skips it" % SKIPPED,
            "rename it")
NO_FILES = ("empty", "has no event files: no name with %r in it, at any depth" % MARK,
            "look where SummaryWriter wrote: writer.logdir; the default is runs/ below the "
            "directory the program was started in")
NO_DATA = ("empty", "has no data yet",
           "writer.flush(), or close(): until then some libraries keep it in memory; and give "
           "TensorBoard a minute")
DAMAGED = ("damage", "is damaged at byte {}: {}.  TensorBoard stops there",
           "the command repair; verify tells all of it ({})")
NO_EVENTS = ("damage", "is no event file, or damaged from end to end: {}",
             "give it a name without %r, or delete it: TensorBoard shows nothing of it" % MARK)
TORN = ("end", "ends in the middle of a record: it is being written, or the program was killed",
        "nothing, if it goes on; else repair")
NO_TIME = ("time", "{} without a wall time (NaN): the default engine stops at the first",
           "walltime=time.time(), or leave it out")
INFINITE = ("time", "{} of infinite wall time: the default engine drops them",
            "walltime=time.time(), or leave it out")
LOST = ("steps", "{} not shown ({}): a later point has the same step or one before, and the "
                 "default engine keeps what came last",
        "a step of its own for each point: global_step, or SummaryWriter(steps='count'); "
        "tensorboard --load_fast=false shows them all")
MERGED = ("steps", LOST[1] + "; most because several files in one directory are one run",
          "a directory for each run, or go on counting steps after a restart; "
          "tensorboard --load_fast=false shows them all")
AT_ONCE = ("writers", "{} was still written when {} had begun: the Python engine follows only the "
                      "newest file of a directory",
           "a directory for each writer, or tensorboard --reload_multifile=true")
FORM = ("form", "{}: of {}, shape {}: the default engine shows none of it",
        "simple_value, or a float32 tensor of rank 0: no new_style with double_precision")
NO_PLUGIN = ("plugin", "{}: no plugin in their metadata: no engine shows it",
             "let the first value of a tag name its plugin: summary.metadata.plugin_data")
NO_VALUE = ("plugin", "{}: metadata alone, for {}: the Python engine answers with an error",
            "write a value with it")
MIXED = ("kinds", "{} has {}: only the first is shown, and the Python engine answers with an error",
         "a tag of its own for each kind")
META_GRAPH = ("graph", "its graph is in a MetaGraphDef alone, which no engine shows",
              "write the graph itself: FileWriter(graph=...), add_graph()")
SAMPLED = ("sample",
           "of tags with more than {} points of {} TensorBoard shows a random sample ({})",
           "tensorboard --samples_per_plugin {}={}")
BAD_HPARAMS = ("hparams", "{} makes no sense: {}",
               "write it with add_hparams()")
NO_SESSION = ("hparams", "an experiment is described, and no run has its hyperparameters: the page "
                         "HPARAMS is empty",
              "add_hparams() in each run")
NO_METRIC = ("metrics", "the metrics {} have no scalars in the runs with hyperparameters: their "
                        "columns stay empty",
             "add_scalar() of the same tag in that run, or name it in metric_dict")


def finding(words: "Tuple[str, str, str]", where: str, what: "Sequence[Any]" = (),
            remedy: "Sequence[Any]" = (), kind: str = PROBLEM) -> Finding:
    """Return a finding in these words, filled in."""
    cause, said, do = words
    return Finding(kind, cause, where, said.format(*what), do.format(*remedy))


# ---- paths ----

def of_path(path: str) -> "List[Finding]":
    """Return what is wrong with a path that is not there, or is no directory."""
    if not os.path.exists(path):
        above = os.path.dirname(os.path.abspath(path))
        while not os.path.isdir(above):
            above = os.path.dirname(above)
        remedy = "%s has: %s" % (above, ", ".join(sorted(os.listdir(above))[:8]) or "nothing")
        if path.startswith("~"):
            remedy = "write --logdir ~/..., not --logdir=\"~/...\": only the shell knows ~"
        elif "," in path or ":" in path[2:]:
            remedy = "for several directories give one above them, or --logdir_spec=name:path,..."
        return [finding(MISSING, path, (), (remedy,))]
    if not os.path.isdir(path):
        return [finding(A_FILE, path, (), (os.path.dirname(os.path.abspath(path)),))]
    return []


def of_names(path: str, denied: "List[OSError]", count: int) -> "Iterator[Finding]":
    """Yield what is wrong with the names below a log directory.

    denied:  the errors of directories that could not be listed
    count:   how many event files there are
    """
    for error in denied:
        yield finding(DENIED, error.filename or path, (error.strerror,))
    renamed, compressed = [], []
    for directory, _, names in os.walk(path):
        for name in names:
            place = os.path.join(directory, name)
            if MARK in name and begins(place).startswith(GZIP):
                compressed.append(place)
            elif (MARK not in name and (not count or "event" in name.lower())
                  and FIRST in begins(place)):
                renamed.append(place)
    if renamed:
        yield finding(RENAMED, _some(renamed))
    if compressed:
        yield finding(COMPRESSED, _some(compressed))
    if not (count or renamed):
        yield finding(NO_FILES, path)


def _some(names):
    names = list(names)
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (", and %d more" % more if more > 0 else "")


# ---- a run ----

class _Column:
    """The points of a tag: their steps, and where those of each file begin."""

    def __init__(self) -> None:
        self.steps, self.starts = array("q"), []        # type: array, List[int]


class Patient:
    """A run that is being examined, its files one after the other.

    run:     its name
    where:   its path
    hparams: what its files say under the plugin hparams, the first of each kind
    """

    def __init__(self, run: str, where: str) -> None:
        self.run, self.where = run, where
        self.found = []                 # type: List[Finding]
        self.hparams = {}               # type: Dict[str, Any]
        self._columns = {}              # type: Dict[Tuple[str, str], _Column]
        self._metadata = {}             # type: Dict[str, Dict[str, Any]]
        self._odd = {}                  # type: Dict[Tuple[Any, ...], List[str]]
        self._spans = []                # type: List[Tuple[str, float, float]]

    def examine(self, path: "Any", name: str, progress: "Callable[[int], Any]") -> None:
        """Look through a file.  Raises OSError if it cannot be read.

        progress:  called with the number of bytes that have been read
        """
        if begins(path).startswith(GZIP):
            return                      # of_names() tells
        count, times = 0, Times()
        for column in self._columns.values():
            column.starts.append(len(column.steps))
        self._files = len(self._spans) + 1
        with scan(path, chunk=CHUNK) as records:
            for offset, data, points in batches(records):
                progress(records.end)
                if isinstance(points, Points):
                    times.add(points.offsets(offset), points.wall_times)
                    self._event(EVENT.decode(points.data), points.steps)
                    count += len(points.steps)
                    continue
                event = decoded(records, offset, data)
                if event is not None:
                    times.add((offset,), (event.get("wall_time", 0.0),))
                    self._event(event, (event.get("step", 0),))
                    count += not set(event) <= EMPTY
        self._spans.append((name, times.first[1], times.newest[1]))
        self._tell(name, records, count, times)

    def _tell(self, name, records, count, times):
        add = self.found.append
        for damage in records.damage[:1]:
            parts = counted(len(records.damage), "damaged part")
            add(finding(NO_EVENTS, name, (damage.error(),)) if damage.is_all() else
                finding(DAMAGED, name, (damage.start, damage.error()), (parts,)))
        if records.torn:
            add(finding(TORN, name))
        if not count and not records.damage and not records.torn:
            add(finding(NO_DATA, name))
        for words, n in (NO_TIME, times.lacking), (INFINITE, times.infinite):
            if n:
                add(finding(words, name, (counted(n, "event"),)))
        if name.endswith(SKIPPED):
            add(finding(LEFT_OUT, name))

    # ---- values ----

    def _event(self, event, steps):
        for member, plugin, tag in OF_EVENTS:
            if member in event:
                self._add(plugin, tag or "", steps)
        for value in event.get("summary", {}).get("value", ()):
            tag = value.get("tag", "")
            if value.get("metadata"):
                self._metadata.setdefault(tag, value["metadata"])
            if plugin_of(value) is None:        # metadata is that of the first value  [summary-6]
                value = dict(value, metadata=self._metadata.get(tag, {}))
            plugin = plugin_of(value) or ""
            self._add(plugin, tag, steps)
            self._form(plugin, tag, value)

    def _add(self, plugin, tag, steps):
        column = self._columns.get((plugin, tag))
        if column is None:
            column = self._columns[plugin, tag] = _Column()
            column.starts = [0] * self._files
        column.steps.extend(steps)

    def _form(self, plugin, tag, value):
        """Take note of a form that the default engine does not show."""
        tensor = value.get("tensor")
        if not set(value) - {"tag", "metadata"} and plugin and plugin != "hparams":
            self._odd.setdefault((NO_VALUE, plugin), []).append(tag)
        elif plugin == "scalars" and tensor is not None:
            dtype, shape = tensor.get("dtype", "DT_INVALID"), shape_of(tensor)
            if dtype != "DT_FLOAT" or tuple(shape):
                self._odd.setdefault((FORM, dtype, tuple(shape)), []).append(tag)
        elif not plugin:
            self._odd.setdefault((NO_PLUGIN,), []).append(tag)
        elif plugin == "hparams":
            self._hparams(tag, value)

    def _hparams(self, tag, value):
        from ..plugins.hparams import read
        try:
            content = read(value)
        except FormatError as e:
            self.found.append(finding(BAD_HPARAMS, self.where, (tag, e)))
            return
        for name in content:
            if name != "version":
                self.hparams.setdefault(name, content[name])

    # ---- the end ----

    def findings(self) -> "Iterator[Finding]":
        """Yield what was found in all files of the run."""
        for found in self.found:
            yield found
        for found in self._steps():
            yield found
        for found in self._writers():
            yield found
        for (words, *about), tags in self._odd.items():
            names = _some(dict.fromkeys(tags))
            yield finding(words, self.where, [names] + about)
        kinds = {}                      # type: Dict[str, List[str]]
        for plugin, tag in self._columns:
            kinds.setdefault(tag, []).append(plugin or "no plugin")
        for tag, plugins in kinds.items():
            if len(plugins) > 1:
                yield finding(MIXED, self.where, (tag, " and ".join(plugins)))
        have = {plugin for plugin, _ in self._columns}
        if "meta_graph" in have and "graphs" not in have:
            yield finding(META_GRAPH, self.where)
        for found in self._samples():
            yield found

    def _steps(self):
        lost, between = {}, 0           # type: Dict[str, int], int
        for (plugin, tag), column in self._columns.items():
            if plugin in ("hparams", "custom_scalars", "mesh") or not plugin:
                continue
            n = len(column.steps) - len(last(column.steps))
            if n:
                lost[tag] = n
                ends = column.starts[1:] + [len(column.steps)]
                within = sum(end - start - len(last(column.steps[start:end]))
                             for start, end in zip(column.starts, ends))
                between += n - within
        if not lost:
            return
        tags = sorted(lost, key=lambda tag: -lost[tag])
        count = sum(lost.values())
        words = MERGED if between > count // 2 else LOST
        yield finding(words, self.where, (
            "%d points are" % count if count > 1 else "1 point is",
            _some("%s: %d" % (tag, lost[tag]) for tag in tags)))

    def _writers(self):
        """Of files that are written at once the Python engine follows the newest only."""
        for (old, _, end), (new, begin, _) in zip(self._spans, self._spans[1:]):
            if end > begin:
                yield finding(AT_ONCE, self.where, (os.path.basename(old), os.path.basename(new)))
                return

    def _samples(self):
        for plugin, most in SAMPLES.items():
            many = {tag: len(column.steps) for (name, tag), column in self._columns.items()
                    if name == plugin and len(column.steps) > most}
            if many:
                counts = _some("%s: %d" % each for each in many.items())
                yield finding(SAMPLED, self.where, (most, plugin, counts),
                              (plugin, max(many.values())), REMARK)

    def tags(self, plugin: str) -> "List[str]":
        """Return the tags of a plugin."""
        return [tag for name, tag in self._columns if name == plugin]

    def size(self) -> "Tuple[int, int]":
        """Return how many tags and points there are."""
        return len(self._columns), sum(len(column.steps) for column in self._columns.values())


# ---- all runs ----

def of_hparams(patients: "List[Patient]") -> "Iterator[Finding]":
    """Yield what is wrong with hyperparameters: one run may tell what others hold."""
    starts = [each for each in patients if HPARAMS_START in each.hparams]
    experiments = [each for each in patients if HPARAMS_EXPERIMENT in each.hparams]
    if experiments and not starts:
        yield finding(NO_SESSION, experiments[0].where)
    for each in experiments:
        infos = each.hparams[HPARAMS_EXPERIMENT].get("metric_infos", [])
        wanted = [info.get("name", {}) for info in infos]
        lacking = [name.get("tag", "") for name in wanted if starts and not any(
            name.get("tag", "") in other.tags("scalars") for other in patients
            if _below(other.run, starts))]
        if lacking:
            yield finding(NO_METRIC, each.where, (_some(lacking),))


def _below(run, starts):
    """Return whether a metric may be in this run: a session's, or one below it."""
    return any(run == start.run or start.run == "." or run.startswith(start.run + "/")
               for start in starts)
