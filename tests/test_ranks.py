"""SummaryWriter(ranks=): who writes, and where; and many processes that begin a run together.

Real jobs of torch.distributed are in tests/conformance/against_ranks.py.
"""
import os
import subprocess
import sys
import types
import unittest
from pathlib import Path
from unittest import mock

from tbx_pure import InputError, SummaryWriter
from tbx_pure.compat.torch_writer import SummaryWriter as TorchWriter
from tbx_pure.integrations.ranks import VARIABLES, rank

from .helpers import ANY_NAME, PACKAGE_NAME, ROOT, InDirectory, event_files, summaries

PROCESSES = 6
POINTS = 20

WRITES = """
import sys
from %s import SummaryWriter
sys.stdin.readline()                    # all begin together
with SummaryWriter(sys.argv[1], ranks=%s) as w:
    for step in range(%d):
        w.add_scalar("loss/" + sys.argv[2], step, step)
        w.add_scalars("both", {"a": step}, step)
"""


class Job(InDirectory):

    def be(self, **variables):
        """Let this process be one that a launcher has started."""
        others = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        patch = mock.patch.dict(os.environ, dict(others, **variables), clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def torch(self, initialized, number=0):
        """Let the program have imported torch.distributed."""
        module = types.ModuleType("torch.distributed")
        module.is_initialized = lambda: initialized
        module.get_rank = lambda: number
        patch = mock.patch.dict(sys.modules, {"torch.distributed": module})
        patch.start()
        self.addCleanup(patch.stop)
        return module


class TestRank(Job):

    def test_no_job(self):
        self.be()
        self.assertEqual(rank(), 0)

    def test_variables_in_their_order(self):
        variables = {name: str(i + 5) for i, name in enumerate(VARIABLES)}
        for i, name in enumerate(VARIABLES):
            self.be(**variables)
            self.assertEqual(rank(), i + 5)
            del variables[name]

    def test_an_empty_variable_is_none(self):
        self.be(RANK="", SLURM_PROCID=" ", LOCAL_RANK="3")
        self.assertEqual(rank(), 3)

    def test_torch_comes_first_if_it_is_initialized(self):
        self.be(RANK="3")
        self.torch(True, 2)
        self.assertEqual(rank(), 2)
        self.torch(False, 2)
        self.assertEqual(rank(), 3)

    def test_torch_without_distributed(self):
        del self.torch(False).is_initialized
        self.be(RANK="3")
        self.assertEqual(rank(), 3)

    def test_torch_is_not_imported(self):
        self.be(RANK="3")
        SummaryWriter(self.path("run"), ranks="zero").close()
        self.assertEqual(rank(), 3)
        self.assertEqual([name for name in sys.modules if name.split(".")[0] == "torch"], [])

    def test_wrong_variables(self):
        for name in VARIABLES:
            for text in ("x", "-1", "1.5", "1 2", "9" * 20, "0x1") + ("\u0661",) * ANY_NAME:
                self.be(**{name: text})
                for ranks in "zero", "all":
                    with self.assertRaises(InputError) as caught:
                        SummaryWriter(self.path("run"), ranks=ranks)
                    self.assertEqual(caught.exception.argument, "the environment variable " + name)
                    self.assertTrue(caught.exception.method.startswith("SummaryWriter("))
        self.assertEqual(os.listdir(self.directory), [])

    def test_a_plain_writer_does_not_look(self):
        self.be(RANK="x")
        self.torch(True, 3)
        with SummaryWriter(self.path("run")) as writer:
            writer.add_scalar("x", 1)
        self.assertEqual(len(summaries(self.path("run"))), 1)


class TestZero(Job):

    def test_rank_0_is_a_plain_writer(self):
        for variables in {}, {"RANK": "0"}, {"LOCAL_RANK": "0", "RANK": "0"}:
            self.be(**variables)
            run = self.path("run%d" % len(variables))
            with SummaryWriter(run, ranks="zero") as writer:
                self.assertEqual((writer.logdir, writer.write_to_disk), (run, True))
                writer.add_scalar("x", 1)
            self.assertEqual(len(summaries(run)), 1)

    def test_the_others_write_nothing_and_check_all(self):
        self.be(RANK="1")
        for kind in SummaryWriter, TorchWriter:
            with kind(self.path("run"), ranks="zero") as writer:
                writer.add_scalar("x", 1)
                writer.add_scalars("y", {"a": 1})
                writer.add_hparams({"lr": 1}, {"m": 1})
                writer.add_embedding([[1, 2]])
                self.assertRaises(InputError, writer.add_scalar, "x", None)
                self.assertRaises(InputError, writer.add_image, "i", [1])
                self.assertEqual(writer.get_logdir(), self.path("run"))
        self.assertEqual(os.listdir(self.directory), [])

    def test_write_to_disk(self):
        self.be(RANK="0")
        SummaryWriter(self.path("run"), ranks="zero", write_to_disk=False).close()
        self.assertEqual(os.listdir(self.directory), [])

    def test_default_directory(self):
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.directory)
        for number in "0", "1":
            self.be(RANK=number)
            SummaryWriter(ranks="zero").close()
        self.assertEqual(len(event_files("runs")), 1)


