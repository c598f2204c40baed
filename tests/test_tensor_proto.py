"""Tensors in a TensorProto: every dtype, both ways, and what other writers made of it."""
import math
import random
import struct
import sys
import unittest
from array import array

from tbx_pure import SummaryWriter
from tbx_pure.errors import FormatError, InputError
from tbx_pure.messages import SUMMARY, TENSOR
from tbx_pure.plugins import tensor as plugin
from tbx_pure.plugins.tensor import tensors
from tbx_pure.tensor import Tensor, is_float
from tbx_pure.tensor_proto import (BY_DTYPE, DTYPES, MAX_FILLED, SIZE, shape_of, tensor_proto,
                                   tensor_values)

from .helpers import InDirectory, events, summaries

INF, NAN = math.inf, math.nan

# Values each dtype holds exactly, its limits among them.
EXACT = {
    "float32": [0.0, 1.5, -2.0, 3.4028234663852886e38, 2.0 ** -149, INF],
    "float64": [0.0, 0.1, -1e308, 5e-324, -INF, 1.0],
    "float16": [0.0, 1.5, -2.0, 65504.0, 2.0 ** -24, -INF],
    "bfloat16": [0.0, 1.5, -2.0, 3.3895313892515355e38, 2.0 ** -133, INF],
    "bool": [True, False, True, True, False, False],
    "int8": [0, 1, -1, 127, -128, 5],
    "int16": [0, 1, -1, 32767, -32768, 5],
    "int32": [0, 1, -1, 2 ** 31 - 1, -2 ** 31, 5],
    "int64": [0, 1, -1, 2 ** 63 - 1, -2 ** 63, 5],
    "uint8": [0, 1, 127, 128, 255, 5],
    "uint16": [0, 1, 127, 128, 65535, 5],
    "uint32": [0, 1, 127, 128, 2 ** 32 - 1, 5],
    "uint64": [0, 1, 127, 128, 2 ** 64 - 1, 5],
    "float8_e5m2": [0.0, 1.5, -2.0, 57344.0, 2.0 ** -16, INF],
    "float8_e4m3fn": [0.0, 1.5, -2.0, 448.0, 2.0 ** -9, -448.0],
    "float8_e5m2fnuz": [0.0, 1.5, -2.0, 57344.0, 2.0 ** -17, -1.0],
    "float8_e4m3fnuz": [0.0, 1.5, -2.0, 240.0, 2.0 ** -10, -1.0],
    "float8_e4m3b11fnuz": [0.0, 1.5, -2.0, 30.0, 2.0 ** -13, -1.0],
    "complex64": [0j, 1.5 - 2j, complex(INF, -INF), 2.0 ** -149 * 1j, -1 + 0j, 1j],
    "complex128": [0j, 0.1 - 1e308j, complex(INF, -INF), 5e-324j, -1 + 0j, 1j],
    "string": [b"", b"a", b"\xff\x00", b"text", b"b", b"c"],
}
LETTERS = dict(float32="f", float64="d", float16="e", bool="?", int8="b", int16="h", int32="i",
               int64="q", uint8="B", uint16="H", uint32="I", uint64="Q")


def trip(tensor):
    """Return a tensor after a trip through its bytes."""
    return tensor_values(TENSOR.decode(TENSOR.encode(tensor_proto(tensor))))


def dims(*sizes):
    return {"dim": [{"size": size} for size in sizes]}


