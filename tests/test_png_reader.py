"""PNG read back: files built here chunk by chunk, whole, damaged and hostile."""
import itertools
import random
import struct
import unittest
from unittest import mock

from tbx_pure.errors import FormatError
from tbx_pure.media import png as png_module
from tbx_pure.media import png_reader as module
from tbx_pure.media.png import png
from tbx_pure.media.png_reader import read_png

from .everywhere.storing import zlib
from .helpers import tracemalloc

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def noise(size, seed=0):
    rng = random.Random(seed)
    return bytes([rng.getrandbits(8) for _ in range(size)])


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def header(height, width, color, depth=8, *rest):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, *(rest or (0, 0, 0))))


def file(*chunks):
    return SIGNATURE + b"".join(chunks) + chunk(b"IEND", b"")


def pixels(rows):
    return chunk(b"IDAT", zlib.compress(rows))


def filtered(lines, kinds, step):
    """Return rows through the filter of each, as the standard writes it: 9.2."""
    out, above = bytearray(), bytes(len(lines[0]))
    for line, kind in zip(lines, kinds):
        out.append(kind)
        for i, x in enumerate(line):
            a, b, c = line[i - step] if i >= step else 0, above[i], above[i - step] if i >= step else 0
            p = a + b - c
            paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            out.append((x - (0, a, b, (a + b) // 2, paeth)[kind]) & 0xFF)
        above = line
    return bytes(out)


def refusal(data):
    """Return (rule, offset) of the error; any other exception, and none, fails."""
    try:
        found = read_png(data)
    except FormatError as e:
        return e.rule, e.pos
    raise AssertionError("read as %s" % (found[:3],))


class TestRead(unittest.TestCase):

    def test_what_we_write(self):
        for channels in (1, 2, 3, 4):
            for height, width in ((1, 1), (1, 9), (9, 1), (31, 40)):
                x = noise(height * width * channels)
                self.assertEqual(read_png(png(x, height, width, channels)),
                                 (height, width, channels, x))

    def test_every_filter(self):
        for color, channels in ((0, 1), (4, 2), (2, 3), (6, 4)):
            for width in (1, 2, 7):
                lines = [noise(width * channels, seed) for seed in range(25)]
                kinds = [kind for pair in itertools.product(range(5), repeat=2) for kind in pair][:25]
                data = file(header(25, width, color), pixels(filtered(lines, kinds, channels)))
                self.assertEqual(read_png(data), (25, width, channels, b"".join(lines)))

    def test_few_bits(self):
        for depth, levels in ((1, (0, 255)), (2, (0, 85, 170, 255)), (4, range(0, 256, 17))):
            for width in (1, 2, 3, 8, 9, 17):
                values = [v % len(levels) for v in noise(3 * width)]
                lines = []
                for y in range(3):
                    bits = "".join(format(v, "0%db" % depth) for v in values[y * width:(y + 1) * width])
                    bits += "1" * (-len(bits) % 8)
                    lines.append(bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)))
                data = file(header(3, width, 0, depth), pixels(filtered(lines, (4, 3, 1), 1)))
                self.assertEqual(read_png(data),
                                 (3, width, 1, bytes([levels[v] for v in values])))

    def test_palette(self):
        colors = noise(3 * 5)
        row = bytes([0, 4, 3, 0, 1, 2])
        expected = b"".join(colors[3 * i:3 * i + 3] for i in row[1:])
        parts = header(1, 5, 3), chunk(b"PLTE", colors)
        self.assertEqual(read_png(file(*parts + (pixels(row),))), (1, 5, 3, expected))
        clear = chunk(b"tRNS", b"\0\x80")               # of the first two colors
        height, width, channels, found = read_png(file(*parts + (clear, pixels(row))))
        self.assertEqual((channels, found[3::4]), (4, bytes([255, 255, 0, 128, 255])))
        self.assertEqual(found[0::4], expected[0::3])

    def test_one_transparent_color(self):
        data = file(header(1, 3, 0), chunk(b"tRNS", b"\0\5"), pixels(b"\0\4\5\6"))
        self.assertEqual(read_png(data), (1, 3, 2, bytes([4, 255, 5, 0, 6, 255])))
        data = file(header(1, 2, 2), chunk(b"tRNS", b"\0\1\0\2\0\3"), pixels(b"\0\1\2\3\1\2\4"))
        self.assertEqual(read_png(data), (1, 2, 4, bytes([1, 2, 3, 0, 1, 2, 4, 255])))
        data = file(header(1, 2, 0, 1), chunk(b"tRNS", b"\0\1"), pixels(b"\0\x40"))
        self.assertEqual(read_png(data), (1, 2, 2, bytes([0, 255, 255, 0])))

    def test_other_chunks_and_several_of_pixels(self):
        packed = zlib.compress(b"\0\7\0\x08")
        data = file(header(2, 1, 0), chunk(b"tEXt", b"Author\0me"), chunk(b"gAMA", b"\0\0\0\1"),
                    *[chunk(b"IDAT", packed[i:i + 1]) for i in range(len(packed))])
        self.assertEqual(read_png(bytearray(data)), (2, 1, 1, b"\7\x08"))
        self.assertEqual(read_png(data + b"what follows"), (2, 1, 1, b"\7\x08"))

    def test_without_zlib(self):
        x = noise(300 * 100 * 3)
        with mock.patch.object(png_module, "zlib", None):
            data = png(x, 300, 100, 3)
        with mock.patch.object(module, "zlib", None):
            self.assertEqual(read_png(data), (300, 100, 3, x))
            packed = file(header(10, 10, 0), chunk(b"IDAT", bytes.fromhex("789c6360a0270000006e0001")))
            with self.assertRaises(FormatError) as caught:
                read_png(packed)
            self.assertIn("built without zlib", str(caught.exception))
            for n in range(33, len(data) - 12, 1009):   # what it stored, cut
                short = data[41:n]
                self.assertEqual(refusal(data[:33] + chunk(b"IDAT", short) + chunk(b"IEND", b"")),
                                 ("media-3", 41))
            wrong = bytearray(data[41:-16])
            wrong[-1] ^= 1                              # the checksum
            self.assertEqual(refusal(data[:33] + chunk(b"IDAT", bytes(wrong)) + chunk(b"IEND", b"")),
                             ("media-3", 41))
            self.assertEqual(refusal(file(header(300, 101, 2), chunk(b"IDAT", data[41:-16]))),
                             ("media-3", 41))
            self.assertEqual(refusal(file(header(299, 100, 2), chunk(b"IDAT", data[41:-16]))),
                             ("media-3", 41))


class TestRefused(unittest.TestCase):
    GOOD = file(header(2, 3, 2), pixels(filtered([noise(9), noise(9, 1)], (1, 4), 3)))

    def test_every_truncation(self):
        for n in range(len(self.GOOD)):
            rule, pos = refusal(self.GOOD[:n])
            self.assertEqual(rule, "media-1")
            self.assertLessEqual(pos, n)

    def test_every_flipped_bit(self):
        for i in range(len(self.GOOD)):
            for bit in range(8):
                data = bytearray(self.GOOD)
                data[i] ^= 1 << bit
                self.assertEqual(refusal(data)[0], "media-1")           # by a checksum at the latest

    def test_what_a_checksum_does_not_find(self):
        row = b"\0\1"
        for rule, pos, data in (
                ("media-1", 0, b""), ("media-1", 0, b"GIF89a"),
                ("media-1", 8, SIGNATURE + chunk(b"IDAT", b"") + chunk(b"IEND", b"")),
                ("media-1", 33, file(header(1, 1, 0), header(1, 1, 0), pixels(row))),
                ("media-1", 41, file(header(1, 1, 0))),                         # no pixels
                ("media-1", 41, file(header(1, 1, 0), chunk(b"ABcD", b""), pixels(row))),
                ("media-1", 56, file(header(1, 1, 3), chunk(b"PLTE", b"abc"), chunk(b"PLTE", b"abc"),
                                     pixels(b"\0\0"))),
                ("media-2", 16, SIGNATURE + chunk(b"IHDR", bytes(12)) + chunk(b"IEND", b"")[:0]
                 + pixels(row) + chunk(b"IEND", b"")),
                ("media-2", 16, file(header(0, 1, 0), pixels(row))),
                ("media-2", 16, file(header(1, 0, 0), pixels(row))),
                ("media-2", 16, file(header(1, 2 ** 31, 0), pixels(row))),
                ("media-2", 16, file(header(1, 1, 1), pixels(row))),            # no such color type
                ("media-2", 16, file(header(1, 1, 7), pixels(row))),
                ("media-2", 16, file(header(1, 1, 2, 4), pixels(row))),         # nor bits of it
                ("media-2", 16, file(header(1, 1, 0, 3), pixels(row))),
                ("media-2", 16, file(header(1, 1, 0, 16), pixels(b"\0\1\1"))),  # not read here
                ("media-2", 16, file(header(1, 1, 0, 8, 1, 0, 0), pixels(row))),
                ("media-2", 16, file(header(1, 1, 0, 8, 0, 1, 0), pixels(row))),
                ("media-2", 16, file(header(1, 1, 0, 8, 0, 0, 1), pixels(row))),
                ("media-2", 41, file(header(1, 1, 3), pixels(row))),            # no palette
                ("media-2", 41, file(header(1, 1, 3), chunk(b"PLTE", b"abc"), pixels(row))),
                ("media-2", 41, file(header(1, 1, 3), chunk(b"PLTE", b"abcd"), pixels(b"\0\0"))),
                ("media-2", 41, file(header(1, 1, 3), chunk(b"PLTE", bytes(3 * 257)), pixels(row))),
                ("media-2", 41, file(header(1, 1, 0), chunk(b"tRNS", b"\1"), pixels(row))),
                ("media-2", 41, file(header(1, 1, 2), chunk(b"tRNS", b"\0\1"), pixels(b"\0\1\1\1"))),
                ("media-3", 41, file(header(1, 1, 0), chunk(b"IDAT", b""))),
                ("media-3", 41, file(header(1, 1, 0), chunk(b"IDAT", b"no zlib"))),
                ("media-3", 41, file(header(1, 1, 0), chunk(b"IDAT", zlib.compress(row)[:-1]))),
                ("media-3", 41, file(header(1, 1, 0), chunk(b"IDAT", zlib.compress(row)[:-4] + bytes(4)))),
                ("media-3", 41, file(header(1, 1, 0), pixels(row + b"\2"))),
                ("media-3", 41, file(header(1, 2, 0), pixels(row))),
                ("media-4", 41, file(header(1, 1, 0), pixels(b"\5\1"))),
                ("media-4", 41, file(header(2, 1, 0), pixels(b"\0\1\xff\1")))):
            with self.subTest(data):
                self.assertEqual(refusal(data), (rule, pos))

    @unittest.skipUnless(module.zlib, "no zlib: nothing grows")
    def test_a_bomb(self):
        """Neither a claimed size nor what little data grows to takes memory."""
        self.assertEqual(refusal(file(header(2 ** 31 - 1, 2 ** 31 - 1, 6), pixels(b"\0"))),
                         ("media-2", 16))
        self.assertEqual(refusal(file(header(2 ** 13, 2 ** 13 + 1, 0, 1), pixels(b"\0"))), ("media-2", 16))
        packed = zlib.compressobj()
        data = b"".join([packed.compress(bytes(2 ** 20)) for _ in range(64)]) + packed.flush()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        self.assertEqual(refusal(file(header(10, 10, 0), chunk(b"IDAT", data))), ("media-3", 41))
        self.assertEqual(refusal(file(header(8000, 8000, 0), pixels(b"\0"))), ("media-3", 41))
        self.assertLess(tracemalloc.get_traced_memory()[1], 2 ** 20)

    def test_noise(self):
        rng = random.Random(7)
        for _ in range(300):                            # with checksums that are right
            head = bytearray(struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
            head[rng.choice((3, 7, 8, 9, 10, 11, 12))] = rng.getrandbits(8)
            data = file(chunk(b"IHDR", bytes(head)), chunk(b"PLTE", noise(3 * rng.randrange(9))),
                        chunk(b"tRNS", noise(rng.randrange(9))),
                        pixels(bytes([rng.randrange(6) for _ in range(rng.randrange(1, 99))])))
            try:
                height, width, channels, found = read_png(data)
                self.assertEqual(len(found), height * width * channels)
            except FormatError as e:
                self.assertLessEqual(0, e.pos)
                self.assertLessEqual(e.pos, len(data))


if __name__ == "__main__":
    unittest.main()
