"""Print spec/messages.proto from our tables: the same numbers in the form that protoc reads.

    python3 -m tests.messages_proto > spec/messages.proto

test_spec.py holds the file to that; conformance/against_protobuf.py gives it to protoc.
"""
from tbx_pure.graph.messages import GRAPH_DEF, RUN_METADATA
from tbx_pure.messages import EVENT
from tbx_pure.plugins.custom_scalars import LAYOUT
from tbx_pure.proto_json import walk

from .rules import CONTENT

HEAD = """\
// The messages of TensorBoard's event files, numbered as their owners number them: the tables of the
// pages, in the notation of Protocol Buffers.  Of a graph's messages, the fields of that page only.
// Printed by tests/messages_proto.py.
syntax = "proto3";
import "google/protobuf/struct.proto";
"""
IMPORTED = "google.protobuf."
TOPS = [EVENT] + [CONTENT[name] for name in sorted(CONTENT)] + [LAYOUT, GRAPH_DEF, RUN_METADATA]


def messages():
    """Return {name: table} of every message of an event file, in order of first use."""
    found = {}
    for top in TOPS:
        entries = {id(field.message) for table in walk(top) for field in table.fields if field.map}
        for table in walk(top):
            if id(table) not in entries and not table.name.startswith(IMPORTED):
                found.setdefault(table.name, table)
    return found


def enums(tables):
    """Return {name: {name of a number: number}} of the enums that some tables use.

    Of two of one name, which their owners keep in two packages, the later stands in its message.
    """
    found = {}
    for table in tables:
        for field in table.fields:
            if not field.message and field.kind.numbers:
                numbers = found.setdefault(field.kind.name, field.kind.numbers)
                if numbers != field.kind.numbers:
                    found["%s.%s" % (table.name, field.kind.name)] = field.kind.numbers
    return found


def lines(table, tables, own):
    """Yield the lines of a message: its enums, the messages inside, its fields."""
    yield "message %s {" % table.name.rpartition(".")[2]
    for name in own:
        if name.rpartition(".")[0] == table.name:
            yield from indented(enum_lines(name, own[name]))
    for name, inner in tables.items():
        if name.rpartition(".")[0] == table.name:
            yield from indented(lines(inner, tables, own))
    for oneof, fields in grouped(table.fields):
        rows = ["  %s %s = %d;" % (kind(field), field.name, field.number) for field in fields]
        yield from ["  oneof %s {" % oneof] + list(indented(rows)) + ["  }"] if oneof else rows
    yield "}"


def grouped(fields):
    """Return [(oneof or None, its fields)]: a oneof where its first field is, a plain field alone."""
    groups = []
    for field in fields:
        own = [group for name, group in groups if name and name == field.oneof]
        if own:
            own[0].append(field)
        else:
            groups.append((field.oneof, [field]))
    return groups


def kind(field):
    """Return the type of a field, as protoc has it."""
    if field.map:
        return "map<%s>" % ", ".join(part.kind.name for part in field.message.fields)
    return "repeated " * bool(field.repeated) + field.kind.name


def enum_lines(name, numbers):
    yield "enum %s {" % name.rpartition(".")[2]
    for word, number in numbers.items():
        yield "  %s = %d;" % (word, number)
    yield "}"


def indented(some):
    for line in some:
        yield "  " + line


def text():
    """Return what stands in spec/messages.proto."""
    tables = messages()
    own = enums(tables.values())
    parts = [lines(table, tables, own) for name, table in tables.items() if "." not in name]
    parts += [enum_lines(name, own[name]) for name in own if "." not in name]
    return HEAD + "".join("\n%s\n" % "\n".join(part) for part in parts)


if __name__ == "__main__":
    print(text(), end="")
