"""Our files against those of tensorboardX and torch: the same call, the same bytes or pixels.

Where we differ on purpose, the class at the end states what we write instead.
"""
import contextlib
import io
import logging
import math
import os
import tempfile
import unittest

import numpy
import tensorboardX
import torch
import torch.utils.tensorboard
from PIL import Image

import tbx_pure
from tbx_pure.plugins import clean_tag
from tbx_pure.read.events import event_files
from tbx_pure.tensor import view
from tests.conformance.written import (WALL_TIME, SameBytes, call, in_pairs, value_of, written,
                                       written_runs)

NAN, INF = math.nan, math.inf


def setUpModule():
    logging.disable(logging.WARNING)    # tensorboardX tells of each NaN and each tag it cleans
    unittest.addModuleCleanup(logging.disable, logging.NOTSET)


# ---- scalars and text ----

NUMBERS = [
    0, 1, -1, 2 ** 24 + 1, -2 ** 24 - 1, 2 ** 53 + 1, 2 ** 63, -2 ** 63, 2 ** 64 - 1, True, False,
    0.0, -0.0, 0.1, 1 / 3, 5e-324, 1e-46, 7.006492321624085e-46, 7.1e-46, 1e-45, 1.1754942e-38,
    16777217.0, 3.4028234663852886e38, 3.4028235677973362e38, 3.4028235677973366e38, 1e39, -1e39,
    1.7976931348623157e308, NAN, -NAN, INF, -INF,
]
STEPS = [None, 0, 1, -1, 127, 128, 2 ** 31, 2 ** 63 - 1, -2 ** 63, True, 3.7, numpy.int64(5),
         numpy.uint8(200), numpy.float32(2.5), torch.tensor(6)]
TAGS = ["a", "loss/train", "/abs", "//x", "", " ", "a b:c?", "grüße/米 \U0001f600!", "x" * 300,
        "_-./", "a\nb\0c", "١"]
TEXTS = ["", "hi", "# *Markdown*\n\n| a |\n|---|", "naïve 米 \U0001f600", "\0\n\t", "x" * 100000]


def numpy_numbers():
    """Yield each number that fits, of each dtype: 0-d, scalar, 2-d and in the other byte order."""
    with numpy.errstate(all="ignore"):
        for x in (0, 1, -1, 0.1, 300.7, -5.5, 1e39, NAN):
            for kind in "?bBhHiIlLqQefdg":
                if abs(x) < 1e30 or kind in "efdg":
                    value = numpy.array(x).astype(kind)
                    swapped = value.astype(value.dtype.newbyteorder())
                    yield from (value, value[()], value.reshape(1, 1), swapped)


class Scalars(SameBytes):
    def assert_same_scalars(self, values):
        self.assert_same_bytes(call("add_scalar", "x", x, step) for step, x in enumerate(values))

    def test_numbers(self):
        self.assert_same_scalars(NUMBERS)

    def test_random_numbers(self):
        bits = numpy.random.RandomState(0).randint(0, 2 ** 63, 2000)
        self.assert_same_scalars(bits.view("float64").tolist())

    def test_numpy(self):
        self.assert_same_scalars(numpy_numbers())

    def test_lists(self):
        self.assert_same_scalars([[1], [[2.5]], [True]])

    def test_torch(self):
        self.assert_same_scalars(
            torch.tensor(0.7, requires_grad=gradient).to(dtype).reshape(shape)
            for dtype in (torch.float16, torch.float32, torch.float64)
            for gradient in (False, True) for shape in ((), (1,), (1, 1)))
        self.assert_same_scalars(
            torch.tensor(x, dtype=dtype) for x in (0, 1)
            for dtype in (torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32,
                          torch.int64))

    def test_steps(self):
        self.assert_same_bytes(call("add_scalar", "x", 0.5, step) for step in STEPS)

    def test_tags(self):
        self.assert_same_bytes(call("add_scalar", tag, 0.5, 1) for tag in TAGS)

    def test_runs_of_add_scalars(self):
        calls = [call("add_scalars", tag, {"a": step, "b c": NAN, "d/e": 0.5}, step)
                 for tag in ("main", "main/sub") for step in (1, 2)]
        self.assertEqual(written_runs(tbx_pure.SummaryWriter, calls),
                         written_runs(tensorboardX.SummaryWriter, calls))

    def test_torch_writes_the_same(self):
        self.assert_same_bytes(
            [call("add_scalar", tag, x, step) for tag in TAGS if tag == clean_tag(tag)
             for step, x in enumerate(NUMBERS) if isinstance(x, float) or abs(x) < 2 ** 63],
            torch.utils.tensorboard.SummaryWriter)

    def test_text(self):
        """The first of a tag has no step; a second without one would get the next.  [auto-step]"""
        self.assert_same_bytes(call("add_text", tag, text, step or None)
                               for tag in TAGS for step, text in enumerate(TEXTS))

    def test_the_file_is_the_same_to_the_byte(self):
        """But for its name, and in the first record the wall time and so the checksum."""
        tails = []
        for writer_class in (tbx_pure.SummaryWriter, tensorboardX.SummaryWriter):
            with tempfile.TemporaryDirectory() as logdir:
                with contextlib.closing(writer_class(logdir)) as writer:
                    for step, x in enumerate(NUMBERS):
                        writer.add_scalar("x", x, step, WALL_TIME)
                (_, path), = event_files(logdir)
                with open(path, "rb") as file:
                    data = file.read()
                tails.append((data[:13], data[21:36], data[40:]))
        self.assertEqual(*tails)


