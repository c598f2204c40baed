"""A page about runs: one HTML file without script, which fetches nothing."""
import math
import time

from . import sections, svg
from .svg import escape
from ..plugins import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List

    from ..read.run import Run

# Whatever slipped through: nothing is fetched and nothing runs.  https://www.w3.org/TR/CSP3/
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

RULES = """\
* { box-sizing: border-box; }
html { scroll-padding-top: 3.5rem; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
header, main { max-width: 1320px; margin: auto; padding: 0 24px; }
header { padding-top: 28px; padding-bottom: 12px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 40px 0 12px; }
h3 { font-size: .95rem; margin: 0 0 6px; overflow-wrap: anywhere; }
h3 small, .note, header p, summary small { color: var(--soft); font-weight: 400; }
.note, header p { margin: 4px 0; font-size: .9rem; }
nav { position: sticky; top: 0; z-index: 1; background: var(--paper);
  border-bottom: 1px solid var(--edge); }
nav div { max-width: 1320px; margin: auto; padding: 8px 24px; display: flex; flex-wrap: wrap;
  gap: 4px 18px; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
.warn { border-left: 4px solid var(--c1); background: var(--tint); padding: 8px 14px;
  margin: 12px 0; }
details { margin: 0 0 14px; }
summary { cursor: pointer; font-weight: 600; padding: 6px 0; overflow-wrap: anywhere; }
.cards { display: grid; gap: 16px; grid-template-columns: repeat(auto-fill, minmax(350px, 1fr)); }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 10px;
  padding: 12px 14px; min-width: 0; }
.wide { grid-column: 1 / -1; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; }
th { text-align: left; font-weight: 600; color: var(--soft); white-space: nowrap; }
th, td { padding: 4px 14px 4px 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.legend { list-style: none; margin: 6px 0 0; padding: 0; font-size: .82rem; }
.legend li { display: flex; gap: 8px; align-items: center; }
.legend span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: 1; }
.legend b { font-weight: 500; font-variant-numeric: tabular-nums; }
.legend details { margin: 0; } .legend summary { font-weight: 400; padding: 0; }
.sample { width: 22px; height: 12px; flex: none; vertical-align: middle; }
.facts { font-size: .82rem; color: var(--soft); margin: 6px 0 0;
  font-variant-numeric: tabular-nums; }
.pictures { display: flex; flex-wrap: wrap; gap: 12px; }
figure { margin: 0; max-width: 100%; } figcaption { font-size: .8rem; color: var(--soft); }
figure img { display: block; max-width: 100%; height: auto; border-radius: 4px;
  background: #fff; }
.wide figure { max-width: min(100%, 300px); }
img.small { image-rendering: pixelated; }
.text { overflow: auto; max-height: 34rem; overflow-wrap: anywhere; }
.text > :first-child { margin-top: 0; } .text > :last-child { margin-bottom: 0; }
.text h4, .text h5, .text h6 { margin: .8em 0 .3em; }
pre, code { font: .86em ui-monospace, "DejaVu Sans Mono", Consolas, monospace;
  background: var(--tint); border-radius: 4px; }
pre { padding: 10px; overflow: auto; white-space: pre-wrap; } code { padding: 1px 4px; }
blockquote { margin: .5em 0; padding-left: 12px; border-left: 3px solid var(--edge);
  color: var(--soft); }
footer { margin: 48px 0 28px; color: var(--soft); font-size: .85rem; }
@media print { nav { display: none; } .card { break-inside: avoid; } }
"""


class Options:
    """What of the runs is shown, and how.

    smooth:  weight of smoothing, 0 to below 1
    steps:   "last", "all" or "mean": the points of scalars
    images:  of a tag in a run, at most
    wants(tag, plugin):  whether to show a tag
    """

    def __init__(self, smooth: float = 0.0, steps: str = "last", images: int = 4,
                 wants: "Any" = lambda tag, plugin: True) -> None:
        self.smooth, self.steps, self.images, self.wants = smooth, steps, images, wants


