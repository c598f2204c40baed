"""View what a user passes as a Tensor: numbers, nested lists, buffers, other libraries' arrays.

No library is imported: an object is asked what it can do, not what it is called.
"""
import sys
from array import array
from collections import namedtuple
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from . import floats
from .errors import InputError, shown
from .twins import fastest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List


class Tensor(namedtuple("Tensor", "dtype shape values")):
    """Numbers in a shape.

    dtype:   "bool", "int8" to "int64", "uint8" to "uint64", "float32", "float64", a name of
             floats.FORMATS such as "float16" or "bfloat16", "complex64" or "complex128"
    shape:   a tuple of sizes; () is a single number
    values:  the numbers, flat, row-major (the last index runs fastest)
    """

    def __str__(self) -> str:
        return "%s of shape %s" % (self.dtype, self.shape)


def is_float(dtype: str) -> bool:
    """Return whether the numbers of a dtype are real and may have fractions."""
    return "float" in dtype


def view(x: "Any", argument: str = "values", also_complex: bool = False) -> Tensor:
    """Return `x` as a Tensor.

    x:         a number; a (nested) list, tuple or other sequence; anything with the buffer
               protocol, of any shape, stride and byte order (bytes, array.array, memoryview, a
               NumPy array); a tensor or an array of another library; an object with tolist(),
               item(), __index__() or __float__()
    argument:  what the caller calls x, for the error
    also_complex:  whether the caller can take complex numbers
    Raises InputError if x is ragged, or none of these, or holds something else than numbers.
    """
    try:
        tensor = _view(x, argument)
    except RecursionError:
        raise InputError(argument, "lists nested less deeply", shown(x)) from None
    if not also_complex and tensor.dtype in PARTS:
        raise InputError(argument, "real numbers", str(tensor))
    return tensor


def one(x: "Any", argument: str, parse: bool = False) -> "Any":
    """Return the only number in `x`: a number, or any tensor of one element.

    parse:  the text of a number is one too
    Raises InputError if x holds no number or more than one.
    """
    if type(x) is float or type(x) is int:
        return x
    if parse and isinstance(x, str):
        try:
            return float(x)
        except ValueError:
            raise InputError(argument, "a number, or the text of one", shown(x)) from None
    tensor = view(x, argument)
    if len(tensor.values) != 1:
        raise InputError(argument, "one number", "%s, %s" % (type(x).__name__, tensor))
    return tensor.values[0]


def real(x: "Any", argument: str) -> float:
    """Return the only number in `x` as a float; InputError if float64 cannot hold it."""
    return reals((one(x, argument),), argument)[0]


def reals(values: "Iterable[Any]", argument: str) -> "List[float]":
    """Return numbers as a list of floats; InputError if float64 cannot hold one of them."""
    if getattr(values, "format", "") in ("f", "d"):
        return values.tolist()          # type: ignore  # a memoryview
    try:
        return list(map(float, values))
    except OverflowError:
        raise InputError(argument, "what float64 can hold", "a larger whole number") from None


@fastest
def extremes(values: "Any") -> "Any":
    """Return (the least, the largest) of at least one number; both are NaN if one of them is."""
    total = sum(values)
    if total != total and any(v != v for v in values):      # or there are infinities of both signs
        return total, total
    return min(values), max(values)


@fastest
def float32(values: "Any", argument: str) -> "Any":
    """Return real numbers as float32, in a memoryview; what lies beyond them is infinite.

    Raises InputError if even float64 cannot hold one.
    """
    if getattr(values, "format", "") == "f":
        return values
    try:
        return memoryview(array("f", iter(values)))     # PyPy takes a memoryview for its bytes
    except OverflowError:
        return memoryview(array("f", reals(values, argument)))


