"""The histograms plugin: how the values of a tensor are distributed.  spec/plugins/histograms.md"""
from itertools import chain

from . import checked_text, clean_tag, counted
from ..errors import FormatError, InputError, shown
from ..histogram import histogram as count
from ..tensor import is_float, real, reals, view
from ..tensor_proto import tensor_values
from ..wire import DOUBLE, INT32, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

HISTOGRAM_PLUGIN_DATA = Message("HistogramPluginData",
    (1, "version", INT32))


def histogram(tag: str, values: "Any", bins: "Any", max_bins: "Optional[int]",
              warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of how `values` are distributed.

    tag:     its name; cleaned
    values:  numbers of any shape
    bins, max_bins:  see tbx_pure.histogram
    warn:    called with a cause and a text if values had to be left out
    Raises InputError if there is no value, or bins is not known.
    """
    tag = clean_tag(tag)
    tensor = view(values, "values")
    histo, left_out = count(tensor.values, bins, max_bins)
    if left_out:
        warn("left out", "left out %s of %d values" % (
            ", ".join("%d %s" % (n, reason) for reason, n in left_out.items()), len(tensor.values)))
    return {"value": [{"tag": tag, "histo": histo}]}


def histogram_raw(tag: str, min: "Any", max: "Any", num: "Any", sum: "Any", sum_squares: "Any",
                  bucket_limits: "Any", bucket_counts: "Any") -> "Dict[str, Any]":
    """Return the summary of a distribution that is counted already.

    tag:            its name, as it is
    bucket_limits:  the right edge of each bucket
    bucket_counts:  as many counts
    Raises InputError if the two differ in length, or an argument is not a number.
    """
    tag = checked_text(tag, "tag")
    limits = _row(bucket_limits, "bucket_limits")
    counts = _row(bucket_counts, "bucket_counts")
    if len(limits) != len(counts):
        raise InputError("bucket_counts", "one for each of %d bucket_limits" % len(limits),
                         str(len(counts)))
    histo = {name: real(x, name) for name, x in (
        ("min", min), ("max", max), ("num", num), ("sum", sum), ("sum_squares", sum_squares))
    }           # type: Dict[str, Any]
    histo.update(bucket_limit=limits, bucket=counts)
    return {"value": [{"tag": tag, "histo": histo}]}


def _row(x, argument):
    tensor = view(x, argument)
    if len(tensor.shape) != 1 and len(tensor.values) != 1:
        raise InputError(argument, "numbers in one row", "shape %s" % (tensor.shape,))
    return reals(tensor.values, argument)


def read(value: "Dict[str, Any]") -> "List[Tuple[float, float, float]]":
    """Return rows (left edge, right edge, count) of a Summary.Value's histogram.

    A HistogramProto has right edges only: the first left edge is its min, the last right edge
    its max.  A tensor has the rows as they are.
    Raises FormatError if a tensor is not of shape (k, 3).  [histograms-5]
    """
    if "histo" not in value:
        return _rows(tensor_values(value["tensor"]))
    histo = value["histo"]
    limits, counts = histo.get("bucket_limit", []), histo.get("bucket", [])
    lefts = [histo.get("min", 0.0)] + limits[:-1]
    rights = limits[:-1] + [histo.get("max", 0.0)]
    return list(zip(lefts, rights, counts))


def _rows(tensor):
    if len(tensor.shape) != 2 or tensor.shape[1] != 3 or not is_float(tensor.dtype):
        raise FormatError("%s is not rows of a histogram" % (tensor,), 0, "histograms-5")
    return list(zip(*(tensor.values[i::3] for i in range(3))))


def as_tensor(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the histogram as a tensor of shape (k, 3): rows (left edge, right edge, count)."""
    rows = read(value)
    if len(rows) > 1:                   # join the empty bin in front to the next
        rows = [(rows[0][0],) + rows[1][1:]] + rows[2:]
    content = b"".join(map(DOUBLE.pack, chain.from_iterable(rows)))
    return {"tensor": {"dtype": "DT_DOUBLE", "tensor_content": content,
                       "tensor_shape": {"dim": [{"size": len(rows)}, {"size": 3}]}}}


def describe(value: "Dict[str, Any]") -> str:
    if "histo" in value:
        histo = value["histo"]
        num, low, high = (histo.get(name, 0) for name in ("num", "min", "max"))
        buckets = len(histo.get("bucket", []))
    else:
        rows = read(value)
        num, buckets = sum(row[2] for row in rows), len(rows)
        low, high = (rows[0][0], rows[-1][1]) if rows else (0, 0)
    return "%s from %g to %g in %s" % (counted(num, "value"), low, high, counted(buckets, "bucket"))
