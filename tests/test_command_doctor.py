"""doctor: each finding, by a file that has it; and none where nothing is wrong."""
import errno
import json
import math
import os
import shutil
import unittest
import warnings
from unittest import mock

from tbx_pure import SummaryWriter
from tbx_pure.demo import demo
from tbx_pure.messages import EVENT
from tbx_pure.plugins.hparams import HPARAMS_PLUGIN_DATA
from tbx_pure.read import diagnosis
from tbx_pure.record import frame

from .helpers import InDirectory, event_files
from .in_terminal import in_every_terminal
from .test_commands import run
from .test_golden import FILES

TENSOR = {"dtype": "DT_STRING", "string_val": [b"x"]}


def plugin(name, content=b""):
    return {"plugin_data": {"plugin_name": name, "content": content}}


def value(tag="x", step=0, wall_time=1.0, **fields):
    return {"wall_time": wall_time, "step": step, "summary": {"value": [dict(fields or {"simple_value": 1.0}, tag=tag)]}}


def experiment(**content):
    return value("_hparams_/x", metadata=plugin("hparams", HPARAMS_PLUGIN_DATA.encode(content)))


START = {"hparams": {"lr": {"number_value": 1.0}}}

#   cause          part of what is said           the files: {name: events}
FINDINGS = (
    ("empty",      "has no data yet",             {"tfevents.1": [{"file_version": "brain.Event:2"}]}),
    ("empty",      "has no data yet",             {"tfevents.1": []}),
    ("empty",      "has no event files",          {"events.txt": b"text"}),
    ("names",      "its name does not say so",    {"events.out": [{"file_version": "brain.Event:2"}, value()],
                                                   "tfevents.1": [value()]}),
    ("names",      "its name does not say so",    {"data.bin": [{"file_version": "brain.Event:2"}, value()]}),
    ("names",      "is compressed",               {"tfevents.1.gz": b"\x1f\x8bxx", "tfevents.2": [value()]}),
    ("names",      "skips it",                    {"tfevents.1.profile-empty": [value()]}),
    ("damage",     "is damaged at byte",          {"tfevents.1": frame(EVENT.encode(value()))[:-1] + b"\xff"
                                                                 + frame(EVENT.encode(value("y")))}),
    ("damage",     "is no event file, or damaged", {"tfevents.1": b"text, not events"}),
    ("end",        "in the middle of a record",   {"tfevents.1": frame(EVENT.encode(value()))[:-1]}),
    ("steps",      "2 points are not shown (x: 2)", {"tfevents.1": [value(), value(step=1), value(), value(step=1)]}),
    ("steps",      "3 points are not shown (x: 2, y: 1)", {"tfevents.1": [value(), value("y")] * 2 + [value()]}),
    ("steps",      "several files in one directory", {"tfevents.1": [value(step=n) for n in range(5)],
                                                      "tfevents.2": [value(step=n, wall_time=2.0) for n in range(5)]}),
    ("writers",    "follows only the newest",     {"tfevents.1": [value(), value(step=3, wall_time=9.0)],
                                                   "tfevents.2": [value("y", wall_time=2.0)]}),
    ("time",       "without a wall time (NaN)",          {"tfevents.1": [value(wall_time=math.nan)]}),
    ("time",       "infinite wall time",          {"tfevents.1": [value(wall_time=math.inf), value("y")]}),
    ("kinds",      "x has scalars and histograms", {"tfevents.1": [value(), value(step=1, histo={"num": 1.0})]}),
    ("form",       "of DT_DOUBLE, shape ()",      {"tfevents.1": [value(
        tensor={"dtype": "DT_DOUBLE", "double_val": [1.0]}, metadata=plugin("scalars"))]}),
    ("form",       "of DT_FLOAT, shape (1,)",     {"tfevents.1": [value(metadata=plugin("scalars"), tensor={
        "dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": 1}]}, "float_val": [1.0]})]}),
    ("plugin",     "no plugin in their metadata", {"tfevents.1": [value(tensor=TENSOR)]}),
    ("plugin",     "metadata alone, for text",    {"tfevents.1": [value(metadata=plugin("text"))]}),
    ("graph",      "in a MetaGraphDef alone",     {"tfevents.1": [{"meta_graph_def": b""}, value()]}),
    ("hparams",    "no run has its hyperparameters", {"tfevents.1": [experiment(experiment={}), value()]}),
    ("hparams",    "no run has its hyperparameters", {"tfevents.1": [                # found by fuzzing
        experiment(experiment={}), value("_hparams_/x", tensor=TENSOR), value()]}),
    ("hparams",    "makes no sense",              {"tfevents.1": [value(metadata=plugin("hparams", b"\xff")), value("y")]}),
    ("metrics",    "the metrics score have no",   {"tfevents.1": [experiment(experiment={
        "metric_infos": [{"name": {"tag": "score"}}]}), experiment(session_start_info=START), value()]}),
)


