"""The mesh plugin: points in space, their colors, and triangles of them.  spec/plugins/mesh.md"""
from . import checked_text
from ..errors import InputError
from ..tensor import extremes, float32, is_float, view
from ..tensor_proto import tensor_proto, tensor_values
from ..wire import INT32, STRING, UINT32, Message, enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

CONTENT_TYPE = enum("MeshPluginData.ContentType", UNDEFINED=0, VERTEX=1, FACE=2, COLOR=3)

MESH_PLUGIN_DATA = Message("MeshPluginData",
    (1, "version",      INT32),
    (2, "name",         STRING),
    (3, "content_type", CONTENT_TYPE),
    (5, "json_config",  STRING),
    (6, "shape",        [INT32]),
    (7, "components",   UINT32))

MAX_INDEXED = 2 ** 16                   # TensorBoard 2.21.0's page keeps faces in a Uint16Array


def mesh(tag: str, vertices: "Any", colors: "Any", faces: "Any", config_dict: "Any",
         warn: "Callable[[str, str], object]" = lambda cause, text: None,
         named: bool = False) -> "Dict[str, Any]":
    """Return the summary of a batch of meshes: a Value for the vertices, the faces, the colors.

    tag:          its name, as it is
    vertices:     shape (batch, points, 3)
    colors:       0 to 255, of the same shape; None: the run's color
    faces:        three numbers of points each, from 0, shape (batch, faces, 3); None: points only
    config_dict:  settings of the scene, for THREE.js; what JSON can hold
    warn:         called with a cause and a text where TensorBoard will not show what was meant
    named:        as torch: tags that name the part, {} where there are no settings, and in each
                  part which others there are
    Raises InputError if shapes do not fit, faces are not whole numbers, colors not 0 to 255, or
    config_dict is no JSON.
    """
    if config_dict is None and named:
        config_dict = {}
    tag, config = checked_text(tag, "tag"), _json(config_dict)
    points = _part(vertices, "vertices")
    triangles = None if faces is None else _part(faces, "faces")
    shades = None if colors is None else _part(colors, "colors")
    _check_faces(triangles, points.shape, warn)
    _check_colors(shades, points.shape, warn)
    all_parts = (("VERTEX", points, "vertices"), ("FACE", triangles, "faces"),
                 ("COLOR", shades, "colors"))
    parts = [(content_type, part._replace(dtype="float32", values=float32(part.values, argument)))
             for content_type, part, argument in all_parts if part is not None]
    there = sum(1 << CONTENT_TYPE.numbers[content_type] for content_type, _ in parts)
    return {"value": [_value(tag, content_type, part, config, there if named else None)
                      for content_type, part in parts]}


def _value(tag, content_type, part, config, components):
    content = MESH_PLUGIN_DATA.encode({"name": tag, "content_type": content_type,
                                       "json_config": config, "shape": part.shape,
                                       "components": components})
    ending = CONTENT_TYPE.numbers[content_type] if components is None else content_type
    return {"tag": "%s_%s" % (tag, ending),
            "tensor": tensor_proto(part),
            "metadata": {"plugin_data": {"plugin_name": "mesh", "content": content}}}


def _part(x, argument):
    tensor = view(x, argument)
    if len(tensor.shape) != 3 or tensor.shape[2] != 3 or not tensor.shape[0]:
        raise InputError(argument, "shape (batch, n, 3); of a single mesh, [%s]" % argument,
                         "shape %s" % (tensor.shape,))
    return tensor


def _check_faces(faces, points, warn):
    if faces is None:
        return
    if faces.shape[0] != points[0]:
        raise InputError("faces", "a batch of %d, as the vertices" % points[0],
                         "shape %s" % (faces.shape,))
    if is_float(faces.dtype) and any(v % 1 for v in faces.values):      # of NaN and infinity, NaN
        raise InputError("faces", "whole numbers", "fractions, NaN or infinity")
    least, largest = extremes(faces.values) if faces.values else (0, -1)
    if least < 0 or largest >= points[1]:
        warn("faces", "some faces are not numbers of points, 0 to %d" % (points[1] - 1))
    if points[1] > MAX_INDEXED:
        warn("points", "TensorBoard draws faces of up to %d points, not of %d"
             % (MAX_INDEXED, points[1]))


def _check_colors(colors, points, warn):
    if colors is None:
        return
    if colors.shape != points:
        raise InputError("colors", "the shape of vertices, %s" % (points,),
                         "shape %s" % (colors.shape,))
    least, largest = extremes(colors.values) if colors.values else (0, 0)
    if not (-1 < least and largest < 256):      # TensorBoard 2.21.0: HTTP 500
        raise InputError("colors", "numbers from 0 to 255", "NaN, or numbers beyond")
    if is_float(colors.dtype) and 0 < largest <= 1:
        warn("black", "colors are 0 to 255: these, 0 to 1, are shown as black")


def _json(config_dict):
    import json                         # not at the top: slow to import, and only a mesh needs it
    try:
        return json.dumps(config_dict, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as e:
        raise InputError("config_dict", "what JSON can hold", str(e)) from None


def read(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return name, content_type, config (JSON) and tensor of a Summary.Value, a part of a mesh."""
    fields = _fields(value)
    return {"name": fields.get("name", ""), "content_type": fields.get("content_type", "UNDEFINED"),
            "config": fields.get("json_config", ""), "tensor": tensor_values(value["tensor"])}


def describe(value: "Dict[str, Any]") -> str:
    fields = _fields(value)
    return "%s of shape %s" % (fields.get("content_type", "UNDEFINED"),
                               tuple(fields.get("shape", ())))


def _fields(value):
    content = value.get("metadata", {}).get("plugin_data", {}).get("content", b"")
    return MESH_PLUGIN_DATA.decode(content)
