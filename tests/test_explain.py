"""explain names every byte of every file, in the notation of the pages, damaged or not."""
import json
import os
import random
import re
import unittest

from tbx_pure.errors import FormatError
from tbx_pure.messages import EVENT, FILE_VERSION, SUMMARY
from tbx_pure.read.explain import RULES, explain, explained
from tbx_pure.record import frame
from tbx_pure.wire import Message

from .commands import damage, run, write
from .damaged import FILES, Golden
from .helpers import InDirectory
from .test_command_repair import spoiled
from .test_spec import EXAMPLE, EXAMPLE_TABLE, LINE, PAGES, VECTORS, summary, walk
from .test_spec import RULES as STATED
from .vectors import load, unhex

RANDOM = random.Random(5)
FIRST = frame(EVENT.encode({"wall_time": 1.7e9, "file_version": FILE_VERSION}))
HEX = re.compile(r"^ *(\d+)  ((?: {3})*)((?:[0-9a-f]{2} ?)+)(?:  |$)")
SAID = re.compile(r"([\w]+) = (.*)$")
SIZED = re.compile(r"(\w+), (\d+) bytes")


def bytes_of(parts):
    return b"".join(item.data for part in parts for item in part.items)


def blocks():
    """Yield (page, id, vector, lines) of each block of hex whose bytes are records or a message."""
    for path, page in PAGES.items():
        for name, block in EXAMPLE.findall(page):
            if "encoded" not in VECTORS[name]:          # a picture or a sound: no message
                yield path, name, VECTORS[name], [line for line in block.splitlines() if line]


def printed(case, data):
    """Return the lines that explain prints of the bytes of a block."""
    from tbx_pure.commands.explain import lines
    if "file" in case or "record" in case:
        items = [item for part in explain(data) for item in part.items]
    else:
        table = EXAMPLE_TABLE if "event" not in case else (
            SUMMARY if data.hex() == summary(case) else EVENT)
        items = explained(data, table)
    return [("%s  %s" % row[1:3]).rstrip() for item in items for row in lines(item) if row[0] is not None]


def normal(lines):
    """Return what lines of the notation say: [(depth, name, value or size)] and the bytes.

    How long a line is, and words behind a value, are the page's own affair; so is whether a short
    text stands beside its key or below it.
    """
    said, data = [], b""
    for line in lines:
        found = LINE.match(line)
        text = found.group(2) or ""
        data += unhex(found.group(1))
        depth = (len(line) - len(line.lstrip())) // 3
        value, size = SAID.match(text), SIZED.match(text)
        if size:
            said.append((depth, size.group(1), None))
        elif value:
            name = value.group(1)
            if said and said[-1] == (depth - 1, name, None) and value.group(2).startswith('"'):
                said.pop()              # below its key
                depth -= 1
            said.append((depth, name, cleaned(value.group(2))))
    return said, data


def cleaned(text):
    """Return a value without what the page says behind it."""
    if text.startswith('"'):
        return json.JSONDecoder().raw_decode(text)[0]
    return text.partition(",")[0].strip()


class TestPages(unittest.TestCase):

    def test_every_block_is_what_explain_prints(self):
        compared = 0
        for path, name, case, page in blocks():
            with self.subTest(name, path=path):
                said, data = normal(page)
                mine, same = normal(printed(case, data))
                self.assertEqual(same, data)
                if "rule" not in case and said:
                    self.assertEqual([row for row in mine if row in said or row[2] is None], mine)
                    self.assertEqual(mine, said)
                    compared += 1
        self.assertGreater(compared, 20)

    def test_rules_exist_and_so_do_fields(self):
        tables = {table.name: table for table in walk(EVENT)}
        for (message, field), rule in RULES.items():
            self.assertIn(rule, STATED)
            self.assertIn(field, tables[message].by_name)


