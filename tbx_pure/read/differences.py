"""How runs differ: which runs, tags and steps only one side has, and which values are others."""
import math
from collections import namedtuple

from ..errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, Tuple

    from .run import Run

    Wants = Callable[[str, str], bool]

ONLY_A, ONLY_B, DIFFERS = "only in A", "only in B", "differs"
HPARAMS = "hparams"


class Difference(namedtuple("Difference", "run plugin tag step what a b")):
    """One difference between A and B.

    run, plugin, tag, step:  where; the last three are None of a run that one side lacks, step is of
                             a tag
    what:    ONLY_A, ONLY_B or DIFFERS
    a, b:    the values; None where there is none
    """


class Comparison:
    """An iterator over the differences between runs.

    a, b:       {name: Run} of the two sides
    wants(tag, plugin):  what to compare
    tolerance, relative:  numbers x and y are the same if they are equal, or both NaN, or
                |x - y| <= tolerance + relative * max(|x|, |y|)

    Points of a tag are those of one step, the first with the first, the second with the second.
    Wall times are not compared, nor the hparams plugin's times and states.

    runs, tags, points:  how many both sides had, so far
    """

    def __init__(self, a: "Dict[str, Run]", b: "Dict[str, Run]", wants: "Wants",
                 tolerance: float = 0.0, relative: float = 0.0) -> None:
        self.runs = self.tags = self.points = 0
        self.tolerance, self.relative = tolerance, relative
        self._differences = self._of_all(a, b, wants)

    def __iter__(self) -> "Iterator[Difference]":
        return self._differences

    def _of_all(self, a, b, wants):
        for name in dict.fromkeys(list(a) + list(b)):
            if name in a and name in b:
                self.runs += 1
                for difference in self._of_run(name, a[name], b[name], wants):
                    yield difference
            elif _tags(a.get(name) or b[name], wants):
                what = ONLY_A if name in a else ONLY_B
                yield Difference(name, None, None, None, what, None, None)

    def _of_run(self, name, a, b, wants):
        if wants("", HPARAMS):
            for difference in self._of_hparams(name, a.hparams(), b.hparams()):
                yield difference
        found = [{(plugin, tag) for plugin, tag in _tags(run, wants) if plugin != HPARAMS}
                 for run in (a, b)]
        for plugin, tag in sorted(found[0] | found[1]):
            if (plugin, tag) not in found[1]:
                yield Difference(name, plugin, tag, None, ONLY_A, len(a.series(plugin, tag)), None)
            elif (plugin, tag) not in found[0]:
                yield Difference(name, plugin, tag, None, ONLY_B, None, len(b.series(plugin, tag)))
            else:
                self.tags += 1
                for each in self._of_series(name, a.series(plugin, tag), b.series(plugin, tag)):
                    yield each

    def _of_hparams(self, run, a, b):
        for key in dict.fromkeys(list(a) + list(b)):
            self.points += key in a and key in b
            what = ONLY_A if key not in b else ONLY_B if key not in a else DIFFERS
            if what != DIFFERS or not self.same(a[key], b[key]):
                yield Difference(run, HPARAMS, key, None, what, a.get(key), b.get(key))

    def _of_series(self, run, a, b):
        at_a, at_b = _numbered(a.steps), _numbered(b.steps)
        for step, n in sorted(set(at_a) | set(at_b)):
            i, j = at_a.get((step, n)), at_b.get((step, n))
            x = None if i is None else _value(a, i)
            y = None if j is None else _value(b, j)
            what = ONLY_A if j is None else ONLY_B if i is None else DIFFERS
            self.points += what == DIFFERS
            if what != DIFFERS or not self.same(x, y):
                yield Difference(run, a.plugin, a.tag, step, what, x, y)

    def same(self, x: "Any", y: "Any") -> bool:
        """Return whether two values are the same: numbers nearly, all else exactly."""
        if _is_number(x) and _is_number(y):
            if x == y or x != x and y != y:
                return True
            if not (math.isfinite(x) and math.isfinite(y)):
                return False
            return abs(x - y) <= self.tolerance + self.relative * max(abs(x), abs(y))
        if isinstance(x, dict) and isinstance(y, dict):
            return x.keys() == y.keys() and all(self.same(x[key], y[key]) for key in x)
        if _is_row(x) and _is_row(y):
            return len(x) == len(y) and all(map(self.same, x, y))
        if hasattr(x, "dtype") and hasattr(y, "dtype"):         # Tensors
            return (x.dtype, tuple(x.shape)) == (y.dtype, tuple(y.shape)) and self.same(
                list(x.values), list(y.values))
        return bool(x == y)


def _tags(run, wants):
    """Return [(plugin, tag)] of what is to be compared."""
    return [(plugin, tag) for plugin, tags in run.tags().items() for tag in tags
            if wants(tag, plugin)]


def _is_number(x):
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def _is_row(x):
    return isinstance(x, (list, tuple)) and not hasattr(x, "dtype")


def _numbered(steps):
    """Return {(step, how many points it had before): index}."""
    seen, found = {}, {}                # type: Dict[int, int], Dict[Tuple[int, int], int]
    for i, step in enumerate(steps):
        n = seen[step] = seen.get(step, -1) + 1
        found[step, n] = i
    return found


def _value(series, i):
    """Return a value; its bytes, if it makes no sense."""
    try:
        return series.values[i]
    except FormatError:
        return series.values.raw(i)
