"""Tensor -> pixels: any layout to rows of bytes, one image or a grid of them.

A layout is a word, a letter for each dimension, slowest first: N image, T frame of a video,
C channel, H row, W column.
"""
import math
import struct
from collections import namedtuple

from ..errors import InputError, shown
from ..tensor import Tensor, extremes, is_float
from ..twins import fastest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Dict, Sequence, Tuple

LAYOUTS = ("HW", "CHW", "NHW", "NCHW")  # in any order of letters, upper or lower case
GRID_COLUMNS = 8


class Picture(namedtuple("Picture", "height width channels pixels")):
    """pixels: height * width * channels bytes, rows top to bottom, a pixel's channels together"""


def picture(tensor: Tensor, layout: str, argument: str,
            warn: "Callable[[str, str], object]") -> Picture:
    """Return the picture that `tensor` holds; several images become a grid, row by row.

    tensor:  1 channel (made 3), or 3 (RGB) or 4 (RGBA), or 2 (gray and alpha)
             uint8 is taken as it is; floats from 0 to 1 are times 255, cut to a whole number,
             and NaN is 0; bool is black and white; other integers are 0 and 1, or else 0 to 255;
             what lies beyond is clipped
    layout:  the letters of one of LAYOUTS, such as "CHW"
    warn:    called with a cause and a text where values were NaN, clipped or reinterpreted
    Raises InputError if layout and shape do not go together.
    """
    axes = axes_of(tensor, layout, LAYOUTS, argument)
    data = to_bytes(tensor, warn)
    channels = 3 if axes["C"][0] == 1 else axes["C"][0]
    images = [together(data, axes, n * axes["N"][1], channels) for n in range(axes["N"][0])]
    columns = min(len(images), GRID_COLUMNS)
    return grid(images, axes["H"][0], axes["W"][0], channels, columns, -(-len(images) // columns))


def axes_of(tensor: Tensor, layout: str, layouts: "Sequence[str]",
            argument: str) -> "Dict[str, Tuple[int, int]]":
    """Return {letter: (size, stride in values)} of a tensor that holds pixels.

    layouts: those that are known, their letters in any order; a letter that is missing has size 1
    Raises InputError if layout is none of them, or does not go with the shape.
    """
    letters = layout.upper() if isinstance(layout, str) else ""
    if sorted(letters) not in [sorted(known) for known in layouts]:
        raise InputError("dataformats", "the letters of %s in any order" % " or ".join(layouts),
                         shown(layout))
    if len(tensor.shape) != len(letters):
        fitting = ["dataformats=%r" % known for known in layouts if len(known) == len(tensor.shape)]
        need = ["%d dimensions for dataformats %r" % (len(letters), layout)] + fitting
        raise InputError(argument, ", or ".join(need), "shape %s" % (tensor.shape,))
    if 0 in tensor.shape:
        raise InputError(argument, "at least one pixel", "shape %s" % (tensor.shape,))
    axes, stride = dict.fromkeys("NTC", (1, 0)), 1
    for letter, size in zip(reversed(letters), reversed(tensor.shape)):
        axes[letter] = size, stride
        stride *= size
    if axes["C"][0] > 4:
        last = letters.replace("C", "") + "C"
        need = ["1 to 4 channels for dataformats %r" % layout]
        need += ["dataformats=%r" % last] if tensor.shape[-1] <= 4 else []
        raise InputError(argument, ", or ".join(need), "shape %s" % (tensor.shape,))
    return axes


def together(data: bytes, axes: "Dict[str, Tuple[int, int]]", start: int, channels: int) -> bytes:
    """Return the image that begins at `start` with its channels together.

    channels: how many the image has, or 3 of an image of one, which is taken for each
    """
    (height, down), (width, right), (present, through) = axes["H"], axes["W"], axes["C"]
    if down == width * right:           # no gaps between rows: all are as one
        height, width = 1, height * width
    out, line = bytearray(height * width * channels), width * channels
    for y in range(height):
        for c in range(channels):
            first = start + y * down + c % present * through
            out[y * line + c:(y + 1) * line:channels] = data[first:first + width * right:right]
    return bytes(out)


def grid(images: "Sequence[bytes]", height: int, width: int, channels: int, columns: int,
         rows: int) -> Picture:
    """Put images of one size in places, row by row; those that are left stay black."""
    if columns == rows == len(images):
        return Picture(height, width, channels, images[0])
    stride, line = columns * width * channels, width * channels
    out = bytearray(rows * height * stride)
    for i, pixels in enumerate(images):
        corner = i // columns * height * stride + i % columns * line
        for y in range(height):
            out[corner + y * stride:corner + y * stride + line] = pixels[y * line:(y + 1) * line]
    return Picture(rows * height, columns * width, channels, bytes(out))


# ---- values to bytes ----

def to_bytes(tensor: Tensor, warn: "Callable[[str, str], object]") -> bytes:
    """Return the values as bytes from 0 to 255, in the order they came."""
    values = tensor.values
    if tensor.dtype == "uint8":
        return bytes(values)
    if is_float(tensor.dtype):
        return _from_floats(values, tensor.dtype, warn)
    low, high = extremes(values)
    if 0 <= low and high <= 1:
        return bytes([255 * v for v in values])
    warn("integers", "integers beyond 0 and 1 were taken as 0 to 255; pass uint8 to say so")
    return bytes([min(max(v, 0), 255) for v in values])


def _from_floats(values, dtype, warn):
    data, nans, beyond = scaled(values, dtype)
    if nans:
        warn("NaN", "%d of %d values are NaN, and became 0; pass 0 to 1" % (nans, len(values)))
    if beyond:
        warn("range", "floats beyond 0 to 1 were clipped; pass uint8 for 0 to 255")
    return data


@fastest
def scaled(values: "Sequence[float]", dtype: str) -> "Tuple[bytes, int, bool]":
    """Return (bytes, how many values are NaN, whether others are clipped by 1 or more)."""
    nans = 0
    if math.isnan(sum(values)):         # one of them is, or there are infinities of both signs
        nans = sum(map(math.isnan, values))
        values = [0.0 if v != v else v for v in values]
    times_255 = [v * 255.0 if 0.0 < v < 1.0 else 255.0 * (v >= 1.0) for v in values]
    data = bytes(map(int, _as_half(times_255) if dtype == "float16" else times_255))
    return data, nans, min(values) < -1 / 255 or max(values) > 256 / 255


def _as_half(values):
    """Round to float16, in which NumPy keeps the product; float32 would cut to the same bytes."""
    return struct.unpack("=%de" % len(values), struct.pack("=%de" % len(values), *values))
