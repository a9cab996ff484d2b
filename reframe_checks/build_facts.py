"""Facts of a build: its commands, compilers and sources, taken in the stage folder when it ended."""

import re
import socket

from facts import Facts, answer, print_facts, program, read, sources

NO_COMMAND = ("#", "trap ", "_on", "exit", "echo ", "}", "{", "((", "cd ")
"""How those lines of ReFrame's build script start that build nothing."""


def build_commands():
    """The command lines of ReFrame's build script."""
    lines = [line.strip() for line in read("rfm_build.sh").splitlines()]
    return [line for line in lines if line and not line.startswith(NO_COMMAND) and "build_facts" not in line]


def collect_build():
    """Commands, compilers and sources of the build in this stage folder."""
    found = Facts("")
    commands = build_commands()
    found.take("build.host", socket.gethostname)
    found.take("build.command", lambda: {str(number): line for number, line in enumerate(commands, start=1)})
    for name in sorted({line.split()[0] for line in commands}):
        if re.search(r"(cc|\+\+|clang|fort|icx|ifx)$", name):
            found.take(f"build.compiler.{name}", lambda name=name: answer(name, "--version").splitlines()[0])
            found.take(f"build.compiler_file.{name}", lambda name=name: program(name))
    found.take("build.source", sources)
    return found


if __name__ == "__main__":
    print_facts(collect_build())
