"""install() and uninstall(): every old path, true specs, versions, and all as it was afterwards."""
import importlib
import importlib.util
import os
import pickle
import pkgutil
import shutil
import sys
import threading
import unittest
import zipfile

import tbx_pure
from tbx_pure.compat import modules, torch_writer, writer
from tbx_pure.compat.install import Finder
from tbx_pure.errors import InputError

from .helpers import PACKAGE, PACKAGE_NAME, ROOT, InDirectory, events, python

TORCH = "torch.utils.tensorboard"
ROOTS = ("tensorboardX", "tensorboard", "torch")


class InFamilies(InDirectory):
    """A test case whose families come from its directory, or from ours; all is put back afterwards."""

    def setUp(self):
        InDirectory.setUp(self)
        before = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ROOTS}
        for name in before:
            del sys.modules[name]
        self.addCleanup(sys.modules.update, before)
        self.addCleanup(self.forget)
        self.addCleanup(tbx_pure.uninstall)
        sys.path.insert(0, self.directory)
        self.addCleanup(sys.path.remove, self.directory)

    @staticmethod
    def forget():
        for name in [name for name in sys.modules if name.split(".")[0] in ROOTS]:
            del sys.modules[name]

    def package(self, name, code="real = True"):
        """Write a package, such as "torch.utils", with its parents."""
        parts = name.split(".")
        for i in range(1, len(parts) + 1):
            os.makedirs(self.path(*parts[:i]), exist_ok=True)
            path = self.path(*(parts[:i] + ["__init__.py"]))
            if i == len(parts) or not os.path.exists(path):
                with open(path, "w") as f:
                    f.write(code if i == len(parts) else "real = True")
        importlib.invalidate_caches()


