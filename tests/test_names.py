"""What is said of tags that become one, and of numbers that become others."""
import unittest
import warnings

from tbx_pure.messages import EVENT

from .helpers import records
from .test_writer import InRun
from tbx_pure import SummaryWriter


class Heard(InRun):

    def heard(self, method, *arguments, **options):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            getattr(self.writer, method)(*arguments, **options)
        return [str(w.message) for w in caught]

    def values(self):
        return [EVENT.decode(data)["summary"]["value"][0] for data in records(self.writer._run_file().path)[1:]]


class TestTags(Heard):

    def test_two_that_become_one(self):
        self.assertEqual(self.heard("add_scalar", "a b", 1), [])
        self.assertEqual(self.heard("add_scalar", "a b", 2), [])
        self.assertEqual(self.heard("add_scalar", "a?b", 3),
                         ["add_scalar('a?b'): tags 'a b' and 'a?b' are both written as 'a_b'"])
        self.assertEqual(self.heard("add_scalar", "a?b", 4), [])
        self.assertEqual([value["tag"] for value in self.values()], ["a_b"] * 4)

    def test_one_tag_of_two_kinds_of_series(self):
        self.assertEqual(self.heard("add_text", "a", "text"), [])
        self.assertEqual(self.heard("add_scalar", "a", 1), [])

    def test_runs_are_apart(self):
        self.assertEqual(self.heard("add_scalars", "a b", {"x": 1}), [])
        self.assertEqual(self.heard("add_scalar", "a?b", 1), [])

    def test_raw(self):
        self.writer = SummaryWriter(self.run_directory, raw_tags=True)
        for tag in ("a b", "a?b", "/a", "\U0001f600"):
            self.assertEqual(self.heard("add_scalar", tag, 1), [])
        self.writer.add_histogram("/h", [1])
        self.writer.add_image("i i", [[0.5]], dataformats="HW")
        self.assertEqual([value["tag"] for value in self.values()],
                         ["a b", "a?b", "/a", "\U0001f600", "/h", "i i"])

    def test_raw_in_sub_runs(self):
        self.writer = SummaryWriter(self.run_directory, raw_tags=True)
        self.writer.add_scalars("a b", {"c": 1})
        value = EVENT.decode(records(self.writer._run_file("a b/c").path)[1])["summary"]["value"][0]
        self.assertEqual(value["tag"], "a b")


class TestFloat32(Heard):

    def test_warned_of(self):
        for i, (x, kept) in enumerate(((1e39, "inf"), (-1e39, "-inf"), (10 ** 400, "inf"), (1e-50, "0"),
                                       (2 ** 24 + 1, "16777216"), (-2.0 ** 30 - 1, "-1.0737418e+09"))):
            said, = self.heard("add_scalar", "tag%d" % i, x)
            self.assertTrue(said.endswith("becomes %s, as a scalar is stored as float32" % kept), said)

    def test_not_warned_of(self):
        for x in (0, 0.1, -1 / 3, 1e-40, 3.4e38, 2 ** 24, 2 ** 60, float("inf"), float("-inf"), float("nan"), True,
                  1700000000.25):
            self.assertEqual(self.heard("add_scalar", "x", x), [], x)

    def test_new_style(self):
        for options in (dict(new_style=True), dict(display_name=True)):       # torch has it in that place
            self.assertEqual(self.heard("add_scalar", "x", 0.5, **options), [])
        for value in self.values():
            self.assertEqual(value, {"tag": "x", "tensor": {"dtype": "DT_FLOAT", "float_val": [0.5]},
                                     "metadata": {"plugin_data": {"plugin_name": "scalars"}}})

    def test_double_precision(self):
        said, = self.heard("add_scalar", "x", 0.1, 1, None, True, True)
        self.assertIn("default engine does not show", said)
        self.assertEqual(self.values()[0]["tensor"], {"dtype": "DT_DOUBLE", "double_val": [0.1]})
        self.assertEqual(self.heard("add_scalar", "y", 0.1, double_precision=True), [])     # as torch
        self.assertIn("simple_value", self.values()[1])


class TestTensorStyle(Heard):

    def test_all_become_tensors(self):
        self.writer = SummaryWriter(self.run_directory, tensor_style=True)
        self.writer.add_scalar("x", 1)
        self.writer.add_histogram("h", [1, 2])
        self.writer.add_image("i", [[0.5]], dataformats="HW")
        self.writer.add_text("t", "text")
        self.assertEqual([(value["metadata"]["plugin_data"]["plugin_name"], "tensor" in value)
                          for value in self.values()],
                         [("scalars", True), ("histograms", True), ("images", True), ("text", True)])


if __name__ == "__main__":
    unittest.main()
