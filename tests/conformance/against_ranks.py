"""Many processes: jobs of torch.distributed, and plain ones on one directory, as all readers see them.

Readers are ours and both engines of TensorBoard, the Python engine with --reload_multifile=true,
without which it follows only the newest file of a run.
"""
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import unittest

import torch

from tbx_pure import SummaryWriter
from tbx_pure.integrations.ranks import VARIABLES
from tests.conformance.brief import BriefTestCase
from tests.conformance.tensorboard_server import ENGINES, TensorBoard
from tests.helpers import ROOT, event_files, summaries

HERE = os.path.dirname(os.path.abspath(__file__))
RANKS = 4
STEPS = 12                              # of ranks_job.py
PLAIN, POINTS = 8, 100                  # processes without a launcher; points of each
SECONDS = 100                           # for a job; it takes 8 to 30

MARKUP = re.compile(r"<[^>]+>|\n")      # of the page: a table of one cell

TORCHRUN = ["-m", "torch.distributed.run", "--nnodes", "1", "--rdzv_backend", "c10d",
            "--rdzv_endpoint", "localhost:0", "--nproc_per_node", str(RANKS)]
WRITES = """
import sys
from tbx_pure import SummaryWriter
number = int(sys.argv[2])
sys.stdin.readline()                    # all begin together
with SummaryWriter(sys.argv[1]) as writer:
    for step in range(%d):
        writer.add_scalar("loss/%%d" %% number, step + number / 16, step)
        writer.add_text("said/%%d" %% number, "%%d of %%d" %% (step, number), step)
    writer.add_scalars("main", {"of_%%d" %% number: number}, 1)
""" % POINTS


def start(*arguments):
    """Return a process with a pipe to its input, that no launcher has given a rank."""
    kept = {name: x for name, x in os.environ.items() if name not in VARIABLES}
    return subprocess.Popen([sys.executable] + list(arguments), cwd=ROOT, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            env=dict(kept, PYTHONPATH=ROOT, OMP_NUM_THREADS="1"))


def done(*processes):
    """Let processes begin, and wait until all have ended well."""
    try:
        for process in processes:
            process.stdin.write(b"\n")
            process.stdin.flush()
        for process in processes:
            said, _ = process.communicate(timeout=SECONDS)
            if process.returncode:
                raise AssertionError(said.decode("utf-8", "replace")[-5000:])
    finally:
        for process in processes:
            process.kill()


def run_jobs(logdir):
    """Write the runs of each job into a folder of its own."""
    job = os.path.join(HERE, "ranks_job.py")
    done(start(*TORCHRUN + [job, os.path.join(logdir, "torchrun")]))
    done(*[start(job, os.path.join(logdir, "initialized"), str(i), str(RANKS),
                 os.path.join(logdir, "store")) for i in range(RANKS)])
    done(*[start("-c", WRITES, os.path.join(logdir, "plain"), str(i)) for i in range(PLAIN)])
    data_parallel(os.path.join(logdir, "data_parallel"))


def data_parallel(directory):
    """Train under DataParallel, which is one process: it logs within forward, and after it."""
    class Net(torch.nn.Linear):
        def forward(self, x):
            writer.add_histogram("input", x)
            return torch.nn.Linear.forward(self, x)

    torch.manual_seed(0)
    with SummaryWriter(directory, ranks="zero") as writer:
        net = torch.nn.DataParallel(Net(3, 1))
        for step in range(STEPS):
            loss = (net(torch.ones(4, 3)) ** 2).mean()
            loss.backward()
            writer.add_scalar("loss", loss, step)
            writer.add_histograms(net, step, gradients=True)


def ours(logdir):
    """Return {(run, tag): [(step, value)]} of all scalars."""
    series = {}
    for path in event_files(logdir):
        run = os.path.relpath(os.path.dirname(path), logdir)
        for step, value in summaries(path):
            if "simple_value" in value:
                series.setdefault((run, value["tag"]), []).append((step, value["simple_value"]))
    return series


