"""Build the documentation as a site, once in each language: ``make site``.

The pages are README.md, what stands beside it, and docs/, as they are. A page that has a sister,
``README.zh-CN.md``, is told in its language; all others in English. Pages are laid out in
``build/pages/source`` first, so that each finds the other by the same relative link as in the
repository; a link or heading that is missing ends the build.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "pages"
HERE = Path(__file__).parent
PAGES = (
    *("README*.md", "CHANGELOG.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md"),
    *("LICENSE", "NOTICE.md", "config.example.toml", "demo/README.md", "deploy/**/*", "docs/**/*"),
)
LANGUAGES = {"en": "", "zh": ".zh-CN"}
"""By language of the site, how its own pages are marked."""

TO_ANOTHER_LANGUAGE = re.compile(r"\[([^\]]+)\]\((?:README|[\w/.-]*-guide)(?:\.zh-CN)?\.md\)")
"""Links from a page to its sister: the site has a switch for them."""

FRONT = """<!doctype html><meta charset="utf-8"><title>Yizhan 创思驿站</title>
<script>location.replace(navigator.language.startsWith("zh") ? "zh/" : "en/")</script>
<p><a href="zh/">中文</a> · <a href="en/">English</a></p>
"""


def main() -> int:
    shutil.rmtree(SITE, ignore_errors=True)
    for language in LANGUAGES:
        _lay_out(language, SITE / "source" / language)
        config = SITE / f"{language}.toml"
        shutil.copy(HERE / f"{language}.toml", config)
        line = [sys.executable, "-m", "zensical", "build", "--strict", "-f", str(config)]
        if subprocess.run(line, cwd=SITE, check=False).returncode:  # noqa: S603
            return 1
    (SITE / "html" / "index.html").write_text(FRONT, "utf-8")
    sys.stdout.write(f"{SITE / 'html' / 'index.html'}\n")
    return 0


def _lay_out(language: str, target: Path) -> None:
    marks = [mark for mark in LANGUAGES.values() if mark]
    for path in sorted({each for pattern in PAGES for each in ROOT.glob(pattern)}):
        of_another = any(path.stem.endswith(mark) for mark in marks)
        is_code = path.suffix in {".py", ".po", ".typ", ".pyc", ".ini"}
        if path.is_dir() or of_another or is_code or HERE in path.parents:
            continue
        own = path.with_name(f"{path.stem}{LANGUAGES[language]}{path.suffix}")
        page = target / path.relative_to(ROOT)
        page.parent.mkdir(parents=True, exist_ok=True)
        source = own if own.exists() else path
        if path.suffix == ".md":
            page.write_text(_told(source), "utf-8")
        else:
            shutil.copyfile(source, page)


def _told(page: Path) -> str:
    """The page without links to its sisters; one to a sister of another page leads to that page."""
    text = page.read_text("utf-8")
    sisters = {page.name.replace(mark, "") for mark in LANGUAGES.values() if mark}
    return TO_ANOTHER_LANGUAGE.sub(
        lambda found: found[1] if _name(found[0]) in sisters else found[0].replace(".zh-CN", ""),
        text,
    )


def _name(link: str) -> str:
    return Path(link.rpartition("(")[2].rstrip(")")).name.replace(".zh-CN", "")


if __name__ == "__main__":
    sys.exit(main())
