"""Makes ``builders``, ``real_data`` and the cases of inspection importable, whichever way pytest was started."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "inspection"), str(TESTS / "seal"), str(TESTS / "pki")]
