"""PNG back to pixels: what png.py and others write, of up to 8 bits.  spec/media.md

https://www.w3.org/TR/png-3/  Section numbers below are that document's.
"""
import struct
from binascii import crc32
from collections import namedtuple
from itertools import accumulate

from ..errors import FormatError
from .pixels import Picture
from .png import MAX_SIDE, SIGNATURE, adler32, zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Tuple

GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6   # 11.2.1

#   color type   samples in a pixel, bits of a sample
READ = {
    GRAY:       (1, (1, 2, 4, 8)),
    RGB:        (3, (8,)),
    PALETTE:    (1, (1, 2, 4, 8)),
    GRAY_ALPHA: (2, (8,)),
    RGBA:       (4, (8,)),
}
CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}       # 5.4: others in capitals cannot be skipped
MAX_PIXELS = 2 ** 26                                   # a file of 65 KB can hold them

Header = namedtuple("Header", "width height depth color samples")


def chunks(data: bytes) -> "Iterator[Tuple[bytes, int, int]]":
    """Yield (name, start, end) of the data of each chunk, to the last, which is IEND.

    Raises FormatError if the signature or a checksum is wrong, or the file ends before IEND.
    """
    if data[:len(SIGNATURE)] != SIGNATURE:
        raise FormatError("no signature of PNG", 0, "media-1")
    pos, name = len(SIGNATURE), b""
    while name != b"IEND":
        size, name = struct.unpack(">I4s", data[pos:pos + 8].ljust(8, b"\0"))
        start, end = pos + 8, pos + 8 + size
        if end + 4 > len(data):
            raise FormatError("the file ends in a chunk", pos, "media-1")
        if struct.pack(">I", crc32(data[pos + 4:end])) != data[end:end + 4]:
            raise FormatError("chunk %r has a wrong checksum" % name, pos, "media-1")
        if (name == b"IHDR") != (pos == len(SIGNATURE)):
            raise FormatError("chunk %r where IHDR is to be, or no more" % name, pos, "media-1")
        yield name, start, end
        pos = end + 4


