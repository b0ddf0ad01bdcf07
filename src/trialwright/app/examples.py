"""Where the examples lie: in the checkout, or inside the installed package."""

from pathlib import Path

from trialwright.core.errors import InputError

REFERENCE_EXAMPLE = "secret_hf"
STARTER_CATALOGUE = "starter_catalogue"

_PACKAGE = Path(__file__).resolve().parents[1]


def examples_folder(name: str) -> Path:
    """Return an example's folder; InputError where this installation carries none."""
    for root in (_PACKAGE.parents[1] / "examples", _PACKAGE / "_examples"):
        if (root / name).is_dir():
            return root / name
    raise InputError(f"examples/{name}", "not in this installation", "a checkout of the project")
