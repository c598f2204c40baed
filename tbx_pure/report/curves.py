"""Curves: the points of a series on scales, smoothed and thinned to what can be seen of them.

    curve = Curve("loss", series.steps, series.values)
    x, y = linear(curve.xs, 0), logarithmic(curve.ys)
    for line in lines(curve, x, y, 300, 100):
        ...                             # points (0 <= x <= 300, 0 <= y <= 100)
"""
import math
import re
import time
from collections import namedtuple
from itertools import groupby

from ..charts.axes import Tick, padded, position, ticks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator, List, Sequence, Tuple

    from ..read.series import Series

    Point = Tuple[float, float]

NEAR = 1e-9                             # of a scale: what rounding does to a number at its end
MARGIN = 0.05                           # of the height, above and below a curve


class Curve(namedtuple("Curve", "name xs ys")):
    """name, and as many xs as ys: numbers, of which some may be NaN or infinite: gaps"""


NUMBER = re.compile(r"(\d+)")


def in_order(tag: str) -> "List[Any]":
    """Return what to sort tags by: numbers in them by their size, as TensorBoard does."""
    parts = NUMBER.split(tag)           # every other one is a number
    return [int(part) if i % 2 else part for i, part in enumerate(parts)]


# ---- what is drawn ----

def smoothed(values: "Sequence[float]", weight: float) -> "List[float]":
    """Return what TensorBoard draws for its slider Smoothing at `weight`, from 0 to below 1.

    An exponential moving average that begins at 0, each divided by the sum of its weights.  Numbers
    that are not finite stay as they are, and so do values that are all one.
    https://github.com/tensorflow/tensorboard: scalar_card_data_loader, classicSmoothing
    """
    if weight <= 0 or len(set(values)) < 2:
        return list(values)
    out, mean, total = [], 0.0, 0.0     # total: of the weights, 1 - weight ** n
    for value in values:
        if math.isfinite(value):
            mean = mean * weight + (1 - weight) * value
            total = total * weight + (1 - weight)
            value = mean / total
        out.append(value)
    return out


def by_step(series: "Series") -> "Sequence[float]":
    """Return the step of each point."""
    return series.steps


def by_time(series: "Series") -> "Sequence[float]":
    """Return the wall time of each point, in seconds since 1970."""
    return series.wall_times


def by_age(series: "Series") -> "Sequence[float]":
    """Return the seconds from the first point to each."""
    first = next(filter(math.isfinite, series.wall_times), 0.0)
    return [moment - first for moment in series.wall_times]


# ---- scales ----

class Scale:
    """Numbers along a side of a chart.

    low, high:  the numbers at the ends, as `place` gives them; low < high
    place(v):   what is proportional to where v stands; NaN if it stands nowhere
    written(most):  the ticks to write, at most so many: each with the place of its number
    unit:       what the numbers are, "" if that is for others to say
    """

    def __init__(self, low: float, high: float, place: "Callable[[float], float]",
                 written: "Callable[[int], List[Tick]]", unit: str = "") -> None:
        self.low, self.high, self.place = low, high, place
        self.written, self.unit = written, unit

    def at(self, value: float) -> float:
        """Return where a number stands: 0 at the low end, 1 at the high one, or NaN."""
        return position(self.place(value), self.low, self.high)

    def along(self, values: "Iterable[float]", length: float) -> "Iterator[float]":
        """Yield where numbers stand on a side of this length, as `length * at(number)`."""
        low, size = self.low / 2, (self.high / 2 - self.low / 2) / length
        placed = values if self.place is float else map(self.place, values)
        return ((value / 2 - low) / size for value in placed)

    def ticks(self, most: int) -> "List[Tick]":
        """Return at most so many ticks, their values from 0 to 1."""
        found = [Tick(position(tick.value, self.low, self.high), tick.text)
                 for tick in self.written(most)]
        return [Tick(min(max(value, 0.0), 1.0), text) for value, text in found
                if -NEAR <= value <= 1 + NEAR]


def linear(values: "Iterable[float]", margin: float = MARGIN, unit: str = "") -> Scale:
    """Return the scale on which numbers stand at equal distances."""
    low, high = padded(values, margin)
    return Scale(low, high, float, lambda most: ticks(low, high, most), unit)


def logarithmic(values: "Iterable[float]", margin: float = MARGIN) -> Scale:
    """Return the scale on which equal ratios are equal distances; 0 and less stand nowhere."""
    low, high = padded(map(_log, values), margin)
    return Scale(low, high, _log, lambda most: _powers(low, high, most))


