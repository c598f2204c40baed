"""Embeddings: what is in each file, the config others wrote too, and nothing written of a bad call."""
import math
import os
import signal
import struct
import sys
import threading
import unittest
import warnings
from array import array
from unittest import mock

from tbx_pure import SummaryWriter
from tbx_pure.errors import FormatError, InputError
from tbx_pure.projector import add_embedding, embedding, files
from tbx_pure.projector.config import merged, parse, quoted, unquoted
from tbx_pure.projector.embedding import MAX_SPRITE, _pictures, is_binary
from tbx_pure.tensor import Tensor, view

from .everywhere import windows
from .helpers import ANY_NAME, ROOT, InDirectory, python
from .png_reader import read_png

POINTS = [[0.5, 1.0], [2.0, -3.0]]
CONFIG = "projector_config.pbtxt"

# As tensorboardX 2.6.5 and torch 2.13 wrote them.
TENSORBOARDX = b"""embeddings {
tensor_name: "default:00001"
tensor_path: "00001/default/tensors.tsv"
metadata_path: "00001/default/metadata.tsv"
sprite {
image_path: "00001/default/sprite.png"
single_image_dim: 4
single_image_dim: 4
}
}
embeddings {
tensor_name: "default:00002"
tensor_path: "00002/default/tensors.tsv"
}
"""
TORCH = b"""embeddings {
  tensor_name: "\\303\\274 \\"q\\":00001"
  metadata_path: "00001/\\303\\274 \\"q\\"/metadata.tsv"
  sprite {
    image_path: "00001/\\303\\274 \\"q\\"/sprite.png"
    single_image_dim: 4
    single_image_dim: 4
  }
  tensor_path: "00001/\\303\\274 \\"q\\"/tensors.tsv"
}
"""
ENTRY = ['tensor_name: "default:00001"', 'tensor_path: "new"']


def silent(cause, text):
    raise AssertionError("unexpected warning: %s: %s" % (cause, text))


class Embeddings(InDirectory):

    def add(self, mat=POINTS, metadata=None, label_img=None, step=1, tag="default", header=None,
            binary=False, warn=silent):
        add_embedding(self.directory, mat, metadata, label_img, step, tag, header, binary, warn)

    def read(self, *names):
        with open(self.path(*names), "rb") as f:
            return f.read()

    def tree(self):
        return sorted(os.path.relpath(os.path.join(folder, name), self.directory).replace(os.sep, "/")
                      for folder, _, names in os.walk(self.directory) for name in names)

    def names(self):
        return [inner.text.decode("utf-8") for field in parse(self.read(CONFIG))
                for inner in field.fields if inner.name == b"tensor_name"]

    def refused(self, argument, **arguments):
        """Check that add() is refused, whether it would write or not, and leaves nothing."""
        for directory in (self.directory, None):
            with mock.patch.object(self, "directory", directory), self.assertRaises(InputError) as caught:
                self.add(**arguments)
            self.assertEqual(caught.exception.argument, argument)
        self.assertEqual(os.listdir(self.directory), [])
        return caught.exception


