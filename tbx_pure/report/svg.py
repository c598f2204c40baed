"""Curves, distributions and the like as SVG, colored by a style sheet that follows light and dark.

A picture's own letters are those of the reader's system; all lengths are in CSS pixels.
https://www.w3.org/TR/SVG2/
"""
import math
from collections import namedtuple

from .curves import lines
from ..media.canvas import SHAPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, List, Sequence, Tuple

    from .curves import Curve, Scale

WIDTH, HEIGHT = 380, 230
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 10, 36       # between the frame and the picture's border
LETTER = 6.2                            # width of a letter of a number, about
FINE = 2                                # units of a path in a pixel
MARKERS = 4                             # on a curve, about
MARK = 4                                # half the size of one

#   what follows light and dark            light      dark
COLORS = (
    ("paper",                              "#ffffff", "#16191d"),
    ("card",                               "#ffffff", "#1e2227"),
    ("ink",                                "#20242a", "#e4e7eb"),
    ("soft",                               "#667079", "#9aa4af"),
    ("grid",                               "#e6e9ec", "#31373e"),
    ("edge",                               "#d5dade", "#3a424a"),
    ("tint",                               "#f5f7f8", "#252a30"),
    ("link",                               "#0b63b6", "#6cb2f5"),
    ("ridge",                              "#d3e6f4", "#214a68"),
    ("c0",                                 "#0072b2", "#4ba3e3"),
    ("c1",                                 "#d55e00", "#f58a3d"),
    ("c2",                                 "#009e73", "#2fc79a"),
    ("c3",                                 "#b4559a", "#de8fc7"),
    ("c4",                                 "#2f9fd6", "#8ccdf2"),
    ("c5",                                 "#82003c", "#e0658f"),
    ("c6",                                 "#b98300", "#f0c04d"),
    ("c7",                                 "#555c63", "#b9c1c9"),
)
CYCLE = 8                               # c0 to c7: colors of curves
LOOKS = 56                              # of curves, that all differ
MARKS = "disc", "square", "triangle", "diamond", "cross", "wedge", "plus"

