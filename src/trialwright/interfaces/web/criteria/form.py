"""A form that came back: from this site's own page, small, and whole; refused otherwise."""

import asyncio
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import parse_qs

from litestar import Request
from litestar.exceptions import HTTPException

from trialwright.interfaces.web.criteria.right import Editing
from trialwright.protocol.criteria_file.actions import Action

MOST_BYTES = 256 * 1024
_FIELDS = ("token", "seen", "action", "expr", "why", "of")


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed and pressed; `action` is also `check`, which saves nothing."""

    action: Action | None
    seen: str  # the hash of the criterion that the page showed
    expr: str
    why: str
    back: str  # where to go after it: the list, or the criterion


async def read_form(request: Request[Any, Any, Any], editing: Editing) -> Form:
    """Read a form; HTTPException 403 for one that is not this site's, 400 for one that is torn.

    A body that does not arrive in time ends in 408: whoever holds it back holds nothing else up.
    """
    if request.headers.get("origin", "").lower() != f"http://{request.headers['host'].lower()}":
        raise HTTPException(status_code=403, detail="the form comes from another page")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(status_code=400, detail="no form")
    try:
        async with asyncio.timeout(editing.patience):
            text = (await request.body()).decode("ascii")
        fields = parse_qs(
            text, keep_blank_values=True, max_num_fields=20, encoding="utf-8", errors="strict"
        )
    except (TimeoutError, asyncio.CancelledError) as error:  # too slow, or the program stops
        raise HTTPException(status_code=408, detail="the form did not arrive") from error
    except ValueError as error:
        raise HTTPException(status_code=400, detail="a form that cannot be read") from error
    value = {name: values[-1] for name, values in fields.items()}
    if not editing.is_own(value.get("token", "")):
        raise HTTPException(status_code=403, detail="the page is of another run of the workspace")
    action = value.get("action", "")
    if action not in (*get_args(Action), "check"):
        raise HTTPException(status_code=400, detail="no such action")
    chosen: Action | None = next((name for name in get_args(Action) if name == action), None)
    expr = value.get("expr", "").replace("\r\n", "\n")
    why = " ".join(value.get("why", "").split())
    return Form(chosen, value.get("seen", ""), expr, why, value.get("back", ""))
