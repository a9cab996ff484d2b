"""The reader of how-tos: what counts as a command, and that none can be left out."""

import pytest

from .walk import HOW_TO, PROGRAMS, Piece, Walk, pieces_of

TEXT = """\
1. Edit, then `millwright facility check
   FACILITY` and see `idle+drain`.

   ```yaml
   a: 1
   ```
2. `millwright rack down && millwright rack up`

   ```
   millwright apply FACILITY --resume   # goes on
   ```
"""


def test_commands_and_yaml_come_in_order():
    assert pieces_of(TEXT) == [
        Piece("command", "millwright facility check FACILITY"),
        Piece("yaml", "   a: 1\n"),
        Piece("command", "millwright rack down"),
        Piece("command", "millwright rack up"),
        Piece("command", "millwright apply FACILITY --resume"),
    ]


def test_a_command_that_is_not_walked_fails():
    walk = Walk("add-a-node", {})
    walk.meets("millwright run")
    walk.declares()
    walk.meets("millwright facility check")
    with pytest.raises(AssertionError, match="never walked"):
        walk.is_through()
    with pytest.raises(AssertionError, match="--check"):
        walk.meets("millwright nodes drain")


@pytest.mark.parametrize("path", sorted(HOW_TO.glob("*.md")), ids=lambda path: path.stem)
def test_every_block_of_a_how_to_can_be_read(path):
    for piece in pieces_of(path.read_text()):
        assert piece.kind == "yaml" or piece.text.split()[0] not in PROGRAMS or len(piece.text.split()) > 1
