"""verify: 0 for every good file, 1 for every damage, with its cause, its place and its rule."""
import importlib
import json
import os
import unittest

from tbx_pure import SummaryWriter
from tbx_pure.crc32c import crc32c, masked
from tbx_pure.messages import EVENT, FILE_VERSION
from tbx_pure.plugins import PLUGINS, metadata
from tbx_pure.read import held
from tbx_pure.read.records import scan
from tbx_pure.read.verify import CAUSES, Verification
from tbx_pure.record import CRC, LENGTH, frame
from tbx_pure.wire import Message

from .commands import damage, run, write
from .damaged import FILES, Golden
from .helpers import PACKAGE_NAME, InDirectory
from .vectors import load, unhex

FIRST = frame(EVENT.encode({"wall_time": 1.7e9, "file_version": FILE_VERSION}))


def event(**fields):
    """One record of an event that is sound unless the fields are not."""
    return frame(EVENT.encode(dict({"wall_time": 1.7e9}, **fields)))


def scalar(step, tag="x"):
    return event(step=step, summary={"value": [{"tag": tag, "simple_value": 1.0}]})


def found(buf):
    """Return [(kind, cause, rule, pos)] of what is found in bytes."""
    return [finding[:4] for finding in Verification(buf)]


def wrong(buf):
    return [finding for finding in found(buf) if finding[0] != "remark"]


class TestGood(unittest.TestCase):

    def test_golden_files(self):
        self.assertGreater(len(FILES), 5)
        for path in FILES:
            self.assertEqual(run("verify", "--no-remarks", path)[0], 0, path)

    def test_good_vectors(self):
        for name in "events", "plugins":
            for case in load(name)["valid"]:
                if "event-2" in case.get("breaks", ()):         # a reader takes them; a writer makes none such
                    self.assertTrue(wrong(FIRST + frame(unhex(case["hex"]))), case["id"])
                    continue
                self.assertEqual(wrong(FIRST + frame(unhex(case["hex"]))), [], case["id"])
        tried = 0
        for case in load("records")["files"]:
            if "rule" not in case:
                buf = unhex(case["file"])[:case["end"]]
                self.assertEqual([f for f in wrong(buf) if f[2] != "event-1"], [], case["id"])
                tried += 1
        self.assertGreater(tried, 1)

    def test_restarts_are_no_remark(self):
        start = event(step=3, session_log={"status": "START"})
        good = FIRST + b"".join(map(scalar, range(6))) + start + scalar(3) + scalar(4)
        self.assertEqual(found(good), [])
        self.assertEqual(len(found(good.replace(start, b""))), 1)


class TestDamage(InDirectory):

    def test_each_cause(self):
        record = scalar(1)
        at, end = len(FIRST), len(FIRST) + len(record)
        bad = {name: FIRST + record[:i] + bytes([record[i] ^ 1]) + record[i + 1:]
               for name, i in (("length", 0), ("length_crc", 8), ("data", 20), ("data_crc", -1))
               if i >= 0}
        bad["data_crc"] = FIRST + record[:-1] + bytes([record[-1] ^ 1])
        for name, buf in bad.items():
            rule = "record-2" if name.startswith("length") else "record-3"
            pos = at + (12 if rule == "record-3" else 0)
            finding, = Verification(buf + FIRST)
            self.assertEqual(finding[:6], ("damage", CAUSES[rule], rule, pos, at, end), name)
        self.assertEqual(found(FIRST + record[:-1]), [("torn", "not all there", "record-6", at)])
        self.assertEqual(found(FIRST + frame(b"\x0f")), [("damage", "no event", "wire-3", at + 12)])
        bomb = LENGTH.pack(2 ** 40)
        bomb += CRC.pack(masked(crc32c(bomb)))
        records = scan(bomb)
        self.assertEqual(list(records), [])
        self.assertEqual(found(FIRST + bomb),
                         [("damage", "impossible length", records.damage[0].rule, at)])

    def test_utf8(self):
        record = frame(EVENT.encode({"summary": {"value": [{"tag": "\x01"}]}}).replace(b"\x01\x01", b"\x01\xff"))
        self.assertEqual([f[:3] for f in wrong(FIRST + record)], [("damage", "no event", "wire-7")])

    def test_wall_times(self):
        for seconds in float("nan"), float("inf"), float("-inf"):
            self.assertEqual([f[:3] for f in found(FIRST + event(wall_time=seconds))],
                             [("damage", "no wall time", "event-2")])

    def test_the_first_record(self):
        self.assertEqual([f[:3] for f in found(scalar(1))],
                         [("damage", "no first record", "event-1")])
        self.assertEqual(found(b""), [("torn", "not all there", "event-1", 0)])
        self.assertEqual([f[:3] for f in found(b"text, and no events")],
                         [("damage", "wrong length", "record-2")])
        other = event(file_version="brain.Event:1")
        self.assertEqual([f[:3] for f in found(other)], [("remark", "", "event-1")])

    def test_messages_within_bytes(self):
        cut = b"\x0a\x05"
        value = {"tag": "h", "metadata": metadata("hparams", content=cut)}
        for bad in {"summary": {"value": [value]}}, {"graph_def": cut}:
            self.assertEqual([f[:3] for f in wrong(FIRST + event(**bad))][:1],
                             [("damage", "no event", "wire-4")], bad)

    def test_a_hole(self):
        path = os.path.join(self.directory, "tfevents")
        for tail, kind in ((scalar(2), "damage"), (b"", "torn")):
            with open(path, "wb") as file:
                file.write(FIRST + bytes(100) + tail)
            finding, = Verification(path)
            self.assertEqual((finding.kind, finding.cause, finding.start, finding.end),
                             (kind, "zeros", len(FIRST), len(FIRST) + 100))

    def test_everywhere(self):
        """Every bit and byte of small files; tests/damage.py has the records' part of it for all."""
        for path in FILES:
            golden = Golden(path)
            if len(golden.buf) > 150:
                continue
            buf = golden.buf
            for i in range(len(buf)):
                for bit in range(8):
                    bad = bytearray(buf)
                    bad[i] ^= 1 << bit
                    self.assertTrue(wrong(bytes(bad)), (golden.name, i, bit))
                self.assertTrue(wrong(buf[:i] + buf[i + 1:]), (golden.name, i))
                self.assertTrue(wrong(buf[:i] + b"\x5a" + buf[i:]), (golden.name, i))
                self.assertEqual(not wrong(buf[:i]), i in golden.ends, (golden.name, i))


