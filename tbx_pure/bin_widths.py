"""Rules for the width of a histogram's bins, as numpy.histogram_bin_edges has them.

A rule takes the numbers in the order given, on which a pairwise sum depends, and x: them sorted.
"""
import math
from bisect import bisect_left

from .errors import InputError
from .histogram import MAX_BINS, checked, equal_bins, outer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence


def estimated(rule: str, values: "Sequence[float]", x: "Sequence[float]") -> "List[float]":
    """Return the edges of equal bins as wide as a rule of WIDTHS has them."""
    low, high = outer(x)
    width = WIDTHS[rule](values, x)
    bins = (high - low) / width if width else 1
    edges = equal_bins(x, checked(math.ceil(bins) if bins <= MAX_BINS else bins))
    if not all(a < b for a, b in zip(edges, edges[1:])):
        raise InputError("bins", "a rule that float64 can tell the bins of apart",
                         "%r, which gives %d bins" % (rule, len(edges) - 1))
    return edges

def _sqrt(values, x):
    return _range(x) / math.sqrt(len(x))


def _sturges(values, x):
    return _range(x) / (math.log2(len(x)) + 1.0)


def _rice(values, x):
    return _range(x) / (2.0 * len(x) ** (1.0 / 3))


def _scott(values, x):
    return (24.0 * math.pi ** 0.5 / len(x)) ** (1.0 / 3.0) * _deviation(values)[1]


def _fd(values, x):
    return 2.0 * (_percentile(x, 75) - _percentile(x, 25)) * len(x) ** (-1.0 / 3.0)


def _doane(values, x):
    n = len(x)
    mean, sigma = _deviation(values)
    if n <= 2 or sigma == 0:
        return 0.0
    error = math.sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3)))
    skewness = _mean([math.pow((v - mean) / sigma, 3) for v in values])
    return _range(x) / (1.0 + math.log2(n) + math.log2(1.0 + abs(skewness) / error))


def _stone(values, x):
    """The number of bins with the least estimated squared error, each value left out in turn."""
    n, width = len(x), _range(x)
    if n <= 1 or width == 0:
        return 0.0

    def error(k):
        below = [bisect_left(x, edge) for edge in equal_bins(x, k)[:-1]] + [n]
        p = [(right - left) / n for left, right in zip(below, below[1:])]
        return (2 - (n + 1) * math.fsum(v * v for v in p)) / (width / k)
    return width / min(range(1, max(100, int(math.sqrt(n))) + 1), key=error)


def _auto(values, x):
    return min(max(_fd(values, x), _sqrt(values, x) / 2), _sturges(values, x))


WIDTHS = {"auto": _auto, "doane": _doane, "fd": _fd, "rice": _rice, "scott": _scott, "sqrt": _sqrt,
          "stone": _stone, "sturges": _sturges}


def _range(x):
    return x[-1] - x[0]


def _mean(values):
    return _pairwise(values, 0, len(values)) / len(values)


def _deviation(values):
    mean = _mean(values)
    return mean, math.sqrt(_mean([(v - mean) * (v - mean) for v in values]))


def _percentile(x, percent):
    """The value below which `percent` of the sorted x lie, linear between neighbors."""
    place = (len(x) - 1) * (percent / 100.0)
    i = math.floor(place)
    low, high, t = x[i], x[min(i + 1, len(x) - 1)], place - i
    step = high - low
    return high - step * (1 - t) if t >= 0.5 else low + step * t


def _pairwise(values, start, n):
    """NumPy's pairwise sum, bit for bit: halves down to 128 values, those by eight running sums."""
    if n > 128:
        half = n // 2 - n // 2 % 8
        return _pairwise(values, start, half) + _pairwise(values, start + half, n - half)
    rest, total = start, 0.0
    if n >= 8:
        rest = start + n - n % 8
        r = list(values[start:start + 8])
        for i in range(start + 8, rest, 8):
            r = [a + b for a, b in zip(r, values[i:i + 8])]
        total = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
    for i in range(rest, start + n):
        total += values[i]
    return total
