"""Copy this package into your project, under any name: a folder, or one zip file.

A copy needs nothing but Python, and nothing of it knows its name: rename it, or put it deep in
another package.  Its file VENDORED says which version it is, when it was copied and from where.

    python3 -m tbx_pure vendor src/project/_vendor --name event_log
    python3 -m tbx_pure vendor tbx.zip --zip            # and then: python3 tbx.zip cat runs
    python3 -m tbx_pure vendor lib --minimal            # the core of SummaryWriter alone
"""
import os
import pkgutil
import sys
import time

from .output import unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Dict, Iterator, Set, Tuple

PACKAGE = __name__.rpartition(".commands.")[0]
PROJECT = "tbx_pure"                    # whatever this copy is called
STAMP = "VENDORED"                      # the file that says what a copy is
MARKS = STAMP, "eventfile.py"           # either is there: a copy, one made by hand too
SKIPPED = "__pycache__", ".pyc", ".pyo"
TOP = "__init__", "__main__"            # what a minimal copy has, with all that the first imports
UNASKED = "kernels", "foreign"          # the spine goes on without them, and says nothing

MAIN = """\
import sys

from %s.commands.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""
STUB = '''\
"""Not in this minimal copy."""
raise ModuleNotFoundError(
    __name__ + " is not in this minimal copy of %s %s: get the whole one with "
    "`python3 -m %s vendor DEST`, without --minimal", name=__name__)
'''


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("destination", metavar="DEST",
                        help="the directory that the copy is put in; with --zip, the file")
    parser.add_argument("--name", default=PACKAGE.rpartition(".")[2],
                        help="what the copy is imported as; without it, %(default)s")
    parser.add_argument("--zip", action="store_true",
                        help="write one file, for sys.path, and to be run: python3 DEST COMMAND")
    parser.add_argument("--minimal", action="store_true",
                        help="leave out all but scalars, texts, pictures and histograms")
    parser.add_argument("--force", action="store_true",
                        help="replace a copy that is there; never anything else")
    parser.add_argument("-n", "--dry-run", action="store_true",
                        help="name the files, and write nothing")


def run(args: "Namespace") -> int:
    """Write the copy; 2 if name or place will not do, 3 if something cannot be read or written."""
    place = args.destination if args.zip else os.path.join(args.destination, args.name)
    try:
        trouble = obstacle(args.name, place, args.zip, args.force)
        if trouble:
            print(trouble, file=sys.stderr)
            return 2
        files = contents(args.name, args.minimal)
        if args.zip:
            files = dict({"__main__.py": (MAIN % args.name).encode("ascii")},
                         **{args.name + "/" + name: data for name, data in files.items()})
        if not args.dry_run:
            (write_zip if args.zip else write_folder)(place, files)
    except OSError as e:
        return unreadable(e, place)
    for name in sorted(files) if args.dry_run else ():
        print("%8d  %s" % (len(files[name]), name))
    print("%s: %d files, %d bytes%s" % (place, len(files), sum(map(len, files.values())),
                                        ", not written" if args.dry_run else ""))
    return 0


def obstacle(name: str, place: str, as_zip: bool, force: bool) -> str:
    """Return why no copy of that name can be put there, or "" if it can."""
    import keyword
    if not name.isidentifier() or keyword.iskeyword(name):
        return "--name %s: need a name that Python can import" % name
    if not os.path.lexists(place):
        return ""
    top = os.path.abspath(next(iter(sys.modules[PACKAGE].__path__)))
    if os.path.realpath(place) in (os.path.realpath(top), os.path.realpath(os.path.dirname(top))):
        return "%s: that is the copy that is running" % place
    if not (is_zip_copy(place) if as_zip else is_copy(place)):
        return "%s: something else is there, and stays" % place
    return "" if force else "%s: a copy is there: --force replaces it" % place


def is_copy(folder: str) -> bool:
    """Tell whether a folder is a copy of this package."""
    return any(os.path.isfile(os.path.join(folder, mark)) for mark in MARKS)


def is_zip_copy(path: str) -> bool:
    """Tell whether a file is a zip that holds a copy of this package."""
    import zipfile
    if not os.path.isfile(path) or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("/" + STAMP) for name in archive.namelist())


# ---- what is in a copy ----

def contents(name: str, minimal: bool) -> "Dict[str, bytes]":
    """Return the files of a copy, {path with slashes: bytes}."""
    files = dict(own_files())
    stamp = _stamp(name, minimal, files.pop(STAMP, b"")).encode("utf-8")
    if minimal:
        files = without_wings(files)
    return dict(files, **{STAMP: stamp})


def own_files() -> "Iterator[Tuple[str, bytes]]":
    """Yield (path, bytes) of each file of this package, from its folder or its zip file."""
    for path in sorted(_own_paths()):
        if not any(part.startswith(".") or part.endswith(SKIPPED) for part in path.split("/")):
            yield path, pkgutil.get_data(PACKAGE, path) or b""


def _own_paths():
    package = sys.modules[PACKAGE]
    top, = package.__path__          
    archive = getattr(package.__loader__, "archive", None)
    if archive is None:
        for folder, _, names in os.walk(top):
            for name in names:
                yield os.path.relpath(os.path.join(folder, name), top).replace(os.sep, "/")
        return
    import zipfile
    inside = os.path.relpath(top, archive).replace(os.sep, "/") + "/"
    with zipfile.ZipFile(archive) as file:
        for path in file.namelist():
            if path.startswith(inside) and not path.endswith("/"):
                yield path[len(inside):]


def _stamp(name, minimal, earlier):
    """Return what a copy says of itself; of the copy that it was made from, that one's too."""
    package = sys.modules[PACKAGE]
    command = "python3 -m %s vendor --name %s%s" % (PACKAGE, name, " --minimal" * minimal)
    return "%s %s\ncopied %s from %s\nby %s\n%s" % (
        PROJECT, package.__version__,
        time.strftime("%Y-%m-%d", time.gmtime()), os.path.abspath(next(iter(package.__path__))),
        command, "\n" * bool(earlier) + earlier.decode("utf-8", "replace"))


