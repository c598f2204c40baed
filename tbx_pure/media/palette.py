"""At most 256 colors for a picture: its own if it has no more, otherwise the fittest."""
import heapq
import sys
from collections import Counter, namedtuple
from itertools import accumulate
from operator import itemgetter, mul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence

COLORS = 256
CELLS = 2 ** 14                 # from more colors than this none are chosen: they are made coarser
BITS = (8, 6, 5, 4)             # how coarse: the bits of red, green and blue that are told apart
GOOD = 3 * 4 ** 2               # one table is good enough for all: red, green, blue are off by 4


class Indexed(namedtuple("Indexed", "table indexes")):
    """table: three bytes for each color, red, green and blue; indexes: a color for each pixel"""


def indexed(pictures: "Sequence[bytes]", channels: int) -> "List[Indexed]":
    """Return pictures by the numbers of their colors.

    pictures:  pixels of 1 channel, gray, or 3, red, green and blue
    They share one table if that is exact, or good enough for all; otherwise each has its own.
    """
    exact = _exact(pictures, channels)
    if exact:
        return exact
    fitted, error = _fitted(pictures)
    if error <= GOOD or len(pictures) == 1:
        return fitted
    return [(_exact([pixels], channels) or _fitted([pixels])[0])[0] for pixels in pictures]


def _exact(pictures, channels):
    """Return pictures with a table of all their colors, or None if they are too many."""
    numbers, colors = [], set()
    for pixels in pictures:
        numbers.append(_numbers(pixels, channels))
        colors.update(numbers[-1])
        if len(colors) > COLORS:
            return None
    return _numbered(numbers, {color: color for color in colors}, channels)


def _numbers(pixels, channels):
    """Return a number for each pixel: its gray, or 0xrrggbb."""
    if channels == 1:
        return memoryview(pixels)
    out = bytearray(len(pixels) // 3 * 4)
    for c in range(3):
        out[2 - c if sys.byteorder == "little" else c + 1::4] = pixels[c::3]
    return memoryview(out).cast("I")


def _numbered(numbers, nearest, channels):
    """Return pictures of colors, given for each color the one to take in its place."""
    colors = sorted(set(nearest.values()))
    place = {color: i for i, color in enumerate(colors)}
    index = {color: place[near] for color, near in nearest.items()}
    table = b"".join([color.to_bytes(channels, "big") * (3 // channels) for color in colors])
    return [Indexed(table, bytes(map(index.__getitem__, each))) for each in numbers]


# ---- to choose colors ----

def _fitted(pictures):
    """Return pictures with a table of 256 colors, and the mean square of their error."""
    numbers = _coarse(pictures)
    counts = Counter()
    for each in numbers:
        counts.update(each)
    nearest, error = {}, 0.0
    for cells in _boxes([(color >> 16, color >> 8 & 255, color & 255, count)
                         for color, count in sorted(counts.items())]):
        error += sum(_errors(cells))
        middle = _number(*_middle(cells))
        nearest.update((_number(*cell[:3]), middle) for cell in cells)
    return _numbered(numbers, nearest, 3), error / sum(counts.values())


def _coarse(pictures):
    """Return the numbers of pixels with as many bits as leave no more than CELLS colors."""
    for bits in BITS:
        top = (1 << bits) - 1
        level = bytes([(v * top + 127) // 255 * 255 // top for v in range(256)])
        numbers, colors = [], set()
        for pixels in pictures:
            numbers.append(_numbers(pixels.translate(level), 3))
            colors.update(numbers[-1])
            if len(colors) > CELLS:
                break
        else:
            break
    return numbers


def _number(red, green, blue):
    return red << 16 | green << 8 | blue


def _boxes(cells):
    """Cut a list of cells (red, green, blue, count) in up to 256 parts, each for one color.

    Always the part is cut that errs most along red, green or blue, across that axis, where the
    sum of the squares of both halves' errors is least.
    """
    boxes, made = [_rated(cells, 0)], 1
    while len(boxes) < COLORS and boxes[0][0] < 0:
        _, _, axis, cells = heapq.heappop(boxes)
        for part in _halves(cells, axis):
            heapq.heappush(boxes, _rated(part, made))
            made += 1
    return [cells for _, _, _, cells in boxes]


def _rated(cells, number):
    """Return an entry of the heap: the largest error first; of equal ones, the first made."""
    errors = _errors(cells)
    worst = max(errors)
    return -worst, number, errors.index(worst), cells


def _errors(cells):
    """Return the sum of squares, red, green and blue, if one color stands for all cells."""
    *axes, counts = zip(*cells)
    total, errors = sum(counts), []
    for values in axes:
        weighted = list(map(mul, values, counts))
        errors.append(sum(map(mul, weighted, values)) - sum(weighted) ** 2 / total)
    return errors


def _middle(cells):
    *axes, counts = zip(*cells)
    total = sum(counts)
    return [(2 * sum(map(mul, values, counts)) + total) // (2 * total) for values in axes]


def _halves(cells, axis):
    """Cut cells in two across an axis.

    The squares of the errors of a part are the sum of count * value ** 2, which no cut changes,
    less (the sum of count * value) ** 2 / (the sum of count), which so is to be largest.
    """
    cells = sorted(cells, key=itemgetter(axis))
    values = [cell[axis] for cell in cells]
    numbers = list(accumulate(cell[3] for cell in cells))
    sums = list(accumulate(cell[3] * cell[axis] for cell in cells))
    all_, whole = numbers[-1], sums[-1]
    _, at = max((part * part / n + (whole - part) ** 2 / (all_ - n), i)
                for i, (n, part, value, after)
                in enumerate(zip(numbers, sums, values, values[1:]), 1) if value != after)
    return cells[:at], cells[at:]
