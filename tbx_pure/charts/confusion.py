"""add_confusion_matrix: how often each class was taken for each.  spec/plugins/heatmap.md"""
import math
from collections import Counter

from . import chart, drawable, labels_of, names_of
from .axes import SMALLEST, Colorbar
from .heatmap import Look, counted, has_room, in_rows, matrix_of, picture
from ..errors import InputError, shown
from ..media.colormaps import colormap
from ..plugins import clean_tag
from ..plugins.heatmap import heatmap_data
from ..tensor import Tensor, reals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

ROW_TITLE, COLUMN_TITLE = "true", "predicted"
MAX_COUNT = 2 ** 63
MAX_CLASSES = 4096                      # of which there are 16 million pairs

#   normalize     on the wire
NORMALIZE = {
    None:         "NONE",
    "true":       "TRUE",
    "predicted":  "PREDICTED",
    "pred":       "PREDICTED",          # as scikit-learn has it
    "all":        "ALL",
}


def confusion_matrix(tag: str, labels: "Any", predictions: "Any", matrix: "Any",
                     class_names: "Any", normalize: "Any", colormap_name: str,
                     warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of a confusion matrix: its picture, and the counts as tag/heatmap.

    tag:          its name; cleaned
    labels:       the true class of each example: whole numbers, bools or texts
    predictions:  the class that was predicted for each
    matrix:       the counts, a row for each true class, a column for each predicted one, in place
                  of labels and predictions
    class_names:  their names: a number in labels is a place in them, from 0.  None: the classes
                  that labels and predictions have, in order
    normalize:    None: counts; "true": shares of the examples of each class; "predicted": of those
                  predicted as each class; "all": of all.  A share of none is 0
    colormap_name:  a name of media.colormaps
    warn:         called with a cause and a text where something is not drawn
    Raises InputError if labels and predictions differ in length, or hold another class.
    """
    tag, table = clean_tag(tag), colormap(colormap_name)
    if not (normalize is None or isinstance(normalize, str)) or normalize not in NORMALIZE:
        raise InputError("normalize", "None, 'true', 'predicted' or 'all'", shown(normalize))
    if matrix is None:
        counts, names = _counted(labels, predictions, class_names)
    elif labels is None and predictions is None:
        counts, names = _given(matrix, class_names)
    else:
        raise InputError("matrix", "None, if there are labels or predictions", shown(matrix))
    rows = in_rows(reals(counts.values, "matrix"), len(names))
    write = _count
    if normalize:
        rows, write = _normalized(rows, NORMALIZE[normalize]), _share
    texts = [list(map(write, row)) for row in rows if has_room(len(names), len(names))]
    most = max(map(max, rows))
    bar = Colorbar(table, 0.0, most if most > 2 * SMALLEST else 1.0)
    data = heatmap_data(tag + "/heatmap", counts, row_title=ROW_TITLE, column_title=COLUMN_TITLE,
                        row_label=names, column_label=names, colormap=colormap_name.lower(),
                        low=bar.low, high=bar.high, normalize=NORMALIZE[normalize])
    drawn, numbered = drawable(names)
    look = Look(rows, drawn, drawn, ROW_TITLE, COLUMN_TITLE, bar, texts)
    return chart(tag, picture(look, warn).canvas, data, numbered)


def _given(matrix, class_names):
    counts = matrix_of(matrix)
    size = counts.shape[0]
    if counts.shape[1] != size:
        raise InputError("matrix", "as many columns as rows", "shape %s" % (counts.shape,))
    wrong = [v for v in counts.values if not 0 <= v < MAX_COUNT]
    if wrong:
        raise InputError("matrix", "counts, 0 or more and of 63 bits", repr(wrong[0]))
    return counts, counted(size) if class_names is None else _names(class_names, size)


def _counted(labels, predictions, class_names):
    """Return (the counts of each pair of classes, their names)."""
    true, predicted = _classes(labels, "labels"), _classes(predictions, "predictions")
    if len(true) != len(predicted):
        raise InputError("predictions", "as many as labels: %d" % len(true), "%d" % len(predicted))
    if class_names is None:
        classes = _found(true + predicted)
        names = list(map(str, classes))
        places = {label: i for i, label in enumerate(classes)}
    else:
        names = _names(class_names)
        places = {name: i for i, name in enumerate(names)}
        places.update((i, i) for i in range(len(names)))
    pairs = Counter(zip(_places(true, places, "labels"),
                        _places(predicted, places, "predictions")))
    size = len(names)
    if size > MAX_CLASSES:
        raise InputError("labels", "at most %d classes" % MAX_CLASSES, "%d" % size)
    counts = [pairs[row, column] for row in range(size) for column in range(size)]
    return Tensor("int64", (size, size), counts), names


def _classes(labels, argument):
    if labels is None:
        raise InputError(argument, "labels and predictions, or matrix", "None")
    classes = labels_of(labels, argument)
    if any(isinstance(label, float) for label in classes):
        raise InputError(argument, "classes: whole numbers, bools or texts; of scores, which is "
                         "the largest", "fractions or NaN")
    return classes


def _found(labels):
    """Return the classes that there are, in order; of bools, both."""
    kinds = {isinstance(label, str) for label in labels}
    if len(kinds) != 1:
        raise InputError("labels", "one or more; all texts, or all numbers",
                         "both" if kinds else "none")
    if all(isinstance(label, bool) for label in labels):
        return [False, True]
    return sorted(set(labels))


def _places(labels, places, argument):
    try:
        return [places[label] for label in labels]
    except KeyError as e:
        raise InputError(argument, "a class of class_names, or its number from 0",
                         shown(e.args[0])) from None


def _names(class_names, count=None):
    names = names_of(class_names, "class_names", count)
    if len(set(names)) < len(names):
        raise InputError("class_names", "names that differ", shown(class_names))
    return names


def _count(count):
    return "%d" % count if count == int(count) else "%.3g" % count


def _share(share):
    return "%.2f" % share if share else "0"


def _normalized(rows, by):
    """Return the shares of a row's sum, "TRUE", a column's, "PREDICTED", or that of all, "ALL"."""
    down = list(map(math.fsum, zip(*rows)))
    across = list(map(math.fsum, rows))
    total = math.fsum(across)
    whole = {"TRUE": lambda y, x: across[y], "PREDICTED": lambda y, x: down[x],
             "ALL": lambda y, x: total}[by]
    return [[v / whole(y, x) if whole(y, x) else 0.0 for x, v in enumerate(row)]
            for y, row in enumerate(rows)]
