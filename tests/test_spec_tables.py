"""Tables and examples of the pages of spec/ that are neither fields nor hex: the code does so.

test_spec.py has those of pages 1 to 4 and all tables of fields; test_media.py those of media.md.
"""
import os
import re
import struct
import tempfile
import unittest
from fractions import Fraction

from tbx_pure import eventfile, floats, record, wire
from tbx_pure.graph import onnx, onnx_messages
from tbx_pure.media.wav import wav
from tbx_pure.messages import DATA_TYPE, EVENT
from tbx_pure.plugins.scatter import COLUMNS
from tbx_pure.projector.config import parse
from tbx_pure.proto_json import walk
from tbx_pure.read.run import Run
from tbx_pure.tensor_proto import BY_DATA_TYPE, SIZE

from .helpers import PACKAGE_NAME, InDirectory, python
from .test_spec import PAGES, table
from .vectors import unhex


class TestTensors(unittest.TestCase):
    def test_dtypes(self):
        seen = set()
        for names, _, fields, _, sizes in table("5-tensors.md", "dtype", "number", "value field", "its kind",
                                                "bytes of an element in tensor_content"):
            names, fields, sizes = (cell.split(", ") for cell in (names, fields, sizes))
            for i, name in enumerate(names):
                row = BY_DATA_TYPE[name]
                self.assertEqual(fields[i % len(fields)].partition(" ")[0], row.field)
                self.assertEqual(sizes[i % len(sizes)], str(SIZE.get(row.dtype, "none")), name)
                seen.add(name)
        self.assertEqual(seen, set(BY_DATA_TYPE))

    def test_small_floats(self):
        dtypes = {row.data_type: row.dtype for row in BY_DATA_TYPE.values()
                  if row.dtype in floats.FORMATS}
        rows = table("5-tensors.md", "dtype", "bits of e", "bits of n", "bias", "largest number",
                     "its pattern", "infinity", "NaN")
        self.assertEqual([row[0] for row in rows], list(sorted(dtypes, key=list(
            row[0] for row in rows).index)))
        for name, exponent, fraction, bias, largest, pattern, infinity, nan in rows:
            dtype = dtypes[name]
            form = floats.FORMATS[dtype]
            self.assertEqual((int(exponent), int(fraction), int(bias), int(pattern, 16)),
                             (form.exponent, form.fraction, form.bias, form.largest), name)
            self.assertEqual("%.8g" % float(largest),
                             "%.5g" % floats.value(dtype, form.largest) if "e" in largest
                             else "%.8g" % floats.value(dtype, form.largest), name)
            self.assertEqual(infinity, "none" if form.beyond == form.nan else
                             format(form.beyond, "x"), name)
            first, _, last = nan.partition(",")[0].partition(" to ")
            patterns = range(int(first, 16), int(last or first, 16) + 1)
            self.assertEqual(list(patterns), [n for n in range(form.largest, 2 ** (8 * form.size))
                                              if floats.value(dtype, n) != floats.value(dtype, n)
                                              and n <= patterns[-1]], name)
            self.assertIn(form.nan, patterns)

    def test_the_formula(self):
        """(1 + n / 2^f) * 2^(e - bias), or, if e is 0, n / 2^f * 2^(1 - bias)"""
        for dtype, form in floats.FORMATS.items():
            for pattern in range(0, form.largest + 1, 1 if form.size == 1 else 97):
                e, n = pattern >> form.fraction, pattern & (1 << form.fraction) - 1
                part = Fraction(n, 2 ** form.fraction)
                x = (1 + part) * Fraction(2) ** (e - form.bias) if e else part * Fraction(2) ** (1 - form.bias)
                self.assertEqual(Fraction(floats.value(dtype, pattern)), x, (dtype, pattern))


