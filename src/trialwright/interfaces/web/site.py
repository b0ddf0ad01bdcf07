"""The web workspace: one Litestar application, rendered on this machine.

It reads; only a study's criteria can be changed here, by whoever was given the right.
"""

import logging
import traceback
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from trialwright.app import TrialInHand
from trialwright.core.errors import InputError
from trialwright.interfaces.api.routes import healthz, study_json
from trialwright.interfaces.web.criteria.pages import criteria_pages
from trialwright.interfaces.web.criteria.right import Editing
from trialwright.interfaces.web.desk import Desk
from trialwright.interfaces.web.guard import REPORT_POLICY, AsgiApp, Guard
from trialwright.interfaces.web.home_page import home_page
from trialwright.interfaces.web.render import render, static
from trialwright.interfaces.web.search_page import asked, faulty, search_page
from trialwright.interfaces.web.study.about import About, RelatedLine
from trialwright.interfaces.web.study.page import study_page
from trialwright.interfaces.web.study.reading import criteria_read
from trialwright.interfaces.web.trial.drawings import Drawings
from trialwright.interfaces.web.trial.journal_lines import broken
from trialwright.interfaces.web.trial.page import trial_page
from trialwright.interfaces.web.trial.results_page import results_page
from trialwright.record.record import Record
from trialwright.registry.model import RelatedEntry, RelatedTrials

Req = Request[Any, Any, Any]
Page = Response[bytes]
_log = logging.getLogger("trialwright.web")
_HTML = "text/html"
# status: (title, what to do next)
_FAULTS = {
    400: ("This address cannot be read", "Check it, or start from the search."),
    404: ("Nothing is here", "The address may be mistyped, or the record is not loaded."),
    409: (
        "This trial's journal does not hold",
        "Its results are not shown. Run trialwright trial verify to see where it fails.",
    ),
    403: ("This change was not made", "Open the page again from this workspace, then repeat it."),
    408: ("This form did not arrive", "Nothing was changed. Send it again."),
    413: ("This form is too large", "An expression holds at most 64 kB."),
    405: ("This workspace only reads", "Changes are made with the command line."),
    500: ("Something broke on our side", "The page could not be made. Nothing was changed."),
    503: (
        "A file on this machine cannot be read",
        "Mend or replace it, then reload this page.",
    ),
}


def site(desk: Desk, port: int, editing: Editing | None = None) -> AsgiApp:
    """Return the whole workspace behind its guard, for one port of this machine.

    Without `editing` every page only reads.
    """
    return Guard(_application(desk, editing or Editing()), port)


def _application(desk: Desk, editing: Editing) -> AsgiApp:
    handlers = [
        *_catalogue_pages(desk),
        *_study_pages(desk),
        *criteria_pages(desk, editing),
        *_trial_pages(desk),
        *_static_files(),
        healthz,
    ]
    return Litestar(
        handlers,
        openapi_config=None,
        exception_handlers={
            HTTPException: _http_fault,
            InputError: _unreadable,
            Exception: _broken,
        },
        logging_config=None,
    )  # type: ignore[return-value]


def _catalogue_pages(desk: Desk) -> list[Any]:
    @get("/", sync_to_thread=True)
    def home() -> Page:
        page = home_page(desk.catalogue.info(), desk.states(), desk.damaged())
        return _page(render("home", page=page))

    @get("/search", sync_to_thread=True)
    def search(request: Req) -> Page:
        pairs = request.query_params.dict()
        try:
            page = search_page(desk.catalogue, asked(pairs))
        except InputError as error:
            return _page(render("search", page=faulty(pairs, error)), 400)
        return _page(render("search", page=page))

    return [home, search]


def _study_pages(desk: Desk) -> list[Any]:
    @get("/study/{nct_id:str}", sync_to_thread=True)
    def study(request: Req) -> Page | Redirect:
        nct_id = _named(request)
        plain = nct_id.removesuffix(".json")
        if plain != plain.upper():
            return Redirect(f"/study/{plain.upper()}{nct_id[len(plain) :]}", status_code=308)
        record, trial = _study(desk, plain)
        if record is None:
            return _missing(f"No record {plain[:40]} is in the catalogue.")
        if nct_id != plain:
            return study_json(record)
        address = f"/trial/{plain}" if trial else ""
        page = study_page(_about(desk, record))
        return _page(render("study", page=page, trial_address=address))

    return [study]


def _study(desk: Desk, nct_id: str) -> tuple[Record | None, TrialInHand | None]:
    """Return a study's record: with its results where the trial is on this machine.

    Results that were made from a journal that does not hold are not shown; the catalogue's record
    stands instead.
    """
    trial = desk.trial(nct_id)
    if trial and trial.record and trial.verification.whole:
        return trial.record, trial
    return desk.catalogue.get(nct_id), trial


