"""Metrics that count which class was taken for which.

Of the examples of a class, and of the others, a model takes some for it (P) and some not (N), and
is right (T) or wrong (F).  So there are four counts:

                            said to be of the class         said not to be
    is of the class         TP, true positives              FN, false negatives
    is not                  FP, false positives             TN, true negatives
"""
from collections import Counter, namedtuple
from math import fsum, isnan

from .base import Metric, classes_of, in_range, said_of, whole
from ..errors import InputError, naming, shown, warn
from ..plugins import checked_text, listed
from ..tensor import real, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Union

NAN = float("nan")                      # the share of nothing

Counts = namedtuple("Counts", "tp fp fn tn")
NONE = Counts(0, 0, 0, 0)


class _Counted(Metric):
    """A metric of how often each class was taken for each.

    classes:  how many there are, numbered from 0, or their names; None: those that occur
    """

    def __init__(self, classes: "Union[None, int, Sequence[str]]" = None) -> None:
        with naming(type(self).__name__, classes):
            self._names = names_of(classes)
        Metric.__init__(self)

    def reset(self) -> None:
        """Forget all updates."""
        self._pairs = Counter()         # type: Counter

    def update(self, labels: "Any", predictions: "Any") -> None:
        """Add examples.

        labels:       the true class of each, a whole number or a bool
        predictions:  the class that the model says, in the same shape; or a score for each class,
                      in one dimension more, of which the largest is what it says
        """
        with self._naming(labels):
            tensor = view(labels, "labels")
            true = classes_of(tensor, "labels")
            said = said_of(predictions, tensor.shape)
            self._check(true, said)
        self._pairs.update(zip(true, said))

    def update_counts(self, *, tp: int = 0, tn: int = 0, fp: int = 0, fn: int = 0) -> None:
        """Add examples of the classes 1 and 0 that are counted already, class 1 being positive."""
        with naming(type(self).__name__ + ".update_counts", tp):
            more = {(1, 1): whole(tp, "tp", 0), (0, 0): whole(tn, "tn", 0),
                    (0, 1): whole(fp, "fp", 0), (1, 0): whole(fn, "fn", 0)}
            self._check(*zip(*more))
        self._pairs.update({pair: n for pair, n in more.items() if n})

    @property
    def classes(self) -> "List[Any]":
        """The classes, in the order of value: names, if there are some, or numbers."""
        return self._numbers() if self._names is None else self._names

    def counts(self) -> "Dict[int, Counts]":
        """Return {class: Counts(tp, fp, fn, tn)}."""
        true, said = Counter(), Counter()       # type: Counter, Counter
        for (label, prediction), n in self._pairs.items():
            true[label] += n
            said[prediction] += n
        n, counts = sum(true.values()), {}
        for k in self._numbers():
            tp = self._pairs[k, k]
            fp, fn = said[k] - tp, true[k] - tp
            counts[k] = Counts(tp, fp, fn, n - tp - fp - fn)
        return counts

    def _numbers(self):
        if self._names is not None:
            return list(range(len(self._names)))
        return sorted({k for pair in self._pairs for k in pair})

    def _check(self, true, said):
        """Raise InputError if these are not among the classes that there are."""
        if self._names is not None:
            in_range(true, len(self._names), "labels")
            in_range(said, len(self._names), "predictions")


class Confusion(_Counted):
    """The confusion matrix: row i, column j: how often class i was taken for class j.

    classes:  how many there are, numbered from 0, or their names; None: those that occur
    https://en.wikipedia.org/wiki/Confusion_matrix
    """

    @property
    def value(self) -> "List[List[int]]":
        """The counts, a row for each true class, a column for each that was said."""
        numbers = self._numbers()
        return [[self._pairs[i, j] for j in numbers] for i in numbers]

    def log(self, writer: "Any", tag: str, step: "Any" = None) -> None:
        """Add the value to a SummaryWriter, as a picture."""
        writer.add_confusion_matrix(tag, matrix=self.value, class_names=self.classes,
                                    global_step=step)


