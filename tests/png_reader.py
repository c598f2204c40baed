"""A PNG reader for the tests: the pixels are compared, never the compressed bytes."""
import struct

from .everywhere.storing import zlib

SAMPLES = {0: 1, 4: 2, 2: 3, 6: 4}              # by color type


def read_png(data):
    """Return (height, width, channels, pixels); raise ValueError for what we never write."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG signature")
    chunks, pos = [], 8
    while pos < len(data):
        size, name = struct.unpack_from(">I4s", data, pos)
        body, (crc,) = data[pos + 8:pos + 8 + size], struct.unpack_from(">I", data, pos + 8 + size)
        if crc != zlib.crc32(name + body):
            raise ValueError("chunk %r has a wrong CRC" % name)
        chunks.append((name, body))
        pos += size + 12
    if [name for name, _ in chunks] != [b"IHDR", b"IDAT", b"IEND"]:
        raise ValueError("chunks %s" % [name for name, _ in chunks])
    width, height, depth, color, compression, filters, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    if (depth, compression, filters, interlace) != (8, 0, 0, 0):
        raise ValueError("an unusual header")
    channels = SAMPLES[color]
    return height, width, channels, unfiltered(zlib.decompress(chunks[1][1]), height, width * channels, channels)


def unfiltered(rows, height, stride, bpp):
    """Undo the filter of each row.  PNG section 9.2"""
    if len(rows) != height * (stride + 1):
        raise ValueError("%d bytes of pixels" % len(rows))
    out, above = bytearray(), bytearray(stride)
    for y in range(height):
        kind, line = rows[y * (stride + 1)], bytearray(rows[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            a, b, c = (line[i - bpp] if i >= bpp else 0), above[i], (above[i - bpp] if i >= bpp else 0)
            p = a + b - c
            paeth = min((a, b, c), key=lambda v: abs(p - v))
            line[i] = (line[i] + (0, a, b, (a + b) // 2, paeth)[kind]) & 0xFF
        out += line
        above = line
    return bytes(out)


def read_apng(data):
    """Return (loops, [(delay in thousandths, pixels of the whole picture)], [rectangle]).

    A rectangle is (left, top, width, height).  Raises ValueError for what we never write.
    """
    chunks, pos, number = [], 8, 0
    while pos < len(data):
        size, name = struct.unpack_from(">I4s", data, pos)
        body = data[pos + 8:pos + 8 + size]
        if struct.pack(">I", zlib.crc32(name + body)) != data[pos + 8 + size:pos + 12 + size]:
            raise ValueError("chunk %r has a wrong CRC" % name)
        if name in (b"fcTL", b"fdAT"):
            if struct.unpack(">I", body[:4])[0] != number:
                raise ValueError("number %r instead of %d" % (body[:4], number))
            number, body = number + 1, body[4:]
        chunks.append((name, body))
        pos += size + 12
    names = [name for name, _ in chunks]
    count, loops = struct.unpack(">II", chunks[1][1])
    if names != [b"IHDR", b"acTL", b"fcTL", b"IDAT"] + [b"fcTL", b"fdAT"] * (count - 1) + [b"IEND"]:
        raise ValueError("chunks %s" % names)
    screen_width, screen_height, _, color = struct.unpack_from(">IIBB", chunks[0][1])
    channels = SAMPLES[color]
    screen, frames, rectangles = bytearray(screen_width * screen_height * channels), [], []
    for (_, control), (_, packed) in zip(chunks[2:-1:2], chunks[3:-1:2]):
        width, height, left, top, delay, unit, dispose, blend = struct.unpack(">IIIIHHBB", control)
        if (dispose, blend) != (0, 0) or 1000 % unit:
            raise ValueError("dispose %d, blend %d, unit %d" % (dispose, blend, unit))
        if left + width > screen_width or top + height > screen_height:
            raise ValueError("a rectangle beyond the picture")
        pixels = unfiltered(zlib.decompress(packed), height, width * channels, channels)
        for y in range(height):
            at = ((top + y) * screen_width + left) * channels
            screen[at:at + width * channels] = pixels[y * width * channels:(y + 1) * width * channels]
        frames.append((delay * 1000 // unit, bytes(screen)))
        rectangles.append((left, top, width, height))
    if rectangles[0] != (0, 0, screen_width, screen_height):
        raise ValueError("a first frame of %s" % (rectangles[0],))
    return loops, frames, rectangles
