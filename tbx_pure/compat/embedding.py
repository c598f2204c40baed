"""Helper functions that write the files of an embedding one by one; the writer does so at once."""
import os

from ..errors import InputError, naming, shown
from ..plugins import checked_text
from ..projector.config import CONFIG, merged, quoted
from ..projector.embedding import checked_points, metadata_lines, sprite, tsv_lines
from ..projector.files import alone, read, write
from ..tensor import view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def make_tsv(metadata: "Any", save_path: "Any", metadata_header: "Any" = None) -> None:
    """Write labels to save_path/metadata.tsv, a line each, below the names of their columns."""
    with naming("make_tsv", save_path):
        labels = list(metadata)
        lines = metadata_lines(labels, metadata_header or None, len(labels))
    _write(save_path, "metadata.tsv", lines)


def make_mat(matlist: "Any", save_path: "Any") -> None:
    """Write points, shape (points, dimensions), to save_path/tensors.tsv, a line each."""
    with naming("make_mat", save_path):
        points = checked_points(matlist)
    _write(save_path, "tensors.tsv", tsv_lines(points))


def make_sprite(label_img: "Any", save_path: "Any") -> None:
    """Write pictures, shape (points, channels, side, side), to save_path/sprite.png."""
    with naming("make_sprite", save_path):
        picture = sprite(label_img, (view(label_img, "label_img").shape + (0,))[0])[0]
    _write(save_path, "sprite.png", [picture])


def append_pbtxt(metadata: "Any", label_img: "Any", save_path: "Any", subdir: str,
                 global_step: "Any", tag: str) -> None:
    """Add an embedding to save_path/projector_config.pbtxt, in place of one of its name.

    metadata, label_img:  whether there are labels and pictures: None if not
    subdir:               where its files are, seen from save_path
    """
    with naming("append_pbtxt", tag):
        name = "%s:%s" % (checked_text(tag, "tag"), str(global_step).zfill(5))
        folder = checked_text(subdir, "subdir").rstrip("/")
        entry = ["tensor_name: " + quoted(name),
                 "tensor_path: " + quoted(folder + "/tensors.tsv")]
        if metadata is not None:
            entry.append("metadata_path: " + quoted(folder + "/metadata.tsv"))
        if label_img is not None:
            entry += _sprite_entry(label_img, folder)
    path = os.path.join(os.fspath(save_path), CONFIG)
    with alone(path):
        write(path, [merged(read(path), name, entry)])


def _sprite_entry(label_img, folder):
    shape = view(label_img, "label_img").shape
    if len(shape) != 4:
        raise InputError("label_img", "shape (points, channels, side, side)", shown(shape))
    return ["sprite {", "image_path: " + quoted(folder + "/sprite.png"),
            "single_image_dim: %d" % shape[3], "single_image_dim: %d" % shape[2], "}"]


def _write(save_path, name, chunks):
    write(os.path.join(os.fspath(save_path), name), chunks)