def _log(value):
    return math.log10(value) if value > 0 else math.nan


def _powers(low, high, most):
    """Return powers of ten as ticks; and between them simple multiples of each, if few."""
    first, last = math.ceil(low - NEAR), math.floor(high + NEAR)
    if last - first >= 2:
        every = -(-(last - first + 1) // most)
        return [Tick(float(n), _power(n)) for n in range(first, last + 1) if n % every == 0]
    for units in (1, 2, 5), (1, 3), (1,):
        between = [Tick(n + math.log10(unit), "%g" % (unit * 10.0 ** n))
                   for n in range(math.floor(low), last + 1) for unit in units]
        between = [tick for tick in between if low - NEAR <= tick.value <= high + NEAR]
        if 2 <= len(between) <= most:
            return between
    return [Tick(_log(tick.value), tick.text) for tick in ticks(10 ** low, 10 ** high, most)
            if tick.value > 0]


def _power(n):
    return "%g" % 10.0 ** n if -4 < n < 6 else "1e%d" % n


#   seconds in a unit      its name
UNITS = (
    (86400,                "days"),
    (3600,                 "hours"),
    (60,                   "minutes"),
    (1,                    "seconds"),
)


def duration(values: "Sequence[float]", margin: float = 0) -> Scale:
    """Return the scale of seconds since a beginning, written in the unit that suits them."""
    longest = max(filter(math.isfinite, values), default=0)
    size, unit = next(((size, unit) for size, unit in UNITS if longest >= 2 * size), UNITS[-1])
    low, high = padded(values, margin)
    return Scale(low, high, float, lambda most: [
        Tick(tick.value * size, tick.text) for tick in ticks(low / size, high / size, most)], unit)


#   seconds between ticks, and how these are written
DAY = 86400
CLOCKS = (
    ((1, 2, 5, 10, 15, 30),                         "%H:%M:%S"),
    ((60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200), "%H:%M"),
    (tuple(DAY * n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500)), "%m-%d"),
)


def clock(values: "Sequence[float]", margin: float = 0) -> Scale:
    """Return the scale of moments, in seconds since 1970, written as time of the day or as date."""
    low, high = padded(values, margin)
    return Scale(low, high, float, lambda most: _moments(low, high, most), "UTC")


def _moments(low, high, most):
    for sizes, form in CLOCKS:
        for size in sizes:
            first, last = math.ceil(low / size), math.floor(high / size)
            if last - first < most and high - low >= 2:
                return [_moment(n * size, form) for n in range(first, last + 1)]
    return [Tick(low + tick.value, "+%s s" % tick.text)         # less than two, or a thousand years
            for tick in ticks(0.0, high - low, most)]


def _moment(seconds, form):
    try:
        return Tick(float(seconds), time.strftime(form, time.gmtime(seconds)))
    except (ValueError, OverflowError, OSError):        # a year that has no calendar
        return Tick(float(seconds), "%g" % seconds)


#   name of an axis of x    the numbers    their scale
X_AXES = {
    "step":     (by_step,   lambda values: linear(values, 0, "step")),
    "relative": (by_age,    duration),
    "wall":     (by_time,   clock),
}


# ---- what can be seen ----

def lines(curve: Curve, x: Scale, y: Scale, width: float, height: float,
          column: float = 1) -> "Iterator[List[Point]]":
    """Yield the lines of a curve, from one gap to the next, each a list of points.

    A point is (0 <= x <= width, 0 <= y <= height), y upwards.  Of the points in a column of this
    width the first, the lowest, the highest and the last are left, in their order: the line covers
    the same pixels.
    """
    points = zip(x.along(curve.xs, width), y.along(curve.ys, height))
    for drawn, line in groupby(points, lambda point: point[0] - point[0] == point[1] - point[1]):
        if drawn:                       # neither NaN nor infinite
            yield _thinned(line, column)


def _thinned(points, size):
    kept = []                           # type: List[Point]
    for _, column in groupby(points, lambda point: point[0] // size):
        first = low = high = last = next(column)
        i_low = i_high = i = 0
        for i, last in enumerate(column, 1):
            if last[1] < low[1]:
                low, i_low = last, i
            if last[1] > high[1]:
                high, i_high = last, i
        ends = {0: first, i_low: low, i_high: high, i: last}
        kept += [ends[i] for i in sorted(ends)]
    return kept
