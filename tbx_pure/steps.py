"""Which step an event gets: as given, or the next of its series.  spec/3-events.md

TensorBoard's default engine shows, of each step, the newest point of a series only, and drops what
it has at later steps; so a series that repeats its steps, or goes back, loses points there.
"""
import math
from itertools import count

from .errors import InputError, shown
from .tensor import one, real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Hashable, Iterator, List, Optional

LOST = ("step %d follows step %d: TensorBoard shows the newest point of each step only, and none "
        "it has at later steps; count with SummaryWriter(steps='count') to show them all")


class Steps:
    """The steps of all series of a writer.

    auto:     a point without a step gets one more than the last of its series; the first gets 0,
              which is written as no step is
    counted:  so does a point with a step
    """

    def __init__(self, auto: bool, counted: bool) -> None:
        self.auto, self.counted = auto or counted, counted
        self._series = {}               # type: Dict[Hashable, Series]

    def series(self, name: "Hashable") -> "Series":
        """Return what is known of a series."""
        return self._series.get(name) or self._series.setdefault(name, Series())

    def last(self, name: "Hashable") -> "Optional[int]":
        """Return the step of the newest point of a series; None if none has a step."""
        return self.series(name).last

    def step(self, name: "Hashable", given: "Optional[int]",
             warn: "Callable[[str, str], object]") -> "Optional[int]":
        """Return the step of the next point of a series; None if it is to have none.

        warn:  called with a cause and a text if the point makes TensorBoard drop others
        """
        series = self.series(name)
        if self.auto and (given is None or self.counted):
            return whole_step(series.next(), "global_step")
        if given is not None:
            if series.last is not None and given <= series.last:
                warn("steps", LOST % (given, series.last))
            series.give(given)
        return given


class Series:
    """The steps of one series.

    last:    that of its newest point, or None
    counts:  an iterator over the steps after it, or none, until one is needed
    """

    __slots__ = ("last", "counts")

    def __init__(self) -> None:
        self.last = None                # type: Optional[int]
        self.counts = []                # type: List[Iterator[int]]

    def give(self, step: int) -> None:
        """The newest point has this step."""
        self.last, self.counts = step, []

    def next(self) -> int:
        """Return the step after the last one, as that of the newest point."""
        counts = self.counts
        if not counts:                  # of several threads, all take the first: each step once
            counts.append(count(0 if self.last is None else self.last + 1))
        self.last = step = next(counts[0])
        return step


def whole_step(step: "Any", argument: str) -> "Optional[int]":
    """Return `step` as an int of 64 bits, or None."""
    if step is None:
        return None
    try:
        number = int(step if isinstance(step, str) else one(step, argument))
    except (ValueError, OverflowError):         # InputError is a ValueError too
        raise InputError(argument, "a whole number", shown(step)) from None
    if not -2 ** 63 <= number < 2 ** 63:
        raise InputError(argument, "a whole number of 64 bits", shown(step))
    return number


def seconds_of(walltime: "Any") -> float:
    """Return seconds since 1970."""
    seconds = real(walltime, "walltime")
    if not math.isfinite(seconds):      # TensorBoard gives up the whole file at a NaN
        raise InputError("walltime", "a finite number of seconds", shown(walltime))
    return seconds
