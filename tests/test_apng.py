"""APNG: what we write is read back by a reader that follows the standard, chunk by chunk."""
import random
import unittest
from unittest import mock

from tbx_pure.errors import InputError
from tbx_pure.media import png as png_module
from tbx_pure.media.apng import MAX_DELAY, apng
from tbx_pure.media.png import MAX_SIDE

from .png_reader import read_apng


def noise(size, seed=0):
    rng = random.Random(seed)
    return bytes([rng.getrandbits(8) for _ in range(size)])


class TestApng(unittest.TestCase):

    def test_nothing_is_lost(self):
        for channels in (1, 2, 3, 4):
            for height, width in ((1, 1), (1, 9), (9, 1), (20, 30)):
                frames = [noise(height * width * channels, seed) for seed in range(4)]
                loops, found, _ = read_apng(apng(frames, height, width, channels, [1, 20, 300, 4000]))
                self.assertEqual((loops, found), (0, list(zip([1, 20, 300, 4000], frames))))

    def test_one_frame(self):
        self.assertEqual(read_apng(apng([b"\7"], 1, 1, 1, [40])),
                         (0, [(40, b"\7")], [(0, 0, 1, 1)]))

    def test_delays_are_exact(self):
        for delay in (0, 1, 999, 1000, MAX_DELAY):
            _, found, _ = read_apng(apng([b"\0", b"\1"], 1, 1, 1, [delay, 7]))
            self.assertEqual(found, [(delay, b"\0"), (7, b"\1")])

    def test_the_same_become_one(self):
        a, b = b"\0", b"\1"
        _, found, _ = read_apng(apng([a, a, b, b, b, a], 1, 1, 1, [1, 2, 3, 4, 5, 6]))
        self.assertEqual(found, [(3, a), (12, b), (6, a)])
        _, found, _ = read_apng(apng([a * 6] * 3, 2, 3, 1, [MAX_DELAY, 1, 1]))
        self.assertEqual(found, [(MAX_DELAY, a * 6), (2, a * 6)])

    def test_only_what_changes(self):
        first = bytes(12 * 10 * 4)
        second = bytearray(first)
        second[(3 * 10 + 4) * 4 + 3] = 1                # alpha of a pixel
        second[(6 * 10 + 7) * 4] = 1                    # red of another
        _, found, rectangles = read_apng(apng([first, bytes(second), first], 12, 10, 4, [1, 1, 1]))
        self.assertEqual(rectangles, [(0, 0, 10, 12), (4, 3, 4, 4), (4, 3, 4, 4)])
        self.assertEqual([pixels for _, pixels in found], [first, second, first])

    def test_without_zlib(self):
        frames = [noise(300, seed) for seed in range(3)]
        with mock.patch.object(png_module, "zlib", None):
            data = apng(frames, 10, 10, 3, [1, 2, 3])
        self.assertEqual(read_apng(data)[1], list(zip([1, 2, 3], frames)))

    def test_refused(self):
        for arguments, argument in (
                (([], 1, 1, 1, []), "frames"),
                (([b"\0"], 1, 1, 1, []), "delays"),
                (([b"\0", b"\0\0"], 1, 1, 1, [1, 1]), "frames[1]"),
                (([b"\0"], 1, 1, 1, [MAX_DELAY + 1]), "delays[0]"),
                (([b"\0"], 1, 1, 1, [1.0]), "delays[0]"),
                (([b""], 1, MAX_SIDE + 1, 1, [1]), "size"),
                (([b""], 0, 1, 1, [1]), "size"),
                (([bytes(5)], 1, 1, 5, [1]), "channels")):
            with self.subTest(argument), self.assertRaises(InputError) as caught:
                apng(*arguments)
            self.assertEqual(caught.exception.argument, argument)


if __name__ == "__main__":
    unittest.main()
