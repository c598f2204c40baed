"""PNG: what we write is read back by a reader that follows the standard, chunk by chunk."""
import random
import unittest
import zlib
from unittest import mock

from tbx_pure.errors import InputError
from tbx_pure.media import png as module
from tbx_pure.media.png import png, stored

from .png_reader import read_png


class TestPng(unittest.TestCase):

    def test_round_trip(self):
        rng = random.Random(2)
        for channels in (1, 2, 3, 4):
            for height, width in ((1, 1), (1, 7), (7, 1), (5, 3), (40, 30)):
                with self.subTest((height, width, channels)):
                    pixels = bytes(rng.getrandbits(8) for _ in range(height * width * channels))
                    self.assertEqual(read_png(png(pixels, height, width, channels)),
                                     (height, width, channels, pixels))

    def test_without_zlib(self):
        rng = random.Random(3)
        for height, width in ((1, 1), (300, 100)):
            pixels = bytes(rng.getrandbits(8) for _ in range(height * width * 3))
            with mock.patch.object(module, "zlib", None):
                data = png(pixels, height, width, 3)
            self.assertEqual(read_png(data), (height, width, 3, pixels))

    def test_stored(self):
        for size in (1, 2, 65534, 65535, 65536, 131070, 131071):
            data = bytes(i * 7 & 0xFF for i in range(size))
            self.assertEqual(zlib.decompress(stored(data)), data)

    def test_header_of_the_smallest(self):
        data = png(b"\xff\x00\x00", 1, 1, 3)
        self.assertEqual(data[:33].hex(), "89504e470d0a1a0a" "0000000d49484452" "00000001" "00000001"
                                          "0802000000" "907753de")
        self.assertEqual(data[-12:].hex(), "0000000049454e44ae426082")

    def test_refused(self):
        for arguments, argument in (((b"", 1, 1, 5), "channels"), ((b"", 1, 1, 0), "channels"),
                                    ((b"", 0, 1, 3), "size"), ((b"", 1, 0, 3), "size"),
                                    ((b"", 2 ** 31, 1, 3), "size"), ((b"\0\0", 1, 1, 3), "pixels"),
                                    ((b"\0\0\0\0", 1, 1, 3), "pixels")):
            with self.subTest(arguments):
                with self.assertRaises(InputError) as caught:
                    png(*arguments)
                self.assertEqual(caught.exception.argument, argument)


if __name__ == "__main__":
    unittest.main()
