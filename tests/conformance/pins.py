"""What is installed beside this is what requirements.txt says, to the version, and nothing else."""
import importlib.metadata
import os
import re
import unittest

REQUIREMENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "requirements.txt")
OF_THE_VENV = "pip", "setuptools"


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class Pins(unittest.TestCase):
    maxDiff = None

    def test_installed(self):
        with open(REQUIREMENTS) as file:
            pinned = dict(line.split("==") for line in file.read().split() if "==" in line)
        installed = {normal(found.metadata["Name"]): found.version.partition("+")[0]
                     for found in importlib.metadata.distributions()}           # torch has a +cpu
        for name in OF_THE_VENV:
            installed.pop(name, None)
        self.assertEqual(installed, {normal(name): version for name, version in pinned.items()})
