"""The parts of a page about runs, a function for each kind of data: HTML, a card at a time."""
import math
from base64 import b64encode
from itertools import groupby

from . import svg
from ..errors import FormatError
from ..media.encoded import kind
from ..plugins import counted
from .curves import Curve, by_step, in_order, linear, smoothed
from .svg import escape
from .text import html

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Tuple

    from ..read.run import Run
    from .page import Options

SIZE = 8e6                              # bytes of all curves, about, at most
CURVE_SIZE = 7000                       # bytes of one of more points than pixels, about
FEW = 12                                # charts that need no groups
LEGEND = 8                              # runs in a chart's legend before the rest is folded
RIDGES = 24                             # histograms of a tag
LARGEST = 2 << 20                       # bytes of a picture
LONGEST = 20000                         # characters of a text
TINY = 96                               # pixels: a picture that is shown larger than it is
END_OF_TEXT = "/text_summary"

#   plugin                        what to do about what a page does not show
ELSEWHERE = {
    "audio":                      "for the command extract",
    "graphs":                     "for the command graph",
    "meta_graph":                 "for the command graph",
    "line_chart":                 "shown as a picture",
    "scatter":                    "shown as a picture",
    "heatmap":                    "shown as a picture",
    "hparams":                    "shown among the runs",
}


class Made:
    """What is being shown, and what was left out: [(run, tag, why)]."""

    def __init__(self, runs: "Dict[str, Run]", options: "Options") -> None:
        self.runs, self.options = runs, options
        self.numbers = {name: i for i, name in enumerate(runs)}
        self.left_out = []              # type: List[Tuple[str, str, str]]

    def tags(self, plugin: str) -> "List[Tuple[str, List[str]]]":
        """Return [(tag, the runs that have it)] of a plugin, by tag."""
        found = {}                      # type: Dict[str, List[str]]
        for name, run in self.runs.items():
            for tag in run.tags().get(plugin, ()):
                if self.options.wants(tag, plugin):
                    found.setdefault(tag, []).append(name)
        return [(tag, found[tag]) for tag in sorted(found, key=in_order)]


def all_of(made: Made) -> "Iterator[Tuple[str, Iterator[str]]]":
    """Yield (name, its parts) of each section that has something to show."""
    for name, plugin, show in SECTIONS:
        tags = made.tags(plugin)
        if tags:
            yield name, show(made, tags)


def card(title: str, about: str, inside: str, wide: bool = False) -> str:
    """Return a card: a title, a remark beside it, HTML below."""
    return '<article class="card%s"><h3>%s%s</h3>%s</article>\n' % (
        " wide" * wide, escape(title), " <small>%s</small>" % escape(about) if about else "",
        inside)


def written(x: "Any") -> str:
    """Return a value as people read it."""
    if isinstance(x, float):
        return "%.5g" % x
    return "" if x is None else str(x)


def _of(run, made):
    """Return the name of a run as a remark: nothing if there is one only."""
    return "" if len(made.runs) == 1 else run


# ---- scalars ----

def _scalars(made, tags):
    curves = sum(len(runs) for _, runs in tags)
    column = min(max(curves * CURVE_SIZE / SIZE, 1), 8)
    if len(tags) <= FEW:
        yield '<div class="cards">%s</div>' % "".join(
            _scalar(made, tag, runs, column) for tag, runs in tags)
        return
    for group, found in groupby(tags, lambda each: each[0].partition("/")[0]):
        members = list(found)
        yield '<details open><summary>%s <small>%s</small></summary><div class="cards">' % (
            escape(group), len(members))
        for tag, runs in members:
            yield _scalar(made, tag, runs, column)
        yield "</div></details>\n"


def _scalar(made, tag, runs, column):
    options = made.options
    series = {name: made.runs[name].scalars(tag, options.steps) for name in runs}
    raw = [Curve(name, by_step(each), each.values) for name, each in series.items()]
    drawn = [Curve("%s: %s" % (curve.name, written(curve.ys[-1])), curve.xs,
                   smoothed(curve.ys, options.smooth)) for curve in raw]
    x = linear([v for curve in raw for v in curve.xs], 0, "step")
    y = linear([v for curve in raw for v in curve.ys])
    looks = [made.numbers[name] for name in runs]
    picture = svg.chart(drawn, x, y, looks, raw if options.smooth else (), column=column)
    about = next((each.metadata.get("display_name", "") for each in series.values()), "")
    return card(tag, about if about != tag else "", picture + (
        _legend(raw, looks) if len(made.runs) > 1 else '<p class="facts">%s</p>' % escape(
            _facts(raw[0]))))


