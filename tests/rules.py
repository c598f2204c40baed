"""The rules of spec/ for events, runs and names, each as a check: is this rule broken?

A check gets a Log (what was written) and returns whether its rule is broken.  Rules of pages 1 and
2 are about bytes, and tried in test_spec.py.
"""
import base64
import json
import math
import posixpath
import re
import struct
from collections import defaultdict, namedtuple
from functools import reduce
from operator import mul

from tbx_pure import FormatError, wire
from tbx_pure.graph.messages import GRAPH_DEF, RUN_METADATA
from tbx_pure.messages import EVENT
from tbx_pure.plugins import custom_scalars, histograms, pr_curves, scatter
from tbx_pure.projector.config import parse
from tbx_pure.read import held
from tbx_pure.tensor_proto import tensor_values
from tbx_pure.wire import FLOAT

from .png_reader import read_png
from .vectors import unhex

CONTENT = {name: held.held("content", name) for name in held.CONTENT}    # by plugin_name
MEMBER = {"simple_value": "scalars", "image": "images", "audio": "audio", "histo": "histograms"}
CLASSES = {"scalars": "SCALAR", "images": "BLOB_SEQUENCE", "audio": "BLOB_SEQUENCE",
           "histograms": "TENSOR", "text": "TENSOR", "pr_curves": "TENSOR", "mesh": "TENSOR",
           "custom_scalars": "TENSOR", "hparams": "TENSOR", "line_chart": "TENSOR",
           "scatter": "TENSOR", "heatmap": "TENSOR"}

# ---- what was written ----

Event = namedtuple("Event", "raw fields first file")        # first: of its file; None: not known
Point = namedtuple("Point", "directory event value plugin")


class Log:
    """Events, names and files, of a vector or a writer; spec/vectors/README.md explains the keys.

    events: in order, of one run, from anywhere in a file; written: {path: all events of that file}
    """

    def __init__(self, events=(), written=(), names=(), files=(), states=(), given=None,
                 others=()):
        self.events = [Event(raw, EVENT.decode(raw), None, "run/") for raw in events]
        for path, found in sorted(dict(written).items()):
            self.events += [Event(raw, EVENT.decode(raw), not i, path)
                            for i, raw in enumerate(found)]
        self.written, self.names = dict(written), list(names) + sorted(dict(written))
        self.files, self.states, self.given = dict(files), states, given
        self.others = list(others)
        self.points, plugins = [], {}
        for event in self.events:
            directory = posixpath.dirname(event.file)
            for value in event.fields.get("summary", {}).get("value", []):
                key = directory, value.get("tag", "")
                own = [MEMBER[name] for name in value if name in MEMBER]
                own.append(metadata(value).get("plugin_data", {}).get("plugin_name"))
                plugin = own[0] or plugins.get(key)
                plugins.setdefault(key, plugin)
                self.points.append(Point(directory, event, value, plugin))

    def of(self, plugin, member=None):
        return [point for point in self.points if point.plugin == plugin
                and (member is None or member in point.value)]

    def series(self, *but):
        """Return lists of points of one tag in one run, but not of some plugins."""
        found = defaultdict(list)
        for point in self.points:
            if point.plugin not in but:
                found[point.directory, point.value.get("tag", "")].append(point)
        return list(found.values())


def log(case):
    """Return the Log of a vector."""
    return Log([unhex(data) for data in case.get("events", [case["hex"]] if "hex" in case else [])],
               {path: list(map(unhex, found)) for path, found in case.get("written", {}).items()},
               case.get("names", ()),
               {path: base64.b64decode(data) for path, data in case.get("files", {}).items()},
               list(map(unhex, case.get("states", []))), case.get("given"), case.get("others", ()))


def metadata(value):
    return value.get("metadata", {})


def step(point):
    return point.event.fields.get("step", 0)


def content(point):
    """Return the message in a point's metadata; {} if it has none, None if it is none."""
    data = metadata(point.value).get("plugin_data", {}).get("content", b"")
    try:
        return CONTENT[point.plugin].decode(data) if point.plugin in CONTENT else {}
    except FormatError:
        return None


def numbers(raw, start=0, end=None):
    """Return the numbers of a message's fields as they stand on the wire, the repeated ones too."""
    return [number for number, _, _, _, _ in wire.fields(raw, start,
                                                         len(raw) if end is None else end)]


def inner(raw, wanted, start, end):
    """Yield (start, end) of each field of this number."""
    for number, _, _, at, stop in wire.fields(raw, start, end):
        if number == wanted:
            yield at, stop


def tensors(log):
    return [point.value["tensor"] for point in log.points if "tensor" in point.value]


def dims(tensor):
    return [dim.get("size", 0) for dim in tensor.get("tensor_shape", {}).get("dim", [])]


def count(tensor):
    return reduce(mul, dims(tensor), 1)


def elements(tensor):
    """Return a tensor's values, or [] if it has none that can be read."""
    try:
        return list(tensor_values(tensor).values)
    except FormatError:
        return []


# ---- page 3 ----

WHAT = {field.number for field in EVENT.fields if field.oneof == "what"}


def event_1(log):
    return any(e.first and (e.fields.get("file_version") != "brain.Event:2"
                            or not e.fields.get("wall_time") or "step" in e.fields)
               for e in log.events)


