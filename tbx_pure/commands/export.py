"""Write data as rows: CSV, TSV, JSON, JSON lines, Markdown or an SQLite database.

A row for each value: run, tag, step, wall_time (seconds since 1970), value.  With --wide a row for
each step of a run, and a column for each tag.  Without --plugin these are the scalars, in file
order; text, histograms (of each :count, :min, :max, :mean, :std) and hparams are for the asking.

    python3 -m tbx_pure export runs > scalars.csv
    python3 -m tbx_pure export runs --tag '*loss*' --wide --format markdown
    python3 -m tbx_pure export runs --plugin text --format jsonl
    python3 -m tbx_pure export runs -o runs.sqlite
"""
from errno import EIO
from itertools import chain

from .output import (FOUND, OK, USAGE, Progress, add_new_file, add_progress, may_write,
                     new_file, say, unreadable)
from .reading import Sources, add_paths, add_tag, inputs_of, matches, nothing, size_of, tell
from .rows import lines, number
from .selection import add_run, add_steps, chosen_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Dict, Iterable, Iterator, List, Sequence, Tuple

#   format        ends of names of files
ENDINGS = {
    "csv":        (".csv",),
    "tsv":        (".tsv", ".tab"),
    "json":       (".json",),
    "jsonl":      (".jsonl", ".ndjson"),
    "markdown":   (".md", ".markdown"),
    "sqlite":     (".sqlite", ".sqlite3", ".db"),
}
MOST_COLUMNS = 2000                     # of a table of SQLite, unless it was built for more
EVERY = 1000                            # rows between two looks at the clock


