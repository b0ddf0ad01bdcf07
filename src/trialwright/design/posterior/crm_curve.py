"""Dose-toxicity curves of the continual reassessment method, and the prior on their parameters.

    empiric     p_d = skeleton_d ^ exp(b)
    logistic    logit p_d = a + exp(b) x_d, with a fixed intercept a
    logistic2   the same with a ~ N(intercept, intercept_sd^2)

with b ~ N(0, scale^2) and x_d = logit skeleton_d - intercept, so that b = 0 gives the skeleton.
Cheung 2011, chapter 2 and section 3.2; O'Quigley and Shen 1996, Biometrics 52:673.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit, logit

from trialwright.design.states import Floats

MODELS = ("empiric", "logistic", "logistic2")


@dataclass(frozen=True)
class CrmCurve:
    """A model with its skeleton and prior; parameters are arrays (.., 1): b, or (.., 2): a, b."""

    model: str
    skeleton: tuple[float, ...]
    scale: float
    intercept: float = 0.0
    intercept_sd: float = 0.0

    @property
    def two(self) -> bool:
        """Whether the intercept is a parameter."""
        return self.model == "logistic2"

    @cached_property
    def labels(self) -> Floats:
        """The levels on the model's linear scale (doses,)."""
        rates = np.array(self.skeleton)
        found: Floats = np.log(rates) if self.model == "empiric" else logit(rates) - self.intercept
        return found

    @property
    def centre(self) -> Floats:
        """The prior mean of each parameter."""
        return np.array([self.intercept, 0.0]) if self.two else np.zeros(1)

    @property
    def spread(self) -> Floats:
        """The prior standard deviation of each parameter."""
        return np.array([self.intercept_sd, self.scale]) if self.two else np.array([self.scale])

    def log_prior(self, parameters: Floats) -> Floats:
        """Return the log of the prior density, up to a constant (..,)."""
        z = (parameters - self.centre) / self.spread
        found: Floats = -0.5 * np.sum(z * z, axis=-1)
        return found

    def linear(self, parameters: Floats) -> Floats:
        """Return log p for the empiric model, logit p for the others (.., doses)."""
        slope = np.exp(parameters[..., -1:])
        intercept = parameters[..., :1] if self.two else np.full(slope.shape, self.intercept)
        found: Floats = slope * self.labels
        return found if self.model == "empiric" else intercept + found

    def rates(self, parameters: Floats) -> Floats:
        """Return the DLT rates (.., doses)."""
        return self._rate(self.linear(parameters))

    def log_rates(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Return (log p, log(1 - p)), each (.., doses)."""
        z = self.linear(parameters)
        if self.model == "empiric":
            return z, np.log(-np.expm1(z))
        return -np.logaddexp(0, -z), -np.logaddexp(0, z)

    def on_scale(self, rate: float) -> float:
        """Return a DLT rate on the scale of `linear`."""
        return float(np.log(rate)) if self.model == "empiric" else float(logit(rate))

    def crossings(self, rate: float, slopes: Floats) -> Floats:
        """Return where each level's rate equals `rate`, a row per slope b (slopes, doses).

        With one parameter that is the value of b itself, one row whatever `slopes` are, and -inf
        where no parameter gives a rate that high; with two it is the intercept for that slope.
        """
        if self.two:
            crossing: Floats = self.on_scale(rate) - np.exp(slopes[:, None]) * self.labels
            return crossing
        gap = self.on_scale(rate) - (0.0 if self.model == "empiric" else self.intercept)
        ratio = gap / self.labels
        positive = np.maximum(ratio, np.finfo(float).tiny)
        return np.where(ratio > 0, np.log(positive), -np.inf)[None, :]

    def most_information(self) -> float:
        """Return the most that one patient can tell of b: the largest Fisher information."""
        rates = np.linspace(0.001, 0.999, 999)
        if self.model == "empiric":
            return float(np.max(rates / (1 - rates) * np.log(rates) ** 2))
        around = self.intercept + self.intercept_sd * np.array([-2.0, 0.0, 2.0])
        slope = logit(rates) - around[:, None]
        return float(np.max(rates * (1 - rates) * slope**2))

    def _rate(self, z: Floats) -> Floats:
        found: Floats = np.exp(z) if self.model == "empiric" else expit(z)
        return found