class TestDoctor(InDirectory):

    def write(self, files, directory=None):
        directory = directory or self.path("runs")
        os.makedirs(directory, exist_ok=True)
        for name, events in files.items():
            with open(os.path.join(directory, name), "wb") as f:
                f.write(events if isinstance(events, bytes) else b"".join(
                    frame(EVENT.encode(event)) for event in events))
        return directory

    def found(self, path):
        code, out, err = run("doctor", path, "--format", "jsonl")
        self.assertEqual(err, "")
        rows = [json.loads(line) for line in out.splitlines()]
        if os.path.exists(path):
            self.assertEqual(code, int(any(row["kind"] == "problem" for row in rows)))
        return rows

    def test_each_finding(self):
        for cause, what, files in FINDINGS:
            with self.subTest(what):
                shutil.rmtree(self.path("runs"), ignore_errors=True)
                rows = self.found(self.write(files))
                self.assertEqual([row["cause"] for row in rows], [cause], rows)
                self.assertIn(what, rows[0]["what"])
                self.assertTrue(rows[0]["remedy"] and rows[0]["where"])

    def test_all_causes_are_tested(self):
        self.assertEqual({cause for cause, _, _ in FINDINGS} | {"logdir", "file", "permission", "sample"},
                         set(diagnosis.CAUSES))

    def test_paths(self):
        for path, remedy in ((self.path("nowhere"), self.directory), ("~/nowhere", "only the shell"),
                             ("a:b,c:d", "--logdir_spec")):
            code, out, _ = run("doctor", path)
            self.assertEqual(code, 3)
            self.assertIn("does not exist", out)
            self.assertIn(remedy, out)
        rows = self.found(os.path.join(self.write({"tfevents.1": [value()]}), "tfevents.1"))
        self.assertEqual([row["cause"] for row in rows], ["file"])
        self.assertIn(self.path("runs"), rows[0]["remedy"])

    def test_permission(self):
        runs = self.write({"tfevents.1": [value()]})
        self.write({"tfevents.2": [value()]}, os.path.join(runs, "closed"))
        real = os.listdir

        def denied(path):
            if path.endswith("closed"):
                raise PermissionError(errno.EACCES, "Permission denied", path)
            return real(path)
        with mock.patch("os.listdir", denied):
            rows = self.found(runs)
        self.assertEqual([(row["cause"], os.path.basename(row["where"])) for row in rows], [("permission", "closed")])
        with mock.patch.object(diagnosis, "scan", side_effect=PermissionError(13, "Permission denied")):
            self.assertEqual([row["cause"] for row in self.found(runs)], ["permission"] * 2)

    def test_samples_are_a_remark(self):
        runs = self.write({"tfevents.1": [value(step=n) for n in range(1001)]})
        row, = self.found(runs)
        self.assertEqual((row["kind"], row["cause"]), ("remark", "sample"))
        self.assertIn("--samples_per_plugin scalars=1001", row["remedy"])

    def test_nothing_in_the_demo(self):
        demo.run(self.path("demo"), epochs=2, limit=100)
        self.assertEqual({row["kind"] for row in self.found(self.path("demo"))} - {"remark"}, set())
        code, out, _ = run("doctor", self.path("demo"))
        self.assertEqual(code, 0)
        self.assertIn("no problem found", out)

    def test_golden_files(self):
        """What they hold that TensorBoard does not show was written to see that."""
        found = {}
        for path in FILES:
            name = os.path.basename(path)
            shutil.copy(path, os.path.join(self.write({}, self.path(name)), name))
            for row in self.found(self.path(name)):
                found.setdefault(name, []).append((row["cause"], row["what"].split(":")[0]))
        self.assertEqual(found, {
            "tensorflow.tfevents": [("plugin", "write/string")],
            "torch.tfevents": [("plugin", "video"), ("form", "double")]})

    def test_good_runs(self):
        with SummaryWriter(self.path("runs")) as w:
            for i in range(20):
                w.add_scalar("x", i, i)
                w.add_scalars("both", {"a": i, "b": i}, i)
            w.add_hparams({"lr": 1}, {"score": 2})
            w.add_mesh("m", [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]])
            w.add_custom_scalars({"C": {"a": ["Multiline", ["x"]]}})
        self.assertEqual(self.found(self.path("runs")), [])

    def test_the_next_file_of_a_run(self):
        for first in 0, 5:
            with SummaryWriter(self.path("runs")) as w:
                for i in range(first, first + 5):
                    w.add_scalar("x", i, i)
        self.assertEqual(len(event_files(self.path("runs"))), 2)
        self.assertEqual(self.found(self.path("runs")), [])

    def test_in_words(self):
        runs = self.write({"tfevents.1": [value(), value()]})
        code, out, err = run("doctor", runs)
        self.assertEqual((code, err), (1, ""))
        self.assertRegex(out, r"\nproblem  .*\n  why  1 point is not shown .*\n  do   a step .*\n\n1 problem\n$")
        self.assertIn("\x1b[31mproblem", run("doctor", runs, "--color", "always")[1])

    def test_in_every_terminal(self):
        with warnings.catch_warnings(), SummaryWriter(self.path("runs")) as w:
            warnings.simplefilter("ignore")
            for _ in range(2):
                w.add_scalar("\u635f", 1, 0)
        for out, encoding, _ in in_every_terminal("doctor", self.path("runs")):
            self.assertIn("(\u635f: 1)" if encoding == "utf-8" else "(\\u635f: 1)", out)


if __name__ == "__main__":
    unittest.main()
