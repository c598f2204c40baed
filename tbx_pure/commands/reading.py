"""What the commands share that read event files: where from, which values, what is damaged."""
import os
import sys

from .output import FOUND, OK, say, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple
    from ..read.records import Damage

STDIN = "-"


def add_paths(parser: "ArgumentParser") -> None:
    parser.add_argument("path", nargs="+", help="an event file, a run's directory or a log "
                                                "directory; - is standard input")


def add_tag(parser: "ArgumentParser") -> None:
    parser.add_argument("--tag", action="append", metavar="GLOB",
                        help="values of such tags alone, such as 'loss*'; may be given twice")


def add_filters(parser: "ArgumentParser") -> None:
    add_tag(parser)
    parser.add_argument("--plugin", action="append", metavar="NAME",
                        help="values for this plugin alone, such as scalars")


class Sources:
    """Iteration gives (run, name, source) of each event file below some paths, once.

    run:     its name; of several paths, with the path in front
    source:  for scan() and events(): a path, or standard input
    code:    so far: 3 if one cannot be read, 1 if one holds no event file; what it was is said
    """

    def __init__(self, paths: "Sequence[str]") -> None:
        self.paths, self.code = paths, OK

    def __iter__(self) -> "Iterator[Tuple[str, str, Any]]":
        from ..read.files import event_files
        first = {}                      # type: Dict[str, int]
        for number, path in enumerate(self.paths):
            if path == STDIN:
                yield self.run_name(path, "."), STDIN, sys.stdin.buffer
                continue
            try:
                files = event_files(path, self.failed)
            except OSError as e:
                self.failed(e)
                continue
            for run, file in files:
                if first.setdefault(os.path.realpath(file), number) == number:
                    yield self.run_name(path, run), file, file
            if not files:
                self.worst(say(path, "no event files", FOUND))

    def run_name(self, path: str, run: str) -> str:
        """Return the name of a run of a path, which no run of another path has."""
        run = run.replace(os.sep, "/")
        if len(self.paths) == 1:
            return run
        return path if run == "." else "%s/%s" % (path.rstrip("/"), run)

    def failed(self, error: OSError) -> None:
        """Say what cannot be read."""
        self.worst(unreadable(error))

    def worst(self, code: int) -> None:
        """Take note of how something ended."""
        self.code = max(self.code, code)

    def size(self) -> int:
        """Return the bytes in all files; 0 if nobody knows."""
        from ..read.files import event_files
        try:
            return sum(size_of(file) for path in self.paths
                       for _, file in event_files(path, _passed_over))
        except OSError:
            return 0


def size_of(file: str) -> int:
    """Return the bytes in a file; 0 if nobody knows."""
    try:
        return os.path.getsize(file)
    except OSError:
        return 0


def inputs_of(paths: "Sequence[str]") -> "List[str]":
    """Return the event files below some paths: what no command writes over."""
    from ..read.files import event_files
    return [file for path in paths if path != STDIN and os.path.exists(path)
            for _, file in event_files(path, _passed_over)]


def _passed_over(error):
    pass


def matches(name: str, patterns: "Optional[Sequence[str]]") -> bool:
    """Return whether a name is one of the patterns or like one, or there are none."""
    if not patterns or name in patterns:
        return True
    from fnmatch import fnmatchcase
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def nothing(paths: "Sequence[str]", code: int = OK) -> int:
    """Say that nothing is there of what was asked for; return how that ends, after `code`."""
    return say(", ".join(paths), "no such data", max(code, FOUND))


class Filter:
    """Whether a value was asked for, by --tag and --plugin.

    all:    whether nothing is left out: then what is no value counts too
    found:  whether a value was there that was asked for
    """

    def __init__(self, args: "Namespace") -> None:
        self.tags, self.plugins = args.tag, args.plugin
        self.all, self.found = not (self.tags or self.plugins), False

    def wants(self, tag: str, plugin: "Optional[str]") -> bool:
        """Return whether the value of a tag for a plugin was asked for."""
        wanted = matches(tag, self.tags) and (plugin or "") in (self.plugins or [plugin or ""])
        self.found = self.found or wanted
        return wanted

    def satisfied(self) -> bool:
        """Return whether what was asked for was there; as in grep, nothing like it is a finding."""
        return self.all or self.found


class Metadata:
    """What the values of a series say of themselves: the first one for all.  [summary-6]"""

    def __init__(self) -> None:
        self._first = {}                # type: Dict[Tuple[str, str], Any]

    def completed(self, run: str, event: "Dict[str, Any]") -> "Dict[str, Any]":
        """Return an event of a run; values that lack metadata have those of their series."""
        values = event.get("summary", {}).get("value")
        if not values:
            return event
        return dict(event, summary={"value": [self._completed(run, value) for value in values]})

    def _completed(self, run, value):
        key = run, value.get("tag", "")
        if value.get("metadata"):
            self._first.setdefault(key, value["metadata"])
        return dict({"metadata": self._first[key]}, **value) if key in self._first else value


def tell(path: str, damage: "Sequence[Damage]", torn: "Sequence[Damage]" = ()) -> int:
    """Say what is damaged, 1 if something is; an end that is not all there yet is no damage."""
    for found in damage:
        say(found.path or path, "%s: %s" % ("no event file, or damaged from end to end"
                                            if found.is_all() else "damaged", described(found)),
            FOUND)
    for found in torn:
        say(found.path or path, "not all there yet: " + described(found), OK)
    return FOUND if damage else OK


def described(damage: "Damage") -> str:
    """Return damage in words: what, where, by which rule, how many bytes give nothing."""
    return "%s; bytes %d to %d are passed over" % (damage.error(), damage.start, damage.end - 1)