class TestModules(InFamilies):

    def test_every_path_of_the_table(self):
        self.package("torch.utils")
        tbx_pure.install(tensorboard=True)
        for path in modules.TABLE:
            with self.subTest(path):
                spec = importlib.util.find_spec(path)
                self.assertEqual((spec.name, spec.submodule_search_locations is not None),
                                 (path, path in modules.PACKAGES))
                self.assertTrue(os.path.exists(spec.origin), spec.origin)
                module = importlib.import_module(path)
                self.assertIs(module, sys.modules[path])
                self.assertEqual((module.__name__, module.__spec__.name, module.__file__), (path, path, spec.origin))
                self.assertIsInstance(module.__loader__, Finder)
                for _, names in modules.TABLE[path]:
                    for name in names.split():
                        getattr(module, name)
                exec("from %s import *" % path, {})
        self.assertIn("tensorboardX", modules.PACKAGES)
        self.assertNotIn("tensorboardX.writer", modules.PACKAGES)

    def test_what_people_import(self):
        self.package("torch.utils")
        tbx_pure.install()
        import tensorboardX
        from tensorboardX import FileWriter, GlobalSummaryWriter, RecordWriter, SummaryWriter
        from tensorboardX.proto import event_pb2
        from tensorboardX.proto.summary_pb2 import Summary
        from torch.utils.tensorboard import SummaryWriter as OfTorch
        from torch.utils.tensorboard.summary import hparams
        from torch.utils.tensorboard.writer import FileWriter as FileWriterOfTorch, SummaryWriter as Again
        import torch.utils.tensorboard as TensorBoard
        self.assertIs(SummaryWriter, tbx_pure.SummaryWriter)
        self.assertIs(OfTorch, Again)
        self.assertIs(TensorBoard.SummaryWriter, OfTorch)
        self.assertIsNot(OfTorch, SummaryWriter)
        self.assertIs(FileWriterOfTorch, torch_writer.FileWriter)
        self.assertIs(FileWriter, writer.FileWriter)
        self.assertEqual(tensorboardX.__version__, "2.6.5")
        event = event_pb2.Event(summary=Summary(value=[Summary.Value(tag="t", simple_value=2)]))
        self.assertEqual(event.SerializeToString(), b"\x2a\x0a\x0a\x08\x0a\x01t\x15\0\0\0\x40")
        self.assertEqual(len(hparams({"lr": 1}, {})), 3)
        self.assertTrue(GlobalSummaryWriter and RecordWriter)

    def test_submodules_are_there_without_being_imported_by_name(self):
        self.package("torch.utils")
        tbx_pure.install(tensorboard=True)
        import tensorboard
        import tensorboardX
        import torch.utils.tensorboard
        self.assertIs(tensorboardX.summary.scalar, importlib.import_module("tensorboardX.summary").scalar)
        self.assertEqual(tensorboardX.proto.event_pb2.Event(step=1).step, 1)
        self.assertTrue(torch.utils.tensorboard.summary.hparams)
        self.assertTrue(tensorboard.compat.proto.summary_pb2.Summary)
        with self.assertRaisesRegex(AttributeError, "tensorboardX"):
            tensorboardX.no_such_thing

    def test_dialects(self):
        self.package("torch.utils")
        tbx_pure.install()
        for path, tag in (("tensorboardX", "a_b"), (TORCH, "a b"), (TORCH + ".writer", "a b")):
            with self.subTest(path):
                run = self.path(path)
                with importlib.import_module(path).SummaryWriter(run) as w:
                    w.add_scalar("a b", 1, 1)
                self.assertEqual(events(run)[-1]["summary"]["value"][0]["tag"], tag)
        tbx_pure.install(dialect="torch")
        with tbx_pure.SummaryWriter(self.path("again")) as w:
            w.add_scalar("a b", 1, 1)
        self.assertEqual(events(self.path("again"))[-1]["summary"]["value"][0]["tag"], "a b")
        tbx_pure.uninstall()
        self.assertEqual(tbx_pure.SummaryWriter.DIALECT, "tensorboardX")
        with self.assertRaisesRegex(InputError, r"^install\('klingon'\): dialect: need"):
            tbx_pure.install(dialect="klingon")
        self.assertFalse(any(isinstance(finder, Finder) for finder in sys.meta_path))

    def test_isinstance_and_pickle(self):
        self.package("torch.utils")
        tbx_pure.install()
        import torch.utils.tensorboard
        import tensorboardX
        w = torch.utils.tensorboard.SummaryWriter(self.path("run"), write_to_disk=False)
        self.assertIsInstance(w, torch.utils.tensorboard.SummaryWriter)
        self.assertNotIsInstance(w, tensorboardX.SummaryWriter)
        self.assertIs(pickle.loads(pickle.dumps(tensorboardX.summary.scalar)), tensorboardX.summary.scalar)

    def test_a_tracker_puts_its_class_in_place_of_ours(self):
        self.package("torch.utils")
        tbx_pure.install()
        for path, home in modules.LISTENED_TO.items():
            with self.subTest(path):
                module, real = importlib.import_module(path), modules.source(home)
                heard, before = [], module.EventFileWriter

                class Listening(module.EventFileWriter):
                    def add_event(self, event):
                        heard.append(event.WhichOneof("what"))
                        before.add_event(self, event)
                module.EventFileWriter = Listening
                try:
                    with module.SummaryWriter(self.path(home)) as w:
                        w.add_scalar("x", 1, 1)
                finally:
                    module.EventFileWriter = before
                self.assertIn("summary", heard)
                self.assertIs(real.EventFileWriter, before)

    def test_what_we_lack_is_said(self):
        self.package("torch.utils")
        self.package("tensorboardX.comet_utils")                    # the real one's must not be taken
        tbx_pure.install(tensorboard=True)
        for path in ("tensorboardX.comet_utils", "tensorboard.program", TORCH + "._caffe2_graph"):
            with self.assertRaisesRegex(ImportError, "%s.* has no module '%s'" % (PACKAGE_NAME, path)) as caught:
                importlib.import_module(path)
            self.assertEqual(caught.exception.name, path)
        with self.assertRaises(ImportError):
            from tensorboardX import no_such_thing

    def test_reload_and_pkgutil(self):
        tbx_pure.install()
        import tensorboardX
        del tensorboardX.SummaryWriter
        self.assertIs(importlib.reload(tensorboardX), tensorboardX)
        self.assertIs(tensorboardX.SummaryWriter, tbx_pure.SummaryWriter)
        self.assertEqual(list(pkgutil.iter_modules(tensorboardX.__path__)), [])
        self.assertTrue(list(pkgutil.iter_modules()))
        importlib.invalidate_caches()


