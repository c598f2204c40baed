"""The helper functions of tensorboardX and torch: objects with the bytes of the writer's methods."""
import inspect
import os
import unittest
import warnings
from fractions import Fraction

from tbx_pure import SummaryWriter
from tbx_pure.compat import embedding, projector, summary, summary_torch, utils, x2num
from tbx_pure.compat.modules import contents
from tbx_pure.compat.proto import Summary
from tbx_pure.errors import InputError
from tbx_pure.messages import SUMMARY
from tbx_pure.plugins.hparams import HPARAMS_PLUGIN_DATA
from tbx_pure.tensor import Tensor, view

from .helpers import InDirectory, events
from .png_reader import read_png

PIXELS = [[[0.0, 0.5], [1.0, 3 / 255 - 1e-10]]]                    # CHW; the last is 2, in float32 3
LABELS, SCORES = [0, 1, 1], [0.1, 0.9, 0.4]
CORNERS = [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]
LAYOUT = {"c": {"m": ["Multiline", ["a"]]}}
ROWS = [[3.0, 1.0]] * 6


class TestAsTheWriter(InDirectory):
    """Each makes what the method of its name writes."""

    CALLS = (
        ("scalar", (1.5,), "add_scalar", {}),
        ("histogram", ([1, 2, 3], "tensorflow"), "add_histogram", {"arguments": ([1, 2, 3],)}),
        ("histogram_raw", (0, 1, 2, 3, 4, [1, 2], [1, 1]), "add_histogram_raw", {}),
        ("image", (PIXELS, 1, "CHW"), "add_image", {"arguments": (PIXELS,)}),
        ("audio", ([0.5, -0.5], 8000), "add_audio", {"arguments": ([0.5, -0.5], None, 8000)}),
        ("text", ("hello",), "add_text", {}),
        ("pr_curve", (LABELS, SCORES), "add_pr_curve", {}),
        ("pr_curve_raw", tuple(ROWS), "add_pr_curve_raw", {}),
        ("mesh", (CORNERS, None, None, None), "add_mesh", {}),
        ("tensor_proto", ([1.5, 2.5],), "add_tensor", {}),
        ("video", ([[PIXELS]],), "add_video", {}),
    )

    def test_tensorboardX(self):
        self.check(summary, "tensorboardX")

    def test_torch(self):
        self.check(summary_torch, "torch")

    def check(self, module, dialect):
        for name, arguments, method, other in self.CALLS:
            with self.subTest(name):
                made = getattr(module, name, None) or getattr(summary, name)
                run = self.path(dialect + name)
                with SummaryWriter(run, dialect=dialect) as w:
                    getattr(w, method)("a tag", *other.get("arguments", arguments))
                found = made("a tag", *arguments)
                self.assertIsInstance(found, Summary)
                self.assertEqual(found, Summary(**events(run)[-1]["summary"]))

    def test_of_boxes_too(self):
        for module, dialect in ((summary, "tensorboardX"), (summary_torch, "torch")):
            with SummaryWriter(self.path(dialect), dialect=dialect) as w:
                w.add_image_with_boxes("tag", PIXELS, [[0, 0, 0, 0]])
            self.assertEqual(module.image_boxes("tag", PIXELS, [[0, 0, 0, 0]]),
                             Summary(**events(self.path(dialect))[-1]["summary"]))

    def test_custom_scalars(self):
        with SummaryWriter(self.path("run")) as w:
            w.add_custom_scalars(LAYOUT)
        self.assertEqual(summary.custom_scalars(LAYOUT).SerializeToString(),
                         SUMMARY.encode(events(self.path("run"))[-1]["summary"]))

    def test_hparams(self):
        for module, dialect in ((summary, "tensorboardX"), (summary_torch, "torch")):
            with self.subTest(dialect):
                run = self.path(dialect)
                with SummaryWriter(run, dialect=dialect) as w:
                    w.add_hparams({"lr": 0.1, "flag": True, "name": "x"}, {"hp/a b": 1.0}, run_name=".")
                written = [Summary(**event["summary"]) for event in events(run) if "summary" in event][:3]
                made = module.hparams({"lr": 0.1, "flag": True, "name": "x"}, {"hp/a b": 1.0})
                self.assertEqual(list(made), written)

    def test_of_torch_a_bool_is_a_number_and_a_domain_is_kept(self):
        exp, start, _ = summary_torch.hparams({"b": True}, {}, {"b": [True, False]})
        content = HPARAMS_PLUGIN_DATA.decode(start.value[0].metadata.plugin_data.content)
        self.assertEqual(content["session_start_info"]["hparams"]["b"], {"number_value": 1.0})
        info, = HPARAMS_PLUGIN_DATA.decode(exp.value[0].metadata.plugin_data.content)["experiment"]["hparam_infos"]
        self.assertEqual(info["domain_discrete"], {"values": [{"number_value": 1.0}, {"number_value": 0.0}]})
        start = summary.hparams({"b": True}, {})[1]
        content = HPARAMS_PLUGIN_DATA.decode(start.value[0].metadata.plugin_data.content)
        self.assertEqual(content["session_start_info"]["hparams"]["b"], {"bool_value": True})


