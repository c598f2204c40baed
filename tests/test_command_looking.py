"""The commands that look into files: ls, inspect, cat, tail; and all of them wherever they run."""
import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest
from unittest import mock

from tbx_pure import SummaryWriter
from tbx_pure.commands import output
from tbx_pure.messages import EVENT
from tbx_pure.record import frame

from .commands import SURROUNDINGS, TAGS, damage, run, run_in, start, write
from .helpers import PACKAGE_NAME, ROOT, InDirectory
from .vectors import SPEC

FILES = os.path.join(SPEC, "vectors", "files")

#   commands that look into event files, with arguments before the path
COMMANDS = (
    ("ls",), ("ls", "-l"), ("ls", "--runs"), ("ls", "-l", "--format", "jsonl"),
    ("inspect",), ("inspect", "--files", "--format", "table"), ("inspect", "--format", "csv"),
    ("cat",), ("cat", "--format", "table"), ("cat", "--format", "jsonl"),
    ("tail",), ("tail", "--format", "jsonl"),
    ("verify",), ("verify", "--format", "jsonl"),
    ("explain",), ("explain", "--full", "--plain"), ("explain", "--format", "jsonl"),
)


class TestEverywhere(InDirectory):
    """What holds of all of them."""

    def test_any_surroundings(self):
        write(self.path("run"))
        for encoding, variables in SURROUNDINGS:
            for command in COMMANDS:
                with self.subTest(encoding, command=command):
                    code, out, err = run_in(encoding, variables, *command + (self.directory,))
                    self.assertEqual((code, err), (0, b""))
                    text = out.decode(encoding)
                    if command[0] != "verify":
                        self.assertGreater(len(text.splitlines()), 1)
                    self.assertNotIn("\x1b[2J", text)           # what a tag or a text holds
                    colored = "FORCE_COLOR" in variables and "jsonl" not in command and (
                        "csv" not in command and "--plain" not in command)
                    self.assertEqual("\x1b[" in text, colored)
                    if "jsonl" in command:
                        list(map(json.loads, text.splitlines()))

    def test_tags_are_legible(self):
        write(self.path("run"))
        for command in ("ls",), ("inspect",), ("cat",), ("tail", "-n", "20"):
            _, out, _ = run_in("utf-8", {}, *command + (self.directory,))
            for tag in TAGS:
                self.assertIn(tag, out.decode("utf-8"))
            _, out, _ = run_in("cp1252", {}, *command + (self.directory,))
            self.assertIn("caf\xe9", out.decode("cp1252"))
            self.assertIn("\\u635f\\u5931/\\u8bad\\u7ec3", out.decode("cp1252"))

    def test_what_is_not_there(self):
        for command in COMMANDS:
            with self.subTest(command):
                code, out, err = run(*command + (self.path("nowhere"),))
                self.assertEqual((code, err), (
                    3, "%s: No such file or directory\n" % self.path("nowhere")))
                self.assertLessEqual(len(out.splitlines()), 1)          # a head at most

    def test_nothing_in_it(self):
        for command in COMMANDS:
            with self.subTest(command):
                code, _, err = run(*command + (self.directory,))
                self.assertEqual((code, err.splitlines()[0]), (
                    1, "%s: no event files" % self.directory))

    def test_nothing_like_it(self):
        path = write(self.path("run"))
        log = self.path("run")
        for command in COMMANDS + (
                ("export",), ("export", "--wide", "-q"), ("plot",), ("diff", log),
                ("extract", "-o", self.path("out")), ("report", "-o", self.path("out"))):
            for more in ("--tag", "none"), ("--plugin", "none"), ("--event", "99"):
                if more[0] in run(command[0], "--help")[1] and command[0] not in more + ("export",):
                    with self.subTest(command, more=more):
                        code, _, err = run(*command + (path,) + more)
                        said = "no such record" if command[0] == "explain" else "no such data"
                        self.assertEqual((code, said in err), (
                            2, False) if command[0] + more[0] == "extract--plugin" else (1, True))
        self.assertFalse(os.path.exists(self.path("out")))

    def test_a_file_in_the_way_is_told_before_anything_is_read(self):
        damage(write(self.path("run")), 30)
        with open(self.path("out.svg"), "w"):
            pass
        for command in ("report", "-o"), ("plot", "--svg"), ("export", "-o"):
            code, out, err = run(*command + (self.path("out.svg"), self.path("run")))
            self.assertEqual((code, out, err.count("\n")), (2, "", 1))
            self.assertIn("--force", err)

    def test_a_tag_that_looks_like_a_pattern(self):
        path = write(self.path("run"), ["w[1]", "w1"])
        for command in ("ls",), ("inspect",), ("cat",), ("tail",), ("explain",), ("export",):
            _, out, _ = run(*command + (path, "--tag", "w[1]"))
            self.assertIn("w[1]", out)

    def test_numbers(self):
        path = write(self.path("run"))
        for arguments, said in (
                (("tail", "-n", "x"), "need a whole number from 0, got 'x'"),
                (("tail", "--interval", "-1"), "need a number from 0 to 86400, got '-1'"),
                (("plot", "--smooth", "nan"), "need a number from 0 to 0.999, got 'nan'"),
                (("plot", "--height", "0"), "need a whole number from 1, got '0'"),
                (("report", "--images", "-1"), "need a whole number from 0, got '-1'"),
                (("explain", "--event", "1.5"), "need a whole number from 0, got '1.5'"),
                (("diff", "--tolerance", "-1", path), "need a number from 0, got '-1'")):
            code, out, err = run(*arguments + (path,))
            self.assertEqual((code, out), (2, ""))
            self.assertIn(said, err)

    def test_one_directory_that_cannot_be_listed(self):
        write(self.path("a"))
        os.mkdir(self.path("b"))
        closed, listed = self.path("b"), os.listdir

        def listdir(path):
            if path == closed:
                raise PermissionError(13, "Permission denied", path)
            return listed(path)
        for command in COMMANDS + (("repair", "-n"), ("export",)):
            with self.subTest(command), mock.patch("os.listdir", listdir):
                code, out, err = run(*command + (self.directory,))
                self.assertEqual((code, err), (3, closed + ": Permission denied\n"))
                self.assertGreaterEqual(len(out.splitlines()), "jsonl" not in command)

    def test_progress_within_a_file(self):
        """A long file is not one step: the line moves."""
        path, seen = write(self.path("run"), ["loss"], 300), []
        with mock.patch.object(output.Progress, "at", lambda progress, done: seen.append(
                progress.before + done)):
            for command in COMMANDS + (("plot",), ("extract", "-n"), ("diff", path), (
                    "export", "--wide"), ("report", "-n"), ("repair", "-n"), ("doctor",)):
                if command[0] not in ("cat", "tail", "explain"):        # they print as they read
                    with self.subTest(command):
                        del seen[:]
                        run(*command + (path,))
                        self.assertGreater(len(set(seen)), 1)
                        self.assertLess(0.9 * os.path.getsize(path), seen[-1])
                        self.assertLessEqual(seen[-1], os.path.getsize(path))

    def test_no_streams(self):
        path = write(self.path("run"), ["loss"])
        program = "import sys; sys.%s = None; from %s.commands.cli import main; sys.exit(main(%r))"
        for name, argument, code in ("stdin", "-", 1), ("stdout", path, 0), ("stderr", path, 0):
            with self.subTest(name):
                child = subprocess.Popen(
                    [sys.executable, "-c", program % (name, PACKAGE_NAME, ["ls", argument])],
                    cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                out, err = child.communicate()
                self.assertEqual((child.returncode, b"Traceback" in err), (code, False))
                self.assertEqual(b"loss" in out, name == "stderr")

    def test_what_is_no_event_file(self):
        with open(self.path("tfevents"), "w") as file:
            file.write("text, and no events")
        for command in COMMANDS:
            code, _, err = run(*command + (self.directory,))
            self.assertEqual(code, 1)
            if command[0] not in ("explain", "verify"):
                self.assertIn("tfevents: no event file, or damaged from end to end: length", err)

    def test_damage(self):
        path = write(self.path("run"))
        damage(path, 30, -5)
        for command in COMMANDS:
            if command[0] not in ("explain", "verify"):
                with self.subTest(command):
                    code, out, err = run(*command + (self.directory,))
                    self.assertEqual((code, err.count("damaged: "), err.count("rule record-3")),
                                     (1, 2, 2))
                    self.assertGreater(len(out.splitlines()), 1)

    def test_an_end_that_is_not_there_yet(self):
        path = write(self.path("run"))
        os.truncate(path, os.path.getsize(path) - 3)
        for command in COMMANDS:
            if command[0] in ("ls", "cat", "tail"):
                code, _, err = run(*command + (self.directory,))
                self.assertEqual(code, 0)
                self.assertIn("not all there yet: only", err)

    def test_standard_input(self):
        path = write(self.path("run"))
        with open(path, "rb") as file:
            data = file.read()
        for command in COMMANDS:
            with self.subTest(command):
                code, out, err = run_in("utf-8", {}, *command + ("-",), input=data)
                self.assertEqual((code, err), (0, b""))
                self.assertGreaterEqual(len(out.splitlines()), command[0] != "verify")

    def test_a_reader_that_has_seen_enough(self):
        write(self.path("run"), ["loss"], 2000)
        for command in ("ls",), ("inspect",), ("cat",), ("cat", "--format", "jsonl"), (
                "tail", "-n", "5000"), ("explain",), ("tail", "-f", "-n", "5000"):
            with self.subTest(command):
                with start(*command + (self.directory,)) as child:
                    child.stdout.readline()
                    child.stdout.close()
                    self.assertEqual(child.stderr.read(), b"")
                self.assertEqual(child.returncode, 0)


class TestLs(InDirectory):

    def rows(self, *arguments):
        code, out, err = run("ls", "--format", "json", *arguments)
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)

    def test_golden(self):
        rows = self.rows(os.path.join(FILES, "torch.tfevents"))
        self.assertIn({"run": ".", "plugin": "scalars", "tag": "scalar"}, rows)
        self.assertIn("graphs", {row["plugin"] for row in rows})

    def test_long(self):
        write(self.path("run"))
        rows = self.rows("-l", self.directory)
        row = next(row for row in rows if row["tag"] == "loss")
        self.assertEqual([row[name] for name in ("run", "points", "first_step", "last_step", "last",
                                                 "wall_time", "time")],
                         ["run", 3, 0, 2, 0.33333334, 1.7e9 + 2, "2023-11-14T22:13:22.000Z"])
        self.assertAlmostEqual(row["age"], time.time() - 1.7e9 - 2, delta=60)
        row = next(row for row in rows if row["tag"] == "picture")
        self.assertTrue(row["last"].startswith("1 x 1 pixels, "))
        self.assertGreater(row["bytes"], 50)

    def test_runs(self):
        for name in "a", "b":
            write(self.path(name), ["loss"])
        rows = self.rows("--runs", self.directory)
        self.assertEqual([[row[name] for name in ("run", "files", "tags", "points", "last_step")]
                          for row in rows], [["a", 1, 3, 5, 2], ["b", 1, 3, 5, 2]])
        self.assertEqual(rows[0]["bytes"], os.path.getsize(write(self.path("c"), ["loss"])))

    def test_filters(self):
        write(self.path("run"))
        self.assertEqual([row["tag"] for row in self.rows("--tag", "l*", self.directory)], ["loss"])
        self.assertEqual([row["tag"] for row in self.rows("--plugin", "text", self.directory)],
                         ["note/text_summary"])
        code, out, err = run("ls", "--tag", "none", self.directory)
        self.assertEqual((code, out, err), (1, "", self.directory + ": no such data\n"))
        self.assertEqual(run("ls", "--tag", "none", "--format", "json", self.directory)[1], "[]\n")

    def test_a_table_has_no_column_that_says_nothing(self):
        path = write(self.path("run"), ["loss"])
        for option, head in ((), ["plugin", "tag"]), (("-l",), [
                "plugin", "tag", "points", "steps", "size", "age", "last"]), (("--runs",), [
                    "files", "tags", "points", "steps", "size", "age"]):
            self.assertEqual(run("ls", path, *option)[1].splitlines()[0].split(), head)
            self.assertEqual(run("ls", self.directory, *option)[1].splitlines()[0].split(),
                             ["run"] + head)

    def test_several_paths(self):
        for name in "a", "b":
            write(self.path(name), ["loss"])
        found = [row["run"] for row in self.rows("--plugin", "scalars", self.path("a"), self.path("b"))]
        self.assertEqual(found, [self.path("a"), self.path("b")])

    def test_it_starts_with_little(self):
        """No module that is slow to import, and only its own command."""
        write(self.path("run"), ["loss"])
        code = ("import sys; from %s.commands.cli import main; main(['ls', '-l', sys.argv[1]]); "
                "print(*sorted(sys.modules))" % PACKAGE_NAME)
        out = subprocess.check_output([sys.executable, "-I", "-c", "import sys; sys.path[:0] = [%r]; %s"
                                       % (ROOT, code), self.directory]).decode().splitlines()[-1]
        loaded = set(out.split())
        slow = {"json", "typing", "tempfile", "random", "http", "inspect", "csv", "ctypes", "logging",
                "subprocess"}
        before = set(subprocess.check_output(
            [sys.executable, "-I", "-c", "import argparse, sys; print(*sys.modules)"]).decode().split())
        self.assertEqual((loaded - before) & slow, set())
        self.assertNotIn(PACKAGE_NAME + ".commands.cat", loaded)


