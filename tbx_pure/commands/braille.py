"""Curves drawn with characters: in dots of Braille, 2 x 4 a character, or in ASCII.

Every curve has a character of its own: in the legend, and now and then on its line, so that none is
told from the others by its color alone.
"""
import math

from ..report.curves import lines
from .output import cut, padded, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterator, List, Optional, Sequence, Tuple

    from ..report.curves import Curve, Scale

    Cell = Tuple[int, int]

EMPTY = 0x2800                          # of Unicode's Braille patterns
#   dots of a character: the bit of each, by its row from above and its column
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))

#   SGR parameters of the curves: blue, orange, green, magenta, cyan, red, yellow
COLORS = ("38;5;33", "38;5;208", "38;5;35", "38;5;170", "38;5;44", "38;5;160", "38;5;142")

LEAST_WIDTH, LEAST_HEIGHT = 16, 4       # characters of the frame within the axes
BETWEEN = 18                            # characters of a line between two of its marks


class Style:
    """What is drawn with: the marks of the curves, the dots of a character, the axes.

    marks:  one for each curve, again from the first if there are more
    dots:   (across, down) of a character
    frame:  what the axes are made of: |, a tick left of it, the corner, -, a tick below it
    """

    def __init__(self, marks: str, dots: "Tuple[int, int]", frame: "Sequence[str]") -> None:
        self.marks, self.dots, self.frame = marks, dots, frame


BRAILLE = Style("\u25cf\u25b2\u25a0\u25c6\u2716\u25bc\u271a\u25cb\u25b3\u25a1\u25c7", (2, 4),
                "\u2502\u2524\u2514\u2500\u252c")
ASCII = Style("*o+x#@%&=$", (1, 2), "|++-+")


def style_for(encoding: "Optional[str]") -> Style:
    """Return the style for a stream's encoding, None being one that takes every character."""
    return BRAILLE if encoding is None else ASCII


class Drawing:
    """A frame of characters that lines are drawn in, a point being a dot.

    columns, rows:  how many characters
    """

    def __init__(self, style: Style, columns: int, rows: int) -> None:
        self.style, self.columns, self.rows = style, columns, rows
        self.width, self.height = columns * style.dots[0], rows * style.dots[1]
        self._dots = {}                 # type: Dict[Cell, int]
        self._owner = {}                # type: Dict[Cell, int]
        self._marks = {}                # type: Dict[Cell, str]

    def line(self, points: "Sequence[Tuple[float, float]]", number: int) -> None:
        """Draw a line of curve `number` through points, x from 0 to width, y from 0, upwards."""
        dots = [(min(int(x), self.width - 1), min(int(y), self.height - 1)) for x, y in points]
        self._dot(dots[0], number)
        for start, end in zip(dots, dots[1:]):
            for dot in _between(start, end):
                self._dot(dot, number)

    def mark(self, x: float, y: float, number: int) -> None:
        """Put the mark of curve `number` at a point, unless another's is there."""
        cell = self._cell((min(int(x), self.width - 1), min(int(y), self.height - 1)))
        if cell not in self._marks:
            self._marks[cell] = mark(self.style, number)
            self._owner[cell] = number

    def _cell(self, dot):
        return dot[0] // self.style.dots[0], self.rows - 1 - dot[1] // self.style.dots[1]

    def _dot(self, dot, number):
        cell = self._cell(dot)
        across, down = self.style.dots
        below = dot[1] % down
        self._dots[cell] = self._dots.get(cell, 0) | BITS[down - 1 - below][dot[0] % across]
        self._owner[cell] = number

    def line_of(self, row: int, colored: bool) -> str:
        """Return a row of characters, the first being the highest."""
        out = []
        for column in range(self.columns):
            cell = column, row
            if cell not in self._owner:
                out.append(" ")
                continue
            number = self._owner[cell]
            char = self._marks.get(cell) or self._char(cell, number)
            out.append(painted(char, number) if colored else char)
        return "".join(out)

    def _char(self, cell, number):
        if self.style is BRAILLE:
            return chr(EMPTY + self._dots[cell])
        return mark(self.style, number)