class TestBothWays(unittest.TestCase):

    def test_every_dtype(self):
        self.assertEqual(set(EXACT), set(BY_DTYPE))
        for dtype, values in EXACT.items():
            for shape in ((6,), (2, 3), (1, 6, 1)):
                with self.subTest(dtype):
                    found = trip(Tensor(dtype, shape, values))
                    self.assertEqual((found.dtype, found.shape, list(found.values)),
                                     (dtype, shape, values))

    def test_one_and_none(self):
        for dtype, values in EXACT.items():
            for shape, few in (((), values[1:2]), ((1,), values[1:2]), ((0,), []), ((2, 0, 3), []),
                               ((0, 5), ())):
                found = trip(Tensor(dtype, shape, few))
                self.assertEqual((found.dtype, found.shape, list(found.values)),
                                 (dtype, shape, list(few)))

    def test_nan(self):
        for dtype in filter(is_float, BY_DTYPE):
            x, = trip(Tensor(dtype, (1,), [NAN])).values
            self.assertNotEqual(x, x)

    def test_content(self):
        for dtype, values in EXACT.items():
            if dtype in LETTERS:
                content = struct.pack("<6" + LETTERS[dtype], *values)
                self.assertEqual(SIZE[dtype] * 6, len(content))
                found = tensor_values({"dtype": BY_DTYPE[dtype].data_type,
                                       "tensor_shape": dims(2, 3),
                                       "tensor_content": content})
                self.assertEqual((found.dtype, found.shape, list(found.values)),
                                 (dtype, (2, 3), values))

    def test_content_of_bfloat16(self):
        found = tensor_values({"dtype": "DT_BFLOAT16", "tensor_shape": dims(3),
                               "tensor_content": bytes.fromhex("c03f00c00000")})
        self.assertEqual(list(found.values), [1.5, -2.0, 0.0])

    def test_content_of_the_other_dtypes(self):
        for dtype, content, values in (
                ("float8_e5m2", "3e00c1", [1.5, 0.0, -2.5]),
                ("float8_e4m3fn", "3c00c2", [1.5, 0.0, -2.5]),
                ("complex64", "0000c03f000000c0", [1.5 - 2j]),
                ("complex128", "000000000000f83f00000000000000c0", [1.5 - 2j])):
            content = bytes.fromhex(content)
            self.assertEqual(SIZE[dtype] * len(values), len(content))
            found = tensor_values({"dtype": BY_DTYPE[dtype].data_type, "tensor_content": content,
                                   "tensor_shape": dims(len(values))})
            self.assertEqual((found.dtype, list(found.values)), (dtype, values))

    def test_content_wins(self):
        self.assertEqual(list(tensor_values({
            "dtype": "DT_INT8", "tensor_shape": dims(2), "tensor_content": b"\x01\xff",
            "int_val": [5, 6]}).values), [1, -1])

    def test_unsigned_stand_where_tensorboard_reads_them(self):
        for dtype in ("uint32", "uint64"):
            self.assertIn("tensor_content", tensor_proto(Tensor(dtype, (1,), [1])))
            self.assertEqual(list(tensor_values({"dtype": "DT_" + dtype.upper(),
                                                 "tensor_shape": dims(2),
                                                 dtype + "_val": [7, 8]}).values), [7, 8])

    def test_16_bits(self):
        self.assertEqual(list(tensor_proto(Tensor("float16", (3,), [1.5, -2.0, 0.0]))["half_val"]),
                         [0x3e00, 0xc000, 0])
        self.assertEqual(list(tensor_proto(Tensor("bfloat16", (3,), [1.5, -2.0, 0.0]))["half_val"]),
                         [0x3fc0, 0xc000, 0])

    def test_8_bits(self):                      # tensor-5
        self.assertEqual(tensor_proto(Tensor("float8_e4m3fn", (3,), [1.5, -2.0, 0.0])), {
            "dtype": "DT_FLOAT8_E4M3FN", "tensor_shape": dims(3), "float8_val": b"\x3c\xc0\0"})
        self.assertEqual(TENSOR.encode(tensor_proto(Tensor("float8_e5m2", (1,), [1.5]))).hex(),
                         "0818" "1204" "12020801" "920101" "3e")

    def test_rounded(self):
        self.assertEqual(tensor_proto(Tensor("bfloat16", (2,), [3.14159, 1e39]))["half_val"],
                         [0x4049, 0x7F80])
        self.assertEqual(tensor_proto(Tensor("float16", (1,), [1e6]))["half_val"], [0x7C00])

    def test_complex(self):                     # tensor-4
        self.assertEqual(tensor_proto(Tensor("complex64", (2,), [1.5 - 2j, 3])),
                         {"dtype": "DT_COMPLEX64", "tensor_shape": dims(2),
                          "scomplex_val": [1.5, -2.0, 3, 0]})

    def test_random(self):
        rng = random.Random(3)
        for _ in range(200):
            shape = tuple(rng.randrange(5) for _ in range(rng.randrange(4)))
            count = 1
            for size in shape:
                count *= size
            values = [rng.randrange(-2 ** 63, 2 ** 63) >> rng.randrange(64) for _ in range(count)]
            self.assertEqual(list(trip(Tensor("int64", shape, values)).values), values)


