"""Any layout of a video becomes the same frames; several videos are tiles."""
import itertools
import unittest

from tbx_pure.errors import InputError
from tbx_pure.media.frames import frames, tiles
from tbx_pure.tensor import Tensor, view

from .test_pixels import pixel, silent, tensor


class TestLayouts(unittest.TestCase):

    def test_every_permutation(self):
        for letters, channels in (("TCHW", 1), ("TCHW", 3), ("NTCHW", 1), ("NTCHW", 2),
                                  ("NTCHW", 3), ("NTCHW", 4)):
            sizes = dict(N=2, T=3, C=channels, H=2, W=3)
            for order in itertools.permutations(letters):
                layout = "".join(order)
                x = tensor([sizes[letter] for letter in layout])
                height, width, depth, found = frames(x, layout, "vid_tensor", silent)
                videos = 2 if "N" in layout else 1
                self.assertEqual((height, width, depth, len(found)), (2, 3 * videos, channels, 3))
                for t, frame in enumerate(found):
                    self.assertEqual(list(frame), [
                        pixel(x, layout, N=n, T=t, H=y, W=column, C=c) for y in range(2)
                        for n in range(videos) for column in range(3) for c in range(channels)])

    def test_small_letters(self):
        x = tensor((1, 2, 3, 4, 5))
        self.assertEqual(frames(x, "ntchw", "x", silent), frames(x, "NTCHW", "x", silent))

    def test_values(self):
        heard = []
        found = frames(view([[[[0.5, 2.0]]]]), "TCHW", "x", lambda *w: heard.append(w[0]))
        self.assertEqual((found, heard), ((1, 2, 1, [b"\x7f\xff"]), ["range"]))

    def test_refused(self):
        for shape, layout, argument in (
                ((2, 3, 4), "CHW", "dataformats"), ((2, 3, 4, 5), "NCHW", "dataformats"),
                ((2, 3, 4), "THW", "dataformats"), ((1, 2, 3, 4, 5), "NTTHW", "dataformats"),
                ((1, 2, 3, 4, 5), None, "dataformats"), ((2, 3, 4, 5), "NTCHW", "vid_tensor"),
                ((1, 2, 3, 4, 5), "TCHW", "vid_tensor"), ((1, 0, 3, 4, 5), "NTCHW", "vid_tensor"),
                ((1, 2, 5, 4, 5), "NTCHW", "vid_tensor")):
            with self.subTest((shape, layout)), self.assertRaises(InputError) as caught:
                frames(tensor(shape), layout, "vid_tensor", silent)
            self.assertEqual(caught.exception.argument, argument)


class TestTiles(unittest.TestCase):

    def test_as_tensorboardX(self):
        # tensorboardX 2.6.5, _prepare_video: columns, rows
        for videos, expected in ((1, (1, 1)), (2, (2, 1)), (3, (4, 1)), (4, (2, 2)), (5, (4, 2)),
                                 (8, (4, 2)), (9, (8, 2)), (15, (8, 2)), (16, (4, 4)),
                                 (17, (8, 4)), (31, (8, 4)), (33, (16, 4)), (64, (8, 8))):
            self.assertEqual(tiles(videos), expected)

    def test_row_by_row_and_the_rest_black(self):
        x = Tensor("uint8", (5, 2, 1, 1, 1), [1, 11, 2, 12, 3, 13, 4, 14, 5, 15])
        self.assertEqual(frames(x, "NTCHW", "x", silent),
                         (2, 4, 1, [bytes([1, 2, 3, 4, 5, 0, 0, 0]),
                                    bytes([11, 12, 13, 14, 15, 0, 0, 0])]))


if __name__ == "__main__":
    unittest.main()
