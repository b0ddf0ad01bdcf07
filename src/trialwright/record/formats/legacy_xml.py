"""Reader of the registry's legacy XML (public.xsd, 2018 and 2019), results included.

Every element is either read or becomes a finding. DTDs, entities and the network are refused.
"""

import re

import msgspec

from trialwright.core.errors import InputError
from trialwright.record.formats import legacy_people as people
from trialwright.record.formats.legacy_elements import Document, parse
from trialwright.record.formats.legacy_protocol import protocol_parts
from trialwright.record.formats.legacy_results import results
from trialwright.record.model import Study
from trialwright.record.record import Record

_NCT = re.compile(r"NCT[0-9]{8}")
# The download's own header, which says nothing of the study.
_HEADER = "required_header/"


def read(data: bytes, name: str) -> Record:
    """Read one study; raise InputError for XML that is none."""
    doc = Document(parse(data, name), name)
    nct_id = doc.text(doc.root, "id_info/nct_id")
    if nct_id is None or not _NCT.fullmatch(nct_id):
        at = f"{name}, id_info/nct_id"
        raise InputError(at, repr(nct_id or "nothing"), "an NCT number such as NCT00000000")
    section = results(doc)
    study = Study(
        protocol_section=msgspec.structs.replace(
            protocol_parts(doc),
            sponsor_collaborators_module=people.sponsors(doc),
            contacts_locations_module=people.contacts_locations(doc),
            references_module=people.references(doc),
            ipd_sharing_statement_module=people.data_sharing(doc),
        ),
        results_section=section,
        annotation_section=people.annotations(doc),
        document_section=people.documents(doc),
        derived_section=people.derived(doc),
        has_results=section is not None,
    )
    for path, text in doc.unread():
        if not path.startswith(_HEADER):
            doc.notes.unplaced(path, text)
    return Record(study=study, source_format="legacy_xml", findings=doc.notes.all())
