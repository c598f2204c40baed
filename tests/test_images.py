"""add_image and add_images of what is no array: files, and pictures of PIL, with a stand-in for it."""
import io
import mmap
import os
import unittest
from array import array

from tbx_pure import SummaryWriter
from tbx_pure.errors import InputError
from tbx_pure.media.png import png
from tbx_pure.messages import SUMMARY
from tbx_pure.plugins.images import ready
from tbx_pure.plugins.pictures import ready_made

from .helpers import PACKAGE_NAME, InDirectory, python, summaries
from .png_reader import read_png
from .test_plugins import silent

SIZES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "I;16": 2, "I;16B": 2}
# A GIF of a white pixel, and as much of a JPEG as is looked at: 2 rows of 3 pixels, and no data.
GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90400000000002c00000000010001000002024401003b")
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc00011080002000303012200021101031101"
                     "ffda000c03010002110311003f00ffd9")


class Image:
    """As much of a picture of PIL as is used: what convert() gives is given, by mode."""

    def __init__(self, mode, size, data=b"", info=None, extrema=(0, 255), **converted):
        self.mode, self.size, self.data = mode, size, data
        self.info, self.extrema, self.converted = info or {}, extrema, converted

    def convert(self, mode):
        if mode == self.mode:
            return self
        if isinstance(self.converted[mode], Exception):
            raise self.converted[mode]
        return Image(mode, self.size, self.converted[mode])

    def tobytes(self):
        return self.data

    def getextrema(self):
        return self.extrema


def written(x, warn=silent):
    value, = SUMMARY.decode(SUMMARY.encode(ready_made("a b", x, warn)))["value"]
    if value["tag"] != "a_b":
        raise AssertionError(value)
    fields = value["image"]
    return (fields["height"], fields["width"], fields["colorspace"]), fields["encoded_image_string"]


def pixels(x, warn=silent):
    size, data = written(x, warn)
    found = read_png(data)
    if found[:3] != size:
        raise AssertionError((found[:3], size))
    return found


class TestFiles(unittest.TestCase):

    def test_untouched(self):
        for data, size in ((png(b"\x00\x80", 2, 1, 1), (2, 1, 1)), (png(bytes(12), 1, 3, 4), (1, 3, 4)),
                           (GIF, (1, 1, 3)), (JPEG, (2, 3, 3))):
            for kind in (bytes, bytearray):
                self.assertEqual(written(kind(data)), (size, data))
            self.assertEqual(written([data]), (size, data))

    def test_a_list_of_png_files_is_a_grid(self):
        red, gray = png(b"\xff\x00\x00" * 2, 2, 1, 3), png(b"\x07\x09", 2, 1, 1)
        self.assertEqual(pixels([red, bytearray(gray)]),
                         (2, 2, 3, b"\xff\x00\x00\x07\x07\x07\xff\x00\x00\x09\x09\x09"))
        alpha = png(b"\x01\x02\x03\x04" * 2, 2, 1, 4)
        self.assertEqual(pixels((gray, alpha)),
                         (2, 2, 4, b"\x07\x07\x07\xff\x01\x02\x03\x04\x09\x09\x09\xff\x01\x02\x03\x04"))

    def test_nine_are_two_rows(self):
        files = [png(bytes([i]), 1, 1, 1) for i in range(1, 10)]
        height, width, channels, data = pixels(files)
        self.assertEqual((height, width, channels), (2, 8, 3))
        self.assertEqual(data[::3], bytes(range(1, 10)) + bytes(7))

    def test_refused(self):
        one, two = png(b"\x07", 1, 1, 1), png(b"\x07\x09", 1, 2, 1)
        for x, need in ((b"", "open(path, 'rb')"), (b"BM....", "open(path, 'rb')"), ("picture.png", "open(path"),
                        (one[:20], "a whole file"), ([one, two], "pictures of one size"), ([GIF, GIF], "of a PNG file"),
                        ([one, one[:30]], "of a PNG file"),
                        ([one, 3], "open(path"), ([one, "x.png"], "open(path")):
            with self.subTest(x), self.assertRaises(InputError) as caught:
                ready_made("x", x, silent)
            self.assertEqual(caught.exception.argument, "img_tensor")
            self.assertIn(need, caught.exception.need)

    def test_a_path_is_told_what_to_do(self):
        class Path:
            def __fspath__(self):
                return "x.png"
        for path in ("x.png", Path()):
            self.assertTrue(ready(path))
            with self.assertRaises(InputError) as caught:
                ready_made("x", path, silent)
            self.assertIn("open(path, 'rb').read()", str(caught.exception))


