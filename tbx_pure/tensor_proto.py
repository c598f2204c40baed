"""Tensor <-> the fields of a TensorProto.  spec/5-tensors.md

The numbers stand in the value field of their dtype, or all of their bytes in tensor_content.
"""
import struct
from collections import namedtuple
from functools import reduce
from itertools import chain
from operator import mul

from . import floats
from .errors import FormatError, InputError
from .tensor import FORMATS, LETTER, PARTS, Tensor, reals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

Row = namedtuple("Row", "dtype data_type field written")

#   Tensor's dtype  DataType        value field     is written in
DTYPES = [Row(*row) for row in (
    ("float32",     "DT_FLOAT",     "float_val",    "float_val"),
    ("float64",     "DT_DOUBLE",    "double_val",   "double_val"),
    ("float16",     "DT_HALF",      "half_val",     "half_val"),
    ("bfloat16",    "DT_BFLOAT16",  "half_val",     "half_val"),
    ("bool",        "DT_BOOL",      "bool_val",     "bool_val"),
    ("int8",        "DT_INT8",      "int_val",      "int_val"),
    ("int16",       "DT_INT16",     "int_val",      "int_val"),
    ("int32",       "DT_INT32",     "int_val",      "int_val"),
    ("int64",       "DT_INT64",     "int64_val",    "int64_val"),
    ("uint8",       "DT_UINT8",     "int_val",      "int_val"),
    ("uint16",      "DT_UINT16",    "int_val",      "int_val"),
    ("uint32",      "DT_UINT32",    "uint32_val",   "tensor_content"),  # TensorBoard 2.21.0 reads
    ("uint64",      "DT_UINT64",    "uint64_val",   "tensor_content"),  # them nowhere else
    ("complex64",   "DT_COMPLEX64", "scomplex_val", "scomplex_val"),
    ("complex128",  "DT_COMPLEX128", "dcomplex_val", "dcomplex_val"),
    ("string",      "DT_STRING",    "string_val",   "string_val"),
)] + [Row(dtype, "DT_" + dtype.upper(), "float8_val", "float8_val")
      for dtype in floats.FORMATS if dtype.startswith("float8")]
BY_DTYPE = {row.dtype: row for row in DTYPES}
BY_DATA_TYPE = {row.data_type: row for row in DTYPES}

SIZE = {dtype: size for dtype, _, size in FORMATS}      # bytes of an element in tensor_content
SIZE.update((dtype, form.size) for dtype, form in floats.FORMATS.items())
SIZE.update((dtype, 2 * SIZE[part]) for dtype, part in PARTS.items())

MAX_SIZE = 2 ** 31 - 1                  # bytes of a message, for every protobuf library
MAX_FILLED = 2 ** 20                    # elements; so that a few bytes cannot claim all memory


def tensor_proto(tensor: Tensor, argument: str = "tensor") -> "Dict[str, Any]":
    """Return the fields of a TensorProto that holds `tensor`.

    tensor:    of a dtype above: also "string", whose values are bytes
    argument:  what the caller's user calls it, for the error
    Raises InputError if its values do not fit its dtype, or take more than 2 GiB.
    """
    row, values = BY_DTYPE[tensor.dtype], tensor.values
    if len(values) * SIZE.get(row.dtype, 1) > MAX_SIZE:
        raise InputError(argument, "at most %d bytes" % MAX_SIZE, str(tensor))
    if row.written == "tensor_content":
        packed = struct.pack("<%d%s" % (len(values), LETTER[row.dtype]), *values)
        filled = {"tensor_content": packed}     # type: Dict[str, Any]
    elif row.written in OTHERWISE:
        filled = {row.written: OTHERWISE[row.written][0](row.dtype, values)}
    elif row.dtype == "float64":
        filled = {"double_val": reals(values, argument)}
    else:
        filled = {row.written: _checked(row.dtype, values, argument)}
    return dict(filled, dtype=row.data_type,
                tensor_shape={"dim": [{"size": size} for size in tensor.shape]})


