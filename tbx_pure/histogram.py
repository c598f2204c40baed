"""Numbers -> bins and counts.  spec/plugins/histograms.md

Bin i of the edges e0 < e1 < ... holds e_i <= x < e_{i+1}; the last bin holds its right edge too.
"""
import math
from bisect import bisect_left, bisect_right
from collections import namedtuple
from functools import lru_cache, partial
from operator import mul

from .errors import InputError, shown
from .tensor import real, reals, view
from .twins import fastest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

MAX_BINS = 2 ** 20                      # no rule means more; NumPy would run out of memory


def histogram(values: "Sequence[float]", bins: "Any" = "tensorflow",
              max_bins: "Optional[int]" = None) -> "Tuple[Dict[str, Any], Dict[str, int]]":
    """Return (the fields of a HistogramProto, how many values were left out for which reason).

    values:    numbers; those that are not finite are left out of everything
    bins:      "tensorflow" (fixed edges, growing by 10%, for any value), the name of a rule in
               bin_widths.WIDTHS, a number of equal bins, or the edges themselves
    max_bins:  join neighbors until there are about so many bins
    Raises InputError if values is empty, bins is none of these, or no value falls in the edges.
    """
    if not len(values):
        raise InputError("values", "at least one number", "none")
    found = Counted(*count(values, _edges(bins), between))
    left_out = dict(found.left_out)
    if not found.num:                   # weights that have become NaN must not stop the training
        return {"bucket_limit": [0.0], "bucket": [0.0]}, left_out
    edges, counts = found.edges, found.counts
    outside = found.num - int(sum(counts))
    if isinstance(bins, str) and bins == "tensorflow":      # the outermost bins reach to infinity
        counts[0] += found.before
        counts[-1] += outside - found.before
        outside = 0
    if outside == found.num:
        raise InputError("bins", "edges around at least one value",
                         "edges from %r to %r, values from %r to %r"
                         % (edges[0], edges[-1], found.min, found.max))
    if outside:
        left_out["outside the edges"] = outside
    limits, buckets = _trimmed(*_joined(counts, found.first, edges, max_bins))
    return {"min": found.min, "max": found.max, "num": found.num, "sum": found.sum,
            "sum_squares": found.sum_squares, "bucket_limit": limits, "bucket": buckets}, left_out


class Counted(namedtuple("Counted", "num min max sum sum_squares edges first before counts "
                                    "left_out")):
    """What count() finds in numbers.

    num to sum_squares:  of those that are finite; sums are rounded once
    first, before, counts:  how many numbers are below edges[first], and how many in each bin from
                   there to the last that may have some
    left_out:      how many are NaN or infinite
    """


@fastest
def count(values: "Sequence[float]", edges: "Any", between: "Callable[..., Any]") -> tuple:
    """Count numbers between edges: return what Counted says.

    edges:    at least two; or a function that makes them, of the finite numbers as given and sorted
    between:  the function below
    """
    kept, left_out = _finite(values)
    if not kept:
        return 0, 0.0, 0.0, 0.0, 0.0, [], 0, 0, [], left_out
    ordered = sorted(kept)
    if callable(edges):
        edges = edges(kept, ordered)
    first, end = between(edges, ordered[0], ordered[-1])
    below = [bisect_left(ordered, edge) for edge in edges[first:end]]
    if end == len(edges):
        below[-1] = bisect_right(ordered, edges[-1])        # the last bin has its right edge
    counts = [float(right - left) for left, right in zip(below, below[1:])]
    return (len(kept), ordered[0], ordered[-1], _sum(kept), _sum(list(map(mul, kept, kept))),
            edges, first, below[0], counts, left_out)


def between(edges: "Sequence[float]", low: float, high: float) -> "Tuple[int, int]":
    """Return where those edges start and end between which there are numbers from low to high."""
    first = min(max(bisect_right(edges, low) - 1, 0), len(edges) - 2)
    return first, max(min(bisect_right(edges, high) + 1, len(edges)), first + 2)


def _finite(values):
    numbers = reals(values, "values")
    if math.isfinite(sum(numbers)):     # then all are
        return numbers, {}
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