RULES = """\
svg.chart { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif; }
.chart text { fill: var(--soft); }
.chart .grid { stroke: var(--grid); }
.chart .axis { stroke: var(--edge); }
.chart .curve { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round; }
.chart .raw { opacity: .28; stroke-width: 1.1; }
.chart .mark { stroke: var(--card); stroke-width: .8; }
.chart .ridge { fill: var(--ridge); stroke: var(--c0); stroke-width: .8; }
.chart .title { fill: var(--ink); font-weight: 600; font-size: 13px; }
"""

ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def escape(text: str) -> str:
    """Return text for HTML and for XML, in an attribute too; what XML has no place for is shown."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c in "\n\t" or c > "\x9f" and not
                       "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"
                       else c.encode("unicode_escape").decode("ascii") for c in text)
    return text.translate(ENTITIES)


def style_sheet() -> str:
    """Return the rules that give pictures and pages their colors."""
    light = " ".join("--%s: %s;" % (name, color) for name, color, _ in COLORS)
    dark = " ".join("--%s: %s;" % (name, color) for name, _, color in COLORS)
    cycle = "".join(".s%d { stroke: var(--c%d); } .f%d { fill: var(--c%d); }\n" % (i, i, i, i)
                    for i in range(CYCLE))
    return (":root { color-scheme: light dark; %s }\n"
            "@media (prefers-color-scheme: dark) { :root { %s } }\n%s%s" % (
                light, dark, RULES, cycle))


class Look(namedtuple("Look", "color mark")):
    """How a curve is told from others: the number of its color, and its marker"""


def look(number: int) -> Look:
    """Return the look of curve `number`, one of 56."""
    return Look(number % CYCLE, MARKS[number % len(MARKS)])


# ---- a chart ----

def chart(curves: "Sequence[Curve]", x: "Scale", y: "Scale", numbers: "Sequence[int]" = (),
          raw: "Sequence[Curve]" = (), width: int = WIDTH, height: int = HEIGHT,
          column: float = 1) -> str:
    """Return an SVG element of curves in axes.

    x, y:     their scales
    numbers:  of each curve, for its look; from 0 if there are none
    raw:      curves as they were before they were smoothed, for a pale line each
    column:   pixels in which a curve has four points at most
    """
    numbers = numbers or range(len(curves))
    y_ticks = y.ticks(max(int((height - TOP - BOTTOM) / 34), 2))
    left = max([LEFT] + [len(tick.text) * LETTER + 12 for tick in y_ticks])
    inner, rise = width - left - RIGHT, height - TOP - BOTTOM
    out = ['<svg class="chart" viewBox="0 0 %d %d" xmlns="http://www.w3.org/2000/svg" role="img">'
           % (width, height)]
    out += _y_axis(y_ticks, left, inner, rise)
    out += _x_axis(x, left, inner, rise)
    out.append('<g transform="translate(%.10g %d) scale(%.10g -%.10g)">' % (
        left, TOP + rise, 1 / FINE, 1 / FINE))
    drawn = [list(lines(curve, x, y, inner, rise, column)) for curve in curves]
    for number, curve in zip(numbers, raw):
        out.append(_path(list(lines(curve, x, y, inner, rise, column)), number, " raw", ""))
    for number, curve, parts in zip(numbers, curves, drawn):
        out.append(_path(parts, number, "", curve.name))
    out.append("</g>")
    for i, (number, parts) in enumerate(zip(numbers, drawn)):
        many = len(curves) > 1
        out += [marker(left + px, TOP + rise - py, number)
                for px, py in (_spread(parts, inner, (i + 0.5) / len(curves)) if many else
                               [part[0] for part in parts if len(part) == 1])]
    return "".join(out) + "</svg>"


def _y_axis(ticks, left, inner, rise):
    for tick in ticks:
        at = TOP + rise * (1 - tick.value)
        yield '<path class="grid" d="M%.10g %.1fh%.10g"/>' % (left, at, inner)
        yield '<text x="%.10g" y="%.1f" text-anchor="end">%s</text>' % (
            left - 6, at + 4, escape(tick.text))


def _x_axis(x, left, inner, rise):
    bottom = TOP + rise
    yield '<path class="axis" d="M%.10g %dh%.10g"/>' % (left, bottom, inner)
    for most in range(8, 0, -1):
        ticks = x.ticks(most)
        widest = max((len(tick.text) for tick in ticks), default=0) * LETTER + 14
        if len(ticks) < 2 or (ticks[1].value - ticks[0].value) * inner > widest:
            break
    for tick in ticks:
        at = tick.value * inner
        yield '<path class="axis" d="M%.1f %dv4"/>' % (left + at, bottom)
        half = len(tick.text) * LETTER / 2
        yield '<text x="%.1f" y="%d" text-anchor="middle">%s</text>' % (
            min(max(left + at, half), left + inner + RIGHT - half), bottom + 17, escape(tick.text))
    yield '<text x="%.10g" y="%d" text-anchor="end">%s</text>' % (
        left + inner, bottom + 31, escape(x.unit))


def _path(parts, number, kind, name):
    """Return a path through lines, in units of 1 / FINE of a pixel."""
    data = "".join(_steps(points) for points in parts)
    title = "<title>%s</title>" % escape(name) if name else ""
    return '<path class="curve s%d%s" vector-effect="non-scaling-stroke" d="%s">%s</path>' % (
        number % CYCLE, kind, data, title)


def _steps(points):
    """Return "M" and the first point, "l" and the way to each next one, as whole numbers."""
    whole = [(round(x * FINE), round(y * FINE)) for x, y in points]
    moves = [(bx - ax, by - ay) for (ax, ay), (bx, by) in zip(whole, whole[1:])]
    text = "M%d %d" % whole[0]
    if not moves:
        return text + "h0"              # a dot: its line has round ends
    return text + "l" + " ".join("%d %d" % move for move in moves).replace(" -", "-")


def _spread(parts, width, offset):
    """Yield points of a curve at distances, for its markers."""
    slots = set()
    for x, y in (point for points in parts for point in points):
        slot = math.floor(x / width * MARKERS - offset)
        if slot not in slots:
            slots.add(slot)
            yield x, y


def marker(x: float, y: float, number: int, size: float = MARK) -> str:
    """Return the marker of curve `number` at a point."""
    kind = look(number)
    if not SHAPES[kind.mark]:
        return '<circle class="mark f%d" cx="%.1f" cy="%.1f" r="%.10g"/>' % (
            kind.color, x, y, size * 0.9)
    data = "".join("M%sz" % "L".join("%.1f %.1f" % (x + a * size, y + b * size) for a, b in part)
                   for part in SHAPES[kind.mark])
    return '<path class="mark f%d" d="%s"/>' % (kind.color, data)


def symbols(count: int) -> str:
    """Return the looks of so many curves, for sample()."""
    return '<svg width="0" height="0" style="position:absolute" aria-hidden="true">%s</svg>' % (
        "".join('<symbol id="look%d" viewBox="0 0 22 12"><path class="s%d" d="M1 6h20" '
                'stroke-width="2"/>%s</symbol>' % (i, i % CYCLE, marker(11, 6, i))
                for i in range(count)))


def sample(number: int) -> str:
    """Return a small picture of a curve's look, on a page with symbols()."""
    return '<svg class="sample"><use href="#look%d"/></svg>' % number