class TestFiles(InDirectory):
    def test_names(self):
        rows = [row for row in table("6-files-and-runs.md", "part", "such as", "value") if row]
        such = [row[1].strip("`") for row in rows]
        self.assertEqual([row[0] for row in rows], ["", "second", "host", "pid", "counter", "suffix"])
        file = eventfile.EventFile(self.directory, suffix=such[-1])
        file.append(b"")
        file.close()
        name = os.path.basename(file.path)
        self.assertTrue(name.startswith(such[0]) and name.endswith(such[-1]))
        parts = name[len(such[0]):-len(such[-1])].split(".")
        second, counter, pid = parts[0], parts[-1], parts[-2]
        self.assertEqual((len(second), len(counter), pid), (len(such[1]), len(such[4]), str(os.getpid())))
        self.assertRegex(".".join(parts[1:-2]), r"^[\w.-]+$")


class TestAudio(unittest.TestCase):
    def test_header(self):
        """Of two frames of two channels: each row of the table has its bytes there."""
        data = wav(b"\1\2\3\4\5\6\7\x08", 2, 8000)
        values = {20: 1, 22: 2, 24: 8000, 28: 8000 * 2 * 2, 32: 2 * 2, 34: 16, 4: 36 + 8, 16: 16, 40: 8}
        end = 0
        for _, offset, size, said in table("plugins/audio.md", "WAV", "offset", "size", "value"):
            offset, size = int(offset), 8 if size == "n" else int(size)
            self.assertEqual(offset, end)
            end += size
            if '"' in said:
                self.assertEqual(data[offset:end].decode(), "".join(re.findall('"(.*?)"', said)))
            elif offset in values:
                self.assertEqual(int.from_bytes(data[offset:end], "little"), values[offset], said)
        self.assertEqual(end, len(data))


class TestScatter(unittest.TestCase):
    def test_columns(self):
        found = [name for row in table("plugins/scatter.md", "column", "its numbers")
                 for name in row[0].split(", ")]
        self.assertEqual(found, list(COLUMNS))


class TestOnnx(unittest.TestCase):
    def test_messages(self):
        found = {}
        for name, rows in table("models.md", "message", "its fields: number, name and kind"):
            found[name] = rows.split("; ")
        below = {message.name: message for message in walk(onnx_messages.MODEL)}
        self.assertEqual(found, {name[len("onnx."):]: [
            "%d %s: %s%s" % (field.number, field.name, "repeated " * bool(field.repeated),
                             field.kind.name.replace("onnx.", "")) for field in message.fields]
            for name, message in below.items()})

    def test_dtypes(self):
        """Those whose name is another one in TensorFlow."""
        rows = dict(table("models.md", "ONNX", "TensorFlow"))
        others = rows.pop("others")
        self.assertIn("DT_ and the same name", others)
        self.assertEqual({name: said for names, said in rows.items() if said.startswith("DT_")
                          for name in names.split(", ")}, onnx.TENSORFLOW)
        for name in onnx_messages.DATA_TYPE.numbers:
            said = next((rows[key] for key in rows if name in key.split(", ")), "DT_" + name)
            self.assertEqual(said in DATA_TYPE.numbers, not said.startswith("none"), name)

    def test_enums(self):
        self.assertEqual(dict(table("models.md", "enum", "numbers")), {
            kind.name[len("onnx."):]: ", ".join("%d %s" % (n, name) for name, n in kind.numbers.items())
            for kind in (onnx_messages.DATA_TYPE, onnx_messages.ATTRIBUTE_TYPE)})


class TestKeras(unittest.TestCase):
    def test_example(self):
        page = PAGES["spec/models.md"].partition("\n## Example\n")[2]
        model, said = re.findall(r"^```\w*\n(.*?)^```$", page, re.M | re.S)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.json")
            with open(path, "w", encoding="utf-8") as f:
                f.write(model)
            self.assertEqual(python("-m", PACKAGE_NAME, "graph", path), said)


