"""DLPack: for objects that offer nothing better.  https://data-apis.org/array-api/latest/

The elements are copied: what we return does not hang on the producer.
"""
from .memory import at, dense, gathered, is_known, made, reach
from ..tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

VERSION = (1, 1)                        # the newest that we know
CPU = (1, 0)
HOST = (1, 3)                           # device types whose memory the CPU reads: its own, and
                                        # what CUDA has pinned
#   code   dtype, to which the bits are added
KINDS = {
    0:     "int",
    1:     "uint",
    2:     "float",
    4:     "bfloat",
    5:     "complex",
}
#   code   dtype of 8 bits
BYTES = {
    6:     "bool",
    9:     "float8_e4m3b11fnuz",
    10:    "float8_e4m3fn",
    11:    "float8_e4m3fnuz",
    12:    "float8_e5m2",
    13:    "float8_e5m2fnuz",
    14:    "float8_e8m0fnu",
}


def from_dlpack_alone(x: "Any", argument: str) -> "Optional[Tensor]":
    """The same, of an object that offers nothing better.

    One whose __array__() has failed is not asked: TensorFlow 2.21.0 ends the process if it is asked
    for texts.
    """
    if isinstance(x, type) or hasattr(x, "__array__") or not hasattr(x, "__dlpack__"):
        return None
    return from_dlpack(x, argument)


def from_dlpack(x: "Any", argument: str) -> Tensor:
    """Return a copy of what an object with __dlpack__() holds."""
    try:
        from .capsules import Unreadable, taken         # now: it imports ctypes
    except (ImportError, AttributeError) as e:          # some builds lack it; PyPy, its pythonapi
        raise ImportError("DLPack takes ctypes: %s" % e) from e
    with taken(_capsule(x)) as tensor:
        dtype = _dtype(tensor)
        if not is_known(dtype) or tensor.lanes != 1:
            raise Unreadable("elements of code %d, %d bits, %d lanes"
                             % (tensor.code, tensor.bits, tensor.lanes))
        if tensor.device_type not in HOST:
            raise Unreadable("memory of device type %d, which the CPU cannot read"
                             % tensor.device_type)
        return _copied(tensor, dtype)


def _capsule(x):
    """Ask for the newest form, and for a copy of what the CPU cannot read."""
    here = not hasattr(x, "__dlpack_device__") or x.__dlpack_device__()[0] in HOST
    options = {} if here else {"dl_device": CPU}
    try:
        return x.__dlpack__(max_version=VERSION, **options)
    except TypeError:                   # a producer of before version 1.0
        return x.__dlpack__()


def _dtype(tensor):
    if tensor.bits == 8 and tensor.code in BYTES:
        return BYTES[tensor.code]
    return "%s%d" % (KINDS.get(tensor.code, ""), tensor.bits)


def _copied(tensor, dtype):
    shape, size = tuple(tensor.shape[:tensor.ndim]), tensor.bits // 8
    strides = dense(shape, size)
    if tensor.strides:
        strides = tuple(size * stride for stride in tensor.strides[:tensor.ndim])
    if 0 in shape:
        return made(dtype, shape, b"")
    if not tensor.data:
        raise ValueError("there is no data")
    low, high = reach(shape, strides, size)
    memory = at(tensor.data + tensor.byte_offset, low, high)
    return made(dtype, shape, gathered(memory, -low, shape, strides, size))
