"""The points of one tag in one run, as columns; what is large stays in its file until asked for."""
import importlib
from array import array
from collections import namedtuple
from collections.abc import Sequence

from ..errors import FormatError, InputError
from ..plugins import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List


class Point(namedtuple("Point", "step wall_time value")):
    """One value of a series: its step, seconds since 1970, and what it is."""


class Payloads(Sequence):
    """The values of a series, each read from its file when it is asked for.

    files:            to read from: their read_at(offset, size) returns bytes
    numbers, offsets, sizes:  of each value its file, and where it stands there
    read(data):       what those bytes mean
    """

    def __init__(self, files: "List[Any]", numbers: array, offsets: array, sizes: array,
                 read: "Callable[[bytes], Any]") -> None:
        self.files, self.numbers, self.offsets, self.sizes = files, numbers, offsets, sizes
        self.read = read

    def __len__(self) -> int:
        return len(self.offsets)

    def __getitem__(self, i: "Any") -> "Any":
        """Return value i; raises FormatError, with the offset in its file, if it makes no sense."""
        if isinstance(i, slice):
            return self.chosen(range(len(self))[i])
        try:
            return self.read(self.raw(i))
        except FormatError as e:
            raise FormatError(e.message, self.offsets[i] + e.pos, e.rule) from None

    def raw(self, i: int) -> bytes:
        """Return the bytes of value i; raises FormatError if the file has been cut."""
        return self.files[self.numbers[i]].read_at(self.offsets[i], self.sizes[i])

    def chosen(self, indexes: "Sequence[int]") -> "Payloads":
        """Return the values of these numbers, still in their files."""
        numbers, offsets, sizes = (array(column.typecode, [column[i] for i in indexes])
                                   for column in (self.numbers, self.offsets, self.sizes))
        return Payloads(self.files, numbers, offsets, sizes, self.read)


class Series:
    """The points of one tag: series[i], and iteration, give each as a Point.

    plugin, tag:  what they are, and their name
    steps:        array of int64
    wall_times:   array of float64: seconds since 1970
    values:       as many: of scalars an array of float64, of others a sequence that reads each
                  when it is asked for
    metadata:     what the series says of itself, a dict: display_name, summary_description,
                  plugin_data, data_class, or fewer

    Iteration passes over a value that makes no sense; values[i] and series[i] raise its
    FormatError.
    """

    def __init__(self, plugin: str, tag: str, steps: array, wall_times: array,
                 values: "Sequence[Any]", metadata: "Dict[str, Any]") -> None:
        self.plugin, self.tag, self.metadata = plugin, tag, metadata
        self.steps, self.wall_times, self.values = steps, wall_times, values

    def __repr__(self) -> str:
        return "<Series %r: %s of %s>" % (self.tag, counted(len(self), "point"),
                                          self.plugin or "no plugin")

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, i: int) -> Point:
        return Point(self.steps[i], self.wall_times[i], self.values[i])

    def __iter__(self) -> "Iterator[Point]":
        for i in range(len(self)):
            try:
                yield self[i]
            except FormatError:
                continue

    def chosen(self, indexes: "Sequence[int]") -> "Series":
        """Return the points of these numbers."""
        if len(indexes) == len(self):
            return self
        values = (self.values.chosen(indexes) if isinstance(self.values, Payloads) else
                  array("d", [self.values[i] for i in indexes]))
        return Series(self.plugin, self.tag, array("q", [self.steps[i] for i in indexes]),
                      array("d", [self.wall_times[i] for i in indexes]), values, self.metadata)

    def to_dataframe(self) -> "Any":
        """Return a pandas DataFrame of the columns step, wall_time and value.

        Raises InputError without pandas.
        """
        points = list(self)
        return dataframe({name: [getattr(point, name) for point in points]
                          for name in Point._fields})


def dataframe(columns: "Dict[str, List[Any]]") -> "Any":
    """Return a pandas DataFrame; InputError where there is no pandas."""
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        raise InputError("to_dataframe", "pandas: pip install pandas", "none here") from None
    return pandas.DataFrame(columns)
