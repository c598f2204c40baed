"""What is read, by name: seeds, the way they are changed, and what is true of any bytes."""
import glob
import json
import os
import random
import shutil
import tempfile
from collections import namedtuple
from io import BytesIO

from tbx_pure import FormatError, InputError
from tbx_pure.graph import back, keras, onnx, openvino
from tbx_pure.graph.messages import GRAPH_DEF, RUN_METADATA
from tbx_pure.graph.nodes import encoded
from tbx_pure.graph.onnx_messages import MODEL
from tbx_pure.media import encoded as pictures
from tbx_pure.media import gif, png
from tbx_pure.media.png_reader import read_png
from tbx_pure.media.wav import wav
from tbx_pure.messages import EVENT
from tbx_pure.plugins import MEMBER, audio, describe, plugin_of
from tbx_pure.plugins import pictures as picture_files
from tbx_pure.plugins import read as read_value
from tbx_pure.projector.config import CONFIG, merged, parse
from tbx_pure.read import Run
from tbx_pure.read.diagnosis import Patient
from tbx_pure.read.embeddings import embeddings
from tbx_pure.read.events import events
from tbx_pure.read.explain import explain
from tbx_pure.read.records import scan
from tbx_pure.read.repair import repair
from tbx_pure.read.verify import Verification
from tbx_pure.proto_json import tables
from tbx_pure.record import frame
from tbx_pure.tensor_proto import tensor_values

from .. import rules
from ..vectors import SPEC, load, unhex
from . import mutate


class Wrong(AssertionError):
    """What must be true of any bytes is not."""


def need(true, what):
    if not true:
        raise Wrong(what)


class Target(namedtuple("Target", "name seeds mutate check slow")):
    """One thing that is read.

    seeds():            a list of what is sound, of whatever mutate() takes
    mutate(rng, seeds): bytes, or what else check() takes
    check(case):        raises anything at all if what must be true of it is not; returns whether
                        it was read, which tells whether the cases are worth their time
    slow:               how many cases of others one costs
    """


def refused(call, *arguments):
    """Return (what a call gives, None), or (None, its FormatError)."""
    try:
        return call(*arguments), None
    except FormatError as e:
        need(isinstance(e.pos, int) and e.pos >= 0, "an error without position")
        need(e.rule.rpartition("-")[2].isdigit(), "an error without rule: %s" % e)
        return None, e


# ---- messages ----

def event_seeds():
    """Return every event of the golden files and of the vectors."""
    found = {data for path in glob.glob(os.path.join(SPEC, "vectors", "files", "*.tfevents"))
             for _, data in scan(path)}
    for name in "events", "plugins":
        for case in rules_cases(name):
            found.update(map(unhex, case.get("events", [case["hex"]] if "hex" in case else [])))
    return sorted(data for data in found if len(data) < 3000 and not refused(EVENT.decode, data)[1])


def rules_cases(name):
    document = load(name)
    return [case for value in document.values() if isinstance(value, list)
            for case in value if isinstance(case, dict)]


CONTENTS = sorted((table for table in rules.CONTENT.values()), key=lambda table: table.name)


def of_events(rng, seeds):
    return mutate.message(rng, rng.choice(seeds), EVENT, seeds)


def check_event(data):
    event, error = refused(EVENT.decode, data)
    if error:
        need(error.pos <= len(data), "an error behind the bytes")
        return False
    again = EVENT.encode(event)
    need(EVENT.encode(EVENT.decode(again)) == again, "it is not read as it was written")
    need(EVENT.decode(b"?" + data + b"?", 1, len(data) + 1).keys() == event.keys(), "not in place")
    for value in event.get("summary", {}).get("value", ()):
        check_value(value)
    if "graph_def" in event:
        refused(back.nodes, event["graph_def"])
    return True