class TestBytes(unittest.TestCase):
    """All bytes of a file are there, in their order."""

    def check(self, buf):
        parts = list(explain(buf))
        self.assertEqual(bytes_of(parts), buf)
        at = 0
        for part in parts:
            self.assertEqual(part.offset, at)
            for item in part.items:
                self.assertEqual(item.offset, at)
                at += len(item.data)
                if item.broken:
                    self.assertIn(item.broken.rule, STATED)
        self.assertEqual([part.number for part in parts if part.number is not None],
                         list(range(sum(part.number is not None for part in parts))))
        return parts

    def test_golden_files(self):
        for path in FILES:
            golden = Golden(path)
            parts = self.check(golden.buf)
            self.assertEqual(len(parts), len(golden.records))
            self.assertFalse(any(item.broken for part in parts for item in part.items), path)

    def test_damaged_files(self):
        for path in FILES:
            golden = Golden(path)
            for _ in range(12):
                bad = spoiled(golden.buf)
                parts = self.check(bad)
                if any(part.number is None for part in parts):
                    self.assertTrue(any(item.broken for part in parts for item in part.items))

    def test_cut_everywhere(self):
        golden = Golden(next(path for path in FILES if path.endswith("torch-scalars.tfevents")))
        for n in range(len(golden.buf)):
            parts = self.check(golden.buf[:n])
            broken = [item for part in parts for item in part.items if item.broken]
            self.assertEqual(bool(broken), n not in [0] + golden.ends)

    def test_events_that_are_none(self):
        """Sound checksums, and anything between them."""
        good = [data for path in FILES for _, data in Golden(path).records if len(data) < 400]
        for _ in range(300):
            data = bytearray(RANDOM.choice(good))
            for _ in range(RANDOM.randrange(1, 4)):
                data[RANDOM.randrange(len(data))] = RANDOM.getrandbits(8)
            parts = self.check(FIRST + frame(bytes(data)))
            try:
                EVENT.decode(bytes(data))
            except FormatError as e:
                broken = [item.broken for part in parts for item in part.items if item.broken]
                self.assertIn((e.rule, e.pos + len(FIRST) + 12),
                              [(found.rule, found.pos) for found in broken])

    def test_few_of_many(self):
        histogram = {"bucket_limit": [float(i) for i in range(5000)], "bucket": [1.0] * 5000}
        value = {"tag": "h", "histo": histogram}
        buf = FIRST + frame(EVENT.encode({"summary": {"value": [value]}}))
        parts = list(explain(buf, few=8))
        self.assertEqual(bytes_of(parts), buf)
        items = parts[1].items
        self.assertLess(len(items), 40)
        texts = [item.text for item in items if item.path.startswith("summary.value[0].histo.bucket_l")]
        self.assertEqual(texts[1:3] + texts[-2:], [
            "bucket_limit = 0.0", "bucket_limit = 1.0", "bucket_limit = 7.0",
            "4992 more, the last: bucket_limit = 4999.0"])
        self.assertEqual(sum(len(part.items) for part in explain(buf)) - sum(
            len(part.items) for part in parts), 2 * (4992 - 1))

    def test_bad_vectors(self):
        for case in load("fields")["bad"]:
            data = unhex(case["hex"])
            items = explained(data, EXAMPLE_TABLE)
            self.assertEqual(b"".join(item.data for item in items), data)
            broken = [(item.broken.rule, item.broken.pos) for item in items if item.broken]
            self.assertIn((case["rule"], case["pos"]), broken, case["id"])
        for case in load("records")["bad"]:
            parts = self.check(unhex(case["record"]))
            broken = [item.broken for part in parts for item in part.items if item.broken]
            self.assertIn((case["rule"], case["pos"]), [(e.rule, e.pos) for e in broken], case["id"])

    def test_nested_too_deep(self):
        table = Message("Nested")
        table.also((1, "inner", table))
        data = b""
        for _ in range(5000):
            if len(data) > 30000:
                break
            data = table.by_name["inner"].key + bytes([len(data) & 0x7F | 0x80, len(data) >> 7 & 0x7F | 0x80,
                                                       len(data) >> 14]) + data
        items = explained(data, table)
        self.assertEqual(b"".join(item.data for item in items), data)
        self.assertEqual(items[-1].broken.rule, "wire-13")