def event_2(log):
    return not all(math.isfinite(e.fields.get("wall_time", 0.0)) for e in log.events)


def event_3(log):
    return any(e.fields.get("step") == 0 for e in log.events)           # 0 is left out


def event_4(log):
    return any(sum(n in WHAT for n in numbers(e.raw)) > 1 for e in log.events)


def event_5(log):
    """Before a START stands the second file_version, or another START, of the same step."""
    for before, e in zip([None] + log.events, log.events):
        if is_start(e) and e.first is not None:
            if (before is None or before.first or before.file != e.file
                    or "file_version" not in before.fields and not is_start(before)
                    or before.fields.get("step") != e.fields.get("step")):
                return True
    return False


def is_start(e):
    return e.fields.get("session_log", {}).get("status") == "START"


def event_6(log):
    return any("source_metadata" in e.fields and (e.first is False
                                                  or "file_version" not in e.fields)
               for e in log.events)


# ---- page 4 ----

VALUE = {field.number for field in
         EVENT.by_name["summary"].message.by_name["value"].message.fields if field.oneof == "value"}


def summary_1(log):
    points = iter(log.points)
    for e in log.events:
        for summary in inner(e.raw, 5, 0, len(e.raw)):
            for start, end in inner(e.raw, 1, *summary):
                members = sum(n in VALUE for n in numbers(e.raw, start, end))
                point = next(points, None)
                if members > 1 or not members and point.plugin != "hparams":
                    return True
    return False


def summary_2(log):
    return any(not re.match(r"(?!/)[-\w./]+\Z", point.value.get("tag", "")) for point in log.points)


def summary_3(log):
    return any("tensor" in point.value and not point.plugin for point in log.points)


def summary_4(log):
    for point in log.points:
        about = metadata(point.value)
        plugin = about.get("plugin_data", {})
        said = (about.get("display_name") or about.get("summary_description")
                or plugin.get("content"))
        if said and "tensor" not in point.value and point.plugin != "hparams":
            if not (plugin.get("plugin_name") and about.get("data_class")):
                return True
    return False


def summary_5(log):
    for point in log.points:
        about = metadata(point.value)
        name = about.get("plugin_data", {}).get("plugin_name")
        said = about.get("data_class", "DATA_CLASS_UNKNOWN")
        if said != "DATA_CLASS_UNKNOWN" and (
                not name or said != "DATA_CLASS_" + CLASSES.get(name, said[11:])):
            return True
    return False


def summary_6(log):
    """The content apart, which is of the value: the number of thresholds, say."""
    def names(point):
        about = metadata(point.value)
        return (about.get("plugin_data", {}).get("plugin_name"), about.get("display_name"),
                about.get("summary_description"), about.get("data_class"))
    return any(names(point) != names(points[0]) and point.plugin == points[0].plugin
               and ("tensor" in point.value) == ("tensor" in points[0].value)
               for points in log.series() for point in points)


def summary_7(log):
    return any(len({point.plugin for point in points}) > 1 for points in log.series())


def summary_8(log):
    return any(step(b) <= step(a) for points in log.series("custom_scalars", "hparams")
               for a, b in zip(points, points[1:]))


def summary_9(log):
    def bad(point):
        said = content(point)
        return said is None or said.get("version", 0) != 0
    return any(bad(point) for point in log.points if point.plugin != "tensor")


# ---- page 5 ----

FIELD = {"DT_FLOAT": "float_val", "DT_DOUBLE": "double_val", "DT_HALF": "half_val",
         "DT_BFLOAT16": "half_val", "DT_INT8": "int_val", "DT_INT16": "int_val",
         "DT_INT32": "int_val", "DT_UINT8": "int_val", "DT_UINT16": "int_val",
         "DT_INT64": "int64_val", "DT_UINT32": "uint32_val", "DT_UINT64": "uint64_val",
         "DT_BOOL": "bool_val", "DT_STRING": "string_val", "DT_COMPLEX64": "scomplex_val",
         "DT_COMPLEX128": "dcomplex_val", "DT_FLOAT8_E5M2": "float8_val",
         "DT_FLOAT8_E4M3FN": "float8_val", "DT_FLOAT8_E5M2FNUZ": "float8_val",
         "DT_FLOAT8_E4M3FNUZ": "float8_val", "DT_FLOAT8_E4M3B11FNUZ": "float8_val"}
SIZE = {"DT_FLOAT": 4, "DT_DOUBLE": 8, "DT_HALF": 2, "DT_BFLOAT16": 2, "DT_INT8": 1, "DT_INT16": 2,
        "DT_INT32": 4, "DT_UINT8": 1, "DT_UINT16": 2, "DT_INT64": 8, "DT_UINT32": 4,
        "DT_UINT64": 8, "DT_BOOL": 1, "DT_COMPLEX64": 8, "DT_COMPLEX128": 16, "DT_FLOAT8_E5M2": 1,
        "DT_FLOAT8_E4M3FN": 1, "DT_FLOAT8_E5M2FNUZ": 1, "DT_FLOAT8_E4M3FNUZ": 1,
        "DT_FLOAT8_E4M3B11FNUZ": 1}


