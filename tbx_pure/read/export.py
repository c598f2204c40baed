"""Data as rows: what a table, a spreadsheet or a database takes.  spec/readers.md

    plugin        tag of a row              its value
    scalars       as it is                  a number
    text          as it is                  the text; of a table its cells, one a line
    histograms    with :count, :min, :max,  of all that was counted; of buckets alone, mean and std
                  :mean, :std               as if all of a bucket were in its middle
    hparams       hparams:NAME              a number, a text or a bool
"""
import math
from collections import namedtuple

from ..errors import FormatError
from ..messages import VALUE
from ..plugins import plugin_of, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Iterator, List, Tuple

    from .run import Run

    Wants = Callable[[str, str], bool]

KINDS = "scalars", "text", "histograms", "hparams"


class Row(namedtuple("Row", "run tag step wall_time value")):
    """One value: the run's name, the tag, the step, seconds since 1970, and what it is."""


# ---- a value as cells ----

def cells(plugin: str, tag: str, value: "Dict[str, Any]") -> "List[Tuple[str, Any]]":
    """Return (tag of a row, its value) of a decoded Summary.Value with its metadata; [] of others.

    Raises FormatError if the value makes no sense.
    """
    if plugin == "scalars":
        return [(tag, read(plugin, value))]
    if plugin == "text":
        return [(tag, "\n".join(read(plugin, value)))]
    if plugin == "histograms":
        numbers = histogram_numbers(value)
        return [("%s:%s" % (tag, name), numbers[name]) for name in numbers]
    if plugin == "hparams":
        from ..plugins.hparams import plain
        given = read(plugin, value).get("session_start_info", {}).get("hparams", {})
        return [("hparams:" + name, plain(x)) for name, x in given.items()]
    return []


def histogram_numbers(value: "Dict[str, Any]") -> "Dict[str, float]":
    """Return count, min, max, mean and std of a histogram: a decoded Summary.Value."""
    if "histo" in value:
        histo = value["histo"]
        count, low, high, total, squares = (
            histo.get(name, 0.0) for name in ("num", "min", "max", "sum", "sum_squares"))
    else:
        rows = [row for row in read("histograms", value) if row[2] > 0] or [(0.0, 0.0, 0.0)]
        middles = [(left / 2 + right / 2, n) for left, right, n in rows]
        count, low, high = _sum(n for _, n in middles), rows[0][0], rows[-1][1]
        total, squares = _sum(x * n for x, n in middles), _sum(x * x * n for x, n in middles)
    mean = total / count if count else math.nan
    spread = squares / count - mean * mean if count else math.nan
    return {"count": count, "min": low, "max": high, "mean": mean,
            "std": math.nan if spread != spread else math.sqrt(max(spread, 0.0))}


def _sum(numbers):
    numbers = list(numbers)
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):         # beyond float64; infinity and its opposite
        return sum(numbers)


# ---- as they come ----

def stream(run: str, events: "Iterable[Dict[str, Any]]", wants: "Wants",
           damaged: "Callable[[str, int, FormatError], object]" = lambda tag, step, e: None,
           ) -> "Iterator[Tuple[str, Row]]":
    """Yield (plugin, row) of events, in their order; memory does not grow with their number.

    run:      the name for the rows
    wants(tag, plugin):  whether to yield a value
    damaged(tag, step, error):  is called for a value that makes no sense
    """
    first = {}                          # type: Dict[str, Dict[str, Any]]
    for event in events:
        step, wall_time = event.get("step", 0), event.get("wall_time", 0.0)
        for value in event.get("summary", {}).get("value", ()):
            tag, plugin = value.get("tag", ""), plugin_of(value)
            if value.get("metadata"):
                first.setdefault(tag, value["metadata"])
            elif plugin is None and tag in first:       # that of its first value  [summary-6]
                value = dict(value, metadata=first[tag])
                plugin = plugin_of(value)
            if plugin not in KINDS or not wants(tag, plugin):
                continue
            try:
                for name, x in cells(plugin, tag, value):
                    yield plugin, Row(run, name, step, wall_time, x)
            except FormatError as e:
                damaged(tag, step, e)


# ---- series by series ----

class Points(namedtuple("Points", "plugin tag steps wall_times values")):
    """A column of a wide table: as many steps, wall times and values."""


def columns(run: "Run", wants: "Wants", steps: str,
            damaged: "Callable[[str, int, FormatError], object]" = lambda tag, step, e: None,
            ) -> "Iterator[Points]":
    """Yield the points of each tag of a run.

    steps:  "all", "last" or "mean", of scalars; of others "mean" is "last"
    """
    for plugin, tags in run.tags().items():
        for tag in tags:
            if plugin == "scalars" and wants(tag, plugin):
                series = run.scalars(tag, steps)
                yield Points(plugin, tag, series.steps, series.wall_times, series.values)
            elif plugin in KINDS and wants(tag, plugin):
                series = run.series(plugin, tag, "all" if steps == "all" else "last")
                for points in _split(plugin, series, damaged):
                    yield points


def _split(plugin: str, series: "Any", damaged: "Any") -> "List[Points]":
    """Return the columns that the values of a series have."""
    found = {}                          # type: Dict[str, Points]
    for i in range(len(series)):
        step, wall_time = series.steps[i], series.wall_times[i]
        try:
            value = dict({"metadata": series.metadata}, **VALUE.decode(series.values.raw(i)))
            made = cells(plugin, series.tag, value)
        except FormatError as e:
            damaged(series.tag, step, e)
            continue
        for name, x in made:
            points = found.setdefault(name, Points(plugin, name, [], [], []))
            points.steps.append(step)
            points.wall_times.append(wall_time)
            points.values.append(x)
    return list(found.values())


def rows(run: str, found: "Iterable[Points]") -> "Iterator[Tuple[str, Row]]":
    """Yield (plugin, row) of columns, tag by tag."""
    for points in found:
        for step, wall_time, x in zip(*points[2:]):
            yield points.plugin, Row(run, points.tag, step, wall_time, x)


def wide(run: str, found: "Iterable[Points]") -> "Iterator[Tuple[int, float, Dict[str, Any]]]":
    """Yield (step, wall time, {tag: value}) of columns, by steps in order.

    Of the points that a tag has at one step each is in a row of its own.  The wall time is that of
    the newest point of the row.
    """
    made = {}                           # type: Dict[Tuple[int, int], Tuple[float, Dict[str, Any]]]
    for points in found:
        seen = {}                       # type: Dict[int, int]
        for step, wall_time, x in zip(*points[2:]):
            again = seen[step] = seen.get(step, -1) + 1
            newest, row = made.get((step, again), (wall_time, {}))
            row[points.tag] = x
            made[step, again] = max(newest, wall_time), row
    for step, again in sorted(made):
        wall_time, row = made.pop((step, again))
        yield step, wall_time, row
