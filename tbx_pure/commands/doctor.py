"""Find out why TensorBoard shows nothing, or less than was logged, and what to do about it.

Looks at paths, names, permissions, damage, steps, wall times, kinds of data and hyperparameters.
Remarks are what TensorBoard means so; they do not change the exit code.

    python3 -m tbx_pure doctor runs
    python3 -m tbx_pure doctor runs --format jsonl
"""
import os

from ..plugins import counted
from .output import FOUND, OK, UNREADABLE, Paint, add_color, add_progress, visible
from .rows import add_format, write_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Dict, List, Tuple

    from ..read.diagnosis import Finding, Patient

NAMES = ["kind", "cause", "where", "what", "remedy"]


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("path", help="what you give TensorBoard as --logdir")
    add_format(parser, ["text"])
    add_color(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """Tell what is found; 1 if it is a problem, 3 if there is no such path."""
    from ..read.diagnosis import PROBLEM
    found, about = examine(args)
    problems = [each for each in found if each.kind == PROBLEM]
    if args.format != "text":
        write_rows(NAMES, found, args.format, Paint(args.color))
    else:
        _print(args, found, about, len(problems))
    if not os.path.exists(args.path):
        return UNREADABLE
    return FOUND if problems else OK


def examine(args: "Namespace") -> "Tuple[List[Finding], str]":
    """Return (what is found, a line about what there is) of a path."""
    from ..read import diagnosis
    from ..read.files import event_files
    found = diagnosis.of_path(args.path)
    if not os.path.exists(args.path):
        return found, ""
    denied = []                         # type: List[OSError]
    files = event_files(args.path, denied.append)
    if os.path.isdir(args.path):
        found += diagnosis.of_names(args.path, denied, len(files))
    patients = _patients(args, files, found)
    for patient in patients:
        found += patient.findings()
    found += diagnosis.of_hparams(patients)
    sizes = [patient.size() for patient in patients]
    return found, ", ".join(map(counted, (
        len(patients), len(files), sum(tags for tags, _ in sizes),
        sum(points for _, points in sizes)), ("run", "event file", "tag", "point")))


def _patients(args, files, found):
    from ..read.diagnosis import DENIED, Patient, finding
    from .output import Progress
    from .reading import size_of
    patients = {}                       # type: Dict[str, Patient]
    with Progress(sum(size_of(file) for _, file in files), args, "examining") as progress:
        for run, file in files:
            run = run.replace(os.sep, "/")
            patient = patients.setdefault(run, Patient(run, os.path.dirname(file) or "."))
            try:
                patient.examine(file, file, progress.at)
            except BrokenPipeError:
                raise
            except OSError as e:
                found.append(finding(DENIED, file, (e.strerror or e,)))
            progress.before += size_of(file)
    return list(patients.values())


def _print(args, found, about, problems):
    from ..read.diagnosis import PROBLEM
    paint = Paint(args.color)
    print("%s%s" % (visible(args.path), about and ": " + about))
    for each in found:
        sign = paint("problem", "bad") if each.kind == PROBLEM else paint("remark", "doubt")
        print("\n%s  %s" % (sign, paint(visible(each.where), "name")))
        print("  why  %s" % visible(each.what))
        print("  do   %s" % visible(each.remedy))
    if problems:
        print("\n" + counted(problems, "problem"))
    elif not args.quiet:
        print("\nno problem found.  If the page is empty still: was it given this directory?\n"
              "  tensorboard --logdir %s" % visible(os.path.abspath(args.path)))
