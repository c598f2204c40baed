"""The command line: what it prints where, and the code it exits with."""
import os
import subprocess
import sys
import unittest
from unittest import mock

from tbx_pure import SummaryWriter
from tbx_pure.commands import COMMANDS, cat
from tbx_pure.messages import EVENT
from tbx_pure.record import frame

from .commands import run, write
from .helpers import PACKAGE_NAME, ROOT, InDirectory, python


class TestCli(unittest.TestCase):

    def test_help(self):
        code, out, _ = run("--help")
        self.assertEqual(code, 0)
        for name in COMMANDS:
            self.assertRegex(out, r"(?m)^  %s +\S" % name)
        self.assertEqual(run(), (2, out, ""))

    def test_help_of_each_command_has_an_example(self):
        for name in COMMANDS:
            code, out, _ = run(name, "--help")
            self.assertEqual(code, 0)
            self.assertIn("python3 -m %s %s" % (PACKAGE_NAME, name), out.split("\n", 2)[2])

    def test_help_fits_the_terminal(self):
        with mock.patch.dict(os.environ, COLUMNS="80"):
            for text in [run()[1]] + [run(name, "--help")[1].partition("\nexamples:")[0]
                                      for name in COMMANDS]:
                for line in text.splitlines():
                    self.assertLessEqual(len(line), 80)

    def test_version(self):
        code, out, _ = run("--version")
        self.assertEqual((code, out.split()[0]), (0, PACKAGE_NAME))

    def test_unknown(self):
        code, out, err = run("dance")
        self.assertEqual((code, out), (2, ""))
        self.assertTrue(err.endswith("\n\n%s: no command 'dance'\n" % PACKAGE_NAME), err)
        self.assertTrue(run("lss")[2].endswith("no command 'lss': did you mean ls?\n"))
        self.assertEqual(run("cat")[0], 2)
        self.assertEqual(run("cat", "--wrong")[0], 2)

    def test_without_docstrings(self):
        self.assertIn("cat", python("-OO", "-m", PACKAGE_NAME, "--help"))


class TestPaths(InDirectory):
    def test_a_file_below_two_paths_counts_once(self):
        path = write(self.path("run"), ["loss"])
        for again in (self.path("run"), self.path("run", ""), self.directory, path):
            for command in (["export"], ["ls", "-l", "--format", "csv"], ["cat"]):
                with self.subTest(again=again, command=command):
                    self.assertEqual(run(*command + [self.path("run"), again])[1].count("loss"),
                                     run(*command + [self.path("run")])[1].count("loss"))

    def test_standard_input_is_one_side(self):
        code, out, err = run("diff", "-", "-")
        self.assertEqual((code, out, "standard input at most once" in err), (2, "", True))

    def test_one_of_a_thing(self):
        path = self.path("tfevents")
        with open(path, "wb") as f:
            f.write(frame(EVENT.encode({"wall_time": float("nan"), "file_version": "brain.Event:2"})))
            f.write(b"\0")
        for command, text in (("verify", ", 1 record\n"), ("doctor", "1 event without a wall time"),
                              ("repair", "1 record kept, 1 byte lost")):
            with self.subTest(command):
                self.assertIn(text, run(command, path, *["-n"] * (command == "repair"))[1])


