"""What a message is as an object: a view of the dict that wire encodes.  proto.py has the messages.

https://protobuf.dev/reference/python/python-generated/  What is assigned has been encoded and
decoded, so that what is read is what will be written.  Apart from protobuf: fields that a table
lacks are lost when bytes are parsed, and two members of a oneof in one constructor are an error.
"""
from collections.abc import MutableMapping, MutableSequence

from ..errors import InputError, shown
from ..wire import STRING, Message, default

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

HOME = __name__.rpartition(".")[0] + ".proto"           # where classes are looked for, by pickle


class Proto:
    """A message.  Its subclasses are made by class_of.

    Given fields by keyword: messages as objects of ours or protobuf's or as dicts, enums by name or
    number.  Raises InputError, which is a ValueError, for a field that is not there and a value
    that does not fit.
    """
    __slots__ = ("_values", "_parent", "_name")
    TABLE = Message("")                 # each subclass has its own

    def __init__(self, **fields: "Any") -> None:
        self._parent, self._name = None, ""     # type: Any, str
        self._values = _normal(self.TABLE, fields)

    @classmethod
    def _below(cls, parent: "Any", name: str) -> "Any":
        """Return the message that is field `name` of `parent`, be it set or not."""
        message = cls.__new__(cls)
        message._parent, message._name, message._values = parent, name, None
        return message

    @classmethod
    def _of(cls, values: "Dict[str, Any]") -> "Any":
        """Return a view of a dict as wire decodes it."""
        message = cls._below(None, "")
        message._values = values
        return message

    def _read(self):
        """Return the dict of what is set; it is not to be changed."""
        if self._parent is None:
            return self._values
        return self._parent._read().get(self._name, {})

    def _write(self):
        """Return the dict to change, after which this message is set in those it is part of."""
        if self._parent is None:
            return self._values
        return self._parent._room(self._name, {})

    def _room(self, name, empty):
        """Return what stands in field `name`, or else `empty`, which stands there from now on."""
        values = self._write()
        self._drop_others(values, name)
        return values.setdefault(name, empty)

    def _drop_others(self, values, name):
        for other in self.TABLE.oneofs.get(self.TABLE.by_name[name].oneof, ()):
            if other != name:
                values.pop(other, None)

    def _field(self, name):
        if name not in self.TABLE.by_name:
            raise InputError(self.TABLE.name, "one of its fields", shown(name))
        return self.TABLE.by_name[name]

    def _assign(self, name, value):
        normal = _normal(self.TABLE, {name: value})
        values = self._write()
        self._drop_others(values, name)
        values.pop(name, None)
        values.update(normal)

    # ---- bytes ----

    def SerializeToString(self, deterministic: "Any" = None) -> bytes:
        """Return the message as bytes; a map's entries in the order they were given."""
        return self.TABLE.encode(self._read())

    SerializePartialToString = SerializeToString

    @classmethod
    def FromString(cls, data: bytes) -> "Any":
        """Return the message in bytes.  Raises FormatError if they are damaged."""
        return cls._of(cls.TABLE.decode(data))

    def ParseFromString(self, data: bytes) -> int:
        """Become the message in `data`; return how many bytes they are."""
        values = self.TABLE.decode(data)
        self.Clear()
        self._write().update(values)
        return len(data)

    def MergeFromString(self, data: bytes) -> int:
        """Merge the message in `data` into this one: lists grow, numbers are replaced."""
        self.ParseFromString(self.SerializeToString() + bytes(data))    # [wire-11]
        return len(data)

    def ByteSize(self) -> int:
        return len(self.SerializeToString())

    # ---- whole messages ----

    def MergeFrom(self, other: "Any") -> None:
        """Merge another message of this kind into this one."""
        self.MergeFromString(self._same_kind(other).SerializeToString())

    def CopyFrom(self, other: "Any") -> None:
        """Become equal to another message of this kind."""
        self.ParseFromString(self._same_kind(other).SerializeToString())

    def _same_kind(self, other):
        if type(other).__name__ != type(self).__name__ or not hasattr(other, "SerializeToString"):
            raise InputError(self.TABLE.name, "a message of its own kind", shown(other))
        return other

    def Clear(self) -> None:
        self._write().clear()

    def IsInitialized(self) -> bool:
        """Return True: proto3 has no required fields."""
        return True

    def SetInParent(self) -> None:
        """Be set in the message this one is part of, even if empty."""
        self._write()

    # ---- fields ----

    def HasField(self, name: str) -> bool:
        """Return whether a message, or a member of a oneof, or a oneof is set."""
        if name in self.TABLE.oneofs:
            return self.WhichOneof(name) is not None
        field = self._field(name)
        if field.repeated or field.map or not (field.message or field.oneof):
            raise InputError(self.TABLE.name, "a message or a member of a oneof", shown(name))
        return name in self._read()

    def WhichOneof(self, name: str) -> "Any":
        """Return the name of the field that is set in a oneof, or None."""
        if name not in self.TABLE.oneofs:
            raise InputError(self.TABLE.name, "one of its oneofs", shown(name))
        values = self._read()
        return next((member for member in self.TABLE.oneofs[name] if member in values), None)

    def ClearField(self, name: str) -> None:
        for member in self.TABLE.oneofs.get(name) or [self._field(name).name]:
            self._write().pop(member, None)

    def ListFields(self) -> "List[Tuple[Any, Any]]":
        """Return (field, value) of the fields that are set: field.name, field.number."""
        values = self._read()
        return [(field, getattr(self, field.name)) for field in self.TABLE.fields
                if field.name in values and _matters(field, values[field.name])]

    # ---- as any Python object ----

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.ListFields() == other.ListFields()

    __hash__ = None                     # type: ignore  # it can change

    def __repr__(self) -> str:
        from .text_format import lines
        return "".join(line + "\n" for line in lines(self))

    def __reduce__(self) -> "Any":
        return type(self).FromString, (self.SerializeToString(),)

    def __deepcopy__(self, memo: "Any") -> "Any":
        return self.FromString(self.SerializeToString())


