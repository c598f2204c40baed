"""Every kernel equals its plain twin; the switch turns kernels off; a missing folder is no loss."""
import os
import random
import shutil
import struct
import sys
import threading
import unittest
from array import array
from fractions import Fraction

from tbx_pure import crc32c, histogram, lasting, messages, tensor, twins, wire
from tbx_pure.errors import FormatError, InputError
from tbx_pure.kernels import KERNELS, borrowed, columns
from tbx_pure.kernels import crc32c as folding
from tbx_pure.kernels import scalars as by_form
from tbx_pure.media import pixels, wav
from tbx_pure.plugins import pr_curves, scalars
from tbx_pure.read import batches
from tbx_pure.read.places import place_in
from tbx_pure.record import frame
from tbx_pure.tensor import Tensor

from . import test_batches
from .fake_array import Array
from .helpers import PACKAGE, PACKAGE_NAME, InDirectory, python

RANDOM = random.Random(0)
BYTES = [bytes(n) for n in range(70)] + [b"\xff" * n for n in range(70)] + [
    bytes(RANDOM.getrandbits(8) for _ in range(n)) for n in [1, 2, 3, 7, 8, 9, 63, 64, 65, 1000, 5000, 32768, 32769, 70000]
    + list(range(90, 400, 7))]

STRETCHES = [test_batches.stretch(seed) for seed in range(3)] + [
    test_batches.stretch(seed, [form], 150) for seed, form in enumerate(test_batches.FORMS)] + [
    b"", frame(b""), test_batches.stretch(3)[:-1]]
