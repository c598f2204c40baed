"""Make spec/vectors/api.json and spec/vectors/files/ with other people's writers.

    python tests/golden/make.py [DIRECTORY]         default: spec/vectors

Needs CPython 3.11 with requirements.txt.  Nothing of tbx_pure is imported.  Running it twice gives
the same bytes: clock, host and process id are fixed, maps are sorted, inputs are typed in here.

A case is one call of tensorboardX or torch, and all the files it makes.  Where tbx_pure is to write
something else, the case says what, and this too is made without it: from the other writer's
messages, changed by protobuf, or by another call of that writer.
"""
import base64
import contextlib
import copy
import io
import itertools
import json
import logging
import math
import os
import shutil
import socket
import struct
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from unittest import mock

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="",
                  KERAS_BACKEND="tensorflow", MPLBACKEND="agg")

import numpy as np
import PIL.Image
import tensorboardX
import tensorboardX.summary
import torch
import torch.utils.tensorboard
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from tensorboard.compat.proto import config_pb2, event_pb2, graph_pb2, summary_pb2
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New
from tensorboard.compat.tensorflow_stub.errors import OutOfRangeError
from tensorboard.plugins.audio.plugin_data_pb2 import AudioPluginData
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from tensorboard.plugins.histogram.plugin_data_pb2 import HistogramPluginData
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
from tensorboard.plugins.image.plugin_data_pb2 import ImagePluginData
from tensorboard.plugins.mesh.plugin_data_pb2 import MeshPluginData
from tensorboard.plugins.pr_curve.plugin_data_pb2 import PrCurvePluginData
from tensorboard.plugins.scalar.plugin_data_pb2 import ScalarPluginData
from tensorboard.plugins.text.plugin_data_pb2 import TextPluginData
from tensorboard.summary.writer.record_writer import RecordWriter

X = "tensorboardX " + version("tensorboardX")
T = "torch " + version("torch").partition("+")[0]
PROTOBUF = "protobuf " + version("protobuf")
TENSORFLOW = "tensorflow " + version("tensorflow-cpu")
KERAS = "keras " + version("keras")

T0, HOST, PID = 1700000000.0, "host", 4242
NAN, INF = math.nan, math.inf
Event = event_pb2.Event


# ---- a world that stands still ----

@contextlib.contextmanager
def fixed_world():
    """Fix the clock and the host's name; let nobody print."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(time, "time", lambda: T0))
        stack.enter_context(mock.patch.object(socket, "gethostname", lambda: HOST))
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        yield


def read_records(path):
    """Return the data of each record of a file, as TensorBoard's reader gives it."""
    reader, out = PyRecordReader_New(path), []
    while True:
        try:
            reader.GetNext()
        except OutOfRangeError:
            return out
        out.append(bytes(reader.record()))


def write_records(path, records):
    with open(path, "wb") as f:
        writer = RecordWriter(f)
        for data in records:
            writer.write(data)


def maps_sorted(data):
    """protobuf orders a map anew in each process: sort it.  Nothing else is changed."""
    event = Event.FromString(data)
    for value in event.summary.value:
        plugin = value.metadata.plugin_data
        if plugin.plugin_name == "hparams":
            content = HParamsPluginData.FromString(plugin.content)
            plugin.content = content.SerializeToString(deterministic=True)
    if event.HasField("graph_def"):
        graph = graph_pb2.GraphDef.FromString(event.graph_def)
        event.graph_def = graph.SerializeToString(deterministic=True)
    if event.HasField("tagged_run_metadata"):
        tagged = event.tagged_run_metadata
        steps = config_pb2.RunMetadata.FromString(tagged.run_metadata)
        tagged.run_metadata = steps.SerializeToString(deterministic=True)
    out = event.SerializeToString(deterministic=True)
    assert len(out) == len(data)
    return out


# ---- values in JSON ----

def array(dtype, values):
    """An array in JSON: its dtype, its shape, its values in a row."""
    a = (torch.tensor(values, dtype=torch.bfloat16) if dtype == "bfloat16"
         else np.array(values, dtype))
    return {"dtype": dtype, "shape": list(a.shape),
            "values": [number(x) for x in a.reshape(-1).tolist()]}


def number(x):
    if isinstance(x, complex):
        return [x.real, x.imag]
    return x if not isinstance(x, float) or math.isfinite(x) else INFINITE[repr(x)]


INFINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def is_array(x):
    return isinstance(x, dict) and set(x) == {"dtype", "shape", "values"}


def passed(x, convert):
    """Return what is passed for an argument in JSON."""
    if is_array(x):
        return convert(x)
    if isinstance(x, dict):
        return {key: passed(value, convert) for key, value in x.items()}
    return [passed(item, convert) for item in x] if isinstance(x, list) else x


def to_numpy(x):
    values = [float(v) if isinstance(v, str) else v for v in x["values"]]
    return np.array(values, x["dtype"]).reshape(x["shape"])[()]


def to_torch(x):
    values = [complex(*v) if isinstance(v, list) else float(v) if isinstance(v, str) else v
              for v in x["values"]]
    return torch.tensor(values, dtype=getattr(torch, x["dtype"])).reshape(x["shape"])


def to_json(message):
    """A message in proto3 JSON; a float as the double that equals it, a Value in full."""
    out = {}
    for field, value in message.ListFields():
        kind = field.message_type
        if kind and kind.GetOptions().map_entry:
            item = kind.fields_by_name["value"]
            out[field.name] = {key: one_to_json(item, value[key]) for key in sorted(value)}
        elif field.is_repeated:
            out[field.name] = [one_to_json(field, item) for item in value]
        else:
            out[field.name] = one_to_json(field, value)
    return out


def one_to_json(field, value):
    if field.message_type:
        return to_json(value)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return base64.b64encode(value).decode()
    if field.enum_type:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known else value
    if field.cpp_type in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64):
        return str(value)
    return number(value)


def fill(message, values):
    """Set fields from to_json()'s form; the way back."""
    for name, value in values.items():
        field = message.DESCRIPTOR.fields_by_name[name]
        kind = field.message_type
        if kind and kind.GetOptions().map_entry:
            for key, item in value.items():
                fill(getattr(message, name)[key], item)
        elif field.is_repeated:
            for item in value:
                if kind:
                    fill(getattr(message, name).add(), item)
                else:
                    getattr(message, name).append(one_from_json(field, item))
        elif kind:
            getattr(message, name).SetInParent()
            fill(getattr(message, name), value)
        else:
            setattr(message, name, one_from_json(field, value))
    return message


def one_from_json(field, value):
    if field.enum_type and isinstance(value, str):
        return field.enum_type.values_by_name[value].number
    if field.cpp_type in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64):
        return int(value)
    return base64.b64decode(value) if field.type == FieldDescriptor.TYPE_BYTES else value


# ---- a call of another writer, and all that it leaves behind ----

class TensorFlowWriter:
    """tf.summary, as far as tbx_pure writes the same with tensor_style=True."""

    def __init__(self, directory, tensor_style):
        import tensorflow as tf
        self.summary, self.writer = tf.summary, tf.summary.create_file_writer(directory)

    def add_scalar(self, tag, scalar_value, global_step=0, summary_description=None):
        with self.writer.as_default():
            self.summary.scalar(tag, scalar_value, global_step, summary_description)

    def close(self):
        self.writer.close()


WRITERS = {X: (tensorboardX.SummaryWriter, to_numpy),
           T: (torch.utils.tensorboard.SummaryWriter, to_torch),
           TENSORFLOW: (TensorFlowWriter, to_numpy)}


def made_by(peer, case):
    """Return what a writer makes of a case: first, records, runs, files."""
    writer_class, convert = WRITERS[peer]
    directory = tempfile.mkdtemp()
    try:
        writer = writer_class(os.path.join(directory, "run"), **case.get("writer", {}))
        try:
            with (writer.use_metadata(**case["within"]) if "within" in case
                  else contextlib.nullcontext()):
                for call in calls(case):
                    arguments = passed(call["arguments"], convert)
                    if call.get("step") is not None:
                        arguments["global_step"] = passed(call["step"], convert)
                    if peer == T and "name" in arguments:
                        arguments["run_name"] = arguments.pop("name")
                    if call["method"] == "add_figure":
                        arguments["figure"] = figures(call["arguments"]["figure"])
                    getattr(writer, call["method"])(**arguments)
        finally:
            writer.close()
        made = found(directory)
        if peer == TENSORFLOW:
            made["records"] = [at(data, T0) for data in made["records"]]
        return made
    finally:
        shutil.rmtree(directory)


def calls(case):
    return case["calls"] if "calls" in case else [case]


def found(directory):
    """Return the files below a directory, by their path from its folder run."""
    out = {"records": [], "runs": {}, "files": {}, "first": b""}
    for folder, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            run = os.path.relpath(folder, os.path.join(directory, "run"))
            if "tfevents" in name:
                first, *records = map(maps_sorted, read_records(path))
                if run == ".":
                    out["first"], out["name"], out["records"] = first, name, records
                else:
                    out["runs"][run] = records
            else:
                with open(path, "rb") as f:
                    out["files"][os.path.normpath(os.path.join(run, name))] = f.read()
    return out


def figures(pictures):
    """Return a matplotlib figure that draws these pixels, or a list of them."""
    from matplotlib.figure import Figure
    if isinstance(pictures, list):
        return [figures(picture) for picture in pictures]
    pixels = to_numpy(pictures)
    figure = Figure(figsize=(pixels.shape[1] / 100, pixels.shape[0] / 100), dpi=100)
    figure.figimage(pixels)
    return figure


def pixels_of(png):
    picture = PIL.Image.open(io.BytesIO(png))
    return {"height": picture.height, "width": picture.width,
            "channels": len(picture.getbands()), "pixels": picture.tobytes().hex()}


def pictures(records):
    """Return the pixels of each PNG in some records."""
    values = [value for data in records for value in Event.FromString(data).summary.value]
    return [pixels_of(value.image.encoded_image_string) for value in values]


