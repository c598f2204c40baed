"""What a file of a picture says of itself: PNG, JPEG or GIF, which every browser shows.

Nothing is decoded.  The structure is followed to its end, so that a file that was cut is found.
"""
import struct
from collections import namedtuple

from ..errors import FormatError
from .png import SIGNATURE
from .png_reader import PALETTE, READ, chunks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


class Encoded(namedtuple("Encoded", "format height width channels")):
    """format: "png", "jpeg" or "gif"; channels: 1 to 4, as they come out of it"""


def kind(data: bytes) -> "Optional[Encoded]":
    """Return what a file is, or None if it does not begin as one of FORMATS.

    Raises FormatError if it begins so, and is damaged or cut, or has no size.
    """
    data = bytes(data)
    for signature, follow in FORMATS:
        if data.startswith(signature):
            found = follow(data)
            if not (found.height and found.width and 1 <= found.channels <= 4):
                raise FormatError("%d x %d pixels of %d channels" % found[1:], 0, "media-11")
            return found
    return None


def _cut(pos):
    return FormatError("the file ends in the middle", pos, "media-11")


def _unpack(form, data, pos):
    try:
        return struct.unpack_from(form, data, pos)
    except struct.error:
        raise _cut(min(pos, len(data))) from None


def _png(data):
    names = {}
    for name, start, end in chunks(data):
        names.setdefault(name, start)
    if b"IDAT" not in names:
        raise FormatError("no chunk IDAT", names[b"IEND"], "media-1")
    width, height, _, color = _unpack(">IIBB", data, names[b"IHDR"])
    if color not in READ:
        raise FormatError("color type %d" % color, names[b"IHDR"] + 9, "media-2")
    channels = 3 if color == PALETTE else READ[color][0]
    return Encoded("png", height, width, channels + (channels % 2 and b"tRNS" in names))


# ---- JPEG: segments, each FF, a marker and, but for some, a length and data ----
# https://www.w3.org/Graphics/JPEG/itu-t81.pdf  Section B.1

SIZES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}     # SOF0 to SOF15: the frame's header
SCAN, END = 0xDA, 0xD9
ALONE = {0x01} | set(range(0xD0, 0xD9))                 # markers without a length


def _jpeg(data):
    pos, found = 2, None
    while True:
        pos, marker = _marker(data, pos)
        if marker == END:
            raise FormatError("no picture before its end", pos, "media-11")
        if marker in ALONE:
            continue
        size, = _unpack(">H", data, pos)
        if size < 2:
            raise FormatError("a segment of %d bytes" % size, pos, "media-11")
        if marker in SIZES:
            _, height, width, channels = _unpack(">BHHB", data, pos + 2)
            found = Encoded("jpeg", height, width, channels)
        if marker == SCAN and found:
            if data.find(b"\xff\xd9", pos + size) < 0:
                raise _cut(len(data))
            return found
        pos += size


def _marker(data, pos):
    """Return (the offset behind, the number) of the marker at `pos`: FF, once or more, and it."""
    if data[pos:pos + 1] not in (b"\xff", b""):
        raise FormatError("no marker of JPEG", pos, "media-11")
    while data[pos:pos + 1] == b"\xff":
        pos += 1
    marker, = _unpack("B", data, pos)
    return pos + 1, marker


# ---- GIF: blocks, each of them parts behind their length ----

IMAGE, EXTENSION, TRAILER = 0x2C, 0x21, 0x3B


def _gif(data):
    width, height, flags = _unpack("<HHB", data, 6)
    pos, images = 13 + _table(flags), 0
    while True:
        block, = _unpack("B", data, pos)
        if block == TRAILER and images:
            return Encoded("gif", height, width, 3)
        if block == IMAGE:
            flags, = _unpack("B", data, pos + 9)
            pos, images = _parts(data, pos + 11 + _table(flags)), images + 1
        elif block == EXTENSION:
            pos = _parts(data, pos + 2)
        else:
            raise FormatError("no block of GIF, or none with a picture", pos, "media-11")


def _table(flags):
    """Return the size of a table of colors."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _parts(data, pos):
    """Return where parts end, of which the last is empty."""
    size = 1
    while size:
        size, = _unpack("B", data, pos)
        pos += 1 + size
    return pos


#   signature    follows the file to its end
FORMATS = (
    (SIGNATURE,        _png),
    (b"\xff\xd8\xff",  _jpeg),
    (b"GIF87a",        _gif),
    (b"GIF89a",        _gif),
)