class TestFiles(Embeddings):

    def test_smallest(self):                        # projector-1
        self.add([[0.5]], step=0)
        self.assertEqual(self.tree(), ["00000/default/tensors.tsv", CONFIG])
        self.assertEqual(self.read("00000", "default", "tensors.tsv"), b"0.5\n")
        self.assertEqual(self.read(CONFIG), b'embeddings {\ntensor_name: "default:00000"\n'
                                            b'tensor_path: "00000/default/tensors.tsv"\n}\n')

    def test_all(self):
        self.add(POINTS, ["a", "b"], [[[[0.0]]], [[[1.0]]]], 70000, "t")
        self.assertEqual(self.tree(), ["70000/t/metadata.tsv", "70000/t/sprite.png",
                                       "70000/t/tensors.tsv", CONFIG])
        self.assertEqual(self.read(CONFIG).decode("ascii").splitlines(), [
            "embeddings {", 'tensor_name: "t:70000"', 'tensor_path: "70000/t/tensors.tsv"',
            'metadata_path: "70000/t/metadata.tsv"', "sprite {", 'image_path: "70000/t/sprite.png"',
            "single_image_dim: 1", "single_image_dim: 1", "}", "}"])

    def test_numbers(self):                         # projector-6
        for mat, text in (
                (POINTS, "0.5\t1.0\n2.0\t-3.0\n"),
                ([[1, 2], [3, 4]], "1\t2\n3\t4\n"), ([[1, 2.5], [3, 4]], "1.0\t2.5\n3.0\t4.0\n"),
                ([[True, False]], "1\t0\n"), ([[True, 2]], "1\t2\n"), (((1,), (2,)), "1\n2\n"),
                ([array("f", [0.1]), array("f", [1e-45])], "0.10000000149011612\n1.401298464324817e-45\n"),
                (memoryview(array("d", [0.1, 1e308])).cast("B").cast("d", (1, 2)), "0.1\t1e+308\n"),
                ([[10 ** 300, -2 ** 64]], "%d\t%d\n" % (10 ** 300, -2 ** 64)),
                (memoryview(b"\x00\x01").cast("?", (1, 2)), "0\t1\n"),
                ([[math.inf, -math.inf, math.nan, -0.0]], "inf\t-inf\tnan\t-0.0\n")):
            self.add(mat)
            self.assertEqual(self.read("00001", "default", "tensors.tsv").decode("ascii"), text)

    def test_mat_refused(self):
        for mat in (1.5, [1, 2], [[[1]]], [], [[]], [[], []], [[1], [1, 2]], "ab", None, [["a"]],
                    [[10 ** 400]], memoryview(b"")):
            self.refused("mat", mat=mat)

    def test_again(self):
        self.add([[1], [2]], ["a", "b"])
        self.add(step=2)
        self.add([[3]])
        self.assertEqual(self.read("00001", "default", "tensors.tsv"), b"3\n")
        self.assertEqual(self.names(), ["default:00001", "default:00002"])
        self.assertNotIn(b"metadata_path", self.read(CONFIG))

    def test_steps(self):
        for step, folder in ((-3, "-0003"), (0, "00000"), (123456, "123456")):
            self.add(step=step)
            self.assertTrue(os.path.exists(self.path(folder, "default", "tensors.tsv")))

    def test_through_the_writer(self):
        with SummaryWriter(self.path("run")) as writer:
            writer.add_embedding(POINTS, global_step=3)
            with writer.use_metadata(global_step=4):
                writer.add_embedding(POINTS, ["a", "b"])
            writer.add_embedding(POINTS)
            writer.add_embedding(POINTS, tag="other")
            with self.assertRaises(InputError) as caught:
                writer.add_embedding([1], tag="t")
        self.assertEqual(str(caught.exception), "add_embedding('t'): mat: need shape (points, dimensions), "
                                                "at least one of each, got shape (1,)")
        self.assertEqual(self.tree()[0:6], ["run/00000/other/tensors.tsv", "run/00003/default/tensors.tsv",
                                            "run/00004/default/metadata.tsv", "run/00004/default/tensors.tsv",
                                            "run/00005/default/tensors.tsv",
                                            "run/events.out" + self.tree()[5][len("run/events.out"):]])

    def test_nowhere(self):
        with SummaryWriter(self.path("run"), write_to_disk=False) as writer:
            writer.add_embedding(POINTS, ["a", "b"], [[[[0.0]]], [[[1.0]]]], 1)
        self.assertEqual(os.listdir(self.directory), [])

    def test_readable_as_the_umask_says(self):
        self.add()
        with open(self.path("plain"), "wb"):
            pass
        for path in (self.path(CONFIG), self.path("00001", "default", "tensors.tsv")):
            self.assertEqual(os.stat(path).st_mode, os.stat(self.path("plain")).st_mode)


