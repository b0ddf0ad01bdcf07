"""The command that the design commands hang on."""

from cyclopts import App, Parameter

app = App(
    name="design",
    help="Dose escalation: decide, recommend, table, paths, exact, simulate, compare, small, "
    "picture.",
    default_parameter=Parameter(negative=()),
)
