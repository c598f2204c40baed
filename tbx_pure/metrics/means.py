"""Metrics that are a mean over all examples."""
import sys
from collections import deque
from math import exp, fsum, isfinite, log

from .base import Metric, classes_of, in_range, in_rows, whole
from ..errors import InputError, naming, shown
from ..tensor import real, reals, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Deque, Iterable, List, Sequence, Tuple

NAN = float("nan")                      # the mean of nothing
TINY = 2.0 ** -52                       # stands for probabilities below it: 0 has no logarithm
NEAR = 0.01                             # how far from 1 rounding may take a sum of probabilities


class _Average(Metric):

    def reset(self) -> None:
        """Forget all updates."""
        self._sum = self._weight = 0.0

    @property
    def value(self) -> float:
        """The mean of all updates since the last reset(); of none, NaN."""
        return self._sum / self._weight if self._weight else NAN

    def _add(self, numbers, weight=1.0):
        self._sum = total([self._sum] + [weight * x for x in numbers])
        self._weight += weight * len(numbers)


class Mean(_Average):
    """The mean:  (w1 x1 + w2 x2 + ...) / (w1 + w2 + ...).  Of nothing: NaN.

    https://en.wikipedia.org/wiki/Weighted_arithmetic_mean
    """

    def update(self, values: "Any", weight: "Any" = 1) -> None:
        """Add values, of any shape.

        weight:  how much each of them counts, 0 or more: of the mean of a batch, the batch's size
        """
        with self._naming(values):
            numbers = reals(view(values).values, "values")
            w = real(weight, "weight")
            if not (isfinite(w) and w >= 0):
                raise InputError("weight", "0 or a finite number above", shown(weight))
        if w:                           # otherwise nothing, not even of NaN
            self._add(numbers, w)


class MovingAverage(Metric):
    """The mean of the last n values:  (x[t-n+1] + ... + x[t]) / n.

    Until there are n, of those that there are; of none, NaN.
    https://en.wikipedia.org/wiki/Moving_average#Simple_moving_average
    """

    def __init__(self, n: int = 100) -> None:
        with naming("MovingAverage", n):
            most = min(whole(n, "n", 1), sys.maxsize)
        self._last = deque(maxlen=most)                         # type: Deque[float]

    def reset(self) -> None:
        """Forget all updates."""
        self._last.clear()

    def update(self, values: "Any") -> None:
        """Add values, of any shape, in their order."""
        with self._naming(values):
            self._last.extend(reals(view(values).values, "values"))

    @property
    def value(self) -> float:
        """The mean of the last n values."""
        return total(self._last) / len(self._last) if self._last else NAN


class MSE(_Average):
    """Mean squared error:  ((p1 - t1)^2 + (p2 - t2)^2 + ...) / n.  Of nothing: NaN.

    https://en.wikipedia.org/wiki/Mean_squared_error
    """

    def update(self, targets: "Any", predictions: "Any") -> None:
        """Add targets t and predictions p, of one shape."""
        with self._naming(targets):
            true, said = view(targets, "targets"), view(predictions, "predictions")
            if true.shape != said.shape:
                raise InputError("predictions", "the shape of targets, %s" % (true.shape,),
                                 "%s" % (said.shape,))
            errors = [p - t for p, t in zip(reals(said.values, "predictions"),
                                            reals(true.values, "targets"))]
        self._add([error * error for error in errors])


class CrossEntropy(_Average):
    """Cross-entropy:  the mean of -(t[0] log p[0] + t[1] log p[1] + ...)  over all examples.

    p are the probabilities that the model gives to the classes.  t are the true ones: 1 for the
    class that it is and 0 for the others, so that an example counts -log p[label]: 0 if the model
    is sure and right, log n if it guesses among n classes.  Of nothing: NaN.

    The logarithm is the natural one.  A probability below 2^-52, 0 too, is taken as 2^-52, so that
    no example counts more than 36.04; as in sklearn.metrics.log_loss.  Scores need no such limit:
    their log p[k] is z[k] - log(exp z[0] + exp z[1] + ...), the logarithm of softmax.

    scores:  predictions are scores z ("logits") in place of probabilities
    https://en.wikipedia.org/wiki/Cross-entropy
    """

    def __init__(self, *, scores: bool = False) -> None:
        _Average.__init__(self)
        self._scores = scores

    def update(self, labels: "Any", predictions: "Any") -> None:
        """Add examples.

        labels:       the true class of each, from 0; or probabilities of the classes, such as rows
                      with a 1 for the true class and 0 for the others ("one-hot")
        predictions:  a number for each class in the last dimension, shape (examples, classes)
        """
        with self._naming(labels):
            rows, shape = in_rows(predictions, "predictions")
            targets = targets_of(labels, shape)
            if self._scores:
                logs = list(map(log_softmax, rows))
            else:
                logs = list(map(logarithms, distributions(rows, "predictions")))
        self._add([-total(t * log_p for t, log_p in zip(*pair) if t)
                   for pair in zip(targets, logs)])


def total(numbers: "Iterable[float]") -> float:
    """Return the sum, rounded once; beyond float64 an infinity; of opposite infinities, NaN."""
    numbers = list(numbers)
    try:
        return fsum(numbers)
    except OverflowError:
        return fsum(x * 2.0 ** -100 for x in numbers) * 2.0 ** 100
    except ValueError:
        return NAN


def targets_of(labels: "Any", shape: "Tuple[int, ...]") -> "List[List[float]]":
    """Return the true probabilities for predictions of this shape, in rows."""
    tensor = view(labels, "labels")
    if tensor.shape == shape:
        return distributions(in_rows(tensor, "labels")[0], "labels")
    if tensor.shape == shape[:-1]:
        return one_hot(classes_of(tensor, "labels"), shape[-1])
    raise InputError("labels", "a class for each row of predictions, shape %s, or its "
                     "probabilities, shape %s" % (shape[:-1], shape), str(tensor))


def distributions(rows: "List[List[float]]", argument: str) -> "List[List[float]]":
    """Return rows if each is probabilities of all classes; NaN may be anywhere."""
    for row in rows:
        if any(p < 0 or p > 1 for p in row) or abs(total(row) - 1) > NEAR:
            raise InputError(argument, "probabilities, 0 to 1 and in each row adding up to 1 (for "
                             "scores of any size, CrossEntropy(scores=True))", shown(row))
    return rows


def one_hot(labels: "Sequence[int]", size: int) -> "List[List[float]]":
    """Return a row for each label, with a 1 in its place and 0 elsewhere."""
    return [[float(k == label) for k in range(size)] for label in in_range(labels, size, "labels")]


def logarithms(p: "Sequence[float]") -> "List[float]":
    """Return the logarithms of probabilities, 0 being taken as TINY."""
    return [log(max(p_k, TINY)) for p_k in p]


def log_softmax(z: "Sequence[float]") -> "List[float]":
    """Return z[k] - log(exp z[0] + exp z[1] + ...) of scores.

    The largest is taken off all of them first, which changes nothing, but keeps exp in range.
    """
    top = max(z)
    rest = log(fsum(exp(z_k - top) for z_k in z))
    return [z_k - top - rest for z_k in z]
