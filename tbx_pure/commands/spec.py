"""Print rules of the event file format: text, page, and the vectors that show them.

A damaged file's message names the rule that is broken, such as record-3.  Without RULE: which rules
there are.

    python3 -m tbx_pure spec record-3
    python3 -m tbx_pure spec record
"""
import pkgutil
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("rule", nargs="?", metavar="RULE",
                        help="a rule; without its number, all rules of its page")


def run(args: "Namespace") -> int:
    """Print what is asked for; return 2 if there is no such rule."""
    families, *rules = _blocks()
    if args.rule is None:
        print(families)
        return 0
    asked = args.rule.lower().replace("_", "-")                 # pr-curves is also pr_curves
    found = [rule for rule in rules if asked in _names(rule)]
    if not found:
        return _no_rule(args.rule, asked, rules)
    print("\n\n".join(found))
    return 0


def _blocks():
    """Return the families of rules, then the text of each rule: rules.txt, made from spec/."""
    data = pkgutil.get_data(__package__, "rules.txt") or b""
    return data.decode("utf-8").rstrip("\n").split("\n\n")


def _names(rule):
    """Return what a rule can be asked by: its name, that of its family, that of its page."""
    name, page = rule.split(None, 2)[:2]
    return name, name.rpartition("-")[0], page.rpartition("/")[2].replace("_", "-")


def _no_rule(given, asked, rules):
    from difflib import get_close_matches
    known = sorted({name for rule in rules for name in _names(rule)})
    near = get_close_matches(asked, known, 3)
    print("no rule %r: %s" % (given, "did you mean %s?" % " or ".join(near) if near
                              else "call it without RULE to see which there are"), file=sys.stderr)
    return 2
