"""A desk in memory and records of the project's own making, for tests of the web pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from trialwright.conduct.model import TrialState
from trialwright.core.errors import InputError
from trialwright.interfaces.web.desk import TrialInHand
from trialwright.record.model import Study
from trialwright.record.record import Record
from trialwright.registry.cards import card
from trialwright.registry.model import (
    NO_FILTERS,
    CatalogueInfo,
    Filters,
    Hit,
    RelatedEntry,
    RelatedTrials,
    SearchResult,
)

PORT = 8765
BASE = f"http://127.0.0.1:{PORT}"
HOSTILE = "<script>alert('x')</script>\"'&\u202e"


def study(nct_id: str = "NCT99999991", **modules: Any) -> Study:
    """Return a study; keyword arguments are modules of its protocol section, in v2's spelling."""
    names = {"nctId": nct_id, "briefTitle": f"A study called {nct_id}"}
    section = {"identificationModule": names} | modules
    return msgspec.convert({"protocolSection": section}, Study)


def full_study(nct_id: str = "NCT99999991", text: str = "words") -> Study:
    """Return a study that fills every section, each free text being `text`."""
    return study(
        nct_id,
        identificationModule={
            "nctId": nct_id,
            "briefTitle": text,
            "officialTitle": f"Official: {text}",
            "orgStudyIdInfo": {"id": text},
            "secondaryIdInfos": [{"id": text, "type": "EUDRACT_NUMBER", "link": text}],
        },
        statusModule={
            "overallStatus": "RECRUITING",
            "startDateStruct": {"date": "2031-03"},
            "whyStopped": text,
        },
        sponsorCollaboratorsModule={
            "leadSponsor": {"name": text, "class": "OTHER_GOV"},
            "collaborators": [{"name": text, "class": text}],
            "responsibleParty": {"type": "SPONSOR", "investigatorFullName": text},
        },
        descriptionModule={"briefSummary": text, "detailedDescription": f"* {text}\n* {text}"},
        conditionsModule={"conditions": [text], "keywords": [text]},
        designModule={
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "designInfo": {
                "allocation": "NA",
                "interventionModel": "SINGLE_GROUP",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "NONE", "maskingDescription": text},
            },
            "enrollmentInfo": {"count": 12, "type": "ESTIMATED"},
        },
        armsInterventionsModule={
            "armGroups": [{"label": text, "description": text, "interventionNames": [text]}],
            "interventions": [{"name": text, "type": "BIOLOGICAL", "description": text}],
        },
        outcomesModule={"primaryOutcomes": [{"measure": text, "timeFrame": text}]},
        eligibilityModule={
            "eligibilityCriteria": f"Inclusion Criteria:\n\n2. {text}\n\nExclusion Criteria:\n\n"
            f"2. {text}",
            "minimumAge": "18 Years",
            "sex": "ALL",
            "healthyVolunteers": False,
        },
        contactsLocationsModule={
            "centralContacts": [{"name": text, "email": text}],
            "overallOfficials": [{"name": text, "role": "STUDY_CHAIR", "affiliation": text}],
            "locations": [
                {"facility": text, "city": text, "country": text, "contacts": [{"name": text}]}
            ],
        },
        referencesModule={
            "references": [{"citation": f"{text} doi: 10.1234/abc.def.", "pmid": text}],
            "seeAlsoLinks": [{"label": text, "url": f"javascript:{text}"}],
        },
    )


@dataclass
class MemoryCatalogue:
    """A catalogue in memory: a search finds what contains every word of the query."""

    records: dict[str, Record] = field(default_factory=dict)

    def get(self, nct_id: str) -> Record | None:
        return self.records.get(nct_id)

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(self.records))

    def info(self) -> CatalogueInfo:
        return CatalogueInfo(len(self.records), 0, "memory", 0, self._facets(self.ids()))

    def search(
        self, query: str = "", filters: Filters = NO_FILTERS, limit: int = 20, offset: int = 0
    ) -> SearchResult:
        if query.count('"') % 2:
            raise InputError("query, character 1", "an open quotation mark", "a closing one")
        found = [i for i in self.ids() if self._holds(i, query) and self._passes(i, filters)]
        hits = tuple(Hit(card(self.records[i].study), 1.0) for i in found[offset : offset + limit])
        left_out = {"phase": 2} if filters.phase else {}
        return SearchResult(len(found), hits, self._facets(found), left_out)

    def _holds(self, nct_id: str, query: str) -> bool:
        text = msgspec.json.encode(self.records[nct_id].study).decode().lower()
        return all(word in text for word in query.lower().replace('"', "").split())

    def _passes(self, nct_id: str, filters: Filters) -> bool:
        shown = card(self.records[nct_id].study)
        return not filters.status or shown.status in filters.status

    def _facets(self, ids: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
        counts: dict[str, int] = {}
        for nct_id in ids:
            status = card(self.records[nct_id].study).status or "UNKNOWN"
            counts[status] = counts.get(status, 0) + 1
        return {"status": counts}


@dataclass
class MemoryDesk:
    """A desk over a catalogue and trials in memory."""

    catalogue: MemoryCatalogue = field(default_factory=MemoryCatalogue)
    in_hand: dict[str, TrialInHand] = field(default_factory=dict)

    def related(self, record: Record) -> RelatedTrials:
        others = [i for i in self.catalogue.ids() if i != record.nct_id]
        entries = tuple(RelatedEntry(i, f"Title of {i}", 0.5, ("same sponsor",)) for i in others)
        return RelatedTrials(entries, entries[:1], ())

    def states(self) -> tuple[TrialState, ...]:
        return tuple(trial.state for trial in self.in_hand.values())

    def damaged(self) -> tuple[str, ...]:
        return ()

    def trial(self, nct_id: str) -> TrialInHand | None:
        return self.in_hand.get(nct_id)

    def today(self) -> date:
        return date(2031, 6, 1)


def desk(*records: Record | Study) -> MemoryDesk:
    """Return a desk whose catalogue holds some records."""
    whole = [item if isinstance(item, Record) else Record(item) for item in records]
    return MemoryDesk(MemoryCatalogue({item.nct_id or "": item for item in whole}))
