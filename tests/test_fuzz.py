"""Some cases of tests/fuzz, what it has found so far, and what is made to exhaust time or memory."""
import json
import struct
import sys
import time
import unittest
from io import BytesIO

from tbx_pure import FormatError
from tbx_pure.graph import keras, onnx, openvino
from tbx_pure.graph.onnx_messages import MODEL
from tbx_pure.media import encoded
from tbx_pure.media.png_reader import read_png
from tbx_pure.messages import EVENT
from tbx_pure.projector.config import CONFIG, merged, parse
from tbx_pure.read import Run
from tbx_pure.read.embeddings import embeddings
from tbx_pure.read.events import events
from tbx_pure.read.records import scan
from tbx_pure.record import frame
from tbx_pure.wire import END_GROUP, GROUP, LEN, varint

from .everywhere.storing import zlib
from .fuzz import mutate
from .fuzz.__main__ import case_of, run
from .fuzz.targets import TARGETS, Wrong
from .helpers import PYPY, InDirectory, tracemalloc

CASES = 100                             # of each target, fewer of slow ones


class TestSomeCases(unittest.TestCase):

    def test_each_target(self):
        for target in TARGETS:
            with self.subTest(target.name):
                read = run(target, 1, 0, CASES // target.slow)
                self.assertGreater(read, 0)
                self.assertLess(read, CASES)

    def test_a_case_is_the_same_again(self):
        for target in TARGETS:
            seeds = target.seeds()
            cases = [case_of(target, seeds, 1, number) for number in range(20)]
            self.assertEqual(cases, [case_of(target, target.seeds(), 1, number) for number in range(20)])
            if not isinstance(cases[0], tuple):
                self.assertGreater(len(set(map(repr, cases))), 15)

    def test_mutations_go_deep(self):
        """Most changed events are well-formed outside, and half are still events."""
        target = TARGETS[0]
        seeds, whole = target.seeds(), 0
        for number in range(200):
            whole += target.check(case_of(target, seeds, 2, number))
        self.assertTrue(80 < whole < 180, whole)

    def test_what_is_wrong_is_seen(self):
        target = TARGETS[0]._replace(check=lambda case: case[5000])
        with self.assertRaises(AssertionError) as caught:
            run(target, 1, 3, 1)
        self.assertIn("--only events --seed 1 --first 3 --cases 1", str(caught.exception))
        self.assertIsInstance(caught.exception.__cause__, IndexError)
        self.assertTrue(issubclass(Wrong, AssertionError))


class TestFound(InDirectory):
    """What fuzzing has found of programs; what it has found of the format is in spec/vectors/:
    file-goes-on-cut, file-goes-on-within and breaks-pr-curves-1-3."""

    def test_a_size_of_5000_digits(self):
        """From Python 3.11 on, int() refuses it."""
        with open(self.path(CONFIG), "wb") as f:
            f.write(b"embeddings { tensor_shape: " + b"9" * 5000 + b" }")
        with self.assertRaises(FormatError) as caught:
            embeddings(self.directory)
        self.assertEqual(caught.exception.pos, 27)

    def test_a_path_with_nul(self):
        with open(self.path(CONFIG), "wb") as f:
            f.write(b'embeddings { tensor_path: "a\\000b" }')
        one, = embeddings(self.directory)
        with self.assertRaises(FormatError) as caught:
            one.tensor()
        self.assertEqual(caught.exception.rule, "projector-2")


def nested(first, cycle, depth):
    """Return messages inside each other: of the fields `first`, and then of `cycle`, again and again."""
    numbers = list(first) + list(cycle) * (depth // len(cycle))
    data = b""
    for number in reversed(numbers):
        data = varint(number << 3 | LEN) + varint(len(data)) + data
    return data


def groups(n, ends=True):
    return varint(90 << 3 | GROUP) * n + varint(90 << 3 | END_GROUP) * (n if ends else 0)


def many_values(n):
    return EVENT.encode({"summary": {"value": [{"tag": "t", "simple_value": 1.0}] * n}})


def png_bomb(height, width, packed):
    return mutate.SIGNATURE + mutate.chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) \
        + mutate.chunk(b"IDAT", packed) + mutate.chunk(b"IEND", b"")


ZEROS = zlib.compress(bytes(1 << 24), 9)        # 16 KB that become 16 MB

#   what is read                    its bytes: small, and hostile
BOMBS = (
    (EVENT.decode,                  nested([5, 1, 8], [15, 3], 5000)),
    (EVENT.decode,                  groups(10 ** 5, False)),
    (EVENT.decode,                  b"\x80" * 10 ** 5),
    (EVENT.decode,                  b"\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    (EVENT.decode,                  b"\x2a\xff\xff\xff\xff\x07"),
    (MODEL.decode,                  nested([7], [1, 5, 6], 5000)),
    (onnx.read,                     MODEL.encode({"graph": {"node": [{"op_type": "f", "output": ["a"]}] * 2},
        "functions": [{"name": "f", "node": [{"op_type": "f"}] * 9}]})),
    (openvino.read,                 b"<a>" * 10 ** 5),
    (openvino.read,                 b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 9999 + b'">]><net>&b;&b;</net>'),
    (keras.read,                    b"[" * 10 ** 5),
    (keras.read,                    b'{"a":' * 10 ** 5),
    (keras.read,                    b'{"config": ' + b"9" * 10 ** 5 + b"}"),
    (parse,                         b"a {" * 10 ** 5),
    (parse,                         b"a: [" + b"{" * 10 ** 5),
    (read_png,                      png_bomb(1, 1, ZEROS)),
    (read_png,                      png_bomb(2 ** 31 - 1, 2 ** 31 - 1, ZEROS)),
    (read_png,                      png_bomb(2 ** 13, 2 ** 13, zlib.compress(b""))),
    (encoded.kind,                  b"GIF89a" + bytes(5) + b"\xff\0" + b"!\xff" * 10 ** 5),
    (encoded.kind,                  b"\xff\xd8" + b"\xff" * 10 ** 5),
)


class TestBombs(unittest.TestCase):

    def test_each_is_refused_at_little_cost(self):
        for number, (read, data) in enumerate(BOMBS):
            if read == keras.read and sys.platform == "emscripten":
                continue                # json's own recursion ends the process there
            with self.subTest(number, read=read, data=data[:30]):
                tracemalloc.start()
                try:
                    refused = None
                    try:
                        read(data)
                    except FormatError as e:
                        refused = e
                    peak = tracemalloc.get_traced_memory()[1]
                finally:
                    tracemalloc.stop()
                self.assertIsNotNone(refused)
                self.assertLess(peak, 4 * len(data) + (40 << 20))

    def test_lengths_of_records(self):
        for length in (2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 63, 2 ** 64 - 1):
            data = frame(b"") + mutate.header(length) + b"x" * 100
            for read in scan, events, Run:
                tracemalloc.start()
                try:
                    found = read(data)
                    if read is not Run:
                        self.assertEqual(len(list(found)), 1)
                    self.assertEqual(bool(found.torn), length < 2 ** 31)
                    peak = tracemalloc.get_traced_memory()[1]
                finally:
                    tracemalloc.stop()
                self.assertLess(peak, 1 << 22)


def every_event(data):
    return list(events(data))


def each_event(data):
    for _ in events(data):
        pass


def every_record(data):
    for _ in scan(BytesIO(data)):
        pass


def tags(n):
    """Return n records, each of a series of its own."""
    return b"".join(frame(EVENT.encode({"summary": {"value": [{"tag": "t%d" % i, "simple_value": 1.0}]}}))
                    for i in range(n))


#   what is read      n -> bytes of which it reads n parts
GROWING = (
    (EVENT.decode,    many_values),
    (EVENT.decode,    lambda n: EVENT.encode({"graph_def": bytes(10 * n)}) * 10),
    (EVENT.decode,    lambda n: EVENT.encode({"summary": {"value": [{"tag": "t"}]}}) * n),
    (EVENT.decode,    lambda n: EVENT.encode({"summary": {"value": [{"histo": {"bucket": [1.5] * n}}]}})),
    (EVENT.decode,    groups),
    (every_event,     lambda n: frame(b"x") * n),
    (every_event,     lambda n: frame(b"\xff") * n),
    (every_event,     lambda n: frame(EVENT.encode({"summary": {"value": [{"tag": "t"}] * n}})[:-1] + b"\xff")),
    (Run,             lambda n: frame(many_values(1)) * n),
    (Run,             lambda n: frame(many_values(n))),
    (Run,             tags),
    (onnx.read,       lambda n: MODEL.encode({"graph": {"node": [{"op_type": "a", "input": ["x"]}] * n}})),
    (onnx.read,       lambda n: MODEL.encode({"graph": {"node": [{"op_type": "a", "output": ["x"]}] * n}})),
    (openvino.read,   lambda n: b"<net><layers>" + b"".join(
        b'<layer id="%d" name="same" type="t"/>' % i for i in range(n)) + b"</layers></net>"),
    (keras.read,      lambda n: json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "Dense", "config": {"name": "d%d" % i}} for i in range(n)]}}).encode("utf-8")),
    (parse,           lambda n: b'a { b: "c" }' * n),
    (parse,           lambda n: b'a: "' + b"\\000" * n + b'"'),
    (parse,           lambda n: b'a: ' + b'"b"' * n),
    (lambda x: merged(x, "a", []), lambda n: b'embeddings { tensor_name: "a" }\n' * n),
    (encoded.kind,    lambda n: b"GIF89a\1\0\1\0" + bytes(3) + b"!\xff\1x\0" * n + b"," + bytes(11) + b";"),
    (read_png,        lambda n: mutate.SIGNATURE + mutate.chunk(b"IHDR", struct.pack(
        ">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + mutate.chunk(b"tEXt", b"") * n + mutate.chunk(
            b"IDAT", zlib.compress(bytes(2))) + mutate.chunk(b"IEND", b"")),
    (read_png,        lambda n: png_bomb(n, 3, zlib.compress(b"\4" + b"\1" * 9) if n == 1 else
                                         zlib.compress((b"\4" + b"\1" * 9) * n))),
)


