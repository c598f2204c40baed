"""Markdown of what is none.  (tests/conformance/against_pictures.py has it rendered.)"""
import argparse
import collections
import datetime
import enum
import types
import unittest

from tbx_pure import SummaryWriter
from tbx_pure.errors import InputError
from tbx_pure.markdown import markdown, table

from .helpers import PACKAGE_NAME, InDirectory, python, summaries


class Color(enum.Enum):
    RED = 1


class Named(str, enum.Enum):
    A = "a|b"


class Base:
    lr = 0.1
    layers = [64, 32]

    def method(self):
        pass

    @property
    def computed(self):
        return 1


class Config(Base):
    lr = 0.2

    def __init__(self):
        self.name = "net"
        self.activation = len
        self._hidden = 1
        self.inner = Base()


class Record:
    """What a dataclass looks like; Python 3.6 has none."""
    __dataclass_fields__ = {"b": None, "a": None, "never_set": None}

    def __init__(self):
        self.a, self.b, self.other = 1, {"c": 2}, 3


class Dictable:
    def __init__(self):
        self.hidden = 1

    def to_dict(self):
        return {"model_type": "bert"}


class Omega:
    """A mapping that is no dict."""

    def keys(self):
        return ["a"]

    def items(self):
        return [("a", 1)]


class Model:
    size = 3

    def __call__(self):
        pass


def rows(x):
    """Return the cells of the table that x becomes, without its first two lines."""
    head, dashes, *lines = markdown(x, "markdown").split("\n")
    if dashes.strip("|- "):
        raise AssertionError(dashes)
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


class TestTable(unittest.TestCase):

    def test_lines(self):
        self.assertEqual(table(["name", "n"], [["a", 1], ["b", 0.5]]),
                         "| name | n |\n| --- | --- |\n| a | 1 |\n| b | 0.5 |")
        self.assertEqual(table(["a"], []), "| a |\n| --- |")

    def test_cells_are_inert(self):
        for cell, written in (
                ("a|b", r"a\|b"), ("*b*", r"\*b\*"), ("`c`", r"\`c\`"), ("[x](y)", r"\[x\](y)"),
                ("C:\\d", r"C:\\d"), ("<b>&amp;", "&lt;b>&amp;amp;"), ("~~s~~", "&#126;&#126;s&#126;&#126;"),
                ("learning_rate", "learning_rate"), ("__init__", r"\_\_init\_\_"), ("_x_1", r"\_x_1"),
                ("a\nb\r\nc\rd", "a<br>b<br>c<br>d"), ("a  b", "a &nbsp;b"), (" a ", "&nbsp;a&nbsp;"),
                ("\tx", "&nbsp;&nbsp;&nbsp;&nbsp;x"), ("- 1. #", "- 1. #"), ("", ""), ("米", "米")):
            self.assertEqual(table([cell], [[cell]]),
                             "| %s |\n| --- |\n| %s |" % (written, written))

    def test_what_is_no_text(self):
        for cell, written in ((None, "None"), (True, "True"), (0.1, "0.1"), ([1, "a"], r"\[1, 'a'\]"),
                              (Color.RED, "Color.RED"), (Named.A, r"a\|b"), ({"b", "a"}, "{'a', 'b'}"),
                              (frozenset([2, 1]), "{1, 2}"), (len, "len"), (Config, "Config"),
                              (markdown, "markdown"), (datetime.date(2020, 1, 2), "2020-01-02")):
            self.assertEqual(table(["x"], [[cell]]), "| x |\n| --- |\n| %s |" % written)

    def test_sets_are_the_same_in_every_process(self):
        code = ("from %s.markdown import table;"
                "print(table(['x'], [[set('abcdefghij')]]).split()[-10:])" % PACKAGE_NAME)
        found = {python("-R", "-c", code) for _ in range(3)}
        self.assertEqual(len(found), 1)