def arguments(parser: "ArgumentParser") -> None:
    add_paths(parser)
    parser.add_argument("--format", choices=ENDINGS, metavar="FORMAT",
                        help="%s; the default is what the name of the file ends in, or else csv"
                             % ", ".join(ENDINGS))
    parser.add_argument("-o", "--output", metavar="FILE", default="-",
                        help="write it there; - is standard output")
    parser.add_argument("--wide", action="store_true",
                        help="a column for each tag; --steps says of which points")
    add_tag(parser)
    add_run(parser)
    parser.add_argument("--plugin", action="append", metavar="NAME",
                        help="scalars, text, histograms or hparams; may be given twice")
    add_steps(parser, "all, or last if --wide")
    parser.add_argument("--nan", choices=("text", "null"), default="text",
                        help='write NaN and infinities as "NaN" and "Infinity", or as nothing; '
                             "SQLite has NULL for NaN, and infinities as numbers")
    add_new_file(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """Write the rows; 1 if something is damaged or there is nothing, 3 if it cannot be read."""
    from ..read.export import KINDS
    args.plugin = args.plugin or ["scalars"]
    for name in args.plugin:
        if name not in KINDS:
            return say("--plugin " + name, "only %s can be rows; see: extract" % ", ".join(KINDS),
                       USAGE)
    form = args.format or _format_of(args.output)
    if form == "sqlite" and args.output == "-":
        return say("--format sqlite", "a database needs a file: -o FILE", USAGE)
    if args.output != "-":
        may_write(args.output, args.force)      # before much is read
    made = _Rows(args)
    names, rows = made.wide() if args.wide else made.long()
    rows = made.counted(rows)
    first = next(rows, None)
    if first is None:                   # and no file
        return made.code or nothing(args.path)
    write = _write_sqlite if form == "sqlite" else _write_lines
    write(args, form, names, chain([first], rows))
    if args.output != "-" and not args.quiet:
        say(args.output, "%s%d rows" % ("would be " * args.dry_run, made.count), OK)
    return made.code


def _format_of(path):
    return next((form for form in ENDINGS if path.lower().endswith(ENDINGS[form])), "csv")


class _Rows:
    """The rows asked for, and how reading them ended: code, count."""

    def __init__(self, args: "Namespace") -> None:
        self.args, self.code, self.count = args, OK, 0
        self.null = args.nan == "null"

    def wants(self, tag: str, plugin: str) -> bool:
        """Return whether the values of a tag were asked for."""
        return plugin in self.args.plugin and matches(tag, self.args.tag)

    def long(self) -> "Tuple[List[str], Iterator[Tuple[str, List[Any]]]]":
        """Return (names, (plugin, row) of all values)."""
        from ..read.export import Row
        found = self._as_they_come() if self.args.steps in (None, "all") else self._by_series()
        return list(Row._fields), ((plugin, self._row(row)) for plugin, row in found)

    def _row(self, row):
        return list(row[:4]) + [self._cell(row.value)]

    def _cell(self, x):
        if not isinstance(x, float):
            return x
        return None if self.null and x - x != 0 else number(x)

    def _as_they_come(self):
        from ..read.events import events
        from ..read.export import stream
        sources, done = Sources(self.args.path), 0
        with Progress(sources.size(), self.args, "export") as progress:
            for name, path, source in sources:
                if not matches(name, self.args.run):
                    continue
                found = events(source)
                try:
                    for n, row in enumerate(stream(name, found, self.wants, self._bad(path))):
                        yield row
                        if n % EVERY == 0:
                            progress.at(done + found.offset)
                except BrokenPipeError:
                    raise
                except OSError as e:
                    sources.worst(unreadable(e, path))
                sources.worst(tell(path, found.damage, found.torn))
                done += size_of(path)
        self.code = max(self.code, sources.code)

    def _by_series(self):
        from ..read.export import rows
        return (row for name, found in self._columns() for row in rows(name, found))

    def _columns(self):
        """Yield (run, columns) of each run."""
        from ..read.export import columns
        runs, code = chosen_runs(self.args)
        self.code = max(self.code, code)
        steps = self.args.steps or "last"
        for name, each in runs.items():
            yield name, columns(each, self.wants, steps, self._bad(name))

    def _bad(self, path):
        def tell_bad(tag, step, error):
            self.code = say(path, "%s, step %d is left out: %s" % (tag, step, error), FOUND)
        return tell_bad

    def wide(self) -> "Tuple[List[str], Iterator[Tuple[str, List[Any]]]]":
        """Return (names, (table, row) of all steps); says which points they are."""
        from ..read.export import wide
        if not self.args.quiet:
            say("--wide", WHICH[self.args.steps or "last"], OK)
        found = [(name, list(columns)) for name, columns in self._columns()]
        tags = list(dict.fromkeys(points.tag for _, columns in found for points in columns))
        return _distinct(["run", "step", "wall_time"] + tags, str), (
            ("wide", [name, step, wall_time] + [self._cell(row.get(tag)) for tag in tags])
            for name, columns in found for step, wall_time, row in wide(name, columns))

    def counted(self, rows: "Iterable[Any]") -> "Iterator[Any]":
        """Yield rows, counting them."""
        for row in rows:
            self.count += 1
            yield row


#   --steps    what a wide table says of itself
WHICH = {
    "all":     "every point; a step that a tag has twice has two rows (--steps all)",
    "last":    "the points that TensorBoard shows, the last of each step (--steps last)",
    "mean":    "of several points at a step their mean (--steps mean)",
}


# ---- text ----

def _write_lines(args, form, names, rows):
    cells = (row for _, row in rows)
    made = LINES[form](names, cells) if form in LINES else lines(names, cells, form)
    if args.output == "-":
        for line in made:
            print(line)
        return
    with new_file(args.output, args, inputs_of(args.path)) as file:
        for line in made:
            file.write(line.encode("utf-8", "backslashreplace") + b"\n")


def _tsv(names, rows):
    from .rows import texted
    for row in chain([names], rows):
        yield "\t".join(_untabbed(texted(value)) for value in row)


def _untabbed(text):
    r"""Return text without what ends a cell or a row: as \t, \n, \r, and \ as \\."""
    if text.isprintable() and "\\" not in text:
        return text
    return (text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
            .replace("\r", "\\r"))


def _markdown(names, rows):
    from ..markdown import table
    from .rows import texted
    for line in table(names, []).split("\n"):
        yield line
    for row in rows:
        yield table(names, [list(map(texted, row))]).split("\n")[2]


LINES = {"tsv": _tsv, "markdown": _markdown}    # what is not among those of rows.py


# ---- a database ----

def _write_sqlite(args, form, names, rows):
    try:
        import sqlite3
    except ImportError:
        from ..errors import InputError
        raise InputError("--format sqlite", "a Python with the module sqlite3",
                         "one that was built without it") from None
    with new_file(args.output, args, inputs_of(args.path)) as file:
        if args.dry_run:
            for _ in rows:
                pass
            return
        database = sqlite3.connect(file.name)
        try:
            database.execute("PRAGMA journal_mode = OFF").fetchall() # it is aside till then
            _fill(database, names, rows)
            database.commit()
        except sqlite3.DatabaseError as e:      # a full disk
            raise OSError(EIO, str(e), args.output) from None
        finally:
            database.close()


def _fill(database, names, rows):
    from ..errors import InputError
    if len(names) > MOST_COLUMNS:
        raise InputError("--wide", "at most %d tags for SQLite: see --tag" % (MOST_COLUMNS - 3),
                         "%d" % (len(names) - 3))
    tables = set()                      # type: set
    names = [_stored(name).replace("\0", "\\0") for name in names]
    columns = ", ".join(map(_quoted, _distinct(names, str.lower)))      # all that SQL tells apart
    marks = ", ".join("?" * len(names))
    for table, row in rows:
        if table not in tables:
            tables.add(table)
            database.execute("CREATE TABLE %s (%s)" % (_quoted(table), columns))
        database.execute("INSERT INTO %s VALUES (%s)" % (_quoted(table), marks),
                         [_stored(value) for value in row])


def _distinct(names, key):
    """Return names of columns, of which no two have the same key."""
    seen = set()                        # type: set
    out = []
    for name in names:
        made, n = name, 1
        while key(made) in seen:
            n += 1
            made = "%s (%d)" % (name, n)
        seen.add(key(made))
        out.append(made)
    return out


def _quoted(name):
    return '"%s"' % name.replace('"', '""')


def _stored(value):
    from .rows import texted
    if value is None or isinstance(value, (int, float)):
        return value
    return texted(value).encode("utf-8", "backslashreplace").decode("utf-8")
