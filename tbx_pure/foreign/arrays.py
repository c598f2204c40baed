"""Objects with __array__() or __array_interface__: what NumPy would make an array of.

https://numpy.org/doc/stable/reference/arrays.interface.html
"""
from .memory import at, dense, gathered, is_known, made, reach, swapped
from ..errors import InputError
from ..tensor import Tensor, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

#   letter of a typestr    dtype, to which the bits are added
KINDS = {
    "b":                   "bool",
    "i":                   "int",
    "u":                   "uint",
    "f":                   "float",
    "c":                   "complex",
}
DATES = "mM"


def from_array(x: "Any", argument: str) -> "Optional[Tensor]":
    """pandas, JAX, TensorFlow ...: what __array__() returns, which is a NumPy array."""
    if isinstance(x, type) or not hasattr(x, "__array__"):
        return None
    array = x.__array__()
    if isinstance(array, bytes):        # TensorFlow's texts; __float__() would read numbers in them
        raise InputError(argument, "real numbers", "a text")
    if type(array) is type(x):
        return None
    return view(array, argument, also_complex=True)


def from_interface(x: "Any", argument: str) -> "Optional[Tensor]":
    """Elements in memory, described in a dict; NumPy itself for dtypes that no buffer can have."""
    about = None if isinstance(x, type) else getattr(x, "__array_interface__", None)
    if about is None:
        return None
    if about.get("mask") is not None:
        raise InputError(argument, "numbers that are all there", "a masked array")
    typestr, shape = about["typestr"], tuple(about["shape"])
    if typestr[1] in DATES:
        raise InputError(argument, "real numbers", "dates or times: an array of %s" % typestr)
    size, dtype = int(typestr[2:]), _dtype(x, typestr)
    if not is_known(dtype):
        return None                     # Python's objects, long doubles: tolist() reads them
    strides = about.get("strides") or dense(shape, size)
    return made(dtype, shape, _bytes(x, about, shape, strides, size), swapped(typestr[0]))


def _dtype(x, typestr):
    """The name of a dtype says more than its typestr: ml_dtypes' bfloat16 is <V2."""
    name = getattr(getattr(x, "dtype", None), "name", "")
    if is_known(name):
        return name
    dtype = KINDS.get(typestr[1], "")
    return dtype if dtype == "bool" else "%s%d" % (dtype, 8 * int(typestr[2:]))


def _bytes(x, about, shape, strides, size):
    data = about.get("data")
    if isinstance(data, tuple):
        low, high = reach(shape, strides, size)
        memory = at(data[0], low, high) if 0 not in shape else b""
        return gathered(memory, -low, shape, strides, size)
    memory = memoryview(x if data is None else data).cast("B")
    return gathered(memory, about.get("offset", 0), shape, strides, size)
