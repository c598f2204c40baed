"""A weight of a model -> the histogram and the pictures that tf.summary makes of it.

tensorboard/plugins/histogram/summary_v2.py, tensorboard/plugins/image/summary_v2.py (2.21) and
keras/src/callbacks/tensorboard.py (3.15): here, to the byte, what they compute.
"""
import struct
from collections import Counter
from itertools import chain

from ..media.png import png
from ..tensor import LETTER, Tensor, is_float

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

BUCKETS = 30
LARGEST = 2.0 ** 1022                   # twice that, float64 can hold: any difference of two
SMALLEST = 2.0 ** -1074
MOST_PICTURES = 3


# ---- histograms ----

def histogram(values: "Sequence[float]") -> "Tuple[Dict[str, Any], int]":
    """Return a TensorProto of rows (left edge, right edge, count), and how many values it lacks.

    Those are NaN and infinities, of which TensorFlow makes edges that are NaN.
    """
    kept = [x for x in values if abs(x) <= LARGEST]
    numbers = list(chain.from_iterable(buckets(kept)))
    return {"dtype": "DT_DOUBLE", "tensor_shape": {"dim": [{"size": BUCKETS}, {"size": 3}]},
            "tensor_content": struct.pack("<%dd" % len(numbers), *numbers)}, len(values) - len(kept)


def buckets(values: "List[float]") -> "List[Tuple[float, float, int]]":
    """Return 30 rows (left edge, right edge, count), of one width from the least to the largest.

    Where all values are equal, so are the edges, and the last row counts them.
    """
    if not values:
        return [(0.0, 0.0, 0)] * BUCKETS
    low, high = min(values), max(values)
    if low == high:
        return [(low, high, 0)] * (BUCKETS - 1) + [(low, high, len(values))]
    width = (high - low) / BUCKETS or SMALLEST
    counts = Counter([int((x - low) / width) for x in values])
    counts[BUCKETS - 1] += sum(n for i, n in counts.items() if i >= BUCKETS)    # the largest
    edges = [low + width * i for i in range(BUCKETS)] + [high]
    return [(edges[i], edges[i + 1], counts[i]) for i in range(BUCKETS)]


# ---- pictures ----

def images(tensor: Tensor, channels_last: bool) -> "Optional[Dict[str, Any]]":
    """Return a TensorProto of up to three gray pictures of a weight; None if it makes none.

    A bias is a column; a matrix lies on its longer side; of a convolution's kernel in one
    dimension each filter is a picture.  Of a kernel in two dimensions, Keras shows those alone
    whose last size, the number of filters, is 3 or 4: it takes them for channels.
    channels_last:  Keras's image_data_format
    """
    data = _pixels(tensor)
    number, height, width, channels, data = _arranged(
        [size for size in tensor.shape if size != 1], data, channels_last)
    size = height * width * channels
    if not number * size or channels not in (1, 3, 4):
        return None
    files = [png(data[start:start + size], height, width, channels)
             for start in range(0, min(number, MOST_PICTURES) * size, size)]
    texts = [b"%d" % width, b"%d" % height] + files
    return {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": len(texts)}]},
            "string_val": texts}


def _arranged(shape, data, channels_last):
    """Return the number, height, width and channels of a weight's pictures, and their pixels."""
    if len(shape) == 1:
        return (1, shape[0], 1, 1, data)
    if len(shape) == 2 and shape[0] > shape[1]:
        return (1, shape[1], shape[0], 1, _transposed(data, shape[1]))
    if len(shape) == 2:
        return (1, shape[0], shape[1], 1, data)
    if len(shape) == 3 and channels_last:
        return (shape[2], shape[0], shape[1], 1, _transposed(data, shape[2]))
    if len(shape) == 3:
        return (shape[0], shape[1], shape[2], 1, data)
    if len(shape) == 4:
        return (shape[0], shape[1], shape[2], shape[3], data)
    return (0, 0, 0, 0, data)


def _transposed(data, columns):
    return b"".join([data[column::columns] for column in range(columns)])


def _pixels(tensor):
    """Return a byte for each value, as tf.image.convert_image_dtype makes it.

    Floats from 0 to 1 are times 255.5, in their own precision (bfloat16: in float64); whole numbers
    are scaled with the range of their type.  Both are cut to a whole number and clipped.  NaN is 0.
    """
    values, dtype = tensor.values, tensor.dtype
    if is_float(dtype):
        scaled = [min(1.0, max(0.0, x)) * 255.5 for x in values]
        form = "=%d%s" % (len(scaled), LETTER.get(dtype, "d"))
        return bytes(map(int, struct.unpack(form, struct.pack(form, *scaled))))
    scale = 256 / RANGE[dtype]
    return bytes([min(max(int(x * scale), 0), 255) for x in values])


#   dtype     how many values from 0 on it has
RANGE = {
    "bool":   1,
    "int8":   2 ** 7,   "uint8":  2 ** 8,
    "int16":  2 ** 15,  "uint16": 2 ** 16,
    "int32":  2 ** 31,  "uint32": 2 ** 32,
    "int64":  2 ** 63,  "uint64": 2 ** 64,
}
