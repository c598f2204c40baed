"""What is installed in this venv is what its requirements say, to the version, and nothing else."""
import importlib.metadata
import os
import re
import sys
import unittest

OF_CLIENTS = os.path.basename(sys.prefix).startswith("clients-")
REQUIREMENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                            "clients.txt" if OF_CLIENTS else "requirements.txt")
OF_THE_VENV = "pip", "setuptools"


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class Pins(unittest.TestCase):
    maxDiff = None

    def test_installed(self):
        with open(REQUIREMENTS) as file:
            pinned = dict(line.strip().split("==") for line in file if line[0].isalpha())
        installed = {normal(found.metadata["Name"]): found.version.partition("+")[0]
                     for found in importlib.metadata.distributions()}           # torch has a +cpu
        for name in set(OF_THE_VENV) - set(pinned):
            installed.pop(name, None)
        self.assertEqual(installed, {normal(name): version for name, version in pinned.items()})