def _view(x, argument):
    cause = ""
    for name, convert in CONVERTERS:
        try:
            tensor = convert(x, argument)
        except (InputError, RecursionError, MemoryError):
            raise
        except Exception as e:          # the methods of another library's object may raise anything
            cause = cause or "; %s: %s: %s" % (name, type(e).__name__, str(e).partition("\n")[0])
        else:
            if tensor is not None:
                return tensor
    tried = ", ".join(name for name, _ in CONVERTERS)
    raise InputError(argument, "real numbers: a number, a nested list, a buffer or a tensor",
                     "%s; tried %s%s" % (shown(x), tried, cause))


# ---- numbers and lists ----

#   Python type  dtype         what a list of several becomes: the last of its rows
NUMBERS = (
    (bool,       "bool"),
    (int,        "int64"),
    (float,      "float64"),
    (complex,    "complex128"),
)
PYTHON_TYPES = tuple(python_type for python_type, _ in NUMBERS)
OF_TYPE = dict(NUMBERS)                 # type: Dict[type, str]
OF_LISTS = frozenset(PYTHON_TYPES)


def _from_number(x, argument):
    if not isinstance(x, PYTHON_TYPES):
        return None
    dtype = OF_TYPE.get(type(x)) or next(
        dtype for python_type, dtype in NUMBERS if isinstance(x, python_type))
    return Tensor(dtype, (), (x,))


def _from_list(x, argument):
    if type(x) is Tensor:               # a tuple too
        return x
    if not isinstance(x, (list, tuple)):
        return None
    types = set(map(type, x))
    if types <= OF_LISTS:               # the usual case, and for a long list the only quick one
        dtypes = [dtype for python_type, dtype in NUMBERS if python_type in types]
        return Tensor(dtypes[-1] if dtypes else "float64", (len(x),), x)
    if bytes in types:                  # TensorFlow's texts: alone it would be numbers, as a buffer
        raise InputError(argument, "real numbers", "a list of bytes")
    rows = [_view(item, argument) for item in x]
    for i, row in enumerate(rows):
        if row.shape != rows[0].shape:
            raise InputError(argument, "items of one shape",
                             "item 0 of shape %s, item %d of shape %s"
                             % (rows[0].shape, i, row.shape))
    return Tensor(_widest({row.dtype for row in rows}), (len(rows),) + rows[0].shape,
                  list(chain.from_iterable(row.values for row in rows)))


def _widest(dtypes):
    if len(dtypes) == 1:
        return dtypes.pop()
    if dtypes & PARTS.keys():
        return "complex128"
    return "float64" if any(map(is_float, dtypes)) else "int64"


# ---- buffers ----

#   dtype      letters for it in a buffer's format, the first being array's; size in bytes
FORMATS = (
    ("bool",    "?",       1),
    ("uint8",   "Bc",      1),
    ("int8",    "b",       1),
    ("uint16",  "H",       2),
    ("int16",   "h",       2),
    ("uint32",  "IL",      4),
    ("int32",   "il",      4),
    ("uint64",  "QLN",     8),
    ("int64",   "qln",     8),
    ("float16", "e",       2),
    ("float32", "f",       4),
    ("float64", "d",       8),
)
#   dtype       of its two parts
PARTS = {
    "complex64":  "float32",
    "complex128": "float64",
}
LETTER = {dtype: letters[0] for dtype, letters, _ in FORMATS}           # type: Dict[str, Any]
DTYPE = {(letter, size): dtype for dtype, letters, size in FORMATS for letter in letters}
DTYPE.update({("Zf", 8): "complex64", ("Zd", 16): "complex128",         # of NumPy, PEP 3118
              ("F", 8): "complex64", ("D", 16): "complex128"})          # of ctypes in Python 3.14
SWAPPED = ">!" if sys.byteorder == "little" else "<"    # prefixes of the byte order not ours