class TestTags(Embeddings):

    def test_a_name_that_files_cannot_have(self):
        with mock.patch("os.fsencode", lambda name: name.encode("ascii")):
            self.add(tag="a")
            with self.assertRaises(InputError) as caught:
                self.add(tag="\u7c73")
        self.assertEqual((caught.exception.argument, caught.exception.got), ("tag", "'00001/\\u7c73'"))

    @unittest.skipUnless(ANY_NAME, "files cannot have all names here")
    def test_folders(self):                         # projector-2
        for tag, folder in (
                ("a", "a"), ("a b", "a b"), ("a/b", "a%2fb"), ("/etc/passwd", "%2fetc%2fpasswd"),
                ("a\\b", "a%5cb"), ("100%", "100%25"), ("..", "%2e%2e"), (".", "%2e"), ("...", "..."),
                ("../../up", "..%2f..%2fup"), ("a\0b", "a%00b"), ('"', '"'), ("a\nb", "a\nb"),
                ("~", "~"), ("\xfc\u7c73", "\xfc\u7c73"), ("", "")):
            self.add(tag=tag, warn=lambda *said: None)
            self.assertTrue(os.path.exists(self.path("00001", folder, "tensors.tsv")), tag)
            path = "/".join(part for part in ("00001", folder, "tensors.tsv") if part)
            self.assertIn("tensor_path: %s\n" % quoted(path), self.read(CONFIG).decode("utf-8"))
            self.assertEqual(self.names()[-1], tag + ":00001")
        self.assertEqual(set(os.listdir(self.directory)), {"00001", CONFIG})

    def test_folders_on_windows(self):
        """No two tags share one there either, but for those that differ in large letters only."""
        folders = []
        with mock.patch.object(os, "name", "nt"):
            for tag, folder in (
                    ("a b", "a b"), ("a:b", "a%3ab"), ("a%3ab", "a%253ab"), ("a.", "a%2e"), ("a. .", "a%2e%20%2e"),
                    ("..", "%2e%2e"), ("...", "%2e%2e%2e"), ("con", "%63on"), ("NUL.txt", "%4eUL.txt"),
                    ("aux .x", "%61ux .x"), ("bacon", "bacon"), ("console", "console"), ("c/con", "c%2fcon"),
                    ("<>:\"|?*\n\0", "%3c%3e%3a%22%7c%3f%2a%0a%00"), ("", "")):
                folders.append(embedding._folder(tag))
                self.assertEqual(folders[-1], folder)
                windows.check("00001/" + folders[-1])
        self.assertEqual(len(folders), len(set(folders)))

    def test_refused(self):
        for tag in (None, b"t", 3, "\ud800"):
            self.refused("tag", tag=tag)

    @unittest.skipUnless(ANY_NAME, "files cannot have all names here")
    def test_what_the_page_cannot_ask_for(self):    # projector-10
        for tag in ("a&b", "a#b", "a+b", "a%41b", "a\nb", "a\tb", "\0"):
            said = []
            self.add(tag=tag, warn=lambda *w: said.append(w))
            self.assertEqual([cause for cause, _ in said], ["name"])
        self.add(tag="100% \"x\" 'y' <z> ?a=b;c,\\/\xfc")


