"""List the series of a run, of all runs of a log directory, or of an event file.

A line for each: its run, the plugin that shows it, and its tag.  -l tells more: how many points,
the first and last step, the last value, its bytes, how long ago it was written.  --runs has a line
for each run instead.

    python3 -m tbx_pure ls runs
    python3 -m tbx_pure ls -l runs/demo --tag 'loss*'
    python3 -m tbx_pure ls --runs --format csv runs
"""
import sys
import time

from .output import (FOUND, OK, UNREADABLE, Paint, Progress, add_color, add_progress, say, sized,
                     unreadable)
from .reading import STDIN, Filter, Sources, add_filters, add_paths, nothing, size_of, tell
from .rows import add_format, iso, number, write_rows

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
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("-l", "--long", action="store_true", help="tell more of each series")
    kinds.add_argument("--runs", action="store_true", help="a line for each run")
    add_format(parser)
    add_color(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """List all; 3 if something cannot be read, 1 if it is damaged or there is nothing."""
    listing = _Listing(args)
    rows = [row for path in args.path for row in listing.rows(path)]
    names = RUNS if args.runs else SHORT + LONG if args.long else SHORT
    if args.format == "table" and rows:
        names, rows = _for_people(names, rows)
    if args.format != "table" or rows:  # programs are given an empty list
        write_rows(names, rows, args.format, Paint(args.color), yields=["last"])
    return listing.code if rows or listing.code else nothing(args.path)


class _Listing:
    """The rows of one call, and the exit code so far."""

    def __init__(self, args):
        self.args, self.filter, self.code = args, Filter(args), OK
        self.run_name = Sources(args.path).run_name

    def rows(self, path):
        """Yield the rows of a path; what is wrong with it is said."""
        try:
            for name, run in self._runs(path):
                self.code = max(self.code, tell(path, run.damage, run.torn))
                name = self.run_name(path, name)
                rows = self._of_run(name, run) if self.args.runs else self._of_tags(name, run)
                for row in rows:
                    yield row
        except OSError as e:
            self.code = max(self.code, unreadable(e, path))

    def _runs(self, path):
        from ..read.run import Run
        from ..read.runs import Runs
        if path == STDIN:
            yield ".", Run(sys.stdin.buffer)
            return
        runs = Runs(path, failed=self._failed)
        if not runs and self.code < UNREADABLE:
            self.code = max(self.code, say(path, "no event files", FOUND))
        with Progress(0, self.args, "reading") as progress:
            done = 0
            for name in runs:
                run = runs[name]
                done += _size(run)
                progress.at(done)
                yield name, run

    def _failed(self, error):
        self.code = max(self.code, unreadable(error))

    def _chosen(self, run):
        for plugin, tags in sorted(run.tags().items()):
            for tag in sorted(tags):
                if self.filter.wants(tag, plugin):
                    yield plugin, tag

    def _of_tags(self, name, run):
        for plugin, tag in self._chosen(run):
            row = [name, plugin, tag]
            if self.args.long:
                row += _about(run.series(plugin, tag))
            yield row

    def _of_run(self, name, run):
        series = [run.series(*chosen) for chosen in self._chosen(run)]
        if series:
            newest = max(s.wall_times[-1] for s in series)
            yield [name, len(run.files) or 1, len(series), sum(map(len, series)),
                   min(min(s.steps) for s in series), max(max(s.steps) for s in series),
                   _size(run) or None,
                   newest, iso(newest), _age(newest)]


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
            return "%d bytes" % values.sizes[-1]
        value = VALUE.decode(values.raw(len(series) - 1))
        return describe(dict({"metadata": series.metadata}, **value)).partition("  ")[2]
    except FormatError as e:
        return "damaged: %s" % e


def _payload(series):
    return None if series.plugin == "scalars" else sum(series.values.sizes)


def _size(run):
    return sum(map(size_of, run.files))


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
