"""Pictures, video, sound, text and models against Pillow, NumPy, tensorboardX and both engines.

First what is written is read by programs that are not ours.  Then one run holds it all, and both
engines must answer with the same bytes, pixels, samples, tables and counts.
"""
import argparse
import contextlib
import dataclasses
import io
import os
import random
import re
import tempfile
import unittest
from html.parser import HTMLParser

import numpy
import soundfile
import tensorboardX.summary
import tensorboardX.utils
import torch
from PIL import Image
from tensorboard.plugin_util import markdown_to_safe_html

from tbx_pure import SummaryWriter
from tbx_pure.markdown import fenced, table, typed
from tbx_pure.plugins.audio import audio
from tbx_pure.plugins.boxes import image_with_boxes
from tbx_pure.plugins.pictures import ready_made
from tbx_pure.plugins.video import video
from tests.conformance.brief import BriefTestCase
from tests.conformance.dashboards import blobs, numbers, of
from tests.conformance.tensorboard_server import ENGINES, TensorBoard

RANDOM = numpy.random.RandomState(11)
RUN, T = "run", 1700000000.25
PHOTO = (numpy.add.outer(numpy.arange(40) * 3, numpy.arange(50) * 2)[..., None]
         + [0, 30, 60]).clip(0, 255).astype("uint8")                            # H W C


def silent(cause, text):
    raise AssertionError("%s: %s" % (cause, text))


def picture_of(summary):
    """Return (Summary.Image, its pixels as Pillow reads them)."""
    value, = summary["value"]
    fields = value["image"]
    pixels = numpy.array(Image.open(io.BytesIO(fields["encoded_image_string"])))
    if pixels.shape[:2] != (fields["height"], fields["width"]):
        raise AssertionError((pixels.shape, fields["height"], fields["width"]))
    return fields, pixels


def moving(data):
    """Return [(pixels as RGB or RGBA, milliseconds)] of each frame of a file, as Pillow has them."""
    image, frames = Image.open(io.BytesIO(data)), []
    for i in range(image.n_frames):
        image.seek(i)
        mode = "RGBA" if image.mode in ("RGBA", "LA") else "RGB"
        frames.append((numpy.array(image.convert(mode)), image.info["duration"]))
    return frames, image


# ---- boxes ----

class Boxes(unittest.TestCase):

    def theirs(self, image, boxes, **options):
        made = tensorboardX.summary.image_boxes("x", image, boxes, **options).value[0].image
        return numpy.array(Image.open(io.BytesIO(made.encoded_image_string)))

    def ours(self, image, boxes, dataformats="CHW", labels=None, rescale=1, colors=None):
        return picture_of(image_with_boxes("x", image, boxes, dataformats, labels, rescale, colors,
                                           silent))

    def test_pixel_for_pixel(self):
        for i in range(400):
            channels = (3, 3, 1, 4)[i % 4]
            image = RANDOM.randint(0, 256, (channels, 20, 25), "uint8")
            boxes = (RANDOM.uniform(-6, 31, (RANDOM.randint(0, 4), 4)) if i % 2 else
                     RANDOM.randint(-6, 31, (2, 4)))
            if i % 5 == 0:
                boxes = boxes.astype("float32")
            numpy.testing.assert_array_equal(self.ours(image, boxes)[1], self.theirs(image, boxes))

    def test_any_container(self):
        boxes = [[3, 4, 20, 15], [1, 1, 9, 9]]
        expected = self.theirs(PHOTO, numpy.array(boxes), dataformats="HWC")
        for given in (boxes, numpy.array(boxes, "float16"), torch.tensor(boxes),
                      torch.tensor(boxes, dtype=torch.float32)):
            numpy.testing.assert_array_equal(self.ours(PHOTO, given, "HWC")[1], expected)

    def test_rescale(self):
        boxes = numpy.array([[3, 4, 20, 15]])
        for rescale in (0.5, 2, 1.7):
            fields, pixels = self.ours(PHOTO, boxes, "HWC", rescale=rescale)
            expected = self.theirs(PHOTO, boxes, dataformats="HWC", rescale=rescale)
            self.assertEqual(pixels.shape, expected.shape)
            self.assertLessEqual(abs(pixels.astype(int) - expected).max(), 1)

    def test_labels_are_on_their_boxes_only(self):
        boxes = numpy.array([[2, 2, 47, 36]])
        plain = self.theirs(PHOTO, boxes, dataformats="HWC")
        _, labeled = self.ours(PHOTO, boxes, "HWC", ["cat"])
        changed = (plain != labeled).any(2)
        rows, columns = numpy.flatnonzero(changed.any(1)), numpy.flatnonzero(changed.any(0))
        self.assertTrue(15 < rows.min() and rows.max() <= 37 and 2 <= columns.min()
                        and columns.max() < 40)
        colors = {tuple(color) for color in labeled[changed]}
        self.assertEqual(colors, {(255, 0, 0), (0, 0, 0)})