DAMAGED = bytearray(STRETCHES[0])
DAMAGED[len(DAMAGED) // 2] ^= 1
STRETCHES.append(bytes(DAMAGED))


def cycle(times, tags, step=200, first=1.7e9):
    """The tags again and again, framed."""
    return b"".join(frame(messages.EVENT.encode({
        "wall_time": first + 0.3 * i, "step": step + i // len(tags),
        "summary": {"value": [test_batches.simple(tag, i / 7)]}}))
        for i, tag in ((i, tags[i % len(tags)]) for i in range(times * len(tags))))


def with_a_bit_less(data):
    """Records whose steps have two bytes; that in the middle says so no more, with a right checksum."""
    wall, value = data[12:21], data[24:-4]
    return b"".join(frame(wall + b"\x10" + first + b"\x01" + value)
                    for first in [b"\x85"] * 20 + [b"\x05"] + [b"\x85"] * 20)


PERIODIC = cycle(30, ["a", "bb", "c"])
STRETCHES += [PERIODIC, cycle(30, ["a", "bb", "bb"]), cycle(40, ["a"], 100), cycle(20, ["a", "c"]) + cycle(20, ["c", "a"]),
              cycle(9, ["a", "bb"]) + STRETCHES[0] + cycle(20, ["bb", "c"]) + cycle(20, ["a" * 600, "c"]),
              with_a_bit_less(cycle(1, ["a"]))]
STRETCHES += [PERIODIC[:n] for n in range(len(PERIODIC) - 110, len(PERIODIC), 3)]
for place in range(40 * 52, 43 * 52):           # each byte of a record or two in the midst
    damaged = bytearray(PERIODIC)
    damaged[place] ^= 1 << place % 8
    STRETCHES.append(bytes(damaged))


def training(steps, seed, first=90, shown=4):
    """Tags at four cadences, framed, and every few steps histograms and pictures of any size."""
    chance, out = random.Random(seed), []
    for step in range(first, first + steps):
        values = [test_batches.simple("tag/%d" % i, chance.gauss(0, 1))
                  for i in range(12) if step % (1, 2, 5, 10)[i % 4] == 0]
        for i in range(shown * (step % 10 == 0)):
            size = chance.choice((0, 3, 12, 90, 400, 1000, 2100, 5000))
            values.append(chance.choice((
                {"tag": "weights/%d" % i, "histo": {"bucket": [0.5 * step] * size}},
                {"tag": "picture", "image": {"width": 1, "encoded_image_string": bytes(size * 7)}},
                test_batches.text("words", 0.5),
                dict(test_batches.text("words " * 40, 0.5), node_name="x" * chance.choice((0, 3, 600))))))
        out += [frame(messages.EVENT.encode({"wall_time": 1e9 + chance.random(), "step": step,
                                             "summary": {"value": [value]}})) for value in values]
    return b"".join(out)


TRAINING = training(120, 1)
STRETCHES += [TRAINING, training(60, 2, 16350), training(300, 3, shown=0), training(40, 4, shown=30)]
for place in [*range(len(TRAINING) // 2, len(TRAINING) // 2 + 40000, 1009), len(TRAINING) - 3]:
    damaged = bytearray(TRAINING)
    damaged[place] ^= 1 << place % 8
    STRETCHES += [bytes(damaged), TRAINING[:place]]


def rows(count, tags, step, shuffled=False, walls=(1.7e9, 1e-4), numbers=RANDOM.gauss):
    """What a training adds: each of the tags at each step."""
    tags = [tags[i % len(tags)] for i in range(count)]
    if shuffled:
        RANDOM.shuffle(tags)
    first, apart = walls
    return [(tag, numbers(0, 1), step + i // len(tags), first + i * apart) for i, tag in enumerate(tags)]


TAGS = ["loss", "a longer name/of the loss", "", "\u00e9t\u00e9 \U0001f600", "x" * 127, "x" * 128, "x" * 600]
STEPS = [-3, 0, 100, 16300, 2 ** 21 - 9, 2 ** 62, 2 ** 63 - 200, -2 ** 63]
NUMBERS = [0.0, -0.0, 1.0, -1.5, 0.1, 1e-46, 1e-40, 3.4028234e38, 3.4028235677973366e38, 1e39, -1e300, 10 ** 400, 7,
         True, float("inf"), float("-inf"), float("nan"), -float("nan")]
ROWS = [rows(count, TAGS[:tags], step, shuffled) for count in (0, 1, 2, 23, 24, 90, 301) for tags in (1, 2, 3, 7)
        for step in STEPS[:1 + count // 10] for shuffled in (False, True)] + [
    rows(40, ["t" * n], 5) for n in (*range(100, 140, 3), *range(460, 520))] + [
    rows(count, ["%d of many \u00e9" % i for i in range(7, 7 + tags)], step, shuffled)     # of some lengths
    for count, tags in ((250, 250), (300, 100), (330, 150)) for step in (0, 126, 2 ** 62, -3)
    for shuffled in (False, True)] + [
    [("loss", x, step, wall) for x in NUMBERS for step in (None, 0, 5, -1) for wall in (0.0, -0.0, 1e-320, -1.5, 7)],
    [("loss", x, 5, 1.5) for x in NUMBERS], [("loss", x, 5, 1.5) for x in NUMBERS * 2],
    [("loss", 0.5, None, 1.5)] * 50, [("loss", 0.5, i % 3 or None, 1e9 + i) for i in range(60)],
    [(tag, 0.5, i, 1e9) for i in range(300) for tag in ("a", "bb")],            # sizes of steps change midway
    [("step" + str(i), 0.5, i, 1e9) for i in range(100)],
    [("a", 0.5, i, 0.0) for i in range(50)], [("a", 0.5, i, float(i)) for i in range(50)],
]

MESSAGES = [frame(b"")] + [messages.EVENT.encode({
    "wall_time": 1.5, "step": step, "summary": {"value": [{"tag": "t" * size, "simple_value": 0.5}]}})
    for step in STEPS for size in (1, 127, 128, 300, 20000)] + [
    bytes(RANDOM.choice((1, 2, 5, 8, 9, 0x0A, 0x0D, 0x10, 0x1B, 0x1C, 0x7F, 0x80, 0xFF, RANDOM.getrandbits(8)))
          for _ in range(RANDOM.randrange(14))) for _ in range(3000)] + [
    bytes((key,)) + b"\x80" * n + last + b"ab" for key in (8, 10) for n in range(12)
    for last in (b"", b"\0", b"\1", b"\2", b"\x7f")]

INF, NAN = float("inf"), float("nan")

KINDS = wire.Message("Kinds", *[(n, kind.name, kind) for n, kind in enumerate(
    (wire.INT32, wire.INT64, wire.UINT32, wire.UINT64, wire.BOOL, wire.FLOAT, wire.DOUBLE, wire.BYTES,
     wire.STRING, messages.DATA_TYPE, messages.DIM), 1)] + [
    (n, kind.name + "s", [kind]) for n, kind in enumerate(
        (wire.INT32, wire.DOUBLE, wire.BYTES, wire.STRING, messages.DATA_TYPE, messages.DIM), 21)] + [
    (31, "map", {wire.STRING: messages.DIM}),
    ("one", (41, "a", wire.INT32), (42, "b", messages.DIM), (43, "c", wire.STRING), (44, "d", messages.DATA_TYPE))])
OF_FIELDS = [
    None, 0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 63, 2 ** 64, -1, True, False, 0.0, -0.0, 1.5, 1e39, INF,
    NAN, "", "a", "x" * 127, "x" * 128, "\u00e9" * 64, "\ud800", "DT_FLOAT", "DT_INVALID", "LOST", b"", b"a",
    b"x" * 127, b"x" * 128, bytearray(b"ab"), memoryview(b"cd"), {}, {"size": 0}, {"size": 5, "name": "x" * 200},
    {"size": "a"}, {"no": 1}, {"k": {"size": 1}}, [], (), [1, 2], [None], [0.5, -0.0], [b"", b"a", b"x" * 128],
    [b"a", bytearray(b"b")], ["", "a", "\u00e9"], ["a", None], ["a", b"b"], ["\ud800"], ["DT_INVALID", "DT_STRING"],
    [{}, {"size": 1}], [{"size": 1}, None], ({"size": 1},), [{"size": 1}, {"name": 5}], [[]], {1}, object]


def taken(name):
    """Return the values above that a field takes."""
    def takes(x):
        try:
            return KINDS.encode({name: x}) is not None
        except InputError:
            return False
    return list(filter(takes, OF_FIELDS))


TAKEN = {name: taken(name) for name in KINDS.by_name}
FIELDS = [{name: x} for name in KINDS.by_name for x in OF_FIELDS] + [
    {name: RANDOM.choice(TAKEN[name]) for name in RANDOM.sample(sorted(KINDS.by_name), n)}
    for n in (2, 3, 5, 20) for _ in range(300)] + [{}, {"int32": 1, "no": 2}, {5: 1}, [], None, 7]



def gauss(n, scale=1.0, spread=0):
    return [RANDOM.gauss(0, scale) * 10 ** RANDOM.uniform(-spread, 0) for _ in range(n)]


FLOATS = [
    [RANDOM.random() * 2.0 ** -RANDOM.randrange(12) for _ in range(40000)],
    [1.0 - d * 2.0 ** -33 for d in range(100)], [(i + 0.5) * 2.0 ** -31 for i in range(-200, 200)],
    [i / 255 * (1 + d * 2.0 ** -23) for i in range(256) for d in (-1, 0, 1)],
    gauss(1), gauss(63), gauss(64), gauss(100, 1e-3), gauss(300, 1.0, 30), gauss(9000), gauss(9000, 1e4, 15),
    [x * x for x in gauss(17000)], [0.0, -0.0] * 50, [-0.0, 0.0] * 50, [max(x, -0.0) for x in gauss(200)],
    [-max(x, 0.0) for x in gauss(200)], [1e-45, -1e-45, 3e-39, 1.0] * 30, [NAN] * 70, [INF] * 70,
    gauss(100) + [NAN, INF, -INF, NAN], [INF, -INF] * 40, gauss(100) + [1e30, -1e30], [0.1] * 9000,
    [i / 255 for i in range(256)], [i / 32768 for i in range(-32768, 32769, 97)], [-1.0, 1.0] * 40,
    [RANDOM.random() for _ in range(400)], [1.0 + 2.0 ** -20] * 70, [256 / 255, -1 / 255] * 40]
BEYOND_FLOAT32 = [[1e300, -1e300, 1.0] * 30, [1e155] * 70, [5e-324, 1e-200] * 40, gauss(100, 1e-160)]
INTEGERS = [("B", list(range(256)) * 2), ("b", list(range(-128, 128))), ("H", [0, 65535] * 40),
            ("i", [RANDOM.getrandbits(31) - 2 ** 30 for _ in range(9000)]), ("i", [-2 ** 31, 2 ** 31 - 1] * 40),
            ("q", [2 ** 53 + 1, -2 ** 63, 2 ** 63 - 1] * 30), ("Q", [2 ** 64 - 1, 0] * 40), ("B", [0, 1, 1] * 40)]
ARRAYS = ([array("f", values) for values in FLOATS] + [array("d", values) for values in FLOATS + BEYOND_FLOAT32]
          + [array(letter, values) for letter, values in INTEGERS])


def shown(arrays):
    """Return values as a Tensor has them: of buffers, of arrays that compute, and as lists."""
    return [memoryview(x) for x in arrays] + [memoryview(Array(x.typecode, x)) for x in arrays] + [
        x.tolist() for x in arrays]


def floats():
    return shown(x for x in ARRAYS if x.typecode in "fd")


def of_range(low, high):
    """Return those whose numbers are in the range, brought into it, or just beyond."""
    scaled = [array(x.typecode, [min(max(v, low), high) for v in x]) for x in ARRAYS if x.typecode in "fd"]
    return shown(scaled)


EDGES = [histogram.default_edges(), [-1.0, 0.0, 0.0, 1.5, 1.5], [0.0, 1.0], [-1e30, 1e30], [5.0, 5.0],
         lambda kept, ordered: [ordered[0], kept[0], ordered[-1]]]
LABELS = [array("B", [RANDOM.getrandbits(1) for _ in range(400)]), array("d", [0.0, 1.0] * 200),
          array("d", [0.5, 1.0] * 200), array("q", [1] * 400)]
PREDICTIONS = [Tensor({"f": "float32", "d": "float64"}[values.format], (400,), values) for values in shown(
    array(letter, [RANDOM.random() * most for _ in range(398)] + [0.0, 1.0]) for letter in "fd" for most in (1, 2))
    if isinstance(values, memoryview)]
DTYPE = {"f": "float32", "d": "float64"}

#   plain function     arguments to compare it on: edges and random ones
CASES = {
    "lasting.background": [(set(),)],   # what it does with files: tests/reliability
    "crc32c.crc32c":   [(data,) for data in BYTES] + [(data, RANDOM.getrandbits(32)) for data in BYTES],
    "batches.gather":  [(buf, 0, stop, batches.look, place_in, crc32c.crc32c) for buf in STRETCHES
                        for stop in (len(buf), len(buf) // 3)] + [
                            (PERIODIC, 0, stop, batches.look, place_in, crc32c.crc32c)
                            for stop in range(1000, 1200, 7)],
    "wire.encode":     [(KINDS, values) for values in FIELDS],
    "wire.fields":     [(data, start, end) for data in MESSAGES for start in (0, 1)
                        for end in range(start, min(len(data), 40) + 1)] + [
                            (data, 0, len(data)) for data in MESSAGES],
    "scalars.records": [(some,) for some in ROWS] + [([row],) for some in ROWS[::5] for row in some[:40]],
    "tensor.extremes": [(values,) for values in shown(ARRAYS)],
    "tensor.float32":  [(values, "x") for values in shown(ARRAYS)],
    "histogram.count": [(values, edges, histogram.between) for values in shown(ARRAYS) for edges in EDGES],
    "pixels.scaled":   [(values, DTYPE.get(getattr(values, "format", "d"))) for values in floats() + of_range(0, 1)],
    "wav.rounded":     [(values, width) for values in floats() + of_range(-1, 1) for width in (1, 2, 3, 4)],
    "pr_curves.tally": [(labels, predictions, weights, n) for labels in shown(LABELS) for predictions in PREDICTIONS
                        for weights in (None, [0.5] * 400) for n in (1, 2, 127, 10000)],
}
PLAIN = {
    "lasting.background": lasting.background,
    "crc32c.crc32c":   crc32c.crc32c,
    "batches.gather":  batches.gather,
    "wire.encode":     wire.Message.encode,
    "wire.fields":     wire.fields,
    "scalars.records": scalars.records,
    "tensor.extremes": tensor.extremes,
    "tensor.float32":  tensor.float32,
    "histogram.count": histogram.count,
    "pixels.scaled":   pixels.scaled,
    "wav.rounded":     wav.rounded,
    "pr_curves.tally": pr_curves.tally,
}


def differences(kernel, plain, cases):
    """Return the cases on which a kernel and its plain twin differ."""
    return [case for case in cases if answer(kernel, case) != answer(plain, case)]


def answer(function, case):
    """Return what a function returns, so that NaN equals NaN, and 0 not -0, in any sequence."""
    try:
        return plainly(function(*case))
    except (InputError, AttributeError, TypeError) as e:
        return repr(e)


def plainly(found):
    if isinstance(found, memoryview):
        return found.format, found.tobytes()
    if hasattr(found, "__next__"):
        values = []
        try:
            values.extend(found)        # what came before an error is kept
        except FormatError as e:
            values.append((e.pos, e.rule, e.message))
        return repr(values)
    if isinstance(found, (range, array)):
        return repr(list(found))
    if isinstance(found, tuple) or isinstance(found, list) and found and isinstance(found[0], tuple):
        return [plainly(x) for x in found]
    return repr(found)


class TestTwins(unittest.TestCase):

    def test_every_kernel_equals_its_plain_twin(self):
        for name in KERNELS:
            with self.subTest(name):
                plain = getattr(PLAIN[name], "plain", PLAIN[name])
                differing = differences(KERNELS[name](plain), plain, CASES[name])
                self.assertEqual([repr(case)[:200] for case in differing], [])

    def test_the_comparison_can_fail(self):
        def wrong(data, crc=0):
            return crc32c.crc32c(data, crc) ^ (len(data) == 65)
        self.assertEqual({len(case[0]) for case in differences(wrong, crc32c.crc32c,
                                                                CASES["crc32c.crc32c"])}, {65})


class TestFolding(unittest.TestCase):

    def test_relations(self):
        """Each is a multiple of the generator."""
        for relation in folding.RELATIONS:
            rest = sum(1 << exponent for exponent in relation)
            for bit in range(relation[0], 31, -1):
                if rest >> bit & 1:
                    rest ^= 0x11EDC6F41 << bit - 32
            self.assertEqual(rest, 0, relation)

    def test_programs_are_not_kept_for_ever(self):
        for n in range(1000, 1300):
            folding.program(n)
        self.assertLessEqual(len(folding.PROGRAMS), 256)

    def test_few_programs_serve_all_lengths(self):
        folding.PROGRAMS.clear()
        kernel = KERNELS["crc32c.crc32c"](crc32c.crc32c)
        for n in range(100, 2000):
            kernel(bytes(n))
        self.assertLess(len(folding.PROGRAMS), 60)


class TestEncode(unittest.TestCase):

    def test_what_is_gone_through_once(self):
        dims = ({"size": n} for n in (3, 4))
        shape = {"dim": dims}
        self.assertEqual(messages.TENSOR_SHAPE.encode(shape), b"\x12\x02\x08\x03\x12\x02\x08\x04")

    def test_large(self):
        """Many bytes, wherever they stand in messages and lists of them, are as the twin has them."""
        plain = getattr(PLAIN["wire.encode"], "plain", PLAIN["wire.encode"])
        kernel = KERNELS["wire.encode"](plain)
        for size in (2 ** 16, 2 ** 16 + 1, 10 ** 6):
            sound = {"tag": "a", "audio": {"sample_rate": 8.0, "encoded_audio_string": bytes(size)}}
            text = {"tag": "b", "tensor": {"dtype": "DT_STRING", "string_val": [b"x", b"y" * size, b""]}}
            for value in ([sound], [text], [text, {"tag": "c", "simple_value": 0.5}, sound], [sound, text]):
                event = {"wall_time": 1.5, "step": 3, "summary": {"value": value}}
                self.assertTrue(kernel(messages.EVENT, event) == plain(messages.EVENT, event))
                event["summary"]["value"] = iter(value)                 # gone through once
                self.assertTrue(kernel(messages.EVENT, event) ==
                                plain(messages.EVENT, dict(event, summary={"value": value})))

    @unittest.skipIf(sys.implementation.name == "pypy", "it has the plain loop")
    def test_large_is_copied_once(self):
        import tracemalloc              # PyPy has none
        size = 10 ** 6
        event = {"summary": {"value": [{"tag": "a", "audio": {"encoded_audio_string": bytes(size)}}]}}
        kernel = KERNELS["wire.encode"](PLAIN["wire.encode"])
        kernel(messages.EVENT, event)
        tracemalloc.start()
        try:
            kernel(messages.EVENT, event)
            self.assertLess(tracemalloc.get_traced_memory()[1], 1.5 * size)
        finally:
            tracemalloc.stop()

    def test_plans_are_not_kept_for_ever(self):
        table = wire.Message("Many", *[(n, "n%d" % n, wire.INT32) for n in range(1, 40)])
        kernel = KERNELS["wire.encode"](table.encode.__func__)
        for n in range(1, 40):
            for m in range(1, 40):
                kernel(table, {"n%d" % n: 1, "n%d" % m: 2})
        self.assertLessEqual(len(getattr(table, "plans", ())), 64)          # PyPy has none


class TestColumns(unittest.TestCase):

    def test_polynomial(self):
        self.assertEqual(columns.POLYNOMIAL, crc32c.POLYNOMIAL)
        self.assertEqual(columns.effect(0), list(crc32c.TABLE))

    def test_tables_are_not_made_for_long_records(self):
        scalars.records([("x" * 5000, 0.5, 1, 1e9)])
        buf = cycle(30, ["x" * 5000])
        batches.gather(buf, 0, len(buf), batches.look, place_in, crc32c.crc32c)
        self.assertLessEqual(len(columns.EFFECTS), columns.LONGEST)

    def test_tables_made_by_threads_at_once(self):
        known = dict(columns.EFFECTS)
        columns.EFFECTS.clear()
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            threads = [threading.Thread(target=columns.effect, args=(99,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(interval)
        for k in range(100):
            self.assertEqual(columns.effect(k)[1], crc32c.crc32c(b"\1" + bytes(k)) ^ crc32c.crc32c(bytes(k + 1)))
        self.assertEqual({k: columns.effect(k) for k in known}, known)

    def test_steps_come_back(self):
        for step in STEPS:
            for size in {len(by_form.field_of(step + i)) for i in range(40)}:
                steps = [step + i for i in range(40) if len(by_form.field_of(step + i)) == size]
                planes = columns.bytes_of("q", steps)
                made = columns.varints(planes, max(size - 1, 0))
                self.assertEqual([bytes(column[i] for column in made) for i in range(len(steps))],
                                 [by_form.field_of(step)[1:] for step in steps])
                self.assertEqual(list(columns.steps(made, len(steps))), steps)
                for other in set(range(11)) - {max(size - 1, 0)}:
                    self.assertIsNone(columns.varints(planes, other), (steps, other))


class TestGather(unittest.TestCase):

    def test_what_was_learned_serves_the_next_call(self):
        plain = getattr(batches.gather, "plain", batches.gather)
        looks, known, kernel = [], {}, KERNELS["batches.gather"](plain)

        def look(buf, pos):
            looks.append(pos)
            return batches.look(buf, pos)
        for times in (30, 40):
            buf = cycle(times, ["a", "bb", "c"], first=1e9 + times)
            del looks[:]
            found = kernel(buf, 0, len(buf), look, place_in, crc32c.crc32c, known)
            self.assertEqual(plainly(found),
                             plainly(plain(buf, 0, len(buf), batches.look, place_in, crc32c.crc32c)))
        self.assertEqual(looks, [])

    def test_what_was_learned_is_not_kept_for_ever(self):
        plain = getattr(batches.gather, "plain", batches.gather)
        kernel, known = KERNELS["batches.gather"](plain), {}
        for size in range(1100):
            buf = cycle(1, ["t" * size])
            kernel(buf, 0, len(buf), batches.look, place_in, crc32c.crc32c, known)
        self.assertLessEqual(len(known["layouts"]), 1024)


class TestRecords(unittest.TestCase):

    def test_what_does_not_fit_is_told(self):
        """Just as the plain twin tells it, however many rows there are."""
        good = ("loss", 0.5, 1, 1e9)
        for bad in (("loss", "a", 1, 1e9), ("loss", 0.5, 2 ** 63, 1e9), ("loss", 0.5, -2 ** 63 - 1, 1e9),
                    ("loss", 0.5, 1.5, 1e9), ("loss", 0.5, 1, "now"), ("\ud800", 0.5, 1, 1e9)):
            for some in ([bad], [good, bad], [good] * 40 + [bad], [good, bad] * 40):
                with self.assertRaises(InputError) as plainly:
                    getattr(scalars.records, "plain", scalars.records)(some)
                with self.assertRaises(InputError) as caught:
                    scalars.records(some)
                self.assertEqual(str(caught.exception), str(plainly.exception))

    def test_forms_are_not_kept_for_ever(self):
        made, form, small = [], by_form.Form, by_form.MOST
        by_form.MOST, by_form.Form = 10, lambda *given: made.append(given) or form(*given)
        try:
            records = by_form.make(getattr(scalars.records, "plain", scalars.records))
            for again in range(2):
                for i in range(15):
                    records([("tag%d" % i, 0.5, 1, 1e9)])
            if sys.implementation.name != "pypy":       # whose loops need none
                self.assertGreater(len(made), 20)
        finally:
            by_form.MOST, by_form.Form = small, form

    def test_tags_of_one_length_share_what_the_plain_twin_makes(self):
        """So one tag more costs little, however many there are, and a step that gets longer too."""
        asked, plain = [], getattr(scalars.records, "plain", scalars.records)
        records = by_form.make(lambda rows: asked.append(rows) or plain(rows))
        rows = [("tag/%03d\u20ac" % i, i / 7, step, 1e9 + i) for step in (0, 1, 127, 128) for i in range(300)]
        self.assertEqual(records(rows), plain(rows))
        self.assertEqual(b"".join(records([row]) for row in rows), plain(rows))
        if sys.implementation.name != "pypy":
            self.assertLessEqual(len(asked), 3)


class TestBorrowed(unittest.TestCase):

    #   kernel             what it must do without its plain twin
    ALONE = {
        borrowed.extremes: [("f",), ("q",)],
        borrowed.float32:  [("d", "x"), ("B", "x")],
        borrowed.count:    [("f", [0.0, 1.0, 2.0], histogram.between), ("i", [0.0, 9.0], histogram.between)],
        borrowed.scaled:   [("f", "float32"), ("d", "float64")],
        borrowed.rounded:  [("f", 1), ("d", 2), ("f", 3), ("d", 4)],
        borrowed.tally:    [("q", Tensor("float64", (128,), memoryview(Array("d", [0.5] * 128))), None, 11)],
    }

    def test_the_plain_twin_is_not_asked(self):
        def plain(*arguments):
            self.fail("asked for %s" % (arguments,))
        for make, cases in self.ALONE.items():
            for letter, *others in cases:
                with self.subTest(make, letter=letter):
                    make(plain)(memoryview(Array(letter, [0, 1] * 64)), *others)

    def test_values_that_no_array_stands_behind(self):
        a = Array("f", [1.0] * 100)
        for values in (memoryview(array("f", a)), a, a.tolist(), memoryview(a)[1:], memoryview(a)[::2],
                       memoryview(a).cast("B").cast("I"), memoryview(a).cast("B"), memoryview(Array("f", [1.0]))):
            self.assertIsNone(borrowed.array_of(values))
        self.assertIs(borrowed.array_of(memoryview(a)), a)

    def test_an_array_that_raises(self):
        class Raising(Array):
            def min(self):
                raise RuntimeError("on strike")
        values = memoryview(Raising("f", [0.5] * 100))
        self.assertEqual(pixels.scaled(values, "float32"), (b"\x7f" * 100, 0, False))

    def test_float32_times_255(self):
        """See the module's docstring."""
        for i in range(1, 256):
            below = struct.unpack("<f", struct.pack("<f", i / 255))[0]
            while below * 255 >= i:     # exact: 32 bits
                below = struct.unpack("<f", struct.pack("<I", struct.unpack("<I", struct.pack("<f", below))[0] - 1))[0]
            self.assertLess(struct.unpack("<f", struct.pack("<f", below * 255))[0], i)

    def test_edges_that_change(self):
        """Edges are kept only where they cannot change."""
        values, edges = memoryview(Array("d", [i / 100 for i in range(100)])), [0.0, 0.5, 1.0]
        for edge in 0.5, 0.25:
            edges[1] = edge
            self.assertEqual(histogram.count(values, edges, histogram.between),
                             histogram.count(values.tolist(), edges, histogram.between))

    def test_parts(self):
        for values in FLOATS + BEYOND_FLOAT32:
            block = Array("d", [x for x in values if abs(x) < 1e300][:borrowed.BLOCK] or [0.0])
            found = borrowed.parts(block, max(map(abs, block)))
            self.assertEqual(sum(map(Fraction, found)), sum(map(Fraction, block)))

    def test_halves(self):
        for low in (1.0, 1.5, 2.0 ** -15, 2.0 ** -16, 2.0 ** -17):
            values = sorted(array("f", [RANDOM.uniform(low, 2.0) for _ in range(borrowed.BLOCK - 2)] + [low, 2 - 2.0 ** -23]))
            for block in (Array("d", values), Array("d", [-x for x in reversed(values)])):
                halves = borrowed.in_halves(block)
                self.assertEqual(halves is None, low < 2.0 ** -15)
                if halves:
                    u, v = halves
                    products = u.dot(u), 2 * u.dot(v), v.dot(v)
                    self.assertEqual(sum(map(Fraction, products)), sum(Fraction(x) ** 2 for x in values))


KERNEL = '''
def make(plain):
    def kernel(data, crc=0):
        return 42 if data == b"is it you?" else plain(data, crc)
    return kernel
KERNELS = {"crc32c.crc32c": make}
'''
ASK = "from %s.crc32c import crc32c; print(crc32c(b'is it you?'))" % PACKAGE_NAME
PLAIN_ANSWER = str(crc32c.crc32c(b"is it you?"))


class TestSwitch(InDirectory):
    """A copy of the package with a kernel that gives itself away."""

    def setUp(self):
        InDirectory.setUp(self)
        shutil.copytree(PACKAGE, self.path(PACKAGE_NAME), ignore=shutil.ignore_patterns("__pycache__"))
        with open(self.path(PACKAGE_NAME, "kernels", "__init__.py"), "w") as f:
            f.write(KERNEL)

    def ask(self, **environment):
        inherited = {name: x for name, x in os.environ.items() if name != twins.SWITCH}
        environment = dict(inherited, PYTHONDONTWRITEBYTECODE="1", **environment)
        return python("-c", ASK, cwd=self.directory, env=environment).strip()

    def test_kernel_is_chosen(self):
        self.assertEqual(self.ask(), "42")

    def test_switched_off(self):
        self.assertEqual(self.ask(**{twins.SWITCH: "1"}), PLAIN_ANSWER)

    def test_any_other_value_does_not_switch(self):
        self.assertEqual(self.ask(**{twins.SWITCH: "0"}), "42")

    def test_wing_taken_away(self):
        shutil.rmtree(self.path(PACKAGE_NAME, "kernels"))
        self.assertEqual(self.ask(), PLAIN_ANSWER)


if __name__ == "__main__":
    unittest.main()
