"""The pipelines that ``init`` writes are valid for GitLab and GitHub, and run what there is."""

import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from millwright.app.site.site_files import site_files
from millwright.cli.main import COMMANDS, GROUPS

FILES = site_files("coast", version="1.2.3", ansible_config="[defaults]\n")
PIPELINES = {
    ".gitlab-ci.yml": "vendor.gitlab-ci --data-transform gitlab-ci",
    ".github/workflows/millwright.yml": "vendor.github-workflows",
}


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_is_valid(name, tmp_path):
    file = tmp_path / Path(name).name
    file.write_text(FILES[PurePosixPath(name)])
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [checker, "--builtin-schema", *PIPELINES[name].split(), file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_measures_with_a_junit_file_and_keeps_it(name):
    text = FILES[PurePosixPath(name)]
    commands = re.findall(
        r"millwright (\S+)(.*)", "\n".join(line for line in text.splitlines() if "#" not in line)
    )
    assert ("run", " coast --junit junit.xml") in commands
    assert {word for word, _ in commands if word in COMMANDS.keys() | GROUPS.keys()} >= {"run", "report"}
    assert text.count("junit.xml") >= 2
