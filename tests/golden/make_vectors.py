"""Make the vectors in spec/vectors/ with other people's writers; nothing of tbx_pure is imported.

    python tests/golden/make_vectors.py [DIRECTORY]         default: spec/vectors

Needs CPython 3.11 with tensorboard 2.21.0, tensorboardX 2.6.5 and protobuf 7.36.2 (and NumPy and
Pillow, which these bring).  Running it twice gives the same bytes: wall times and steps are fixed
below, maps are sorted, and nothing asks for the clock or the host.

Bytes marked "by hand" are typed here, because no writer makes them; the same readers check them:
protobuf must read (or refuse) each one as the vector says.
"""
import base64
import io
import json
import os
import struct
import sys
import tempfile
import wave
import zlib
from importlib.metadata import version

import google.protobuf.internal.api_implementation
import numpy
import PIL.Image
import tensorboardX.crc32c
import tensorboardX.proto.event_pb2
import tensorboardX.summary
from google.protobuf import (descriptor_pb2, descriptor_pool, json_format, message_factory,
                             text_format)
from google.protobuf.message import DecodeError
from tensorboard.compat.proto import config_pb2, event_pb2, graph_pb2
from tensorboard.compat.tensorflow_stub import pywrap_tensorflow
from tensorboard.compat.tensorflow_stub.errors import DataLossError, OutOfRangeError
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import crc32c, masked_crc32c
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from tensorboard.plugins.histogram import summary_v2 as histogram_summary
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
from tensorboard.plugins.mesh import plugin_data_pb2 as mesh_data
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig
from tensorboard.plugins.scalar import summary_v2 as scalar_summary
from tensorboard.plugins.text import summary_v2 as text_summary_v2
from tensorboard.summary.writer.record_writer import RecordWriter

PROTOBUF = "protobuf " + version("protobuf")
TENSORBOARD = "tensorboard " + version("tensorboard")
TENSORBOARDX = "tensorboardX " + version("tensorboardX")
BY_HAND = "by hand; %s reads it so" % PROTOBUF
T0 = 1700000000.0


# ---- crc32c.json ----

CRCS = (                                        # id, bytes, times, why
    ("empty", b"", 1, None),
    ("a", b"a", 1, "adding the constant of the mask passes 2^32: the low 32 bits stay"),
    ("check", b"123456789", 1, "the check value every description of CRC-32C gives"),
    ("zeros", bytes(32), 1, "RFC 3720 B.4"),
    ("ones", b"\xff" * 32, 1, "RFC 3720 B.4"),
    ("up", bytes(range(32)), 1, "RFC 3720 B.4"),
    ("down", bytes(range(31, -1, -1)), 1, "RFC 3720 B.4"),
    ("iscsi", bytes.fromhex("01c00000000000000000000000000000140000000000040000000014"
                            "0000001828000000000000000200000000000000"), 1,
     "RFC 3720 B.4, a SCSI read command"),
    ("one-zero", b"\0", 1, "leading zeros count: not the CRC of nothing"),
    ("every-byte", bytes(range(256)), 1, "uses every entry of a table of 256"),
    ("long", b"tensorboard", 1000,
     "11,000 bytes: a kernel that works in blocks meets their edges"),
)


def crc_vectors():
    for name, data, times, why in CRCS:
        crc, masked = crc32c(data * times), masked_crc32c(data * times)
        assert crc == tensorboardX.crc32c.crc32c(data * times)
        yield case("crc-" + name, why, rules=["record-4", "record-5"], data=data.hex(), times=times,
                   crc="%08x" % crc, masked="%08x" % masked, source=TENSORBOARD)


# ---- records.json ----

def record(data):
    out = io.BytesIO()
    RecordWriter(out).write(data)
    return out.getvalue()


def spaced(rec):
    """The four fields of one record, a space between them."""
    return " ".join(part.hex() for part in (rec[:8], rec[8:12], rec[12:-4], rec[-4:]) if part)


def le32(n):
    return struct.pack("<I", n)


def event(**fields):
    return event_pb2.Event(**fields).SerializeToString(deterministic=True)


def text_summary():
    """tensorboardX's add_text("note", "hi"), in TensorBoard's classes."""
    return event_pb2.Event.FromString(tensorboardX.proto.event_pb2.Event(
        summary=tensorboardX.summary.text("note", "hi")).SerializeToString()).summary


SCALAR = {"value": [{"tag": "loss", "simple_value": 0.5}]}
VERSION_DATA = event(wall_time=T0, file_version="brain.Event:2")
SCALAR_DATA = event(wall_time=T0 + 0.25, step=7, summary=SCALAR)
TEXT_DATA = event(wall_time=T0 + 0.5, step=7, summary=text_summary())
THREE = [VERSION_DATA, SCALAR_DATA, TEXT_DATA]

RECORDS = (                                     # id, data, rules, why
    ("empty", b"", ["record-1"], "sixteen bytes of frame around nothing"),
    ("one-byte", b"\x00", ["record-1"], None),
    ("version", VERSION_DATA, ["record-1"], None),
    ("scalar", SCALAR_DATA, ["record-%d" % n for n in range(1, 6)], None),
    ("text", TEXT_DATA, ["record-1"], None),
    ("long", bytes(range(256)), ["record-1", "record-8"],
     "the length's second byte; data need not be an event here"),
)


def record_vectors():
    for name, data, rules, why in RECORDS:
        yield case("record-" + name, why, rules=rules, data=data.hex(), record=spaced(record(data)),
                   source=TENSORBOARD)


def damaged():
    """Yield id, rules, rule, pos, bytes, why."""
    good, data = record(SCALAR_DATA), SCALAR_DATA
    n = struct.pack("<Q", len(data))

    def patched(pos, byte):
        return good[:pos] + bytes([byte]) + good[pos + 1:]

    def framed(length, crc, pack=le32):
        return length + pack(crc(length)) + data + pack(crc(data))
    yield "length", ["record-2"], "record-2", 0, patched(0, 0x1B), "last bit of the length flipped"
    yield ("length-high", ["record-2", "record-6"], "record-2", 0, patched(7, 0x80),
           "first bit of the length flipped: not a record of 2^63 bytes to wait for")
    yield "length-crc", ["record-2"], "record-2", 0, patched(8, 0x13), "length_crc itself damaged"
    yield ("data", ["record-3"], "record-3", 12, patched(37, 0x3E),
           "last bit of simple_value flipped")
    yield "data-crc", ["record-3"], "record-3", 12, patched(41, 0x37), "data_crc itself damaged"
    yield ("swapped", ["record-3"], "record-3", 12,
           good[:30] + good[31:32] + good[30:31] + good[32:],
           "two letters of the tag change places")
    yield ("zeros", ["record-2"], "record-2", 0, bytes(16),
           "a hole in the file: the CRC of 8 zero bytes is not 0")
    yield ("big-endian", ["record-1"], "record-2", 0,
           framed(struct.pack(">Q", len(data)), masked_crc32c, lambda crc: struct.pack(">I", crc)),
           "what a writer that packs in native byte order makes on a big-endian machine")
    yield ("crc32", ["record-4"], "record-2", 0, framed(n, lambda b: mask(zlib.crc32(b))),
           "zlib's CRC-32 is another one")
    yield "unmasked", ["record-5"], "record-2", 0, framed(n, crc32c), "the CRCs are not masked"
    yield ("data-unmasked", ["record-5"], "record-3", 12, good[:-4] + le32(crc32c(data)),
           "only the CRC of the data is not masked")
    for power in 31, 40, 63:
        yield ("2-to-the-%d" % power, ["record-8"], "record-8", 0, claim(2 ** power) + data,
               "the length is what its CRC says, and longer than any event")
    yield ("gzip", ["record-1"], "record-2", 0, bytes.fromhex("1f8b08000000000000ff") + good[:26],
           "a file that is compressed as a whole is not an event file")


def mask(crc):
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) % 2 ** 32


def claim(length):
    """Return a header whose length is what its CRC says."""
    return struct.pack("<Q", length) + le32(masked_crc32c(struct.pack("<Q", length)))


def unfinished():
    """Yield id, bytes, why."""
    good = record(SCALAR_DATA)
    yield "nothing", b"", "the end of the file, for now"
    yield "in-length", good[:7], None
    yield "in-length-crc", good[:11], None
    yield "header-only", good[:12], None
    yield "in-data", good[:-5], None
    yield "in-data-crc", good[:-1], None
    yield ("longest", claim(2 ** 31 - 1) + SCALAR_DATA,
           "the longest data there is: a reader waits, and sets no memory aside")


def file_vectors():
    """Yield whole files: the data of their records, and what a reader does where these end."""
    whole = b"".join(map(record, THREE))
    rules = ["record-1", "record-6", "record-7"]
    third = len(record(VERSION_DATA)) + len(record(SCALAR_DATA))
    yield case("file-empty", "waits: a writer may have just made it", rules=["record-6"],
               file="", data=[], end=0, source=TENSORBOARD)
    yield case("file-three-records", None, rules=rules, file=whole.hex(),
               data=[data.hex() for data in THREE], end=len(whole), source=TENSORBOARD)
    yield case("file-torn", "the third record is not all there: wait at its first byte",
               rules=["record-6"], file=whole[:-9].hex(), data=[data.hex() for data in THREE[:2]],
               end=third, source=TENSORBOARD)
    bad = bytearray(whole)
    bad[third + 20] ^= 0x01
    yield case("file-damaged", "one bit of the third record's wall time", rules=["record-3"],
               file=bad.hex(), data=[data.hex() for data in THREE[:2]], end=third, rule="record-3",
               pos=third + 12, source="by hand")
    yield case("file-zeros", "a file system that had set space aside before a crash",
               rules=["record-2"], file=(whole + bytes(20)).hex(),
               data=[data.hex() for data in THREE], end=len(whole), rule="record-2", pos=len(whole),
               source="by hand")
    for c in going_on():
        yield c


def going_on():
    """Yield files with damage in the middle: what stands behind it is found by its form."""
    first, second, third = map(record, THREE)

    def file(name, why, rule, damage, behind):
        pos = len(first) + (12 if rule == "record-3" else 0)
        return case("file-goes-on-" + name, why, rules=[rule, "readers-1"], rule=rule, pos=pos,
                    file=(first + damage + behind).hex(), data=[THREE[0].hex()], end=len(first),
                    after=[THREE[2].hex()], source="by hand")
    yield file("data", "the second record ends where its length says", "record-3",
               second[:20] + b"\xff" + second[21:], third)
    yield file("length", "nobody knows where the second record ends", "record-2",
               b"\x1b" + second[1:], third)
    yield file("cut", "the second record lacks five bytes, and nobody completed it: the third begins "
               "where its length is not over, and with its last byte; found by fuzzing",
               "record-3", second[:-5], third)
    yield file("within", "a header whose length reaches over the third record, up to zeros that may "
               "yet be filled: the third need not wait for them; found by fuzzing",
               "record-3", claim(len(third) + 9), third + bytes(40))


def stub_reads(data):
    """Return what TensorBoard's Python reader makes of a file: its records, and how it ended."""
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        reader, out = pywrap_tensorflow.PyRecordReader_New(f.name), []
        while True:
            try:
                reader.GetNext()
            except OutOfRangeError:
                return out, "end"
            except DataLossError:
                return out, "damaged"
            except MemoryError:
                return out, "memory"
            out.append(reader.record())


def three_records(folder):
    """Write the file that spec/README.md explains, and its events in JSON."""
    path = os.path.join(folder, "three-records.")
    with open(path + "tfevents", "wb") as f:
        f.write(b"".join(map(record, THREE)))
    found = [json_format.MessageToDict(event_pb2.Event.FromString(data),
                                       preserving_proto_field_name=True) for data in THREE]
    dump(path + "json", {"about": "a number and a text: ../../README.md", "source": TENSORBOARD,
                         "events": found})


def records():
    bad = []
    for name, rules, rule, pos, data, why in damaged():
        source = "by hand"
        if rule != "record-8":          # it sets memory aside for any length
            assert stub_reads(data) == ([], "damaged"), name
            source += "; %s refuses it" % TENSORBOARD
        bad.append(case("record-bad-" + name, why, rules=rules, rule=rule, pos=pos,
                        record=spaced(data), source=source))
    for c in list(record_vectors()):
        assert stub_reads(bytes.fromhex(c["record"])) == ([bytes.fromhex(c["data"])], "end")
    for c in file_vectors():
        assert stub_reads(bytes.fromhex(c["file"]))[0] == [bytes.fromhex(d) for d in c["data"]]
    partial = [case("partial-" + name, why, rules=["record-6"], record=data.hex(), source="by hand")
               for name, data, why in unfinished()]
    return {"about": "Records: ../1-records.md", "records": list(record_vectors()),
            "bad": bad, "partial": partial, "files": list(file_vectors())}


# ---- varints.json and fields.json: one message that has a field of every kind ----

ENUMS = {"Size": {"ZERO": 0, "ONE": 1, "MANY": 1000, "MINUS": -1}}
EXAMPLE = [
    [1, "an_int32", "int32"], [2, "an_int64", "int64"], [3, "a_uint32", "uint32"],
    [4, "a_uint64", "uint64"], [5, "a_bool", "bool"], [6, "an_enum", "Size"],
    [7, "a_float", "float"], [8, "a_double", "double"], [9, "a_string", "string"],
    [10, "a_bytes", "bytes"], [11, "a_message", "Example"],
    [21, "int32s", "repeated int32"], [22, "int64s", "repeated int64"],
    [23, "uint32s", "repeated uint32"], [24, "uint64s", "repeated uint64"],
    [25, "bools", "repeated bool"], [26, "enums", "repeated Size"],
    [27, "floats", "repeated float"], [28, "doubles", "repeated double"],
    [29, "strings", "repeated string"], [30, "blobs", "repeated bytes"],
    [31, "messages", "repeated Example"],
    ["choice", [41, "number", "int64"], [42, "text", "string"], [43, "flag", "bool"],
     [44, "real", "double"], [45, "node", "Example"], [46, "size", "Size"]],
    [51, "by_name", "map<string, int64>"], [52, "by_number", "map<int32, string>"],
    [53, "by_flag", "map<bool, Example>"], [54, "by_id", "map<uint64, double>"],
    [2 ** 29 - 1, "last", "bool"],
]


def example_class():
    """Return protobuf's class for the table above."""
    f = descriptor_pb2.FileDescriptorProto(name="example.proto", package="x", syntax="proto3")
    enum = f.enum_type.add(name="Size")
    for name, number in ENUMS["Size"].items():
        enum.value.add(name=name, number=number)
    message = f.message_type.add(name="Example")
    oneof = message.oneof_decl.add(name="choice")
    F = descriptor_pb2.FieldDescriptorProto

    def typed(field, kind):
        if kind in ("Size", "Example"):
            field.type_name = ".x." + kind
            field.type = F.TYPE_ENUM if kind == "Size" else F.TYPE_MESSAGE
        else:
            field.type = getattr(F, "TYPE_" + kind.upper())

    def add(number, name, kind):
        label = F.LABEL_OPTIONAL
        field = message.field.add(name=name, number=number)
        if kind.startswith("repeated "):
            label, kind = F.LABEL_REPEATED, kind[9:]
        if kind.startswith("map<"):
            entry = message.nested_type.add(name=name.title().replace("_", "") + "Entry")
            entry.options.map_entry = True
            for n, (which, k) in enumerate(zip(("key", "value"), kind[4:-1].split(", ")), 1):
                typed(entry.field.add(name=which, number=n, label=F.LABEL_OPTIONAL), k)
            field.type, label = F.TYPE_MESSAGE, F.LABEL_REPEATED
            field.type_name = ".x.Example." + entry.name
        else:
            typed(field, kind)
        field.label = label
        return field
    for row in EXAMPLE:
        if isinstance(row[0], str):
            for member in row[1:]:
                add(*member).oneof_index = 0
        else:
            add(*row)
    assert oneof.name == "choice"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(f)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("x.Example"))