class TestRemarks(unittest.TestCase):

    def test_steps(self):
        findings = list(Verification(FIRST + b"".join(map(scalar, [1, 2, 2, 5, 3, 3]))))
        self.assertEqual([f.rule for f in findings], ["summary-8", "summary-8"])
        self.assertIn("repeats a step at 2 of 6 points", findings[0].message)
        self.assertIn("goes back a step at 1 of 6 points", findings[1].message)

    def test_a_tag_for_two_plugins(self):
        other = event(step=2, summary={"value": [{"tag": "x", "histo": {}}]})
        finding, = Verification(FIRST + scalar(1) + other)
        self.assertEqual((finding.rule, finding.pos), ("summary-7", len(FIRST + scalar(1)) + 12))

    def test_values(self):
        for value, rule in (({"tag": "x"}, "summary-1"), ({"tag": "x", "tensor": {}}, "summary-3"),
                            ({"tag": "x", "tensor": {"dtype": "DT_FLOAT", "float_val": [1.0, 2.0],
                                                     "tensor_shape": {"dim": [{"size": 2}]}},
                              "metadata": metadata("scalars")}, "scalars-3")):
            finding, = Verification(FIRST + event(summary={"value": [value]}))
            self.assertEqual((finding.kind, finding.rule), ("remark", rule))


class TestCommand(InDirectory):

    def test_good(self):
        path = write(self.path("run"), ["loss"])
        code, out, err = run("verify", path)
        self.assertEqual((code, out, err), (0, path + ": good, 6 records\n", ""))
        self.assertEqual(run("verify", "-q", path), (0, "", ""))

    def test_damaged(self):
        path = write(self.path("run"), ["loss"])
        damage(path, 30)
        code, out, err = run("verify", self.directory)
        self.assertEqual((code, err), (1, ""))
        self.assertIn("damage, wrong data at byte 12, rule record-3: data has checksum", out)
        self.assertIn("bytes 0 to ", out)
        self.assertTrue(out.endswith(": 1 wrong, 5 records\n"))
        row = json.loads(run("verify", "--format", "jsonl", self.directory)[1])
        self.assertEqual([row[name] for name in ("file", "kind", "rule", "pos", "start")],
                         [path, "damage", "record-3", 12, 0])

    def test_live(self):
        path = write(self.path("run"), ["loss"])
        os.truncate(path, os.path.getsize(path) - 1)
        code, out, _ = run("verify", path)
        self.assertEqual(code, 1)
        self.assertIn("torn, not all there at byte", out)
        code, out, _ = run("verify", "--live", path)
        self.assertEqual(code, 0)
        self.assertIn("live, not all there at byte", out)
        damage(path, 30)
        self.assertEqual(run("verify", "--live", path)[0], 1)

    def test_remarks(self):
        with SummaryWriter(self.path("run")) as writer:
            writer.add_scalar("x", 1, 5)
            with self.assertWarns(UserWarning):
                writer.add_scalar("x", 1, 5)
        code, out, _ = run("verify", self.directory)
        self.assertEqual((code, "remark at byte" in out), (0, True))
        self.assertNotIn("remark", run("verify", "--no-remarks", self.directory)[1])


class TestHeld(unittest.TestCase):

    def test_every_plugin_with_a_table_is_there(self):
        """A plugin's own message is the one whose name ends in PluginData."""
        for plugin, _, _ in PLUGINS:
            module = importlib.import_module(PACKAGE_NAME + ".plugins." + plugin)
            own = [table for table in vars(module).values()
                   if isinstance(table, Message) and table.name.endswith("PluginData")]
            self.assertEqual([held.held("content", plugin)], own or [None])
        self.assertLessEqual(set(held.CONTENT), {plugin for plugin, _, _ in PLUGINS})
        self.assertIsNone(held.held("content", "mine"))
        self.assertIsNone(held.held("string_val", "text"))
        self.assertEqual(held.held("string_val", "custom_scalars").name, "Layout")
        for field in held.HELD:
            self.assertTrue(held.held(field).fields)


if __name__ == "__main__":
    unittest.main()