# ---- pictures of PIL, and files ----

class Pictures(unittest.TestCase):

    def test_modes(self):
        photo = Image.fromarray(PHOTO)
        clear = photo.copy()
        clear.putalpha(Image.fromarray(PHOTO[..., 0]))
        cut = photo.convert("P")
        cut.info["transparency"] = 7
        key = photo.copy()
        key.info["transparency"] = tuple(map(int, PHOTO[3, 3]))
        for image, mode in (
                (photo, "RGB"), (photo.convert("L"), "RGB"), (photo.convert("1"), "RGB"),
                (photo.convert("P"), "RGB"), (photo.convert("CMYK"), "RGB"),
                (photo.convert("YCbCr"), "RGB"), (photo.convert("HSV"), "RGB"), (clear, "RGBA"),
                (clear.convert("LA"), "LA"), (clear.convert("RGBa"), "RGBA"), (cut, "RGBA"),
                (clear.convert("PA"), "RGBA"), (key, "RGBA"), (photo.convert("I"), "L"),
                (photo.convert("F"), "L")):
            with self.subTest(image.mode):
                fields, pixels = picture_of(ready_made("x", image, silent))
                expected = numpy.array(image.convert(mode))
                if mode == "L":
                    expected = numpy.stack([expected] * 3, 2)
                if pixels.ndim == 2:
                    pixels = pixels[..., None]
                self.assertEqual(fields["colorspace"], expected.shape[2])
                numpy.testing.assert_array_equal(pixels, expected)

    def test_sixteen_bits(self):
        deep = RANDOM.randint(0, 65536, (6, 7)).astype("<u2")
        file = io.BytesIO()
        Image.fromarray(deep).save(file, "PNG")
        other = Image.frombytes("I;16B", (7, 6), deep.byteswap().tobytes())
        for image in (Image.fromarray(deep), Image.open(file), other):
            self.assertIn("16", image.mode)
            _, pixels = picture_of(ready_made("x", image, silent))
            numpy.testing.assert_array_equal(pixels, numpy.stack([deep >> 8] * 3, 2))

    def test_files_are_untouched(self):
        for format, mode, channels in (("PNG", "RGB", 3), ("PNG", "L", 1), ("PNG", "RGBA", 4),
                                       ("PNG", "P", 3), ("JPEG", "RGB", 3), ("JPEG", "L", 1),
                                       ("GIF", "RGB", 3)):
            for options in ({}, {"progressive": True} if format == "JPEG" else {}):
                file = io.BytesIO()
                Image.fromarray(PHOTO).convert(mode).save(file, format, **options)
                fields, _ = picture_of(ready_made("x", file.getvalue(), silent))
                self.assertEqual(fields, {"height": 40, "width": 50, "colorspace": channels,
                                          "encoded_image_string": file.getvalue()})

    def test_grids(self):
        images = [Image.fromarray(PHOTO + i) for i in range(9)]
        files = []
        for image in images:
            files.append(io.BytesIO())
            image.save(files[-1], "PNG")
        arrays = numpy.stack([numpy.array(image) for image in images])
        grid = tensorboardX.utils.make_grid(arrays.transpose(0, 3, 1, 2), ncols=8)
        for several in (images, [file.getvalue() for file in files]):
            numpy.testing.assert_array_equal(picture_of(ready_made("x", several, silent))[1],
                                             grid.transpose(1, 2, 0))

    def test_read_from_a_file_only_now(self):
        file = io.BytesIO()
        Image.fromarray(RANDOM.randint(0, 256, (90, 90, 3), "uint8")).save(file, "PNG")
        with self.assertRaises(ValueError) as caught:
            ready_made("x", Image.open(io.BytesIO(file.getvalue()[:9000])), silent)
        self.assertIn("truncated", str(caught.exception))


