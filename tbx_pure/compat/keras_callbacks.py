"""install(keras=True): our callback TensorBoard where programs import Keras's from.

Keras stays as it is, but for this name in these modules.  A module that is imported already has
ours at once; one that is imported later, when it has been run.
"""
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, List, Tuple

NAME = "TensorBoard"
MODULES = ("keras.callbacks",
           "tensorflow.keras.callbacks",        # what is imported by that path,
           "keras._tf_keras.keras.callbacks",   # and what is the attribute, of TensorFlow 2.16 on;
           "keras.api._v2.keras.callbacks",     # before that;
           "tf_keras.callbacks",                # with TF_USE_LEGACY_KERAS=1
           "tf_keras.api._v2.keras.callbacks")


class Callbacks:
    """The modules that have ours, until give_back()."""

    def __init__(self) -> None:
        self.before = []                # type: List[Tuple[Any, Any]]   # (module, its TensorBoard)
        for name in MODULES:
            if sys.modules.get(name) is not None:
                self.put(sys.modules[name])

    def put(self, module: "Any") -> None:
        """Let a module have our callback."""
        from ..integrations.keras import TensorBoard
        if hasattr(module, NAME):
            self.before.append((module, getattr(module, NAME)))
            setattr(module, NAME, TensorBoard)

    def give_back(self) -> None:
        """Let each module have what it had before."""
        while self.before:
            module, callback = self.before.pop()
            setattr(module, NAME, callback)

    def find_spec(self, name: str, path: "Any", finders: "Iterable[Any]") -> "Any":
        """Return the spec of one of MODULES as other finders give it, ours being put in at last."""
        for finder in finders:
            find = getattr(finder, "find_spec", None)       # six had none until 1.16
            spec = find and find(name, path)
            if spec is not None:
                self._follow(spec.loader, name)
                return spec
        return None

    def _follow(self, loader, name):
        def exec_module(module):
            run(module)
            if module.__name__ == name:         # a loader may have others too
                self.put(module)
        run = getattr(loader, "exec_module", None)
        if run is not None:                     # namespaces, and until 3.10 zip files, have none
            loader.exec_module = exec_module
