"""What every test may ask for."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared" / "data"


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