# ---- video ----

def clips(n, t=3, channels=3, height=6, width=8, colors=256):
    return RANDOM.randint(0, colors, (n, t, channels, height, width)).astype("uint8")


def tiled(videos):
    """Return the frames that tensorboardX gives to moviepy."""
    return (tensorboardX.utils._prepare_video(videos) * 255.0).astype("uint8")


class Video(unittest.TestCase):

    def written(self, videos, fps=4, layout="NTCHW", format="gif"):
        value, = video("x", videos, fps, layout, format, silent)["value"]
        return value["image"]

    def test_tiles_as_tensorboardx(self):
        for n in (1, 2, 3, 4, 5, 8, 9, 16, 17):
            videos = clips(n)
            expected = tiled(videos)
            fields = self.written(videos, format="apng")
            frames, image = moving(fields["encoded_image_string"])
            self.assertEqual((fields["height"], fields["width"]), expected.shape[1:3])
            self.assertEqual([duration for _, duration in frames], [250] * 3)
            for (pixels, _), frame in zip(frames, expected):
                numpy.testing.assert_array_equal(pixels, frame)

    def test_layouts_as_tensorboardx(self):
        videos = clips(2)
        for layout in ("NTHWC", "TNCHW", "CHWTN"):
            order = ["NTCHW".index(letter) for letter in layout]
            expected = tiled(videos)
            frames, _ = moving(self.written(videos.transpose(order), 4, layout, "apng")[
                "encoded_image_string"])
            numpy.testing.assert_array_equal([pixels for pixels, _ in frames], expected)

    def test_gif(self):
        for channels in (1, 3):
            videos = clips(2, 5, channels, colors=4) * 60           # at most 64 colors: exact
            videos[:, 3] = videos[:, 2]                             # one frame, twice as long
            expected = tiled(videos)
            fields = self.written(videos, 30)
            self.assertEqual(fields["colorspace"], channels)
            frames, image = moving(fields["encoded_image_string"])
            self.assertEqual([duration for _, duration in frames], [30, 40, 60, 40])
            self.assertEqual(image.info["loop"], 0)
            for (pixels, _), frame in zip(frames, expected[[0, 1, 2, 4]]):
                numpy.testing.assert_array_equal(pixels, frame + numpy.zeros(3, "uint8"))

    def test_many_colors(self):
        ramp = numpy.stack([numpy.roll(PHOTO, i, 1) for i in range(4)]).transpose(0, 3, 1, 2)
        expected = ramp.transpose(0, 2, 3, 1)
        lossy, _ = moving(self.written(ramp[None])["encoded_image_string"])
        exact, _ = moving(self.written(ramp[None], format="apng")["encoded_image_string"])
        for (pixels, _), (same, _), frame in zip(lossy, exact, expected):
            numpy.testing.assert_array_equal(same, frame)
            self.assertLess(abs(pixels.astype(int) - frame).mean(), 4)

    def test_alpha(self):
        videos = clips(1, 2, 4)
        frames, _ = moving(self.written(videos, format="apng")["encoded_image_string"])
        numpy.testing.assert_array_equal([pixels for pixels, _ in frames],
                                         videos[0].transpose(0, 2, 3, 1))


