"""inspect tells what `tensorboard --inspect` tells; what repair leaves, TensorBoard reads to the end.

Of every golden file, and of a run written here.
"""
import contextlib
import io
import json
import logging
import os
import tempfile
import unittest
import warnings

from tensorboard.backend.event_processing import event_file_inspector, event_file_loader

from tbx_pure import SummaryWriter
from tbx_pure.commands import cli
from tbx_pure.read.records import scan
from tests.conformance.brief import BriefTestCase
from tests.test_command_repair import repaired, spoiled
from tests.test_golden import FILES

NAMES = ("first_step", "last_step", "max_step", "min_step", "num_steps", "outoforder_steps")


def theirs(**arguments):
    """Return {(unit, kind): fields} as TensorBoard has them."""
    with contextlib.redirect_stdout(io.StringIO()):
        units = event_file_inspector.get_inspection_units(**arguments)
    return {(unit.name, kind): fields for unit in units for kind, fields
            in event_file_inspector.get_dict_to_print(unit.field_to_obs).items() if fields}


def ours(*arguments):
    """The same, of the command."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        cli.main(["inspect", "--format", "jsonl"] + list(arguments))
    found = {}
    for row in map(json.loads, out.getvalue().splitlines()):
        fields = {name: value for name, value in row.items()
                  if name not in ("run", "kind") and value is not None}
        fields["outoforder_steps"] = [tuple(pair) for pair in fields["outoforder_steps"]]
        found[row["run"], row["kind"]] = fields
    return found


class Inspect(BriefTestCase):

    def setUp(self):
        logging.getLogger("tensorboard").setLevel(logging.ERROR)

    def test_golden_files(self):
        self.assertGreater(len(FILES), 5)
        for path in FILES:
            with self.subTest(os.path.basename(path)):
                expected = {(".", kind): fields for (_, kind), fields
                            in theirs(event_file=path).items()}
                self.assertEqual(ours(path), expected)

    def test_tag(self):
        for path in FILES:
            for tag in ("scalar", "loss", "text/text_summary", "nothing of this name"):
                expected = {(".", kind): fields for (_, kind), fields
                            in theirs(event_file=path, tag=tag).items()}
                with contextlib.redirect_stderr(io.StringIO()):
                    self.assertEqual(ours("--tag", tag, path), expected)

    def test_a_log_directory(self):
        with tempfile.TemporaryDirectory() as logdir, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for run, steps in (("a", [1, 2, 3, 2, 2, 9]), ("b/c", [5]), (".", [4, -7])):
                with SummaryWriter(os.path.join(logdir, run), purge_step=2) as writer:
                    for step in steps:
                        writer.add_scalar("x", step, step)
                        writer.add_scalars("y", {"p": 1}, step, as_tags=True)
                        writer.add_histogram("h", [step], 2 * step)
                    writer.add_image("i", [[0.5]], 3, dataformats="HW")
                    writer.add_audio("a", [0.5], 3)
                    writer.add_text("t", "text", 1)
            expected = {(os.path.relpath(unit, logdir), kind): fields for (unit, kind), fields
                        in theirs(logdir=logdir).items()}
            self.assertEqual(ours(logdir), expected)
            self.assertGreater(len(expected), 15)


class Repair(BriefTestCase):

    def test_every_record_is_read(self):
        """Their loader stops at the first damage; after repair it gives all that ours finds."""
        lost = 0
        for path in FILES:
            with open(path, "rb") as file:
                good = file.read()
            for _ in range(20):
                bad = spoiled(good)
                new, done = repaired(bad)
                self.assertEqual(self.loaded(new), [data for _, data in scan(new)])
                lost += len(self.loaded(bad)) < done.kept
        self.assertGreater(lost, 20)

    def loaded(self, buf):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "events.out.tfevents.1")
            with open(path, "wb") as file:
                file.write(buf)
            return list(event_file_loader.RawEventFileLoader(path).Load())


if __name__ == "__main__":
    unittest.main()
