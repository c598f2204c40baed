"""What is partly transparent, on a background."""
import unittest

from tbx_pure.media.blend import blend
from tbx_pure.media.pixels import Picture


class TestBlend(unittest.TestCase):

    def test_opaque_stays(self):
        for channels in (1, 3):
            x = Picture(1, 1, channels, bytes(channels))
            self.assertEqual(blend(x), x)
        self.assertEqual(blend(Picture(1, 1, 4, b"\1\2\3\xff")), (1, 1, 3, b"\1\2\3"))
        self.assertEqual(blend(Picture(1, 2, 2, b"\1\xff\2\xff")), (1, 2, 1, b"\1\2"))

    def test_backgrounds(self):
        x = Picture(1, 3, 4, bytes([200, 100, 0, 0, 200, 100, 0, 128, 200, 100, 0, 255]))
        self.assertEqual(blend(x).pixels, bytes([255, 255, 255, 227, 177, 127, 200, 100, 0]))
        self.assertEqual(blend(x, 0).pixels, bytes([0, 0, 0, 100, 50, 0, 200, 100, 0]))

    def test_nearest(self):
        for x in range(0, 256, 15):
            for part in range(256):
                for background in (0, 100, 255):
                    exact = (x * part + background * (255 - part)) / 255
                    found = blend(Picture(1, 1, 2, bytes([x, part])), background).pixels[0]
                    self.assertLessEqual(abs(found - exact), 0.5)


if __name__ == "__main__":
    unittest.main()