# ---- sound ----

class Sound(unittest.TestCase):

    def test_samples(self):
        for sample, subtype, error in (("uint8", "PCM_U8", 2 ** -7), ("int16", "PCM_16", 2 ** -15),
                                       ("int24", "PCM_24", 2 ** -23), ("int32", "PCM_32", 2 ** -31),
                                       ("float32", "FLOAT", 2 ** -25)):
            for channels in (1, 2, 6):
                sound = CHORUS[:, :channels]
                fields = audio("x", sound, 8000, silent, sample)["value"][0]["audio"]
                with soundfile.SoundFile(io.BytesIO(fields["encoded_audio_string"])) as file:
                    self.assertEqual((file.subtype, file.channels, file.samplerate, file.frames),
                                     (subtype, channels, 8000, 400))
                    self.assertLessEqual(abs(file.read(always_2d=True) - sound).max(), error)

    def test_files_are_untouched(self):
        for subtype, channels in (("PCM_16", 1), ("PCM_24", 6), ("FLOAT", 2), ("ULAW", 1),
                                  ("PCM_U8", 2)):
            file = io.BytesIO()
            soundfile.write(file, CHORUS[:, :channels], 11025, subtype, format="WAV")
            fields = audio("x", file.getvalue(), 44100, silent)["value"][0]["audio"]
            self.assertEqual(fields, {
                "sample_rate": 11025, "num_channels": channels, "length_frames": 400,
                "encoded_audio_string": file.getvalue(), "content_type": "audio/wav"})


# ---- text ----

class Page(HTMLParser):
    """The text of a page, <br> being a line break, and of each cell of its tables."""

    def __init__(self, html):
        HTMLParser.__init__(self, convert_charrefs=True)
        self.text, self.cells, self.tags = "", [], set()
        self.feed(re.sub(r"<br ?/?>\n", "<br>", html))
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.text = "" if tag in ("td", "th") else self.text + "\n" * (tag == "br")

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cells.append(self.text.replace("\xa0", " "))

    def handle_data(self, data):
        self.text += data.replace("\xa0", " ")


PIECES = list("\\`*_{}[]()#+-.!|<>&~=:\"'$^@/ab1 2é米\n ") + [
    "\n\n", "    ", "\t", "```", "~~~", "**", "__", "<script>", "&lt;", "&#42;", "http://a.b", "[a]: b",
    "\n===", "\n---", "1. ", "- ", "<!--", "-->", "\\|", "</td>", "![a](b)", "[x](y)", "<a@b.c>"]


class Text(unittest.TestCase):
    """Each text, of what means most to Markdown, is shown as it was typed."""

    def texts(self, n):
        choose = random.Random(n)
        for _ in range(n):
            yield "".join(choose.choice(PIECES) for _ in range(choose.randint(1, 14)))

    def test_as_typed(self):
        for text in self.texts(2000):
            page = Page(markdown_to_safe_html(typed(text)))
            self.assertEqual(page.text.strip(), text.expandtabs(4).strip(), text)
            self.assertLessEqual(page.tags, {"p", "br"})

    def test_code(self):
        for text in self.texts(2001):
            page = Page(markdown_to_safe_html(fenced(text)))
            expected = re.sub(r"(?m)^[ \t]+$", "", text.expandtabs(4) + "\n")
            self.assertEqual(re.sub(r"(?m)^ +$", "", page.text), expected, text)
            self.assertEqual(page.tags, {"pre", "code"})

    def test_cells(self):
        for text in self.texts(2002):
            page = Page(markdown_to_safe_html(table(["h", text], [[text, "b"], ["", text]])))
            shown = "\n".join(line.expandtabs(4) for line in text.split("\n"))
            self.assertEqual(page.cells, ["h", shown, shown, "b", "", shown])
            self.assertLessEqual(page.tags, {"table", "thead", "tbody", "tr", "td", "th", "br"})