# ---- histograms that are counted already; the others: against_numpy.py ----

class RawHistograms(SameBytes):
    def test_raw(self):
        numbers = 0, -1, 2.5, 3, 1e308, NAN, -0.0, numpy.float32(0.1), 2 ** 53
        buckets = (([], []), ([0.0], [1]), ([1, 2.5, INF], [0, 1, 2]),
                   (numpy.arange(3.0), numpy.array([1, 2, 3])))
        self.assert_same_bytes(
            call("add_histogram_raw", tag, a, b, a, b, a, limits, counts, 1)
            for tag in ("h", "not clean", "/x") for a in numbers for b in numbers
            for limits, counts in buckets)


# ---- images ----

DTYPES = "uint8", "float16", "float32", "float64", "bool", "int64"

#   shape        layouts of it
ONE_IMAGE = (
    ((5, 7),     ("HW", "WH", "hw")),
    ((3, 4, 5),  ("CHW", "chw")),
    ((4, 5, 3),  ("HWC",)),
    ((4, 3, 5),  ("HCW",)),
    ((1, 4, 5),  ("CHW",)),
    ((2, 4, 5),  ("CHW",)),
    ((4, 6, 5),  ("CHW",)),
    ((1, 1, 1),  ("CHW",)),
)


def pictures():
    """Yield (pixels, layout) that tensorboardX does not wrap around and Pillow can write."""
    for shape, layouts in ONE_IMAGE:
        for layout in layouts:
            for dtype in DTYPES:
                yield pixels(shape, dtype), layout


def grids():
    for n in (1, 2, 7, 8, 9, 17):
        for channels in (1, 3, 4):
            for dtype in DTYPES:
                yield pixels((n, channels, 4, 5), dtype), "NCHW"
                yield pixels((n, 4, 5, channels), dtype), "NHWC"


def pixels(shape, dtype):
    random = numpy.random.RandomState(len(dtype) + sum(shape))
    if dtype == "uint8":
        return random.randint(0, 256, shape).astype(dtype)
    values = random.rand(*shape) if dtype.startswith("float") else random.randint(0, 2, shape)
    values = values.astype(dtype)
    values.flat[0], values.flat[-1] = 0, 1
    return values


def seen(event):
    """Return (what an event says of its image, the image's pixels)."""
    value = value_of(event)
    encoded = value["image"].pop("encoded_image_string")
    return value, numpy.array(Image.open(io.BytesIO(encoded)))


