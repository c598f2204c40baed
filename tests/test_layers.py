"""The house stands as drawn: which module may import which, and how large it may grow."""
import ast
import os
import tokenize
import unittest

from .helpers import PACKAGE, PACKAGE_NAME

# The spine, in reading order: a module imports only from modules above it.
SPINE = """
    errors
    twins
    crc32c
    record
    wire
    messages
    floats
    tensor
    tensor_proto
    histogram
    media
    media.png
    media.pixels
    plugins
    plugins.scalars
    plugins.text
    plugins.histograms
    plugins.images
    eventfile
    steps
    writer
""".split()

# The wings, and what each may import besides itself; SPINE stands for all of it.
WINGS = {
    "kernels": ["errors"],
    "bin_widths": ["SPINE"],
    "plugins.audio": ["SPINE", "media.wav"],
    "plugins.pr_curves": ["SPINE"],
    "plugins.mesh": ["SPINE"],
    "plugins.custom_scalars": ["SPINE"],
    "plugins.hparams": ["SPINE"],
    "plugins.tensor": ["SPINE"],
    "plugins.line_chart": ["SPINE"],
    "plugins.scatter": ["SPINE"],
    "plugins.heatmap": ["SPINE"],
    "plugins.video": ["SPINE", "media.gif", "media.apng", "media.frames"],
    "plugins.pictures": ["SPINE", "media.encoded", "media.png_reader"],
    "plugins.boxes": ["SPINE", "plugins.pictures", "media.resize", "media.canvas", "media.font"],
    "markdown": ["SPINE"],
    "media.wav": ["SPINE"],
    "media.blend": ["SPINE"],
    "media.palette": ["SPINE"],
    "media.animation": ["SPINE"],
    "media.gif": ["SPINE", "media.animation", "media.blend", "media.palette"],
    "media.apng": ["SPINE", "media.animation"],
    "media.png_reader": ["SPINE"],
    "media.frames": ["SPINE"],
    "media.resize": ["SPINE"],
    "media.encoded": ["SPINE", "media.png_reader"],
    "media.font": ["SPINE"],
    "media.canvas": ["SPINE", "media.font"],
    "media.colormaps": ["SPINE"],
    "foreign": ["SPINE"],
    "projector": ["SPINE"],
    "figures": ["SPINE"],
    "charts": ["SPINE", "markdown", "media.canvas", "media.font", "media.colormaps",
               "plugins.line_chart", "plugins.scatter", "plugins.heatmap"],
    "graph": ["SPINE"],
    "integrations": ["SPINE", "graph", "projector", "lasting"],
    "metrics": ["SPINE"],
    "compat": ["SPINE", "wings", "lasting", "read", "projector", "figures", "integrations", "plugins.audio",
               "plugins.boxes", "plugins.custom_scalars", "plugins.hparams", "plugins.mesh", "plugins.pictures",
               "plugins.pr_curves", "plugins.tensor", "plugins.video", "graph"],
    "proto_json": ["SPINE"],
    "read": ["SPINE", "graph", "projector", "plugins.hparams"],
    "demo": ["SPINE", "wings", "metrics"],
    "report": ["SPINE", "read", "charts", "markdown", "media.canvas", "media.encoded"],
    "commands": ["SPINE", "read", "demo", "compat", "graph", "proto_json", "report", "markdown"],
}
TOP = ["", "__main__", "wings",         # the package itself, and the one module that knows all wings
       "ondisk", "lasting", "health", "lanes"]      # and what every copy has above the spine: trust and speed of its files

# The only places where the spine meets a wing: twins looks whether there are kernels, tensor whether
# there are converters for other libraries' objects, when it is given one, and histogram whether
# there are rules for bins, when it is told a name.
EXCEPTIONS = {("twins", "kernels"), ("tensor", "foreign"), ("histogram", "bin_widths")}

STANDARD_LIBRARY = set("""
    argparse array ast atexit base64 binascii bisect collections contextlib copy csv ctypes difflib
    enum errno fcntl fnmatch functools hashlib heapq importlib inspect io itertools json keyword
    logging math mmap operator os pkgutil random re runpy shlex shutil sqlite3 stat struct
    sys tempfile textwrap threading time types typing unicodedata warnings weakref xml zipfile
    zlib
""".split())

MAX_SPINE = 2000


def modules():
    """Yield (dotted name inside the package, path) of every module."""
    for folder, _, names in os.walk(PACKAGE):
        for name in names:
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                dotted = os.path.relpath(path, PACKAGE)[:-3].replace(os.sep, ".")
                yield dotted[:-len("__init__")].rstrip(".") if dotted.endswith("__init__") else dotted, path


PATHS = dict(modules())


def parse(module):
    with open(PATHS[module], encoding="utf-8") as f:
        return ast.parse(f.read())


def imports(module, within_functions=True):
    """Return (modules of this package, top-level names of other packages) that a module imports."""
    ours, others = set(), set()
    package = module if PATHS[module].endswith("__init__.py") else module.rpartition(".")[0]
    for node in ast.walk(parse(module)) if within_functions else at_import(parse(module)):
        if isinstance(node, ast.Import):
            others |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            others.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".") if package else []
            parts = parts[:len(parts) - node.level + 1] + (node.module.split(".") if node.module else [])
            base = ".".join(parts)
            if base in PATHS and PATHS[base].endswith("__init__.py"):
                names = {base + "." + alias.name if base else alias.name for alias in node.names}
                ours |= {name if name in PATHS else base for name in names}
            else:
                ours.add(base)
    return ours, others


