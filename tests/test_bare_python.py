"""Every method on a Python with nothing installed; and without zlib and ctypes, which some lack."""
import unittest

from tbx_pure import SummaryWriter
from tbx_pure.plugins import plugin_of

from .helpers import ROOT, InDirectory, event_files, events, python

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
sys.modules.update(dict.fromkeys(sys.argv[2:]))
from tests.everywhere.calls import each
for method, _ in each("."):
    print(method)
"""
FOREIGN = {"add_figure", "add_onnx_graph", "add_openvino_graph"}        # what others have made


class TestBarePython(InDirectory):

    def check(self, *lacking):
        out = python("-S", "-B", "-c", SCRIPT, ROOT, *lacking, cwd=self.directory)
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
