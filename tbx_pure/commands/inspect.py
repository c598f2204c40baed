"""Tell the steps of each kind of data in the runs of a log directory, or in an event file.

The fields are those of `tensorboard --inspect`: first and last step in the order of the file,
smallest and largest, how many different ones, and where they go back.  Of session logs that start
and stop it tells all steps.

    python3 -m tbx_pure inspect runs
    python3 -m tbx_pure inspect runs/demo --tag loss
    python3 -m tbx_pure inspect --files --format csv runs
"""
from .output import Paint, Progress, add_color, add_progress, unreadable, visible
from .reading import Sources, add_paths, add_tag, matches, nothing, size_of, tell
from .rows import add_format, write_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Dict
    from ..read.inspection import Inspection

NAMES = ["run", "kind", "first_step", "last_step", "max_step", "min_step", "num_steps",
         "outoforder_steps", "steps"]
SHOWN = 10                              # pairs and steps that the text form shows


def arguments(parser: "ArgumentParser") -> None:
    add_paths(parser)
    add_tag(parser)
    parser.add_argument("--files", action="store_true", help="each file apart, not each run")
    add_format(parser, ["text"])
    add_color(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """Print all; 3 if something cannot be read, 1 if it is damaged or there is nothing."""
    sources = Sources(args.path)
    found = _inspected(sources, args)
    found = {name: each for name, each in found.items() if any(each.rows().values())}
    if args.format == "text":
        paint = Paint(args.color)
        for name, inspection in found.items():
            _print(name, inspection, paint)
    else:
        write_rows(NAMES, _rows(found), args.format, Paint(args.color))
    return sources.code if found or sources.code else nothing(args.path)


def _inspected(sources, args):
    """Return {name of run or file: its Inspection}."""
    from ..read.inspection import Inspection
    found = {}                          # type: Dict[str, Inspection]
    wants = args.tag and (lambda tag: matches(tag, args.tag))
    with Progress(sources.size(), args, "reading") as progress:
        for run, name, source in sources:
            inspection = found.setdefault(name if args.files else run, Inspection(wants))
            before = len(inspection.damage)
            try:
                inspection.add(source, progress.at)
            except OSError as e:
                sources.worst(unreadable(e, name))
            progress.before += size_of(name)
            sources.worst(tell(name, inspection.damage[before:]))
    return found


def _rows(found):
    for name, inspection in found.items():
        for kind, told in inspection.rows().items():
            if told:
                yield [name, kind] + [told.get(field) for field in NAMES[2:]]


def _print(name, inspection, paint):
    print(paint(visible(name), "head"))
    for kind, told in inspection.rows().items():
        tags = sorted(inspection.tags.get(kind, ()))
        if told:
            print("  %s%s" % (paint(kind, "name"), _of(tags)))
            for field in NAMES[2:]:
                if field in told:
                    print("    %-18s %s" % (field, _short(told[field])))


def _of(tags):
    return " of %d tag%s: %s" % (len(tags), "s"[:len(tags) > 1], ", ".join(map(visible, tags))
                                 ) if tags else ""


def _short(value):
    if not isinstance(value, list):
        return value
    more = ", and %d more" % (len(value) - SHOWN) if len(value) > SHOWN else ""
    return ", ".join("%s -> %s" % x if isinstance(x, tuple) else str(x)
                     for x in value[:SHOWN]) + more or "none"