class TestMetadata(Embeddings):

    def metadata(self, metadata, header=None, points=2, **arguments):
        self.add([[1]] * points, metadata, header=header, **arguments)
        return self.read("00001", "default", "metadata.tsv").decode("utf-8")

    def test_labels(self):
        for metadata, text in ((["a", "b"], "a\nb\n"), ((1, 2.5), "1\n2.5\n"), ([None, True], "None\nTrue\n"),
                               (["\xfc", "\u7c73 \U0001f600"], "\xfc\n\u7c73 \U0001f600\n"),
                               ([["x", 1], ["y", 2]], "['x', 1]\n['y', 2]\n"), (iter("ab"), "a\nb\n"),
                               (array("b", [1, 2]), "1\n2\n"), ({"a": 1, "b": 2}, "a\nb\n")):
            self.assertEqual(self.metadata(metadata), text)
        self.assertEqual(self.metadata(["a", "b"], []), "a\nb\n")

    def test_a_row_stays_a_row(self):
        self.assertEqual(self.metadata(["a\tb", "c\nd\re\r\nf"]), "a b\nc d e  f\n")
        self.assertEqual(self.metadata([["a\tb", "c"], ["d\n", "\r"]], ["x\ty", "z\n"]),
                         "x y\tz \na b\tc\nd \t \n")
        self.assertEqual(self.metadata(["a\x85b", "c\u2028d"]), "a\x85b\nc\u2028d\n")   # end no line there

    def test_no_row_is_blank(self):                 # projector-7
        for blank, text in (("", "-"), ("  ", "-"), ("\t", "-"), ("\n", "-"), ("\xa0", "-\xa0"), ("\ufeff", "-\ufeff"),
                            ("\u3000 ", "-\u3000 ")):
            self.assertEqual(self.metadata([blank, "b"]), text + "\nb\n")
        self.assertEqual(self.metadata([["", ""], ["", "d"]], ["", ""]), "-\t\n-\t\n\td\n")

    def test_header(self):
        self.assertEqual(self.metadata([["a", 1], ("b", 2.5)], ["name", "n"]), "name\tn\na\t1\nb\t2.5\n")
        self.assertEqual(self.metadata([["a", 1], ("b", 2)], iter(["name", 3])), "name\t3\na\t1\nb\t2\n")

    def test_header_of_one_name(self):              # projector-7
        self.assertEqual(self.metadata([["a"], ["b"]], ["name"]), "a\nb\n")

    def test_refused(self):
        for metadata in (["a"], ["a", "b", "c"], [], "ab", b"ab", 3, {}):
            self.refused("metadata", metadata=metadata)
        for metadata in (["a\ud800", "b"], [["x"], "\ud800"]):
            self.refused("metadata", metadata=metadata[:1] + ["\ud800"])
        self.assertEqual(self.refused("metadata", metadata=["a"]).got, "1")

    def test_rows_refused(self):
        for metadata, argument in (([["a", "b"], ["c"]], "metadata[1]"), ([["a"], ["c", "d"]], "metadata[0]"),
                                   (["ab", "cd"], "metadata[0]"), ([["a", "b"], 3], "metadata[1]")):
            self.refused(argument, metadata=metadata, header=["x", "y"])
        self.refused("metadata", metadata=[["a", "b"]], header=["x", "y"])
        for header in ("xy", 3):
            self.refused("metadata_header", metadata=["a", "b"], header=header)
        self.refused("metadata", metadata=[["a", "b"], ["c", "d"]], header=["x", "\udc80"])

    def test_header_alone(self):
        self.add(header=["a", "b"])
        self.assertNotIn(b"metadata", self.read(CONFIG))


class TestSprite(Embeddings):

    def sprite(self, label_img, **arguments):
        self.add([[1]] * len(label_img), label_img=label_img, **arguments)
        return read_png(self.read("00001", "default", "sprite.png"))

    def test_places(self):                          # projector-8
        for n, columns in ((1, 1), (2, 2), (3, 2), (4, 2), (5, 3), (9, 3), (10, 4), (16, 4), (17, 5)):
            pictures = [[[[(i + 1) / 255]]] for i in range(n)]
            height, width, channels, pixels = self.sprite(pictures)
            self.assertEqual((height, width, channels), (columns, columns, 3))
            rest = [0] * (columns * columns - n)                # black
            self.assertEqual(list(pixels[1::3]), list(range(1, n + 1)) + rest)

    def test_rows_of_pixels(self):
        one = [[[0.0, 1.0], [0.5, 0.0]]]
        _, _, _, pixels = self.sprite([one, one, one])
        self.assertEqual(list(pixels[::3]), [0, 255, 0, 255, 127, 0, 127, 0, 0, 255, 0, 0, 127, 0, 0, 0])

    def test_channels(self):
        for channels, written in ((1, 3), (2, 2), (3, 3), (4, 4)):
            pixels = [[[c / 255]] for c in range(channels)]
            self.assertEqual(self.sprite([pixels])[2:], (written, bytes(range(channels) if channels > 1
                                                                        else [0, 0, 0])))

    def test_values(self):
        for label_img, byte in (([[[[0.999]]]], 254), ([[[[True]]]], 255), ([[[[1]]]], 255),
                                (memoryview(b"\x07").cast("B", (1, 1, 1, 1)), 7)):
            self.assertEqual(self.sprite(label_img)[3], bytes([byte] * 3))

    def test_float16_is_scaled_in_float64(self):
        shades = struct.unpack("<256e", struct.pack("<256e", *(k / 255 for k in range(256))))
        pictures = _pictures(Tensor("float16", (1, 1, 16, 16), shades), silent)
        self.assertEqual(pictures[0].pixels[::3], bytes(int(shade * 255.0) for shade in shades))

    def test_taken_for_0_to_255(self):
        said = []
        label_img = [[[[0]]], [[[1]]], [[[200]]]]               # told from all pictures, not from each
        self.add([[1]] * 3, label_img=label_img, warn=lambda *w: said.append(w[0]))
        self.assertEqual(said, ["integers"])
        self.assertEqual(read_png(self.read("00001", "default", "sprite.png"))[3][::3], bytes([0, 1, 200, 0]))

    def test_clipped(self):
        said = []
        self.add([[1]], label_img=[[[[2.0]]]], warn=lambda *w: said.append(w[0]))
        self.assertEqual(said, ["range"])

    def test_refused(self):
        for label_img in ([[[[1.0]]]], [[[[1.0, 1.0]]]] * 2, [[[1.0]]] * 2, [[[]]] * 2, [[[[]]]] * 2, "ab", 0.5, [],
                          [[[[1.0]]] * 5] * 2, [[[["a"]]]] * 2):
            self.refused("label_img", label_img=label_img)

    def test_no_pixels(self):
        with mock.patch.object(embedding, "view", side_effect=[view(POINTS), Tensor("uint8", (2, 1, 0, 0), ())] * 2):
            self.refused("label_img", label_img="an array of no pixels")

    def test_largest(self):
        with mock.patch.object(embedding, "MAX_SPRITE", 2):
            self.assertEqual(self.sprite([[[[1.0]]]] * 4)[:2], (2, 2))

    def test_too_large(self):
        side = MAX_SPRITE // 2 + 1
        big = memoryview(bytes(2 * side * side)).cast("B", (2, 1, side, side))
        error = self.refused("label_img", label_img=big)
        self.assertEqual(error.got, "8194: 2 pictures a row, of 4097 pixels")


