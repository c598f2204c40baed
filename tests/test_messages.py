"""The tables of messages.py against events that other writers made.

spec/vectors/events.json and plugins.json
"""
import random
import unittest

from tbx_pure import FormatError, messages, wire
from tbx_pure.messages import EVENT
from tbx_pure.proto_json import from_json, to_json, walk

from .vectors import decoded, load, same, unhex

VECTORS = load("events")
VECTORS["valid"] += load("plugins")["valid"]
FILES = load("records")["files"]


class TestVectors(unittest.TestCase):
    def test_decode(self):
        for case in VECTORS["valid"]:
            with self.subTest(case["id"]):
                self.assertEqual(same(to_json(EVENT, EVENT.decode(unhex(case["hex"])))),
                                 same(case["event"]))

    def test_encode(self):
        for case in VECTORS["valid"]:
            with self.subTest(case["id"]):
                data = EVENT.encode(from_json(EVENT, case["event"]))
                if case["roundtrip"]:
                    self.assertEqual(data.hex(), case["hex"])
                    self.assertEqual(EVENT.encode(EVENT.decode(unhex(case["hex"]))).hex(),
                                     case["hex"])
                else:
                    self.assertEqual(same(to_json(EVENT, EVENT.decode(data))), same(case["event"]))

    def test_bad(self):
        for case in VECTORS["bad"]:
            with self.subTest(case["id"]):
                with self.assertRaises(FormatError) as caught:
                    EVENT.decode(unhex(case["hex"]))
                self.assertEqual((caught.exception.rule, caught.exception.pos),
                                 (case["rule"], case["pos"]))

    def test_the_files_hold_these_events(self):
        events = {case["hex"] for case in VECTORS["valid"]}
        for case in FILES:
            self.assertLessEqual(set(case["data"]), events, case["id"])

    def test_every_truncation_and_bit(self):
        """An event cut or damaged: a dict or a FormatError inside the bytes, nothing else."""
        for case in VECTORS["valid"]:
            data = bytearray(unhex(case["hex"]))
            ends = {0} | {end for _, _, _, _, end in wire.fields(data, 0, len(data))}
            for n in range(len(data)):
                self.assertEqual(decoded(EVENT, data[:n]) is not None, n in ends, (case["id"], n))
                for bit in range(8):
                    data[n] ^= 1 << bit
                    decoded(EVENT, data)
                    data[n] ^= 1 << bit

    def test_every_byte_of_a_small_file(self):
        for case in FILES[1]["data"]:
            data = bytearray(unhex(case))
            for i, byte in enumerate(bytes(data)):
                for data[i] in range(256):
                    decoded(EVENT, data)
                data[i] = byte

    def test_garbage(self):
        rng = random.Random(6)
        whole = [unhex(case["hex"]) for case in VECTORS["valid"] if len(case["hex"]) < 300]
        for _ in range(2000):
            data = bytearray(rng.choice(whole))
            for _ in range(rng.randrange(1, 6)):
                at = rng.randrange(len(data) + 1)
                new = bytes(rng.getrandbits(8) for _ in range(rng.randrange(3)))
                data[at:at + rng.randrange(4)] = new
            values = decoded(EVENT, data)
            if values is not None:
                once = EVENT.encode(values)
                self.assertEqual(EVENT.encode(EVENT.decode(once)), once)


def mentioned(table, values, found):
    """Gather (table, field) of each field that is not its default, and (enum, name)."""
    for name, value in values.items():
        field = table.by_name[name]
        if value != wire.default(field) or field.message and not field.repeated:
            found.add((table.name, name))
        for item in value if field.repeated else [value]:
            if field.message:
                mentioned(field.message, item, found)
            elif field.kind.numbers:
                found.add((field.kind.name, item))
    return found


class TestTables(unittest.TestCase):
    def test_every_field_and_every_name_is_in_some_vector(self):
        found = set()
        for case in VECTORS["valid"]:
            if case["roundtrip"]:                       # the bytes of which another writer made
                mentioned(EVENT, EVENT.decode(unhex(case["hex"])), found)
        for table in walk(EVENT):
            for field in table.fields:
                self.assertIn((table.name, field.name), found)
                if field.kind is not table and not field.message:
                    for name, number in field.kind.numbers.items():
                        if number:              # the name of 0 is the default: not on the wire
                            self.assertIn((field.kind.name, name), found)

    def test_an_enum_begins_with_the_name_of_its_default(self):
        kinds = {field.kind.name: field.kind for table in walk(EVENT) for field in table.fields
                 if not field.message and field.kind.numbers}
        self.assertEqual({name: next(iter(kind.numbers.items())) for name, kind in kinds.items()},
                         {
            "DataType": ("DT_INVALID", 0), "DataClass": ("DATA_CLASS_UNKNOWN", 0),
            "LogMessage.Level": ("UNKNOWN", 0),
            "SessionLog.SessionStatus": ("STATUS_UNSPECIFIED", 0)})
        for kind in kinds.values():
            self.assertEqual(len(set(kind.numbers.values())), len(kind.numbers))
            for name, number in kind.numbers.items():
                self.assertEqual(kind.pack(name), kind.pack(number))
                self.assertEqual(kind.unpack(kind.pack(name), 0, 10), name)

    def test_every_table_hangs_below_the_event(self):
        tables = {value.name for value in vars(messages).values() if isinstance(value,
                                                                                wire.Message)}
        self.assertEqual({table.name for table in walk(EVENT)}, tables)

    def test_a_number_and_a_name_stand_once_in_a_table(self):
        for table in walk(EVENT):
            self.assertEqual(len(table.by_number), len(table.by_name), table.name)
            for number, field in table.by_number.items():
                self.assertIs(table.by_name[field.name], field)
                self.assertEqual(field.number, number)

    def test_file_version(self):                        # the first record of every file
        self.assertEqual(messages.FILE_VERSION,
                         EVENT.decode(unhex(FILES[1]["data"][0]))["file_version"])


if __name__ == "__main__":
    unittest.main()
