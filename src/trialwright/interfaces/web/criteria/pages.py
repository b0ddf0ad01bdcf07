"""The addresses of the criteria pages. Reading is for everybody; a change asks for the right."""

import asyncio
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from trialwright.core.errors import InputError, Refused
from trialwright.interfaces.web.criteria.form import MOST_BYTES, Form, read_form
from trialwright.interfaces.web.criteria.right import Editing
from trialwright.interfaces.web.criteria.source import CriteriaSource, criteria_source
from trialwright.interfaces.web.criteria.view import (
    ORIGINS,
    CriteriaPage,
    CriterionView,
    choices,
    criterion_view,
    history_of,
    sections_of,
)
from trialwright.interfaces.web.desk import Desk
from trialwright.interfaces.web.render import render
from trialwright.protocol.criteria.codec import decode
from trialwright.protocol.criteria.coverage import coverage, said
from trialwright.protocol.criteria.wording import wording
from trialwright.protocol.criteria_file.actions import Signed, acted
from trialwright.protocol.criteria_file.entries import criterion_of, entry_hash
from trialwright.protocol.criteria_file.expression import read_expression
from trialwright.protocol.model import CriterionEntry
from trialwright.results.words import sentence

Req = Request[Any, Any, Any]
Page = Response[bytes]
_HOW = (
    "This page only reads. Whoever starts the workspace gives the right to edit: "
    "trialwright serve --editor \u201cDr Name\u201d."
)
_HOW_TRIAL = "These criteria change by an amendment of the protocol."
# With no referrer at all a browser would not say where a form comes from either.
_HEADERS = {"referrer-policy": "same-origin"}


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody tried, and what came of it: shown again, so that nothing typed is lost."""

    expr: str
    why: str
    reading: str = ""
    fault: str = ""
    stale: bool = False


def criteria_pages(desk: Desk, editing: Editing) -> list[Any]:
    """Return the handlers of a study's criteria."""
    # One change after the other: each rests on the file as the one before left it.
    turn = Lock()

    def in_turn(nct_id: str, name: str, form: Form) -> Page | Redirect:
        with turn:
            return _changed(desk, editing, nct_id, name, form)

    @get("/study/{nct_id:str}/criteria", sync_to_thread=True)
    def listing(request: Req) -> Page:
        nct_id = str(request.path_params["nct_id"])
        found = _found(desk, editing, nct_id, request.query_params.get("of", ""))
        statuses = request.query_params.getall("status", [])
        degrees = request.query_params.getall("read", [])
        page = _listing(nct_id, found, editing, statuses, degrees)
        return _page(render("criteria", page=page, token=editing.token))

    @get("/study/{nct_id:str}/criteria/{name:str}")
    async def one(request: Req) -> Page:
        nct_id, name = _names(request)
        asked = request.query_params.get("of", "")
        return await asyncio.to_thread(_shown, desk, editing, nct_id, name, asked)

    @post(
        "/study/{nct_id:str}/criteria/{name:str}",
        request_max_body_size=MOST_BYTES,
        status_code=200,
    )
    async def change(request: Req) -> Page | Redirect:
        form = await read_form(request, editing)
        if not editing.editor():
            raise HTTPException(status_code=403, detail=_HOW)
        return await asyncio.to_thread(in_turn, *_names(request), form)

    return [listing, one, change]


def _shown(desk: Desk, editing: Editing, nct_id: str, name: str, asked: str) -> Page:
    found = _found(desk, editing, nct_id, asked)
    return _one(nct_id, found, _entry(found, name), editing)