class TestBinary(Embeddings):

    def test_written(self):
        self.add(POINTS, binary=True)
        self.assertEqual(self.tree(), ["00001/default/tensors.bytes", CONFIG])
        self.assertEqual(self.read("00001", "default", "tensors.bytes"), struct.pack("<4f", 0.5, 1, 2, -3))
        self.assertEqual(self.read(CONFIG).decode("ascii").splitlines()[1:-1], [
            'tensor_name: "default:00001"', 'tensor_path: "00001/default/tensors.bytes"',
            "tensor_shape: 2", "tensor_shape: 2"])

    def test_kinds(self):
        numbers = [1.0, -2.0]
        for mat in ([numbers], [[1, -2]], memoryview(array("f", numbers)).cast("B").cast("f", (1, 2)),
                    memoryview(array("d", numbers)).cast("B").cast("d", (1, 2)), [array("f", numbers)]):
            self.add(mat, binary=True)
            self.assertEqual(self.read("00001", "default", "tensors.bytes"), struct.pack("<2f", *numbers))
        self.add([[True, False]], binary=True)
        self.assertEqual(self.read("00001", "default", "tensors.bytes"), struct.pack("<2f", 1, 0))

    def test_on_a_big_endian_machine(self):
        with mock.patch.object(sys, "byteorder", "big"):
            self.add([[1.0, -2.0]], binary=True, warn=lambda *w: None)
        swapped = self.read("00001", "default", "tensors.bytes")
        self.assertEqual(swapped, struct.pack(">2f" if sys.byteorder == "little" else "<2f", 1.0, -2.0))

    def test_what_would_be_taken_for_text(self):    # projector-5
        for raw in (bytes(8), b"1.5\n2.5\n", b"1.5\n\xff\xff\xff\xff", b"1.5\r\xff\xff\xff\xff",
                    b"\xc3\xbc\xc3\xbc" * 2):
            said = []
            numbers = array("f", raw)
            if sys.byteorder == "big":
                numbers.byteswap()
            self.add(memoryview(numbers).cast("B").cast("f", (1, 2)), binary=True,
                     warn=lambda *w: said.append(w[0]))
            self.assertEqual(said, ["binary"])
            row = "\t".join(map(repr, struct.unpack("<2f", raw))) + "\n"
            self.assertEqual(self.read("00001", "default", "tensors.tsv").decode("ascii"), row)
            self.assertNotIn(b"tensor_shape", self.read(CONFIG))

    def test_is_binary(self):
        for raw, binary in ((b"\xff", True), (b"a\xff\n", True), (b"a\n\xff", False), (b"\n\xff", False),
                            (b"abcd", False), (b"\xc3\xbc", False), (b"\xc3", True), (b"\xc3\n\xbc", True)):
            self.assertEqual(is_binary(raw), binary, raw)

    def test_from_text_and_back(self):
        self.add()
        self.add(binary=True)
        self.assertIn(b"tensors.bytes", self.read(CONFIG))
        self.add()
        self.assertNotIn(b"tensor_shape", self.read(CONFIG))
        self.assertEqual(self.names(), ["default:00001"])


