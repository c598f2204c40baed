"""What libraries and programs touch of a SummaryWriter, beyond its methods: each does so here.

Runs where no tensorboard and no tensorboardX is; protobuf's classes are TensorFlow's.  A test
names who touches it.
"""
import importlib
import os
import pathlib
import unittest
from unittest import mock

import numpy
import torch
from google.protobuf.json_format import MessageToDict
from tensorflow.core.framework import summary_pb2
from tensorflow.core.util import event_pb2

import tbx_pure
from tests.helpers import InDirectory, event_files, events, summaries


def setUpModule():
    tbx_pure.install(tensorboard=True)
    unittest.addModuleCleanup(tbx_pure.uninstall)


class Contract:
    """The tests of one module that SummaryWriter is imported from, which the classes below name."""

    def setUp(self):
        super().setUp()
        self.logdir = self.path("run")
        self.module = importlib.import_module(self.name)
        self.writers = importlib.import_module(self.name.replace("tbx_pure", "tensorboardX")
                                               + ".writer")

    def scalars(self, logdir):
        return [(value["tag"], step, value["simple_value"]) for step, value in summaries(logdir)]

    # ---- the constructor ----

    def test_directory(self):
        """positional: Accelerate, Ray, MMEngine; log_dir: Lightning, ignite; logdir: d3rlpy."""
        for directory in self.logdir, pathlib.Path(self.logdir):
            for arguments, keywords in (((directory,), {}), ((), {"log_dir": directory}),
                                        ((), {"logdir": directory})):
                with self.module.SummaryWriter(*arguments, **keywords) as writer:
                    self.assertEqual([str(found) for found in (
                        writer.log_dir, writer.logdir, writer.get_logdir(),
                        writer.file_writer.get_logdir())], [self.logdir] * 4)

    def test_no_directory(self):
        os.mkdir(self.logdir)
        here = os.getcwd()
        self.addCleanup(os.chdir, here)
        os.chdir(self.logdir)
        for keywords in {}, {"log_dir": None}, {"comment": "_x"}:
            self.module.SummaryWriter(**keywords).close()
        os.chdir(here)
        names = os.listdir(os.path.join(self.logdir, "runs"))
        self.assertTrue(any(name.endswith("_x") for name in names), names)
        self.assertFalse(all(name.endswith("_x") for name in names), names)

    def test_other_arguments(self):
        """flush_secs: Ray."""
        with self.module.SummaryWriter(self.logdir, comment="c", purge_step=3, max_queue=5,
                                       flush_secs=30, filename_suffix=".end") as writer:
            self.assertEqual(writer.purge_step, 3)
        path, = event_files(self.logdir)
        self.assertTrue(path.endswith(".end"))
        with self.assertRaises(TypeError):
            self.module.SummaryWriter(self.logdir, unknown=1)

    def test_write_to_disk(self):
        with self.module.SummaryWriter(self.logdir, write_to_disk=False) as writer:
            writer.add_scalar("loss", 1, 1)
            writer.file_writer.add_summary(summary_pb2.Summary())
            writer.add_hparams({"a": 1}, {"b": 2})
        self.assertEqual(os.listdir(self.directory), [])

    # ---- attributes ----

    def test_all_writers(self):
        """The first of them is the run's: user code."""
        with self.module.SummaryWriter(self.logdir) as writer:
            writer.add_scalars("main", {"a": 1, "b": 2}, 1)
            self.assertEqual(list(writer.all_writers.keys())[0], self.logdir)
            self.assertIs(writer.all_writers[self.logdir], writer.file_writer)
            self.assertEqual(len(writer.all_writers), 3)
            for run, file_writer in writer.all_writers.items():
                self.assertEqual(file_writer.get_logdir(), run)
                file_writer.flush()

    def test_file_name(self):
        """Composer."""
        with self.module.SummaryWriter(self.logdir) as writer:
            path, = event_files(self.logdir)
            self.assertEqual(writer.file_writer.event_writer._file_name, path)
            self.assertEqual(writer.file_writer.event_writer._ev_writer._file_name, path)
            self.assertEqual(writer.file_writer.event_writer._logdir, self.logdir)

    def test_closed_and_opened_again(self):
        """user code."""
        writer = self.module.SummaryWriter(self.logdir)
        writer.add_scalar("loss", 1, 1)
        writer.close()
        self.assertIsNone(writer.file_writer)
        self.assertIsNone(writer.all_writers)
        again = writer._get_file_writer()
        self.assertEqual(len(event_files(self.logdir)), 2)
        self.assertIs(writer.file_writer, again)
        writer.add_scalar("loss", 2, 2)
        writer.close()
        writer.close()
        writer.flush()
        first, second = event_files(self.logdir)
        self.assertEqual([self.scalars(first), self.scalars(second)],
                         [[("loss", 1, 1.0)], [("loss", 2, 2.0)]])

    def test_bins_and_scalars(self):
        with self.module.SummaryWriter(self.logdir) as writer:
            self.assertEqual(len(writer.default_bins), 1549)
            self.assertEqual(writer.default_bins[-1], 9.920775621859783e19)
            writer.add_scalars("main", {"a": 0.5}, 3, walltime=9)
            (_, points), = writer.scalar_dict.items()
            self.assertEqual([list(point) for point in points], [[9, 3, 0.5]])

    def test_is_an_instance(self):
        """torchtnt, fairseq2."""
        with self.module.SummaryWriter(self.logdir) as writer:
            self.assertIsInstance(writer, self.module.SummaryWriter)
            self.assertIsInstance(writer._get_file_writer(), self.writers.FileWriter)

    # ---- writers of a file ----

    def file_writers(self):
        yield self.writers.FileWriter(self.logdir, max_queue=5, flush_secs=9,
                                      filename_suffix=".x")
        yield self.writers.FileWriter(log_dir=self.path("by keyword"))

    def test_messages(self):
        """user code: real protobuf, our own, bytes."""
        import tensorboardX.proto.event_pb2
        import tensorboardX.proto.summary_pb2
        for module in summary_pb2, tensorboardX.proto.summary_pb2:
            for writer in self.file_writers():
                value = module.Summary.Value(tag="a", simple_value=0.5)
                summary = module.Summary(value=[value])
                writer.add_summary(summary, global_step=3)
                writer.add_summary(summary.SerializeToString(), 4, 5.0)
                writer.add_summary(summary)
                writer.flush()
                path = writer.event_writer._file_name
                writer.close()
                self.assertEqual(self.scalars(path), [("a", 3, 0.5), ("a", 4, 0.5), ("a", 0, 0.5)])
        for module in event_pb2, tensorboardX.proto.event_pb2:
            for writer in self.file_writers():
                event = module.Event(wall_time=7.0, step=6)
                event.summary.value.add(tag="b").simple_value = 1.5
                writer.add_event(event, step=8, walltime=9.0)
                writer.close()
                self.assertEqual(events(writer.event_writer._file_name)[1], {
                    "wall_time": 9.0, "step": 8,
                    "summary": {"value": [{"tag": "b", "simple_value": 1.5}]}})

    def test_reopen(self):
        for writer in self.file_writers():
            first = writer.event_writer._file_name
            writer.close()
            writer.reopen()
            self.assertNotEqual(writer.event_writer._file_name, first)
            writer.close()

    def test_picture_in_a_message(self):
        """user code: a summary of a picture it has encoded itself."""
        for writer in self.file_writers():
            image = summary_pb2.Summary.Image(height=1, width=2, encoded_image_string=b"PNG")
            writer.add_summary(summary_pb2.Summary(value=[
                summary_pb2.Summary.Value(tag="picture", image=image)]), global_step=1)
            writer.close()
            (_, value), = summaries(writer.event_writer._file_name)
            self.assertEqual(value["image"]["encoded_image_string"], b"PNG")

    def test_event_file_writer(self):
        """skrl: keywords, and protobuf's Event."""
        from tensorboard.summary.writer.event_file_writer import EventFileWriter
        writer = EventFileWriter(self.directory, max_queue_size=9, flush_secs=9)
        writer.add_event(event_pb2.Event(wall_time=1.0, step=2, summary=summary_pb2.Summary(
            value=[summary_pb2.Summary.Value(tag="Reward", simple_value=3.0)])))
        writer.flush()
        writer.close()
        self.assertEqual(self.scalars(self.directory), [("Reward", 2, 3.0)])

    # ---- classes of their own ----

    def test_hyperparameters_into_the_run_itself(self):
        """user code everywhere: the metrics in the curves' run."""
        SummaryWriter = self.module.SummaryWriter
        hparams = importlib.import_module(self.writers.__name__[:-6] + "summary").hparams

        class Writer(SummaryWriter):
            def add_hparams(self, hparam_dict, metric_dict):
                with SummaryWriter(log_dir=self.file_writer.get_logdir()) as writer:
                    for part in hparams(hparam_dict, metric_dict):
                        writer.file_writer.add_summary(part)
                    for tag, x in metric_dict.items():
                        writer.add_scalar(tag, x)

        with Writer(log_dir=self.logdir) as writer:
            writer.add_scalar("loss", 1, 1)
            writer.add_hparams({"rate": 0.1}, {"loss": 0.5})
        first, second = event_files(self.logdir)
        self.assertEqual(self.scalars(first), [("loss", 1, 1.0)])
        *parts, (_, metric) = summaries(second)
        self.assertEqual([value["metadata"]["plugin_data"]["plugin_name"]
                          for _, value in parts], ["hparams"] * 3)
        self.assertEqual(metric, {"tag": "loss", "simple_value": 0.5})

    def test_overridden_method_is_called(self):
        class Writer(self.module.SummaryWriter):
            def __init__(self, *arguments, **keywords):
                super().__init__(*arguments, **keywords)
                self.count = 0

            def add_scalar(self, tag, scalar_value, global_step=None, walltime=None):
                self.count += 1
                super().add_scalar("train/" + tag, scalar_value, global_step, walltime)

        with Writer(self.logdir) as writer:
            writer.add_scalar("loss", 1, 1)
            self.assertEqual(writer.count, 1)
        self.assertEqual(self.scalars(self.logdir), [("train/loss", 1, 1.0)])

    # ---- trackers: what they put in our classes' place sees each event, and may pass it on ----

    def test_methods_replaced(self):
        """MLflow: FileWriter.add_event and add_summary; ClearML: FileWriter.add_event."""
        file_writer = self.writers.FileWriter
        for method in "add_event", "add_summary":
            seen, original = [], getattr(file_writer, method)

            def listen(self, message, *arguments, **keywords):
                seen.append((self.get_logdir(), message) + arguments)
                return original(self, message, *arguments, **keywords)

            logdir = os.path.join(self.logdir, method)
            with mock.patch.object(file_writer, method, listen):
                with self.module.SummaryWriter(logdir) as writer:
                    writer.add_scalar("loss", 0.5, 3)
                    writer.add_text("note", "x", 3)
            points = []
            for where, message, *step in seen:
                self.assertEqual(where, logdir)
                if method == "add_event":
                    self.assertEqual(message.WhichOneof("what"), "summary")
                    message = message.summary
                points += [(value.tag, value.simple_value, step[0])
                           for value in message.value if value.HasField("simple_value")]
            self.assertEqual(points, [("loss", 0.5, 3)])
            self.assertEqual(len(seen), 2)
            self.assertEqual([value["tag"] for _, value in summaries(logdir)],
                             ["loss", "note/text_summary"])

    def test_add_hparams_replaced(self):
        """MLflow."""
        seen, original = [], self.module.SummaryWriter.add_hparams

        def listen(self, hparam_dict, metric_dict, *arguments, **keywords):
            seen.append((hparam_dict, metric_dict))
            return original(self, hparam_dict, metric_dict, *arguments, **keywords)

        with mock.patch.object(self.module.SummaryWriter, "add_hparams", listen):
            with self.module.SummaryWriter(self.logdir) as writer:
                writer.add_hparams({"a": 1}, {"b": 2.0})
        self.assertEqual(seen, [({"a": 1}, {"b": 2.0})])

    def test_event_file_writer_replaced(self):
        """wandb: a subclass in the writer module, whose first argument is the directory."""
        seen = []

        class Listening(self.writers.EventFileWriter):
            def __init__(self, *arguments, **keywords):
                seen.append(keywords.pop("logdir", None) or arguments[0])
                super().__init__(*arguments, **keywords)

            def add_event(self, event):
                seen.append(event.summary.value[0].tag)
                super().add_event(event)

        with mock.patch.object(self.writers, "EventFileWriter", Listening):
            with self.module.SummaryWriter(self.logdir) as writer:
                writer.add_scalar("loss", 0.5, 3)
        self.assertEqual(seen, [self.logdir, "loss"])
        self.assertEqual(self.scalars(self.logdir), [("loss", 3, 0.5)])

    def test_as_true_protobuf(self):
        """ClearML reads events with MessageToDict, which takes protobuf's own only."""
        seen = []
        with mock.patch.object(self.writers.FileWriter, "add_event",
                               lambda self, event, *rest: seen.append(event)):
            with self.module.SummaryWriter(self.logdir) as writer:
                writer.add_scalar("loss", 0.5, 3)
        event = event_pb2.Event.FromString(seen[0].SerializeToString())
        self.assertEqual(MessageToDict(event)["summary"],
                         {"value": [{"tag": "loss", "simpleValue": 0.5}]})

    # ---- calls ----

    def test_values_and_steps(self):
        """Lightning, ignite, stable-baselines3, MMEngine, Ray."""
        parameter = torch.nn.Parameter(torch.tensor([0.5]))
        values = [
            (1, 1), (0.5, 0.5), (True, 1), (numpy.float32(0.5), 0.5), (numpy.int64(7), 7),
            (numpy.bool_(True), 1), (numpy.array([0.5]), 0.5), (torch.tensor(0.5), 0.5),
            (torch.tensor([[0.5]]), 0.5), (parameter, 0.5),
            (torch.tensor(0.5, dtype=torch.bfloat16), 0.5), (torch.tensor(3, dtype=torch.uint8), 3)]
        steps = [0, 1, numpy.int64(2), torch.tensor(3), 4.0, numpy.float32(5)]
        with self.module.SummaryWriter(self.logdir) as writer:
            for value, _ in values:
                writer.add_scalar("value", value)
            for i, step in enumerate(steps):
                writer.add_scalar("step", i, step)
            writer.add_histogram("list", [1, 2, 3], 1)
            writer.add_histogram("parameter", parameter, 1)
        found = summaries(self.logdir)
        self.assertEqual([value["simple_value"] for _, value in found
                          if value["tag"] == "value"], [number for _, number in values])
        self.assertEqual([(step, value["simple_value"]) for step, value in found
                          if value["tag"] == "step"], [(i, float(i)) for i in range(6)])
        self.assertEqual([value["histo"]["num"] for _, value in found[-2:]], [3, 1])

    def test_keywords(self):
        """detectron2: a histogram that is counted; DeepSpeed: an event as arguments."""
        with self.module.SummaryWriter(self.logdir) as writer:
            writer.add_histogram_raw(
                tag="h", min=-1.0, max=3.0, num=4, sum=5.0, sum_squares=11.0,
                bucket_limits=[0.0, 1.0, 3.0], bucket_counts=[1, 0, 3], global_step=2)
            writer.add_scalar(*("Train/Samples/lr", 0.5, 6))
            writer.add_text("config", "x", global_step=0)
            writer.add_scalar(tag="loss", scalar_value=0.5, global_step=1)
        (step, value), *_ = summaries(self.logdir)
        self.assertEqual((step, value["histo"]), (2, {
            "min": -1.0, "max": 3.0, "num": 4.0, "sum": 5.0, "sum_squares": 11.0,
            "bucket_limit": [0.0, 1.0, 3.0], "bucket": [1.0, 0.0, 3.0]}))


