"""What calls write, through our SummaryWriter or a peer's: the events' bytes, to compare."""
import contextlib
import tempfile
import unittest
import warnings

import tensorboardX

import tbx_pure
from tbx_pure.messages import EVENT
from tbx_pure.read.events import event_files
from tbx_pure.read.records import scan

WALL_TIME = 1700000000.25


def call(method, *arguments, **keywords):
    return method, arguments, keywords


def written_runs(writer_class, calls):
    """Return {run: its events, as bytes} that calls write."""
    runs = {}
    with tempfile.TemporaryDirectory() as logdir, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.closing(writer_class(logdir)) as writer:
            for method, arguments, keywords in calls:
                getattr(writer, method)(*arguments, walltime=WALL_TIME, **keywords)
        for run, path in event_files(logdir):
            with open(path, "rb") as file:
                runs[run] = [data for _, data in scan(file, strict=True)][1:]     # the first tells the time
    return runs


def written(writer_class, calls):
    """Return the events, as bytes, that calls write to the run itself."""
    return written_runs(writer_class, calls)["."]


def value_of(event):
    """Return the only Summary.Value of an event's bytes."""
    value, = EVENT.decode(event)["summary"]["value"]
    return value


def in_pairs(calls, peer=tensorboardX.SummaryWriter):
    """Yield (call, our event, the peer's event) of each call; each must have written one."""
    calls = list(calls)
    ours, theirs = written(tbx_pure.SummaryWriter, calls), written(peer, calls)
    if not calls or not len(calls) == len(ours) == len(theirs):
        raise AssertionError("%d calls, %d and %d events" % (len(calls), len(ours), len(theirs)))
    return zip(calls, ours, theirs)


class SameBytes(unittest.TestCase):
    def assert_same_bytes(self, calls, *peer):
        for made, ours, theirs in in_pairs(calls, *peer):
            with self.subTest(repr(made)[:200]):
                self.assertEqual(ours.hex(), theirs.hex())