class TestConfig(unittest.TestCase):

    def test_what_others_wrote(self):
        for config in (b"", TENSORBOARDX, TORCH, TENSORBOARDX + TORCH, b"# mine\n", b'model_checkpoint_path: "x"\n'):
            new = merged(config, "new:00001", ENTRY)
            self.assertTrue(new.startswith(config))
            self.assertEqual(new[len(config):], b"embeddings {\n%s\n}\n" % "\n".join(ENTRY).encode("ascii"))

    def test_replaced(self):                        # projector-9
        new = merged(TENSORBOARDX, "default:00001", ENTRY)
        self.assertEqual(new, b"""embeddings {
tensor_name: "default:00001"
tensor_path: "new"
}
embeddings {
tensor_name: "default:00002"
tensor_path: "00002/default/tensors.tsv"
}
""")
        self.assertEqual(merged(new, "default:00001", ENTRY), new)
        replaced = merged(TORCH, '\xfc "q":00001', ENTRY)
        self.assertEqual(replaced, b"embeddings {\n%s\n}\n" % "\n".join(ENTRY).encode("ascii"))

    def test_twice_there(self):
        once = TENSORBOARDX.replace(b"00002", b"00003")
        new = merged(TENSORBOARDX + once, "default:00001", ENTRY)
        self.assertEqual(new.count(b"default:00001"), 1)
        self.assertEqual(len(parse(new)), 3)
        self.assertNotIn(b"\n\n", new)

    def test_what_is_not_ours_is_kept(self):        # projector-9
        config = (b'# top\r\nembeddings: < # in\n  tensor_name: "default:" \'00001\', bookmarks_path: "b.txt"'
                  b' # why\n  sprite { image_path: "x" };tensor_shape: [1, 2]\n'
                  b'  future { a: [ {b: 1} ] }\n# tail\n> ;# end\nlast: 1')
        new = merged(config, "default:00001", ENTRY)
        self.assertEqual(new, b'# top\r\nembeddings {\ntensor_name: "default:00001"\ntensor_path: "new"\n # in\n'
                              b'   bookmarks_path: "b.txt" # why\n  future { a: [ {b: 1} ] }\n# tail\n}# end\nlast: 1')
        self.assertEqual(merged(new, "default:00001", ENTRY).count(b"bookmarks_path"), 1)

    def test_after_no_line_break(self):
        self.assertEqual(merged(b"# mine", "n", ["x: 1"]), b"# mine\nembeddings {\nx: 1\n}\n")

    def test_entries_of_other_forms(self):
        for config in (b"embeddings { }", b"embeddings: [{tensor_name: 'n'}, {}]", b"[a.b/c.d] { x: 1 }", b"n: 'n'",
                       b"embeddings { tensor_name: n }", b"embeddings: 3", b"x: -1.5e3", b"embeddings{tensor_name:'m'}",
                       b"other { tensor_name: 'n' }", b"embeddings{sprite{tensor_name:'n'}}",
                       b"embeddings{metadata_path:'n'}"):
            self.assertTrue(merged(config, "n", ["x: 1"]).startswith(config), config)
        for config in (b"embeddings{tensor_name:'n'}", b"embeddings{metadata_path:'m'tensor_name:'n'}"):
            self.assertEqual(merged(config, "n", ["x: 1"]), b"embeddings {\nx: 1\n}")

    def test_unreadable(self):
        for config, pos in ((b'embeddings {\ntensor_name: "a"b:00001"\n}\n', 36), (b'tensor_name: "a', 13),
                            (b"embeddings {", 12), (b"a: [1", 5), (b"a: [{]}", 7), (b'a: "x\ny"', 3),
                            (b'a: "\xff"', 4), (b"}", 0), (b"embeddings }", 11), (b"embeddings { >", 13),
                            (b"a: [1}", 6), (b"a 1", 2), (b"a: }", 3), (b": 1", 0), (b"1: 1", 0),
                            (b"\xef\xbb\xbfa: 1", 0),
                            (b'x "y"', 2), (b"a:", 2), (b"\0", 0), (b"a {" * 100000, 0)):
            with self.assertRaises(FormatError) as caught:
                merged(config, "n", ["x: 1"])
            self.assertEqual((caught.exception.pos, caught.exception.rule), (pos, "projector-3"), config[:50])

    def test_strings(self):
        for text, string in (("a", '"a"'), ('"', '"\\""'), ("\\", '"\\\\"'), ("\n", '"\\012"'), ("\0" "1", '"\\0001"'),
                             ("\x7f", '"\\177"'), ("\xfc\u2028'", '"\xfc\u2028\'"')):
            self.assertEqual(quoted(text), string)
            self.assertEqual(unquoted(string.encode("utf-8")), text.encode("utf-8"))
        for string, text in ((b"'a\"'", b'a"'), (b'"\\303\\274"', b"\xc3\xbc"), (b'"\\x41\\X4a1"', b"AJ1"),
                             (b'"\\n\\?\\d"', b"\n?\\d"),
                             (b'"\\\\n"', b"\\n"), (b'"\\777"', b"\xff")):
            self.assertEqual(unquoted(string), text)


