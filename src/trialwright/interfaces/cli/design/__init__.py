"""`trialwright design`: a command or a few per module; pictures are loaded when one is drawn."""

from trialwright.interfaces.cli.design import ask, behaviour, compare, small
from trialwright.interfaces.cli.design.app import app

app.command(
    "trialwright.interfaces.cli.design.pictures:picture",
    name="picture",
    help="Draw a design to an SVG or PNG file: table, paths, exact, range, course, small.",
)

__all__ = ["app", "ask", "behaviour", "compare", "small"]
