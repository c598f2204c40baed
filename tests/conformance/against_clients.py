"""Libraries that log to tensorboardX or torch.utils.tensorboard, unchanged, on our writer.

Each job of clients/ runs twice, in processes of their own: with a peer, and with ours in a venv
that has no peer.  What the two write is compared, event by event.
"""
import importlib.metadata
import os
import re
import tempfile
import unittest

import numpy

from tests.conformance import streams
from tests.conformance.brief import BriefTestCase
from tests.conformance.clients_venv import PEERS, PINS, ROOT, done, start

JOBS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clients")
LOGDIR = "runs"

RUN_SCRIPT = """
del sys.argv[0]
sys.path[0] = os.path.dirname(sys.argv[0])
runpy.run_path(sys.argv[0], run_name="__main__")
"""
INSTALL = "import os, runpy, sys, tbx_pure; tbx_pure.install(tensorboard=%r)" + RUN_SCRIPT
#   tensorboard would import TensorFlow, which is here for other tests
PEER = """import os, runpy, sys, types
sys.modules["tensorboard.compat.notf"] = types.ModuleType("tensorboard.compat.notf")""" + RUN_SCRIPT
NO_PEER = """
import importlib.metadata, importlib.util
for name in "tensorboard", "tensorboardX":
    assert importlib.util.find_spec(name) is None, name
    assert not list(importlib.metadata.distributions(name=name)), name
"""

#   way in           Python's arguments before the script
WAYS = {
    "run":           ["-m", "tbx_pure", "run"],
    "run, torch":    ["-m", "tbx_pure", "run", "--dialect", "torch"],
    "install":       ["-c", INSTALL % False],
    "install, tensorboard": ["-c", INSTALL % True],
    "shim":          [],
    "import":        [],                # the script is told where SummaryWriter is
}
#   job                  tags of what the clock tells: only their steps are compared
TIMED = {
    "mmengine":          r"(data_)?time|memory",
    "skorch":            r"dur",
    "stable_baselines3": r"time/.*",
    "transformers":      r"(train|eval)/(train_)?(runtime|\w+_per_second)",
}
#   job                  {tag: (row of spec/deviations.md, what differs)}
DEVIATIONS = {
    "accelerate":        {"without a step": ("auto-step", ["step"])},
    "stable_baselines3": {"all/video": ("video-empty", ["kind", "value"])},
}
CLOSE, SUMS = "histogram-sums", slice(3, 5)       # the row that says how close; where they are


def setUpModule():
    global SHIM
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    SHIM = folder.name
    done(start(["-m", "tbx_pure", "shim", SHIM], [ROOT], ROOT))


class Alone(unittest.TestCase):
    """Ours is not compared with itself, nor a peer with another."""

    def test_no_peer_is_in_the_venv(self):
        done(start(["-c", NO_PEER], [ROOT], ROOT))

    def test_peers_are_those_of_the_other_modules(self):
        with open(PINS) as file:
            pins = dict(re.findall(r"(?m)^#: (\w+)==(\S+)$", file.read()))
        self.assertEqual(sorted(pins), sorted(os.listdir(PEERS)))
        for name, version in pins.items():
            self.assertEqual(version, importlib.metadata.version(name))


class Clients(BriefTestCase):
    def test_accelerate(self):
        self.compare("accelerate", "tensorboard", "shim")

    def test_fastai(self):
        self.compare("fastai", "tensorboard", "install, tensorboard")

    def test_ignite(self):
        self.compare("ignite", "tensorboardX", "run")
        self.compare("ignite", "tensorboard", "run, torch")

    def test_lightning(self):
        self.compare("lightning", "tensorboardX", "shim")
        self.compare("lightning", "tensorboard", "install, tensorboard")

    def test_mmengine(self):
        self.compare("mmengine", "tensorboard", "shim")

    def test_skorch(self):
        self.compare("skorch", "tensorboardX", "import", "tbx_pure")
        self.compare("skorch", "tensorboard", "install", "torch.utils.tensorboard")

    def test_stable_baselines3(self):
        self.compare("stable_baselines3", "tensorboard", "install")

    def test_transformers(self):
        self.compare("transformers", "tensorboard", "run")

    def compare(self, job, peer, way, module=None):
        """Run a job with a peer and with ours, at the same time, and compare what they write.

        module:  what the job imports SummaryWriter from, if it has to be told
        """
        script = [os.path.join(JOBS, job + "_job.py"), LOGDIR]
        with self.subTest(job, peer=peer, way=way), tempfile.TemporaryDirectory() as folder:
            at = {name: os.path.join(folder, name) for name in ("theirs", "ours")}
            for path in at.values():
                os.mkdir(path)
            with start(["-c", PEER] + script + [peer if module == "tbx_pure" else module or ""],
                       [os.path.join(PEERS, peer)], at["theirs"]) as theirs:
                done(start(WAYS[way] + script + [module or ""],
                           [SHIM, ROOT] if way == "shim" else [ROOT], at["ours"]))
                done(theirs)
            self.assert_same_log(*[os.path.join(at[name], LOGDIR) for name in ("ours", "theirs")],
                                 job)

    def assert_same_log(self, ours, theirs, job):
        ours_read, theirs_read = streams.read(ours), streams.read(theirs)
        self.assertTrue(theirs_read)
        for tag, (_, fields) in DEVIATIONS.get(job, {}).items():
            for field in fields:
                self.assertNotEqual(forget(ours_read, tag, field), forget(theirs_read, tag, field))
        for runs in ours_read, theirs_read:
            forget(runs, TIMED.get(job, "(?!)"), "value")
        for run in ours_read.keys() & theirs_read.keys():
            take_close_sums(ours_read[run], theirs_read[run])
        self.assertEqual(ours_read, theirs_read)
        self.assertEqual(streams.embeddings(ours), streams.embeddings(theirs))

    def test_deviations_are_rows(self):
        with open(os.path.join(ROOT, "spec", "deviations.md"), encoding="utf-8") as file:
            rows = file.read()
        for row in [CLOSE] + [row for tags in DEVIATIONS.values() for row, _ in tags.values()]:
            self.assertIn("\n| %s |" % row, rows)


def forget(runs, pattern, field):
    """Put None for a field of the items whose tag a pattern matches; return what was there."""
    forgotten = []
    for items in runs.values():
        for i, item in enumerate(items):
            if re.fullmatch(pattern, item.tag or ""):
                forgotten.append(getattr(item, field))
                items[i] = item._replace(**{field: None})
    return forgotten


def take_close_sums(ours, theirs):
    """Put into histograms of ours a peer's sum and sum of squares, if they are as close as said."""
    for i, (our, their) in enumerate(zip(ours, theirs)):
        if our.kind == their.kind == "histo" and numpy.allclose(
                our.value[SUMS], their.value[SUMS], rtol=1e-12, atol=1e-12):
            ours[i] = our._replace(value=our.value[:3] + their.value[SUMS] + our.value[5:])


if __name__ == "__main__":
    unittest.main()
