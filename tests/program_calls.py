"""Which external programs the code calls: argument lists in Python, commands in shell scripts and Makefiles.

Reads source text only. An argument list is a list or tuple that begins with a literal program name and that
is handed to something which starts programs, is kept under a name like ``argv``, or holds an option.
"""

import ast
import itertools
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

PROGRAM = re.compile(r"(?:/[\w.-]+)*/([a-z][a-z0-9_.+-]*)|([a-z][a-z0-9_.+-]*)")
OPTION = re.compile(r"--?[A-Za-z][\w-]*(=.*)?")
STARTERS = (
    *("run", "Popen", "check_output", "check_call", "call", "follow", "run_tool", "output_of", "run_command"),
    *("launch", "execvp", "_run", "_answer", "_asked", "_output", "_ask", "_start"),
)
FINDERS = ("which", "find_program")
ARGV_NAME = re.compile(
    r"(?i)(.*(argv|command|arguments|program|query|words|ssh)|enter|inside|fetch|remote|session|pinned|git"
    r"|greet|nodes|jobs|scheduler|reservations)"
)
ARGV_FUNCTION = re.compile(r"(?i).*(argv|command|arguments|ssh|sudo|query)")
SHELLS = ("sh", "bash")
WRAPPERS = (
    *("sudo", "env", "nsenter", "unshare", "taskset", "timeout", "nice", "setsid", "chroot", "runuser"),
    "systemd-run",
)
TAKES_A_VALUE = (
    *("-u", "--user", "-g", "--group", "-l", "-t", "--target", "-c", "--cpu-list", "--adjustment"),
    "--propagation",
)
PREFIXES = ("if", "then", "else", "elif", "do", "while", "until", "!", "{", "exec", "time", "command")
BUILTINS = (
    *PREFIXES,
    *(".", ":", "[", "[[", "]]", "}", "alias", "bg", "break", "case", "cd", "continue", "declare", "done"),
    *("echo", "esac", "eval", "exit", "export", "false", "fi", "for", "function", "getopts", "hash", "in"),
    *("kill", "let", "local", "mapfile", "printf", "pwd", "read", "readonly", "return", "select", "set"),
    *(
        "shift",
        "shopt",
        "source",
        "test",
        "times",
        "trap",
        "true",
        "type",
        "ulimit",
        "umask",
        "unset",
        "wait",
    ),
)


@dataclass(frozen=True, slots=True, order=True)
class ProgramCall:
    """One place where a program is named."""

    program: str
    file: str
    line: int


def program_name(word: str) -> str | None:
    """The program's name without its folder; None for what can't be one."""
    found = PROGRAM.fullmatch(word)
    return (found[1] or found[2]) if found else None


# Python


def calls_in_python(source: str, file: str) -> Iterator[ProgramCall]:
    """Programs of all argument lists in one module."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    ours = set(_millwright_runners(tree))
    texts = dict(_module_texts(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _callee(node) in FINDERS and node.args:
            for word in _constants(node.args[:1]):
                yield from _named([word], file, node.lineno)
        elif isinstance(node, ast.Call) and _callee(node) == "StringCommand":
            script = " ".join(word or "VALUE" for word in _words(node.args, texts))
            yield from calls_in_shell(script, file, node.lineno)
        elif isinstance(node, ast.List | ast.Tuple) and _is_argv(node, parents, ours, texts):
            yield from _named(_words(node.elts, texts), file, node.lineno)


def _millwright_runners(tree: ast.Module) -> Iterator[str]:
    """Names under which a module has our own command line: its lists hold our commands, not programs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("millwright.cli"):
            yield from (alias.asname or alias.name for alias in node.names)


