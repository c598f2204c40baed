"""Graphs of OpenVINO files."""
import random
import unittest
from unittest import mock

from tbx_pure import FormatError, InputError, SummaryWriter
from tbx_pure.graph import files, openvino
from tbx_pure.graph.nodes import encoded

from .helpers import InDirectory, events


def port(number, *sizes, **attributes):
    more = "".join(' %s="%s"' % pair for pair in attributes.items())
    dims = "".join("<dim>%s</dim>" % size for size in sizes)
    return '<port id="%s"%s>%s</port>' % (number, more, dims)


def layer(number, name, kind, inputs="", outputs="", more="", **attributes):
    return '<layer id="%s" name="%s" type="%s"%s>%s<input>%s</input><output>%s</output></layer>' % (
        number, name, kind, "".join(' %s="%s"' % pair for pair in attributes.items()), more, inputs,
        outputs)


def net(layers, *edges, **tag):
    tag = tag.get("tag", "net")
    return '<%s name="n" version="11"><layers>%s</layers><edges>%s</edges></%s>' % (
        tag, "\n".join(layers), "".join(
            '<edge from-layer="%s" from-port="%s" to-layer="%s" to-port="%s"/>' % edge
            for edge in edges), tag)


BODY = net([layer(0, "p", "Parameter", outputs=port(0)), layer(1, "add", "Add", outputs=port(2)),
            layer(2, "r", "Result", port(0))], (0, 0, 1, 0), (1, 2, 2, 0), tag="body")
MAP = ('<port_map><input external_port_id="1" internal_layer_id="0" axis="0"/>'
       '<output external_port_id="2" internal_layer_id="2"/></port_map>')
WHOLE = '<?xml version="1.0"?>\n' + net([
    layer(0, "x", "Parameter", outputs=port(0, -1, 3, precision="FP32"),
          more='<data shape="?,3" element_type="f32"/>', version="opset1"),
    layer(1, "é/w", "Const", outputs=port(0, 3, 4, precision="U1")),
    layer(3, "split", "Split", port(0) + port(1),
          port(2, 5, precision="I64") + port(3, "1..8", precision="I64")),
    layer(7, "loop", "Loop", port(0) + port(1), port(2), BODY + MAP),
    layer(8, "x", "Result", port(0))],
    (1, 0, 3, 1), (0, 0, 3, 0), (3, 2, 7, 0), (3, 3, 7, 1), (7, 2, 8, 0))


def nodes(text):
    return {node.name: node for node in openvino.read(text.encode("utf-8"))}


class TestNodes(unittest.TestCase):

    def test_every_layer_once_with_all_inputs(self):
        self.assertEqual([(node.name, node.op, node.inputs) for node in nodes(WHOLE).values()], [
            ("x", "Parameter", ()), ("é/w", "Const", ()),
            ("split", "Split", ("x", "é/w")),           # in the order of ports, not of edges
            ("loop/body/p", "Parameter", ("split:1",)),
            ("loop/body/add", "Add", ("loop/body/p",)),
            ("loop/body/r", "Result", ("loop/body/add",)),
            ("loop", "Loop", ("split", "split:1", "loop/body/r")),
            ("x_1", "Result", ("loop",))])

    def test_shapes_and_attributes(self):
        found = nodes(WHOLE)
        self.assertEqual(found["x"].attributes, {"shape": "?,3", "element_type": "f32",
                                                 "dtype": {"type": "DT_FLOAT"}, "version": "opset1"})
        self.assertEqual(found["x"].shapes, ((None, 3),))
        self.assertEqual(found["é/w"].attributes, {"dtype": "U1"})
        self.assertEqual(found["split"].shapes, ((5,), (None,)))
        self.assertEqual(found["split"].attributes, {"dtype": {"type": "DT_INT64"}})

    def test_of_old(self):
        """The layer has the precision; edges need no ports."""
        text = net([layer(0, "a", "Input", precision="FP16"), layer(1, "b", "ReLU")])
        text = text.replace("<edges>", '<edges><edge from-layer="0" to-layer="1"/>')
        found = nodes(text)
        self.assertEqual(found["a"].attributes, {"dtype": {"type": "DT_HALF"}})
        self.assertEqual(found["b"].inputs, ("a",))

    def test_branches(self):
        branch = net([layer(5, "r", "Result")], tag="then_body")
        maps = '<then_port_map><output external_port_id="1" internal_layer_id="5"/></then_port_map>'
        found = nodes(net([layer(0, "if", "If", more=branch + maps)]))
        self.assertEqual(found["if"].inputs, ("if/then_body/r",))

    def test_sizes(self):
        for text, size in (("7", 7), ("-1", None), ("2..4", None), ("", None), ("²", None),
                           (str(2 ** 63 - 1), 2 ** 63 - 1), (str(2 ** 63), None), ("9" * 99, None)):
            found = nodes(net([layer(0, "a", "A", outputs=port(0, text))]))
            self.assertEqual(found["a"].shapes, ((size,),))

    def test_other_encodings(self):
        for encoding in ("utf-16", "latin-1", "utf-8-sig"):
            name = "utf-8" if encoding == "utf-8-sig" else encoding
            data = WHOLE.replace('"1.0"', '"1.0" encoding="%s"' % name).encode(encoding)
            self.assertEqual(openvino.read(data), openvino.read(WHOLE.encode("utf-8")))