class TestBefore(InFamilies):
    """What is there before, and afterwards again."""

    def test_not_installed(self):
        path = list(sys.meta_path)
        tbx_pure.install()
        self.assertIsNotNone(importlib.util.find_spec("tensorboardX"))
        import tensorboardX.summary
        tbx_pure.uninstall()
        self.assertEqual(sys.meta_path, path)
        self.assertEqual([name for name in sys.modules if name.startswith("tensorboardX")], [])
        self.assertIsNone(importlib.util.find_spec("tensorboardX"))
        self.assertTrue(tensorboardX.summary.scalar("x", 1))        # what is held on to goes on working

    def test_twice(self):
        path = len(sys.meta_path)
        tbx_pure.install()
        import tensorboardX
        tbx_pure.install()
        self.assertIs(sys.modules["tensorboardX"], tensorboardX)
        self.assertEqual(len(sys.meta_path), path + 1)
        self.assertIsNone(importlib.util.find_spec("tensorboard"))
        tbx_pure.install(tensorboard=True)
        self.assertIsNotNone(importlib.util.find_spec("tensorboard"))
        self.assertEqual(len(sys.meta_path), path + 1)
        tbx_pure.uninstall()
        tbx_pure.uninstall()
        self.assertEqual(len(sys.meta_path), path)
        self.assertIsNone(importlib.util.find_spec("tensorboard"))

    def test_the_real_one_comes_after_ours(self):
        self.package("tensorboardX")
        self.package(TORCH, "raise ImportError('no tensorboard')")
        tbx_pure.install()
        import tensorboardX
        from torch.utils.tensorboard import SummaryWriter
        self.assertFalse(hasattr(tensorboardX, "real"))
        self.assertTrue(SummaryWriter)
        tbx_pure.uninstall()
        self.assertTrue(importlib.import_module("tensorboardX").real)
        with self.assertRaisesRegex(ImportError, "no tensorboard"):
            importlib.import_module(TORCH)

    def test_the_real_one_is_imported(self):
        self.package("tensorboardX")
        self.package("tensorboardX.summary")
        import tensorboardX
        import tensorboardX.summary
        with self.assertRaisesRegex(InputError, r"^install\(\): tensorboardX: need .*force=True, got .*__init__\.py"):
            tbx_pure.install()
        self.assertIs(sys.modules["tensorboardX"], tensorboardX)
        tbx_pure.install(force=True)
        self.assertIs(importlib.import_module("tensorboardX").SummaryWriter, tbx_pure.SummaryWriter)
        self.assertTrue(importlib.import_module("tensorboardX.summary").scalar)
        tbx_pure.uninstall()
        self.assertIs(sys.modules["tensorboardX"], tensorboardX)
        self.assertIs(sys.modules["tensorboardX.summary"], tensorboardX.summary)

    def test_of_torch_the_attribute_too(self):
        self.package(TORCH)
        import torch.utils.tensorboard
        real = torch.utils.tensorboard
        with self.assertRaisesRegex(InputError, TORCH):
            tbx_pure.install()
        tbx_pure.install(force=True)
        self.assertIs(torch.utils.tensorboard.SummaryWriter, torch_writer.SummaryWriter)
        tbx_pure.uninstall()
        self.assertIs(torch.utils.tensorboard, real)
        self.assertIs(sys.modules[TORCH], real)

    def test_torch_loses_what_it_did_not_have(self):
        self.package("torch.utils")
        tbx_pure.install()
        import torch.utils.tensorboard
        tbx_pure.uninstall()
        self.assertFalse(hasattr(torch.utils, "tensorboard"))
        self.assertTrue(torch.real)

    def test_without_torch_there_is_none(self):
        if importlib.util.find_spec("torch") is not None:
            self.skipTest("torch is installed")
        tbx_pure.install()
        self.assertIsNone(importlib.util.find_spec("torch"))
        with self.assertRaisesRegex(ImportError, "torch"):
            importlib.import_module(TORCH)

    def test_an_import_that_somebody_has_forbidden(self):
        sys.modules["tensorboardX"] = None
        tbx_pure.install()
        self.assertTrue(importlib.import_module("tensorboardX").SummaryWriter)
        tbx_pure.uninstall()
        self.assertIsNone(sys.modules["tensorboardX"])

    def test_many_threads(self):
        found = []

        def work():
            tbx_pure.install()
            found.append(importlib.import_module("tensorboardX.writer").SummaryWriter)
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [tbx_pure.SummaryWriter] * 8)
        self.assertEqual(sum(isinstance(finder, Finder) for finder in sys.meta_path), 1)


