"""add_image_with_boxes: which pixels a box has, labels, colors and what is refused.

(tests/conformance/against_pictures.py compares with tensorboardX and Pillow.)
"""
import unittest

from tbx_pure import SummaryWriter
from tbx_pure.errors import InputError
from tbx_pure.media import font
from tbx_pure.messages import SUMMARY
from tbx_pure.plugins.boxes import image_with_boxes

from .helpers import InDirectory, summaries
from .png_reader import read_png
from .test_plugins import silent

RED, WHITE, BLACK, BLUE = b"\xff\x00\x00", b"\xff\xff\xff", b"\x00\x00\x00", b"\x00\x00\xff"


def blank(height, width, channels=3, value=255):
    """Return an image of layout HWC."""
    return memoryview(bytes([value]) * (height * width * channels)).cast("B", (height, width, channels))


def boxed(image, boxes, layout="HWC", labels=None, rescale=1, colors=None, warn=silent):
    """Return (height, width, channels, rows of pixels) of what is written."""
    value, = SUMMARY.decode(SUMMARY.encode(image_with_boxes(
        "a b", image, boxes, layout, labels, rescale, colors, warn)))["value"]
    fields = value["image"]
    height, width, channels, pixels = read_png(fields["encoded_image_string"])
    if (value["tag"], fields["height"], fields["width"], fields["colorspace"]) != (
            "a b", height, width, channels):
        raise AssertionError(value)
    return height, width, channels, [
        [pixels[(y * width + x) * channels:][:channels] for x in range(width)] for y in range(height)]


def drawing(rows, color=RED):
    return ["".join("#" if pixel == color else "." for pixel in row) for row in rows]


class TestBoxes(unittest.TestCase):

    def test_lines_of_two_pixels_as_pillow_has_them(self):
        for box, lines in (
                ((2, 2, 6, 5), ("........", "..#####.", "..#####.", "..##.##.", "..##.##.", "..#####.", "..#####.")),
                ((6, 5, 2, 2), ("........", "..#####.", "..#####.", "..##.##.", "..##.##.", "..#####.", "..#####.")),
                ((2.9, 2.9, 2.1, 2), ("........", "........", "..#.....", "........")),
                ((1, 5, 5, 1), ("........", "#######.", "#######.", "##...##.", "#######.", "#######.")),
                ((-3, -3, 1, 1), ("##......", "##......", "##......", "........")),
                ((-2, -2, 9, 9), ("........", "........")),
                ((50, 50, 60, 60), ("........", "........"))):
            with self.subTest(box):
                rows = drawing(boxed(blank(8, 8), [box])[3])
                self.assertEqual(tuple(rows[:len(lines)]), lines)
                self.assertEqual(set("".join(rows[len(lines):])) - {"."}, set())

    def test_several_in_the_order_given(self):
        rows = boxed(blank(6, 6), [(0, 0, 4, 4), (1, 1, 5, 5)], colors=[(255, 0, 0), (0, 0, 255)])[3]
        self.assertEqual(rows[1][1], BLUE)
        self.assertEqual(rows[0][0], RED)
        self.assertEqual(boxed(blank(2, 2), [])[3], [[WHITE] * 2] * 2)
        empty = memoryview(b"").cast("B")
        self.assertEqual(boxed(blank(2, 2), empty)[3], [[WHITE] * 2] * 2)

    def test_one_color_for_all(self):
        rows = boxed(blank(8, 8), [(0, 0, 1, 1), (5, 5, 6, 6)], colors=(0, 0, 255))[3]
        self.assertEqual((rows[0][0], rows[5][5], rows[3][3]), (BLUE, BLUE, WHITE))

    def test_layouts(self):
        for layout, shape, channels in (("CHW", (3, 4, 5), 3), ("HW", (4, 5), 3), ("CHW", (1, 4, 5), 3),
                                        ("CHW", (4, 4, 5), 4), ("WHC", (5, 4, 3), 3)):
            size = 1
            for side in shape:
                size *= side
            image = memoryview(b"\xff" * size).cast("B", shape)
            height, width, written, rows = boxed(image, [(0, 0, 4, 3)], layout)
            self.assertEqual((height, width, written), (4, 5, channels))
            self.assertEqual(rows[0][0][:3], RED)

    def test_alpha(self):
        clear = boxed(blank(4, 4, 4, 9), [(0, 0, 1, 1)])[3]
        self.assertEqual((clear[0][0], clear[3][3]), (RED + b"\xff", b"\x09" * 4))
        height, width, channels, rows = boxed(blank(4, 4, 2, 9), [(0, 0, 1, 1)])
        self.assertEqual((channels, rows[0][0], rows[3][3]), (4, RED + b"\xff", b"\x09" * 4))

    def test_rescale(self):
        for rescale, size in ((2, (8, 12)), (1.5, (6, 9)), (0.5, (2, 3)), (0.4, (1, 2)), (1, (4, 6))):
            self.assertEqual(boxed(blank(4, 6), [], rescale=rescale)[:2], size)
        rows = boxed(blank(20, 20), [(4, 4, 16, 16)], rescale=3)[3]
        self.assertEqual(rows[3 * 5][3 * 10][0], 255)
        self.assertLess(rows[3 * 4][3 * 10][1], 60)             # the line, which has grown too
        self.assertEqual(rows[3 * 10][3 * 10], WHITE)

    def test_floats_are_pixels_too(self):
        heard = []
        boxed([[[0.5, 1.5]]], [], "CHW", warn=lambda *w: heard.append(w[0]))
        self.assertEqual(heard, ["range"])


