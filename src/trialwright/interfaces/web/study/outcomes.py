"""Posted outcome measures: what, when, the values in each group, and the analyses."""

from collections.abc import Iterator

from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import Block, Fact, Facts, Part, Table, facts
from trialwright.interfaces.web.study.columns import head
from trialwright.interfaces.web.study.measures import denominators, measured, summary_words
from trialwright.interfaces.web.text import rich, unshield
from trialwright.record.model import MeasureAnalysis, OutcomeMeasure, OutcomeMeasuresModule


def outcomes(module: OutcomeMeasuresModule | None) -> tuple[Block, ...]:
    """Return one part for each outcome measure, in the record's order."""
    if module is None:
        return ()
    return tuple(_outcome(item) for item in module.outcome_measures)


def _outcome(item: OutcomeMeasure) -> Part:
    kind = words.word(words.OUTCOME, item.type)
    reporting = words.word(words.REPORTING, item.reporting_status)
    posted = reporting if item.reporting_status != "POSTED" else None
    blocks = (
        *facts(("Kind", kind), ("When", item.time_frame), ("Posting", posted)),
        *rich(item.description),
        *rich(item.population_description),
        *_values(item),
        *_analyses(item.analyses),
    )
    return Part(unshield(item.title or "Outcome without a title"), blocks, level=4)


def _values(item: OutcomeMeasure) -> Iterator[Block]:
    rows = (*denominators(item.denoms, item.groups), *measured(item.classes, item.groups))
    if rows:
        summary = summary_words(item.param_type, item.dispersion_type, item.unit_of_measure)
        yield Table("Values", head(summary, item.groups), rows)


def _analyses(analyses: tuple[MeasureAnalysis, ...]) -> Iterator[Block]:
    for number, analysis in enumerate(analyses, start=1):
        found = tuple(
            Fact(label, (text,))
            for label, text in (
                ("Estimate", _estimate(analysis)),
                ("Interval", _interval(analysis)),
                ("p-value", analysis.p_value or ""),
                ("Method", analysis.statistical_method or ""),
                ("About the method", analysis.statistical_comment or ""),
                ("About the estimate", analysis.estimate_comment or ""),
                ("About the groups", analysis.group_description or ""),
                ("Other analysis", analysis.other_analysis_description or ""),
            )
            if text
        )
        name = "Analysis" if len(analyses) == 1 else f"Analysis {number}"
        if found:
            yield Part(name, (Facts(found),), level=5)


def _estimate(analysis: MeasureAnalysis) -> str:
    if not analysis.param_value:
        return ""
    spread = f" (± {analysis.dispersion_value})" if analysis.dispersion_value else ""
    return f"{analysis.param_type or 'Estimate'}: {analysis.param_value}{spread}"


def _interval(analysis: MeasureAnalysis) -> str:
    low, high = analysis.ci_lower_limit, analysis.ci_upper_limit
    if not low and not high:
        return ""
    sides = "one-sided " if analysis.ci_num_sides == "ONE_SIDED" else ""
    percent = f"{analysis.ci_pct_value} % " if analysis.ci_pct_value else ""
    return f"{sides}{percent}interval {low or '–'} to {high or '–'}"
