"""Our tables and wire format against TensorBoard's message descriptors and Google's protobuf.

Every table, found by looking through the package, has the fields of TensorBoard's message of that
name; what we encode from random values is what protobuf writes, what we decode is what it reads.
"""
import importlib
import math
import os
import pkgutil
import random
import struct
import tempfile
import unittest

import tensorboard
from google.protobuf import (descriptor_pb2, descriptor_pool, json_format,
                             message as protobuf_message, message_factory, struct_pb2)
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.internal import api_implementation
from grpc_tools import protoc

import tbx_pure.plugins
from tbx_pure.errors import FormatError, InputError
from tbx_pure.wire import (END_GROUP, GROUP, I32, I64, LEN, VARINT, Message, fields, read_varint,
                           varint)
from tests.conformance.brief import BriefTestCase
from tests.fuzz import mutate
from tests.vectors import SPEC, load, unhex

#   enum         names of TensorBoard's that the table may lack, and why
OWN = {                                 # our own plugins' messages, of which protobuf knows nothing
    "LineChartPluginData", "ScatterPluginData", "HeatmapPluginData",
}
IN_PART = {                             # of a graph, what we write or read of one
    "AttrValue", "AttrValue.ListValue", "DeviceStepStats", "GraphDef", "MetaGraphDef",
    "NodeDef", "RunMetadata",
}
ABSENT = {
    "DataType":  lambda name: name.endswith("_REF"),    # TensorFlow 1's variables: in no event file
}
NOT_IN_EVENTS = {                       # of the projector, whose files are text; of meta_graph_def
    "ProjectorConfig", "EmbeddingInfo", "SpriteMetadata", "MetaGraphDef",
}
NESTED = 4                              # levels of messages in a random message
MESSAGES = 500                          # random ones a table
MUTATIONS = 20                          # of each message
DEEP = 1000                             # of those that tests/fuzz makes, a table

# ---- our tables and TensorBoard's messages ----

def modules(package):
    for _, name, _ in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not name.endswith("__main__"):
            yield name


def tables():
    """Return {name: Message} of every table in the package, and of those that fields hold."""
    found = {}

    def add(table):
        if found.setdefault(table.name, table) is not table:
            raise AssertionError("two tables are named " + table.name)
    for name in modules(tbx_pure):
        for table in vars(importlib.import_module(name)).values():
            if isinstance(table, Message) and not table.name.startswith(("onnx.", "head of ")):
                add(table)              # those against_models.py compares; the reader's own
    for table in list(found.values()):
        for field in table.fields:
            if field.message and not field.map:
                add(field.message)
    return found


def descriptors():
    """Return {name: descriptor} of every message in TensorBoard's *_pb2 modules.

    To them belongs google/protobuf/struct.proto, which those of hparams import.
    """
    found = {}

    def add(descriptor):
        found[name_of(descriptor)] = descriptor
        for nested in descriptor.nested_types:
            add(nested)
    for file in [struct_pb2] + [importlib.import_module(name) for name in modules(tensorboard)
                                if name.endswith("_pb2")]:
        for descriptor in file.DESCRIPTOR.message_types_by_name.values():
            add(descriptor)
    return found


def name_of(described):
    """Return a message's or an enum's name, without its package but for Google's messages."""
    package = described.file.package
    if not package or package == "google.protobuf" and not hasattr(described, "values"):
        return described.full_name
    return described.full_name[len(package) + 1:]


TABLES = {name: table for name, table in tables().items() if name not in OWN}
WHOLE = sorted(TABLES.keys() - IN_PART - {"StepStats"})         # and hold none of those in part
DESCRIPTORS = descriptors()
CLASSES = {name: message_factory.GetMessageClass(DESCRIPTORS[name]) for name in TABLES}
TYPE = {number: name[len("TYPE_"):].lower()
        for name, number in vars(FieldDescriptor).items() if name.startswith("TYPE_")}


def ours(field):
    """Return what a row of our table says, to compare with theirs()."""
    kind = field.message.name if field.message else field.kind.name
    if field.map:
        kind = tuple(part.message.name if part.message else part.kind.name
                     for part in field.message.fields)
    return field.number, kind, field.repeated, field.map, field.packed, field.oneof


