"""Print the events of a file as JSON, in the form that protobuf libraries read.

One event a line.  At the first damage it stops: exit code 1, and the rule that is broken on
standard error.  An end that is not all there yet is no damage.  encode does the reverse, and
spec/vectors/README.md describes both.

    python3 -m tbx_pure decode runs/demo/events.out.tfevents.*
    python3 -m tbx_pure decode - < FILE | jq .summary
"""
import sys

from .encode import of_messages, table_of
from .output import FOUND, OK, say, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("file", nargs="?", default="-",
                        help="an event file; - or nothing is standard input")
    of_messages(parser)


def run(args: "Namespace") -> int:
    """Print all; 1 at damage, 3 if the input cannot be read."""
    from ..errors import FormatError
    message = table_of(args)
    try:
        return _print(args.file, message)
    except FormatError as e:
        return say(args.file, "damaged: %s" % e, FOUND)
    except OSError as e:
        return unreadable(e, args.file)


def _print(path, message):
    import json
    from ..errors import FormatError
    from ..proto_json import to_json
    from ..read.records import scan
    from ..record import HEADER_SIZE
    with scan(sys.stdin.buffer if path == "-" else path, strict=True) as records:
        for offset, data in records:
            try:
                values = message.decode(data)
            except FormatError as e:
                raise FormatError(e.message, offset + HEADER_SIZE + e.pos, e.rule) from None
            print(json.dumps(to_json(message, values)))
        if records.torn:
            return say(path, records.torn.error(),
                       OK if records.torn.rule == "record-6" else FOUND)
    return OK
