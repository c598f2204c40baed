"""Messages as JSON, and the two commands that read and write it."""
import io
import json
import os
import unittest

from tbx_pure import InputError, SummaryWriter, proto_json
from tbx_pure.messages import EVENT
from tbx_pure.record import frame

from .helpers import PACKAGE_NAME, ROOT, InDirectory, command, event_files, events, python
from .vectors import SPEC, load

FIELDS = os.path.join(SPEC, "vectors", "fields.json")
EXAMPLE = proto_json.tables(load("fields"))["Example"]
SCALAR = {"wall_time": 1.5, "step": "7",
          "summary": {"value": [{"tag": "loss", "simple_value": 0.5}]}}


def lines(*values):
    return "\n".join(map(json.dumps, values)).encode("ascii")


class TestProtoJson(unittest.TestCase):
    """That it reads and writes each kind, test_wire tries on the vectors."""

    def test_refused(self):
        for value in ([], "x", {"a_message": 1}, {"messages": {}}, {"messages": [1]}, {"by_name": []},
                      {"int32s": 1}, {"int32s": [None]}, {"a_bool": 1}, {"a_bool": "true"},
                      {"an_int32": True}, {"an_int64": "x"}, {"an_int64": ""}, {"a_float": "x"},
                      {"a_float": []}, {"a_double": False}, {"a_string": True}, {"a_bytes": "%"},
                      {"a_bytes": "aGk"}, {"a_bytes": 1}, {"by_flag": {"1": {}}},
                      {"by_number": {"x": ""}}, {"by_name": {"a": "b"}}, {"a_double": 10 ** 400}):
            with self.subTest(value), self.assertRaises(InputError):
                proto_json.from_json(EXAMPLE, value)

    def test_null_is_absent(self):
        self.assertEqual(EXAMPLE.encode(proto_json.from_json(EXAMPLE, {
            "an_int32": None, "int32s": None, "by_name": None, "a_message": None})), b"")

    def test_numbers_may_be_strings_and_strings_numbers(self):
        self.assertEqual(proto_json.from_json(EXAMPLE, {
            "an_int32": "-1", "an_int64": 5, "a_double": "-Infinity", "a_float": 3}),
            {"an_int32": -1, "an_int64": 5, "a_double": float("-inf"), "a_float": 3.0})

    def test_tables_of_another_form(self):
        for document in ([], {}, {"tables": {"A": 1}}, {"tables": {"A": [[1, "x", "what"]]}},
                         {"tables": {"A": [[1, "x"]]}}, {"tables": {"A": [[1, "x", "map<int32>"]]}}):
            with self.subTest(document), self.assertRaises(InputError):
                proto_json.tables(document)


