"""Break the writer and the reader on purpose, one fact at a time, and see that the suite notices.

    python3 -m tests.mutants            # all; prints each, and at the end how many were killed
    python3 -m tests.mutants wire       # those of the files whose path holds this
    python3 -m unittest tests.mutants   # all, as CI has it

A mutant is a row: a file, a piece of it that stands there once, and what stands there instead.  It
is made in a copy of the tree, and the tests run there with nothing installed.  Exit code 1 if one
survives.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PARTS = ("tbx_pure", "tests", "spec", "README.md", "pyproject.toml")

PATIENCE = 150                          # seconds; without a mutant all tests take a third of that

# What the mutants meet: the tests of what is written and read, not of the house around it.
TESTS = """
    test_crc32c test_record test_wire test_messages test_floats test_foreign test_tensor test_tensor_proto test_histogram
    test_bin_widths
    test_png test_pixels test_wav test_plugins test_audio test_pr_curves test_mesh
    test_custom_scalars test_hparams test_projector test_figures test_eventfile test_steps
    test_names test_writer test_golden test_apng test_gif test_blend test_frames test_resize
    test_png_reader test_encoded
    test_damage test_read_records test_read_events test_read_run test_follow test_batches
    test_command_verify test_command_repair test_explain test_findings
    reliability.test_errors reliability.test_power
