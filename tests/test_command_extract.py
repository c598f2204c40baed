"""extract: pictures, sounds and texts become files, under names that harm nobody."""
import os
import random
import sys
import unittest
from unittest import mock

from tbx_pure import SummaryWriter
from tbx_pure.commands.extract import MAGIC, ending, harmless, path_of

from .helpers import InDirectory, event_files
from .in_terminal import in_every_terminal, missing
from .test_commands import run


class TestNames(unittest.TestCase):

    def test_harmless(self):
        for name, expected in (
                ("loss", "loss"), ("", "%"), (".", "%2e"), ("..", "%2e%2e"), ("...", "%2e%2e%2e"),
                ("CON", "%43ON"), ("nul.txt", "%6eul.txt"), ("com1", "%63om1"), ("com0", "com0"),
                ("a:b\\c", "a%3ab%5cc"), ("a%3ab", "a%253ab"), ("x. ", "x%2e%20"), (".x", "%2ex"),
                ("a\0b\n", "a%00b%0a"), ("\u635f\u5931", "\u635f\u5931")):
            self.assertEqual(harmless(name), expected)

    def test_where_file_names_are_ascii(self):
        def ascii_only(text):
            return text.encode("ascii")
        with mock.patch("os.fsencode", ascii_only):
            self.assertEqual([harmless(name) for name in ("loss", "\u635f:", "%e6")],
                             ["loss", "%e6%8d%9f%3a", "%25e6"])
        self.assertEqual(harmless("\udce6" * 2), "\udce6" * 2)
        self.assertLess(len(harmless("\udce6" * 300)), 100)

    def test_any_name(self):
        rng = random.Random(1)
        seen = {}
        for _ in range(3000):
            name = "".join(rng.choice("./\\:aA %\0\u635f~") for _ in range(rng.choice((1, 2, 3, 4, 150))))
            text = harmless(name)
            self.assertNotRegex(text, r'[<>:"/\\|?*\x00-\x1f]|^\.|[. ]$|^$')
            self.assertLessEqual(len(text.encode("utf-8")), 200)
            self.assertEqual(seen.setdefault(text, name), name)

    def test_long_where_there_is_no_zlib(self):
        with mock.patch.dict(sys.modules, zlib=None):
            self.assertEqual(harmless("ab" * 300), "ab" * 45 + "a-24f5f0f3")

    def test_path(self):
        self.assertEqual(path_of(".", "a/b"), ["a", "b"])
        self.assertEqual(path_of("../x", "/../b"), ["%2e%2e", "x", "%", "%2e%2e", "b"])

    def test_endings(self):
        for magic, end in MAGIC:
            self.assertEqual(ending(magic + b"rest"), end)
        self.assertEqual(ending(b"RIFF\0\0\0\0WAVEfmt "), ".wav")
        self.assertEqual(ending(b"\0\0\0\x20ftypisom"), ".mp4")
        self.assertEqual([ending(data) for data in (b"", b"RIFF", b"text")], [".bin"] * 3)


