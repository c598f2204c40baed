"""Each wing can be taken away: a copy without its folder still passes the spine's tests."""
import os
import shutil
import unittest

from .helpers import PACKAGE, PACKAGE_NAME, ROOT, InDirectory, python
from .test_layers import WINGS

# The tests of the spine, which import nothing of a wing.
SPINE_TESTS = """
    test_crc32c
    test_record
    test_wire
    test_messages
    test_floats
    test_tensor
    test_histogram
    test_png
    test_pixels
    test_plugins
    test_eventfile
    test_writer
""".split()

OF_THE_WRITER = ("TestBytes", "TestMethods")            # of these, what stands for all of them

READS_VECTORS = "proto_json"            # with this the spine's tests read their vectors
OTHER_NAME = "another_name"


class TestWings(InDirectory):

    def copy(self):
        ignore = shutil.ignore_patterns("__pycache__", "conformance", "golden")
        for name in (PACKAGE_NAME, "tests", "spec"):
            shutil.copytree(os.path.join(ROOT, name), self.path(name), ignore=ignore)

    def run_spine_tests(self):
        python("-m", "unittest", *["tests." + name for name in SPINE_TESTS], cwd=self.directory)

    def place(self, wing):
        path = self.path(PACKAGE_NAME, *wing.split("."))
        return path if os.path.isdir(path) else path + ".py"

    def test_without_any_wing(self):
        self.copy()
        for i, wing in enumerate(WINGS):
            if wing != READS_VECTORS:
                os.rename(self.place(wing), self.path("away%d" % i))
        self.run_spine_tests()

    def test_without_each_wing(self):
        # One at a time: what another wing needs of it would show here only.
        self.copy()
        for wing in WINGS:
            if wing == READS_VECTORS:
                continue
            place = self.place(wing)
            with self.subTest(wing):
                os.rename(place, self.path("away"))
                try:
                    python("-m", "unittest", *["tests.test_writer." + name for name in OF_THE_WRITER],
                           cwd=self.directory)
                finally:
                    os.rename(self.path("away"), place)

    def test_under_another_name(self):
        self.copy()
        os.rename(self.path(PACKAGE_NAME), self.path(OTHER_NAME))
        for name in os.listdir(self.path("tests")):
            if name.endswith(".py"):
                with open(self.path("tests", name), encoding="utf-8") as f:
                    text = f.read()
                with open(self.path("tests", name), "w", encoding="utf-8") as f:
                    f.write(text.replace(PACKAGE_NAME, OTHER_NAME))
        self.run_spine_tests()


if __name__ == "__main__":
    unittest.main()
