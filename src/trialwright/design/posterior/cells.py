"""Integrals over the posterior of a logistic curve's two parameters, by quadrature in cells.

The plane of (alpha, beta) is cut into strips in beta and each strip into panels in alpha: cells
that are narrow against the prior and against the likelihood of so many patients. Each cell has a
product Gauss-Legendre rule. The DLT rate p(d) is above a rate where alpha is above
logit(rate) - exp(beta) x(d): at each node in beta the polynomial through the nodes in alpha is
integrated from there on, so that the jump costs no accuracy. Nodes and weights do not depend on the
outcomes: with y DLTs of n at each dose,

    integral of f = sum over nodes of (weight of f) * prior * product of p^y (1 - p)^(n - y)

is two matrix products for many outcomes at once. A cell is left out where the density of no
outcome at hand comes within exp(-NEGLIGIBLE) of its largest, and its weights are worked out when
the first outcome needs it.
"""

from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.polynomial import legendre
from scipy.special import xlogy

from trialwright.design.posterior.kept import Kept, grown
from trialwright.design.posterior.logistic_prior import Logistic, slope
from trialwright.design.posterior.strips import cells_of
from trialwright.design.states import Floats, Ints

NEGLIGIBLE = 18.0  # in log density: exp(-18) is 2e-8
NODES = 8, 12  # of a cell's rule in beta, and in alpha where a jump is integrated across
_OUTCOMES = 64  # that share their cells
_DENSITIES = 1 << 20  # held at a time: 8 MB
_FEW_PATIENTS = 64  # for whom the density changes little within a standard deviation
_KEPT = 96 << 20  # bytes of nodes and weights; then they are worked out again
_KEPT_IN_ALL = 256 << 20  # bytes of all quadratures; then the longest unused go
_POINTS = 5  # of a cell that are looked at first: its corners and its centre


def integrals(curve: Logistic, rates: tuple[float, ...], treated: Ints, dlts: Ints) -> Floats:
    """Return integrals over the posterior, up to a factor (outcomes, 1 + doses + doses * rates).

    They are those of 1, of the DLT rate at each dose, and of [DLT rate > rate] at each dose and
    rate; `treated` and `dlts` are (outcomes, doses).
    """
    powers = np.hstack([dlts, treated - dlts, np.ones((len(treated), 1))])
    quadrature = _quadrature((curve, rates, _patients(treated), _radius(curve, powers)))
    found = np.empty((len(powers), quadrature.columns))
    order = np.argsort(quadrature.peaks(powers), kind="stable")  # neighbours need the same cells
    for rows in quadrature.batches(order):
        found[rows] = quadrature.integrate(powers[rows])
    return found


def _patients(treated: Ints) -> int:
    """Return the largest number of patients, rounded up to a power of 2 so that grids are few."""
    return 1 << max(2, int(treated.sum(axis=1).max()) - 1).bit_length()


def _radius(curve: Logistic, powers: Floats) -> float:
    """Return beyond how many prior standard deviations no posterior density matters.

    The likelihood is at most that of the observed rates. So at r standard deviations from the mean
    of a normal the log density is at most the prior's there, less r^2 / 2, plus that likelihood. Of
    the largest density a lattice gives a lower bound. Rounded up, so that grids are few.
    """
    few = powers[:, :-1].sum(axis=1).max() <= _FEW_PATIENTS
    alpha, beta = _lattice(curve, 1.0 if few else 0.25)
    logs = _logs(curve, alpha[None], beta[None])[0]
    parts = (powers[i : i + 1024] for i in range(0, len(powers), 1024))
    peak = np.concatenate([(part @ logs).max(axis=1) for part in parts])
    means = (np.array([getattr(n, name) for n in curve.prior]) for name in ("alpha", "beta"))
    below = curve.log_prior(*means).max() + _observed(powers) - peak
    square = 2 * (NEGLIGIBLE + float(below.max()))
    return float(2 ** (np.ceil(2 * np.log2(square)) / 4))


def _observed(powers: Floats) -> Floats:
    """Return the log likelihood of the observed rates (outcomes,), which no curve exceeds."""
    dlts, spared = np.hsplit(powers[:, :-1], 2)
    treated = np.maximum(dlts + spared, 1)
    return np.asarray((xlogy(dlts, dlts / treated) + xlogy(spared, spared / treated)).sum(axis=1))