class TestVersions(InFamilies):

    def setUp(self):
        InFamilies.setUp(self)
        try:
            self.metadata = importlib.import_module("importlib.metadata")
        except ImportError:                                         # before 3.8
            self.skipTest("no importlib.metadata")

    def test_versions(self):
        metadata = self.metadata
        tbx_pure.install()
        for name in ("tensorboardX", "tensorboardx", "TENSORBOARDX"):
            self.assertEqual(metadata.version(name), "2.6.5")
        self.assertEqual(metadata.metadata("tensorboardX")["Name"], "tensorboardX")
        for name in ("tensorboard", "torch"):
            with self.assertRaises(metadata.PackageNotFoundError):
                metadata.version(name)
        self.assertEqual(metadata.requires("tensorboardX"), None)
        self.assertIn("tensorboardX", [d.metadata["Name"] for d in metadata.distributions()])
        self.assertEqual(list(metadata.distributions(path=[self.directory])), [])
        if hasattr(metadata, "packages_distributions"):
            self.assertEqual(metadata.packages_distributions()["tensorboardX"], ["tensorboardX"])
        tbx_pure.install(tensorboard=True)
        self.assertEqual(metadata.version("tensorboard"), "2.21.0")
        tbx_pure.uninstall()
        with self.assertRaises(metadata.PackageNotFoundError):
            metadata.version("tensorboardX")

    def test_it_comes_before_the_real_one(self):
        os.makedirs(self.path("tensorboardX-9.9.dist-info"))
        with open(self.path("tensorboardX-9.9.dist-info", "METADATA"), "w") as f:
            f.write("Metadata-Version: 2.1\nName: tensorboardX\nVersion: 9.9\n")
        importlib.invalidate_caches()
        self.assertEqual(self.metadata.version("tensorboardX"), "9.9")
        tbx_pure.install()
        self.assertEqual(self.metadata.version("tensorboardX"), "2.6.5")


SCRIPT = """
import sys
if {path!r}: sys.path.insert(0, {path!r})
import {name} as tbx
tbx.install(tensorboard=True)
import importlib.util
assert importlib.util.find_spec("tensorboardX").loader
from tensorboardX import SummaryWriter
from tensorboard.compat.proto.event_pb2 import Event
from tensorboardX.summary import scalar
with SummaryWriter({run!r}) as w:
    w.file_writer.add_summary(scalar("x", 1), 2)
assert Event(step=1).SerializeToString() == b"\\x10\\x01"
others = [m for m in sys.modules if m.split(".")[0] == "tbx_pure"] if {name!r} != "tbx_pure" else []
assert not others, others
tbx.uninstall()
assert importlib.util.find_spec("tensorboardX") is None
"""


class TestAnyCopy(InDirectory):

    def check(self, path, name, *flags):
        run = self.path("run")
        python(*(flags + ("-c", SCRIPT.format(path=path, name=name, run=run))), cwd=self.directory)
        self.assertEqual(events(run)[-1]["step"], 2)
        shutil.rmtree(run)

    def test_bare(self):
        self.check(ROOT, PACKAGE_NAME, "-S", "-E", "-I")
        self.check(ROOT, PACKAGE_NAME, "-I", "-B", "-OO")

    def test_renamed_and_zipped(self):
        host = self.path("host", "_vendor", "logs")
        shutil.copytree(PACKAGE, host, ignore=shutil.ignore_patterns("__pycache__"))
        for folder in (self.path("host"), self.path("host", "_vendor")):
            with open(os.path.join(folder, "__init__.py"), "w"):
                pass
        self.check(self.directory, "host._vendor.logs", "-S", "-E", "-I")
        with zipfile.ZipFile(self.path("all.zip"), "w") as z:
            for folder, _, names in os.walk(self.path("host")):
                for name in names:
                    full = os.path.join(folder, name)
                    z.write(full, os.path.relpath(full, self.directory))
        shutil.rmtree(self.path("host"))
        self.check(self.path("all.zip"), "host._vendor.logs", "-S", "-E", "-I")


if __name__ == "__main__":
    unittest.main()
