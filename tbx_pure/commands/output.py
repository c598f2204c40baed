"""What the commands share: exit codes, messages, width and color, progress, files that are new.

Standard output has data alone; messages and progress go to standard error.
"""
import errno
import os
import sys
import time

from ..errors import InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from types import TracebackType
    from typing import Any, Iterable, Optional, Type

# ---- how a command ends ----

OK, FOUND, USAGE, UNREADABLE, INTERRUPTED = 0, 1, 2, 3, 130
ENDS = """exit code: 0 all is well, 1 something was found, or nothing to show,
           2 the call is wrong, 3 something cannot be read or written,
           130 interrupted"""


def say(path: str, trouble: "Any", code: int) -> int:
    """Print a message about `path` on standard error, after all data so far; return `code`."""
    sys.stdout.flush()
    try:
        print("%s: %s" % (visible(str(path)), visible(str(trouble))), file=sys.stderr)
    except OSError:                     # full, or its reader is gone: the data go on
        sys.stderr = open(os.devnull, "w")
    return code


FULL = [getattr(errno, name, None) for name in ("ENOSPC", "EDQUOT", "EFBIG")]   # never of reading


def unreadable(error: OSError, path: str = "") -> int:
    """Say why `path` cannot be read, or what is printed not be written; return UNREADABLE.

    A closed pipe is cli's affair.
    """
    if isinstance(error, BrokenPipeError):
        raise error
    if not error.filename and (not _flushed() or error.errno in FULL):
        path = "standard output"
    return say(str(error.filename or path), error.strerror or error, UNREADABLE)


def _flushed():
    """Return whether all that was printed is written; if it cannot be, nothing more is tried."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


# ---- arguments that several commands have ----

def number_from(least: float, most: float = float("inf"), kind: "Any" = int) -> "Any":
    """Return the type of an argument that is a number from `least` to `most`, of a kind."""
    from argparse import ArgumentTypeError

    def number(text: str) -> "Any":
        try:
            found = kind(text)
        except ValueError:
            found = None
        if found is None or not least <= found <= most:
            raise ArgumentTypeError("need a %snumber from %g%s, got %r" % (
                "whole " * (kind is int), least, " to %g" % most if most < float("inf") else "",
                text))
        return found
    return number


def add_color(parser: "ArgumentParser") -> None:
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto",
                        help="colors: auto is on a terminal, unless NO_COLOR is set")


def add_progress(parser: "ArgumentParser") -> None:
    parser.add_argument("--progress", choices=("auto", "never"), default="auto",
                        help="how far long work has come: auto is on a terminal")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing but errors")


def add_new_file(parser: "ArgumentParser") -> None:
    parser.add_argument("--force", action="store_true", help="write over files that are there")
    parser.add_argument("-n", "--dry-run", action="store_true",
                        help="say what would be written, and write nothing")


# ---- text on a terminal ----

def visible(text: str, encoding: "Optional[str]" = None) -> str:
    r"""Return text on one line, with \x escapes for control characters and what `encoding` lacks.

    Names are anybody's: what a terminal obeys must not reach it.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else _escaped(c) for c in text)
    return text.encode(encoding, "backslashreplace").decode(encoding) if encoding else text


def _escaped(c):
    if c == "\u200d" or "\ufe00" <= c <= "\ufe0f":      # what joins and shapes emoji
        return c
    return c.encode("unicode_escape").decode("ascii")


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for a Chinese character."""
    if all(c < "\u0300" for c in text):
        return len(text)
    import unicodedata
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, width: int, right: bool = False) -> str:
    """Return text filled with spaces up to `width` columns; on its left if `right`."""
    space = " " * (width - width_of(text))
    return space + text if right else text + space


def cut(text: str, width: int, encoding: "Optional[str]" = None) -> str:
    """Return as much of a text as `width` columns hold, with an ellipsis if that is not all."""
    if width_of(text) <= width:
        return text
    ellipsis = ("..." if encoding else "\u2026")[:width]
    end, left = 0, width - len(ellipsis)
    while left >= width_of(text[end]):
        left -= width_of(text[end])
        end += 1
    return text[:end] + ellipsis


def encoding_of(stream: "Any") -> "Optional[str]":
    """Return a stream's encoding; None if it takes every character."""
    encoding = getattr(stream, "encoding", None)
    return None if encoding is None or encoding.lower().startswith("utf") else encoding


