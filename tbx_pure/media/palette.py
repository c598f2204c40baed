"""At most 256 colors for a picture: its own if it has no more, otherwise the fittest."""
import sys
from collections import Counter, namedtuple
from heapq import heappop, heappush
from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence

COLORS = 256
CELLS = 2 ** 14                 # from more colors than this none are chosen: they are made coarser
CELLS_OF_ONE = 2 ** 11          # of one picture among several
TRIES, TRIES_OF_ONE = 9, 1      # to find the best cut: half a dB less, in half the time
BITS = (8, 7, 6, 5, 4)          # how coarse: the bits of red, green and blue that are told apart
GOOD = 3 * 4 ** 2               # one table is good enough for all: red, green, blue are off by 4
SAMPLE = 2 ** 11                # pixels for which a table is tried before
SOME = 2 ** 10                  # pixels after which colors are counted
MOST_TO_CENTER = 2 ** 16        # pixels whose sums have 24 bits; of more, the cells do well enough


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
    if len(pictures) == 1 or _fitted(_sample(pictures), CELLS, TRIES_OF_ONE)[2] <= GOOD:
        numbers, nearest, error = _fitted(pictures, CELLS, TRIES)
        if len(pictures) == 1 or error <= GOOD:
            return _numbered(numbers, nearest, channels)
    return [_alone(pixels, channels) for pixels in pictures]


