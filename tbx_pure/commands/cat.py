"""Print the events of a run, a log directory or an event file as text.

A line each: wall time (UTC), step, what it is, and for a summary its tag, plugin and value.

    python3 -m tbx_pure cat runs/demo
    python3 -m tbx_pure cat runs/demo | grep loss
"""
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Dict, List


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("path", nargs="+",
                        help="an event file, a run's directory or a log directory")


def run(args: "Namespace") -> int:
    """Print all; 3 if something cannot be read, 1 if a file is damaged or there is none."""
    return max(map(_print_all, args.path))


def _print_all(path):
    from ..read.files import event_files
    try:
        files = event_files(path)
    except OSError as e:
        return _say(path, e.strerror, 3)
    return max([_print_file(run, file) for run, file in files]) if files else _say(
        path, "no event files", 1)


def _print_file(run, file):
    from ..errors import FormatError
    from ..read.events import events
    print("run %s, file %s" % (run, file))
    try:
        for event in events(file, strict=True):
            for line in lines(event):
                print("  " + line)
        return 0
    except FormatError as e:
        return _say(file, "damaged: %s" % e, 1)
    except BrokenPipeError:
        raise                           # standard output's: cli.main ends quietly
    except OSError as e:
        return _say(file, e.strerror, 3)


def _say(path, trouble, code):
    sys.stdout.flush()                  # what came before it is printed before it
    print("%s: %s" % (path, trouble), file=sys.stderr)
    return code


def lines(event: "Dict[str, Any]") -> "List[str]":
    """Return an event as lines of text: one for each value of a summary, else a single one."""
    from ..plugins import describe
    head = "%s  step %-6d  " % (_clock(event.get("wall_time", 0.0)), event.get("step", 0))
    if "summary" in event:
        return [head + "%s  %s" % (value.get("tag", ""), describe(value))
                for value in event["summary"].get("value", [])]
    kinds = [name for name in event if name not in ("wall_time", "step")]
    return [head + "  ".join("%s %s" % (name, _short(event[name])) for name in kinds)]


def _short(value):
    return "%d bytes" % len(value) if isinstance(value, bytes) else value


def _clock(seconds):
    try:
        whole, thousandths = divmod(int(seconds * 1000), 1000)
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(whole)) + ".%03d" % thousandths
    except (ValueError, OverflowError, OSError):        # NaN, or a year that has no calendar
        return repr(seconds)