def _joined(counts, first, edges, max_bins):
    """Join every s bins, s = all of them // max_bins, where there are more than max_bins."""
    if max_bins is None:
        return counts, edges[first:first + len(counts) + 1]
    most = real(max_bins, "max_bins")
    if not most >= 1:
        raise InputError("max_bins", "at least 1", shown(max_bins))
    counts = [0.0] * first + counts + [0.0] * (len(edges) - 1 - first - len(counts))
    if len(counts) <= most:
        return counts, edges
    s = len(counts) // int(most)
    return [sum(counts[i:i + s]) for i in range(0, len(counts), s)], edges[:-1:s] + edges[-1:]


def _trimmed(counts, edges):
    """Return (limits, counts) from the first to the last bin in use, after one empty bin.

    A HistogramProto stores right edges only: the empty bin's is the left edge of the first in use.
    """
    first, end = 0, len(counts)
    while not counts[first]:
        first += 1
    while not counts[end - 1]:
        end -= 1
    return list(edges[first:end + 1]), [0.0] + counts[first:end]


# ---- edges ----

@lru_cache(maxsize=1)
def default_edges() -> "Tuple[float, ...]":
    """The 1549 edges of bins="tensorflow": 0, and both ways 1e-12 times powers of 1.1, below 1e20.

    Each is the one before times 1.1: 1e-12 * 1.1 ** k would round differently in most of them.
    """
    positive, edge = [], 1e-12
    while edge < 1e20:
        positive.append(edge)
        edge *= 1.1
    return tuple([-edge for edge in reversed(positive)] + [0.0] + positive)


def _edges(bins):
    """Return edges, or the function that makes them; see count()."""
    if isinstance(bins, str):
        return default_edges() if bins == "tensorflow" else _estimated(bins)
    try:
        tensor = view(bins, "bins")
    except InputError:
        tensor = None
    if tensor is not None and len(tensor.values) == 1:
        return partial(_equal, bins=checked(tensor.values[0]))
    if tensor is None or len(tensor.shape) != 1 or not tensor.values:
        raise InputError("bins", "'tensorflow', a number of bins, a list of at least 2 edges%s"
                         % "".join(map(", %r".__mod__, sorted(_rules()))), shown(bins))
    edges = reals(tensor.values, "bins")
    if not all(a <= b for a, b in zip(edges, edges[1:])):       # NaN compares false too
        raise InputError("bins", "edges that do not decrease", shown(bins))
    return edges


def _rules():
    """Return the rules for the width of a bin; {} in a copy without that wing."""
    try:
        from .bin_widths import WIDTHS  # now: few need it
        return WIDTHS
    except ModuleNotFoundError:
        return {}


def _estimated(rule):
    if rule not in _rules():
        known = ["'tensorflow'"] + sorted(_rules())
        raise InputError("bins", "one of " + ", ".join(known), repr(rule))
    from .bin_widths import estimated
    return partial(estimated, rule)


def checked(bins: float) -> int:
    """Return a number of bins; InputError if there cannot be so many."""
    if not 1 <= bins <= MAX_BINS or bins != int(bins):
        raise InputError("bins", "1 to %d bins" % MAX_BINS, str(bins))
    return int(bins)


def _equal(values, ordered, bins):
    return equal_bins(ordered, bins)


def outer(ordered: "Sequence[float]") -> "Tuple[float, float]":
    """Return the outermost of equal bins' edges."""
    low, high = ordered[0], ordered[-1]
    if math.isinf(high - low):
        raise InputError("values", "a range that float64 can hold, or bins='tensorflow'",
                         "%r to %r" % (low, high))
    return (low - 0.5, high + 0.5) if low == high else (low, high)


def equal_bins(ordered: "Sequence[float]", bins: int) -> "List[float]":
    """NumPy's linspace: each edge from its own index, so that errors do not add up."""
    low, high = outer(ordered)
    step = (high - low) / bins
    if step:
        edges = [i * step + low for i in range(bins)]
    else:                               # the step is too small for float64, the edges are not
        edges = [i / bins * (high - low) + low for i in range(bins)]
    return edges + [high]
