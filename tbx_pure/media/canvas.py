"""A canvas: rectangles, lines, markers and text in pixels, their edges smoothed.

x runs right and y down, from 0 at the corner of the first pixel, whose center is (0.5, 0.5).
Coordinates may be fractions.  A pixel that a shape covers in part takes that part of its color.
"""
import math
import re
from contextlib import contextmanager
from functools import lru_cache

from . import font
from .pixels import Picture
from .png import png

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterator, Sequence, Tuple

    Box = Tuple[float, float, float, float]
    Color = Sequence[int]

BLACK, WHITE, GRAY = (0, 0, 0), (255, 255, 255), (128, 128, 128)
FULL = 255                              # coverage of a pixel that is covered all over

#   where a text's anchor is: how much of its width and height is left of and above the point
ANCHORS = {"nw": (0, 0),   "n": (0.5, 0),   "ne": (1, 0),
           "w":  (0, 0.5), "c": (0.5, 0.5), "e":  (1, 0.5),
           "sw": (0, 1),   "s": (0.5, 1),   "se": (1, 1)}

#   shape of a marker: convex parts, each its corners, clockwise, in a square from -1 to 1
SHAPES = {
    "disc":     (),
    "square":   (((-0.86, -0.86), (0.86, -0.86), (0.86, 0.86), (-0.86, 0.86)),),
    "triangle": (((0, -1.05), (1.05, 0.85), (-1.05, 0.85)),),
    "diamond":  (((0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0)),),
    "cross":    (((-0.57, -0.98), (0.98, 0.57), (0.57, 0.98), (-0.98, -0.57)),
                 ((0.57, -0.98), (0.98, -0.57), (-0.57, 0.98), (-0.98, 0.57))),
    "wedge":    (((-1.05, -0.85), (1.05, -0.85), (0, 1.05)),),
    "plus":     (((-0.32, -1), (0.32, -1), (0.32, 1), (-0.32, 1)),
                 ((-1, -0.32), (1, -0.32), (1, 0.32), (-1, 0.32))),
}
STEPS = 4                               # of a pixel: positions and sizes of markers