class Ours(Contract, InDirectory):
    name = "tbx_pure"


class TensorboardX(Contract, InDirectory):
    name = "tensorboardX"


class Torch(Contract, InDirectory):
    name = "torch.utils.tensorboard"


class Summaries(InDirectory):
    """What the functions of .summary return."""

    def test_scalar(self):
        for name in "tensorboardX.summary", "torch.utils.tensorboard.summary":
            summary = importlib.import_module(name).scalar("loss", 0.5)
            value = summary.value[0]
            self.assertEqual((value.tag, value.simple_value), ("loss", 0.5))
            self.assertTrue(value.HasField("simple_value"))
            self.assertFalse(value.HasField("image"))
            self.assertEqual(value.WhichOneof("value"), "simple_value")
            self.assertEqual(summary_pb2.Summary.FromString(summary.SerializeToString()).value[0],
                             summary_pb2.Summary.Value(tag="loss", simple_value=0.5))

    def test_hparams(self):
        """Ray: by keyword; Lightning: by position; stable-baselines3: half and half."""
        hparam_dict, metric_dict = {"rate": 0.1, "name": "x", "bias": True}, {"loss": 0}
        for name in "tensorboardX.summary", "torch.utils.tensorboard.summary":
            hparams = importlib.import_module(name).hparams
            found = [[part.SerializeToString() for part in parts] for parts in (
                hparams(hparam_dict=hparam_dict, metric_dict=metric_dict),
                hparams(hparam_dict, metric_dict), hparams(hparam_dict, metric_dict=metric_dict))]
            self.assertEqual(len(found[0]), 3)
            self.assertEqual(found[0], found[1])
            self.assertEqual(found[0], found[2])
            self.assertEqual(
                [summary_pb2.Summary.FromString(part).value[0].metadata.plugin_data.plugin_name
                 for part in found[0]], ["hparams"] * 3)

    def test_image(self):
        for name, layout in (("tensorboardX.summary", "CHW"),
                             ("torch.utils.tensorboard.summary", "NCHW")):
            shape = (3, 4, 5) if layout == "CHW" else (2, 3, 4, 5)
            image = importlib.import_module(name).image("x", numpy.zeros(shape, "uint8"))
            self.assertEqual(image.value[0].image.height, 4)
            self.assertEqual(image.value[0].WhichOneof("value"), "image")

class Modules(unittest.TestCase):
    def test_paths(self):
        """Every path, with a true spec; and as attributes of the packages above them."""
        for path in ("tensorboardX", "tensorboardX.summary", "tensorboardX.writer",
                     "tensorboardX.utils", "tensorboardX.event_file_writer",
                     "tensorboardX.record_writer", "tensorboardX.proto.event_pb2",
                     "tensorboardX.proto.summary_pb2", "tensorboardX.x2num",
                     "torch.utils.tensorboard", "torch.utils.tensorboard.writer",
                     "torch.utils.tensorboard.summary", "tensorboard",
                     "tensorboard.summary.writer.event_file_writer"):
            module = importlib.import_module(path)
            self.assertEqual(module.__spec__.name, path)
            self.assertIsNotNone(importlib.util.find_spec(path))
            parent, _, name = path.rpartition(".")
            if parent:
                self.assertIs(getattr(importlib.import_module(parent), name), module)

    def test_versions(self):
        """Accelerate, transformers."""
        for name in "tensorboardX", "tensorboard":
            self.assertEqual(importlib.metadata.metadata(name)["Name"], name)
            self.assertTrue(importlib.metadata.version(name))


if __name__ == "__main__":
    unittest.main()