def tensor_1(log):
    return any("tensor_shape" not in tensor or tensor["tensor_shape"].get("unknown_rank")
               or any(size < 0 for size in dims(tensor)) for tensor in tensors(log))


def tensor_2(log):
    for tensor in tensors(log):
        filled = {name for name in tensor if tensor[name]
                  and (name.endswith("_val") or name == "tensor_content")}
        own = FIELD.get(tensor.get("dtype"))
        if len(filled) > 1 or filled - {own, "tensor_content"}:
            return True
        if own in ("uint32_val", "uint64_val") and own in filled:
            return True
    return False


def tensor_3(log):
    for tensor in tensors(log):
        data, dtype = tensor.get("tensor_content", b""), tensor.get("dtype")
        if data and (dtype == "DT_STRING" or len(data) != count(tensor) * SIZE.get(dtype, 0)
                     or dtype == "DT_BOOL" and max(data) > 1):
            return True
    return False


def tensor_4(log):
    for tensor in tensors(log):
        own = FIELD.get(tensor.get("dtype"))
        if own and not tensor.get("tensor_content"):
            each = 2 if "complex" in own else 1
            if len(tensor.get(own, [])) != max(0, count(tensor)) * each:
                return True
    return False


def tensor_5(log):
    return any(not 0 <= n <= 0xFFFF for tensor in tensors(log) for n in tensor.get("half_val", []))


# ---- page 6 ----

def files_1(log):
    return any("tfevents" not in posixpath.basename(name) for name in log.names)


def files_2(log):
    return any(not re.match(r"events\.out\.tfevents\.\d{10}\.[\w.-]+\.\d+\.\d+(\D.*)?\Z",
                            posixpath.basename(name)) for name in log.names)


def files_3(log):
    return len(set(log.names)) < len(log.names)                 # a name for each writer


def files_6(log):
    """In one run a process writes to a file after it has begun the next."""
    files = defaultdict(list)
    for path, found in sorted(log.written.items()):
        times = [EVENT.decode(raw).get("wall_time", 0.0) for raw in found]
        parts = re.match(r"(.*\.\d{10}\..*\.\d+)\.\d+$", path)
        if parts and times:
            host = re.sub(r"\.\d{10}\.", ".", parts.group(1))
            files[host].append((min(times), max(times)))
    return any(b[0] < a[1] for spans in files.values()
               for a, b in zip(sorted(spans), sorted(spans)[1:]))


def outside(path):
    return path.startswith("/") or ".." in path.split("/") or "\0" in path


def files_7(log):
    return any(map(outside, log.names))


def files_8(log):
    return any(not b.startswith(a) for a, b in zip(log.states, log.states[1:]))


# ---- scalars, text ----

def scalars_1(log):
    """Neither form is there: a 0 was left out."""
    return any(not point.value.keys() - {"tag", "metadata", "node_name"}
               for point in log.points if point.plugin in (None, "scalars"))


def scalars_2(log):
    return isinstance(log.given, float) and any(
        FLOAT.pack(point.value["simple_value"]) != FLOAT.pack(log.given)
        for point in log.of("scalars", "simple_value"))


def scalars_3(log):
    return any(tensor.get("dtype") != "DT_FLOAT" or dims(tensor) or len(elements(tensor)) != 1
               for tensor in (point.value["tensor"] for point in log.of("scalars", "tensor")))


def text_1(log):
    return any(tensor.get("dtype") != "DT_STRING" or len(dims(tensor)) > 2
               for tensor in (point.value["tensor"] for point in log.of("text", "tensor")))


def text_2(log):
    return any(data.decode("utf-8", "replace").encode("utf-8") != data
               for point in log.of("text", "tensor")
               for data in point.value["tensor"].get("string_val", []))


def text_4(log):
    """A text of shape (1), as tensorboardX and torch write it, has their tag too."""
    return any(dims(point.value["tensor"]) == [1]
               and not point.value.get("tag", "").endswith("/text_summary")
               for point in log.of("text", "tensor"))


# ---- images, audio ----

CHANNELS = {0: 1, 4: 2, 2: 3, 6: 4}                     # of a PNG's color type
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM")


def image_values(log):
    return [point.value["image"] for point in log.of("images", "image")]


def images_1(log):
    def bad(image):
        png = image.get("encoded_image_string", b"")
        if not png.startswith(PICTURES[0]):             # what another file says is not read here
            return 0 in [image.get(name, 0) for name in ("height", "width", "colorspace")]
        width, height, _, color = struct.unpack_from(">IIBB", png, 16)
        return (height, width, CHANNELS[color]) != (image.get("height"), image.get("width"),
                                                    image.get("colorspace"))
    return any(map(bad, image_values(log)))


def images_2(log):
    return any(not image.get("encoded_image_string", b"").startswith(PICTURES)
               for image in image_values(log))


def images_3(log):
    if not isinstance(log.given, dict) or not image_values(log):
        return False
    scale = 255 if "float" in log.given["dtype"] else 1
    wanted = bytes(max(0, min(255, math.floor(x * scale))) for x in log.given["values"])
    return any(read_png(image["encoded_image_string"])[3] != wanted for image in image_values(log))