def in_json(made, equal):
    """Return what was made, as a case says it."""
    out = {"records": [data.hex() for data in made["records"]]}
    if made["runs"]:
        out["runs"] = {run: [data.hex() for data in records]
                       for run, records in sorted(made["runs"].items())}
    if made["files"]:
        out["files"] = {path: content.decode("utf-8") if not path.endswith(".png")
                        else pixels_of(content) for path, content in sorted(made["files"].items())}
    if equal == "pixels":
        out["pixels"] = pictures(made["records"])
    return out


# ---- cases ----

CASES = []


def case(name, method, /, why=None, step=None, equal="bytes", peer=X, writer=None, calls=None,
         within=None, deviation=None, ours=None, same_with=None, warns=None, first=False,
         **arguments):
    """Add a case.

    arguments:  of the method, by name, in JSON
    equal:      how ours must equal the other's
    peer:       whose call it is; the other's is tried too, and named if it makes the same
    deviation:  why ours differs; ours(what was made, the case) says what ours is
    same_with:  arguments of tbx_pure's writer with which it does not
    warns:      a word of the warning that ours gives
    """
    out = {"id": name}
    if why:
        out["why"] = why
    for key, value in ("writer", writer), ("within", within):
        if value:
            out[key] = value
    if calls is not None:
        out["calls"] = [dict({"method": method, "arguments": arguments},
                             **({} if step is None else {"step": step}))
                        for method, step, arguments in calls]
    else:
        out.update(method=method, arguments=arguments)
        if step is not None:
            out["step"] = step
    out["wall_time"] = T0
    out["equal"] = equal
    made = attempt(peer, out)
    answer = in_json(made, equal)
    if first:
        out["first"] = made["first"].hex()
    out.update(answer)
    if "error" in made:
        out["raises"] = made["error"]
    out["source"] = ", ".join([peer] + [other for other in WRITERS if other != peer
                                        and same(attempt(other, out), made, equal, first)])
    if deviation:
        changed = ours(made, out) if callable(ours) else ours
        out.update(deviation=deviation, ours=changed)
        assert any(out.get(key) != value for key, value in changed.items()), name
    if same_with:
        out["same_with"] = same_with
    if warns:
        out["warns"] = warns
    CASES.append(out)


def attempt(peer, case):
    """Return what a writer makes, or that it raises."""
    with fixed_world():
        try:
            return made_by(peer, case)
        except Exception as e:
            return {"records": [], "runs": {}, "files": {}, "error": type(e).__name__}


def same(made, other, equal, first):
    if "error" in made or "error" in other or first and made["first"] != other["first"]:
        return False
    return in_json(made, equal) == in_json(other, equal) or (
        equal == "fields" and contents(made) == contents(other))


def contents(made):
    """Messages compare as their fields, maps in any order."""
    return [[to_json(Event.FromString(data)) for data in records]
            for _, records in sorted(dict(made["runs"], **{"": made["records"]}).items())]


# what makes ours write torch's, where that differs from tensorboardX's

TORCH = {"dialect": "torch"}


# what ours is, instead

def edited(change):
    """ours: change(event) of each event."""
    def ours(made, case):
        def new(data):
            event = Event.FromString(data)
            change(event)
            return event.SerializeToString(deterministic=True)
        made = dict(made, records=list(map(new, made["records"])),
                    runs={run: list(map(new, records)) for run, records in made["runs"].items()})
        return differences(in_json(made, case["equal"]), case)
    return ours


def edited_values(change):
    """ours: change(Summary.Value) of each value."""
    def of_event(event):
        for value in event.summary.value:
            change(value)
    return edited(of_event)


def instead(peer=X, **arguments):
    """ours: what the other makes of other arguments."""
    def ours(made, case):
        other = copy.deepcopy(case)
        other["arguments"].update(arguments)
        made = attempt(peer, other)
        assert "error" not in made, made
        return differences(in_json(made, case["equal"]), case)
    return ours


def differences(answer, case):
    return {key: value for key, value in answer.items() if value != case.get(key)}


def events(*messages):
    """ours: these events, in JSON."""
    def ours(made, case):
        return {"records": [fill(Event(), message).SerializeToString(deterministic=True).hex()
                            for message in messages]}
    return ours


def refused(argument):
    """ours: an error that names the argument; nothing is written."""
    return lambda made, case: dict({"error": argument},
                                   **{key: type(case[key])() for key in ("records", "runs", "files")
                                      if case.get(key)})


def moved(paths):
    """ours: the same records in other runs."""
    return lambda made, case: {"runs": {paths[run]: records
                                        for run, records in case["runs"].items()}}


# ---- scalars ----

def scalar_cases():
    def add(name, value, why=None, **options):
        options.setdefault("tag", "x")
        case("scalar-" + name, "add_scalar", why, scalar_value=value, **options)
    add("half", 0.5, step=1)
    add("tenth", 0.1, "kept as float32: 0.10000000149011612")
    add("0", 0.0, "a member of a oneof: written though 0", step=0)
    add("minus-0", -0.0)
    add("int", 3, step=2)
    add("int-negative", -7)
    add("true", True)
    add("false", False)
    add("int-2^24", 2 ** 24, "the last whole number of which float32 has all before it")
    add("int-2^24+1", 2 ** 24 + 1, "becomes 2^24", warns="float32")
    add("int-2^63", 2 ** 63)
    add("int-2^70", 2 ** 70, "more than 64 bits", peer=T)
    for name, value in ("nan", NAN), ("inf", INF), ("minus-inf", -INF):
        add(name, array("float64", value))
    add("1e40", 1e40, "beyond float32: infinity", warns="float32")
    add("minus-1e40", -1e40, warns="float32")
    add("largest", 3.4028234663852886e38)
    add("limit", 3.4028235677973366e38, "the first that rounds to infinity", warns="float32")
    add("below-limit", 3.4028235677973362e38, "the last that does not")
    add("1e-46", 1e-46, "below float32: 0", warns="float32")
    add("tie", 1 + 2 ** -24, "halfway between two floats: the even one")
    for dtype in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8",
                  "uint16", "uint32", "uint64", "bool"):
        add(dtype, array(dtype, 1), step=1)
    add("uint64-high", array("uint64", 2 ** 64 - 1), warns="float32")
    add("bfloat16", array("bfloat16", 0.5), "tensorboardX: TypeError", peer=T)
    add("shape-1", array("float64", [2.5]), "the only number in an array of any shape")
    add("shape-1-1", array("float32", [[2.5]]))
    add("shape-1-1-1", array("int64", [[[3]]]))
    add("text", "3.5", "text is no number", peer=T, deviation="scalar-text", same_with=TORCH,
        ours=refused("scalar_value"))
    for name, step in (("step-1", 1), ("step-127", 127), ("step-128", 128), ("step-2^40", 2 ** 40),
                       ("step-last", 2 ** 63 - 1), ("step-minus-1", -1), ("step-text", "12"),
                       ("step-3.9", 3.9), ("step-int32", array("int32", 9)),
                       ("step-float32", array("float32", 9.0)), ("step-true", True)):
        add(name, 1.0, step=step)
    add("walltime", 1.0, walltime=1234567890.125, step=1)
    add("walltime-0", 1.0, "0 is a time", walltime=0)
    add("walltime-minus", 1.0, walltime=-1.5)
    add("walltime-nan", 1.0, "TensorBoard's default engine gives up the file",
        walltime=array("float64", NAN), deviation="walltime-not-finite", ours=refused("walltime"))
    add("walltime-inf", 1.0, walltime=array("float64", INF), deviation="walltime-not-finite",
        ours=refused("walltime"))

    for name, texts in (("", {}), ("-described", {"summary_description": "*d*"})):
        add("tensorflow" + name, 0.1, "TensorFlow's form; and a data class, for TensorBoard's "
            "default engine", peer=TENSORFLOW, step=2, writer={"tensor_style": True},
            deviation="data-class", ours=edited_values(lambda value: setattr(
                value.metadata, "data_class", summary_pb2.DATA_CLASS_SCALAR)), **texts)

    def visible(value):
        value.metadata.plugin_data.plugin_name = "scalars"
        value.metadata.data_class = summary_pb2.DATA_CLASS_SCALAR
    for name, texts in (("display-name", {"display_name": "Name"}),
                        ("description", {"summary_description": "*what* it is"}),
                        ("both", {"display_name": "Näme", "summary_description": "d"})):
        add(name, 0.5, "TensorBoard's default engine drops names without a data class",
            deviation="display-name", ours=edited_values(visible), **texts)
    for name, tag in (("slash", "a/b/c"), ("space", "a b"), ("slashes-first", "//a/b"),
                      ("slash-last", "a/"), ("kept", "A-z_0.9/x"), ("others", "a:b*c?d\"e<f>g|h"),
                      ("backslash", "a\\b"), ("line-break", "a\nb\tc"), ("nul", "a\0b"),
                      ("empty", ""), ("only-slash", "/"), ("letters", "Größe/θ/损失/१"),
                      ("combining", "e\u0301"), ("no-break-space", "a\u00a0b"), ("dash", "a–b"),
                      ("beyond-16-bits", "a\U0001f600b\U00020000"), ("dots", "../a"),
                      ("percent", "a%b"), ("brackets", "a[0](1)"), ("long", "t" * 200)):
        case("tag-" + name, "add_scalar", tag=tag, scalar_value=1.0)
    case("tag-torch", "add_scalar", "torch keeps any tag; tensorboardX cleans it", peer=T,
         tag="a b", scalar_value=1.0, deviation="torch-tags",
         ours=edited_values(lambda value: setattr(value, "tag", "a_b")),
         same_with={"raw_tags": True})
    case("tag-torch-slash", "add_scalar", peer=T, tag="/a:b", scalar_value=1.0,
         deviation="torch-tags", ours=edited_values(lambda value: setattr(value, "tag", "a_b")),
         same_with={"raw_tags": True})
    case("tag-none", "add_scalar", "a series without a name", tag=None, scalar_value=1.0,
         deviation="tag-none", ours=refused("tag"))
    add("new-style", 0.5, peer=T, new_style=True, step=3)
    add("new-style-0", 0, peer=T, new_style=True)
    add("double", 0.1, peer=T, new_style=True, double_precision=True, warns="float64")
    add("double-old-style", 0.1, "without new_style: nothing new", peer=T, double_precision=True)


