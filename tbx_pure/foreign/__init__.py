"""Arrays and tensors of other libraries: the converters of tensor.py that are no textbook.

Each takes (x, argument) and returns a Tensor; None if `x` has not what it asks for; it raises
InputError if no other converter can do better, and anything else to let the next one try.  No
library is imported: an object is asked what it can do.
"""
from .arrays import from_array, from_interface
from .dlpack import from_dlpack_alone
from .torch import from_torch

#   name in tensor.CONVERTERS, where their order stands
CONVERTERS = {
    "torch":           from_torch,
    "__array__":       from_array,
    "array interface": from_interface,
    "DLPack":          from_dlpack_alone,
}
