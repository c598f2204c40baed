"""Pictures in another size.  How near this is to Pillow's, conformance/against_media.py tells."""
import math
import random
import unittest

from tbx_pure.errors import InputError
from tbx_pure.media.pixels import Picture
from tbx_pure.media.resize import resize


def picture(height, width, channels, seed=0):
    rng = random.Random(seed)
    return Picture(height, width, channels,
                   bytes([rng.getrandbits(8) for _ in range(height * width * channels)]))


def kernel(x):
    if abs(x) >= 3:
        return 0.0
    return 1.0 if x == 0 else 3 * math.sin(math.pi * x) * math.sin(math.pi * x / 3) / (math.pi * x) ** 2


def scaled(line, size):
    """Return a row of one channel in another width, by floats, pixel by pixel."""
    out, scale = [], len(line) / size
    for i in range(size):
        center, stretch = (i + 0.5) * scale, max(scale, 1.0)
        reached = range(max(int(center - 3 * stretch + 0.5), 0),
                        min(int(center + 3 * stretch + 0.5), len(line)))
        weights = [kernel((x + 0.5 - center) / stretch) for x in reached]
        total = sum(w * line[x] for w, x in zip(weights, reached)) / sum(weights)
        out.append(min(max(int(total + 0.5), 0), 255))
    return out


class TestResize(unittest.TestCase):

    def test_same_size(self):
        for channels in (1, 2, 3, 4):
            x = picture(5, 4, channels)
            self.assertEqual(resize(x, 5, 4).pixels[channels - 1::channels],
                             x.pixels[channels - 1::channels])
        x = picture(5, 4, 3)
        self.assertEqual(resize(x, 5, 4), x)

    def test_one_color_stays(self):
        for color in (b"\0\0\0", b"\xff\xff\xff", b"\x01\x80\xfe"):
            for height, width in ((1, 1), (3, 50), (17, 2), (100, 101)):
                self.assertEqual(resize(Picture(7, 9, 3, color * 63), height, width),
                                 (height, width, 3, color * (height * width)))

    def test_as_the_formula_has_it(self):
        line = list(picture(1, 40, 1).pixels)
        for size in (1, 2, 13, 39, 41, 80, 333):
            expected = scaled(line, size)
            for found in (resize(Picture(1, 40, 1, bytes(line)), 1, size),
                          resize(Picture(40, 1, 1, bytes(line)), size, 1)):
                self.assertLessEqual(max(abs(a - b) for a, b in zip(found.pixels, expected)), 1)

    def test_both_ways(self):
        x = picture(20, 30, 1)
        found = resize(x, 11, 47)
        wide = [scaled(x.pixels[y * 30:(y + 1) * 30], 47) for y in range(20)]
        columns = [scaled([row[x_] for row in wide], 11) for x_ in range(47)]
        expected = [columns[x_][y] for y in range(11) for x_ in range(47)]
        self.assertLessEqual(max(abs(a - b) for a, b in zip(found.pixels, expected)), 1)

    def test_channels_do_not_mix(self):
        planes = [picture(9, 8, 1, seed) for seed in range(3)]
        pixels = bytes([v for pixel in zip(*(plane.pixels for plane in planes)) for v in pixel])
        found = resize(Picture(9, 8, 3, pixels), 5, 13)
        for c, plane in enumerate(planes):
            self.assertEqual(found.pixels[c::3], resize(plane, 5, 13).pixels)

    def test_sharp_edges_are_clipped_not_wrapped(self):
        line = [0] * 4 + [255] * 4
        found = resize(Picture(1, 8, 1, bytes(line)), 1, 80).pixels
        self.assertLessEqual(max(abs(a - b) for a, b in zip(found, scaled(line, 80))), 1)
        self.assertEqual((found[28:34], found[46:52]), (bytes(6), b"\xff" * 6))

    def test_what_is_transparent_has_no_color(self):
        red, clear_green = bytes([255, 0, 0, 255]), bytes([0, 255, 0, 0])
        found = resize(Picture(1, 2, 4, red + clear_green), 1, 1).pixels
        self.assertEqual(found[:3], b"\xff\0\0")
        self.assertTrue(126 <= found[3] <= 129)

    def test_opaque_is_as_without(self):
        x = picture(6, 7, 3)
        opaque = bytearray(b"\xff" * (6 * 7 * 4))
        for c in range(3):
            opaque[c::4] = x.pixels[c::3]
        found = resize(Picture(6, 7, 4, bytes(opaque)), 9, 4)
        self.assertEqual(found.pixels[1::4], resize(x, 9, 4).pixels[1::3])
        self.assertEqual(found.pixels[3::4], b"\xff" * 36)

    def test_refused(self):
        for height, width in ((0, 1), (1, 0), (-1, 5), (2 ** 16, 1)):
            with self.assertRaises(InputError) as caught:
                resize(picture(2, 2, 1), height, width)
            self.assertEqual(caught.exception.argument, "size")


if __name__ == "__main__":
    unittest.main()