def step_cases():
    def three(*steps):
        return [("add_scalar", step, {"tag": "x", "scalar_value": float(i)})
                for i, step in enumerate(steps)]

    def counted(made, case):
        found = [Event.FromString(data) for data in made["records"]]
        for i, event in enumerate(found):
            event.step = i
        return {"records": [event.SerializeToString(deterministic=True).hex() for event in found]}
    case("steps-given", None, calls=three(0, 5, 6))
    case("steps-none", None, "all at step 0, TensorBoard shows the last one only",
         calls=three(None, None, None), deviation="auto-step", ours=counted,
         same_with={"auto_step": False})
    case("steps-none-of-two-tags", None, "each series counts its own", deviation="auto-step",
         calls=[("add_scalar", None, {"tag": tag, "scalar_value": 1.0}) for tag in "xyxy"],
         ours=lambda made, case: {"records": [
             fill(Event.FromString(data), {"step": step} if step != "0" else {})
             .SerializeToString(deterministic=True).hex()
             for data, step in zip(made["records"], ("0", "0", "1", "1"))]},
         same_with={"auto_step": False})
    case("steps-some", None, "one more than the last", calls=three(5, None, 9, None),
         deviation="auto-step", ours=lambda made, case: {"records": [
             fill(Event.FromString(data), {"step": step})
             .SerializeToString(deterministic=True).hex()
             for data, step in zip(made["records"], ("5", "6", "9", "10"))]},
         same_with={"auto_step": False})
    case("steps-repeated", None, "written as given", calls=three(1, 1, 1), warns="step 1")
    case("steps-back", None, "written as given", calls=three(7, 8, 7), warns="step 7")
    within = {"global_step": 7, "walltime": 5.0}
    case("within", "add_scalar", "use_metadata(): step and time where a call gives none",
         within=within, tag="x", scalar_value=1.0)
    case("within-given", "add_scalar", "the call's own come first", within=within, tag="x",
         scalar_value=1.0, step=8, walltime=6.0)
    case("within-step", "add_text", "tensorboardX: the time is 0", within={"global_step": 7},
         tag="x", text_string="t", deviation="use-metadata",
         ours=edited(lambda event: setattr(event, "wall_time", T0)))
    case("within-walltime", "add_text", within={"walltime": 5.0}, tag="x", text_string="t")

    def stamped(event):
        event.step, event.wall_time = 7, 5.0
    case("within-scalars", "add_scalars", "tensorboardX takes no notice here", within=within,
         main_tag="m", tag_scalar_dict={"a": 1.0}, deviation="use-metadata", ours=edited(stamped))


def scalars_cases():
    def add(name, main_tag, values, why=None, **options):
        case("scalars-" + name, "add_scalars", why, main_tag=main_tag, tag_scalar_dict=values,
             **options)
    add("two", "loss", {"train": 0.5, "test": 1}, "each in a run of its own", step=3)
    add("none", "loss", {}, "nothing")
    add("nested", "a/b", {"c/d": 1.0}, step=1)
    add("cleaned", "my loss", {"k 1": 1.0}, "the tag is cleaned, directories are not")
    add("letters", "Größe", {"θ": -1.0})
    add("arrays", "m", {"a": array("float32", 0.5), "b": array("int64", [2]),
                        "c": array("bool", True)})
    add("not-finite", "m", {"a": array("float64", NAN)})
    add("walltime", "m", {"a": 1.0, "b": 2.0}, walltime=12.5, step=1)
    add("up", "..", {"a": 1.0}, "out of the log directory", deviation="path", step=1,
        ours=moved({"../a": "_/a"}))
    add("key-up", "m", {"../../a": 1.0}, deviation="path", ours=moved({"../a": "m/_/_/a"}))
    add("torch", "a/b", {"c": 1.0}, "torch: a/b and c become the directory a_b_c", peer=T,
        deviation="torch-scalars-runs", ours=moved({"a_b_c": "a/b/c"}), same_with=TORCH)
    add("purge", "m", {"a": 1.0}, "a restarted run's sub-runs: purged too",
        writer={"purge_step": 3}, step=4, deviation="purge",
        ours=lambda made, case: {"runs": {"m/a": PURGE + case["runs"]["m/a"]}, "records": PURGE})
    add("torch-purge", "m", {"a": 1.0}, peer=T, writer={"purge_step": 3}, step=4,
        deviation="purge",
        ours=lambda made, case: {"runs": {"m/a": PURGE + case["runs"]["m_a"]}, "records": PURGE})


START = {"wall_time": T0, "step": "3", "session_log": {"status": "START"}}
PURGE = [fill(Event(), message).SerializeToString(deterministic=True).hex() for message in (
    {"wall_time": T0, "step": "3", "file_version": "brain.Event:2"}, START, START)]


def file_cases():
    case("first-record", None, "how a file begins", calls=[], first=True)
    case("purge", None, "a run's first START: TensorBoard's Python engine takes no notice",
         calls=[], writer={"purge_step": 3}, deviation="purge",
         ours=lambda made, case: {"records": PURGE})
    case("first-record-torch", None, "who wrote it is not said", calls=[], peer=T, first=True,
         deviation="torch-first-record", same_with=TORCH, ours=lambda made, case: {
             "first": fill(Event(), {"wall_time": T0, "file_version": "brain.Event:2"})
             .SerializeToString().hex()})
    off = {"write_to_disk": False}
    case("no-disk", "add_scalar", "write_to_disk=False", writer=off, tag="x", scalar_value=1.0)
    case("no-disk-scalars", "add_scalars", writer=off, main_tag="m", tag_scalar_dict={"a": 1.0})
    case("no-disk-hparams", "add_hparams", "tensorboardX writes it all the same", writer=off,
         hparam_dict={"lr": 0.1}, metric_dict={}, name="r", deviation="no-disk",
         ours=lambda made, case: {"runs": {}})
    case("no-disk-embedding", "add_embedding", writer=off, mat=POINTS, deviation="no-disk",
         ours=lambda made, case: {"files": {}})
    for peer, suffix in itertools.product((X, T), ("", ".suffix")):
        with mock.patch.object(os, "getpid", lambda: PID), fixed_world():
            if peer == T:
                import tensorboard.summary.writer.event_file_writer as module
                module._global_uid.__init__(0)
            made = made_by(peer, {"calls": [], "writer": {"filename_suffix": suffix}})
        ours = "events.out.tfevents.%d.%s.%d.000000%s" % (T0, HOST, PID, suffix)
        out = {"id": "name-%s%s" % (peer.split()[0], suffix and "-suffix"),
               "writer": {"filename_suffix": suffix}, "calls": [], "wall_time": T0, "host": HOST,
               "pid": PID, "equal": "bytes", "records": [], "name": made["name"], "source": peer}
        if made["name"] != ours:
            out.update(why="of one second, 10 is read before 9" if peer == T else
                       "two in one second: the second is written over the first",
                       deviation="file-name", ours={"name": ours})
        CASES.append(out)


# ---- histograms ----

EXACT = [((i * 37) % 64) ** 2 / 256 for i in range(40)]         # sums of these are exact
ROUGH = [round(math.sin(i * i) * 3 + math.cos(i), 3) for i in range(31)]
RULES = ("auto", "doane", "fd", "rice", "scott", "sqrt", "stone", "sturges")