Example = example_class()


def case(name, why, **rest):
    """One vector; the reason for it, where it has one, comes before its bytes."""
    out = {"id": name, "rules": rest.pop("rules")}
    for key in ("rule", "pos"):
        if key in rest:
            out[key] = rest.pop(key)
    if why:
        out["why"] = why
    out.update(rest)
    return out


def to_bytes(cls, value):
    return json_format.ParseDict(value, cls()).SerializeToString(deterministic=True)


def checked(cls, name, value, data):
    """protobuf must read `data` as `value`; unknown fields are left aside."""
    message = cls.FromString(data)
    message.DiscardUnknownFields()
    wanted = cls.FromString(to_bytes(cls, value))
    same = message.SerializeToString(deterministic=True) == to_bytes(cls, value)
    assert same or "nan" in str(message) and str(message) == str(wanted), (name, message)
    return data


def refused(cls, name, data):
    try:
        cls.FromString(data)
    except DecodeError:
        return data
    raise AssertionError("protobuf reads %s" % name)


def varints():
    good, bad = [], []

    def write(name, n, why=None):
        data = Example(number=n - 2 ** 64 if n >= 2 ** 63 else n).SerializeToString()
        assert data[:2] == b"\xc8\x02"
        good.append(case("varint-" + name, why, rules=["wire-2"], n=str(n), hex=data[2:].hex(),
                         roundtrip=True, source=PROTOBUF))

    def read(name, n, text, why):
        data = bytes.fromhex(text)
        assert Example.FromString(b"\x20" + data).a_uint64 == n, name
        good.append(case("varint-" + name, why, rules=["wire-2"], n=str(n), hex=data.hex(),
                         roundtrip=False, source=BY_HAND))

    def refuse(name, text, pos, why):
        data = bytes.fromhex(text)
        refused(Example, name, b"\x20" + data)
        bad.append(case("varint-bad-" + name, why, rules=["wire-2"], rule="wire-2", pos=pos,
                        hex=data.hex(), source="by hand; %s refuses it" % PROTOBUF))
    write("0", 0, "one byte, not none")
    write("1", 1)
    write("150", 150)
    for bits in range(7, 64, 7):
        write("2^%d-1" % bits, 2 ** bits - 1,
              "the largest of %d byte%s" % (bits // 7, "s" * (bits > 7)))
        write("2^%d" % bits, 2 ** bits, "the smallest of %d bytes" % (bits // 7 + 1))
    write("2^31", 2 ** 31)
    write("2^32-1", 2 ** 32 - 1)
    write("2^32", 2 ** 32)
    write("2^53+1", 2 ** 53 + 1,
          "a double cannot hold it: a language whose numbers are doubles shows it here")
    write("2^64-1", 2 ** 64 - 1, "the largest of all: ten bytes")
    read("long-0", 0, "80 00", "longer than it need be")
    read("long-7", 7, "87 80 80 80 80 80 80 80 80 00", "ten bytes for what one can say")
    read("bit-64", 0, "80 80 80 80 80 80 80 80 80 02", "the only bit set is bit 64: dropped")
    read("70-ones", 2 ** 64 - 1, "ff ff ff ff ff ff ff ff ff 7f", "seventy ones: six are dropped")
    refuse("empty", "", 0, "nothing there")
    refuse("cut-1", "80", 0, "says that a byte follows")
    refuse("cut-9", "ff ff ff ff ff ff ff ff ff", 0, None)
    refuse("11-bytes", "80 80 80 80 80 80 80 80 80 80 00", 0,
           "the tenth byte says that one more follows")
    return {"about": "Varints: ../2-wire-format.md", "varints": good, "bad": bad}


def b64(data):
    return base64.b64encode(data).decode()


def nested(depth):
    """Return (value, bytes): `depth` messages, one in the other, counting the outermost."""
    value, data = {"an_int32": 1}, b"\x08\x01"
    for _ in range(depth - 1):
        value = {"a_message": value}
        size = len(data)
        data = b"\x5a" + (bytes([size]) if size < 128 else bytes([size & 127 | 128,
                                                                  size >> 7])) + data
    return value, data


class Fields:
    """Gathers the vectors of fields.json."""

    def __init__(self):
        self.valid, self.bad, self.unwritable = [], [], []

    def write(self, name, rules, value, why=None, given=None):
        """protobuf writes `given` (`value`, unless said) so; read again, it is `value`."""
        data = to_bytes(Example, value)
        if given is not None:
            data = Example(**given).SerializeToString(deterministic=True)
        checked(Example, name, value, data)
        extra = {} if given is None else {"given": given}
        self.valid.append(case(name, why, rules=rules.split(), value=value, **extra, hex=data.hex(),
                               roundtrip=True, source=PROTOBUF))

    def read(self, name, rules, value, text, why=None):
        data = checked(Example, name, value, bytes.fromhex(text))
        self.valid.append(case(name, why, rules=rules.split(), value=value, hex=data.hex(),
                               roundtrip=False, source=BY_HAND))

    def refuse(self, name, rules, pos, text, why=None, **extra):
        data = refused(Example, name, bytes.fromhex(text))
        self.bad.append(case(name, why, rules=rules.split(), rule=rules.split()[0], pos=pos,
                             **extra, hex=data.hex(), source="by hand; %s refuses it" % PROTOBUF))

    def cannot(self, name, rules, value, why=None):
        self.unwritable.append(case(name, why, rules=rules.split(), value=value, source="by hand"))


def fields():
    f = Fields()
    keys_and_wire_types(f)
    integers(f)
    floats(f)
    texts(f)
    presence(f)
    repeated(f)
    maps(f)
    merging(f)
    unknown(f)
    return {"about": "Messages: ../2-wire-format.md", "enums": ENUMS,
            "tables": {"Example": EXAMPLE}, "valid": f.valid, "bad": f.bad,
            "unwritable": f.unwritable}


def keys_and_wire_types(f):
    f.write("key-one-byte", "wire-1", {"an_int32": 150}, "number 1, wire type 0: 08")
    f.write("key-two-bytes", "wire-1", {"int32s": [1]}, "from number 16 on the key takes two bytes")
    f.write("key-last-number", "wire-1", {"last": True}, "number 2^29-1: the key takes five bytes")
    f.read("key-long", "wire-1 wire-2", {"an_int32": 7}, "88 80 00 07",
           "a key is a varint, and may be too long")
    f.refuse("bad-number-0", "wire-1", 0, "00 01")
    f.refuse("bad-number-0-later", "wire-1", 2, "08 01 02 00")
    f.refuse("bad-number-2^29", "wire-1", 0, "80 80 80 80 10 01")
    f.refuse("bad-key-cut", "wire-2 wire-1", 2, "08 01 80", "the key itself is cut short")
    f.write("wire-types", "wire-3",
            {"an_int32": 1, "a_double": 1.0, "a_string": "x", "a_float": 1.0},
            "all four wire types")
    f.read("group-empty", "wire-3 wire-12", {"an_int32": 1}, "a3 06 a4 06 08 01",
           "group 100 holds nothing")
    f.read("group-full", "wire-3 wire-12", {"an_int32": 1},
           "a3 06 08 05 09 0000000000000000 12 01 ff 15 00000000 a4 06 08 01",
           "a field inside the group is not a field of the message")
    f.read("group-nested", "wire-3 wire-12", {"an_int32": 1}, "a3 06 0b 13 14 0c a4 06 08 01")
    f.read("group-of-known-number", "wire-3 wire-12", {"an_int32": 1}, "5b 08 05 5c 08 01",
           "11 is a message: not as a group")
    f.refuse("bad-wire-type-6", "wire-3", 0, "0e 01")
    f.refuse("bad-wire-type-7", "wire-3", 2, "08 01 0f")
    f.refuse("bad-group-end", "wire-3", 2, "08 01 a4 06", "ends what did not begin")
    f.refuse("bad-group-crossed", "wire-3", 3, "a3 06 0b a4 06 0c", "ends the outer one first")
    f.refuse("bad-wire-type-in-group", "wire-3", 2, "a3 06 0e a4 06")
    f.refuse("bad-group-open", "wire-4 wire-3", 4, "a3 06 08 01", "does not end")
    f.write("len-to-the-end", "wire-4", {"a_message": {"a_message": {"a_string": "abc"}}},
            "three payloads end at the same byte")
    f.refuse("bad-varint-missing", "wire-2 wire-4", 1, "08", "a key and no payload")
    f.refuse("bad-varint-cut", "wire-2 wire-4", 1, "08 80")
    f.refuse("bad-i64-cut", "wire-4", 0, "41 00000000000000")
    f.refuse("bad-i32-cut", "wire-4", 2, "08 01 3d 000000")
    f.refuse("bad-len-cut", "wire-4", 0, "4a 03 6162")
    f.refuse("bad-len-missing", "wire-2 wire-4", 1, "4a", "a key and no length")
    f.refuse("bad-len-huge", "wire-4", 0, "52 ff ff ff ff ff ff ff ff ff 01 00",
             "2^64-1: not a negative number, nothing to set aside")
    f.refuse("bad-len-2^31", "wire-4", 0, "52 80 80 80 80 08 00")
    f.refuse("bad-past-inner", "wire-4", 2, "5a 03 4a 02 61 08 01",
             "the string goes past the end of its own message, though not of the whole")
    f.refuse("bad-inner-past-outer", "wire-4", 2, "5a 04 5a 05 08 01 08 01 08 01")
    value, data = nested(100)
    f.read("nested-100", "wire-13", value, data.hex(), "as deep as protobuf's JSON may be")
    value, data = nested(102)
    at_102 = len(data) - len(nested(1)[1])          # where the message that is the 102nd begins
    f.refuse("bad-nested-102", "wire-13", at_102, data.hex(),
             "a reader may refuse it, and may read it", optional=True)


def integers(f):
    for kind, low, high, text in (("an_int32", -2 ** 31, 2 ** 31 - 1, False),
                                  ("an_int64", -2 ** 63, 2 ** 63 - 1, True),
                                  ("a_uint32", 0, 2 ** 32 - 1, False),
                                  ("a_uint64", 0, 2 ** 64 - 1, True)):
        show = str if text else int
        name = kind.split("_")[1]
        f.write("%s-high" % name, "wire-5", {kind: show(high)})
        if low:
            f.write("%s-low" % name, "wire-5", {kind: show(low)})
            f.write("%s-minus-1" % name, "wire-5", {kind: show(-1)},
                    "ten bytes, for 32 bits as for 64")
        f.cannot("%s-too-high" % name, "wire-5", {kind: show(high + 1)})
        f.cannot("%s-too-low" % name, "wire-5", {kind: show(low - 1)})
    f.cannot("int32-half", "wire-5", {"an_int32": 1.5}, "not an integer")
    f.write("bool-true", "wire-5", {"a_bool": True})
    f.write("enum-name", "wire-5", {"an_enum": "MANY"})
    f.write("enum-minus", "wire-5", {"an_enum": "MINUS"}, "ten bytes: an enum is an int32")
    f.write("enum-no-name", "wire-5", {"an_enum": 7}, "a number without a name stays a number")
    f.cannot("enum-unknown-name", "wire-5", {"an_enum": "NONE"})
    f.read("int32-five-bytes", "wire-5", {"an_int32": -1}, "08 ff ff ff ff 0f",
           "a reader keeps the low 32 bits")
    f.read("int32-bit-32", "wire-5", {}, "08 80 80 80 80 10", "2^32: the low 32 bits are 0")
    f.read("int32-2^31", "wire-5", {"an_int32": -2 ** 31}, "08 80 80 80 80 08")
    f.read("uint32-ten-bytes", "wire-5", {"a_uint32": 2 ** 32 - 1},
           "18 ff ff ff ff ff ff ff ff ff 01")
    f.read("enum-bit-32", "wire-5", {"an_enum": "ONE"}, "30 81 80 80 80 10")
    f.read("bool-2", "wire-5", {"a_bool": True}, "28 02", "anything but 0 is true")
    f.read("bool-bit-32", "wire-5", {"a_bool": True}, "28 80 80 80 80 10", "of all 64 bits")
    f.read("bool-bit-64", "wire-5 wire-2", {}, "28 80 80 80 80 80 80 80 80 80 02",
           "but not of those beyond")


def floats(f):
    def rounded(name, given, value, why=None):
        f.write("float-" + name, "wire-6", {} if value is None else {"a_float": value}, why,
                {"a_float": given})
    f.write("float-half", "wire-6", {"a_float": 0.5})
    rounded("tenth", 0.1, 0.10000000149011612,
            "0.1 is not among the floats: the nearest is read back")
    rounded("tie-down", 1 + 2 ** -24, 1.0, "halfway between two floats: the even one")
    rounded("tie-up", 1 + 3 * 2 ** -24, 1 + 2 ** -22, "halfway between two floats: the even one")
    rounded("above-tie", 1 + 2 ** -24 + 2 ** -52, 1 + 2 ** -23)
    rounded("largest", 3.4028234663852886e38, 3.4028234663852886e38)
    rounded("below-limit", 3.4028235677973362e38, 3.4028234663852886e38,
            "rounds down to the largest float")
    rounded("limit", 3.4028235677973366e38, "Infinity",
            "halfway between the largest float and 2^128: infinity")
    rounded("1e39", 1e39, "Infinity", "beyond the range")
    rounded("minus-1e39", -1e39, "-Infinity")
    rounded("smallest", 2.0 ** -149, 2.0 ** -149)
    rounded("subnormal", 1e-40, 9.99994610111476e-41, "subnormal: fewer bits are left")
    rounded("underflow", 1e-46, None, "becomes 0, the default: left out")
    rounded("minus-underflow", -1e-46, -0.0, "becomes -0.0, not the default")
    for kind in "a_float", "a_double":
        name = kind[2:]
        f.write(name + "-infinity", "wire-6", {kind: "Infinity"})
        f.write(name + "-minus-infinity", "wire-6", {kind: "-Infinity"})
        f.write(name + "-nan", "wire-6", {kind: "NaN"})
    f.write("double-tenth", "wire-6", {"a_double": 0.1})
    f.write("double-largest", "wire-6", {"a_double": sys.float_info.max})
    f.write("double-smallest", "wire-6", {"a_double": 5e-324})
    f.read("float-other-nan", "wire-6", {"a_float": "NaN"}, "3d 010080ff",
           "one of the many NaNs; which one may be lost")
    f.read("double-other-nan", "wire-6", {"a_double": "NaN"}, "41 010000000000f8ff")


def texts(f):
    f.write("string-utf-8", "wire-7", {"a_string": "na\u00efve \u4e16\u754c \U0001f600"},
            "1, 2, 3 and 4 bytes a character")
    f.write("string-nul", "wire-7", {"a_string": "a\0b"}, "a zero byte does not end a string")
    f.write("string-bom", "wire-7", {"a_string": "\ufeffx"},
            "ef bb bf is a character like any other: kept")
    f.write("string-edges", "wire-7",
            {"a_string": "\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"},
            "first and last of each length")
    f.write("string-not-normal", "wire-7", {"strings": ["\u00e9", "e\u0301"]},
            "two spellings that look the same stay two")
    f.write("string-128", "wire-7", {"a_string": "x" * 128}, "a length of two bytes")
    f.write("bytes-any", "wire-7", {"a_bytes": b64(bytes([0xFF, 0xC0, 0x80, 0x00]))},
            "what no string may hold")
    f.cannot("string-surrogate", "wire-7", {"a_string": "a\ud800"},
             "half of a UTF-16 pair is not a character")
    f.refuse("bad-string-ff", "wire-7", 2, "4a 01 ff")
    f.refuse("bad-string-later", "wire-7", 7, "08 01 4a 05 616263 ff 64",
             "pos is that of the first byte that does not fit")
    f.refuse("bad-string-lone", "wire-7", 2, "4a 02 80 61", "a second byte without a first")
    f.refuse("bad-string-cut", "wire-7", 3, "4a 03 61 e4b8", "two bytes of three")
    f.refuse("bad-string-overlong", "wire-7", 2, "4a 02 c080", "zero, in two bytes")
    f.refuse("bad-string-surrogate", "wire-7", 2, "4a 03 eda080", "D800, half of a UTF-16 pair")
    f.refuse("bad-string-high", "wire-7", 2, "4a 04 f4908080", "110000, past the last character")
    f.refuse("bad-string-repeated", "wire-7", 6, "ea 01 00 ea 01 01 ff",
             "the second of two")
    f.refuse("bad-string-nested", "wire-7", 4, "5a 03 4a 01 fe")
    f.refuse("bad-string-key", "wire-7 wire-10", 5, "9a 03 03 0a 01 ff", "the key of a map")
    f.refuse("bad-string-oneof", "wire-7", 3, "d2 02 01 ff")


def presence(f):
    everything = {"an_int32": -1, "an_int64": "-2", "a_uint32": 3, "a_uint64": "4", "a_bool": True,
                  "an_enum": "ONE", "a_float": 7.0, "a_double": 8.0, "a_string": "9",
                  "a_bytes": b64(b"10"), "a_message": {"an_int32": 11}, "int32s": [21],
                  "int64s": ["22"], "uint32s": [23], "uint64s": ["24"], "bools": [True],
                  "enums": ["MANY"], "floats": [27.0], "doubles": [28.0], "strings": ["29"],
                  "blobs": [b64(b"30")], "messages": [{"an_int32": 31}], "text": "42",
                  "by_name": {"51": "51"}, "by_number": {"52": "52"},
                  "by_flag": {"true": {"an_int32": 53}}, "by_id": {"54": 54.0}, "last": True}
    f.write("everything", "wire-8", everything, "a field of every kind, in order of its number")
    f.write("nothing", "wire-8", {}, "a message with nothing in it is no bytes at all")
    f.write("defaults", "wire-8", {}, "plain fields that equal their defaults are left out",
            {"an_int32": 0, "an_int64": 0, "a_uint32": 0, "a_uint64": 0, "a_bool": False,
             "an_enum": 0, "a_float": 0.0, "a_double": 0.0, "a_string": "", "last": False})
    f.write("float-minus-0", "wire-8", {"a_float": -0.0},
            "-0.0 equals 0.0, but its bits are not all zero: written")
    f.write("double-minus-0", "wire-8", {"a_double": -0.0})
    f.write("message-empty", "wire-8", {"a_message": {}}, "set, though it holds nothing: written")
    f.write("message-of-defaults", "wire-8", {"a_message": {"a_message": {}}})
    for name, value in (("number", "0"), ("text", ""), ("flag", False), ("real", 0.0), ("node", {}),
                        ("size", "ZERO")):
        f.write("oneof-%s-default" % name, "wire-8", {name: value},
                "which member is set must not be lost: written")
    f.write("oneof-node", "wire-8", {"node": {"text": "x"}})
    f.cannot("oneof-two", "wire-8", {"number": "1", "text": "x"}, "at most one member")
    f.cannot("oneof-two-defaults", "wire-8", {"number": "0", "flag": False},
             "two members, though both hold defaults")
    f.cannot("not-in-table", "wire-8", {"a_nothing": 1}, "no number to write it under")
    f.read("explicit-default", "wire-8", {}, "08 00 28 00 3d 00000000 4a 00",
           "a writer may have put them; they say nothing new")
    f.read("oneof-default-first", "wire-8", {"text": ""}, "d2 02 00 08 00")
    f.read("any-order", "wire-11 wire-8", {"an_int32": 1, "a_bool": True, "a_string": "x"},
           "4a 01 78 28 01 08 01")


def repeated(f):
    f.write("packed", "wire-9", {
        "int32s": [1, 0, -1, 300], "int64s": ["0", "-1"],
        "uint32s": [0, 4294967295], "uint64s": ["18446744073709551615"],
        "bools": [True, False, True], "enums": ["ZERO", "MINUS", 7],
        "floats": [0.5, 0.0, -0.0, "NaN"], "doubles": [0.1, 0.0, "-Infinity"]},
        "numbers, bools and enums: one field each; a default inside is kept")
    f.write("not-packed", "wire-9",
            {"strings": ["a", "", "b"], "blobs": ["", b64(b"\0")],
             "messages": [{}, {"an_int32": 1}]},
            "one field each; an empty one is kept")
    f.write("lists-empty", "wire-9", {}, "an empty list writes nothing",
            {"int32s": [], "doubles": [], "strings": [], "messages": [], "by_name": {}})
    for name, value, text in (("int32s", [1, -1], "a8 01 01 a8 01 ffffffffffffffffff01"),
                              ("int64s", ["1"], "b0 01 01"),
                              ("uint32s", [0, 2], "b8 01 00 b8 01 02"),
                              ("uint64s", ["3"], "c0 01 03"),
                              ("bools", [True, False], "c8 01 01 c8 01 00"),
                              ("enums", ["ONE"], "d0 01 01"),
                              ("floats", [0.5, 0.0], "dd 01 0000003f dd 01 00000000"),
                              ("doubles", [1.0], "e1 01 000000000000f03f")):
        f.read("unpacked-" + name, "wire-9", {name: value}, text,
               "one field each, as older writers do")
    f.read("packed-twice", "wire-9 wire-11", {"int32s": [1, 2, 3, 4]},
           "aa 01 02 01 02 08 00 aa 01 02 03 04", "two runs: one after the other")
    f.read("packed-mixed", "wire-9 wire-11", {"floats": [1.0, 2.0, 3.0]},
           "da 01 04 0000803f dd 01 00000040 da 01 04 00004040", "packed, not packed, packed")
    f.read("packed-empty", "wire-9", {}, "aa 01 00 e2 01 00", "a run of nothing")
    f.read("packed-long-varint", "wire-9 wire-2", {"int32s": [0, 1]}, "aa 01 03 80 00 01")
    f.refuse("bad-packed-float", "wire-9", 3, "da 01 03 000000", "a float is four bytes")
    f.refuse("bad-packed-double", "wire-9", 11, "e2 01 0a 000000000000f03f 0000",
             "a whole one, then two bytes of one")
    f.refuse("bad-packed-varint", "wire-2 wire-9", 4, "aa 01 02 01 80",
             "the run ends inside its second number")
    f.refuse("bad-packed-varint-next", "wire-2 wire-9", 3, "aa 01 01 80 08 01",
             "does not go on in the next field")
    f.refuse("bad-packed-cut", "wire-4 wire-9", 0, "aa 01 05 01 02")


def maps(f):
    f.write("map-one", "wire-10", {"by_name": {"lr": "3"}}, "a message of key (1) and value (2)")
    f.write("map-defaults", "wire-10", {"by_name": {"": "0"}},
            "both are written, though both are defaults")
    f.write("map-kinds", "wire-10",
            {"by_number": {"-1": "x"}, "by_flag": {"false": {}},
            "by_id": {"18446744073709551615": 0.0}})
    f.read("map-two", "wire-10", {"by_name": {"a": "1", "b": "2"}},
           "9a 03 05 0a 01 62 10 02 9a 03 05 0a 01 61 10 01", "order means nothing")
    f.read("map-apart", "wire-10", {"an_int32": 1, "by_number": {"1": "a", "2": "b"}},
           "a2 03 05 08 01 12 01 61 08 01 a2 03 05 08 02 12 01 62",
           "entries need not stand together")
    f.read("map-same-key", "wire-10 wire-11", {"by_name": {"a": "2"}},
           "9a 03 05 0a 01 61 10 01 9a 03 05 0a 01 61 10 02", "the last one")
    f.read("map-same-key-message", "wire-10 wire-11", {"by_flag": {"true": {"a_bool": True}}},
           "aa 03 06 08 01 12 02 08 05 aa 03 06 08 01 12 02 28 01",
           "the last one, not the two merged")
    f.read("map-no-key", "wire-10", {"by_name": {"": "5"}}, "9a 03 02 10 05",
           "an absent key is its default")
    f.read("map-no-value", "wire-10", {"by_name": {"a": "0"}, "by_flag": {"true": {}}},
           "9a 03 03 0a 01 61 aa 03 02 08 01", "so is an absent value")
    f.read("map-empty-entry", "wire-10", {"by_id": {"0": 0.0}}, "b2 03 00")
    f.read("map-value-first", "wire-10 wire-11", {"by_name": {"a": "1"}}, "9a 03 05 10 01 0a 01 61")
    f.read("map-value-twice", "wire-10 wire-11", {"by_name": {"a": "2"}},
           "9a 03 07 0a 01 61 10 01 10 02")
    f.valid.append(case("map-unknown-inside", "an unknown field inside is skipped, the entry stays",
                        rules=["wire-10", "wire-12"], value={"by_name": {"a": "1"}},
                        hex="9a03070a016118091001", roundtrip=False,
                        source="by hand; %s (upb) leaves out the whole entry" % PROTOBUF))
    f.refuse("bad-map-cut", "wire-4 wire-10", 0, "9a 03 05 0a 01 61")
    f.refuse("bad-map-entry", "wire-4 wire-10", 3, "9a 03 03 0a 02 61")
    f.cannot("map-bad-value", "wire-10 wire-5", {"by_name": {"a": "9223372036854775808"}})


def merging(f):
    f.read("last-wins", "wire-11", {"an_int32": 2, "a_string": "b"},
           "08 01 4a 01 61 08 02 4a 01 62")
    f.read("last-wins-default", "wire-11", {}, "08 05 08 00", "the last one is 0")
    f.read("messages-add-up", "wire-11",
           {"an_int32": 9, "messages": [{"an_int32": 1}, {"an_int32": 2}]},
           "fa 01 02 08 01 08 09 fa 01 02 08 02")
    f.read("message-merged", "wire-11",
           {"a_message": {"an_int32": 2, "a_bool": True, "a_string": "x"}},
           "5a 05 08 01 4a 01 78 08 07 08 00 5a 04 08 02 28 01",
           "field by field, by these same rules")
    f.read("message-merged-deep", "wire-11",
           {"a_message": {"int32s": [1, 2], "messages": [{}, {}], "by_name": {"a": "1", "b": "2"},
                          "a_message": {"an_int32": 1, "a_bool": True}}},
           "5a 13 aa 01 01 01 fa 01 00 5a 02 08 01 9a 03 05 0a 01 61 10 01"
           "5a 13 aa 01 01 02 fa 01 00 5a 02 28 01 9a 03 05 0a 01 62 10 02")
    f.read("message-merged-empty", "wire-11", {"a_message": {"an_int32": 1}}, "5a 02 08 01 5a 00",
           "an empty one changes nothing")
    f.read("oneof-later", "wire-11", {"text": "x"}, "c8 02 05 d2 02 01 78",
           "the later member displaces the earlier")
    f.read("oneof-later-lower", "wire-11", {"number": "5"}, "d2 02 01 78 c8 02 05",
           "later in the bytes, not in the table")
    f.read("oneof-later-default", "wire-11", {"flag": False}, "d2 02 01 78 d8 02 00")
    f.read("oneof-node-merged", "wire-11", {"node": {"an_int32": 1, "a_bool": True}},
           "ea 02 02 08 01 ea 02 02 28 01", "the same member twice: merged, as any message")
    f.read("oneof-node-displaced", "wire-11", {"node": {"a_bool": True}},
           "ea 02 02 08 01 d2 02 00 ea 02 02 28 01", "what was displaced does not come back")
    f.read("oneof-in-merged", "wire-11", {"a_message": {"text": "x"}},
           "5a 03 c8 02 05 5a 04 d2 02 01 78")


def unknown(f):
    f.read("unknown-each", "wire-12", {"an_int32": 1},
           "a0 06 05 a1 06 0000000000000000 a2 06 02 ffff a5 06 00000000 08 01",
           "number 100, in each wire type")
    f.read("unknown-numbers", "wire-12", {"an_int32": 1}, "78 01 98 01 01 f0 ff ff ff 0f 01 08 01",
           "15, 19 and 2^29-2")
    f.read("unknown-nested", "wire-12", {"a_message": {"an_int32": 1}}, "5a 05 a0 06 05 08 01")
    f.read("wrong-type-number", "wire-12", {"a_bool": True},
           "0a 01 05 0d 01000000 09 0100000000000000 28 01",
           "an int32 as length, as 4 and as 8 bytes")
    f.read("wrong-type-float", "wire-12", {"a_bool": True},
           "38 01 39 0000000000000000 3a 04 0000803f 28 01",
           "a float as varint, as 8 bytes and as a packed run: it is not repeated")
    f.read("wrong-type-double", "wire-12", {"a_bool": True}, "45 0000803f 28 01")
    f.read("wrong-type-string", "wire-12", {"a_bool": True}, "48 01 4d ffffffff 28 01")
    f.read("wrong-type-message", "wire-12", {"a_bool": True}, "58 01 5d 00000000 28 01")
    f.read("wrong-type-repeated", "wire-12", {"a_bool": True},
           "ad 01 01000000 d8 01 05 e8 01 01 f8 01 01 28 01",
           "int32s as 4 bytes, floats as varint, strings and messages as varint")
    f.read("wrong-type-map", "wire-12", {"a_bool": True}, "98 03 01 28 01")
    f.read("wrong-type-keeps", "wire-12", {"an_int32": 1}, "08 01 0a 00",
           "does not undo what came before")
    f.read("wrong-type-oneof", "wire-12 wire-11", {"text": "x"}, "d2 02 01 78 cd 02 00000000",
           "does not displace a member")
    f.refuse("bad-unknown-cut", "wire-4 wire-12", 0, "a2 06 02 ff",
             "to skip a field is to know where it ends")
    f.refuse("bad-unknown-varint", "wire-2 wire-12", 2, "a0 06 80")
    f.refuse("bad-wrong-type-cut", "wire-4 wire-12", 0, "0d 000000")


# ---- events.json ----

def from_tensorboardX(**fields):
    return tensorboardX.proto.event_pb2.Event(**fields).SerializeToString(deterministic=True)


def events():
    good, bad = [], []
    Event, X = event_pb2.Event, tensorboardX.summary

    def by_protobuf(name, value, why=None, rules=()):
        data = checked(Event, name, value, to_bytes(Event, value))
        good.append(case("event-" + name, why, rules=list(rules), event=value, hex=data.hex(),
                         roundtrip=True, source=PROTOBUF))

    def by_tensorboardX(name, value, data, call):
        checked(Event, name, value, data)
        assert data == to_bytes(Event, value), name
        good.append(case("event-" + name, call, rules=[], event=value, hex=data.hex(),
                         roundtrip=True, source=TENSORBOARDX))

    def by_hand(name, rules, value, text, why=None):
        data = checked(Event, name, value, bytes.fromhex(text))
        good.append(case("event-" + name, why, rules=rules.split(), event=value, hex=data.hex(),
                         roundtrip=False, source=BY_HAND))

    def refuse(name, rules, pos, text, why):
        data = refused(Event, name, bytes.fromhex(text))
        bad.append(case("event-bad-" + name, why, rules=rules.split(), rule=rules.split()[0],
                        pos=pos, hex=data.hex(), source="by hand; %s refuses it" % PROTOBUF))

    def of(summary, step=0, wall_time=T0):
        return from_tensorboardX(wall_time=wall_time, step=step, summary=summary)
    text_value = {"tag": "note/text_summary",
                  "tensor": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": "1"}]},
                             "string_val": [b64(b"hi")]},
                  "metadata": {"plugin_data": {"plugin_name": "text"}}}

    # what tensorboardX's own functions make
    by_tensorboardX("version", {"wall_time": T0, "file_version": "brain.Event:2"},
                    from_tensorboardX(wall_time=T0, file_version="brain.Event:2"),
                    "SummaryWriter()")
    by_tensorboardX("scalar", {"wall_time": T0 + 0.25, "step": "7", "summary": SCALAR},
                    of(X.scalar("loss", 0.5), 7, T0 + 0.25), "add_scalar('loss', 0.5, 7)")
    by_tensorboardX("scalar-0",
                    {"wall_time": T0, "summary": {"value": [{"tag": "x", "simple_value": 0.0}]}},
                    of(X.scalar("x", 0.0)), "add_scalar('x', 0.0, 0)")
    by_tensorboardX("scalar-described", {"wall_time": T0, "summary": {"value": [{
                        "tag": "x", "simple_value": 0.5,
                        "metadata": {"display_name": "D", "summary_description": "S"}}]}},
                    of(X.scalar("x", 0.5, "D", "S")),
                    "add_scalar('x', .5, display_name='D', summary_description='S')")
    by_tensorboardX("text",
                    {"wall_time": T0 + 0.5, "step": "7", "summary": {"value": [text_value]}},
                    of(X.text("note", "hi"), 7, T0 + 0.5), "add_text('note', 'hi', 7)")
    by_tensorboardX("histogram-raw",
                    {"wall_time": T0, "step": "2", "summary": {"value": [{"tag": "h", "histo": {
                        "min": 1.0, "max": 2.0, "num": 3.0, "sum": 5.0, "sum_squares": 9.0,
                        "bucket_limit": [1.5, 2.0], "bucket": [1.0, 2.0]}}]}},
                    of(X.histogram_raw("h", 1, 2, 3, 5, 9, [1.5, 2.0], [1, 2]), 2),
                    "add_histogram_raw('h', 1, 2, 3, 5, 9, [1.5, 2.0], [1, 2], 2)")
    assert good[1]["hex"] == SCALAR_DATA.hex() and good[4]["hex"] == TEXT_DATA.hex()

    # every other field
    def value(**fields):
        return {"summary": {"value": [fields]}}
    by_protobuf("empty", {}, "an event with nothing in it", ["wire-8"])
    by_protobuf("version-of-tensorboard", {
        "wall_time": T0, "file_version": "brain.Event:2",
        "source_metadata": {"writer": "tensorboard.summary.writer.event_file_writer"}})
    by_protobuf("step-negative", {"step": "-3"}, None, ["wire-5"])
    by_protobuf("step-last", {"step": "9223372036854775807"}, None, ["wire-5"])
    by_protobuf("step-first", {"step": "-9223372036854775808"}, None, ["wire-5"])
    for text in "NaN", "Infinity", "-Infinity":
        by_protobuf("scalar-" + text, value(tag="x", simple_value=text), None, ["wire-6"])
    by_protobuf("wall-time-NaN", {"wall_time": "NaN"},
                "a reader may drop it; the wire does not mind", ["wire-6"])
    by_protobuf("summary-empty", {"summary": {}}, None, ["wire-8"])
    by_protobuf("value-empty", {"summary": {"value": [{}, {}]}}, None, ["wire-9"])
    by_protobuf("two-values", {"wall_time": T0, "summary": {"value": [
        {"tag": "a", "simple_value": 1.0}, {"tag": "b", "simple_value": 2.0}]}})
    by_protobuf("graph", {"wall_time": T0, "graph_def": b64(b"\n\x00")})
    by_protobuf("graph-empty", {"graph_def": ""}, None, ["wire-8"])
    by_protobuf("meta-graph", {"wall_time": T0, "meta_graph_def": b64(b"meta")})
    for name in "DEBUGGING", "INFO", "WARN", "ERROR", "FATAL":
        by_protobuf("log-" + name,
                    {"wall_time": T0, "log_message": {"level": name, "message": "m"}})
    by_protobuf("log-UNKNOWN", {"log_message": {"message": "m"}}, "level 0 is the default",
                ["wire-8"])
    for name in "START", "STOP", "CHECKPOINT":
        by_protobuf("session-" + name, {"wall_time": T0, "step": "3", "session_log": {
            "status": name, "checkpoint_path": "/tmp/c", "msg": "m"}})
    by_protobuf("session-status-99", {"session_log": {"status": 99}},
                "a status without a name stays a number", ["wire-5"])
    by_protobuf("run-metadata", {"wall_time": T0, "tagged_run_metadata": {
        "tag": "step1", "run_metadata": b64(b"\n\x00")}})
    by_protobuf("image", value(tag="i", image={
        "height": 2, "width": 3, "colorspace": 4, "encoded_image_string": b64(b"PNG")}),
        "'PNG' stands for a picture")
    by_protobuf("audio", value(tag="a", audio={
        "sample_rate": 44100.0, "num_channels": "2", "length_frames": "100000",
        "encoded_audio_string": b64(b"WAV"), "content_type": "audio/wav"}),
        "'WAV' stands for a sound")
    by_protobuf("old-histogram", value(node_name="n", obsolete_old_style_histogram=b64(b"old")))
    by_protobuf("metadata", value(tag="t", metadata={
        "plugin_data": {"plugin_name": "p", "content": b64(b"\xff")},
        "display_name": "D", "summary_description": "*S*", "data_class": "DATA_CLASS_SCALAR"}))
    for name in "TENSOR", "BLOB_SEQUENCE":
        by_protobuf("data-class-" + name, value(metadata={"data_class": "DATA_CLASS_" + name}))
    by_protobuf("tensor-numbers", value(tag="t", tensor={
        "dtype": "DT_FLOAT",
        "tensor_shape": {"dim": [{"size": "2", "name": "rows"}, {"size": "-1"}, {}],
                         "unknown_rank": True},
        "version_number": 1,
        "tensor_content": b64(b"\x00\x00\x80?"),
        "float_val": [1.0, 0.0, "NaN"],
        "double_val": [0.1, -0.0],
        "int_val": [-1, 0, 2147483647],
        "string_val": ["", b64(b"\xff")],
        "scomplex_val": [1.0, -1.0],
        "int64_val": ["-9223372036854775808"],
        "bool_val": [True, False],
        "dcomplex_val": [2.5, "Infinity"],
        "half_val": [15360, 0],
        "uint32_val": [4294967295],
        "uint64_val": ["18446744073709551615"],
        "float8_val": b64(b"\x38")}))
    by_protobuf("tensor-resources", value(tensor={"dtype": "DT_RESOURCE", "resource_handle_val": [
        {"device": "/cpu:0", "container": "c", "name": "n", "hash_code": "18446744073709551615",
         "maybe_type_name": "T",
         "dtypes_and_shapes": [{"dtype": "DT_HALF", "shape": {"dim": [{"size": "1"}]}}, {}]},
        {}]}))
    by_protobuf("tensor-variants", value(tensor={"dtype": "DT_VARIANT", "variant_val": [
        {"type_name": "T", "metadata": b64(b"m"),
         "tensors": [{"dtype": "DT_INT8", "int_val": [1]}, {"variant_val": [{}]}]}]}),
        "a tensor in a tensor in a tensor")
    dtypes = event_pb2.DESCRIPTOR.pool.FindEnumTypeByName("tensorboard.DataType").values
    names = [v.name for v in dtypes if not v.name.endswith("_REF")]
    by_protobuf("tensor-dtypes", value(tensor={"resource_handle_val": [{"dtypes_and_shapes": [
        {"dtype": name} if name != "DT_INVALID" else {} for name in names]}]}),
        "every dtype; DT_INVALID is the default")

    # what a reader must take, though no writer here makes it
    scalar = SCALAR_DATA.hex()
    by_hand("shuffled", "wire-11", {"wall_time": T0 + 0.25, "step": "7", "summary": SCALAR},
            "2a 0d 0a 0b 15 0000003f 0a 04 6c6f7373 10 07 09 00001040fc54d941",
            "fields from last to first")
    by_hand("unknown-fields", "wire-12", {"wall_time": T0 + 0.25, "step": "7", "summary": SCALAR},
            scalar + "58 05 62 03 6e6577", "numbers 11 and 12 come from some later version")
    by_hand("summaries-merged", "wire-11", {"summary": {"value": [{"tag": "a"}, {"tag": "b"}]}},
            "2a 05 0a 03 0a 01 61 2a 05 0a 03 0a 01 62",
            "two summaries in one event are one of two values")
    by_hand("displaced", "wire-11", {"summary": {}}, "1a 01 78 2a 00",
            "a file version, displaced by a summary")
    by_hand("histogram-unpacked", "wire-9",
            {"summary": {"value": [{"histo": {"bucket_limit": [1.0, 2.0], "bucket": [3.0, 0.0]}}]}},
            "2a 28 0a 26 2a 24 31 000000000000f03f 31 0000000000000040"
            "39 0000000000000840 39 0000000000000000")
    by_hand("step-explicit-0", "wire-8", {"wall_time": T0}, "09 00000040fc54d941 10 00")
    by_hand("step-wrong-type", "wire-12", {"wall_time": T0}, "09 00000040fc54d941 15 07000000",
            "a step of four bytes is not a step")

    refuse("tag", "wire-7", 6, "2a 05 0a 03 0a 01 ff", "a tag that is not UTF-8")
    refuse("plugin-name", "wire-7", 12, "2a 0b 0a 09 4a 07 0a 05 0a 03 6162 ff",
           "a plugin name that is not UTF-8")
    refuse("cut", "wire-4", 11, SCALAR_DATA[:-1].hex(),
           "the last byte is missing: the summary is cut short")
    refuse("bucket", "wire-9", 16, "2a 0f 0a 0d 2a 0b 32 09 000000000000f03f 00",
           "a bucket limit of one byte")
    refuse("not-an-event", "wire-3", 0, b"from".hex(), "text: 'f' is field 12 of wire type 6")
    return {"about": "Event messages; their fields: tbx_pure/messages.py",
            "valid": good, "bad": bad}


# ---- plugins.json: the examples of pages 3 to 5 and plugins/, and other forms of them ----

def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def pixel():
    """A PNG of one white pixel, gray, its data stored as it is; Pillow must read it."""
    data = b"\x78\x01" + b"\x01\x02\x00\xfd\xff" + b"\x00\xff" + struct.pack(
        ">I", zlib.adler32(b"\x00\xff"))
    png = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
           + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    image = PIL.Image.open(io.BytesIO(png))
    assert (image.size, image.mode, image.getpixel((0, 0))) == ((1, 1), "L", 255)
    return png


def sound():
    """A WAV file of 0.0 and 0.5, by Python's wave."""
    out = io.BytesIO()
    with wave.open(out, "wb") as f:
        f.setparams((1, 2, 8000, 2, "NONE", ""))
        f.writeframes(struct.pack("<2h", 0, 16384))
    return out.getvalue()


def default_edges():
    edges, edge = [], 1e-12
    while edge < 1e20:
        edges.append(edge)
        edge *= 1.1
    return [-edge for edge in reversed(edges)] + [0] + edges


def plugins():
    good = []
    Event, X = event_pb2.Event, tensorboardX.summary

    def add(name, rules, message, source, why=None):
        event = Event.FromString(message.SerializeToString(deterministic=True))
        data = event.SerializeToString(deterministic=True)
        value = json_format.MessageToDict(event, preserving_proto_field_name=True)
        assert to_bytes(Event, value) == data, name
        good.append(case(name, why, rules=rules.split(), event=value, hex=data.hex(),
                         roundtrip=True, source=source))

    def by_protobuf(name, rules, fields, why=None):
        add(name, rules, json_format.ParseDict(dict({"wall_time": T0}, **fields), Event()),
            PROTOBUF, why)

    def one(name, rules, value, why=None, step="0"):
        by_protobuf(name, rules, {"step": step, "summary": {"value": [value]}}, why)

    def by_tensorboardX(name, rules, summary, call, step=0):
        add(name, rules, tensorboardX.proto.event_pb2.Event(wall_time=T0, step=step,
                                                            summary=summary), TENSORBOARDX, call)

    def by_tensorboard(name, rules, summary, call):
        add(name, rules, Event(wall_time=T0, step=1, summary=summary), TENSORBOARD, call)

    def data_class(plugin, n, content=b"", **names):
        return dict({"plugin_data": {"plugin_name": plugin, "content": b64(content)},
                     "data_class": "DATA_CLASS_" + n}, **names)

    # page 3
    add("event-first", "event-1 event-3 event-4", tensorboardX.proto.event_pb2.Event(
        wall_time=T0, file_version="brain.Event:2"), TENSORBOARDX, "SummaryWriter()")
    by_protobuf("event-first-of-tensorboard", "event-1 event-6", {
        "file_version": "brain.Event:2",
        "source_metadata": {"writer": "tensorboard.summary.writer.event_file_writer"}},
        "what torch's SummaryWriter() begins a file with")
    by_protobuf("event-version-again", "event-1 event-5", {
        "step": "3", "file_version": "brain.Event:2"},
        "SummaryWriter(purge_step=3): its second record; tensorboardX, torch and tbx_pure agree")
    by_protobuf("event-restart", "event-3 event-5", {
        "step": "3", "session_log": {"status": "START"}}, "the record after that")
    by_protobuf("event-nothing", "event-4", {"step": "1"}, "no member of what: read past it")
    by_protobuf("event-log", "event-4", {"log_message": {"level": "WARN", "message": "m"}},
                "no page of TensorBoard shows it")

    # page 4
    names = {"display_name": "Loss", "summary_description": "*low* is good"}
    one("summary-named", "summary-3 summary-4 summary-5", {
        "tag": "x", "simple_value": 0.5, "metadata": data_class("scalars", "SCALAR", **names)},
        "names that every reader keeps", "1")
    by_tensorboardX("summary-names-lost", "summary-4",
                    X.scalar("x", 0.5, names["display_name"], names["summary_description"]),
                    "add_scalar('x', 0.5, 1, display_name=..., summary_description=...): names "
                    "that TensorBoard's default engine drops", 1)
    one("summary-class-alone", "summary-5", {
        "tag": "x", "simple_value": 0.5, "metadata": {"data_class": "DATA_CLASS_SCALAR"}},
        "a data_class without plugin_name: not shown by the default engine", "1")
    one("summary-no-metadata", "summary-3", {
        "tag": "x", "tensor": {"dtype": "DT_FLOAT", "tensor_shape": {}, "float_val": [0.5]}},
        "a tensor that nobody claims: not shown", "1")
    one("summary-no-value", "summary-1", {
        "tag": "x", "metadata": {"plugin_data": {"plugin_name": "text"}}},
        "metadata alone, not of hparams: TensorBoard's Python loader fails", "1")
    one("summary-version-1", "summary-9", {
        "tag": "x", "tensor": {"dtype": "DT_FLOAT", "tensor_shape": {}, "float_val": [0.5]},
        "metadata": {"plugin_data": {"plugin_name": "scalars", "content": b64(b"\x08\x01")}}},
        "ScalarPluginData of version 1: not shown", "1")
    by_protobuf("summary-tags", "summary-2", {"step": "1", "summary": {"value": [
        {"tag": tag, "simple_value": 1.0} for tag in ("", "/", "a b", "\u635f\u5931", "..", "a\nb")]}},
        "any text is a tag")

    text_value = {"tag": "t", "tensor": {"dtype": "DT_STRING", "tensor_shape": {},
                                         "string_val": [b64(b"hi")]},
                  "metadata": {"plugin_data": {"plugin_name": "text"}}}
    half = {"tag": "x", "simple_value": 0.5}
    by_protobuf("summary-later", "summary-6 summary-10", {"step": "1", "summary": {"value": [
        text_value, {key: text_value[key] for key in ("tag", "tensor")}]}},
        "the second value is text too: the metadata of the first holds")
    by_protobuf("summary-two-kinds", "summary-7 summary-10", {"step": "1", "summary": {"value": [
        half, dict(text_value, tag="x")]}}, "the default engine shows neither")
    by_protobuf("summary-two-forms", "summary-7 summary-10", {"step": "1", "summary": {"value": [
        half, {"tag": "x", "tensor": {"dtype": "DT_FLOAT", "tensor_shape": {},
                                      "float_val": [0.25]}}]}}, "both are points of one curve")

    # page 5, and the plugins that are tensors
    one("tensor-float", "tensor-1 tensor-2 tensor-3 tensor-6", {
        "tag": "t", "tensor": {
            "dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": "2"}, {"size": "1"}]},
            "float_val": [1.5, -2.0]},
        "metadata": {"plugin_data": {"plugin_name": "tensor"}}},
        "torch.utils.tensorboard's add_tensor('t', tensor([[1.5], [-2.0]]), 1)", "1")
    one("tensor-half", "tensor-5", {
        "tag": "t", "tensor": {"dtype": "DT_HALF", "tensor_shape": {"dim": [{"size": "2"}]},
                               "half_val": [15872, 49152]},
        "metadata": {"plugin_data": {"plugin_name": "tensor"}}}, "1.5 and -2", "1")
    one("tensor-float8", "tensor-2 tensor-4 tensor-5", {
        "tag": "t", "tensor": {"dtype": "DT_FLOAT8_E4M3FN", "float8_val": b64(b"\x3c\xc0"),
                               "tensor_shape": {"dim": [{"size": "2"}]}},
        "metadata": {"plugin_data": {"plugin_name": "tensor"}}}, "1.5 and -2", "1")
    one("tensor-complex", "tensor-2 tensor-4", {
        "tag": "t", "tensor": {"dtype": "DT_COMPLEX64", "tensor_shape": {"dim": [{"size": "1"}]},
                               "scomplex_val": [1.5, -2.0]},
        "metadata": {"plugin_data": {"plugin_name": "tensor"}}}, "1.5 - 2i", "1")
    one("tensor-bytes", "tensor-6", {
        "tag": "t", "tensor": {"dtype": "DT_STRING", "tensor_shape": {}, "string_val": [b64(b"\xff")]},
        "metadata": {"plugin_data": {"plugin_name": "tensor"}}}, "any bytes", "1")
    by_tensorboardX("custom-scalars-two-charts",
                    "summary-3 custom-scalars-1 custom-scalars-2 custom-scalars-3 "
                    "custom-scalars-4",
                    X.custom_scalars({"C": {"a": ["Multiline", ["x"]],
                                            "m": ["Margin", ["x", "y", "z"]]}}),
                    "add_custom_scalars({'C': {'a': ['Multiline', ['x']], "
                    "'m': ['Margin', ['x', 'y', 'z']]}})")
    by_protobuf("line-chart-point", "line-chart-1 line-chart-2 line-chart-3", {
        "step": "1", "summary": {"value": [chart([2], 1.5, -2.0),
                                           {"tag": "c/y", "simple_value": -2.0}]}},
        "add_line_chart(['x', 'y'], [1.5, -2.0], 'c', 1)")
    by_protobuf("line-chart-whole", "line-chart-1 line-chart-2 line-chart-3", {
        "step": "1", "summary": {"value": [dict(picture([[255]]), tag="c"),
                                           chart([2, 2], 1.0, 0.5, 2.0, "NaN")]}},
        "two points, at the second a gap; the picture is one white pixel, for brevity")
    shown = dict(picture([[255]]), tag="m")
    by_protobuf("scatter-points", "scatter-1 scatter-2 scatter-3 scatter-4", {
        "step": "1", "summary": {"value": [shown, points([2, 3], 1.5, -2.0, 1.0, 0.5, "NaN", 0.0)]}},
        "add_scatter('m', [1.5, .5], [-2, nan], ['b', 'a'], global_step=1), its picture one pixel")
    by_protobuf("scatter-colors", "scatter-1 scatter-2 scatter-3", {
        "step": "1", "summary": {"value": [shown, points(
            [1, 6], 1.5, -2.0, 9.0, 255.0, 0.0, 128.0, y_label="y", label=[],
            column=["x", "y", "size", "red", "green", "blue"])]}}, "one red point of 9 pixels")
    by_protobuf("heatmap-matrix", "heatmap-1 heatmap-2 heatmap-4 heatmap-5", {
        "step": "1", "summary": {"value": [shown, matrix([1, 2], 0.5, "NaN", low=-1.0)]}},
        "add_heatmap('m', [[.5, nan]], ['r'], ['a', 'b'], low=-1, high=1, global_step=1), its "
        "picture one pixel")
    by_protobuf("heatmap-confusion", "heatmap-1 heatmap-2 heatmap-3 heatmap-4", {
        "step": "1", "summary": {"value": [shown, matrix(
            [2, 2], 3, 1, 0, 0, dtype="DT_INT64", row_title="true", column_title="predicted",
            row_label=["a", "b"], normalize=1, high=0.75, colormap="blues")]}},
        "add_confusion_matrix('m', matrix=[[3, 1], [0, 0]], class_names=['a', 'b'], "
        "normalize='true'), its picture one pixel")
    by_protobuf("graphs-two-nodes", "graphs-1 graphs-2 graphs-3 graphs-4", graph(
        node("x", "Input", shape=[2]), node("f/add", "Add", "x", "^x", attr=b"alpha = 1")),
        "an input of two numbers, and what is added to it once it is there")
    by_protobuf("graphs-profile", "graphs-5", PROFILE,
                "how it ran, as tensorboardX and torch have it")
    one("graphs-keras", "graphs-7", keras(MODEL), "what Keras's callback writes of a model")
    for name, rules, summary in zip(
            ("experiment", "start", "end"),
            ("hparams-4 hparams-6 hparams-7", "hparams-2", "hparams-5"),
            X.hparams({"lr": 0.1}, {"acc": 0.5})):
        by_tensorboardX("hparams-" + name, "summary-1 hparams-1 " + rules, summary,
                        "add_hparams({'lr': 0.1}, {'acc': 0.5})")
    one("hparams-not-finite", "hparams-3", session(
        "session_start_info", {"hparams": {"lr": float("inf")}}), "no value, says TensorBoard")
    by_tensorboardX("mesh-point", "mesh-1 mesh-2 mesh-5 mesh-6",
                    X.mesh("m", numpy.array([[[0, 0.5, 1]]]), None, None, None),
                    "add_mesh('m', array([[[0, .5, 1]]]), global_step=1)", 1)
    part = {"tag": "m_2", "tensor": {
        "dtype": "DT_INT32", "tensor_shape": {"dim": [{"size": "1"}, {"size": "1"}, {"size": "3"}]},
        "int_val": [0, 0, 0]}, "metadata": {"plugin_data": {"plugin_name": "mesh"}}}
    Mesh = mesh_data.MeshPluginData
    for name, rules, kind in (("mesh-face", "mesh-1 mesh-3 mesh-6", Mesh.FACE),
                              ("mesh-color", "mesh-1 mesh-4 mesh-6", Mesh.COLOR)):
        part["tag"] = "m_%d" % kind
        part["metadata"]["plugin_data"]["content"] = b64(Mesh(
            name="m", content_type=kind, json_config="{}", shape=[1, 1, 3]).SerializeToString())
        one(name, rules, part, "the same mesh, with numbers of another dtype", "1")
    by_tensorboardX("pr-curve-two", "pr-curves-1 pr-curves-2 pr-curves-3 pr-curves-4 pr-curves-5 "
                    "pr-curves-6",
                    X.pr_curve("p", numpy.array([1, 0]), numpy.array([0.9, 0.1]), 2),
                    "add_pr_curve('p', array([1, 0]), array([.9, .1]), 1, 2)", 1)
    one("pr-curve-128", "pr-curves-6", shaped(
        "DT_FLOAT", [6, 128], "p", "pr_curves", b"\x10\x80\x01",
        float_val=[x for x in (1.0, 0.0, 1.0, 0.0, 1.0, 1.0) for _ in range(128)]),
        "128 thresholds: num_thresholds has two bytes", "1")

    # numbers, sound, pictures, text
    by_tensorboardX("scalars-half", "scalars-1 scalars-2 summary-1 summary-2 summary-3",
                    X.scalar("x", 0.5), "add_scalar('x', 0.5, 1)", 1)
    for text in "NaN", "-Infinity":
        one("scalars-" + text, "scalars-2", {"tag": "x", "simple_value": text}, None, "1")
    by_tensorboard("scalars-tensor", "scalars-3 summary-3", scalar_summary.scalar_pb("x", 0.5),
                   "scalar_pb('x', 0.5)")
    one("scalars-double", "scalars-3", {
        "tag": "x", "tensor": {"dtype": "DT_DOUBLE", "tensor_shape": {}, "double_val": [0.5]},
        "metadata": {"plugin_data": {"plugin_name": "scalars"}}},
        "not shown by the default engine", "1")
    by_tensorboardX("text-hi", "text-1 text-2 text-4 summary-3", X.text("t", "hi"),
                    "add_text('t', 'hi', 1)", 1)
    by_tensorboard("text-block", "text-1", text_summary_v2.text_pb("t", "# hi"),
                   "text_pb('t', '# hi')")
    one("text-html", "text-3", dict(text_value, tensor=dict(
        text_value["tensor"], string_val=[b64(b"<script>alert(1)</script> *hi*")])),
        "TensorBoard shows the tags as text", "1")
    one("text-table", "text-1", {
        "tag": "t", "tensor": {"dtype": "DT_STRING",
                               "tensor_shape": {"dim": [{"size": "2"}, {"size": "2"}]},
                               "string_val": [b64(b) for b in (b"a", b"b", b"c", b"d")]},
        "metadata": {"plugin_data": {"plugin_name": "text"}}}, None, "1")
    one("text-not-utf-8", "text-2", {
        "tag": "t", "tensor": {"dtype": "DT_STRING", "tensor_shape": {}, "string_val": [b64(b"\xff")]},
        "metadata": {"plugin_data": {"plugin_name": "text"}}},
        "TensorBoard answers HTTP 500 for the tag", "1")
    one("images-pixel", "images-1 images-2 images-3", {"tag": "i", "image": {
        "height": 1, "width": 1, "colorspace": 1, "encoded_image_string": b64(pixel())}},
        "one white pixel", "1")
    one("images-tensor", "images-4", {
        "tag": "i", "tensor": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": "4"}]},
                               "string_val": [b64(b) for b in (b"1", b"1", pixel(), pixel())]},
        "metadata": {"plugin_data": {"plugin_name": "images"}}}, "two pictures of one pixel", "1")
    one("audio-mono", "audio-1 audio-2 audio-3 audio-4", {"tag": "a", "audio": {
        "sample_rate": 8000.0, "num_channels": "1", "length_frames": "2",
        "encoded_audio_string": b64(sound()), "content_type": "audio/wav"}},
        "samples 0.0 and 0.5; the file by Python's wave", "1")
    one("audio-tensor", "audio-5", {
        "tag": "a", "tensor": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": "1"}]},
                               "string_val": [b64(sound())]},
        "metadata": data_class("audio", "BLOB_SEQUENCE", b"\x10\x0b")}, None, "1")
    by_tensorboardX("histograms-one",
                    "histograms-1 histograms-2 histograms-3 histograms-4",
                    X.histogram("h", numpy.array([1.0]), default_edges()),
                    "add_histogram('h', array([1.0]), 1)", 1)
    one("histograms-fractions", "histograms-7", {"tag": "h", "histo": {
        "min": 0.0, "max": 2.0, "num": 1.0, "sum": 1.0, "sum_squares": 1.5,
        "bucket_limit": [1.0, 2.0], "bucket": [0.5, 0.5]}}, "counts that are shares", "1")
    by_tensorboard("histograms-tensor", "histograms-5",
                   histogram_summary.histogram_pb("h", [1.0, 2.0, 2.0], buckets=2),
                   "histogram_pb('h', [1, 2, 2], buckets=2)")
    return {"about": "Events: the examples of pages ../3-events.md to ../5-tensors.md and "
                     "../plugins/, and other forms", "valid": good}


