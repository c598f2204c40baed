"""projector_config.pbtxt: a ProjectorConfig in protobuf's text format, read and added to.

https://protobuf.dev/reference/protobuf/textformat-spec/  Here, as much of it as is needed to find
an entry; what is not understood is kept as it is.
"""
import re
from collections import namedtuple

from ..errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

CONFIG = "projector_config.pbtxt"


class Field(namedtuple("Field", "name start end text fields inside")):
    """A field of a message in text format.

    start, end:  where it stands
    text:        the bytes a string is of; None of anything else
    fields:      of a message; [] of anything else
    inside:      (start, end) of what stands between a message's brackets; None of anything else
    """


TOKEN = re.compile(rb"""
      (?P<space>   \s+ | \#[^\n]* )
    | (?P<string>  "(?:[^"\\\n]|\\[^\n])*" | '(?:[^'\\\n]|\\[^\n])*' )
    | (?P<word>    [\w.+-]+ )
    | (?P<mark>    [][{}<>:,;/] )
""", re.X)
NAME = re.compile(rb"[A-Za-z_]\w*$")
CLOSING = {b"{": b"}", b"<": b">", b"[": b"]"}
END = b""


def parse(config: bytes) -> "List[Field]":
    """Return the fields of a message in text format, as far as is needed to find one's way in it.

    Raises FormatError if it is none.  [projector-3]
    """
    try:
        config.decode("utf-8")
        return _Text(config).fields(END)
    except UnicodeDecodeError as e:
        raise FormatError("not UTF-8", e.start, "projector-3") from None
    except RecursionError:
        raise FormatError("too many messages inside each other", 0, "projector-3") from None


class _Text:
    """A text, and how far it has been read."""

    def __init__(self, text):
        self.size, self.i, self.tokens = len(text), 0, []
        pos = 0
        while pos < len(text):
            token = TOKEN.match(text, pos)
            if token is None:
                raise FormatError("no word, string or mark", pos, "projector-3")
            if token.lastgroup != "space":
                self.tokens.append(token)
            pos = token.end()

    def peek(self):
        return self.tokens[self.i].group() if self.i < len(self.tokens) else END

    def kind(self):
        return self.tokens[self.i].lastgroup if self.i < len(self.tokens) else "end"

    def start(self):
        return self.tokens[self.i].start() if self.i < len(self.tokens) else self.size

    def end(self):
        return self.tokens[self.i - 1].end()

    def skip(self, *marks):
        """Go past the next token if it is one of these; return whether it was."""
        found = self.peek() in marks
        self.i += found
        return found

    def fail(self, need):
        raise FormatError("need %s" % need, self.start(), "projector-3")

    def fields(self, closing):
        found = []
        while self.peek() != closing:
            found.append(self.field())
        return found

    def field(self):
        start, text, fields, inside = self.start(), None, [], None
        name = self.name()
        colon = self.skip(b":")
        mark = self.peek()
        if self.skip(b"{", b"<"):
            opened = self.end()
            fields = self.fields(CLOSING[mark])
            inside = opened, self.start()
            self.i += 1
        elif self.skip(b"["):
            self.rest_of_list()
        elif colon:
            text = self.scalar()
        else:
            self.fail("a value")
        self.skip(b",", b";")
        return Field(name, start, self.end(), text, fields, inside)

    def name(self):
        name = self.peek()
        if self.skip(b"["):             # an extension: [package.name]
            self.rest_of_list()
        elif NAME.match(name):
            self.i += 1
        else:
            self.fail("a field's name")
        return name

    def rest_of_list(self):
        """Go to the end of what has been opened with [."""
        closing = [b"]"]
        while closing:
            token = self.peek()
            if token in CLOSING:
                closing.append(CLOSING[token])
            elif token == closing[-1]:
                closing.pop()
            elif token == END:
                self.fail("]")
            self.i += 1

    def scalar(self):
        if self.kind() == "word":
            self.i += 1
            return None
        if self.kind() != "string":
            self.fail("a value")
        text = b""
        while self.kind() == "string":          # several after each other are one
            text += unquoted(self.peek())
            self.i += 1
        return text


def quoted(text: str) -> str:
    """Return text as a string of the text format."""
    return '"%s"' % re.sub('["\\\\\0-\x1f\x7f]', _escape, text)


def _escape(found):
    letter = found.group()
    return "\\" + letter if letter in '"\\' else "\\%03o" % ord(letter)


ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|[xX]([0-9A-Fa-f]{1,2})|(.))")
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"f": b"\f",
           b"v": b"\v", b"\\": b"\\", b"'": b"'", b'"': b'"', b"?": b"?"}


def unquoted(string: bytes) -> bytes:
    """Return what a string of the text format stands for."""
    return ESCAPE.sub(_unescape, string[1:-1])


def _unescape(found):
    octal, hexadecimal, letter = found.groups()
    if letter:
        return ESCAPED.get(letter, found.group())
    return bytes([int(octal or hexadecimal, 8 if octal else 16) & 0xFF])


# ---- an entry more ----

OURS = frozenset([b"tensor_name", b"tensor_path", b"tensor_shape", b"metadata_path", b"sprite"])


def merged(config: bytes, name: str, entry: "List[str]") -> bytes:
    """Return a config with one more entry, or with the entry of the same name brought up to date.

    entry:  its lines.  In an entry that is there, fields and comments of others are kept; a second
            one of that name goes, as TensorBoard looks at the first only.  All else stays as it is
    Raises FormatError if the config cannot be read.
    """
    ours = "\n".join(entry).encode("utf-8")
    same = [field for field in parse(config) if _name(field) == name.encode("utf-8")]
    out, pos = [], 0
    for i, field in enumerate(same):
        out.append(config[pos:field.start])
        if i == 0:
            out.append(_message(ours, *_others(config, field)))
            pos = field.end
        else:
            pos = field.end + config.startswith(b"\n", field.end)
    out.append(config[pos:])
    if not same:
        out += [b"" if config[-1:] in (b"", b"\n") else b"\n", _message(ours), b"\n"]
    return b"".join(out)


def _name(field):
    if field.name == b"embeddings":
        for inner in field.fields:
            if inner.name == b"tensor_name":
                return inner.text
    return None


def _message(*lines):
    return b"\n".join((b"embeddings {",) + lines + (b"}",))


def _others(config, field):
    """Return the text inside an entry without the fields that are ours."""
    out, (pos, end) = [], field.inside
    for inner in field.fields:
        if inner.name in OURS:
            out.append(config[pos:inner.start])
            pos = inner.end
    out.append(config[pos:end])
    return [line for line in b"".join(out).split(b"\n") if line.strip()]