def histogram_cases():
    def add(name, values, why=None, **options):
        case("histogram-" + name, "add_histogram", why, tag="h", values=values, **options)

    def finite(values, **options):
        return dict(options, deviation="histogram-not-finite", ours=instead(values=values))
    add("one", array("float64", [1.0]), step=1)
    add("number", 1.0, "no array")
    for dtype in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8",
                  "uint16", "uint32", "uint64"):
        add(dtype, array(dtype, [3, 1, 2, 2]))
    add("bool", array("bool", [True, True, True]))
    add("bool-both", array("bool", [True, False]), bins=2)
    add("bfloat16", array("bfloat16", [3, 1, 2, 2]), "tensorboardX: TypeError", peer=T)
    add("rows", array("float64", [[1, 2], [3, 4]]), "of any shape")
    add("deep", array("int64", [[[1], [2]], [[3], [3]]]))
    add("zeros", array("float64", [0.0, 0.0]))
    add("negative", array("float64", [-1.0, -2.0]))
    add("around-0", array("float64", [-1e-12, 0.0, 1e-12, 1.05e-12]), equal="fields")
    add("tiny", array("float64", [5e-324, 1e-13, 1e-12]), "between 0 and the first edge",
        equal="fields")
    add("edge", array("float64", [1e-12 * 1.1 * 1.1, 1e-12 * 1.1]),
        "on an edge: in the bin to its right", equal="fields")
    add("wide", array("float64", [-1000.0, 1000.0]), "max_bins joins bins", max_bins=10)
    add("wide-not-a-multiple", array("float64", [-8.0, 0.5, 8.0, 8.0]), max_bins=7)
    add("max-bins-one", array("float64", [1.0, 2.0]), max_bins=1)
    add("max-bins-more", array("float64", EXACT), bins="sqrt", max_bins=100)
    add("max-bins-rule", array("float64", EXACT), bins=11, max_bins=4)
    add("max-bins-exact", array("float64", EXACT), bins=12, max_bins=4)
    for rule in RULES:
        add(rule, array("float64", EXACT), bins=rule)
        add(rule + "-rough", array("float64", ROUGH), bins=rule, equal="fields")
        add(rule + "-one", array("float64", [2.0]), bins=rule)
        add(rule + "-same", array("float64", [3.0] * 5), bins=rule)
    add("auto-two", array("float64", [1.0, 2.0]), bins="auto")
    add("auto-float32", array("float32", [0.1, 0.25, 0.7, 0.7]), bins="auto", equal="fields")
    add("auto-int", array("int64", [1, 1, 1, 2, 9, 3, 4]), bins="auto")
    add("auto-no-spread", array("float64", [1.0] * 9 + [5.0]), "quartiles equal", bins="auto")
    add("sturges-negative", array("float64", [-4.0, -2.0, 0.0, 2.0, 8.0]), bins="sturges")
    for bins in 1, 2, 3, 10:
        add("bins-%d" % bins, array("float64", EXACT), bins=bins)
    add("bins-3-rough", array("float64", ROUGH), bins=3, equal="fields")
    add("bins-number", array("float64", EXACT), bins=array("int32", 4))
    add("bins-same", array("float64", [2.0, 2.0]), "a range of nothing: half to each side", bins=4)
    add("edges", array("float64", [0.0, 1.0, 2.5, 4.0]),
        "the last bin holds its right edge too", bins=array("float64", [0, 1, 2, 4]))
    add("edges-ints", array("float64", [0.5, 1.0]), bins=array("int64", [0, 1, 2]))
    add("edges-uneven", array("int64", [1, 10, 100]), bins=array("float64", [0, 5, 50, 500]))
    add("edges-empty-between", array("float64", [0.5, 3.5]),
        bins=array("float64", [-1, 0, 1, 2, 3, 4, 5]))
    add("edges-outside", array("float64", [-5.0, 0.5, 9.0]),
        "in min, max, sum and num, but in no bin", bins=array("float64", [0, 1, 2]),
        warns="outside the edges")
    add("edges-outside-all", array("float64", [5.0]), "of two bins, tensorboardX refuses it too",
        bins=array("float64", [0, 1]), deviation="histogram-no-bin", ours=refused("bins"))
    add("large", array("float64", [9.5e19, 9.9e19]), "up to the last edge", equal="fields")

    def one_more(value):
        value.histo.bucket[-1] += 1
    add("beyond-the-edges", array("float64", [9.5e19, 1e30]),
        "beyond the last default edge: in the last bin", equal="fields",
        deviation="histogram-outermost", ours=edited_values(one_more))
    edges = [1e-12]
    while edges[-1] * 1.1 < 1e20:
        edges.append(edges[-1] * 1.1)
    add("all-beyond", array("float64", [1e30]), "tensorboardX raises IndexError", equal="fields",
        deviation="histogram-outermost", ours=events({"wall_time": T0, "summary": {"value": [
            {"tag": "h", "histo": {"min": 1e30, "max": 1e30, "num": 1.0, "sum": 1e30,
                                   "sum_squares": 1e60, "bucket_limit": edges[-2:],
                                   "bucket": [0.0, 1.0]}}]}}))
    add("nan", array("float64", [1.0, NAN, 2.0]), "min and max would be NaN",
        **finite(array("float64", [1.0, 2.0]), warns="1 NaN"))
    add("inf", array("float64", [1.0, INF, 2.0, -INF]),
        **finite(array("float64", [1.0, 2.0]), warns="1 +inf"))
    add("nan-auto", array("float64", [1.0, NAN, 2.0]), "NumPy refuses it", bins="auto",
        **finite(array("float64", [1.0, 2.0]), warns="1 NaN"))
    add("nan-only", array("float64", [NAN, NAN]), "training goes on",
        deviation="histogram-not-finite", warns="2 NaN", ours=events(
            {"wall_time": T0, "summary": {"value": [
                {"tag": "h", "histo": {"bucket_limit": [0.0], "bucket": [0.0]}}]}}))
    add("sum-of-squares-inf", array("float64", [1e200, 2e200]), bins=1,
        why="their squares are beyond float64")
    add("minus-0", array("float64", [-0.0]), "-0.0 is not left out of a message", equal="fields")
    case("histogram-tag", "add_histogram", "cleaned", tag="my h/1", values=array("float64", [1.0]))

    def raw(name, limits, counts, why=None, stats=(0, 2, 2, 2, 2), tag="h", **options):
        stats = dict(zip(("min", "max", "num", "sum", "sum_squares"), stats))
        case("histogram-raw" + name, "add_histogram_raw", why, tag=tag, bucket_limits=limits,
             bucket_counts=counts, **dict(stats, **options))
    raw("", [1, 2], [1, 1], step=1)
    raw("-floats", [0.5, 1.5, 2.5], [0.25, 0.0, 1.0], stats=(0.5, 2.5, 1.25, 2.0, 4.5))
    raw("-float64", array("float64", [0.1, 2]), array("float64", [1, 1]))
    raw("-float32", array("float32", [0.1, 2]), array("float32", [1, 1]))
    raw("-ints", array("int64", [1, 2]), array("int32", [1, 1]))
    raw("-none", [], [], stats=(0, 0, 0, 0, 0))
    raw("-tag", [1], [1], "the tag is not cleaned", tag="my h")
    raw("-extremes", [1.7976931348623157e308], [1], stats=(-1.5, 1e308, 1, 5e-324, INF_JSON))
    raw("-nan", [1.0], [1.0], stats=(NAN_JSON, NAN_JSON, 1, NAN_JSON, NAN_JSON))
    raw("-scalars", [1.0], [1.0], stats=(array("float32", 0.5), array("int64", 2), 1,
                                         array("float64", 0.1), array("uint8", 9)))


NAN_JSON, INF_JSON = array("float64", NAN), array("float64", INF)


# ---- images ----

def ramp(dtype, *shape):
    """An array of small different values: 0 to 255 in steps for uint8, 0 to 1 for floats."""
    n = math.prod(shape)
    if dtype == "bool":
        values = [i % 3 == 0 for i in range(n)]
    elif dtype.startswith("float"):
        values = [i / max(1, n - 1) for i in range(n)]
    else:
        values = [i * 37 % 256 for i in range(n)]
    return array(dtype, np.array(values).reshape(shape))


def image_cases():
    def add(name, tensor, why=None, method="add_image", **options):
        case("image-" + name, method, why, equal="pixels", tag="i", img_tensor=tensor, **options)
    for layout, shape in (("CHW", (3, 2, 4)), ("HWC", (2, 4, 3)), ("HW", (2, 4)), ("WH", (4, 2)),
                          ("CWH", (3, 4, 2)), ("WHC", (4, 2, 3)), ("HCW", (2, 3, 4)),
                          ("WCH", (4, 3, 2)), ("chw", (3, 2, 4)), ("hWc", (2, 4, 3))):
        add(layout, ramp("uint8", *shape), dataformats=layout)
    add("default-layout", ramp("uint8", 3, 2, 4), "CHW", step=1)
    for channels, what in (1, "gray, made RGB"), (2, "gray and alpha"), (3, "RGB"), (4, "RGBA"):
        add("%d-channels" % channels, ramp("uint8", channels, 2, 2), what)
        add("%d-channels-float" % channels, ramp("float64", channels, 2, 2))
    for dtype in "float16", "float32", "float64", "bool":
        add(dtype, ramp(dtype, 3, 3, 5))
    add("float64-steps", array("float64", [[i / 255 for i in range(0, 256, 2)]]),
        "n / 255, cut to a whole number: not always n", dataformats="HW")
    add("float32-steps", array("float32", [[i / 255 for i in range(1, 256, 2)]]),
        dataformats="HW")
    add("float16-steps", array("float16", [[i / 64 for i in range(65)]]), dataformats="HW")
    add("float64-edges", array("float64", [[0.0, -0.0, 1.0, 0.9999999, 5e-324, 0.5, 1 / 255]]),
        dataformats="HW")
    add("int64", array("int64", [[0, 1], [1, 0]]), "0 and 1", dataformats="HW")
    add("uint16", array("uint16", [[0, 1], [1, 0]]), dataformats="HW")
    add("1x1", array("uint8", [[200]]), dataformats="HW")
    add("1-row", ramp("uint8", 3, 1, 7))
    add("1-column", ramp("uint8", 3, 7, 1))
    case("image-tag", "add_image", "cleaned", equal="pixels", tag="my i/1",
         img_tensor=ramp("uint8", 3, 1, 1))
    clipped = array("float64", [[0.0, 1.0, 0.5, 1.0]])
    beyond = array("float64", [[-0.5, 1.5, 0.5, 300.0]])
    add("beyond", beyond, "tensorboardX wraps around", dataformats="HW", warns="clipped",
        deviation="image-clip", ours=instead(img_tensor=clipped))
    add("beyond-torch", beyond, "torch clips, as we do", peer=T, dataformats="HW", warns="clipped")
    add("nan", array("float32", [[NAN, 0.5]]), "black", peer=T, dataformats="HW", warns="NaN")
    add("inf", array("float32", [[INF, -INF, 0.5]]), peer=T, dataformats="HW", warns="clipped")
    integers = [[0, 128, 255]]
    for peer in X, T:
        add("integers-" + peer.split()[0], array("int64", integers), "0 to 255, not times 255",
            peer=peer, dataformats="HW", warns="0 to 255", deviation="image-integers",
            ours=instead(peer, img_tensor=array("uint8", integers)))
    add("integers-beyond", array("int32", [[-3, 300, 7]]), dataformats="HW", warns="0 to 255",
        deviation="image-integers", ours=instead(img_tensor=array("uint8", [[0, 255, 7]])))
    for layout, shape in (("NCHW", (3, 3, 2, 2)), ("NHWC", (3, 2, 2, 3)), ("CNHW", (3, 2, 2, 2)),
                          ("nchw", (2, 3, 1, 2))):
        add("grid-" + layout, ramp("uint8", *shape), "a grid", dataformats=layout)
    for n in 1, 2, 8, 9, 17:
        add("s-%d" % n, ramp("uint8", n, 3, 1, 2), "rows of up to 8", "add_images")
    add("s-step", ramp("float32", 2, 3, 2, 2), None, "add_images", step=4)
    add("s-gray", ramp("uint8", 3, 1, 2, 2), None, "add_images")
    add("s-rgba", ramp("uint8", 3, 4, 2, 2), None, "add_images")
    add("s-bool", ramp("bool", 2, 1, 2, 3), None, "add_images")
    add("s-NHWC", ramp("float64", 2, 2, 3, 3), None, "add_images", dataformats="NHWC")
    add("s-list", [ramp("uint8", 3, 2, 2), ramp("uint8", 3, 2, 2)], "a list of pictures",
        "add_images", dataformats="CHW")
    add("s-list-HWC", [ramp("float32", 2, 2, 3)] * 3, None, "add_images", dataformats="HWC")
    opaque = np.full((2, 3, 4), 255)
    opaque[:, :, :3] = np.arange(18).reshape(2, 3, 3) * 14
    case("figure", "add_figure", "what the figure draws; the transparency is dropped",
         equal="pixels", tag="my f", figure=array("uint8", opaque), step=2)
    case("figure-list", "add_figure", equal="pixels", tag="f",
         figure=[array("uint8", opaque), array("uint8", opaque[::-1])])


