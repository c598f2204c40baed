"""The vectors of spec/vectors/media.json, byte by byte, and the tables of spec/media.md."""
import unittest
from unittest import mock

from tbx_pure.errors import FormatError
from tbx_pure.media import apng as apng_module
from tbx_pure.media import gif as gif_module
from tbx_pure.media import png as png_module
from tbx_pure.media import png_reader, wav as wav_module
from tbx_pure.media.apng import apng
from tbx_pure.media.encoded import kind
from tbx_pure.media.gif import gif, lzw
from tbx_pure.media.png import COLOR_TYPE, png
from tbx_pure.media.png_reader import read_png
from tbx_pure.media.wav import SAMPLES, wav

from . import png_reader as plain_png_reader
from .gif_reader import read_gif
from .png_reader import read_apng
from .test_spec import PAGES, table
from .vectors import load, unhex
from .wav_reader import read_wav

VECTORS = load("media")


def of(*formats):
    """Return the vectors of these formats."""
    found = [case for case in VECTORS["files"] if case["format"] in formats]
    if not found:
        raise AssertionError("no vectors of %s" % (formats,))
    return found


def frames(case):
    return [unhex(pixels) for pixels in case["frames"]]


class TestFiles(unittest.TestCase):

    def test_png(self):
        for case in of("png"):
            size = case["height"], case["width"], case["channels"]
            pixels, = frames(case)
            data = unhex(case["encoded"])
            self.assertEqual(read_png(data), size + (pixels,))
            self.assertEqual(plain_png_reader.read_png(data), size + (pixels,))
            self.assertEqual(kind(data), ("png",) + size)
            if case["id"] != "media-png-filters":       # without zlib we take no filter
                with mock.patch.object(png_module, "zlib", None):
                    self.assertEqual(png(pixels, *size), data, case["id"])

    def test_apng(self):
        for case in of("apng"):
            data = unhex(case["encoded"])
            self.assertEqual(read_apng(data)[:2], (0, list(zip(case["delays"], frames(case)))))
            self.assertEqual(read_png(data).pixels, frames(case)[0])
            with mock.patch.object(png_module, "zlib", None):
                self.assertEqual(apng(frames(case), case["height"], case["width"], 1, case["delays"]),
                                 data)

    def test_gif(self):
        for case in of("gif"):
            data = unhex(case["encoded"])
            self.assertEqual(gif(frames(case), case["height"], case["width"], 1, case["delays"]), data)
            self.assertEqual([(frame.delay, frame.shown[::3]) for frame in read_gif(data).frames],
                             list(zip(case["delays"], frames(case))))
            self.assertEqual(kind(data), ("gif", case["height"], case["width"], 3))

    def test_wav(self):
        for case in of("wav"):
            width = SAMPLES[case["sample"]].bits // 8
            samples = b"".join(n.to_bytes(width, "little", signed=True) for n in case["samples"])
            data = unhex(case["encoded"])
            self.assertEqual(wav(samples, case["channels"], case["sample_rate"], case["sample"]), data)
            self.assertEqual(read_wav(data)[1:], (case["channels"], case["sample_rate"], 8 * width,
                                                  samples))

    def test_bad(self):
        for case in VECTORS["bad"]:
            with self.subTest(case["id"]), self.assertRaises(FormatError) as caught:
                data = unhex(case["encoded"])
                (read_png if data.startswith(png_module.SIGNATURE) else kind)(data)
            self.assertEqual((caught.exception.rule, caught.exception.pos),
                             (case["rule"], case["pos"]), case["id"])


class TestPage(unittest.TestCase):

    def test_color_types(self):
        rows = table("media.md", "channels", "color type", "a pixel")
        self.assertEqual({int(row[0]): int(row[1]) for row in rows}, COLOR_TYPE)
        self.assertEqual([len(row[2].split(", ")) for row in rows], sorted(COLOR_TYPE))

    def test_filters(self):
        rows = table("media.md", "filter", "name", "takes from each byte, modulo 256")
        self.assertEqual([(int(row[0]), row[1].lower()) for row in rows],
                         [(i, undo.__name__.strip("_")) for i, undo in enumerate(png_reader.UNFILTER)])

    def test_samples(self):
        rows = table("media.md", "sample", "format", "bits", "silence")
        self.assertEqual({row[0]: tuple(map(int, row[1:])) for row in rows}, SAMPLES)

    def test_wav_format(self):
        rows = table("media.md", '"fmt "', "offset in data", "size", "value")
        sizes = {int(row[1]): int(row[2]) for row in rows}
        self.assertEqual(sorted(sizes), [sum(list(sizes.values())[:i]) for i in range(len(sizes))])
        self.assertEqual(sum(sizes.values()), wav_module.FORMAT.size + wav_module.EXTENSION.size
                         + len(wav_module.GUID))
        self.assertEqual(unhex(rows[-1][3].split("`")[1]), wav_module.GUID)

    def test_gif_parts(self):
        rows = dict(table("media.md", "part", "bytes"))
        self.assertTrue(gif_module.LOOP.startswith(unhex(rows["loop"].split("`")[1][:8])))
        for form, row in ((gif_module.CONTROL, "control"), (gif_module.PLACE, "place"),
                          (gif_module.SCREEN, "signature, screen")):
            self.assertIn(row, rows)
            self.assertEqual(form.size, {"control": 8, "place": 10, "signature, screen": 13}[row])

    def test_worked_example_of_lzw(self):
        rows = table("media.md", "written", "code", "width", "new code, of")
        bits = "".join(format(int(code), "0%sb" % width)[::-1] for _, code, width, _ in rows)
        bits += "0" * (-len(bits) % 8)
        data = bytes(int(bits[i:i + 8][::-1], 2) for i in range(0, len(bits), 8))
        self.assertEqual(lzw(bytes([1, 1, 1, 1, 1, 0]), 2), data)
        self.assertIn("in bytes `%s`" % " ".join(format(byte, "02x") for byte in data), PAGES["spec/media.md"])
        groups = PAGES["spec/media.md"].partition("the last first: ")[2].partition(",")[0]
        self.assertEqual(int(groups.replace(" ", ""), 2), int.from_bytes(data, "little"))

    def test_limits(self):
        page = PAGES["spec/media.md"]
        self.assertIn("sides of 1 to %d" % gif_module.MAX_SIDE, page)
        self.assertIn("if next < %d:" % gif_module.MAX_CODES, page)
        rows = table("media.md", "fcTL", "offset in data", "size", "value")
        self.assertEqual(int(rows[-1][1]) + int(rows[-1][2]), apng_module.CONTROL.size)


if __name__ == "__main__":
    unittest.main()