class TestWriting(Embeddings):

    def put(self, content):
        with open(self.path(CONFIG), "wb") as f:
            f.write(content)

    def test_added_to_what_is_there(self):
        self.put(TENSORBOARDX + TORCH)
        self.add(tag="new")
        self.assertEqual(self.names(), ["default:00001", "default:00002", '\xfc "q":00001', "new:00001"])
        self.assertTrue(self.read(CONFIG).startswith(TENSORBOARDX + TORCH))

    def test_unreadable_is_set_aside(self):
        for i, broken in enumerate((b'embeddings {\ntensor_name: "a"b:00001"\n}\n', b"\xff")):
            self.put(broken)
            said = []
            self.add(warn=lambda *w: said.append(w))
            self.assertEqual(self.names(), ["default:00001"])
            self.assertEqual(self.read("%s.%d.unreadable" % (CONFIG, i)), broken)
            self.assertEqual(said[0][0], "config")
            self.assertTrue(said[0][1].endswith("rule projector-3); it is now %s.%d.unreadable"
                                                % (self.path(CONFIG), i)))

    def test_warns_by_itself(self):
        self.put(b"}")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            SummaryWriter(self.directory).add_embedding(POINTS)
        self.assertEqual([w.filename for w in caught], [__file__])
        self.assertIn("add_embedding", str(caught[0].message))

    def test_a_file_in_the_way(self):
        with open(self.path("00001"), "wb"):
            pass
        with self.assertRaises(OSError):
            self.add()
        self.assertEqual(os.listdir(self.directory), ["00001"])

    def test_a_folder_in_the_way(self):
        os.makedirs(self.path("00001", "default", "tensors.tsv"))
        with self.assertRaises(OSError):
            self.add()
        self.assertEqual(self.tree(), [])
        os.mkdir(self.path(CONFIG))
        with self.assertRaises(OSError):
            self.add(tag="t")
        self.assertEqual(self.tree(), ["00001/t/tensors.tsv"])          # no lock is left either

    def test_full_disk(self):
        self.add([[1]])
        before = {name: self.read(*name.split("/")) for name in self.tree()}
        for failing in ("fsync", "replace"):
            with mock.patch.object(os, failing, side_effect=OSError(28, "full")), self.assertRaises(OSError):
                self.add([[2]])
            self.assertEqual({name: self.read(*name.split("/")) for name in self.tree()}, before)

    def test_on_disk_before_it_is_in_place(self):   # projector-4
        calls = []
        with mock.patch.object(os, "fsync", side_effect=lambda fd: calls.append("fsync")), \
                mock.patch.object(os, "replace", side_effect=lambda a, b: calls.append(os.path.basename(b))):
            self.add(metadata=["a", "b"])
        self.assertEqual(calls, ["fsync", "tensors.tsv", "fsync", "metadata.tsv", "fsync", CONFIG])

    def test_what_a_crash_left_is_not_in_the_way(self):
        os.makedirs(self.path("00001", "default"))
        left = (("00001", "default", "tensors.tsv.0.tmp"), (CONFIG + ".0.tmp",), (CONFIG + ".lock",))
        for names in left:
            with open(self.path(*names), "wb") as f:
                f.write(b"half")
        self.add()
        self.assertEqual(self.names(), ["default:00001"])
        self.assertEqual(self.read("00001", "default", "tensors.tsv.0.tmp"), b"half")


