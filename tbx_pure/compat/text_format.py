"""Messages in protobuf's text format, as str() and print() show them.

https://protobuf.dev/reference/protobuf/textformat-spec/
"""
from itertools import chain

from .message import Proto, class_of
from ..wire import FLOAT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator


def lines(message: Proto, indent: str = "") -> "Iterator[str]":
    """Yield the lines of a message."""
    for field, value in message.ListFields():
        if field.map:
            value = [class_of(field.message)(key=k, value=v) for k, v in value.items()]
        for item in value if field.repeated or field.map else (value,):
            if field.message:
                yield "%s%s {" % (indent, field.name)
                for line in lines(item, indent + "  "):
                    yield line
                yield indent + "}"
            else:
                yield "%s%s: %s" % (indent, field.name, _text(field.kind, item))


def _text(kind, value):
    if isinstance(value, str):
        return '"%s"' % value.translate(ESCAPES)
    if isinstance(value, bytes):
        return '"%s"' % value.decode("latin-1").translate(ESCAPES_OF_BYTES)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _number(kind, value)
    return next((name for name, number in kind.numbers.items() if number == value), str(value))


def _number(kind, value):
    """Return the number with few digits if they are enough, else with all that can be needed."""
    few, all_digits = (6, 9) if kind is FLOAT else (15, 17)
    text = "%.*g" % (few, value)
    return text if kind.pack(float(text)) == kind.pack(value) else "%.*g" % (all_digits, value)


ESCAPES = {code: "\\%03o" % code for code in chain(range(32), (127,))}
ESCAPES.update({10: "\\n", 13: "\\r", 9: "\\t", 34: '\\"', 39: "\\'", 92: "\\\\"})
ESCAPES_OF_BYTES = {code: "\\%03o" % code for code in range(128, 256)}
ESCAPES_OF_BYTES.update(ESCAPES)
