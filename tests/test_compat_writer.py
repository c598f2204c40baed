"""SummaryWriter as programs touch it that are written for tensorboardX or torch."""
import inspect
import json
import os
import pickle
import threading
import unittest
import warnings
from array import array
from unittest import mock

import tbx_pure
from tbx_pure import InputError, SummaryWriter, lasting
from tbx_pure.compat import files, torch_writer, writer
from tbx_pure.compat.dialects import DIALECTS
from tbx_pure.compat.proto import Summary
from tbx_pure.compat.torchvis import TorchVis, VisdomWriter
from tbx_pure.histogram import default_edges
from tbx_pure.plugins.hparams import HPARAMS_PLUGIN_DATA
from tbx_pure.plugins.mesh import MESH_PLUGIN_DATA
from tbx_pure.tensor import Tensor
from tbx_pure.writer import SummaryWriter as Spine

from .helpers import PACKAGE_NAME, InDirectory, event_files, events, fork, python, summaries
from .png_reader import read_png

NAN, INF = float("nan"), float("inf")
LOSS = Summary(value=[{"tag": "loss", "simple_value": 0.5}])


class TestAttributes(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.writer = SummaryWriter(self.directory)

    def test_one_class(self):
        self.assertIs(SummaryWriter, writer.SummaryWriter)
        self.assertTrue(issubclass(SummaryWriter, Spine))
        self.assertIn("tensor_style", SummaryWriter.__doc__)
        self.assertIn("comet_config", SummaryWriter.__doc__)

    def test_arguments(self):
        """Those of tensorboardX and of torch, in their order."""
        names = list(inspect.signature(SummaryWriter).parameters)
        self.assertEqual(names[:9], ["logdir", "comment", "purge_step", "max_queue", "flush_secs", "filename_suffix",
                                     "write_to_disk", "log_dir", "comet_config"])
        w = SummaryWriter(None, "c", 3, 5, 30, ".x", True, self.path("a"), {"disabled": True}, auto_step=False)
        self.assertEqual((w.logdir, w.log_dir, w.get_logdir()), (self.path("a"),) * 3)
        self.assertEqual((w.purge_step, w.max_queue, w.flush_secs, w.filename_suffix, w.kwargs), (3, 5, 30, ".x", {}))
        with self.assertRaises(TypeError):
            SummaryWriter(self.directory, surprise=1)
        self.assertEqual(SummaryWriter(os.fsencode(self.path("b"))).logdir, self.path("b"))
        for name, options in (("logdir", {"logdir": 3}), ("logdir", {"log_dir": [1]}), ("comment", {"comment": 3}),
                              ("logdir", {"logdir": "a\0b"}), ("logdir", {"log_dir": b"a\0b"}),
                              ("logdir", {"logdir": self.path("\ud800")}), ("comment", {"comment": "\0"}),
                              ("flush_secs", {"log_dir": self.path("c"), "flush_secs": "x"}),
                              ("flush_secs", {"log_dir": self.path("c"), "flush_secs": None}),
                              ("steps", {"log_dir": self.path("c"), "steps": 3}),
                              ("durability", {"log_dir": self.path("c"), "durability": "all"}),
                              ("filename_suffix", {"log_dir": self.path("c"), "filename_suffix": 3})):
            with self.subTest(options):
                with self.assertRaisesRegex(InputError, r"^SummaryWriter\(.*\): %s: need" % name):
                    SummaryWriter(**options)
        self.assertFalse(os.path.exists(self.path("c")))
        path, = event_files(SummaryWriter(self.path("c"), filename_suffix=None).logdir)
        self.assertNotIn("None", path)

    def test_file_writer(self):
        path, = event_files(self.directory)
        self.assertIsInstance(self.writer.file_writer, writer.FileWriter)
        self.assertIs(self.writer._get_file_writer(), self.writer.file_writer)
        self.assertEqual(self.writer.file_writer.get_logdir(), self.directory)
        self.assertEqual(self.writer.file_writer.event_writer._file_name, path)
        self.assertEqual(self.writer.all_writers, {self.directory: self.writer.file_writer})

    def test_all_in_one_file_in_order(self):
        self.writer.add_scalar("a", 1, 1)
        self.writer.file_writer.add_summary(LOSS, 2)
        self.writer._get_file_writer().add_summary(LOSS.SerializeToString(), 3)
        self.writer.add_scalar("a", 1, 4)
        self.writer.file_writer.flush()
        self.assertEqual([step for step, _ in summaries(self.directory)], [1, 2, 3, 4])

    def test_sub_runs(self):
        self.writer.add_scalars("m/n", {"k": 1}, 1)
        directory = os.path.join(self.directory, "m", "n", "k")
        self.assertEqual(set(self.writer.all_writers), {self.directory, directory})
        self.writer.all_writers[directory].add_summary(LOSS, 2)
        self.assertEqual([step for step, _ in summaries(directory)], [1, 2])
        self.writer.add_hparams({"lr": 1}, {"acc": 1}, "h")
        self.assertEqual(set(self.writer.all_writers), {self.directory, directory})

    def test_after_close(self):
        old = self.writer.file_writer
        for add in (lambda: self.writer.add_scalar("a", 1, 1), lambda: self.writer._get_file_writer(),
                    lambda: self.writer.add_scalars("m", {"k": 1}, 1), lambda: self.writer.add_hparams({"a": 1})):
            self.writer.close()
            self.writer.close()
            self.assertEqual((self.writer.file_writer, self.writer.all_writers), (None, None))
            before = len(event_files(self.directory))
            self.writer.flush()
            self.assertEqual(len(event_files(self.directory)), before)
            add()
            self.assertGreater(len(event_files(self.directory)), before)
            self.assertIsNot(self.writer.file_writer, old)
            self.assertEqual(self.writer.file_writer.event_writer._file_name,
                             max(path for path in event_files(self.directory)
                                 if os.path.dirname(path) == self.directory))
        before = len(event_files(self.directory))
        old.add_summary(LOSS, 7)                        # the file that is open now
        self.assertEqual(len(event_files(self.directory)), before)

    def test_copied(self):
        """As to another process: a writer of the same run, with a file of its own once it is used."""
        copied = pickle.loads(pickle.dumps(self.writer))
        self.assertEqual(copied.logdir, self.writer.logdir)
        before = len(event_files(self.directory))
        copied.flush()
        self.assertEqual(len(event_files(self.directory)), before)
        copied.add_scalar("copied", 1.0, 1)
        self.assertEqual(len(event_files(self.directory)), before + 1)

    def test_other_default_bins(self):
        """As a callback for stable-baselines3 asks for them."""
        self.writer.default_bins = 3
        self.assertEqual(self.writer.default_bins, 3)
        self.writer.add_histogram("h", range(9), 1)
        self.writer.add_histogram("h", range(9), 2, bins=2)
        self.writer.add_histograms({"h": range(9)}, 3)
        self.writer.default_bins = [0, 8]
        self.writer.add_histogram("h", range(9), 4)
        self.assertEqual([value["histo"]["bucket"] for _, value in summaries(self.directory)],
                         [[0, 3, 3, 3], [0, 4, 5], [0, 3, 3, 3], [0, 9]])

    def test_default_bins(self):
        self.assertEqual(self.writer.default_bins, list(default_edges()))
        self.writer.default_bins.clear()                # no one else's
        self.assertEqual(len(self.writer.default_bins), 1549)

    def test_use_metadata(self):
        with self.writer.use_metadata(global_step=5, walltime=1.5):
            self.writer.file_writer.add_summary(LOSS)
            self.writer.add_scalar("a", 1)
        self.assertEqual([(e["step"], e["wall_time"]) for e in events(self.directory)[1:]], [(5, 1.5)] * 2)

    def test_nothing_on_disk(self):
        w = SummaryWriter(self.path("none"), write_to_disk=False)
        w.add_scalars("m", {"k": 1}, 1)
        w.add_hparams({"a": 1}, {"b": 2})
        w.add_embedding([[1, 2]])
        w.file_writer.add_summary(LOSS, 1)
        self.assertIsInstance(w.file_writer, files.FileWriter)
        self.assertEqual(w.all_writers[self.path("none")], w.file_writer)
        self.assertEqual(sorted(w.all_writers), [self.path("none"), self.path("none", "m", "k")])
        self.assertEqual(w.file_writer.get_logdir(), self.path("none"))
        self.assertEqual(w.scalar_dict, {w.logdir.replace(os.sep, "/") + "/m/k": []})
        w.flush()
        w.close()
        self.assertEqual((w.file_writer, w.all_writers), (None, None))
        w.add_scalar("a", 1, 1)                         # as on the disk: a new one
        self.assertEqual(w.file_writer.get_logdir(), self.path("none"))
        self.assertFalse(os.path.exists(self.path("none")))

    def test_comet(self):
        for config in (None, {}, {"disabled": True}, {"disabled": True, "api_key": "x"}):
            SummaryWriter(self.directory, comet_config=config)
        for config in ({"disabled": False}, {"api_key": "x"}, "yes"):
            with self.assertRaises(InputError) as caught:
                SummaryWriter(self.path("comet"), comet_config=config)
            self.assertEqual(caught.exception.argument, "comet_config")
        self.assertFalse(os.path.exists(self.path("comet")))

    def test_threads_that_close_between(self):
        def add(k):
            for i in range(60):
                self.writer.add_scalars("m", {"k": i}, 1000 * k + i)
                self.writer.add_scalar("a", i, 1000 * k + i)
                if k == 0 and i % 7 == 0:
                    self.writer.close()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")             # steps of threads are in no order
            threads = [threading.Thread(target=add, args=(k,)) for k in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.writer.flush()             # of a burst the last 20 ms may wait
        expected = [1000 * k + i for k in range(4) for i in range(60)]
        for directory in (self.directory, self.path("m", "k")):
            found = [step for path in event_files(self.directory) if os.path.dirname(path) == directory
                     for step, _ in summaries(path)]
            self.assertEqual(sorted(found), expected)

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_forked(self):
        child = fork(lambda: (self.writer.add_scalar("a", 1, 2), self.writer.file_writer.add_summary(LOSS, 3)))
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.writer.add_scalar("a", 1, 4)
        self.assertEqual([step for step, _ in summaries(self.directory)], [2, 3, 4])


class TestSubclasses(InDirectory):
    """Classes that people have derived from theirs."""

    def test_one_that_writes_hparams_itself(self):
        """As in many answers to "add_hparams makes a new run"."""
        class Same(SummaryWriter):
            def add_hparams(self, hparam_dict, metric_dict):
                for summary in (LOSS, LOSS, LOSS):
                    self.file_writer.add_summary(summary)
                for name, x in metric_dict.items():
                    self.add_scalar(name, x)
        with Same(self.directory) as w:
            w.add_hparams({"lr": 1}, {"acc": 2})
        self.assertEqual([value["tag"] for _, value in summaries(self.directory)], ["loss"] * 3 + ["acc"])

    def test_one_with_a_step_of_its_own(self):
        class Counting(SummaryWriter):
            def __init__(self, logdir):
                SummaryWriter.__init__(self, logdir)
                self._step = self._steps = self._tag = self._file = 7
                self._metadata = {}
        with Counting(self.directory) as w:
            w.add_scalar("a", 1, w._step)
            w.add_text("t", "x", w._steps)
            w.add_hparams({"lr": 1}, {"acc": 2}, ".", w._tag)
        self.assertEqual([step for step, value in summaries(self.directory) if "simple_value" in value], [7, 7])

    def test_one_with_a_file_writer_of_its_own(self):
        class Counting(writer.FileWriter):
            count = 0

            def add_summary(self, summary, global_step=None, walltime=None):
                self.count += 1
                writer.FileWriter.add_summary(self, summary, global_step, walltime)

        class Own(SummaryWriter):
            def _get_file_writer(self):
                if self.all_writers is None or self.file_writer is None:
                    self.file_writer = Counting(self.logdir, self.max_queue, self.flush_secs, self.filename_suffix)
                    self.all_writers = {self.file_writer.get_logdir(): self.file_writer}
                return self.file_writer
        with Own(self.directory) as w:
            w.add_scalar("a", 1, 5)
            w.add_scalar("a", 2, 6)
            self.assertEqual(w.file_writer.count, 2)
            file = w.file_writer.event_writer.file
        self.assertIsNone(file._fd)
        self.assertEqual([step for path in event_files(self.directory) for step, _ in summaries(path)], [5, 6])

    def test_one_with_a_longer_constructor(self):
        class Named(SummaryWriter):
            def __init__(self, name, **options):
                self.name = name
                super().__init__(log_dir=name, **options)

            def add_scalar(self, tag, *arguments, **options):
                super().add_scalar("own/" + tag, *arguments, **options)
        with Named(self.path("n"), flush_secs=1) as w:
            w.add_scalar("a", 1, 5)
            w.add_scalars("m", {"k": 1}, 5)
        self.assertEqual(summaries(event_files(self.path("n"))[0])[0][1]["tag"], "own/a")


class TestScalarDict(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.writer = SummaryWriter(self.directory)
        self.key = self.directory.replace(os.sep, "/") + "/m a/k"

    def add(self, *values, start=0):
        for step, x in enumerate(values, start):
            self.writer.add_scalars("m a", {"k": x}, step, 10.5 + step)

    def test_what_it_holds(self):
        self.add(0.1, 2, 1e30)
        self.writer.add_scalar("a", 1)
        self.writer.add_scalars("m a", {"k": 5}, 7, 99.0, as_tags=True)
        self.assertEqual(self.writer.scalar_dict, {self.key: [[10.5, 0, 0.1], [11.5, 1, 2.0], [12.5, 2, 1e30]]})

    def test_of_all_files(self):
        self.add(1)
        self.writer.close()
        self.add(2, start=1)
        SummaryWriter(self.directory).add_scalars("m a", {"k": 9})          # another's
        self.writer.add_hparams({"x": 1}, {"m a": 3}, "n/k")
        self.assertEqual([x for _, _, x in self.writer.scalar_dict[self.key]], [1.0, 2.0])

    def test_tensors(self):
        self.writer = SummaryWriter(self.directory, tensor_style=True)
        self.add(0.1)
        self.assertEqual(self.writer.scalar_dict, {self.key: [[10.5, 0, 0.1]]})

    def test_nothing(self):
        self.assertEqual(self.writer.scalar_dict, {})

    def test_torch(self):
        w = torch_writer.SummaryWriter(self.directory)
        w.add_scalars("m a/b", {"k": 1}, 2, 3.5)
        self.assertEqual(w.scalar_dict, {self.key[:-2] + "_b_k": [[3.5, 2, 1.0]]})

    def test_export(self):
        self.add(0.1, NAN, -INF)
        self.writer.export_scalars_to_json(self.path("all.json"))
        with open(self.path("all.json"), encoding="utf-8") as f:
            found = json.load(f, parse_constant=self.fail)
        self.assertEqual(found, {self.key: [[10.5, 0, 0.1], [11.5, 1, "NaN"], [12.5, 2, "-Infinity"]]})
        self.assertEqual(float(found[self.key][2][2]), -INF)

    def test_put_in_its_place(self):
        """As programs do that shall not fill the memory, or that go on from an older run's."""
        self.add(1, 2)
        self.writer.scalar_dict = {}
        self.assertEqual(self.writer.scalar_dict, {})
        self.add(3, start=2)
        self.assertEqual(self.writer.scalar_dict, {self.key: [[12.5, 2, 3.0]]})
        self.writer.scalar_dict = {self.key: [[1.5, 0, NAN]], "note": {"lr": 0.1}}
        self.writer.close()
        self.add(4, start=3)
        self.writer.export_scalars_to_json(self.path("all.json"))
        with open(self.path("all.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f), {self.key: [[1.5, 0, "NaN"], [13.5, 3, 4.0]], "note": {"lr": 0.1}})
        with self.assertRaisesRegex(InputError, "scalar_dict: need a dict"):
            self.writer.scalar_dict = None

    def test_files_that_errors_have_made(self):
        """One that could not be made at first, and one that goes on for one that is gone."""
        with warnings.catch_warnings(), mock.patch.object(lasting, "background", lambda files: False), \
                mock.patch.object(lasting, "LOOK", -1.0):
            warnings.simplefilter("ignore")
            with mock.patch.object(os, "makedirs", side_effect=OSError(28, "full")):
                self.add(1, 2)
            self.assertEqual(self.writer.scalar_dict, {self.key: []})
            self.writer.flush()
            self.assertEqual([x for _, _, x in self.writer.scalar_dict[self.key]], [1.0, 2.0])
            self.assertEqual(len(self.writer.all_writers), 2)
            os.remove(*event_files(self.path("m a")))
            self.assertEqual(self.writer.scalar_dict, {self.key: []})
            self.add(3, start=2)
            self.assertEqual([x for _, _, x in self.writer.scalar_dict[self.key]], [3.0])
            self.writer.scalar_dict = {}
            self.add(4, start=3)
        self.assertEqual([x for _, _, x in self.writer.scalar_dict[self.key]], [4.0])

    def test_no_memory(self):
        self.add(*range(100))
        kept = [self.writer._curves, self.writer._starts]
        self.assertLess(len(repr(kept)), 1000)


class TestDialects(InDirectory):

    def writers(self, **options):
        """Yield each way to a writer of the torch dialect."""
        yield SummaryWriter(self.path("a"), dialect="torch", **options)
        yield torch_writer.SummaryWriter(self.path("b"), **options)

    def written(self, method, *arguments, **options):
        """Return {run: summaries}, which every writer must have written."""
        found = []
        for w in self.writers():
            getattr(w, method)(*arguments, **options)
            w.close()
            found.append({os.path.relpath(os.path.dirname(path), w.logdir).replace(os.sep, "/"): summaries(path)
                          for path in event_files(w.logdir)})
        self.assertEqual(found[0], found[1])
        return found[0]

    def value(self, method, *arguments, **options):
        (_, value), = self.written(method, *arguments, **options)["."]
        return value

    def test_names(self):
        self.assertEqual(set(DIALECTS), {"tensorboardX", "torch"})
        for name in ("pytorch", "Torch", 3):
            with self.assertRaises(InputError) as caught:
                SummaryWriter(self.path("x"), dialect=name)
            self.assertEqual(caught.exception.argument, "dialect")
        self.assertEqual(os.listdir(self.directory), [])

    def test_the_other(self):
        with torch_writer.SummaryWriter(self.directory, dialect="tensorboardX") as w:
            w.add_scalars("a/b c", {"k": 1}, 1)
        (_, value), = summaries(self.path("a", "b c", "k"))
        self.assertEqual(value["tag"], "a/b_c")
        self.assertEqual(set(events(event_files(self.directory)[1])[0]), {"wall_time", "file_version"})

    def test_tags(self):
        self.assertEqual(self.value("add_scalar", "/a b:c", 1)["tag"], "/a b:c")
        for w in self.writers(raw_tags=False):
            w.add_scalar("/a b:c", 1)
            self.assertEqual(summaries(event_files(w.logdir)[-1])[0][1]["tag"], "a_b_c")

    def test_first_record(self):
        for w in self.writers():
            w.add_scalars("m", {"k": 1})
            w.add_hparams({"a": 1})
            for path in event_files(w.logdir):
                self.assertEqual(events(path)[0]["source_metadata"],
                                 {"writer": "tensorboard.summary.writer.event_file_writer"})
            self.assertEqual(len(event_files(w.logdir)), 3)

    def test_runs_of_add_scalars(self):
        value = {"tag": "a/b c", "simple_value": 1.0}
        self.assertEqual(self.written("add_scalars", "a/b c", {"k": 1, "d/e": 1}, 3),
                         {".": [], "a_b c_k": [(3, value)], "a_b c_d/e": [(3, value)]})

    def test_runs_stay_inside(self):
        self.assertEqual(set(self.written("add_scalars", "../../x", {"../../../k": 1})),
                         {".", ".._.._x_../_/_/k"})

    def test_text_as_a_number(self):
        self.assertEqual(self.value("add_scalar", "x", " 3.5 ")["simple_value"], 3.5)
        self.assertEqual(self.written("add_scalars", "x", {"k": "-1e3"})["x_k"][0][1]["simple_value"], -1000)
        for w in self.writers():
            for arguments in (("add_scalar", "x", "3,5"), ("add_scalars", "x", {"k": ""})):
                with self.assertRaises(InputError):
                    getattr(w, arguments[0])(*arguments[1:])

    def test_audio(self):
        for x in ([-1.0, -0.5, 0.5, 1.0, 0.0], array("f", [-1.0, -0.5, 0.5, 1.0, 0.0])):
            sound = self.value("add_audio", "s", x)["audio"]
            self.assertEqual(array("h", sound["encoded_audio_string"][44:]).tolist(), [-32767, -16383, 16383, 32767, 0])
        self.assertEqual(self.value("add_audio", "s", [[0.5, 0.25]])["audio"]["num_channels"], 1)
        self.assertEqual(self.value("add_audio", "s", [[0.5, 0.25]] * 3)["audio"]["num_channels"], 2)
        sound = self.value("add_audio", "s", array("h", [5, -32768]))["audio"]          # [audio-int16]
        self.assertEqual(array("h", sound["encoded_audio_string"][44:]).tolist(), [5, -32768])

    def test_audio_of_half_precision(self):
        sound = self.value("add_audio", "s", Tensor("float16", (3,), [1.0, -1.0, 0.25]))["audio"]
        self.assertEqual(array("h", sound["encoded_audio_string"][44:]).tolist(), [32767, -32767, 8191])

    def test_mesh(self):
        points, faces = [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]], [[[0, 1, 2]]]
        for w in self.writers():
            w.add_mesh("m", points, faces=faces)
            found = events(event_files(w.logdir)[0])[1]["summary"]["value"]
            self.assertEqual([value["tag"] for value in found], ["m_VERTEX", "m_FACE"])
            for value, kind in zip(found, ("VERTEX", "FACE")):
                content = MESH_PLUGIN_DATA.decode(value["metadata"]["plugin_data"]["content"])
                self.assertEqual((content["content_type"], content["components"], content["json_config"]),
                                 (kind, 0b110, "{}"))

    def hparams(self, *arguments, **options):
        found = dict(self.written("add_hparams", *arguments, run_name="h", **options))["h"]
        contents = {value["tag"]: HPARAMS_PLUGIN_DATA.decode(value["metadata"]["plugin_data"]["content"])
                    for _, value in found if "metadata" in value}
        return [step for step, _ in found], contents

    def test_hparams(self):
        steps, contents = self.hparams({"on": True, "n": 2, "s": "x"}, {"acc": 1}, {"on": [True, False]}, global_step=7)
        self.assertEqual(steps, [7] * 4)
        self.assertEqual(contents["_hparams_/session_start_info"]["session_start_info"]["hparams"],
                         {"on": {"number_value": 1.0}, "n": {"number_value": 2.0}, "s": {"string_value": "x"}})
        info = contents["_hparams_/experiment"]["experiment"]["hparam_infos"][0]
        self.assertEqual((info["type"], info["domain_discrete"]),
                         ("DATA_TYPE_FLOAT64", {"values": [{"number_value": 1.0}, {"number_value": 0.0}]}))
        self.assertEqual(self.hparams({"a": 1}, {"acc": 1})[0], [0] * 4)

    def test_hparams_reads_a_metric_that_is_text(self):
        found = dict(self.written("add_hparams", {"a": 1}, {"acc": "0.5"}, run_name="h"))["h"]
        self.assertEqual([value["simple_value"] for _, value in found if value["tag"] == "acc"], [0.5])

    def test_hparams_refused(self):
        for w in self.writers():
            for x in ([1, 2], len, object(), b"x", {}):
                with self.assertRaises(InputError) as caught:
                    w.add_hparams({"x": x})
                self.assertEqual(caught.exception.argument, "hparam_dict['x']")
            self.assertEqual(len(event_files(w.logdir)), 1)

    def test_embedding(self):
        for w in self.writers():
            w.add_embedding([[1, 2], [3, 4]], ["a", "b"], [[[[0.5, 1.0]]]] * 2, 3, "t")
            with open(os.path.join(w.logdir, "projector_config.pbtxt"), encoding="utf-8") as f:
                self.assertEqual(f.read(), 'embeddings {\n'
                                           '  tensor_name: "t:00003"\n'
                                           '  metadata_path: "00003/t/metadata.tsv"\n'
                                           '  sprite {\n'
                                           '    image_path: "00003/t/sprite.png"\n'
                                           '    single_image_dim: 2\n'
                                           '    single_image_dim: 1\n'
                                           '  }\n'
                                           '  tensor_path: "00003/t/tensors.tsv"\n'
                                           '}\n')
            with open(os.path.join(w.logdir, "00003", "t", "sprite.png"), "rb") as f:
                self.assertEqual(read_png(f.read())[:2], (4, 4))
            with self.assertRaises(InputError):                 # higher than wide
                w.add_embedding([[1, 2]], label_img=[[[[0.5], [1.0]]]])

    def test_pixels(self):
        """v * 255 of v rounded to float32: 0.2 is 51.0000008, cut to 51; and 0.6, 153.0000061."""
        below = 0.6 - 1e-9              # of float64, 152.9999997
        for w in self.writers():
            w.add_image("i", [[below]], dataformats="HW")
            w.add_image("i", [[1]], dataformats="HW")
            w.add_image("i", memoryview(bytes([7])).cast("B", (1, 1)), dataformats="HW")
            found = [read_png(value["image"]["encoded_image_string"])[3][0]
                     for _, value in summaries(event_files(w.logdir)[0])]
            self.assertEqual(found, [153, 255, 7])
            for bad in (0.5, [], [[]], "x.png", None):
                with self.assertRaises(InputError) as caught:
                    w.add_image("i", bad)
                self.assertEqual(caught.exception.argument, "img_tensor")
        with SummaryWriter(self.path("x")) as w:
            w.add_image("i", [[below]], dataformats="HW")
        (_, value), = summaries(self.path("x"))
        self.assertEqual(read_png(value["image"]["encoded_image_string"])[3][0], 152)


class TestTorchVis(InDirectory):

    def test_tensorboard(self):
        vis = TorchVis("tensorboard", tensorboard={"logdir": self.directory})
        vis.add_scalar("a", 1, 2)
        self.assertEqual([step for step, _ in summaries(self.directory)], [2])
        vis.register("tensorboard")
        vis.unregister("tensorboard")
        with self.assertRaises(AttributeError):
            vis.add_scalar

    def test_refused(self):
        for make in (lambda: TorchVis("visdom"), VisdomWriter):
            with self.assertRaises(InputError):
                make()


class TestPackage(InDirectory):

    def test_a_fault_in_the_wing_is_not_hidden(self):
        code = ("import sys; sys.modules['%s.compat.files'] = None\n"
                "try: import %s\nexcept ImportError as e: print('raised')" % (PACKAGE_NAME, PACKAGE_NAME))
        self.assertEqual(python("-c", code).strip(), "raised")

    def test_messages_are_not_loaded_before_they_are_needed(self):
        code = ("import sys, tempfile, %s as p; w = p.SummaryWriter(tempfile.mkdtemp()); w.add_scalar('a', 1); w.close();"
                "print(*[m for m in sys.modules if m.startswith('%s.compat')])" % (PACKAGE_NAME, PACKAGE_NAME))
        self.assertEqual({name.partition("compat")[2] for name in python("-c", code).split()},
                         {"", ".base", ".dialects", ".files", ".record_writer", ".writer"})


if __name__ == "__main__":
    unittest.main()
