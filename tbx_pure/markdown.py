"""Markdown from what is none: tables of rows and of configuration objects, and texts as typed.

What is written here GitHub (https://github.github.com/gfm/) and TensorBoard, which has
Python-Markdown with its extensions tables and fenced_code, show alike.
"""
import re
from enum import Enum
from itertools import chain

from .errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

# What begins markup anywhere.  Python-Markdown knows no backslash before the first three.
ENTITIES = {"&": "&amp;", "<": "&lt;", "~": "&#126;"}
MARKUP = re.compile(r"[&<~]|[\\`*\[\]|]|(?<![^\W_])_|_(?![^\W_])")

# What begins a block at the start of a line: a heading, a list, a quotation, a line.
BLOCK = re.compile(r"^(?=[-+#>])|^(\d+)(?=[.)])")
UNDERLINE = re.compile(r"^=")

NEWLINE = re.compile("\r\n?|\n")
TAB = 4                                         # columns, as Python-Markdown has them
SPACE = re.compile("^ |(?<= ) | $")             # HTML shows none of these


def table(header: "Sequence[Any]", rows: "Sequence[Sequence[Any]]") -> str:
    """Return a table.

    header:  the columns' names
    rows:    each as many cells; what is no text is shown as str() shows it
    Every cell shows its characters: Markdown and HTML in it do nothing, and lines stay lines.
    """
    lines = [_row(header), "|%s|" % "|".join([" --- "] * len(header))]
    return "\n".join(lines + [_row(row) for row in rows])


def markdown(x: "Any", mode: str) -> str:
    """Return `x` as Markdown.

    x:     a text; or what becomes a table: a dict, a list of cells, of rows or of dicts, a
           namedtuple, a dataclass, an object with to_dict(), or any other object or a class by
           its public attributes.  A value b of a dict a has the name a.b.
    mode:  what a text is: "markdown"; "text", shown as it was typed; "code", in letters of one
           width too.  In the last two, a table is lines of "name: value".
    Raises InputError if x is none of these.
    """
    if not isinstance(mode, str) or mode not in MODES:
        raise InputError("mode", "one of %s" % ", ".join(map(repr, MODES)), shown(mode))
    if not isinstance(x, str):
        try:
            header, rows = _rows(x)
        except RecursionError:
            raise InputError("text_string", "no value that holds itself", shown(x)) from None
        if mode == "markdown":
            return table(header, rows)
        x = "\n".join(": ".join(map(_text, row)) for row in rows)
    return MODES[mode](x)


# ---- texts ----

def typed(text: str) -> str:
    """Return Markdown that shows the characters of `text`, in the same lines."""
    return "<br>\n".join(map(_line, NEWLINE.split(text)))


def fenced(text: str) -> str:
    """Return Markdown that shows the characters of `text` in letters of one width."""
    fence = "`" * (1 + max(map(len, re.findall("``+", text)), default=2))
    return "%s\n%s\n%s" % (fence, text, fence)


MODES = {"markdown": str.__str__, "text": typed, "code": fenced}


def _line(text):
    start = BLOCK.sub(r"\1\\", _inert(text))
    return UNDERLINE.sub("&#61;", start)


def _inert(text):
    return SPACE.sub("&nbsp;", MARKUP.sub(_escape, text.expandtabs(TAB)))


def _escape(match):
    character = match.group()
    return ENTITIES.get(character, "\\" + character)


def _row(cells):
    return "| %s |" % " | ".join("<br>".join(map(_inert, NEWLINE.split(_text(cell))))
                                 for cell in cells)


def _text(x):
    """Return the text of a cell: the same in every process."""
    if isinstance(x, str):
        return str.__str__(x)           # a member of an Enum may be one too
    if isinstance(x, Enum):             # whose str() is another from Python 3.11 on
        return "%s.%s" % (type(x).__name__, x.name)
    if isinstance(x, (set, frozenset)):
        return "{%s}" % ", ".join(sorted(map(repr, x)))
    return getattr(x, "__qualname__", None) or str(x)           # of a function, not its address


# ---- objects ----

def _rows(x):
    """Return (header, rows) of what is a table."""
    opened = _attributes(x) if isinstance(x, type) else _opened(x, _attributes)
    if opened is not None:
        return ("name", "value"), list(_flat(opened, ""))
    if hasattr(x, "tolist"):
        x = x.tolist()
    if not isinstance(x, (list, tuple)) or not x:
        raise InputError("text_string", "a text, such as str(x), or what can be a table: a dict, a "
                         "list that is not empty, or an object with attributes", shown(x))
    return _records(x) or _grid(x)


def _records(items):
    """Return (header, rows) of items that all have names for their values; else None."""
    opened = [_opened(item, _nameless) for item in items]
    if None in opened:
        return None
    records = [dict(_flat(item, "")) for item in opened]
    header = list(dict.fromkeys(chain.from_iterable(records)))
    return header, [[record.get(name, "") for name in header] for record in records]


def _grid(items):
    """Return (header, rows) of cells, or of rows of cells, which may differ in length."""
    rows = [item if isinstance(item, (list, tuple)) else [item] for item in items]
    width = max(map(len, rows))
    return [""] * width, [list(row) + [""] * (width - len(row)) for row in rows]


def _flat(opened, prefix):
    """Yield (name, value) of a dict, of the dicts in it, and so on."""
    for key, value in opened.items():
        name = prefix + _text(key)
        within = _opened(value, _nameless)
        if within:
            for pair in _flat(within, name + "."):
                yield pair
        else:
            yield name, value


def _opened(x, otherwise):
    """Return {name: value} of an object that holds named values; of others, otherwise(x)."""
    if isinstance(x, (str, type, Enum)) or callable(x):         # a model is no configuration
        return None
    if hasattr(x, "keys") and hasattr(x, "items"):
        return dict(x.items())
    if hasattr(x, "_asdict"):                           # a namedtuple
        return x._asdict()
    if hasattr(x, "__dataclass_fields__"):
        return {name: getattr(x, name) for name in x.__dataclass_fields__ if hasattr(x, name)}
    return x.to_dict() if hasattr(x, "to_dict") else otherwise(x)


def _nameless(x):
    """The attributes of an object whose repr is but an address; others are shown by theirs."""
    return _attributes(x) if type(x).__repr__ is object.__repr__ else None


def _attributes(x):
    """Return {name: value} of what is public in an object and its class, without methods."""
    if not hasattr(x, "__dict__"):
        return None
    found = {}
    for part in reversed((x if isinstance(x, type) else type(x)).__mro__):
        found.update((name, value) for name, value in vars(part).items()
                     if not hasattr(value, "__get__"))
    if not isinstance(x, type):
        found.update(vars(x))
    return {name: value for name, value in found.items() if not name.startswith("_")} or None
