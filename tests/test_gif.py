"""GIF: what we write is read back by a reader that follows the standard, code by code."""
import itertools
import random
import unittest

from tbx_pure.errors import InputError
from tbx_pure.media.animation import changes
from tbx_pure.media.gif import MAX_DELAY, MAX_SIDE, gif, lzw
from tbx_pure.media.palette import MOST_TO_CENTER, indexed

from .gif_reader import read_gif, unlzw


def noise(size, seed=0):
    rng = random.Random(seed)
    return bytes([rng.getrandbits(8) for _ in range(size)])


def gray_as_rgb(pixels):
    return bytes([v for v in pixels for _ in range(3)])


def shown(data):
    """Return [(delay, the pixels of the whole picture)]."""
    return [(frame.delay, frame.shown) for frame in read_gif(data).frames]


class TestLzw(unittest.TestCase):

    def test_worked_example(self):
        # clear, 1, "1 1" (code 6), "1 1" again; then there is a code 8, of 4 bits: 2, end
        data = lzw(bytes([1, 1, 1, 1, 1, 2]), 2)
        self.assertEqual(unlzw(data, 2), (bytes([1, 1, 1, 1, 1, 2]), {3: 4, 4: 2}))
        self.assertEqual("".join(format(byte, "08b")[::-1] for byte in data),
                         "001" "100" "011" "011" "0100" "1010" "0000")

    def test_every_length(self):
        for size in range(1, 600):                      # so that the end falls on each change
            for bits, numbers in ((2, bytes([i % 3 for i in range(size)])), (2, bytes(size)),
                                  (8, noise(size, size))):
                self.assertEqual(unlzw(lzw(numbers, bits), bits)[0], numbers)

    def test_end_at_every_change_of_width(self):
        """Runs of one number: the n-th code stands for n of them, so ends are easy to place."""
        for codes in itertools.chain(range(1, 40), range(502, 516)):
            numbers = bytes(codes * (codes + 1) // 2)
            self.assertEqual(unlzw(lzw(numbers, 2), 2)[0], numbers)

    def test_table_is_full(self):
        for bits in (2, 4, 8):
            numbers = bytes([v >> 8 - bits for v in noise(40000, bits)])
            found, widths = unlzw(lzw(numbers, bits), bits)
            self.assertEqual(found, numbers)
            self.assertGreater(widths[bits + 2], 2 ** (bits + 1))       # begun anew
        for size in range(3830, 3850):                          # the end near where it fills
            numbers = noise(size)
            self.assertEqual(unlzw(lzw(numbers, 8), 8)[0], numbers)

    def test_it_compresses(self):
        self.assertLess(len(lzw(bytes(100000), 8)), 700)


class TestExact(unittest.TestCase):
    """Pictures of at most 256 colors come out as they went in."""

    def test_gray(self):
        for height, width in ((1, 1), (1, 7), (7, 1), (16, 16), (100, 90)):
            pixels = noise(height * width)
            self.assertEqual(shown(gif([pixels], height, width, 1, [10])), [(10, gray_as_rgb(pixels))])

    def test_every_number_of_colors(self):
        for colors in (1, 2, 3, 4, 5, 16, 17, 128, 129, 255, 256):
            pixels = b"".join(bytes([i, 255 - i, i * 7 & 255]) for i in range(colors)) * 2
            data = gif([pixels], 2, colors, 3, [0])
            self.assertEqual(shown(data), [(0, pixels)])
            places = len(read_gif(data).table) // 3
            self.assertTrue(colors <= places <= max(2, 2 * colors - 1), places)

    def test_size_is_the_smallest(self):
        self.assertEqual(gif([b"\xff"], 1, 1, 1, [0]).hex(),
                         "474946383961" "01000100f00000" "ffffff000000"
                         "21ff0b4e45545343415045322e300301000000" "21f904040000" "0000"
                         "2c00000000010001000002024401003b")

    def test_colors_of_several_frames(self):
        frames = [noise(3 * 60, seed) for seed in range(4)]             # 240 colors
        data = gif(frames, 6, 10, 3, [1, 2, 3, 4])
        self.assertEqual(shown(data), list(zip([1, 2, 3, 4], frames)))
        self.assertEqual([frame.table for frame in read_gif(data).frames], [None] * 4)

    def test_tables_of_their_own(self):
        frames = [noise(3 * 200, seed) for seed in range(3)]            # 600 colors
        found = read_gif(gif(frames, 10, 20, 3, [5, 5, 5]))
        self.assertEqual([frame.shown for frame in found.frames], frames)
        self.assertIsNone(found.table)


class TestMany(unittest.TestCase):
    """Of more than 256 colors, 256 are chosen."""

    def errors(self, pixels, height, width):
        (_, found), = shown(gif([pixels], height, width, 3, [0]))
        return [abs(a - b) for a, b in zip(pixels, found)]

    def test_257(self):
        pixels = b"".join(bytes([i % 256, i // 256, 0]) for i in range(257))
        errors = self.errors(pixels, 1, 257)
        self.assertEqual((max(errors), sum(errors)), (1, 1))            # two neighbors share one

    def test_smooth(self):
        pixels = b"".join(bytes([x * 2, y * 2, 128]) for y in range(128) for x in range(128))
        errors = self.errors(pixels, 128, 128)
        self.assertLess(sum(e * e for e in errors) / len(errors), 18)   # 16 x 16 squares: 14.2
        self.assertLess(max(errors), 20)

    def test_noise(self):
        errors = self.errors(noise(3 * 64 * 64), 64, 64)
        self.assertLess(sum(e * e for e in errors) / len(errors), 160)  # Pillow: about 300

    def test_what_is_rare_and_far_is_kept(self):
        pixels = noise(3 * 50 * 50)
        dark = bytes([v >> 2 for v in pixels])
        errors = self.errors(dark[:-3] + b"\xff\xff\xff", 50, 50)
        self.assertLess(max(errors[-3:]), 2)

    def test_the_same_each_time(self):
        pixels = noise(3 * 40 * 40)
        self.assertEqual(gif([pixels], 40, 40, 3, [0]), gif([bytes(bytearray(pixels))], 40, 40, 3, [0]))

    def test_one_table_for_all_if_good_enough(self):
        flat = [bytes([100 + (i * 7 + t) % 9 for i in range(3 * 900)]) for t in range(3)]
        self.assertIsNotNone(read_gif(gif(flat, 30, 30, 3, [1, 1, 1])).table)
        wild = [noise(3 * 900, t) for t in range(2)]
        self.assertIsNone(read_gif(gif(wild, 30, 30, 3, [1, 1])).table)

    def test_colors_of_a_table_of_its_own_are_means(self):
        frames = [noise(3 * 64 * 64, t) for t in range(2)]              # 4096 colors at 4 bits, too
        for pixels, (table, indexes) in zip(frames, indexed(frames, 3)):
            self.assertEqual(len(table), 3 * 256)
            for c in range(3):
                means = []
                for i in range(256):
                    values = [v for v, j in zip(pixels[c::3], indexes) if i == j]
                    means.append((2 * sum(values) + len(values)) // (2 * len(values)))
                self.assertEqual(list(table[c::3]), means)
            errors = [(table[3 * i + c] - v) ** 2 for c in range(3)
                      for i, v in zip(indexes, pixels[c::3])]
            self.assertLess(sum(errors) / len(errors), 160)

    def test_a_color_of_very_many_pixels(self):
        """Sums of more than 2 ** 24: none of them may spoil the next one."""
        for size in (MOST_TO_CENTER, MOST_TO_CENTER + 1000):
            white = noise(900) + b"\xff" * (3 * size - 900)
            for table, indexes in indexed([white, noise(3 * size, 1)], 3)[:1]:
                last = indexes[-1]
                self.assertEqual(table[3 * last:3 * last + 3], b"\xff\xff\xff")


class TestTime(unittest.TestCase):

    def test_endless(self):
        self.assertEqual(read_gif(gif([b"\0"], 1, 1, 1, [3])).loops, 0)

    def test_delays_are_exact(self):
        for delay in (0, 1, 2, 3, 255, 256, MAX_DELAY):
            self.assertEqual(shown(gif([b"\0", b"\1"], 1, 1, 1, [delay, 7])),
                             [(delay, b"\0\0\0"), (7, b"\1\1\1")])

    def test_the_same_become_one(self):
        a, b = b"\0", b"\1"
        self.assertEqual([delay for delay, _ in shown(gif([a, a, b, b, b, a], 1, 1, 1,
                                                          [1, 2, 3, 4, 5, 6]))], [3, 12, 6])

    def test_the_same_for_longer_than_a_delay_can_say(self):
        self.assertEqual(shown(gif([b"\5" * 6] * 3, 2, 3, 1, [MAX_DELAY, 2, 3])),
                         [(MAX_DELAY, b"\5" * 18), (5, b"\5" * 18)])

    def test_only_what_changes(self):
        frame = bytes(12 * 10)
        def spot(*places):
            out = bytearray(frame)
            for y, x in places:
                out[y * 10 + x] = 9
            return bytes(out)
        frames = [frame, spot((3, 4)), spot((3, 4), (7, 2)), spot((0, 0)), spot((0, 0), (11, 9))]
        found = read_gif(gif(frames, 12, 10, 1, [1] * 5)).frames
        self.assertEqual([frame.rectangle for frame in found],
                         [(0, 0, 10, 12), (4, 3, 1, 1), (2, 7, 1, 1), (0, 0, 5, 8), (9, 11, 1, 1)])
        self.assertEqual([frame.shown for frame in found], list(map(gray_as_rgb, frames)))
        self.assertEqual({frame.disposal for frame in found}, {1})

    def test_rectangle_of_changes_on_some_sides(self):
        """Of the pixels in the middles of the four sides, and the one in the middle, some change."""
        places = (0, 2), (4, 2), (2, 0), (2, 4), (2, 2)                 # (row, column) of 5 x 5
        for step in (1, 3):
            for some in range(1, 1 << len(places)):
                chosen = [place for i, place in enumerate(places) if some >> i & 1]
                frame = bytearray(5 * 5 * step)
                for y, x in chosen:
                    frame[(5 * y + x) * step + step - 1] = 9            # the last channel alone
                found = changes([bytes(25 * step), bytes(frame)], 5, 5, step, [1, 1], 9, 9)[1]
                (top, *_, last), (left, *_, right) = [sorted(side * 2) for side in zip(*chosen)]
                self.assertEqual(found[:4], (top, left, last - top + 1, right - left + 1))


class TestArguments(unittest.TestCase):

    def test_transparent_is_white(self):
        self.assertEqual(shown(gif([bytes([255, 0, 0, 255, 9, 9, 9, 0, 0, 0, 0, 128])], 1, 3, 4, [0])),
                         [(0, bytes([255, 0, 0, 255, 255, 255, 127, 127, 127]))])
        self.assertEqual(shown(gif([bytes([0, 255, 0, 0])], 2, 1, 2, [0])),
                         [(0, b"\0\0\0\xff\xff\xff")])

    def test_largest(self):
        found = read_gif(gif([bytes(MAX_SIDE)], 1, MAX_SIDE, 1, [0]))
        self.assertEqual((found.height, found.width), (1, MAX_SIDE))
        found = read_gif(gif([bytes(MAX_SIDE)], MAX_SIDE, 1, 1, [0]))
        self.assertEqual((found.height, found.width), (MAX_SIDE, 1))

    def test_refused(self):
        for arguments, argument in (
                (([], 1, 1, 1, []), "frames"),
                (([b"\0"], 1, 1, 1, []), "delays"),
                (([b"\0"], 1, 1, 1, [1, 2]), "delays"),
                (([b"\0", b""], 1, 1, 1, [1, 1]), "frames[1]"),
                (([b"\0"], 1, 1, 3, [1]), "frames[0]"),
                (([b"\0"], 1, 1, 1, [-1]), "delays[0]"),
                (([b"\0"], 1, 1, 1, [MAX_DELAY + 1]), "delays[0]"),
                (([b"\0"], 1, 1, 1, [0.5]), "delays[0]"),
                (([b"\0"] * 2, 1, 1, 1, [1, None]), "delays[1]"),
                (([bytes(MAX_SIDE + 1)], 1, MAX_SIDE + 1, 1, [1]), "size"),
                (([bytes(MAX_SIDE + 1)], MAX_SIDE + 1, 1, 1, [1]), "size"),
                (([b""], 0, 1, 1, [1]), "size"),
                (([b""] * 2, 1, 1, 0, [MAX_DELAY] * 2), "channels"),
                (([bytes(5)], 1, 1, 5, [1]), "channels")):
            with self.subTest(argument), self.assertRaises(InputError) as caught:
                gif(*arguments)
            self.assertEqual(caught.exception.argument, argument)


if __name__ == "__main__":
    unittest.main()