# ---- both engines ----

@dataclasses.dataclass
class Options:
    lr: float = 0.1
    name: str = "<b>|*a*|</b>\n\\"
    layers: list = dataclasses.field(default_factory=lambda: [64, 32])


NASTY = "<script>alert(1)</script> | *a* `b`\n  two\n# three\n\nend\\"
TEXTS = {
    "dict": {"lr": 0.1, "optimizer": {"name": "adam", "betas": (0.9, 0.999)}},
    "namespace": argparse.Namespace(lr=0.1, name="x_y_"),
    "dataclass": Options(),
    "rows": [["a", "b"], ["c|", "<d>"]],
}
CELLS = {
    "dict": ["name", "value", "lr", "0.1", "optimizer.name", "adam", "optimizer.betas",
             "(0.9, 0.999)"],
    "namespace": ["name", "value", "lr", "0.1", "name", "x_y_"],
    "dataclass": ["name", "value", "lr", "0.1", "name", Options().name, "layers", "[64, 32]"],
    "rows": ["", "", "a", "b", "c|", "<d>"],
}
CHORUS = numpy.sin(numpy.outer(numpy.arange(400), numpy.arange(1, 7)) / 20.0) * 0.5   # 6 channels


def model():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.Linear(8, 2))
    net[0].bias.requires_grad_(False)
    net(torch.randn(5, 4)).sum().backward()
    return net


def write(logdir):
    """Write the run; return what files and pixels must be answered, and the methods called."""
    videos = clips(2, 4)
    files = {format: video("v", videos, 10, "NTCHW", format, silent)["value"][0]["image"][
        "encoded_image_string"] for format in ("gif", "apng")}
    jpeg = io.BytesIO()
    Image.fromarray(PHOTO).save(jpeg, "JPEG")
    files["jpeg"] = jpeg.getvalue()
    called = set()

    class Noted(SummaryWriter):
        def __getattribute__(self, name):
            called.add(name)
            return SummaryWriter.__getattribute__(self, name)

    with Noted(logdir) as writer, writer.use_metadata(walltime=T):
        for step in range(2):
            for format in ("gif", "apng"):
                writer.add_video("video/" + format, videos, step, 10, format=format)
            writer.add_image("video/jpeg", files["jpeg"], step)
            writer.add_image_with_boxes("boxes", PHOTO, [[5, 5, 30, 30]], step, dataformats="HWC",
                                        labels=["cat"], colors=(0, 255, 0))
            writer.add_image("pil", Image.fromarray(PHOTO), step)
            writer.add_audio("chorus", CHORUS, step, 8000)
            for tag, x in TEXTS.items():
                writer.add_text(tag, x, step)
            for mode in ("text", "code"):
                writer.add_text("nasty/" + mode, NASTY, step, mode=mode)
            writer.add_histograms(model(), step, "net/", gradients=True)
            for name, parameter in model().named_parameters():
                writer.add_histogram("one/" + name, parameter, step)
    return files, called


def setUpModule():
    global FILES, ANSWERS, COMPLAINTS
    ANSWERS, COMPLAINTS = {}, {}
    with tempfile.TemporaryDirectory() as logdir, contextlib.ExitStack() as stack:
        FILES, _ = write(os.path.join(logdir, RUN))
        starting = [TensorBoard(logdir, engine) for engine in ENGINES]
        for server in [stack.enter_context(server) for server in starting]:
            answers = dict(blobs(server))
            answers.update(numbers(server))
            answers.update(untouched(server))
            answers.update(texts(server))
            ANSWERS[server.engine] = answers
            COMPLAINTS[server.engine] = server.complaints()


