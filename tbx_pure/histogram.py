"""Numbers -> bins and counts.  spec/plugins/histograms.md

Bin i of the edges e0 < e1 < ... holds e_i <= x < e_{i+1}; the last bin holds its right edge too.
"""
import math
from bisect import bisect_left, bisect_right
from functools import lru_cache

from .errors import InputError, shown
from .tensor import real, reals, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

MAX_BINS = 2 ** 20                      # no rule means more; NumPy would run out of memory


def histogram(values: "Sequence[float]", bins: "Any" = "tensorflow",
              max_bins: "Optional[int]" = None) -> "Tuple[Dict[str, Any], Dict[str, int]]":
    """Return (the fields of a HistogramProto, how many values were left out for which reason).

    values:    numbers; those that are not finite are left out of everything
    bins:      "tensorflow" (fixed edges, growing by 10%, for any value), the name of a rule in
               WIDTHS, a number of equal bins, or the edges themselves
    max_bins:  join neighbors until there are about so many bins
    Raises InputError if values is empty, bins is none of these, or no value falls in the edges.
    """
    if not len(values):
        raise InputError("values", "at least one number", "none")
    kept, left_out = _finite(values)
    if not kept:                        # weights that have become NaN must not stop the training
        return {"bucket_limit": [0.0], "bucket": [0.0]}, left_out
    ordered = sorted(kept)
    edges = _edges(bins, kept, ordered)
    counts = _counts(ordered, edges)
    if isinstance(bins, str) and bins == "tensorflow":
        counts[0] += bisect_left(ordered, edges[0])     # the outermost bins reach to infinity
        counts[-1] += len(ordered) - bisect_right(ordered, edges[-1])
    outside = len(ordered) - sum(counts)
    if outside == len(ordered):
        raise InputError("bins", "edges around at least one value",
                         "edges from %r to %r, values from %r to %r"
                         % (edges[0], edges[-1], ordered[0], ordered[-1]))
    if outside:
        left_out["outside the edges"] = outside
    limits, buckets = _trimmed(*_joined(counts, edges, max_bins))
    return {"min": ordered[0], "max": ordered[-1], "num": len(kept),
            "sum": _sum(kept), "sum_squares": _sum([x * x for x in kept]),
            "bucket_limit": limits, "bucket": buckets}, left_out


def _finite(values):
    numbers = reals(values, "values")
    kept = list(filter(math.isfinite, numbers))
    left_out = {"NaN": sum(map(math.isnan, numbers)), "+inf": numbers.count(math.inf),
                "-inf": numbers.count(-math.inf)} if len(kept) < len(numbers) else {}
    return kept, {reason: count for reason, count in left_out.items() if count}


def _sum(values):
    """The sum, rounded once: the same on every machine and version, as sum() is not."""
    try:
        return math.fsum(values)
    except OverflowError:               # beyond float64: only its sign is left
        return math.copysign(math.inf, math.fsum(x * 2.0 ** -100 for x in values))


def _counts(ordered, edges):
    below = [bisect_left(ordered, edge) for edge in edges[:-1]] + [bisect_right(ordered, edges[-1])]
    return [right - left for left, right in zip(below, below[1:])]


def _joined(counts, edges, max_bins):
    """Join every s bins, s = len(counts) // max_bins, where there are more than max_bins."""
    if max_bins is None:
        return counts, edges
    most = real(max_bins, "max_bins")
    if not most >= 1:
        raise InputError("max_bins", "at least 1", shown(max_bins))
    if len(counts) <= most:
        return counts, edges
    s = len(counts) // int(most)
    return [sum(counts[i:i + s]) for i in range(0, len(counts), s)], edges[:-1:s] + edges[-1:]


def _trimmed(counts, edges):
    """Return (limits, counts) from the first to the last bin in use, after one empty bin.

    A HistogramProto stores right edges only: the empty bin's is the left edge of the first in use.
    """
    used = [i for i, count in enumerate(counts) if count]
    first, last = used[0], used[-1]
    return edges[first:last + 2], [0] + counts[first:last + 1]


# ---- edges ----

@lru_cache(maxsize=1)
def default_edges() -> "List[float]":
    """The 1549 edges of bins="tensorflow": 0, and both ways 1e-12 times powers of 1.1, below 1e20.

    Each is the one before times 1.1: 1e-12 * 1.1 ** k would round differently in most of them.
    """
    positive, edge = [], 1e-12
    while edge < 1e20:
        positive.append(edge)
        edge *= 1.1
    return [-edge for edge in reversed(positive)] + [0.0] + positive


def _edges(bins, values, ordered):
    if isinstance(bins, str):
        return default_edges() if bins == "tensorflow" else _estimated(bins, values, ordered)
    try:
        tensor = view(bins, "bins")
    except InputError:
        tensor = None
    if tensor is not None and len(tensor.values) == 1:
        return _equal_bins(ordered, _checked(tensor.values[0]))
    if tensor is None or len(tensor.shape) != 1 or not tensor.values:
        raise InputError("bins", "'tensorflow', %s, a number of bins, or a list of at least 2 edges"
                         % ", ".join(map(repr, sorted(WIDTHS))), shown(bins))
    edges = reals(tensor.values, "bins")
    if not all(a <= b for a, b in zip(edges, edges[1:])):       # NaN compares false too
        raise InputError("bins", "edges that do not decrease", shown(bins))
    return edges


def _checked(count):
    if not 1 <= count <= MAX_BINS or count != int(count):
        raise InputError("bins", "1 to %d bins" % MAX_BINS, str(count))
    return int(count)


def _estimated(rule, values, ordered):
    if rule not in WIDTHS:
        raise InputError("bins", "'tensorflow' or one of " + ", ".join(sorted(WIDTHS)), repr(rule))
    low, high = _outer(ordered)
    width = WIDTHS[rule](values, ordered)
    count = (high - low) / width if width else 1
    edges = _equal_bins(ordered, _checked(math.ceil(count) if count <= MAX_BINS else count))
    if not all(a < b for a, b in zip(edges, edges[1:])):
        raise InputError("bins", "a rule that float64 can tell the bins of apart",
                         "%r, which gives %d bins" % (rule, len(edges) - 1))
    return edges


def _outer(ordered):
    low, high = ordered[0], ordered[-1]
    if math.isinf(high - low):
        raise InputError("values", "a range that float64 can hold, or bins='tensorflow'",
                         "%r to %r" % (low, high))
    return (low - 0.5, high + 0.5) if low == high else (low, high)


def _equal_bins(ordered, count):
    """NumPy's linspace: each edge from its own index, so that errors do not add up."""
    low, high = _outer(ordered)
    step = (high - low) / count
    if step:
        edges = [i * step + low for i in range(count)]
    else:                               # the step is too small for float64, the edges are not
        edges = [i / count * (high - low) + low for i in range(count)]
    return edges + [high]


# ---- rules for the width of a bin, as numpy.histogram_bin_edges has them ----
# values: the numbers in the order given, on which a pairwise sum depends; x: the numbers, sorted

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
        p = [count / n for count in _counts(x, _equal_bins(x, k))]
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