class TestPil(unittest.TestCase):

    def test_modes(self):
        for image, expected in (
                (Image("RGB", (2, 1), b"abcdef"), (3, b"abcdef")),
                (Image("RGBA", (1, 1), b"abcd"), (4, b"abcd")),
                (Image("L", (2, 1), b"ab"), (3, b"aaabbb")),
                (Image("LA", (2, 1), b"abcd"), (2, b"abcd")),
                (Image("1", (1, 1), L=b"\xff"), (3, b"\xff\xff\xff")),
                (Image("P", (1, 1), RGB=b"abc"), (3, b"abc")),
                (Image("P", (1, 1), info={"transparency": 0}, RGBA=b"abcd"), (4, b"abcd")),
                (Image("RGB", (1, 1), b"abc", info={"transparency": (1, 2, 3)}, RGBA=b"abcd"), (4, b"abcd")),
                (Image("PA", (1, 1), RGBA=b"abcd"), (4, b"abcd")),
                (Image("RGBa", (1, 1), RGBA=b"abcd"), (4, b"abcd")),
                (Image("La", (1, 1), LA=b"ab"), (2, b"ab")),
                (Image("CMYK", (1, 1), RGB=b"abc"), (3, b"abc")),
                (Image("YCbCr", (1, 1), RGB=b"abc"), (3, b"abc")),
                (Image("I;16", (2, 1), b"\x01\x80\xff\x02"), (3, b"\x80\x80\x80\x02\x02\x02")),
                (Image("I;16B", (1, 1), b"\x80\x01"), (3, b"\x80\x80\x80"))):
            with self.subTest(image.mode):
                height, width, channels, data = pixels(image)
                self.assertEqual((width, height), image.size)
                self.assertEqual((channels, data), expected)

    def test_numbers_beyond_bytes(self):
        for mode in "IF":
            heard = []
            image = Image(mode, (1, 1), L=b"\xff", extrema=(0, 300))
            self.assertEqual(pixels(image, lambda *w: heard.append(w[0]))[3], b"\xff\xff\xff")
            self.assertEqual(heard, ["range"])
            self.assertEqual(pixels(Image(mode, (1, 1), L=b"\x09"))[3], b"\x09\x09\x09")

    def test_a_list_is_a_grid(self):
        gray, color = Image("L", (1, 2), b"ab"), Image("RGB", (1, 2), b"cdefgh")
        self.assertEqual(pixels([gray, color]), (2, 2, 3, b"aaacdebbbfgh"))
        self.assertEqual(pixels([Image("LA", (1, 1), b"ab")] * 2), (1, 2, 2, b"abab"))
        self.assertEqual(pixels([gray, png(b"xy", 2, 1, 1)]), (2, 2, 3, b"aaaxxxbbbyyy"))

    def test_refused(self):
        for x, need in ((Image("RGB", (0, 0)), "at least one pixel"),
                        (Image("LAB", (1, 1), RGB=ValueError("conversion from LAB to RGB not supported")), "read"),
                        (Image("RGB", (1, 1), b"abc", {"transparency": 0}, RGBA=OSError("truncated")), "read"),
                        ([Image("L", (1, 2), b"ab"), Image("L", (2, 1), b"ab")], "one size"),
                        (type("Other", (), {"convert": 1})(), "open(path")):
            with self.assertRaises(InputError) as caught:
                ready_made("x", x, silent)
            self.assertEqual(caught.exception.argument, "img_tensor")
            self.assertIn(need, caught.exception.need)
        with self.assertRaises(InputError) as caught:
            ready_made(3, Image("L", (1, 1), b"a"), silent)
        self.assertEqual(caught.exception.argument, "tag")

    def test_what_is_ready(self):
        image, file = Image("L", (1, 1), b"a"), png(b"\x07", 1, 1, 1)
        for x in (image, file, bytearray(file), b"", "path", [image], (image, 3), [file], [bytearray(file)],
                  memoryview(file)):
            self.assertTrue(ready(x), x)
        for x in (0.5, [], [[0.5]], array("B", b"ab"), memoryview(bytes(4)).cast("B", (2, 2)), None,
                  [[image]]):
            self.assertFalse(ready(x), x)


