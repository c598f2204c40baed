"""add_mesh: its parts, their records, and back."""
import json
import math
import unittest
from array import array

from tbx_pure import SummaryWriter
from tbx_pure.errors import InputError
from tbx_pure.messages import SUMMARY
from tbx_pure.plugins import describe
from tbx_pure.plugins import mesh as plugin
from tbx_pure.plugins.mesh import MAX_INDEXED, MESH_PLUGIN_DATA, mesh
from tbx_pure.tensor import Tensor

from .helpers import PYPY, InDirectory, events
from .test_plugins import silent

NAN = math.nan
POINTS = [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]
FACES = [[[0, 1, 2]]]
COLORS = [[[255, 0, 0], [0, 255, 0], [0, 0, 255]]]
try:
    from ctypes import c_float
except ImportError:
    NO_POINTS, NO_MESHES = None, []
else:
    NO_POINTS = (c_float * 3 * 0 * 1)()     # a buffer of shape (1, 0, 3)
    NO_MESHES = (c_float * 3 * 5 * 0)()


def parts(*arguments, **options):
    """Return the Values of a mesh, after a trip through their bytes."""
    arguments += (None,) * (4 - len(arguments))
    summary = mesh("m", *arguments, warn=options.get("warn", silent))
    return SUMMARY.decode(SUMMARY.encode(summary))["value"]


class TestBytes(unittest.TestCase):
    """Records of tensorboardX 2.6.5."""

    def test_points(self):
        self.assertEqual(SUMMARY.encode(mesh("m", POINTS, None, None, None)).hex(),
                         "0a590a036d5f3142360801120c1202080112020803120208032a24000000000000000000"
                         "0000000000803f0000000000000000000000000000803f000000004a1a0a180a046d6573"
                         "68121012016d18012a046e756c6c3203010303")

    def test_all_parts(self):
        summary = mesh("m n", [[[0, 0.5, 1]]], [[[255, 0, 9]]], [[[0, 0, 0]]],
                       {"b": 1, "a": [None, "\xe9"]})
        self.assertEqual(SUMMARY.encode(summary).hex(),
                         "0a600a056d206e5f31421e0801120c1202080112020801120208032a0c00000000000000"
                         "3f0000803f4a370a350a046d657368122d12036d206e18012a1f7b2261223a205b6e756c"
                         "6c2c20225c7530306539225d2c202262223a20317d32030101030a600a056d206e5f3242"
                         "1e0801120c1202080112020801120208032a0c0000000000000000000000004a370a350a"
                         "046d657368122d12036d206e18022a1f7b2261223a205b6e756c6c2c20225c7530306539"
                         "225d2c202262223a20317d32030101030a600a056d206e5f33421e0801120c1202080112"
                         "020801120208032a0c00007f4300000000000010414a370a350a046d657368122d12036d"
                         "206e18032a1f7b2261223a205b6e756c6c2c20225c7530306539225d2c202262223a2031"
                         "7d3203010103")

    def test_plugin_data(self):
        self.assertEqual(MESH_PLUGIN_DATA.encode({
            "name": "m", "content_type": "COLOR", "json_config": "{}", "shape": [1, 2, 3],
            "components": 14}).hex(), "12016d18032a027b7d3203010203380e")


