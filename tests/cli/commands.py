"""The commands of the program, and the command lines in their help."""

import re
import shlex

import typer
import typer.main

from millwright.cli import main

ROOT = typer.main.get_command(main.app)


def commands(group=ROOT, prefix=""):
    """Every command that is no group, by its words after ``millwright``."""
    found = {}
    for name in group.list_commands(typer.Context(group)):
        command = group.get_command(typer.Context(group), name)
        if hasattr(command, "list_commands"):
            found |= commands(command, f"{prefix}{name} ")
        else:
            found[f"{prefix}{name}"] = command
    return found


def examples(text):
    """The arguments of each ``millwright`` in the examples of a help text, without shell redirections."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text or ""):
        line = " ".join(paragraph.split())
        if line.startswith("Example: "):
            for part in line.removeprefix("Example: ").split("&&"):
                words = shlex.split(part)
                if words[:1] == ["millwright"]:
                    found.append(words[1 : words.index(">")] if ">" in words else words[1:])
    return found


def parse(arguments):
    """Parse a command line as the program does, without running it; the command's words and its values."""
    context = ROOT.make_context("millwright", list(arguments))
    while hasattr(context.command, "list_commands"):
        rest = [*context._protected_args, *context.args]
        name, command, left = context.command.resolve_command(context, rest)
        context = command.make_context(name, left, parent=context)
    return context.command_path.removeprefix("millwright "), context.params
