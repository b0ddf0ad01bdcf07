"""What to ask or measure next for one patient: the open facts, named as a person asks for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.screening.deciding import Deciding, Demand, deciding
from trialwright.screening.explain import QUESTIONS, shortened
from trialwright.screening.fact_values import values_of
from trialwright.screening.model import Answer, CriterionVerdict, FactKind, OpenFact, Question
from trialwright.screening.open_facts import Ask, Open, leaves, logic_of
from trialwright.screening.setting import Setting

# A concentration by mass and the one by substance that laboratories print in its place.
_BY_SUBSTANCE = {
    "pg/mL": "pmol/L", "ng/L": "pmol/L", "ng/mL": "nmol/L", "ug/L": "nmol/L", "ng/dL": "nmol/L",
    "mg/L": "umol/L", "mg/dL": "mmol/L", "g/dL": "mmol/L", "g/L": "mmol/L",
}  # fmt: skip
_LONGEST = 80
_IN_ORDER: tuple[FactKind, ...] = ("measure", "class", "person", "record", "answer")


@dataclass(frozen=True, slots=True)
class Asking:
    """The facts that would decide, in words."""

    facts: tuple[OpenFact, ...] = ()
    could_exclude: tuple[OpenFact, ...] = ()
    exact: bool = True
    suffice: bool | None = True


def asking(
    criteria: Iterable[Criterion],
    verdicts: Iterable[CriterionVerdict],
    at: Setting,
    answers: Mapping[str, Answer],
) -> Asking:
    """Return what to find out about a patient none of whose criteria is FALSE."""
    open_verdicts = {v.id: v for v in verdicts if v.verdict.truth is Truth.UNKNOWN}
    demands = [
        _demand(criterion, replace(at, answer=answers.get(criterion.id)))
        for criterion in criteria
        if open_verdicts.pop(criterion.id, None)
    ]
    # What is open and no criterion of the protocol: whether the person is alive.
    demands += [_standing(verdict) for verdict in open_verdicts.values()]
    hanging = _hanging(demands)
    values = {ask: values_of(ask, found, at) for ask, found in hanging.items()}
    found = deciding(demands, values)
    return _in_words(found, demands, hanging, {c.id: c for c in criteria}, at)


def _demand(criterion: Criterion, at: Setting) -> Demand:
    """Return a criterion's logic; one that was answered is not asked again."""
    answered = at.answer is not None and at.answer.truth is not Truth.UNKNOWN
    answer = None if answered else Ask("answer", criterion.id)
    demanded = Truth.of(criterion.section == "inclusion")
    return Demand.of(criterion.id, logic_of(criterion.expr, at, answer), demanded)


def _standing(verdict: CriterionVerdict) -> Demand:
    ask = Ask("answer", verdict.id)
    leaf = Open(None, None, nodes.Attest(verdict.text), ask, affirmed=True)
    return Demand.of(verdict.id, leaf, Truth.TRUE)


def _hanging(demands: Iterable[Demand]) -> dict[Ask, list[Open]]:
    found: dict[Ask, list[Open]] = {}
    for demand in demands:
        for ask in demand.asks:
            found.setdefault(ask, [])
        for leaf in leaves(demand.logic):
            if leaf.ask is not None:
                found[leaf.ask].append(leaf)
    return found


def _in_words(
    found: Deciding,
    demands: Sequence[Demand],
    hanging: Mapping[Ask, list[Open]],
    criteria: Mapping[str, Criterion],
    at: Setting,
) -> Asking:
    def fact(ask: Ask) -> OpenFact:
        touched = tuple(d.id for d in demands if ask in d.asks)
        asked = _question(ask, demands) if ask.kind == "answer" else None
        return OpenFact(ask.kind, _name(ask, hanging[ask], asked, criteria, at), touched, asked)

    return Asking(
        tuple(sorted(map(fact, found.smallest), key=_rank)),
        tuple(map(fact, found.could_exclude)),
        found.exact,
        found.suffice,
    )


def _name(
    ask: Ask,
    hanging: Sequence[Open],
    question: Question | None,
    criteria: Mapping[str, Criterion],
    at: Setting,
) -> str:
    match ask.kind:
        case "answer":
            criterion = criteria.get(ask.about)
            text = shortened(criterion.text if criterion else ask.about, _LONGEST)
            return f"{QUESTIONS[question or 'read']} {ask.about}: {text}"
        case "measure":
            label = ", ".join([at.terms.measures[ask.about].label, _units(hanging, ask, at)])
        case "class":
            label = at.terms.scales[ask.about].label
        case "record":
            label = _thing(hanging, at)
        case "person":
            return "date of birth" if ask.about == "birth" else "sex"
    return f"{label}{_days(ask, hanging)}"


def _thing(hanging: Sequence[Open], at: Setting) -> str:
    """Name what a record would be of: `severe asthma`, `history of stroke`, `stroke`."""
    leaf = next(leaf for leaf in hanging if isinstance(leaf.node, nodes.Has))
    node = cast("nodes.Has", leaf.node)
    term = at.terms.concepts[node.domain, node.concept or ""]
    degree = f"{' or '.join(node.severity)} " if node.severity else ""
    time = {"ever": "history of ", "current": "current ", None: ""}[node.when]
    return f"{time}{degree}{term.label} {leaf.but}".strip()


def _units(hanging: Sequence[Open], ask: Ask, at: Setting) -> str:
    """Name the units that a value may come in: the criteria's, or one that converts to them."""
    term = at.terms.measures[ask.about]
    compares = [leaf.node for leaf in hanging if isinstance(leaf.node, nodes.Compare)]
    units = [node.unit or term.unit for node in compares if node.value is not None]
    units = units or [term.unit]
    if term.ways.molar_mass is not None:
        units += [_BY_SUBSTANCE[unit] for unit in units if unit in _BY_SUBSTANCE]
    words = " or ".join(dict.fromkeys(units))
    uln = any(node.times_uln is not None for node in compares)
    lln = any(node.times_lln is not None for node in compares)
    limits = [name for name, asked in (("upper", uln), ("lower", lln)) if asked]
    beside = f" with the laboratory's {' and '.join(limits)} limit of normal" if limits else ""
    return words + beside


def _days(ask: Ask, hanging: Sequence[Open]) -> str:
    if ask.window is not None and ask.kind != "record":
        return f", from {ask.window.first} to {ask.window.last}"
    since = max((leaf.since for leaf in hanging if leaf.since), default=None)
    if since is None:
        return ""
    until = f" to {ask.window.last}" if ask.window and ask.kind == "record" else ""
    return f", from {since}{until}"


def _question(ask: Ask, demands: Sequence[Demand]) -> Question:
    """Say what people are asked about a criterion."""
    logic = next(d.logic for d in demands if d.id == ask.about)
    kinds = {type(leaf.node) for leaf in leaves(logic)}
    if nodes.Judgement in kinds:
        return "judge"
    return "confirm" if kinds == {nodes.Attest} else "read"


def _rank(fact: OpenFact) -> int:
    """What must be measured stands first: it takes the longest to have."""
    return _IN_ORDER.index(fact.kind)