def _module_texts(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of a module that are bound to a literal text."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text)):
                yield name, text


def _callee(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _constants(nodes: list[ast.expr]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _words(elements: Sequence[ast.expr], texts: Mapping[str, str]) -> list[str | None]:
    """The words of an argument list, None for each that is known only when it runs."""
    words: list[str | None] = []
    for element in elements:
        if isinstance(element, ast.Starred) and isinstance(element.value, ast.Tuple):
            words += _words(element.value.elts, texts)
        elif isinstance(element, ast.Starred) and isinstance(element.value, ast.Call):
            inner = _callee(element.value)
            words.append("sudo" if inner == "sudo" else None)
        elif isinstance(element, ast.Constant) and isinstance(element.value, str):
            words.append(element.value)
        elif isinstance(element, ast.Name):
            words.append(texts.get(element.id))
        else:
            words.append(None)
    return words


def _is_argv(
    node: ast.List | ast.Tuple, parents: Mapping[ast.AST, ast.AST], ours: set[str], texts: Mapping[str, str]
) -> bool:
    words = _words(node.elts, texts)
    if not words or words[0] is None or program_name(words[0]) is None:
        return False
    user = parents[node]
    while isinstance(user, ast.BinOp | ast.Starred | ast.IfExp):
        user = parents[user]
    if isinstance(user, ast.Call) and _callee(user) in ours:
        return False
    return any(word and OPTION.fullmatch(word) for word in words[1:]) or _takes_argv(user, parents)


def _takes_argv(user: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Whether a list is an argument list by what becomes of it: started, or kept or returned as one."""
    match user:
        case ast.Call():
            return _callee(user) in STARTERS
        case ast.Assign():
            return any(ARGV_NAME.fullmatch(ast.unparse(target)) for target in user.targets)
        case ast.Return():
            while not isinstance(user, ast.FunctionDef | ast.AsyncFunctionDef):
                user = parents[user]
            return bool(ARGV_FUNCTION.fullmatch(user.name))
        case _:
            return False


def _named(words: list[str | None], file: str, line: int) -> Iterator[ProgramCall]:
    """The program of an argument list, and those that it is told to start."""
    if not words or words[0] is None or (name := program_name(words[0])) is None:
        return
    yield ProgramCall(name, file, line)
    rest = words[1:]
    if name in SHELLS:
        scripts = [after for option, after in itertools.pairwise(rest) if option in ("-c", "-ec")]
        for script in scripts:
            yield from calls_in_shell(script or "", file, line)
    elif name in WRAPPERS:
        yield from _named(_wrapped(rest), file, line)


def _wrapped(rest: list[str | None]) -> list[str | None]:
    """What remains of a wrapper's arguments from the program that it starts on."""
    if "--" in rest:
        return rest[rest.index("--") + 1 :]
    while rest and (rest[0] is None or rest[0].startswith("-") or "=" in rest[0] or rest[0].isdigit()):
        if rest[0] is None:
            return []
        rest = rest[2:] if rest[0] in TAKES_A_VALUE else rest[1:]
    return rest


# Shell

SEPARATORS = re.compile(r"[;&|()\n]+")
HERE_DOCUMENT = re.compile(r"<<-?\s*(['\"]?)(\w+)\1(.*?)\n(?:.*\n)*?\s*\2[ \t]*(?=\n|\Z)")
COMMENT = re.compile(r"(?m)(^|[ \t])#[^\n]*")
SUBSTITUTION = re.compile(r"\$\(([^()]+)\)")


def calls_in_shell(text: str, file: str, line: int = 1) -> Iterator[ProgramCall]:
    """Programs of a shell script, also those in command substitutions; functions of its own are left out."""
    text = HERE_DOCUMENT.sub(r"<<\2\3", text)
    text = COMMENT.sub(r"\1", re.sub(r"\\\n", " ", text))
    functions = set(re.findall(r"(?m)^\s*([\w-]+)\s*\(\)", text))
    scripts = []
    while found := SUBSTITUTION.search(text):
        if not found[1].startswith("("):
            scripts.append(found[1])
        text = text[: found.start()] + "VALUE" + text[found.end() :]
    for script in (text, *scripts):
        for words in _commands(script):
            for call in _named(list(words), file, line):
                if call.program not in {*BUILTINS, *functions}:
                    yield call
            if words[:2] == ["command", "-v"] and words[2:]:
                yield from _named([words[2]], file, line)


def _commands(script: str) -> Iterator[list[str | None]]:
    """Each simple command's words, from its program on."""
    lexer = shlex.shlex(script, posix=True, punctuation_chars=";&|()\n")
    lexer.whitespace, lexer.whitespace_split = " \t\r", True
    lexer.commenters = ""
    words: list[str | None] = []
    depth = 0
    for token in [*_tokens(lexer), "\n"]:
        if not SEPARATORS.fullmatch(token):
            words.append(token)
            continue
        depth += token.count("(")
        is_pattern = token.startswith(")") and depth == 0
        depth = max(0, depth - token.count(")"))
        if not is_pattern and (begun := _without_beginning(words)):
            yield begun
        words = []


def _tokens(lexer: shlex.shlex) -> Iterator[str]:
    try:
        yield from lexer
    except ValueError:  # a quote that the pieces of a template leave open
        return


def _without_beginning(words: list[str | None]) -> list[str | None]:
    """A command without keywords and assignments in front; empty for what is no call (case patterns)."""
    while words and (words[0] in PREFIXES or re.match(r"\w+=|\w*[<>]", words[0] or "")):
        if words[:2] == ["command", "-v"]:
            return words
        words = words[1:]
    return words


def calls_in_makefile(text: str, file: str) -> Iterator[ProgramCall]:
    """Programs of a Makefile's recipes and of its ``$(shell …)``."""
    text = re.sub(r"\\\n", " ", text)
    recipes = [line[1:].lstrip("@-+") for line in text.splitlines() if line.startswith("\t")]
    shells = re.findall(r"(?m)\$\(shell (.*)\)$", text)
    for recipe in (*recipes, *shells):
        yield from calls_in_shell(re.sub(r"\$\((\w+)\)", "VALUE", recipe).replace("$$", "$"), file)


# Ansible

COMMAND_MODULES = ("ansible.builtin.command", "ansible.builtin.shell", "needed_command")
LITERAL = re.compile(r"\[\s*'([^']+)'")


def calls_in_ansible(document: object, file: str) -> Iterator[ProgramCall]:
    """Programs of all command and shell tasks in a parsed file of tasks."""
    if isinstance(document, list):
        for item in document:
            yield from calls_in_ansible(item, file)
    elif isinstance(document, dict):
        for key, value in document.items():
            if key in COMMAND_MODULES:
                yield from _calls_of_task(value, file)
            else:
                yield from calls_in_ansible(value, file)


def _calls_of_task(arguments: object, file: str) -> Iterator[ProgramCall]:
    """Programs of one task; a name that a variable gives is not known here."""
    argv = arguments.get("argv", arguments.get("cmd", "")) if isinstance(arguments, dict) else arguments
    if isinstance(argv, list):
        yield from _named([str(word) for word in argv], file, 1)
    elif found := LITERAL.search(str(argv)):
        yield from _named([found[1]], file, 1)
    else:
        yield from calls_in_shell(re.sub(r"\{\{.*?\}\}", "VALUE", str(argv)), file)
