"""The contract of the vectors: our commands keep it, and the runner sees who does not."""
import contextlib
import io
import json
import re
import struct
import sys
import unittest
from unittest import mock

from . import contract
from .helpers import PACKAGE_NAME, command


def ours(arguments, stdin):
    return command(*arguments, stdin=stdin)


def failed_rules(program, part):
    """Return the rules of all that a program fails at, in one part of the vectors."""
    return {rule for result in contract.results(program, getattr(contract, part))
            if result.trouble not in (None, contract.CANNOT) for rule in result.rules}


def with_patches(**values):
    """Return our program with names of its modules replaced: module__name=value."""
    def program(arguments, stdin):
        with contextlib.ExitStack() as stack:
            for name, value in values.items():
                stack.enter_context(mock.patch("%s.%s" % (PACKAGE_NAME, name.replace("__", ".")), value))
            return ours(arguments, stdin)
    return program


def with_answers(change):
    """Return our program whose (exit code, standard output, standard error) are changed."""
    return lambda arguments, stdin: change(*ours(arguments, stdin))


def without_falsy(value):
    if isinstance(value, dict):
        return {name: without_falsy(item) for name, item in value.items() if item}
    return list(map(without_falsy, value)) if isinstance(value, list) else value


def writes_if_value(arguments, stdin):
    """A writer with `if value:`."""
    if arguments[0] == "encode":
        stdin = b"\n".join(json.dumps(without_falsy(json.loads(line.decode()))).encode()
                           for line in stdin.splitlines())
    return ours(arguments, stdin)


def rounded_steps(code, out, err):
    """As a reader whose numbers are all doubles."""
    return code, re.sub(rb'"step": "(-?\d+)"', lambda m: b'"step": "%d"' % int(float(m.group(1))), out), err


class TestOurs(unittest.TestCase):

    def test_all_passes(self):
        found = list(contract.results(ours))
        self.assertEqual([result for result in found if result.trouble is not None], [])
        self.assertGreater(len(found), 1900)
        self.assertEqual({result.does for result in found}, {"read", "write", "refuse", "wait"})
        rules = {rule for result in found for rule in result.rules}
        self.assertLessEqual({"record-%d" % n for n in range(1, 9)} - {"record-7"}, rules)
        self.assertLessEqual({"wire-%d" % n for n in range(1, 14)}, rules)


class TestOthers(unittest.TestCase):
    """Programs that do one thing wrong, where it is seen, and a rule that shows it."""

    def test_wrong(self):
        unmasked, big = (lambda crc: crc), struct.Struct(">I")
        for part, rule, program in (
                ("records", "record-5", with_patches(record__masked=unmasked,
                                                     read__records__masked=unmasked)),
                ("records", "record-1", with_patches(record__CRC=big, read__records__CRC=big)),
                ("checksums", "record-3", with_patches(record___check=lambda *arguments: None)),
                ("records", "record-2", with_answers(lambda code, out, err: (0, out, err))),
                ("records", "record-6", with_answers(lambda code, out, err: (
                    1 if err else code, out, err))),
                ("records", "record-8", with_answers(lambda code, out, err: (
                    0 if "record-8" in err else code, out, err))),
                ("fields", "wire-4", with_answers(lambda code, out, err: (
                    code, out, err.replace("wire-4", "wire-1")))),
                ("varints", "wire-2", with_answers(lambda code, out, err: (
                    code, out, err.replace("byte ", "byte 1")))),
                ("fields", "wire-6", with_answers(lambda code, out, err: (
                    code, out.replace(b"-0.0", b"0.0"), err))),
                ("fields", "wire-6", with_answers(lambda code, out, err: (
                    code, out.replace(b'"NaN"', b"NaN"), err))),
                ("fields", "wire-8", writes_if_value),
                ("fields", "wire-13", with_patches(wire__MAX_DEPTH=50)),
                ("events", "wire-5", with_answers(rounded_steps)),
                ("files", "record-1", with_answers(lambda code, out, err: (code, out[:-1], err))),
                ("calls", "wire-8", writes_if_value),
                ("records", "record-6", lambda arguments, stdin: (1, b"", "")),
                ("checksums", "record-5", lambda arguments, stdin: (1, b"", "")),
                ("contents", "wire-1", lambda arguments, stdin: (0, b"\xff", "")),
                ("events", "event-1", lambda arguments, stdin: (0, b"", ""))):
            with self.subTest(part + " " + rule):
                self.assertIn(rule, failed_rules(program, part))

    def test_a_small_mistake_fails_little(self):
        """What else stands in the same file passes."""
        found = list(contract.results(with_answers(
            lambda code, out, err: (code, out.replace(b"-0.0", b"0.0"), err)), contract.fields))
        failed = {result.id for result in found if result.trouble}
        self.assertEqual(failed, {"float-minus-0", "float-minus-underflow", "double-minus-0", "packed"})

    def test_what_is_not_tried(self):
        def plain(arguments, stdin):
            return (2, b"", "no such option") if len(arguments) > 1 else ours(arguments, stdin)
        found = list(contract.results(plain))
        passed, failed, untried = contract.counted(found)
        self.assertEqual((failed, untried > 200, passed > 1500), (0, True, True))


class TestProgram(unittest.TestCase):

    def main(self, *argv):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = contract.main(list(argv))
        return code, out.getvalue(), err.getvalue()

    def test_report(self):
        for program, expected in ((ours, 0), (lambda arguments, stdin: (0, b"", ""), 1)):
            with mock.patch.object(contract, "in_a_process", lambda command: program):
                code, out, err = self.main("x")
            self.assertEqual((code, err), (expected, ""))
            self.assertEqual(expected, 1 if "\nFAILED: " in out else 0)
            lines = out.splitlines()
            self.assertRegex(lines[0], r"^rule +passed +failed +not tried$")
            self.assertRegex(lines[1], r"^record-1 +\d+ +\d+ +\d+$")
            for name, _ in contract.BEYOND:
                self.assertIn("beyond this: " + name, out)

    def test_usage(self):
        self.assertEqual(self.main()[0], 2)
        self.assertEqual(self.main("--help")[0], 0)
        code, out, err = self.main("/nowhere/at/all")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("/nowhere/at/all", err)

    def test_a_process(self):
        program = contract.in_a_process([sys.executable, "-c", (
            "import sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data[::-1]);"
            "sys.stderr.write(sys.argv[1]); sys.exit(7)")])
        self.assertEqual(program(["decode"], b"ab"), (7, b"ba", "decode"))
        with mock.patch.object(contract, "SECONDS", 0.2):
            code, out, err = contract.in_a_process([sys.executable, "-c", "import time; time.sleep(60)"])(
                [], b"")
        self.assertEqual((code, out), (None, b""))
        self.assertIn("still running", err)


if __name__ == "__main__":
    unittest.main()
