"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared" / "data"

# The suite draws the same examples everywhere, so that a failure is the change's and not the
# day's; `make fuzz` draws new ones.
settings.register_profile("suite", derandomize=True)
settings.register_profile("fuzz", derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real test data; skip where it is not beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the real test data (../shared/data) is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def example() -> Path:
    """Return the reference trial's folder."""
    return REPOSITORY / "examples" / "secret_hf"