def page(runs: "Dict[str, Run]", title: str, options: "Options" = Options(),
         made_by: str = "") -> "Iterator[str]":
    """Yield the parts of an HTML page about runs.

    runs:     {name: Run}; of each name its look, in their order
    title:    of the page
    made_by:  a line at its end
    """
    made = sections.Made(runs, options)
    shown = [(name, parts) for name, parts in sections.all_of(made)]
    yield HEAD % (POLICY, escape(title), svg.style_sheet(), RULES)
    yield svg.symbols(min(len(runs), svg.LOOKS))
    yield "<header><h1>%s</h1><p>%s</p>%s</header>\n" % (
        escape(title), escape(_about(runs)), _damage(runs))
    links = [("Runs", 0)] + [(name, i) for i, (name, _) in enumerate(shown, 1)]
    yield "<nav><div>%s</div></nav>\n<main>" % "".join(
        '<a href="#part%d">%s</a>' % (i, escape(name)) for name, i in links)
    yield '<section id="part0"><h2>Runs</h2>%s</section>\n' % runs_table(runs)
    for i, (name, parts) in enumerate(shown, 1):
        yield '<section id="part%d"><h2>%s</h2>\n' % (i, escape(name))
        for part in parts:
            yield part
        yield "</section>\n"
    yield sections.left_out(made)
    yield "<footer>%s</footer></main></body></html>\n" % escape(made_by)


HEAD = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="%s">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s</title>
<style>
%s%s</style></head><body>
"""


# ---- what the runs are ----

def _about(runs):
    times = [span for span in map(_span, runs.values()) if span]
    tags = {tag for run in runs.values() for tag in run.tags().get("scalars", ())}
    told = [counted(len(runs), "run"),
            counted(len(tags), "scalar tag")]
    if times:
        first, last = _day(min(a for a, _ in times)), _day(max(b for _, b in times))
        told.append(first if first == last else "%s to %s" % (first, last))
    return " \u00b7 ".join(told)


def _damage(runs):
    bad = [(name, len(run.damage)) for name, run in runs.items() if run.damage]
    return "".join('<p class="warn">%s: %s of its files passed over</p>' % (
        escape(name), counted(n, "damaged part")) for name, n in bad)


def _span(run):
    """Return (first, last) wall time of a run's scalars, or None."""
    times = [moment for tag in run.tags().get("scalars", ()) for moment in (
        lambda all_: (all_[0], all_[-1]))(run.scalars(tag).wall_times) if math.isfinite(moment)]
    return (min(times), max(times)) if times else None


def _day(seconds):
    return _clock(seconds, "%Y-%m-%d")


def _clock(seconds, form="%Y-%m-%d %H:%M UTC"):
    try:
        return time.strftime(form, time.gmtime(seconds))
    except (ValueError, OverflowError, OSError):        # a year that has no calendar
        return "%g" % seconds


def runs_table(runs: "Dict[str, Run]") -> str:
    """Return a table of the runs: when, how long, their hyperparameters and what came of them."""
    given = {name: run.hparams() for name, run in runs.items()}
    keys = list(dict.fromkeys(key for each in given.values() for key in each))
    metrics = sections.metric_tags(runs)
    head = ["run", "began", "lasted", "last step"] + keys + metrics
    rows = []                           # type: List[List[Any]]
    for name, run in runs.items():
        span = _span(run)
        rows.append([name, _clock(span[0]) if span else "", _lasted(span[1] - span[0])
                     if span else "", _last_step(run)] + [given[name].get(key) for key in keys] +
                    [sections.last_number(run, tag) for tag in metrics])
    out = ["<div class=\"scroll\"><table><tr>%s</tr>" % "".join(
        "<th>%s</th>" % escape(text) for text in head)]
    for i, row in enumerate(rows):
        cells = "".join('<td%s>%s</td>' % (' class="n"' if _is_number(x) else "",
                                           escape(sections.written(x))) for x in row[1:])
        out.append("<tr><td>%s %s</td>%s</tr>" % (svg.sample(i % svg.LOOKS), escape(row[0]), cells))
    return "".join(out) + "</table></div>"


def _is_number(x):
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def _last_step(run):
    steps = [run.scalars(tag).steps[-1] for tag in run.tags().get("scalars", ())]
    return max(steps, default=None)


def _lasted(seconds):
    whole = int(seconds + 0.5) if 0 <= seconds < 1e10 else 0
    if whole < 60:
        return "%.3g s" % seconds
    if whole < 3600:
        return "%d min %02d s" % divmod(whole, 60)
    return "%d h %02d min" % divmod(whole // 60, 60)