# ---- what breaks a rule: tests/rules.py says so ----

BREAKS = {                                      # vectors that are read, and break rules of writing
    "event-scalar-described": "summary-4", "event-wall-time-NaN": "event-2",
    "event-value-empty": "summary-1 summary-2 summary-8 scalars-1", "event-image": "images-2",
    "event-old-histogram": "summary-2", "event-graph": "graphs-2", "event-metadata": "summary-1",
    "event-data-class-TENSOR": "summary-1 summary-2 summary-5 scalars-1",
    "event-data-class-BLOB_SEQUENCE": "summary-1 summary-2 summary-5 scalars-1",
    "event-tensor-numbers": "summary-3 tensor-1 tensor-2 tensor-3",
    "event-tensor-resources": "summary-2 summary-3 tensor-1 tensor-2",
    "event-tensor-variants": "summary-2 summary-3 tensor-1 tensor-2",
    "event-tensor-dtypes": "summary-2 summary-3 tensor-1 tensor-2",
    "event-summaries-merged": "event-4 summary-1 scalars-1", "event-displaced": "event-4",
    "event-histogram-unpacked": "summary-2", "event-step-explicit-0": "event-3",
    "summary-names-lost": "summary-4", "summary-class-alone": "summary-5",
    "summary-no-metadata": "summary-3", "summary-no-value": "summary-1",
    "summary-version-1": "summary-9", "summary-tags": "summary-2",
    "summary-later": "summary-6 summary-8", "summary-two-kinds": "summary-7 summary-8",
    "summary-two-forms": "summary-8", "scalars-double": "scalars-3", "text-not-utf-8": "text-2",
}
FIRST = {"file_version": "brain.Event:2"}
NAME = "events.out.tfevents.%d.host.%d.000000"