class Canvas:
    """A picture to draw on.

    width, height:  in pixels
    background:     its color, as every color here three numbers from 0 to 255: red, green, blue
    clip:           (x0, y0, x1, y1), whole numbers: nothing is drawn beyond
    """

    def __init__(self, width: int, height: int, background: "Color" = WHITE) -> None:
        self.width, self.height = width, height
        self.clip = (0, 0, width, height)
        self._pixels = bytearray(bytes(background) * (width * height))
        self._markers = {}              # type: Dict[tuple, list]

    @classmethod
    def of(cls, picture: Picture) -> "Canvas":
        """Return a canvas with the pixels of a picture of 3 channels."""
        canvas = cls(0, 0)
        canvas.width, canvas.height = picture.width, picture.height
        canvas.clip = (0, 0, picture.width, picture.height)
        canvas._pixels = bytearray(picture.pixels)
        return canvas

    def picture(self) -> Picture:
        """Return what has been drawn, 3 channels a pixel."""
        return Picture(self.height, self.width, 3, bytes(self._pixels))

    def png(self) -> bytes:
        """Return what has been drawn as a PNG file."""
        return png(bytes(self._pixels), self.height, self.width, 3)

    @contextmanager
    def clipped(self, x0: float, y0: float, x1: float, y1: float) -> "Iterator[Canvas]":
        """with canvas.clipped(...): draw within this rectangle only."""
        outer = self.clip
        self.clip = (max(outer[0], round(x0)), max(outer[1], round(y0)),
                     min(outer[2], round(x1)), min(outer[3], round(y1)))
        try:
            yield self
        finally:
            self.clip = outer

    # ---- rectangles ----

    def fill(self, x0: float, y0: float, x1: float, y1: float, color: "Color") -> None:
        """Fill a rectangle; its corners at whole numbers make crisp edges."""
        left, top, right, bottom = self.clip
        spans = _spans(max(x0, left), min(x1, right))
        for y, rows, part in _spans(max(y0, top), min(y1, bottom)):
            runs = [(x, n, part * share) for x, n, share in spans]
            for row in range(y, y + rows):
                self._row(row, runs, color)

    def frame(self, x0: float, y0: float, x1: float, y1: float, color: "Color",
              width: float = 1) -> None:
        """Draw the border of a rectangle, inside it."""
        self.fill(x0, y0, x1, y0 + width, color)
        self.fill(x0, y1 - width, x1, y1, color)
        self.fill(x0, y0 + width, x0 + width, y1 - width, color)
        self.fill(x1 - width, y0 + width, x1, y1 - width, color)

    def _row(self, y, runs, color):
        """Color runs of pixels of a row: each is (x, how many, the share that is covered)."""
        pixels, three = self._pixels, bytes(color)
        for x, n, share in runs:
            start = (y * self.width + x) * 3
            if share >= 1:
                pixels[start:start + 3 * n] = three * n
                continue
            for i in range(start, start + 3 * n):
                pixels[i] += round((three[(i - start) % 3] - pixels[i]) * share)

    def paste(self, x: int, y: int, picture: Picture) -> None:
        """Put a picture of 3 channels here, its corner at (x, y), whole numbers."""
        left, top, right, bottom = self.clip
        start, end = max(x, left), min(x + picture.width, right)
        for row in range(max(y, top), min(y + picture.height, bottom)):
            if start < end:
                at = ((row - y) * picture.width + start - x) * 3
                to = (row * self.width + start) * 3
                size = (end - start) * 3
                self._pixels[to:to + size] = picture.pixels[at:at + size]

    # ---- lines ----

    def polyline(self, points: "Sequence[Tuple[float, float]]", color: "Color",
                 width: float = 1.5) -> None:
        """Draw a line through points, round at its ends and bends; one point is a dot."""
        left, top, right, bottom = self.clip
        if right <= left or bottom <= top:
            return
        mask = Mask(left, top, right - left, bottom - top)
        points = _thinned(points)
        for (xa, ya), (xb, yb) in zip(points, points[1:] or points):
            mask.segment(xa, ya, xb, yb, width / 2)
        self._blend(mask, color)

    def _blend(self, mask, color):
        """Lay a color on the canvas as thick as a mask says."""
        for y, x, coverage in mask.runs():
            self._row(y, [(x + at, n, share) for at, n, share in _equal(coverage)], color)

    # ---- markers ----

    def marker(self, x: float, y: float, size: float, color: "Color", shape: str = "disc") -> None:
        """Draw a filled shape, one of SHAPES, around a point; size: its diameter in pixels."""
        fine_x, fine_y, fine_size = (math.floor(v * STEPS + 0.5) for v in (x, y, size))
        key = shape, fine_size, fine_x % STEPS, fine_y % STEPS
        runs = self._markers.get(key)
        if runs is None:                # shapes that look alike are computed once
            runs = self._markers[key] = _marker_runs(
                SHAPES[shape], fine_size / STEPS / 2, key[2] / STEPS, key[3] / STEPS)
        column, row = fine_x // STEPS, fine_y // STEPS
        left, top, right, bottom = self.clip
        for dy, dx, n, share in runs:
            start, end = max(column + dx, left), min(column + dx + n, right)
            if start < end and top <= row + dy < bottom:
                self._row(row + dy, ((start, end - start, share),), color)

    # ---- text ----

    def text(self, x: float, y: float, text: str, color: "Color" = BLACK, scale: int = 1,
             anchor: str = "nw", vertical: bool = False) -> "Box":
        """Write a line of text; return the (x0, y0, x1, y1) that it takes.

        anchor:    which point of that rectangle (x, y) is: a corner, the middle of a side ("n" the
                   upper, "e" the right one) or "c", its center
        vertical:  upwards, as the label of a y axis
        scale:     how many times as large as the font; if even, letters are smoothed
        A character that the font lacks is a box.
        """
        box = text_box(x, y, text, scale, anchor, vertical)
        x0, y0, x1, y1 = box
        glyph, dot = (font.rows, scale) if scale % 2 else (font.large, scale // 2)
        along = 0
        for char in text:
            rows = glyph(char)
            for across, row in enumerate(rows):
                for start, end in _ink(row):
                    a, b, c = along + start * dot, along + end * dot, across * dot
                    if vertical:
                        self.fill(x0 + c, y1 - b, x0 + c + dot, y1 - a, color)
                    else:
                        self.fill(x0 + a, y0 + c, x0 + b, y0 + c + dot, color)
            along += len(rows[0]) * dot + font.GAP * scale
        return box


def text_box(x: float, y: float, text: str, scale: int = 1, anchor: str = "nw",
             vertical: bool = False) -> "Box":
    """Return the (x0, y0, x1, y1), whole numbers, that Canvas.text() would take."""
    width, height = font.size(text, scale)
    if vertical:
        width, height = height, width
    left, above = ANCHORS[anchor]
    x0, y0 = math.floor(x - left * width + 0.5), math.floor(y - above * height + 0.5)
    return x0, y0, x0 + width, y0 + height


@lru_cache(maxsize=None)
def _ink(row):
    """Return (start, end) of each run of ink in a row of a glyph."""
    return [run.span() for run in re.finditer(font.INK + "+", row)]


# ---- coverage: the share of a pixel that a shape covers ----

class Mask:
    """How much of each pixel of a rectangle is covered, 0 to FULL: a pixel that two parts of a line
    cover has the larger share, so that bends are no darker than the rest.
    """

    def __init__(self, left: int, top: int, width: int, height: int) -> None:
        self.left, self.top, self.width, self.height = left, top, width, height
        self._rows = {}                 # type: Dict[int, bytearray]

    def segment(self, xa: float, ya: float, xb: float, yb: float, radius: float) -> None:
        """Cover what is nearer than `radius` to a segment.

        The share is 1 well inside and falls to 0 from half a pixel within to half beyond.
        """
        reach = radius + 0.5
        xa, ya, xb, yb = xa - self.left, ya - self.top, xb - self.left, yb - self.top
        dx, dy = xb - xa, yb - ya
        length = distance(dx, dy)
        ux, uy = (dx / length, dy / length) if length else (1.0, 0.0)
        first = max(math.floor(min(ya, yb) - reach), 0)
        last = min(math.ceil(max(ya, yb) + reach), self.height)
        for y in range(first, last):
            py = y + 0.5 - ya
            start, end = self._columns(xa, dx, dy, py, reach, uy)
            if start < end:
                self._cover(y, start, end, xa, py, ux, uy, length, reach)

    def _columns(self, xa, dx, dy, py, reach, uy):
        """Return the first and last column that a row of a segment can reach."""
        low, high = min(0, dx), max(0, dx)
        if abs(dy) > 1e-9:              # where the line is when it crosses this row, and near it
            center, spread = dx * py / dy, reach / abs(uy)
            low, high = max(low, center - spread), min(high, center + spread)
        return (max(math.floor(xa + low - reach), 0),
                min(math.ceil(xa + high + reach), self.width))

    def _cover(self, y, start, end, xa, py, ux, uy, length, reach):
        row = self._rows.get(y)
        if row is None:
            row = self._rows[y] = bytearray(self.width)
        for x in range(start, end):
            px = x + 0.5 - xa
            along, across = px * ux + py * uy, abs(py * ux - px * uy)
            if along < 0:
                across = distance(px, py)
            elif along > length:
                across = distance(across, along - length)
            if across < reach:
                share = int(min(reach - across, 1.0) * FULL + 0.5)
                if share > row[x]:
                    row[x] = share

    def runs(self) -> "Iterator[Tuple[int, int, bytes]]":
        """Yield (y, x, shares) of the canvas's rows that are covered."""
        for y, row in sorted(self._rows.items()):
            yield y + self.top, self.left, bytes(row)


def distance(x: float, y: float) -> float:
    """Return how far (x, y) is from (0, 0): the same on each Python, as math.hypot is not."""
    return math.sqrt(x * x + y * y)


def _spans(low, high):
    """Return [(first pixel, how many, share of each)] between two coordinates."""
    if low >= high:
        return []
    first, last = math.ceil(low), math.floor(high)
    if first > last:                    # within one pixel
        return [(last, 1, high - low)]
    return [span for span in ((first - 1, 1, first - low), (first, last - first, 1),
                              (last, 1, high - last)) if span[1] and span[2]]


def _equal(coverage):
    """Yield (start, how many, share) of the runs of equal bytes other than 0."""
    start, size = 0, len(coverage)
    while start < size:
        value = coverage[start]
        end = start + 1
        while end < size and coverage[end] == value:
            end += 1
        if value:
            yield start, end - start, value / FULL
        start = end


def _thinned(points):
    """Return points that draw the same line: of those in one column of pixels in a row, the first,
    the lowest, the highest and the last.
    """
    points = list(points)
    thin, start = [], 0
    while start < len(points):
        end = start + 1
        while end < len(points) and math.floor(points[end][0]) == math.floor(points[start][0]):
            end += 1
        column = points[start:end]
        if len(column) > 4:
            keep = {0, len(column) - 1}
            keep |= {min(range(len(column)), key=lambda i: column[i][1]),
                     max(range(len(column)), key=lambda i: column[i][1])}
            column = [column[i] for i in sorted(keep)]
        thin += column
        start = end
    return thin


def _marker_runs(parts, radius, x, y):
    """Return [(row, column, how many, share)] of a shape around (x, y), from its pixel's corner."""
    reach = math.ceil(radius * 1.2) + 1
    runs = []
    for row in range(-reach, reach + 1):
        shares, column = bytearray(), -reach
        while column <= reach:
            inside = _inside(parts, radius, column + 0.5 - x, row + 0.5 - y)
            share = round(FULL * min(max(inside + 0.5, 0), 1))
            same = 1 + int(max(abs(inside) - 0.5, 0))   # no border is nearer than that
            shares += bytes([share]) * same
            column += same
        runs += [(row, start - reach, n, share) for start, n, share in _equal(shares)]
    return runs


def _inside(parts, radius, x, y):
    """Return how far inside a shape around 0 a point is; negative: outside."""
    if not parts:
        return radius - distance(x, y)
    return max(_depth(corners, radius, x, y) for corners in parts)


def _depth(corners, radius, x, y):
    """Return how far inside the nearest side of a convex part a point is."""
    sides = []
    for (xa, ya), (xb, yb) in zip(corners, corners[1:] + corners[:1]):
        dx, dy = xb - xa, yb - ya
        sides.append((dx * (y - radius * ya) - dy * (x - radius * xa)) / distance(dx, dy))
    return min(sides)