class TestRead(unittest.TestCase):

    def read(self, shape, **fields):
        return list(tensor_values(dict(fields, tensor_shape=shape)).values)

    def test_one_value_fills_the_shape(self):
        self.assertEqual(self.read(dims(2, 2), dtype="DT_FLOAT", float_val=[0.5]), [0.5] * 4)
        self.assertEqual(self.read(dims(3), dtype="DT_STRING", string_val=[b"x"]), [b"x"] * 3)
        self.assertEqual(self.read(dims(3), dtype="DT_HALF", half_val=[0x3e00]), [1.5] * 3)
        self.assertEqual(self.read(dims(4), dtype="DT_INT32", int_val=[1, 2]), [1, 2, 2, 2])
        self.assertEqual(self.read(dims(2), dtype="DT_FLOAT8_E5M2", float8_val=b"\x3e"), [1.5] * 2)
        self.assertEqual(self.read(dims(2), dtype="DT_COMPLEX64", scomplex_val=[1.0, 2.0]),
                         [1 + 2j] * 2)

    def test_no_shape_is_a_single_number(self):
        self.assertEqual(tensor_values({"dtype": "DT_FLOAT", "float_val": [0.5]}),
                         Tensor("float32", (), [0.5]))
        self.assertEqual(shape_of({}), ())

    def test_torch(self):
        """What torch 2.13.0 writes for half, bfloat16 and uint8, none of it by the rules."""
        for record, expected in (
                ("0a2b0a0174421a08131204120208036a10808080fe0380808080fcffffffff01004a0a0a080a0674"
                 "656e736f72",
                 Tensor("float16", (3,), [1.5, -2.0, 0.0])),
                ("0a2b0a0174421a080e1204120208036a10808080fe0380808080fcffffffff01004a0a0a080a0674"
                 "656e736f72",
                 Tensor("bfloat16", (3,), [1.5, -2.0, 0.0])),
                ("0a1f0a0174420e080412041202080282010300ff014a0a0a080a0674656e736f72",
                 Tensor("uint8", (2,), [0, 255]))):
            value, = SUMMARY.decode(bytes.fromhex(record))["value"]
            self.assertEqual(plugin.read(value), expected)

    def test_torch_one_sign_only(self):
        for x in (1.5, -2.0):
            pattern, = struct.unpack("<i", struct.pack("<f", x))
            self.assertEqual(self.read(dims(2), dtype="DT_HALF", half_val=[0, pattern]), [0.0, x])

    def refused(self, rule, **fields):
        with self.subTest(fields), self.assertRaises(FormatError) as caught:
            tensor_values(fields)
        self.assertEqual((caught.exception.rule, caught.exception.pos), (rule, 0))

    def test_shape_not_known(self):
        self.refused("tensor-1", dtype="DT_FLOAT", tensor_shape={"unknown_rank": True},
                     float_val=[1.0])
        self.refused("tensor-1", dtype="DT_FLOAT", tensor_shape=dims(2, -1), float_val=[1.0])

    def test_content_of_another_length(self):
        for n in (0, 7, 9, 16):
            self.refused("tensor-3", dtype="DT_FLOAT", tensor_shape=dims(2),
                         tensor_content=bytes(n) or b"\0", float_val=[1.0])
        self.refused("tensor-3", dtype="DT_STRING", tensor_shape=dims(1), tensor_content=b"x")
        self.refused("tensor-3", dtype="DT_DOUBLE", tensor_shape=dims(2 ** 62),
                     tensor_content=b"12345678")

    def test_values_of_another_number(self):
        for sizes, values in (((2,), []), ((2,), [1.0] * 3), ((0,), [1.0]), ((), [])):
            self.refused("tensor-4", dtype="DT_FLOAT", tensor_shape=dims(*sizes), float_val=values)
        self.refused("tensor-4", dtype="DT_COMPLEX64", tensor_shape=dims(1), scomplex_val=[1.0] * 3)
        self.refused("tensor-4", dtype="DT_FLOAT8_E5M2", tensor_shape=dims(1), float8_val=b"\0\0")

    def test_few_bytes_claim_all_memory(self):
        self.assertEqual(len(self.read(dims(MAX_FILLED + 1), dtype="DT_FLOAT", float_val=[1.0])),
                         MAX_FILLED + 1)
        for sizes in ((MAX_FILLED + 2,), (2 ** 62, 2 ** 62)):
            self.refused("tensor-4", dtype="DT_FLOAT", tensor_shape=dims(*sizes), float_val=[1.0])

    def test_dtypes_not_read(self):
        for data_type in ("DT_QINT8", "DT_VARIANT", "DT_INT4", 200):
            self.refused("tensor-7", dtype=data_type, tensor_shape=dims(1))
        self.refused("tensor-7", tensor_shape=dims(1))


