"""add_video: tiles, times and formats.  The codecs have tests of their own."""
import struct
import unittest
from array import array

from tbx_pure import SummaryWriter
from tbx_pure.errors import InputError
from tbx_pure.messages import SUMMARY
from tbx_pure.plugins.video import FORMATS, video

from .helpers import InDirectory, summaries
from .test_plugins import silent

RED, BLUE, BLACK = b"\xff\x00\x00", b"\x00\x00\xff", b"\x00\x00\x00"


def fields(*arguments, **options):
    """Return the Summary.Image of a video, after a trip through its bytes."""
    value, = SUMMARY.decode(SUMMARY.encode(video("a b", *arguments, **options)))["value"]
    if value["tag"] != "a_b" or set(value) != {"tag", "image"}:
        raise AssertionError(value)
    return value["image"]


def clip(*frames):
    """Return a video of one pixel a frame, of layout NTCHW."""
    return memoryview(b"".join(frames)).cast("B", (1, len(frames), 3, 1, 1))


def delays_of_gif(data):
    """Return the delay of each frame: GIF89a sections 18 to 26."""
    if data[:6] != b"GIF89a" or data[-1:] != b";":
        raise AssertionError("no GIF")
    pos = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    delays = []
    while data[pos:pos + 1] != b";":
        if data[pos] == 0x21:                           # an extension
            if data[pos + 1] == 0xF9:
                delays.append(struct.unpack_from("<H", data, pos + 4)[0])
            pos += 2
        else:                                           # a frame
            flags = data[pos + 9]
            pos += 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
        while data[pos]:                                # blocks
            pos += 1 + data[pos]
        pos += 1
    return delays


