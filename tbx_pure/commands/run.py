"""Run a Python program that then imports tensorboardX and torch.utils.tensorboard from here.

The program runs as `python3 SCRIPT ARGUMENTS` would run it.  Nothing need be installed but, for
torch.utils.tensorboard, torch; what is installed stays untouched.  PYTHONPATH and TBX_PURE_SHIM
are set, so that the processes that the program starts find them too (not those started with
python3 -E or -I).

    python3 -m tbx_pure run train.py --epochs 3
    python3 -m tbx_pure run --dialect torch -m mypackage.train --epochs 3
"""
import os
import pkgutil
import runpy
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

ENDS = "exit code: the program's own"


def arguments(parser: "ArgumentParser") -> None:
    parser.usage = ("%(prog)s [-h] [--dialect D] [--tensorboard] [--keras]\n"
                    "       (SCRIPT | -m MODULE) [ARGUMENT ...]")
    parser.set_defaults(usage_error=parser.error)
    parser.add_argument("--dialect", choices=("tensorboardX", "torch"),
                        help="whose files SummaryWriter writes where the two differ; what is "
                             "imported from torch.utils.tensorboard writes torch's in any case")
    parser.add_argument("--tensorboard", action="store_true",
                        help="be the package tensorboard too, for programs that ask for it")
    parser.add_argument("--keras", action="store_true",
                        help="be the callback TensorBoard of keras and tensorflow.keras too")
    parser.add_argument("-m", dest="module", nargs="...", default=[], metavar="MODULE ARGUMENT",
                        help="run a module, as python3 -m does")
    parser.add_argument("script", nargs="...", metavar="SCRIPT ARGUMENT",
                        help="run a file, or a directory or zip file with a __main__.py")


def run(args: "Namespace") -> int:
    """Run it and return its exit code; 1 if it raises an error; 2 if there is no such script."""
    from ..compat.install import install
    from ..compat.shim import environment
    program = args.module + args.script         # of -mMODULE, the arguments stand in the latter
    if program[:1] == ["--"]:
        del program[0]
    if not program:
        args.usage_error("give a SCRIPT, or -m MODULE")         # tells how, and exits with 2
    if not args.module and not os.path.exists(program[0]):
        print("cannot open %s: there is no such file" % program[0], file=sys.stderr)
        return 2
    install(tensorboard=args.tensorboard, dialect=args.dialect, keras=args.keras)
    os.environ.update(environment(os.environ, args.tensorboard, args.dialect, args.keras))
    sys.argv = list(program)
    try:
        (_run_module if args.module else _run_script)(program[0])
    except SystemExit:
        raise
    except BaseException as e:
        return _report(e)
    return 0


def _run_module(name):
    _new_main()
    runpy._run_module_as_main(name)     # what Python itself calls, in every version


def _run_script(path):
    if sys.version_info >= (3, 9):      # since when Python does so too
        path = os.path.abspath(path)
    if pkgutil.get_importer(path) is not None:          # a directory or a zip file
        sys.path[:_own_path()] = [path]
        _new_main()
        runpy._run_module_as_main("__main__", False)
        return
    sys.path[:_own_path()] = [os.path.dirname(os.path.realpath(path))] * _own_path()
    with open(path, "rb") as f:
        code = compile(f.read(), path, "exec", dont_inherit=True)
    main = _new_main()
    main.update(__file__=path, __cached__=None, __loader__=SourceFileLoader("__main__", path))
    exec(code, main)


def _own_path():
    """Return how many entries of sys.path are there because of how we were started: 1 or 0."""
    return int(not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)))


def _new_main():
    """Let a new module be __main__, which stays when the program has ended: threads may go on."""
    main = sys.modules["__main__"] = ModuleType("__main__")
    vars(main)["__builtins__"] = sys.modules["builtins"]
    if sys.version_info < (3, 14):      # which makes it when it is asked for
        vars(main)["__annotations__"] = {}
    return vars(main)


def _report(error):
    """Show an error that ended the program, as Python does, without our part of the traceback."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_globals is globals():
        traceback = traceback.tb_next
    sys.excepthook(type(error), error.with_traceback(traceback), traceback)
    return 130 if isinstance(error, KeyboardInterrupt) else 1