class TestMesh(unittest.TestCase):

    def test_parts(self):
        for arguments, tags in (((POINTS,), ["m_1"]), ((POINTS, COLORS), ["m_1", "m_3"]),
                                ((POINTS, None, FACES), ["m_1", "m_2"]),
                                ((POINTS, COLORS, FACES), ["m_1", "m_2", "m_3"])):
            self.assertEqual([value["tag"] for value in parts(*arguments)], tags)

    def test_read(self):
        found = [plugin.read(value) for value in parts(POINTS, COLORS, FACES, {"a": 1})]
        self.assertEqual(found, [
            {"name": "m", "content_type": "VERTEX", "config": '{"a": 1}',
             "tensor": Tensor("float32", (1, 3, 3), [0, 0, 0, 1, 0, 0, 0, 1, 0])},
            {"name": "m", "content_type": "FACE", "config": '{"a": 1}',
             "tensor": Tensor("float32", (1, 1, 3), [0, 1, 2])},
            {"name": "m", "content_type": "COLOR", "config": '{"a": 1}',
             "tensor": Tensor("float32", (1, 3, 3), [255, 0, 0, 0, 255, 0, 0, 0, 255])}])
        self.assertEqual([describe(value) for value in parts(POINTS, COLORS, FACES)], [
            "mesh  VERTEX of shape (1, 3, 3)", "mesh  FACE of shape (1, 1, 3)",
            "mesh  COLOR of shape (1, 3, 3)"])
        self.assertEqual(plugin.describe({"tensor": {}}), "UNDEFINED of shape ()")

    def test_every_dtype(self):
        flat = bytes([0, 1, 2, 3, 4, 5, 6, 7, 8])
        for code in "bBhHiIlLqQfd":
            points = memoryview(memoryview(array(code, list(flat))).cast("B")).cast(code, (1, 3, 3))
            value, = parts(points)
            self.assertEqual(value["tensor"]["float_val"], list(map(float, flat)))

    def test_batch(self):
        for value in parts(POINTS * 2, COLORS * 2, FACES * 2):
            self.assertEqual(value["tensor"]["tensor_shape"]["dim"][0], {"size": 2})

    @unittest.skipIf(PYPY, "a process of PyPy ends at the memoryview of nothing of ctypes")
    def test_no_points(self):
        if NO_POINTS is None or not memoryview(NO_POINTS).itemsize:
            self.skipTest("no ctypes; or that of Python 3.6, which loses the size")
        value, = parts(NO_POINTS)
        self.assertEqual(value["tensor"], {"dtype": "DT_FLOAT", "tensor_shape": {
            "dim": [{"size": 1}, {}, {"size": 3}]}})
        self.assertEqual([value["tag"] for value in parts(NO_POINTS, NO_POINTS, NO_POINTS)],
                         ["m_1", "m_2", "m_3"])

    def refused(self, argument, *arguments):
        with self.subTest(repr(arguments)[:60]), self.assertRaises(InputError) as caught:
            parts(*arguments)
        self.assertEqual(caught.exception.argument, argument)
        return caught.exception

    def test_shapes_refused(self):
        for bad in (POINTS[0], 1.0, [[[1, 2]]], [POINTS], "abc", [], [[[1, 2, 3], [1, 2]]],
                    NO_MESHES):
            self.refused("vertices", bad)
            self.refused("colors", POINTS, bad)
            self.refused("faces", POINTS, None, bad)
        self.refused("vertices", None)
        self.assertEqual(str(self.refused("vertices", POINTS[0])),
                         "vertices: need shape (batch, n, 3); of a single mesh, [vertices], "
                         "got shape (3, 3)")

    def test_parts_that_do_not_fit(self):
        self.refused("colors", POINTS, [COLORS[0][:2]])
        self.refused("colors", POINTS, COLORS * 2)
        self.refused("faces", POINTS, None, FACES * 2)
        self.refused("faces", POINTS * 2, None, FACES)

    def test_faces(self):
        for bad in (0.5, NAN, math.inf, -math.inf):
            self.refused("faces", POINTS, None, [[[0, 1, bad]]])
        for index in (-1, 3, -1.0, 3.0):
            heard = []
            value = parts(POINTS, None, [[[0, 1, index]]], warn=lambda *w: heard.append(w))[1]
            self.assertEqual(value["tensor"]["float_val"], [0, 1, index])
            self.assertEqual(heard, [("faces", "some faces are not numbers of points, 0 to 2")])

    @unittest.skipIf(PYPY, "its memoryview cannot show one number many times")
    def test_more_points_than_the_page_can_index(self):
        points = memoryview(bytes((MAX_INDEXED + 1) * 3)).cast("B", (1, MAX_INDEXED + 1, 3))
        heard = []
        parts(points, None, FACES, warn=lambda *w: heard.append(w))
        self.assertEqual(heard,
                         [("points",
                           "TensorBoard draws faces of up to 65536 points, not of 65537")])
        parts(points)
        parts(points[:1].cast("B")[3:].cast("B", (1, MAX_INDEXED, 3)), None, FACES)

    def test_colors(self):
        for bad in (256, -1, 1000.0, NAN, math.inf):
            self.refused("colors", POINTS, [[[0, 0, bad], [0, 0, 0], [0, 0, 0]]])
        parts(POINTS, [[[255.9, 0.0, -0.5]] * 3])
        heard = []
        parts(POINTS, [[[1.0, 0.5, 0.0]] * 3], warn=lambda *w: heard.append(w))
        self.assertEqual(heard,
                         [("black", "colors are 0 to 255: these, 0 to 1, are shown as black")])
        parts(POINTS, [[[0.0, 0.0, 0.0]] * 3])
        parts(POINTS, [[[1, 1, 1]] * 3])

    def test_config(self):
        config = {"z": {"cls": "PerspectiveCamera"}, "a": [1, None, True, "\xe9"]}
        text = plugin.read(parts(POINTS, None, None, config)[0])["config"]
        self.assertEqual(json.loads(text), config)
        self.assertLess(text.index('"a"'), text.index('"z"'))
        endless = []
        endless.append(endless)
        deep = []
        for _ in range(100000):
            deep = [deep]
        for bad in ({"a": object()}, {1: 1, "a": 1}, {(1,): 1}, endless, b"x", {"a": NAN}, deep):
            with self.assertRaises(InputError) as caught:
                parts(POINTS, None, None, bad)
            self.assertEqual((caught.exception.argument, caught.exception.need),
                             ("config_dict", "what JSON can hold"))
        while deep:                     # let go of it without a recursion of 100000 calls
            deep = deep.pop()

    def test_tag(self):
        for bad in (None, 3, "\ud800"):
            with self.assertRaises(InputError) as caught:
                mesh(bad, POINTS, None, None, None)
            self.assertEqual(caught.exception.argument, "tag")


class TestWriter(InDirectory):

    def test_add_mesh(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_mesh("a b", POINTS, COLORS, FACES, {"a": 1}, 5)
            with self.assertRaises(InputError) as caught:
                writer.add_mesh("m", POINTS[0])
        self.assertIn("add_mesh('m'): vertices: need shape (batch, n, 3)", str(caught.exception))
        _, event = events(self.directory)
        self.assertEqual((event["step"], [value["tag"] for value in event["summary"]["value"]]),
                         (5, ["a b_1", "a b_2", "a b_3"]))


if __name__ == "__main__":
    unittest.main()