def boxes_cases():
    def add(name, why=None, **options):
        options.setdefault("img_tensor", ramp("uint8", 3, 5, 6))
        options.setdefault("box_tensor", array("float64", [[1.9, 1, 4, 3]]))
        case("boxes" + name, "add_image_with_boxes", why, equal="pixels",
             **dict({"tag": "b"}, **options))
    add("", "red, the lines two pixels wide; fractions are cut off", step=3)
    add("-tag", "kept", tag="b 1", img_tensor=ramp("uint8", 3, 1, 1))
    add("-HWC", img_tensor=ramp("uint8", 5, 6, 3), dataformats="HWC")
    add("-RGBA", img_tensor=ramp("uint8", 4, 3, 3))
    add("-float", img_tensor=ramp("float32", 3, 3, 3))
    add("-several", "the later one is on top",
        box_tensor=array("int64", [[0, 0, 2, 2], [2, 1, 9, 9]]))
    add("-turned", "corners in another order", box_tensor=array("int64", [[4, 3, 1, 1]]))
    add("-outside", box_tensor=array("float32", [[-5.5, -9.0, 30.0, 4.0]]))
    add("-no-label", img_tensor=ramp("uint8", 1, 3, 3), labels=[""])
    add("-count", "tensorboardX leaves them out", img_tensor=ramp("uint8", 3, 2, 2),
        labels=["a", "b"], deviation="boxes-count", ours=refused("labels"))

    def resized(value):
        value.image.height, value.image.width = 4, 4
    add("-rescale", "tensorboardX says the size before; of one color, as other pixels may differ "
        "by 1", img_tensor=array("uint8", np.full((3, 2, 2), 200)),
        box_tensor=array("int64", [[50, 50, 60, 60]]), rescale=2, deviation="boxes-rescale",
        ours=edited_values(resized))


# ---- text and sound ----

def text_cases():
    for name, text in (("", "hi"), ("-empty", ""), ("-markdown", "# a\n\n| b | c |\n|---|---|\n"),
                       ("-utf-8", "naïve 世界 \U0001f600"), ("-nul", "a\0b"),
                       ("-bom", "\ufeffx"),
                       ("-127", "x" * 127), ("-128", "x" * 128), ("-line-breaks", "a\r\nb\rc\n")):
        case("text" + name, "add_text", tag="t", text_string=text, step=3)
    for name, tag in ("space", "my t/1"), ("slash", "/t"), ("letters", "损失"), ("empty", ""):
        case("text-tag-" + name, "add_text", "the tag is not cleaned", tag=tag, text_string="hi")
    case("text-no-step", "add_text", tag="t", text_string="hi", walltime=1.5)


def audio_cases():
    def add(name, sound, why=None, **options):
        case("audio" + name, "add_audio", why, **dict({"tag": "a", "snd_tensor": sound}, **options))
    waves = [0.0, 0.5, -0.5, 0.25, 1.0, -1.0, 0.1, -0.1, 1 / 3, 0.99999]
    add("", array("float64", waves), step=1)
    add("-float32", array("float32", waves))
    add("-rate", array("float32", waves), sample_rate=8000)
    add("-rate-1", array("float32", waves), sample_rate=1)
    add("-mono-column", array("float64", [[x] for x in waves]), "(frames, 1)")
    add("-stereo", array("float32", [[0.5, -0.5], [0.25, 0.0], [1.0, -1.0]]), "(frames, 2)")
    add("-stereo-1-frame", array("float64", [[0.5, -0.5]]))
    add("-1-frame", array("float32", [0.5]))
    add("-rounding", array("float64", [n / 65536 for n in (1, -1, 2, -2, 3, -3, 65535, -65535)]),
        "halves of a sample: cut to the lower one")
    add("-int16-small", array("int16", [0, 1, -1]), "as they are")
    add("-tag", array("float64", [0.5]), "not cleaned", tag="my a")
    add("-beyond", array("float64", [1.5, -2.0, 0.5]), "clipped", warns="clipped")
    samples = [0, 1000, -32768, 32767]
    add("-int16", array("int16", samples), "tensorboardX clips them to -1 to 1",
        deviation="audio-int16",
        ours=instead(snd_tensor=array("float64", np.array(samples) / 2 ** 15)))
    add("-int16-stereo", array("int16", [[7, -7], [256, 9]]), deviation="audio-int16",
        ours=instead(snd_tensor=array("float64", np.array([[7, -7], [256, 9]]) / 2 ** 15)))
    loud = [0, 2 ** 30, -2 ** 31, 2 ** 31 - 1, 65535, -1]
    add("-int32", array("int32", loud), "the upper 16 bits", deviation="audio-int16",
        ours=instead(snd_tensor=array("float64", np.array(loud) / 2 ** 31)))
    add("-torch", array("float64", waves), "torch: times 32767, cut towards 0", peer=T,
        deviation="torch-audio", ours=instead(), same_with=TORCH)
    add("-torch-row", array("float64", [waves[:4]]), "torch drops sizes of 1", peer=T,
        deviation="torch-audio", ours=instead(snd_tensor=array("float64", waves[:4])),
        same_with=TORCH)


# ---- curves and meshes ----

LABELS = array("int64", [1, 0, 1, 1, 0, 0, 1, 0])
PREDICTIONS = array("float64", [0.9, 0.8, 0.7, 0.6, 0.55, 0.4, 0.3, 0.1])


def pr_curve_cases():
    def add(name, labels=LABELS, predictions=PREDICTIONS, why=None, **options):
        options.setdefault("num_thresholds", 5)
        case("pr-curve-" + name, "add_pr_curve", why, tag="p", labels=labels,
             predictions=predictions, **options)
    add("5", step=1)
    for n in 1, 2, 3:
        add(str(n), num_thresholds=n)
    case("pr-curve-default", "add_pr_curve", "127 thresholds", tag="my p",
         labels=array("int64", [1, 0]), predictions=array("float64", [0.9, 0.1]))
    for dtype in "bool", "uint8", "int32", "float32", "float64":
        add("labels-" + dtype, labels=array(dtype, [1, 0, 1, 1, 0, 0, 1, 0]))
    add("labels-part", labels=array("float64", [0.25, 0.5, 1, 0, 0, 0, 1, 0]))
    for dtype in "float16", "float32":
        add("predictions-" + dtype, num_thresholds=11,
            predictions=array(dtype, [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.1]))
    add("predictions-int", predictions=array("int64", [1, 0, 1, 1, 0, 0, 1, 0]))
    add("thresholds", predictions=array("float64", [i / 7 for i in range(8)]), num_thresholds=8,
        why="on a threshold, or just below it")
    add("thresholds-float32", predictions=array("float32", [i / 7 for i in range(8)]),
        num_thresholds=8, why="places are rounded to float32")
    add("rows", labels=array("int64", [[1, 0], [0, 1]]),
        predictions=array("float64", [[0.9, 0.6], [0.4, 0.2]]))
    add("all-true", labels=array("bool", [True] * 8))
    add("all-false", labels=array("bool", [False] * 8))
    add("weights", weights=array("float64", [1, 2, 0.5, 0.25, 4, 0, 1, 3]))
    add("weight", weights=2.0)
    add("weights-tiny", weights=1e-8, why="1e-7 stands for a smaller denominator")
    add("weights-0", weights=array("float64", [0.0] * 8))
    add("outside", predictions=array("float64", [0.9, 0.8, -0.1, 1.6, NAN, 0.4, 0.3, 0.1]),
        why="left out", warns="left out 3 of 8")
    add("just-outside", predictions=array("float64", [1.2, 0.8, -1e-9, 0.6, 0.5, 0.4, 0.3, 0.1]),
        why="a little more than 1 is in the last place", warns="left out 1 of 8")
    add("labels-other", labels=array("int64", [2, 0, 1, 1, 0, 0, 1, -1]),
        why="neither true nor false", deviation="pr-curve-refused", ours=refused("labels"))
    add("weights-negative", weights=-1.0, deviation="pr-curve-refused", ours=refused("weights"))

    def finer(value):
        rows = tensorboardX.summary.compute_curve(to_numpy(LABELS), to_numpy(PREDICTIONS), 130)
        value.tensor.float_val[:] = rows.reshape(-1).tolist()
        value.tensor.tensor_shape.dim[1].size = 130
        counted(130)(value)

    def counted(n):
        content = PrCurvePluginData(num_thresholds=n).SerializeToString()
        return lambda value: setattr(value.metadata.plugin_data, "content", content)
    add("130", num_thresholds=130, why="tensorboardX stops at 127", deviation="pr-curve-127",
        ours=edited_values(finer))
    rows = dict(true_positive_counts=[2, 1, 0], false_positive_counts=[3.0, 1, 0],
                true_negative_counts=[0, 2, 3], false_negative_counts=[0, 1, 2],
                precision=[0.4, 0.5, 0.0], recall=[1.0, 0.5, 0.0])

    def raw(name, why=None, **options):
        case("pr-curve-raw" + name, "add_pr_curve_raw", why, **dict(dict(rows, tag="p"), **options))
    raw("", "says 127, whatever the rows", step=2)
    raw("-3", num_thresholds=3)
    raw("-arrays", **{name: array("float32", row) for name, row in rows.items()}, num_thresholds=3)
    raw("-ratio-nan", precision=array("float64", [NAN, 0.5, 0.0]), num_thresholds=3)
    raw("-200", "tensorboardX says 127", num_thresholds=200, deviation="pr-curve-127",
        ours=edited_values(counted(200)))
    raw("-nan", "TensorBoard answers with an error", num_thresholds=3,
        true_positive_counts=array("float64", [NAN, 1, 0]), deviation="pr-curve-refused",
        ours=refused("true_positive_counts"))


