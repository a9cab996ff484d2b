"""The worked tender of inventories/lighthouse, as files that a test may change before they are read."""

import shutil
from pathlib import Path

import yaml

from millwright.core.places import product_root

WORKED = product_root() / "inventories" / "lighthouse"
BIDDERS = ("alder", "birch", "cedar")


def copy(folder: Path) -> Path:
    """The worked tender in a folder of the test's own."""
    return Path(shutil.copytree(WORKED, folder / "lighthouse"))


def read(path: Path) -> dict:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def write(path: Path, data: dict) -> None:
    text = yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")


def put(data: dict, keys: str, value: object) -> None:
    """Set a dotted key; the value ``...`` removes it."""
    *above, last = keys.split(".")
    for key in above:
        data = data[key]
    if value is ...:
        del data[last]
    else:
        data[last] = value


def change(path: Path, keys: str, value: object) -> None:
    """Set a dotted key of a file; the value ``...`` removes it."""
    data = read(path)
    put(data, keys, value)
    write(path, data)