def theirs(field):
    is_map = bool(field.message_type and field.message_type.GetOptions().map_entry)
    repeated = field.is_repeated and not is_map
    kind = tuple(map(kind_of, field.message_type.fields)) if is_map else kind_of(field)
    return (field.number, kind, repeated, is_map, field.is_packed,
            field.containing_oneof and field.containing_oneof.name)


def kind_of(field):
    described = field.message_type or field.enum_type
    return name_of(described) if described else TYPE[field.type]


class Tables(unittest.TestCase):
    def test_tables_are_found(self):
        self.assertLess({"Event", "Summary.Value", "TensorProto", "ScalarPluginData",
                         "TextPluginData", "ImagePluginData", "HistogramPluginData",
                         "AudioPluginData", "PrCurvePluginData", "MeshPluginData", "Layout",
                         "HParamsPluginData", "google.protobuf.Value"}, set(TABLES))

    def test_every_plugin_has_its_tables(self):
        """So each has a table, but for the plugin that has no message of its own."""
        for name, _, _ in tbx_pure.plugins.PLUGINS:
            module = importlib.import_module("tbx_pure.plugins." + name)
            tables = [table for table in vars(module).values() if isinstance(table, Message)]
            self.assertEqual(bool(tables), name != "tensor", name)

    def test_fields(self):
        for name, table in TABLES.items():
            with self.subTest(name):
                self.assertEqual({field.name: ours(field) for field in table.fields},
                                 {field.name: theirs(field) for field in DESCRIPTORS[name].fields
                                  if name not in IN_PART or field.name in table.by_name})
                self.assertEqual({number: field.name for number, field in table.by_number.items()},
                                 {field.number: name for name, field in table.by_name.items()})

    def test_enums(self):
        checked = set()
        for name, table in TABLES.items():
            for field in table.fields:
                numbers = {} if field.message else field.kind.numbers
                their_enum = DESCRIPTORS[name].fields_by_name[field.name].enum_type
                if numbers or their_enum:
                    with self.subTest(name, field=field.name):
                        may_lack = ABSENT.get(field.kind.name, lambda name: False)
                        self.assertEqual(numbers, {
                            value.name: value.number for value in their_enum.values
                            if not may_lack(value.name)})
                        checked.add(field.kind.name)
        self.assertLess({"DataType", "DataClass", "LogMessage.Level"}, checked)

    def test_the_peer_is_the_usual_one(self):
        self.assertEqual(api_implementation.Type(), "upb")


# ---- spec/messages.proto ----

class Proto(BriefTestCase):
    """The file compiles, and says field by field what TensorBoard's descriptors say."""

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "set")
            include = os.path.join(os.path.dirname(protoc.__file__), "_proto")
            code = protoc.main(["protoc", "-I" + SPEC, "-I" + include, "--include_imports",
                                "--descriptor_set_out=" + out, "messages.proto"])
            if code:
                raise AssertionError("protoc ended with %d" % code)
            with open(out, "rb") as f:
                files = descriptor_pb2.FileDescriptorSet.FromString(f.read()).file
        cls.pool = descriptor_pool.DescriptorPool()
        for file in files:
            cls.pool.Add(file)

    def messages(self):
        """Yield each message, the ones inside others too, but for the entries of maps."""
        left = list(self.pool.FindFileByName("messages.proto").message_types_by_name.values())
        while left:
            message = left.pop()
            if not message.GetOptions().map_entry:
                yield message
                left += message.nested_types

    def test_every_table_is_there(self):
        self.assertEqual({message.full_name for message in self.messages()} - OWN,
                         {name for name in TABLES if not name.startswith("google.")} - NOT_IN_EVENTS)

    def test_fields(self):
        for message in self.messages():
            if message.name not in OWN:
                with self.subTest(message.full_name):
                    peer = DESCRIPTORS[message.full_name]
                    found = {field.name: theirs(field) for field in message.fields}
                    self.assertEqual(str(found).replace("HParamInfo.DataType", "DataType"), str({
                        name: theirs(peer.fields_by_name[name]) for name in found}))
                    if message.full_name not in IN_PART:
                        self.assertEqual(set(found), set(peer.fields_by_name))

    def test_enums(self):
        seen = set()
        for message in self.messages():
            for field in message.fields:
                if field.enum_type and message.name not in OWN:
                    seen.add(field.enum_type.full_name)
                    peer = DESCRIPTORS[message.full_name].fields_by_name[field.name].enum_type
                    may_lack = ABSENT.get(field.enum_type.name, lambda name: False)
                    self.assertEqual({value.name: value.number for value in field.enum_type.values},
                                     {value.name: value.number for value in peer.values
                                      if not may_lack(value.name)}, message.full_name)
        self.assertLess({"DataType", "DataClass", "SessionLog.SessionStatus"}, seen)

    def test_it_reads_the_vectors(self):
        event = message_factory.GetMessageClass(self.pool.FindMessageTypeByName("Event"))
        cases = load("events")["valid"]
        self.assertGreater(len(cases), 40)
        for case in cases:
            message = event.FromString(unhex(case["hex"]))
            self.assertEqual(
                json_format.MessageToDict(message, preserving_proto_field_name=True),
                case["event"], case["id"])


