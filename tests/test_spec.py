"""The pages of spec/ hold: examples are vectors, tables are the code's, every rule is tried."""
import json
import os
import re
import unittest

from tbx_pure import crc32c, plugins, record, wire
from tbx_pure.compat.projector import PROJECTOR_CONFIG
from tbx_pure.graph.messages import GRAPH_DEF, RUN_METADATA
from tbx_pure.messages import EVENT
from tbx_pure.plugins import custom_scalars
from tbx_pure.proto_json import KINDS, tables, walk

from . import messages_proto
from .rules import CONTENT
from .vectors import NAMES, ROOT, SPEC, lists, load, unhex

MESSAGES = messages_proto.messages()
MESSAGES.update((message.name, message) for top in (CONTENT["hparams"], PROJECTOR_CONFIG)
                for message in walk(top) if not message.name.endswith((".fields", ".hparams")))
MESSAGES.update({name.rpartition(".")[2]: message for name, message in MESSAGES.items()
                 if name.startswith(("Summary.", "SummaryMetadata."))})
OF_HPARAMS = {field.kind.name: field.kind for message in walk(CONTENT["hparams"])
              for field in message.fields if not field.message and field.kind.numbers}
UNDESCRIBED = {                         # messages without a table of their own
    "TensorShapeProto.Dim", "SummaryMetadata.PluginData",               # two fields: in the row
    "VersionDef", "RunMetadata", "StepStats", "DeviceStepStats",        # in a sentence
    "AttrValue.ListValue",              # has AttrValue's
    "ResourceHandleProto", "ResourceHandleProto.DtypeAndShape", "VariantTensorDataProto",   # in no file
}
HELD = {"graph_def": GRAPH_DEF, "run_metadata": RUN_METADATA}          # what other bytes are
LAYOUT = custom_scalars.LAYOUT          # what string_val is, of the plugin custom_scalars

RULE = re.compile(r"^\*\*([a-z-]+-\d+)\*\* (.*(?:\n.+)*)", re.M)
CITED = re.compile(r"(?<![\w-])((?:%s)-\d+)\b(?!-)" % "|".join(
    "record wire event summary tensor files media models readers".split()
    + [row[0].replace("_", "-") for row in plugins.PLUGINS] + ["graphs", "projector"]))
EXAMPLE = re.compile(r"^```hex (\S+)\n(.*?)^```$", re.M | re.S)
LINE = re.compile(r"^ *([0-9a-f]{2}(?: [0-9a-f]{2})*)(?:  +(\S.*))?$")
BYTES = "record", "file", "encoded", "hex"               # the keys of a vector's bytes, or of one
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")


