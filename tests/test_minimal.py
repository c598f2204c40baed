"""The way in: spec/minimal_writer.py, minimal_reader.py, and the seven steps of spec/README.md."""
import os
import re
import subprocess
import sys
import unittest

from tbx_pure.read.run import Run
from tbx_pure.record import frame

from .damaged import FILES
from .helpers import InDirectory, event_files, events, records
from .vectors import NAMES, SPEC, lists, load, unhex

WRITER, READER = (os.path.join(SPEC, name) for name in ("minimal_writer.py", "minimal_reader.py"))
VECTORS = {case["id"]: (name, key, case) for name in NAMES for key, cases in lists(load(name))
           for case in cases}
WHOLE = unhex(VECTORS["file-three-records"][2]["file"])
UNREAD = {"event-bad-plugin-name", "event-bad-bucket"}          # in fields that it does not look at


class TestSource(unittest.TestCase):
    def test_short_and_of_nothing_but_python(self):
        for path in WRITER, READER:
            with open(path, encoding="utf-8") as f:
                lines = f.read().splitlines()
            self.assertLess(len(lines), 50)
            self.assertLessEqual(max(map(len, lines)), 100)
            imported = {line for line in lines if "import" in line.split()}
            self.assertLessEqual(imported, {"import os", "import struct", "import sys",
                                            "import time"})


class TestWriter(InDirectory):
    def test_its_file_is_the_one_that_is_explained(self):
        subprocess.check_call([sys.executable, "-W", "error", "-I", WRITER, self.path("run")])
        path, = event_files(self.directory)
        with open(path, "rb") as f:
            self.assertEqual(f.read().hex(), WHOLE.hex())
        with open(os.path.join(SPEC, "vectors", "files", "three-records.tfevents"), "rb") as f:
            self.assertEqual(f.read().hex(), WHOLE.hex())
        run = Run(self.path("run"))
        self.assertEqual((run.damage, list(run.scalars("loss").values)), ([], [0.5]))
        self.assertRegex(os.path.basename(path), r"^events\.out\.tfevents\.\d{10}\.host\.\d+\.000000$")


class TestReader(InDirectory):
    def read(self, *paths):
        """Return [(exit code, what it printed, what it complained of)], of one process a path."""
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "universal_newlines": True,
                   "env": dict(os.environ, PYTHONIOENCODING="utf-8"), "encoding": "utf-8"}
        found = []
        for some in [paths[i:i + 8] for i in range(0, len(paths), 8)]:
            started = [subprocess.Popen([sys.executable, "-W", "error", READER, path], **options)
                       for path in some]
            for process in started:
                out, complaint = process.communicate()
                found.append((process.returncode, out, complaint))
        return found

    def file(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def test_good_files(self):
        for path, (code, out, complaint) in zip(FILES, self.read(*FILES)):
            wanted = [(event.get("step", 0), value["tag"], value.get("simple_value"))
                      for event in events(path) if "summary" in event
                      for value in event["summary"]["value"]]
            self.assertEqual((code, complaint), (0, ""))
            self.assertEqual(out, "".join("%d %s %r\n" % row for row in wanted))

    def test_good_vectors(self):
        """Of each list all in one file; and those that are not all there, by themselves."""
        valid = b"".join(frame(unhex(case["hex"])) for name in ("events", "plugins")
                         for case in load(name)["valid"])
        several = [case for case in load("records")["files"] if "rule" not in case]
        partial = load("records")["partial"]
        paths = [self.file("valid", valid)]
        paths += [self.file(case["id"], unhex(case["file"])) for case in several]
        paths += [self.file(case["id"], unhex(case["record"])) for case in partial]
        for path, (code, _, complaint) in zip(paths, self.read(*paths)):
            self.assertEqual((code, complaint), (0, ""), path)

    def test_damage_is_named(self):
        bad = [(case, unhex(case["record"]), 0) for case in load("records")["bad"]]
        bad += [(case, unhex(case["file"]), case["end"]) for case in load("records")["files"]
                if "rule" in case]
        bad += [(case, frame(unhex(case["hex"])), 0) for case in load("events")["bad"]
                if case["id"] not in UNREAD]
        paths = [self.file(case["id"], data) for case, data, _ in bad]
        for (case, _, start), (code, _, complaint) in zip(bad, self.read(*paths)):
            wanted = "%s, in the record at byte %d\n" % (case["rule"], start)
            self.assertEqual((code, complaint), (1, wanted), case["id"])
        self.assertGreater(len(bad), 18)


class TestSteps(unittest.TestCase):
    """Each of the seven steps names vectors that exist, in the file and list it says."""

    def setUp(self):
        with open(os.path.join(SPEC, "README.md"), encoding="utf-8") as f:
            section = f.read().partition("## Write your own writer\n")[2]
        self.steps = re.split(r"^### ", section, flags=re.M)[1:]

    def test_seven(self):
        self.assertEqual([step[:2] for step in self.steps], ["%d." % n for n in range(1, 8)])
        for step in self.steps:
            self.assertEqual(step.count("\nProof: "), 1)
            self.assertLess(len(step.splitlines()), 15)

    def test_the_proofs_exist(self):
        seen = set()
        for step in self.steps:
            proof = " ".join(step.partition("\nProof: ")[2].partition("\n\n")[0].split())
            files = re.findall(r"vectors/(\w+)\.json", proof)
            named = [id_ for id_ in re.findall(r"`([\w-]+)`", proof) if id_ in VECTORS]
            self.assertTrue(files)
            for name in re.findall(r"`([\w-]+)`", proof):
                if name not in VECTORS:             # a list, or a word of the shell
                    self.assertIn(name, [key for file in files for key, _ in lists(load(file))])
            for id_ in named:
                self.assertIn(VECTORS[id_][0], files)
                self.assertTrue(VECTORS[id_][2].get("roundtrip", True))
            seen |= set(files)
        self.assertEqual(seen, {"crc32c", "records", "varints", "fields", "events"})

    def test_the_writer_marks_its_steps(self):
        with open(WRITER, encoding="utf-8") as f:
            self.assertEqual(re.findall(r"# step (\d)", f.read()), list("1234567"))


if __name__ == "__main__":
    unittest.main()
