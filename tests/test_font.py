"""The font: what it has, how it is composed, what it measures."""
import unittest
import zipfile
from itertools import product
from os import path, walk

from tbx_pure.media import font

from .helpers import PACKAGE, ROOT, InDirectory, python

ASCII = "".join(map(chr, range(0x20, 0x7F)))
LATIN_1 = "".join(map(chr, range(0xA0, 0x100)))
SIGNS = "\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u20ac\u2212"
ALIKE = {" ": "\xa0", "-": "\xad", "\u2013": "\u2212"}


def drawn(char):
    return "\n".join(font.rows(char))


class TestGlyphs(unittest.TestCase):

    def test_has_ascii_latin_1_and_signs(self):
        self.assertEqual(font.missing(ASCII + LATIN_1 + SIGNS), set())
        self.assertEqual(font.missing("a\xe4\u732b\n\u03b6"), {"\u732b", "\n", "\u03b6"})
        self.assertEqual(font.missing(""), set())

    def test_rows(self):
        for char in ASCII + LATIN_1 + SIGNS:
            rows = font.rows(char)
            self.assertEqual(len(rows), font.HEIGHT, char)
            self.assertEqual({len(row) for row in rows}, {len(rows[0])}, char)
            self.assertLessEqual(set("".join(rows)), set("#."), char)
            self.assertEqual("#" in "".join(rows), char not in " \xa0", char)

    def test_no_two_look_alike(self):
        seen = {}
        for char in ASCII + LATIN_1 + SIGNS:
            twin = seen.setdefault(font.rows(char), char)
            self.assertTrue(twin == char or ALIKE.get(twin) == char, (twin, char))

    def test_no_empty_column_at_either_side(self):
        for char in ASCII + LATIN_1:
            columns = ["".join(column) for column in zip(*font.rows(char))]
            if char not in " \xa0":
                self.assertIn("#", columns[0] + columns[-1], char)

    def test_capitals_stand_on_the_baseline(self):
        for char in "ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789":
            rows = font.rows(char)
            self.assertEqual([i for i, row in enumerate(rows) if "#" in row],
                             list(range(3, font.BASELINE)), char)

    def test_art(self):
        self.assertEqual(drawn("\xe9"),
                         ".....\n"
                         ".....\n"
                         "...#.\n"
                         "..#..\n"
                         ".....\n"
                         ".###.\n"
                         "#...#\n"
                         "#####\n"
                         "#....\n"
                         "#...#\n"
                         ".###.\n"
                         ".....\n"
                         ".....")

    def test_accents(self):
        for letter, accented in (("e", "\xe8\xe9\xea\xeb"), ("O", "\xd2\xd3\xd4\xd5\xd6"),
                                 ("n", "\xf1"), ("u", "\xfc"), ("Y", "\xdd"), ("a", "\xe5")):
            start = font.ABOVE + (font.SMALL if letter.islower() else 0)
            for char in accented:
                self.assertEqual(font.rows(char)[start:], font.rows(letter)[start:], char)
                self.assertIn("#", "".join(font.rows(char)[:start]), char)
        self.assertEqual(font.rows("\xe7")[:font.BASELINE], font.rows("c")[:font.BASELINE])
        self.assertIn("#", font.rows("\xc7")[-1])

    def test_an_accent_takes_the_place_of_the_dot(self):
        self.assertEqual(font.rows("i")[3], ".#.")
        self.assertEqual(font.rows("\xef")[2:5], ("...", "#.#", "..."))

    def test_what_is_missing_is_a_box(self):
        self.assertEqual(font.rows("\u732b"), font.rows("\ufffd"))
        self.assertEqual(font.rows("\u732b")[3:5], ("#####", "#...#"))


class TestLarge(unittest.TestCase):

    def test_steps_are_filled(self):
        """Where two pixels touch at a corner; not in the corner of an L, or of a T."""
        for small, large in (
                (("#..", ".#.", "..#"),
                 ("##....", "###...", ".###..", "..###.", "...###", "....##")),
                (("#..", "#..", "###"),
                 ("##....", "##....", "##....", "##....", "######", "######")),
                ((".#.", "#.#"), ("..##..", ".####.", "######", "##..##"))):
            self.assertEqual(tuple(font._doubled(small)), large)

    def test_no_ink_is_lost(self):
        for char in ASCII + LATIN_1 + SIGNS:
            small, large = font.rows(char), font.large(char)
            self.assertEqual((len(large), len(large[0])), (2 * len(small), 2 * len(small[0])))
            for y, x in product(range(len(large)), range(len(large[0]))):
                if small[y // 2][x // 2] == "#":
                    self.assertEqual(large[y][x], "#")


class TestSize(unittest.TestCase):

    def test_size(self):
        self.assertEqual(font.size(""), (0, 13))
        self.assertEqual(font.size("i"), (3, 13))
        self.assertEqual(font.size("ii"), (7, 13))
        self.assertEqual(font.size("W\u732bi"), (7 + 1 + 5 + 1 + 3, 13))
        self.assertEqual(font.size("ii", 3), (21, 39))

    def test_digits_are_equally_wide(self):
        self.assertEqual({font.size(digit)[0] for digit in "0123456789"}, {5})


class TestFile(InDirectory):

    def test_from_a_zip(self):
        with zipfile.ZipFile(self.path("all.zip"), "w") as z:
            for folder, _, names in walk(PACKAGE):
                for name in names:
                    if not name.endswith(".pyc"):
                        full = path.join(folder, name)
                        z.write(full, path.relpath(full, ROOT))
        code = ("import sys; sys.path.insert(0, sys.argv[1]);"
                "from %s.media import font; print(font.__file__, *font.size('a\\xe4'))"
                % path.basename(PACKAGE))
        out = python("-S", "-c", code, self.path("all.zip"), cwd=self.directory)
        self.assertIn("all.zip", out)
        self.assertEqual(out.split()[-2:], ["11", "13"])

    def test_is_not_read_before_it_is_needed(self):
        code = "from %s.media import font; print(len(font._glyphs))" % path.basename(PACKAGE)
        self.assertEqual(python("-c", code).strip(), "0")


if __name__ == "__main__":
    unittest.main()