class TestFiles(InDirectory):

    def test_method(self):
        path = self.path("model.xml")
        with open(path, "wb") as f:
            f.write(WHOLE.encode("utf-8"))
        with SummaryWriter(self.path("run")) as w:
            w.add_openvino_graph(path)
        graph, = [event["graph_def"] for event in events(self.path("run")) if "graph_def" in event]
        self.assertEqual(graph, encoded(openvino.nodes(path)))

    def test_no_path(self):
        with self.assertRaises(InputError) as caught:
            openvino.nodes(3)
        self.assertEqual(caught.exception.argument, "xmlname")
        with self.assertRaises(OSError):
            openvino.nodes(self.path("nowhere"))


class TestHostile(unittest.TestCase):

    def refused(self, data, rule, pos=None):
        data = data if isinstance(data, bytes) else data.encode("utf-8")
        with self.assertRaises(FormatError) as caught:
            openvino.read(data)
        self.assertEqual(caught.exception.rule, rule)
        self.assertTrue(0 <= caught.exception.pos <= len(data))
        if pos is not None:
            self.assertEqual(caught.exception.pos, pos)
        return caught.exception

    def test_cut_anywhere(self):
        data = WHOLE.encode("utf-8")
        for n in range(len(data)):
            self.refused(data[:n], "models-5")

    def test_changed_anywhere(self):
        data, dice = WHOLE.encode("utf-8"), random.Random(6)
        good = 0
        for _ in range(2000):
            changed = bytearray(data)
            changed[dice.randrange(len(data))] = dice.randrange(256)
            try:
                encoded(openvino.read(bytes(changed)))
                good += 1
            except FormatError:
                pass
        self.assertGreater(good, 100)

    def test_entities(self):
        """A billion laughs, and a file from elsewhere: refused before anything is declared."""
        for inside in ('<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">', '<!ENTITY a SYSTEM "/etc/passwd">', ""):
            e = self.refused("<!DOCTYPE net [%s]><net>&b;</net>" % inside, "models-5")
            self.assertEqual(e.message, "a document type")
        self.refused("<net>&b;</net>", "models-5")

    def test_where(self):
        e = self.refused("<net>\n  <layers></layer></net>", "models-5", 18)
        self.assertEqual(e.message, "line 2, column 13: mismatched tag")
        self.refused(b"<net>\xff</net>", "models-5", 5)
        self.refused(b'<?xml version="1.0" encoding="none-such"?><net/>', "models-5")
        self.refused(b'<?xml version="1.0" encoding="shift_jis"?><net/>', "models-5")

    def test_structure(self):
        one = layer(0, "a", "A")
        for text, pos in (
                ("<html/>", 0), ("<net/>", 0), ("<net><layers/></net>", 0),
                (net([one]).replace(' name="a"', ""), 35), (net([one]).replace(' id="0"', ""), 35),
                (net([one]).replace(' type="A"', ""), None), (net([one, one]), None),
                (net([one], (0, 0, 1, 0)), None), (net([one], (1, 0, 0, 0)), None),
                (net([layer(0, "a", "A", more="<body/>")]), None),
                (net([layer(0, "a", "A", "<port/>")]), None)):
            self.refused(text, "models-6", pos)

    def test_too_much(self):
        self.refused("<net>" + "<a>" * 200, "models-2")
        with mock.patch.object(openvino, "MAX_ELEMENTS", 100):
            self.refused("<net>" + "<a/>" * 100, "models-2", 5 + 4 * 99)
            self.refused("<net>" + "<a b='' c=''/>" * 40, "models-2")
        with mock.patch.object(files, "MAX_TEXT", 100):
            self.refused("<net>" + " " * 100, "models-1", 100)
        with mock.patch.object(files, "MAX_GRAPH", 1000):
            self.refused(WHOLE, "models-2")


if __name__ == "__main__":
    unittest.main()
