"""Every method on a Python with nothing installed; and without zlib and ctypes, which some lack."""
import unittest

from tbx_pure import SummaryWriter
from tbx_pure.plugins import plugin_of

from .helpers import ROOT, InDirectory, event_files, events, python

CALLS = """
import sys
sys.path.insert(0, sys.argv[1])
sys.modules.update(dict.fromkeys(sys.argv[2:]))
import tbx_pure

gray, points = [[0.0, 0.5], [1.0, 0.25]], [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]
six = ["true_positive_counts", "false_positive_counts", "true_negative_counts",
       "false_negative_counts", "precision", "recall"]

for method, arguments in (
        ("add_scalar", dict(tag="scalar", scalar_value=0.5)),
        ("add_scalars", dict(main_tag="scalars", tag_scalar_dict={"a": 1})),
        ("add_histogram", dict(tag="histogram", values=[1, 2])),
        ("add_histogram_raw", dict(tag="raw", min=0, max=1, num=1, sum=1, sum_squares=1,
                                   bucket_limits=[1], bucket_counts=[1])),
        ("add_histograms", dict(named_values={"a": [1], "b": [2]})),
        ("add_image", dict(tag="image", img_tensor=gray, dataformats="HW")),
        ("add_images", dict(tag="images", img_tensor=[[gray], [gray]])),
        ("add_image_with_boxes", dict(tag="boxes", img_tensor=[gray], box_tensor=[[0, 0, 1, 1]],
                                      labels=["a"], rescale=2)),
        ("add_video", dict(tag="gif", vid_tensor=[[[gray], [gray[::-1]]]])),
        ("add_video", dict(tag="apng", vid_tensor=[[[gray], [gray[::-1]]]], format="apng")),
        ("add_audio", dict(tag="audio", snd_tensor=[0.5, -0.5])),
        ("add_text", dict(tag="text", text_string={"a": 1})),
        ("add_tensor", dict(tag="tensor", tensor=[1j])),
        ("add_mesh", dict(tag="mesh", vertices=points)),
        ("add_pr_curve", dict(tag="curve", labels=[0, 1], predictions=[0.25, 0.75])),
        ("add_pr_curve_raw", dict(dict.fromkeys(six, [1]), tag="raw curve", num_thresholds=1)),
        ("add_embedding", dict(mat=[[1, 2]], metadata=["a"], label_img=[[gray]])),
        ("add_line_chart", dict(columns=["x", "y"], values=[1, 2], title="point")),
        ("add_line_chart", dict(columns=["x", "y"], values=[[1, 2], [3, 4]], title="chart")),
        ("add_scatter", dict(tag="scatter", x=[1], y=[2])),
        ("add_heatmap", dict(tag="heatmap", matrix=gray)),
        ("add_confusion_matrix", dict(tag="confusion", labels=[0, 1], predictions=[0, 0])),
        ("add_table", dict(tag="table", rows=[[1]])),
        ("add_graph", dict(model=[("a", "Add")])),
        ("add_custom_scalars", dict(layout={"c": {"t": ["Multiline", ["a"]]}})),
        ("add_custom_scalars_multilinechart", dict(tags=["a"])),
        ("add_custom_scalars_marginchart", dict(tags=["a", "b", "c"])),
        ("add_hparams", dict(hparam_dict={"lr": 0.5}, metric_dict={"m": 1}, name="h"))):
    with tbx_pure.SummaryWriter("run") as writer:
        getattr(writer, method)(**arguments)
    print(method)
"""
FOREIGN = {"add_figure", "add_onnx_graph", "add_openvino_graph"}        # what others have made


class TestBarePython(InDirectory):

    def check(self, *lacking):
        out = python("-S", "-B", "-c", CALLS, ROOT, *lacking, cwd=self.directory)
        methods = {name for name in dir(SummaryWriter) if name.startswith("add_")}
        self.assertEqual(set(out.split()), methods - FOREIGN)
        plugins = {plugin_of(value) for path in event_files(self.directory)
                   for event in events(path) for value in event.get("summary", {}).get("value", [])}
        self.assertLessEqual({"scalars", "images", "audio", "text", "mesh", "hparams", "heatmap", "scatter",
                              "line_chart", "pr_curves", "custom_scalars", "tensor"}, plugins)

    def test_nothing_installed(self):
        self.check()

    def test_nor_zlib_and_ctypes(self):
        self.check("zlib", "ctypes")


if __name__ == "__main__":
    unittest.main()
