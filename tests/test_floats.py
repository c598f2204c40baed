"""Small floats: every pattern both ways, and each number to its nearest pattern."""
import math
import random
import struct
import unittest
from bisect import bisect_left
from fractions import Fraction
from functools import lru_cache

from tbx_pure.floats import FORMATS, decode, encode, pattern, value

INF, NAN = math.inf, math.nan


def patterns(dtype):
    return range(1 << 8 * FORMATS[dtype].size)


def packed(dtype, numbers, order="<"):
    return struct.pack("%s%d%s" % (order, len(numbers), "_BH"[FORMATS[dtype].size]), *numbers)


def bits(x):
    """Return what tells a float from all others; all NaN are one."""
    return "NaN" if x != x else struct.pack("<d", x)


class TestValue(unittest.TestCase):

    #   dtype            patterns and their numbers, from the papers
    KNOWN = (
        ("float16",       {0x3C00: 1.0, 0xC000: -2.0, 0x7BFF: 65504.0, 0x0001: 2.0 ** -24,
                           0x0400: 2.0 ** -14, 0x3555: 0.333251953125, 0x7C00: INF, 0xFC00: -INF,
                           0x7E00: NAN, 0x7C01: NAN, 0xFFFF: NAN, 0x8000: -0.0}),
        ("bfloat16",      {0x3F80: 1.0, 0xC000: -2.0, 0x7F7F: 3.3895313892515355e38,
                           0x0001: 2.0 ** -133, 0x4049: 3.140625, 0x7F80: INF, 0xFF80: -INF,
                           0x7FC0: NAN, 0x7F81: NAN, 0x8000: -0.0}),
        ("float8_e5m2",   {0x3C: 1.0, 0x7B: 57344.0, 0x01: 2.0 ** -16, 0x03: 0.75 * 2.0 ** -14,
                           0x04: 2.0 ** -14, 0x7C: INF, 0xFC: -INF, 0x7D: NAN, 0x7E: NAN,
                           0x7F: NAN, 0x80: -0.0}),
        ("float8_e4m3fn", {0x38: 1.0, 0x7E: 448.0, 0xFE: -448.0, 0x01: 2.0 ** -9,
                           0x07: 0.875 * 2.0 ** -6, 0x08: 2.0 ** -6, 0x7F: NAN, 0xFF: NAN,
                           0x78: 256.0, 0x80: -0.0}),
        ("float8_e5m2fnuz", {0x40: 1.0, 0x7F: 57344.0, 0x01: 2.0 ** -17, 0x80: NAN, 0x00: 0.0,
                             0x7C: 32768.0}),
        ("float8_e4m3fnuz", {0x40: 1.0, 0x7F: 240.0, 0x01: 2.0 ** -10, 0x80: NAN, 0x00: 0.0}),
        ("float8_e4m3b11fnuz", {0x58: 1.0, 0x7F: 30.0, 0x01: 2.0 ** -13, 0x80: NAN, 0x00: 0.0}),
    )

    def test_known(self):
        self.assertEqual([dtype for dtype, _ in self.KNOWN], list(FORMATS))
        for dtype, known in self.KNOWN:
            for number, x in known.items():
                with self.subTest(dtype, pattern=hex(number)):
                    self.assertEqual(bits(value(dtype, number)), bits(x))

    def test_float16_is_that_of_struct(self):
        for number in patterns("float16"):
            x, = struct.unpack("<e", struct.pack("<H", number))
            self.assertEqual(bits(value("float16", number)), bits(x), hex(number))

    def test_bfloat16_is_half_of_a_float32(self):
        for number in patterns("bfloat16"):
            x, = struct.unpack("<f", struct.pack("<HH", 0, number))
            self.assertEqual(bits(value("bfloat16", number)), bits(x), hex(number))

    def test_numbers_grow_with_their_patterns(self):
        for dtype, form in FORMATS.items():
            numbers = [value(dtype, number) for number in range(form.largest + 1)]
            self.assertTrue(numbers == sorted(set(numbers)), dtype)


class TestBothWays(unittest.TestCase):

    def test_every_pattern(self):
        for dtype in FORMATS:
            for number in patterns(dtype):
                x = value(dtype, number)
                if x == x:
                    self.assertEqual(pattern(dtype, x), number, dtype)
                else:
                    self.assertTrue(math.isnan(value(dtype, pattern(dtype, x))), dtype)

    def test_many_at_once(self):
        for dtype in FORMATS:
            numbers = list(patterns(dtype))
            expected = [bits(value(dtype, number)) for number in numbers]
            for order in "<", ">":
                raw = packed(dtype, numbers, order)
                for given in raw, memoryview(raw), bytearray(raw):
                    found = list(map(bits, decode(dtype, given, order)))
                    self.assertTrue(found == expected, (dtype, order))      # a diff takes minutes
            kept = [number for number in numbers if value(dtype, number) == value(dtype, number)]
            found = list(encode(dtype, decode(dtype, packed(dtype, kept))))
            self.assertTrue(found == kept, dtype)

    def test_none(self):
        for dtype in FORMATS:
            self.assertEqual((list(decode(dtype, b"")), list(encode(dtype, []))), ([], []))

    def test_nan(self):
        for dtype, form in FORMATS.items():
            self.assertEqual(list(encode(dtype, [NAN, 1.0]))[0], form.nan)
            self.assertEqual(pattern(dtype, NAN), form.nan)


