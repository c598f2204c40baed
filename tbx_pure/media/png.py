"""PNG, the part a summary needs: 8-bit samples, no interlace, no palette.  spec/media.md

https://www.w3.org/TR/png-3/  Section numbers below are that document's.
"""
import struct
from binascii import crc32
from functools import lru_cache

try:
    import zlib
except ImportError:                     # a Python built without it: pictures are larger, no more
    zlib = None                         # type: ignore

from ..errors import InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Tuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"                       # 5.2
COLOR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}                  # 11.2.1, by channels: L, LA, RGB, RGBA
NONE, SUB, UP, AVERAGE = range(4)                      # 9.2: the filters that pay here
MAX_SIDE = 2 ** 31 - 1                                 # 7.1

DEFAULT, RLE = 0, 3             # zlib's strategies: any match; only what repeats the byte before
SETTINGS = tuple((kind, level, strategy) for level, strategy in ((1, RLE), (4, DEFAULT))
                 for kind in (NONE, UP, SUB, AVERAGE))  # roughly the quickest first
NEAR = 1.03                     # a size this much above what DEFAULT finds is as good, if quicker
FLAT = 0.1                      # what shrinks to this part takes little time at any level
STRIP = 2 ** 16                 # bytes that are filtered at once


def png(pixels: bytes, height: int, width: int, channels: int,
        way: "Optional[Tuple[int, int, int]]" = None) -> bytes:
    """Encode an image.

    pixels:  height * width * channels bytes, rows top to bottom, a pixel's channels together
    way:     as for compressed(), if it has been chosen
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
    data = compressed(pixels, stride, channels, way or settings(pixels, stride, channels))
    header = struct.pack(">IIBBBBB", width, height, 8, COLOR_TYPE[channels], 0, 0, 0)
    return b"".join((SIGNATURE, chunk(b"IHDR", header), chunk(b"IDAT", data),
                     chunk(b"IEND", b"")))


def chunk(name: bytes, data: bytes) -> bytes:
    """Return a chunk: the length of its data, its name, its data, a checksum.  5.3"""
    return b"".join((struct.pack(">I", len(data)), name, data,
                     struct.pack(">I", crc32(data, crc32(name)))))


def compressed(pixels: bytes, stride: int, step: int, way: tuple) -> bytes:
    """Return filtered rows as a zlib stream.

    stride, step:  bytes from a row to the next, from a pixel to the next
    way:           one of SETTINGS, or of settings(): a filter, zlib's level and its strategy
    """
    kind, level, strategy = way
    size = -(-STRIP // stride) * stride
    return _deflated((_filtered(kind, pixels, start, start + size, stride, step)
                      for start in range(0, len(pixels), size)), level, strategy)


# ---- filters: each byte less what it is likely to be ----

def _filtered(kind, pixels, start, stop, stride, step):
    """Return the rows from `start` to `stop`, each behind the number of the filter.

    The filter takes from each pixel the one above it, the one to its left, the mean of both, or
    nothing.
    """
    rows = pixels[start:stop]
    if kind == UP:
        rows = _minus(rows, _above(pixels, start, rows, stride))
    elif kind == SUB:
        rows = _minus(rows, _left(rows, stride, step))
    elif kind == AVERAGE:
        rows = _minus(rows, _mean(_left(rows, stride, step), _above(pixels, start, rows, stride)))
    number = bytes([kind])
    return b"".join([part for y in range(0, len(rows), stride)
                     for part in (number, rows[y:y + stride])])


def _above(pixels, start, rows, stride):
    return (pixels[start - stride:start] or bytes(stride)) + rows[:-stride]


def _left(rows, stride, step):
    left = bytearray(bytes(step) + rows[:-step])
    for i in range(step):
        left[i::stride] = bytes(len(rows) // stride)            # left of a row there is 0
    return left


def _mean(a, b):
    """Return (a + b) // 2 for each byte: what both have, and half of what one has."""
    x, y, but_lowest = _number(a), _number(b), _each(0xFE, len(a))
    return ((x & y) + ((x ^ y) & but_lowest) // 2).to_bytes(len(a), "little")


def _minus(a, b):
    """Return a - b for each byte, modulo 256: all at once, as digits of one long number.

    The top bits are set in a and not in b, so that no byte borrows from the next; then put right.
    """
    x, y, tops = _number(a), _number(b), _each(0x80, len(a))
    low = (x | tops) - (y ^ y & tops)
    return (low ^ (x ^ y ^ tops) & tops).to_bytes(len(a), "little")


def _number(data):
    return int.from_bytes(data, "little")


@lru_cache(maxsize=4)                   # most strips are of one size
def _each(byte, count):
    return _number(bytes([byte]) * count)


# ---- zlib ----

def settings(pixels: bytes, stride: int, step: int) -> tuple:
    """Return the quickest of SETTINGS that makes four strips of an image small enough."""
    if not zlib:                        # what is stored has one size
        return SETTINGS[0]
    height = len(pixels) // stride
    rows = min(max(2, min(len(pixels) // 32, STRIP // 8) // stride), height)
    top = min(1, height - rows)         # the first row has none above: not like the others
    starts = sorted({top + (height - rows - top) * i // 3 for i in range(4)})
    samples = [[_filtered(kind, pixels, y * stride, (y + rows) * stride, stride, step)
                for y in starts] for kind in (NONE, SUB, UP, AVERAGE)]
    sizes = [len(_deflated(samples[kind], level, strategy)) for kind, level, strategy in SETTINGS]
    found = min(size for way, size in zip(SETTINGS, sizes) if way[2] == DEFAULT)
    way = next(way for way, size in zip(SETTINGS, sizes) if size <= NEAR * found)
    flat = min(sizes) < FLAT * sum(map(len, samples[NONE]))
    return (way[0], 6, DEFAULT) if flat else way


def _deflated(strips, level, strategy):
    if not zlib:
        return stored(b"".join(strips))
    deflate = zlib.compressobj(level, zlib.DEFLATED, 15, 9, strategy)
    return b"".join([deflate.compress(strip) for strip in strips]) + deflate.flush()


def stored(data: bytes) -> bytes:
    """Return `data` as a zlib stream of stored blocks: valid, and not smaller.

    RFC 1950 (the stream), RFC 1951 section 3.2.4 (the blocks)
    """
    out = [b"\x78\x01"]
    for start in range(0, len(data), 0xFFFF):
        block = data[start:start + 0xFFFF]
        final = start + len(block) == len(data)
        out += (struct.pack("<BHH", final, len(block), len(block) ^ 0xFFFF), block)
    return b"".join(out) + struct.pack(">I", adler32(data))


def adler32(data: bytes) -> int:
    """Return the checksum of a zlib stream.  RFC 1950, section 8.2"""
    low, high = 1, 0
    for byte in data:
        low = (low + byte) % 65521
        high = (high + low) % 65521
    return high << 16 | low