PROCESS = """
from tbx_pure.projector import add_embedding
for step in range(%d):
    add_embedding(%r, [[1, 2]], None, None, step, %r, None, False)
"""


class TestTogether(Embeddings):
    MANY, EACH = 4, 10

    def expected(self):
        return sorted("%d:%05d" % (i, step) for i in range(self.MANY) for step in range(self.EACH))

    def run_threads(self, target):
        threads = [threading.Thread(target=target, args=(i,)) for i in range(self.MANY)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(self.names()), self.expected())
        self.assertEqual(sorted(name for name in os.listdir(self.directory) if not name.isdigit()), [CONFIG])

    def add_each(self, i):
        for step in range(self.EACH):
            self.add(step=step, tag=str(i))

    def test_threads(self):
        self.run_threads(self.add_each)

    def test_threads_without_file_locks(self):
        with mock.patch.object(files, "fcntl", None):
            self.run_threads(self.add_each)

    @unittest.skipUnless(files.fcntl, "this system has no fcntl")
    def test_processes(self):
        self.run_threads(lambda i: python("-c", PROCESS % (self.EACH, self.directory, str(i)), cwd=ROOT))

    @unittest.skipUnless(files.fcntl, "this system has no fcntl")
    def test_file_system_without_locks(self):
        with mock.patch.object(files.fcntl, "flock", side_effect=OSError(95, "not supported")):
            self.run_threads(self.add_each)

    @unittest.skipUnless(files.fcntl, "this system has no fcntl")
    def test_held_for_ever(self):
        with open(self.path(CONFIG + ".lock"), "wb") as held:
            files.fcntl.flock(held, files.fcntl.LOCK_EX)
            with mock.patch.multiple(files, ATTEMPTS=3, PAUSE=0):
                self.add()
        self.assertEqual(self.names(), ["default:00001"])
        self.assertEqual(self.tree(), ["00001/default/tensors.tsv", CONFIG, CONFIG + ".lock"])

    @unittest.skipUnless(files.fcntl, "this system has no fcntl")
    def test_removed_while_waiting(self):
        path, flock, swaps = self.path(CONFIG), files.fcntl.flock, []

        def swap_once(lock, operation):
            if not swaps:
                swaps.append(os.remove(path + ".lock"))         # as its last holder does
                open(path + ".lock", "wb").close()              # and the next one comes
            flock(lock, operation)

        with mock.patch.object(files.fcntl, "flock", side_effect=swap_once), files.alone(path), \
                open(path + ".lock", "wb") as other, self.assertRaises(BlockingIOError):
            flock(other, files.fcntl.LOCK_EX | files.fcntl.LOCK_NB)

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_forked_while_another_thread_holds_it(self):
        held, done = threading.Event(), threading.Event()

        def hold():
            with files.alone(self.path(CONFIG)):
                held.set()
                done.wait()

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")                     # 3.12 warns of what is tested here
            child = os.fork()
        if not child:
            code = 1
            try:
                signal.alarm(60)
                with mock.patch.multiple(files, ATTEMPTS=3, PAUSE=0):
                    self.add(tag="child")
                code = 0
            finally:
                os._exit(code)
        status = os.waitpid(child, 0)[1]
        done.set()
        thread.join()
        self.assertEqual(status, 0)
        self.add(tag="parent")
        self.assertEqual(self.names(), ["child:00001", "parent:00001"])
        self.assertNotIn(CONFIG + ".lock", os.listdir(self.directory))


if __name__ == "__main__":
    unittest.main()
