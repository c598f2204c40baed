"""Draw scalars as curves: in the terminal, or as an SVG file.

A chart for each tag, a curve for each run that has it.  Numbers are those that TensorBoard shows
unless --steps says otherwise; --smooth is its slider Smoothing.

    python3 -m tbx_pure plot runs --tag '*loss*'
    python3 -m tbx_pure plot runs --tag loss --smooth 0.9 --log --x relative
    python3 -m tbx_pure plot runs --svg loss.svg
"""
import sys

from ..plugins import counted
from .output import (OK, Paint, add_color, add_new_file, add_progress, columns, cut, encoding_of,
                     may_write, new_file, number_from, say, visible)
from .reading import add_paths, add_tag, inputs_of, matches, nothing
from .selection import SAID, add_run, add_smooth, add_steps, chosen_runs, shown_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Dict, List, Tuple

MOST = 6                                # charts, unless tags are asked for
HEIGHT = 18                             # rows of a chart
SVG = 760, 420


def arguments(parser: "ArgumentParser") -> None:
    add_paths(parser)
    add_tag(parser)
    add_run(parser)
    add_steps(parser, "last")
    parser.add_argument("--x", choices=("step", "relative", "wall"), default="step",
                        help="the step, the time since a run began, or the time (UTC)")
    parser.add_argument("--log", action="store_true", help="a logarithmic axis of values")
    add_smooth(parser)
    parser.add_argument("--overlay", action="store_true", help="all tags in one chart")
    parser.add_argument("--height", type=number_from(1), default=HEIGHT, metavar="ROWS",
                        help="of a chart; %d is the default" % HEIGHT)
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters alone")
    parser.add_argument("--svg", metavar="FILE", help="write an SVG file; - is standard output")
    add_new_file(parser)
    add_color(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """Draw; 1 if something is damaged or no tag is like this, 3 if something cannot be read."""
    if args.svg and args.svg != "-":
        may_write(args.svg, args.force)         # before much is read
    runs, code = chosen_runs(args)
    if not runs:
        return code
    charts, more = _charts(args, runs)
    if not charts:
        return nothing(args.path, code)
    if args.svg:
        _write_svg(args, charts)
    else:
        for n, (title, series) in enumerate(charts):
            print("\n" * bool(n) + "\n".join(_drawn(args, title, series)))
    if more:
        say(", ".join(args.path), "%d more tags; to draw them too: --tag '*'" % more, OK)
    return code


def _charts(args, runs):
    """Return ([(title, {name of a curve: its series})], how many tags were left out)."""
    from ..report.curves import in_order
    found = {}                          # type: Dict[str, Dict[str, Any]]
    for name, run in shown_names(runs, args.path[0]).items():
        for tag in run.tags().get("scalars", ()):
            if matches(tag, args.tag):
                found.setdefault(tag, {})[name] = run.scalars(tag, args.steps or "last")
    tags = sorted(found, key=in_order)
    if not (args.tag or args.overlay):
        tags = tags[:MOST]
    if args.overlay and tags:
        together = {tag if len(runs) == 1 else "%s: %s" % (name, tag): series
                    for tag in tags for name, series in found[tag].items()}
        return [(", ".join(tags), together)], 0
    return [(tag, found[tag]) for tag in tags], len(found) - len(tags)


def _curves(args, series):
    """Return (the curves as they are, smoothed, the scale of x)."""
    from ..report.curves import X_AXES, Curve, smoothed
    along, scale = X_AXES[args.x]
    raw = [Curve(name, along(each), each.values) for name, each in series.items()]
    drawn = [Curve(curve.name, curve.xs, smoothed(curve.ys, args.smooth)) for curve in raw]
    return raw, drawn, scale([value for curve in raw for value in curve.xs])


def _y_scale(args, curves):
    from ..report.curves import linear, logarithmic
    return (logarithmic if args.log else linear)([y for curve in curves for y in curve.ys])


def _about(args):
    """Return what is said of a chart beside its title."""
    return ", ".join([SAID[args.steps or "last"]] + ["log"] * args.log + (
        ["smoothed %g" % args.smooth] if args.smooth else []))


def facts(values: "Any") -> "Tuple[str, ...]":
    """Return what a legend tells of a curve's numbers."""
    import math
    finite = [value for value in values if math.isfinite(value)]
    gaps = len(values) - len(finite)
    told = ["last %.5g" % values[-1], "min %.5g" % min(finite), "max %.5g" % max(finite)
            ] if finite else ["", "", ""]
    return tuple(told) + (counted(len(values), "point") + (
        ", %d not finite" % gaps if gaps else ""),)


# ---- in the terminal ----

def _drawn(args, title, series):
    """Yield the lines of a chart."""
    from .braille import ASCII, chart, legend, style_for
    encoding, width, paint = encoding_of(sys.stdout), columns(), Paint(args.color)
    style = ASCII if args.ascii else style_for(encoding)
    raw, drawn, x = _curves(args, series)
    about = _about(args)
    title = cut(visible(title, encoding), max(width - len(about) - 4, 8), encoding)
    yield "%s  (%s)" % (paint(title, "head"), about)
    for line in chart(drawn, x, _y_scale(args, drawn), width, args.height, style, paint.on):
        yield line.rstrip()
    names = [visible(curve.name, encoding) for curve in raw]
    for line in legend(names, [facts(curve.ys) for curve in raw], width, style, paint.on,
                       encoding=encoding):
        yield line


# ---- as SVG ----

def _write_svg(args, charts):
    from ..report import svg
    pictures = []                       # type: List[Tuple[str, str, List[Tuple[int, str]]]]
    for title, series in charts:
        raw, drawn, x = _curves(args, series)
        pale = raw if args.smooth else ()
        picture = svg.chart(drawn, x, _y_scale(args, raw), (), pale, *SVG)
        pictures.append(("%s  (%s)" % (title, _about(args)), picture, [
            (i, "%s:  %s" % (curve.name, ",  ".join(filter(None, facts(curve.ys)))))
            for i, curve in enumerate(raw)]))
    with new_file(args.svg, args, inputs_of(args.path)) as file:
        for part in svg.document(pictures, *SVG):
            file.write(part.encode("utf-8"))