class TestCat(InDirectory):

    def test_every_kind_of_event(self):
        with SummaryWriter(self.path("run"), purge_step=2) as w:
            w.add_scalar("loss", 0.1, 3, walltime=1700000000.9996)
            w.add_scalars("both", {"a": 1}, 4, walltime=-1.5)
            w.add_text("t", "line\nline", 5, walltime=0)
            w.add_histogram("h", [1, 2], 6, bins=2, walltime=1e300)
            w.add_image("i", [[0.5]], 7, dataformats="HW")
        code, out, err = run("cat", self.path("run"))
        self.assertEqual((code, err), (0, ""))
        lines = out.splitlines()
        self.assertIn("run ., file " + self.path("run"), lines[0])
        self.assertIn("run %s, file " % os.path.join("both", "a"), out)
        for end in ("step 0       file_version brain.Event:2",
                    "step 2       session_log {'status': 'START'}",
                    "  2023-11-14 22:13:20.999  step 3       loss  scalars  0.1",
                    "  1969-12-31 23:59:58.500  step 4       both  scalars  1",
                    "  1970-01-01 00:00:00.000  step 5       t/text_summary  text  'line\\nline'",
                    "  1e+300  step 6       h  histograms  2 values from 1 to 2 in 3 buckets"):
            self.assertEqual(len([line for line in lines if line.endswith(end)]), out.count(end))
            self.assertGreaterEqual(out.count(end), 1, end)
        self.assertRegex(out, r"step 7       i  images  1 x 1 pixels, \d+ bytes")

    def test_what_we_do_not_write(self):
        path = self.path("tfevents")
        with open(path, "wb") as f:
            for event in ({}, {"graph_def": b"abc"}, {"wall_time": float("nan"), "log_message": {"message": "m"}},
                          {"summary": {}}, {"summary": {"value": [{}, {"tag": "x"}]}},
                          {"source_metadata": {"writer": "w"}, "file_version": "v"}):
                f.write(frame(EVENT.encode(event)))
        code, out, err = run("cat", path)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("graph_def 3 bytes", out)
        self.assertIn("nan  step 0       log_message {'message': 'm'}", out)
        self.assertIn("x  no plugin", out)

    def test_damage(self):
        SummaryWriter(self.directory).add_scalar("x", 1)
        name, = os.listdir(self.directory)
        with open(self.path(name), "r+b") as f:
            f.seek(-3, 2)
            f.write(b"\xff\xff\xff")
        code, out, err = run("cat", self.directory)
        self.assertEqual(code, 1)
        self.assertIn("file_version", out)
        self.assertIn(name + ": damaged: data has checksum", err)
        self.assertIn("rule record-3", err)

    def test_one_damaged_file_does_not_hide_the_next(self):
        for run_name in ("a", "b"):
            SummaryWriter(self.path(run_name)).add_scalar(run_name, 1)
        name, = os.listdir(self.path("a"))
        with open(self.path("a", name), "r+b") as f:
            f.write(b"\xff")
        code, out, err = run("cat", self.directory)
        self.assertEqual((code, err.count("damaged")), (1, 1))
        self.assertIn("b  scalars  1", out)

    def test_nothing_there(self):
        code, _, err = run("cat", self.path("nowhere"))
        self.assertEqual((code, err), (3, "%s: No such file or directory\n" % self.path("nowhere")))
        code, _, err = run("cat", self.directory)
        self.assertEqual((code, err), (1, "%s: no event files\n" % self.directory))

    def test_any_encoding(self):
        SummaryWriter(self.directory).add_text("\u635f\u5931", "\u635f\u5931 \U0001f600")
        for encoding in ("ascii", "cp1252", "utf-8"):
            out = subprocess.check_output([sys.executable, "-m", PACKAGE_NAME, "cat", self.directory], cwd=ROOT,
                                          env=dict(os.environ, PYTHONIOENCODING=encoding)).decode(encoding)
            self.assertIn("\u635f\u5931" if encoding == "utf-8" else "\\u635f\\u5931", out)

    def test_a_reader_that_has_seen_enough(self):
        writer = SummaryWriter(self.directory)
        for i in range(5000):
            writer.add_scalar("x", i, i)
        process = subprocess.Popen([sys.executable, "-m", PACKAGE_NAME, "cat", self.directory], cwd=ROOT,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual((process.stderr.read(), process.wait()), (b"", 0))
        process.stderr.close()

    @unittest.skipUnless(os.path.exists("/dev/full"), "no disk that is always full")
    def test_output_that_nothing_takes(self):
        """It is said, be standard output buffered or not, and in help and data alike."""
        with SummaryWriter(self.directory) as w:
            w.add_scalar("x", 1, 1)
        path = self.path(*os.listdir(self.directory))
        for arguments in (["ls", "--help"], ["run", "--help"], ["--help"], ["cat", path],
                          ["decode", path], ["repair", path, "-o", "-"]):
            for unbuffered in ("", "1"):
                with self.subTest(arguments=arguments, unbuffered=unbuffered):
                    with open("/dev/full", "wb") as full:
                        process = subprocess.Popen(
                            [sys.executable, "-m", PACKAGE_NAME] + arguments, cwd=ROOT, stdout=full,
                            stderr=subprocess.PIPE, env=dict(os.environ, PYTHONUNBUFFERED=unbuffered))
                    err = process.communicate()[1].splitlines()[-1:]
                    self.assertEqual((err, process.returncode),
                                     ([b"standard output: No space left on device"], 3))

    @unittest.skipUnless(os.name == "posix", "a pipe's other end")
    def test_messages_that_nobody_takes(self):
        path = self.path("tfevents")
        with open(path, "wb") as f:
            f.write(b"\xff" * 40 + frame(EVENT.encode({"file_version": "brain.Event:2"})))
        ends = os.pipe()
        os.close(ends[0])
        process = subprocess.Popen([sys.executable, "-W", "error", "-m", PACKAGE_NAME, "cat", path],
                                   cwd=ROOT, stdout=subprocess.PIPE, stderr=ends[1])
        os.close(ends[1])
        out = process.communicate()[0]
        self.assertIn(b"brain.Event:2", out)
        self.assertEqual(process.returncode, 1)

    def test_lines(self):
        self.assertEqual(cat.lines({"summary": {}}), [])
        self.assertEqual(len(cat.lines({})), 1)


if __name__ == "__main__":
    unittest.main()