def check_value(value):
    need(isinstance(describe(value), str), "no description")
    about = value.get("metadata", {})
    for name in MEMBER:                 # any plugin may be given any value
        if "plugin_data" in about or name != "hparams":
            refused(read_value, name, value)
        claimed = dict(about, plugin_data=dict(about.get("plugin_data", {}), plugin_name=name))
        need(isinstance(describe(dict(value, metadata=claimed)), str), "no description")
    if "tensor" in value:
        refused(tensor_values, value["tensor"])
    content = value.get("metadata", {}).get("plugin_data", {}).get("content", b"")
    for table in CONTENTS:
        refused(table.decode, content)




EXAMPLE = tables(load("fields"))["Example"]


def tables_seeds():
    """Return [(table, its messages)] of the tables that the vectors spell out, and of our own."""
    document = load("fields")
    found = [(EXAMPLE, unhex(case["hex"])) for case in document["valid"] + document["bad"]]
    for table in CONTENTS + [GRAPH_DEF, RUN_METADATA]:
        found.append((table, b""))
    for event in map(EVENT.decode, event_seeds()):
        if "graph_def" in event:
            found.append((GRAPH_DEF, event["graph_def"]))
        for value in event.get("summary", {}).get("value", ()):
            table = rules.CONTENT.get(plugin_of(value))
            content = value.get("metadata", {}).get("plugin_data", {}).get("content", b"")
            if table and content:
                found.append((table, content))
    return found


def of_tables(rng, seeds):
    table, data = rng.choice(seeds)
    return table, mutate.message(rng, data, table, [other for kind, other in seeds if kind is table])


def check_table(case):
    table, data = case
    values, error = refused(table.decode, data)
    if error:
        need(error.pos <= len(data), "an error behind the bytes")
        return False
    again = table.encode(values)
    need(table.encode(table.decode(again)) == again, "it is not read as it was written")
    if table is GRAPH_DEF:
        refused(back.nodes, data)
    return True


# ---- files ----

def of_records(rng, seeds):
    return mutate.records(rng, seeds, lambda data: mutate.message(rng, data, EVENT, seeds)), \
        rng.getrandbits(32)


class Growing(BytesIO):
    """A file that has got so far; `there` tells how far."""

    there = 0

    def read(self, size=-1):
        most = self.there - self.tell()
        return BytesIO.read(self, most if size < 0 else min(size, most))

    read1 = read


def told(records):
    return records.damage, records.torn


def covers(data, found, records):
    spans = sorted([(at, at + len(x) + 16) for at, x in found] + [d[:2] for d in records.damage]
                   + ([records.torn[:2]] if records.torn else []))
    need([0] + [end for _, end in spans] == [start for start, _ in spans] + [len(data)],
         "records and damage do not cover the file, each byte once")


def check_records(case):
    data, seed = case
    rng = random.Random(seed)
    records = scan(data)
    found = list(records)
    covers(data, found, records)
    for at, x in found:
        need(data[at:at + len(x) + 16] == frame(x), "a record that is not there")

    small = scan(BytesIO(data), chunk=rng.choice((1, 1, 2, 13)))
    need((list(small), told(small)) == (found, told(records)), "in small pieces it is another file")

    file = Growing(data)
    grown, followed = scan(file, patience=1e9), []
    while file.there < len(data):
        file.there = min(len(data), file.there + rng.choice((1, 1, 7, 30)))
        followed += grown
    grown.complete()
    followed += grown
    need(followed == found, "as it grows it has other records")
    covers(data, followed, grown)       # damage may be told apart elsewhere: less was to be seen

    salvaged = scan(data, "salvage")
    need(list(salvaged) == found, "salvage finds other records")
    strict, error = refused(list, scan(data, "strict"))
    need(bool(error) == bool(records.damage or records.torn), "strict reading does not agree")
    need(strict is None or strict == found, "strict reading finds other records")
    return check_events(data, found)


