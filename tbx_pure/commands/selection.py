"""Which runs and points a command takes, beside reading.py: the runs whole, series by series."""
import os

from .output import FOUND, Progress, number_from, say, unreadable
from .reading import Sources, matches, size_of, tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Dict, List, Sequence, Tuple

    from ..read.run import Run


def add_run(parser: "ArgumentParser") -> None:
    parser.add_argument("--run", action="append", metavar="GLOB",
                        help="such runs alone; may be given twice")


def add_steps(parser: "ArgumentParser", default: str) -> None:
    parser.add_argument("--steps", choices=("all", "last", "mean"),
                        help="all points; of several at a step the last, without those that a "
                             "later point overrides, as TensorBoard shows them; or their mean: "
                             "the default is %s" % default)


def add_smooth(parser: "ArgumentParser") -> None:
    parser.add_argument("--smooth", type=number_from(0, 0.999, float), default=0.0, metavar="W",
                        help="smooth scalars as TensorBoard does, from 0 to 0.999")


#   --steps    what is said of the points
SAID = {
    "all":     "all points",
    "last":    "the last point of each step",
    "mean":    "the mean of each step",
}


def shown_names(runs: "Dict[str, Run]", path: str) -> "Dict[str, Run]":
    """Return runs under names for people, to whom "." says nothing: it is the path's own name."""
    name = os.path.basename(os.path.abspath(path))
    return {name if run == "." and name not in runs else run: runs[run] for run in runs}


def chosen_runs(args: "Namespace") -> "Tuple[Dict[str, Run], int]":
    """Return ({name: Run}, the exit code so far) of the paths and --run of a command.

    What is damaged, cannot be read or is not there is told on standard error.
    """
    return runs_of(args.path, args)


def runs_of(paths: "Sequence[str]", args: "Namespace") -> "Tuple[Dict[str, Run], int]":
    """Return ({name: Run}, the exit code so far) of some paths, as chosen_runs does.

    args:  of a parser that add_run() and add_progress() were given
    """
    sources = Sources(paths)
    files = {}                          # type: Dict[str, List[Any]]
    for name, _, source in sources:
        files.setdefault(name, []).append(source)
    runs = {}                           # type: Dict[str, Run]
    with Progress(sources.size(), args, "reading") as progress:
        for name, found in files.items():
            if not matches(name, args.run):
                continue
            try:
                runs[name] = _run(found, progress.at)
            except OSError as e:
                sources.worst(unreadable(e, str(found[0])))
                continue
            progress.before += sum(map(size_of, runs[name].files))
            progress.clear()
            sources.worst(tell(name, runs[name].damage, runs[name].torn))
    if files and not runs and not sources.code:
        sources.worst(say(", ".join(paths), "no run like %s" % ", ".join(args.run or ()), FOUND))
    return runs, sources.code


def _run(files, progress):
    from ..read.run import Run
    if not isinstance(files[0], str):
        return Run(files[0], progress=progress)         # standard input
    return Run(os.path.dirname(files[0]) or ".", files=files, progress=progress)
