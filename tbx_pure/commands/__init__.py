"""python -m tbx_pure COMMAND: one file a command, and this table of them.

A command's module has arguments(parser), which adds its arguments to an argparse parser, and
run(args), which returns the exit code: 0 all is well, 1 something was found wrong, 2 the call is
wrong, 3 something cannot be read or written.  The first line of its docstring is its help.
"""

COMMANDS = (
    "demo",
    "ls",
    "inspect",
    "cat",
    "tail",
    "explain",
    "verify",
    "repair",
    "doctor",
    "diff",
    "export",
    "extract",
    "plot",
    "report",
    "decode",
    "encode",
    "graph",
    "spec",
    "run",
    "shim",
    "vendor",
)