def _sample(pictures):
    """Return some pixels of all pictures as one: 256 colors fit them better than they fit all."""
    step = max(1, sum(map(len, pictures)) // 3 // SAMPLE) | 1   # odd: not always in the same column
    out = bytearray(3 * sum([len(pixels[::3 * step]) for pixels in pictures]))
    for c in range(3):
        out[c::3] = b"".join([pixels[c::3 * step] for pixels in pictures])
    return [bytes(out)]


def _alone(pixels, channels):
    """Return a picture with a table of its own."""
    exact = _exact([pixels], channels)
    if exact:
        return exact[0]
    numbers, nearest, _ = _fitted([pixels], CELLS_OF_ONE, TRIES_OF_ONE)
    found, = _numbered(numbers, nearest, channels)
    if len(found.indexes) > MOST_TO_CENTER:
        return found
    return Indexed(_centered(pixels, found.indexes), found.indexes)


def _centered(pixels, indexes):
    """Return a table in which each color is the mean of the pixels that have its number."""
    spread = bytearray(8 * len(indexes))                # red, green, blue from bits 48, 24, 0 on
    for c in range(3):
        spread[6 - 3 * c if sys.byteorder == "little" else 1 + 3 * c::8] = pixels[c::3]
    sums = [0] * COLORS
    for i, color in zip(indexes, memoryview(spread).cast("Q")):
        sums[i] += color
    counts, ones = Counter(indexes), (1 << 24) - 1
    return bytes([(2 * (sums[i] >> shift & ones) + counts[i]) // (2 * counts[i])
                  for i in range(len(counts)) for shift in (48, 24, 0)])


def _exact(pictures, channels):
    """Return pictures with a table of all their colors, or None if they are too many."""
    numbers, colors = [], set()
    for pixels in pictures:
        each = _numbers(pixels, channels)
        for start in range(0, len(each), SOME):
            colors.update(each[start:start + SOME])
            if len(colors) > COLORS:
                return None
        numbers.append(each)
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


def _fitted(pictures, cells, tries):
    """Choose 256 colors: return the numbers of pixels, {color: the one near it}, the error.

    The error is the mean of squares, of the numbers that are returned.
    """
    numbers, counts = _coarse(pictures, cells)
    nearest, error = {}, 0.0
    for box, sums in _boxes(counts, tries):
        total, red, green, blue, *squares = _places(sums)
        error += sum(squares) - (red * red + green * green + blue * blue) / total
        middle = ((2 * red + total) // (2 * total) << 16 | (2 * green + total) // (2 * total) << 8
                  | (2 * blue + total) // (2 * total))
        for cell in box:
            nearest[cell[COLOR]] = middle
    return numbers, nearest, error / sum(counts.values())


def _coarse(pictures, cells):
    """Return the numbers of pixels with as many bits as leave no more than so many colors.

    And how many pixels have each.  With the fewest bits there may be more.
    """
    for bits in BITS:
        top = (1 << bits) - 1
        level = bytes([(v * top + 127) // 255 * 255 // top for v in range(256)])
        found = _counted([pixels.translate(level) for pixels in pictures],
                         cells if bits > BITS[-1] else 1 << 3 * bits)
        if found:
            return found


def _counted(pictures, most):
    """Return the numbers of pixels and how many have each; None for more than so many colors."""
    numbers, counts = [], Counter()
    for pixels in pictures:
        each = _numbers(pixels, 3)
        if len(set(each[:most + SOME])) > most:         # a set is made sooner
            return None
        counts.update(each)
        if len(counts) > most:
            return None
        numbers.append(each)
    return numbers, counts


def _boxes(counts, tries):
    """Cut cells, colors with their counts, in up to 256 parts, each for one color.

    Always the part is cut that errs most along red, green or blue, across that axis.
    Return (cells, sums) of each: a cell is (red, green, blue, its color, its sums).
    """
    cells = [(color >> 16, color >> 8 & 255, color & 255, color, count * (
        OF_RED[color >> 16] + OF_GREEN[color >> 8 & 255] + OF_BLUE[color & 255]))
        for color, count in counts.items()]
    boxes, made = [_rated(cells, sum([cell[SUMS] for cell in cells]), 0)], 1
    while len(boxes) < COLORS and boxes[0][0] < 0:
        _, _, axis, mean, cells, sums = heappop(boxes)
        for part in _halves(cells, sums, axis, mean, tries):
            heappush(boxes, _rated(*part, made))
            made += 1
    return [box[-2:] for box in boxes]


# All that is summed over cells is one integer, so that one addition does it: count, then for each
# axis count * value, then for each count * value ** 2, in places of 64 bits from the lowest.
COLOR, SUMS = 3, 4                      # in a cell
PLACES = Struct("<7Q")
OF_RED, OF_GREEN, OF_BLUE = [
    [(axis == 0) | v << 64 * (1 + axis) | v * v << 64 * (4 + axis) for v in range(256)]
    for axis in range(3)]


def _places(sums):
    return PLACES.unpack(sums.to_bytes(PLACES.size, "little"))


def _rated(cells, sums, number):
    """Return an entry of the heap: the largest error first; of equal ones, the first made.

    An error is the sum of squares if one value stands for all, along the axis where that is worst.
    """
    total, red, green, blue, reds, greens, blues = _places(sums)
    error, axis, mean = min((red * red / total - reds, 0, red // total),
                            (green * green / total - greens, 1, green // total),
                            (blue * blue / total - blues, 2, blue // total))
    return error, number, axis, mean, cells, sums


def _halves(cells, sums, axis, last, tries):
    """Cut cells in two across an axis: return (cells, sums) of both.

    The first cut is behind `last`, the mean of all.  What is nearer to the mean of the other half
    is better there (Lloyd's method), so each further one is half way between the means of the
    halves; until that changes nothing.
    """
    while True:
        lower = [cell for cell in cells if cell[axis] <= last]
        upper = [cell for cell in cells if cell[axis] > last]
        if len(lower) <= len(upper):
            of_lower = sum([cell[SUMS] for cell in lower])
        else:
            of_lower = sums - sum([cell[SUMS] for cell in upper])
        tries -= 1
        if not tries:
            break
        before, last = last, _half_way(of_lower, sums - of_lower, axis)
        if last == before:
            break
    return (lower, of_lower), (upper, sums - of_lower)


def _half_way(a, b, axis):
    """Return the whole part of the middle between two means."""
    (n, x), (m, y) = _places(a)[:2 + axis:1 + axis], _places(b)[:2 + axis:1 + axis]
    return (x * m + y * n) // (2 * n * m)
