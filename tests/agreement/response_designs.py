"""Small designs that look at responses, one of each kind."""

from typing import Any

from trialwright.design import (
    Design,
    boin12,
    cohorts,
    efftox,
    wages_tait,
)

PRIORS = {
    "alpha_mean": -3.0,
    "alpha_sd": 1.5,
    "beta_mean": 1.5,
    "beta_sd": 1.0,
    "gamma_mean": 0.5,
    "gamma_sd": 1.5,
    "zeta_mean": 2.0,
    "zeta_sd": 1.2,
}
HURDLES = {"efficacy_hurdle": 0.4, "p_e": 0.1, "p_t": 0.15}
CONTOUR = {"eff0": 0.4, "tox1": 0.7, "eff_star": 0.6, "tox_star": 0.3}


def small_efftox(doses: str = "1,2,4", **more: Any) -> Design:
    return efftox(doses=doses, target=0.35, **HURDLES, **CONTOUR, **PRIORS, **more)


def small_boin12(**more: Any) -> Design:
    return boin12(target=0.35, phi_e=0.25, u2=40, u3=60, doses=3, **more)


def small_wages_tait(randomise: int = 4, **more: Any) -> Design:
    return wages_tait(
        target=0.4,
        eff_limit=0.3,
        tox_skeleton=(0.1, 0.2, 0.3),
        eff_skeletons=((0.6, 0.5, 0.4), (0.4, 0.6, 0.5), (0.4, 0.5, 0.6), (0.6, 0.6, 0.6)),
        doses=3,
        randomise=randomise,
        **more,
    )


DESIGNS = {
    "boin12": small_boin12() | cohorts("2,1,2"),
    "boin12 explores": small_boin12(explore_from=2, n_star=2, min_n_eli=1) | cohorts("2,2,1"),
    "efftox": small_efftox() | cohorts("1,2,1"),
    "wages_tait": small_wages_tait() | cohorts("1,2,1"),
    "wages_tait draws all": small_wages_tait(9, may_skip=True, start=2) | cohorts("1,1,1"),
    "wages_tait stops": small_wages_tait(0, when_none="stop") | cohorts("2,1,1"),
}
