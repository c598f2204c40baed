"""add_histograms: a histogram for each tensor of a model."""
import unittest
import warnings

from tbx_pure import SummaryWriter
from tbx_pure.errors import InputError
from tbx_pure.integrations.models import named

from .helpers import InDirectory, events, summaries


class Parameter(list):
    """What torch's parameters have: values, and perhaps a gradient."""

    def __init__(self, values, grad=None):
        list.__init__(self, values)
        self.grad = grad


class Module:
    def __init__(self, **parameters):
        self.parameters = parameters

    def named_parameters(self):
        return iter(self.parameters.items())


MODEL = Module(weight=Parameter([1.0, 2.0], [0.5]), bias=Parameter([3.0]), frozen=Parameter([4.0]))


class TestNamed(unittest.TestCase):

    def test_what_has_names(self):
        pairs = [("a", [1]), ("b", [2])]
        for given in (dict(pairs), pairs, tuple(pairs), iter(pairs), dict(pairs).items(), Module(a=[1], b=[2])):
            self.assertEqual(named(given, "net/", False), [("net/a", [1]), ("net/b", [2])])

    def test_gradients(self):
        self.assertEqual(named(MODEL, "", True), [
            ("weight", [1.0, 2.0]), ("weight.grad", [0.5]), ("bias", [3.0]), ("frozen", [4.0])])
        self.assertEqual(len(named(MODEL, "", False)), 3)
        self.assertEqual(named({"a": [1]}, "", True), [("a", [1])])

    def test_refused(self):
        for given in (3, None, "ab", [1], ["ab", 3], [("a", [1], 2)], {3: [1]}, {None: [1]}, {}, [], iter([]),
                      memoryview(bytes(4)).cast("B", (2, 2)), Module()):
            with self.subTest(given), self.assertRaises(InputError) as caught:
                named(given, "", False)
            self.assertEqual(caught.exception.argument, "named_values")
        with self.assertRaises(InputError) as caught:
            named({3: [1]}, "", False)
        self.assertEqual((caught.exception.need, caught.exception.got), ("text", "int 3"))
        with self.assertRaises(InputError) as caught:
            named({"a": [1]}, 3, False)
        self.assertEqual(caught.exception.argument, "prefix")


class TestWriter(InDirectory):

    def test_one_event_each(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_histograms(MODEL, 7, "net/", gradients=True, walltime=1.5)
            writer.add_histogram("net/weight", MODEL.parameters["weight"], 8)
        found = [event for event in events(self.directory) if "summary" in event]
        self.assertEqual([event["summary"]["value"][0]["tag"] for event in found], [
            "net/weight", "net/weight.grad", "net/bias", "net/frozen", "net/weight"])
        self.assertEqual([event["step"] for event in found], [7] * 4 + [8])
        self.assertEqual({event["wall_time"] for event in found[:4]}, {1.5})
        self.assertEqual(found[0]["summary"], found[4]["summary"])

    def test_one_time_for_all(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_histograms(MODEL)
        self.assertEqual(len({event["wall_time"] for event in events(self.directory)[1:]}), 1)

    def test_bins(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_histograms({"x": [1, 2, 3]}, bins=[0, 2, 4])
        (_, value), = summaries(self.directory)
        self.assertEqual(value["histo"]["bucket_limit"], [0.0, 2.0, 4.0])

    def test_steps_are_those_of_each_series(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_histogram("weight", [1], 5)
            for _ in range(2):
                writer.add_histograms(MODEL)
        steps = [(value["tag"], step) for step, value in summaries(self.directory)]
        self.assertEqual(steps, [("weight", 5), ("weight", 6), ("bias", 0), ("frozen", 0),
                                 ("weight", 7), ("bias", 1), ("frozen", 1)])

    def test_all_or_nothing(self):
        with SummaryWriter(self.directory) as writer:
            with self.assertRaises(InputError) as caught:
                writer.add_histograms([("a", [1]), ("b", [])], prefix="net/")
            self.assertEqual(str(caught.exception),
                             "add_histograms('net/b'): values: need at least one number, got none")
            with self.assertRaises(InputError) as caught:
                writer.add_histograms([("a", [1]), ("b", [2])], "x")
            self.assertEqual(caught.exception.argument, "global_step")
            used_up = iter([("a", [1])])
            writer.add_histograms(used_up)
            with self.assertRaises(InputError):
                writer.add_histograms(used_up)
        self.assertEqual([(step, value["tag"]) for step, value in summaries(self.directory)], [(0, "a")])

    def test_warnings_name_the_tag(self):
        with SummaryWriter(self.directory) as writer, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for _ in range(2):
                writer.add_histograms({"a b": [1.0, float("nan")], "c": [float("inf"), 1.0]})
        self.assertEqual([str(w.message).partition(":")[0] for w in caught],
                         ["add_histograms('a b')", "add_histograms('c')"])
        self.assertEqual([value["tag"] for _, value in summaries(self.directory)], ["a_b", "c"] * 2)


if __name__ == "__main__":
    unittest.main()
