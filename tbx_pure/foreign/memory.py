"""Elements that lie in memory with gaps between them, or backwards -> a Tensor.

    element [i, j, ...] of an array starts i * strides[0] + j * strides[1] + ... bytes from the
    first one; a stride may be negative, 0 (each element is the same) or no multiple of the size
"""
import sys
from functools import reduce
from operator import mul

from .. import floats
from ..tensor import LETTER, PARTS, Tensor, numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence, Tuple

#   dtype that a Tensor has not   what it becomes, exactly
WIDER = {
    "complex32":                  "complex64",
    "float8_e8m0fnu":             "float32",
}
POWERS = [2.0 ** (n - 127) for n in range(255)] + [float("nan")]        # e8m0fnu has no more


def is_known(dtype: str) -> bool:
    """Return whether made() can read elements of this type."""
    return dtype in LETTER or dtype in PARTS or dtype in floats.FORMATS or dtype in WIDER


def made(dtype: str, shape: "Tuple[int, ...]", raw: bytes, swapped: bool = False) -> Tensor:
    """Return elements that have nothing between them as a Tensor.

    swapped:  their byte order is not this machine's
    """
    if dtype == "float8_e8m0fnu":
        return Tensor(WIDER[dtype], shape, [POWERS[n] for n in raw])
    if dtype == "complex32":
        parts = numbers("float16", raw, swapped)
        return Tensor(WIDER[dtype], shape, list(map(complex, parts[::2], parts[1::2])))
    return Tensor(dtype, shape, numbers(dtype, raw, swapped))


def at(address: int, low: int, high: int) -> "Any":
    """Return the bytes from address + low to address + high; a slice of them is a copy."""
    import ctypes                       # not at the top: slow to import, and few objects need it
    return (ctypes.c_char * (high - low)).from_address(address + low)


def reach(shape: "Sequence[int]", strides: "Sequence[int]", size: int) -> "Tuple[int, int]":
    """Return where elements begin and end, in bytes from the first one."""
    ends = [(n - 1) * stride for n, stride in zip(shape, strides)]
    return sum(end for end in ends if end < 0), sum(end for end in ends if end > 0) + size


def dense(shape: "Sequence[int]", size: int) -> "Tuple[int, ...]":
    """Return the strides of elements with nothing between them."""
    return tuple(size * reduce(mul, shape[i + 1:], 1) for i in range(len(shape)))


def gathered(memory: "Any", start: int, shape: "Sequence[int]",
             strides: "Sequence[int]", size: int) -> bytes:
    """Return the bytes of all elements, row by row, without what is between them.

    memory:   bytes, the first element at `start`
    """
    if 0 in shape:
        return b""
    if strides == dense(shape, size):
        return bytes(memory[start:start + size * reduce(mul, shape, 1)])
    if len(shape) == 1:
        return _row(memory, start, shape[0], strides[0], size)
    return b"".join(gathered(memory, start + i * strides[0], shape[1:], strides[1:], size)
                    for i in range(shape[0]))


def _row(memory, start, count, stride, size):
    """One strided slice for each byte of an element."""
    if stride == 0:
        return bytes(memory[start:start + size]) * count
    out = bytearray(count * size)
    for i in range(start, start + size):
        stop = i + count * stride
        out[i - start::size] = memory[i:stop if stop >= 0 else None:stride]
    return bytes(out)


def swapped(order: str) -> bool:
    """Return whether a byte order, "<" or ">", is not this machine's."""
    return order == (">" if sys.byteorder == "little" else "<")
