"""Commands of the Python packages that this one depends on."""

import sys
from importlib import metadata
from pathlib import Path


def find_script(distribution: str, name: str) -> Path:
    """The command that a distribution installed into the environment that runs just now.

    pipx and uv do not put it on PATH, and ``pip install --user`` does not put it beside the interpreter.
    If the distribution recorded none, it is looked for beside the interpreter; it may not exist there.
    """
    beside = Path(sys.executable).with_name(name)
    if beside.is_file():
        return beside
    try:
        files = metadata.files(distribution) or ()
    except metadata.PackageNotFoundError:
        return beside
    found = (Path(str(file.locate())).resolve() for file in files if file.name == name)
    return next((path for path in found if path.parent.name == "bin" and path.is_file()), beside)