class TestInspect(InDirectory):

    def test_golden(self):
        code, out, err = run("inspect", os.path.join(FILES, "keras-train.tfevents"))
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"  tensor of \d tags: ")
        self.assertIn("    outoforder_steps   2 -> 0, 4 -> 1\n", out)

    def test_steps(self):
        path = self.path("tfevents")
        with open(path, "wb") as file:
            for step, what in ((0, {"file_version": "brain.Event:2"}), (7, "START"), (8, "a"),
                               (9, "a"), (3, "b"), (9, "a"), (9, "b"), (4, "CHECKPOINT"),
                               (5, "STOP"), (-1, "START")):
                if what in ("a", "b"):
                    what = {"summary": {"value": [{"tag": what, "simple_value": 1}]}}
                elif isinstance(what, str):
                    what = {"session_log": {"status": what}}
                file.write(frame(EVENT.encode(dict(what, step=step, wall_time=1.0))))
        _, out, _ = run("inspect", "--format", "jsonl", path)
        rows = {row.pop("kind"): row for row in map(json.loads, out.splitlines())}
        self.assertEqual(rows["scalars"], {
            "run": ".", "first_step": 8, "last_step": 9, "max_step": 9, "min_step": 3,
            "num_steps": 3, "outoforder_steps": [[9, 3]], "steps": None})
        self.assertEqual(rows["sessionlog:start"]["steps"], [7, -1])
        self.assertEqual(rows["sessionlog:start"]["outoforder_steps"], [[7, -1]])
        self.assertEqual(rows["sessionlog:checkpoint"]["num_steps"], 1)
        self.assertEqual(set(rows), {"scalars", "sessionlog:start", "sessionlog:stop",
                                     "sessionlog:checkpoint"})
        _, out, _ = run("inspect", "--format", "jsonl", "--tag", "b", path)
        row = json.loads(out)
        self.assertEqual((row["kind"], row["first_step"], row["last_step"]), ("scalars", 3, 9))
        self.assertEqual(run("inspect", "--format", "jsonl", "--tag", "[b-z]", path)[1], out)
        self.assertIn("9 -> 3", run("inspect", path)[1])

    def test_a_bad_value_costs_no_other(self):
        value = {"tag": "a", "simple_value": 1}
        data = EVENT.encode({"step": 5, "summary": {"value": [dict(value, tag="\x01"), value]}})
        with open(self.path("tfevents"), "wb") as file:
            file.write(frame(data.replace(b"\x0a\x01\x01", b"\x0a\x01\xff")))
        code, out, err = run("inspect", self.path("tfevents"))
        self.assertEqual((code, "wire-7" in err), (1, True))
        self.assertIn("scalars of 1 tag: a\n", out)

    def test_files(self):
        for name in "a", "b":
            write(self.path(name), ["loss"])
        _, out, _ = run("inspect", "--files", "--format", "csv", self.directory)
        names = {row["run"] for row in csv.DictReader(io.StringIO(out))}
        self.assertEqual(len(names), 2)
        self.assertTrue(all(os.path.isfile(name) for name in names))


