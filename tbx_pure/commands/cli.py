"""Parse the command line, run one command, and end as a well-behaved program does."""
import argparse
import importlib
import io
import os
import sys

from ..errors import InputError
from . import COMMANDS
from .output import ENDS, INTERRUPTED, OK, USAGE, columns, is_terminal, say, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

PACKAGE = __name__.split(".commands.")[0]


def main(argv: "List[str]") -> int:
    """Run `argv`, without the program's name; return the exit code."""
    if argv[:1] == ["run"] and argv[1:] not in (["-h"], ["--help"]):    # the program's own affair
        return _run(argv)
    for name in ("stdin", "stdout", "stderr"):          # those that our parent has closed
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))
    sys.stdout, sys.stderr = _unfailing(sys.stdout), _unfailing(sys.stderr)
    try:
        try:
            code = _run(argv)
        except SystemExit as e:         # argparse's, as behind --help
            code = e.code
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:             # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except InputError as e:
        return say("%s %s" % (PACKAGE, argv[0]), e, USAGE)
    except OSError as e:
        return unreadable(e, PACKAGE)


def _interrupted():
    """End as a program that Ctrl-C has stopped: 128 + SIGINT, and the prompt on a line of its own.
    """
    if is_terminal(sys.stderr):
        sys.stderr.write("\n")
    return INTERRUPTED


def _run(argv):
    if not argv or argv[0] in ("-h", "--help"):
        print(_usage())
        return OK if argv else USAGE
    if argv[0] == "--version":
        print(PACKAGE, importlib.import_module(PACKAGE).__version__)
        return OK
    if argv[0] not in COMMANDS:
        print(_usage() + "\n", file=sys.stderr)
        return say(PACKAGE, "no command %r%s" % (argv[0], _nearest(argv[0])), USAGE)
    command = _module(argv[0])
    text, _, examples = _help(command).partition("\n\n    ")
    parser = _Parser(
        prog="python3 -m %s %s" % (PACKAGE, argv[0]),
        description="\n\n".join(map(_filled, text.split("\n\n"))),
        epilog="examples:\n    %s\n%s" % (examples, getattr(command, "ENDS", ENDS)),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    command.arguments(parser)
    return command.run(parser.parse_args(argv[1:]))


class _Parser(argparse.ArgumentParser):
    def print_help(self, file: "Any" = None) -> None:
        """Print it, or raise OSError, which argparse would keep to itself."""
        print(self.format_help(), end="", file=file)


def _nearest(name):
    from difflib import get_close_matches
    near = get_close_matches(name, COMMANDS, 1)
    return ": did you mean %s?" % near[0] if near else ""


def _module(name):
    return importlib.import_module("." + name, __package__)


def _help(command):
    """Return a command's docstring, of which -OO leaves nothing, with this copy's own name."""
    return (command.__doc__ or "").replace("-m tbx_pure ", "-m %s " % PACKAGE)


def _usage():
    lines = ["python3 -m %s COMMAND ...      (COMMAND --help tells more)" % PACKAGE, ""]
    lines += [_filled(_help(_module(name)).split("\n")[0], "  %-8s " % name) for name in COMMANDS]
    return "\n".join(lines)


def _filled(paragraph, before=""):
    """Return a paragraph in lines that fit the terminal, indented as far as what stands before."""
    import textwrap
    return textwrap.fill(" ".join(paragraph.split()), columns() - 2, initial_indent=before,
                         subsequent_indent=" " * len(before),
                         break_on_hyphens=False) or before


def _unfailing(stream):
    r"""Return `stream` made to show \x escapes where its encoding lacks a character."""
    if not isinstance(stream, io.TextIOWrapper) or stream.errors == "backslashreplace":
        return stream
    if hasattr(stream, "reconfigure"):  # 3.7
        stream.reconfigure(errors="backslashreplace")
        return stream
    return io.TextIOWrapper(stream.detach(), stream.encoding, "backslashreplace",
                            line_buffering=stream.line_buffering)
