"""The short way of a number or a text to its file: where all that the long way does is known."""
import time

from .messages import EVENT, SUMMARY, TENSOR, VALUE
from .wire import DOUBLE, varint

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
        return (type(x) is float and (1e-37 < x <= 2.0 ** 24 or 1e-37 < -x <= 2.0 ** 24 or x == 0.0)
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
        if not (type(x) is float and (1e-37 < x <= 2.0 ** 24 or 1e-37 < -x <= 2.0 ** 24 or x == 0.0)
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


class TextLane:
    """The short way of one series of texts: its events differ in time, step, text and lengths only.

    value:   a Summary.Value of it, of one text
    series:  its steps; there was one
    file:    its lasting.EventFile
    """

    __slots__ = ("series", "file", "wall", "step", "summary", "value", "before", "tensor", "behind")
    LONGEST = 1 << 20                   # characters; of a longer one the long way is no shorter

    def __init__(self, value: "Dict[str, Any]", series: "Series", file: "Any") -> None:
        self.series = series            # type: Any
        self.file = file
        self.wall, self.step, self.summary = [EVENT.by_name[name].key
                                              for name in ("wall_time", "step", "summary")]
        self.value = SUMMARY.by_name["value"].key
        self.before = VALUE.encode({"tag": value["tag"]}) + VALUE.by_name["tensor"].key
        self.tensor = (TENSOR.encode(dict(value["tensor"], string_val=None))
                       + TENSOR.by_name["string_val"].key)
        self.behind = VALUE.encode({"metadata": value["metadata"]})

    def put(self, text: "Any", step: "Any") -> bool:
        """Write a text, if the lane takes it; return whether."""
        series = self.series
        if not (type(text) is str and len(text) <= self.LONGEST
                and type(step) is int and step > 0 and series.last < step < 2 ** 63):
            return False
        try:
            data = text.encode("utf-8")
        except UnicodeEncodeError:      # half of a surrogate pair
            return False
        now = time.time()
        if not now:                     # is left out
            return False
        tensor = self.tensor + varint(len(data))
        value = self.before + varint(len(tensor) + len(data)) + tensor
        summary = self.value + varint(len(value) + len(data) + len(self.behind)) + value
        series.give(step)
        self.file.append(b"".join((
            self.wall, DOUBLE.pack(now), self.step, varint(step), self.summary,
            varint(len(summary) + len(data) + len(self.behind)), summary, data, self.behind)))
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
