"""The Chinese pages of spec/zh/ say what the English ones say: rules, tables, examples, links."""
import os
import re
import unittest

from .test_spec import LINK, RULE
from .vectors import SPEC

NAMES = "README.md", "1-records.md", "2-wire-format.md", "3-events.md"
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
HEX = re.compile(r" *(?:[0-9a-f]{2} ?)*")
VALUE = re.compile(r'\w+ = (?:"[^"]*"|[\w.-]+)', re.ASCII)
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
HEADING = re.compile(r"^(#+) (.*)", re.M)
TABLE = re.compile(r"(?:^\|.*\n)+", re.M)
EXACT = re.compile(r"`[^`]*`|0x[0-9a-f]+|[A-Za-z]+-?\d+\w*|-?\d+(?:[.^-]+\d+)*|[A-Za-z]+_\w+"
                   r"|\b[A-Z]{2,}\b", re.ASCII)          # what is the same in any language
IN_CHINESE = {"MUST NOT": "不得", "MUST": "必须", "SHOULD NOT": "不应当", "SHOULD": "应当", "MAY": "可以"}


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


PAIRS = {name: (read(os.path.join(SPEC, name)), read(os.path.join(SPEC, "zh", name))) for name in NAMES}


def counted(words, text):
    """Return how often each word is in the text, of words that contain each other the longest."""
    return sorted(re.findall("|".join(sorted(map(re.escape, words), key=len, reverse=True)), text))


def exact(text):
    """Return the names and numbers in a text, which stay what they are in any language."""
    without_links = " ".join(LINK.sub("", text).split())
    return sorted(found for found in EXACT.findall(without_links) if not CHINESE.search(found))


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def anchors(page):
    return [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for _, title in HEADING.findall(page)]


def place(folder, name, link):
    """Return (path in spec/, number of the heading) that a link of a page leads to."""
    target, _, anchor = link.partition("#")
    path = os.path.normpath(os.path.join(folder, target or name)).replace(os.sep, "/")
    if not anchor:
        number = None
    else:
        number = anchors(read(os.path.join(SPEC, *path.split("/")))).index(anchor)
    return path[3:] if path.startswith("zh/") else path, number


class TestChinese(unittest.TestCase):

    def test_all_there(self):
        self.assertEqual(sorted(os.listdir(os.path.join(SPEC, "zh"))), sorted(NAMES))
        for name, (_, chinese) in PAIRS.items():
            self.assertGreater(len(CHINESE.findall(chinese)), 900, name)
            for line in chinese.splitlines():
                if not line.startswith("|"):
                    self.assertLessEqual(len(line), 100, line)

    def test_rules(self):
        """The same rules, in the same order, with as many MUSTs, in what follows the same names."""
        number = 0
        for name, (english, chinese) in PAIRS.items():
            rules, ours = RULE.findall(english), RULE.findall(chinese)
            self.assertEqual([rule for rule, _ in ours], [rule for rule, _ in rules], name)
            for (rule, text), (_, translated) in zip(rules, ours):
                with self.subTest(rule):
                    number += 1
                    self.assertEqual(counted(IN_CHINESE.values(), translated),
                                     sorted(IN_CHINESE[word] for word in counted(IN_CHINESE, text)))
                    self.assertEqual(set(exact(translated)), set(exact(text)) - set(IN_CHINESE)
                                     - {"NOT"})
        self.assertGreater(number, 25)

    def test_headings(self):
        for name, (english, chinese) in PAIRS.items():
            self.assertEqual([(marks, re.findall(r"\d", title)) for marks, title in HEADING.findall(chinese)],
                             [(marks, re.findall(r"\d", title)) for marks, title in HEADING.findall(english)])

    def test_tables(self):
        """As many tables, rows and columns; what a cell has of names and numbers is the same."""
        for name, (english, chinese) in PAIRS.items():
            tables, ours = TABLE.findall(FENCE.sub("", english)), TABLE.findall(FENCE.sub("", chinese))
            self.assertEqual(len(ours), len(tables), name)
            for table, translated in zip(tables, ours):
                self.assertEqual(translated.count("\n"), table.count("\n"), translated)
                for line, ours_line in zip(table.splitlines(), translated.splitlines()):
                    self.assertEqual(len(cells(ours_line)), len(cells(line)), ours_line)
                    for cell, ours_cell in zip(cells(line), cells(ours_line)):
                        self.cell(cell, ours_cell, ours_line)

    def cell(self, cell, translated, line):
        self.assertEqual(bool(translated), bool(cell), line)
        if CHINESE.search(translated):
            self.assertEqual(exact(translated), exact(cell), line)
        else:
            self.assertEqual(re.sub(r"\.\./|\s", "", translated), re.sub(r"\.\./|\s", "", cell), line)

    def test_examples(self):
        """Of hex the same bytes; of all blocks the same lines, names and numbers."""
        for name, (english, chinese) in PAIRS.items():
            blocks, ours = FENCE.findall(english), FENCE.findall(chinese)
            self.assertEqual(len(ours), len(blocks), name)
            for block, translated in zip(blocks, ours):
                lines, our_lines = block.splitlines(), translated.splitlines()
                self.assertEqual(len(our_lines), len(lines), translated)
                self.assertEqual(our_lines[0], lines[0])
                for line, ours_line in zip(lines, our_lines):
                    self.assertEqual(exact(ours_line), exact(line))
                    if lines[0].startswith("```hex"):
                        self.assertEqual(HEX.match(ours_line).group(), HEX.match(line).group())
                        self.assertEqual(VALUE.findall(ours_line), VALUE.findall(line))

    def test_links(self):
        for name, (english, chinese) in PAIRS.items():
            there = [place("", name, link) for link in LINK.findall(english)]
            ours = [place("zh", name, link) for link in LINK.findall(chinese)]
            self.assertEqual(sorted(ours, key=str), sorted(there, key=str), name)


if __name__ == "__main__":
    unittest.main()
