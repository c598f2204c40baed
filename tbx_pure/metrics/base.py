"""What all metrics share, and the forms in which classes come."""
from math import isnan

from ..errors import InputError, naming, shown
from ..tensor import is_float, one, real, reals, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Tuple

    from ..tensor import Tensor


class Metric:
    """What all metrics share."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all updates."""
        raise NotImplementedError

    @property
    def value(self) -> "Any":
        """The metric of all updates since the last reset()."""
        raise NotImplementedError

    def log(self, writer: "Any", tag: str, step: "Any" = None) -> None:
        """Add the value to a SummaryWriter, as a point of the curve `tag`."""
        writer.add_scalar(tag, self.value, step)

    def __repr__(self) -> str:
        return "<%s %s>" % (type(self).__name__, shown(self.value))

    def _naming(self, x):
        return naming(type(self).__name__ + ".update", x)


def in_rows(x: "Any", argument: str) -> "Tuple[List[List[float]], Tuple[int, ...]]":
    """Return (rows of the last dimension, shape) of numbers for each of at least two classes."""
    tensor = view(x, argument)
    size = tensor.shape[-1] if tensor.shape else 0
    if size < 2:
        raise InputError(argument, "numbers for two classes or more, in the last dimension",
                         str(tensor))
    values = reals(tensor.values, argument)
    return [values[i:i + size] for i in range(0, len(values), size)], tensor.shape


def classes_of(tensor: "Tensor", argument: str) -> "List[int]":
    """Return the numbers of classes; InputError if there is a fraction or NaN."""
    if is_float(tensor.dtype) and not all(map(float.is_integer, map(float, tensor.values))):
        raise InputError(argument, "classes, which are whole numbers (of a probability p, p > 0.5);"
                         " or, of predictions, a score for each class", str(tensor))
    return list(map(int, tensor.values))


def said_of(predictions: "Any", shape: "Tuple[int, ...]") -> "List[int]":
    """Return the classes that predictions say for labels of this shape."""
    tensor = view(predictions, "predictions")
    if tensor.shape == shape:
        return classes_of(tensor, "predictions")
    if tensor.shape[:-1] != shape:
        raise InputError("predictions", "a class for each label, shape %s, or a score for each "
                         "class, one dimension more" % (shape,), str(tensor))
    return list(map(largest, in_rows(tensor, "predictions")[0]))


def largest(scores: "Sequence[float]") -> int:
    """Return the place of the largest score, the first of equals; as in NumPy, NaN is larger."""
    nans = list(map(isnan, scores))
    return nans.index(True) if True in nans else scores.index(max(scores))


def in_range(classes: "Sequence[int]", size: int, argument: str) -> "Sequence[int]":
    """Return classes, if they are numbers from 0 to below size."""
    wrong = [k for k in classes if not 0 <= k < size]
    if wrong:
        raise InputError(argument, "classes from 0 to %d" % (size - 1), shown(wrong[0]))
    return classes


def whole(x: "Any", argument: str, least: int) -> int:
    """Return a whole number that is not below `least`."""
    number = one(x, argument)
    if not (real(number, argument).is_integer() and number >= least):
        raise InputError(argument, "a whole number, %d or more" % least, shown(x))
    return int(number)