def _facts(curve):
    finite = [y for y in curve.ys if math.isfinite(y)]
    gaps = len(curve.ys) - len(finite)
    told = ["last " + written(curve.ys[-1])]
    if len(finite) > 1:
        told += ["min " + written(min(finite)), "max " + written(max(finite))]
    return " \u00b7 ".join(told + [counted(len(curve.ys), "point")] +
                           ["%d not finite" % gaps] * bool(gaps))


def _legend(curves, looks):
    rows = ['<li>%s<span title="%s">%s</span><b>%s</b></li>' % (
        svg.sample(look % svg.LOOKS), escape(curve.name), escape(curve.name),
        escape(written(curve.ys[-1]))) for curve, look in zip(curves, looks)]
    if len(rows) > LEGEND + 1:
        rows[LEGEND:] = ['<li><details><summary>%d more</summary><ul class="legend">%s</ul>'
                         "</details></li>" % (len(rows) - LEGEND, "".join(rows[LEGEND:]))]
    return '<ul class="legend">%s</ul>' % "".join(rows)


# ---- precision-recall curves ----

def _pr_curves(made, tags):
    yield '<div class="cards">'
    for tag, runs in tags:
        curves, steps = [], []
        for name in runs:
            point = _newest(made, name, "pr_curves", tag)
            if point is not None:
                rows = point.value
                curves.append(Curve(name, [row[6] for row in rows], [row[5] for row in rows]))
                steps.append("step %d" % point.step)
        if curves:
            looks = [made.numbers[curve.name] for curve in curves]
            picture = svg.chart(curves, linear([0, 1], 0, "recall"), linear([0, 1], 0.02), looks)
            yield card(tag, "precision, " + ", ".join(sorted(set(steps))), picture + (
                _names(curves, looks) if len(made.runs) > 1 else ""))
    yield "</div>"


def _names(curves, looks):
    return '<ul class="legend">%s</ul>' % "".join(
        "<li>%s<span>%s</span></li>" % (svg.sample(look % svg.LOOKS), escape(curve.name))
        for curve, look in zip(curves, looks))


def _newest(made, run, plugin, tag):
    """Return the newest point of a series that makes sense, or None."""
    series = made.runs[run].series(plugin, tag, "last")
    return next(_sound(made, run, tag, series, reversed(range(len(series)))), None)


def _sound(made, run, tag, series, indices):
    """Yield those points of a series that make sense."""
    for i in indices:
        try:
            yield series[i]
        except FormatError as e:
            made.left_out.append((run, tag, "step %d makes no sense: %s" % (series.steps[i], e)))


# ---- histograms ----

def _histograms(made, tags):
    yield '<div class="cards">'
    for tag, runs in tags:
        for name in runs:
            points = _sampled(made, name, "histograms", tag, RIDGES)
            edges = [edge for point in points for row in point.value if row[2] > 0
                     for edge in row[:2]]
            if edges:
                picture = svg.ridges([point.value for point in points],
                                     [str(point.step) for point in points], linear(edges, 0.02))
                yield card(tag, _of(name, made), picture + '<p class="facts">%s</p>' % escape(
                    _distribution(points[-1])))
    yield "</div>"


def _distribution(point):
    """Return how many values there are; the outermost edges are the least and greatest of them."""
    count = sum(row[2] for row in point.value)
    return "step %d: %.6g values from %s to %s" % (
        point.step, count, written(point.value[0][0]), written(point.value[-1][1])
    ) if count else "step %d: no values" % point.step


def _sampled(made, run, plugin, tag, most):
    """Return points of a series at equal distances, the first and the newest among them."""
    series = made.runs[run].series(plugin, tag, "last")
    count = len(series)
    chosen = range(count) if count <= most else sorted(
        {round(i * (count - 1) / (most - 1)) for i in range(most)} if most > 1 else {count - 1})
    if len(chosen) < count:
        made.left_out.append((run, tag, "%d of %d steps" % (count - len(chosen), count)))
    return list(_sound(made, run, tag, series, chosen))


# ---- images ----