class Member:
    """A field of a message, as an attribute of its class."""

    def __init__(self, field: "Any") -> None:
        self.field = field

    def __get__(self, message: "Any", owner: "Any" = None) -> "Any":
        field = self.field
        if message is None:
            return self
        if field.map:
            return Map(message, field)
        if field.repeated:
            return Repeated(message, field)
        if field.message:
            return class_of(field.message)._below(message, field.name)
        return _plain(field.kind, message._read().get(field.name, default(field)))

    def __set__(self, message: "Any", value: "Any") -> None:
        if self.field.message or self.field.repeated:
            raise AttributeError("%s.%s cannot be assigned: use its own fields or methods, or "
                                 "CopyFrom" % (message.TABLE.name, self.field.name))
        if value is None:
            raise InputError("%s.%s" % (message.TABLE.name, self.field.name),
                             "a value of type " + self.field.kind.name, "None")
        message._assign(self.field.name, value)


class Repeated(MutableSequence):
    """A repeated field: a list that is part of a message."""

    def __init__(self, parent: "Any", field: "Any") -> None:
        self._parent, self._field = parent, field

    def _items(self):
        return self._parent._read().get(self._field.name, [])

    def _room(self):
        return self._parent._room(self._field.name, [])

    def _normal(self, values):
        name = self._field.name
        return _normal(self._parent.TABLE, {name: values}).get(name, [])

    def _shown(self, item):
        if self._field.message:
            return class_of(self._field.message)._of(item)
        return _plain(self._field.kind, item)

    def __len__(self) -> int:
        return len(self._items())

    def __getitem__(self, index: "Any") -> "Any":
        found = self._items()[index]
        return list(map(self._shown, found)) if isinstance(index, slice) else self._shown(found)

    def __setitem__(self, index: "Any", value: "Any") -> None:
        if isinstance(index, slice):
            self._room()[index] = self._normal(value)
        else:
            self._room()[index], = self._normal([value])

    def __delitem__(self, index: "Any") -> None:
        del self._room()[index]

    def insert(self, index: int, value: "Any") -> None:
        self._room()[index:index] = self._normal([value])

    def extend(self, values: "Any") -> None:
        self._room().extend(self._normal(values))

    MergeFrom = extend

    def add(self, **fields: "Any") -> "Any":
        """Append a message with these fields, and return it."""
        self.append(fields)
        return self[-1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (list, tuple, Repeated)) and list(self) == list(other)

    def __repr__(self) -> str:
        return repr(list(self))