EMPTY = varint(5 << 3 | LEN) + varint(40000) + b"\x0a\x00" * 20000          # 20,000 values, of which none is

#   what is read     its bytes                              at most so many times their memory
TAKING = (
    (every_record,   frame(b"x" * 10) * 4000,               4),
    (every_record,   frame(bytes(1 << 20)),                 4),
    (each_event,     frame(many_values(1)) * 4000,          4),
    (EVENT.decode,   EVENT.encode({"summary": {"value": [{"histo": {"bucket": [1.5] * 20000}}]}}), 5),
    (EVENT.decode,   EVENT.encode({"summary": {"value": [{"tensor": {"int_val": [5] * 50000}}]}}), 10),
    (EVENT.decode,   EMPTY,                                 140),    # each a dict, of two bytes
    (Run,            frame(EMPTY),                          140),
    (Run,            tags(4000),                            24),
)


class TestCost(unittest.TestCase):

    @unittest.skipIf(PYPY, "it does not tell how much memory it takes")
    def test_memory_is_bounded(self):
        for number, (read, data, times) in enumerate(TAKING):
            tracemalloc.start()
            try:
                read(data)
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
            self.assertLess(peak, times * len(data) + (1 << 20), number)

    @unittest.skipIf(sys.platform == "emscripten", "it has no clock of its own work")
    def test_time_is_linear(self):
        """Of eight times as much it takes eight times as long, not 64 times."""
        for number, (read, made) in enumerate(GROWING):
            with self.subTest(number):
                for _ in range(5):      # PyPy may compile meanwhile, or all that other tests left be collected
                    once, more = (min(self.seconds(read, made, n) for _ in range(2)) for n in (300, 2400))
                    if more < 24 * once + 0.02:
                        break
                self.assertLess(more, 24 * once + 0.02)

    def seconds(self, read, made, n):
        data = made(n)
        start = time.process_time()
        read(data)
        return time.process_time() - start


if __name__ == "__main__":
    unittest.main()