# ---- random messages ----

EDGES = {
    "int32":  (0, 1, -1, 127, 128, 2 ** 31 - 1, -2 ** 31),
    "int64":  (0, 1, -1, 2 ** 31, 2 ** 63 - 1, -2 ** 63),
    "uint32": (0, 1, 2 ** 32 - 1),
    "uint64": (0, 1, 2 ** 64 - 1),
    "bool":   (False, True),
    "float":  (0.0, -0.0, 1.0, 0.1, 5e-324, 1e-45, 3.4028234663852886e38, 3.4028235677973366e38,
               1e39, -1e39, 2 ** 24 + 1, math.inf, -math.inf, math.nan, -math.nan),
    "double": (0.0, -0.0, 0.1, 5e-324, 1.7976931348623157e308, 2 ** 53 + 1, math.inf, -math.inf,
               math.nan, -math.nan),
    "string": ("", "a", "\0", "é", "米", "\U0001f600", "x" * 200),
    "bytes":  (b"", b"\0", b"\xff\xfe", bytes(range(256))),
}
RANDOM = {
    "int32":  lambda rng: rng.getrandbits(rng.randrange(32)) - rng.getrandbits(rng.randrange(32)),
    "int64":  lambda rng: rng.getrandbits(rng.randrange(64)) - rng.getrandbits(rng.randrange(64)),
    "uint32": lambda rng: rng.getrandbits(rng.randrange(33)),
    "uint64": lambda rng: rng.getrandbits(rng.randrange(65)),
    "bool":   lambda rng: rng.random() < 0.5,
    "float":  lambda rng: rng.gauss(0, 1) * 10.0 ** rng.randrange(-50, 42),
    "double": lambda rng: rng.gauss(0, 1) * 10.0 ** rng.randrange(-320, 300),
    "string": lambda rng: "".join(random_character(rng) for _ in range(rng.randrange(9))),
    "bytes":  lambda rng: rng.getrandbits(160).to_bytes(20, "big")[:rng.randrange(20)],
}


UNWRITABLE = {
    "int32":  (2 ** 31, -2 ** 31 - 1, "1"),
    "int64":  (2 ** 63, -2 ** 63 - 1, "1", b"1"),
    "uint32": (2 ** 32, -1, "1"),
    "uint64": (2 ** 64, -1, "1"),
    "float":  ("1", b"1"),
    "double": ("1", b"1"),
    "string": ("\ud800", 1, 1.5),
    "bytes":  ("a", 1.5),
}


def random_character(rng):
    return chr(rng.choice((rng.randrange(128), rng.randrange(0xD800),
                           rng.randrange(0xE000, 0x110000))))


