"""Our Keras callback beside Keras's own, in the same seeded trainings: what each writes, to the byte.

The jobs run in the clients' venv, where ours has no tensorboard: with the TensorFlow and the torch
backend, and the listings of tutorials as `python -m tbx_pure run --keras`.
"""
import contextlib
import io
import os
import re
import tempfile
import unittest

import numpy
from PIL import Image

from tests.conformance.brief import BriefTestCase
from tests.conformance.clients_venv import HERE, PEERS, ROOT, done, start
from tests.conformance.dashboards import ask, of
from tests.conformance.tensorboard_server import ENGINES, TensorBoard
from tests.helpers import event_files, records
from tbx_pure.messages import EVENT

JOB = os.path.join(HERE, "clients", "keras_job.py")
LISTINGS = os.path.join(HERE, "listings")
BACKENDS = "tensorflow", "torch"
OURS, THEIRS = "tbx_pure.integrations.keras", "keras.callbacks"
PEER = os.path.join(PEERS, "tensorboard")
WITH_BACKEND = ("import os, runpy, sys; os.environ['KERAS_BACKEND'] = %r; del sys.argv[0]; "
                "runpy.run_path(sys.argv[0], run_name='__main__')")
WALL_TIME = 9                           # bytes: the first field of every event
SOURCE = {"source_metadata": {"writer": "tensorflow.core.util.events_writer"}}
TIMED = r"(batch|epoch)_steps_per_second"
SPARSE = "every second batch"           # Keras loses records there
PREFIX = "theirs/"


def setUpModule():
    global LOGDIR, ANSWERS, GRAPHS, COMPLAINTS
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    LOGDIR = folder.name
    for backend in BACKENDS:
        job = ["-c", WITH_BACKEND % backend, JOB]
        ours = os.path.join(LOGDIR, backend)
        theirs = os.path.join(ours, PREFIX)
        with start(job + [theirs, THEIRS], [PEER], LOGDIR) as process:
            done(start(job + [ours, OURS], [ROOT], LOGDIR))
            done(process)
    ANSWERS, GRAPHS, COMPLAINTS = {}, {}, {}
    with contextlib.ExitStack() as stack:
        starting = [TensorBoard(os.path.join(LOGDIR, BACKENDS[0]), engine) for engine in ENGINES]
        for server in [stack.enter_context(server) for server in starting]:
            ANSWERS[server.engine] = ask(server)
            GRAPHS[server.engine] = dict(graphs(server))
            COMPLAINTS[server.engine] = server.complaints()


def graphs(server):
    """Yield (run, conceptual graph as text) of each run that has one."""
    get = of("graphs", server)
    for run, about in get("info").items():
        if about["tags"].get("keras", {}).get("conceptual_graph"):
            yield run, get("graph", binary=True, run=run, tag="keras", conceptual="true")


def read(folder):
    """Return {run: the bytes of its events, without their wall times}, but for the other's runs."""
    runs = {}
    for path in event_files(folder):
        run = os.path.relpath(os.path.dirname(path), folder)
        if not run.startswith(PREFIX):
            runs.setdefault(run, []).extend(data[WALL_TIME:] for data in records(path))
    return runs


def comparable(data):
    """Return an event with its pictures as pixels, and without what the clock tells."""
    event = EVENT.decode(data)
    for value in event.get("summary", {}).get("value", []):
        if re.fullmatch(TIMED, value["tag"]):
            del value["tensor"]["tensor_content"]
        if value["metadata"]["plugin_data"]["plugin_name"] == "images":
            texts = value["tensor"]["string_val"]
            texts[2:] = map(pixels, texts[2:])
    return event


def pixels(data):
    array = numpy.array(Image.open(io.BytesIO(data)))
    return array.shape, array.tolist()


def tag_of(data):
    return EVENT.decode(data)["summary"]["value"][0]["tag"]