def _between(start, end):
    """Yield the dots from one to the next, without the first."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    for i in range(1, steps + 1):
        yield (start[0] + round((end[0] - start[0]) * i / steps),
               start[1] + round((end[1] - start[1]) * i / steps))


def mark(style: Style, number: int) -> str:
    """Return the character of a curve."""
    return style.marks[number % len(style.marks)]


def painted(text: str, number: int) -> str:
    """Return text in the color of a curve."""
    return "\x1b[%sm%s\x1b[0m" % (COLORS[number % len(COLORS)], text)


# ---- a chart ----

def chart(curves: "Sequence[Curve]", x: "Scale", y: "Scale", width: int, height: int,
          style: Style = BRAILLE, colored: bool = False, numbers: "Sequence[int]" = (),
          ) -> "Iterator[str]":
    """Yield the lines of a chart without its title and legend.

    x, y:           their scales
    width, height:  in characters, of all of it
    numbers:        of each curve, for its color and mark; from 0 if there are none
    """
    rows = max(height - 3, LEAST_HEIGHT)
    y_ticks = y.ticks(max(rows // 3, 2))
    gutter = max([width_of(tick.text) for tick in y_ticks] + [1]) + 2
    drawing = Drawing(style, max(width - gutter - 1, LEAST_WIDTH), rows)
    numbers = numbers or range(len(curves))
    drawn = [list(lines(curve, x, y, drawing.width, drawing.height)) for curve in curves]
    for number, parts in zip(numbers, drawn):
        for points in parts:
            drawing.line(points, number)
    if len(curves) > 1:
        for i, (number, parts) in enumerate(zip(numbers, drawn)):
            _marks(drawing, parts, number, (i + 0.5) / len(curves))
    upright, tick_left, corner, level, tick_below = style.frame
    named = {rows - 1 - min(int(tick.value * rows), rows - 1): tick.text for tick in y_ticks}
    for row in range(rows):
        text = padded(named.get(row, ""), gutter - 1, right=True)
        yield "%s %s%s" % (text, tick_left if row in named else upright,
                           drawing.line_of(row, colored))
    for line in _x_axis(x, drawing.columns, corner, level, tick_below):
        yield " " * gutter + line


def _marks(drawing, parts, number, offset):
    """Put a curve's marks on it, at distances, those of each curve elsewhere."""
    distance = BETWEEN * drawing.style.dots[0]
    slots = set()
    for x, y in (point for points in parts for point in points):
        slot = math.floor(x / distance - offset)
        if slot not in slots:
            slots.add(slot)
            if x >= (slot + offset) * distance or len(slots) > 1 or len(parts[0]) == 1:
                drawing.mark(x, y, number)


def _x_axis(x, columns, corner, level, tick_below):
    """Return the axis below, the numbers under it, and what they are."""
    for most in range(max(columns // 10, 2), 0, -1):
        ticks = [(min(int(tick.value * columns), columns - 1), tick.text)
                 for tick in x.ticks(most)]
        places = [_place(at, text, columns) for at, text in ticks]
        if all(end + 1 < start for (_, end), (start, _) in zip(places, places[1:])):
            break
    axis, row = [level] * columns, ""
    for (at, text), (start, _) in zip(ticks, places):
        axis[at] = tick_below
        row = padded(row, start) + text
    unit = x.unit
    if unit and len(row) + 2 + len(unit) <= columns:
        row = padded(row, columns - len(unit)) + unit
        return [corner + "".join(axis), " " + row]
    return [corner + "".join(axis), " " + row, " " + padded(unit, columns, right=True)]


def _place(at, text, columns):
    """Return the columns (first, after the last) of a number below its tick."""
    start = min(max(at - len(text) // 2, 0), max(columns - len(text), 0))
    return start, start + len(text)


def legend(names: "Sequence[str]", facts: "Sequence[Sequence[str]]", width: int,
           style: Style = BRAILLE, colored: bool = False, numbers: "Sequence[int]" = (),
           encoding: "Optional[str]" = None) -> "Iterator[str]":
    """Yield a line for each curve: its mark, its name, and facts about it in columns."""
    numbers = numbers or range(len(names))
    widths = [max(map(width_of, column)) for column in zip(*facts)]
    room = max(width - 4 - sum(w + 2 for w in widths), 8)
    longest = min(max(map(width_of, names), default=0), room)
    for number, name, row in zip(numbers, names, facts):
        sign = mark(style, number)
        cells = "".join("  " + padded(fact, w) for fact, w in zip(row, widths)).rstrip()
        yield "  %s %s%s" % (painted(sign, number) if colored else sign,
                             padded(cut(name, longest, encoding), longest), cells)