class TestNearest(unittest.TestCase):

    def nearest(self, dtype, x):
        """Return what the definition gives, by exact fractions, for 0 <= x."""
        steps, exact = self.steps(dtype), Fraction(x)
        i = bisect_left(steps, exact)
        if i == len(steps):
            return FORMATS[dtype].beyond
        found = min((max(i - 1, 0), i), key=lambda n: (abs(exact - steps[n]), n % 2))
        return min(found, FORMATS[dtype].beyond)

    @staticmethod
    @lru_cache(maxsize=None)
    def steps(dtype):
        """Return the numbers of all patterns, and what would come after the largest."""
        numbers = [Fraction(value(dtype, n)) for n in range(FORMATS[dtype].largest + 1)]
        return numbers + [2 * numbers[-1] - numbers[-2]]

    def check(self, dtype, x):
        expected, form = self.nearest(dtype, x), FORMATS[dtype]
        sign = 1 << form.exponent + form.fraction
        with self.subTest(dtype, x=x):
            self.assertEqual(pattern(dtype, x), expected)
            negative = expected | sign
            if form.nan == sign and expected in (0, sign):      # fnuz: a zero has no sign
                negative = expected
            self.assertEqual(pattern(dtype, -x), negative)
            self.assertEqual(list(encode(dtype, [x, 1.0])), [expected, pattern(dtype, 1.0)])

    def test_between_neighbors(self):
        for dtype, form in FORMATS.items():
            step = 1 if form.size == 1 else 997
            numbers = list(range(0, form.largest, step)) + [form.largest - 1, form.largest]
            for number in numbers:
                low = value(dtype, number)
                high = (value(dtype, number + 1) if number < form.largest
                        else 2 * low - value(dtype, number - 1))
                middle = (low + high) / 2
                near = abs(middle) * 2.0 ** -52
                for x in (low, middle, middle - near, middle + near):
                    self.check(dtype, x)

    def test_random(self):
        rng = random.Random(5)
        for dtype in FORMATS:
            for _ in range(300):
                self.check(dtype, math.ldexp(rng.random(), rng.randrange(-30, 20)))

    def test_float16_is_that_of_struct(self):
        rng = random.Random(6)
        for _ in range(3000):
            x = math.ldexp(rng.random() - 0.5, rng.randrange(-30, 17))
            self.assertEqual(pattern("float16", x), struct.unpack("<H", struct.pack("<e", x))[0])

    def test_too_large(self):
        for dtype, x, expected in (
                ("float16", 65519.99, 0x7BFF), ("float16", 65520.0, 0x7C00),
                ("bfloat16", 1e39, 0x7F80), ("bfloat16", 3.4e38, 0x7F80),
                ("bfloat16", 3.395e38, 0x7F7F),
                ("float8_e5m2", 61439.9, 0x7B), ("float8_e5m2", 61440.0, 0x7C),
                ("float8_e4m3fn", 464.0, 0x7E), ("float8_e4m3fn", 464.1, 0x7F),
                ("float8_e4m3fnuz", 247.9, 0x7F), ("float8_e4m3fnuz", 248.0, 0x80),
                ("float8_e5m2fnuz", 61440.0, 0x80), ("float8_e4m3b11fnuz", 31.0, 0x80)):
            self.assertEqual(pattern(dtype, x), expected, (dtype, x))
            self.assertEqual(list(encode(dtype, [x])), [expected], (dtype, x))
        for dtype, form in FORMATS.items():
            for x in (INF, 1e308):
                self.assertEqual(pattern(dtype, x), form.beyond, dtype)

    def test_rounded_once(self):
        """A float64 that float32 would bring to the middle of two bfloat16."""
        x = 1.0 + 2.0 ** -8 + 2.0 ** -40
        self.assertEqual(struct.unpack("<f", struct.pack("<f", x))[0], 1.0 + 2.0 ** -8)
        self.assertEqual(list(encode("bfloat16", [x])), [0x3F81])
        self.assertEqual(list(encode("bfloat16", [1.0 + 2.0 ** -8])), [0x3F80])

    def test_tiny(self):
        for dtype in FORMATS:
            self.assertEqual(pattern(dtype, 5e-324), 0)


if __name__ == "__main__":
    unittest.main()
