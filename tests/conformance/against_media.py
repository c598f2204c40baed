"""Our pictures, videos and sounds in readers that are not ours, and their files in our readers."""
import io
import itertools
import random
import unittest

import numpy
import soundfile
from PIL import Image, ImageSequence
from tensorboardX.summary import _prepare_video

from tbx_pure.errors import FormatError
from tbx_pure.media.apng import apng
from tbx_pure.media.encoded import kind
from tbx_pure.media.frames import frames
from tbx_pure.media.gif import gif
from tbx_pure.media.pixels import Picture
from tbx_pure.media.png import png
from tbx_pure.media.png_reader import read_png
from tbx_pure.media.resize import resize
from tbx_pure.media.wav import pcm, wav
from tbx_pure.tensor import view
from tests.vectors import load, unhex

MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
SIZES = (1, 1), (1, 50), (50, 1), (2, 3), (37, 41), (100, 300)
RANDOM = numpy.random.RandomState(0)


def noise(height, width, channels):
    return RANDOM.randint(0, 256, (height, width, channels)).astype(numpy.uint8)


def photo(height, width, channels=3):
    """Return something with smooth parts, edges and a little noise."""
    y, x = numpy.mgrid[0:height, 0:width] / max(height, width)
    planes = [128 + 100 * numpy.sin(5 * x + c) * numpy.cos(7 * y * (c + 1)) for c in range(channels)]
    planes = numpy.stack(planes, -1) + RANDOM.normal(0, 2, (height, width, channels))
    planes[height // 3:height // 2, width // 4:width // 2] = 20
    return planes.clip(0, 255).astype(numpy.uint8)


def flat(height, width, channels=3):
    """Return what a chart looks like."""
    out = numpy.full((height, width, channels), 255, numpy.uint8)
    out[height // 2, :] = 0
    out[:, width // 3] = [200, 30, 60, 255][:channels]
    return out


PICTURES = noise, photo, flat


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def saved(image, form="PNG", **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


class Png(unittest.TestCase):

    def test_pillow_reads_ours(self):
        for make, (height, width), channels in itertools.product(PICTURES, SIZES, MODES):
            pixels = make(height, width, channels).tobytes()
            image = opened(png(pixels, height, width, channels))
            self.assertEqual((image.format, image.mode, image.size),
                             ("PNG", MODES[channels], (width, height)))
            self.assertEqual(image.tobytes(), pixels)

    def test_large(self):
        for make in PICTURES:
            pixels = make(1080, 1920, 3).tobytes()
            data = png(pixels, 1080, 1920, 3)
            self.assertEqual(opened(data).tobytes(), pixels)
            theirs = saved(Image.frombytes("RGB", (1920, 1080), pixels))
            self.assertLess(len(data), 1.15 * len(theirs))

    def test_ours_reads_pillow(self):
        for make, (height, width), channels in itertools.product(PICTURES, SIZES, MODES):
            pixels = make(height, width, channels).tobytes()
            image = Image.frombytes(MODES[channels], (width, height), pixels)
            for options in {}, {"optimize": True}, {"compress_level": 0}:
                data = saved(image, **options)
                self.assertEqual(read_png(data), (height, width, channels, pixels))
                self.assertEqual(kind(data), ("png", height, width, channels))

    def test_filters_pillow_chose(self):
        data = saved(Image.fromarray(photo(200, 300)))
        chosen = set()

        def seen(rows, stride, step, pos):
            chosen.update(rows[::stride + 1])
            return plain(rows, stride, step, pos)
        from tbx_pure.media import png_reader
        plain = png_reader._unfiltered
        png_reader._unfiltered = seen
        self.addCleanup(setattr, png_reader, "_unfiltered", plain)
        read_png(data)
        self.assertGreaterEqual(len(chosen), 3)         # the unit tests have each filter

    def test_palettes_and_few_bits(self):
        for (height, width), colors in itertools.product(SIZES, (2, 3, 4, 5, 16, 17, 200, 256)):
            image = Image.fromarray(photo(height, width)).quantize(colors)
            data = saved(image)
            self.assertEqual(read_png(data), (height, width, 3, image.convert("RGB").tobytes()))
            self.assertEqual(kind(data)[1:], (height, width, 3))
            data = saved(image, transparency=0)
            self.assertEqual(read_png(data),
                             (height, width, 4, opened(data).convert("RGBA").tobytes()))
            self.assertEqual(kind(data)[1:], (height, width, 4))
            bits = Image.fromarray(noise(height, width, 1)[:, :, 0]).convert("1")
            self.assertEqual(read_png(saved(bits)), (height, width, 1, bits.convert("L").tobytes()))

    def test_one_transparent_color(self):
        image = Image.fromarray(flat(20, 30))
        data = saved(image, transparency=(255, 255, 255))
        self.assertEqual(read_png(data).pixels, opened(data).convert("RGBA").tobytes())
        gray = image.convert("L")
        data = saved(gray, transparency=255)
        self.assertEqual(read_png(data).pixels, opened(data).convert("LA").tobytes())

    def test_what_we_say_we_do_not_read(self):
        deep = Image.fromarray(noise(5, 5, 2).view(numpy.uint16)[:, :, 0])
        self.assertEqual(deep.mode, "I;16")
        with self.assertRaises(FormatError):
            read_png(saved(deep))
        self.assertEqual(kind(saved(deep)), ("png", 5, 5, 1))


class Moving(unittest.TestCase):

    def assert_shown(self, data, form, expected, delays):
        """expected: arrays (height, width, channels); delays in thousandths"""
        image = Image.open(io.BytesIO(data))
        self.assertEqual((image.format, image.n_frames), (form, len(expected)))
        self.assertEqual(image.info["loop"], 0)
        for i, frame in enumerate(ImageSequence.Iterator(image)):
            self.assertEqual(frame.info["duration"], delays[i])
            mode = MODES[expected[i].shape[2]]
            numpy.testing.assert_array_equal(
                numpy.asarray(frame.convert(mode)).reshape(expected[i].shape), expected[i], str(i))

    def test_apng(self):
        for make, (height, width), channels in itertools.product(PICTURES, SIZES, MODES):
            videos = [make(height, width, channels) for _ in range(3)]
            videos[1] = videos[0].copy()
            videos[1][-1, -1, 0] ^= 1
            data = apng([video.tobytes() for video in videos], height, width, channels, [40, 0, 65535])
            expected = [videos[0], videos[1], videos[2]]
            if make is flat:                            # the third is the first again
                self.assertEqual(videos[2].tobytes(), videos[0].tobytes())
            self.assert_shown(data, "PNG", expected, [40, 0, 65535])
            self.assertEqual(kind(data), ("png", height, width, channels))

    def test_gif_of_few_colors(self):
        for (height, width), colors in itertools.product(SIZES, (1, 2, 3, 5, 16, 129, 256)):
            table = noise(colors, 1, 3)[:, 0]
            videos = [table[RANDOM.randint(0, colors, (height, width))] for _ in range(4)]
            videos[2] = videos[1].copy()
            data = gif([video.tobytes() for video in videos], height, width, 3, [4, 5, 6, 65535])
            merged, delays = videos[:1], [40]
            for video, delay in zip(videos[1:], (50, 60, 655350)):
                if (video == merged[-1]).all() and delays[-1] + delay <= 655350:
                    delays[-1] += delay
                else:
                    merged, delays = merged + [video], delays + [delay]
            self.assert_shown(data, "GIF", merged, delays)
            self.assertEqual(kind(data), ("gif", height, width, 3))

    def test_gif_of_gray(self):
        for height, width in SIZES:
            videos = [noise(height, width, 1), photo(height, width, 1), noise(height, width, 1)]
            videos[1][0, 0] = videos[0][0, 0] ^ 1       # that none is as the one before
            videos[2][0, 0] = videos[0][0, 0]
            data = gif([video.tobytes() for video in videos], height, width, 1, [10, 20, 30])
            self.assert_shown(data, "GIF", videos, [100, 200, 300])

    def test_gif_of_own_tables(self):
        videos = [noise(10, 20, 3) for _ in range(5)]
        self.assert_shown(gif([video.tobytes() for video in videos], 10, 20, 3, [7] * 5), "GIF",
                          videos, [70] * 5)

    def test_gif_with_all_codes(self):
        video = noise(300, 400, 1)                      # the table fills many times
        self.assert_shown(gif([video.tobytes()], 300, 400, 1, [1]), "GIF", [video], [10])
        for size in range(3800, 3860):
            video = noise(1, size, 1)
            self.assert_shown(gif([video.tobytes()], 1, size, 1, [1]), "GIF", [video], [10])

    def test_gif_of_many_colors_is_no_worse_than_pillows(self):
        for make, (height, width) in itertools.product((photo, noise), ((64, 64), (200, 300))):
            x = make(height, width, 3)
            ours = numpy.asarray(opened(gif([x.tobytes()], height, width, 3, [1])).convert("RGB"))
            best = min(error(x, numpy.asarray(Image.fromarray(x).quantize(
                256, method=method, dither=Image.Dither.NONE).convert("RGB"))) for method in (0, 2))
            self.assertLess(error(x, ours), 1.05 * best)

    def test_changing_parts(self):
        frame, videos = photo(60, 80), []
        for i in range(10):
            frame = frame.copy()
            frame[3 * i:3 * i + 9, 5 * i:5 * i + 7] = noise(1, 1, 3)
            videos.append(frame)
        self.assert_shown(apng([video.tobytes() for video in videos], 60, 80, 3, [10] * 10), "PNG",
                          videos, [10] * 10)
        videos = [video // 64 * 64 for video in videos]
        self.assert_shown(gif([video.tobytes() for video in videos], 60, 80, 3, [10] * 10), "GIF",
                          videos, [100] * 10)


def error(a, b):
    return ((a.astype(float) - b) ** 2).mean()


class Frames(unittest.TestCase):

    def test_tiles_as_tensorboardX(self):
        for videos in (*range(1, 18), 33):
            x = RANDOM.randint(0, 256, (videos, 2, 3, 4, 5)).astype(numpy.uint8)
            expected = (_prepare_video(x) * 255).round().astype(numpy.uint8)
            height, width, channels, found = frames(view(x), "NTCHW", "x", self.fail)
            self.assertEqual((height, width, channels), expected.shape[1:])
            self.assertEqual(b"".join(found), expected.tobytes())


class Sizes(unittest.TestCase):

    def test_resize_as_pillow(self):
        for make, channels in itertools.product(PICTURES, MODES):
            x = make(60, 45, channels)
            if channels in (2, 4):
                x[:, :, -1] |= 128                      # color of what is hardly seen is rounded away
            image = Image.fromarray(x[:, :, 0] if channels == 1 else x)
            for height, width in ((60, 45), (1, 1), (30, 22), (60, 90), (133, 45), (200, 7), (7, 200)):
                found = numpy.frombuffer(resize(Picture(60, 45, channels, x.tobytes()),
                                                height, width).pixels, numpy.uint8)
                theirs = numpy.frombuffer(image.resize((width, height), Image.LANCZOS).tobytes(),
                                          numpy.uint8)
                self.assertLessEqual(abs(found.astype(int) - theirs).max(), 2 + 2 * (channels % 2 == 0))


class Encoded(unittest.TestCase):

    def test_jpeg(self):
        for (height, width), mode in itertools.product(SIZES, ("L", "RGB", "CMYK")):
            image = Image.fromarray(photo(height, width)).convert(mode)
            for options in ({}, {"progressive": True}, {"optimize": True}, {"quality": 100},
                            {"restart_marker_rows": 1}, {"comment": b"\xff\xd9\xff\xc0"},
                            {"exif": b"Exif\0\0" + saved(Image.new("RGB", (9, 9)), "JPEG")},
                            {"icc_profile": bytes(range(256)) * 300}):
                data = saved(image, "JPEG", **options)
                self.assertEqual(kind(data), ("jpeg", height, width, len(mode)))
                for n in (len(data) - 2, len(data) // 2):
                    with self.assertRaises(FormatError):
                        kind(data[:n])

    def test_gif(self):
        for height, width in SIZES:
            images = [Image.fromarray(noise(height, width, 3)) for _ in range(3)]
            data = saved(images[0], "GIF", save_all=True, append_images=images[1:], comment=b"hi;!,")
            self.assertEqual(kind(data), ("gif", height, width, 3))
            with self.assertRaises(FormatError):
                kind(data[:-1])

    def test_others(self):
        for form in ("BMP", "TIFF", "WEBP"):
            self.assertIsNone(kind(saved(Image.new("RGB", (3, 3)), form)))


class Sound(unittest.TestCase):
    SUBTYPES = {"uint8": "PCM_U8", "int16": "PCM_16", "int24": "PCM_24", "int32": "PCM_32",
                "float32": "FLOAT"}

    def test_soundfile_reads_ours(self):
        for (sample, subtype), channels in itertools.product(self.SUBTYPES.items(), (1, 2, 3, 5, 6, 8)):
            for length in (1, 2, 3, 1000):
                x = RANDOM.uniform(-1, 1, (length, channels))
                data = wav(pcm(view(x), "x", self.fail, sample), channels, 22050, sample)
                with soundfile.SoundFile(io.BytesIO(data)) as f:
                    self.assertEqual((f.subtype, f.channels, f.samplerate, f.frames),
                                     (subtype, channels, 22050, length))
                    self.assertEqual(f.format, "WAVEX" if channels > 2 or sample in ("int24", "int32")
                                     else "WAV")
                    found = f.read(dtype="float64", always_2d=True)
                step = 2.0 ** -23 if sample == "float32" else 2.0 ** -(int(sample.lstrip("uint")) - 1)
                self.assertLessEqual(abs(found - x).max(), step)

    def test_as_soundfile_writes(self):
        x = numpy.concatenate([RANDOM.uniform(-1, 1, 1000), [-1, -0.5, 0, 0.5, 1, 1e-9, -1e-9]])
        for sample, subtype in self.SUBTYPES.items():
            for channels in (1, 2, 6):
                out = io.BytesIO()
                several = x[:1002].reshape(-1, channels)
                soundfile.write(out, several, 8000, subtype, format="WAV")
                theirs = soundfile.SoundFile(io.BytesIO(out.getvalue()))
                ours = soundfile.SoundFile(io.BytesIO(wav(pcm(view(several), "x", self.fail, sample),
                                                          channels, 8000, sample)))
                a, b = (f.read(dtype="float64", always_2d=True) for f in (ours, theirs))
                worst = {"int16": 0, "float32": 0, "uint8": 2.0 ** -7, "int24": 2.0 ** -23,
                         "int32": 2.0 ** -31}[sample]
                self.assertLessEqual(abs(a - b).max(), worst, sample)

    def test_whole_numbers(self):
        for dtype, sample in ((numpy.int16, "int16"), (numpy.int32, "int32"), (numpy.int32, "float32")):
            info = numpy.iinfo(dtype)
            x = RANDOM.randint(info.min, info.max, (500, 2)).astype(dtype)
            data = wav(pcm(view(x), "x", self.fail, sample), 2, 8000, sample)
            found, _ = soundfile.read(io.BytesIO(data), dtype="float64")
            self.assertLessEqual(abs(found - x / -float(info.min)).max(), 2.0 ** -24)


class Vectors(unittest.TestCase):
    """Those of sounds; make_vectors.py asks Pillow about the others."""

    def test_sounds(self):
        sounds = [case for case in load("media")["files"] if case["format"] == "wav"]
        self.assertEqual(len(sounds), 2)
        for case in sounds:
            found, rate = soundfile.read(io.BytesIO(unhex(case["encoded"])), dtype="int32",
                                         always_2d=True)
            unused = 32 - int(case["sample"].lstrip("int"))
            self.assertEqual((rate, found.shape[1]), (case["sample_rate"], case["channels"]))
            self.assertEqual(found.ravel().tolist(), [n << unused for n in case["samples"]])


class Hostile(unittest.TestCase):

    def test_damaged_files_of_pillow(self):
        rng = random.Random(1)
        for data in (saved(Image.fromarray(photo(9, 11))), saved(Image.fromarray(photo(9, 11)), "JPEG"),
                     saved(Image.fromarray(photo(9, 11)), "GIF")):
            for _ in range(500):
                damaged = bytearray(data)
                for _ in range(rng.randrange(1, 4)):
                    damaged[rng.randrange(len(damaged))] = rng.getrandbits(8)
                for read in (kind, read_png):
                    try:
                        read(damaged)
                    except FormatError as e:
                        self.assertTrue(0 <= e.pos <= len(damaged))


if __name__ == "__main__":
    unittest.main()