class TestCat(InDirectory):

    def test_formats(self):
        write(self.path("run"))
        _, out, _ = run("cat", "--format", "csv", "--tag", "loss", self.directory)
        self.assertEqual(out.splitlines()[1], "run,1700000000.0,2023-11-14T22:13:20.000Z,0,"
                                              "scalars,loss,1.0")
        _, out, _ = run("cat", "--format", "jsonl", "--plugin", "text", self.directory)
        self.assertEqual(json.loads(out)["value"], ["\u635f\u5931 \x1b[2J"])
        _, out, _ = run("cat", "--format", "json", self.directory)
        self.assertEqual(json.loads(out)[0]["value"], "file_version brain.Event:2")

    def test_filters(self):
        write(self.path("run"))
        _, out, _ = run("cat", "--tag", "\u635f*", "--tag", "loss", self.directory)
        self.assertEqual(len(out.splitlines()), 1 + 6)
        _, out, _ = run("cat", "--plugin", "images", self.directory)
        self.assertEqual(len(out.splitlines()), 1 + 1)

    def test_metadata_of_the_first_holds_for_all(self):
        text = {"dtype": "DT_STRING", "string_val": [b"hi"]}
        metadata = {"plugin_data": {"plugin_name": "text"}}
        with open(self.path("tfevents"), "wb") as file:
            for more in {"metadata": metadata}, {}:
                value = dict(more, tag="t", tensor=text)
                file.write(frame(EVENT.encode({"summary": {"value": [value]}})))
        _, out, _ = run("cat", self.path("tfevents"))
        self.assertEqual(out.count("t  text  'hi'"), 2)