def images_4(log):
    def bad(tensor):
        parts = tensor.get("string_val", [])
        return (tensor.get("dtype") != "DT_STRING" or len(dims(tensor)) != 1
                or len(parts) != count(tensor) or len(parts) < 2
                or not all(part.isdigit() for part in parts[:2]))
    return any(bad(point.value["tensor"]) for point in log.of("images", "tensor"))


def sounds(log):
    return [point.value["audio"] for point in log.of("audio", "audio")]


def samples(sound):
    data = sound["encoded_audio_string"][44:]
    return list(struct.unpack("<%dh" % (len(data) // 2), data))


def audio_1(log):
    return any(not all(sound.get(name) for name in ("sample_rate", "num_channels", "length_frames",
                                                    "encoded_audio_string"))
               or sound.get("content_type") != "audio/wav" for sound in sounds(log))


def sample(x):
    return 0 if x != x else max(-32768, min(32767, round(max(-1, min(1, x)) * 2 ** 31) >> 16))


def audio_2(log):
    return (isinstance(log.given, dict) and "float" in log.given.get("dtype", "")
            and any(samples(sound) != list(map(sample, map(float, log.given["values"])))
                    for sound in sounds(log)))


def audio_3(log):
    return (isinstance(log.given, dict) and log.given.get("dtype") == "int16"
            and any(samples(sound) != log.given["values"] for sound in sounds(log)))


def audio_4(log):
    def bad(sound):
        channels, frames = sound.get("num_channels", 0), sound.get("length_frames", 0)
        return channels > max(2, frames) or frames > 0 and (
            len(samples(sound)) != channels * frames
            or struct.unpack_from("<H", sound["encoded_audio_string"], 22)[0] != channels)
    return any(bad(sound) for sound in sounds(log)
               if len(sound.get("encoded_audio_string", b"")) >= 44)


def audio_5(log):
    return any(tensor.get("dtype") != "DT_STRING" or len(dims(tensor)) != 1
               for tensor in (point.value["tensor"] for point in log.of("audio", "tensor")))


# ---- histograms, pr_curves ----

def default_edges():
    edges, edge = [], 1e-12
    while edge < 1e20:
        edges.append(edge)
        edge *= 1.1
    return [-edge for edge in reversed(edges)] + [0.0] + edges


EDGES = default_edges()


def histos(log):
    return [point.value["histo"] for point in log.of("histograms", "histo")]


def histograms_1(log):
    def bad(histo):
        limits = histo.get("bucket_limit", [])
        return (len(limits) != len(histo.get("bucket", []))
                or any(b < a for a, b in zip(limits, limits[1:])))
    return any(map(bad, histos(log)))


def histograms_3(log):
    """The edges are nearly those, and not those."""
    def bad(histo):
        limits = [x for x in histo.get("bucket_limit", []) if x]
        near = [min(EDGES, key=lambda edge: abs(edge - x)) for x in limits]
        return (near != limits and all(abs(a - b) <= 1e-9 * abs(b) for a, b in zip(near, limits)))
    return any(map(bad, histos(log)))


def histograms_4(log):
    return any(histo.get("bucket_limit") and set(histo["bucket_limit"]) <= set(EDGES)
               and histo["bucket_limit"][0] != EDGES[0] and histo.get("bucket", [0])[0] != 0
               for histo in histos(log))


def histograms_5(log):
    return any(tensor.get("dtype") not in ("DT_DOUBLE", "DT_FLOAT") or len(dims(tensor)) != 2
               or dims(tensor)[1] != 3
               for tensor in (point.value["tensor"] for point in log.of("histograms", "tensor")))


def histograms_6(log):
    return any(not math.isfinite(histo.get(name, 0.0)) for histo in histos(log)
               for name in ("min", "max", "num", "sum"))


def curves(log):
    """Yield (n, its values row by row) of each curve of the right shape."""
    for point in log.of("pr_curves", "tensor"):
        shape, values = dims(point.value["tensor"]), elements(point.value["tensor"])
        if (len(shape) == 2 and shape[0] == 6 and shape[1] and len(values) == 6 * shape[1]
                and point.value["tensor"].get("dtype") != "DT_STRING"):
            yield shape[1], [values[i:i + shape[1]] for i in range(0, len(values), shape[1])]


def pr_curves_1(log):
    return len(list(curves(log))) < len(log.of("pr_curves", "tensor"))


def pr_curves_3(log):
    if not isinstance(log.given, dict) or "predictions" not in log.given:
        return False
    pairs = list(zip(log.given["labels"], log.given["predictions"]))

    def counted(n, label):
        return [sum(y == label and 0 <= int(p * (n - 1) + 1e-9) < n and int(p * (n - 1) + 1e-9) >= i
                    for y, p in pairs) for i in range(n)]
    return any(rows[:2] != [counted(n, 1), counted(n, 0)] for n, rows in curves(log))


def pr_curves_4(log):
    def bad(part, rest, share):
        return any(0 <= a + b < 1e-7 and not abs(c - a / 1e-7) < 1e-6
                   for a, b, c in zip(part, rest, share))
    return any(bad(tp, fp, precision) or bad(tp, fn, recall)
               for _, (tp, fp, tn, fn, precision, recall) in curves(log))


def pr_curves_5(log):
    return any(not math.isfinite(x) for _, rows in curves(log) for row in rows[:4] for x in row)


# ---- mesh ----

def meshes(log):
    """Return {(run, name, wall time, step): {content type: (tag, tensor, content)}}."""
    found = defaultdict(dict)
    for point in log.of("mesh", "tensor"):
        said = content(point) or {}
        key = (point.directory, said.get("name", ""), point.event.fields.get("wall_time"),
               step(point))
        found[key][said.get("content_type", "UNDEFINED")] = (point.value.get("tag"),
                                                             point.value["tensor"], said)
    return found


def mesh_1(log):
    found = meshes(log)
    for key, parts in found.items():
        if len({tag for tag, _, _ in parts.values()}) < len(parts):
            return True
        if "VERTEX" not in parts and any(other[:2] == key[:2] and "VERTEX" in found[other]
                                         for other in found):
            return True
    return False


def mesh_2(log):
    for parts in meshes(log).values():
        shapes = [dims(tensor) for _, tensor, _ in parts.values()]
        if any(len(shape) != 3 or shape[2] != 3 or shape[0] < 1 for shape in shapes):
            return True
        if len({shape[0] for shape in shapes}) > 1:
            return True
        if any(said.get("shape") != dims(tensor) for _, tensor, said in parts.values()):
            return True
    return False


def points_of(parts):
    return (dims(parts["VERTEX"][1]) + [0, 0])[1] if "VERTEX" in parts else None


def mesh_3(log):
    for parts in meshes(log).values():
        if "FACE" in parts:
            corners, points = elements(parts["FACE"][1]), points_of(parts)
            if any(x != x // 1 or x < 0 or points is not None and x >= points for x in corners):
                return True
            if (points or 0) > 65536:
                return True
    return False


def mesh_4(log):
    for parts in meshes(log).values():
        if "COLOR" in parts:
            shape = dims(parts["COLOR"][1])
            if any(not -1 < x < 256 for x in elements(parts["COLOR"][1])):
                return True
            if points_of(parts) is not None and shape[1:2] != [points_of(parts)]:
                return True
    return False


def no_constant(name):
    raise ValueError(name)


def mesh_5(log):
    for parts in meshes(log).values():
        for _, _, said in parts.values():
            try:
                json.loads(said.get("json_config") or "null", parse_constant=no_constant)
            except ValueError:
                return True
    return False


# ---- hparams ----

KINDS = {"number_value": "DATA_TYPE_FLOAT64", "string_value": "DATA_TYPE_STRING",
         "bool_value": "DATA_TYPE_BOOL"}


def said_by(log, member):
    """Yield (run, message) of each experiment, session_start_info or session_end_info."""
    for point in log.of("hparams"):
        said = content(point) or {}
        if member in said:
            yield point.directory, said[member]


def infos(log):
    return [(run, info) for run, said in said_by(log, "experiment")
            for info in said.get("hparam_infos", [])]


def hparams_1(log):
    for point in log.of("hparams"):
        members = set(content(point) or {}) & {"experiment", "session_start_info",
                                               "session_end_info"}
        if {point.value.get("tag")} != {"_hparams_/" + name for name in members} or step(point):
            return True
    return False


def hparams_2(log):
    announced = {(run, info.get("name", "")): info.get("type") for run, info in infos(log)}
    for run, said in said_by(log, "session_start_info"):
        for name, value in said.get("hparams", {}).items():
            types = {KINDS.get(kind) for kind in value} or {None}
            if None in types or announced.get((run, name), *types) not in types:
                return True
    return False


def hparams_4(log):
    """A metric is announced under a name that becomes another one when it is cleaned."""
    written = {(point.directory, point.value.get("tag", "")) for point in log.of("scalars")}
    for run, said in said_by(log, "experiment"):
        for info in said.get("metric_infos", []):
            tag = info.get("name", {}).get("tag", "")
            if (run, tag) not in written and (run, re.sub(r"[^-/\w.]", "_", tag)) in written:
                return True
    return False


def hparams_5(log):
    for member in "session_start_info", "session_end_info":
        runs = [run for run, _ in said_by(log, member)]
        if len(set(runs)) < len(runs):
            return True
    return False


def hparams_6(log):
    columns = defaultdict(set)
    for run, said in said_by(log, "experiment"):
        columns[run].update(info.get("name", "") for info in said.get("hparam_infos", []))
    return len(set(map(frozenset, columns.values()))) > 1


def hparams_7(log):
    for _, info in infos(log):
        for value in info.get("domain_discrete", {}).get("values", []):
            if {KINDS.get(kind) for kind in value} != {info.get("type")}:
                return True
        if "domain_interval" in info:
            low, high = (info["domain_interval"].get(name, 0.0) for name in ("min_value",
                                                                             "max_value"))
            if info.get("type") != "DATA_TYPE_FLOAT64" or not low <= high:
                return True
    return False


# ---- custom_scalars ----

def layouts(log):
    """Yield (run, Layout) of each value that has one."""
    for point in log.of("custom_scalars", "tensor"):
        for data in point.value["tensor"].get("string_val", [])[:1]:
            try:
                yield point.directory, custom_scalars.LAYOUT.decode(data)
            except FormatError:
                pass


def charts(log):
    return [(run, chart) for run, layout in layouts(log) for category in layout.get("category", [])
            for chart in category.get("chart", [])]


def custom_scalars_1(log):
    for point in log.of("custom_scalars"):
        tensor = point.value.get("tensor", {})
        if (point.value.get("tag") != custom_scalars.TAG or tensor.get("dtype") != "DT_STRING"
                or dims(tensor) not in ([], [1]) or len(tensor.get("string_val", [])) != 1
                or step(point)):
            return True
    return False


def custom_scalars_2(log):
    for _, chart in charts(log):
        for tag in chart.get("multiline", {}).get("tag", []):
            try:
                re.compile(tag)
            except re.error:
                return True
    return False


def custom_scalars_3(log):
    """A tag is missing, or is an expression for tags that are written, and none of these."""
    for run, chart in charts(log):
        written = [point.value.get("tag", "") for point in log.of("scalars")
                   if point.directory == run]
        for series in chart.get("margin", {}).get("series", []):
            for tag in (series.get(name, "") for name in ("value", "lower", "upper")):
                if not tag or tag not in written and any(
                        re.match(tag, other) for other in written if "*" in tag or "$" in tag):
                    return True
    return False


def custom_scalars_4(log):
    """A later layout lacks a chart of an earlier one."""
    found = defaultdict(list)
    for run, layout in layouts(log):
        found[run].append({(category.get("title"), chart.get("title"))
                           for category in layout.get("category", [])
                           for chart in category.get("chart", [])})
    return any(not a <= b for made in found.values() for a, b in zip(made, made[1:]))


def custom_scalars_5(log):
    """The last layouts of two runs are not the same."""
    last = {run: repr(layout) for run, layout in layouts(log)}
    return len(set(last.values())) > 1


# ---- line_chart ----

def line_chart_1(log):
    for point in log.of("line_chart"):
        tensor, columns = point.value.get("tensor", {}), (content(point) or {}).get("column", [])
        if (tensor.get("dtype") != "DT_DOUBLE" or dims(tensor)[-1:] != [len(columns)]
                or len(dims(tensor)) > 2 or len(columns) < 2
                or metadata(point.value).get("data_class") != "DATA_CLASS_TENSOR"):
            return True
    return False


def line_chart_2(log):
    for point in log.of("line_chart"):
        chart, end, _ = point.value.get("tag", "").rpartition("/line_chart")
        values, shape = point.event.fields["summary"]["value"], dims(point.value["tensor"])
        lines = [v for v in values if "simple_value" in v and v["tag"].startswith(chart + "/")]
        pictures = [v for v in values if "image" in v and v["tag"] == chart]
        shown = len(lines) == shape[0] - 1 if len(shape) == 1 else pictures
        if not end or not shown:
            return True
    return False


def beside_a_picture(point):
    """Return whether the picture of a chart stands where its numbers say, in the same summary."""
    chart, end, _ = point.value.get("tag", "").rpartition("/" + point.plugin)
    return end and any("image" in value and value.get("tag", "") == chart
                       for value in point.event.fields["summary"]["value"])


# ---- scatter ----

def scatter_1(log):
    rgb = {"red", "green", "blue"}
    for point in log.of("scatter"):
        tensor, columns = point.value.get("tensor", {}), (content(point) or {}).get("column", [])
        colors = rgb & set(columns)
        if (tensor.get("dtype") != "DT_DOUBLE" or len(dims(tensor)) != 2 or not dims(tensor)[0]
                or dims(tensor)[1] != len(columns) or len(set(columns)) < len(columns)
                or not {"x", "y"} <= set(columns) <= set(scatter.COLUMNS)
                or colors and (colors < rgb or "color" in columns)
                or metadata(point.value).get("data_class") != "DATA_CLASS_TENSOR"):
            return True
    return False


def scatter_2(log):
    for point in log.of("scatter"):
        if scatter_1(log):
            return False                        # there are no columns to speak of
        found = scatter.read(point.value)
        columns = found["columns"]
        if (any(v not in range(len(found["labels"])) for v in columns.get("label", []))
                or not all(v > 0 for v in columns.get("size", []))
                or not all(0 <= v <= 255 for name in ("red", "green", "blue")
                           for v in columns.get(name, []))):
            return True
    return False


def scatter_3(log):
    return not all(map(beside_a_picture, log.of("scatter")))


# ---- heatmap ----

def heatmap_1(log):
    for point in log.of("heatmap"):
        shape, said = dims(point.value.get("tensor", {})), content(point) or {}
        labels = [said.get(name, []) for name in ("row_label", "column_label")]
        if (len(shape) != 2 or 0 in shape
                or any(some and len(some) != size for some, size in zip(labels, shape))
                or metadata(point.value).get("data_class") != "DATA_CLASS_TENSOR"):
            return True
    return False


def heatmap_2(log):
    for point in log.of("heatmap"):
        said = content(point) or {}
        if not -math.inf < said.get("low", 0) < said.get("high", 0) < math.inf:
            return True
    return False


def heatmap_3(log):
    return any("normalize" in (content(point) or {}) and
               not all(0 <= v < math.inf for v in elements(point.value["tensor"]))
               for point in log.of("heatmap"))


def heatmap_4(log):
    return not all(map(beside_a_picture, log.of("heatmap")))


# ---- graphs ----

def graphs(log):
    """Return [(run and step, nodes; None if they are no GraphDef)] of all graphs."""
    return [((posixpath.dirname(event.file), event.fields.get("step", 0)),
             decoded(GRAPH_DEF, event.fields["graph_def"], "node"))
            for event in log.events if "graph_def" in event.fields]


def decoded(table, data, name):
    """Return a list in a message; None if the bytes are no such message."""
    try:
        return table.decode(data).get(name, [])
    except FormatError:
        return None


def nodes(log):
    """Yield (node, names of all in its graph) of each node."""
    for _, found in graphs(log):
        for node in found or ():
            yield node, [other.get("name", "") for other in found]


def graphs_1(log):
    places = [place for place, _ in graphs(log)]
    return len(places) > len(set(places)) or any(found is None for _, found in graphs(log))


def graphs_2(log):
    return any(names.count(node.get("name", "")) > 1
               or not re.match(r"(?!\^)[^/]+(/[^/]+)*(?<!:\d)\Z", node.get("name", ""))
               for node, names in nodes(log))


def graphs_3(log):
    return any(re.sub(r"^\^|:\d+$", "", name) not in names
               for node, names in nodes(log) for name in node.get("input", []))


def graphs_4(log):
    return any("shape" not in node["attr"]["_output_shapes"].get("list", {})
               for node, _ in nodes(log) if "_output_shapes" in node.get("attr", {}))


def graphs_5(log):
    said = [event.fields["tagged_run_metadata"] for event in log.events
            if "tagged_run_metadata" in event.fields]
    return any(decoded(RUN_METADATA, how.get("run_metadata", b""), "step_stats") is None
               for how in said)


def graphs_7(log):
    for point in log.of("graph_keras_model"):
        found = elements(point.value.get("tensor", {}))
        try:
            if len(found) != 1 or "layers" not in json.loads(found[0].decode("utf-8"))["config"]:
                return True
        except (ValueError, KeyError, TypeError):
            return True
    return False


# ---- projector ----

CONFIG = "projector_config.pbtxt"
ELSEWHERE = "plugins/org_tensorflow_tensorboard_projector"
PATHS = ("tensor_path", "metadata_path", "bookmarks_path")


def config(log):
    """Return (its directory, entries as {name: [texts]}) of the config; (None, []) without one."""
    for path, data in log.files.items():
        if posixpath.basename(path) == CONFIG:
            return posixpath.dirname(path), [flat(data, field.fields) for field in parse(data)
                                             if field.name == b"embeddings"]
    return None, []


def flat(data, fields):
    """Return {name: [texts]} of an entry, its sprite's fields too."""
    found = defaultdict(list)
    for field in fields:
        if field.fields:
            found.update(flat(data, field.fields))
        else:
            said = field.text
            if said is None:
                said = data[field.start:field.end].partition(b":")[2].strip()
            found[field.name.decode()].append(said.decode("utf-8"))
    return found


def entries(log):
    """Return (its directory, entries) or, of a config that is no text format, (None, [])."""
    try:
        return config(log)
    except (FormatError, ValueError):
        return None, []


def named(log):
    """Yield (entry, field, path as it is given, content or None) of each file the config names."""
    directory, found = entries(log)
    for entry in found:
        for name in PATHS + ("image_path",):
            for path in entry.get(name, []):
                yield entry, name, path, log.files.get(posixpath.join(directory, path))


def is_text(data):
    first = re.split(b"[\r\n]", data)[0]
    return first.decode("utf-8", "replace").encode("utf-8") == first


def size_of(entry):
    return [int(n) for n in entry.get("tensor_shape", [])]


def rows_of(data):
    """Return the rows of a TSV of numbers; None if it is none."""
    try:
        rows = [list(map(float, line.split("\t"))) for line in data.decode("utf-8").splitlines()]
    except ValueError:
        return None
    return rows if rows and len(set(map(len, rows))) == 1 and data.endswith(b"\n") else None


def points_in(log, entry):
    """Return how many points an entry has; None if that cannot be told."""
    if size_of(entry):
        return size_of(entry)[0]
    for other, name, _, data in named(log):
        if other == entry and name == "tensor_path" and data and rows_of(data):
            return len(rows_of(data))
    return None


def projector_1(log):
    runs = {posixpath.dirname(name) for name in log.names} | {""}
    configs = [path for path in log.files if posixpath.basename(path) == CONFIG]
    return bool(log.files) and not (configs and all(
        posixpath.dirname(path) in runs | {posixpath.join(run, ELSEWHERE) for run in runs}
        for path in configs))


def projector_2(log):
    return any(outside(path) or "\\" in path for _, _, path, _ in named(log))


def projector_3(log):
    try:
        config(log)
    except (FormatError, ValueError):
        return True
    return False


def projector_4(log):
    return any(data is None for _, _, _, data in named(log))


def projector_5(log):
    for entry, name, _, data in named(log):
        if name == "tensor_path" and data is not None:
            whole = len(data) == 4 * reduce(mul, size_of(entry), 1) and size_of(entry)
            if is_text(data) and whole and not rows_of(data) or not is_text(data) and not whole:
                return True
    return False


def projector_6(log):
    return any(is_text(data) and rows_of(data) is None for entry, name, _, data in named(log)
               if name == "tensor_path" and data is not None
               and not (size_of(entry) and len(data) == 4 * reduce(mul, size_of(entry), 1)))


def projector_7(log):
    for entry, name, _, data in named(log):
        if name == "metadata_path" and data is not None and points_in(log, entry) is not None:
            lines = data.decode("utf-8").split("\n")[:-1]
            if "" in map(str.strip, lines):
                return True
            if len(lines) != points_in(log, entry) + ("\t" in lines[0] if lines else 0):
                return True
    return False


def projector_8(log):
    for entry, name, _, data in named(log):
        if name == "image_path" and data is not None:
            width, height = struct.unpack_from(">II", data, 16)
            sides = [int(n) for n in entry.get("single_image_dim", [])]
            if len(sides) != 2 or max(width, height) > 8192 or width % sides[0]:
                return True
            if height % sides[1] or sides[0] != sides[1] or width != height:
                return True
            if (width // sides[0]) * (height // sides[1]) < (points_in(log, entry) or 0):
                return True
    return False


def projector_9(log):
    names = [name for entry in entries(log)[1] for name in entry.get("tensor_name", [])]
    return len(set(names)) < len(names)


def projector_10(log):
    return any(re.search(r"[&#+\x00-\x1f\x7f]|%[0-9a-fA-F]{2}", name)
               for entry in entries(log)[1] for name in entry.get("tensor_name", []))


def projector_11(log):
    paths = [path for entry in entries(log)[1] for path in entry.get("tensor_path", [])]
    return len(set(paths)) < len(paths)


RULES = {name.replace("_", "-"): check for name, check in globals().items()
         if re.match(r"(event|summary|tensor|files|scalars|text|images|audio|histograms|pr_curves"
                     r"|mesh|hparams|custom_scalars|line_chart|scatter|heatmap|graphs|projector)_\d+$", name)}


# ---- rules for readers: whether ours does what the rule says with this log ----

def reads_dirs(log, found):
    """files-4: runs at any depth, and only those with an event file."""
    return {run for run, _ in found} == {posixpath.dirname(name) or "." for name in log.names}


def reads_in_order(log, found):
    """files-5: all files of a run, in the order of their names."""
    return [name for _, name in found] == sorted(log.names) != log.names


def reads_no_other(log, found):
    """files-9: no file without the mark."""
    return bool(log.others) and not {name for _, name in found} & set(log.others)


def reads_rows(log, found):
    """histograms-2: a first row whose left edge is above its right one has no values in it."""
    for point in log.of("histograms", "histo"):
        histo, rows = point.value["histo"], histograms.read(point.value)
        limits = histo["bucket_limit"]
        if (rows[0][:2] != (histo["min"], limits[0]) or rows[-1][1] != histo["max"]
                or [row[0] for row in rows[1:]] != limits[:-1]):
            return False
    return bool(log.points)


def reads_its_shape(log, found):
    """pr-curves-2: as many thresholds as the shape has."""
    return bool(log.points) and all(
        len(pr_curves.read(point.value)) == dims(point.value["tensor"])[1] for point in log.points)


def refuses_dtype(log, found):
    """tensor-7: a tensor is refused by this rule, and the next one is read."""
    rules = []
    for tensor in tensors(log):
        try:
            tensor_values(tensor)
            rules.append(None)
        except FormatError as e:
            rules.append(e.rule)
    return rules == ["tensor-7", None]


READERS = {"files-4": reads_dirs, "files-5": reads_in_order, "files-9": reads_no_other,
           "histograms-2": reads_rows, "pr-curves-2": reads_its_shape, "tensor-7": refuses_dtype}

# ---- rules that allow a writer something: whether this log makes use of it; a reader takes it ----

def any_element(true, *plugins):
    """Return a check: is `true` of an element of a tensor of these plugins?"""
    return lambda log: any(true(x) for plugin in plugins for point in log.of(plugin, "tensor")
                           for x in elements(point.value["tensor"]))


def not_finite(x):
    return not math.isfinite(x)


def given(log):
    """Return all values of hyperparameters."""
    return [value for point in log.of("hparams") for value in
            (content(point) or {}).get("session_start_info", {}).get("hparams", {}).values()]


TAKEN = {
    "summary-10":   lambda log: len(log.points) > len({id(point.event) for point in log.points}),
    "tensor-6":     any_element(lambda x: b"\xff" in x if isinstance(x, bytes) else False, "tensor"),
    "text-3":       any_element(lambda x: b"<script>" in x, "text"),
    "histograms-7": lambda log: any(n % 1 for point in log.of("histograms", "histo")
                                    for n in point.value["histo"].get("bucket", [])),
    "pr-curves-6":  lambda log: any(dims(point.value["tensor"])[1] > 127
                                    for point in log.of("pr_curves", "tensor")),
    "mesh-6":       lambda log: any(point.value["tensor"]["dtype"] != "DT_FLOAT"
                                    for point in log.of("mesh", "tensor")),
    "hparams-3":    lambda log: any(not_finite(value.get("number_value", 0)) for value in given(log)),
    "line-chart-3": any_element(not_finite, "line_chart"),
    "scatter-4":    any_element(not_finite, "scatter"),
    "heatmap-5":    any_element(not_finite, "heatmap"),
    "graphs-6":     lambda log: any(node.get("name", "") in node.get("input", ())
                                    for node, _ in nodes(log)),
}
