"""Write what is sound in damaged event files to new ones, and say what is lost.

Each sound record is written as it stood; the damaged file stays as it is.  Of a directory, all
event files are written below the new one, under the same names.  What a sound record says stays:
if verify will still find fault with it, with a wall time that is none or a plugin's content, that
is told.  The exit code is 0 if all of them were written, whatever is lost; 1 if there is nothing to
write.

    python3 -m tbx_pure repair --dry-run runs
    python3 -m tbx_pure repair runs/bad -o repaired/bad
    python3 -m tbx_pure repair events.out.tfevents.1 -o events.out.tfevents.2
"""
import os
import sys

from ..errors import InputError
from ..plugins import counted
from .output import (FOUND, OK, Paint, Progress, add_color, add_new_file, add_progress, may_write,
                     new_file, say, shown_path, unreadable, visible)
from .reading import STDIN, described, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import List


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("path", help="an event file, a run's directory or a log directory; - is "
                                     "standard input")
    parser.add_argument("-o", "--output", metavar="NEW",
                        help="the new file, or the new directory if PATH is one")
    add_new_file(parser)
    add_color(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """Write them; 3 if something cannot be read, 2 if it must not be written, 1 if nothing is left.
    """
    if args.output is None and not args.dry_run:
        raise InputError("-o", "the name of what is to be written, or --dry-run", "nothing")
    denied = []                         # type: List[int]
    pairs = _files(args.path, args.output, lambda error: denied.append(unreadable(error)))
    code = max(denied, default=OK)
    if not pairs and not denied:
        return say(args.path, "no event files", FOUND)
    inputs = [source for source, _ in pairs]
    for _, target in pairs:             # before anything is written
        may_write(target, args.force, inputs)
    for source, target in pairs:
        code = max(code, _repair(source, target, inputs, args))
    return code


def _files(path, output, failed):
    """Return [(event file, the file to be written)]; nothing is written to the null device."""
    from ..read.files import event_files
    files = [path] if path == STDIN else [file for _, file in event_files(path, failed)]
    if output is None:
        return [(file, os.devnull) for file in files]
    if files == [path]:
        return [(path, output)]
    inside = os.path.relpath(os.path.realpath(output), os.path.realpath(path))
    if not inside.startswith(os.pardir):
        raise InputError("-o", "a directory outside of the damaged one: it would be a run of it",
                         shown_path(output))
    return [(file, os.path.join(output, os.path.relpath(file, path))) for file in files]


class _NothingLeft(Exception):
    pass


def _repair(source, target, inputs, args):
    directories = [] if args.dry_run else _missing(os.path.dirname(target))
    for directory in directories:
        os.mkdir(directory)
    try:
        with new_file(target, args, inputs) as file:
            with Progress(size_of(source), args, "repairing") as progress:
                done = _written(source, file, progress)
    except _NothingLeft:
        for directory in reversed(directories):
            os.rmdir(directory)
        return say(source, "holds no sound record; nothing is written", FOUND)
    except OSError as e:
        return unreadable(e, source)
    _report(source, target, done, args)
    return OK


def _missing(directory):
    """Return the directories that are to be made, one in another, the outermost first."""
    found = []                          # type: List[str]
    while directory and not os.path.isdir(directory):
        found.insert(0, directory)
        directory = os.path.dirname(directory)
    return found


def _written(source, file, progress):
    from ..read.repair import repair
    done = repair(sys.stdin.buffer if source == STDIN else source, file, progress.at)
    if not done.kept + done.mended:
        raise _NothingLeft
    return done


def _report(source, target, done, args):
    """Say what was done; on standard error if the file itself goes to standard output."""
    out = sys.stderr if target == "-" else sys.stdout
    paint = Paint(args.color, out)
    lost = sum(found.end - found.start for found in done.lost)
    parts = [counted(done.kept, "record") + " kept"]
    parts += ["%d kept in part" % done.mended] * bool(done.mended)
    parts += ["the first record made anew"] * done.made
    parts.append(paint(counted(lost, "byte") + " lost", "bad") if lost else
                 paint("nothing lost", "good"))
    if not args.quiet:
        print("%s: %s" % (visible(source), ", ".join(parts)), file=out)
        for found in done.lost:
            print("  lost: " + visible(described(found)), file=out)
        if not args.dry_run and target not in ("-", os.devnull):
            print("  written: " + shown_path(target), file=out)
            left = _wrong_in(target) if os.path.isfile(target) else 0
            if left:
                print("  still wrong: %s in sound records, which stay as they are: see verify"
                      % counted(left, "place"), file=out)


def _wrong_in(target):
    """Return how much verify finds wrong in a file that has no damaged record."""
    from ..read.verify import Verification
    return sum(found.kind == "damage" for found in Verification(target))
