"""Steps: as given, or counted on, and what is said of those that TensorBoard drops."""
import threading
import unittest
import warnings

from tbx_pure import InputError, SummaryWriter

from .helpers import InDirectory, events


class TestSteps(InDirectory):

    def steps(self, *given, **options):
        """Return the step field of each event that a writer makes of the steps given, and warnings."""
        writer = SummaryWriter(self.directory, **options)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for step in given:
                writer.add_scalar("x", 1, step)
        found = [event.get("step") for event in events(writer._run_file().path)[1:]]
        return found, [str(w.message) for w in caught]

    def test_given(self):
        self.assertEqual(self.steps(0, 1, 5, 2 ** 40), ([None, 1, 5, 2 ** 40], []))

    def test_none_counts_on(self):
        self.assertEqual(self.steps(None, None, None), ([None, 1, 2], []))
        self.assertEqual(self.steps(None, 7, None, None, 20), ([None, 7, 8, 9, 20], []))
        self.assertEqual(self.steps(-3, None, None), ([-3, -2, -1], []))

    def test_none_stays_none(self):
        self.assertEqual(self.steps(None, None, 3, None, auto_step=False), ([None, None, 3, None], []))

    def test_each_series_has_its_own(self):
        writer = SummaryWriter(self.directory)
        for tag in ("a", "b", "a"):
            writer.add_scalar(tag, 1)
        writer.add_text("a", "text")
        for _ in range(2):
            writer.add_scalars("a", {"b": 1, "c": 1})
        self.assertEqual([e.get("step") for e in events(writer._run_file().path)[1:]], [None, None, 1, None])
        for run in "bc":
            self.assertEqual([e.get("step") for e in events(self.path("a", run))[1:]], [None, 1])

    def test_a_call_that_fails_takes_none(self):
        """Of no series: what comes after is as if it had not been."""
        long = "x" * 300                # no name of a file
        writer = SummaryWriter(self.directory)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for step in (None, 5, 5):
                for refused in ({"b": 1, long: 2}, {"b": 1, "c": [1, 2]}):
                    with self.assertRaises(ValueError):
                        writer.add_scalars("a", refused, step)
                writer.add_scalars("a", {"b": 1}, step if step is None else step + writer._run_steps.last(("a/b", "a")))
            for metrics in ({"m": 1, "n": [1, 2]}, {"m": 1}):
                try:
                    writer.add_hparams({"lr": 1}, metrics, name="run", global_step=3)
                except ValueError:
                    self.assertEqual(len(metrics), 2)
        self.assertEqual([e.get("step") for e in events(self.path("a", "b"))[1:]], [None, 5, 10])
        self.assertEqual([e["step"] for e in events(self.path("run")) if "simple_value" in str(e)], [3])

    def test_repeated_and_backward_steps_are_written_as_given(self):  # summary-8
        for given in ([3, 3], [3, 2], [0, 0], [5, -1]):
            found, said = self.steps(*given)
            self.assertEqual(found, [step or None for step in given])
            self.assertEqual(len(said), 1)
            self.assertIn("step %d follows step %d" % (given[1], given[0]), said[0])
            self.assertTrue(said[0].startswith("add_scalar('x'): "))

    def test_one_warning_a_tag(self):
        found, said = self.steps(1, 1, 1, 0, 2, 2)
        self.assertEqual((found, len(said)), ([1, 1, 1, None, 2, 2], 1))

    def test_a_point_counted_on_is_remembered_too(self):
        self.assertEqual(len(self.steps(None, None, None, 1)[1]), 1)
        self.assertEqual(len(self.steps(None, None, None, 3)[1]), 0)

    def test_counted(self):
        for given in ([3, 3, 3], [5, 4, None], [None, None, None], [0, 1, 2]):
            self.assertEqual(self.steps(*given, steps="count"), ([None, 1, 2], []))

    def test_after_the_last_step_of_all(self):
        with self.assertRaisesRegex(InputError, r"^add_.*: global_step: need a whole number of 64 bits, got"):
            self.steps(2 ** 63 - 1, None)


class TestUseMetadata(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.writer = SummaryWriter(self.directory)

    def written(self):
        return [(e.get("step"), e["wall_time"]) for e in events(self.writer._run_file().path)[1:]]

    def test_defaults(self):
        with self.writer.use_metadata(global_step=5, walltime=2.5) as writer:
            self.assertIs(writer, self.writer)
            writer.add_scalar("x", 1)
            writer.add_text("t", "y", 6)
            writer.add_scalar("y", 1, walltime=3.5)
        self.assertEqual(self.written(), [(5, 2.5), (6, 2.5), (5, 3.5)])

    def test_nested_and_after_an_exception(self):
        with self.assertRaises(KeyError):
            with self.writer.use_metadata(global_step=5, walltime=1.0):
                with self.writer.use_metadata(walltime=2.0):
                    self.writer.add_scalar("a", 1)
                with self.writer.use_metadata(global_step=7):
                    self.writer.add_scalar("b", 1)
                self.writer.add_scalar("c", 1)
                raise KeyError
        self.assertEqual(self.written(), [(5, 2.0), (7, 1.0), (5, 1.0)])
        self.writer.add_scalar("d", 1)
        self.assertIsNone(self.written()[-1][0])

    def test_sub_runs(self):
        with self.writer.use_metadata(global_step=5, walltime=1.0):
            self.writer.add_scalars("a", {"b": 1})
        self.assertEqual([(e["step"], e["wall_time"]) for e in events(self.path("a", "b"))[1:]], [(5, 1.0)])

    def test_of_one_thread(self):
        with self.writer.use_metadata(global_step=5):
            thread = threading.Thread(target=self.writer.add_scalar, args=("x", 1))
            thread.start()
            thread.join()
        self.assertEqual(self.written()[0][0], None)

    def test_refused(self):
        for options in ({}, {"global_step": "x"}, {"walltime": float("nan")}):
            with self.assertRaises(ValueError):
                with self.writer.use_metadata(**options):
                    self.fail("not reached")


if __name__ == "__main__":
    unittest.main()
