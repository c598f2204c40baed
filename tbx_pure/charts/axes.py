"""Axes: the frame of a chart with its scales, grid, labels, legend and scale of colors.

    axes = Axes((0, 10), (-1, 1), x_label="epoch", legend=[Entry("loss", BLUE, "line")])
    with axes.clipped() as canvas:
        canvas.polyline([axes.point(x, y) for x, y in data], BLUE)
    axes.canvas.png()
"""
import math
import sys
from collections import namedtuple

from ..media import font
from ..media.canvas import BLACK, WHITE, Canvas, text_box
from ..media.colormaps import color_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ContextManager, Iterable, List, Optional, Sequence, Tuple

    from ..media.canvas import Box, Color

    Range = Tuple[float, float]

# TensorBoard fits pictures into cards, 350 pixels wide on its page Images, 300 x 207 on Time
# Series, by leaving pixels out.  At half the size, all that is two pixels thick is still there.
WIDTH, HEIGHT = 600, 400
SCALE = 2                               # of the font
THIN = 2                                # pixels: the thinnest line
GRID, FRAME = (228, 228, 228), (110, 110, 110)
BORDER = 8                              # around all, and between parts
TICK = 6                                # length of a tick
SPACE = 4                               # between a tick and its label
BELOW = font.HEIGHT * SCALE // 2        # from the frame to other texts than the numbers of y
SWATCH = 28                             # width of a legend's picture
SAMPLE, STROKE = 13, 4                  # in it: the size of a marker, the width of a line
BAR = 20                                # width of a scale of colors
MAX_NAME = 180                          # pixels of a name in a legend
LEAST = 200                             # width of the frame, before names in the legend are cut
BETWEEN_X, BETWEEN_Y = 20, 48           # pixels between labels at least; between ticks
SMALLEST = 1e-300                       # half a range
DIGITS = 6                              # of a number that is not written with an exponent, at most
ELLIPSIS = "\u2026"


class Entry(namedtuple("Entry", "name color shape")):
    """A row of a legend; shape: one of media.canvas.SHAPES, or "line" """


class Tick(namedtuple("Tick", "value text")):
    """A number of a scale and how it is written"""


class Colorbar(namedtuple("Colorbar", "table low high")):
    """A scale of colors: a table of media.colormaps, and the numbers at its ends"""


# ---- numbers ----

