"""Color maps: their tables, and colors that can be told apart."""
import unittest

from tbx_pure.errors import InputError
from tbx_pure.media.colormaps import (CONTROL_POINTS, CYCLE, color_at, colormap, contrast)


def light(color):
    """Return the CIE lightness of a color, 0 to 100.  https://www.w3.org/TR/css-color-4/"""
    linear = [(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4)
              for v in (c / 255 for c in color)]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def colors(name):
    table = colormap(name)
    return [tuple(table[i:i + 3]) for i in range(0, len(table), 3)]


class TestTables(unittest.TestCase):

    def test_ends_and_control_points(self):
        for name, points in CONTROL_POINTS.items():
            table, points = colors(name), bytes.fromhex(points)
            self.assertEqual(len(table), 256)
            self.assertEqual((table[0], table[-1]), (tuple(points[:3]), tuple(points[-3:])), name)
        self.assertEqual(colors("greys"), [(255 - i,) * 3 for i in range(256)])
        self.assertEqual(colors("blues")[51], tuple(
            round(a + (b - a) * 0.6) for a, b in zip((0xdc, 0xe9, 0xf6), (0xbf, 0xd8, 0xee))))

    def test_lightness_runs_one_way(self):
        for name, way in (("viridis", 1), ("blues", -1), ("greys", -1)):
            lights = [way * light(color) for color in colors(name)]
            self.assertTrue(all(a <= b + 0.7 for a, b in zip(lights, lights[1:])), name)
            self.assertGreater(lights[-1] - lights[0], 60, name)

    def test_equal_steps_of_viridis_are_equally_light(self):
        lights = [light(color) for color in colors("viridis")[::15]]
        steps = [b - a for a, b in zip(lights, lights[1:])]
        self.assertTrue(2 < min(steps) and max(steps) < 7, steps)

    def test_diverging_has_its_lightest_in_the_middle(self):
        lights = [light(color) for color in colors("coolwarm")]
        self.assertIn(lights.index(max(lights)), range(120, 136))
        self.assertLess(abs(lights[0] - lights[-1]), 8)

    def test_case_does_not_matter(self):
        self.assertEqual(colormap("Blues"), colormap("blues"))

    def test_unknown(self):
        for bad in ("jet", "", None, 3, b"blues"):
            with self.assertRaises(InputError) as caught:
                colormap(bad)
            self.assertEqual(caught.exception.argument, "colormap")
            self.assertIn("viridis, blues, greys, coolwarm", caught.exception.need)

    def test_color_at(self):
        table = colormap("greys")
        self.assertEqual([color_at(table, x)[0] for x in (-1, 0, 0.00390625, 0.5, 0.9999, 1, 7)],
                         [255, 255, 254, 127, 0, 0, 0])


#   kind of color blindness: what red, green and blue become, in linear light
#   F. Vienot, H. Brettel and J. Mollon, 1999, as computed for sRGB
BLIND = {
    "protan":  ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deutan":  ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def seen(color, kind):
    linear = [(c / 255) ** 2.2 for c in color]
    return [255 * max(sum(a * b for a, b in zip(row, linear)), 0) ** (1 / 2.2)
            for row in BLIND[kind]]


class TestCycle(unittest.TestCase):

    def test_can_be_told_apart(self):
        self.assertEqual(len(set(CYCLE)), 8)
        for kind in BLIND:
            for i, a in enumerate(CYCLE):
                for b in CYCLE[:i]:
                    apart = sum((v - w) ** 2 for v, w in zip(seen(a, kind), seen(b, kind))) ** 0.5
                    self.assertGreater(apart, 30, (kind, a, b))

    def test_can_be_seen_on_white(self):
        for color in CYCLE:
            self.assertLess(light(color), 77, color)

    def test_contrast(self):
        for name in CONTROL_POINTS:
            for color in colors(name):
                self.assertGreater(abs(light(color) - light(contrast(color))), 41, (name, color))


if __name__ == "__main__":
    unittest.main()
