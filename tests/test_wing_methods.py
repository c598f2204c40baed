"""Bad input to the methods that are made by wings, as test_writer has it for the spine's."""
import os
import unittest
import warnings

from tbx_pure import InputError, SummaryWriter

from .helpers import event_files, summaries
from .test_writer import BAD as OF_THE_SPINE
from .test_writer import InRun

NAN = float("nan")
POINTS = [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]

#   method, arguments, the argument that is wrong
BAD = (
    ("add_figure", ("x", "figure"), {}, "figure"),
    ("add_figure", ("x", []), {}, "figure"),
    ("add_figure", ("x", None), {}, "figure"),
    ("add_audio", ("x", []), {}, "snd_tensor"),
    ("add_audio", ("x", None), {}, "snd_tensor"),
    ("add_audio", ("x", [[[0.5, 0.5]], [[0.5, 0.5]]]), {}, "snd_tensor"),
    ("add_audio", ("x", [0.5]), {"sample_rate": 0}, "sample_rate"),
    ("add_audio", (None, [0.5]), {}, "tag"),
    ("add_tensor", ("x", "text"), {}, "tensor"),
    ("add_tensor", ("x", [[1], [1, 2]]), {}, "tensor"),
    ("add_tensor", (3, [1]), {}, "tag"),
    ("add_mesh", ("x", [[0, 0, 0]]), {}, "vertices"),
    ("add_mesh", ("x", None), {}, "vertices"),
    ("add_mesh", ("x", POINTS), {"colors": [[[1, 2, 3]]]}, "colors"),
    ("add_mesh", ("x", POINTS), {"faces": [[[0, 1, 0.5]]]}, "faces"),
    ("add_mesh", ("x", POINTS), {"config_dict": {"a": object()}}, "config_dict"),
    ("add_mesh", (b"x", POINTS), {}, "tag"),
    ("add_pr_curve", ("x", [1, 0], [0.5]), {}, "predictions"),
    ("add_pr_curve", ("x", [1, 5], [0.5, 0.5]), {}, "labels"),
    ("add_pr_curve", ("x", [1], [0.5]), {"num_thresholds": 0}, "num_thresholds"),
    ("add_pr_curve", ("x", [1], [0.5]), {"weights": [1, 2]}, "weights"),
    ("add_pr_curve", (None, [1], [0.5]), {}, "tag"),
    ("add_pr_curve_raw", ("x", [1], [1], [1], [1], [1], [1, 2]), {}, "recall"),
    ("add_pr_curve_raw", ("x", None, [1], [1], [1], [1], [1]), {}, "true_positive_counts"),
    ("add_pr_curve_raw", (3, [1], [1], [1], [1], [1], [1]), {}, "tag"),
    ("add_embedding", ([1, 2],), {}, "mat"),
    ("add_embedding", ([[1, 2]], ["a", "b"]), {}, "metadata"),
    ("add_embedding", ([[1, 2]],), {"global_step": "x"}, "global_step"),
    ("add_embedding", ([[1, 2]],), {"tag": None}, "tag"),
    ("add_embedding", ([[1, 2]],), {"tag": ["t"]}, "tag"),
    ("add_custom_scalars", ([],), {}, "layout"),
    ("add_custom_scalars", ({"c": {"t": ["Pie", ["x"]]}},), {}, "layout['c']['t']"),
    ("add_custom_scalars_multilinechart", ("x",), {}, "layout['default']['untitled']"),
    ("add_custom_scalars_marginchart", (["x"],), {}, "layout['default']['untitled']"),
    ("add_hparams", ([], {}), {}, "hparam_dict"),
    ("add_hparams", ({"lr": 1}, [1]), {}, "metric_dict"),
    ("add_hparams", ({"lr": 1}, {"a": "b"}), {}, "metric_dict['a']"),
    ("add_hparams", ({"lr": 1}, {}), {"status": "LOST"}, "status"),
)


class TestBadInput(InRun):

    def call(self, method, arguments, options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            getattr(self.writer, method)(*arguments, **options)

    def test_error_names_method_and_argument(self):
        for method, arguments, options, argument in BAD:
            with self.subTest("%s%r" % (method, arguments)):
                with self.assertRaises(InputError) as caught:
                    self.call(method, arguments, options)
                name = caught.exception.method.split("(")[0]
                self.assertTrue(method.startswith(name) and name, name)
                self.assertEqual(caught.exception.argument, argument)

    def test_nothing_is_written_and_the_writer_goes_on(self):
        before = os.listdir(self.run_directory)
        for method, arguments, options, _ in BAD:
            with self.assertRaises(InputError):
                self.call(method, arguments, options)
        self.assertEqual(os.listdir(self.run_directory), before)
        self.assertEqual(len(event_files(self.directory)), 1)
        self.assertEqual(summaries(self.run_directory), [])
        self.writer.add_scalar("x", 1, 5)
        self.assertEqual(len(summaries(self.run_directory)), 1)

    def test_every_method_is_tried(self):
        methods = {name for name in vars(SummaryWriter) if name.startswith("add_")}
        self.assertEqual({method for method, _, _, _ in BAD + OF_THE_SPINE}, methods)


if __name__ == "__main__":
    unittest.main()
