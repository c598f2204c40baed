"""add_heatmap: a matrix in colors.  spec/plugins/heatmap.md"""
import math
from collections import namedtuple

from . import chart, drawable, names_of
from .axes import (BORDER, SCALE, SMALLEST, SPACE, Colorbar, Sheet, bar_width, cut, height_of,
                   padded, position, width_of)
from ..errors import InputError
from ..media.colormaps import SIZE, colormap, contrast
from ..media.pixels import Picture
from ..plugins import clean_tag
from ..plugins.heatmap import heatmap_data
from ..tensor import LETTER, Tensor, is_float, real, reals, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Sequence

ROOM = 460, 320                         # pixels for the cells: width, height
CELL = 72                               # side of a cell, at most
LEAST = 120                             # pixels of the shorter side, if cells are not larger
MAX_SIDE = 1024                         # rows and columns that a picture shows
MAX_LABEL = 180                         # pixels of the name of a row or a column
NOT_A_NUMBER = (200, 200, 200)
MARGIN = 6                              # pixels that a number leaves free in its cell
BETWEEN = 14                            # pixels between the labels of columns, at least
PLACES = 4                              # decimals of a cell's number, at most


class Cell(namedtuple("Cell", "width height")):
    """The size of a cell in pixels"""


class Look(namedtuple("Look", "rows row_labels column_labels row_title column_title bar texts")):
    """What a picture of a matrix shows.

    rows:           lists of floats
    row_labels, column_labels:  a text for each
    row_title, column_title:    what they are
    bar:            the Colorbar
    texts:          lists of texts for the cells, shown if they all fit; or none
    """