# ---- distributions ----

def ridges(rows: "Sequence[Sequence[Tuple[float, float, float]]]", names: "Sequence[str]",
           x: "Scale", width: int = WIDTH, height: int = HEIGHT) -> str:
    """Return an SVG element of histograms, one before the other, the first at the back.

    rows:   of each histogram (left edge, right edge, count)
    names:  of each, such as its step; written beside some of them
    x:      the scale of the edges
    """
    left, inner, rise = LEFT, width - LEFT - RIGHT, height - TOP - BOTTOM
    grids = [_density(each, x) for each in rows]
    top = max((max(grid) for grid in grids), default=0) or 1
    tall = rise * (0.9 if len(rows) == 1 else 0.32)     # of the highest
    between = (rise - tall) / max(len(rows) - 1, 1)
    out = ['<svg class="chart" viewBox="0 0 %d %d" xmlns="http://www.w3.org/2000/svg" role="img">'
           % (width, height)]
    out += _x_axis(x, left, inner, rise)
    every = max(math.ceil(14 / between), 1) if len(rows) > 1 else 1
    for i, (grid, name) in enumerate(zip(grids, names)):
        base = TOP + rise - (len(rows) - 1 - i) * between
        step = inner / len(grid)
        points = "".join("L%.10g %.1f" % (round(left + (j + 0.5) * step, 1), base - n / top * tall)
                         for j, n in enumerate(grid))
        out.append('<path class="ridge" d="M%d %.1f%sL%d %.1fz"><title>%s</title></path>' % (
            left, base, points, left + inner, base, escape(name)))
        if (len(rows) - 1 - i) % every == 0:
            out.append('<text x="%d" y="%.1f" text-anchor="end">%s</text>' % (
                left - 6, base + 3, escape(name)))
    return "".join(out) + "</svg>"


BINS = 60


def _density(rows, x):
    """Return how much of a histogram falls into each of BINS bins along a scale."""
    bins = [0.0] * BINS
    for a, b, count in rows:
        low, high = sorted((x.at(a) * BINS, x.at(b) * BINS))
        if not (count > 0 and math.isfinite(low + high) and math.isfinite(count)):
            continue
        first, last = max(int(low), 0), min(int(high), BINS - 1)
        for i in range(first, last + 1):
            share = (min(high, i + 1) - max(low, i)) / (high - low) if high > low else 1
            bins[i] += count * max(share, 0)
    return bins


# ---- a file ----

def document(charts: "Sequence[Tuple[str, str, List[Tuple[int, str]]]]", width: int = 760,
             height: int = 420) -> "Iterator[str]":
    """Yield an SVG file of charts, one below the other.

    charts:  of each its title, its SVG element as chart() makes it of this size, and its legend,
             as (number of a curve, name)
    """
    tall = [height + 30 + 18 * len(legend) for _, _, legend in charts]
    yield ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d">\n'
           '<style>%ssvg.chart { width: %dpx; height: %dpx; }</style>\n'
           '<rect width="100%%" height="100%%" fill="var(--card)"/>\n' % (
               width, sum(tall), width, sum(tall), style_sheet(), width, height))
    top = 0
    for (title, picture, legend), size in zip(charts, tall):
        yield '<g class="chart" font-family="system-ui, sans-serif" font-size="12">'
        yield '<text class="title" x="12" y="%d">%s</text>' % (top + 20, escape(title))
        yield '<svg x="0" y="%d" width="%d" height="%d">%s</svg>' % (
            top + 26, width, height, picture)
        for i, (number, name) in enumerate(legend):
            y = top + height + 36 + 18 * i
            yield marker(LEFT + 8, y, number)
            yield '<text x="%d" y="%d">%s</text>' % (LEFT + 22, y + 4, escape(name))
        yield "</g>\n"
        top += size
    yield "</svg>\n"