def padded(values: "Iterable[float]", share: float = 0.05) -> "Range":
    """Return a range that holds the finite ones of some numbers, and `share` of it on either side.

    Equal numbers, and none, make a range around them.
    """
    finite = [v for v in values if math.isfinite(v)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    size = max(abs(low), abs(high))
    half = high / 2 - low / 2           # halves, since the difference may be infinite
    pad = half * (2 * share)
    if half <= max(size * 1e-12, SMALLEST):
        pad = size * 0.2 if size > 1e-200 else 1.0
    most = sys.float_info.max
    return max(low - pad, -most), min(high + pad, most)


def position(value: float, low: float, high: float) -> float:
    """Return where a number stands between low (0) and high (1)."""
    return (value / 2 - low / 2) / (high / 2 - low / 2)


def ticks(low: float, high: float, most: int) -> "List[Tick]":
    """Return round numbers from low to high, at most so many: multiples of 1, 2 or 5 times a power
    of ten, written with as few digits as tell them apart.
    """
    exponent = math.floor(math.log10((high / 2 - low / 2) / most)) - 1
    while True:
        for unit in (1, 2, 5):
            step = unit * 10.0 ** exponent
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            if last - first < most:
                return _written([n * unit for n in range(first, last + 1)], exponent)
        exponent += 1


def _written(numbers, exponent):
    """Return whole numbers times 10 ** exponent as ticks."""
    largest = max(map(abs, numbers), default=0)
    power = exponent + len(str(largest)) - 1            # of the largest number's first digit
    plain = [_decimal(n, -exponent) for n in numbers]
    short = [_decimal(n, power - exponent) + "e%d" % power if n else "0" for n in numbers]
    texts = plain
    if _longest(plain) > max(DIGITS, _longest(short)):
        texts = short
    return [Tick(float(n * 10 ** exponent) if exponent >= 0 else n / 10 ** -exponent, text)
            for n, text in zip(numbers, texts)]


def _longest(texts):
    return max((len(text.lstrip("-")) for text in texts), default=0)


def _decimal(n, places):
    """Write n / 10 ** places, exactly."""
    if places <= 0:
        return str(n * 10 ** -places)
    digits = str(abs(n)).rjust(places + 1, "0")
    return "-" * (n < 0) + digits[:-places] + "." + digits[-places:]


# ---- text that fits ----

def width_of(text: str, scale: int = SCALE) -> int:
    return font.size(text, scale)[0]


def height_of(scale: int = SCALE) -> int:
    return font.HEIGHT * scale


def cut(text: str, width: float, scale: int = SCALE) -> str:
    """Return as much of a text as `width` pixels hold, with an ellipsis if that is not all."""
    if width_of(text, scale) <= width:
        return text
    end, left = 0, width - width_of(ELLIPSIS, scale)
    for end, char in enumerate(text):
        left -= width_of(char, scale) + font.GAP * scale
        if left < 0:
            break
    return text[:end].rstrip() + ELLIPSIS


def overlap(a: "Box", b: "Box") -> bool:
    """Return whether two boxes (x0, y0, x1, y1) share a pixel."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


class Sheet:
    """A canvas that keeps account of its texts.

    canvas:  what is drawn on
    boxes:   (x0, y0, x1, y1) of each text
    """

    def __init__(self, width: int, height: int) -> None:
        self.canvas = Canvas(width, height, WHITE)
        self.boxes = []                 # type: List[Box]

    def text(self, x: float, y: float, text: str, anchor: str, vertical: bool = False,
             color: "Color" = BLACK, scale: int = SCALE) -> None:
        """Write a text; one that would cross the picture's border is moved inside."""
        if not text:
            return
        x0, y0, x1, y1 = text_box(x, y, text, scale, anchor, vertical)
        x0 = max(min(x0, self.canvas.width - (x1 - x0)), 0)
        y0 = max(min(y0, self.canvas.height - (y1 - y0)), 0)
        self.boxes.append(self.canvas.text(x0, y0, text, color, scale, "nw", vertical))

    def colorbar(self, bar: Colorbar, x: int, y0: int, y1: int) -> None:
        """Draw a scale of colors from row y1 up to y0, its numbers right of it."""
        rows = y1 - y0
        for i in range(rows):
            color = color_at(bar.table, (i + 0.5) / rows)
            self.canvas.fill(x, y1 - i - 1, x + BAR, y1 - i, color)
        self.canvas.frame(x, y0, x + BAR, y1, FRAME, THIN)
        for tick in bar_ticks(bar, rows):
            y = round(y1 - THIN - position(tick.value, bar.low, bar.high) * (rows - THIN))
            self.canvas.fill(x + BAR, y, x + BAR + TICK, y + THIN, FRAME)
            self.text(x + BAR + TICK + SPACE, y + THIN / 2, tick.text, "w")


def bar_ticks(bar: Colorbar, rows: int) -> "List[Tick]":
    """Return the numbers beside a scale of colors of so many pixels: two at least."""
    room = max(rows // BETWEEN_Y, 2)
    for most in room, 3, 5:             # 0 alone does not tell what the other colors are
        found = ticks(bar.low, bar.high, most)
        if len(found) > 1:
            break
    return found if len(found) <= max(room, 3) else found[::2]


def bar_width(bar: "Optional[Colorbar]", rows: int) -> int:
    """Return the pixels that a scale of colors takes, with its numbers and the space before it."""
    if bar is None:
        return 0
    return 2 * BORDER + BAR + TICK + SPACE + max(
        (width_of(tick.text) for tick in bar_ticks(bar, rows)), default=0)


# ---- axes ----

class Axes(Sheet):
    """A frame to draw data in.

    x_range, y_range:  (low, high): the numbers at the frame's sides; low < high
    x_label, y_label, title:  texts; what does not fit is cut
    legend:    entries, shown right of the frame
    colorbar:  shown right of the frame
    width, height:  of the picture, in pixels

    canvas:  what is drawn on, the frame already there
    area:    (x0, y0, x1, y1), the pixels within the frame
    boxes:   (x0, y0, x1, y1) of each text
    """

    def __init__(self, x_range: "Range", y_range: "Range", x_label: str = "", y_label: str = "",
                 title: str = "", legend: "Sequence[Entry]" = (),
                 colorbar: "Optional[Colorbar]" = None, width: int = WIDTH,
                 height: int = HEIGHT) -> None:
        Sheet.__init__(self, width, height)
        self.x_range, self.y_range = x_range, y_range
        line = height_of() + SPACE
        y0 = BORDER + height_of() + BELOW if title else BORDER + SPACE
        y1 = height - BORDER - BELOW - height_of() - (line if x_label else 0)
        self.y_ticks = ticks(y_range[0], y_range[1], max((y1 - y0) // BETWEEN_Y, 2))
        x0 = BORDER + (line if y_label else 0) + TICK + SPACE + max(
            (width_of(tick.text) for tick in self.y_ticks), default=0)
        right = width - 2 * BORDER - bar_width(colorbar, y1 - y0)
        room = min(right - x0 - LEAST - 2 * BORDER - SWATCH, MAX_NAME)
        legend, scale = _fitting(legend, room, height - 6 * BORDER)
        x1 = right - _legend_width(legend, scale)
        self.area = x0, y0, x1, y1
        self.x_ticks = self._fitting_x_ticks()
        self._frame()
        self._labels(x_label, y_label, title)
        if colorbar:
            self.colorbar(colorbar, x1 + 2 * BORDER, y0, y1)
        self._legend(legend, scale, x1 + 2 * BORDER + bar_width(colorbar, y1 - y0), y0)

    def point(self, x: float, y: float) -> "Tuple[float, float]":
        """Return where on the canvas a point of the data is; both numbers are finite."""
        x0, y0, x1, y1 = self.area
        return (x0 + position(x, *self.x_range) * (x1 - x0),
                y1 - position(y, *self.y_range) * (y1 - y0))

    def clipped(self) -> "ContextManager[Canvas]":
        """with axes.clipped() as canvas: draw within the frame only."""
        return self.canvas.clipped(*self.area)

    def _fitting_x_ticks(self):
        x0, _, x1, _ = self.area
        low, high = self.x_range
        for most in range(11, 1, -1):
            found = ticks(low, high, most)
            widest = max((width_of(tick.text) for tick in found), default=0)
            moved = max(widest / 2 - min(x0, self.canvas.width - x1), 0)        # at the border
            places = [position(tick.value, low, high) * (x1 - x0) for tick in found[:2]]
            if len(found) < 2 or widest + BETWEEN_X + moved <= places[1] - places[0]:
                return found
        return found[:1]

    def _frame(self):
        x0, y0, x1, y1 = self.area
        low_x, low_y = self.x_range[0], self.y_range[0]
        for tick in self.x_ticks:
            x = math.floor(self.point(tick.value, low_y)[0]) - THIN // 2
            self.canvas.fill(x, y0, x + THIN, y1, GRID)
            self.canvas.fill(x, y1, x + THIN, y1 + TICK, FRAME)
            self.text(x + THIN / 2, y1 + BELOW, tick.text, "n")
        for tick in self.y_ticks:
            y = math.floor(self.point(low_x, tick.value)[1]) - THIN // 2
            self.canvas.fill(x0, y, x1, y + THIN, GRID)
            self.canvas.fill(x0 - TICK, y, x0, y + THIN, FRAME)
            self.text(x0 - TICK - SPACE, y + THIN / 2, tick.text, "e")
        self.canvas.frame(x0 - THIN, y0 - THIN, x1 + THIN, y1 + THIN, FRAME, THIN)

    def _labels(self, x_label, y_label, title):
        x0, y0, x1, y1 = self.area
        width = self.canvas.width - 2 * BORDER
        self.text((x0 + x1) / 2, BORDER, cut(title, width), "n")
        self.text((x0 + x1) / 2, self.canvas.height - BORDER, cut(x_label, width), "s")
        self.text(BORDER, (y0 + y1) / 2, cut(y_label, y1 - y0), "w", vertical=True)

    def _legend(self, legend, scale, x, y):
        row = _row(scale)
        for i, entry in enumerate(legend):
            middle = y + i * row + row // 2 + 0.5
            if entry.shape == "line":
                self.canvas.polyline([(x + SPACE, middle), (x + SWATCH - SPACE - STROKE, middle)],
                                     entry.color, STROKE)
            elif entry.shape:
                self.canvas.marker(x + SWATCH / 2, middle, SAMPLE, entry.color, entry.shape)
            self.text(x + SWATCH, middle, entry.name, "w", scale=scale)


def _row(scale):
    """Return the height of a legend's row."""
    return height_of(scale) + THIN


def _fitting(legend, width, height):
    """Return (a legend that fits, the scale of its letters): large if all of it can be; otherwise
    names are cut, and the last row tells how many there are no rows for.
    """
    large = (len(legend) * _row(SCALE) <= height
             and all(width_of(entry.name) <= width for entry in legend))
    scale = SCALE if large else 1
    most = height // _row(scale)
    rows = [entry._replace(name=cut(entry.name, width, scale)) for entry in legend]
    if len(rows) > most:
        rows[most - 1:] = [Entry("%s %d more" % (ELLIPSIS, len(rows) - most + 1), BLACK, "")]
    return rows, scale


def _legend_width(legend, scale):
    return max((2 * BORDER + SWATCH + width_of(entry.name, scale) for entry in legend), default=0)
