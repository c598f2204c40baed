"""add_scatter: points in a plane.  spec/plugins/scatter.md"""
import math
from collections import namedtuple

from . import chart, drawable, labels_of
from .axes import SCALE, Axes, Colorbar, Entry, cut, overlap, padded, position
from ..errors import InputError
from ..media.canvas import GRAY, SHAPES, text_box
from ..media.colormaps import CYCLE, color_at, colormap
from ..plugins import checked_text, clean_tag
from ..plugins.scatter import scatter_data
from ..tensor import is_float, reals, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

COLORMAP = "viridis"
MAX_DIAMETER = 200
MAX_TEXT = 160                          # pixels of a text beside a point
MAX_TEXTS = 300                         # beside points: more have no room
MAX_LARGE = 30                          # of them in the letters of the axes: more are smaller

#   points, at most  diameter in pixels, if the user gives none
DIAMETERS = (
    (300,           11),
    (1000,           9),
    (5000,           7),
    (math.inf,       5),
)
#   anchor of a text beside a point, and where it is from there: the first that is free
PLACES = (("w", 1, 0),      ("e", -1, 0),      ("s", 0, -1),      ("n", 0, 1),
          ("sw", 0.5, -0.5), ("nw", 0.5, 0.5), ("se", -0.5, -0.5), ("ne", -0.5, 0.5))


class Points(namedtuple("Points", "xs ys labels names sizes colors")):
    """Points, a list of a number for each in every field.

    labels:  places in names; None: no labels
    sizes:   diameters; None: not given
    colors:  {"color": numbers}, {"red": ..., "green": ..., "blue": ...} or {}
    """