def delays_of_apng(data):
    pos, delays = 8, []
    while pos < len(data):
        size, name = struct.unpack_from(">I4s", data, pos)
        if name == b"fcTL":
            delay, unit = struct.unpack_from(">HH", data, pos + 8 + 20)
            delays.append(delay * 1000 // unit)
        pos += size + 12
    return delays


class TestVideo(unittest.TestCase):

    def test_gif(self):
        image = fields(clip(RED, BLUE, RED), 4, "NTCHW", "gif", silent)
        self.assertEqual((image["height"], image["width"], image["colorspace"]), (1, 1, 3))
        data = image["encoded_image_string"]
        self.assertEqual(data[:10], b"GIF89a\x01\x00\x01\x00")
        self.assertEqual(delays_of_gif(data), [25, 25, 25])
        self.assertIn(BLUE + RED, data)                 # the table of colors

    def test_apng(self):
        data = fields(clip(RED, BLUE), 4, "NTCHW", "apng", silent)["encoded_image_string"]
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        self.assertIn(b"acTL\x00\x00\x00\x02\x00\x00\x00\x00", data)            # 2 frames, for ever
        self.assertEqual(delays_of_apng(data), [250, 250])

    def test_tiles(self):
        for n, height, width in ((1, 2, 3), (2, 2, 6), (3, 2, 12), (4, 4, 6), (5, 4, 12), (9, 4, 24)):
            zeros = memoryview(bytes(n * 2 * 3 * 2 * 3)).cast("B", (n, 2, 3, 2, 3))
            image = fields(zeros, 4, "NTCHW", "gif", silent)
            self.assertEqual((image["height"], image["width"]), (height, width))

    def test_layouts(self):
        sizes = {"N": 1, "T": 2, "C": 3, "H": 4, "W": 5}
        for layout in ("NTCHW", "NTHWC", "WHCTN", "tchwn", "TCHW"):
            shape = [sizes[letter.upper()] for letter in layout]
            size = 1
            for side in shape:
                size *= side
            x = memoryview(bytes(range(size))).cast("B", shape)
            image = fields(x, 4, layout, "gif", silent)
            self.assertEqual((image["height"], image["width"], image["colorspace"]), (4, 5, 3))

    def test_channels(self):
        for channels, gif, apng in ((1, 1, 1), (2, 1, 2), (3, 3, 3), (4, 3, 4)):
            x = memoryview(bytes(channels * 2)).cast("B", (1, 2, channels, 1, 1))
            for format, written in (("gif", gif), ("apng", apng)):
                self.assertEqual(fields(x, 4, "NTCHW", format, silent)["colorspace"], written)

    def test_floats(self):
        heard = []
        video("x", [[[[[0.5, 2.0]]]]], 4, "NTCHW", "gif", lambda *w: heard.append(w[0]))
        self.assertEqual(heard, ["range"])

    def test_refused(self):
        good = clip(RED)
        for arguments, argument in (
                ((good, 0, "NTCHW", "gif"), "fps"), ((good, -1, "NTCHW", "gif"), "fps"),
                ((good, float("nan"), "NTCHW", "gif"), "fps"), ((good, float("inf"), "NTCHW", "gif"), "fps"),
                ((good, "4", "NTCHW", "gif"), "fps"), ((good, None, "NTCHW", "gif"), "fps"),
                ((good, 0.0015, "NTCHW", "gif"), "fps"), ((good, 0.015, "NTCHW", "apng"), "fps"),
                ((good, 4, "NTCHW", "mp4"), "format"), ((good, 4, "NTCHW", None), "format"),
                ((good, 4, "NCHW", "gif"), "dataformats"), ((good, 4, "NTCHH", "gif"), "dataformats"),
                ((good, 4, None, "gif"), "dataformats"), ((good, 4, "TCHW", "gif"), "vid_tensor"),
                (([[[0.5]]], 4, "NTCHW", "gif"), "vid_tensor"), (([[[[0.5]]]], 4, "NTCHW", "gif"), "vid_tensor"),
                (([[[[[]]]]], 4, "NTCHW", "gif"), "vid_tensor"), ((None, 4, "NTCHW", "gif"), "vid_tensor"),
                (([[[[[1.0]]] * 5]], 4, "NTCHW", "gif"), "vid_tensor")):
            with self.subTest(arguments), self.assertRaises(InputError) as caught:
                video("x", *arguments, warn=silent)
            self.assertEqual(caught.exception.argument, argument)
        with self.assertRaises(InputError) as caught:
            video(3, good, 4, "NTCHW", "gif", silent)
        self.assertEqual(caught.exception.argument, "tag")


class TestTime(unittest.TestCase):

    def delays(self, format, fps, n, warn=silent):
        frames = clip(*[bytes([i % 256, 0, 0]) for i in range(n)])
        data = fields(frames, fps, "NTCHW", format, warn)["encoded_image_string"]
        return {"gif": delays_of_gif, "apng": delays_of_apng}[format](data)

    def test_frames_end_on_time(self):
        self.assertEqual(self.delays("gif", 30, 7), [3, 4, 3, 3, 4, 3, 3])
        self.assertEqual(self.delays("gif", 24, 4), [4, 4, 5, 4])
        self.assertEqual(self.delays("apng", 30, 4), [33, 34, 33, 33])
        for format, (_, second, least) in FORMATS.items():
            for fps in (1, 3, 7.5, 12, 23.976, 29.97, 50):
                delays = self.delays(format, fps, 200)
                for n in range(200):
                    self.assertLessEqual(abs(sum(delays[:n]) - n * second / fps), 0.5 + 1e-6)
                self.assertGreaterEqual(min(delays), least)

    def test_faster_than_browsers(self):
        for format, fps, delay in (("gif", 51, 2), ("gif", 1000, 2), ("apng", 91, 11), ("apng", 1e300, 11)):
            heard = []
            self.assertEqual(self.delays(format, fps, 3, lambda *w: heard.append(w)), [delay] * 3)
            (cause, text), = heard
            self.assertEqual(cause, "fps")
        self.assertIn("at most 50 frames a second", self.told("gif"))
        self.assertIn("at most 90 frames a second", self.told("apng"))
        self.assertEqual(self.delays("gif", 50, 3), [2, 2, 2])
        self.assertEqual(self.delays("apng", 90, 3), [11, 11, 11])

    def told(self, format):
        heard = []
        self.delays(format, 100, 1, lambda *w: heard.append(w))
        return heard[0][1]

    def test_slow(self):
        self.assertEqual(self.delays("gif", 0.01, 2), [10000, 10000])
        self.assertEqual(self.delays("gif", 100 / 65535, 1), [65535])
        self.assertEqual(self.delays("apng", 1000 / 65535, 1), [65535])

    def test_a_tensor_of_one(self):
        self.assertEqual(self.delays("gif", array("f", [4]), 1), [25])


class TestWriter(InDirectory):

    def test_add_video(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_video("v", clip(RED, BLUE), 3)
            writer.add_video("v", clip(RED, BLUE), 4, 10, 1.5, "NTCHW", format="apng")
            with self.assertRaises(InputError) as caught:
                writer.add_video("v", [[0.5]], 5)
            with self.assertWarns(UserWarning):
                writer.add_video("fast", clip(RED), fps=100)
        self.assertEqual(str(caught.exception), "add_video('v'): vid_tensor: need 5 dimensions for "
                                                "dataformats 'NTCHW', got shape (1, 1)")
        (step, one), (other_step, other), _ = summaries(self.directory)
        self.assertEqual((step, other_step), (3, 4))
        self.assertEqual(delays_of_gif(one["image"]["encoded_image_string"]), [25, 25])
        self.assertEqual(delays_of_apng(other["image"]["encoded_image_string"]), [100, 100])


if __name__ == "__main__":
    unittest.main()
