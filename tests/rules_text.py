"""Print tbx_pure/commands/rules.txt from the pages of spec/: what `python3 -m tbx_pure spec` knows.

    python3 -m tests.rules_text > tbx_pure/commands/rules.txt

Blocks with an empty line between them: first the families of rules, then a block for each rule.
test_spec_command.py holds the file to that.
"""
import re
import textwrap

from .test_spec import LINK, PAGES, RULE, table
from .vectors import NAMES, lists, load

WIDTH = 78
INDENT = "    "


def wrapped(text):
    return textwrap.wrap(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT,
                         break_long_words=False, break_on_hyphens=False)


def shown_by():
    """Return {rule: ["vectors of records.json: record-empty ...", ...]}."""
    found = {}
    for name in NAMES:
        for _, cases in lists(load(name)):
            for case in cases:
                for rule in case["rules"]:
                    found.setdefault(rule, {}).setdefault(name, []).append(case["id"])
    return {rule: ["vectors of %s.json: %s" % (name, " ".join(ids)) for name, ids in by_name.items()]
            for rule, by_name in found.items()}


def text():
    """Return what stands in rules.txt."""
    about = {LINK.search(page).group(1): what for page, what
             in table("README.md", "page", "what it describes")}
    families, blocks, shown = [], [], shown_by()
    for page, what in about.items():
        names = []
        for rule, words in RULE.findall(PAGES["spec/" + page]):
            names.append(rule)
            words = LINK.sub(lambda match: match.group()[1:].partition("]")[0], words)
            lines = ["%s   spec/%s" % (rule, page)] + wrapped(" ".join(words.split()))
            for said in shown.get(rule, ["no vectors: the tests that name it try it"]):
                lines += wrapped(said)
            blocks.append(lines)
        if names:
            family, _, last = names[-1].rpartition("-")
            families.append("%-15s 1 to %-3s %s" % (family, last, what))
    return "\n\n".join("\n".join(block) for block in [families] + blocks) + "\n"


if __name__ == "__main__":
    print(text(), end="")
