"""The canvas: pixels as they should be, one by one where there are few."""
import math
import random
import time
import unittest
from unittest import mock

from tbx_pure.media import font
from tbx_pure.media.canvas import BLACK, SHAPES, WHITE, Canvas, text_box
from tbx_pure.media.pixels import Picture

from .png_reader import read_png

RED, GREEN = (255, 0, 0), (0, 255, 0)


def red(canvas):
    """Return the red of each pixel, row by row."""
    pixels = canvas.picture().pixels[::3]
    return [list(pixels[y:y + canvas.width]) for y in range(0, len(pixels), canvas.width)]


def ink(canvas):
    """Return how many pixels black takes on white."""
    return sum(255 - v for row in red(canvas) for v in row) / 255


class TestCanvas(unittest.TestCase):

    def test_background_and_picture(self):
        canvas = Canvas(3, 2, (1, 2, 3))
        self.assertEqual(canvas.picture(), Picture(2, 3, 3, bytes([1, 2, 3] * 6)))
        self.assertEqual(read_png(canvas.png()), (2, 3, 3, bytes([1, 2, 3] * 6)))

    def test_of_a_picture(self):
        pixels = bytes(range(12))
        canvas = Canvas.of(Picture(2, 2, 3, pixels))
        self.assertEqual(canvas.picture().pixels, pixels)
        canvas.fill(1, 0, 2, 1, RED)
        self.assertEqual(canvas.picture().pixels, pixels[:3] + bytes(RED) + pixels[6:])
        self.assertEqual(pixels, bytes(range(12)))

    def test_paste(self):
        canvas = Canvas(3, 3, BLACK)
        canvas.paste(1, 2, Picture(2, 3, 3, bytes([9] * 9 + [8] * 9)))
        canvas.paste(-2, -1, Picture(2, 3, 3, bytes([7] * 9 + [6] * 9)))
        canvas.paste(5, 5, Picture(1, 1, 3, b"\1\1\1"))
        self.assertEqual(red(canvas), [[6, 0, 0], [0, 0, 0], [0, 9, 9]])


class TestFill(unittest.TestCase):

    def filled(self, *box):
        canvas = Canvas(4, 3)
        canvas.fill(*(box + (BLACK,)))
        return red(canvas)

    def test_whole_pixels(self):
        self.assertEqual(self.filled(1, 1, 3, 2), [[255] * 4, [255, 0, 0, 255], [255] * 4])

    def test_parts_of_pixels(self):
        self.assertEqual(self.filled(0.5, 1, 2, 2), [[255] * 4, [127, 0, 255, 255], [255] * 4])
        self.assertEqual(self.filled(0.5, 0.5, 1.25, 1.5),
                         [[191, 223, 255, 255], [191, 223, 255, 255], [255] * 4])
        self.assertEqual(self.filled(1.25, 1.25, 1.75, 1.75)[1], [255, 191, 255, 255])

    def test_beyond_the_border(self):
        self.assertEqual(self.filled(-5, -5, 1, 1)[0], [0, 255, 255, 255])
        self.assertEqual(self.filled(3, 2, 9, 9)[2], [255, 255, 255, 0])
        for outside in ((5, 0, 9, 3), (0, -9, 4, -1), (2, 2, 1, 1), (1, 1, 1, 2)):
            self.assertEqual(self.filled(*outside), [[255] * 4] * 3)

    def test_colors(self):
        canvas = Canvas(1, 1, (10, 20, 30))
        canvas.fill(0, 0, 0.5, 1, (20, 40, 0))
        self.assertEqual(list(canvas.picture().pixels), [15, 30, 15])

    def test_frame(self):
        canvas = Canvas(5, 4)
        canvas.frame(0, 0, 5, 4, BLACK)
        self.assertEqual(red(canvas), [[0] * 5, [0, 255, 255, 255, 0], [0, 255, 255, 255, 0],
                                       [0] * 5])

    def test_clipped(self):
        canvas = Canvas(4, 3)
        with canvas.clipped(1, 1, 3, 9):
            canvas.fill(0, 0, 9, 9, BLACK)
            with canvas.clipped(0, 0, 2, 2):
                self.assertEqual(canvas.clip, (1, 1, 2, 2))
        self.assertEqual(red(canvas), [[255] * 4, [255, 0, 0, 255], [255, 0, 0, 255]])
        self.assertEqual(canvas.clip, (0, 0, 4, 3))


