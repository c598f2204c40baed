"""What a file of a picture says of itself, whole and cut."""
import random
import struct
import unittest

from tbx_pure.errors import FormatError
from tbx_pure.media.encoded import kind
from tbx_pure.media.apng import apng
from tbx_pure.media.gif import gif
from tbx_pure.media.png import png

from .test_png_reader import chunk, file, header, pixels

SOI, EOI = b"\xff\xd8", b"\xff\xd9"


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def frame(height, width, channels, marker=0xC0):
    return segment(marker, struct.pack(">BHHB", 8, height, width, channels) + bytes(3 * channels))


SCAN = segment(0xDA, bytes(6)) + b"\x12\xff\x00\x34\xff\xd0\x56"
JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def jpeg(*segments):
    return SOI + b"".join(segments) + EOI


def refused(data):
    """Return (rule, offset) of the error."""
    try:
        found = kind(data)
    except FormatError as e:
        return e.rule, e.pos
    raise AssertionError("taken for %s" % (found,))


class TestKind(unittest.TestCase):

    def test_png(self):
        for channels in (1, 2, 3, 4):
            data = png(bytes(6 * channels), 2, 3, channels)
            self.assertEqual(kind(data), ("png", 2, 3, channels))
        self.assertEqual(kind(apng([b"\0" * 6, b"\1" * 6], 2, 3, 1, [1, 1])), ("png", 2, 3, 1))
        palette = header(2, 3, 3, 4), chunk(b"PLTE", b"abc")
        self.assertEqual(kind(file(*palette + (pixels(b""),))), ("png", 2, 3, 3))
        self.assertEqual(kind(file(*palette + (chunk(b"tRNS", b"\0"), pixels(b"")))), ("png", 2, 3, 4))
        deep = header(2, 3, 2, 16, 0, 0, 1)             # 16 bits, interlaced: browsers show it
        self.assertEqual(kind(file(deep, pixels(b""))), ("png", 2, 3, 3))

    def test_gif(self):
        for channels in (1, 3):
            data = gif([bytes(6 * channels), b"\1" * (6 * channels)], 2, 3, channels, [1, 1])
            self.assertEqual(kind(data), ("gif", 2, 3, 3))
        self.assertEqual(kind(data[:4] + b"7a" + data[6:]), ("gif", 2, 3, 3))

    def test_jpeg(self):
        for channels in (1, 3, 4):
            for marker in (0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC9, 0xCF):
                self.assertEqual(kind(jpeg(JFIF, frame(600, 800, channels, marker), SCAN)),
                                 ("jpeg", 600, 800, channels))

    def test_jpeg_with_much_before_its_size(self):
        thumbnail = jpeg(JFIF, frame(60, 80, 3), SCAN)
        exif = segment(0xE1, b"Exif\0\0" + thumbnail)
        tables = segment(0xC4, frame(1, 2, 3)) + segment(0xDB, bytes(65)) + segment(0xFE, EOI)
        self.assertEqual(kind(jpeg(JFIF, frame(600, 800, 3), tables, SCAN)), ("jpeg", 600, 800, 3))
        filled = b"\xff\xff\xff" + frame(600, 800, 3)
        self.assertEqual(kind(jpeg(exif, tables, segment(0xDD, b"\0\4"), b"\xff\x01", filled, SCAN)),
                         ("jpeg", 600, 800, 3))
        self.assertEqual(kind(jpeg(JFIF, frame(6, 8, 1), SCAN) + b"what follows"), ("jpeg", 6, 8, 1))

    def test_none_of_them(self):
        for data in (b"", b"\xff", b"\xff\xd8", b"GIF", b"GIF88a", b"\x89PNG", b"BM" + bytes(60),
                     b"RIFF\0\0\0\0WEBPVP8 ", b"<svg/>", bytes(100)):
            self.assertIsNone(kind(data))

    def test_any_bytes(self):
        data = png(b"\0", 1, 1, 1)
        self.assertEqual(kind(bytearray(data)), kind(memoryview(data)))


class TestRefused(unittest.TestCase):

    def test_every_truncation(self):
        for data, least in ((png(bytes(range(60)), 4, 5, 3), 8),
                            (gif([bytes(range(60)), bytes(60)], 4, 5, 3, [1, 1]), 6),
                            (jpeg(JFIF, segment(0xDB, bytes(65)), frame(4, 5, 3), SCAN), 3)):
            for n in range(least, len(data)):
                rule, pos = refused(data[:n])
                self.assertIn(rule, ("media-1", "media-11"))
                self.assertLessEqual(pos, n)
            self.assertIsNotNone(kind(data))

    def test_damaged(self):
        whole = gif([b"\0"], 1, 1, 1, [0])
        for rule, pos, data in (
                ("media-1", 41, file(header(1, 1, 0))),
                ("media-2", 25, file(header(1, 1, 5), pixels(b"\0\0"))),
                ("media-11", 0, file(header(0, 1, 0), pixels(b"\0\0"))),
                ("media-11", 0, jpeg(frame(0, 5, 3), SCAN)),            # to be told by a later one
                ("media-11", 0, jpeg(frame(5, 0, 3), SCAN)),
                ("media-11", 0, jpeg(frame(5, 5, 0), SCAN)),
                ("media-11", 0, jpeg(frame(5, 5, 5), SCAN)),
                ("media-11", 4, jpeg(JFIF)[:2] + b"\xff\xd9" + bytes(9)),
                ("media-11", 20, jpeg(JFIF, b"no marker")),
                ("media-11", 20 + 2, jpeg(JFIF, b"\xff\xc4\0\1")),
                ("media-11", 22, jpeg(JFIF, SCAN)[:20] + b"\xff\xd9"),  # no picture
                ("media-11", 0, whole[:6] + b"\0\0" + whole[8:]),
                ("media-11", 19, whole[:19] + b";"),                    # no picture
                ("media-11", 19, whole[:19] + b"?" + whole[20:])):
            with self.subTest(data):
                self.assertEqual(refused(data), (rule, pos))

    def test_noise(self):
        rng = random.Random(3)
        for start in (b"\x89PNG\r\n\x1a\n", b"GIF89a", b"GIF87a", b"\xff\xd8\xff"):
            for _ in range(300):
                data = start + bytes([rng.choice((0, 1, 0x21, 0x2C, 0x3B, 0xC0, 0xDA, 0xFF,
                                                  rng.getrandbits(8))) for _ in range(rng.randrange(99))])
                try:
                    kind(data)
                except FormatError as e:
                    self.assertLessEqual(e.pos, len(data))


if __name__ == "__main__":
    unittest.main()
