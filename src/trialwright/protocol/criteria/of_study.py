"""The criteria of a registry record, read with the words that the record itself is filed under."""

from trialwright.protocol.criteria.read import CriteriaReading, read_criteria
from trialwright.protocol.criteria.records_vocabulary import records_vocabulary
from trialwright.protocol.criteria.vocabulary import Vocabulary
from trialwright.record.model.study import Study


def read_study(study: Study) -> CriteriaReading:
    """Read the eligibility criteria of a record; nothing where it has none."""
    section = study.protocol_section
    module = section.eligibility_module if section else None
    if module is None:
        return read_criteria("")
    return read_criteria(
        module.eligibility_criteria or "",
        module.minimum_age,
        module.maximum_age,
        module.sex,
        vocabulary=study_vocabulary(study),
    )


def study_vocabulary(study: Study) -> tuple[Vocabulary, ...]:
    """Return the vocabulary of a record's headings, conditions and interventions; none without."""
    found = records_vocabulary((study,), least=1)
    return (found,) if len(found) else ()
