"""Compare two runs or log directories: runs, tags, steps, values, texts, hyperparameters.

A short account, tag by tag; --full tells every point.  Numbers may differ by --tolerance, plus
--relative times the larger.  Wall times are not compared.

    python3 -m tbx_pure diff runs/before runs/after
    python3 -m tbx_pure diff runs/a runs/b --tag 'train/*' --relative 1e-6
    python3 -m tbx_pure diff runs/a runs/b --format jsonl
"""
from ..errors import InputError
from ..plugins import counted
from .output import (FOUND, OK, Paint, add_color, add_progress, number_from, padded, visible,
                     width_of)
from .reading import STDIN, add_filters, matches, nothing
from .rows import add_format, number, texted, write_rows
from .selection import add_run, runs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, List

WIDE = 40                               # columns of names
SHORT = 60                              # characters of a value
NAMES = ["run", "plugin", "tag", "step", "what", "a", "b"]


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("a", metavar="A", help="an event file, a run's directory or a log "
                                               "directory")
    parser.add_argument("b", metavar="B", help="another one")
    add_filters(parser)
    add_run(parser)
    parser.add_argument("--tolerance", type=number_from(0, kind=float), default=0.0, metavar="X",
                        help="by how much numbers may differ")
    parser.add_argument("--relative", type=number_from(0, kind=float), default=0.0, metavar="X",
                        help="and by how much of the larger, such as 1e-6")
    parser.add_argument("--full", action="store_true", help="tell every point that differs")
    add_format(parser, ["text"])
    add_color(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """Print the differences; 1 if there are some, 3 if a side cannot be read."""
    from ..read.differences import Comparison
    if args.a == args.b == STDIN:
        raise InputError("A and B", "standard input at most once", "- and -")
    sides, code = [], OK
    for path in (args.a, args.b):
        runs, ended = runs_of([path], args)
        sides.append(runs)
        code = max(code, ended)
    if not all(sides):
        return code
    found = Comparison(sides[0], sides[1], lambda tag, plugin: (
        plugin in (args.plugin or [plugin]) and matches(tag, args.tag)), args.tolerance,
        args.relative)
    if args.format != "text":
        rows = [_row(difference) for difference in found]
        write_rows(NAMES, rows, args.format, Paint(args.color))
        differ = FOUND if rows else OK
    else:
        differ = _print(args, found)
    if not differ and not found.tags and (args.tag or args.plugin):
        differ = nothing([args.a, args.b])      # no difference, for nothing was compared
    return max(code, differ)


def _row(difference):
    return list(difference[:5]) + [shown(x) if isinstance(x, bytes) or hasattr(x, "dtype") else
                                   number(x) if isinstance(x, float) else x
                                   for x in difference[5:]]


# ---- the account ----

def _print(args, found):
    """Print what differs, a line for each tag, then all of it if it is to be full."""
    paint, account, differ = Paint(args.color), [], 0   # type: Paint, List[Any], int
    for place, differences in _by_tag(found):
        differ += len(differences)
        account.append((place, differences if args.full else differences[:1],
                        _told(place[1], differences)))
    print("A: %s\nB: %s\n" % (visible(args.a), visible(args.b)))
    longest = max((width_of(_name(place)) for place, _, _ in account), default=0)
    for place, differences, told in account:
        what = differences[0].what
        print(("%s  %s  %s" % (paint(what.ljust(9), "bad" if what == "differs" else "doubt"),
                               paint(padded(_name(place), min(longest, WIDE)), "name"),
                               told)).rstrip())
    print("%s%s" % ("\n" * bool(differ), _summary(found, differ)))
    for place, differences, _ in account if args.full else ():
        if differences[0].step is not None:
            print("\n" + paint(_name(place), "name"))
            for each in differences:
                print("  step %d: %s" % (each.step, _change(each)))
    return FOUND if differ else OK


def _name(place):
    """Return the name of a tag, after its run unless that is the directory itself."""
    run, _, tag = place
    return visible(run if tag is None else tag if run == "." else "%s: %s" % (run, tag))


def _by_tag(found):
    """Yield ((run, plugin, tag), its differences)."""
    from itertools import groupby
    for place, differences in groupby(found, lambda each: tuple(each[:3])):
        yield place, list(differences)


def _told(plugin, differences):
    first = differences[0]
    if plugin is None:
        return "a run"
    if plugin == "hparams":
        return "hparams, " + _change(first)
    if first.step is None:
        points = first.a if first.b is None else first.b
        return "%s, %s" % (plugin or "no plugin", counted(points, "point"))
    told = ["%s, %s" % (plugin or "no plugin", counted(len(differences), "point")),
            "first at step %d: %s" % (first.step, _change(first))]
    gaps = [(abs(each.a - each.b), each.step) for each in differences
            if isinstance(each.a, float) and isinstance(each.b, float) and each.a - each.b == each.a
            - each.b]
    if len(gaps) > 1:
        told.append("by %.4g at most, at step %d" % max(gaps))
    return ", ".join(told)


def _change(each):
    if each.what == "only in A":
        return "%s, not in B" % shown(each.a)
    if each.what == "only in B":
        return "not in A, %s" % shown(each.b)
    a, b = shown(each.a), shown(each.b)
    return "%s -> %s" % (a, b) if a != b else "%s, but not the same" % a


def shown(value: "Any") -> str:
    """Return a value as text on a line, shortened."""
    if isinstance(value, float):
        return texted(number(value))
    if isinstance(value, bytes):
        return counted(len(value), "byte")
    if hasattr(value, "dtype"):
        return "%s of shape %s" % (value.dtype, tuple(value.shape))
    if isinstance(value, list) and value and isinstance(value[0], dict) and "encoded" in value[0]:
        return ", ".join(_file(each) for each in value)
    if isinstance(value, list) and value and isinstance(value[0], tuple) and len(value[0]) == 3:
        return "a histogram of %.6g values in %d buckets" % (
            sum(count for _, _, count in value), len(value))
    text = repr(value[0]) if isinstance(value, list) and len(value) == 1 else repr(value)
    return visible(text if len(text) <= SHORT else text[:SHORT - 3] + "...")


def _file(each):
    size = "%d x %d, " % (each["width"], each["height"]) if "width" in each else ""
    return "%s%d bytes" % (size, len(each["encoded"]))


def _summary(found, differ):
    return "%s of %s in %s on both sides; %s" % (
        counted(found.points, "point"), counted(found.tags, "tag"), counted(found.runs, "run"),
        counted(differ, "difference") if differ else "no difference")