def marked(document):
    for c in document["valid"]:
        if c["id"] in BREAKS:
            c["breaks"] = BREAKS.pop(c["id"]).split()
    return document


def moment(*values, **fields):
    """The bytes of an event: of values at step 1, or of other fields."""
    fields = dict({"wall_time": T0}, **fields)
    if values:
        fields = dict({"step": "1", "summary": {"value": list(values)}}, **fields)
    return to_bytes(event_pb2.Event, fields).hex()


def about(plugin, content=b"", **more):
    return {"metadata": dict({"plugin_data": {"plugin_name": plugin, "content": b64(content)}},
                             **more)}


def shaped(dtype, shape, tag="t", plugin="tensor", content=b"", **values):
    """A Value that is a tensor; bytes among its values become base64."""
    values = {key: b64(x) if isinstance(x, bytes) else
              [b64(item) if isinstance(item, bytes) else item for item in x]
              for key, x in values.items()}
    return dict({"tag": tag, "tensor": dict(
        {"dtype": dtype, "tensor_shape": {"dim": [{"size": str(n)} for n in shape]}}, **values)},
        **about(plugin, content))


def picture(rows, claimed=None, png=None):
    """A Value that is a gray PNG, its data stored as it is; `claimed`: height, width, channels."""
    flat = b"".join(b"\0" + bytes(row) for row in rows)
    data = (b"\x78\x01\x01" + struct.pack("<HH", len(flat), 65535 - len(flat)) + flat
            + struct.pack(">I", zlib.adler32(flat)))
    made = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(
        ">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)) + chunk(b"IDAT", data)
        + chunk(b"IEND", b""))
    assert PIL.Image.open(io.BytesIO(made)).tobytes() == b"".join(map(bytes, rows))
    height, width, channels = claimed or (len(rows), len(rows[0]), 1)
    return {"tag": "i", "image": {"height": height, "width": width, "colorspace": channels,
                                  "encoded_image_string": b64(made if png is None else png)}}


