"""What all commands print alike: tables, CSV, JSON, colors, widths, progress, new files."""
import argparse
import contextlib
import csv
import io
import json
import os
import sys
import unittest
from unittest import mock

from tbx_pure.commands import output, rows
from tbx_pure.errors import InputError

from .helpers import InDirectory

NAN, INF = float("nan"), float("inf")


class Stream(io.StringIO):
    """A stream that says of itself what it is told to."""

    def __init__(self, encoding="utf-8", terminal=False):
        io.StringIO.__init__(self)
        self.told, self.terminal = encoding, terminal

    encoding = property(lambda self: self.told)

    def isatty(self):
        return self.terminal


def printed(names, values, form, stream=None, columns="80"):
    """Return what write_rows() prints."""
    stream = stream or Stream()
    with contextlib.redirect_stdout(stream), mock.patch.dict(os.environ, COLUMNS=columns):
        rows.write_rows(names, values, form)
    return stream.getvalue()


class TestRows(unittest.TestCase):
    NAMES = ["tag", "step", "value"]
    VALUES = [["loss", 1, 0.5], ["\u635f\u5931", 1000, NAN], ["a,\"b\"\n\x1b[2J", 3, None]]

    def test_table(self):
        self.assertEqual(printed(self.NAMES, self.VALUES, "table").splitlines(), [
            "tag             step  value",
            "loss               1    0.5",
            "\u635f\u5931            1000    NaN",
            "a,\"b\"\\n\\x1b[2J     3"])
        self.assertEqual(printed(["a"], [], "table"), "a\n")

    def test_table_in_ascii(self):
        lines = printed(self.NAMES, self.VALUES[:2], "table", Stream("ascii")).splitlines()
        self.assertEqual(lines[2], "\\u635f\\u5931  1000    NaN")
        self.assertEqual(lines[1], "loss             1    0.5")

    def test_only_a_terminal_cuts(self):
        long = [["x" * 200, 1, 2.5], ["\u635f" * 100, 10, 3.5]]
        self.assertIn("x" * 200, printed(self.NAMES, long, "table"))
        lines = printed(self.NAMES, long, "table", Stream(terminal=True), "40").splitlines()
        self.assertEqual({output.width_of(line) for line in lines[1:]}, {40})
        self.assertIn("x\u2026", lines[1])
        lines = printed(self.NAMES, long, "table", Stream("ascii", True), "40").splitlines()
        self.assertIn("x...", lines[1])
        self.assertTrue(all(len(line) <= 40 for line in lines))

    def test_csv(self):
        text = printed(self.NAMES, self.VALUES, "csv")
        self.assertEqual(list(csv.reader(io.StringIO(text, newline=""))), [
            self.NAMES, ["loss", "1", "0.5"], ["\u635f\u5931", "1000", "NaN"],
            ["a,\"b\"\n\x1b[2J", "3", ""]])

    def test_json(self):
        wanted = [dict(zip(self.NAMES, row)) for row in self.VALUES]
        wanted[1]["value"] = "NaN"
        for encoding in "utf-8", "cp1252", "ascii":
            text = printed(self.NAMES, self.VALUES, "json", Stream(encoding))
            self.assertEqual(json.loads(text), wanted)
            lines = printed(self.NAMES, self.VALUES, "jsonl", Stream(encoding)).splitlines()
            self.assertEqual(list(map(json.loads, lines)), wanted)
        self.assertEqual(json.loads(printed(self.NAMES, [], "json")), [])
        self.assertIn("\u635f", printed(self.NAMES, self.VALUES, "jsonl"))
        self.assertLess(max(printed(self.NAMES, self.VALUES, "jsonl", Stream("gbk"))), "\x7f")

    def test_values(self):
        self.assertEqual(rows.finite([INF, -INF, {1: NAN}, b"abc", 1.5, (True,)]),
                         ["Infinity", "-Infinity", {"1": "NaN"}, "3 bytes", 1.5, [True]])
        self.assertIsNone(rows.finite(NAN, None))
        self.assertEqual([rows.texted(x) for x in (None, True, 1, 0.1, INF, "a", [1, NAN])],
                         ["", "true", "1", "0.1", "Infinity", "a", '[1, "NaN"]'])

    def test_number(self):
        self.assertEqual(repr(rows.number(0.10000000149011612)), "0.1")
        self.assertEqual(repr(rows.number(0.1)), "0.1")
        for x in (1 / 3, 1e300, -0.0, INF, 5e-324, 2.0 ** 60):
            self.assertEqual(repr(rows.number(x)), repr(x))
        self.assertNotEqual(rows.number(NAN), rows.number(NAN))

    def test_iso(self):
        self.assertEqual(rows.iso(1700000000.9996), "2023-11-14T22:13:20.999Z")
        self.assertEqual(rows.iso(-1.5), "1969-12-31T23:59:58.500Z")
        self.assertEqual((rows.iso(NAN), rows.iso(1e300), rows.iso(INF)), ("nan", "1e+300", "inf"))


