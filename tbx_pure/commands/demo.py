"""Train a small neural network on handwritten digits and log it: a run to look at.

Takes ten to twenty seconds.  Without DIR, the run is in a new directory runs/demo-<date>_<time>.

    python3 -m tbx_pure demo
    python3 -m tbx_pure demo runs/first
"""
import os
import sys

from .output import USAGE, say, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

PACKAGE = __name__.split(".commands.")[0]       # a vendored copy has a name of its own


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("directory", metavar="DIR", nargs="?", help="where to write the run")


def run(args: "Namespace") -> int:
    """Train, log and tell where; 2 if DIR cannot take a run, 3 if it cannot be written."""
    from ..demo import demo
    directory = args.directory or ""
    try:
        directory = directory or new_directory()
        trouble = obstacle(directory)
        if trouble:
            return say(directory, trouble, USAGE)
        result = demo.run(directory, progress=show_progress)
    except OSError as e:
        return unreadable(e, directory)
    sys.stdout.write(report(demo.sentence(result), directory))
    return 0


def new_directory() -> str:
    """Make a directory that did not exist, named by the time, and return it."""
    import time
    base = directory = os.path.join("runs", time.strftime("demo-%Y-%m-%d_%H-%M-%S"))
    n = 1
    while True:
        try:
            os.makedirs(directory)
            return directory
        except FileExistsError:         # another demo began in this second
            n += 1
            directory = "%s-%d" % (base, n)


def obstacle(directory: str) -> str:
    """Return why no new run can be written there, or "" if it can."""
    if not os.path.exists(directory):
        return ""
    if not os.path.isdir(directory):
        return "is not a directory"
    if any("tfevents" in name for name in os.listdir(directory)):
        return "already holds a run, and two would mix: give another directory"
    return ""


def show_progress(epoch: int, epochs: int, accuracy: float) -> None:
    """Rewrite one line on a terminal, and clear it at the end; anywhere else do nothing."""
    if sys.stderr is not None and sys.stderr.isatty():
        line = "epoch %d of %d: %.1f%% right" % (epoch, epochs, 100 * accuracy)
        sys.stderr.write("\r%-40s\r" % (line if epoch < epochs else ""))
        sys.stderr.flush()


def report(sentence: str, directory: str) -> str:
    """Return what the command prints: the result, where it is, how to see it."""
    import shlex
    quoted = shlex.quote(directory)
    return ("%s\nThe run is in %s\n\nTo see it:\n"
            "    python3 -m %s cat %s\n"
            "    tensorboard --logdir %s\n" % (sentence, directory, PACKAGE, quoted, quoted))
