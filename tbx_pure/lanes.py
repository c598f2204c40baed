"""The short way of a number to its file: where all that the long way does is known already."""
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict
    from .steps import Series


class Lane:
    """The short way of one curve.

    tag:     as it is written
    series:  its steps; there was one
    file:    its lasting.EventFile
    """

    __slots__ = ("tag", "series", "file")

    def __init__(self, tag: str, series: "Series", file: "Any") -> None:
        self.tag, self.file = tag, file
        self.series = series            # type: Any

    def takes(self, x: "Any", step: "Any") -> bool:
        """Say whether nothing is to be converted or warned of: a float, at a next step."""
        return (type(x) is float and (1e-37 < x <= 2 ** 24 or 1e-37 < -x <= 2 ** 24 or x == 0.0)
                and type(step) is int and self.series.last < step < 2 ** 63)

    def give(self, x: float, step: int, wall_time: float) -> None:
        """Write a number that the lane takes."""
        self.series.give(step)
        self.file.append((self.tag, x, step, wall_time))

    def put(self, x: "Any", step: "Any") -> bool:
        """Write a number, if the lane takes it; return whether.

        In one go what takes(), give(), Series.give() and EventFile.append() do: a burst feels it.
        """
        series, file = self.series, self.file
        if not (type(x) is float and (1e-37 < x <= 2 ** 24 or 1e-37 < -x <= 2 ** 24 or x == 0.0)
                and type(step) is int and series.last < step < 2 ** 63):
            return False
        series.last = step
        if series.counts:
            series.counts = []
        if file._careful:
            file.append((self.tag, x, step, time.time()))
            return True
        queue = file._queue
        queue.append((self.tag, x, step, time.time()))
        if len(queue) > file._room:
            file._work()
        return True


class Lanes(dict):
    """The short ways of the curves of one chart: {key: Lane}."""

    def put(self, numbers: "Dict[str, Any]", step: "Any") -> bool:
        """Write a number in each of several lanes, if all take theirs; return whether."""
        ways = []
        for key, x in numbers.items():
            lane = self.get(key) if type(key) is str else None
            if lane is None or not lane.takes(x, step):
                return False
            ways.append((lane, x))
        now = time.time()               # the same for all of them
        for lane, x in ways:
            lane.give(x, step, now)
        return True