class TestCommand(InDirectory):

    def test_every_byte_is_printed(self):
        for path in FILES:
            bad = spoiled(Golden(path).buf)
            with open(self.path("tfevents"), "wb") as file:
                file.write(bad)
            code, out, _ = run("explain", "--full", self.path("tfevents"))
            found = b""
            for line in out.splitlines():
                match = HEX.match(line)
                if match:
                    self.assertEqual(int(match.group(1)), len(found), line)
                    found += unhex(match.group(3))
            self.assertEqual(found, bad)

    def test_notation(self):
        path = os.path.join(self.directory, "tfevents")
        with open(path, "wb") as file:
            for data in VECTORS["file-three-records"]["data"]:
                file.write(frame(unhex(data)))
        code, out, err = run("explain", "--plain", path)
        self.assertEqual((code, err), (0, ""))
        page = next(block for name, block in EXAMPLE.findall(PAGES["spec/README.md"])
                    if name == "file-three-records")
        self.assertEqual(normal(filter(None, out.splitlines())), normal(filter(None, page.splitlines())))
        self.assertIn("\n\n1a 00 00 00 00 00 00 00     length = 26\n", out)
        _, out, _ = run("explain", path)
        self.assertRegex(out, r"\n      65     0a 0b +value, 11 bytes  \[summary-10\]\n")
        self.assertRegex(out, r'tag = "loss"  \[summary-2\]\n')
        self.assertIn("\nrecord 1, at byte 40, 2023-11-14 22:13:20.250 UTC\n", out)
        os.truncate(path, 80)           # in the middle of a checksum
        _, out, _ = run("explain", path)
        self.assertRegex(out, r"simple_value = 0.5  \[wire-6\]\n {6}78  f8 ed +and no more\n"
                              r" {10}~{4}\^ +only 40 bytes")

    def test_markers(self):
        path = write(self.path("run"), ["loss"], 1)
        damage(path, -1)
        code, out, _ = run("explain", path)
        self.assertEqual(code, 1)
        lines = out.splitlines()
        self.assertRegex(lines[-2], r"^ *\d+  (\w\w ){4} +data_crc  \[record-3\]$")
        self.assertRegex(lines[-1], r"^ {10}~{10}\^ +data has checksum .* \(record-3\)$")
        data = EVENT.encode({"summary": {"value": [{"tag": "ab\x01cd"}]}})
        with open(self.path("tfevents"), "wb") as file:
            file.write(frame(data.replace(b"\x01cd", b"\xffcd")))
        _, out, _ = run("explain", "--format", "jsonl", self.path("tfevents"))
        row, = [row for row in map(json.loads, out.splitlines()) if row["broken"]]
        self.assertEqual((row["path"], "wire-7" in row["broken"]), ("summary.value[0].tag", True))
        _, out, _ = run("explain", self.path("tfevents"))
        marked = next(i for i, line in enumerate(out.splitlines()) if "~" in line)
        line, marker = out.splitlines()[marked - 1:marked + 1]
        self.assertEqual(line[marker.index("^") - 1:marker.index("^") + 1], "ff")

    def test_shortened(self):
        name = next(path for path in FILES if path.endswith("/torch.tfevents"))
        _, short, _ = run("explain", name)
        _, full, _ = run("explain", "--full", name)
        self.assertLess(len(short), len(full))
        self.assertRegex(short, r"\d+ more, the last: \w+ = ")
        self.assertRegex(short, r"\.\.\. +\d+ bytes more\n")
        self.assertNotIn("...", full)

    def test_one_record(self):
        path = write(self.path("run"), ["loss", "acc"], 2)
        code, out, _ = run("explain", "--event", "1", "--event", "2", path)
        self.assertEqual(code, 0)
        self.assertEqual(re.findall(r"^record (\d)", out, re.M), ["1", "2"])
        _, out, _ = run("explain", "--tag", "ac*", path)
        self.assertEqual(re.findall(r"^record (\d)", out, re.M), ["3", "4"])
        code, out, err = run("explain", "--event", "99", path)
        self.assertEqual((code, out, "no such record" in err), (1, "", True))

    def test_damaged_alone(self):
        path = write(self.path("run"), ["loss", "acc"], 2)
        code, out, err = run("explain", "--damaged", path)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("no such record", err)
        damage(path, -3)
        self.assertEqual(run("explain", "--event", "1", path)[0], 0)
        code, out, _ = run("explain", "--damaged", path)
        self.assertEqual((code, out.count(", at byte "), out.count("~^")), (1, 1, 1))
        self.assertIn("\ndamaged, at byte ", out)

    def test_rows(self):
        path = write(self.path("run"), ["loss"], 1)
        with open(path, "rb") as file:
            data = file.read()
        _, out, _ = run("explain", "--format", "jsonl", path)
        rows = list(map(json.loads, out.splitlines()))
        self.assertEqual("".join(row["hex"] for row in rows), data.hex())
        self.assertEqual([row["offset"] for row in rows][:4], [0, 8, 12, 21])
        places = [row["path"] for row in rows]
        self.assertIn("summary.value[0].tag", places)
        self.assertIn("summary.value[0].metadata.plugin_data.plugin_name", places)

    def test_plugins_of_later_values(self):
        """The first value of a tag says whose the content is."""
        value = {"tag": "p", "metadata": {"plugin_data": {"plugin_name": "pr_curves",
                                                          "content": b"\x10\x02"}}}
        later = {"tag": "p", "metadata": {"plugin_data": {"content": b"\x10\x03"}}}
        buf = FIRST + b"".join(frame(EVENT.encode({"summary": {"value": [v]}})) for v in (value, later))
        texts = [item.text for part in explain(buf) for item in part.items]
        self.assertIn("num_thresholds = 2", texts)
        self.assertIn("num_thresholds = 3", texts)


if __name__ == "__main__":
    unittest.main()
