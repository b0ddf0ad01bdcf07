"""Make docs/images: pages of the workspace, with the main job's trial, in a real Chromium.

    .venv/bin/python tools/screenshots.py [DEMO_FOLDER]

Without a folder the main job is run first, into a temporary one. Pictures have few colours, so that
each stays small.
"""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.serving import ARGUMENTS, chromium, serving  # noqa: E402

IMAGES = ROOT / "docs" / "images"
COLOURS = 160
HEIGHTS = {1280: 900, 390: 844}
ALL = tuple((width, scheme) for width in HEIGHTS for scheme in ("light", "dark"))
# picture: (path, the part that is scrolled to, widths and schemes)
PICTURES = {
    "study": ("/study/NCT05774509", "", ALL),
    "report": ("/trial/NCT05774509/report", "", ALL),
    "criteria": ("/study/NCT05774509", "#eligibility", ((1280, "light"),)),
    "search": ("/search?q=heart+failure", "", ((1280, "light"),)),
    "trial": ("/trial/NCT05774509", "", ((1280, "dark"),)),
    "results": ("/trial/NCT05774509/results", "", ((390, "dark"),)),
}


def main() -> None:
    """Make every picture."""
    path = chromium()
    if path is None:
        sys.exit("no Chromium: set CHROMIUM to one")
    with tempfile.TemporaryDirectory() as place:
        trial = Path(sys.argv[1]) if len(sys.argv) > 1 else play(Path(place) / "demo")
        with serving(Path(place) / "home", trial) as (_, address), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
            for name in PICTURES:
                take(browser, address, name)
            browser.close()


def play(out: Path) -> Path:
    """Run the main job into a folder."""
    command = [sys.executable, "-m", "trialwright", "demo", "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return out


def take(browser: Browser, address: str, name: str) -> None:
    """Make one page's pictures."""
    path, part, variants = PICTURES[name]
    IMAGES.mkdir(parents=True, exist_ok=True)
    for width, scheme in variants:
        size = {"width": width, "height": HEIGHTS[width]}
        page = browser.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
        page.goto(f"{address}{path}{part}")
        file = IMAGES / f"{name}-{width}-{scheme}.png"
        save(page.screenshot(), file)
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1000:.0f} kB")
        page.close()


def save(picture: bytes, file: Path) -> None:
    """Write a picture with few colours."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    few = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


if __name__ == "__main__":
    main()
