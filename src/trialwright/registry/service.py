"""The registry's use cases on a catalogue: related trials of a record."""

from trialwright.record.record import Record
from trialwright.registry.model import RelatedTrials
from trialwright.registry.ports import Catalogue
from trialwright.registry.profile import key_words
from trialwright.registry.related import related

# So many studies, those that share the most words with the study, are compared with it.
_COMPARED = 200


def related_trials(catalogue: Catalogue, record: Record, limit: int = 10) -> RelatedTrials:
    """Return the trials of a catalogue that are related to a record, which need not be in it."""
    named = tuple(trial.nct_id for trial in record.related)
    candidates = catalogue.sharing(key_words(record.study), _COMPARED)
    return related(record.study, catalogue.studies(candidates), named, limit)
