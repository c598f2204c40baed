"""While things go wrong: workers of torch's DataLoader, and a live TensorBoard that reads on."""
import errno
import os
import tempfile
import time
import unittest
import warnings
from unittest import mock

from tbx_pure import SummaryWriter, lasting
from tests.conformance.brief import BriefTestCase
from tests.conformance.tensorboard_server import ENGINES, TensorBoard
from tests.helpers import event_files
from tests.reliability.faults import System, alone, steps


class Workers(BriefTestCase):
    """A dataset whose workers, forked or spawned, log by the writer that it holds."""

    def test_data_loader(self):
        from torch.utils.data import DataLoader
        for method in ("fork", "spawn"):
            for logs in (False, True):
                with self.subTest((method, logs)), tempfile.TemporaryDirectory() as directory:
                    writer = SummaryWriter(directory)
                    loader = DataLoader(Squares(writer, logs), batch_size=10, num_workers=2,
                                        multiprocessing_context=method, timeout=60)
                    seen = 0
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore", DeprecationWarning)
                        for step, batch in enumerate(loader):
                            seen += len(batch)
                            writer.add_scalar("trainer", 0.5, 1000 + step)
                    writer.close()
                    self.assertEqual(seen, 200)
                    found = sorted(step for path in event_files(directory) for step in steps(path))
                    self.assertEqual(found, (list(range(200)) if logs else []) + list(range(1000, 1020)))
                    self.assertEqual(len(event_files(directory)), 3 if logs and method == "spawn" else 1)


class Squares:
    def __init__(self, writer, logs):
        self.writer, self.logs = writer, logs

    def __len__(self):
        return 200

    def __getitem__(self, i):
        if self.logs:
            self.writer.add_scalar("worker", 0.5, i)
        return i * i


class Live(BriefTestCase):
    """TensorBoard polls while records are torn and healed, and shows all in the end."""

    def test_both_engines(self):
        for engine in ENGINES:
            with self.subTest(engine), tempfile.TemporaryDirectory() as directory:
                self.heal(engine, directory)

    def heal(self, engine, directory):
        system = System()
        with alone(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            writer = SummaryWriter(os.path.join(directory, "run"))
            file = writer._run_file()
            file._system, file._pause = system, 0.0
            writer.add_scalar("a", 0.5, 0)
            with TensorBoard(directory, engine, 1) as server:
                for step in range(1, 40):
                    if step % 4 == 0:
                        system.fail(0, errno.ENOSPC, 3, 5 + step)       # a part of the record, then nothing
                    writer.add_scalar("a", 0.5, step)
                    time.sleep(0.1)
                writer.flush()
                end = time.monotonic() + 30
                shown = []
                while len(shown) < 40 and time.monotonic() < end:
                    time.sleep(0.5)
                    try:
                        shown = server.json("data/plugin/scalars/scalars", run="run", tag="a")
                    except Exception:           # it has not found the run yet
                        pass
            self.assertEqual([step for _, step, _ in shown], list(range(40)))
            writer.close()


if __name__ == "__main__":
    unittest.main()
