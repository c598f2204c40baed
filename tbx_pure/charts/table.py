"""add_table: rows of cells as a Markdown table, which the Text page shows.  spec/plugins/text.md"""
from .. import markdown
from ..errors import InputError, shown
from ..plugins import clean_tag, listed
from ..plugins.text import text
from ..tensor import one

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

#   method of a data frame that yields its rows, with these arguments
FRAMES = (
    ("itertuples", (False,)),           # pandas; without its index
    ("iter_rows",  ()),                 # polars
)
EXACT = 2 ** 53                         # from here on float64 skips whole numbers


def table(tag: str, rows: "Any", header: "Any" = None) -> "Dict[str, Any]":
    """Return the summary of a table.

    tag:     its name; cleaned, and "/text_summary" added, as add_text adds it
    rows:    lists of cells, all of one length; or anything that lists such, as a tensor of two
             dimensions; or dicts, what one of them lacks being empty; or a data frame, whose index
             is left out
    header:  the columns' names; None: none, a data frame's own, or all keys of the dicts.  Of dicts
             those that are named are shown
    A cell shows a float in up to 8 digits, a whole one in all, None as nothing, a tensor of one
    element as its number, and anything else as str() does.
    Raises InputError if rows are none of these, or ragged, or header does not fit them.
    """
    names, cells = _grid(rows, header)
    lines = [[_cell(x, "rows[%d]" % i) for x in row] for i, row in enumerate(cells)]
    made = text(clean_tag(tag), markdown.table([_cell(name, "header") for name in names], lines))
    # Of shape (1), as add_text writes it, TensorBoard shows a table of one cell around it.
    made["value"][0]["tensor"]["tensor_shape"] = {}
    return made


def _cell(x, argument):
    """Return what Markdown is to show: a number in digits, anything else as it is."""
    if hasattr(x, "numpy") or "float" in str(getattr(x, "dtype", "")):  # of torch; of NumPy
        x = one(x, argument)
    if x is None:
        return ""
    if not isinstance(x, float):
        return x
    return "%d" % x if x % 1 == 0 and abs(x) < EXACT else "%.8g" % x


def _grid(rows, header):
    """Return (names of the columns, rows as long as these)."""
    names = None if header is None else listed(header, "header")
    for method, arguments in FRAMES:
        if hasattr(rows, method) and hasattr(rows, "columns"):
            names = names or list(rows.columns)
            rows = getattr(rows, method)(*arguments)
    rows = listed(rows, "rows")
    if rows and all(hasattr(row, "items") for row in rows):
        return _of_dicts(rows, names)
    return _of_lists([listed(row, "rows[%d]" % i) for i, row in enumerate(rows)], names)


def _of_lists(rows, names):
    example = "the header" if names else "rows[0]"
    names = names or [""] * len(rows[0] if rows else ())
    if not names:
        raise InputError("rows", "a cell at least, or a header", "none")
    for i, row in enumerate(rows):
        if len(row) != len(names):
            raise InputError("rows[%d]" % i, "as many cells as %s, %d" % (example, len(names)),
                             "%d" % len(row))
    return names, rows


def _of_dicts(rows, names):
    keys = list(dict.fromkeys(key for row in rows for key in row.keys()))
    unknown = [name for name in names or () if name not in keys]
    if unknown:
        raise InputError("header", "keys of the rows", shown(unknown))
    names = names or keys
    return _of_lists([[row.get(name) for name in names] for row in rows], names)
