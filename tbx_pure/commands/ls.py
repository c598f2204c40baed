"""List the series of a run, of all runs of a log directory, or of an event file.

A line for each: its run, the plugin that shows it, and its tag.  -l tells more: how many points,
the first and last step, the last value, its bytes, how long ago it was written.  --runs has a line
for each run instead.

    python3 -m tbx_pure ls runs
    python3 -m tbx_pure ls -l runs/demo --tag 'loss*'
    python3 -m tbx_pure ls --runs --format csv runs
"""
import time

from ..plugins import counted
from .output import Paint, add_color, add_progress, sized
from .reading import Filter, add_filters, add_paths, nothing, size_of
from .rows import add_format, iso, number, write_rows
from .selection import add_run, chosen_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any
    from ..read.series import Series

SHORT = ["run", "plugin", "tag"]
LONG = ["points", "first_step", "last_step", "last", "bytes", "wall_time", "time",
        "age"]
PEOPLE = ["run", "plugin", "tag", "files", "tags", "points", "steps", "size", "age", "last"]
NEW = "steps", "size"                   # which a table has for people, made of others
RUNS = ["run", "files", "tags", "points", "first_step", "last_step", "bytes", "wall_time", "time",
        "age"]


def arguments(parser: "ArgumentParser") -> None:
    add_paths(parser)
    add_filters(parser)
    add_run(parser)
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("-l", "--long", action="store_true", help="tell more of each series")
    kinds.add_argument("--runs", action="store_true", help="a line for each run")
    add_format(parser)
    add_color(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """List all; 3 if something cannot be read, 1 if it is damaged or there is nothing."""
    runs, code = chosen_runs(args)
    chosen, of_run = Filter(args), _about_run if args.runs else _about_tags
    rows = [row for name, each in runs.items() for row in of_run(name, each, chosen, args)]
    names = RUNS if args.runs else SHORT + LONG if args.long else SHORT
    if args.format == "table" and rows:
        names, rows = _for_people(names, rows)
    if args.format != "table" or rows:  # programs are given an empty list
        write_rows(names, rows, args.format, Paint(args.color), yields=["last"])
    return code if rows or code else nothing(args.path)


def _wanted(run, chosen):
    """Yield (plugin, tag) of each series of a run that was asked for."""
    for plugin, tags in sorted(run.tags().items()):
        for tag in sorted(tags):
            if chosen.wants(tag, plugin):
                yield plugin, tag


def _about_tags(name, run, chosen, args):
    """Yield a row for each series."""
    for plugin, tag in _wanted(run, chosen):
        yield [name, plugin, tag] + (_about(run.series(plugin, tag)) if args.long else [])


def _about_run(name, run, chosen, args):
    """Yield the row of a run; none if it has nothing that was asked for."""
    found = [run.series(plugin, tag) for plugin, tag in _wanted(run, chosen)]
    if found:
        newest = max(series.wall_times[-1] for series in found)
        yield [name, len(run.files) or 1, len(found), sum(map(len, found)),
               min(min(series.steps) for series in found),
               max(max(series.steps) for series in found),
               sum(map(size_of, run.files)) or None, newest, iso(newest), _age(newest)]


def _about(series):
    """Return what LONG has of a series."""
    at = series.wall_times[-1]
    return [len(series), series.steps[0], series.steps[-1], last_value(series),
            _payload(series), at, iso(at), _age(at)]


def last_value(series: "Series") -> "Any":
    """Return the last value of a series: a number, or a line of text about it."""
    from ..errors import FormatError
    from ..messages import VALUE
    from ..plugins import describe
    from ..read.run import OF_EVENTS
    values = series.values              # type: Any
    if series.plugin == "scalars":
        return number(values[-1])
    try:
        if series.plugin in OF_EVENTS:
            return counted(values.sizes[-1], "byte")
        value = VALUE.decode(values.raw(len(series) - 1))
        return describe(dict({"metadata": series.metadata}, **value)).partition("  ")[2]
    except FormatError as e:
        return "damaged: %s" % e


def _payload(series):
    return None if series.plugin == "scalars" else sum(series.values.sizes)


def _age(seconds):
    """Return how many seconds ago a wall time was; None if it is none."""
    age = time.time() - seconds
    return round(age, 3) if age - age == 0 else None


def _for_people(names, rows):
    """Return names and rows as people want them: few columns, and none that says nothing."""
    table = [dict(zip(names, row)) for row in rows]
    for row in table:
        if "first_step" in row:
            steps = [row["first_step"], row["last_step"]]
            row["steps"] = "%d..%d" % tuple(steps) if len(set(steps)) > 1 else steps[0]
        if "bytes" in row:
            row["size"] = "" if row["bytes"] is None else sized(row["bytes"])
        row["age"] = _old(row.get("age"))
    shown = [name for name in PEOPLE if name in table[0] and (name in names or name in NEW)]
    if all(row["run"] == "." for row in table) and len(shown) > 1:
        shown.remove("run")
    return shown, [[row[name] for name in shown] for row in table]


def _old(seconds):
    """Return an age in one unit: 5 s, 3 min, 2 h, 4 d; of a time to come with a minus."""
    if seconds is None:
        return ""
    for size, unit in (86400, "d"), (3600, "h"), (60, "min"):
        if abs(seconds) >= 2 * size:
            return "%d %s" % (seconds / size, unit)
    return "%d s" % seconds