def read_png(data: bytes) -> Picture:
    """Return the picture in a file: 1 to 4 channels; of a palette, 3, or 4 if some is transparent.

    Samples of 1, 2 and 4 bits become 8.  Of an animation, its picture for those that know of none.
    Raises FormatError if the file is damaged, or holds more than MAX_PIXELS, is interlaced or of 16
    bits; or if it is compressed, and this Python has no zlib.
    """
    found, at = _gathered(bytes(data))
    header = _header(found[b"IHDR"], at[b"IHDR"])
    stride = -(-header.width * header.samples * header.depth // 8)
    rows = _inflated(found[b"IDAT"], header.height * (stride + 1), at[b"IDAT"])
    rows = _unfiltered(rows, stride, max(header.samples * header.depth // 8, 1), at[b"IDAT"])
    planes = _planes(_unpacked(rows, stride, header.depth, header.width), header, found, at)
    out = bytearray(header.height * header.width * len(planes))
    for c, plane in enumerate(planes):
        out[c::len(planes)] = plane
    return Picture(header.height, header.width, len(planes), bytes(out))


def _gathered(data):
    """Return ({name: data}, {name: its offset}) of the chunks that make the picture."""
    found, at, packed = {}, {}, []
    for name, start, end in chunks(data):
        if name[:1].isupper() and name not in CRITICAL:
            raise FormatError("unknown chunk %r, which nobody may skip" % name, start, "media-1")
        if name in found and name in (b"PLTE", b"tRNS"):
            raise FormatError("a second chunk %r" % name, start, "media-1")
        at.setdefault(name, start)
        if name == b"IDAT":
            packed.append(data[start:end])
        elif name in (b"IHDR", b"PLTE", b"tRNS"):
            found[name] = data[start:end]
    if not packed:
        raise FormatError("no chunk IDAT", at[b"IEND"], "media-1")
    found[b"IDAT"] = b"".join(packed)
    return found, at


def _header(data, pos):
    if len(data) != 13:
        raise FormatError("a header of %d bytes, not 13" % len(data), pos, "media-2")
    width, height, depth, color, compression, filters, interlace = struct.unpack(">IIBBBBB", data)
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise FormatError("%d x %d pixels" % (height, width), pos, "media-2")
    samples, depths = READ.get(color, (0, ()))
    if depth not in depths or compression or filters or interlace:
        raise FormatError("color type %d of %d bits, compression %d, filter method %d, interlace %d"
                          " are not read here" % (color, depth, compression, filters, interlace),
                          pos, "media-2")
    if height * width > MAX_PIXELS:
        raise FormatError("%d x %d pixels are more than %d" % (height, width, MAX_PIXELS), pos,
                          "media-2")
    return Header(width, height, depth, color, samples)


# ---- zlib stream to rows ----

def _inflated(packed, size, pos):
    """Return the `size` bytes that a zlib stream must hold; never make more than one beyond."""
    if zlib is None:
        return _from_stored(packed, size, pos)
    inflate = zlib.decompressobj()
    try:
        rows = inflate.decompress(packed, size + 1)
    except zlib.error as e:
        raise FormatError(str(e), pos, "media-3") from None
    if len(rows) != size or not inflate.eof:
        raise FormatError("not the %d bytes that rows of this size have" % size, pos, "media-3")
    return rows


def _from_stored(packed, size, pos):
    """The same without zlib: what png.stored() made."""
    out, at, final, left = [], 2, False, size
    while not final:
        final, n, inverse = struct.unpack("<BHH", packed[at:at + 5].ljust(5, b"\0"))
        if final > 1:
            raise FormatError("compressed, and this Python was built without zlib: it can read "
                              "what was stored", pos, "media-3")
        left -= n
        if n ^ inverse != 0xFFFF or at + 5 + n + 4 > len(packed) or left < 0:
            raise FormatError("a stored block of another length", pos, "media-3")
        out.append(packed[at + 5:at + 5 + n])
        at += 5 + n
    rows = b"".join(out)
    if left or packed[at:at + 4] != struct.pack(">I", adler32(rows)):
        raise FormatError("not the %d bytes that rows of this size have, or a wrong checksum"
                          % size, pos, "media-3")
    return rows


# ---- rows to samples: each filter undone ----

def _unfiltered(rows, stride, step, pos):
    """Return filtered rows without their filters; step: bytes from a pixel to the next.  9.2"""
    out, above = [], bytes(stride)
    for start in range(0, len(rows), stride + 1):
        kind = rows[start]
        if kind >= len(UNFILTER):
            raise FormatError("filter %d in row %d" % (kind, start // (stride + 1)), pos, "media-4")
        above = UNFILTER[kind](rows[start + 1:start + 1 + stride], above, step)
        out.append(above)
    return b"".join(out)


def _none(line, above, step):
    return line


def _sub(line, above, step):
    out = bytearray(line)
    for c in range(step):
        out[c::step] = bytes([sum_ & 0xFF for sum_ in accumulate(line[c::step])])
    return bytes(out)


def _up(line, above, step):
    """Return line + above for each byte, modulo 256, as digits of one number: see png._minus."""
    x, y = int.from_bytes(line, "little"), int.from_bytes(above, "little")
    tops = int.from_bytes(b"\x80" * len(line), "little")
    return ((x ^ x & tops) + (y ^ y & tops) ^ (x ^ y) & tops).to_bytes(len(line), "little")


def _average(line, above, step):
    out = bytearray(step)               # left of the first there is 0
    for i, (x, b) in enumerate(zip(line, above)):
        out.append(x + (out[i] + b >> 1) & 0xFF)
    return bytes(out[step:])


def _paeth(line, above, step):
    """Add whichever of left, above and both (across) is nearest to left + above - across."""
    out = bytearray(step)
    for i, (x, b, c) in enumerate(zip(line, above, bytes(step) + above)):
        a = out[i]
        to_a, to_b, to_c = abs(b - c), abs(a - c), abs(a + b - 2 * c)
        near = a if to_a <= to_b and to_a <= to_c else b if to_b <= to_c else c
        out.append(x + near & 0xFF)
    return bytes(out[step:])


UNFILTER = (_none, _sub, _up, _average, _paeth)


def _unpacked(rows, stride, depth, width):
    """Return a byte for each sample of `depth` bits, of which the first is in the highest."""
    if depth == 8:
        return rows
    number, out = 8 // depth, bytearray(len(rows) * 8 // depth)
    for i in range(number):
        shift = 8 - depth * (i + 1)
        out[i::number] = rows.translate(bytes([v >> shift & (1 << depth) - 1 for v in range(256)]))
    line = stride * number
    return b"".join([out[start:start + width] for start in range(0, len(out), line)])


# ---- samples to channels, each of them a plane ----

def _planes(samples, header, found, at):
    """Return the planes of a picture; a last one for how opaque it is, if a chunk tRNS tells."""
    if header.color == PALETTE:
        return _of_palette(samples, found, at)
    planes = [samples[c::header.samples] for c in range(header.samples)]
    if b"tRNS" in found and header.color in (GRAY, RGB):
        if len(found[b"tRNS"]) != 2 * header.samples:
            raise FormatError("chunk tRNS of %d bytes" % len(found[b"tRNS"]), at[b"tRNS"],
                              "media-2")
        clear = struct.unpack(">%dH" % header.samples, found[b"tRNS"])
        planes.append(bytes([255 * (pixel != clear) for pixel in zip(*planes)]))
    top = (1 << header.depth) - 1
    if header.depth < 8:
        planes[0] = planes[0].translate(bytes([min(v, top) * 255 // top for v in range(256)]))
    return planes


def _of_palette(samples, found, at):
    colors = found.get(b"PLTE", b"")
    if len(colors) % 3 or not max(samples) < len(colors) // 3 <= 256:
        raise FormatError("a palette of %d bytes, for colors numbered up to %d"
                          % (len(colors), max(samples)), at.get(b"PLTE", at[b"IDAT"]), "media-2")
    tables = [colors[c::3].ljust(256, b"\0") for c in range(3)]
    if b"tRNS" in found:
        tables.append(found[b"tRNS"][:256].ljust(256, b"\xff"))
    return [samples.translate(table) for table in tables]