def _checked(dtype, values, argument):
    """Python's whole numbers are taken for int64, however large they are."""
    if dtype == "int64" and any(not -2 ** 63 <= v < 2 ** 63 for v in values):
        raise InputError(argument, "whole numbers of 64 bits", "larger ones")
    return values


def shape_of(proto: "Dict[str, Any]") -> "Tuple[int, ...]":
    """Return the shape of a decoded TensorProto; () if it has none.  [tensor-1]

    Raises FormatError if the shape is not known.
    """
    shape = proto.get("tensor_shape", {})
    sizes = tuple(dim.get("size", 0) for dim in shape.get("dim", []))
    if shape.get("unknown_rank") or any(size < 0 for size in sizes):
        raise FormatError("the tensor's shape is not known", 0, "tensor-1")
    return sizes


def tensor_values(proto: "Dict[str, Any]") -> Tensor:
    """Return the Tensor that a decoded TensorProto holds; tensor_proto()'s way back.

    Raises FormatError if its dtype is not above, or it holds another number of elements than its
    shape says.  The position is 0, the tensor's own start.
    """
    data_type = proto.get("dtype", "DT_INVALID")
    if data_type not in BY_DATA_TYPE:
        raise FormatError("the elements of a %s tensor cannot be read" % data_type, 0, "tensor-7")
    row, shape = BY_DATA_TYPE[data_type], shape_of(proto)
    count = reduce(mul, shape, 1)
    if proto.get("tensor_content"):
        values = _from_content(row.dtype, proto["tensor_content"], count)
    else:
        values = _filled(_from_field(row, proto), count)
    return Tensor(row.dtype, shape, values)


def _from_content(dtype, content, count):
    """[tensor-3]"""
    size = SIZE.get(dtype)
    if size is None or len(content) != count * size:
        raise FormatError("%d bytes do not hold %d elements of type %s"
                          % (len(content), count, dtype), 0, "tensor-3")
    if dtype in floats.FORMATS:
        return floats.decode(dtype, content)
    if dtype in PARTS:
        return _pairs(dtype, _from_content(PARTS[dtype], content, 2 * count))
    return struct.unpack("<%d%s" % (count, LETTER[dtype]), content)


def _from_field(row, proto):
    values = proto.get(row.field, [])
    if row.dtype == "uint8":            # torch 2.13.0 writes add_tensor's bytes there
        values = values or proto.get("uint32_val", [])
    if row.field in OTHERWISE:
        return OTHERWISE[row.field][1](row.dtype, values)
    return values


def _filled(values, count):
    """Repeat the last value until there are `count`.  [tensor-4]"""
    missing = count - len(values)
    if missing < 0 or missing and not values or missing > MAX_FILLED:
        raise FormatError("%d values do not fill %d elements" % (len(values), count), 0, "tensor-4")
    return values + values[-1:] * missing


# ---- value fields that do not hold the numbers themselves ----

def _halves(dtype, patterns):
    """[tensor-5]"""
    n = len(patterns)
    if all(0 <= pattern <= 0xFFFF for pattern in patterns):
        return list(floats.decode(dtype, struct.pack("<%dH" % n, *patterns)))
    # torch 2.13.0 writes patterns of float32: only 0 of those has no bit above the lower 16
    return list(struct.unpack("<%df" % n, struct.pack("<%di" % n, *patterns)))


def _parts(dtype, values):
    return list(chain.from_iterable((v.real, v.imag) for v in values))


def _pairs(dtype, parts):
    if len(parts) % 2:
        raise FormatError("%d parts of complex numbers" % len(parts), 0, "tensor-4")
    return list(map(complex, parts[::2], parts[1::2]))


#   value field      what it holds for values, and back
OTHERWISE = {
    "half_val":      (floats.encode, _halves),
    "float8_val":    (lambda *numbers: bytes(floats.encode(*numbers)), floats.decode),
    "scomplex_val":  (_parts, _pairs),
    "dcomplex_val":  (_parts, _pairs),
}