# ---- a minimal copy ----

def without_wings(files: "Dict[str, bytes]") -> "Dict[str, bytes]":
    """Return what SummaryWriter cannot do without; whatever else is asked for says so."""
    paths = {_module(path): path for path in files if path.endswith(".py")}
    kept, asked, todo = set(), {module for module in paths if "." not in module}, [TOP[0]]
    while todo:
        module = todo.pop()
        if module not in kept:
            kept.add(module)
            at_once, later = imports(module, paths[module], files[paths[module]], set(paths))
            asked |= later
            todo += at_once | {above for above in _path_down(module) if above in paths}
    kept.update(TOP)
    missing = {next(part for part in _path_down(module) if part not in kept)
               for module in asked - kept if module not in UNASKED}
    stub = (STUB % (PROJECT, sys.modules[PACKAGE].__version__, PROJECT)).encode("ascii")
    found = {path: data for path, data in files.items()
             if "/" not in path and not path.endswith(".py")}
    found.update({paths[module]: files[paths[module]] for module in kept})
    found.update({paths[module]: stub for module in missing})
    return found


def imports(module: str, path: str, source: bytes,
            modules: "Set[str]") -> "Tuple[Set[str], Set[str]]":
    """Return the modules of this package that one imports: at once, and when a function needs it.

    What it tries to import, and does without, is neither.
    """
    import ast
    package = path.split("/")[:-1]
    at_once, later = set(), set()       # type: Set[str], Set[str]

    def walk(nodes, found):
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.level:
                base = package[:len(package) - node.level + 1]
                base += node.module.split(".") if node.module else []
                names = {".".join(base + [alias.name]) for alias in node.names}
                found |= (names | {".".join(base)}) & modules
            elif isinstance(node, ast.Try):
                walk(node.handlers, found)
            elif not (isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"):
                walk(ast.iter_child_nodes(node),
                     later if isinstance(node, ast.FunctionDef) else found)
    walk([ast.parse(source)], at_once)
    return at_once, later


def _module(path):
    """Return the name of the module in a file, below the package; the package's is __init__."""
    parts = path[:-len(".py")].split("/")
    return ".".join(parts[:-1] if parts[1:] and parts[-1] == "__init__" else parts)


def _path_down(module):
    """Yield the packages that a module is in, the outermost first, and the module."""
    parts = module.split(".")
    for n in range(len(parts)):
        yield ".".join(parts[:n + 1])


# ---- written aside, and then put in place as a whole ----

def write_folder(place: str, files: "Dict[str, bytes]") -> None:
    """Write the files below a folder; what is there before gives way when all are written."""
    import shutil
    aside = "%s.%d.new" % (place, os.getpid())
    try:
        for name, data in files.items():
            path = os.path.join(aside, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "xb") as f:
                f.write(data)
        _replace(aside, place)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _replace(aside, place):
    import shutil
    before = "%s.%d.old" % (place, os.getpid())
    there = os.path.lexists(place)
    if there:
        os.rename(place, before)
    try:
        os.rename(aside, place)
    except BaseException:
        if there:
            os.rename(before, place)
        raise
    if os.path.islink(before):
        os.unlink(before)
    elif there:
        shutil.rmtree(before)


def write_zip(place: str, files: "Dict[str, bytes]") -> None:
    """Write the files into a zip, as they are: a Python without zlib can import them, too."""
    import zipfile
    aside = "%s.%d.new" % (place, os.getpid())
    os.makedirs(os.path.dirname(os.path.abspath(place)), exist_ok=True)
    day = time.gmtime()[:3] + (0, 0, 0)
    try:
        with zipfile.ZipFile(aside, "x") as archive:
            for name, data in sorted(files.items()):
                entry = zipfile.ZipInfo(name, day)
                entry.external_attr = 0o644 << 16       # else nobody may read what is unpacked
                archive.writestr(entry, data)
        os.replace(aside, place)
    except BaseException:
        if os.path.exists(aside):
            os.unlink(aside)
        raise
