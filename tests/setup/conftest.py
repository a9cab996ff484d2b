"""The set-up's programs are loaded by path: they are no part of the package."""

import importlib.util
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "tools" / "setup"


@pytest.fixture(scope="session")
def load_setup():
    def load(stem):
        spec = importlib.util.spec_from_file_location(f"setup_{stem}", SETUP / f"{stem}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    return load
