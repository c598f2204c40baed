"""Make one HTML file of runs: charts, pictures, histograms, texts and hyperparameters.

It needs no TensorBoard and no network, has no script, and follows the reader's light or dark mode.
What it leaves out, such as most steps of pictures, it lists at its end.

    python3 -m tbx_pure report runs -o runs.html
    python3 -m tbx_pure report runs/demo --smooth 0.6 --title 'Digits'
"""
import os

from .output import OK, add_new_file, add_progress, may_write, new_file, number_from, say, sized
from .reading import add_filters, add_paths, inputs_of, matches, nothing
from .selection import SAID, add_run, add_smooth, add_steps, chosen_runs, shown_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

PACKAGE = __name__.split(".commands.")[0]


def arguments(parser: "ArgumentParser") -> None:
    add_paths(parser)
    parser.add_argument("-o", "--output", metavar="FILE", default="report.html",
                        help="write it there; report.html is the default, - standard output")
    add_filters(parser)
    add_run(parser)
    add_steps(parser, "last")
    add_smooth(parser)
    parser.add_argument("--images", type=number_from(0), default=4, metavar="N",
                        help="steps of a tag's images in each run; 4 is the default")
    parser.add_argument("--title", help="of the page")
    add_new_file(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """Write the page; 1 if something is damaged or there is nothing, 3 if it cannot be read."""
    from ..report.page import Options, page
    if args.output != "-":
        may_write(args.output, args.force)      # before much is read
    runs, code = chosen_runs(args)
    if not runs:
        return code
    runs = shown_names(runs, args.path[0])
    options = Options(args.smooth, args.steps or "last", args.images, lambda tag, plugin: (
        plugin in (args.plugin or [plugin]) and matches(tag, args.tag)))
    if not any(options.wants(tag, plugin) for each in runs.values()
               for plugin, tags in each.tags().items() for tag in tags):
        return nothing(args.path, code)
    title = args.title or ", ".join(os.path.basename(os.path.abspath(path)) for path in args.path)
    size = 0
    with new_file(args.output, args, inputs_of(args.path)) as file:
        for part in page(runs, title, options, "Scalars: %s. Made by %s report." % (
                SAID[options.steps], PACKAGE)):
            data = part.encode("utf-8", "backslashreplace")
            file.write(data)
            size += len(data)
    if args.output != "-" and not args.quiet:
        say(args.output, "%s%s" % ("would be " * bool(args.dry_run), sized(size)), OK)
    return code
