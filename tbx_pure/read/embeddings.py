"""The embeddings of a run: files beside its event files.  spec/plugins/projector.md"""
import os
import re
import struct
from collections import namedtuple

from ..errors import FormatError
from ..projector.config import CONFIG, parse
from ..tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

PLACES = "", os.path.join("plugins", "org_tensorflow_tensorboard_projector")    # [projector-1]
BREAK = re.compile(rb"[\r\n]")
MAX_DIGITS = 10                         # of a uint32, in decimal
NUMBER = re.compile(rb"\d+")


class Embedding(namedtuple("Embedding", ("name", "directory", "tensor_path", "tensor_shape",
                                         "metadata_path", "sprite_path", "single_image_dim"))):
    """One embedding, as the config names it; its files are read when they are asked for.

    name:              such as "words:00001"
    directory:         where the config stands, from which the paths lead
    tensor_path, metadata_path, sprite_path:  "" of what there is none
    tensor_shape:      () or (points, dimensions)
    single_image_dim:  () or (width, height) of a picture in the sprite
    """

    def tensor(self) -> Tensor:
        """Return the numbers, of shape (points, dimensions).

        Raises FormatError if they are neither lines of numbers nor float32, or the path leads out
        of the directory; OSError if the file cannot be read.
        """
        data = self._contents(self.tensor_path)
        try:
            BREAK.split(data, 1)[0].decode("utf-8")
        except UnicodeDecodeError:      # how TensorBoard tells the two from each other
            return _from_floats(data, self.tensor_shape)
        return _from_lines(data)

    def metadata(self) -> "List[List[str]]":
        """Return the columns' names, [] if there is a single column, then those of each point.

        Of an embedding without labels this is [[]].  Raises as tensor() does.
        """
        if not self.metadata_path:
            return [[]]
        try:
            lines = self._contents(self.metadata_path).decode("utf-8").split("\n")
        except UnicodeDecodeError as e:
            raise FormatError("the labels are not UTF-8", e.start, "projector-7") from None
        rows = [line.rstrip("\r").split("\t") for line in lines if line.strip()]
        return rows if rows and len(rows[0]) > 1 else [[]] + rows

    def sprite(self) -> bytes:
        """Return the PNG of the points' pictures; b"" if there is none.  Raises OSError."""
        return self._contents(self.sprite_path) if self.sprite_path else b""

    def _contents(self, path):
        """[projector-2]"""
        if "\0" in path:
            raise FormatError("%r is no path" % path, 0, "projector-2")
        top = os.path.realpath(self.directory)
        found = os.path.realpath(os.path.join(top, path))
        if os.path.commonprefix([found, os.path.join(top, "")]) != os.path.join(top, ""):
            raise FormatError("%r leads out of the config's directory" % path, 0, "projector-2")
        with open(found, "rb") as file:
            return file.read()


def _from_floats(data, shape):
    if len(shape) != 2 or len(data) != 4 * shape[0] * shape[1]:
        raise FormatError("%d bytes are not float32 of shape %s" % (len(data), shape), 0,
                          "projector-5")
    return Tensor("float32", shape, struct.unpack("<%df" % (shape[0] * shape[1]), data))


def _from_lines(data):
    try:
        rows = [list(map(float, line.split(b"\t"))) for line in data.splitlines() if line.strip()]
    except ValueError as e:
        raise FormatError("no line of numbers: %s" % e, 0, "projector-6") from None
    if len(set(map(len, rows))) != 1:
        raise FormatError("not lines of as many numbers each", 0, "projector-6")
    return Tensor("float32", (len(rows), len(rows[0])), [x for row in rows for x in row])


def embeddings(run: str) -> "List[Embedding]":
    """Return the embeddings that the projector config in a run's directory names.

    Of several of one name, the first.  [projector-9]  Raises FormatError if it cannot be parsed.
    """
    found = {}                          # type: dict
    for directory in (os.path.join(run, place) for place in PLACES):
        path = os.path.join(directory, CONFIG)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                config = file.read()
            for field in parse(config):
                if field.name == b"embeddings":
                    embedding = _embedding(directory, config, field.fields)
                    found.setdefault(embedding.name, embedding)
    return list(found.values())


def _embedding(directory, config, fields):
    def text(name, fields=fields):
        texts = [field.text.decode("utf-8", "replace") for field in fields
                 if field.name == name and field.text is not None]
        return texts[-1] if texts else ""

    def numbers(name, fields=fields):
        found = [(n.group(), n.start()) for field in fields if field.name == name
                 for n in NUMBER.finditer(config, field.start + len(name), field.end)]
        for n, pos in found:
            if len(n) > MAX_DIGITS:
                raise FormatError("%s: a number of %d digits" % (name.decode("ascii"), len(n)), pos,
                                  "projector-3")
        return tuple(int(n) for n, _ in found)
    sprite = [inner for field in fields if field.name == b"sprite" for inner in field.fields]
    path = text(b"tensor_path")
    return Embedding(text(b"tensor_name") or path.rpartition("/")[2], directory, path,
                     numbers(b"tensor_shape"), text(b"metadata_path"),
                     text(b"image_path", sprite), numbers(b"single_image_dim", sprite))
