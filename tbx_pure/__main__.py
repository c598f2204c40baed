"""python -m tbx_pure"""
import sys

from .commands.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
