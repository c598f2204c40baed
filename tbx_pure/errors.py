"""Every error tbx_pure raises on purpose, and the one way it warns."""
import sys
import warnings
from contextlib import suppress

PACKAGE = __name__.rpartition(".")[0]


class Error(Exception):
    """Base class, so that one except clause catches them all."""


class InputError(Error, ValueError):
    """You gave a value that cannot become what you asked for.  Nothing was written for that call.

    argument: the name of the argument that is wrong
    need:     what it must be
    got:      what came instead
    method:   the method you called, such as "add_scalar('loss')"; "" below the writer
    """

    def __init__(self, argument: str, need: str, got: str, method: str = "") -> None:
        Error.__init__(self, argument, need, got, method)
        self.argument, self.need, self.got, self.method = argument, need, got, method

    def __str__(self) -> str:
        return "%s%s: need %s, got %s" % (self.method and self.method + ": ", self.argument,
                                          self.need, self.got)


class naming:
    """with naming("add_scalar", tag): an error of ours that leaves the block names the call."""

    def __init__(self, method: str, tag: object) -> None:
        self.method, self.tag = method, tag

    def __enter__(self) -> "naming":
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if isinstance(error, (InputError, FormatError)):
            error.method = str(self)

    def __str__(self) -> str:
        tag = repr(self.tag) if isinstance(self.tag, str) else shown(self.tag)
        return "%s(%s)" % (self.method, tag)


class FormatError(Error):
    """The bytes break a rule of spec/.

    message: what is wrong
    pos:     offset of the record or field that breaks the rule, from the start of the bytes given
    rule:    the rule's name in spec/, such as "record-3"
    method:  the method you called, such as "add_onnx_graph('model.onnx')"; "" below the writer
    """

    def __init__(self, message: str, pos: int, rule: str, method: str = "") -> None:
        Error.__init__(self, message, pos, rule, method)
        self.message, self.pos, self.rule, self.method = message, pos, rule, method

    def __str__(self) -> str:
        return "%s%s (at byte %d, rule %s)" % (self.method and self.method + ": ", self.message,
                                               self.pos, self.rule)


def shown(value: object, limit: int = 60) -> str:
    """Return `value` as an error message shows it: its type, and as much of its text as fits."""
    name = type(value).__name__
    try:
        text = repr(value)
    except Exception as e:              # a foreign object's: it must not hide our error
        return "%s (its repr raises %s)" % (name, type(e).__name__)
    if len(text) > limit or "\n" in text:
        return name
    return text if value is None or name in text else "%s %s" % (name, text)


def warn(message: str) -> None:
    """Warn the caller, if that can be: the warning names the first line outside this package."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and _ours(frame.f_globals.get("__name__", "")):
        level, frame = level + 1, frame.f_back
    with suppress(OSError, ValueError, MemoryError):    # sys.stderr is closed, or cannot hold it
        warnings.warn(message, stacklevel=level)


def _ours(module):
    return module == PACKAGE or module.startswith(PACKAGE + ".")
