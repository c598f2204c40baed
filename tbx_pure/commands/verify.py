"""Check event files: framing, both checksums, every field, UTF-8, wall times, the first record.

Says of each thing wrong its cause, its offset and the rule of spec/ that it breaks.  What is sound
but may not be meant so, such as steps that repeat, is a remark, and does not change the exit code.
An end that is not all there is wrong, unless the file is --live: then somebody may be writing it.

    python3 -m tbx_pure verify runs
    python3 -m tbx_pure verify --live runs/now
    python3 -m tbx_pure verify --format jsonl runs | grep record-3
"""
from ..plugins import counted
from .output import FOUND, OK, Paint, Progress, add_color, add_progress, unreadable, visible
from .reading import Sources, add_paths, size_of
from .rows import add_format, write_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

NAMES = ["file", "kind", "cause", "rule", "pos", "start", "end", "message"]
STYLE = {"damage": "bad", "torn": "bad", "live": "doubt", "remark": "doubt"}
LIVE = "live"                           # the kind that "torn" becomes with --live


def arguments(parser: "ArgumentParser") -> None:
    add_paths(parser)
    parser.add_argument("--live", action="store_true",
                        help="an end that is not all there is no damage")
    parser.add_argument("--no-remarks", action="store_true", help="tell only what is wrong")
    add_format(parser, ["text"])
    add_color(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """Tell all that is found; 3 if something cannot be read, 1 if something is wrong, or nothing
    is there."""
    sources, paint = Sources(args.path), Paint(args.color)
    if args.format == "text":
        _print(_findings(sources, args), args, paint)
    else:
        write_rows(NAMES, ([name] + list(found) for name, found, _ in _findings(sources, args)
                           if found), args.format, paint)
    return sources.code


def _findings(sources, args):
    """Yield (file, Finding, None) of each finding, and at the end of a file (file, None, records).
    """
    from ..read.verify import Verification
    with Progress(sources.size(), args, "verifying") as progress:
        for _, name, source in sources:
            verification = Verification(source, progress.at)
            try:
                for found in _told(verification, args):
                    progress.clear()
                    sources.worst(FOUND if found.kind in ("damage", "torn") else OK)
                    yield name, found, None
                yield name, None, verification.records
            except OSError as e:
                sources.worst(unreadable(e, name))
            progress.before += size_of(name)


def _told(verification, args):
    for found in verification:
        if found.kind == "torn" and args.live:
            found = found._replace(kind=LIVE)
        if found.kind != "remark" or not args.no_remarks:
            yield found


def _print(findings, args, paint):
    counts = {}                         # of the findings of one file, by kind
    for name, found, records in findings:
        if found is not None:
            counts[found.kind] = counts.get(found.kind, 0) + 1
            print("%s: %s" % (visible(name), _line(found, paint)))
        elif not args.quiet:
            wrong = counts.get("damage", 0) + counts.get("torn", 0)
            verdict = paint("%d wrong" % wrong, "bad") if wrong else paint("good", "good")
            print("%s: %s, %s" % (visible(name), verdict, counted(records, "record")))
            counts = {}


def _line(found, paint):
    kind = found.kind + (", " + found.cause if found.cause else "")
    line = "%s at byte %d, rule %s: %s" % (paint(kind, STYLE[found.kind]), found.pos,
                                           paint(found.rule, "name"), visible(found.message))
    if found.start is not None:
        line += "; bytes %d to %d give nothing" % (found.start, found.end - 1)
    return line
