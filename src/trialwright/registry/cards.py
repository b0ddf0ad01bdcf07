"""From a record to the few facts that a list shows of it."""

from trialwright.record.model import Study
from trialwright.registry.fields import values
from trialwright.registry.model import Card

_STATUS = "protocol_section.status_module."


def card(study: Study) -> Card:
    """Return what a list shows of a study."""
    return Card(
        nct_id=_first(study, "protocol_section.identification_module.nct_id") or "",
        brief_title=_first(study, "protocol_section.identification_module.brief_title") or "",
        status=_first(study, _STATUS + "overall_status"),
        phases=values(study, "protocol_section.design_module.phases"),
        conditions=values(study, "protocol_section.conditions_module.conditions"),
        interventions=values(
            study, "protocol_section.arms_interventions_module.interventions.name"
        ),
        sponsor=_first(study, "protocol_section.sponsor_collaborators_module.lead_sponsor.name"),
        countries=countries(study),
        enrolment=_enrolment(study),
        start=_first(study, _STATUS + "start_date_struct.date"),
        last_update=_first(study, _STATUS + "last_update_post_date_struct.date"),
        has_results=bool(study.has_results) or study.results_section is not None,
    )


def countries(study: Study) -> tuple[str, ...]:
    """Return the countries of the study's locations, each once, in their order."""
    places = "protocol_section.contacts_locations_module.locations.country"
    return tuple(dict.fromkeys(values(study, places)))


def _first(study: Study, path: str) -> str | None:
    return next(iter(values(study, path)), None)


def _enrolment(study: Study) -> int | None:
    protocol = study.protocol_section
    design = protocol.design_module if protocol else None
    info = design.enrollment_info if design else None
    return info.count if info else None