class Map(MutableMapping):
    """A map field: a dict that is part of a message.  Asking for a key makes it be there."""

    def __init__(self, parent: "Any", field: "Any") -> None:
        self._parent, self._field = parent, field

    def _read(self):
        return self._parent._read().get(self._field.name, {})

    def _room(self, key, empty):        # as a message's, for the message that stands at a key
        return self._parent._room(self._field.name, {}).setdefault(key, empty)

    def __getitem__(self, key: "Any") -> "Any":
        value = self._field.message.by_name["value"]
        if key not in self._read():
            self._room(key, default(value))
        if value.message:
            return class_of(value.message)._below(self, key)
        return _plain(value.kind, self._read()[key])

    def __setitem__(self, key: "Any", value: "Any") -> None:
        name = self._field.name
        if self._field.message.by_name["value"].message:
            raise InputError("%s.%s" % (self._parent.TABLE.name, name),
                             "a change of the message that stands there, or CopyFrom", shown(value))
        normal = _normal(self._parent.TABLE, {name: {key: value}})[name]
        self._parent._room(name, {}).update(normal)

    def __delitem__(self, key: "Any") -> None:
        del self._parent._room(self._field.name, {})[key]

    def __iter__(self) -> "Any":
        return iter(list(self._read()))

    def __len__(self) -> int:
        return len(self._read())

    def __contains__(self, key: object) -> bool:
        return key in self._read()

    def __repr__(self) -> str:
        return repr(dict(self))


# ---- values ----

def _normal(table, fields):
    """Return `fields` as they come back from bytes.  Raises InputError if they do not fit."""
    return table.decode(table.encode(_dicts(table, fields)))


def _dicts(table, fields):
    """Return fields with a dict for each message in them, as wire encodes it."""
    return {name: _dict(table.by_name[name], value) if name in table.by_name else value
            for name, value in fields.items()}


def _dict(field, value):
    if field.map and hasattr(value, "items"):
        entry = field.message.by_name["value"]
        return {key: _one_dict(entry, item) for key, item in value.items()}
    if not field.repeated:
        return _one_dict(field, value)
    if isinstance(value, (str, dict)) or not (field.message or field.kind is STRING):
        return value
    try:
        items = iter(value)
    except TypeError:
        return value                    # wire says what is wrong with it
    return [_one_dict(field, item) for item in items]


def _one_dict(field, value):
    if field.message:
        if isinstance(value, Proto):
            return value._read()
        if hasattr(value, "SerializeToString"):
            return field.message.decode(value.SerializeToString())
        return _dicts(field.message, value) if isinstance(value, dict) else value
    if field.kind is STRING and isinstance(value, bytes):
        return str(value, "utf-8", "surrogateescape")   # what is not UTF-8 wire will refuse
    return value


def _plain(kind, value):
    return kind.numbers.get(value, value)


def _many(field):
    return field.repeated or field.map


def _matters(field, value):
    """Return whether a value is written at all.  [wire-8]"""
    if _many(field):
        return len(value) > 0
    return not field.zero or field.kind.pack(value) != field.zero


# ---- classes ----

CLASSES = {}                            # type: Dict[Message, Any]


def class_of(table: Message) -> "Any":
    """Return the class whose objects are the messages of a table; always the same."""
    if table not in CLASSES:
        body = {"__slots__": (), "TABLE": table, "__module__": HOME,
                "__doc__": "The message %s." % table.name}      # type: Dict[str, Any]
        for field in table.fields:
            body[field.name] = Member(field)
            body[field.name.upper() + "_FIELD_NUMBER"] = field.number
        CLASSES.setdefault(table, type(table.name.rpartition(".")[2], (Proto,), body))
    return CLASSES[table]
