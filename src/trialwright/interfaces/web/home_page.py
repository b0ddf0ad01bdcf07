"""The first page: a search box, what is in the catalogue, and the trials on this machine."""

from dataclasses import dataclass

from trialwright.conduct.model import TrialState
from trialwright.interfaces.web.blocks import Badge
from trialwright.interfaces.web.search_page import Asked, FacetGroup, facet_groups
from trialwright.interfaces.web.trial import page, safety
from trialwright.registry.model import NO_FILTERS, CatalogueInfo


@dataclass(frozen=True, slots=True)
class TrialCard:
    """A trial in the list of trials."""

    address: str
    title: str
    badges: tuple[Badge, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the first page shows."""

    studies: int
    facets: tuple[FacetGroup, ...]
    trials: tuple[TrialCard, ...]
    damaged: tuple[str, ...] = ()


def home_page(
    info: CatalogueInfo, trials: tuple[TrialState, ...], damaged: tuple[str, ...] = ()
) -> HomePage:
    """Return the first page."""
    facets = facet_groups(info.facets, Asked("", NO_FILTERS)) if info.studies else ()
    return HomePage(info.studies, facets, tuple(map(_card, trials)), damaged)


def _card(state: TrialState) -> TrialCard:
    nct_id = state.protocol.trial.nct_id
    return TrialCard(
        address=f"/trial/{nct_id}",
        title=state.protocol.trial.title,
        badges=page.badges(state),
        lines=(nct_id, page.progress(state), safety.summary(state)),
    )