def recording(samples, channels=1, **more):
    """A Value that is a WAV file, by Python's wave."""
    out = io.BytesIO()
    with wave.open(out, "wb") as f:
        f.setparams((channels, 2, 8000, 0, "NONE", ""))
        f.writeframes(struct.pack("<%dh" % len(samples), *samples))
    return {"tag": "a", "audio": dict({
        "sample_rate": 8000.0, "num_channels": str(channels),
        "length_frames": str(len(samples) // channels), "content_type": "audio/wav",
        "encoded_audio_string": b64(out.getvalue())}, **more)}


def histo(limits, counts, **more):
    return {"tag": "h", "histo": dict({"min": 1.0, "max": 2.0, "num": 2.0, "sum": 3.0,
                                       "sum_squares": 5.0, "bucket_limit": limits,
                                       "bucket": counts}, **more)}


def curve(rows, **more):
    n = len(rows[0])
    return shaped("DT_FLOAT", more.get("shape", [len(rows), n]), "p", "pr_curves",
                  b"\x10" + bytes([more.get("told", n)]), float_val=sum(rows, []))


def mesh_part(kind, values, tag=None, dtype="DT_FLOAT", shape=None, **more):
    shape = [1, len(values) // 3, 3] if shape is None else shape
    said = dict({"name": "m", "content_type": kind, "json_config": "{}", "shape": shape}, **more)
    field = {"DT_FLOAT": "float_val", "DT_INT32": "int_val"}[dtype]
    return shaped(dtype, shape, tag or "m_" + kind, "mesh",
                  to_bytes(mesh_data.MeshPluginData, said) if said["shape"] else b"",
                  **{field: values})


def session(member, said, tag=None):
    content = to_bytes(HParamsPluginData, {member: said})
    return dict({"tag": tag or "_hparams_/" + member}, **about("hparams", content))


def hparam(name, kind, **more):
    return dict({"name": name, "type": "DATA_TYPE_" + kind}, **more)


def layout(*charts, tag="custom_scalars__config__", **more):
    said = to_bytes(Layout, {"category": [{"title": "C", "chart": list(charts)}]})
    return shaped("DT_STRING", more.get("shape", []), tag, "custom_scalars", string_val=[said]
                  * more.get("times", 1))


def lines(title, *tags):
    return {"title": title, "multiline": {"tag": list(tags)}}


def band(*tags):
    return {"title": "m", "margin": {"series": [dict(zip(("value", "lower", "upper"), tags))]}}


def node(name, op, *inputs, shape=None, **attributes):
    """A NodeDef of one output."""
    values = {key: {"s": b64(text)} for key, text in attributes.items()}
    if shape is not None:
        values["_output_shapes"] = {"list": {"shape": [{"dim": [{"size": str(n)} for n in shape]}]}}
    return {"name": name, "op": op, "input": list(inputs), "attr": values}


MODEL = b'{"class_name": "Sequential", "config": {"name": "net", "layers": [{"class_name": "Dense", "config": {"name": "fc"}}]}}'


def keras(text):
    return shaped("DT_STRING", [], "keras", "graph_keras_model", b"1", string_val=[text])


def graph(*nodes, **more):
    """The fields of an event that has a graph."""
    return dict({"graph_def": b64(to_bytes(graph_pb2.GraphDef, {
        "node": list(nodes), "versions": {"producer": 22}}))}, **more)


PROFILE = {"tagged_run_metadata": {"tag": "profiler", "run_metadata": b64(to_bytes(
    config_pb2.RunMetadata, {"step_stats": {"dev_stats": [{"device": "/device:CPU:0"}]}}))}}
CHART = b"\x12\x01c\x1a\x01x\x1a\x01y"             # LineChartPluginData: title c, columns x and y


def chart(shape, *numbers, dtype="DT_DOUBLE", tag="c/line_chart", columns=b"xy"):
    """A Value of our own plugin, for which there is no module of protobuf."""
    field = {"DT_DOUBLE": "double_val", "DT_FLOAT": "float_val"}[dtype]
    return dict(shaped(dtype, shape, tag, **{field: list(numbers)}), **about(
        "line_chart", CHART[:3 + 3 * len(columns)], data_class="DATA_CLASS_TENSOR"))


def own(name, *rows):
    """A class of protobuf for a message of ours; a row is a field, its number being its place."""
    described = descriptor_pb2.FileDescriptorProto(name=name, package="own", syntax="proto3")
    message = described.message_type.add(name=name)
    Field = descriptor_pb2.FieldDescriptorProto
    for number, row in enumerate(rows, 1):
        *repeated, kind, field = row.split()
        message.field.add(name=field, number=number, type=getattr(Field, "TYPE_" + kind.upper()),
                          label=Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(described)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("own." + name))


SCATTER = own("ScatterPluginData", "int32 version", "string x_label", "string y_label",
              "repeated string column", "repeated string label")
HEATMAP = own("HeatmapPluginData", "int32 version", "string row_title", "string column_title",
              "repeated string row_label", "repeated string column_label", "string colormap",
              "double low", "double high", "int32 normalize")
FIELDS = {"DT_DOUBLE": "double_val", "DT_FLOAT": "float_val", "DT_INT64": "int64_val"}


def points(shape, *numbers, dtype="DT_DOUBLE", tag="m/scatter", **fields):
    """A Value of our plugin scatter: points with labels."""
    said = dict({"x_label": "x", "column": ["x", "y", "label"], "label": ["a", "b"]}, **fields)
    return dict(shaped(dtype, shape, tag, **{FIELDS[dtype]: list(numbers)}), **about(
        "scatter", to_bytes(SCATTER, said), data_class="DATA_CLASS_TENSOR"))


def matrix(shape, *numbers, dtype="DT_DOUBLE", tag="m/heatmap", **fields):
    """A Value of our plugin heatmap: a row and two columns."""
    said = dict({"row_label": ["r"], "column_label": ["a", "b"], "colormap": "viridis",
                 "high": 1.0}, **fields)
    return dict(shaped(dtype, shape, tag, **{FIELDS[dtype]: list(numbers)}), **about(
        "heatmap", to_bytes(HEATMAP, said), data_class="DATA_CLASS_TENSOR"))


TENSORS = b"0.5\t1.0\n0.25\t0.0\n"
LABELS = b"cat\ndog\n"


def embedding(*entries, **files):
    """The files of a projector; `config`: another text of it, `at`: where it is."""
    message = json_format.ParseDict({"embeddings": list(entries)}, ProjectorConfig())
    text = files.pop("config", text_format.MessageToString(message).encode())
    at = files.pop("at", "projector_config.pbtxt")
    files = dict({"tensors": TENSORS, "labels": LABELS}, **files)
    found = {"run/1/%s" % {"tensors": "tensors.tsv", "labels": "metadata.tsv",
                           "sprite": "sprite.png"}[name]: data
             for name, data in files.items() if data is not None}
    found["run/" + at] = text
    return {"names": ["run/" + NAME % (T0, 42)],
            "files": {path: b64(data) for path, data in found.items()}}


def entry(name="w:1", **more):
    return dict({"tensor_name": name, "tensor_path": "1/tensors.tsv",
                 "metadata_path": "1/metadata.tsv"}, **more)


def whole_runs():
    """Return what several events, names or files say together: good ones, and bad ones."""
    good, bad = [], []

    def put(to, rules, why, source, events=None, **rest):
        n = len([c for c in to if c["rules"][0] == rules[0]]) + 1
        prefix = "run" if to is good else "breaks"
        name = "%s-%s%s" % (prefix, rules[0], "-%d" % n if n > 1 else "")
        if events:
            rest["events"] = events
        if to is bad:
            rest["rule"] = rules[0]
        to.append(case(name, why, rules=rules, source=source, **rest))

    def run(rules, why, *events, source=PROTOBUF, **rest):
        put(good, rules.split(), why, source, list(events), **rest)

    def broken(rules, why, *events, source=PROTOBUF, **rest):
        put(bad, rules.split(), why, source, list(events), **rest)

    def scalar(x=0.5, tag="x", **more):
        return dict({"tag": tag, "simple_value": x}, **more)

    def point(step, x=0.5, **more):
        return moment(scalar(x), step=str(step), **more)
    one, two = "run/" + NAME % (T0, 42), "run/" + NAME % (T0 + 3600, 77)
    first = moment(**FIRST)

    # page 3
    run("event-1 event-2 event-6 files-1 files-2 files-3 files-4", "a whole file",
        written={one: [first, point(1)]})
    broken("event-1", "no file_version", written={one: [point(1)]})
    broken("event-1", "another version", written={one: [moment(file_version="brain.Event:1")]})
    broken("event-1", "the first event has a step", written={one: [moment(step="3", **FIRST)]})
    broken("event-2", "an infinite wall time", point(1, wall_time="Infinity"))
    broken("event-3", "a step of 0 is written", "09 00000040fc54d941 10 00", source=BY_HAND)
    broken("event-4", "a file_version and a log_message",
           moment(**FIRST) + moment(log_message={"message": "m"})[18:], source=BY_HAND)
    again = moment(step="3", **FIRST)
    start = moment(step="3", session_log={"status": "START"})
    run("event-5", "goes on from step 3", written={
        one: [first, point(1), point(2)], two: [first, again, start, point(3)]})
    broken("event-5", "tensorboardX's purge_step: START without a second file_version",
           written={one: [first, start]})
    broken("event-5", "the two have different steps",
           written={one: [first, again, moment(step="4", session_log={"status": "START"})]})
    broken("event-6", "in the second event", written={
        one: [first, moment(source_metadata={"writer": "w"}, step="1")]})

    # page 4
    broken("summary-1 scalars-1", "no member of value", moment({"tag": "x"}))
    broken("summary-1", "two members: simple_value, then a tensor",
           "09 00000040fc54d941 10 01 2a 1c 0a 1a 0a 01 78 15 0000003f 42 06 08 07 12 00 42 00"
           "4a 08 0a 06 0a 04 74657874", source=BY_HAND)
    broken("summary-2", "a space", moment(scalar(tag="a b")))
    broken("summary-2", "a / in front: a group without a name", moment(scalar(tag="/a")))
    broken("summary-3", "a tensor without plugin_name", moment(
        {"tag": "x", "tensor": {"dtype": "DT_FLOAT", "tensor_shape": {}, "float_val": [1.0]}}))
    broken("summary-4", "a display_name without a data_class",
           moment(scalar(**about("scalars", display_name="X"))))
    broken("summary-5", "scalars are of class 1", moment(
        scalar(**about("scalars", data_class="DATA_CLASS_TENSOR"))))
    names = [about("scalars", display_name=name, data_class="DATA_CLASS_SCALAR") for name in "AB"]
    run("summary-6 summary-7 summary-8", "every value has the same metadata",
        *(moment(scalar(**names[0]), step=str(n)) for n in (1, 2)))
    broken("summary-6", "another display_name, which nobody shows",
           *(moment(scalar(**names[n]), step=str(n + 1)) for n in (0, 1)))
    broken("summary-7", "a number, then a histogram", point(1), moment(
        dict(histo([1.0, 2.0], [1.0, 1.0]), tag="x"), step="2"))
    broken("summary-8", "the same step twice", point(1), point(1))
    broken("summary-8", "each epoch begins with 0 again", *map(point, (1, 2, 3, 1, 2, 3)))
    run("summary-8 summary-9", "steps grow; content is empty", *map(point, (-1, 5, 6)))
    broken("summary-9", "version 1", moment(shaped("DT_FLOAT", [], "x", "scalars", b"\x08\x01",
                                                   float_val=[0.5])))
    broken("summary-9", "no such message", moment(shaped("DT_FLOAT", [], "x", "scalars", b"\x08",
                                                         float_val=[0.5])))

    # page 5
    broken("tensor-1", "no shape", moment(dict(
        {"tag": "t", "tensor": {"dtype": "DT_FLOAT", "float_val": [1.0]}}, **about("tensor"))))
    broken("tensor-1", "a negative size", moment(shaped("DT_FLOAT", [-1], tensor_content=b"")))
    broken("tensor-2", "numbers in two places", moment(shaped(
        "DT_FLOAT", [1], float_val=[0.5], tensor_content=b"\0\0\0\x3f")))
    broken("tensor-2 tensor-4", "int32 in the field of int64", moment(shaped(
        "DT_INT32", [1], int64_val=["1"])))
    broken("tensor-2", "DT_UINT32 in uint32_val", moment(shaped("DT_UINT32", [1], uint32_val=[1])))
    run("tensor-2 tensor-3 tensor-4", "DT_UINT32 in tensor_content",
        moment(shaped("DT_UINT32", [2], tensor_content=struct.pack("<2I", 1, 2))))
    broken("tensor-3", "seven bytes for two numbers of four", moment(shaped(
        "DT_FLOAT", [2], tensor_content=bytes(7))))
    broken("tensor-3", "a bool of 2", moment(shaped("DT_BOOL", [1], tensor_content=b"\2")))
    broken("tensor-4", "two values for three elements", moment(shaped(
        "DT_FLOAT", [3], float_val=[1.0, 2.0])))
    broken("tensor-4", "three values for two elements", moment(shaped(
        "DT_FLOAT", [2], float_val=[1.0, 2.0, 3.0])))
    broken("tensor-5", "patterns of float, as torch writes them", moment(shaped(
        "DT_HALF", [1], half_val=[0x3FC00000])))
    broken("tensor-7", "an unknown dtype; the value after it is read",
           moment(shaped(99, [], "u"), shaped("DT_FLOAT", [], "v", float_val=[1.0])))
    run("tensor-7", "dtypes that are known", moment(shaped("DT_FLOAT", [], float_val=[1.0])))

    # page 6
    many = ["a/b/c/" + NAME % (T0, 1), "d/" + NAME % (T0, 2), NAME % (T0, 3)]
    run("files-1 files-2 files-3 files-4 files-5 files-7 files-9", "three runs", names=many)
    broken("files-1 files-2", "no tfevents in the name", names=["run/events.out.1700000000.host"])
    broken("files-2", "no second, no host", names=["run/x.tfevents"])
    broken("files-2", "tensorboardX's: no pid and no counter",
           names=["run/events.out.tfevents.1700000000.host"])
    broken("files-3", "two writers of one name", names=[one, one])
    broken("files-4", "a directory without an event file is no run", names=[many[0]],
           others=["d/notes.txt"])
    broken("files-5", "listed in another order than that of their names", names=[two, one])
    run("files-6", "one is closed, then the next begins", written={
        "run/" + NAME[:-1] % (T0, 42) + "0": [first, point(1)],
        "run/" + NAME[:-1] % (T0 + 9, 42) + "1": [moment(wall_time=T0 + 9, **FIRST)]})
    broken("files-6", "the first goes on after the second has begun", written={
        "run/" + NAME[:-1] % (T0, 42) + "0": [first, point(1, wall_time=T0 + 20)],
        "run/" + NAME[:-1] % (T0 + 9, 42) + "1": [moment(wall_time=T0 + 9, **FIRST)]})
    for where, why in (("../", "above the log directory"), ("/abs/", "an absolute path"),
                       ("a\0/", "a null character")):
        broken("files-7", why, names=[where + NAME % (T0, 1)])
    full = record(VERSION_DATA) + record(SCALAR_DATA)
    run("files-8", "a file grows", states=[full[:60].hex(), full.hex()], source=TENSORBOARD)
    broken("files-8", "a file is cut", states=[full.hex(), full[:60].hex()], source=TENSORBOARD)
    broken("files-8", "a file is written anew", source=TENSORBOARD, states=[
        full.hex(), (record(VERSION_DATA) + record(TEXT_DATA)).hex()])
    broken("files-9", "another file, to be left alone", names=[one],
           others=["run/notes.txt"])

    # scalars, text
    broken("scalars-1 summary-1", "0 was left out", moment(
        dict({"tag": "x"}, **about("scalars"))))
    run("scalars-2", None, moment(scalar(0.10000000149011612)), given=0.1)
    broken("scalars-2", "0.1, cut off where it must be rounded",
           moment(scalar(0.09999999403953552)), given=0.1)
    broken("scalars-3", "shape (1)", moment(shaped("DT_FLOAT", [1], "x", "scalars",
                                                   float_val=[0.5])))
    broken("scalars-3", "DT_DOUBLE", moment(shaped("DT_DOUBLE", [], "x", "scalars",
                                                   double_val=[0.5])))
    broken("text-1", "a number", moment(shaped("DT_FLOAT", [], "t", "text", float_val=[1.0])))
    broken("text-1", "three dimensions", moment(shaped("DT_STRING", [1, 1, 1], "t", "text",
                                                       string_val=[b"a"])))
    broken("text-2", "Latin-1", moment(shaped("DT_STRING", [], "t", "text", string_val=[b"\xe9"])))
    broken("text-4", "shape (1), but not the tag", moment(shaped("DT_STRING", [1], "t", "text",
                                                                 string_val=[b"a"])))

    # images, audio
    def array(dtype, *values):
        return {"dtype": dtype, "shape": [len(values)], "values": list(values)}
    run("images-1 images-2 images-3", "floats are clipped", moment(picture([[127, 255, 0]])),
        given=array("float32", 0.5, 1.5, -0.1))
    broken("images-1", "height and width changed places",
           moment(picture([[0, 1]], claimed=(2, 1, 1))))
    broken("images-1", "no colorspace", moment(picture([[0, 1]], claimed=(1, 2, 0))))
    broken("images-2", "no picture", moment(picture([[0]], png=b"P5 1 1 255 \0")))
    broken("images-3", "1.5 is wrapped to 126", moment(picture([[127, 126, 0]])),
           given=array("float32", 0.5, 1.5, -0.1))
    broken("images-3", "0.5 is rounded up", moment(picture([[128, 255, 0]])),
           given=array("float32", 0.5, 1.5, -0.1))
    pixel_ = base64.b64decode(picture([[0]])["image"]["encoded_image_string"])
    broken("images-4", "no height", moment(shaped("DT_STRING", [2], "i", "images",
                                                  string_val=[b"1", pixel_])))
    broken("images-4", "a table", moment(shaped("DT_STRING", [1, 3], "i", "images",
                                                string_val=[b"1", b"1", pixel_])))
    run("audio-1 audio-2 audio-4", "floats are clipped, NaN is 0",
        moment(recording([0, 16384, 32767, -32768, 0])),
        given=array("float32", 0.0, 0.5, 1.5, -1.5, "NaN"))
    run("audio-3 audio-4", "int16, of two channels", moment(recording([1, -2, 3, -4], 2)),
        given=array("int16", 1, -2, 3, -4))
    broken("audio-1", "no content_type", moment(recording([1], content_type="")))
    broken("audio-1", "no sample_rate", moment(recording([1], sample_rate=0)))
    broken("audio-2", "1.5 is wrapped", moment(recording([-16384])), given=array("float32", 1.5))
    broken("audio-2", "NaN is -32768", moment(recording([-32768])), given=array("float32", "NaN"))
    broken("audio-2", "half as far as 32767", moment(recording([16383])),
           given=array("float32", 0.5))
    broken("audio-3", "clipped to 1", moment(recording([1, -1])), given=array("int16", 300, -300))
    broken("audio-4", "four channels of one frame", moment(recording([1, 2, 3, 4], 4)))
    broken("audio-4", "num_channels is not that of the file",
           moment(recording([1, 2, 3, 4], 1, num_channels="2", length_frames="2")))
    broken("audio-5", "each with a label", moment(shaped(
        "DT_STRING", [1, 2], "a", "audio", string_val=[sound(), b"label"])))

    # histograms, pr_curves
    edges = default_edges()
    near = edges.index(0) + 1 + 290
    wrong = [1e-12 * 1.1 ** k for k in (289, 290)]
    assert all(a != b for a, b in zip(wrong, edges[near - 1:near + 1]))
    broken("histograms-1", "two limits, one count", moment(histo([1.0, 2.0], [1.0])))
    broken("histograms-1", "limits that decrease", moment(histo([2.0, 1.0], [1.0, 1.0])))
    broken("histograms-2", "a row from 1.0 to 0.5, without values",
           moment(histo([0.5, 2.0], [0.0, 2.0])))
    broken("histograms-3", "1e-12 * 1.1 ** k, of other last bits",
           moment(histo(wrong, [0.0, 2.0])))
    broken("histograms-4", "no empty bucket in front",
           moment(histo(edges[near:near + 2], [1.0, 1.0])))
    broken("histograms-5", "two columns", moment(shaped("DT_DOUBLE", [1, 2], "h", "histograms",
                                                        double_val=[0.0, 1.0])))
    broken("histograms-5", "whole numbers", moment(shaped("DT_INT32", [1, 3], "h", "histograms",
                                                          int_val=[0, 1, 1])))
    run("histograms-6", "of 1, 2 and NaN", moment(histo([1.0, 2.0], [1.0, 1.0])))
    broken("histograms-6", "NaN is counted", moment(histo([1.0, 2.0], [1.0, 1.0], num=3.0,
                                                          min="NaN", max="NaN", sum="NaN")))
    rows = [[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.5, 1.0], [1.0, 1.0]]
    given = {"labels": [1, 0], "predictions": [1.0, 0.5]}
    run("pr-curves-1 pr-curves-2 pr-curves-3 pr-curves-4 pr-curves-5", None, moment(curve(rows)),
        given=given)
    broken("pr-curves-1", "five rows", moment(curve(rows[:5])))
    broken("pr-curves-1", "no thresholds", moment(curve([[]] * 6)))
    broken("pr-curves-1", "of texts; found by fuzzing", moment(shaped(
        "DT_STRING", [6, 2], "p", "pr_curves", b"\x10\x02", string_val=[b"a"] * 12)))
    broken("pr-curves-2", "it is told 127", moment(curve(rows, told=127)))
    broken("pr-curves-3", "0.5 in the column of 1",
           moment(curve([rows[0], [1.0, 1.0], [0.0, 0.0]] + rows[3:4] + [[0.5, 0.5], [1.0, 1.0]])),
           given=given)
    broken("pr-curves-4", "0 / 0 is 1", moment(curve(
        [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.5, 1.0], [1.0, 0.0]])))
    broken("pr-curves-5", "a NaN among the counts", moment(curve([["NaN", 1.0]] + rows[1:])))

    # mesh
    three = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    vertex, face = mesh_part("VERTEX", three), mesh_part("FACE", [0, 1, 2], dtype="DT_INT32")
    color = mesh_part("COLOR", [0.0, 127.0, 255.0] * 3)
    run("mesh-1 mesh-2 mesh-3 mesh-4 mesh-5", "a triangle", moment(vertex, face, color))
    broken("mesh-1", "the faces have another step", moment(vertex), moment(face, step="2"))
    broken("mesh-1 summary-8", "one tag for both",
           moment(vertex, mesh_part("COLOR", [0.0] * 9, tag="m_VERTEX")))
    broken("mesh-2", "two dimensions", moment(mesh_part("VERTEX", three, shape=[3, 3])))
    broken("mesh-2", "no shape in the content", moment(shaped(
        "DT_FLOAT", [1, 3, 3], "m", "mesh", b"\x12\x01m\x18\x01", float_val=three)))
    broken("mesh-2", "two batches of points, one of faces",
           moment(mesh_part("VERTEX", three * 2, shape=[2, 3, 3]), face))
    broken("mesh-3", "there is no point 3", moment(vertex, mesh_part("FACE", [0.0, 1.0, 3.0])))
    broken("mesh-3", "half a point", moment(vertex, mesh_part("FACE", [0.0, 1.0, 1.5])))
    broken("mesh-4", "256", moment(vertex, mesh_part("COLOR", [0.0, 0.0, 256.0] * 3)))
    broken("mesh-4", "two colors for three points", moment(vertex, mesh_part("COLOR", [0.0] * 6)))
    broken("mesh-5", "NaN", moment(mesh_part("VERTEX", three, json_config='{"a": NaN}')))
    broken("mesh-5", "single quotes", moment(mesh_part("VERTEX", three, json_config="{'a': 1}")))

    # hparams
    lr = hparam("lr", "FLOAT64")
    columns = {"hparam_infos": [lr], "metric_infos": [{"name": {"tag": "loss_x"}}]}
    table = session("experiment", columns)
    begun = session("session_start_info", {"hparams": {"lr": 0.1}})
    ended = session("session_end_info", {"status": "STATUS_SUCCESS"})

    def stepless(*values):
        return moment(*values, step="0")
    run("hparams-1 hparams-2 hparams-4 hparams-5 hparams-7", "a session", stepless(table),
        stepless(begun), moment(scalar(tag="loss_x")), stepless(ended))
    run("hparams-6", "two sessions of the same columns", written={
        "a/" + NAME % (T0, 1): [first, stepless(table)],
        "b/" + NAME % (T0, 2): [first, stepless(table)]})
    broken("hparams-1", "the end under the tag of the start",
           stepless(session("session_end_info", {}, "_hparams_/session_start_info")))
    broken("hparams-1", "a step", moment(begun))
    broken("hparams-2", "a list", stepless(session("session_start_info",
                                                   {"hparams": {"lr": [1.0]}})))
    broken("hparams-2", "a number, announced as a text", stepless(
        session("experiment", {"hparam_infos": [hparam("lr", "STRING")]})), stepless(begun))
    broken("hparams-4", "the scalar is loss_x", stepless(session("experiment", {
        "hparam_infos": [lr], "metric_infos": [{"name": {"tag": "loss x"}}]})),
        moment(scalar(tag="loss_x")))
    broken("hparams-5", "started twice", stepless(begun), stepless(begun))
    broken("hparams-5", "RUNNING, then SUCCESS", stepless(
        session("session_end_info", {"status": "STATUS_RUNNING"})), stepless(ended))
    broken("hparams-6", "another column in the other run", written={
        "a/" + NAME % (T0, 1): [first, stepless(table)],
        "b/" + NAME % (T0, 2): [first, stepless(session("experiment", {
            "hparam_infos": [lr, hparam("opt", "STRING")]}))]})
    broken("hparams-7", "a text among numbers", stepless(session("experiment", {"hparam_infos": [
        hparam("lr", "FLOAT64", domain_discrete=[0.1, "big"])]})))
    broken("hparams-7", "from 1 to 0", stepless(session("experiment", {"hparam_infos": [
        hparam("lr", "FLOAT64", domain_interval={"min_value": 1.0})]})))

    # custom_scalars
    charts = layout(lines("a", "x$"), band("x", "y", "z"))
    run("custom-scalars-1 custom-scalars-2 custom-scalars-3 custom-scalars-4",
        "the second layout has all of the first", stepless(layout(lines("a", "x$"))),
        stepless(charts))
    broken("custom-scalars-1", "another tag", stepless(layout(lines("a", "x"), tag="layout")))
    broken("custom-scalars-1", "two elements", stepless(layout(lines("a", "x"), shape=[2],
                                                               times=2)))
    broken("custom-scalars-1", "a step", moment(layout(lines("a", "x"))))
    broken("custom-scalars-2", "no valid expression", stepless(layout(lines("a", "loss("))))
    broken("custom-scalars-3", "no upper edge", stepless(layout(band("x", "y"))))
    broken("custom-scalars-3", "an expression", moment(scalar(tag="x1")),
           stepless(layout(band("x.*", "y", "z"))))
    run("custom-scalars-5", "two runs of one layout", written={
        "a/" + NAME % (T0, 1): [first, stepless(charts)],
        "b/" + NAME % (T0, 2): [first, stepless(charts)]})
    broken("custom-scalars-5", "two runs, each with a chart of its own", written={
        "a/" + NAME % (T0, 1): [first, stepless(layout(lines("a", "x")))],
        "b/" + NAME % (T0, 2): [first, stepless(layout(lines("b", "x")))]})
    broken("custom-scalars-4", "the second layout has its own chart only",
           stepless(layout(lines("a", "x"))), stepless(layout(lines("b", "y"))))

    # line_chart
    y = scalar(tag="c/y")
    run("line-chart-1 line-chart-2", "a chart that grows", moment(chart([2], 1.0, 0.5), y),
        moment(chart([2], 2.0, 0.5), y, step="2"))
    broken("line-chart-1", "DT_FLOAT", moment(chart([2], 1.0, 0.5, dtype="DT_FLOAT"), y))
    broken("line-chart-1", "three numbers for two columns",
           moment(chart([3], 1.0, 0.5, 0.5), y, scalar(tag="c/z")))
    broken("line-chart-1", "x alone", moment(chart([1], 1.0, columns=b"x")))
    broken("line-chart-1", "no data_class",
           moment(dict(chart([2], 1.0, 0.5), **about("line_chart", CHART)), y))
    broken("line-chart-2", "nothing that TensorBoard could show", moment(chart([2], 1.0, 0.5)))
    broken("line-chart-2", "a point beside a picture",
           moment(dict(picture([[255]]), tag="c"), chart([2], 1.0, 0.5)))
    broken("line-chart-2", "the tag of the picture and of the numbers have nothing in common",
           moment(picture([[255]]), chart([1, 2], 1.0, 0.5)))
    broken("line-chart-2", "another tag", moment(chart([2], 1.0, 0.5, tag="c/numbers"), y))

    # scatter
    shown = dict(picture([[255]]), tag="m")
    dots = points([2, 3], 1.5, -2.0, 1.0, 0.5, 1.0, 0.0)
    run("scatter-1 scatter-2 scatter-3", "points of two steps", moment(shown, dots),
        moment(shown, dots, step="2"))
    broken("scatter-1", "DT_FLOAT",
           moment(shown, points([1, 3], 1.0, 2.0, 0.0, dtype="DT_FLOAT")))
    broken("scatter-1", "two numbers for three columns", moment(shown, points([1, 2], 1.0, 2.0)))
    broken("scatter-1", "one dimension", moment(shown, points([3], 1.0, 2.0, 0.0)))
    broken("scatter-1", "no points", moment(shown, points([0, 3])))
    for column in (["x", "label"], ["x", "x", "y"], ["x", "y", "z"], ["x", "y", "red"]):
        broken("scatter-1", "columns " + " ".join(column), moment(shown, points(
            [1, len(column)], *[0.0] * len(column), column=column)))
    broken("scatter-1", "no data_class",
           moment(shown, dict(dots, metadata=dict(dots["metadata"], data_class=0))))
    for number in 2.0, -1.0, 0.5, "NaN":
        broken("scatter-2", "label %s of two" % number, moment(shown, points([1, 3], 1.0, 2.0, number)))
    for number in 0.0, "NaN":
        broken("scatter-2", "a size of %s" % number,
               moment(shown, points([1, 3], 1.0, 2.0, number, column=["x", "y", "size"])))
    broken("scatter-2", "a blue of 256", moment(shown, points(
        [1, 5], 1.0, 2.0, 0.0, 0.0, 256.0, column=["x", "y", "red", "green", "blue"])))
    broken("scatter-3", "no picture", moment(dots))
    broken("scatter-3", "the picture has another tag", moment(dict(shown, tag="n"), dots))
    broken("scatter-3", "another tag", moment(shown, points([1, 3], 1.0, 2.0, 0.0, tag="m/data")))

    # heatmap
    cells = matrix([1, 2], 0.5, 1.0)
    run("heatmap-1 heatmap-2 heatmap-3 heatmap-4", "a matrix that changes", moment(shown, cells),
        moment(shown, matrix([1, 2], 0.5, 0.75, high=2.0), step="2"))
    broken("heatmap-1", "one dimension", moment(shown, matrix([2], 0.5, 1.0)))
    broken("heatmap-1", "no rows", moment(shown, matrix([0, 2], row_label=[])))
    broken("heatmap-1", "one name for two columns",
           moment(shown, matrix([1, 2], 0.5, 1.0, column_label=["a"])))
    broken("heatmap-1", "two names for one row",
           moment(shown, matrix([1, 2], 0.5, 1.0, row_label=["r", "s"])))
    broken("heatmap-1", "no data_class",
           moment(shown, dict(cells, metadata=dict(cells["metadata"], data_class=0))))
    broken("heatmap-2", "low is high", moment(shown, matrix([1, 2], 0.5, 1.0, low=1.0)))
    broken("heatmap-2", "high is NaN", moment(shown, matrix([1, 2], 0.5, 1.0, high="NaN")))
    broken("heatmap-3", "less than 0 examples",
           moment(shown, matrix([1, 2], -1.0, 1.0, normalize=3)))
    broken("heatmap-3", "NaN examples", moment(shown, matrix([1, 2], "NaN", 1.0, normalize=2)))
    broken("heatmap-4", "no picture", moment(cells))
    broken("heatmap-4", "the picture has another tag", moment(dict(shown, tag="n"), cells))
    broken("heatmap-4", "another tag", moment(shown, matrix([1, 2], 0.5, 1.0, tag="m/data")))

    # graphs
    x, y = node("x", "Input"), node("f/y", "Neg", "x:0", "^x", shape=[2])
    run("graphs-1 graphs-2 graphs-3 graphs-4 graphs-5 graphs-6", "a graph, what it became, and how "
        "that ran; z runs in a circle", moment(**graph(x, y)),
        moment(**graph(x, y, node("z", "Add", "f/y", "z"), step="1")), moment(**PROFILE))
    broken("graphs-1", "two at one step", moment(**graph(x)), moment(**graph(x, y)))
    broken("graphs-1", "no GraphDef", moment(graph_def=b64(b"\x0a\x05")), source=BY_HAND_SEEN % "none")
    for name in "f//y", "/y", "^y", "y:1", "":
        broken("graphs-2", "the name %r" % name, moment(**graph(node(name, "Neg"))))
    broken("graphs-2", "one name for two", moment(**graph(x, node("x", "Neg"))))
    broken("graphs-3", "there is no z", moment(**graph(x, node("y", "Neg", "z"))))
    broken("graphs-3", "there is no x inside f", moment(**graph(node("f/x", "Input"),
                                                               node("f/y", "Neg", "x"))))
    broken("graphs-4", "a shape as text", moment(**graph(node("x", "Input", _output_shapes=b"(2,)"))))
    broken("graphs-5", "no RunMetadata", moment(**graph(x)), moment(tagged_run_metadata={
        "tag": "profiler", "run_metadata": b64(b"\x0a\x05")}), source=BY_HAND_SEEN % "none")

    broken("graphs-7", "a Python dict is not JSON", moment(keras(b"{'class_name': 'Sequential'}")))
    broken("graphs-7", "two models", moment(shaped(
        "DT_STRING", [2], "keras", "graph_keras_model", b"1", string_val=[MODEL, MODEL])))

    # projector
    png = base64.b64decode(picture([[1, 2], [0, 0]])["image"]["encoded_image_string"])
    sprite = {"image_path": "1/sprite.png", "single_image_dim": [1, 1]}
    floats = struct.pack("<4f", 0.5, 1, 0.25, 0)
    run(" ".join("projector-%d" % n for n in (1, 2, 3, 4, 6, 7, 8, 9, 10, 11)), "two points",
        **embedding(entry(sprite=sprite), sprite=png))
    run("projector-5", "the same as float32",
        **embedding(entry(tensor_shape=[2, 2]), tensors=floats))
    broken("projector-1", "another name", **embedding(entry(), at="projector_config.pbtext"))
    broken("projector-2 projector-4", "above the run",
           **embedding(entry(tensor_path="../tensors.tsv")))
    broken("projector-2 projector-4", "an absolute path",
           **embedding(entry(tensor_path="/tensors.tsv")))
    broken("projector-3", "a quote in a string", source="by hand",
           **embedding(config=b'embeddings { tensor_name: "a"b" }'))
    broken("projector-3", "Latin-1", source="by hand",
           **embedding(config=b'embeddings { tensor_name: "\xe9" }'))
    broken("projector-4", "no metadata", **embedding(entry(), labels=None))
    broken("projector-5", "only zeros: TensorBoard takes them for text",
           **embedding(entry(tensor_shape=[2, 2]), tensors=bytes(16)))
    broken("projector-5", "float32 without tensor_shape", **embedding(
        entry(), tensors=floats))
    broken("projector-6", "a bool", **embedding(entry(), tensors=b"True\t1\n0\t1\n"))
    broken("projector-6", "two numbers, then one", **embedding(entry(), tensors=b"1\t2\n3\n"))
    broken("projector-6", "no points", **embedding(entry(), tensors=b"", labels=b""))
    broken("projector-7", "a label for the first only", **embedding(entry(), labels=b"cat\n"))
    broken("projector-7", "a blank line", **embedding(entry(), labels=b"cat\n\n"))
    broken("projector-7", "a name above a single column",
           **embedding(entry(), labels=b"word\ncat\ndog\n"))
    narrow = base64.b64decode(picture([[1]])["image"]["encoded_image_string"])
    broken("projector-8", "one picture for two points",
           **embedding(entry(sprite=sprite), sprite=narrow))
    broken("projector-8", "pictures that do not fill its width",
           **embedding(entry(sprite=dict(sprite, single_image_dim=[3, 3])), sprite=png))
    broken("projector-9 projector-11", "two entries of one name", **embedding(entry(), entry()))
    broken("projector-10", "ends the URL's parameter", **embedding(entry("a&b:1")))
    broken("projector-11", "new numbers under the old path", **embedding(entry("w:1"), entry("w:2")))
    return {"runs": good, "bad": bad}


# ---- media.json ----

PILLOW = "Pillow " + PIL.__version__
BY_HAND_SEEN = "by hand; %s reads it so"


def png_file(pixels, channels=1, width=1, height=1, filters=None, before=(), after=()):
    """A PNG whose rows are stored as they are."""
    stride = width * channels
    rows = b"".join(bytes([(filters or bytes(height))[y]]) + pixels[y * stride:(y + 1) * stride]
                    for y in range(height))
    data = b"\x78\x01" + b"\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows
    return (b"\x89PNG\r\n\x1a\n" + png_header(width, height, channels) + b"".join(before)
            + chunk(b"IDAT", data + struct.pack(">I", zlib.adler32(rows))) + b"".join(after)
            + chunk(b"IEND", b""))


def png_header(width, height, channels):
    color = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0))


