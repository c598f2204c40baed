"""PNG, the part a summary needs: 8-bit samples, no interlace, no palette.

https://www.w3.org/TR/png-3/  Section numbers below are that document's.
"""
import struct
from binascii import crc32

try:
    import zlib
except ImportError:                     # a Python built without it: pictures are larger, no more
    zlib = None                         # type: ignore

from ..errors import InputError

SIGNATURE = b"\x89PNG\r\n\x1a\n"                       # 5.2
COLOR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}                  # 11.2.1, by channels: L, LA, RGB, RGBA
FILTER_NONE = b"\x00"                                  # 9.2
MAX_SIDE = 2 ** 31 - 1                                 # 7.1


def png(pixels: bytes, height: int, width: int, channels: int) -> bytes:
    """Encode an image.

    pixels: height * width * channels bytes, rows top to bottom, a pixel's channels together
    Raises InputError if the length, a side or the number of channels is wrong.
    """
    if channels not in COLOR_TYPE:
        raise InputError("channels", "1, 2, 3 or 4", str(channels))
    if not (1 <= height <= MAX_SIDE and 1 <= width <= MAX_SIDE):
        raise InputError("size", "sides from 1 to %d" % MAX_SIDE, "%d x %d" % (height, width))
    stride = width * channels
    if len(pixels) != height * stride:
        raise InputError("pixels", "%d bytes for height %d, width %d, %d channels"
                         % (height * stride, height, width, channels), str(len(pixels)))
    rows = b"".join(FILTER_NONE + pixels[y:y + stride] for y in range(0, len(pixels), stride))
    header = struct.pack(">IIBBBBB", width, height, 8, COLOR_TYPE[channels], 0, 0, 0)
    data = zlib.compress(rows) if zlib else stored(rows)
    return b"".join((SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", data),
                     _chunk(b"IEND", b"")))


def _chunk(name, data):                                # 5.3
    return b"".join((struct.pack(">I", len(data)), name, data,
                     struct.pack(">I", crc32(name + data))))


def stored(data: bytes) -> bytes:
    """Return `data` as a zlib stream of stored blocks: valid, and not smaller.

    RFC 1950 (the stream), RFC 1951 section 3.2.4 (the blocks)
    """
    out = [b"\x78\x01"]
    for start in range(0, len(data), 0xFFFF):
        block = data[start:start + 0xFFFF]
        final = start + len(block) == len(data)
        out += (struct.pack("<BHH", final, len(block), len(block) ^ 0xFFFF), block)
    return b"".join(out) + struct.pack(">I", _adler32(data))


def _adler32(data):
    low, high = 1, 0
    for byte in data:
        low = (low + byte) % 65521
        high = (high + low) % 65521
    return high << 16 | low