class TestPolyline(unittest.TestCase):

    def line(self, points, width=1.0, size=(240, 240)):
        canvas = Canvas(*size)
        canvas.polyline(points, BLACK, width)
        return canvas

    def test_crisp(self):
        canvas = self.line([(1.5, 2.5), (4.5, 2.5)], 1, (6, 5))
        self.assertEqual(red(canvas), [[255] * 6, [255] * 6, [255, 0, 0, 0, 0, 255], [255] * 6,
                                       [255] * 6])

    def test_between_pixels(self):
        canvas = self.line([(-9, 2), (19, 2)], 1, (3, 4))
        self.assertEqual(red(canvas), [[255] * 3, [127] * 3, [127] * 3, [255] * 3])

    def test_covers_its_area(self):
        rng = random.Random(5)
        for width in (1, 1.5, 2, 3.7):
            for _ in range(8):
                turn, x, y = rng.uniform(0, 7), rng.uniform(118, 122), rng.uniform(118, 122)
                dx, dy = 100 * math.cos(turn), 100 * math.sin(turn)
                canvas = self.line([(x - dx, y - dy), (x + dx, y + dy)], width)
                caps = math.pi * width ** 2 / 4
                self.assertAlmostEqual(ink(canvas) / (200 * width + caps), 1, delta=0.02)

    def test_bends_are_no_darker(self):
        straight = red(self.line([(20, 30), (200, 130)], 2))
        bent = red(self.line([(20 + 1.8 * i, 30 + i) for i in range(101)], 2))
        for a, b in zip(straight, bent):
            for v, w in zip(a, b):
                self.assertLessEqual(abs(v - w), 2)

    def test_one_point_is_a_dot(self):
        canvas = self.line([(3, 3)], 4, (6, 6))
        self.assertAlmostEqual(ink(canvas), math.pi * 4, delta=0.5)
        self.assertEqual(red(self.line([], 4, (2, 2))), [[255] * 2] * 2)

    def test_within_its_clip(self):
        canvas = Canvas(30, 30)
        with canvas.clipped(10, 10, 20, 20):
            canvas.polyline([(0, 0), (30, 30), (15, -100)], BLACK, 3)
        marked = [(x, y) for y, row in enumerate(red(canvas)) for x, v in enumerate(row) if v < 255]
        self.assertEqual((min(marked), max(marked)), ((10, 10), (19, 19)))
        with canvas.clipped(20, 20, 10, 10):
            canvas.polyline([(0, 0), (30, 30)], BLACK, 3)

    def test_thinned_to_nearly_the_same_pixels(self):
        rng = random.Random(6)
        for noise, limit in ((0, 0.05), (3, 0.15)):
            points = [(i / 50, 40 + 30 * math.sin(i / 90) + rng.uniform(-noise, noise))
                      for i in range(4000)]
            with mock.patch("%s._thinned" % Canvas.__module__, list):
                whole = red(self.line(points, 1.5, (80, 80)))
            thin = self.line(points, 1.5, (80, 80))
            apart = [abs(v - w) for a, b in zip(whole, red(thin)) for v, w in zip(a, b)]
            self.assertLess(sum(apart) / 255 / ink(thin), limit)

    def test_a_hundred_thousand_points(self):
        rng = random.Random(7)
        points = [(i * 0.0064, rng.uniform(0, 480)) for i in range(100000)]
        start = time.process_time()
        self.line(points, 1.5, (640, 480))
        self.assertLess(time.process_time() - start, 20)        # without thinning: minutes