class Bytes(BriefTestCase):
    """What is in the files."""

    def test_trainings(self):
        for backend in BACKENDS:
            ours, theirs = [read(os.path.join(LOGDIR, backend, *name)) for name in ((), (PREFIX,))]
            self.assertEqual(sorted(ours), sorted(theirs))
            for run in theirs:
                with self.subTest(run, backend=backend):
                    if not run.startswith(SPARSE):
                        self.assert_same_events(ours[run], theirs[run])

    def assert_same_events(self, ours, theirs):
        self.assertEqual(len(ours), len(theirs))
        for our, their in zip(ours, theirs):
            if our != their:            # pictures are compressed otherwise
                first, second = comparable(our), comparable(their)
                if "file_version" in second:
                    first.update(SOURCE)                # row keras-source
                self.assertEqual(first, second)

    def test_pictures_and_clocks_alone_are_other_bytes(self):
        for backend in BACKENDS:
            ours, theirs = [read(os.path.join(LOGDIR, backend, *name)) for name in ((), (PREFIX,))]
            for run in theirs:
                if not run.startswith(SPARSE):
                    others = {tag_of(our) for our, their in zip(ours[run], theirs[run])
                              if our != their and b"brain.Event:2" not in our}
                    self.assertEqual({tag for tag in others
                                      if not re.fullmatch(TIMED + "|.*/image", tag)}, set())

    def test_keras_loses_records(self):
        """Row keras-batches."""
        for backend in BACKENDS:
            ours, theirs = [read(os.path.join(LOGDIR, backend, *name)) for name in ((), (PREFIX,))]
            for run, ends in (("train", "epoch_loss epoch_learning_rate"),
                              ("validation", "epoch_loss evaluation_loss_vs_iterations")):
                run = "%s/%s" % (SPARSE, run)
                lost = [data for data in ours[run][1:] if data not in theirs[run]]
                self.assertEqual({tag_of(data) for data in lost}, set(ends.split()))
                self.assertEqual([data for data in ours[run][1:] if data not in lost],
                                 theirs[run][1:])

    def test_listings(self):
        for name, closes in (("keras_callback", False), ("keras_closed", True)):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                script = os.path.join(LISTINGS, name + ".py")
                at = [os.path.join(folder, whose) for whose in ("ours", "theirs")]
                for path in at:
                    os.mkdir(path)
                with start([script], [PEER], at[1]) as theirs:
                    done(start(["-m", "tbx_pure", "run", "--keras", script], [ROOT], at[0]))
                    if closes:          # which is what it cannot do
                        with self.assertRaisesRegex(AssertionError, "no attribute 'close'"):
                            done(theirs)
                    else:
                        done(theirs)
                ours, theirs = map(read, at)
                self.assertEqual(sorted(ours), sorted(theirs))
                for run in theirs:
                    self.assert_same_events(ours[run], theirs[run])


class Shown:
    """What an engine of TensorBoard shows of both, side by side."""

    def test_series(self):
        ours, theirs = {}, {}
        for key, answer in ANSWERS[self.engine].items():
            if key[0] == key[1] and not key[2].startswith((SPARSE, PREFIX + SPARSE)):
                mine = not key[2].startswith(PREFIX)
                key = (key[0], key[2] if mine else key[2][len(PREFIX):]) + key[3:]
                (ours if mine else theirs)[key] = without_times(key, answer)
        self.assertEqual({key[0] for key in theirs},
                         {"scalars", "histograms", "distributions", "images"})
        self.assertEqual(sorted(ours), sorted(theirs))
        self.assertEqual(ours, theirs)

    def test_graphs(self):
        graphs = GRAPHS[self.engine]
        theirs = {run[len(PREFIX):]: graph for run, graph in graphs.items()
                  if run.startswith(PREFIX)}
        self.assertEqual(sorted(theirs), ["%s/train" % name for name in (
            "all weights", "every second batch", "nested")] + ["train"])
        for run, graph in theirs.items():
            self.assertEqual(graphs[run], graph)
            self.assertIn(b"keras_class", graph)

    def test_embeddings(self):
        """Rows keras-embeddings and keras-metadata: of Keras's, nothing can be shown."""
        answers = ANSWERS[self.engine]
        names = ["%s:%05d" % (name, epoch) for epoch in range(2) for name in ("words", "users")]
        found = {key[3]: answer for key, answer in answers.items()
                 if key[:2] == ("projector", "tensor") and key[2] == "."}
        self.assertEqual(sorted(found), sorted(names))
        self.assertEqual([len(found[name]) for name in names], [10, 8, 10, 8])
        self.assertEqual(answers["projector", "metadata", ".", "words:00001"],
                         b"a\nb\nc\nd\ne\n")

    def test_nothing_to_complain_of(self):
        self.assertEqual(COMPLAINTS[self.engine], [])


def without_times(key, series):
    """Return a series without wall times, and without values that the clock tells."""
    if key[0] == "images":
        return [(point["step"], point["blob"]) for point in series]
    if re.fullmatch(TIMED, key[2]):
        return [step for _, step, _ in series]
    return [point[1:] for point in series]


class Fast(Shown, BriefTestCase):
    engine = "fast"


class Python(Shown, BriefTestCase):
    engine = "python"


if __name__ == "__main__":
    unittest.main()
