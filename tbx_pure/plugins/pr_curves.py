"""The pr_curves plugin: precision and recall at each threshold.  spec/plugins/pr_curves.md

The n thresholds are i / (n - 1).  At each, a prediction that is not below it counts as positive.
"""
import math
import struct
from itertools import accumulate, chain, repeat

from . import checked_text
from ..errors import FormatError, InputError, shown
from ..tensor import LETTER, Tensor, is_float, one, reals, view
from ..tensor_proto import tensor_proto, tensor_values
from ..twins import fastest
from ..wire import INT32, UINT32, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

PR_CURVE_PLUGIN_DATA = Message("PrCurvePluginData",
    (1, "version",        INT32),
    (2, "num_thresholds", UINT32))

ROWS = ("true_positive_counts", "false_positive_counts", "true_negative_counts",
        "false_negative_counts", "precision", "recall")
COUNTS = ROWS[:4]                       # TensorBoard 2.21.0 makes them int: a NaN ends its answer

MAX_THRESHOLDS = 10000                  # a page draws no more; and 2 * 10000 fits a float16
LEAST = 1e-7                            # stands for a denominator of 0, as in TensorFlow


def pr_curve(tag: str, labels: "Any", predictions: "Any", num_thresholds: "Any", weights: "Any",
             warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of how good predictions are, counted at each threshold.

    tag:             its name, as it is
    labels:          the truth: bool, or from 0 to 1; any shape
    predictions:     the probability of true, 0 to 1, for each label; others are left out
    num_thresholds:  a whole number from 1 to 10000
    weights:         not negative, for each label, as NumPy broadcasts; None: all 1
    warn:            called with a cause and a text if predictions were left out
    Raises InputError if the shapes do not fit, or an argument is not what it should be.
    """
    tag, n = checked_text(tag, "tag"), _whole(num_thresholds)
    return _summary(tag, curve(labels, predictions, n, weights, warn), n)


def curve(labels: "Any", predictions: "Any", num_thresholds: "Any", weights: "Any",
          warn: "Callable[[str, str], object]") -> "Sequence[List[float]]":
    """Return the six rows of a curve, as pr_curve() counts them."""
    n = _whole(num_thresholds)
    truth, probabilities = view(labels, "labels"), view(predictions, "predictions")
    if probabilities.shape != truth.shape and len(probabilities.values) * len(truth.values) != 1:
        raise InputError("predictions", "one for each label: shape %s" % (truth.shape,),
                         "shape %s" % (probabilities.shape,))
    each = None if weights is None else _weights(weights, truth.shape)
    true, false, outside = tally(truth.values, probabilities, each, n)
    if outside:
        warn("left out", "left out %d of %d predictions, which are not from 0 to 1"
             % (outside, len(truth.values)))
    tp, fp = _from_each_on(true), _from_each_on(false)
    tn, fn = [fp[0] - x for x in fp], [tp[0] - x for x in tp]
    return tp, fp, tn, fn, _ratio(tp, fp), _ratio(tp, fn)


def pr_curve_raw(tag: str, true_positive_counts: "Any", false_positive_counts: "Any",
                 true_negative_counts: "Any", false_negative_counts: "Any", precision: "Any",
                 recall: "Any", num_thresholds: "Any") -> "Dict[str, Any]":
    """Return the summary of a curve that is counted already.

    tag:             its name, as it is
    the six rows:    a number for each threshold; the counts finite
    num_thresholds:  written beside them; readers go by the rows
    Raises InputError if the rows differ in length, are empty, or hold something else.
    """
    tag, n = checked_text(tag, "tag"), _whole(num_thresholds)
    rows = [_row(x, name) for name, x in zip(ROWS, (
        true_positive_counts, false_positive_counts, true_negative_counts, false_negative_counts,
        precision, recall))]
    for name, row in zip(ROWS, rows):
        if len(row) != len(rows[0]):
            raise InputError(name, "as many as %s: %d" % (ROWS[0], len(rows[0])), str(len(row)))
    return _summary(tag, rows, n)


def _summary(tag, rows, num_thresholds):
    tensor = Tensor("float32", (len(rows), len(rows[0])), list(chain.from_iterable(rows)))
    content = PR_CURVE_PLUGIN_DATA.encode({"num_thresholds": num_thresholds})
    return {"value": [{"tag": tag, "tensor": tensor_proto(tensor),
                       "metadata": {"plugin_data": {"plugin_name": "pr_curves",
                                                    "content": content}}}]}


# ---- arguments ----

def _whole(num_thresholds):
    n = one(num_thresholds, "num_thresholds")
    if n not in range(1, MAX_THRESHOLDS + 1):
        raise InputError("num_thresholds", "a whole number from 1 to %d" % MAX_THRESHOLDS,
                         shown(num_thresholds))
    return int(n)


def _labels(values):
    labels = reals(values, "labels")
    for label in labels:
        if not 0 <= label <= 1:
            raise InputError("labels", "bool, or numbers from 0 to 1", "%r" % label)
    return labels


def _weights(weights, shape):
    tensor = view(weights, "weights")
    if len(tensor.values) == 1:
        tensor = tensor._replace(shape=())
    values = reals(_spread(tensor, shape), "weights")
    for weight in values:
        if not 0 <= weight < math.inf:
            raise InputError("weights", "finite numbers, not negative", "%r" % weight)
    return values


def _spread(weights, shape):
    """Return the weights for each element of `shape`, as NumPy broadcasts.

    Shapes are compared from the last size on; a missing size is 1, and 1 is repeated as needed.
    """
    sizes = (1,) * (len(shape) - len(weights.shape)) + weights.shape
    if len(sizes) != len(shape) or any(a not in (1, b) for a, b in zip(sizes, shape)):
        raise InputError("weights", "one number, or one for each label: shape %s" % (shape,),
                         "shape %s" % (weights.shape,))
    values, block = list(weights.values), 1     # block: values in the sizes that are done
    for have, need in zip(reversed(sizes), reversed(shape)):
        if have != need:
            values = list(chain.from_iterable(
                values[i:i + block] * need for i in range(0, len(values), block)))
        block *= need
    return values


def _row(x, argument):
    tensor = view(x, argument)
    if not tensor.values or len(tensor.shape) != 1 and len(tensor.values) != 1:
        raise InputError(argument, "numbers in one row", "shape %s" % (tensor.shape,))
    row = reals(tensor.values, argument)
    if argument in COUNTS and not all(map(math.isfinite, row)):
        raise InputError(argument, "finite numbers", "NaN or an infinity")
    return row


# ---- the curve ----

def _places(predictions, n):
    """Return n - 1 times each prediction; its whole part says between which thresholds it lies.

    An array library rounds the product to the array's own dtype.
    """
    places = [min(max(p, -1), 2) * (n - 1) for p in predictions.values]     # that none overflows
    if not is_float(predictions.dtype) or predictions.dtype not in LETTER:      # NumPy has none
        return places
    fmt = "<%d%s" % (len(places), LETTER[predictions.dtype])
    rounded = struct.unpack(fmt, struct.pack(fmt, *places))
    return [min(place, n - 1) if p <= 1 else place      # float16 has no 9999, and takes 10000
            for p, place in zip(predictions.values, rounded)]


@fastest
def tally(labels: "Sequence[float]", predictions: Tensor, weights: "Optional[Sequence[float]]",
          n: int) -> "Tuple[List[float], List[float], int]":
    """Return the weights of the true and of the false labels at each place; how many have none."""
    labels, outside = _labels(labels), 0
    true, false = [0.0] * n, [0.0] * n
    for label, place, weight in zip(labels, _places(predictions, n), weights or repeat(1.0)):
        if 0 <= place < n:                      # NaN compares false
            true[int(place)] += label * weight
            false[int(place)] += (1.0 - label) * weight
        else:
            outside += 1
    return true, false, outside


def _from_each_on(counts):
    """Return, for each threshold, the sum of what lies there and above."""
    return list(accumulate(reversed(counts)))[::-1]


def _ratio(part, rest):
    return [a / max(LEAST, a + b) for a, b in zip(part, rest)]


# ---- and back ----

def read(value: "Dict[str, Any]") -> "List[Tuple[float, ...]]":
    """Return rows (threshold, TP, FP, TN, FN, precision, recall) of a Summary.Value's curve.

    Raises FormatError if its tensor is not of numbers, of shape (6, n).
    """
    dtype, shape, values = tensor_values(value["tensor"])
    if len(shape) != 2 or shape[0] != len(ROWS) or not is_float(dtype):
        raise FormatError("%s of shape %s is no curve" % (dtype, shape), 0, "pr-curves-1")
    n = shape[1]
    thresholds = [i / max(1, n - 1) for i in range(n)]
    return list(zip(thresholds, *(values[i:i + n] for i in range(0, len(values), n or 1))))


def describe(value: "Dict[str, Any]") -> str:
    rows = read(value)
    return "%d thresholds, %g true, %g false" % ((len(rows),) + rows[0][1:3] if rows else (0, 0, 0))
