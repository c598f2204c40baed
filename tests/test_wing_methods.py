"""Bad input to the methods that are made by wings, as test_writer has it for the spine's."""
import os
import unittest
import warnings

from tbx_pure import InputError, SummaryWriter

from .helpers import event_files, summaries
from .test_writer import BAD as OF_THE_SPINE
from .test_writer import InRun

NAN = float("nan")
PIXELS = [[[0.5]]]
POINTS = [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]
BUFFER = memoryview(bytes(4)).cast("B", (2, 2))         # list() of it raises NotImplementedError

#   method, arguments, the argument that is wrong
BAD = (
    ("add_histograms", (3,), {}, "named_values"),
    ("add_histograms", ({},), {}, "named_values"),
    ("add_histograms", ({"x": [1], "y": []},), {}, "values"),
    ("add_histograms", ({"x": [1], 3: [1]},), {}, "named_values"),
    ("add_histograms", ({"x": [1]},), {"prefix": None}, "prefix"),
    ("add_histograms", ({"x": [1]},), {"bins": "best"}, "bins"),
    ("add_histograms", ({"x": [1]}, "one"), {}, "global_step"),
    ("add_figure", ("x", "figure"), {}, "figure"),
    ("add_figure", ("x", []), {}, "figure"),
    ("add_figure", ("x", None), {}, "figure"),
    ("add_image", ("x", "picture.png"), {}, "img_tensor"),
    ("add_image", ("x", b"no file"), {}, "img_tensor"),
    ("add_images", ("x", [b"\x89PNG...", b"\x89PNG..."]), {}, "img_tensor"),
    ("add_text", ("x", 3), {}, "text_string"),
    ("add_text", ("x", []), {}, "text_string"),
    ("add_text", ("x", {"a": "\ud800"}), {}, "text_string"),
    ("add_text", ("x", "text"), {"mode": "html"}, "mode"),
    ("add_text", ("x", "text"), {"mode": ["text"]}, "mode"),
    ("add_text", (None, {"a": 1}), {}, "tag"),
    ("add_image_with_boxes", ("x", PIXELS, [0, 0, 1, 1]), {}, "box_tensor"),
    ("add_image_with_boxes", ("x", PIXELS, [[0, 0, 1, NAN]]), {}, "box_tensor"),
    ("add_image_with_boxes", ("x", PIXELS[0], []), {}, "img_tensor"),
    ("add_image_with_boxes", ("x", PIXELS * 5, []), {}, "img_tensor"),
    ("add_image_with_boxes", ("x", PIXELS, []), {"dataformats": "CWX"}, "dataformats"),
    ("add_image_with_boxes", ("x", PIXELS, [[0, 0, 1, 1]]), {"labels": ["a", "b"]}, "labels"),
    ("add_image_with_boxes", ("x", PIXELS, []), {"rescale": 0}, "rescale"),
    ("add_image_with_boxes", ("x", PIXELS, [], 1, None, 0), {}, "rescale"),
    ("add_image_with_boxes", ("x", PIXELS, []), {"colors": "red"}, "colors"),
    ("add_image_with_boxes", (None, PIXELS, []), {}, "tag"),
    ("add_video", ("x", PIXELS), {}, "vid_tensor"),
    ("add_video", ("x", [PIXELS]), {}, "vid_tensor"),
    ("add_video", ("x", [[PIXELS * 5]]), {}, "vid_tensor"),
    ("add_video", ("x", None), {}, "vid_tensor"),
    ("add_video", ("x", [[PIXELS]]), {"fps": 0}, "fps"),
    ("add_video", ("x", [[PIXELS]]), {"fps": NAN}, "fps"),
    ("add_video", ("x", [[PIXELS]]), {"dataformats": "NTCHX"}, "dataformats"),
    ("add_video", ("x", [[PIXELS]]), {"format": "mp4"}, "format"),
    ("add_video", ("x", [[PIXELS]]), {"format": ["gif"]}, "format"),
    ("add_video", (3, [[PIXELS]]), {}, "tag"),
    ("add_audio", ("x", []), {}, "snd_tensor"),
    ("add_audio", ("x", None), {}, "snd_tensor"),
    ("add_audio", ("x", [[[0.5, 0.5]], [[0.5, 0.5]]]), {}, "snd_tensor"),
    ("add_audio", ("x", [0.5]), {"sample_rate": 0}, "sample_rate"),
    ("add_audio", ("x", [0.5]), {"sample": "int8"}, "sample"),
    ("add_audio", ("x", [0.5]), {"sample": ["int16"]}, "sample"),
    ("add_audio", ("x", b"RIFF....WAVE"), {}, "snd_tensor"),
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
    ("add_embedding", ([[1, 2]], ["a"]), {"metadata_header": BUFFER}, "metadata_header"),
    ("add_embedding", ([[1, 2]],), {"global_step": "x"}, "global_step"),
    ("add_embedding", ([[1, 2]],), {"tag": None}, "tag"),
    ("add_embedding", ([[1, 2]],), {"tag": ["t"]}, "tag"),
    ("add_line_chart", (["x"], [1], "t"), {}, "columns"),
    ("add_line_chart", ("xy", [1, 2], "t"), {}, "columns"),
    ("add_line_chart", (["x", "y"], [1], "t"), {}, "values"),
    ("add_line_chart", (["x", "y"], [1, [2, 3]], "t"), {}, "values"),
    ("add_line_chart", (["x", "y"], [[1, 2], [3]], "t"), {}, "values"),
    ("add_line_chart", (["x", "y"], [1, "2"], "t"), {}, "values[1]"),
    ("add_line_chart", (["x", "y"], [1, 2], None), {}, "title"),
    ("add_line_chart", (["x", "y"], [1, 2], "t"), {"global_step": "a"}, "global_step"),
    ("add_scatter", ("x", [], []), {}, "x"),
    ("add_scatter", ("x", [1, 2], [1]), {}, "y"),
    ("add_scatter", ("x", [1], [NAN], ["a", "b"]), {}, "labels"),
    ("add_scatter", ("x", [1], [1]), {"sizes": 0}, "sizes"),
    ("add_scatter", ("x", [1], [1]), {"colors": ["red"]}, "colors"),
    ("add_scatter", ("x", [1], [1]), {"x_label": None}, "x_label"),
    ("add_scatter", ("x", [1], [1]), {"global_step": "a"}, "global_step"),
    ("add_scatter", (None, [1], [1]), {}, "tag"),
    ("add_heatmap", ("x", [1, 2]), {}, "matrix"),
    ("add_heatmap", ("x", []), {}, "matrix"),
    ("add_heatmap", ("x", [[1]], ["a", "b"]), {}, "row_labels"),
    ("add_heatmap", ("x", [[1]], None, []), {}, "column_labels"),
    ("add_heatmap", ("x", [[1]]), {"colormap": "jet"}, "colormap"),
    ("add_heatmap", ("x", [[1]]), {"low": 1, "high": 0}, "low"),
    ("add_heatmap", (3, [[1]]), {}, "tag"),
    ("add_confusion_matrix", ("x",), {}, "labels"),
    ("add_confusion_matrix", ("x", [0], [0, 1]), {}, "predictions"),
    ("add_confusion_matrix", ("x", [0], [2], ["a", "b"]), {}, "predictions"),
    ("add_confusion_matrix", ("x", [0], [0], ["a", "a"]), {}, "class_names"),
    ("add_confusion_matrix", ("x", [0], [0]), {"normalize": "rows"}, "normalize"),
    ("add_confusion_matrix", ("x",), {"matrix": [[1, 2]]}, "matrix"),
    ("add_confusion_matrix", (b"x", [0], [0]), {}, "tag"),
    ("add_table", ("x", [[1], [1, 2]]), {}, "rows[1]"),
    ("add_table", ("x", "text"), {}, "rows"),
    ("add_table", ("x", [[1]], ["a", "b"]), {}, "rows[0]"),
    ("add_table", (None, [[1]]), {}, "tag"),
    ("add_graph", (3,), {}, "model"),
    ("add_graph", ([],), {}, "model"),
    ("add_graph", (BUFFER,), {}, "model"),
    ("add_graph", ([("a", "Add", ["b"])],), {}, "model[0].inputs"),
    ("add_graph", ([("a", "Add"), ("a", "Add")],), {}, "model[1].name"),
    ("add_graph", ([{"name": "a"}],), {}, "model[0].op"),
    ("add_graph", ("model.onnx",), {}, "model"),
    ("add_onnx_graph", (3,), {}, "onnx_model_file"),
    ("add_onnx_graph", (None,), {}, "onnx_model_file"),
    ("add_openvino_graph", ("a\0b",), {}, "xmlname"),
    ("add_custom_scalars", ([],), {}, "layout"),
    ("add_custom_scalars", ({"c": {"t": ["Pie", ["x"]]}},), {}, "layout['c']['t']"),
    ("add_custom_scalars_multilinechart", ("x",), {}, "layout['default']['untitled']"),
    ("add_custom_scalars_multilinechart", (["x"], ["category"]), {}, "category"),
    ("add_custom_scalars_multilinechart", (BUFFER,), {}, "layout['default']['untitled']"),
    ("add_custom_scalars_marginchart", (["x"],), {}, "layout['default']['untitled']"),
    ("add_custom_scalars_marginchart", (["x"],), {"title": {}}, "title"),
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
        methods = {name for name in dir(SummaryWriter) if name.startswith("add_")}
        self.assertEqual({method for method, _, _, _ in BAD + OF_THE_SPINE}, methods)


if __name__ == "__main__":
    unittest.main()
