"""A picture in another size, by the filter named after Lanczos, as Pillow's LANCZOS.

A new pixel is a mean of old ones around it, weighed by sinc(x) * sinc(x / 3), which is 0 from
distance 3 on: three old pixels to either side where the picture grows, three new ones where it
shrinks.  First all columns are made new, then all rows.
"""
import math

from ..errors import InputError
from .pixels import Picture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Tuple

REACH = 3                               # lobes of the sinc to either side
MAX_SIDE = 2 ** 16 - 1
ONE = 1 << 16                           # of weights; a lane of 32 bits is a sum of bytes times them
OFFSET = 256                            # in the upper half of a lane, so that no sum is below 0


def resize(picture: Picture, height: int, width: int) -> Picture:
    """Return a picture of that height and width, in pixels; its channels stay.

    Of 2 and 4 channels, the last is how opaque a pixel is; what is transparent has no color.
    """
    if not (1 <= height <= MAX_SIDE and 1 <= width <= MAX_SIDE):
        raise InputError("size", "sides from 1 to %d" % MAX_SIDE, "%d x %d" % (height, width))
    channels = picture.channels
    shades = channels % 2 == 0 and picture.pixels[channels - 1::channels].strip(b"\xff") != b""
    pixels = _shaded(picture.pixels, channels) if shades else picture.pixels
    rows = _rows(pixels, picture.height, picture.width * channels)
    if width != picture.width:
        rows = _turned(_scaled(_turned(rows, channels), width), channels)
    if height != picture.height:
        rows = _scaled(rows, height)
    pixels = b"".join(rows)
    return Picture(height, width, channels, _bared(pixels, channels) if shades else pixels)


def _rows(pixels, number, size):
    return [pixels[y * size:(y + 1) * size] for y in range(number)]


def _turned(rows, step):
    """Return the columns of rows of pixels of `step` bytes, each as a row from top to bottom."""
    pixels, stride = b"".join(rows), len(rows[0])
    out = []
    for left in range(0, stride, step):
        column = bytearray(len(rows) * step)
        for c in range(step):
            column[c::step] = pixels[left + c::stride]
        out.append(bytes(column))
    return out


# ---- rows from rows ----

def _scaled(rows, number):
    """Return so many rows, each the sum of old ones times their weights.

    A row is one long number, with a lane of 32 bits for each byte, so that one multiplication is
    for all of it.  Weights below 0 are taken off at the end; the lanes stay above 0 by OFFSET.
    """
    size = len(rows[0])
    lanes = [_lanes(row) for row in rows]
    start = int.from_bytes((OFFSET * ONE + ONE // 2).to_bytes(4, "little") * size, "little")
    out = []
    for first, weights in _weights(len(rows), number):
        total = start
        for lane, weight in zip(lanes[first:], weights):
            total += lane * weight
        out.append(_clipped(total.to_bytes(4 * size, "little")))
    return out


def _lanes(row):
    out = bytearray(4 * len(row))
    out[::4] = row
    return int.from_bytes(out, "little")


def _clipped(lanes):
    """Return the whole part of each lane as a byte: what is below 0 as 0, beyond 255 as 255."""
    whole = int.from_bytes(lanes[2::4], "little")       # of OFFSET and the sum, the lower 8 bits
    above = lanes[3::4]                                 # 0: it was negative, 1: right, 2: too large
    inside = int.from_bytes(above.translate(INSIDE), "little")
    beyond = int.from_bytes(above.translate(BEYOND), "little")
    return (whole & inside | beyond).to_bytes(len(above), "little")


INSIDE = bytes([255 * (v == 1) for v in range(256)])
BEYOND = bytes([255 * (v > 1) for v in range(256)])


def _weights(old: int, new: int) -> "List[Tuple[int, List[int]]]":
    """Return (the first old row, the weights of it and those that follow) for each new row."""
    scale = old / new
    stretch = max(scale, 1.0)
    out = []
    for i in range(new):
        center = (i + 0.5) * scale
        first = max(int(center - REACH * stretch + 0.5), 0)
        end = min(int(center + REACH * stretch + 0.5), old)
        exact = [_lanczos((y + 0.5 - center) / stretch) for y in range(first, end)]
        total = math.fsum(exact)
        out.append((first, [round(weight / total * ONE) for weight in exact]))
    return out


def _lanczos(x):
    return _sinc(x) * _sinc(x / REACH) if -REACH < x < REACH else 0.0


def _sinc(x):
    return math.sin(math.pi * x) / (math.pi * x) if x else 1.0


# ---- transparency ----

def _shaded(pixels, channels):
    """Return pixels times how opaque they are, so that what is transparent weighs nothing."""
    opacity, out = pixels[channels - 1::channels], bytearray(pixels)
    for c in range(channels - 1):
        out[c::channels] = bytes([(x * part + 127) // 255
                                  for x, part in zip(pixels[c::channels], opacity)])
    return bytes(out)


def _bared(pixels, channels):
    """Undo _shaded()."""
    opacity, out = pixels[channels - 1::channels], bytearray(pixels)
    for c in range(channels - 1):
        out[c::channels] = bytes([min(x * 255 // part, 255) if part else 0
                                  for x, part in zip(pixels[c::channels], opacity)])
    return bytes(out)
