"""Make the project's own environment from nothing but Python 3.11 or later.

usage: python3 tools/bootstrap.py VENV LOCK

Debian ships Python without ensurepip; then pip is fetched from the package index, its digest
pinned here. Everything else comes from the lock file, hashes required.
"""

import hashlib
import os
import re
import ssl
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin

PIP = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"


def main(venv_dir: Path, lock: Path) -> None:
    """Create the environment where it is missing, and bring it to the lock file."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- an older Python gets a clear line
        sys.exit(f"Python {sys.version.split()[0]}: wanted 3.11 or later (make PYTHON=python3.12)")
    python = venv_dir / "bin" / "python"
    if not python.exists():
        print(f"Making {venv_dir} ...", flush=True)
        venv.create(venv_dir, with_pip=False, symlinks=True)
    print(f"Installing from {lock} ...", flush=True)
    pip = [str(python), "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode != 0:
        install_pip(python, venv_dir)
    run(
        [
            *pip,
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(lock),
        ]
    )
    run(
        [
            *pip,
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--no-build-isolation",
            "--editable",
            ".",
        ]
    )


def install_pip(python: Path, venv_dir: Path) -> None:
    """Install the pinned pip, from ensurepip's bundle where there is one, else from the index."""
    bundled = subprocess.run([str(python), "-m", "ensurepip"], capture_output=True, check=False)
    if bundled.returncode == 0:
        return
    wheel = venv_dir / PIP
    wheel.write_bytes(fetch_pip())
    run([str(python), f"{wheel}/pip", "install", "--quiet", "--no-index", str(wheel)])
    wheel.unlink()


def fetch_pip() -> bytes:
    """Return the pinned pip wheel; anything with another digest is refused."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    page = download(index).decode()
    link = re.search(rf'href="([^"#]*{re.escape(PIP)})', page)
    if not link:
        sys.exit(f"{index}: no {PIP}; wanted a package index that carries it")
    data = download(urljoin(index, link[1]))
    if hashlib.sha256(data).hexdigest() != PIP_SHA256:
        sys.exit(f"{PIP}: its SHA-256 is not the pinned one; not installed")
    return data


def download(url: str) -> bytes:
    """Return what an address serves."""
    certificates = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
    try:
        with urllib.request.urlopen(
            url, timeout=120, context=ssl.create_default_context(cafile=certificates)
        ) as answer:
            return answer.read()
    except URLError as error:
        if not isinstance(error.reason, ssl.SSLCertVerificationError):
            sys.exit(f"{url}: {error.reason}; wanted the package index")
    # A Debian without ca-certificates can verify no host. The digest above is what is trusted.
    unverified = ssl._create_unverified_context()
    with urllib.request.urlopen(url, timeout=120, context=unverified) as answer:
        return answer.read()


def run(command: list[str]) -> None:
    """Run a command; end with its status where it fails."""
    status = subprocess.run(command, check=False).returncode
    if status:
        sys.exit(status)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
