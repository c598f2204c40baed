"""Show what each byte of an event file means, in the notation of spec/README.md.

Of each line the offset, the bytes, what they are, and the rule of spec/ that governs them.  Deeper
indentation means inside the message above.  Below what is damaged stands a line of ~~^ with the
rule that is broken.  Long payloads are shortened, unless --full.

    python3 -m tbx_pure explain runs/first
    python3 -m tbx_pure explain --event 3 --full events.out.tfevents.1700000000.host
    python3 -m tbx_pure explain --tag 'loss*' --plain runs/demo
    python3 -m tbx_pure explain --damaged runs
"""
import sys

from ..plugins import counted
from .output import FOUND, OK, Paint, add_color, encoding_of, number_from, say, unreadable, visible
from .reading import STDIN, Sources, add_paths, matches
from .rows import add_format, write_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Iterator
    from ..read.explain import Item

NAMES = ["file", "record", "offset", "size", "hex", "path", "meaning", "rule", "broken"]
A_LINE = 8                              # bytes that stand beside each other in a long payload
SHORT = 8 * A_LINE                      # bytes of a long payload that are shown without --full
FEW = 8                                 # items of a long list that are shown without --full
INDENT = "   "


def arguments(parser: "ArgumentParser") -> None:
    add_paths(parser)
    parser.add_argument("--event", type=number_from(0), action="append", metavar="N",
                        help="of this record alone, counted from 0; may be given twice")
    parser.add_argument("--tag", action="append", metavar="GLOB",
                        help="of records with such a tag alone, such as 'loss*'")
    parser.add_argument("--damaged", action="store_true", help="of what breaks a rule alone")
    parser.add_argument("--full", action="store_true", help="every byte of long payloads, too")
    parser.add_argument("--plain", action="store_true",
                        help="bytes and meaning alone, as in spec/: no offsets, no rules")
    add_format(parser, ["text"])
    add_color(parser)


def run(args: "Namespace") -> int:
    """Show it; 3 if something cannot be read, 1 if it is damaged or there is no such record."""
    sources = Sources(args.path)
    if args.format == "text":
        show = _Text(args)
        for name, part in _parts(sources, args):
            show(name, part)
    else:
        write_rows(NAMES, (row for name, part in _parts(sources, args)
                           for row in _rows(name, part)), args.format, Paint(args.color))
    return sources.code


def _parts(sources, args):
    from ..read.explain import explain
    shown = False
    for _, name, source in sources:
        try:
            for part in explain(source.read() if name == STDIN else source,
                                None if args.full else FEW):
                if _chosen(part, args):
                    shown = True
                    sources.worst(FOUND if _broken(part) else OK)
                    yield name, part
                if args.event and part.number == max(args.event):
                    break
        except OSError as e:
            sources.worst(unreadable(e, name))
    if not shown and sources.code == OK:
        sources.worst(say(", ".join(args.path), "no such record", FOUND))


def _chosen(part, args):
    if args.event and part.number not in args.event or args.damaged and not _broken(part):
        return False
    return not args.tag or any(matches(tag, args.tag) for tag in part.tags)


def _broken(part):
    return any(item.broken for item in part.items)


def _rows(name, part):
    for item in part.items:
        yield [name, part.number, item.offset, len(item.data), item.data.hex(), item.path,
               item.text, item.rule or None, str(item.broken) if item.broken else None]


# ---- text ----

class _Text:
    """Prints parts one after another."""

    def __init__(self, args):
        self.args, self.paint, self.file = args, Paint(args.color), None
        self.encoding = encoding_of(sys.stdout)
        self.between = ""               # before each part but the first

    def __call__(self, name, part):
        if self.args.plain:
            print(self.between, end="")
        else:
            if name != self.file:
                print(self.between + self.paint(visible(name, self.encoding), "head"))
                self.file = name
            title = "damaged" if part.number is None else "record %d" % part.number
            title = "%s, at byte %d%s" % (title, part.offset, _clock(part.items))
            print("\n" + self.paint(title, "head"))
        self.between = "\n"
        rows = [row for item in part.items for row in lines(item, self.args.full)]
        width = max(len(hexes) for _, hexes, _, _ in rows)
        for row in rows:
            print(self._line(width, *row))

    def _line(self, width, offset, hexes, text, item):
        """Return a line; item is None of those that go on, and of markers."""
        text = visible(text, self.encoding)
        if self.args.plain:
            return (hexes.ljust(width) + "  " + text).rstrip()
        start = "%8s  " % ("" if offset is None else offset)
        if item is None:
            return (start + self._marked(hexes.ljust(width), text)).rstrip()
        rule = "  " + self.paint("[%s]" % item.rule, "quiet") if item.rule else ""
        return (start + hexes.ljust(width) + "  " + text + rule).rstrip()

    def _marked(self, hexes, text):
        bad = hexes.lstrip().startswith(("~", "^"))
        return self.paint(hexes + "  " + text, "bad") if bad else hexes + "  " + text


def _clock(items):
    """Return the wall time of a record, for people: ", 2023-11-14 22:13:20.000 UTC"."""
    from ..messages import EVENT
    from .cat import clock
    for item in items:
        if item.path == "wall_time":
            return ", %s UTC" % clock(EVENT.decode(item.data).get("wall_time", 0.0))
    return ""


def lines(item: "Item", full: bool = True) -> "Iterator[Any]":
    """Yield (offset, indented hex, text, item) of each line of an item; below it, its marker."""
    indent, data = INDENT * item.depth, item.data
    size = A_LINE if len(data) > 12 else max(len(data), 1)
    kept = data if full or len(data) <= SHORT + A_LINE else data[:SHORT]
    for start in range(0, max(len(kept), 1), size):
        first = start == 0
        yield (item.offset + start, indent + spaced(kept[start:start + size]),
               item.text if first else "", item if first else None)
        if item.broken and start <= _within(item, kept) < start + size:
            yield _marker(item, indent, kept, start, size)
    if len(kept) < len(data):
        yield (item.offset + len(kept), indent + "...",
               counted(len(data) - len(kept), "byte") + " more", None)


def _within(item, kept):
    """Return where, in the bytes that are shown of an item, the marker points."""
    return min(max(item.broken.pos - item.offset, 0), max(len(kept) - 1, 0))


def _marker(item, indent, kept, start, size):
    """Return a line with ~ below the bytes of a line that are in doubt, ^ below the one at fault.
    """
    at = _within(item, kept) - start
    count = len(kept[start:start + size])
    if at == 0 and count > 1:           # all of it, as far as is known
        at = count - 1
    marks = indent + "~" * max(3 * at, 0) + "~^" if count else indent + "^"
    return None, marks, "%s (%s)" % (item.broken.message, item.broken.rule), None


def spaced(data: bytes) -> str:
    """Return bytes as hex, with spaces between them."""
    text = data.hex()
    return " ".join(text[i:i + 2] for i in range(0, len(text), 2))