def moving_png():
    """One gray pixel: black for 40 thousandths of a second, white for a second."""
    control = struct.Struct(">IIIIIHHBB")
    white = png_file(b"\xff")[41:-16]                   # the data of its IDAT
    return png_file(
        b"\0", before=[chunk(b"acTL", struct.pack(">II", 2, 0)),
                       chunk(b"fcTL", control.pack(0, 1, 1, 0, 0, 40, 1000, 0, 0))],
        after=[chunk(b"fcTL", control.pack(1, 1, 1, 0, 0, 1000, 1000, 0, 0)),
               chunk(b"fdAT", struct.pack(">I", 2) + white)])


LOOP = "21 ff 0b 4e45545343415045322e30 03 01 0000 00"
GIF_PIXEL = "474946383961 0100 0100 f0 00 00 ffffff 000000 %s 21 f9 04 04 0000 00 00 " \
            "2c 0000 0000 0100 0100 00 02 02 4401 00 3b" % LOOP
GIF_LINE = "474946383961 0600 0100 f0 00 00 000000 ffffff %s 21 f9 04 04 0500 00 00 " \
           "2c 0000 0000 0600 0100 00 02 03 8c0d05 00 21 f9 04 04 0700 00 00 " \
           "2c 0500 0000 0100 0100 00 02 02 4c01 00 3b" % LOOP