def random_value(rng, field, depth):
    if field.message:
        return random_values(rng, field.message, depth - 1)
    if field.kind.numbers:
        return rng.choice(sorted(field.kind.numbers) + [77777, -1])
    name = field.kind.name
    return rng.choice(EDGES[name]) if rng.random() < 0.3 else RANDOM[name](rng)


def random_values(rng, table, depth=NESTED):
    """Return a dict for `table`: about half of its fields, at most one of each oneof."""
    values, taken = {}, set()
    fields = list(table.fields)
    rng.shuffle(fields)
    for field in fields:
        if rng.random() < 0.5 and field.oneof not in taken and (depth > 0 or not field.message):
            taken |= {field.oneof} - {None}
            if field.map:
                key, value = field.message.fields
                values[field.name] = {random_value(rng, key, depth):
                                      random_value(rng, value, depth)}
            elif field.repeated:
                values[field.name] = [random_value(rng, field, depth)
                                      for _ in range(rng.randrange(4))]
            else:
                values[field.name] = random_value(rng, field, depth)
    return values


def fill(message, table, values):
    """Set the fields of a protobuf message from our dict."""
    for name, value in values.items():
        field = table.by_name[name]
        if field.map:
            table_of_values = field.message.by_name["value"].message
            for key, item in value.items():
                if table_of_values:
                    fill(getattr(message, name)[key], table_of_values, item)
                else:
                    getattr(message, name)[key] = item
        elif field.message and field.repeated:
            for item in value:
                fill(getattr(message, name).add(), field.message, item)
        elif field.message:
            getattr(message, name).SetInParent()
            fill(getattr(message, name), field.message, value)
        else:
            numbers = [field.kind.numbers.get(item, item)
                       for item in (value if field.repeated else [value])]
            if field.repeated:
                getattr(message, name).extend(numbers)
            else:
                setattr(message, name, numbers[0])
    return message


# ---- two views of a decoded message, made alike ----

def view(table, pairs, of_message):
    """Return {name: value} so that equal means the same: numbers of enums, bits of floats.

    pairs:       (name, value) of the fields
    of_message:  makes the view of a message in it: of_message(table, message)
    """
    def one(field, value):
        if field.message:
            return of_message(field.message, value)
        if field.kind.name in ("float", "double"):
            return "NaN" if math.isnan(value) else struct.pack("<d", value)
        return field.kind.numbers.get(value, value)

    def whole(field, value):
        if field.map:
            return {key: one(field.message.by_name["value"], item) for key, item in value.items()}
        return [one(field, item) for item in value] if field.repeated else one(field, value)
    return {name: whole(table.by_name[name], value) for name, value in pairs}


def our_view(table, values):
    """Of what decode() gave, without what protobuf holds for absent: defaults without presence."""
    return view(table, ((name, value) for name, value in values.items()
                        if not is_absent(table.by_name[name], value)), our_view)


def is_absent(field, value):
    if field.repeated or field.map:
        return not value
    return field.zero is not None and field.kind.pack(value) == field.zero


def their_view(table, message):
    return view(table, ((field.name, value) for field, value in message.ListFields()), their_view)


def has_maps(table, seen=()):
    return table not in seen and any(
        field.map or field.message and has_maps(field.message, seen + (table,))
        for field in table.fields)