def mesh_cases():
    def add(name, why=None, **options):
        options.setdefault("vertices", array("float32", [[[0, 0, 0], [1, 0, 0], [0, 1, 0.5]]]))
        case("mesh" + name, "add_mesh", why, **dict({"tag": "m"}, **options))
    faces = array("int32", [[[0, 1, 2]]])
    colors = array("uint8", [[[255, 0, 0], [0, 9, 0], [0, 0, 1]]])
    config = {"camera": {"cls": "PerspectiveCamera", "fov": 75}, "a": [1, 2.5, None, True, "ü"]}
    add("", step=1)
    add("-all", faces=faces, colors=colors, config_dict=config)
    add("-faces", faces=faces)
    add("-colors", colors=colors)
    add("-config", "keys sorted", config_dict=config)
    add("-config-empty", config_dict={})
    for dtype in "float16", "float64", "int64", "uint8":
        add("-" + dtype, vertices=array(dtype, [[[0, 0, 0], [1, 2, 3]]]))
    add("-batch", vertices=array("float64", np.arange(24).reshape(2, 4, 3) / 8),
        faces=array("int64", [[[0, 1, 2]], [[1, 2, 3]]]))
    add("-no-points", vertices=array("float64", np.zeros((1, 0, 3))))
    add("-tag", "not cleaned", tag="my m")
    add("-black", "0 to 1 are all but black", warns="black",
        colors=array("float32", [[[1, 0, 0], [0, 0.5, 0], [0, 0, 1]]]))
    add("-other-points", faces=array("int64", [[[0, 1, 3]]]), warns="numbers of points")
    add("-not-finite", vertices=array("float64", [[[NAN, INF, -INF]]]))
    add("-colors-beyond", "TensorBoard answers with an error", deviation="mesh-refused",
        colors=array("int64", [[[256, 0, 0], [0, 9, 0], [0, 0, 1]]]), ours=refused("colors"))
    add("-colors-shape", colors=array("uint8", [[[1, 2, 3]]]), deviation="mesh-refused",
        ours=refused("colors"))
    add("-faces-half", faces=array("float64", [[[0, 1, 1.5]]]), deviation="mesh-refused",
        ours=refused("faces"))
    add("-config-nan", "is not JSON", config_dict={"a": NAN_JSON}, deviation="mesh-refused",
        ours=refused("config_dict"))
    add("-faces-batch", faces=array("int64", [[[0, 1, 2]]] * 2), deviation="mesh-refused",
        ours=refused("faces"))

    def plain(value):
        content = MeshPluginData.FromString(value.metadata.plugin_data.content)
        value.tag = "m_%d" % content.content_type
        content.ClearField("components")
        content.json_config = "null"
        value.metadata.plugin_data.content = content.SerializeToString()
    add("-torch", "torch: _VERTEX, {} and components", peer=T, faces=faces, deviation="torch-mesh",
        ours=edited_values(plain), same_with=TORCH)


# ---- layouts and hyperparameters ----

def custom_scalars_cases():
    def add(name, layout, why=None, **options):
        case("layout-" + name, "add_custom_scalars", why, layout=layout, **options)
    add("both", {"C": {"a": ["Multiline", ["x", "y/.*"]], "m": ["Margin", ["x", "y", "z"]]}})
    add("none", {})
    add("no-charts", {"C": {}})
    add("no-tags", {"C": {"a": ["Multiline", []]}})
    add("two", {"Größe": {"": ["Multiline", ["損失"]]}, "": {"b": ["Margin", ["v", "", "u"]]}})
    case("layout-multiline", "add_custom_scalars_multilinechart", tags=["a", "b"])
    case("layout-multiline-named", "add_custom_scalars_multilinechart", tags=["a"], category="C",
         title="t")
    case("layout-margin", "add_custom_scalars_marginchart", tags=["v", "l", "u"])
    case("layout-margin-named", "add_custom_scalars_marginchart", tags=["v", "l", "u"],
         category="C", title="t")
    case("layout-replaced", None, "a chart of the same title", calls=[
        ("add_custom_scalars_multilinechart", None, {"tags": ["a"]}),
        ("add_custom_scalars_multilinechart", None, {"tags": ["b"]})])
    first, second = {"C": {"a": ["Multiline", ["x"]]}}, {"C": {"b": ["Multiline", ["y"]]}, "D": {}}
    both = {"C": dict(first["C"], **second["C"]), "D": {}}
    case("layout-added", None, "one layout is shown: earlier charts stay in it", calls=[
        ("add_custom_scalars", None, {"layout": first}),
        ("add_custom_scalars", None, {"layout": second})], deviation="layout-merged",
         ours=lambda made, case: {"records": [made["records"][0].hex()] + [
             data.hex() for data in attempt(X, {"calls": [
                 {"method": "add_custom_scalars", "arguments": {"layout": both}}]})["records"]]})
    add("small-letters", {"C": {"m": ["margin", ["x", "y", "z"]]}},
        "tensorboardX takes what is not Margin for Multiline", deviation="layout-kind",
        ours=instead(layout={"C": {"m": ["Margin", ["x", "y", "z"]]}}))
    add("other-kind", {"C": {"a": ["Bars", ["x"]]}}, deviation="layout-kind",
        ours=refused("layout['C']['a']"))
    add("text", {"C": {"a": ["Multiline", "loss"]}}, "tensorboardX takes its letters for tags",
        deviation="layout-kind", ours=refused("layout['C']['a']"))


def hparams_cases():
    def add(name, hparams, /, metrics=None, why=None, **options):
        options.setdefault("name", "r")
        case("hparams-" + name, "add_hparams", why, hparam_dict=hparams,
             metric_dict={} if metrics is None else metrics, **options)

    def metric_cleaned(value):
        plugin = value.metadata.plugin_data
        if value.tag == "_hparams_/experiment":
            content = HParamsPluginData.FromString(plugin.content)
            for info in content.experiment.metric_infos:
                info.name.tag = info.name.tag.replace(" ", "_").lstrip("/")
            plugin.content = content.SerializeToString()
    for name, value in (("float", 0.1), ("float-0", 0.0), ("int", 3), ("int-large", 2 ** 60),
                        ("true", True), ("false", False), ("text", "adam"), ("text-empty", ""),
                        ("text-utf-8", "損失"), ("none", None), ("minus-0", -0.0)):
        add(name, {"lr": value}, {"acc": 0.5})
    add("float64", {"lr": array("float64", 0.25)})
    add("nan", {"lr": array("float64", NAN)}, warns="leaves it out")
    add("inf", {"lr": array("float64", INF)}, warns="leaves it out")
    add("nothing", {}, {})
    add("no-metrics", {"lr": 0.1}, {})
    add("many", {"lr": 0.1, "bsize": 8, "bn": True, "opt": "sgd", "no": None, "": 1},
        {"acc": 0.5, "loss": 2}, "a map: in any order", equal="fields")
    add("step", {"lr": 0.1}, {"acc": 0.5}, "of the metrics only", step=7)
    add("metrics", {"lr": 1.0}, {"hparam/acc": array("float32", 0.5), "b": array("int64", [3]),
                                 "c": True})
    add("unnamed", {"lr": 1.0}, {"acc": 0.5}, "the time is the name", name=None)
    add("nested", {"lr": 1.0}, name="a/b")
    add("up", {"lr": 1.0}, {"acc": 0.5}, name="../r", deviation="path",
        ours=moved({"../r": "_/r"}))
    add("purge", {"lr": 1.0}, writer={"purge_step": 3}, deviation="purge",
        ours=lambda made, case: {"runs": {"r": PURGE + case["runs"]["r"]}, "records": PURGE})
    add("metric-tag", {"lr": 1.0}, {"my acc": 0.5}, "announced under the tag that is written",
        deviation="hparams-metric-tag", ours=edited_values(metric_cleaned))
    add("metric-slash", {"lr": 1.0}, {"/acc": 0.5}, deviation="hparams-metric-tag",
        ours=edited_values(metric_cleaned))
    for dtype in "float32", "int64", "uint8":
        add(dtype, {"lr": array(dtype, 3)}, why="tensorboardX loses it",
            deviation="hparams-values", ours=instead(hparam_dict={"lr": 3.0}))
    add("bool-array", {"bn": array("bool", True)}, deviation="hparams-values",
        ours=instead(hparam_dict={"bn": True}))
    add("shape-1", {"lr": array("float64", [0.5])}, deviation="hparams-values",
        ours=instead(hparam_dict={"lr": 0.5}))
    add("list", {"layers": [64, 32]}, why="its text", warns="text", deviation="hparams-values",
        ours=instead(hparam_dict={"layers": "[64, 32]"}))
    add("torch-bool", {"bn": True}, why="torch: the number 1", peer=T,
        deviation="torch-hparams-bool", ours=instead(X), same_with=TORCH)
    add("torch-step", {"lr": 0.1}, {"acc": 0.5}, "torch: on all records", peer=T, step=7,
        deviation="torch-hparams-step", ours=instead(X), same_with=TORCH)
    add("torch-discrete", {"lr": 0.1, "opt": "sgd"}, {"acc": 0.5}, peer=T, equal="fields",
        hparam_domain_discrete={"lr": [0.1, 0.01], "opt": ["sgd", "adam"]})
    add("torch-discrete-one", {"lr": 0.1}, peer=T, hparam_domain_discrete={"lr": [0.1, 0.01]})