class TestLabels(unittest.TestCase):

    def lettered(self, box, label, size=(40, 60), **options):
        return boxed(blank(*size), [box], labels=[label], **options)[3]

    def test_inside_at_the_bottom_left(self):
        rows = self.lettered((5, 5, 50, 35), "cat")
        width, height = font.size("cat")
        label = [row[5:5 + width + 2] for row in rows[36 - height - 2:36]]
        self.assertEqual({pixel for row in label for pixel in row}, {RED, BLACK})
        ink = [[x for x, pixel in enumerate(row) if pixel == BLACK] for row in label]
        glyphs = ["".join(parts) for parts in zip(*[[row + "." for row in font.rows(c)] for c in "cat"])]
        self.assertEqual(ink[1:-1], [[x + 1 for x, dot in enumerate(row) if dot == "#"] for row in glyphs])
        self.assertNotIn(BLACK, [pixel for row in rows[:36 - height - 2] for pixel in row])

    def test_stays_in_the_picture(self):
        for box in ((50, 5, 58, 35), (-30, -30, 8, 2), (5, 20, 40, 90), (100, 100, 200, 200)):
            found = sum(row.count(BLACK) for row in self.lettered(box, "cat"))
            ink = sum(row.count("#") for c in "cat" for row in font.rows(c))
            self.assertEqual(found, ink)

    def test_larger_than_the_picture(self):
        rows = self.lettered((0, 0, 3, 3), "a long label", (5, 8))
        self.assertEqual({pixel for row in rows for pixel in row} - {RED, BLACK}, set())

    def test_letters_stand_out(self):
        for color, letters in (((255, 0, 0), BLACK), ((255, 255, 0), BLACK), ((0, 0, 255), WHITE),
                               ((0, 0, 0), WHITE)):
            rows = boxed(blank(40, 60, value=128), [(5, 5, 50, 35)], labels=["x"], colors=color)[3]
            found = {pixel for row in rows for pixel in row} - {bytes(color), b"\x80" * 3}
            self.assertEqual(found, {letters})

    def test_none_and_one(self):
        plain = boxed(blank(20, 20), [(2, 2, 18, 18)])[3]
        for labels in (None, [None], [""], ""):
            self.assertEqual(boxed(blank(20, 20), [(2, 2, 18, 18)], labels=labels)[3], plain)
        one = boxed(blank(20, 20), [(2, 2, 18, 18)], labels="a")[3]
        self.assertNotEqual(one, plain)
        self.assertEqual(boxed(blank(20, 20), [(2, 2, 18, 18)], labels=("a",))[3], one)

    def test_numbers(self):
        class Array:
            def tolist(self):
                return [7]
        texts = boxed(blank(20, 20), [(2, 2, 18, 18)], labels=["7"])[3]
        for labels in ([7], Array()):
            self.assertEqual(boxed(blank(20, 20), [(2, 2, 18, 18)], labels=labels)[3], texts)

    def test_letters_of_a_wide_picture_are_larger(self):
        """TensorBoard shows it at half its size: boxes of two pixels, letters of two."""
        small, large = (self.lettered((5, 5, 100, 70), "cat", (80, width)) for width in (499, 500))
        for rows, scale in (small, 1), (large, 2):
            width, height = (size + 2 * scale for size in font.size("cat", scale))
            label = [row[5:5 + width] for row in rows[71 - height:71]]
            self.assertEqual({pixel for row in label for pixel in row}, {RED, BLACK})
            self.assertEqual(rows[71 - height - 1][8], WHITE)

    def test_letters_that_the_font_lacks(self):
        heard = []
        rows = boxed(blank(20, 40), [(2, 2, 38, 18)], labels=["a\u732b\u7c73"],
                     warn=lambda *w: heard.append(w))[3]
        self.assertEqual(heard, [("letters", "the font lacks '\\u732b' '\\u7c73': boxes stand for them")])
        self.assertEqual(rows, boxed(blank(20, 40), [(2, 2, 38, 18)], labels=["a\ufffd\ufffd"])[3])

    def test_lines_become_one(self):
        heard = []
        rows = boxed(blank(20, 80), [(2, 2, 78, 18)], labels=["cat\n0.98\t"], warn=lambda *w: heard.append(w))[3]
        self.assertEqual(rows, boxed(blank(20, 80), [(2, 2, 78, 18)], labels=["cat 0.98"])[3])
        self.assertEqual(heard, [])

    def test_opaque_on_alpha(self):
        rows = boxed(blank(20, 20, 4, 0), [(1, 1, 18, 18)], labels=["a"])[3]
        found = {pixel for row in rows for pixel in row}
        self.assertEqual(found, {b"\0\0\0\0", RED + b"\xff", BLACK + b"\xff"})