def at_import(node):
    """Yield the nodes of a tree that run when the module is imported."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.Lambda)):
            yield child
            for below in at_import(child):
                yield below


def wing_of(module):
    parts = module.split(".")
    for n in range(1, len(parts) + 1):
        if ".".join(parts[:n]) in WINGS:
            return ".".join(parts[:n])
    return None


def code_lines(path):
    """Return how many lines hold code: not blank, no comment, no docstring."""
    with open(path, encoding="utf-8") as f:
        tokens = list(tokenize.generate_tokens(f.readline))
    lines, statement_starts = set(), True
    for token in tokens:
        if token.type in (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
            continue
        if token.type == tokenize.NEWLINE:
            statement_starts = True
        elif token.type != tokenize.ENDMARKER:
            if not (token.type == tokenize.STRING and statement_starts):        # a docstring
                lines |= set(range(token.start[0], token.end[0] + 1))
            statement_starts = False
    return len(lines)


class TestLayers(unittest.TestCase):

    def test_every_module_has_its_place(self):
        placed = [m for m in PATHS if m in SPINE or m in TOP or wing_of(m)]
        self.assertEqual(sorted(PATHS), sorted(placed))
        self.assertEqual([m for m in SPINE if m not in PATHS], [])

    def test_spine_imports_upwards(self):
        for i, module in enumerate(SPINE):
            for imported in imports(module, within_functions=False)[0]:
                if (module, imported) not in EXCEPTIONS:
                    self.assertIn(imported, SPINE[:i], "%s imports %s" % (module, imported))

    def test_the_spine_does_not_know_the_wings(self):
        for i, module in enumerate(SPINE):
            excepted = {imported for importer, imported in EXCEPTIONS if importer == module}
            self.assertEqual(imports(module)[0] - set(SPINE[:i]) - excepted, set(), module)

    def test_one_module_asks_for_the_wings_when_a_method_needs_them(self):
        at_once = imports("wings", within_functions=False)[0]
        self.assertEqual(at_once - set(SPINE), {"lasting", "health", "lanes"})
        self.assertEqual((imports("lasting")[0] | imports("ondisk")[0] | imports("lanes")[0]) - set(SPINE),
                         {"health", "ondisk"})
        self.assertEqual({wing_of(imported) for imported in imports("wings")[0] - at_once}, {
            wing for wing in WINGS if wing.startswith("plugins.") and wing not in WINGS["charts"]} | {
            "figures", "integrations", "markdown", "projector", "charts", "graph"})

    def test_wings_import_the_spine_and_what_is_listed(self):
        for module in PATHS:
            wing = wing_of(module)
            if wing:
                allowed = set(WINGS[wing]) | (set(SPINE) if "SPINE" in WINGS[wing] else set())
                for imported in imports(module)[0]:
                    self.assertTrue(imported in allowed or wing_of(imported) in {wing} | allowed,
                                    "%s imports %s" % (module, imported))

    def test_media_know_nothing_of_tensorboard(self):
        for module in PATHS:
            if module.split(".")[0] == "media":
                for imported in imports(module)[0]:
                    self.assertIn(imported.split(".")[0], ("media", "tensor", "errors", "twins"), module)

    def test_standard_library_only(self):
        for module in PATHS:
            own = {"tbx_pure_shim"} if module.startswith("compat.site.") else set()     # copied elsewhere
            self.assertEqual(imports(module)[1] - STANDARD_LIBRARY - own, set(), module)

    def test_imports_are_relative(self):
        for module in PATHS:
            self.assertNotIn(PACKAGE_NAME, imports(module)[1], module)

    def test_size(self):
        sizes = {module: code_lines(PATHS[module]) for module in PATHS}
        self.assertLessEqual(sum(sizes[module] for module in SPINE), MAX_SPINE)
        self.assertLessEqual(sizes["crc32c"], 40)
        for module, size in sizes.items():
            self.assertLessEqual(size, 300, module)

    def test_lines_fit_the_page(self):
        for module, path in PATHS.items():
            with open(path, encoding="utf-8") as f:
                for number, line in enumerate(f, 1):
                    self.assertLessEqual(len(line.rstrip("\n")), 100, "%s:%d" % (path, number))

    def test_user_input_never_meets_assert_or_print(self):
        for module in PATHS:
            for node in ast.walk(parse(module)):
                self.assertNotIsInstance(node, ast.Assert, module)
                if wing_of(module) != "commands" and isinstance(node, ast.Call):
                    self.assertNotEqual(getattr(node.func, "id", None), "print", module)

    def test_public_functions_have_docstrings(self):
        for module in SPINE + ["wings"]:
            for node in ast.walk(parse(module)):
                if (isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
                        and node.name not in ("pack", "unpack", "warn", "error", "describe")
                        and not (module == "wings" and isinstance(node, ast.ClassDef))):      # the spine's
                    self.assertIsNotNone(ast.get_docstring(node), "%s.%s" % (module, node.name))


class TestTheTestItself(unittest.TestCase):
    """The checks above see what they look for."""

    def test_imports_are_seen(self):
        self.assertIn("plugins.scalars", imports("writer")[0])
        self.assertIn("plugins", imports("plugins.scalars")[0])
        self.assertIn("media.png", imports("plugins.images")[0])
        self.assertIn("errors", imports("writer")[0])
        self.assertIn("zlib", imports("media.png")[1])
        self.assertIn("projector", imports("wings")[0])
        self.assertNotIn("projector", imports("wings", within_functions=False)[0])

    def test_code_lines(self):
        self.assertEqual(code_lines(PATHS["media"]), 0)
        self.assertGreater(code_lines(PATHS["wire"]), 150)


if __name__ == "__main__":
    unittest.main()