class TestAll(Job):

    def test_each_has_a_run(self):
        for number in "0", "2", "11":
            self.be(SLURM_PROCID=number)
            with SummaryWriter(log_dir=self.path("run"), ranks="all", purge_step=2) as writer:
                self.assertEqual(writer.logdir, self.path("run", "rank_" + number))
                writer.add_scalar("x", int(number), 3)
        self.assertEqual(sorted(os.listdir(self.path("run"))), ["rank_0", "rank_11", "rank_2"])
        self.assertEqual([value["simple_value"] for _, value in summaries(self.path("run", "rank_11"))], [11])

    def test_needs_a_directory(self):
        self.be(RANK="0")
        for logdir in None, "", 3, ["run"]:
            with self.assertRaises(InputError) as caught:
                SummaryWriter(logdir, ranks="all")
            self.assertEqual(caught.exception.argument, "logdir")

    def test_kinds_of_paths(self):
        self.be(RANK="4")
        for path in Path(self.path("a")), os.fsencode(self.path("b")):
            SummaryWriter(path, ranks="all").close()
        self.assertEqual([os.listdir(self.path(name)) for name in "ab"], [["rank_4"]] * 2)

    def test_nothing_on_disk(self):
        self.be(RANK="1")
        SummaryWriter(self.path("run"), ranks="all", write_to_disk=False).close()
        self.assertEqual(os.listdir(self.directory), [])

    def test_refused(self):
        for ranks in "one", "Zero", 0, "", True, ["all"]:
            with self.assertRaises(InputError) as caught:
                SummaryWriter(self.path("run"), ranks=ranks)
            self.assertEqual(caught.exception.argument, "ranks")
        self.assertEqual(os.listdir(self.directory), [])


class TestProcesses(InDirectory):

    def start(self, number, ranks):
        variables = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITES % (PACKAGE_NAME, ranks, POINTS),
             self.path("deep", "er", "run"), "%d" % number], cwd=ROOT,
            env=dict(variables, RANK="%d" % number), stdin=subprocess.PIPE, stderr=subprocess.PIPE)

    def job(self, ranks):
        """Run all processes at once; return {run: [(step, value)] of all its files}."""
        processes = [self.start(i, repr(ranks)) for i in range(PROCESSES)]
        for process in processes:
            process.stdin.write(b"\n")
            process.stdin.flush()
        for process in processes:
            _, err = process.communicate()
            self.assertEqual((process.returncode, err), (0, b""))
        runs = {}
        for path in event_files(self.directory):
            run = os.path.relpath(os.path.dirname(path), self.path("deep", "er", "run"))
            runs.setdefault(run, []).extend(summaries(path))
        return runs

    def check(self, runs, run, numbers):
        """Check that a run has all points of these ranks, and its sub-run too."""
        expected = [(step, "loss/%d" % i, step) for i in numbers for step in range(POINTS)]
        self.assertEqual(sorted((step, value["tag"], value["simple_value"]) for step, value in runs.pop(run)),
                         sorted(expected))
        both = runs.pop(os.path.normpath(os.path.join(run, "both", "a")))
        self.assertEqual(sorted(step for step, _ in both), sorted(list(range(POINTS)) * len(numbers)))

    def test_one_directory(self):
        runs = self.job(None)
        self.check(runs, ".", range(PROCESSES))
        self.assertEqual(runs, {})

    def test_zero(self):
        runs = self.job("zero")
        self.check(runs, ".", [0])
        self.assertEqual(runs, {})

    def test_all(self):
        runs = self.job("all")
        for i in range(PROCESSES):
            self.check(runs, "rank_%d" % i, [i])
        self.assertEqual(runs, {})


if __name__ == "__main__":
    unittest.main()