def untouched(server):
    """Yield the type and bytes of each picture."""
    get = of("images", server)
    for tag in get("tags")[RUN]:
        for point in get("images", run=RUN, tag=tag, sample=0):
            yield ("bytes", tag, point["step"]), server.get(
                "data/plugin/images/individualImage?" + point["query"])


def texts(server):
    get = of("text", server)
    for tag in get("tags")[RUN]:
        for point in get("text", run=RUN, tag=tag):
            yield ("text", tag, point["step"]), point["text"]


class OverHTTP:
    """The tests of one engine, which the classes below name."""

    @property
    def answers(self):
        return ANSWERS[self.engine]

    def test_files_are_served_untouched(self):
        for tag, kind in (("gif", "image/gif"), ("apng", "image/png"), ("jpeg", "image/jpeg")):
            for step in range(2):
                self.assertEqual(self.answers["bytes", "video/" + tag, step], (kind, FILES[tag]))

    def test_boxes(self):
        expected = PHOTO.copy()
        expected[(slice(4, 6)), 5:31] = expected[30:32, 5:31] = (0, 255, 0)
        expected[5:31, 5:7] = expected[5:31, 29:31] = (0, 255, 0)
        for point in self.answers["images", "images", RUN, "boxes", 0]:
            kind, (shape, values) = point["blob"]
            pixels = numpy.array(values, "uint8").reshape(shape)
            self.assertEqual((kind, shape), ("image/png", PHOTO.shape))
            numpy.testing.assert_array_equal(pixels[:14], expected[:14])        # above the label
            numpy.testing.assert_array_equal(pixels[:, 31:], expected[:, 31:])
        (_, (_, values)) = self.answers["images", "images", RUN, "pil", 0][1]["blob"]
        self.assertEqual(values, PHOTO.ravel().tolist())

    def test_six_channels(self):
        for point in self.answers["audio", "audio", RUN, "chorus", 0]:
            _, (rate, shape, samples) = point["blob"]
            self.assertEqual((rate, shape), (8000, (400, 6)))
            self.assertEqual(samples, numpy.floor(CHORUS * 32768).astype(int).ravel().tolist())

    def test_tables(self):
        for tag, cells in CELLS.items():
            for step in range(2):
                page = Page(self.answers["text", tag + "/text_summary", step])
                self.assertIn("table", page.tags)
                # All stands in a cell of TensorBoard's own, as tensorboardX's texts do.
                self.assertEqual(page.cells[:len(cells)], cells)

    def test_nasty_texts(self):
        for mode, tags in (("text", {"p", "br"}), ("code", {"pre", "code"})):
            page = Page(self.answers["text", "nasty/%s/text_summary" % mode, 1])
            self.assertEqual(page.cells[0].strip(), NASTY)
            self.assertEqual(page.tags, tags | {"table", "tbody", "tr", "td"})

    def test_a_model(self):
        found = {tag: about for (plugin, route, *rest), about in self.answers.items()
                 if (plugin, route) == ("histograms", "histograms") for tag in rest[1:]}
        names = [name for name, _ in model().named_parameters()]
        self.assertEqual(set(found), {"net/" + name for name in names}
                         | {"one/" + name for name in names}
                         | {"net/%s.grad" % name for name in names if name != "0.bias"})
        for name in names:
            self.assertEqual(found["net/" + name], found["one/" + name])
            self.assertEqual([point[1] for point in found["net/" + name]], [0, 1])
        total = sum(count for _, _, count in found["net/0.weight.grad"][1][2])
        self.assertEqual(total, 32)

    def test_nothing_to_complain_of(self):
        self.assertEqual(COMPLAINTS[self.engine], [])


class Fast(OverHTTP, BriefTestCase):
    engine = "fast"


class Python(OverHTTP, BriefTestCase):
    engine = "python"
