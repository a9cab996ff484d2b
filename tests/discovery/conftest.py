"""What tests of discovery share: their own helpers."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))  # for the tests' own helpers