def theirs(server):
    """Return the same, as a TensorBoard answers it."""
    tags = server.json("data/plugin/scalars/tags")
    return {(run, tag): [(step, value) for _, step, value in
                         server.json("data/plugin/scalars/scalars", run=run, tag=tag)]
            for run in tags for tag in tags[run]}


def setUpModule():
    global SEEN, TEXTS, COMPLAINTS
    SEEN, TEXTS, COMPLAINTS = {}, {}, {}
    with tempfile.TemporaryDirectory() as logdir, contextlib.ExitStack() as stack:
        run_jobs(logdir)
        SEEN["ours"] = ours(logdir)
        many = {"python": ["--reload_multifile=true"]}
        starting = [TensorBoard(logdir, engine, arguments=many.get(engine, ())) for engine in ENGINES]
        for server in starting:
            stack.enter_context(server)
            SEEN[server.engine] = theirs(server)
            TEXTS[server.engine] = {
                tag: [(point["step"], point["text"]) for point in server.json(
                    "data/plugin/text/text", run="plain", tag=tag, markdown="false")]
                for tag in server.json("data/plugin/text/tags")["plain"]}
            COMPLAINTS[server.engine] = server.complaints()


class Readers(BriefTestCase):
    def test_nothing_is_damaged(self):
        self.assertEqual(COMPLAINTS, dict.fromkeys(ENGINES, []))

    def test_all_readers_see_the_same(self):
        self.assertEqual(len(SEEN["ours"]), 2 * (1 + RANKS) * 3 + 1 + PLAIN * 2)
        for engine in ENGINES:
            self.assertEqual(SEEN[engine], SEEN["ours"], engine)


class Jobs(BriefTestCase):
    def series(self, job):
        """Return {(run in the job, tag): points}."""
        return {(os.path.relpath(run, job), tag): points for (run, tag), points in SEEN["ours"].items()
                if run.split(os.sep)[0] == job}

    def test_ranks_of_torch(self):
        for job in "torchrun", "initialized":
            series, weights = self.series(job), {}
            for ranks, runs in (("zero", ["zero"]), ("all", ["all/rank_%d" % i for i in range(RANKS)])):
                for number, run in enumerate(runs):
                    self.assertEqual(series.pop((run, "rank")), [(i, number) for i in range(STEPS)])
                    self.assertEqual(len(series[run, "loss"]), STEPS)
                    weights[run] = series.pop((run + "/weight/first", "weight"))
                self.assertEqual(len({tuple(series[run, "loss"]) for run in runs}), len(runs))
            self.assertEqual(series.pop(("zero", "loss")), series["all/rank_0", "loss"])
            for i in range(RANKS):
                del series["all/rank_%d" % i, "loss"]
            self.assertEqual(series, {})
            self.assertEqual(len({tuple(points) for points in weights.values()}), 1)    # DDP's

    def test_data_parallel(self):
        (key, points), = self.series("data_parallel").items()
        self.assertEqual(key, (".", "loss"))
        self.assertEqual([step for step, _ in points], list(range(STEPS)))

    def test_plain_processes(self):
        series = self.series("plain")
        for number in range(PLAIN):
            self.assertEqual(series.pop((".", "loss/%d" % number)),
                             [(step, step + number / 16) for step in range(POINTS)])
            self.assertEqual(series.pop(("main/of_%d" % number, "main")), [(1, number)])
        self.assertEqual(series, {})

    def test_texts_of_plain_processes(self):
        expected = {"said/%d/text_summary" % number: [
            (step, "%d of %d" % (step, number)) for step in range(POINTS)] for number in range(PLAIN)}
        self.assertEqual(TEXTS["fast"].keys(), expected.keys())
        for engine in ENGINES:
            self.assertEqual({tag: [(step, MARKUP.sub("", text)) for step, text in points]
                              for tag, points in TEXTS[engine].items()}, expected, engine)


if __name__ == "__main__":
    unittest.main()