def heatmap(tag: str, matrix: "Any", row_labels: "Any", column_labels: "Any", colormap_name: str,
            low: "Any", high: "Any", warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of a matrix: its picture, and its numbers as tag/heatmap.

    tag:     its name; cleaned
    matrix:  shape (rows, columns); NaN is drawn gray, and what lies beyond low and high as these
    row_labels, column_labels:  a text or a number for each; None: they are counted from 0
    colormap_name:  a name of media.colormaps
    low, high:      the values of the scale's ends; None: the least and the largest
    warn:    called with a cause and a text where something is not drawn
    Raises InputError if the matrix has no cell, a label is missing, or low is not below high.
    """
    tag, table, tensor = clean_tag(tag), colormap(colormap_name), matrix_of(matrix)
    numbers = reals(tensor.values, "matrix")
    count, width = tensor.shape
    names = [[] if labels is None else names_of(labels, argument, size)
             for labels, argument, size in ((row_labels, "row_labels", count),
                                            (column_labels, "column_labels", width))]
    bar = Colorbar(table, *_ends(numbers, low, high, warn))
    data = heatmap_data(tag + "/heatmap", tensor, row_label=names[0], column_label=names[1],
                        colormap=colormap_name.lower(), low=bar.low, high=bar.high)
    drawn, numbered = drawable((names[0] or counted(count)) + (names[1] or counted(width)))
    texts = in_rows(written(tensor), width) if has_room(count, width) else []
    look = Look(in_rows(numbers, width), drawn[:count], drawn[count:], "", "", bar, texts)
    return chart(tag, picture(look, warn).canvas, data, numbered)


def matrix_of(matrix: "Any") -> Tensor:
    """Return a tensor of two dimensions that has cells."""
    tensor = view(matrix, "matrix")
    if len(tensor.shape) != 2 or 0 in tensor.shape:
        raise InputError("matrix", "shape (rows, columns), one or more of each",
                         "shape %s" % (tensor.shape,))
    if tensor.dtype not in LETTER:      # bfloat16, and what else NumPy and so TensorBoard lack
        return tensor._replace(dtype="float32")
    return tensor


def _ends(numbers, low, high, warn):
    finite = [v for v in numbers if math.isfinite(v)]
    ends = padded(finite, 0)
    low = ends[0] if low is None else real(low, "low")
    high = ends[1] if high is None else real(high, "high")
    if not SMALLEST < high / 2 - low / 2 < math.inf:
        raise InputError("low", "a number below high, %r" % high, repr(low))
    if len(finite) < len(numbers):
        warn("NaN", "%d of %d cells are NaN or infinite"
             % (len(numbers) - len(finite), len(numbers)))
    return low, high


def counted(count: int) -> "List[str]":
    """Return the labels of what has none."""
    return list(map(str, range(count)))


def in_rows(values: "Sequence[Any]", width: int) -> "List[List[Any]]":
    """Return rows of so many values."""
    return [list(values[i:i + width]) for i in range(0, len(values), width)]


def has_room(rows: int, columns: int) -> bool:
    """Return whether cells of such a matrix may be large enough for a digit."""
    return (ROOM[0] // columns >= width_of("0", 1) + MARGIN
            and ROOM[1] // rows >= height_of(1))


def written(tensor: Tensor) -> "List[str]":
    """Return the texts of a matrix's cells: whole numbers as they are, others in three digits."""
    if not is_float(tensor.dtype):
        return [str(int(v)) for v in tensor.values]
    largest = max((abs(v) for v in tensor.values if math.isfinite(v)), default=0)
    places = 2 - int(("%.16e" % largest).partition("e")[2])
    if 0 <= places <= PLACES:
        return ["%.*f" % (places, v) for v in tensor.values]
    if -3 <= places < 0:
        return ["%.0f" % v for v in tensor.values]
    return [("%.2e" % v).replace("e+", "e").replace("e0", "e").replace("e-0", "e-")
            for v in tensor.values]


# ---- the picture ----

def picture(look: Look, warn: "Callable[[str, str], object]") -> Sheet:
    """Return the drawn matrix, with its labels and the scale of its colors."""
    look = _sampled(look, warn)
    cell, scale = _cell(look)
    letters = _letters(look.row_labels + look.column_labels, cell)
    rows_cut, columns_cut = ([cut(text, MAX_LABEL, letters) for text in labels]
                             for labels in (look.row_labels, look.column_labels))
    vertical, across = _turned(columns_cut, cell.width, letters)
    left = BORDER + _line(look.row_title) + SPACE + _widest(rows_cut, letters)
    right = left + len(columns_cut) * cell.width
    bottom = BORDER + len(rows_cut) * cell.height
    end = max(bottom, BORDER + LEAST)                   # of the scale of colors
    below = bottom + SPACE + (_widest(columns_cut, letters) if vertical else height_of())
    sheet = Sheet(right + bar_width(look.bar, end - BORDER) + BORDER,
                  max(below + _line(look.column_title), end) + BORDER)
    sheet.canvas.paste(left, BORDER, _cells(look, cell))
    if scale:
        _numbers(sheet, look, cell, left, scale)
    for i in range(0, len(rows_cut), _every(cell.height, height_of(letters))):
        sheet.text(left - SPACE, BORDER + (i + 0.5) * cell.height, rows_cut[i], "e", scale=letters)
    for i in range(0, len(columns_cut), across):
        sheet.text(left + (i + 0.5) * cell.width, bottom + SPACE, columns_cut[i], "n", vertical,
                   scale=letters)
    sheet.text(BORDER, (BORDER + bottom) / 2, look.row_title, "w", vertical=True)
    sheet.text((left + right) / 2, below + SPACE, look.column_title, "n")
    sheet.colorbar(look.bar, right + 2 * BORDER, BORDER, end)
    return sheet


def _sampled(look, warn):
    """Leave rows and columns out, if there are more than a picture can show."""
    down, across = (-(-len(labels) // MAX_SIDE)
                    for labels in (look.row_labels, look.column_labels))
    if max(down, across) == 1:
        return look
    warn("size", "the picture shows one of %d rows and one of %d columns" % (down, across))
    return look._replace(rows=[row[::across] for row in look.rows[::down]],
                         texts=[row[::across] for row in look.texts[::down]],
                         row_labels=look.row_labels[::down],
                         column_labels=look.column_labels[::across])


def _cell(look):
    """Return (the size of a cell, the scale of the numbers in it; 0: they do not fit).

    A cell is a square, unless its number, its row's label or a thin matrix asks for more.
    """
    rows, columns = len(look.rows), len(look.rows[0])
    room = Cell(*(min(max(pixels // count, 1), CELL)
                  for pixels, count in zip(ROOM, (columns, rows))))
    scale, number = _scale([text for row in look.texts for text in row], room)
    return Cell(max(min(room), number, min(room.width, LEAST // columns)),
                max(min(room), min(room.height, max(height_of(), LEAST // rows)))), scale


def _scale(texts, room):
    """Return (the scale at which all texts fit into cells of this size, or 0; their width)."""
    for scale in range(SCALE, 0, -1):
        width = _widest(texts, scale) + MARGIN
        if texts and width <= room.width and height_of(scale) <= room.height:
            return scale, width
    return 0, 0


def _letters(labels, cell):
    """Return the scale of the labels: large, if all can be shown so, or are but numbers."""
    if all(text.isdigit() for text in labels):
        return SCALE
    return SCALE if min(cell) >= height_of() and _widest(labels) <= MAX_LABEL else 1


def _turned(labels, width, scale):
    """Return whether column labels stand upwards, and that each such is shown."""
    across = _widest(labels, scale) + BETWEEN
    if across <= width or all(text.isdigit() for text in labels):
        return False, _every(width, across)
    return True, _every(width, height_of(scale))


def _every(size, least):
    """Return n, so that each nth of labels `size` pixels apart has `least` pixels: 1, 2, 5 ..."""
    n = 1
    while n * size < least:
        n = n * 5 // 2 if str(n)[0] == "2" else n * 2
    return n


def _widest(texts, scale=SCALE):
    return max((width_of(text, scale) for text in texts), default=0)


def _line(text):
    return height_of() + SPACE if text else 0


def _cells(look, cell):
    """Return the picture of the cells alone."""
    wide = {i: bytes(look.bar.table[3 * i:3 * i + 3]) * cell.width for i in range(SIZE)}
    wide[None] = bytes(NOT_A_NUMBER) * cell.width
    lines = [b"".join(wide[_place(v, look.bar)] for v in row) * cell.height for row in look.rows]
    return Picture(len(look.rows) * cell.height, len(look.rows[0]) * cell.width, 3, b"".join(lines))


def _place(number, bar):
    """Return which of the table's colors a number has; of NaN, None."""
    if bar.low < number < bar.high:
        return min(int(position(number, bar.low, bar.high) * SIZE), SIZE - 1)
    return None if number != number else (SIZE - 1) * (number >= bar.high)


def _numbers(sheet, look, cell, left, scale):
    """Write each number in its cell."""
    for y, texts in enumerate(look.texts):
        for x, text in enumerate(texts):
            place = _place(look.rows[y][x], look.bar)
            color = NOT_A_NUMBER if place is None else look.bar.table[3 * place:3 * place + 3]
            sheet.text(left + (x + 0.5) * cell.width, BORDER + (y + 0.5) * cell.height, text, "c",
                       color=contrast(color), scale=scale)