class Images(unittest.TestCase):
    def assert_same_pixels(self, method, images):
        calls = [call(method, "a tag", x, 1, dataformats=layout) for x, layout in images]
        for (_, (_, x, _), keywords), ours, theirs in in_pairs(calls):
            with self.subTest(method, pixels=str(view(x)), **keywords):
                (our_value, our_pixels), (their_value, their_pixels) = seen(ours), seen(theirs)
                self.assertEqual(our_value, their_value)
                numpy.testing.assert_array_equal(our_pixels, their_pixels, strict=True)

    def test_one_image(self):
        self.assert_same_pixels("add_image", pictures())

    def test_grids(self):
        self.assert_same_pixels("add_image", grids())
        self.assert_same_pixels("add_images", grids())

    def test_torch(self):
        self.assert_same_pixels("add_image", ((torch.from_numpy(x), layout)
                                              for x, layout in pictures()))

    def test_every_level(self):
        """Multiples of 1/255, 1/256 and 1/510, and the numbers next to them, in each float type."""
        for dtype in ("float16", "float32", "float64"):
            for levels in (255, 256, 510):
                exact = (numpy.arange(levels + 1) / levels).astype(dtype)
                below, above = (numpy.nextafter(part, exact.dtype.type(to))
                                for part, to in ((exact[1:], 0), (exact[:-1], 1)))
                self.assert_same_pixels("add_image", [(x.reshape(1, -1), "HW")
                                                      for x in (exact, below, above)])


# ---- where we differ on purpose ----

class OnPurpose(unittest.TestCase):
    def event(self, method, *arguments, **keywords):
        data, = written(tbx_pure.SummaryWriter, [call(method, "x", *arguments, **keywords)])
        return data

    def histo(self, values, bins="tensorflow"):
        return value_of(self.event("add_histogram", values, 1, bins))["histo"]

    def test_numbers_that_tensorboardX_refuses(self):
        for x, number in ((torch.tensor(0.1, dtype=torch.bfloat16), 0.10009765625),
                          (torch.tensor(0.5, dtype=torch.float8_e5m2), 0.5),
                          ((2.5,), 2.5), (10 ** 40, INF), (-10 ** 400, -INF)):
            with self.subTest(str(x)[:60]):
                with self.assertRaises((TypeError, NotImplementedError, OverflowError)):
                    written(tensorboardX.SummaryWriter, [call("add_scalar", "x", x)])
                self.assertEqual(self.event("add_scalar", x), self.event("add_scalar", number))

    def test_names_carry_the_plugin_so_that_tensorboard_keeps_them(self):
        (_, ours, theirs), = in_pairs([call("add_scalar", "x", 1, display_name="d",
                                            summary_description="s")])
        metadata = value_of(ours)["metadata"]
        self.assertEqual((metadata.pop("plugin_data"), metadata.pop("data_class")),
                         ({"plugin_name": "scalars"}, "DATA_CLASS_SCALAR"))
        self.assertEqual(metadata, value_of(theirs)["metadata"])

    def test_a_histogram_counts_the_finite_values(self):
        for values in ([NAN, 1.0], [INF, 1.0, -INF], numpy.array([1.0, NAN, NAN])):
            self.assertEqual(self.histo(values), self.histo([1.0]))

    def test_a_histogram_of_nothing_finite(self):
        self.assertEqual(self.histo([NAN, INF]), {"bucket_limit": [0.0], "bucket": [0.0]})

    def test_a_histogram_counts_beyond_the_edges(self):
        histo = self.histo([1e20, 1e300, 1.0, -1e20])
        self.assertEqual((sum(histo["bucket"]), histo["num"]), (4, 4))
        self.assertEqual((histo["bucket"][:2], histo["bucket"][-1]), ([0, 1], 2))
        self.assertEqual((histo["bucket_limit"][0], histo["bucket_limit"][-1]),
                         (-9.920775621859783e19, 9.920775621859783e19))
        self.assertEqual((histo["min"], histo["max"]), (-1e20, 1e300))

    def test_sums_are_rounded_once(self):
        histo = self.histo([1e16, 1.0, -1e16])
        self.assertEqual((histo["sum"], histo["sum_squares"]), (1.0, 2e32))

    def test_pixels_are_clipped_not_wrapped(self):
        for row, expected in (([-0.5, 1.2, NAN, INF, -INF], [0, 255, 0, 255, 0]),
                              ([-1, 128, 300, 2 ** 40], [0, 128, 255, 255])):
            _, shown = seen(self.event("add_image", numpy.array([row]), dataformats="HW"))
            self.assertEqual(shown[0, :, 0].tolist(), expected)

    def test_two_writers_in_one_second_have_two_files(self):
        with tempfile.TemporaryDirectory() as logdir:
            for _ in range(3):
                tbx_pure.SummaryWriter(logdir).close()
            self.assertEqual(len(os.listdir(logdir)), 3)
