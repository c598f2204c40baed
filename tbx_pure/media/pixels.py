"""Tensor -> pixels: any layout to rows of bytes, one image or a grid of them.

A layout is a word, a letter for each dimension, slowest first: N image, C channel, H row, W column.
"""
import struct
from collections import namedtuple

from ..errors import InputError, shown
from ..tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

LAYOUTS = ("HW", "CHW", "NCHW")         # in any order of letters, upper or lower case
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
    warn:    called with a cause and a text where values were clipped or reinterpreted
    Raises InputError if layout and shape do not go together.
    """
    axes = _axes(tensor, layout, argument)
    channels = axes["C"][0]
    if channels > 4:
        raise InputError(argument, "1 to 4 channels", "%d channels: shape %s, layout %s"
                         % (channels, tensor.shape, layout))
    data = to_bytes(tensor, warn)
    images = [_pixels(data, axes, n) for n in range(axes["N"][0])]
    height, width = axes["H"][0], axes["W"][0]
    return _grid(images, height, width, 3 if channels == 1 else channels)


def _axes(tensor, layout, argument):
    """Return {letter: (size, stride in values)}; a letter that is missing has size 1."""
    letters = layout.upper() if isinstance(layout, str) else ""
    if sorted(letters) not in [sorted(known) for known in LAYOUTS]:
        raise InputError("dataformats", "the letters of %s in any order" % ", ".join(LAYOUTS),
                         shown(layout))
    if len(tensor.shape) != len(letters):
        raise InputError(argument, "%d dimensions for dataformats %r" % (len(letters), layout),
                         "shape %s" % (tensor.shape,))
    if 0 in tensor.shape:
        raise InputError(argument, "at least one pixel", "shape %s" % (tensor.shape,))
    axes, stride = {"N": (1, 0), "C": (1, 0)}, 1
    for letter, size in zip(reversed(letters), reversed(tensor.shape)):
        axes[letter] = size, stride
        stride *= size
    return axes


def _pixels(data, axes, n):
    """Return image n with its channels together: for each row, one strided slice a channel."""
    (height, down), (width, right), (channels, through) = axes["H"], axes["W"], axes["C"]
    out_channels = 3 if channels == 1 else channels
    out = bytearray(height * width * out_channels)
    line = width * out_channels
    for y in range(height):
        for c in range(out_channels):
            start = n * axes["N"][1] + y * down + c % channels * through
            row = data[start:start + width * right:right]
            out[y * line + c:(y + 1) * line:out_channels] = row
    return bytes(out)


def _grid(images, height, width, channels):
    """Put images in rows of up to GRID_COLUMNS; the places that are left stay black."""
    columns = min(len(images), GRID_COLUMNS)
    rows = -(-len(images) // columns)
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
    if tensor.dtype.startswith("float"):
        return _from_floats(values, tensor.dtype, warn)
    low, high = min(values), max(values)
    if 0 <= low and high <= 1:
        return bytes([255 * v for v in values])
    warn("integers", "integers beyond 0 and 1 were taken as 0 to 255; pass uint8 to say so")
    return bytes([min(max(v, 0), 255) for v in values])


def _from_floats(values, dtype, warn):
    if max(values) > 256 / 255 or min(values) < -1 / 255:       # more than an error of rounding
        warn("range", "floats beyond 0 to 1 were clipped; pass uint8 for 0 to 255")
    scaled = [v * 255.0 if 0.0 < v < 1.0 else 255.0 * (v >= 1.0) for v in values]
    return bytes(map(int, _as_half(scaled) if dtype == "float16" else scaled))


def _as_half(values):
    """Round to float16, in which NumPy keeps the product; float32 would cut to the same bytes."""
    return struct.unpack("=%de" % len(values), struct.pack("=%de" % len(values), *values))