WAV_24 = "52494646 4c000000 57415645 666d7420 28000000 feff 0100 401f0000 c05d0000 0300 1800 " \
         "1600 1800 00000000 0100 0000 0000 1000 8000 00aa00389b71 66616374 04000000 01000000 " \
         "64617461 03000000 000040 00"


def media():
    """Pictures and sounds with what they show; other programs must find the same in them."""
    files = []

    def picture(name, rules, data, height, width, channels, frames, delays=None, why=None):
        image = PIL.Image.open(io.BytesIO(data))
        form = {"PNG": "apng" if delays else "png", "GIF": "gif"}[image.format]
        mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[channels]
        assert (image.size, image.n_frames) == ((width, height), len(frames)), name
        for i, pixels in enumerate(frames):
            image.seek(i)
            assert image.convert(mode).tobytes() == pixels, name
            assert delays is None or image.info["duration"] == delays[i] * (10 if form == "gif" else 1)
        assert delays is None or image.info["loop"] == 0
        shown = {"height": height, "width": width}
        shown.update({"delays": delays} if delays else {"channels": channels})
        files.append(case("media-" + name, why, rules=rules, format=form, **shown,
                          frames=[pixels.hex() for pixels in frames], encoded=data.hex(),
                          source=BY_HAND_SEEN % PILLOW))
    red, line = b"\xff\0\0", b"\xff" * 5 + b"\0"
    picture("png", ["media-1", "media-2", "media-3"], png_file(red, 3), 1, 1, 3, [red],
            why="one red pixel")
    picture("png-alpha", ["media-2"], png_file(red + b"\x80", 4), 1, 1, 4, [red + b"\x80"],
            why="half as opaque")
    picture("png-filters", ["media-4"],
            png_file(bytes([1, 2, 1, 1, 1, 1, 1, 1, 5, 4]), 1, 2, 5, bytes(range(5))), 5, 2, 1,
            [bytes([1, 2, 1, 2, 2, 3, 2, 3, 7, 11])], why="a row for each filter")
    picture("apng", ["media-5"], moving_png(), 1, 1, 1, [b"\0", b"\xff"], [40, 1000])
    picture("gif", ["media-6", "media-8"], bytes.fromhex(GIF_PIXEL), 1, 1, 1, [b"\xff"], [0],
            why="one white pixel")
    picture("gif-line", ["media-6", "media-7", "media-8"], bytes.fromhex(GIF_LINE), 1, 6, 1,
            [line, b"\xff" * 6], [5, 7], why="five pixels white, one black; then white, too")
    for name, rules, data, sample, samples in (
            ("wav", ["media-9"], sound(), "int16", [0, 16384]),
            ("wav-24", ["media-9", "media-10"], bytes.fromhex(WAV_24), "int24", [2 ** 22])):
        files.append(case("media-" + name, None, rules=rules, format="wav", channels=1,
                          sample_rate=8000, sample=sample, samples=samples, encoded=data.hex(),
                          source=BY_HAND_SEEN % "soundfile 0.14.0" if name == "wav-24"
                          else "Python's wave"))
    return {"about": "Pictures and sounds, as files: ../media.md", "files": files,
            "bad": list(bad_media())}


