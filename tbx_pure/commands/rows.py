"""Rows of values as a table for people, or as CSV, JSON or JSON lines for programs."""
import sys
import time

from ..plugins import counted
from ..plugins.scalars import shortest
from ..wire import FLOAT
from .output import Paint, columns, cut, encoding_of, is_terminal, padded, visible, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from typing import Any, Iterable, Iterator, Optional, Sequence

LEAST = 8                               # columns that a cell keeps where a terminal is narrow


def add_format(parser: "ArgumentParser", also: "Sequence[str]" = ()) -> None:
    """Add --format: those of FORMATS, and `also`, of which the first is the default."""
    choices = list(also) + list(FORMATS)
    parser.add_argument("--format", choices=choices, default=choices[0],
                        help="%s; %s is the default" % (", ".join(choices), choices[0]))


def write_rows(names: "Sequence[str]", rows: "Iterable[Sequence[Any]]", form: str,
               paint: "Optional[Paint]" = None, yields: "Sequence[str]" = ()) -> None:
    """Print rows on standard output, each a sequence with a value for each of `names`.

    form:   one of FORMATS; csv, json and jsonl print each row as it comes
    paint:  how the head of a table is colored
    yields: columns that are the first to be cut where a table is too wide for the terminal
    A value is text, a number, a bool, a list or dict of such, or None for nothing.
    """
    for line in lines(names, rows, form, paint, yields):
        print(line)


def lines(names: "Sequence[str]", rows: "Iterable[Sequence[Any]]", form: str,
          paint: "Optional[Paint]" = None, yields: "Sequence[str]" = ()) -> "Iterator[str]":
    """Yield the lines that write_rows() prints."""
    return FORMATS[form](names, rows, paint or Paint("never"), yields)


# ---- values ----

def number(x: float) -> float:
    """Return a number that was stored as float32 as the shortest one that is stored the same.

    0.1, not 0.10000000149011612; any other, and a whole one, stays as it is.
    """
    if x % 1 and FLOAT.unpack(FLOAT.pack(x), 0, 4) == x:
        return float(shortest(x))
    return x


def iso(seconds: float) -> str:
    """Return a wall time as UTC in ISO 8601, to the millisecond; if it is none, as a number."""
    try:
        whole, thousandths = divmod(int(seconds * 1000), 1000)
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + ".%03dZ" % thousandths
    except (ValueError, OverflowError, OSError):        # NaN, or a year that has no calendar
        return repr(seconds)


def finite(value: "Any", nan: "Any" = "as text") -> "Any":
    """Return a value as JSON can hold it: NaN and the infinities as text, bytes by their number.

    nan:  what stands for them instead, such as None
    """
    if isinstance(value, float):
        if value - value == 0:
            return value
        if nan != "as text":
            return nan
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {str(key): finite(item, nan) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item, nan) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return counted(len(value), "byte")
    return value


def jsoned(value: "Any", nan: "Any" = "as text", ascii: bool = True) -> str:
    """Return a value as JSON on one line; in ASCII alone, or as it is where UTF-8 is."""
    import json
    return json.dumps(finite(value, nan), ensure_ascii=ascii, allow_nan=False, default=str)


def texted(value: "Any") -> str:
    """Return a value as text: nothing for None, a float by repr, JSON for a list or dict."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(finite(value))
    return jsoned(value) if isinstance(value, (list, tuple, dict)) else str(value)


# ---- formats: each yields lines ----

def _table(names, rows, paint, yields):
    encoding = encoding_of(sys.stdout)
    rows = list(rows)
    cells = [[visible(texted(value), encoding) for value in row] for row in rows]
    right = [bool(rows) and all(_is_number(row[i]) for row in rows) for i in range(len(names))]
    widths = [max(map(width_of, column)) for column in zip(names, *cells)]
    if is_terminal(sys.stdout):         # elsewhere nothing is cut
        first = [name in yields for name in names]
        widths = _fitting(_fitting(widths, [not x for x in first], columns()), right, columns())
    for n, row in enumerate([list(names)] + cells):
        line = "  ".join(padded(cut(text, width, encoding), width, numeric)
                         for text, width, numeric in zip(row, widths, right)).rstrip()
        yield line if n else paint(line, "head")


def _is_number(value):
    return value is None or isinstance(value, (int, float)) and not isinstance(value, bool)


def _fitting(widths, fixed, width):
    """Return widths of which the widest that are not fixed are so narrow that all fit, or LEAST."""
    widths = list(widths)
    while sum(widths) + 2 * (len(widths) - 1) > width:
        left = [i for i in range(len(widths)) if not fixed[i] and widths[i] > LEAST]
        if not left:
            break
        widths[max(left, key=widths.__getitem__)] -= 1
    return widths


def _csv(names, rows, paint, yields):
    import csv
    line = _Line()
    writer = csv.writer(line, lineterminator="\r\n")       # to quote both, too
    for row in [names]:
        writer.writerow(row)
        yield line.text[:-2]
    for row in rows:
        writer.writerow(list(map(texted, row)))
        yield line.text[:-2]


class _Line:
    text = ""

    def write(self, text: str) -> None:
        self.text = text


def _json(names, rows, paint, yields):
    before = "["
    for line in _jsonl(names, rows, paint, yields):
        yield before + line
        before = ", "
    yield "]" if before != "[" else "[]"


def _jsonl(names, rows, paint, yields):
    ascii = encoding_of(sys.stdout) is not None
    for row in rows:
        yield jsoned(dict(zip(names, row)), ascii=ascii)


FORMATS = {"table": _table, "csv": _csv, "json": _json, "jsonl": _jsonl}