class TestProjector(unittest.TestCase):
    def blocks(self):
        return re.findall(r"^```\n(.*?)^```$", PAGES["spec/plugins/projector.md"], re.M | re.S)

    def test_config(self):
        block, = [block for block in self.blocks() if block.startswith("embeddings {")]
        config = parse(block.encode("utf-8"))
        self.assertIn("00001/words/sprite.png", repr(config))

    def test_tensors(self):
        text, = [block for block in self.blocks() if block.startswith("0.5→")]
        rows = [line.split("→") for line in text.splitlines()]
        raw, = [block for block in self.blocks() if block.startswith("00 00 00 3f ")]
        lines = [re.match(r"((?:[0-9a-f]{2} ?){4}) +(\S+?)(,.*)?$", line).groups()
                 for line in raw.splitlines()]
        self.assertEqual([number for row in rows for number in row], [line[1] for line in lines])
        for data, number, _ in lines:
            self.assertEqual(unhex(data), struct.pack("<f", float(number)))
        with self.assertRaises(UnicodeDecodeError):
            b"".join(unhex(line[0]) for line in lines).decode("utf-8")


class TestReaders(unittest.TestCase):
    def test_restarts(self):
        """The table of what readers make of a run that was begun again."""
        rows = table("readers.md", "what is in the file", "`all`", "`last`, the default engine",
                     "purged, the Python engine")
        points = [(i, float(i)) for i in range(6)]
        again = [(3, 30.0), (4, 40.0)]
        for what, every, last, purged in rows:
            every, last = (cell if cell != "the same" else before
                           for cell, before in zip((every, last), rows[0][1:]))
            events = [] if "no version" in what else [{"file_version": "brain.Event:2"}]
            starts = [{"step": int(step), "session_log": {"status": "START"}}
                      for step in re.findall(r"START at step (\d)", what)]
            events += starts[:-1] + [self.point(*row) for row in points]
            events += starts[-1:] + [self.point(*row) for row in again]
            run = Run(b"".join(record.frame(EVENT.encode(event)) for event in events))
            for said, options in ((every, {}), (last, {"steps": "last"}), (purged, {"purge": True})):
                self.assertEqual(" ".join("%g" % x for x in run.scalars("a", **options).values),
                                 said.partition(":")[0], (what, options))

    def point(self, step, x):
        return {"step": step, "summary": {"value": [{"tag": "a", "simple_value": x}]}}


class TestDiagrams(unittest.TestCase):
    """Bytes and bits that stand in text, not in a block of hex."""

    def test_three_bytes(self):
        page = PAGES["spec/2-wire-format.md"]
        self.assertIn("`1 << 3 | 0` = 8", page)
        block = page.partition("   96       01\n")[2].partition("```")[0]
        bits = [line[:20].rstrip() for line in block.splitlines()]
        self.assertEqual(bits[0].replace(" ", ""), "".join(format(byte, "08b") for byte in wire.varint(150)))
        self.assertEqual(bits[1].split(), [bits[0].split()[1], bits[0].split()[3]])
        self.assertEqual(int(bits[2].replace(" ", ""), 2), 150)
        self.assertEqual(bits[3], "128 + 16 + 4 + 2 = 150"[:20])

    def test_tensor_content(self):
        page = PAGES["spec/5-tensors.md"]
        values = re.search(r"float_val = ([\d.]+), (-[\d.]+)\n", page).groups()
        data = re.search(r"tensor_content +((?:[0-9a-f]{2} ?){8})\n", page).group(1)
        self.assertEqual(unhex(data), struct.pack("<2f", *map(float, values)))

    def test_little_endian(self):
        self.assertIn("258 in four bytes is `%s`" % " ".join(
            "%02x" % byte for byte in struct.pack("<I", 258)), PAGES["spec/README.md"])

    def test_words_of_record(self):
        """What the page says of CRCs in words."""
        record_1 = PAGES["spec/1-records.md"]
        self.assertIn("length MUST be less than 2^31", record_1)
        self.assertEqual(record.MAX_LENGTH, 2 ** 31 - 1)
        empty = record.frame(b"")
        self.assertIn("the CRC of no bytes is 0, masked it is %s" % empty[:-5:-1].hex(), record_1)


if __name__ == "__main__":
    unittest.main()