class TestTheRest(InDirectory):

    def test_order_of_arguments(self):
        for function, names in (
                (summary.scalar, "name scalar display_name summary_description"),
                (summary_torch.scalar, "name tensor collections new_style double_precision"),
                (summary.image, "tag tensor rescale dataformats"),
                (summary_torch.image, "tag tensor rescale dataformats"),
                (summary.video, "tag tensor fps dataformats"), (summary_torch.video, "tag tensor fps"),
                (summary.hparams, "hparam_dict metric_dict"),
                (summary_torch.hparams, "hparam_dict metric_dict hparam_domain_discrete"),
                (summary_torch.mesh, "tag vertices colors faces config_dict display_name description")):
            with self.subTest(function.__module__ + "." + function.__name__):
                self.assertEqual(list(inspect.signature(function).parameters), names.split())
        self.assertEqual([inspect.signature(module.image).parameters["dataformats"].default
                          for module in (summary, summary_torch)], ["CHW", "NCHW"])

    def test_tags(self):
        self.assertEqual(summary.scalar("a b", 1).value[0].tag, "a_b")
        self.assertEqual(summary_torch.scalar("a b", 1).value[0].tag, "a b")
        self.assertEqual((summary._clean_tag("/a:b"), summary._clean_tag(None)), ("a_b", None))

    def test_what_torch_has_more(self):
        value = summary_torch.scalar("x", 1, new_style=True).value[0]
        self.assertEqual((value.tensor.float_val[0], value.metadata.plugin_data.plugin_name), (1.0, "scalars"))
        value = summary_torch.mesh("m", CORNERS, None, None, None, "shown", "about").value[0]
        self.assertEqual((value.tag, value.metadata.display_name, value.metadata.summary_description),
                         ("m_VERTEX", "shown", "about"))
        self.assertEqual(summary.half_to_int(1.0), 0x3F800000)
        self.assertEqual(summary.int_to_half(summary.half_to_int(0.1)), 0.10000000149011612)

    def test_pictures(self):
        made = summary.make_image(Tensor("uint8", (1, 2, 3), bytes(range(6))))
        self.assertEqual((made.height, made.width, made.colorspace), (1, 2, 3))
        self.assertEqual(bytes(read_png(made.encoded_image_string)[-1]), bytes(range(6)))
        larger = summary.image("i", PIXELS, 3).value[0].image
        self.assertEqual((larger.height, larger.width), (6, 6))
        self.assertEqual(summary.image("a b", PIXELS, 3).value[0].tag, "a_b")
        boxed = summary.make_image([[[0] * 3] * 8] * 8, rois=[[2, 2, 6, 6]])
        self.assertIn(b"\xff\x00\x00", bytes(read_png(boxed.encoded_image_string)[-1]))
        gif = summary.make_video([PIXELS, PIXELS], 4)               # THWC: 2 frames of 1 x 2, 2 channels
        self.assertTrue(gif.encoded_image_string.startswith(b"GIF89a"))

    def test_curves_and_counts(self):
        rows = view(summary.compute_curve(LABELS, SCORES, 3))
        self.assertEqual((rows.shape, list(rows.values)[:6]), ((6, 3), [2.0, 1.0, 0.0, 1.0, 0.0, 0.0]))
        histo = summary.make_histogram([1, 2, 2], [1, 2, 3])
        self.assertEqual((histo.num, histo.bucket[-1]), (3.0, 2.0))

    def test_bad_input_names_the_call(self):
        for wrong, message in (
                (lambda: summary.scalar("t", "x"), r"^scalar\('t'\): scalar_value"),
                (lambda: summary.hparams(3, {}), r"^hparams\(.*hparam_dict"),
                (lambda: summary.hparams({}, 3), r"^hparams\(.*metric_dict"),
                (lambda: summary.image("t", [1]), r"^image\('t'\)"),
                (lambda: summary.make_histogram([], "auto"), r"^make_histogram\("),
                (lambda: utils.convert_to_HWC([1], "HW"), "tensor: need 2 dimensions"),
                (lambda: utils.convert_to_HWC([[1]], "HH"), "input_format"),
                (lambda: utils.convert_to_NTCHW([[1]], "NTCHW"), "tensor: need 5 dimensions"),
                (lambda: x2num.make_np("x"), "need real numbers")):
            with self.assertRaisesRegex(InputError, message):
                wrong()

    def test_warnings_name_the_call(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            summary.histogram("h", [1, float("nan")], "auto")
        self.assertIn("histogram('h'): left out", str(caught[0].message))
        self.assertEqual(caught[0].filename, __file__)


class TestLayouts(unittest.TestCase):

    def same(self, x, shape, values):
        tensor = view(x)
        self.assertEqual((tensor.shape, list(tensor.values)), (shape, values))

    def test_HWC(self):
        self.same(utils.convert_to_HWC([[1, 2]], "HW"), (1, 2, 3), [1, 1, 1, 2, 2, 2])
        self.same(utils.convert_to_HWC([[[1, 2]], [[3, 4]], [[5, 6]]], "CHW"), (1, 2, 3), [1, 3, 5, 2, 4, 6])
        self.same(utils.convert_to_HWC([[[1], [2]]], "whc"), (2, 1, 3), [1, 1, 1, 2, 2, 2])
        self.same(utils.convert_to_HWC([[[[1]]], [[[2]]]], "NCHW"), (1, 2, 3), [1, 1, 1, 2, 2, 2])

    def test_grid(self):
        self.same(utils.make_grid([[[[1]]], [[[2]]], [[[3]]]], 2), (3, 2, 2), [1, 2, 3, 0] * 3)

    def test_videos(self):
        self.same(utils.convert_to_NTCHW([[[[[1, 2]]]]], "CTNHW"), (1, 1, 1, 1, 2), [1, 2])
        self.same(utils._prepare_video([[[[[1]]]], [[[[2]]]], [[[[3]]]]]), (1, 4, 1, 1)[:1] + (1, 4, 1), [1, 2, 3, 0])
        self.same(utils._prepare_video(Tensor("uint8", (1, 1, 1, 1, 1), b"\xff")), (1, 1, 1, 1), [1.0])
        tiles = utils._prepare_video(Tensor("int64", (4, 1, 1, 1, 1), [1, 2, 3, 4]))
        self.same(tiles, (1, 2, 2, 1), [1, 2, 3, 4])

    def test_any_number_is_an_array(self):
        self.same(x2num.make_np(3), (), [3])
        self.same(x2num.make_np([[1], [2]]), (2, 1), [1, 2])
        self.same(x2num.make_np(x2num.make_np(memoryview(b"ab"))), (2,), [97, 98])
        self.assertEqual(summary._calc_scale_factor(b"ab"), 1)
        self.assertEqual(summary._calc_scale_factor([0.5]), 255)

    def test_torch_makes_a_row_of_a_number(self):
        for module in "_convert_np", "summary", "writer":
            make_np = contents("torch.utils.tensorboard." + module)["make_np"]
            for number in 3, True, 1.5, Fraction(3, 2):
                self.same(make_np(number), (1,), [number])
            self.same(make_np(Tensor("int64", (), (3,))), (), [3])
            self.same(make_np([1, 2]), (2,), [1, 2])


class TestEmbedding(InDirectory):

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def test_files_are_those_of_the_writer(self):
        points, labels, pictures = [[1, 2.5], [3, 4]], ["a", "b"], [[[[0.0]]], [[[1.0]]]]
        with SummaryWriter(self.path("run")) as w:
            w.add_embedding(points, labels, pictures, 0, "t")
        for folder in ("run/00000/t",):
            for name, make in (("tensors.tsv", lambda: embedding.make_mat(points, self.directory)),
                               ("metadata.tsv", lambda: embedding.make_tsv(labels, self.directory)),
                               ("sprite.png", lambda: embedding.make_sprite(pictures, self.directory))):
                make()
                self.assertEqual(self.read(name), self.read(os.path.join(*folder.split("/") + [name])))
        embedding.append_pbtxt(labels, pictures, self.directory, "00000/t", 0, "t")
        self.assertEqual(self.read("projector_config.pbtxt"), self.read(os.path.join("run", "projector_config.pbtxt")))
        embedding.append_pbtxt(None, None, self.directory, "00001/t", 1, "t")
        self.assertEqual(self.read("projector_config.pbtxt").count(b"embeddings {"), 2)

    def test_header(self):
        embedding.make_tsv([["a", 1]], self.directory, ["name", "n"])
        self.assertEqual(self.read("metadata.tsv"), b"name\tn\na\t1\n")
        with self.assertRaisesRegex(InputError, "make_tsv"):
            embedding.make_tsv([["a", 1]], self.directory, ["name"])

    def test_projector_config(self):
        config = projector.ProjectorConfig()
        added = config.embeddings.add(tensor_name='a "b"')
        added.sprite.single_image_dim.extend([28, 28])
        with SummaryWriter(self.path("run"), write_to_disk=False) as w:
            os.makedirs(self.path("run"))
            for logdir in (self.path("run"), w):
                projector.visualize_embeddings(logdir, config)
                self.assertEqual(self.read(os.path.join("run", "projector_config.pbtxt")), (
                    b'embeddings {\n  tensor_name: "a \\"b\\""\n  sprite {\n    single_image_dim: 28\n'
                    b'    single_image_dim: 28\n  }\n}\n'))
        with self.assertRaisesRegex(InputError, "config: need a ProjectorConfig"):
            projector.visualize_embeddings(self.path("run"), {})


if __name__ == "__main__":
    unittest.main()
