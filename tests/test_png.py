"""PNG: what we write is read back by a reader that follows the standard, chunk by chunk."""
import random
import unittest
from unittest import mock

from tbx_pure.errors import InputError
from tbx_pure.media import png as module
from tbx_pure.media.png import AVERAGE, SETTINGS, SUB, UP, compressed, png, settings, stored

from .everywhere.storing import zlib
from .png_reader import read_png, unfiltered


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

    def test_every_setting(self):
        """Also where a row is longer than a strip of rows, and where strips meet."""
        strip = mock.patch.object(module, "STRIP", 1000)
        strip.start()
        self.addCleanup(strip.stop)
        rng = random.Random(4)
        for height, width, channels in ((1, 1, 1), (3, 2, 4), (2, 400, 3), (60, 70, 1)):
            noise = bytes(rng.getrandbits(8) for _ in range(height * width * channels))
            smooth = bytes((i // 7) & 0xFF for i in range(height * width * channels))
            for way in SETTINGS[:4] + ((UP, 6, 0),):
                for pixels in (noise, smooth):
                    rows = zlib.decompress(compressed(pixels, width * channels, channels, way))
                    self.assertEqual({rows[y * (width * channels + 1)] for y in range(height)}, {way[0]})
                    self.assertEqual(unfiltered(rows, height, width * channels, channels), pixels)

    @unittest.skipUnless(module.zlib, "no zlib: what is stored has one size")
    def test_settings_that_fit(self):
        rng = random.Random(5)
        noise = bytes(rng.getrandbits(8) for _ in range(60000))
        columns = noise[:36000] * 30                    # each row as the one above: too far for zlib
        rows = b"".join(noise[3 * y:3 * y + 3] * 100 for y in range(200))     # one color each
        ramps = b"".join(bytes(noise[y] + noise[-y] * x & 0xFF for x in range(300)) for y in range(200))
        self.assertEqual(settings(columns, 36000, 3)[0], UP)
        self.assertLess(len(png(columns, 30, 12000, 3)), 40000)
        self.assertEqual(settings(ramps, 300, 1)[0], SUB)
        self.assertLess(len(png(ramps, 200, 300, 1)), 3000)
        means = bytearray(noise[:40000])            # each the mean of its neighbors, and a little more
        for i in range(201, 40000):
            means[i] = (means[i - 1] + means[i - 200] + noise[i] % 3) // 2
        self.assertEqual(settings(bytes(means), 200, 1)[0], AVERAGE)
        self.assertLess(len(png(rows, 200, 100, 3)), 1500)
        self.assertLess(len(png(noise, 200, 100, 3)), 60300)
        steps = bytes((x + y * 3 & 0xFF) ^ rng.getrandbits(2) for y in range(200) for x in range(300))
        self.assertLess(len(png(steps, 200, 300, 1)), 0.6 * len(zlib.compress(steps)))

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