def from_buffer(x: "Any", argument: str) -> "Any":
    """Return what stands in a buffer as a Tensor; None if `x` has no buffer."""
    try:
        m = memoryview(x)
    except (TypeError, ValueError, BufferError):        # ValueError: a NumPy dtype with no format
        return None
    form, shape = m.format, m.shape or ()
    letters = form.lstrip("@=<>!^")
    dtype = DTYPE.get((letters, m.itemsize))
    if dtype is None and letters in ("g", "O"):         # long doubles, objects: tolist() reads them
        return None
    if dtype is None:
        raise InputError(argument, "real numbers", "%s, format %r" % (shown(x), form))
    if hasattr(x, "dtype"):
        _check_array(x, argument)
    if 0 in shape:
        return Tensor(dtype, shape, ())
    if not m.c_contiguous and hasattr(x, "copy"):       # NumPy's is quick, and can compute again
        m = memoryview(x.copy())
    raw = m.cast("B") if len(form) == 1 and m.c_contiguous else m.tobytes()
    return Tensor(dtype, shape, numbers(dtype, raw, form[0] in SWAPPED))


def _check_array(x, argument):
    """NumPy's dates are bytes as buffers, and what a mask hides stands there as if it counted."""
    if getattr(x.dtype, "kind", "") in ("m", "M"):
        raise InputError(argument, "real numbers", "dates or times: %s" % shown(x))
    if hasattr(x, "mask") and any(view(x.mask, argument).values):
        raise InputError(argument, "numbers that are all there: x.compressed() or x.filled(0)",
                         "a masked array")


def numbers(dtype: str, raw: "Any", swapped: bool = False) -> "Any":
    """Return the numbers in bytes that have nothing between them.

    swapped:  their byte order is not this machine's
    """
    if dtype in PARTS:
        parts = numbers(PARTS[dtype], raw, swapped)
        return list(map(complex, parts[::2], parts[1::2]))
    if dtype in floats.FORMATS:
        return floats.decode(dtype, raw, "<" if swapped != (sys.byteorder == "little") else ">")
    if not swapped or dtype == "bool":
        return memoryview(raw).cast(LETTER[dtype])
    values = array(LETTER[dtype], raw)
    values.byteswap()
    return values


# ---- other objects ----

@lru_cache(maxsize=None)
def _foreign():
    """Return the converters of the wing for other libraries; {} in a copy without it."""
    try:
        from .foreign import CONVERTERS             # now: few need it
        return CONVERTERS
    except ModuleNotFoundError:
        return {}


def _as_foreign(name):
    def _convert(x, argument):
        convert = _foreign().get(name)
        return convert and convert(x, argument)
    return _convert


def from_tolist(x: "Any", argument: str) -> "Any":
    """Return what tolist() gives as a Tensor; None if `x` has no such method."""
    if not hasattr(x, "tolist"):
        return None
    items = x.tolist()
    if not isinstance(items, (list,) + PYTHON_TYPES):           # a NumPy longdouble gives another
        return None
    return _view(items, argument)


def _from_method(name):
    """Return a converter that calls this method, which returns one of Python's numbers."""
    def _convert(x, argument):
        return _from_number(getattr(x, name)(), argument) if hasattr(x, name) else None
    return _convert


def _from_sequence(x, argument):
    """range, deque, and the like.  Text is a sequence too, of texts."""
    if not isinstance(x, Sequence) or isinstance(x, str):
        return None
    return _from_list(list(x), argument)


CONVERTERS = (                          # tried in this order
    ("number",          _from_number),
    ("list",            _from_list),
    ("buffer",          from_buffer),
    ("torch",           _as_foreign("torch")),
    ("__array__",       _as_foreign("__array__")),
    ("array interface", _as_foreign("array interface")),
    ("DLPack",          _as_foreign("DLPack")),
    ("tolist",          from_tolist),
    ("item",            _from_method("item")),          # before the next: a whole number stays one
    ("__index__",       _from_method("__index__")),
    ("__float__",       _from_method("__float__")),
    ("sequence",        _from_sequence),
)
