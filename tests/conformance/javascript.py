"""The contract of the vectors in processes: JavaScript under Node, which follows spec/ alone; ours."""
import contextlib
import io
import os
import re
import shutil
import sys
import unittest

from tests import contract
from tests.helpers import PACKAGE_NAME, ROOT

PROGRAM = os.path.join(ROOT, "tests", "javascript", "tbx.mjs")


class Contract(unittest.TestCase):

    def keeps(self, *command):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = contract.main(list(command))
        self.assertEqual(code, 0, out.getvalue())
        passed, failed, untried = re.search(r"in all +(\d+) +(\d+) +(\d+)", out.getvalue()).groups()
        self.assertGreater(int(passed), 1900)
        self.assertEqual((failed, untried), ("0", "0"))

    def test_node(self):
        self.assertIsNotNone(shutil.which("node"), "there is no Node here, which this needs")
        self.keeps("node", PROGRAM)

    def test_ours(self):
        self.keeps(sys.executable, "-m", PACKAGE_NAME)

    def test_node_imports_nothing(self):
        for name in sorted(os.listdir(os.path.dirname(PROGRAM))):
            with open(os.path.join(os.path.dirname(PROGRAM), name), encoding="utf-8") as f:
                for imported in re.findall(r'^import .* from "(.*?)";', f.read(), re.M):
                    self.assertRegex(imported, r"^(\./\w+\.mjs|node:\w+)$", name)


if __name__ == "__main__":
    unittest.main()
