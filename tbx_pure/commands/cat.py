"""Print the events of a run, a log directory or an event file as text.

A line each: wall time (UTC), step, what it is, and for a summary its tag, plugin and value.
What is damaged is passed over, and said.  In the other formats each value is a row.

    python3 -m tbx_pure cat runs/demo
    python3 -m tbx_pure cat --tag 'loss*' --format csv runs/demo > loss.csv
    ssh host cat run/events.out.tfevents.1 | python3 -m tbx_pure cat -
"""
from ..plugins import counted
from .output import Paint, add_color, unreadable, visible
from .reading import Filter, Metadata, Sources, add_filters, add_paths, nothing, tell
from .rows import add_format, iso, number, write_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Dict, Iterator, List, Optional, Tuple

NAMES = ["run", "wall_time", "time", "step", "plugin", "tag", "value"]
AS_READ = "scalars", "text", "histograms"       # plugins of which rows have what read() gives


def arguments(parser: "ArgumentParser") -> None:
    add_paths(parser)
    add_filters(parser)
    add_format(parser, ["text"])
    add_color(parser)


def run(args: "Namespace") -> int:
    """Print all; 3 if something cannot be read, 1 if a file is damaged or there is none."""
    sources, chosen = Sources(args.path), Filter(args)
    if args.format == "text":
        paint = Paint(args.color)
        for name, event in _events(sources, paint):
            for line in lines(event, chosen, paint):
                print("  " + line)
    else:
        write_rows(NAMES, (row for name, event in _events(sources, None)
                           for row in rows(name, event, chosen)), args.format, Paint(args.color))
    return sources.code if sources.code or chosen.satisfied() else nothing(args.path)


def _events(sources, paint):
    """Yield (run, event) of all files; what is damaged is said where it stands."""
    from ..read.events import events
    metadata = Metadata()
    for run, name, source in sources:
        if paint:
            print(paint("run %s, file %s" % (visible(run), visible(name)), "head"))
        told = 0
        found = events(source)
        try:
            for event in found:
                sources.worst(tell(name, found.damage[told:]))
                told = len(found.damage)
                yield run, metadata.completed(run, event)
            sources.worst(tell(name, found.damage[told:], found.torn))
        except OSError as e:
            sources.worst(unreadable(e, name))


class _Everything:
    all = True

    def wants(self, tag, plugin):
        return True


EVERYTHING = _Everything()              # type: Any


def lines(event: "Dict[str, Any]", chosen: "Filter" = EVERYTHING,
          paint: "Optional[Paint]" = None) -> "List[str]":
    """Return an event as lines of text: one for each value of a summary, else a single one."""
    from ..plugins import describe, plugin_of
    paint = paint or Paint("never")
    head = "%s  step %-6d  " % (clock(event.get("wall_time", 0.0)), event.get("step", 0))
    if "summary" in event:
        return [head + "%s  %s" % (paint(visible(value.get("tag", "")), "name"),
                                   visible(describe(value)))
                for value in event["summary"].get("value", [])
                if chosen.wants(value.get("tag", ""), plugin_of(value))]
    return [head + _what(event)] if chosen.all else []


def rows(run: str, event: "Dict[str, Any]", chosen: "Filter" = EVERYTHING,
         ) -> "Iterator[List[Any]]":
    """Yield a row for each value of an event; for what is no summary, one with its kind as plugin.
    """
    from ..plugins import plugin_of
    at = event.get("wall_time", 0.0)
    head = [run, at, iso(at), event.get("step", 0)]
    if "summary" in event:
        for value in event["summary"].get("value", []):
            if chosen.wants(value.get("tag", ""), plugin_of(value)):
                yield head + [plugin_of(value), value.get("tag", ""), value_of(value)]
    elif chosen.all:
        yield head + [None, None, _what(event)]


def value_of(value: "Dict[str, Any]") -> "Any":
    """Return what a row has of a Summary.Value: its numbers or texts, or a line about it."""
    from ..errors import FormatError
    from ..plugins import describe, plugin_of, read
    plugin = plugin_of(value)
    if plugin in AS_READ:
        try:
            found = read(plugin, value)
            return number(found) if plugin == "scalars" else found
        except FormatError:             # not of the plugin's form
            pass
    return describe(value).partition("  ")[2]


def _what(event):
    kinds = [name for name in event if name not in ("wall_time", "step")]
    return "  ".join("%s %s" % (name, visible(str(_short(event[name])))) for name in kinds)


def _short(value):
    return counted(len(value), "byte") if isinstance(value, bytes) else value


def clock(seconds: float) -> str:
    """Return a wall time as UTC for people."""
    return iso(seconds).replace("T", " ").rstrip("Z")
