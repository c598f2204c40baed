// node pyodide.mjs PYODIDE ROOT ARGUMENTS...: a Python in WebAssembly runs what python3 ARGUMENTS would
import { pathToFileURL } from "url";
const [, , pyodide, root, ...argv] = process.argv;
const { loadPyodide } = await import(pathToFileURL(pyodide + "/pyodide.mjs"));
const py = await loadPyodide({ indexURL: pyodide + "/" });
py.FS.mkdirTree("/tree");
py.FS.mount(py.FS.filesystems.NODEFS, { root }, "/tree");
py.globals.set("argv", py.toPy(argv));
let code = 0;
try {
  py.runPython(`
import os, sys, runpy
os.chdir("/tree")
sys.path.insert(0, "/tree")
sys.dont_write_bytecode = True
sys.argv = list(argv)
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
`);
} catch (e) {
  const exit = /SystemExit: (\S+)/.exec(e.message);
  if (!exit) console.error(e.message);
  code = exit ? (exit[1] === "False" || exit[1] === "0" ? 0 : 1) : 1;
}
process.exit(code);
