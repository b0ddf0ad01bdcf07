"""Nodes and weights of integrals: where a likelihood is evaluated, for all states at once."""

from math import ceil

import numpy as np
from scipy.special import sici

from trialwright.design.states import Floats


def even_nodes(lower: float, upper: float, step: float) -> tuple[Floats, Floats]:
    """Return nodes at most `step` apart and their equal weights (nodes,).

    For a smooth integrand that vanishes at both ends the error falls exponentially with 1 / step
    (Trefethen and Weideman 2014, SIAM Review 56:385): for a normal density with standard deviation
    s and step 0.85 s it is below 1e-11.
    """
    count = max(2, ceil((upper - lower) / step) + 1)
    nodes = np.linspace(lower, upper, count)
    return nodes, np.full(count, (upper - lower) / (count - 1))


def half_line_weights(distance: Floats) -> Floats:
    """Return the share of its even weight that each node has in an integral over a half-line.

    `distance` is how many steps a node lies inside the half-line, negative outside; any shape. The
    integral over it of the sinc interpolation of the integrand is exact: a node counts
    1/2 + Si(pi distance) / pi (Haber 1993, Math Comp 60:279). For a normal density with standard
    deviation s and step 0.4 s the error is below 1e-14, with step 0.6 s below 1e-6.
    """
    integral, _ = sici(np.pi * distance)
    weights: Floats = 0.5 + integral / np.pi
    return weights