class TestText(unittest.TestCase):

    def test_visible(self):
        self.assertEqual(output.visible("a\tb\x1b[2J\u202e\u635f"), "a\\tb\\x1b[2J\\u202e\u635f")
        self.assertEqual(output.visible("\xe9\u635f", "cp1252"), "\xe9\\u635f")
        family = "\U0001f468\u200d\U0001f469"
        self.assertEqual(output.visible(family), family)

    def test_width(self):
        for text, width in (("abc", 3), ("\u635f\u5931", 4), ("e\u0301", 1), ("\U0001f600", 2),
                            ("\uff21", 2), ("\u200d", 0), ("", 0), ("\xe9", 1)):
            self.assertEqual(output.width_of(text), width, ascii(text))

    def test_cut(self):
        for text in ("short", "quite a long text", "\u635f\u5931" * 9, "a\u635f" * 9):
            for width in range(12):
                for encoding in None, "ascii":
                    found = output.cut(text, width, encoding)
                    self.assertLessEqual(output.width_of(found), width)
                    self.assertGreaterEqual(output.width_of(found),
                                            min(width, output.width_of(text)) - 1)
        self.assertEqual(output.cut("abcdef", 4), "abc\u2026")
        self.assertEqual(output.cut("abcd", 4), "abcd")

    def test_sizes_and_times(self):
        self.assertEqual([output.sized(n) for n in (0, 999, 1000, 1500000, 2e13)],
                         ["0 B", "999 B", "1 kB", "1.5 MB", "20 TB"])
        self.assertEqual([output.clocked(s) for s in (0, 59.4, 59.6, 3599, 7200, 4e5, 1e300)],
                         ["0 s", "59 s", "1:00 min", "59:59 min", "2:00 h", "4 d", "11574074 d"])