class Accuracy(_Counted):
    """Accuracy:  (TP + TN) / (TP + TN + FP + FN), how many of all are right.  Of nothing: NaN.

    https://en.wikipedia.org/wiki/Accuracy_and_precision#In_classification
    """

    def __init__(self) -> None:
        _Counted.__init__(self)

    @property
    def value(self) -> float:
        """The share of the examples that are right, 0 to 1."""
        right = sum(n for (label, said), n in self._pairs.items() if label == said)
        return right / sum(self._pairs.values()) if self._pairs else NAN


class _Ratio(_Counted):

    def __init__(self, average: "Optional[str]" = "binary",
                 classes: "Union[None, int, Sequence[str]]" = None,
                 zero_division: "Any" = "warn") -> None:
        with naming(type(self).__name__, average):
            if average not in ("binary", "macro", "micro", None):
                raise InputError("average", "'binary', 'macro', 'micro' or None", shown(average))
            self._warns = isinstance(zero_division, str) and zero_division == "warn"
            self._undefined = 0.0 if self._warns else real(zero_division, "zero_division")
        self._average = average
        _Counted.__init__(self, classes)

    @property
    def value(self) -> "Any":
        """The metric, 0 to 1; with average=None a list, in the order of classes."""
        counts = self.counts()
        if self._average == "binary":
            return self._ratio(counts.get(1, NONE))
        if self._average == "micro":
            return self._ratio(Counts(*map(sum, zip(NONE, *counts.values()))))
        values = list(map(self._ratio, counts.values()))
        if self._average is None:
            return values
        defined = [value for value in values if not isnan(value)]
        return fsum(defined) / len(defined) if defined else self._quotient(0, 0)

    def log(self, writer: "Any", tag: str, step: "Any" = None) -> None:
        """Add the value to a SummaryWriter: a point of `tag`; of each class, one of tag/class."""
        if self._average is None:
            names = map(str, self.classes)
            writer.add_scalars(tag, dict(zip(names, self.value)), step, as_tags=True)
        else:
            Metric.log(self, writer, tag, step)

    def _check(self, true, said):
        _Counted._check(self, true, said)
        found = {k for pair in self._pairs for k in pair}.union(true, said)
        if self._average == "binary" and not (found <= {0, 1} or found <= {-1, 1}):
            raise InputError("labels", "classes 0 and 1, or -1 and 1; for others, average='macro', "
                             "'micro' or None", shown(sorted(found)))

    def _ratio(self, counts):
        raise NotImplementedError

    def _quotient(self, part, whole):
        if whole:
            return part / whole
        if self._warns:
            self._warns = False
            warn("%s: 0/0, of a class without such examples, is taken as 0; zero_division=0 says "
                 "so without a warning" % type(self).__name__)
        return self._undefined


class Precision(_Ratio):
    """Precision:  TP / (TP + FP), how many of those said to be of a class are.

    average:  "binary": of class 1, the other being 0 or -1; "macro": the mean over all classes;
              "micro": of TP and of FP, each added up over all classes; None: a list, each class
    classes:  how many there are, numbered from 0, or their names; None: those that occur
    zero_division:  what 0/0 is: "warn": 0, with a warning; or a number; NaN is left out of "macro"
    All as in scikit-learn.  https://en.wikipedia.org/wiki/Precision_and_recall
    """

    def _ratio(self, counts):
        return self._quotient(counts.tp, counts.tp + counts.fp)


class Recall(_Ratio):
    """Recall:  TP / (TP + FN), how many of those of a class are said to be.

    Arguments: see Precision.  https://en.wikipedia.org/wiki/Precision_and_recall
    """

    def _ratio(self, counts):
        return self._quotient(counts.tp, counts.tp + counts.fn)


class F1(_Ratio):
    """F1:  2 TP / (2 TP + FP + FN), which is 2 / (1 / precision + 1 / recall).

    Arguments: see Precision.  https://en.wikipedia.org/wiki/F-score
    """

    def _ratio(self, counts):
        return self._quotient(2 * counts.tp, 2 * counts.tp + counts.fp + counts.fn)


def names_of(classes: "Union[None, int, Sequence[str]]") -> "Optional[List[str]]":
    """Return the names of classes, given those or how many there are; None of None."""
    if classes is None:
        return None
    if isinstance(classes, str) or hasattr(classes, "__len__"):
        return [checked_text(name, "classes") for name in listed(classes, "classes")]
    return list(map(str, range(whole(classes, "classes", 1))))