class TestObjects(unittest.TestCase):

    def test_dict(self):
        self.assertEqual(markdown({"lr": 0.1, "b": {"x": 1, "y": {"z": 2}, "empty": {}}, 3: None}, "markdown"),
                         "| name | value |\n| --- | --- |\n| lr | 0.1 |\n| b.x | 1 |\n| b.y.z | 2 |\n"
                         "| b.empty | {} |\n| 3 | None |")
        self.assertEqual(rows(collections.OrderedDict([("z", 1), ("a", 2)])), [["z", "1"], ["a", "2"]])
        self.assertEqual(markdown({}, "markdown"), "| name | value |\n| --- | --- |")

    def test_configurations(self):
        point = collections.namedtuple("Point", "x y")(1, 2)
        for x, expected in (
                (point, [["x", "1"], ["y", "2"]]),
                (Record(), [["b.c", "2"], ["a", "1"]]),
                (argparse.Namespace(lr=0.1), [["lr", "0.1"]]),
                (types.SimpleNamespace(b=1, a=2), [["b", "1"], ["a", "2"]]),
                (Dictable(), [["model_type", "bert"]]),
                (Omega(), [["a", "1"]]),
                (Base, [["lr", "0.1"], ["layers", r"\[64, 32\]"]]),
                (Base(), [["lr", "0.1"], ["layers", r"\[64, 32\]"]]),
                (Config(), [["lr", "0.2"], ["layers", r"\[64, 32\]"], ["name", "net"], ["activation", "len"],
                            ["inner.lr", "0.1"], ["inner.layers", r"\[64, 32\]"]])):
            with self.subTest(x):
                self.assertEqual(rows(x), expected)

    def test_what_says_something_of_itself_is_not_opened(self):
        inner = argparse.Namespace(a=1)
        self.assertEqual(rows({"x": inner, "m": Model, "t": datetime.timedelta(1)}),
                         [["x", "Namespace(a=1)"], ["m", "Model"], ["t", "1 day, 0:00:00"]])

    def test_lists(self):
        self.assertEqual(markdown(["a", 2], "markdown"), "|  |\n| --- |\n| a |\n| 2 |")
        self.assertEqual(markdown([["a", "b|"], ("c",)], "markdown"),
                         "|  |  |\n| --- | --- |\n| a | b\\| |\n| c |  |")
        self.assertEqual(markdown([{"a": 1, "b": {"c": 2}}, {"d": 3, "a": 4}], "markdown"),
                         "| a | b.c | d |\n| --- | --- | --- |\n| 1 | 2 |  |\n| 4 |  | 3 |")

    def test_arrays(self):
        class Array:
            def tolist(self):
                return [["a", "b"]]
        self.assertEqual(rows(Array()), [["a", "b"]])

    def test_refused(self):
        itself = {}
        itself["a"] = itself
        for x in (3, 0.5, b"bytes", object(), [], (), Model(), len, Color.RED, itself,
                  datetime.date(2020, 1, 1), type("Empty", (), {})):
            with self.subTest(repr(x)), self.assertRaises(InputError) as caught:
                markdown(x, "markdown")
            self.assertEqual(caught.exception.argument, "text_string")


class TestModes(unittest.TestCase):

    def test_text(self):
        for text, written in (
                ("a\nb", "a<br>\nb"), ("# a", r"\# a"), ("- a", r"\- a"), ("+ a", r"\+ a"), ("> a", r"\> a"),
                ("12. a", r"12\. a"), ("1) a", r"1\) a"), ("1.5", r"1\.5"), ("x\n===", "x<br>\n&#61;=="),
                ("x\n---", "x<br>\n\\---"), ("    code", "&nbsp;&nbsp;&nbsp;&nbsp;code"),
                ("<script>", "&lt;script>"), ("end\\", "end\\\\"), ("", ""), ("a # - b", "a # - b")):
            self.assertEqual(markdown(text, "text"), written)

    def test_code(self):
        self.assertEqual(markdown("a\n  *b*", "code"), "```\na\n  *b*\n```")
        self.assertEqual(markdown("```\nx\n```", "code"), "````\n```\nx\n```\n````")
        self.assertEqual(markdown("`x`", "code"), "```\n`x`\n```")

    def test_markdown_is_as_it_is(self):
        self.assertEqual(markdown("*a* | <b>\n", "markdown"), "*a* | <b>\n")
        self.assertEqual(markdown(Named.A, "markdown"), "a|b")

    def test_objects(self):
        self.assertEqual(markdown({"a": 1, "b": {"c": "*"}}, "code"), "```\na: 1\nb.c: *\n```")
        self.assertEqual(markdown({"a": 1, "b": {"c": "*"}}, "text"), "a: 1<br>\nb.c: \\*")

    def test_unknown(self):
        for mode in ("html", None, 3):
            with self.assertRaises(InputError) as caught:
                markdown("x", mode)
            self.assertEqual(caught.exception.argument, "mode")
            self.assertIn("'code'", caught.exception.need)


class TestWriter(InDirectory):

    def test_add_text(self):
        config = {"lr": 0.1}
        with SummaryWriter(self.directory) as writer:
            writer.add_text("a", "*x*", 1)
            writer.add_text("b", "*x*", 1, mode="text")
            writer.add_text("c", "*x*", 1, mode="code")
            for same in (config, argparse.Namespace(**config), type("C", (), config)()):
                writer.add_text("Model Configuration", same)
            writer.add_text("d", Named.A, 1)
            for bad in ({}.keys(), 3, b"x", None):
                with self.assertRaises(InputError):
                    writer.add_text("x", bad)
            with self.assertRaises(InputError) as caught:
                writer.add_text("x", "x", mode="html")
        self.assertEqual(caught.exception.method, "add_text('x')")
        found = [(value["tag"], value["tensor"]["string_val"]) for _, value in summaries(self.directory)]
        lr = b"| name | value |\n| --- | --- |\n| lr | 0.1 |"
        self.assertEqual(found, [
            ("a/text_summary", [b"*x*"]), ("b/text_summary", [b"\\*x\\*"]),
            ("c/text_summary", [b"```\n*x*\n```"])]
            + [("Model Configuration/text_summary", [lr])] * 3 + [("d/text_summary", [b"a|b"])])


if __name__ == "__main__":
    unittest.main()