def check_events(data, records):
    """The same file as events and as a run: of both, all numbers."""
    whole, by_run = events(data), Run(data)
    numbers = []
    for event in whole:
        for value in event.get("summary", {}).get("value", ()):
            check_value(value)
            if "simple_value" in value:
                numbers.append((event.get("step", 0), repr(event.get("wall_time", 0.0)),
                                repr(value["simple_value"])))
    for plugin, tags in by_run.tags().items():
        for tag in tags:
            for steps in "all", "last":
                series = by_run.series(plugin, tag, steps=steps, purge=steps == "last")
                need(len(series.steps) == len(series.wall_times), "columns of other lengths")
                read = list(series)
                need(len(read) <= len(series), "more points than there are")
    columns = by_run.scalar_columns()
    mine = list(zip(columns["step"], map(repr, columns["wall_time"]), map(repr, columns["value"])))
    need(not set(numbers) - set(mine), "numbers that a run has not: %s" % (set(numbers) - set(mine)))
    by_run.hparams(), by_run.layouts()
    list(by_run.graphs()), list(by_run.layouts())
    return bool(records)


def check_tools(case):
    """What verify, repair, explain and doctor make of the same files."""
    data, _ = case
    mended = BytesIO()
    done, findings = repair(data, mended), list(Verification(data))
    need(bool(done.lost) == any(found.start is not None for found in findings),
         "verify and repair do not agree")
    need(all(found.start is None for found in Verification(mended.getvalue())), "repaired, and damaged")
    need(b"".join(item.data for part in explain(data) for item in part.items) == data,
         "what is explained is not the file")
    patient = Patient("run", "run")
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "file")
        with open(path, "wb") as f:
            f.write(data)
        patient.examine(path, "file", lambda count: None)
    need(all(found.what and found.remedy for found in patient.findings()), "a finding without words")
    return bool(done.kept)


# ---- models ----

def of(mutation):
    return lambda rng, seeds: mutation(rng, rng.choice(seeds), seeds)


def of_onnx(rng, seeds):
    return mutate.message(rng, rng.choice(seeds), MODEL, seeds)


def check_graph(read):
    def check(data):
        nodes, error = refused(read, data)
        if nodes is not None:
            refused(back.nodes, encoded(nodes))
            names = [node.name for node in nodes]
            need(len(names) == len(set(names)), "two nodes of one name")
        return error is None
    return check


def onnx_seeds():
    from ..test_graph_onnx import WHOLE
    return [MODEL.encode(WHOLE), MODEL.encode({"graph": WHOLE["graph"]})]


def openvino_seeds():
    from ..test_graph_openvino import WHOLE
    return [WHOLE.encode("utf-8")]


def keras_seeds():
    from ..test_graph_keras import CHAIN, THREE, TWO
    return [json.dumps(model).encode("utf-8") for model in (THREE, TWO, CHAIN)]


# ---- pictures and sounds ----

def png_seeds():
    from ..test_png_reader import chunk, file, filtered, header, noise, pixels
    found = [png.png(noise(h * w * c), h, w, c) for h, w, c in ((1, 1, 1), (3, 5, 3), (4, 4, 4))]
    lines = [noise(12, i) for i in range(5)]
    found.append(file(header(5, 4, 2), pixels(filtered(lines, range(5), 3))))
    found.append(file(header(2, 5, 3, 2), chunk(b"PLTE", noise(12)), chunk(b"tRNS", b"\0"),
                      pixels(b"\0\x1b\x40\0\xe4\x80")))
    return found


def check_png(data):
    picture, error = refused(read_png, data)
    if picture is not None:
        need(len(picture.pixels) == picture.height * picture.width * picture.channels,
             "a picture of another size")
    kind, about = refused(pictures.kind, data)
    need(picture is None or about is None and kind is not None
         and (kind.height, kind.width) == (picture.height, picture.width),
         "it is read, and has another size")
    return error is None


JPEG = (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x0b\x08\0\2\0\3\1\1\x11\0"
        b"\xff\xda\0\x08\1\1\0\0?\0\x2a\xff\xd9")


def file_seeds():
    frames = [bytes(range(12)), bytes(range(20, 32))]
    return [png.png(b"\0\x80\xff\1", 2, 2, 1), JPEG, gif.gif(frames, 2, 2, 3, [4, 5]),
            wav(b"\0\1\2\3" * 4, 2, 8000)]


