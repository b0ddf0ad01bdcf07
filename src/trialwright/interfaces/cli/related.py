"""`trialwright related`: list trials related to one trial."""

from typing import Annotated

from cyclopts import App, Parameter

from trialwright.app import open_app
from trialwright.core.errors import InputError
from trialwright.interfaces.cli.catalogue import Home, Json
from trialwright.interfaces.cli.output import console, messages, print_json
from trialwright.registry.model import RelatedEntry, RelatedTrials
from trialwright.registry.numbers import is_nct_id
from trialwright.registry.service import related_trials

app = App(name="related", help="List trials related to one trial.")

_MOST = 100


@app.default
def related(
    nct: Annotated[str, Parameter(help="The trial's number, NCT and eight digits.")],
    /,
    *,
    limit: Annotated[int, Parameter(help="How many to list at most in each list.")] = 10,
    home: Home = None,
    json: Json = False,
) -> int:
    """List related trials of the catalogue: by characteristics, by text, and the page's own."""
    number = nct.strip().upper()
    if not is_nct_id(number):
        raise InputError("related", repr(nct), "a number such as NCT00000000")
    if not 1 <= limit <= _MOST:
        raise InputError("--limit", str(limit), f"a number from 1 to {_MOST}")
    catalogue = open_app(home).catalogue
    record = catalogue.get(number)
    if record is None:
        messages.print(f"{number} is not in the catalogue; `trialwright catalogue add` loads it")
        return 1
    found = related_trials(catalogue, record, limit)
    if json:
        print_json(document(found))
    else:
        _print(number, found)
    return 0


def document(found: RelatedTrials) -> dict[str, object]:
    """Return related trials as their JSON document."""
    return {
        "by_characteristics": [_entry(entry) for entry in found.by_characteristics],
        "by_text": [_entry(entry) for entry in found.by_text],
        "named_on_the_page": found.named_on_the_page,
    }


def _entry(entry: RelatedEntry) -> dict[str, object]:
    return {
        "nctId": entry.nct_id,
        "briefTitle": entry.brief_title,
        "score": entry.score,
        "reasons": entry.reasons,
    }


def _print(number: str, found: RelatedTrials) -> None:
    lists = {
        "by study characteristics and research focus": found.by_characteristics,
        "by similarity of the text": found.by_text,
    }
    for title, entries in lists.items():
        console.print(f"Related to {number}, {title}", style="bold")
        for entry in entries:
            console.print(f"  {entry.score:.2f}  {entry.nct_id}  {entry.brief_title}")
            console.print(f"        {'; '.join(entry.reasons)}", style="dim")
        if not entries:
            console.print("  none in the catalogue")
    named = ", ".join(found.named_on_the_page) or "none"
    console.print(f"Named on the trial's own page: {named}")