class TestRefused(unittest.TestCase):

    def refused(self, argument, *arguments, **options):
        with self.subTest((arguments[1:], options)), self.assertRaises(InputError) as caught:
            boxed(*arguments, **options)
        self.assertEqual(caught.exception.argument, argument)
        return caught.exception

    def test_boxes(self):
        nan, inf = float("nan"), float("inf")
        for boxes in ([0, 0, 1, 1], [[0, 0, 1]], [[[0, 0, 1, 1]]], None, "box", [[0, 0, 1, nan]],
                      [[0, 0, 1, inf]], [[0, 0, 1, 2 ** 31]], [[0, 0, 1, 1], [0]]):
            self.refused("box_tensor", blank(4, 4), boxes)
        self.assertIn("of a single box, [box]", self.refused("box_tensor", blank(4, 4), [0, 0, 1, 1]).need)

    def test_labels(self):
        boxes = [[0, 0, 1, 1]] * 2
        for labels in (["a"], ["a"] * 3, "a", [], 3):
            self.refused("labels", blank(4, 4), boxes, labels=labels)
        self.assertEqual(str(self.refused("labels", blank(4, 4), boxes, labels=["a"])),
                         "labels: need a text for each of 2 boxes, got 1")

    def test_colors(self):
        boxes = [[0, 0, 1, 1]] * 2
        for colors in ("red", [1, 2], [[1, 2, 3]], [[1, 2, 3]] * 3, [0, 0, 256], [0, 0, -1], 3,
                       [0, 0, float("nan")]):
            self.refused("colors", blank(4, 4), boxes, colors=colors)

    def test_rescale(self):
        for rescale in (0, -1, float("nan"), float("inf"), "2", None, [1, 2], 0.2):
            self.refused("rescale", blank(4, 4), [], rescale=rescale)

    def test_image(self):
        self.refused("img_tensor", blank(4, 4, 5), [])
        self.refused("img_tensor", None, [])
        self.refused("img_tensor", [[0.5]], [])
        self.refused("dataformats", blank(4, 4), [], "HWX")


class TestWriter(InDirectory):

    def test_the_order_of_arguments_of_each_peer(self):
        with SummaryWriter(self.directory) as writer:
            add, image, boxes = writer.add_image_with_boxes, blank(40, 60), [(5, 5, 50, 35)]
            add("x", image, boxes, 1, 2.5, "HWC", ["cat"])                      # tensorboardX
            add("x", image, boxes, 2, 2.5, "HWC", labels=["cat"], rescale=2)
            add("x", image, boxes, 3, 2.5, 2, "HWC", ["cat"])                   # torch
            add("x", [[[0.5]]], [], 5, 2.5, 2)
            add("x", [[[0.5]]], [(0, 0, 0, 0)], 6, 2.5, 2, labels=["cat"])
        found = {step: value["image"] for step, value in summaries(self.directory)}
        size = {step: (image["height"], image["width"]) for step, image in found.items()}
        self.assertEqual(size, {1: (40, 60), 2: (80, 120), 3: (80, 120), 5: (2, 2), 6: (2, 2)})
        self.assertEqual(found[2], found[3])


if __name__ == "__main__":
    unittest.main()
