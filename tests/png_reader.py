"""A PNG reader for the tests: the pixels are compared, never the compressed bytes."""
import struct
import zlib

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
