"""The wire format, both ways.  spec/2-wire-format.md: wire-1 to wire-13"""
import random
import unittest
from array import array

from tbx_pure import FormatError, InputError, wire
from tbx_pure.proto_json import from_json, tables, to_json
from tbx_pure.wire import Message, read_varint, varint

from .helpers import tracemalloc
from .vectors import decoded, load, same, unhex

VARINTS = load("varints")
VECTORS = load("fields")
EXAMPLE = tables(VECTORS)["Example"]


class TestCase(unittest.TestCase):
    def refuses(self, rule, pos, call, *args):
        with self.assertRaises(FormatError) as caught:
            call(*args)
        self.assertEqual((caught.exception.rule, caught.exception.pos), (rule, pos),
                         str(caught.exception))

    def cannot(self, values, argument, table=EXAMPLE):
        with self.assertRaises(InputError) as caught:
            table.encode(values)
        self.assertEqual(caught.exception.argument, argument)
        return caught.exception


class TestVarints(TestCase):                                                # wire-2
    def test_vectors(self):
        for case in VARINTS["varints"]:
            with self.subTest(case["id"]):
                n, data = int(case["n"]), unhex(case["hex"])
                self.assertEqual(read_varint(data, 0, len(data)), (n, len(data)))
                self.assertEqual(read_varint(b"\xff" + data + b"\xff", 1, len(data) + 2),
                                 (n, len(data) + 1))
                for end in range(len(data)):
                    self.refuses("wire-2", 0, read_varint, data, 0, end)    # not ours
                    self.refuses("wire-2", 1, read_varint, b"\x01" + data[:end], 1, end + 1)
                if case["roundtrip"]:
                    self.assertEqual(varint(n), data)
                else:
                    self.assertLess(len(varint(n)), len(data) + 1)
                    self.assertEqual(read_varint(varint(n), 0, 10)[0], n)

    def test_bad(self):
        for case in VARINTS["bad"]:
            with self.subTest(case["id"]):
                data = unhex(case["hex"])
                self.refuses(case["rule"], case["pos"], read_varint, data, 0, len(data))

    def test_every_power_of_two(self):
        for bit in range(64):
            for n in 2 ** bit - 1, 2 ** bit, 2 ** bit + 1:
                data = varint(n)
                self.assertEqual(len(data), max(1, (n.bit_length() + 6) // 7))
                self.assertEqual(read_varint(data, 0, len(data)), (n, len(data)))
                self.assertEqual(sum((byte & 0x7F) << 7 * i for i, byte in enumerate(data)), n)
                self.assertEqual([byte >> 7 for byte in data], [1] * (len(data) - 1) + [0])


class TestVectors(TestCase):
    def test_decode(self):
        for case in VECTORS["valid"]:
            with self.subTest(case["id"]):
                data = unhex(case["hex"])
                self.assertEqual(same(to_json(EXAMPLE, EXAMPLE.decode(data))), same(case["value"]))
                around = b"\x08" + data + b"\xff"
                self.assertEqual(same(to_json(EXAMPLE, EXAMPLE.decode(around, 1, 1 + len(data)))),
                                 same(case["value"]))
                for buffer in bytearray, memoryview, lambda data: memoryview(array("B", data)):
                    self.assertEqual(repr(EXAMPLE.decode(buffer(data))), repr(EXAMPLE.decode(data)))

    def test_encode(self):
        for case in VECTORS["valid"]:
            with self.subTest(case["id"]):
                data = unhex(case["hex"])
                ours = EXAMPLE.encode(from_json(EXAMPLE, case["value"]))
                if case["roundtrip"]:
                    self.assertEqual(ours.hex(), data.hex())
                    self.assertEqual(EXAMPLE.encode(EXAMPLE.decode(data)).hex(), data.hex())
                else:
                    self.assertEqual(same(to_json(EXAMPLE, EXAMPLE.decode(ours))),
                                     same(case["value"]))
                if "given" in case:
                    self.assertEqual(EXAMPLE.encode(from_json(EXAMPLE, case["given"])).hex(),
                                     data.hex())

    def test_values_survive_a_second_trip(self):
        for case in VECTORS["valid"]:
            with self.subTest(case["id"]):
                once = EXAMPLE.encode(EXAMPLE.decode(unhex(case["hex"])))
                self.assertEqual(EXAMPLE.encode(EXAMPLE.decode(once)), once)

    def test_bad(self):
        for case in VECTORS["bad"]:
            with self.subTest(case["id"]):
                data = unhex(case["hex"])
                self.refuses(case["rule"], case["pos"], EXAMPLE.decode, data)
                self.refuses(case["rule"], case["pos"] + 3, EXAMPLE.decode, b"\0\0\0" + data, 3)
                around = b"\x08\x01" + data + b"\x01" * 99
                self.refuses(case["rule"], case["pos"] + 2, EXAMPLE.decode, around, 2,
                             2 + len(data))

    def test_unwritable(self):
        for case in VECTORS["unwritable"]:
            with self.subTest(case["id"]):
                with self.assertRaises(InputError):
                    EXAMPLE.encode(from_json(EXAMPLE, case["value"]))
                with self.assertRaises(InputError):
                    EXAMPLE.encode({"a_message": from_json(EXAMPLE, case["value"])})


class TestEncode(TestCase):
    def test_errors_name_the_field(self):
        e = self.cannot({"an_int32": 2 ** 31}, "Example.an_int32")          # wire-5
        self.assertEqual(str(e), "Example.an_int32: need a value of type int32, got int 2147483648")
        self.cannot({"a_message": {"a_float": "x"}}, "Example.a_float")
        self.cannot({"messages": [{}, {"a_string": b"x"}]}, "Example.a_string")
        self.cannot({"int64s": [1, 2.0]}, "Example.int64s")
        self.cannot({"a_bytes": "text"}, "Example.a_bytes")
        self.cannot({"a_bytes": 3}, "Example.a_bytes")                      # not three zeros
        self.cannot({"a_double": None, "an_enum": "NONE"}, "Example.an_enum")
        self.cannot({"a_message": 5}, "Example.a_message")
        e = self.cannot({"b": 1, "an_int32": 1, "a": 2}, "Example")         # wire-8
        self.assertEqual((e.need, e.got), ("only fields of its table", "a, b"))
        e = self.cannot({"text": "", "flag": False}, "Example.choice")      # wire-8
        self.assertEqual((e.need, e.got), ("at most one member", "text and flag"))

    def test_none_is_absent(self):                                          # wire-8
        self.assertEqual(EXAMPLE.encode(dict.fromkeys(EXAMPLE.by_name)), b"")
        self.assertEqual(EXAMPLE.encode({"number": None, "text": "x"}),
                         EXAMPLE.encode({"text": "x"}))

    def test_order_of_the_dict_means_nothing(self):                         # wire-8
        case = next(case for case in VECTORS["valid"] if case["id"] == "everything")
        values = from_json(EXAMPLE, case["value"])
        rng = random.Random(3)
        for _ in range(20):
            names = list(values)
            rng.shuffle(names)
            self.assertEqual(EXAMPLE.encode({name: values[name] for name in names}).hex(),
                             case["hex"])

    def test_fields_are_in_order_of_number(self):
        table = Message("Table", (3, "c", wire.INT32), (1, "a", wire.INT32))
        self.assertEqual([field.name for field in table.fields], ["a", "c"])

    def test_order_of_the_table_means_nothing(self):                        # wire-8
        table = Message("T", (9, "nine", wire.INT32),
                        ("one of", (2, "two", wire.INT32), (4, "four", wire.INT32)),
                        (1, "one", wire.INT32))
        table.also((3, "three", table))
        self.assertEqual(table.encode({"nine": 9, "two": 0, "one": 1, "three": {"four": 4}}).hex(),
                         "0801" "1000" "1a022004" "4809")

    def test_what_counts_as_an_integer(self):                               # wire-5
        class Index:
            def __index__(self):
                return 300
        self.assertEqual(EXAMPLE.encode({"an_int32": Index(), "an_int64": True}).hex(),
                         "08ac02" "1001")
        self.assertEqual(EXAMPLE.encode({"a_bytes": array("B", [1, 2])}).hex(), "52020102")

    def test_integers_far_beyond_float(self):                               # wire-6
        for n, text in ((10 ** 40, "0000807f"), (-10 ** 400, "000080ff"),
                        (2 ** 128 - 2 ** 103, "0000807f")):
            self.assertEqual(EXAMPLE.encode({"a_float": n}).hex(), "3d" + text)

    def test_every_float_is_rounded_to_nearest_even(self):                  # wire-6
        rng = random.Random(4)
        for _ in range(2000):
            m, e = rng.getrandbits(24) | 1 << 23, rng.randrange(-149, 103)
            low, high = m * 2.0 ** e, (m + 1) * 2.0 ** e
            for x, expected in ((low, low), ((low + high) / 2, high if m & 1 else low),
                                ((3 * low + high) / 4, low), ((low + 3 * high) / 4, high),
                                (-low, -low)):
                self.assertEqual(EXAMPLE.decode(EXAMPLE.encode({"a_float": x})),
                                 {"a_float": expected})


class TestDecode(TestCase):
    def test_what_is_absent_is_not_in_the_dict(self):                       # wire-8
        self.assertEqual(EXAMPLE.decode(b""), {})
        self.assertEqual(EXAMPLE.decode(unhex("08 00")), {"an_int32": 0})

    def test_types(self):
        case = next(case for case in VECTORS["valid"] if case["id"] == "everything")
        values = EXAMPLE.decode(unhex(case["hex"]))
        self.assertEqual(values, from_json(EXAMPLE, case["value"]))
        for name, kind in (("an_int32", int), ("a_bool", bool), ("an_enum", str),
                           ("a_float", float), ("a_string", str), ("a_bytes", bytes),
                           ("a_message", dict), ("int32s", list), ("by_name", dict)):
            self.assertIs(type(values[name]), kind)
        self.assertIs(type(EXAMPLE.decode(memoryview(b"\x52\x01x"))["a_bytes"]), bytes)

    def test_defaults(self):                                                # wire-8
        for name, expected in (("an_int32", 0), ("a_uint64", 0), ("a_bool", False),
                               ("an_enum", "ZERO"), ("a_float", 0.0), ("a_double", 0.0),
                               ("a_string", ""), ("a_bytes", b""), ("a_message", {}),
                               ("int32s", []), ("strings", []), ("by_name", {}), ("number", 0),
                               ("messages", []), ("text", "")):
            value = wire.default(EXAMPLE.by_name[name])
            self.assertEqual((value, type(value)), (expected, type(expected)), name)

    def test_what_is_no_list_or_no_dict(self):
        for name, value, need in (("int32s", 5, "a list"), ("strings", "text", "a list"),
                                  ("messages", {"an_int32": 1}, "a list"), ("messages", 5, "a list"),
                                  ("by_name", [1], "a dict"), ("by_name", 5, "a dict")):
            with self.assertRaises(InputError) as caught:
                EXAMPLE.encode({name: value})
            self.assertEqual((caught.exception.argument, caught.exception.need),
                             ("Example." + name, need))

    def test_every_truncation(self):                                        # wire-4
        """Cut between two fields, what is left is a message; cut anywhere else, it is refused."""
        for case in VECTORS["valid"]:
            data = unhex(case["hex"])
            ends = {0} | {end for _, _, _, _, end in wire.fields(data, 0, len(data))}
            for n in range(len(data) + 1):
                self.assertEqual(decoded(EXAMPLE, data[:n]) is not None, n in ends, (case["id"], n))
                decoded(EXAMPLE, data, 0, n)

    def test_every_bit(self):
        for case in VECTORS["valid"] + VECTORS["bad"]:
            data = bytearray(unhex(case["hex"]))
            for bit in range(8 * len(data)):
                data[bit // 8] ^= 1 << bit % 8
                values = decoded(EXAMPLE, data)
                if values is not None:
                    EXAMPLE.encode(values)
                data[bit // 8] ^= 1 << bit % 8

    def test_garbage(self):
        """Whatever the bytes, a dict that can be written again, or a FormatError."""
        rng = random.Random(5)
        whole = [unhex(case["hex"]) for case in VECTORS["valid"]]
        read = 0
        for i in range(6000):
            if i % 3:
                data = b"".join(rng.choice(whole) for _ in range(rng.randrange(3)))[:100]
                data = bytearray(data)
                for _ in range(rng.randrange(4)):
                    if data:
                        at = rng.randrange(len(data))
                        new = bytes([rng.choice(b"\0\1\2\x08\x5a\x7f\x80\xff")])
                        data[at:at + rng.randrange(3)] = new
            else:
                data = bytes(rng.getrandbits(8) for _ in range(rng.randrange(20)))
            values = decoded(EXAMPLE, data)
            if values is not None:
                read += 1
                once = EXAMPLE.encode(values)
                self.assertEqual(EXAMPLE.encode(EXAMPLE.decode(once)), once)
        self.assertTrue(1000 < read < 5000, read)


class TestLimits(TestCase):
    def test_nested(self):                                                  # wire-13
        for n, fine in ((2, True), (101, True), (102, False), (1000, False), (30000, False)):
            data = b"\x08\x01"
            for _ in range(n - 1):
                data = b"\x5a" + varint(len(data)) + data
            values = decoded(EXAMPLE, data)
            self.assertEqual(values is not None, fine, n)
            if fine:
                for _ in range(n - 1):
                    values = values["a_message"]
                self.assertEqual(values, {"an_int32": 1})

    def test_nested_in_lists_and_maps(self):                                # wire-13
        for key, inner in ("fa01", b""), ("ea02", b""), ("aa03", b"\x12"):
            for levels, fine in (100, True), (102, False):      # a map's entry is a level too
                if inner:
                    levels //= 2
                data = b""
                for _ in range(levels):
                    if inner:
                        data = inner + varint(len(data)) + data
                    data = bytes.fromhex(key) + varint(len(data)) + data
                self.assertEqual(decoded(EXAMPLE, data) is not None, fine, (key, levels))

    def test_groups_in_groups(self):                                        # wire-3
        n = 20000
        self.assertEqual(EXAMPLE.decode(b"\xa3\x06" * n + b"\xa4\x06" * n + b"\x08\x01"),
                         {"an_int32": 1})
        self.refuses("wire-4", 2 * n, EXAMPLE.decode, b"\xa3\x06" * n)

    def test_huge_lengths(self):                                            # wire-4
        for size in 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 62, 2 ** 63, 2 ** 64 - 1:
            for key in "4a", "52", "5a", "aa01", "e201", "9a03", "a206":
                data = b"\x08\x01" + unhex(key) + varint(size) + bytes(50)
                tracemalloc.start()
                try:
                    self.refuses("wire-4", 2, EXAMPLE.decode, data)
                    self.assertLess(tracemalloc.get_traced_memory()[1], 50000)
                finally:
                    tracemalloc.stop()


class TestFields(TestCase):
    def test_spans(self):                                                   # wire-1, wire-3
        data = unhex("08 9601 11 000000000000f03f 1a 02 6869 25 0000003f 2b 08 01 2c")
        self.assertEqual(list(wire.fields(data, 0, len(data))), [
            (1, wire.VARINT, 0, 1, 3), (2, wire.I64, 3, 4, 12), (3, wire.LEN, 12, 14, 16),
            (4, wire.I32, 16, 17, 21), (5, wire.GROUP, 21, 22, 25)])
        self.assertEqual(list(wire.fields(data, 3, 16)),
                         [(2, wire.I64, 3, 4, 12), (3, wire.LEN, 12, 14, 16)])

    def test_what_comes_before_damage_is_given_first(self):
        found = wire.fields(b"\x08\x01\x0f", 0, 3)
        self.assertEqual(next(found), (1, 0, 0, 1, 2))
        self.refuses("wire-3", 2, next, found)


if __name__ == "__main__":
    unittest.main()