# ---- tensors and embeddings ----

def tensor_cases():
    def add(name, tensor, why=None, **options):
        case("tensor-" + name, "add_tensor", why, peer=T, tag="my t", tensor=tensor, **options)
    for dtype, values in (("float32", [0.1, -0.0, NAN, INF]), ("float64", [0.1, -INF, 5e-324]),
                          ("int8", [-128, 127]), ("int16", [-32768, 32767]),
                          ("int32", [-2 ** 31, 2 ** 31 - 1]), ("int64", [-2 ** 63, 2 ** 63 - 1]),
                          ("bool", [True, False])):
        add(dtype, array(dtype, values), step=1)
    add("number", array("float32", 0.5), "shape ()")
    add("rows", array("float32", [[1, 2, 3], [4, 5, 6]]))
    add("deep", array("int64", np.arange(8).reshape(2, 1, 4)))
    add("empty", array("float32", []), "shape (0,)")
    add("empty-rows", array("float64", np.zeros((2, 0, 3))))

    def in_int_val(value):
        value.tensor.int_val[:] = value.tensor.uint32_val
        value.tensor.ClearField("uint32_val")
    add("uint8", array("uint8", [0, 200]), "TensorBoard looks in int_val",
        deviation="tensor-uint8", ours=edited_values(in_int_val))

    def halves(value):
        kind, n = "e" if value.tensor.dtype == 19 else "f", len(value.tensor.half_val)
        floats = struct.unpack("<%df" % n, struct.pack("<%di" % n, *value.tensor.half_val))
        packed = [struct.pack("<" + kind, x) for x in floats]
        value.tensor.half_val[:] = [int.from_bytes(b[-2:], "little") for b in packed]
    for dtype in "float16", "bfloat16":
        add(dtype, array(dtype, [1.0, -0.5, 0.0, INF]), "torch: the bits of float32, unreadable",
            deviation="tensor-half", ours=edited_values(halves))
    for dtype in "complex64", "complex128":
        add(dtype, array(dtype, [1 + 2j]))


POINTS = array("float32", [[0.1, 1], [-2.5, 1e-5]])