def scatter(tag: str, x: "Any", y: "Any", labels: "Any", sizes: "Any", colors: "Any",
            x_label: str, y_label: str, warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of points: their picture, and their numbers as tag/scatter.

    tag:     its name; cleaned
    x, y:    a number for each point; where one is NaN or infinite, nothing is drawn
    labels:  a text for each point, if most are different; otherwise classes, which the legend
             names: texts or numbers.  None: none
    sizes:   the diameter of each point, or of all, in pixels, more than 0 and at most 200
    colors:  a number for each point, shown on a scale of colors; or shape (points, 3), red, green
             and blue, 0 to 255
    x_label, y_label:  what the numbers are
    warn:    called with a cause and a text where something is not drawn
    Raises InputError if there is no point, or not one of each for each.
    """
    tag = clean_tag(tag)
    xs, ys = _numbers(x, "x"), _numbers(y, "y")
    if not xs or len(xs) != len(ys):
        raise InputError("y" if xs else "x", "as many as x: %d" % len(xs) if xs else "one or more",
                         "%d" % len(ys if xs else xs))
    indices, names, classes = _labels(labels, len(xs))
    titles = [checked_text(x_label, "x_label"), checked_text(y_label, "y_label")]
    points = Points(xs, ys, indices, names, _sizes(sizes, len(xs)), _colors(colors, len(xs), warn))
    data = scatter_data(tag + "/scatter", _columns(points), names, *titles)
    drawn, numbered = drawable(titles + names)
    axes = _draw(points._replace(names=drawn[2:]), classes, drawn[:2], warn)
    return chart(tag, axes.canvas, data, numbered)


# ---- what the user gives ----

def _numbers(x, argument):
    return reals(view(x, argument).values, argument)


def _labels(labels, count):
    """Return (a place in the names for each point, the names, whether they are classes)."""
    if labels is None:
        return None, [], False
    found = labels_of(labels, "labels")
    if len(found) != count:
        raise InputError("labels", "one for each of %d points" % count, "%d" % len(found))
    texts, numbers = list(map(str, found)), not any(isinstance(label, str) for label in found)
    order = dict(zip(texts, found)) if numbers else {text: text for text in texts}
    names = sorted(order, key=order.__getitem__)
    places = {name: i for i, name in enumerate(names)}
    return [places[text] for text in texts], names, numbers or 2 * len(names) <= count


def _sizes(sizes, count):
    if sizes is None:
        return None
    numbers = _numbers(sizes, "sizes")
    if len(numbers) not in (1, count):
        raise InputError("sizes", "one, or one for each of %d points" % count, "%d" % len(numbers))
    wrong = [size for size in numbers if not 0 < size <= MAX_DIAMETER]
    if wrong:
        raise InputError("sizes", "pixels, more than 0 and at most %d" % MAX_DIAMETER,
                         repr(wrong[0]))
    return numbers * (count // len(numbers))


def _colors(colors, count, warn):
    if colors is None:
        return {}
    tensor = view(colors, "colors")
    numbers = reals(tensor.values, "colors")
    if tensor.shape == (count, 3):
        wrong = [v for v in numbers if not 0 <= v <= 255]
        if wrong:
            raise InputError("colors", "red, green and blue from 0 to 255", repr(wrong[0]))
        if is_float(tensor.dtype) and 0 < max(numbers) <= 1:
            warn("black", "colors are 0 to 255: these, 0 to 1, are shown as black")
        return {name: numbers[i::3] for i, name in enumerate(("red", "green", "blue"))}
    if len(numbers) != count:
        raise InputError("colors", "a number for each of %d points, or shape (%d, 3)"
                         % (count, count), "shape %s" % (tensor.shape,))
    return {"color": numbers}


def _columns(points):
    columns = {"x": points.xs, "y": points.ys, "label": points.labels, "size": points.sizes}
    columns.update(points.colors)
    return {name: column for name, column in columns.items() if column is not None}


# ---- the picture ----

def _draw(points, classes, titles, warn):
    """Return the axes with the points in them."""
    there = [i for i, xy in enumerate(zip(points.xs, points.ys)) if all(map(math.isfinite, xy))]
    if len(there) < len(points.xs):
        warn("NaN", "%d of %d points are NaN or infinite, and not drawn"
             % (len(points.xs) - len(there), len(points.xs)))
    bar = _colorbar(points.colors.get("color"), warn)
    styles = [(CYCLE[i % len(CYCLE)], list(SHAPES)[i % len(SHAPES)])
              for i in range(len(points.names) if classes else 1)]
    legend = [Entry(name, GRAY if points.colors else color, shape)
              for name, (color, shape) in zip(points.names, styles) if classes]
    axes = Axes(padded([points.xs[i] for i in there]), padded([points.ys[i] for i in there]),
                titles[0], titles[1], legend=legend, colorbar=bar)
    sizes = points.sizes or [_diameter(len(there))] * len(points.xs)
    boxes = []
    for i in there:
        color, shape = styles[points.labels[i] if classes else 0]
        boxes.append(_mark(axes, points.xs[i], points.ys[i], sizes[i],
                           _color(points.colors, i, bar, color), shape))
    if points.names and not classes:
        _write(axes, boxes, [points.names[points.labels[i]] for i in there], warn)
    return axes


def _mark(axes, x, y, size, color, shape):
    """Draw a point; return its box."""
    x, y = axes.point(x, y)
    with axes.clipped() as canvas:
        canvas.marker(x, y, size, color, shape)
    return x - size / 2, y - size / 2, x + size / 2, y + size / 2


def _diameter(count):
    return next(diameter for most, diameter in DIAMETERS if count <= most)


def _colorbar(numbers, warn):
    if numbers is None:
        return None
    finite = [v for v in numbers if math.isfinite(v)]
    if len(finite) < len(numbers):
        warn("colors", "%d of %d colors are NaN or infinite, and drawn gray"
             % (len(numbers) - len(finite), len(numbers)))
    low, high = padded(finite, 0)
    return Colorbar(colormap(COLORMAP), low, high)


def _color(colors, i, bar, otherwise):
    if bar:
        number = colors["color"][i]
        return (color_at(bar.table, position(number, bar.low, bar.high))
                if math.isfinite(number) else GRAY)
    if colors:
        return tuple(int(colors[name][i]) for name in ("red", "green", "blue"))
    return otherwise


def _write(axes, points, texts, warn):
    """Write the text of each point beside it, where it hides no point and no other text."""
    taken, left_out = points[:MAX_TEXTS], max(len(texts) - MAX_TEXTS, 0)
    scale = SCALE if len(texts) <= MAX_LARGE else 1
    for (x0, y0, x1, y1), text in list(zip(points, texts))[:MAX_TEXTS]:
        x, y, text = (x0 + x1) / 2, (y0 + y1) / 2, cut(text, MAX_TEXT, scale)
        reach = (x1 - x0) / 2 + 2 * scale
        for anchor, dx, dy in PLACES:
            spot = x + dx * reach, y + dy * reach, text, anchor
            box = text_box(spot[0], spot[1], text, scale, anchor)
            if _within(box, axes.area) and not any(overlap(box, other) for other in taken):
                axes.text(*spot, scale=scale)
                taken.append(box)
                break
        else:
            left_out += 1
    if left_out:
        warn("labels", "%d of %d labels have no room in the picture" % (left_out, len(texts)))


def _within(box, area):
    return area[0] <= box[0] and area[1] <= box[1] and box[2] <= area[2] and box[3] <= area[3]