def is_terminal(stream: "Any") -> bool:
    """Return whether a person looks at a stream."""
    return bool(stream is not None and getattr(stream, "isatty", bool)())


def columns() -> int:
    """Return the width of the terminal: COLUMNS, or what it says itself, or else 80."""
    import shutil
    return max(20, shutil.get_terminal_size((80, 24)).columns)


# ---- color ----

#   what it is       SGR parameters, ECMA-48
STYLES = {
    "head":     "1",
    "quiet":    "2",
    "bad":      "31",
    "good":     "32",
    "doubt":    "33",
    "name":     "36",
}


def colored(choice: str, stream: "Any") -> bool:
    """Return whether to color what goes to a stream: choice is auto, always or never.

    auto obeys NO_COLOR, https://no-color.org, then FORCE_COLOR and CLICOLOR_FORCE, then TERM.
    """
    if choice != "auto":
        return choice == "always"
    environ = os.environ
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal(stream) and environ.get("TERM") != "dumb"


class Paint:
    """paint(text, style) is the text in that of STYLES, or as it was where there is no color.

    Color never says what the text does not.
    """

    def __init__(self, choice: str = "auto", stream: "Any" = None) -> None:
        self.on = colored(choice, sys.stdout if stream is None else stream)

    def __call__(self, text: str, style: str) -> str:
        return "\x1b[%sm%s\x1b[0m" % (STYLES[style], text) if self.on and text else text


# ---- progress ----

class Progress:
    """with Progress(size, args) as progress: progress.at(done): a line on a terminal.

    total:  bytes in all; 0 if nobody knows
    args:   of a parser that add_progress() was given

    It appears after half a second, and is gone at the end.  Of several files, before is what at()
    adds: the bytes in those that are done.
    """
    DELAY, INTERVAL, WIDTH = 0.5, 0.1, 20

    def __init__(self, total: int, args: "Namespace", what: str = "") -> None:
        self.total, self.what = total, what
        self.on = args.progress == "auto" and not args.quiet and is_terminal(sys.stderr)
        self.start = time.monotonic()
        self.before = 0
        self._next, self._shown = self.start + self.DELAY, 0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: "Optional[Type[BaseException]]", error: "Optional[BaseException]",
                 traceback: "Optional[TracebackType]") -> None:
        self.clear()

    def at(self, done: int) -> None:
        """Say that `done` bytes are done, if it is time to."""
        if self.on and time.monotonic() >= self._next:
            now = time.monotonic()
            self._next = now + self.INTERVAL
            self._show(self.line(self.before + done, now - self.start))

    def clear(self) -> None:
        """Take the line away: something else is to be printed."""
        if self._shown:
            sys.stderr.write("\r%s\r" % (" " * self._shown))
            sys.stderr.flush()
            self._shown = 0

    def line(self, done: int, seconds: float) -> str:
        """Return the line: what, how much, how long still."""
        if not self.total:
            return "%s %s" % (self.what, sized(done))
        share = min(1.0, done / self.total)
        bar = ("#" * int(share * self.WIDTH)).ljust(self.WIDTH, ".")
        left = clocked(seconds / share - seconds) + " left" if share else ""
        return "%s [%s] %3d%% of %s  %s" % (self.what, bar, 100 * share, sized(self.total), left)

    def _show(self, line):
        width = columns() - 1           # in the last column, some terminals begin a new line
        line = cut(visible(line, encoding_of(sys.stderr)), width, encoding_of(sys.stderr))
        sys.stderr.write("\r" + padded(line, self._shown))
        sys.stderr.flush()
        self._shown = width_of(line)


