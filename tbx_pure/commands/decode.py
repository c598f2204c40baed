"""Print the events of a file as JSON, in the form that protobuf libraries read.

One event a line.  At the first damage it stops: exit code 1, and the rule that is broken on
standard error.  An end that is not all there yet is no damage.  encode does the reverse, and
spec/vectors/README.md describes both.

    python3 -m tbx_pure decode runs/demo/events.out.tfevents.*
    python3 -m tbx_pure decode - < FILE | jq .summary
"""
import sys

from .encode import of_one_message, say, table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("file", nargs="?", default="-",
                        help="an event file; - or nothing is standard input")
    of_one_message(parser)


def run(args: "Namespace") -> int:
    """Print all; 1 at damage, 3 if the input cannot be read."""
    from ..errors import FormatError, InputError
    try:
        message = table_of(args)
    except InputError as e:
        return say(e, 2)
    except OSError as e:
        return say("%s: %s" % (args.tables, e.strerror), 3)
    try:
        return _print(args.file, message)
    except FormatError as e:
        return say("%s: %s" % (args.file, e), 1)
    except BrokenPipeError:
        raise                           # standard output's: cli.main ends quietly
    except OSError as e:
        return say("%s: %s" % (args.file, e.strerror), 3)


def _print(path, message):
    import json
    from ..messages import EVENT
    from ..proto_json import to_json
    from ..read.events import events
    if message is not None:
        print(json.dumps(to_json(message, message.decode(_bytes(path)))))
        return 0
    found = events(sys.stdin.buffer if path == "-" else path, strict=True)
    for event in found:
        print(json.dumps(to_json(EVENT, event)))
    for torn in found.torn:
        return say("%s: %s" % (path, torn.error()), 0 if torn.rule == "record-6" else 1)
    return 0


def _bytes(path):
    if path == "-":
        return sys.stdin.buffer.read()
    with open(path, "rb") as f:
        return f.read()
