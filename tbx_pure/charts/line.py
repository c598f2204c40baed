"""add_line_chart: a chart that grows by a point a call, or a whole one.  spec/plugins/line_chart.md

A point is written as scalars title/line, and a layout puts those of a title into one chart of the
Custom Scalars page.  A whole chart is drawn here, as a picture.  Beside both stand the numbers.
"""
import math
from itertools import chain, groupby
from operator import itemgetter

from . import chart, drawable
from .axes import Axes, Entry, padded
from ..errors import InputError, naming, shown
from ..media.colormaps import CYCLE
from ..plugins import checked_text, clean_tag, listed
from ..plugins.line_chart import line_chart
from ..plugins.scalars import scalar
from ..tensor import Tensor, reals, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..media.canvas import Canvas

CATEGORY = "add_line_chart"             # of the Custom Scalars page
DATA = "line_chart"                     # end of the tag of the numbers
LINE, DOT = 3, 10                        # pixels: how wide a line is, and a marker
MARKERS = 20                            # on a line, at most
SHAPES = "line", "disc", "square", "triangle", "diamond", "cross", "plus"   # one for each CYCLE


def add_line_chart(writer: "Any", columns: "Any", values: "Any", title: "Any",
                   global_step: "Any" = None, walltime: "Any" = None) -> None:
    """Add a point to each line of a chart, or a whole chart.

    writer:   the SummaryWriter whose method this is
    columns:  the names of x and of each line
    values:   for each column a number, or for each a sequence of numbers, NaN being a gap.  Lists
              of one number each are sequences, tensors of one element numbers
    title:    of the chart, and the start of its tags; cleaned there
    global_step:  None, of a point: x, if that is whole and beyond the last step of this title; or
              else one more than the last
    Raises InputError if one of these is something else, or they do not fit each other.
    """
    with naming("add_line_chart", title):
        checked_text(title, "title")
        names, items = _names(columns), listed(values, "values")
        if len(items) != len(names):
            raise InputError("values", "one for each of %d columns" % len(names), "%d" % len(items))
        tensors = [view(item, "values[%d]" % i) for i, item in enumerate(items)]
    lists = all(isinstance(item, (list, tuple)) for item in items)
    if not lists and all(len(tensor.values) == 1 for tensor in tensors):
        point = [tensor.values[0] for tensor in tensors]
        _add_point(writer, names, point, title, global_step, walltime)
    else:
        writer._add("add_line_chart", global_step, walltime, whole_chart, title, names, tensors)


def _names(columns):
    names = [checked_text(name, "columns") for name in listed(columns, "columns")]
    if len(names) < 2:
        raise InputError("columns", "names of x and of one line or more", shown(columns))
    if len(set(names)) < len(names):
        raise InputError("columns", "names that differ", shown(columns))
    return names


# ---- a point ----

def _add_point(writer, names, point, title, global_step, walltime):
    with naming("add_line_chart", title) as call:
        tag, *lines = [_tag(writer._call_tag(title), name) for name in [DATA] + names[1:]]
        if len(set(lines) | {tag}) < len(names):
            raise InputError("columns", "names that differ as tags", ", ".join([tag] + lines))
        summary = line_chart(tag, title, names, Tensor("float64", (len(point),), point))
        for line, x in zip(lines, point[1:]):
            warn = writer._warner("add_line_chart", line)
            summary["value"] += scalar(line, x, warn=warn)["value"]
        step, seconds = writer._call_step(global_step), writer._wall_time(walltime)
        with writer._arranging():       # of several threads, each takes a step of its own
            if step is None:
                step = _next_step(writer._run_steps.last(("", tag)), point[0])
            event = writer._event(call, step, seconds, summary)
            writer._append(event)
    writer._chart(title, lines, CATEGORY, seconds)


def _tag(title, name):
    return clean_tag(type(title)("%s/%s" % (title, name)))


def _next_step(last, x):
    """Return x, if it is a step and beyond the last one; or else the number after that."""
    if -2 ** 63 <= x < 2 ** 63 and x % 1 == 0 and (last is None or x > last):
        return int(x)
    return 0 if last is None else last + 1


# ---- a whole chart ----

def whole_chart(title: str, names: "List[str]", tensors: "List[Tensor]") -> "Dict[str, Any]":
    """Return the summary of a picture of lines, and of their numbers.

    title:    of the chart; cleaned, its tag
    names:    of x and of each line
    tensors:  the numbers of each, all of one shape (points,); where one is not finite is a gap
    Raises InputError if the shapes are others.
    """
    shapes = [tensor.shape for tensor in tensors]
    if len(set(shapes)) > 1 or len(shapes[0]) != 1 or shapes[0][0] == 0:
        raise InputError("values", "a number for each column, or for each as many numbers",
                         "shapes " + ", ".join(map(str, shapes)))
    columns = [reals(tensor.values, "values[%d]" % i) for i, tensor in enumerate(tensors)]
    points = Tensor("float64", (len(columns[0]), len(columns)),
                    list(chain.from_iterable(zip(*columns))))
    data = line_chart(_tag(title, DATA), title, names, points)
    (heading, *labels), numbered = drawable([title] + names)
    return chart(clean_tag(title), drawn(heading, labels, columns), data, numbered)


def drawn(title: str, names: "List[str]", columns: "List[List[float]]") -> "Canvas":
    """Return a canvas with the lines, the first column being x, in axes with a legend."""
    looks = [Entry(name, CYCLE[i % len(CYCLE)], SHAPES[i // len(CYCLE) % len(SHAPES)])
             for i, name in enumerate(names[1:])]
    several = len(looks) > 1
    axes = Axes(padded(columns[0]), padded(chain.from_iterable(columns[1:])), names[0],
                "" if several else names[1], title, looks if several else ())
    with axes.clipped() as canvas:
        for look, line in zip(looks, columns[1:]):
            for points in _parts(axes, columns[0], line):
                _draw(canvas, points, look)
    return axes.canvas


def _draw(canvas, points, look):
    if len(points) > 1:
        canvas.polyline(points, look.color, LINE)
    if look.shape != "line":
        for x, y in points[::len(points) // MARKERS + 1]:
            canvas.marker(x, y, DOT, look.color, look.shape)
    elif len(points) == 1:
        canvas.marker(points[0][0], points[0][1], DOT, look.color)


def _parts(axes, xs, ys):
    """Yield the pixels of a line, from one gap to the next, as lists of (x, y)."""
    finite = (math.isfinite(x) and math.isfinite(y) for x, y in zip(xs, ys))
    for is_line, points in groupby(zip(finite, xs, ys), itemgetter(0)):
        if is_line:
            yield [axes.point(x, y) for _, x, y in points]