def sized(n: float) -> str:
    """Return a number of bytes for people: 999 B, 1.5 MB."""
    for unit in "B", "kB", "MB", "GB":
        if n < 999.5:
            return "%d B" % n if unit == "B" else "%.3g %s" % (n, unit)
        n /= 1000
    return "%.3g TB" % n


def clocked(seconds: float) -> str:
    """Return a stretch of time for people: 7 s, 3:05 min, 2:00 h, 4 d."""
    whole = int(abs(seconds) + 0.5) if abs(seconds) < 1e12 else 10 ** 12
    if whole < 60:
        return "%d s" % whole
    if whole < 3600:
        return "%d:%02d min" % divmod(whole, 60)
    if whole < 2 * 86400:
        return "%d:%02d h" % divmod(whole // 60, 60)
    return "%d d" % (whole // 86400)


# ---- files that are new ----

class new_file:
    """with new_file(path, args, inputs) as file: a file for bytes that is there when all is well.

    It is written aside and renamed: whoever looks sees all of it, or what was there before.

    path:    "-" is standard output; what is no regular file, such as a pipe, is written directly
    args:    of a parser that add_new_file() was given: with force, a file there is replaced;
             with dry_run, nothing is written
    inputs:  paths that must not be written over, however they are named
    Raises InputError if it may not be written, OSError if it cannot.
    """

    def __init__(self, path: str, args: "Namespace", inputs: "Iterable[str]" = ()) -> None:
        self.path, self._dry = path, bool(args.dry_run)
        self._target = self._aside = ""
        if path != "-":
            may_write(path, bool(args.force), inputs)

    def __enter__(self) -> "Any":
        if self._dry:
            self.file = open(os.devnull, "wb")          # type: Any
        elif self.path == "-":
            self.file = sys.stdout.buffer
        elif os.path.exists(self.path) and not os.path.isfile(self.path):
            self.file = open(self.path, "wb")
        else:
            self._open_aside()
        return self.file

    def _open_aside(self):
        self._target = os.path.realpath(self.path)      # a link stays one
        self._aside = os.path.join(os.path.dirname(self._target), "tmp-%d-%d" % (
            os.getpid(), time.time() * 1e6))
        try:
            self.file = open(self._aside, "xb")
        except OSError as e:            # of the name that the user knows
            raise OSError(e.errno, e.strerror, self.path) from None

    def __exit__(self, kind: "Optional[Type[BaseException]]", error: "Optional[BaseException]",
                 traceback: "Optional[TracebackType]") -> None:
        if self.path == "-" and not self._dry:
            self.file.flush()
            return
        if isinstance(error, OSError) and error.errno in FULL:
            error.filename = self.path
        try:
            if kind is None and self._aside:
                self.file.flush()
                os.fsync(self.file.fileno())
            self.file.close()
            if kind is None and self._aside:
                os.replace(self._aside, self._target)
        except OSError as e:
            e.filename = e.filename or self.path
            raise
        finally:
            if self._aside and os.path.exists(self._aside):
                os.remove(self._aside)


def may_write(path: str, force: bool, inputs: "Iterable[str]" = ()) -> None:
    """Raise InputError if `path` must not be written: it is an input, or there without force."""
    if not os.path.exists(path):
        return
    for source in inputs:
        if os.path.exists(source) and os.path.samefile(path, source):
            raise InputError("the output", "another file than the input", shown_path(path))
    if os.path.isdir(path):
        raise InputError("the output", "a file", "%s, a directory" % shown_path(path))
    if os.path.isfile(path) and not force:
        raise InputError("the output", "a file that is not there yet, or --force",
                         shown_path(path))


def shown_path(path: str) -> str:
    """Return a path as a shell takes it."""
    import shlex
    return shlex.quote(path) if os.name != "nt" else '"%s"' % path