def embedding_cases():
    def add(name, mat=POINTS, why=None, **options):
        case("embedding" + name, "add_embedding", why, **dict({"mat": mat}, **options))

    def text(path, old, new):
        return lambda made, case: {"files": dict(case["files"], **{
            path: case["files"][path].replace(old, new)})}
    config = "projector_config.pbtxt"
    add("")
    add("-step", step=12, tag="words")
    add("-float64", array("float64", [[0.1, 1e22], [1 / 3, -0.0]]))
    add("-float16", array("float16", [[0.1, 1], [2, 3]]))
    add("-int", array("int64", [[1, -2], [2 ** 40, 0]]))
    add("-uint8", array("uint8", [[1, 2]]))
    add("-not-finite", array("float64", [[NAN, INF, -INF]]))
    add("-1-dimension", array("float64", [[1], [2]]))
    add("-labels", metadata=["a", "b"])
    add("-labels-numbers", metadata=[1, 2.5], why="their text")
    add("-labels-utf-8", metadata=["損失", "ü"])
    add("-header", metadata=[["a", 1], ["b", 2]], metadata_header=["name", "n"])
    label_img = ramp("float32", 4, 3, 2, 2)
    four = array("float32", np.arange(8).reshape(4, 2))
    add("-sprite", four, label_img=label_img, metadata=list("wxyz"))
    add("-sprite-gray", four, label_img=ramp("float64", 4, 1, 2, 2))
    add("-sprite-1", array("float32", [[1, 2]]), label_img=ramp("float32", 1, 3, 2, 2))
    add("-tag-slash", tag="a/b", why="%2f in the folder's name")
    add("-tag-percent", tag="50%")
    add("-tag-backslash", tag="a\\b", why="in the config a text is escaped",
        deviation="embedding-escaped", ours=text(config, "a\\b:", "a\\\\b:"))
    case("embedding-two", None, "an entry each", calls=[
        ("add_embedding", 0, {"mat": POINTS}), ("add_embedding", 1, {"mat": POINTS})])
    add("-quote", tag='a"b', why="TensorBoard cannot read an unescaped quote",
        deviation="embedding-escaped", ours=text(config, 'a"b', 'a\\"b'))
    case("embedding-twice", None, "one entry, not two of one name", deviation="embedding-twice",
         calls=[("add_embedding", 0, {"mat": POINTS})] * 2,
         ours=lambda made, case: {"files": dict(case["files"], **{
             config: case["files"][config][:len(case["files"][config]) // 2]})})
    add("-bool", array("bool", [[True, False]]), "TensorBoard cannot read True",
        deviation="embedding-bool", ours=text("00000/default/tensors.tsv", "True\tFalse", "1\t0"))
    add("-labels-tab", metadata=["a\tb", "c\nd"], why="one label, one line, one column",
        deviation="embedding-labels",
        ours=lambda made, case: {"files": dict(case["files"], **{
            "00000/default/metadata.tsv": "a b\nc d\n"})})
    add("-labels-blank", metadata=["", "b"], why="the page skips a blank line",
        deviation="embedding-labels", ours=text("00000/default/metadata.tsv", "\nb", "-\nb"))
    add("-header-one", metadata=[["a"], ["b"]], metadata_header=["name"],
        why="TensorBoard takes a line without a tab for a label", deviation="embedding-labels",
        ours=text("00000/default/metadata.tsv", "name\n", ""))
    add("-up", tag="..", why="out of its folder", deviation="path",
        ours=lambda made, case: {"files": {
            config: case["files"][config].replace("00000/..", "00000/%2e%2e"),
            "00000/%2e%2e/tensors.tsv": case["files"]["tensors.tsv"]}})
    pixels = ramp("uint8", 4, 3, 2, 2)
    scaled = dict(pixels, dtype="float64", values=[v / 255 for v in pixels["values"]])
    add("-sprite-uint8", four, label_img=pixels, why="tensorboardX: white",
        deviation="embedding-sprite", ours=instead(label_img=scaled))
    entry = ('embeddings {\ntensor_name: "default:00000"\n'
             'tensor_path: "00000/default/tensors.tsv"\n}\n')
    add("-torch", why="torch: the same fields in another form", peer=T,
        deviation="torch-embedding", same_with=TORCH, ours=lambda made, case: {
            "files": dict(case["files"], **{config: entry})})
    add("-torch-sprite-3", array("float32", [[1], [2], [3]]), label_img=ramp("float32", 3, 3, 2, 2),
        why="torch: what is left of the square is black", peer=T, deviation="torch-embedding",
        same_with=TORCH, ours=lambda made, case: {"files": dict(case["files"], **{config: entry.replace(
            "}\n", 'sprite {\nimage_path: "00000/default/sprite.png"\nsingle_image_dim: 2\n'
                   'single_image_dim: 2\n}\n}\n')})})


# ---- what plugins put into a message ----

LISTED = {"values": [{"null_value": 0}, {"number_value": 0.5}, {"string_value": ""},
                     {"bool_value": False}, {"list_value": {}}]}

#   class              id                 its fields
CONTENTS = (
    (ScalarPluginData,    "scalars",         {"version": 1}),
    (TextPluginData,      "text",            {"version": 1}),
    (HistogramPluginData, "histograms",      {"version": 1}),
    (ImagePluginData,     "images",          {"version": 1, "converted_to_tensor": True}),
    (AudioPluginData,     "audio",           {"version": 1, "encoding": "WAV",
                                              "converted_to_tensor": True}),
    (PrCurvePluginData,   "pr-curves",       {"version": 1, "num_thresholds": 200}),
    (MeshPluginData,      "mesh",            {"version": 1, "name": "m", "content_type": "COLOR",
                                              "json_config": "{}", "shape": [1, 0, 3],
                                              "components": 14}),
    (MeshPluginData,      "mesh-vertex",     {"content_type": "VERTEX", "components": 2}),
    (MeshPluginData,      "mesh-face",       {"content_type": "FACE"}),
    (Layout,              "layout",          {"version": 1, "category": [
        {"title": "C", "closed": True, "chart": [
            {"title": "a", "multiline": {"tag": ["x", ""]}},
            {"title": "b", "margin": {"series": [{"value": "v", "lower": "l", "upper": "u"}, {}]}},
            {}]}, {}]}),
    (HParamsPluginData,   "hparams-experiment", {"version": 1, "experiment": {
        "description": "d", "user": "u", "time_created_secs": 1.5, "name": "n",
        "hparam_infos": [
            {"name": "lr", "display_name": "D", "description": "d", "type": "DATA_TYPE_FLOAT64",
             "domain_interval": {"min_value": -1.0, "max_value": 1.0}, "differs": True},
            {"name": "opt", "type": "DATA_TYPE_STRING", "domain_discrete": LISTED},
            {"name": "bn", "type": "DATA_TYPE_BOOL", "domain_discrete": {}}],
        "metric_infos": [
            {"name": {"group": "g", "tag": "t"}, "display_name": "D", "description": "d",
             "dataset_type": "DATASET_VALIDATION"}, {"dataset_type": "DATASET_TRAINING"}]}}),
    (HParamsPluginData,   "hparams-start",   {"session_start_info": {
        "hparams": {"lr": {"number_value": 0.1}}, "model_uri": "m", "monitor_url": "u",
        "group_name": "g", "start_time_secs": 1.5}}),
    (HParamsPluginData,   "hparams-values",  {"session_start_info": {
        "hparams": {"": {"list_value": LISTED}}}}),
    (HParamsPluginData,   "hparams-struct",  {"session_start_info": {
        "hparams": {"s": {"struct_value": {"fields": {"k": {"bool_value": True}}}}}}}),
    (HParamsPluginData,   "hparams-end",     {"session_end_info": {
        "status": "STATUS_FAILURE", "end_time_secs": 2.5}}),
    (HParamsPluginData,   "hparams-running", {"session_end_info": {"status": "STATUS_RUNNING"}}),
    (HParamsPluginData,   "hparams-success", {"session_end_info": {"status": "STATUS_SUCCESS"}}),
)


def content_vectors():
    for cls, name, value in CONTENTS:
        message = fill(cls(), value)
        data = message.SerializeToString(deterministic=True)
        value = to_json(cls.FromString(data))
        yield {"id": "content-" + name, "table": cls.DESCRIPTOR.name, "value": value,
               "hex": data.hex(), "source": PROTOBUF}


def api():
    scalar_cases()
    step_cases()
    scalars_cases()
    file_cases()
    histogram_cases()
    image_cases()
    boxes_cases()
    text_cases()
    audio_cases()
    pr_curve_cases()
    mesh_cases()
    custom_scalars_cases()
    hparams_cases()
    tensor_cases()
    embedding_cases()
    ids = [case["id"] for case in CASES]
    assert len(set(ids)) == len(ids), [name for name in ids if ids.count(name) > 1]
    return {"about": "Calls, and the files they make", "cases": CASES,
            "contents": list(content_vectors())}


# ---- whole files ----

PICTURE = ramp("uint8", 3, 2, 2)
BOXES = array("int64", [[1, 1, 6, 6]])
VIDEO = array("uint8", np.arange(48).reshape(1, 2, 3, 2, 4) * 5)
TWO = array("float32", [0.5, 1.5])
VERTICES = array("float32", [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]])
FACES = array("int32", [[[0, 1, 2]]])
COLORS = array("uint8", [[[255, 0, 0], [0, 255, 0], [0, 0, 255]]])

#   method                 arguments; global_step 0, 1, 2 ... is added where the method takes it
EVERY_METHOD = (
    ("add_scalar",         {"tag": "scalar", "scalar_value": 0.5}),
    ("add_scalars",        {"main_tag": "scalars", "tag_scalar_dict": {"a": 0.25}}),
    ("add_histogram",      {"tag": "histogram", "values": TWO}),
    ("add_histogram_raw",  {"tag": "raw", "min": 0, "max": 2, "num": 2, "sum": 2, "sum_squares": 2,
                            "bucket_limits": [1, 2], "bucket_counts": [1, 1]}),
    ("add_image",          {"tag": "image", "img_tensor": PICTURE}),
    ("add_images",         {"tag": "images", "img_tensor": ramp("uint8", 2, 3, 2, 2)}),
    ("add_image_with_boxes", {"tag": "boxes", "img_tensor": ramp("uint8", 3, 8, 8),
                              "box_tensor": BOXES}),
    ("add_video",          {"tag": "video", "vid_tensor": VIDEO}),
    ("add_audio",          {"tag": "audio", "snd_tensor": TWO}),
    ("add_text",           {"tag": "text", "text_string": "# hi"}),
    ("add_pr_curve",       {"tag": "pr", "labels": array("int64", [1, 0]),
                            "predictions": array("float64", [0.9, 0.1]), "num_thresholds": 3}),
    ("add_pr_curve_raw",   {"tag": "pr raw", "true_positive_counts": [1, 0],
                            "false_positive_counts": [1, 0], "true_negative_counts": [0, 1],
                            "false_negative_counts": [0, 1], "precision": [0.5, 0],
                            "recall": [1, 0], "num_thresholds": 2}),
    ("add_mesh",           {"tag": "mesh", "vertices": VERTICES, "faces": FACES, "colors": COLORS,
                            "config_dict": {"camera": {"cls": "OrthographicCamera"}}}),
    ("add_custom_scalars", {"layout": {"C": {"a": ["Multiline", ["scalar"]],
                                             "m": ["Margin", ["x", "y", "z"]]}}}),
    ("add_hparams",        {"hparam_dict": {"lr": 0.1}, "metric_dict": {"acc": 0.5},
                            "name": "hparams"}),
)
OF_TORCH = (
    ("add_scalar",         {"tag": "new", "scalar_value": 0.5, "new_style": True}),
    ("add_scalar",         {"tag": "double", "scalar_value": 0.1, "new_style": True,
                            "double_precision": True}),
    ("add_tensor",         {"tag": "tensor", "tensor": array("float32", [[1, 2], [3, 4]])}),
    ("add_tensor",         {"tag": "half", "tensor": array("float16", [1, 2])}),
    ("add_tensor",         {"tag": "complex", "tensor": array("complex64", [1 + 2j])}),
)
NO_STEP = ("add_custom_scalars",)


def every_method(peer, methods, directory):
    writer_class, convert = WRITERS[peer]
    writer = writer_class(os.path.join(directory, "run"), purge_step=1)
    for step, (method, arguments) in enumerate(methods):
        arguments = passed(arguments, convert)
        if method not in NO_STEP:
            arguments["global_step"] = step
        if peer == T and "name" in arguments:
            arguments["run_name"] = arguments.pop("name")
        if peer == T and method == "add_hparams":
            arguments["hparam_domain_discrete"] = {"lr": [0.1, 0.2]}
        getattr(writer, method)(**arguments)
    torch.manual_seed(0)
    writer.add_graph(torch.nn.ReLU(), torch.zeros(1))
    writer.close()
    for folder, _, names in sorted(os.walk(directory)):
        for name in names:
            if "tfevents" in name:
                run = os.path.relpath(folder, os.path.join(directory, "run"))
                yield run, os.path.join(folder, name)


def of_tensorboardX(directory):
    for run, path in every_method(X, EVERY_METHOD, directory):
        yield {".": "tensorboardX", "hparams": "tensorboardX-hparams",
               "scalars/a": "tensorboardX-scalars"}[run], path


def of_torch(directory):
    for run, path in every_method(T, EVERY_METHOD + OF_TORCH, directory):
        yield {".": "torch", "hparams": "torch-hparams", "scalars_a": "torch-scalars"}[run], path


def of_tensorflow(directory):
    import tensorflow as tf
    with tf.summary.create_file_writer(directory).as_default():
        tf.summary.scalar("scalar", 0.5, step=0, description="*one* number")
        with tf.name_scope("scope"):
            tf.summary.scalar("scalar", 0.25, step=1)
        tf.summary.image("image", np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3), step=2,
                         description="two")
        tf.summary.histogram("histogram", [1.0, 2.0, 2.0, 5.0], step=3, buckets=3)
        tf.summary.histogram("empty", [], step=3)
        tf.summary.text("text", "# hi", step=4)
        tf.summary.text("table", [["a", "b"], ["c", "d"]], step=4)
        tf.summary.audio("audio", np.array([[[0.5], [-0.5]], [[0.25], [1.0]]], np.float32), 8000,
                         step=5, encoding="wav")
        about = summary_pb2.SummaryMetadata(
            plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="mine", content=b"\xff"))
        for dtype in (tf.float64, tf.int32, tf.uint8, tf.int64, tf.bool, tf.float16, tf.bfloat16,
                      tf.complex64, tf.uint32, tf.uint64, tf.int8, tf.uint16):
            tf.summary.write("write/" + dtype.name, tf.cast(tf.constant([[1, 0]]), dtype), step=6,
                             metadata=tf.compat.v1.SummaryMetadata.FromString(
                                 about.SerializeToString()))
        tf.summary.write("write/string", tf.constant(["", "x"]), step=6)
        tf.summary.flush()
    yield "tensorflow", os.path.join(directory, os.listdir(directory)[0])


def of_keras(directory):
    import keras
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((2,)),
                              keras.layers.Dense(1, kernel_initializer="ones", name="dense")],
                             name="model")
    model.compile(keras.optimizers.SGD(0.0), "mse")
    callback = keras.callbacks.TensorBoard(directory, histogram_freq=1, write_images=True,
                                           write_graph=False, update_freq=1)
    x, y = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[1.0], [0.0]])
    model.fit(x, y, batch_size=1, epochs=2, shuffle=False, validation_data=(x, y), verbose=0,
              callbacks=[callback])
    for part in "train", "validation":
        folder = os.path.join(directory, part)
        name, = os.listdir(folder)
        yield "keras-" + part, os.path.join(folder, name)


#   who        what it is           its files
SOURCES = (
    (X,          "every method",    of_tensorboardX),
    (T,          "every method",    of_torch),
    (TENSORFLOW, "tf.summary",      of_tensorflow),
    (KERAS,      "the callback",    of_keras),
)


def at(data, seconds):
    """An event with another wall time.  TensorFlow's clock cannot be held; nothing else changes."""
    assert data[0] == 0x09
    return data[:1] + struct.pack("<d", seconds) + data[9:]


def files(directory):
    for source, about, make in SOURCES:
        with tempfile.TemporaryDirectory() as temporary, fixed_world():
            made = list(make(temporary))
            for name, path in made:
                records = [at(maps_sorted(data), T0 + i / 4)
                           for i, data in enumerate(read_records(path))]
                target = os.path.join(directory, name)
                write_records(target + ".tfevents", records)
                messages = [Event.FromString(data) for data in records]
                for message, data in zip(messages, records):
                    value = to_json(message)
                    assert message.SerializeToString(deterministic=True) == data
                    assert fill(Event(), value) == message or "NaN" in json.dumps(value)
                    json_format.ParseDict(value, Event())
                dump(target + ".json", {"about": about, "source": source,
                                        "events": list(map(to_json, messages))})


# ---- writing ----

def dump(path, document):
    """A vector a line."""
    lines = []
    for key, value in document.items():
        text = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list):
            text = "[\n%s\n]" % ",\n".join("  " + json.dumps(item, ensure_ascii=False)
                                           for item in value)
        lines.append("%s: %s" % (json.dumps(key), text))
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write("{\n%s\n}\n" % ",\n".join(lines))


def main(directory):
    os.makedirs(os.path.join(directory, "files"), exist_ok=True)
    dump(os.path.join(directory, "api.json"), api())
    files(os.path.join(directory, "files"))


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "..", "spec", "vectors"))
