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
    from ..errors import FormatError
    from ..read.events import event_files, events
    code = 0
    for path in args.path:
        try:
            files = event_files(path)
            if not files:
                print("%s: no event files" % path, file=sys.stderr)
                code = max(code, 1)
            for name, file in files:
                print("run %s, file %s" % (name, file))
                for event in events(file):
                    for line in lines(event):
                        print("  " + line)
        except FormatError as e:
            print("%s: damaged: %s" % (file, e), file=sys.stderr)
            code = max(code, 1)
        except BrokenPipeError:
            raise                       # of standard output: cli.main ends quietly
        except OSError as e:
            print("%s: %s" % (path, e.strerror), file=sys.stderr)
            code = 3
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
