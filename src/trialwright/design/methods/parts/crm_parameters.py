"""The CRM's curve from its stated parameters, or an InputError that names one."""

from dataclasses import replace
from math import log

from trialwright.core.errors import InputError
from trialwright.design.methods.parts.skeleton import indifference_skeleton, stated_skeleton
from trialwright.design.parameters import one_of, rate, whole
from trialwright.design.posterior.crm_curve import MODELS, CrmCurve

_WIDEST = 10.0  # of a prior standard deviation
_STEEPEST = 50.0  # of an intercept, on the logit scale


def stated_curve(model: object, intercept: object, intercept_sd: object, scale: object) -> CrmCurve:
    """Return the model with its prior, the skeleton still to come."""
    kind = one_of("model", model, MODELS)
    spread = rate("scale", scale, 0, _WIDEST)
    if kind != "logistic2" and intercept_sd is not None:
        raise InputError("parameter intercept_sd", f"stated for {kind}", "none: logistic2 has one")
    if kind == "empiric":
        return CrmCurve(kind, (), spread)
    at = rate("intercept", intercept, -_STEEPEST, _STEEPEST)
    if kind == "logistic":
        return CrmCurve(kind, (), spread, at)
    if intercept_sd is None:
        raise InputError("parameter intercept_sd", "not stated", "a value; logistic2 needs it")
    return CrmCurve(kind, (), spread, at, rate("intercept_sd", intercept_sd, 0, _WIDEST))


def with_skeleton(
    curve: CrmCurve,
    target: float,
    doses: int,
    skeleton: object,
    halfwidth: object,
    prior_mtd: object,
) -> CrmCurve:
    """Return the curve with the stated skeleton, or with that of indifference intervals."""
    if skeleton is None:
        rates = _indifference(curve, target, doses, halfwidth, prior_mtd)
    else:
        for name, value in (("halfwidth", halfwidth), ("prior_mtd", prior_mtd)):
            if value is not None:
                raise InputError(f"parameter {name}", "stated with a skeleton", "one or the other")
        rates = stated_skeleton(skeleton, doses)
    if curve.model == "logistic" and curve.intercept <= _logit(rates[-1]):
        raise InputError(
            "parameter intercept",
            f"{curve.intercept:g}",
            f"a number above {_logit(rates[-1]):.3f}, the logit of the highest level's prior guess",
        )
    return replace(curve, skeleton=rates)


def _indifference(
    curve: CrmCurve, target: float, doses: int, halfwidth: object, prior_mtd: object
) -> tuple[float, ...]:
    width = min(target, 1 - target)
    half = rate("halfwidth", 0.25 * width if halfwidth is None else halfwidth, 0, width)
    middle = (doses + 1) // 2 if prior_mtd is None else prior_mtd
    level = whole("prior_mtd", middle, 1, doses)
    # A model with both parameters free has no indifference intervals; its slope's are used.
    return indifference_skeleton(
        half, target, level, doses, model=curve.model, intercept=curve.intercept
    )


def _logit(rate: float) -> float:
    return log(rate / (1 - rate))
