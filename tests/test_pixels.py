"""Any layout, dtype and number of images become the same pixels."""
import itertools
import unittest
from array import array

from tbx_pure.errors import InputError
from tbx_pure.media.pixels import picture, to_bytes
from tbx_pure.tensor import Tensor, view


def silent(cause, text):
    raise AssertionError("unexpected warning: %s: %s" % (cause, text))


def tensor(shape, dtype="uint8", start=0):
    size = 1
    for n in shape:
        size *= n
    return Tensor(dtype, tuple(shape), [(start + i) % 256 for i in range(size)])


def pixel(x, layout, **index):
    """Return the value of a row-major tensor at an index given by letters."""
    at = 0
    for letter, size in zip(layout, x.shape):
        at = at * size + index.get(letter, 0)
    return x.values[at]


class TestLayouts(unittest.TestCase):

    def test_every_permutation(self):
        sizes = {"N": 3, "H": 4, "W": 5}
        for channels in (1, 2, 3, 4):
            for letters in ("HW", "CHW", "NHW", "NCHW"):
                if "C" not in letters and channels > 1:
                    continue
                for order in itertools.permutations(letters):
                    layout = "".join(order)
                    with self.subTest(layout):
                        x = tensor([dict(sizes, C=channels)[letter] for letter in layout])
                        height, width, depth, pixels = picture(x, layout, "img_tensor", silent)
                        images = 3 if "N" in layout else 1
                        self.assertEqual((height, width, depth),
                                         (4, 5 * images, 3 if channels == 1 else channels))
                        expected = [pixel(x, layout, N=column // 5, H=y, W=column % 5, C=c % channels)
                                    for y in range(4) for column in range(5 * images) for c in range(depth)]
                        self.assertEqual(list(pixels), expected)

    def test_small_letters(self):
        x = tensor((2, 2, 3))
        self.assertEqual(picture(x, "hwc", "x", silent), picture(x, "HWC", "x", silent))

    def test_grid(self):
        for n, rows, columns in ((1, 1, 1), (2, 1, 2), (8, 1, 8), (9, 2, 8), (16, 2, 8), (17, 3, 8)):
            x = Tensor("uint8", (n, 1, 1, 1), list(range(1, n + 1)))
            height, width, depth, pixels = picture(x, "NCHW", "x", silent)
            self.assertEqual((height, width, depth), (rows, columns, 3))
            filled = list(range(1, n + 1)) + [0] * (rows * columns - n)     # the rest stays black
            self.assertEqual(list(pixels[::3]), filled)

    def test_refused(self):
        for x, layout, argument in (
                (tensor((3, 2, 2)), "HW", "img_tensor"),
                (tensor((2, 2)), "CHW", "img_tensor"),
                (tensor((5, 2, 2)), "CHW", "img_tensor"),
                (tensor((0, 2, 2)), "CHW", "img_tensor"),
                (tensor((3, 0, 2)), "CHW", "img_tensor"),
                (tensor((0, 3, 2, 2)), "NCHW", "img_tensor"),
                (tensor(()), "CHW", "img_tensor"),
                (tensor((2, 2)), "HC", "dataformats"),
                (tensor((2, 2)), "HH", "dataformats"),
                (tensor((2, 2)), "", "dataformats"),
                (tensor((2, 2)), None, "dataformats"),
                (tensor((2, 2, 2)), "XYZ", "dataformats"),
                (tensor((1, 2, 2)), "NHH", "dataformats"),
                (tensor((1, 1, 3, 2, 2)), "NTCHW", "dataformats"),
        ):
            with self.subTest((x.shape, layout)):
                with self.assertRaises(InputError) as caught:
                    picture(x, layout, "img_tensor", silent)
                self.assertEqual(caught.exception.argument, argument)

    def test_the_layout_that_would_fit_is_named(self):
        with self.assertRaises(InputError) as caught:
            picture(tensor((2, 2)), "CHW", "img_tensor", silent)
        self.assertEqual(str(caught.exception), "img_tensor: need 3 dimensions for dataformats 'CHW', or "
                                                "dataformats='HW', got shape (2, 2)")
        for shape, layout, need in (
                ((8, 9, 3), "CHW", "1 to 4 channels for dataformats 'CHW', or dataformats='HWC'"),
                ((2, 8, 9, 3), "nchw", "1 to 4 channels for dataformats 'nchw', or dataformats='NHWC'"),
                ((8, 9, 5), "CHW", "1 to 4 channels for dataformats 'CHW'")):
            with self.assertRaises(InputError) as caught:
                picture(tensor(shape), layout, "img_tensor", silent)
            self.assertEqual(caught.exception.need, need)


class TestToBytes(unittest.TestCase):

    def test_taken_as_they_are(self):
        self.assertEqual(to_bytes(view(bytes(range(256))), silent), bytes(range(256)))

    def test_bool(self):
        self.assertEqual(to_bytes(view([True, False]), silent), b"\xff\x00")
        self.assertEqual(to_bytes(view(memoryview(b"\1\0").cast("?")), silent), b"\xff\x00")

    def test_floats_are_cut(self):
        self.assertEqual(to_bytes(view([0.0, 0.5, 1.0, 1 / 255, 0.9999, 1e-9]), silent),
                         bytes([0, 127, 255, 1, 254, 0]))

    def test_rounded_in_their_own_dtype_first(self):
        x = 0.49803922                          # float32: times 255 is 127 there, 126.99999957 before
        self.assertEqual(to_bytes(view(array("f", [x])), silent), bytes([127]))
        self.assertEqual(to_bytes(view(array("d", array("f", [x]))), silent), bytes([127]))
        below = [v for v in range(256) if to_bytes(view(array("f", [v / 255])), silent) != bytes([v])]
        self.assertEqual(below, [])             # each level survives float32; float64 loses some
        self.assertEqual(to_bytes(Tensor("float16", (2,), [0.5, 0.99951171875]), silent), bytes([127, 254]))

    def test_not_finite(self):
        heard = []
        values = [float("nan"), float("inf"), float("-inf"), 0.5]
        self.assertEqual(to_bytes(view(values), lambda *w: heard.append(w)), bytes([0, 255, 0, 127]))
        self.assertEqual([cause for cause, _ in heard], ["NaN", "range"])
        self.assertIn("1 of 4 values are NaN", heard[0][1])
        del heard[:]
        to_bytes(view(values[1:]), lambda *w: heard.append(w))          # infinities, but no NaN
        self.assertEqual([cause for cause, _ in heard], ["range"])

    def test_clipped_with_a_warning(self):
        for values, result, cause in (([-1.0, 0.5, 2.0], [0, 127, 255], "range"),
                                      ([0, 2, 255, 300, -5], [0, 2, 255, 255, 0], "integers")):
            heard = []
            self.assertEqual(to_bytes(view(values), lambda *w: heard.append(w[0])), bytes(result))
            self.assertEqual(heard, [cause])

    def test_an_error_of_rounding_is_no_news(self):
        self.assertEqual(to_bytes(view([1.000001, -0.000001]), silent), b"\xff\x00")

    def test_integers(self):
        self.assertEqual(to_bytes(view([0, 1, 1]), silent), b"\x00\xff\xff")
        self.assertEqual(to_bytes(view(array("q", [0, 1])), silent), b"\x00\xff")


if __name__ == "__main__":
    unittest.main()
