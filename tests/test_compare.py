"""The scenarios of compare.py: nothing is lost here, and the README shows them all."""
import contextlib
import io
import re
import unittest
from unittest import mock

from . import compare
from .helpers import PACKAGE_NAME
from .test_docs import readme


class TestCompare(unittest.TestCase):

    def test_ours(self):
        for name in sorted(compare.WRITING):
            # "tests": a busy machine is no slow disk
            with self.subTest(name), mock.patch.object(compare, "BEGIN", compare.BEGIN + "import tests\n"):
                expected = compare.WRITING[name][1]
                self.assertEqual(compare.written(name, PACKAGE_NAME), "%d of %d" % (expected, expected))
        self.assertEqual(compare.read_past_damage("tbx_pure"), "999 of 999")

    def test_a_program_that_hangs(self):
        self.assertEqual(compare.run("import signal, time; signal.setitimer(signal.ITIMER_REAL, 0.1)\n"
                                     "time.sleep(60)")[0], -14)

    def test_main(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            self.assertEqual(compare.main(["import"]), 0)
            self.assertEqual(compare.main(["--help"]), 0)
            self.assertEqual(compare.main(["nonsense"]), 2)
        self.assertRegex(out.getvalue(), r"(?m)^    tbx_pure [\d.]+ +\d+ ms, \d+ modules$")

    def test_readme(self):
        self.assertEqual(sorted(re.findall(r"`tests\.compare (\w+)`", readme())), sorted(compare.SCENARIOS))


if __name__ == "__main__":
    unittest.main()
