"""At most 256 colors for a picture: its own if it has no more, otherwise the fittest."""
import heapq
import sys
from collections import Counter, namedtuple
from itertools import accumulate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence

COLORS = 256
CELLS = 2 ** 14                 # from more colors than this none are chosen: they are made coarser
CELLS_OF_ONE = 2 ** 11          # of one picture among several: half a dB less, sooner
BITS = (8, 7, 6, 5, 4)          # how coarse: the bits of red, green and blue that are told apart
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
    numbers, nearest, error = _fitted(pictures, CELLS)
    if error <= GOOD or len(pictures) == 1:
        return _numbered(numbers, nearest, channels)
    return [_alone(pixels, channels) for pixels in pictures]


def _alone(pixels, channels):
    """Return a picture with a table of its own."""
    exact = _exact([pixels], channels)
    if exact:
        return exact[0]
    numbers, nearest, _ = _fitted([pixels], CELLS_OF_ONE)
    return _numbered(numbers, nearest, channels)[0]


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

def _fitted(pictures, cells):
    """Choose 256 colors: return the numbers of pixels, {color: the one near it}, the error.

    The error is the mean of squares, of the numbers that are returned.
    """
    numbers, counts = _coarse(pictures, cells)
    nearest, error = {}, 0.0
    for box, sums in _boxes(counts):
        error += sum(_errors(sums))
        nearest.update(dict.fromkeys([cell[COLOR] for cell in box], _middle(sums)))
    return numbers, nearest, error / sum(counts.values())


def _coarse(pictures, cells):
    """Return the numbers of pixels with as many bits as leave no more than so many colors.

    And how many pixels have each.
    """
    for bits in BITS:
        top = (1 << bits) - 1
        level = bytes([(v * top + 127) // 255 * 255 // top for v in range(256)])
        numbers, counts = [], Counter()
        for pixels in pictures:
            numbers.append(_numbers(pixels.translate(level), 3))
            counts.update(numbers[-1])
            if len(counts) > cells:
                break
        else:
            break
    return numbers, counts


def _boxes(counts):
    """Cut cells, colors with their counts, in up to 256 parts, each for one color.

    Always the part is cut that errs most along red, green or blue, across that axis, where the
    sum of the squares of both halves' errors is least.
    Return (cells, sums) of each: a cell is (red, green, blue, its count, its color, its sums).
    """
    cells = [(color >> 16, color >> 8 & 255, color & 255, count, color, count * (
        OF_RED[color >> 16] + OF_GREEN[color >> 8 & 255] + OF_BLUE[color & 255]))
        for color, count in counts.items()]
    boxes, made = [_rated(cells, sum([cell[SUMS] for cell in cells]), 0)], 1
    while len(boxes) < COLORS and boxes[0][0] < 0:
        _, _, axis, cells, sums = heapq.heappop(boxes)
        for part in _halves(cells, sums, axis):
            heapq.heappush(boxes, _rated(*part, made))
            made += 1
    return [box[-2:] for box in boxes]


# All that is summed over cells is one integer, so that one addition does it: count, then for each
# axis count * value, then for each count * value ** 2, in places of 64 bits from the lowest.
COUNT, COLOR, SUMS = 3, 4, 5            # in a cell
PLACE = 64
ONE = (1 << PLACE) - 1
OF_RED, OF_GREEN, OF_BLUE = [
    [(axis == 0) | v << PLACE * (1 + axis) | v * v << PLACE * (4 + axis) for v in range(256)]
    for axis in range(3)]


def _sum(sums, place):
    return sums >> PLACE * place & ONE


def _rated(cells, sums, number):
    """Return an entry of the heap: the largest error first; of equal ones, the first made."""
    errors = _errors(sums)
    worst = max(errors)
    return -worst, number, errors.index(worst), cells, sums


def _errors(sums):
    """Return the sum of squares, red, green and blue, if one color stands for all cells."""
    total = _sum(sums, 0)
    return [_sum(sums, 4 + axis) - _sum(sums, 1 + axis) ** 2 / total for axis in range(3)]


def _middle(sums):
    """Return the color nearest to the mean of cells."""
    total = _sum(sums, 0)
    red, green, blue = [(2 * _sum(sums, 1 + axis) + total) // (2 * total) for axis in range(3)]
    return red << 16 | green << 8 | blue


def _halves(cells, sums, axis):
    """Cut cells in two across an axis: return (cells, sums) of both.

    The squares of the errors of a part are the sum of count * value ** 2, which no cut changes,
    less (the sum of count * value) ** 2 / (the sum of count), which so is to be largest.
    """
    at = {}                             # type: dict        # {value: how many are there}
    for cell in cells:
        value = cell[axis]
        at[value] = at.get(value, 0) + cell[COUNT]
    values = sorted(at)
    counts = accumulate([at[value] for value in values])
    totals = accumulate([at[value] * value for value in values])
    all_, whole = _sum(sums, 0), _sum(sums, 1 + axis)
    best, last = 0.0, values[0]
    for value, n, part in zip(values[:-1], counts, totals):
        found = part * part / n + (whole - part) ** 2 / (all_ - n)
        if found >= best:
            best, last = found, value
    lower = [cell for cell in cells if cell[axis] <= last]
    upper = [cell for cell in cells if cell[axis] > last]
    if len(lower) <= len(upper):
        of_lower = sum([cell[SUMS] for cell in lower])
    else:
        of_lower = sums - sum([cell[SUMS] for cell in upper])
    return (lower, of_lower), (upper, sums - of_lower)