class Differential(BriefTestCase):
    def each(self):
        """Yield random (table, protobuf class, values)."""
        for name, table in TABLES.items():
            rng = random.Random(name)
            for _ in range(MESSAGES):
                yield table, CLASSES[name], random_values(rng, table)

    def test_encode(self):
        for table, their_class, values in self.each():
            encoded = table.encode(values)
            expected = fill(their_class(), table, values)
            if not has_maps(table):     # protobuf's order of a map is not stable
                self.assertEqual(encoded, expected.SerializeToString(deterministic=True),
                                 (table.name, values))
            self.assertEqual(their_view(table, their_class.FromString(encoded)),
                             their_view(table, expected))

    def test_decode(self):
        for table, their_class, values in self.each():
            encoded = fill(their_class(), table, values).SerializeToString()
            decoded = table.decode(encoded)
            self.assertEqual(our_view(table, decoded),
                             their_view(table, their_class.FromString(encoded)), table.name)
            inside = table.decode(b"??" + encoded + b"??", 2, 2 + len(encoded))
            self.assertEqual(our_view(table, inside), our_view(table, decoded))

    def test_what_neither_encodes(self):
        tried = set()
        for name, table in TABLES.items():
            for field in table.fields:
                for value in () if field.map else UNWRITABLE.get(field.kind.name, ()):
                    values = {field.name: [value] if field.repeated else value}
                    with self.subTest(name, values=values):
                        with self.assertRaises(InputError):
                            table.encode(values)
                        with self.assertRaises((ValueError, TypeError)):
                            fill(CLASSES[name](), table, values).SerializeToString()
                        tried.add(field.kind.name)
        self.assertEqual(tried, set(UNWRITABLE))

    def test_every_field_is_tried(self):
        tried = {(table.name, name) for table, _, values in self.each() for name in values}
        self.assertEqual(tried, {(name, field.name) for name, table in TABLES.items()
                                 for field in table.fields})


# ---- damaged and unusual bytes ----

