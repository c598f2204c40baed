"""Which points of a series count: after a restart, and of several at one step.  spec/readers.md"""
import math
from array import array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Sequence, Tuple

NO_LIMIT = 2 ** 63                      # above every step


def purged(steps: "Sequence[int]", restarts: "List[Tuple[int, int]]") -> "List[int]":
    """Return which points restarts leave, as TensorBoard's Python engine purges.  [readers-6]

    steps:     of the points of a series, in file order
    restarts:  (index, step) in the order they came: of the points before index, those at step and
               later are gone
    """
    kept, end, limit = [], len(steps), NO_LIMIT         # from the last to the first
    for index, step in reversed([(0, NO_LIMIT)] + restarts):
        kept += [i for i in range(end - 1, index - 1, -1) if steps[i] < limit]
        end, limit = index, min(limit, step)
    return kept[::-1]


def last(steps: "Sequence[int]") -> "List[int]":
    """Return which points the default engine keeps: each erases those at its step and later.

    [summary-8]
    """
    kept = []                           # type: List[int]
    for i, step in enumerate(steps):
        while kept and steps[kept[-1]] >= step:
            kept.pop()
        kept.append(i)
    return kept


def mean(steps: "array", wall_times: "array", values: "array") -> "Tuple[array, array, array]":
    """Return steps, each once and in order, the wall time of the last point there, the mean value.
    """
    points = {}                         # type: Dict[int, List[int]]
    for i, step in enumerate(steps):
        points.setdefault(step, []).append(i)
    each = sorted(points)
    return (array("q", each), array("d", [wall_times[points[step][-1]] for step in each]),
            array("d", [_mean([values[i] for i in points[step]]) for step in each]))


def _mean(values):
    try:
        return math.fsum(values) / len(values)
    except (OverflowError, ValueError):         # beyond float64; infinity and its opposite
        return sum(values) / len(values)