def heed_interrupts():
    """What a shell starts in the background ignores Ctrl-C, and so would what that starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class TestTail(InDirectory):

    def test_newest(self):
        for name in "a", "b":
            write(self.path(name), ["loss"])
        code, out, err = run("tail", "-n", "3", "--plugin", "scalars", self.directory)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual([line.split()[0] for line in out.splitlines()], ["b", "a", "b"])
        self.assertTrue(out.endswith("loss  scalars  0.33333334\n"))
        self.assertEqual(run("tail", "-n", "0", self.directory)[1], "")
        self.assertEqual(run("tail", "-n", "-1", self.directory)[0], 2)

    def lines(self, child, n):
        return [child.stdout.readline().decode() for _ in range(n)]

    @unittest.skipIf(os.name == "nt", "no SIGINT there")
    def test_follow(self):
        """Growing, new, rotated and begun anew; and Ctrl-C ends it with 130."""
        first = write(self.path("a"), ["loss"])
        with start("tail", "-f", "-n", "1", "--interval", "0.05", "--format", "jsonl",
                   self.path("a"), self.path("b"), self.path("nowhere"),
                   preexec_fn=heed_interrupts) as child:
            try:
                self.assertIn("nowhere: No such file", child.stderr.readline().decode()
                              + child.stderr.readline().decode())
                self.assertEqual(json.loads(self.lines(child, 1)[0])["plugin"], "images")
                with open(first, "ab") as file:
                    file.write(frame(EVENT.encode({"step": 77, "wall_time": 1.0})))
                self.assertEqual(json.loads(self.lines(child, 1)[0])["step"], 77)
                write(self.path("b"), ["new"], 1)
                found = [json.loads(line) for line in self.lines(child, 4)]
                self.assertEqual([row["tag"] for row in found],
                                 [None, "new", "note/text_summary", "picture"])
                self.assertEqual({row["run"] for row in found}, {self.path("b")})
                with open(first, "wb") as file:
                    file.write(frame(EVENT.encode({"step": 5, "wall_time": 2.0})))
                self.assertEqual(json.loads(self.lines(child, 1)[0])["step"], 5)
                shutil.move(first, first + ".1")
                with open(first + ".1", "ab") as file:
                    file.write(frame(EVENT.encode({"step": 6, "wall_time": 2.0})))
                self.assertEqual(json.loads(self.lines(child, 1)[0])["step"], 6)
                child.send_signal(signal.SIGINT)
                self.assertEqual(child.wait(20), 130)
                self.assertNotIn(b"Traceback", child.stderr.read())
            finally:
                child.kill()

    def test_follow_a_pipe(self):
        path = write(self.path("run"), ["loss"])
        with open(path, "rb") as file:
            data = file.read()
        code, out, err = run_in("utf-8", {}, "tail", "-f", "-", input=data)
        self.assertEqual((code, err, len(out.splitlines())), (0, b"", 6))


if __name__ == "__main__":
    unittest.main()