class TestMarker(unittest.TestCase):

    def test_area(self):
        for size in (3, 6, 9.5, 40):
            canvas = Canvas(60, 60)
            canvas.marker(30.3, 29.8, size, BLACK)
            self.assertAlmostEqual(ink(canvas) / (math.pi * size ** 2 / 4), 1, delta=0.05)

    def test_small_square(self):
        canvas = Canvas(6, 6)
        canvas.marker(3, 3, 4.75, BLACK, "square")     # its sides 2.0425 from (3, 3)
        self.assertEqual(red(canvas), [[244] * 6] + [[244, 0, 0, 0, 0, 244]] * 4 + [[244] * 6])

    def test_every_shape_is_another_and_about_as_large(self):
        pixels = {}
        for shape in SHAPES:
            canvas = Canvas(16, 16)
            canvas.marker(8, 8, 8, BLACK, shape)
            pixels[shape] = red(canvas)
            self.assertTrue(22 < ink(canvas) < 60, (shape, ink(canvas)))
        for a in SHAPES:
            for b in SHAPES:
                if a < b:
                    apart = sum(abs(v - w) for rows in zip(pixels[a], pixels[b])
                                for v, w in zip(*rows)) / 255
                    self.assertGreater(apart, 10, (a, b))

    def test_where_it_is(self):
        for x, y in ((8, 8), (8.25, 7.75), (8.5, 8.5), (0.5, 15.5)):
            canvas = Canvas(16, 16)
            canvas.marker(x, y, 6, BLACK)
            rows = red(canvas)
            self.assertLess(rows[int(y)][int(x)], 20)
            if (x, y) != (0.5, 15.5):
                weight = ink(canvas) * 255
                center = sum((255 - v) * (i + 0.5) for row in rows for i, v in enumerate(row))
                self.assertAlmostEqual(center / weight, x, delta=0.03)

    def test_clipped(self):
        canvas = Canvas(10, 10)
        with canvas.clipped(5, 0, 10, 5):
            canvas.marker(5, 5, 8, BLACK)
        self.assertEqual([v for row in red(canvas)[5:] for v in row], [255] * 50)
        self.assertEqual([v for row in red(canvas) for v in row[:5]], [255] * 50)
        self.assertEqual(red(canvas)[4][5], 0)


class TestText(unittest.TestCase):

    def test_pixels(self):
        canvas = Canvas(5, 13)
        self.assertEqual(canvas.text(1, 0, "i"), (1, 0, 4, 13))
        found = ["".join("#" if v == 0 else "." for v in row) for row in red(canvas)]
        self.assertEqual(found, ["." + row + "." for row in font.rows("i")])

    def test_scale(self):
        one, three = Canvas(7, 13), Canvas(21, 39)
        one.text(0, 0, "ij")
        self.assertEqual(three.text(0, 0, "ij", scale=3), (0, 0, 21, 39))
        for i in range(3):
            self.assertEqual([row[i::3] for row in red(three)[i::3]], red(one))

    def test_even_scales_are_smooth(self):
        two, four = Canvas(14, 26), Canvas(28, 52)
        self.assertEqual(two.text(0, 0, "ij", scale=2), (0, 0, 14, 26))
        found = ["".join("#" if v == 0 else "." for v in row) for row in red(two)]
        self.assertEqual(found, [i + ".." + j for i, j in zip(font.large("i"), font.large("j"))])
        four.text(0, 0, "ij", scale=4)
        self.assertEqual([row[1::2] for row in red(four)[1::2]], red(two))

    def test_vertical_reads_upwards(self):
        flat, upright = Canvas(20, 13), Canvas(13, 20)
        flat.text(0, 0, "F7")
        upright.text(0, 20, "F7", anchor="sw", vertical=True)
        turned = [[red(flat)[x][19 - y] for x in range(13)] for y in range(20)]
        self.assertEqual(red(upright), turned)

    def test_anchors(self):
        width, height = font.size("abc")
        for anchor, x, y in (("nw", 0, 0), ("n", width // 2, 0), ("ne", width, 0),
                             ("w", 0, height // 2), ("c", width // 2, height // 2),
                             ("e", width, height // 2), ("sw", 0, height),
                             ("s", width // 2, height), ("se", width, height)):
            x0, y0, x1, y1 = text_box(40, 50, "abc", 1, anchor)
            self.assertEqual((x1 - x0, y1 - y0), (width, height))
            self.assertLessEqual(max(abs(x0 + x - 40), abs(y0 + y - 50)), 1, anchor)

    def test_cut_at_the_border(self):
        canvas = Canvas(4, 4)
        canvas.text(-2, -5, "MW")
        canvas.text(3, 3, "MW", vertical=True)
        self.assertEqual((canvas.width, len(canvas.picture().pixels)), (4, 48))

    def test_color_on_a_ground(self):
        canvas = Canvas(3, 13, GREEN)
        canvas.text(0, 0, "I", WHITE)
        self.assertEqual(canvas.picture().pixels[9 * 3:9 * 4], bytes(WHITE) * 3)
        self.assertEqual(canvas.picture().pixels[:9], bytes(GREEN) * 3)


if __name__ == "__main__":
    unittest.main()