class TestTensors(unittest.TestCase):
    """add_tensor's records."""

    def test_torch(self):
        """Those of torch 2.13.0."""
        for x, expected in (
                (memoryview(array("f", [1.5, -2])).cast("B").cast("f", (2, 1)),
                 "0a270a017442160801120812020802120208012a080000c03f000000c04a0a0a080a0674656e73"
                 "6f72"),
                (0.1, "0a1f0a0174420e0802120032089a9999999999b93f4a0a0a080a0674656e736f72"),
                (array("b", [-1]),
                 "0a250a0174421408061204120208013a0affffffffffffffffff014a0a0a080a0674656e736f72"),
                (array("h", [-300]),
                 "0a250a0174421408051204120208013a0ad4fdffffffffffffff014a0a0a080a0674656e736f72"),
                (array("i", [-2 ** 31]),
                 "0a250a0174421408031204120208013a0a80808080f8ffffffff014a0a0a080a0674656e736f72"),
                ([[1, 2], [3, 4]],
                 "0a230a017442120809120812020802120208025204010203044a0a0a080a0674656e736f72"),
                ([True, False], "0a1d0a0174420c080a1204120208025a0201004a0a0a080a0674656e736f72")):
            self.assertEqual(SUMMARY.encode(tensors("t", x)).hex(), expected)

    def test_complex(self):
        """That of torch 2.13.0."""
        self.assertEqual(SUMMARY.encode(tensors("t", [1 + 2j])).hex(),
                         "0a2b0a0174421a08121204120208016210000000000000f03f0000000000000040"
                         "4a0a0a080a0674656e736f72")

    def test_describe(self):
        value, = tensors("t", [1j, 2])["value"]
        self.assertEqual(plugin.read(value), Tensor("complex128", (2,), [1j, 2]))
        self.assertEqual(plugin.describe(value), "DT_COMPLEX128 of shape (2,)")

    def test_refused(self):
        for x in (None, "text", [[1j], [1j, 2]], [2 ** 63], [-2 ** 63 - 1], [1.5, 10 ** 400], {},
                  [[1], [1, 2]]):
            with self.subTest(repr(x)[:20]), self.assertRaises(InputError) as caught:
                tensors("t", x)
            self.assertEqual(caught.exception.argument, "tensor")
        with self.assertRaises(InputError) as caught:
            tensors(b"t", 1)
        self.assertEqual(caught.exception.argument, "tag")

    def test_too_large(self):
        for dtype, count in (("uint8", 2 ** 31), ("float64", 2 ** 28), ("bfloat16", 2 ** 30),
                             ("complex64", 2 ** 28), ("float8_e5m2", 2 ** 31)):
            if count > sys.maxsize:     # on a machine of 32 bits there is no such thing
                continue
            with self.assertRaises(InputError) as caught:
                tensor_proto(Tensor(dtype, (count,), range(count)), "x")
            self.assertEqual((caught.exception.argument, caught.exception.need),
                             ("x", "at most 2147483647 bytes"))

    def test_every_row_has_a_kind(self):
        for row in DTYPES:
            self.assertIn(row.field, TENSOR.by_name)
            self.assertIn(row.written, TENSOR.by_name)
            self.assertIn(row.data_type, TENSOR.by_name["dtype"].kind.numbers)


class TestWriter(InDirectory):

    def test_add_tensor(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_tensor("a b", [[1, 2], [3, 4]], 7)
            with self.assertRaises(InputError) as caught:
                writer.add_tensor("t", "abc")
        self.assertIn("add_tensor('t'): tensor: need real numbers", str(caught.exception))
        (step, value), = summaries(self.directory)
        self.assertEqual((step, value["tag"], plugin.read(value)),
                         (7, "a b", Tensor("int64", (2, 2), [1, 2, 3, 4])))
        self.assertEqual(value["metadata"], {"plugin_data": {"plugin_name": "tensor"}})
        self.assertEqual(len(events(self.directory)), 2)


if __name__ == "__main__":
    unittest.main()
