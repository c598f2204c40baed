"""View what a user passes as a Tensor: numbers, nested lists, buffers, other libraries' arrays.

No library is imported: an object is asked what it can do, not what it is called.
"""
import struct
import sys
from array import array
from collections import namedtuple
from collections.abc import Sequence
from itertools import chain

from .errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, List


class Tensor(namedtuple("Tensor", "dtype shape values")):
    """Numbers in a shape.

    dtype:   "bool", "int8" to "int64", "uint8" to "uint64", "float16", "float32" or "float64"
    shape:   a tuple of sizes; () is a single number
    values:  the numbers, flat, row-major (the last index runs fastest)
    """

    def __str__(self) -> str:
        return "%s of shape %s" % (self.dtype, self.shape)


def view(x: "Any", argument: str = "values") -> Tensor:
    """Return `x` as a Tensor.

    x:         a number; a (nested) list, tuple or other sequence; anything with the buffer
               protocol, of any shape, stride and byte order (bytes, array.array, memoryview, a
               NumPy array); a tensor that can be detached and brought to the CPU; an object with
               tolist() or __float__()
    argument:  what the caller calls x, for the error
    Raises InputError if x is ragged, or none of these, or holds something else than real numbers.
    """
    try:
        return _view(x, argument)
    except RecursionError:
        raise InputError(argument, "lists nested less deeply", shown(x)) from None


def one(x: "Any", argument: str) -> "Any":
    """Return the only number in `x`: a number, or any tensor of one element.

    Raises InputError if x holds no number or more than one.
    """
    if type(x) is float or type(x) is int:
        return x
    tensor = view(x, argument)
    if len(tensor.values) != 1:
        raise InputError(argument, "one number", "%s, %s" % (type(x).__name__, tensor))
    return tensor.values[0]


def real(x: "Any", argument: str) -> float:
    """Return the only number in `x` as a float; InputError if float64 cannot hold it."""
    return reals((one(x, argument),), argument)[0]


def reals(values: "Iterable[Any]", argument: str) -> "List[float]":
    """Return numbers as a list of floats; InputError if float64 cannot hold one of them."""
    try:
        return list(map(float, values))
    except OverflowError:
        raise InputError(argument, "what float64 can hold", "a larger whole number") from None


def _view(x, argument):
    for convert in CONVERTERS:
        tensor = convert(x, argument)
        if tensor is not None:
            return tensor
    raise InputError(argument, "real numbers: a number, a nested list, a buffer or a tensor",
                     shown(x))


# ---- numbers and lists ----

#   Python type  dtype       what a list of several becomes: the last of its rows
NUMBERS = (
    (bool,       "bool"),
    (int,        "int64"),
    (float,      "float64"),
)
PYTHON_TYPES = frozenset(python_type for python_type, _ in NUMBERS)


def _from_number(x, argument):
    for python_type, dtype in NUMBERS:
        if isinstance(x, python_type):
            return Tensor(dtype, (), (x,))
    return None


def _from_list(x, argument):
    if not isinstance(x, (list, tuple)):
        return None
    types = set(map(type, x))
    if types <= PYTHON_TYPES:           # the usual case, and for a long list the only quick one
        dtypes = [dtype for python_type, dtype in NUMBERS if python_type in types]
        return Tensor(dtypes[-1] if dtypes else "float64", (len(x),), x)
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
    return "float64" if any(dtype.startswith("float") for dtype in dtypes) else "int64"


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
LETTER = {dtype: letters[0] for dtype, letters, _ in FORMATS}
DTYPE = {(letter, size): dtype for dtype, letters, size in FORMATS for letter in letters}
SWAPPED = ">!" if sys.byteorder == "little" else "<"    # prefixes of the byte order not ours


def _from_buffer(x, argument):
    try:
        m = memoryview(x)
    except (TypeError, ValueError, BufferError):        # ValueError: a NumPy dtype with no format
        return None
    dtype = DTYPE.get((m.format.lstrip("@=<>!"), m.itemsize))
    if dtype is None:
        return None
    shape = tuple(m.shape)
    if 0 in shape:
        return Tensor(dtype, shape, ())
    native = len(m.format) == 1
    raw = m.cast("B") if native and m.c_contiguous else m.tobytes()
    return Tensor(dtype, shape, _numbers(dtype, raw, m.format[0] in SWAPPED))


def _numbers(dtype, raw, swapped):
    if dtype == "float16":              # memoryview reads it from 3.12 on, struct since 3.6
        return struct.unpack("%s%de" % (SWAPPED[0] if swapped else "=", len(raw) // 2), raw)
    if not swapped or dtype == "bool":
        return memoryview(raw).cast(LETTER[dtype])
    values = array(LETTER[dtype], raw)
    values.byteswap()
    return values


# ---- arrays and tensors of other libraries ----

def _from_torch(x, argument):
    """A tensor that may need its gradient cut off and may live on another device."""
    if not (hasattr(x, "detach") and hasattr(x, "cpu")):
        return None
    try:
        x = x.detach().cpu()
    except Exception as e:              # NotImplementedError for a meta tensor: there is no data
        raise InputError(argument, "a tensor that holds data",
                         "%s: %s" % (type(x).__name__, e)) from e
    try:
        return _from_buffer(x.numpy(), argument) or _from_tolist(x, argument)
    except (TypeError, RuntimeError):   # bfloat16, which NumPy lacks; torch without NumPy
        return _from_tolist(x, argument)


def _from_tolist(x, argument):
    if not hasattr(x, "tolist"):
        return None
    try:
        items = x.tolist()
    except Exception:                   # NotImplementedError: a memoryview of long doubles
        return None
    if not isinstance(items, (list, bool, int, float)):         # a NumPy longdouble gives another
        return None
    return _view(items, argument)


def _from_float(x, argument):
    try:
        return Tensor("float64", (), (x.__float__(),))
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None


def _from_sequence(x, argument):
    """range, deque, and the like.  Text is a sequence too, of texts."""
    if not isinstance(x, Sequence) or isinstance(x, str):
        return None
    try:
        items = list(x)
    except NotImplementedError:         # a memoryview of long doubles again
        return None
    return _from_list(items, argument)


CONVERTERS = (_from_number, _from_list, _from_buffer, _from_torch, _from_tolist, _from_float,
              _from_sequence)           # tried in this order
