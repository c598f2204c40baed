"""Write a directory that makes tensorboardX importable from here, for PYTHONPATH.

It holds stubs, nothing else, so this copy of tbx_pure has to stay where it is.  It serves programs
that cannot be started by the command run, and their worker processes, such as Ray's.
torch.utils.tensorboard is found too, unless python3 -S or another sitecustomize.py before this one
on PYTHONPATH keeps the one in DIR from being run; it runs yours after itself.

    python3 -m tbx_pure shim ~/shim
    PYTHONPATH=~/shim python3 train.py
"""
import os

from .output import USAGE, say, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Dict


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("directory", metavar="DIR",
                        help="where to write; new, empty, or a shim, which is brought up to date")
    parser.add_argument("--dialect", choices=("tensorboardX", "torch"),
                        help="whose files SummaryWriter writes where the two differ")
    parser.add_argument("--tensorboard", action="store_true",
                        help="be the package tensorboard too, for programs that ask for it")
    parser.add_argument("--keras", action="store_true",
                        help="be the callback TensorBoard of keras and tensorflow.keras too")


def run(args: "Namespace") -> int:
    """Write it and tell how to use it; 2 if DIR holds something else, 3 if it cannot be written."""
    from ..compat.shim import contents
    directory = os.path.abspath(args.directory)
    try:
        trouble = obstacle(directory)
        if trouble:
            return say(args.directory, trouble, USAGE)
        write(directory, contents(args.tensorboard, args.dialect, args.keras))
    except OSError as e:
        return unreadable(e, directory)
    print(usage(directory))
    return 0


def obstacle(directory: str) -> str:
    """Return why no shim can be written there, or "" if it can."""
    from ..compat.shim import MARK
    if not os.path.exists(directory):
        return ""
    if not os.path.isdir(directory):
        return "is not a directory"
    names = os.listdir(directory)
    if names and MARK not in names:
        return "holds something else: give a new directory"
    return ""


def write(directory: str, files: "Dict[str, str]") -> None:
    """Write all files; what an earlier shim has besides, such as another package, goes."""
    import shutil
    for name in os.listdir(directory) if os.path.isdir(directory) else ():
        path = os.path.join(directory, name)
        if os.path.isdir(path) and name.startswith("tensorboard"):
            shutil.rmtree(path)
    for name, text in files.items():
        path = os.path.join(directory, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="\n") as f:
            f.write(text)


def usage(directory: str) -> str:
    """Return the line that uses a shim, for this system's shell."""
    if os.name == "nt":
        return "set PYTHONPATH=%s" % directory
    import shlex
    return "PYTHONPATH=%s python3 ..." % shlex.quote(directory)
