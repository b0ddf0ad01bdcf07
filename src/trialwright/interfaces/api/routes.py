"""What programs read: a study as API v2 JSON, and whether the workspace is up."""

from litestar import Response, get

from trialwright import __version__
from trialwright.record.record import Record
from trialwright.record.service import write_v2


def study_json(record: Record) -> Response[bytes]:
    """Return a record as the registry's API v2 shapes it."""
    return Response(write_v2(record), media_type="application/json")


@get("/healthz", sync_to_thread=False)
def healthz() -> dict[str, str]:
    """Say that the workspace answers."""
    return {"status": "ok", "version": __version__}