def given(call, *arguments):
    """Return what a call gives, or None if it refuses its input."""
    try:
        return call(*arguments)
    except InputError as e:
        need(e.argument and e.need and e.got, "an error that does not say enough")
        return None


def check_file(data):
    """What add_image and add_audio do with the bytes of a file."""
    picture = given(picture_files.ready_made, "tag", data, print)
    sound = given(audio.audio, "tag", data, 8000, print)
    if picture:
        need(picture["value"][0]["image"]["encoded_image_string"] == data, "not the file itself")
    return bool(picture or sound)


# ---- the projector's files ----

CONFIGS = (
    b'''embeddings {
  tensor_name: "words:00001"
  tensor_path: "00001/words/tensors.tsv"
  tensor_shape: 2 tensor_shape: 3
  metadata_path: 'm.tsv'   # of others
  sprite < image_path: "s.png" single_image_dim: [4, 4] >
  bookmarks_path: "b" "c"
}
model_checkpoint_path: "x\\n\\303\\251\\x41"
embeddings: { [some.extension]: { a: -1.5e3 }; tensor_name: "other" }
''',
    b'embeddings {\ntensor_name: "a"\ntensor_path: "t.tsv"\n}\n',
)


def check_config(data):
    found, error = refused(parse, data)
    if error:
        need(error.pos <= len(data), "an error behind the text")
        return False
    entry = ['tensor_name: "other"', 'tensor_path: "new.tsv"']
    once = merged(data, "other", entry)
    need(merged(once, "other", entry) == once, "the same entry again is a change")
    fields = [field for field in parse(once) if field.name == b"embeddings" and b"other" == next(
        (inner.text for inner in field.fields if inner.name == b"tensor_name"), None)]
    need(len(fields) == 1 and [inner.text for inner in fields[0].fields
                               if inner.name == b"tensor_path"] == [b"new.tsv"],
         "the entry is not there once")
    return True


def of_embedding(rng, seeds):
    return [mutate.text(rng, rng.choice(seeds[i])) if rng.random() < 0.7 else rng.choice(seeds[i])
            for i in range(3)]


def embedding_seeds():
    config = (b'embeddings { tensor_path: "t" tensor_shape: 2 tensor_shape: 2 metadata_path: "m" '
              b'sprite { image_path: "s" } }')
    return [[config], [b"1\t2\n3.5\t-1e-3\n", bytes(range(60, 76)), b"\xff\xfe\0\0" * 4],
            [b"name\tcount\na\t1\nb\t2\n", b"a\nb\n"]]


def check_embedding(case):
    directory = tempfile.mkdtemp()
    try:
        for name, data in zip((CONFIG, "t", "m"), case):
            with open(os.path.join(directory, name), "wb") as f:
                f.write(data)
        found, _ = refused(embeddings, directory)
        for one in found or ():
            for read in one.tensor, one.metadata, one.sprite:
                try:
                    refused(read)
                except OSError:
                    pass                # a path to nowhere
        return bool(found)
    finally:
        shutil.rmtree(directory)


TARGETS = (
    #      name          seeds                   mutate              check               slow
    Target("events",     event_seeds,            of_events,          check_event,        1),
    Target("messages",   tables_seeds,           of_tables,          check_table,        1),
    Target("records",    event_seeds,            of_records,         check_records,      10),
    Target("tools",      event_seeds,            of_records,         check_tools,        10),
    Target("png",        png_seeds,              of(mutate.png),     check_png,          1),
    Target("files",      file_seeds,             of(mutate.raw),     check_file,         1),
    Target("onnx",       onnx_seeds,             of_onnx,            check_graph(onnx.read), 3),
    Target("openvino",   openvino_seeds,         of(mutate.xml),    check_graph(openvino.read), 3),
    Target("keras",      keras_seeds,            of(mutate.json_text),    check_graph(keras.read), 3),
    Target("config",     lambda: list(CONFIGS),  of(mutate.text),    check_config,       1),
    Target("embedding",  embedding_seeds,        of_embedding,       check_embedding,    2),
)