def files(folder, ending, skip=("__pycache__",)):
    """Yield (path relative to the project, text) of each file below a folder."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - set(skip))
        for name in sorted(names):
            if name.endswith(ending):
                path = os.path.join(here, name)
                with open(path, encoding="utf-8") as f:
                    yield os.path.relpath(path, ROOT).replace(os.sep, "/"), f.read()


PAGES = dict(files(SPEC, ".md", skip=("zh",)))         # zh: test_spec_zh.py
PACKAGE = dict(files(os.path.dirname(os.path.abspath(wire.__file__)), ".py"))
TESTS = {path: text for path, text in files(os.path.join(ROOT, "tests"), ".py")
         if "test_" in path and not path.endswith("test_spec.py")}
DOCUMENTS = {name: load(name) for name in NAMES}
VECTORS = {case["id"]: case for document in DOCUMENTS.values()
           for _, cases in lists(document) for case in cases}
EXAMPLE_TABLE = tables(DOCUMENTS["fields"])["Example"]


def rules(page):
    return dict(RULE.findall(page))


RULES = {name: text for page in PAGES.values() for name, text in rules(page).items()}


def tables_headed(page, *header):
    """Return the rows, as lists of cells, of each table with this header on a page."""
    _, *rest = PAGES["spec/" + page].split("| %s |\n" % " | ".join(header))
    return [[[cell.strip() for cell in line.strip("|").split("|")]
             for line in re.match(r"(?:\|.*\n)*", rows).group().splitlines()[1:]] for rows in rest]


def table(page, *header):
    """Return the rows of the one table with this header."""
    found = tables_headed(page, *header)
    if not found:
        raise AssertionError("%s has no table %s" % (page, header))
    return found[0]


class TestVectors(unittest.TestCase):
    def test_an_id_names_one_vector(self):
        self.assertEqual(len(VECTORS), sum(len(cases) for document in DOCUMENTS.values()
                                           for _, cases in lists(document)))

    def test_every_key_is_explained(self):
        explained = {key for row in table("vectors/README.md", "key", "in", "meaning")
                     for key in row[0].split(", ")}
        explained |= set(re.findall(r"`(\w+)`", PAGES["spec/vectors/README.md"]))
        used = {key for case in VECTORS.values() for key in case}
        used |= {key for document in DOCUMENTS.values() for key in document
                 if not isinstance(document[key], list)}
        self.assertEqual(used - explained, set())
        self.assertEqual({"id", "rules", "source"} - set.intersection(*map(set, VECTORS.values())),
                         set())

    def test_every_list_is_explained(self):
        found, name = [], ""
        for file, key, _ in table("vectors/README.md", "file", "list", "one vector says"):
            name = file and re.match(r"\[(\w+)\.json\]", file).group(1) or name
            found.append((name, key))
        self.assertEqual([row for row in found if row[0] == "api"],
                         [("api", key) for key, _ in lists(load("api"))])
        found = [row for row in found if row[0] != "api"]
        self.assertEqual(sorted(found), sorted((name, key) for name in NAMES
                                               for key, _ in lists(DOCUMENTS[name])))
        self.assertEqual({name for name, _ in found} | {"api"},
                         {name[:-5] for name in os.listdir(os.path.join(SPEC, "vectors"))
                          if name.endswith(".json")})


class TestRules(unittest.TestCase):
    def test_rules_are_numbered_and_say_who_must(self):
        for path, page in PAGES.items():
            names = RULE.findall(page)
            for i, (name, text) in enumerate(names, 1):
                self.assertEqual(name, "%s-%d" % (names[0][0].rpartition("-")[0], i), path)
                self.assertRegex(text, r"\b(MUST|SHOULD|MAY)\b", name)
            if path.startswith("spec/plugins/"):
                name, _ = os.path.splitext(os.path.basename(path))
                self.assertEqual(names[0][0], name.replace("_", "-") + "-1")
        expected = {"record-%d" % n for n in range(1, 9)} | {"wire-%d" % n for n in range(1, 14)}
        self.assertLessEqual(expected | {"event-1", "files-1"}, set(RULES))
        self.assertEqual(len(RULES), sum(len(RULE.findall(page)) for page in PAGES.values()))

    def test_every_rule_is_tried(self):
        tried = {rule for case in VECTORS.values() for rule in case["rules"]}
        tried |= {rule for text in TESTS.values() for rule in CITED.findall(text)}
        self.assertEqual(set(RULES) - tried, set())

    def test_every_rule_is_tried_both_ways(self):
        """By bytes that follow it, and by bytes or values that do not, or that no writer makes.

        Those of pages 1 and 2; test_rules.py has all others.
        """
        good, other = set(), set()
        for case in VECTORS.values():
            follows = "rule" not in case and case.get("roundtrip", "data" in case)
            (good if follows else other).update(case["rules"])
        bytewise = {name for name in RULES if name.startswith(("record-", "wire-"))}
        self.assertEqual(bytewise - other, {"record-7"})              # has its test of a writer
        self.assertEqual(bytewise - good, {"wire-11", "wire-12", "wire-13"})      # for readers

    def test_every_rule_that_is_cited_exists(self):
        texts = dict(PACKAGE, **TESTS)
        texts.update(PAGES)
        texts.update((name, json.dumps(case)) for name, case in VECTORS.items())
        for name, text in texts.items():
            self.assertEqual(set(CITED.findall(text)) - set(RULES), set(), name)

    def test_every_citation_in_brackets_or_errors_is_known(self):
        """Whatever its page: what the code calls a rule stands in a page."""
        for path, text in PACKAGE.items():
            cited = set(re.findall(r"[\[,] ?([a-z-]+-\d+)(?=[\],])", text))
            cited |= set(re.findall(r'"([a-z-]+-\d+)"\)', text)) - {"utf-8", "latin-1"}      # encodings
            self.assertEqual(cited - set(RULES), set(), path)

    def test_what_the_code_refuses_by_is_tried(self):
        by = {rule for text in PACKAGE.values() for rule in re.findall(r'"([a-z-]+-\d+)"\)', text)}
        by -= {"utf-8"}
        tried = {case["rule"] for case in VECTORS.values() if "rule" in case}
        by -= {"record-6"}              # to a reader asked to be strict; test_read_records.py tries it
        bytewise = "record-", "wire-"                   # of the others test_rules.py tells
        self.assertEqual({rule for rule in by if rule.startswith(bytewise)},
                         {rule for rule in tried if rule.startswith(bytewise)})
        quoted = {rule for text in TESTS.values() for rule in re.findall(r'"([a-z-]+-\d+)"', text)}
        self.assertEqual(by - tried - quoted, set())


class TestExamples(unittest.TestCase):
    def blocks(self):
        """Yield (path, vector's id, [(bytes, what they are)]) of each block of hex."""
        for path, page in PAGES.items():
            for name, block in EXAMPLE.findall(page):
                lines = []
                for line in block.splitlines():
                    if line:
                        match = LINE.match(line)
                        self.assertTrue(match, "%s, %s: %r" % (path, name, line))
                        lines.append((unhex(match.group(1)), match.group(2) or ""))
                yield path, name, lines

    def test_examples_are_vectors(self):
        count = 0
        for path, name, lines in self.blocks():
            with self.subTest(name, path=path):
                case, count = VECTORS[name], count + 1
                bytes_ = unhex(next(case[key] for key in BYTES if key in case)).hex()
                found = b"".join(data for data, _ in lines).hex()
                self.assertIn(found, (bytes_, summary(case)))
        self.assertGreater(count, 9)
        fences = sum(page.count("```hex") for page in PAGES.values())
        self.assertEqual(fences, count)

    def test_what_stands_beside_the_bytes_is_true(self):
        for path, name, lines in self.blocks():
            with self.subTest(name, path=path):
                said = [re.match(r"(\w+) = (.*)", text).groups() for _, text in lines
                        if re.match(r"\w+ = ", text)]
                held = list(facts(VECTORS[name], b"".join(data for data, _ in lines)))
                for field, text in said:
                    self.assertTrue(any(field == key and re.match(re.escape(value) + r"(,|$)", text)
                                        for key, value in held), "%s = %s" % (field, text))
                if "rule" not in VECTORS[name]:
                    told = {(field, re.sub(", .*", "", text)) for field, text in said}
                    self.assertEqual(set(held) - told, set())
                for data, text in lines:
                    match = re.match(r"(\w+), (\d+) bytes", text)
                    if match:
                        number, wire_type, at, start, _ = next(wire.fields(data + bytes(200), 0,
                                                                           400))
                        self.assertEqual((wire_type, start), (wire.LEN, len(data)), text)
                        self.assertEqual(wire.read_varint(data, len(data) - 1, len(data))[0],
                                         int(match.group(2)), text)
                        self.assertIn((match.group(1), number), NUMBERS, text)


NUMBERS = {(field.name, field.number)
           for top in [EVENT, EXAMPLE_TABLE, LAYOUT] + list(CONTENT.values()) + list(HELD.values())
           for message in walk(top) for field in message.fields}


def summary(case):
    """Return the bytes, in hex, of the summary of a vector that is an event; else None."""
    if "event" in case:
        event = EVENT.decode(unhex(case["hex"]))
        return EVENT.by_name["summary"].message.encode(event.get("summary", {})).hex()


def facts(case, block):
    """Yield (name, value as text) of all that the bytes of a vector, or a block of them, say."""
    if "rule" in case:
        return
    if "event" in case:
        event = EVENT.decode(unhex(case["hex"]))
        if block.hex() == summary(case):
            event = {"summary": event["summary"]}
        yield from leaves(EVENT, event)
        return
    if "encoded" in case:
        for field in "height", "width", "channels", "sample_rate":
            if field in case:
                yield field, str(case[field])
        for delay in case.get("delays", ()):
            yield "delay", str(delay)
        return
    if "hex" in case:
        yield from leaves(EXAMPLE_TABLE, EXAMPLE_TABLE.decode(unhex(case["hex"])))
        return
    for data in case["data"] if "file" in case else [case["data"]]:
        yield "length", str(len(unhex(data)))
        yield from leaves(EVENT, EVENT.decode(unhex(data)))


def leaves(message, values, plugin=None):
    """Yield (name, value as text) of each field, also inside a plugin's own message.

    Bytes that are no text (a picture) are told by their number, beside their field's key.
    """
    plugin = values.get("metadata", {}).get("plugin_data", {}).get("plugin_name", plugin)
    plugin = values.get("plugin_name", plugin)
    for name, value in values.items():
        field = message.by_name[name]
        items = [value]
        if field.map:
            items = [{"key": key, "value": item} for key, item in value.items()]
        elif field.repeated:
            items = value
        for item in items:
            inner = {"content": CONTENT, "string_val": {"custom_scalars": LAYOUT}}.get(name, {})
            if field.message:
                yield from leaves(field.message, item, plugin)
            elif plugin in inner:
                yield from leaves(inner[plugin], inner[plugin].decode(item))
            elif name in HELD:
                yield from leaves(HELD[name], HELD[name].decode(item))
            elif isinstance(item, bytes):
                said = item.decode("latin-1")
                if said.isprintable():
                    yield name, json.dumps(said)
            else:
                yield name, item if field.kind.numbers else json.dumps(item)


class TestTables(unittest.TestCase):
    def test_record(self):
        rows = table("1-records.md", "offset", "size", "field", "type", "value")
        self.assertEqual([row[:3] for row in rows], [
            ["0", str(record.LENGTH.size), "length"],
            [str(record.LENGTH.size), str(record.CRC.size), "length_crc"],
            [str(record.HEADER_SIZE), "n", "data"],
            ["%d + n" % record.HEADER_SIZE, str(record.CRC.size), "data_crc"]])
        self.assertEqual(record.LENGTH.pack(258) + record.CRC.pack(1),
                         b"\2\1\0\0\0\0\0\0" + b"\1\0\0\0")
        self.assertEqual([row[3] for row in rows],
                         ["uint64, little-endian", "uint32, little-endian",
                                                    "bytes", "uint32, little-endian"])

    def test_crc(self):
        check = crc32c.crc32c(b"123456789")
        rows = dict(table("1-records.md", "CRC-32C", "value"))
        polynomial = int(rows["polynomial"], 16)
        self.assertEqual(int("{:032b}".format(polynomial)[::-1], 2), crc32c.POLYNOMIAL)
        self.assertEqual(rows["polynomial, bits reversed"], hex(crc32c.POLYNOMIAL))
        self.assertEqual(rows['of the nine bytes "123456789"'], hex(check))
        self.assertEqual(rows["the same, masked"], hex(crc32c.masked(check)))
        self.assertEqual(rows["constant of the mask"], hex(crc32c.MASK_DELTA))
        self.assertEqual(len(re.findall("0x82f63b78", PAGES["spec/1-records.md"])), 2)
        self.assertEqual(len(re.findall("0xa282ead8", PAGES["spec/1-records.md"])), 3)

    def test_wire_types(self):
        rows = table("2-wire-format.md", "wire type", "name", "payload")
        for number, name, payload in rows:
            self.assertEqual(getattr(wire, name), int(number))
            self.assertEqual(wire.SIZE.get(int(number)),
                             int(payload[0]) if re.match(r"\d bytes$", payload) else None)
        self.assertEqual([int(row[0]) for row in rows], list(range(6)))
        self.assertIn("(2^29-1)", RULES["wire-1"])
        self.assertIn(str(wire.MAX_NUMBER), RULES["wire-1"])
        self.assertEqual(wire.MAX_NUMBER, 2 ** 29 - 1)
        self.assertIn("more than %d deep" % wire.MAX_DEPTH, RULES["wire-13"])

    def test_kinds(self):
        rows = {row[0]: row[1:] for row in table("2-wire-format.md", "kind", "wire type", "from",
                                                 "to", "payload", "if absent")}
        self.assertEqual(set(rows), set(KINDS) | {"enum", "message"})
        for name, kind in dict(KINDS, enum=wire.enum("Size", ZERO=0)).items():
            wire_type, low, high, payload, absent = rows[name]
            self.assertEqual(int(wire_type), kind.wire)
            for bound, step in (low, -1), (high, 1):
                if bound:
                    n = number(bound)
                    self.assertEqual(kind.unpack(kind.pack(n), 0, 10), n, name)
                    with self.assertRaises(OverflowError):
                        kind.pack(n + step)
            value = kind.unpack(kind.zero, 0, len(kind.zero))
            if name in ("string", "bytes"):
                self.assertEqual((absent, len(value)), ("empty", 0))
            else:
                self.assertEqual(absent, "the name of 0" if name == "enum" else json.dumps(value))
        self.assertEqual(int(rows["message"][0]), wire.LEN)

    def test_fields_of_the_whole_file(self):
        below = {message.name: message for message in walk(EVENT)}
        used = set()
        for message, key, number, name, kind in table("README.md", "message", "key", "number",
                                                      "field", "kind"):
            field = below[message].by_name[name]
            used.add((message, name))
            self.assertEqual((bytes.fromhex(key), int(number)), (field.key, field.number))
            text = ("repeated " if field.repeated else "") + field.kind.name
            text += ", oneof " + field.oneof if field.oneof else ""
            self.assertEqual(kind.replace(", 7 is DT_STRING", ""), text)
        whole = set()
        for data in VECTORS["file-three-records"]["data"]:
            whole |= names(EVENT, EVENT.decode(unhex(data)))
        self.assertEqual(used, whole)
        self.assertEqual(below["TensorProto"].by_name["dtype"].kind.numbers["DT_STRING"], 7)

    def test_fields_of_each_message(self):
        """Tables headed by a message's name have its fields: all, and no other."""
        found = []
        for path, page in PAGES.items():
            for name in re.findall(r"^\| ([\w.]+) \| number \| kind \| meaning \| if absent \|$",
                                   page, re.M):
                rows = table(path[5:], name, "number", "kind", "meaning", "if absent")
                message = MESSAGES[name]
                found.append(message.name)
                rows = [row for row in rows if row[0] != "value fields"]    # page 5 has a table
                for field, number, kind, _, absent in rows:
                    self.described(message.by_name[field], number, kind)
                    self.assertEqual(absent == "", message.by_name[field].oneof is not None,
                                     "%s.%s" % (name, field))
                if name != "TensorProto":
                    self.assertEqual([row[0] for row in rows],
                                     [field.name for field in message.fields])
        message = None
        for name, number, field, kind, _, _ in table("3-events.md", "message", "number", "field",
                                                     "kind", "meaning", "if absent"):
            message = MESSAGES[name] if name else message
            found += [message.name] * bool(name)
            self.described(message.by_name[field], number, kind)
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual({message.name for message in MESSAGES.values()} - set(found), UNDESCRIBED)

    def test_where_a_plugin_has_what(self):
        """A path such as value.metadata.plugin_data.content leads somewhere, to that kind."""
        rows = [(path, row) for path in PAGES for rows in tables_headed(
            path[5:], "where", "kind", "meaning", "if absent") for row in rows]
        for path, (where, kind, _, absent) in rows:
            top, *names = where.split(".")
            message = {"event": EVENT, "value": MESSAGES["Summary.Value"]}[top]
            for name in names:
                field = message.by_name[name]
                message = field.message
            said = re.match(r"\w+", kind).group()
            if field.kind.name != "bytes" or said not in MESSAGES:         # a plugin's own
                self.assertEqual(said, field.kind.name, (path, where))
            self.assertTrue(absent, (path, where))
        self.assertGreater(len(rows), 20)

    def described(self, field, number, kind):
        text = "repeated " * bool(field.repeated) + field.kind.name
        if field.map:
            text = "map<%s>" % ", ".join(part.kind.name for part in field.message.fields)
        text += ", oneof " + field.oneof if field.oneof else ""
        short = re.sub(r"\b[\w.]+\.(?=\w)", "", text)         # without what the message is inside of
        self.assertEqual(int(number), field.number)
        self.assertRegex(kind, r"^(%s|%s)($|[:,] )" % (re.escape(text), re.escape(short)))
        for name, inner in re.findall(r"(\w+) \((\d+), \w+\)", kind):     # its own fields
            self.assertEqual(field.message.by_name[name].number, int(inner))
        numbers = re.findall(r"([A-Z]\w+) (\d+)", kind)                    # of an enum
        if numbers:
            self.assertEqual({name: int(n) for name, n in numbers}, field.kind.numbers)

    def test_enums(self):
        kinds = {field.kind.name.rpartition(".")[2]: field.kind for message in walk(EVENT)
                 for field in message.fields if not field.message and field.kind.numbers}
        for page, own in ("3-events.md", kinds), ("plugins/hparams.md", OF_HPARAMS):
            for name, numbers in table(page, "enum", "numbers"):
                self.assertEqual(numbers, ", ".join("%d %s" % (n, word) for word, n
                                                    in own[name].numbers.items()))
        page = " ".join(PAGES["spec/4-summaries.md"].split())
        self.assertIn("DataClass is %s." % ", ".join(
            "%d %s" % (n, word) for word, n in kinds["DataClass"].numbers.items()), page)
        for names, number, field, kind, _ in table("5-tensors.md", "dtype", "number", "value field",
                                                   "its kind",
                                                   "bytes of an element in tensor_content"):
            for name, n in zip(names.split(", "), number.split(", ")):
                self.assertEqual(kinds["DataType"].numbers[name], int(n))
            for (value, n), one in zip(re.findall(r"(\w+_val) \((\d+)\)", field),
                                       kind.split(", ")):
                found = {m.name: m for m in walk(EVENT)}["TensorProto"].by_name[value]
                self.assertEqual((found.number, found.kind.name), (int(n), one.partition(":")[0]))

    def test_plugins(self):
        rows = {LINK.sub(lambda m: m.group()[1:].partition("]")[0], row[0]): row[1:]
                for row in table("4-summaries.md", "plugin_name", "field of its own", "as a tensor",
                                 "data class", "points kept")}
        classes = EVENT.by_name["summary"].message.by_name["value"].message.by_name[
            "metadata"].message.by_name["data_class"].kind.numbers
        self.assertEqual(
            {name: (row[0], int(row[2])) for name, row in rows.items()},
            {name: (member if member in plugins.IMPLIED else "", classes[data_class])
             for name, member, data_class in plugins.PLUGINS if name != "tensor"})

    def test_reference_card_fits_a_screen(self):
        card = PAGES["spec/2-wire-format.md"].partition("## Reference card\n\n```\n")[2]
        lines = card.splitlines()
        self.assertEqual(lines[-1], "```")
        self.assertLess(len(lines), 40)
        self.assertLessEqual(max(map(len, lines)), 100)
        for name, number in (("VARINT", 0), ("I64", 1), ("LEN", 2), ("I32", 5)):
            self.assertIn("\n%d %s " % (number, name), card)
            for kind in KINDS.values():
                line = next(line for line in lines if line.startswith("%d %s" % (number, name)))
                kinds = re.split("  +", line)[2].replace(",", "").split()
                self.assertEqual(kind.name in kinds, kind.wire == number, kind.name)
        refused = {case["rule"] for case in VECTORS.values() if case.get("rule",
                                                                         "").startswith("wire")}
        self.assertEqual(set(CITED.findall(card)), refused - {"wire-13"} | {"wire-12"})


def number(text):
    """Return what "-2^31" or "2^64-1" or "0" says."""
    power, _, less = text.lstrip("-").partition("-")
    base, _, exponent = power.partition("^")
    return (-1 if text.startswith("-") else 1) * int(base) ** int(exponent or 1) - int(less or 0)


def names(message, values):
    found = set()
    for name, value in values.items():
        field = message.by_name[name]
        found.add((message.name, name))
        for item in value if field.repeated else [value]:
            found |= names(field.message, item) if field.message else set()
    return found


class TestProto(unittest.TestCase):
    def test_messages_proto_has_our_tables(self):
        with open(os.path.join(SPEC, "messages.proto"), encoding="utf-8") as f:
            self.assertEqual(f.read(), messages_proto.text(),
                             "make it anew: tests/messages_proto.py tells how")


class TestPages(unittest.TestCase):
    LISTS = {"spec/README.md", "spec/deviations.md", "spec/vectors/README.md"}      # to look things up
    PARTS = ["Diagram", "Fields", "Rules", "Example", "Mistakes seen in the wild", "Vectors"]

    def test_parts(self):
        """What and why in one paragraph, then the parts that every page has, in this order."""
        for path, page in PAGES.items():
            if path not in self.LISTS:
                found = [{"Examples": "Example"}.get(head, head)
                         for head in re.findall(r"^## (.*)", page, re.M)]
                self.assertEqual([head for head in found if head in self.PARTS], self.PARTS, path)
                number = re.escape(path[5]) + r"\. " if path[5].isdigit() else ""
                number = "The .* plugin$" if path.startswith("spec/plugins/") else number
                self.assertRegex(page, r"(?m)\A# %s.*\n\n[A-Z\[]" % number, path)
                intro = page.partition("\n\n")[2].partition("\n## ")[0].strip()
                self.assertNotIn("\n\n", intro, path)
                self.assertIn("```", page.partition("\n## Example")[2].partition("\n## ")[0]
                              + "```" * (path == "spec/readers.md"), path)          # it has a table

    def test_pages_name_their_vectors(self):
        """What a page says are vectors exist, and each plugin's is named on a page."""
        named = set()
        for path, page in PAGES.items():
            part = page.partition("\n## Vectors\n")[2].partition("\n## ")[0]
            ids = set(re.findall(r"`([\w-]+-[\w-]+)`", part))
            self.assertEqual(ids - set(VECTORS), set(), path)
            named |= ids | {name for name, _ in EXAMPLE.findall(page)}
        valid = {case["id"] for case in DOCUMENTS["plugins"]["valid"]}
        self.assertEqual({name for name in valid - named
                          if not name.startswith(("event-", "summary-"))}, set())

    def test_a_page_is_read_in_ten_minutes(self):
        """At 200 words a minute, bytes not counted; deviations.md is for looking things up."""
        for path, page in PAGES.items():
            words = [word for word in page.split() if re.search(r"\w", word)
                     and not re.match(r"[0-9a-f]{2}$", word)]
            if path != "spec/deviations.md":            # a list of rows
                self.assertLess(len(words), 2000, path)

    def test_links(self):
        for path, page in PAGES.items():
            for link in LINK.findall(page):
                if not re.match(r"[a-z]+:", link):
                    target, _, anchor = link.partition("#")
                    target = os.path.normpath(os.path.join(os.path.dirname(path),
                                                           target)) if target else path
                    target = target.replace(os.sep, "/")
                    self.assertTrue(os.path.isfile(os.path.join(ROOT, *target.split("/"))),
                                    "%s: %s" % (path, link))
                    if anchor:
                        heads = re.findall(r"^#+ (.*)", PAGES[target], re.M)
                        self.assertIn(anchor,
                                      [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")
                                               for head in heads], "%s: %s" % (path, link))

    def test_map(self):
        """The map links every page, and the code speaks of none but these."""
        rows = table("README.md", "page", "what it describes")
        linked = {LINK.search(page).group(1) for page, _ in rows}
        self.assertEqual({"spec/" + link for link in linked} | {"spec/README.md"}, set(PAGES))
        linked |= {LINK.search(file).group(1) for file, _ in table("README.md", "file", "what it is")}
        self.assertEqual(linked - {path[5:] for path in PAGES},
                         {name for name in os.listdir(SPEC) if not name.endswith(".md")}
                         - {"plugins", "vectors", "zh"})
        for path, text in PACKAGE.items():
            for page in re.findall(r"spec/([\w./-]*\w)", text):
                self.assertTrue(page in linked or os.path.exists(os.path.join(SPEC, page)),
                                "%s: %s" % (path, page))

    def test_words(self):
        words = [word for row in table("README.md", "word",
                                       "meaning") for word in row[0].split(", ")]
        self.assertEqual(len(words), len(set(words)))
        for word in ("record event summary value tag run step tensor dtype plugin message field "
                     "kind payload varint vector").split() + ["wall time", "wire type"]:
            self.assertIn(word, words)

    def test_lines_fit(self):
        for path, page in PAGES.items():
            for line in page.splitlines():
                if not line.startswith("|"):
                    self.assertLessEqual(len(line), 100, "%s: %s" % (path, line))


if __name__ == "__main__":
    unittest.main()
