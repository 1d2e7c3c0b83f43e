"""The program `synfer` of the package: the same command line as the one that is built without Python."""

import signal
import sys

from ._core import run_program


def main() -> int:
    """Runs the command line. Returns the exit code."""
    # Python has taken both; a program in a shell has the system's. Long loops catch Ctrl-C themselves, and save.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    return run_program(["synfer", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