def _images(made, tags):
    yield '<div class="cards">'
    for tag, runs in tags:
        for name in runs:
            points = _sampled(made, name, "images", tag, max(made.options.images, 1))
            figures = [figure for point in points for picture in point.value
                       for figure in _picture(made, name, tag, point.step, picture)]
            if figures:
                yield card(tag, _of(name, made), '<div class="pictures">%s</div>' %
                           "".join(figures), wide=len(figures) > 1)
    yield "</div>"


def _picture(made, run, tag, step, picture):
    """Yield a figure of a picture, if a page can show it."""
    data = picture["encoded"]
    try:
        found = kind(data)
    except FormatError as e:
        found, why = None, "step %d is no whole picture: %s" % (step, e)
    else:
        why = "step %d is no PNG, GIF or JPEG" % step
    if found and len(data) > LARGEST:
        found, why = None, "step %d has %.1f MB" % (step, len(data) / 1e6)
    if found is None:
        made.left_out.append((run, tag, why))
        return
    large = max(found.width, found.height)
    times = TINY // large if large <= TINY // 2 else 1  # small ones: each pixel a square
    yield ('<figure><img%s src="data:image/%s;base64,%s" width="%d" height="%d" alt="%s">'
           "<figcaption>step %d</figcaption></figure>" % (
               ' class="small"' if times > 1 else "", found.format,
               b64encode(data).decode("ascii"), found.width * times, found.height * times,
               escape("%s, step %d" % (tag, step)), step))


# ---- texts ----

def _texts(made, tags):
    yield '<div class="cards">'
    for tag, runs in tags:
        for name in runs:
            point = _newest(made, name, "text", tag)
            if point is None:
                continue
            text = "\n".join(point.value)
            if len(text) > LONGEST:
                made.left_out.append((name, tag, "%d of %d characters" % (
                    len(text) - LONGEST, len(text))))
            earlier = len(made.runs[name].series("text", tag, "last")) - 1
            if earlier:
                made.left_out.append((name, tag, counted(earlier, "earlier step")))
            title = tag[:-len(END_OF_TEXT)] if tag.endswith(END_OF_TEXT) else tag
            yield card(title, "  ".join(filter(None, [_of(name, made), "step %d" % point.step])),
                       '<div class="text">%s</div>' % html(text[:LONGEST]), wide=len(text) > 400)
    yield "</div>"


#   section                plugin          what shows it
SECTIONS = (
    ("Scalars",            "scalars",      _scalars),
    ("Images",             "images",       _images),
    ("Precision-recall",   "pr_curves",    _pr_curves),
    ("Histograms",         "histograms",   _histograms),
    ("Texts",              "text",         _texts),
)


# ---- hyperparameters ----

def metric_tags(runs: "Dict[str, Run]") -> "List[str]":
    """Return the tags of scalars that runs call their metrics."""
    tags = []                           # type: List[str]
    for run in runs.values():
        for tag in run.tags().get("hparams", ()):
            for point in run.series("hparams", tag):
                infos = point.value.get("experiment", {}).get("metric_infos", [])
                tags += [info.get("name", {}).get("tag", "") for info in infos]
    have = {tag for run in runs.values() for tag in run.tags().get("scalars", ())}
    return [tag for tag in dict.fromkeys(tags) if tag in have]


def last_number(run: "Run", tag: str) -> "Any":
    """Return the newest number of a scalar tag; None if the run has none."""
    if tag not in run.tags().get("scalars", ()):
        return None
    return run.scalars(tag).values[-1]


# ---- what is not shown ----

def left_out(made: Made) -> str:
    """Return a section that tells what the page does not show, "" if it shows all."""
    shown = {plugin for _, plugin, _ in SECTIONS}
    rows = list(made.left_out)
    for name, run in made.runs.items():
        for plugin, tags in run.tags().items():
            why = ELSEWHERE.get(plugin, "")
            if plugin not in shown and not why.startswith("shown"):
                rows += [(name, tag, "%s%s" % (plugin or "no plugin", why and ": " + why))
                         for tag in tags if made.options.wants(tag, plugin)]
    if not rows:
        return ""
    cells = ("".join("<td>%s</td>" % escape(text) for text in row) for row in rows)
    return ('<section><h2>Not shown</h2><details><summary>%d</summary><div class="scroll"><table>'
            "<tr><th>run</th><th>tag</th><th>what</th></tr>%s</table></div></details></section>\n"
            % (len(rows), "".join("<tr>%s</tr>" % row for row in cells)))