def _about(desk: Desk, record: Record) -> About:
    related = desk.related(record)
    return About(
        record=record,
        known=_known(desk, record, related),
        by_characteristics=_lines(related.by_characteristics),
        by_text=_lines(related.by_text),
        criteria=criteria_read(record),
    )


def _known(desk: Desk, record: Record, related: RelatedTrials) -> frozenset[str]:
    """Return which of the trials that a page names have a page here."""
    found = {entry.nct_id for entry in (*related.by_characteristics, *related.by_text)}
    named = {trial.nct_id for trial in record.related} - found
    return frozenset(found | {nct_id for nct_id in named if desk.catalogue.get(nct_id)})


def _lines(entries: tuple[RelatedEntry, ...]) -> tuple[RelatedLine, ...]:
    return tuple(RelatedLine(e.nct_id, e.brief_title, e.reasons) for e in entries)


def _trial_pages(desk: Desk) -> list[Any]:
    drawings = Drawings()

    @get("/trial/{nct_id:str}", sync_to_thread=True)
    def status(request: Req) -> Page:
        nct_id = _named(request)
        trial = desk.trial(nct_id)
        if trial is None:
            return _no_trial(nct_id)
        # What a changed journal says may be beyond drawing.
        pictures = drawings.path(trial.state) if trial.verification.whole else ()
        page = trial_page(trial, pictures, desk.today())
        return _page(
            render(
                "trial",
                page=page,
                has_rows=bool(trial.rows) and not page.broken,
                has_report=trial.report is not None and not page.broken,
                has_study=_study(desk, nct_id)[0] is not None,
            )
        )

    @get("/trial/{nct_id:str}/results", sync_to_thread=True)
    def results(request: Req) -> Page:
        nct_id = _named(request)
        trial = desk.trial(nct_id)
        if trial is None:
            return _no_trial(nct_id)
        if what := broken(trial.verification):
            return _fault(409, what)
        if not trial.rows:
            return _missing("This trial was not analysed yet.")
        page = results_page(trial, drawings.every(trial.state, trial.rows))
        return _page(render("results", page=page))

    @get("/trial/{nct_id:str}/report", sync_to_thread=True)
    def report(request: Req) -> Page:
        nct_id = _named(request)
        trial = desk.trial(nct_id)
        if trial is None or trial.report is None:
            return _missing("No report of this trial is on this machine.")
        if what := broken(trial.verification):
            return _fault(409, what)
        headers = {"content-security-policy": REPORT_POLICY}
        return Response(trial.report.read_bytes(), media_type=_HTML, headers=headers)

    return [status, results, report]


def _static_files() -> list[Any]:
    kept = {"cache-control": "public, max-age=86400"}

    @get("/style.css", sync_to_thread=False)
    def style() -> Page:
        return Response(static("style.css"), media_type="text/css", headers=kept)

    @get("/icon.svg", sync_to_thread=False)
    def icon() -> Page:
        return Response(static("icon.svg"), media_type="image/svg+xml", headers=kept)

    return [style, icon]


def _named(request: Req) -> str:
    """Return the study's number in the address."""
    return str(request.path_params["nct_id"])


def _page(text: str, status: int = 200) -> Page:
    return Response(text.encode(), media_type=_HTML, status_code=status)


def _no_trial(nct_id: str) -> Page:
    return _missing(f"No trial {nct_id[:40]} is served from this machine.")


def _missing(what: str) -> Page:
    return _fault(404, what)


def _fault(status: int, what: str = "") -> Page:
    title, following = _FAULTS.get(status, ("This did not work", "Start from the search."))
    return _page(render("error", status=status, title=title, what=what, next=following), status)


def _http_fault(request: Req, error: HTTPException) -> Page:
    if error.status_code >= 500:
        return _broken(request, error)
    what = "No page has this address." if error.status_code == 404 else ""
    if error.status_code == 403:
        what = f"{error.detail[:1].upper()}{error.detail[1:]}".rstrip(".") + "."
    page = _fault(error.status_code, what)
    if request.method == "POST":  # what may still come of a refused form is not waited for
        page.headers["connection"] = "close"
    return page


def _unreadable(request: Req, error: InputError) -> Page:
    """Name the file on this machine that cannot be read; addresses are dealt with before."""
    return _fault(503, str(error))


def _broken(request: Req, error: Exception) -> Page:
    """Report the kind of fault and its place; its message may hold a patient's data."""
    place = traceback.extract_tb(error.__traceback__)[-1:]
    where = f"{place[0].filename}:{place[0].lineno}" if place else "unknown place"
    _log.error("%s at %s", type(error).__name__, where)
    return _fault(500)