class TestExtract(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.log, self.out = self.path("log"), self.path("out")
        with SummaryWriter(os.path.join(self.log, "a"), raw_tags=True) as w:
            w.add_image("pic", [[0.5]], 5, dataformats="HW")
            w.add_image("pic", [[0.7]], 10, dataformats="HW")
            w.add_image("PIC", [[0.9]], 10, dataformats="HW")
            w.add_video("clip", [[[[[0.5]]], [[[0.1]]]]], 1)
            w.add_audio("beep", [0.0, 0.5], 2)
            w.add_text("../../\u635f", "hello\nworld", 3)
            w.add_scalar("x", 1, 1)

    def files(self):
        return sorted(os.path.relpath(os.path.join(folder, name), self.out).replace(os.sep, "/")
                      for folder, _, names in os.walk(self.out) for name in names)

    def test_files(self):
        code, out, err = run("extract", self.log, "-o", self.out)
        self.assertEqual(code, 0)
        self.assertIn("6 files, ", err)
        names = self.files()
        self.assertEqual(len(out.splitlines()), 6)
        self.assertIn("a/%2e%2e/%2e%2e/\u635f/text_summary/3-0.md", names)
        self.assertEqual(len({name.lower() for name in names}), 6)
        self.assertEqual(len([name for name in names if name.lower().startswith("a/pic/10-0")]), 2)
        with open(os.path.join(self.out, "a", "pic", "05-0.png"), "rb") as f:
            self.assertTrue(f.read().startswith(b"\x89PNG"))
        with open(os.path.join(self.out, *"a/%2e%2e/%2e%2e/\u635f/text_summary/3-0.md".split("/")),
                  encoding="utf-8") as f:
            self.assertEqual(f.read(), "hello\nworld")
        self.assertEqual(sorted(os.listdir(self.directory)), ["log", "out"])

    def test_filters(self):
        run("extract", self.log, "-o", self.out, "--plugin", "audio", "--tag", "b*")
        self.assertEqual(self.files(), ["a/beep/2-0.wav"])
        self.assertEqual(run("extract", self.log, "--plugin", "scalars")[0], 2)
        self.assertEqual(run("extract", self.log, "--tag", "none")[0], 1)

    def test_what_is_there_stays(self):
        run("extract", self.log, "-o", self.out)
        place = os.path.join(self.out, "a", "beep", "2-0.wav")
        with open(place, "w") as f:
            f.write("mine")
        code, out, err = run("extract", self.log, "-o", self.out)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("--force", err)
        self.assertEqual(os.path.getsize(place), 4)
        self.assertEqual(run("extract", self.log, "-o", self.out, "--force")[0], 0)
        self.assertGreater(os.path.getsize(place), 4)

    def test_dry_run(self):
        code, out, err = run("extract", self.log, "-o", self.out, "-n")
        self.assertEqual((code, len(out.splitlines())), (0, 6))
        self.assertIn("would be 6 files", err)
        self.assertFalse(os.path.exists(self.out))

    @unittest.skipUnless(hasattr(os, "symlink") and os.name == "posix", "no links")
    def test_a_link_that_leads_out(self):
        os.makedirs(self.path("elsewhere"))
        os.makedirs(self.out)
        os.symlink(self.path("elsewhere"), os.path.join(self.out, "a"))
        code, out, err = run("extract", self.log, "-o", self.out)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("leads out", err)
        self.assertEqual(os.listdir(self.path("elsewhere")), [])

    def test_what_is_not_there(self):
        missing(self, "extract", "-o", self.out)

    def test_no_directory(self):
        with open(self.out, "w"):
            pass
        code, out, err = run("extract", self.log, "-o", self.out)
        self.assertEqual((code, out, err.count("\n")), (2, "", 1))
        self.assertIn("-o: need a directory, got ", err)
        code, out, err = run("extract", self.log, "-o", os.path.join(self.out, "a"))
        self.assertEqual((code, out, err.count("\n")), (3, "", 1))      # not once for each file

    def test_a_file_that_was_cut(self):
        file, = event_files(self.log)
        with open(file, "r+b") as f:
            f.truncate(os.path.getsize(file) - 60)
        self.assertEqual(run("extract", self.log, "-o", self.out)[0], 0)        # the scalar's record
        with open(file, "r+b") as f:
            f.seek(90)
            f.write(b"\xff")
        self.assertEqual(run("extract", self.log, "-o", self.path("more"))[0], 1)

    def test_in_every_terminal(self):
        for i, (out, encoding, _) in enumerate(in_every_terminal("extract", self.log, "-n")):
            self.assertRegex(out, "\u635f" if encoding == "utf-8" else r"\\u635f|%e6%8d%9f")


if __name__ == "__main__":
    unittest.main()
