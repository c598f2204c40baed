"""Which runs, tags and plugins a command takes: its arguments, and what they choose."""
import os
import sys

from .output import FOUND, OK, say, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Dict, Iterable, List, Sequence, Tuple

    from ..read.run import Run


def add_path(parser: "ArgumentParser", many: bool = True) -> None:
    parser.add_argument("path", nargs="+" if many else None,
                        help="a log directory, a run's directory or an event file; - is standard "
                             "input")


def add_selection(parser: "ArgumentParser", plugin: bool = False) -> None:
    """Add --tag and --run, patterns as a shell has them; and --plugin, names."""
    parser.add_argument("--tag", action="append", default=[], metavar="PATTERN",
                        help="only tags like this, such as 'train/*'; may be given again")
    parser.add_argument("--run", action="append", default=[], metavar="PATTERN",
                        help="only runs like this; may be given again")
    if plugin:
        parser.add_argument("--plugin", action="append", default=[], metavar="NAME",
                            help="only data of this plugin, such as scalars; may be given again")


def add_steps(parser: "ArgumentParser", default: str) -> None:
    parser.add_argument("--steps", choices=("all", "last", "mean"),
                        help="all points; of several at a step the last, and none that a later "
                             "point overrides, as TensorBoard shows them; or their mean: %s is the "
                             "default" % default)


def matches(name: str, patterns: "Sequence[str]") -> bool:
    """Return whether a name is like one of the patterns, or there are none."""
    if not patterns or name in patterns:
        return True
    from fnmatch import fnmatchcase
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def named_files(paths: "Iterable[str]") -> "List[Tuple[str, Any]]":
    """Return (run, event file) of all that is at some paths, as read.files does.

    Of several paths, each run's name begins with its path's.  Standard input is a file of run ".".
    Raises OSError if a path cannot be read.
    """
    from ..read.files import event_files
    paths, found = list(paths), []      # type: List[str], List[Tuple[str, Any]]
    for path in paths:
        files = [(".", sys.stdin.buffer)] if path == "-" else event_files(path)
        for run, file in files:
            name = run.replace(os.sep, "/")
            if len(paths) > 1:
                top = "-" if path == "-" else os.path.normpath(path).replace(os.sep, "/")
                name = top if name == "." else "%s/%s" % (top, name)
            found.append((name, file))
    return found


def chosen_runs(args: "Namespace") -> "Tuple[Dict[str, Run], int]":
    """Return ({name: Run}, the exit code so far) of the paths and --run of a command.

    What is damaged, cannot be read or is not there is told on standard error.
    """
    from ..read.run import Run
    files = {}                          # type: Dict[str, List[Any]]
    code = OK
    try:
        for name, file in named_files(args.path if isinstance(args.path, list) else [args.path]):
            files.setdefault(name, []).append(file)
    except OSError as e:
        return {}, unreadable(e)
    runs = {}                           # type: Dict[str, Run]
    for name, paths in files.items():
        if matches(name, args.run):
            try:
                stream = len(paths) == 1 and not isinstance(paths[0], str)
                runs[name] = Run(paths[0]) if stream else Run(os.path.dirname(paths[0]), files=paths)
            except OSError as e:
                code = max(code, unreadable(e, paths[0]))
                continue
            code = max(code, told(runs[name].damage))
    if not files:
        return runs, say(_all(args.path), "no event files", FOUND)
    if not runs and code == OK:
        code = say(_all(args.path), "no run like %s" % ", ".join(args.run), FOUND)
    return runs, code


def _all(path):
    return ", ".join(path) if isinstance(path, list) else path


def told(damage: "Iterable[Any]") -> int:
    """Say what is damaged; return the exit code."""
    code = OK
    for found in damage:
        code = say(found.path or "-", "damaged, passed over: %s" % found.error(), FOUND)
    return code
