"""Test cases that say where two long values differ, at once; unittest's own diff takes minutes."""
import unittest


class BriefTestCase(unittest.TestCase):
    def setUp(self):
        for kind in (list, dict):
            self.addTypeEqualityFunc(kind, self.assert_same)

    def assert_same(self, first, second, msg=None):
        if first != second:
            self.fail(self._formatMessage(msg, difference(first, second)))


def difference(first, second, path=""):
    """Return in text where two values differ first."""
    if type(first) is type(second) is dict and first.keys() == second.keys():
        keys = list(first)
    elif type(first) is type(second) is list and len(first) == len(second):
        keys = range(len(first))
    else:
        keys = ()
    for key in keys:
        if first[key] != second[key]:
            return difference(first[key], second[key], "%s[%r]" % (path, key))
    return "%s: %.300r != %.300r" % (path, first, second)