def bad_media():
    good = png_file(b"\xff\0\0", 3)
    gif_ = bytes.fromhex(GIF_PIXEL)
    crc = bytearray(good)
    crc[50] ^= 1

    def bad(name, rule, pos, data, why):
        return case("media-bad-" + name, why, rules=[rule], rule=rule, pos=pos, encoded=data.hex(),
                    source="by hand")
    yield bad("cut", "media-1", len(good) - 12, good[:-1], "the last byte is missing")
    yield bad("crc", "media-1", 33, bytes(crc), "a bit of a pixel flipped")
    yield bad("chunk", "media-1", 33, good[:33] + b"\x7f" + good[34:],
              "a length whose bytes are not there: no memory for it")
    yield bad("no-pixels", "media-1", 41, good[:33] + good[-12:], "no chunk IDAT")
    yield bad("width", "media-2", 16, png_file(b"", 3, width=0), "width 0")
    yield bad("interlaced", "media-2", 16, good[:8] + chunk(b"IHDR", good[16:28] + b"\1") + good[33:],
              "interlaced: PNG, but not of this page")
    yield bad("short", "media-3", 41, good[:8] + png_header(1, 2, 3) + good[33:], "two rows of one")
    yield bad("long", "media-3", 41, png_file(bytes(300))[:8] + png_header(1, 1, 1)
              + png_file(bytes(300), 1, 1, 300)[33:], "one row of 300: what does not fit is not made")
    yield bad("filter", "media-4", 41, png_file(b"\xff\0\0", 3, filters=b"\5"), "there is no filter 5")
    yield bad("gif-cut", "media-11", len(gif_) - 1, gif_[:-1], "no trailer")
    yield bad("gif-empty", "media-11", 38, gif_[:38] + b";", "no picture before the trailer")
    yield bad("jpeg-cut", "media-11", 13, bytes.fromhex("ffd8 ffc0 000b 08 0001 0001 01 00"),
              "ends in the frame's header")
    yield bad("jpeg-height", "media-11", 0,
              bytes.fromhex("ffd8 ffc0 000b 08 0000 0001 01 01 11 00 ffda 0008 01 01 00 00 3f 00 00 ffd9"),
              "height 0: a marker behind the pixels would tell it")


# ---- write ----

def dump(path, document):
    """One vector a line, so that a change of one is a change of one line."""
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write("{\n")
        for i, (key, value) in enumerate(document.items()):
            f.write("%s%s: " % (",\n" if i else "", json.dumps(key)))
            if isinstance(value, list):
                f.write("[\n" + ",\n".join("  " + json.dumps(item, allow_nan=False) for item in value) + "\n]")
            elif key == "tables":
                f.write("{%s: [\n" % json.dumps("Example"))
                f.write(",\n".join("  " + json.dumps(row) for row in value["Example"]) + "\n]}")
            else:
                f.write(json.dumps(value))
        f.write("\n}\n")


def main(directory):
    assert google.protobuf.internal.api_implementation.Type() == "upb"
    crcs = {"about": "CRC-32C and its mask: ../1-records.md", "crcs": list(crc_vectors())}
    for name, document in (("crc32c", crcs), ("records", records()), ("varints", varints()),
                           ("fields", fields()), ("events", marked(events())),
                           ("plugins", dict(marked(plugins()), **whole_runs())),
                           ("media", media())):
        dump(os.path.join(directory, name + ".json"), document)
        print("%-8s %s" % (name, ", ".join("%d %s" % (len(value), key)
                                           for key, value in document.items()
                                           if isinstance(value, list))))
    os.makedirs(os.path.join(directory, "files"), exist_ok=True)
    three_records(os.path.join(directory, "files"))
    assert not BREAKS, BREAKS


if __name__ == "__main__":
    TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(TOP, "spec", "vectors"))
