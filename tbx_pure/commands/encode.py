"""Make an event file of events in JSON.

The events come in the JSON form of protobuf, one a line, or in one array; the bytes go to standard
output.  spec/vectors/README.md describes both, and decode does the reverse.

    python3 -m tbx_pure encode events.json > events.out.tfevents.1700000000.host
    python3 -m tbx_pure decode FILE | grep -v debug | python3 -m tbx_pure encode > tfevents
"""
import importlib
import sys

from .output import FOUND, OK, USAGE, is_terminal, say, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Iterator, Tuple


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("file", nargs="?", default="-",
                        help="the JSON; - or nothing is standard input")
    of_messages(parser)


def of_messages(parser: "ArgumentParser") -> None:
    """Add what encode and decode have for files of other messages than events."""
    parser.add_argument("--message", metavar="NAME", default="Event",
                        help="what each record holds: Event, a message inside it, such as "
                             "Summary.Value, or a plugin's")
    parser.add_argument("--tables", metavar="FILE",
                        help="JSON in which the table of that message stands, such as "
                             "spec/vectors/fields.json")


def run(args: "Namespace") -> int:
    """Write the bytes; 3 if the input cannot be read, 1 if it is no event, 2 for a terminal."""
    from ..errors import InputError
    from ..record import frame
    out = sys.stdout.buffer
    if is_terminal(out):
        return say("standard output", "a terminal shows no event file: add > FILE", USAGE)
    message = table_of(args)
    try:
        for data in encoded(args.file, message):
            out.write(frame(data))
        out.flush()
        return OK
    except InputError as e:
        return say(args.file, e, FOUND)
    except OSError as e:
        return unreadable(e, args.file)


def encoded(path: str, message: "Any") -> "Iterator[bytes]":
    """Yield the bytes of each message in a file of JSON: one a line, or all in an array.

    Raises InputError, which says where, for what is no JSON or no such message.
    """
    from ..errors import InputError
    from ..proto_json import from_json
    for place, value in parsed(path):
        try:
            yield message.encode(from_json(message, value))
        except InputError as e:
            raise InputError("%s, %s" % (place, e.argument), e.need, e.got) from None


def parsed(path: str) -> "Iterator[Tuple[str, Any]]":
    """Yield (where it stands, value) for each JSON value."""
    import json
    from ..errors import InputError, shown
    source = sys.stdin.buffer if path == "-" else open(path, "rb")
    try:
        for number, line in enumerate(source, 1):
            if line.lstrip()[:1] == b"[":
                line += source.read()
            try:
                value = json.loads(line.decode("utf-8")) if line.strip() else []
            except (ValueError, RecursionError) as e:       # no UTF-8, no JSON, or too deep
                raise InputError("line %d" % number, "JSON", "%s: %s" % (shown(line), e)) from None
            if isinstance(value, list):
                for i, one in enumerate(value, 1):
                    yield "event %d" % i, one
            else:
                yield "line %d" % number, value
    finally:
        if path != "-":
            source.close()


# ---- which message ----

def table_of(args: "Namespace") -> "Any":
    """Return the table that --message names.

    Raises InputError if there is none, OSError if the file of tables cannot be read.
    """
    from ..errors import InputError
    for table in _tables_in(args.tables) if args.tables else _tables():
        if table.name == args.message:
            return table
    raise InputError("--message", "the name of a table", args.message)


def _tables_in(path):
    import json
    from ..errors import InputError
    from ..proto_json import tables
    with open(path, encoding="utf-8") as f:
        try:
            document = json.load(f)
        except (ValueError, RecursionError) as e:
            raise InputError("--tables", "JSON", "%s: %s" % (path, e)) from None
    return tables(document).values()


def _tables():
    """Yield every table of events, and of what plugins put into them."""
    from ..messages import EVENT
    from ..plugins import PLUGINS
    from ..proto_json import walk
    from ..wire import Message
    tops = [EVENT]
    for name, _, _ in PLUGINS:
        try:
            module = importlib.import_module("...plugins." + name, __name__)
        except ImportError:             # a copy without this wing
            continue
        tops += [x for x in vars(module).values() if isinstance(x, Message)]
    for top in tops:
        for table in walk(top):
            yield table