""".split()

#   file                the test that is the most likely to see it, where that has another name
OWN = {
    "plugins/__init__.py":       "test_plugins",
    "plugins/scalars.py":        "test_plugins",
    "plugins/text.py":           "test_plugins",
    "plugins/images.py":         "test_plugins",
    "plugins/histograms.py":     "test_plugins",
    "media/palette.py":          "test_gif",
    "media/animation.py":        "test_frames",
    "foreign/memory.py":         "test_foreign",
    "foreign/capsules.py":       "test_foreign",
    "foreign/torch.py":          "test_foreign",
    "lasting.py":       "reliability.test_errors",
    "ondisk.py":        "reliability.test_power",
    "read/batches.py":  "test_findings",
    "read/records.py":  "test_damage",
    "read/sums.py":     "test_damage",
    "read/window.py":   "test_damage",
    "read/events.py":   "test_read_events",
    "read/index.py":    "test_read_run",
    "read/restart.py":  "test_read_run",
    "read/verify.py":   "test_command_verify",
    "read/repair.py":   "test_command_repair",
}

#   file                          what stands there                      what the mutant has
MUTANTS = (
    ("crc32c.py",                 "0x82F63B78",                          "0x82F63B79"),
    ("crc32c.py",                 "0xA282EAD8",                          "0xA282EAD9"),
    ("crc32c.py",                 "crc >> 15 | crc << 17",               "crc >> 17 | crc << 15"),
    ("record.py",                 'LENGTH = struct.Struct("<Q")',        'LENGTH = struct.Struct(">Q")'),
    ("record.py",                 "CRC.pack(masked(crc32c(length)))",    "CRC.pack(crc32c(length))"),
    ("record.py",                 "data, CRC.pack(masked(crc32c(data)))",
                                  "data, CRC.pack(masked(crc32c(length + data)))"),
    ("record.py",                 "if length > MAX_LENGTH:",             "if length >= MAX_LENGTH:"),
    ("wire.py",                   "while n > 0x7F:",                     "while n > 0x80:"),
    ("wire.py",                   "n >>= 7",                             "n >>= 8"),
    ("wire.py",                   "n & 0xFFFFFFFFFFFFFFFF)           #", "n & 0xFFFFFFFF)           #"),
    ("wire.py",                   'float("inf") if x > 0',               'float("inf") if x < 0'),
    ("wire.py",                   'DOUBLE = _fixed("double", I64, "<d")',
                                  'DOUBLE = _fixed("double", I64, ">d")'),
    ("wire.py",                   "zero=None if message or repeated or oneof else kind.zero",
                                  "zero=None if message or repeated else kind.zero"),
    ("wire.py",                   "if body != zero:",                    "if any(body):"),
    ("wire.py",                   "packed = repeated and wire != LEN",   "packed = False"),
    ("wire.py",                   "if field.packed and bodies:",         "if field.packed:"),
    ("wire.py",                   "for n in sorted(self.by_number)]",    "for n in self.by_number]"),
    ("wire.py",                   'field.oneof, ()):',                   '"", ()):'),
    ("messages.py",               '(2, "step",      INT64)',             '(3, "step",      INT64)'),
    ("messages.py",               '(2, "simple_value",                 FLOAT)',
                                  '(2, "simple_value",                 DOUBLE)'),
    ("messages.py",               '(6, "bucket_limit", [DOUBLE])',       '(8, "bucket_limit", [DOUBLE])'),
    ("messages.py",               '(4, "encoded_image_string", BYTES)',  '(4, "encoded_image_string", STRING)'),
    ("messages.py",               "DT_STRING=7",                         "DT_STRING=8"),
    ("messages.py",               "DATA_CLASS_TENSOR=2",                 "DATA_CLASS_TENSOR=4"),
    ("messages.py",               '"brain.Event:2"',                     '"brain.Event:1"'),
    ("eventfile.py",              'yield EVENT.encode(dict(mark, wall_time=time.time()))',
                                  'yield EVENT.encode(mark)'),
    ("eventfile.py",              '"status": "START"',                   '"status": "STOP"'),
    ("eventfile.py",              '"events.out.tfevents.%010d.%s.%d.%06d%s"',
                                  '"events.out.tfevent.%010d.%s.%d.%06d%s"'),
    ("eventfile.py",              "os.O_CREAT | os.O_EXCL",              "os.O_CREAT"),
    ("eventfile.py",              '"_" if part == ".." else part',       "part"),
    ("ondisk.py",                 "self._sync_path(path, os.O_RDONLY)",  "pass"),
    ("ondisk.py",                 "names.append(os.path.dirname(names[-1]))", "break"),
    ("ondisk.py",                 "self._left.add(self.path)",           "pass"),
    ("lasting.py",                "(OSError, MemoryError)",              "(OSError,)"),
    ("lasting.py",                "min(2 * self._pause, LONGEST)",       "2 * self._pause"),
    ("lasting.py",                "del self._queue[:many]",              "del self._queue[:]"),
    ("lasting.py",                "self._leave()               # nothing", "pass               # nothing"),
    ("histogram.py",              "while edge < 1e20:",                  "while edge < 1e19:"),
    ("histogram.py",              "edge *= 1.1",                         "edge = 1e-12 * 1.1 ** len(positive)"),
    ("histogram.py",              "bisect_right(ordered, edges[-1])",    "bisect_left(ordered, edges[-1])"),
    ("histogram.py",              "list(edges[first:end + 1]), [0.0] + counts[first:end]",
                                  "list(edges[first + 1:end + 1]), counts[first:end]"),
    ("histogram.py",              "ordered[-1], _sum(kept)",             "ordered[-1], sum(kept)"),
    ("bin_widths.py",             "if t >= 0.5 else",                    "if t > 0.75 else"),
    ("media/png.py",              "COLOR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}", "COLOR_TYPE = {1: 0, 2: 4, 3: 6, 4: 2}"),
    ("media/png.py",              'struct.pack(">IIBBBBB", width, height', 'struct.pack(">IIBBBBB", height, width'),
    ("media/pixels.py",           "GRID_COLUMNS = 8",                    "GRID_COLUMNS = 7"),
    ("media/pixels.py",           "start + y * down",                    "start + y * right"),
    ("media/pixels.py",           "times_255 = [v * 255.0 if",           "times_255 = [v * 256.0 if"),
    ("media/png.py",              "low ^ (x ^ y ^ tops) & tops",         "low ^ (x ^ y) & tops"),
    ("media/png.py",              "pixels[start - stride:start] or bytes(stride)", "bytes(stride)"),
    ("media/wav.py",              "bytes(size % 2))",                    "b'')"),
    ("media/wav.py",              "channels > 2 or form.format",         "channels > 3 or form.format"),
    ("media/wav.py",              "v - silence << 32 - bits",            "v << 32 - bits"),
    ("media/apng.py",             "_control(2 * i + 1, part)",           "_control(i + 1, part)"),
    ("media/apng.py",             "part.width, part.height, part.left",  "part.height, part.width, part.left"),
    ("media/gif.py",              "                    # the reader now", " - 1  # the reader now"),
    ("media/gif.py",              "longer = run << 8 | number",          "longer = run << 7 ^ number"),
    ("media/gif.py",              "max(2, _bits(table))",                "_bits(table)"),
    ("media/animation.py",        "delay=out[-1].delay + delay)",        "delay=delay)"),
    ("media/palette.py",          "return error, number",                "return -error, number"),
    ("media/frames.py",           "n * to_video + t * to_frame",         "t * to_video + n * to_frame"),
    ("media/resize.py",           "REACH = 3",                           "REACH = 2"),
    ("media/resize.py",           "v > 1) for v in",                     "v > 2) for v in"),
    ("media/blend.py",            "+ 127) // 255",                       ") // 255"),
    ("media/png_reader.py",       "inflate.decompress(packed, size + 1)", "inflate.decompress(packed)"),
    ("media/png_reader.py",       "to_a <= to_b and to_a <= to_c",       "to_a < to_b and to_a < to_c"),
    ("media/encoded.py",          " - {0xC4, 0xC8, 0xCC}",               " - {0xC8, 0xCC}"),
    ("floats.py",                 "max(e, 1) - form.bias",               "e - form.bias"),
    ("floats.py",                 "n = round(ldexp",                     "n = int(ldexp"),
    ("floats.py",                 "upper = 2 if order",                  "upper = 0 if order"),
    ("floats.py",                 "if not any(halves[::2]):",            "if True:"),
    ("tensor.py",                 "values.byteswap()",                   "pass"),
    ("tensor.py",                 "swapped != (sys.byteorder",           "swapped == (sys.byteorder"),
    ("tensor.py",                 "and tensor.dtype in PARTS:",          "and False:"),
    ("tensor_proto.py",           "(v.real, v.imag) for v",              "(v.imag, v.real) for v"),
    ("foreign/memory.py",         "stop if stop >= 0 else None",         "stop"),
    ("foreign/capsules.py",       "set_name(capsule, used)",             "pass"),
    ("foreign/capsules.py",       "DELETER(managed.deleter)(address)",   "pass"),
    ("foreign/torch.py",          'if getattr(x, "is_quantized", False)', "if False"),
    ("plugins/__init__.py",       r'r"[^-/\w.]"',                        r'r"[^-\w.]"'),
    ("plugins/__init__.py",       '.lstrip("/")',                        ""),
    ("plugins/__init__.py",       '"data_class": DATA_CLASS[plugin]}',   "}"),
    ("plugins/scalars.py",        'value["metadata"] = metadata("scalars"', 'value["metadata"] = metadata("text"'),
    ("plugins/text.py",           '+ "/text_summary"',                   ''),
    ("plugins/text.py",           '"dim": [{"size": 1}]',                '"dim": []'),
    ("plugins/images.py",         '"image": {"height": height, "width": width', '"image": {"height": width, "width": height'),
    ("plugins/histograms.py",     "histo.update(bucket_limit=limits, bucket=counts)",
                                  "histo.update(bucket_limit=counts, bucket=limits)"),
    ("plugins/hparams.py",        '(4, "bool_value",   BOOL)',           '(4, "bool_value",   INT32)'),
    ("plugins/hparams.py",        'STATUS_SUCCESS=1',                    'STATUS_SUCCESS=3'),
    ("plugins/mesh.py",           'sort_keys=True'     , "sort_keys=False"),
    ("plugins/custom_scalars.py", '"custom_scalars__config__"',          '"custom_scalars_config"'),
    ("steps.py",                  "self.last + 1)",                    "self.last)"),
    ("steps.py",                  "count(0 if",         "count(1 if"),
    ("steps.py",                  "given <= series.last",                       "given < series.last"),
    ("writer.py",                 '"wall_time": seconds, "step": step',  '"wall_time": time.time(), "step": step'),
    ("read/records.py",           "self._find(start + 1, own) or own",   "own"),
    ("read/records.py",           "at += max(zeros - LENGTH.size + 1, 0)",
                                  "at += max(zeros - LENGTH.size + 5, 0)"),
    ("read/records.py",           "return begin if reach == own else None", "return begin"),
    ("read/records.py",           "self.window.end - self.window.nonzero >= len(HOLE)", "True"),
    ("read/records.py",           "record[0]), base + record[1]",        "record[0]), record[1]"),
    ("read/window.py",            "self.base += drop",                   "self.base += 0"),
    ("read/events.py",            "out.append(data[at:after])",          "pass"),
    ("read/events.py",            "error.message, first + error.pos",    "error.message, offset + error.pos"),
    ("read/index.py",             "dict(head, metadata=self.metadata.get(tag, {}))", "head"),
    ("read/index.py",             "if self._begun:",                     "if True:"),
    ("read/restart.py",           "steps[kept[-1]] >= step",             "steps[kept[-1]] > step"),
    ("read/follow.py",            "status.st_size != self.records.end or complete", "complete"),
    ("read/batches.py",           "() if IMPLIED.keys() & set(parts) else UNKNOWN",       "()"),
    ("read/verify.py",            "self._later[0][0] < offset",          "True"),
    ("read/verify.py",            "if not math.isfinite(",               "if math.isnan("),
    ("read/verify.py",            "step <= self.newest:",                "step < self.newest:"),
    ("read/repair.py",            'and offset and "file_version"',       'and "file_version"'),
    ("read/repair.py",            "records.window.bytes(offset, end)",   "data"),
    ("read/explain.py",           "Item(self.base + note.start,",        "Item(note.start,"),
    ("read/explain.py",           "self.plugins.setdefault(tag, name)",  "pass"),
)


NONE = ("wire.py", "", "")


def trial(mutant):
    """Return whether the tests notice a mutant."""
    name, old, new = mutant
    with tempfile.TemporaryDirectory() as copy:
        for part in PARTS:
            source = os.path.join(ROOT, part)
            if os.path.isdir(source):
                shutil.copytree(source, os.path.join(copy, part),
                                ignore=shutil.ignore_patterns("__pycache__", "conformance"))
            else:
                shutil.copy(source, copy)
        path = os.path.join(copy, "tbx_pure", *name.split("/"))
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if mutant is not NONE and text.count(old) != 1:
            raise SystemExit("%s: %r stands there %d times" % (name, old, text.count(old)))
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new) if old else text)
        own = OWN.get(name, "test_" + os.path.basename(name)[:-len(".py")])     # sees it most likely
        tests = sorted(TESTS, key=lambda test: test != own)
        try:
            return subprocess.call([sys.executable, "-W", "error", "-m", "unittest", "-f"]
                                   + ["tests." + test for test in tests], cwd=copy, timeout=PATIENCE,
                                   env=dict(os.environ, TBX_PURE_PLAIN="1"),   # kernels hide their plain twins
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) != 0
        except subprocess.TimeoutExpired:               # a loop without an end is noticed, too
            return mutant is not NONE


def main(part=""):
    if trial(NONE):
        raise SystemExit("the tests fail without any mutant: they would kill every one")
    chosen = [mutant for mutant in MUTANTS if part in mutant[0]]
    with ThreadPoolExecutor(2) as pool:
        survivors = 0
        for (name, old, new), killed in zip(chosen, pool.map(trial, chosen)):
            survivors += not killed
            print("%-8s  %s: %s -> %s" % ("killed" if killed else "SURVIVES", name, old, new), flush=True)
    print("%d mutants, %d killed" % (len(chosen), len(chosen) - survivors))
    return 1 if survivors or not chosen else 0


class Mutants(unittest.TestCase):

    def test_every_one_is_killed(self):
        self.assertEqual(main(), 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