def _changed(desk: Desk, editing: Editing, nct_id: str, name: str, form: Form) -> Page | Redirect:
    """Do what a form asks for, or show it again with what is in the way."""
    found = _editable(desk, editing, nct_id)
    entry = _entry(found, name)
    tried = Tried(form.expr, form.why)
    if form.seen != entry_hash(entry):
        return _one(nct_id, found, entry, editing, replace(tried, stale=True), 409)
    try:
        expr = None
        if form.action in ("edit", None):
            expr = read_expression(form.expr.encode(), entry, "the expression")
            tried = replace(tried, reading=sentence(wording(decode(expr))))
        if form.action is None:
            return _one(nct_id, found, entry, editing, tried)
        signed = Signed(editing.editor(), editing.now(), form.why)
        acted(entry, form.action, signed, expr)  # refused before a first file is begun
        held = found.held
        if held is None and editing.shelf and found.filed:
            held = editing.shelf.start(nct_id, found.filed)
        if held is not None:
            held.acted([name], form.action, signed, expr)
    except InputError as error:
        return _one(nct_id, found, entry, editing, replace(tried, fault=str(error)), 400)
    except Refused as error:
        return _one(nct_id, found, entry, editing, replace(tried, fault=str(error)), 409)
    where = f"/study/{nct_id}/criteria"
    target = f"{where}/{name}" if form.back == "one" else f"{where}?of=file#{name}"
    return Redirect(target, status_code=303)


def _found(desk: Desk, editing: Editing, nct_id: str, asked: str) -> CriteriaSource:
    found = criteria_source(desk, editing, nct_id, asked)
    if found is None:
        raise HTTPException(status_code=404)
    return found


def _editable(desk: Desk, editing: Editing, nct_id: str) -> CriteriaSource:
    """Return the file, or the record from which a first file is made."""
    found = criteria_source(desk, editing, nct_id, "file")
    return found or _found(desk, editing, nct_id, "record")


def _entry(found: CriteriaSource, name: str) -> CriterionEntry:
    for entry in found.entries:
        if entry.id == name:
            return entry
    raise HTTPException(status_code=404)


def _names(request: Req) -> tuple[str, str]:
    return str(request.path_params["nct_id"]), str(request.path_params["name"])


def _listing(
    nct_id: str,
    found: CriteriaSource,
    editing: Editing,
    statuses: list[str],
    degrees: list[str],
) -> CriteriaPage:
    by_status, by_degree = choices(found.entries, statuses, degrees)
    sections = sections_of(found.entries, statuses, degrees)
    words, explanation = ORIGINS[found.origin]
    return CriteriaPage(
        nct_id=nct_id,
        title=found.title,
        origin=found.origin,
        origin_words=words,
        explanation=explanation,
        others=found.others,
        sections=sections,
        statuses=by_status,
        degrees=by_degree,
        shown=sum(len(listed) for _, listed in sections),
        total=len(found.entries),
        leftover=found.leftover,
        editor=_editor(found, editing),
        how_to_edit=_how(found, editing),
        simulated=found.simulated,
        named=said(coverage(criterion_of(entry) for entry in found.entries)),
    )


def _editor(found: CriteriaSource, editing: Editing) -> str:
    has_file = any(origin == "file" for origin, _ in found.others)
    is_open = found.origin == "file" or (found.origin == "record" and not has_file)
    return editing.editor() if is_open else ""


def _how(found: CriteriaSource, editing: Editing) -> str:
    if _editor(found, editing):
        return ""
    if not editing.editor():
        return _HOW
    return _HOW_TRIAL if found.origin == "trial" else "Changes are made in the criteria file."


def _one(
    nct_id: str,
    found: CriteriaSource,
    entry: CriterionEntry,
    editing: Editing,
    tried: Tried | None = None,
    status: int = 200,
) -> Page:
    view: CriterionView = criterion_view(entry)
    names = [each.id for each in found.entries]
    at = names.index(entry.id)
    history = history_of(found.held.history(), entry.id) if found.held else ()
    text = render(
        "criterion",
        nct_id=nct_id,
        title=found.title,
        origin=found.origin,
        origin_words=ORIGINS[found.origin][0],
        criterion=view,
        section=entry.section,
        tried=tried,
        history=history,
        editor=_editor(found, editing),
        how_to_edit=_how(found, editing),
        token=editing.token,
        before=names[at - 1] if at else "",
        after=names[at + 1] if at + 1 < len(names) else "",
        simulated=found.simulated,
    )
    return _page(text, status)


def _page(text: str, status: int = 200) -> Page:
    return Response(text.encode(), media_type="text/html", status_code=status, headers=_HEADERS)