class TestColor(unittest.TestCase):

    def colored(self, choice="auto", terminal=True, **environ):
        with mock.patch.dict(os.environ, environ):
            for name in {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"} - set(environ):
                os.environ.pop(name, None)
            return output.colored(choice, Stream(terminal=terminal))

    def test_when(self):
        self.assertTrue(self.colored())
        self.assertTrue(self.colored(NO_COLOR=""))
        self.assertTrue(self.colored("always", terminal=False, NO_COLOR="1"))
        self.assertTrue(self.colored(terminal=False, FORCE_COLOR="1"))
        self.assertTrue(self.colored(terminal=False, CLICOLOR_FORCE="1", TERM="dumb"))
        self.assertFalse(self.colored("never"))
        self.assertFalse(self.colored(terminal=False))
        self.assertFalse(self.colored(terminal=False, FORCE_COLOR="0"))
        self.assertFalse(self.colored(NO_COLOR="1", FORCE_COLOR="1"))
        self.assertFalse(self.colored(TERM="dumb"))

    def test_paint(self):
        self.assertEqual(output.Paint("always")("x", "bad"), "\x1b[31mx\x1b[0m")
        self.assertEqual(output.Paint("always")("", "bad"), "")
        self.assertEqual(output.Paint("never")("x", "bad"), "x")


class TestProgress(unittest.TestCase):
    ARGS = argparse.Namespace(progress="auto", quiet=False)

    def shown(self, terminal=True, clock=(0, 1, 1, 1.01, 2, 2, 2), total=2000, **args):
        args = argparse.Namespace(**dict(vars(self.ARGS), **args))
        stream = Stream(terminal=terminal)
        with contextlib.redirect_stderr(stream), mock.patch.dict(os.environ, COLUMNS="80"):
            with mock.patch.object(output.time, "monotonic", mock.Mock(side_effect=clock)):
                with output.Progress(total, args, "reading") as progress:
                    for done in (500, 600, 1000):
                        progress.at(done)
        return stream.getvalue()

    def test_on_a_terminal(self):
        shown = self.shown().split("\r")
        self.assertEqual(shown[1], "reading [#####...............]  25% of 2 kB  3 s left")
        self.assertIn("50% of 2 kB  2 s left", shown[2])
        self.assertEqual(shown[3:], [" " * len(shown[2]), ""])      # and nothing is left of it

    def test_an_unknown_size(self):
        self.assertIn("\rreading 500 B", self.shown(total=0))

    def test_nowhere_else(self):
        for options in dict(terminal=False), dict(progress="never"), dict(quiet=True), dict(
                clock=(0, 0.1, 0.2, 0.3)):
            self.assertEqual(self.shown(**options), "", options)


class TestNewFile(InDirectory):

    def write(self, name, inputs=(), force=False, dry_run=False, data=b"new"):
        args = argparse.Namespace(force=force, dry_run=dry_run)
        with output.new_file(self.path(name), args, inputs) as file:
            file.write(data)
            self.assertFalse([n for n in os.listdir(self.directory) if "tfevents" in n and n != name])

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def test_new(self):
        self.write("a")
        self.assertEqual(self.read("a"), b"new")
        self.assertEqual(os.listdir(self.directory), ["a"])
        if os.name == "posix":
            umask = os.umask(0)
            os.umask(umask)
            self.assertEqual(os.stat(self.path("a")).st_mode & 0o777, 0o666 & ~umask)

    def test_one_that_is_there(self):
        self.write("a", data=b"old")
        with self.assertRaises(InputError) as caught:
            self.write("a")
        self.assertIn("--force", str(caught.exception))
        self.assertEqual(self.read("a"), b"old")
        self.write("a", force=True)
        self.assertEqual(self.read("a"), b"new")

    def test_never_an_input(self):
        self.write("a", data=b"old")
        os.symlink(self.path("a"), self.path("link"))
        os.link(self.path("a"), self.path("hard"))
        for name in "a", "link", "hard":
            with self.assertRaises(InputError):
                self.write(name, [self.path("a")], force=True)
        self.assertEqual(self.read("a"), b"old")

    def test_a_link_stays_one(self):
        self.write("a", data=b"old")
        os.symlink(self.path("a"), self.path("link"))
        self.write("link", force=True)
        self.assertTrue(os.path.islink(self.path("link")))
        self.assertEqual(self.read("a"), b"new")

    def test_dry_run(self):
        self.write("a", dry_run=True)
        self.assertEqual(os.listdir(self.directory), [])
        self.write("a")
        with self.assertRaises(InputError):
            self.write("a", dry_run=True)

    def test_an_error_leaves_nothing(self):
        args = argparse.Namespace(force=True, dry_run=False)
        self.write("a", data=b"old")
        with self.assertRaises(KeyError):
            with output.new_file(self.path("a"), args) as file:
                file.write(b"part")
                raise KeyError
        self.assertEqual((os.listdir(self.directory), self.read("a")), (["a"], b"old"))

    def test_one_that_cannot_be_written(self):
        """It is told under the name that the user gave, not the one it has aside."""
        with self.assertRaises(OSError) as caught:
            self.write(os.path.join("none", "a"))
        self.assertEqual(caught.exception.filename, self.path("none", "a"))

    def test_a_directory(self):
        with self.assertRaises(InputError):
            self.write(".", force=True)

    def test_no_regular_file(self):
        args = argparse.Namespace(force=False, dry_run=False)
        with output.new_file(os.devnull, args) as file:
            file.write(b"x")
        self.assertFalse(os.path.isfile(os.devnull))


class TestUnreadable(unittest.TestCase):

    def test_it_says_which(self):
        stream = io.StringIO()
        with contextlib.redirect_stderr(stream):
            self.assertEqual(output.unreadable(OSError(2, "No such file", "runs/x")), 3)
            self.assertEqual(output.unreadable(OSError(5, "Input/output error"), "y\x1b"), 3)
        self.assertEqual(stream.getvalue(), "runs/x: No such file\ny\\x1b: Input/output error\n")
        with self.assertRaises(BrokenPipeError):
            output.unreadable(BrokenPipeError())

    def test_streams(self):
        self.assertFalse(output.is_terminal(None))
        self.assertFalse(output.is_terminal(io.StringIO()))
        self.assertIsNone(output.encoding_of(Stream("UTF-8")))
        self.assertEqual(output.encoding_of(Stream("cp1252")), "cp1252")
        self.assertIsNotNone(sys.stdout)


if __name__ == "__main__":
    unittest.main()