class TestWriter(InDirectory):

    def test_through_the_writer(self):
        image, file = Image("L", (1, 1), b"a"), png(b"\x07", 1, 1, 1)
        with SummaryWriter(self.directory) as writer:
            writer.add_image("file", file, 1)
            writer.add_image("pil", image, 1)
            writer.add_images("files", [file, file], 1)
            writer.add_images("pils", [image] * 9, 1)
            writer.add_images("lists", [[[[0.5]]], [[[1.0]]]], 1)
            writer.add_images("rows", [[[[0.5]]], [[[1.0]]]], 1, dataformats="HWC")
            writer.add_image_with_boxes("boxes", image, [], 1)
            writer.add_image_with_boxes("boxes/file", file, [], 1)
        found = {value["tag"]: value["image"] for _, value in summaries(self.directory)}
        self.assertEqual(found["file"]["encoded_image_string"], file)
        size = {tag: (image["height"], image["width"]) for tag, image in found.items()}
        self.assertEqual(size, {"file": (1, 1), "pil": (1, 1), "files": (1, 2), "pils": (2, 8), "lists": (1, 2),
                                "rows": (1, 2), "boxes": (1, 1), "boxes/file": (1, 1)})

    def test_a_file_in_any_buffer(self):
        file = png(b"\x07", 1, 1, 1)
        with open(self.path("file"), "wb") as f:
            f.write(file)
        with open(self.path("file"), "rb") as f, SummaryWriter(self.path("run")) as writer:
            with mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                for i, x in enumerate((memoryview(file), io.BytesIO(file).getbuffer(), mapped, [mapped],
                                       memoryview(b"".join(bytes([b, 0]) for b in file))[::2])):
                    writer.add_image("image", x, i)
                    writer.add_images("images", x, i)
                    writer.add_image_with_boxes("boxes", x, [], i)
            for x, got in ((memoryview(b"ab"), "bytes"), (memoryview(array("d", [0.5, 1])), "float64 of shape (2,)")):
                with self.assertRaises(InputError) as caught:
                    writer.add_image("image", x)
                self.assertIn("the bytes of a PNG, JPEG or GIF file: open(path, 'rb').read(), got " + got,
                              str(caught.exception))
        files = [value["image"]["encoded_image_string"] for _, value in summaries(self.path("run"))
                 if value["tag"] != "boxes"]
        self.assertEqual(files, [file] * 10)

    def test_tensor_style(self):
        file = png(b"\x07", 1, 1, 1)
        with SummaryWriter(self.directory, tensor_style=True) as writer:
            writer.add_image("file", file, 1)
        (_, value), = summaries(self.directory)
        self.assertEqual(value["tensor"]["string_val"], [b"1", b"1", file])

    def test_pil_is_never_imported(self):
        os.mkdir(self.path("PIL"))
        with open(self.path("PIL", "__init__.py"), "w", encoding="utf-8", newline="\n") as f:
            f.write("raise SystemExit('imported')")
        python("-c", "import sys; sys.path.insert(0, %r)\n"
                     "from %s import SummaryWriter\n"
                     "from tests.test_images import Image\n"
                     "SummaryWriter(%r).add_image('x', Image('L', (1, 1), b'a'))\n"
                     % (self.directory, PACKAGE_NAME, self.path("run")))


if __name__ == "__main__":
    unittest.main()
