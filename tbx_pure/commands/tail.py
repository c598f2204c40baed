"""Print the newest events of a run, a log directory or an event file; -f goes on as they come.

With -f, files that grow, appear or are begun anew are read on, until Ctrl-C; the path need not be
there yet.  What is damaged is passed over, and said.

    python3 -m tbx_pure tail -n 3 runs/demo
    python3 -m tbx_pure tail -f --tag 'loss*' runs
    python3 -m tbx_pure tail -f --format jsonl runs | while read -r event; do echo "$event"; done
"""
import sys
from collections import deque

from .cat import NAMES, lines, rows
from .output import OK, Paint, add_color, encoding_of, number_from, say, unreadable, visible
from .reading import (STDIN, Filter, Metadata, Sources, add_filters, add_paths, nothing,
                      tell)
from .rows import jsoned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, List, Tuple


def arguments(parser: "ArgumentParser") -> None:
    add_paths(parser)
    parser.add_argument("-n", "--lines", type=number_from(0), default=10, metavar="N",
                        help="how many values, counted from the newest; 10 is the default")
    parser.add_argument("-f", "--follow", action="store_true", help="go on as they come")
    parser.add_argument("--interval", type=number_from(0, 86400, float), default=1.0,
                        metavar="SECONDS",
                        help="between two looks with -f; 1 is the default")
    parser.add_argument("--format", choices=("text", "jsonl"), default="text",
                        help="text, or jsonl: a line of JSON for each value")
    add_filters(parser)
    add_color(parser)


def run(args: "Namespace") -> int:
    """Print them; 3 if something cannot be read, 1 if a file is damaged or there is none."""
    if args.follow:
        return _Following(args).run()
    sources, chosen, metadata = Sources(args.path), Filter(args), Metadata()
    newest = []                         # type: List[Tuple[float, List[str]]]
    show = _Show(args)
    for run_name, name, source in sources:
        newest += _newest(sources, run_name, name, source, args.lines, chosen, metadata, show)
    _print(newest, args.lines)
    return sources.code if sources.code or chosen.satisfied() else nothing(args.path)


def _print(newest, n):
    """Print the last n of [(wall time, line)]; sort() leaves those of one time in their order."""
    newest.sort(key=_wall_time)
    for _, line in newest[-n:] if n else ():
        print(line)


def _newest(sources, run_name, name, source, n, chosen, metadata, show):
    """Return [(wall time, line)] of the last n values of a file."""
    from ..read.events import events
    kept = deque(maxlen=n)              # type: Any
    found = events(source)
    try:
        for event in found:
            event = metadata.completed(run_name, event)
            at = event.get("wall_time", 0.0)
            kept.extend((at, line) for line in show(run_name, event, chosen))
    except OSError as e:
        sources.worst(unreadable(e, name))
    sources.worst(tell(name, found.damage, found.torn))
    return kept


def _wall_time(item):
    return item[0] if item[0] == item[0] else 0.0       # NaN has no order


class _Show:
    """The lines of an event, of a run."""

    def __init__(self, args):
        self.json, self.paint = args.format == "jsonl", Paint(args.color)

    def __call__(self, run_name, event, chosen):
        if self.json:
            ascii = encoding_of(sys.stdout) is not None
            return [jsoned(dict(zip(NAMES, row)), ascii=ascii)
                    for row in rows(run_name, event, chosen)]
        run_name = "" if run_name == "." else visible(run_name) + "  "
        return [run_name + line for line in lines(event, chosen, self.paint)]


class _Following:
    """tail -f: first the newest of what is there, then each event as it comes."""

    def __init__(self, args):
        from ..read.follow import Files
        self.args, self.code = args, OK
        self.sources, self.chosen, self.metadata = Sources(args.path), Filter(args), Metadata()
        self.show = _Show(args)
        self.files = [(path, Files(path)) for path in args.path if path != STDIN]
        self.told, self.errors = 0, {}
        self.held = {}                  # of each file the newest, until all have been seen

    def run(self):
        import time
        if not self.files:
            return self._standard_input()
        first = True
        while True:
            for path, files in self.files:
                self._look(path, files, first)
            if first:
                _print([item for items in self.held.values() for item in items], self.args.lines)
            first = False
            sys.stdout.flush()
            time.sleep(self.args.interval)

    def _look(self, path, files, first):
        from ..read.events import decoded
        for run, records, offset, data in files.look():
            event = decoded(records, offset, data)
            if event is not None:
                held = self.held.setdefault(records.path, deque(maxlen=self.args.lines))
                self._event(self.sources.run_name(path, run), event, held if first else None)
        for found in files.damage:
            self.code = tell(path, [found])
        del files.damage[:]
        for name, error in files.errors.items():
            if self.errors.get(name) != str(error):     # once
                say(name, "%s; waiting for it" % error.strerror, OK)
            self.errors[name] = str(error)

    def _event(self, run_name, event, held):
        event = self.metadata.completed(run_name, event)
        for line in self.show(run_name, event, self.chosen):
            if held is None:
                print(line)
            else:
                held.append((event.get("wall_time", 0.0), line))

    def _standard_input(self):
        """A pipe waits by itself."""
        from ..read.events import events
        found = events(sys.stdin.buffer)
        for event in found:
            self._event(".", event, None)
            sys.stdout.flush()
        return tell(STDIN, found.damage, found.torn)
