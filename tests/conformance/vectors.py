"""The vectors in spec/ are what google protobuf, tensorboardX and TensorBoard make of their source."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAKER = os.path.join(ROOT, "tests", "golden", "make_vectors.py")


class Vectors(unittest.TestCase):
    def test_made_again_they_are_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, MAKER, folder], check=True, stdout=subprocess.DEVNULL)
            names = sorted(os.path.relpath(os.path.join(here, name), folder)
                           for here, _, found in os.walk(folder) for name in found)
            self.assertLess({"plugins.json", os.path.join("files", "three-records.tfevents")}, set(names))
            for name in names:
                with open(os.path.join(folder, name), "rb") as made:
                    with open(os.path.join(ROOT, "spec", "vectors", name), "rb") as kept:
                        self.assertEqual(made.read(), kept.read(), name)


if __name__ == "__main__":
    unittest.main()