class TestEncode(InDirectory):

    def test_lines_or_an_array(self):
        expected = 0, frame(EVENT.encode(EVENT.decode(
            bytes.fromhex("09000000000000f83f 1007 2a0d0a0b0a046c6f7373150000003f")))) * 2, ""
        self.assertEqual(command("encode", stdin=lines(SCALAR, SCALAR)), expected)
        self.assertEqual(command("encode", "-", stdin=lines(SCALAR, SCALAR) + b"\n\n \n"), expected)
        self.assertEqual(command("encode", stdin=json.dumps([SCALAR] * 2, indent=1).encode()), expected)
        self.assertEqual(command("encode"), (0, b"", ""))

    def test_refused(self):
        good = lines(SCALAR)
        for bad, place in ((b"{", "line 2"), (b"\xff", "line 2"), (b"7", "line 2, Event"),
                           (b'{"stop": 1}', "line 2, Event"), (b'{"step": "x"}', "line 2, Event.step"),
                           (b'{"step": 9223372036854775808}', "line 2, Event.step"),
                           (b'[{}, {"step": []}]', "event 2, Event.step"),
                           (b'{"x":' * 100000, "line 2")):
            with self.subTest(bad[:40]):
                code, out, err = command("encode", stdin=good + b"\n" + bad)
                self.assertEqual(code, 1)
                self.assertTrue(out.startswith(command("encode", stdin=good)[1]))
                self.assertTrue(err.startswith("-: %s: need " % place), err)
                self.assertEqual(err.count("\n"), 1)

    def test_files(self):
        with open(self.path("in"), "wb") as f:
            f.write(lines(SCALAR))
        code, out, _ = command("encode", self.path("in"))
        with open(self.path("out"), "wb") as f:
            f.write(out)
        self.assertEqual((code, events(self.path("out"))[0]["step"]), (0, 7))
        for arguments in (["encode", self.path("none")], ["decode", self.path("none")],
                          ["decode", self.directory + "/in/x"],
                          ["encode", "--message", "A", "--tables", self.path("none")]):
            code, out, err = command(*arguments)
            self.assertEqual((code, out), (3, b""), err)

    def test_not_to_a_terminal(self):
        class Terminal(io.BytesIO):
            def isatty(self):
                return True
        from tbx_pure.commands import encode
        from types import SimpleNamespace
        from unittest import mock
        with mock.patch("sys.stdout", SimpleNamespace(buffer=Terminal(), flush=lambda: None, encoding="ascii")), \
                mock.patch("sys.stderr", io.StringIO()) as err:
            self.assertEqual(encode.run(SimpleNamespace(file="-", message=None, tables=None)), 2)
        self.assertIn("terminal", err.getvalue())

    def test_other_messages(self):
        for name, value, data in (("Event", {"step": "1"}, b"\x10\x01"),
                                  ("Summary.Value", {"tag": "x"}, b"\x0a\x01x"),
                                  ("HParamsPluginData", {"version": 1}, b"\x08\x01")):
            self.assertEqual(command("encode", "--message", name, stdin=lines(value, {})),
                             (0, frame(data) + frame(b""), ""))
            code, out, err = command("decode", "--message", name, stdin=frame(data))
            self.assertEqual((code, json.loads(out.decode())), (0, value), err)
        own = ["--message", "Example", "--tables", FIELDS]
        self.assertEqual(command("encode", *own, stdin=b'{"an_int32": 150}'),
                         (0, frame(b"\x08\x96\x01"), ""))
        for wrong in (["--message", "A"], ["--message", "Event", "--tables", FIELDS],
                      ["--message", "A", "--tables", __file__]):
            for name in "encode", "decode":
                code, out, err = command(name, *wrong)
                self.assertEqual((code, out), (2, b""), err)


class TestDecode(InDirectory):

    def test_what_a_writer_wrote(self):
        with SummaryWriter(self.directory) as w:
            w.add_scalar("x", float("nan"), 2 ** 62)
            w.add_text("t", "\u4e2d\U0001f600")
        path, = event_files(self.directory)
        with open(path, "rb") as f:
            data = f.read()
        code, out, err = command("decode", path)
        self.assertEqual((code, err), (0, ""))
        found = [json.loads(line) for line in out.decode("ascii").splitlines()]
        self.assertEqual((found[0]["file_version"], found[1]["step"]), ("brain.Event:2", str(2 ** 62)))
        self.assertEqual(found[1]["summary"]["value"][0]["simple_value"], "NaN")
        self.assertEqual(command("decode", stdin=data), (0, out, ""))
        self.assertEqual(command("encode", stdin=out), (0, data, ""))

    def test_damage_and_ends(self):
        record = frame(b"\x10\x01")
        cases = ((record[:-1], 0, 1, "record-6"), (record[:-1] + b"\xff", 1, 1, "record-3"),
                 (bytes(40), 1, 1, "record-2"), (frame(b"\x10"), 1, 1, "wire-2"), (b"", 0, 1, ""))
        for end, code, before, rule in cases:
            with self.subTest(end):
                found = command("decode", stdin=record + end)
                self.assertEqual((found[0], found[1].count(b"\n")), (code, before))
                self.assertIn("rule " + rule if rule else "", found[2])
        self.assertIn("byte 31, rule wire-2", command("decode", stdin=record + frame(b"\x10"))[2])

    def test_through_pipes(self):
        text = python("-c", "import subprocess, sys; command = [sys.executable, '-m', %r]\n"
                            "a = subprocess.Popen(command + ['encode'], stdin=subprocess.PIPE, "
                            "stdout=subprocess.PIPE)\n"
                            "data, _ = a.communicate(b'{\"step\": \"3\"}')\n"
                            "b = subprocess.Popen(command + ['decode'], stdin=subprocess.PIPE)\n"
                            "b.communicate(data)" % PACKAGE_NAME, cwd=ROOT)
        self.assertEqual(json.loads(text), {"step": "3"})


if __name__ == "__main__":
    unittest.main()