def _lattice(curve: Logistic, step: float) -> tuple[Floats, Floats]:
    """Return (alpha, beta) of points around each normal of the prior (points,)."""
    far = 4.0 * 2.0 ** np.arange(1, 4)
    offsets = np.concatenate([-far[::-1], np.arange(-4, 4 + step, step), far])
    along, across = (offset.ravel() for offset in np.meshgrid(offsets, offsets))
    beta = [normal.beta + along * normal.sd_beta for normal in curve.prior]
    alpha = [
        normal.alpha + normal.correlation * normal.sd_alpha * along + across * normal.sd_given_beta
        for normal in curve.prior
    ]
    return np.concatenate(alpha), np.concatenate(beta)


class _Quadrature:
    """The cells, with the nodes and weights of those that were needed so far.

    Products are stacked, one small product for each cell: large ones would be spread over threads,
    which wait for one another for longer than they compute.
    """

    def __init__(self, curve: Logistic, rates: tuple[float, ...], cells: Floats) -> None:
        self.curve = curve
        self.rates = rates
        self.cells = cells  # (cells, 4): lowest and highest beta, lowest and highest alpha
        self.points = (
            _logs(curve, *_corners(cells)).swapaxes(1, 2).copy()
        )  # (cells, _POINTS, powers)
        self.slot = np.full(len(cells), -1)  # where a cell's nodes are kept, -1 for nowhere
        powers, nodes = self.points.shape[2], NODES[0] * NODES[1]
        self.columns = 1 + len(curve.x) * (1 + len(rates))
        self.logs = np.empty((0, powers, nodes))  # log p and log(1 - p) by dose, log prior
        self.weights = np.empty((0, nodes, self.columns))
        self.used = 0  # of the rows of both
        self.lock = Lock()

    @property
    def held(self) -> int:
        """Bytes that it takes, about."""
        return self.points.nbytes + self.logs.nbytes + self.weights.nbytes

    def batches(self, order: Ints) -> list[Ints]:
        """Cut outcomes into batches, fewer at a time where cells are many."""
        step = max(1, min(_OUTCOMES, 8 * _DENSITIES // (len(self.cells) * _POINTS)))
        return [order[first : first + step] for first in range(0, len(order), step)]

    def peaks(self, powers: Floats) -> Ints:
        """Return in which cell the density of each outcome is largest (outcomes,)."""
        parts = self.batches(np.arange(len(powers)))
        return np.concatenate([self._largest(powers[rows]).argmax(axis=0) for rows in parts])

    def integrate(self, powers: Floats) -> Floats:
        """Return the integrals for a batch of outcomes (outcomes, columns)."""
        largest = self._largest(powers)
        peak = largest.max(axis=0)
        wanted = np.flatnonzero((largest - peak).max(axis=1) > -NEGLIGIBLE)
        found = np.zeros((len(powers), self.columns))
        step = max(1, _DENSITIES // (len(powers) * NODES[0] * NODES[1]))
        for first in range(0, len(wanted), step):
            logs, weights = self._nodes_of(wanted[first : first + step])
            density = powers @ logs  # (cells, outcomes, nodes)
            density -= peak[:, None]
            np.exp(density, out=density)
            found += (density @ weights).sum(axis=0)
        return found

    def _largest(self, powers: Floats) -> Floats:
        """Return the largest log density at a cell's corners and centre (cells, outcomes)."""
        return np.asarray((self.points @ powers.T).max(axis=1))

    def _nodes_of(self, wanted: Ints) -> tuple[Floats, Floats]:
        """Return `logs` and `weights` of some cells, after working out those that are missing."""
        with self.lock:
            missing = wanted[self.slot[wanted] < 0]
            if len(missing):
                if self.logs.nbytes + self.weights.nbytes > _KEPT:
                    self._forget()
                    missing = wanted
                self._work_out(missing)
            slots = self.slot[wanted]
            return self.logs[slots], self.weights[slots]

    def _forget(self) -> None:
        self.slot[:] = -1
        self.logs, self.weights, self.used = self.logs[:0], self.weights[:0], 0

    def _work_out(self, missing: Ints) -> None:
        cells, before, after = self.cells[missing], self.used, self.used + len(missing)
        self.logs, self.weights = grown(self.logs, after), grown(self.weights, after)
        self.logs[before:after] = _logs(self.curve, *_nodes(cells))
        self.weights[before:after] = _weights(self.curve, self.rates, cells)
        self.slot[missing] = np.arange(before, after)
        self.used = after


def _made(question: tuple[Logistic, tuple[float, ...], int, float]) -> _Quadrature:
    curve, rates, patients, radius = question
    return _Quadrature(curve, rates, cells_of(curve, patients, radius))


_quadrature = Kept(_made, lambda quadrature: quadrature.held, _KEPT_IN_ALL)


def _corners(cells: Floats) -> tuple[Floats, Floats]:
    """Return (alpha, beta) of the corners and the centre of each cell (cells, _POINTS)."""
    along, across = np.array([-1, -1, 1, 1, 0.0]), np.array([-1, 1, -1, 1, 0.0])
    return _scaled(cells[:, 2:], across), _scaled(cells[:, :2], along)


def _nodes(cells: Floats) -> tuple[Floats, Floats]:
    """Return (alpha, beta) of the nodes (cells, nodes), those in alpha the quicker."""
    beta, alpha = (_scaled(cells[:, 2 * i : 2 * i + 2], _rule(NODES[i])[0]) for i in (0, 1))
    return np.tile(alpha, NODES[0]), np.repeat(beta, NODES[1], axis=1)


def _scaled(ends: Floats, at: Floats) -> Floats:
    """Return points of ranges (ranges, 2) at places in [-1, 1]: (ranges, places)."""
    low, high = ends[:, :1], ends[:, 1:]
    return np.asarray((low + high) / 2 + (high - low) / 2 * at)


def _logs(curve: Logistic, alpha: Floats, beta: Floats) -> Floats:
    """Return log p and log(1 - p) by dose and the log prior (cells, 2 * doses + 1, points)."""
    toxic, clean = curve.log_rates(alpha, beta)
    return np.concatenate([toxic, clean, curve.log_prior(alpha, beta)[:, None]], axis=1)


def _weights(curve: Logistic, rates: tuple[float, ...], cells: Floats) -> Floats:
    """Return the weights of every integral at every node (cells, nodes, columns)."""
    half = (cells[:, 1::2] - cells[:, ::2]) / 2  # (cells, 2): in beta, in alpha
    along = half[:, :1] * _rule(NODES[0])[1]  # (cells, nodes in beta)
    across = half[:, 1:] * _rule(NODES[1])[1]
    plain = (along[:, :, None] * across[:, None, :]).reshape(len(cells), -1, 1)
    toxic, _ = curve.log_rates(*_nodes(cells))
    above = _above(curve, rates, cells)
    above *= along[:, None, :, None] * half[:, 1, None, None, None]
    tails = np.moveaxis(above, 1, -1).reshape(*plain.shape[:2], -1)
    return np.concatenate([plain, plain * np.exp(toxic).swapaxes(1, 2), tails], axis=2)


def _above(curve: Logistic, rates: tuple[float, ...], cells: Floats) -> Floats:
    """Return weights in alpha above each threshold (cells, doses * rates, *NODES)."""
    beta = _scaled(cells[:, :2], _rule(NODES[0])[0])
    logit = np.log(rates) - np.log1p(-np.array(rates))
    shift = slope(beta)[:, None, :] * np.array(curve.x)[:, None]  # (cells, doses, nodes in beta)
    threshold = logit[:, None] - shift[:, :, None, :]
    threshold = threshold.reshape(len(cells), -1, beta.shape[1])
    low, high = cells[:, 2, None, None], cells[:, 3, None, None]
    return _from(np.clip((2 * threshold - low - high) / (high - low), -1, 1))


def _from(place: Floats) -> Floats:
    """Return the weights of the integral from a place in [-1, 1] to 1; the nodes are a last axis.

    The polynomial through the nodes is a Legendre series, and the integral of P_k from u to 1 is
    (P_(k-1)(u) - P_(k+1)(u)) / (2 k + 1).
    """
    nodes = NODES[1]
    values = legendre.legvander(place, nodes)
    tail = np.empty((*place.shape, nodes))
    tail[..., 0] = 1 - place
    tail[..., 1:] = (values[..., :-2] - values[..., 2:]) / (2 * np.arange(1, nodes) + 1)
    return np.asarray(tail @ _series(nodes))


@lru_cache(maxsize=4)
def _rule(nodes: int) -> tuple[Floats, Floats]:
    return legendre.leggauss(nodes)


@lru_cache(maxsize=4)
def _series(nodes: int) -> Floats:
    """Return the Legendre coefficients of the polynomial that is 1 at one node (degrees, nodes)."""
    places, weights = _rule(nodes)
    degrees = np.arange(nodes)[:, None] + 0.5
    return np.asarray(degrees * legendre.legvander(places, nodes - 1).T * weights)
