"""FileWriter, EventFileWriter and RecordWriter: what goes in, where it goes, and who may listen."""
import io
import os
import threading
import types
import unittest
from unittest import mock

from tbx_pure import InputError
from tbx_pure.compat import files, torch_writer, writer
from tbx_pure.compat.files import EventFileWriter, FileWriter
from tbx_pure.compat.proto import Event, Summary
from tbx_pure.compat.record_writer import (FACTORIES, RecordWriter, factory_of,
                                           register_writer_factory)
from tbx_pure.record import frame, unframe

from .helpers import InDirectory, event_files, events, records, summaries

LOSS = Summary(value=[{"tag": "loss", "simple_value": 0.5}])
WRITTEN = {"tag": "loss", "simple_value": 0.5}
SOURCE = "tensorboard.summary.writer.event_file_writer"


class Foreign:
    """A message of another package: it can say its bytes, and no more."""

    def __init__(self, message):
        self.message = message

    def SerializeToString(self):
        return self.message.SerializeToString()


class TestFileWriter(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.writer = FileWriter(self.directory)

    def test_summaries_in_every_form(self):
        data = LOSS.SerializeToString()
        for step, summary in enumerate([LOSS, data, bytearray(data), memoryview(data), Foreign(LOSS),
                                        {"value": [{"tag": "loss", "simple_value": 0.5}]}], 1):
            self.writer.add_summary(summary, step)
        self.assertEqual(summaries(self.directory), [(step, WRITTEN) for step in range(1, 7)])

    def test_events_in_every_form(self):
        for event in (Event(step=4, summary=LOSS), Event(step=4, summary=LOSS).SerializeToString(),
                      Foreign(Event(step=4, summary=LOSS))):
            self.writer.add_event(event)
        self.assertEqual(summaries(self.directory), [(4, WRITTEN)] * 3)

    def test_step_and_time(self):
        self.writer.add_summary(LOSS, "12", 2.5)
        self.writer.add_event(Event(step=1, wall_time=1.0, summary=LOSS), 3, 7)
        with mock.patch("time.time", lambda: 42.0):
            self.writer.add_event(Event(step=1, wall_time=1.0, summary=LOSS))
        self.assertEqual([(e["step"], e["wall_time"]) for e in events(self.directory)[1:]],
                         [(12, 2.5), (3, 7.0), (1, 42.0)])

    def test_use_metadata(self):
        with self.writer.use_metadata(global_step=5, walltime=1.5) as same:
            self.assertIs(same, self.writer)
            self.writer.add_summary(LOSS)
            self.writer.add_summary(LOSS, 6, 2.5)
        self.writer.add_summary(LOSS, walltime=3.5)
        self.assertEqual([(e.get("step"), e["wall_time"]) for e in events(self.directory)[1:]],
                         [(5, 1.5), (6, 2.5), (None, 3.5)])

    def test_refused(self):
        for add, x, argument in (
                (self.writer.add_summary, "text", "summary"), (self.writer.add_summary, None, "summary"),
                (self.writer.add_summary, b"\x0a\x7f", "summary"),
                (self.writer.add_summary, Event(step=1), "summary"),
                (self.writer.add_event, LOSS, "event"), (self.writer.add_event, 3, "event"),
                (self.writer.add_event, b"\xff", "event"), (self.writer.add_graph, "graph", "graph_profile"),
                (self.writer.event_writer.add_event, LOSS, "event"),
                (lambda x: self.writer.add_summary(LOSS, x), "x", "step"),
                (lambda x: self.writer.add_summary(LOSS, 1, x), float("nan"), "walltime")):
            with self.subTest(argument, x=x):
                with self.assertRaises(InputError) as caught:
                    add(x)
                self.assertEqual(caught.exception.argument, argument)
                self.assertIn("FileWriter", caught.exception.method)
        self.assertEqual(len(events(self.directory)), 1)

    def test_directory(self):
        self.assertEqual(self.writer.get_logdir(), self.directory)
        self.assertEqual(FileWriter(log_dir=self.path("a")).get_logdir(), self.path("a"))
        self.assertEqual(FileWriter(self.path("b"), 5, 30, ".end").get_logdir(), self.path("b"))
        self.assertTrue(event_files(self.path("b"))[0].endswith(".end"))
        with self.assertRaises(InputError):
            FileWriter()

    def test_graphs(self):
        graph = types.SimpleNamespace(SerializeToString=lambda: b"graph")
        profile = types.SimpleNamespace(SerializeToString=lambda: b"profile")
        self.writer.add_graph((graph, profile), 1.5)
        self.writer.add_graph(graph)
        self.writer.add_onnx_graph(b"onnx")
        self.writer.add_openvino_graph(b"openvino", 2.5)
        torch_writer.FileWriter(self.path("torch")).add_graph((graph, profile))
        found = events(event_files(self.directory)[0])[1:]
        self.assertEqual([e["wall_time"] for e in found[:2]], [1.5, 1.5])
        self.assertEqual([e.get("graph_def") for e in found],
                         [b"graph", None, b"graph", b"onnx", b"openvino"])
        self.assertEqual(found[1]["tagged_run_metadata"], {"tag": "profiler", "run_metadata": b"profile"})
        self.assertEqual(events(self.path("torch"))[2]["tagged_run_metadata"]["tag"], "step1")

    def test_closed_and_opened(self):
        self.writer.close()
        self.writer.close()
        self.writer.flush()
        self.assertEqual(len(event_files(self.directory)), 1)
        self.writer.add_summary(LOSS, 1)                # peers drop it, or raise
        self.writer.close()
        self.writer.reopen()
        self.assertEqual(len(event_files(self.directory)), 3)
        self.writer.add_summary(LOSS, 2)
        self.assertEqual([summaries(path) for path in event_files(self.directory)],
                         [[], [(1, WRITTEN)], [(2, WRITTEN)]])

    def test_event_writer(self):
        inner = self.writer.event_writer
        path, = event_files(self.directory)
        self.assertIsInstance(inner, EventFileWriter)
        self.assertEqual((inner._file_name, inner._ev_writer._file_name, inner._logdir, inner.get_logdir()),
                         (path, path, self.directory, self.directory))

    def test_threads(self):
        def add(k):
            for i in range(50):
                self.writer.add_summary(LOSS, 1000 * k + i)
        threads = [threading.Thread(target=add, args=(k,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.writer.flush()
        self.assertEqual(sorted(step for step, _ in summaries(self.directory)),
                         [1000 * k + i for k in range(4) for i in range(50)])


class TestEventFileWriter(InDirectory):

    def test_alone(self):
        inner = EventFileWriter(self.directory, max_queue_size=5, flush_secs=3, filename_suffix=".x")
        inner.add_event(Event(step=1, wall_time=1.5, summary=LOSS))
        inner.flush()
        inner.close()
        inner.reopen()
        inner.add_event(Event(step=2, summary=LOSS).SerializeToString())
        first, second = event_files(self.directory)
        self.assertEqual([e for e in events(first)[1:]], [{"step": 1, "wall_time": 1.5, "summary": {"value": [WRITTEN]}}])
        self.assertEqual(events(second)[1:], [{"step": 2, "summary": {"value": [WRITTEN]}}])
        self.assertTrue(second.endswith(".x"))

    def test_who_writes(self):
        EventFileWriter(self.path("x"))
        torch_writer.EventFileWriter(self.path("t"))
        self.assertNotIn("source_metadata", events(self.path("x"))[0])
        self.assertEqual(events(self.path("t"))[0]["source_metadata"], {"writer": SOURCE})

    def test_nowhere(self):
        dummy = files.DummyFileWriter(self.path("none"))
        dummy.add_summary(LOSS, 1)
        dummy.add_event(Event())
        dummy.add_graph(b"")
        with self.assertRaises(InputError):
            dummy.add_summary(3)
        with dummy.use_metadata(global_step=1):
            for method in (dummy.flush, dummy.close, dummy.reopen):
                method()
        self.assertEqual(dummy.get_logdir(), self.path("none"))
        self.assertIsNone(dummy.event_writer._file_name)
        self.assertEqual(os.listdir(self.directory), [])


class TestListeners(InDirectory):
    """What trackers do: they put functions and classes of their own in the place of ours."""

    FAMILIES = writer, torch_writer

    def add_all(self, module):
        with module.SummaryWriter(self.path(str(len(os.listdir(self.directory))))) as w:
            w.add_scalar("a", 0.5, 3)
            w.add_text("t", "hi")
            w.add_scalars("m", {"k": 2}, 7)
            w.add_hparams({"lr": 1}, {"acc": 3}, run_name="h")
            w.file_writer.add_summary(LOSS, 9)
            return w.logdir

    HEARD = [("a", 0.5, 3), ("t/text_summary", None, None), ("m", 2.0, 7), ("_hparams_/experiment", None, None),
             ("_hparams_/session_start_info", None, None), ("_hparams_/session_end_info", None, None),
             ("acc", 3.0, None), ("loss", 0.5, 9)]

    def listener(self, module, heard, name="add_event"):
        original = getattr(module.FileWriter, name)

        def listens(self, message, step=None, walltime=None):
            if name == "add_event":
                assert message.WhichOneof("what") == "summary"
                message = message.summary
            for value in message.value:
                heard.append((value.tag, value.simple_value if value.HasField("simple_value") else None, step))
            assert walltime is None or walltime > 1e9
            return original(self, message if name == "add_summary" else Event(summary=message), step, walltime)
        return mock.patch.object(module.FileWriter, name, listens)

    def test_functions(self):
        for module in self.FAMILIES:
            silent = self.add_all(module)
            for name in ("add_event", "add_summary"):
                heard = []
                with self.subTest(module.__name__, function=name), self.listener(module, heard, name):
                    logdir = self.add_all(module)
                    self.assertEqual(heard, self.HEARD)
                    self.assertEqual([self.tree(path) for path in (silent, logdir)], [self.tree(logdir)] * 2)
            heard = []
            self.add_all(module)
            self.assertEqual(heard, [])

    def tree(self, logdir):
        return [(os.path.relpath(os.path.dirname(path), logdir), summaries(path)) for path in event_files(logdir)]

    def test_one_family_does_not_hear_the_other(self):
        for module, other in (self.FAMILIES, self.FAMILIES[::-1]):
            heard = []
            with self.listener(module, heard):
                self.add_all(other)
            self.assertEqual(heard, [])

    def test_step_0(self):
        heard = []
        with self.listener(writer, heard), writer.SummaryWriter(self.directory) as w:
            w.add_scalar("a", 1, 0)
        self.assertEqual(heard, [("a", 1.0, None)])

    def test_after_the_writer_was_made(self):
        heard = []
        with writer.SummaryWriter(self.directory) as w:
            w.add_scalar("a", 1, 1)
            with self.listener(writer, heard):
                w.add_scalar("a", 2, 2)
            w.add_scalar("a", 3, 3)
        self.assertEqual(heard, [("a", 2.0, 2)])
        self.assertEqual([step for step, _ in summaries(self.directory)], [1, 2, 3])

    def test_classes(self):
        """As Weights & Biases: a subclass of EventFileWriter that takes note of the directory."""
        for module in self.FAMILIES:
            seen, original = [], module.EventFileWriter

            class Notes(original):
                def __init__(self, logdir, *arguments, **options):
                    seen.append((logdir,) + arguments)
                    super().__init__(logdir, *arguments, **options)
            with self.subTest(module.__name__), mock.patch.object(module, "EventFileWriter", Notes):
                logdir = self.add_all(module)
            run = "m_k" if module is torch_writer else os.path.join("m", "k")
            self.assertEqual(seen, [(os.path.join(logdir, name) if name else logdir, 10, 120, "")
                                    for name in ("", run, "h")])
            self.assertEqual(len(event_files(logdir)), 3)

    def test_a_subclass_of_ours(self):
        class Own(writer.EventFileWriter):
            heard = []

            def add_event(self, event):
                self.heard.append(event.WhichOneof("what"))
                super().add_event(event)
        with mock.patch.object(writer, "EventFileWriter", Own):
            self.add_all(writer)
        self.assertEqual(Own.heard, ["summary"] * 8)


class Memory:
    """A factory: files that are there once they are flushed, by path."""

    def __init__(self):
        self.files, self.directories, self.flushes, self.open_files = {}, [], 0, 0

    def directory_check(self, path):
        self.directories.append(path)

    def open(self, path):
        factory = self
        factory.open_files += 1

        class File:
            def __init__(self):
                self.buffer = io.BytesIO()

            def write(self, data):
                self.buffer.write(data)

            def flush(self):
                factory.flushes += 1
                factory.files[path] = self.buffer.getvalue()

            def close(self):
                self.flush()
                factory.open_files -= 1
        return File()


class TestFactories(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.memory = Memory()
        before = dict(FACTORIES)
        self.addCleanup(lambda: (FACTORIES.clear(), FACTORIES.update(before)))
        register_writer_factory("mem", self.memory)
        cwd = os.getcwd()
        os.chdir(self.directory)
        self.addCleanup(os.chdir, cwd)

    def found(self):
        return {path: self.steps(data) for path, data in self.memory.files.items()}

    def steps(self, buf):
        steps, pos = [], 0
        while pos < len(buf):
            data, pos = unframe(buf, pos)
            steps.append(Event.FromString(data).step)
        return steps[1:]

    def test_a_run(self):
        w = writer.SummaryWriter("mem://bucket/run", filename_suffix=".s")
        w.add_scalar("a", 1, 3)
        w.add_scalars("m", {"k": 1}, 4)
        w.flush()
        self.assertEqual(sorted(self.found().values()), [[3], [4]])
        w.add_scalar("a", 1, 5)
        w.close()
        self.assertEqual(sorted(self.found().values()), [[3, 5], [4]])
        self.assertTrue(all(path.startswith("mem://bucket/run/") and path.endswith(".s")
                            for path in self.found()))
        self.assertEqual(self.memory.directories[0].rstrip("/"), "mem://bucket/run")
        self.assertEqual((self.memory.open_files, os.listdir(self.directory)), (0, []))

    def test_a_file_writer(self):
        w = FileWriter("mem://run")
        w.add_summary(LOSS, 8)
        self.assertEqual(self.found(), {})
        w.flush()
        self.assertEqual(list(self.found().values()), [[8]])

    def test_flushed_after_a_while(self):
        w = writer.SummaryWriter("mem://run", flush_secs=0)
        w.add_scalar("a", 1, 3)
        self.assertEqual(list(self.found().values()), [[3]])
        w.close()

    def test_what_needs_a_directory(self):
        with writer.SummaryWriter("mem://run") as w:
            for use in (lambda: w.add_embedding([[1, 2]]), lambda: w.scalar_dict,
                        lambda: w.export_scalars_to_json("all.json")):
                with self.assertRaises(InputError) as caught:
                    use()
                self.assertEqual(caught.exception.argument, "logdir")
        self.assertEqual(os.listdir(self.directory), [])

    def test_without_a_factory(self):
        for make in (writer.SummaryWriter, FileWriter, EventFileWriter, RecordWriter):
            for url in ("s3://bucket/run", "gs://bucket/run"):
                with self.assertRaises(InputError) as caught:
                    make(url)
                self.assertIn("register_writer_factory(%r" % url[:2], str(caught.exception))
        self.assertEqual(os.listdir(self.directory), [])

    def test_paths(self):
        for path in ("run", "a/b", "C:\\runs", "mem", "a:b", "./x://y"):
            self.assertIsNone(factory_of(path), path)
        self.assertIs(factory_of("mem:x"), self.memory)

    def test_refused(self):
        for prefix, factory in (("a:", self.memory), ("", self.memory), (3, self.memory), ("x", object())):
            with self.assertRaises(InputError):
                register_writer_factory(prefix, factory)
        self.assertEqual(list(FACTORIES), ["mem"])

    def test_at_exit(self):
        from tbx_pure.compat.record_writer import FactorySystem
        system = FactorySystem(self.memory, 120)
        file = system.open("mem://x", 0, 0)
        system.write(file, frame(Event(step=0).SerializeToString()))
        system._flush_all()
        self.assertEqual(list(self.found()), ["mem://x"])

    def test_record_writer(self):
        w = RecordWriter("mem://x")
        w.write(b"data")
        w.close()
        self.assertEqual(self.memory.files, {"mem://x": frame(b"data")})


class TestRecordWriter(InDirectory):

    def test_path(self):
        w = RecordWriter(self.path("x"))
        w.write(b"one")
        w.flush()
        self.assertEqual(records(self.path("x")), [b"one"])
        w.write(bytearray(b"two"))
        self.assertFalse(w.closed)
        w.close()
        self.assertTrue(w.closed)
        self.assertEqual((records(w.path), w.path), ([b"one", b"two"], self.path("x")))

    def test_file(self):
        file = io.BytesIO()
        w = RecordWriter(file)
        w.write(b"one")
        w.flush()
        self.assertEqual(file.getvalue(), frame(b"one"))
        w.close()
        self.assertTrue(file.closed)

    def test_refused(self):
        with RecordWriter(self.path("x"))._writer as file:
            with self.assertRaises(InputError):
                RecordWriter(file).write("text")
        self.assertEqual(records(self.path("x")), [])


if __name__ == "__main__":
    unittest.main()