def mutated(rng, data):
    """Return `data` with one to three small changes."""
    data = bytearray(data)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(data) + 1)
        change = rng.randrange(6)
        if change == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif change == 1 and at < len(data):
            data[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif change == 2:
            del data[at:at + rng.randrange(1, 4)]
        elif change == 3:
            data[at:at] = rng.getrandbits(32).to_bytes(4, "little")[:rng.randrange(1, 5)]
        elif change == 4:
            data[at:at] = unusual(rng)
        else:
            data = data[:at]
    return bytes(data)


def unusual(rng):
    """Return a field that is well-formed and seldom seen."""
    number = rng.choice((rng.randrange(1, 20), 2 ** 29 - 1, rng.randrange(1, 2 ** 29)))
    wire = rng.choice((VARINT, I64, LEN, GROUP, I32))
    key = varint(number << 3 | wire)
    long = bytes([0x80 | rng.randrange(128) for _ in range(rng.randrange(9))]
                 + [rng.randrange(128)])
    return key + {VARINT: long, I64: bytes(8), I32: bytes(4), LEN: b"\x03abc",
                  GROUP: varint(8 | VARINT) + long + varint(number << 3 | END_GROUP)}[wire]


def has_long_key(table, buf, pos, end):
    """Tell whether a key or a length, on any level of good bytes, takes more than 5 bytes."""
    def after(at):
        return read_varint(buf, at, end)[1]
    try:
        for number, wire, at, start, stop in fields(buf, pos, end):
            field = table and table.by_number.get(number)
            inside = field.message if field and wire == LEN else None
            if after(at) - at > 5 or wire == LEN and start - after(at) > 5:
                return True
            if (inside or wire == GROUP) and has_long_key(inside, buf, start, stop):
                return True
        return False
    except FormatError as e:            # at the key that ends a group, which fields() does not know
        return after(e.pos) - e.pos > 5


def has_strange_entry(table, buf, pos, end):
    """Tell whether an entry of a map, on any level of good bytes, has more than key and value."""
    for number, wire, _, start, stop in fields(buf, pos, end):
        field = table.by_number.get(number)
        if field and field.message and wire == LEN:
            if field.map and any(
                    inner not in field.message.by_number
                    or inner_wire not in field.message.by_number[inner].wires
                    for inner, inner_wire, _, _, _ in fields(buf, start, stop)):
                return True
            if has_strange_entry(field.message, buf, start, stop):
                return True
    return False


class Mutations(BriefTestCase):
    """Where protobuf understands, we find the same; where it refuses, so do we; but for

    field number 0 in an unknown group:  protobuf reads past it, we refuse it as anywhere else
    a key or a length longer than 5 bytes:  protobuf refuses it, we read it as any varint of up to 10
    an entry of a map with more than key and value:  protobuf leaves it out, we skip what is more
    """

    strange_entries = 0

    def test_mutations(self):
        accepted = refused = 0
        for name in WHOLE:
            table = TABLES[name]
            rng = random.Random("mutations of " + name)
            for _ in range(MESSAGES):
                data = table.encode(random_values(rng, table))
                for _ in range(MUTATIONS):
                    case = mutated(rng, data)
                    with self.subTest(name, data=case.hex()):
                        if self.compare(table, CLASSES[name], case):
                            accepted += 1
                        else:
                            refused += 1
        self.assertGreater(min(accepted, refused), 1000)
        self.assertLess(self.strange_entries, accepted // 100)

    def test_mutations_deep_inside(self):
        """As tests/fuzz changes messages: field by field, on every level, and spliced."""
        accepted = refused = 0
        for name in WHOLE:
            table, rng = TABLES[name], random.Random("deep inside of " + name)
            seeds = [table.encode(random_values(rng, table)) for _ in range(20)]
            for _ in range(DEEP):
                case = mutate.message(rng, rng.choice(seeds), table, seeds)
                with self.subTest(name, data=case.hex()):
                    if self.compare(table, CLASSES[name], case):
                        accepted += 1
                    else:
                        refused += 1
        self.assertGreater(min(accepted, refused), 1000)

    def test_varints_of_ten_bytes(self):
        for name, table in TABLES.items():
            for field in table.fields:
                if VARINT in field.wires:
                    for rest in (0x80, 0xFF):
                        for last in (0, 1, 2, 0x7E, 0x7F):
                            data = varint(field.number << 3 | VARINT) + bytes([rest] * 9 + [last])
                            with self.subTest(name, data=data.hex()):
                                self.assertTrue(self.compare(table, CLASSES[name], data))

    def compare(self, table, their_class, data):
        """Return whether protobuf accepts the data."""
        try:
            expected = their_view(table, their_class.FromString(data))
        except protobuf_message.DecodeError:
            expected = None
        try:
            values = table.decode(data)
            decoded = our_view(table, values)
        except FormatError as e:
            if expected is not None:
                self.assertRegex(e.message, "^field number 0 ")
        else:
            if expected is None:
                self.assertTrue(has_long_key(table, data, 0, len(data)))
            elif decoded != expected and has_strange_entry(table, data, 0, len(data)):
                self.strange_entries += 1
            else:
                self.assertEqual(decoded, expected)
                self.both_ways(table, their_class, data, values, expected)
        return expected is not None

    def both_ways(self, table, their_class, data, values, expected):
        """What each writes of what it has read, the other reads the same."""
        self.assertEqual(their_view(table, their_class.FromString(table.encode(values))), expected)
        if not has_strange_entry(table, data, 0, len(data)):    # which protobuf writes behind the others
            again = their_class.FromString(data).SerializeToString()
            self.assertEqual(our_view(table, table.decode(again)), expected)

    def refusals(self, table, data):
        """Return whether protobuf and whether we refuse the data."""
        for parse, error in ((CLASSES[table.name].FromString, protobuf_message.DecodeError),
                             (table.decode, FormatError)):
            try:
                parse(data)
                yield False
            except error:
                yield True

    def test_the_two_classes(self):
        group = varint(99 << 3 | GROUP), varint(99 << 3 | END_GROUP)
        for expected, data in (((True, True), b"\x00\x00"),
                               ((False, True), group[0] + b"\x00\x00" + group[1]),
                               ((False, False), b"\x90\x80\x80\x80\x00\x01"),
                               ((True, False), b"\x90\x80\x80\x80\x80\x00\x01")):
            with self.subTest(data.hex()):
                self.assertEqual(tuple(self.refusals(TABLES["Event"], data)), expected)

    def test_depth(self):
        """TensorProto holds VariantTensorDataProto, which holds TensorProto, and so on."""
        data = b""
        for levels in range(1, 105):
            data = (b"\x1a" if levels % 2 else b"\x7a") + varint(len(data)) + data
            with self.subTest(levels):
                name = "VariantTensorDataProto" if levels % 2 else "TensorProto"
                theirs, ours = self.refusals(TABLES[name], data)
                self.assertEqual(ours, theirs)
