"""The site of docs/, made once, and a browser without a window to look at it."""

from __future__ import annotations

import functools
import http.server
import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.airflows import skip_failed_install

# A page that looks at others in a frame, which may be narrower than a window, and sends back what it saw.
_LOOK = """<!doctype html><body style="margin:0"><script>
async function open(page, width) {
  const frame = document.createElement("iframe");
  frame.style.width = width + "px"; frame.style.height = "800px"; frame.style.border = "0";
  frame.src = page;
  document.body.append(frame);
  await new Promise(done => frame.onload = done);
  return frame;
}
(async () => {
  let seen;
  try { seen = await (async () => { SCRIPT })(); } catch (error) { seen = {error: String(error)}; }
  await fetch("/seen", {method: "POST", body: JSON.stringify(seen)});
})();
</script>"""
_WIDTHS = """
  const widths = {};
  for (const page of PAGES) {
    const frame = await open(page, WIDTH);
    widths[page] = frame.contentDocument.documentElement.scrollWidth;
    frame.remove();
  }
  return widths;
"""
_SEARCH = """
  const frame = await open("index.html?q=" + encodeURIComponent(QUERY), 1200);
  for (;;) {
    const found = [...frame.contentDocument.querySelectorAll(".md-search-result__link")];
    if (found.length) return found.map(link => link.getAttribute("href"));
    await new Promise(done => setTimeout(done, 100));
  }
"""
_SECONDS = 90


class Site(NamedTuple):
    """Its folder, its pages by their paths, and how long making it took, in seconds."""

    folder: Path
    pages: dict[str, PageParser]
    seconds: float


class PageParser(HTMLParser):
    """What a page links to, loads, and has as anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in ("script", "img") and "src" in values:
            self.loaded.append(values["src"])
        if tag == "link" and values.get("rel") in ("stylesheet", "icon"):
            self.loaded.append(values["href"])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site, made by scripts/build-site."""
    from local_airflow.site.build import main, site_venv

    with skip_failed_install("mkdocs-material"):
        site_venv()
    folder = tmp_path_factory.mktemp("site")
    began = time.monotonic()
    assert main(["--folder", str(folder)]) == 0
    seconds = time.monotonic() - began
    files = (file for file in sorted(folder.rglob("*.html")) if file.name != "404.html")
    pages = {
        file.relative_to(folder).as_posix(): PageParser(file.read_text(encoding="utf-8")) for file in files
    }
    return Site(folder, pages, seconds)


class _Server(http.server.ThreadingHTTPServer):
    """Serves a folder on the loopback address, and keeps what a page sends back."""

    def __init__(self, folder: Path, look: str) -> None:
        self.seen: queue.Queue[Any] = queue.Queue()
        self.look = look
        super().__init__(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))


class _Handler(http.server.SimpleHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self.path != "/look":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.server.look.encode())

    def do_POST(self) -> None:
        self.server.seen.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class Chromium(NamedTuple):
    """A Chromium without a window, with its own profile."""

    program: str
    profile: Path

    def search(self, folder: Path, query: str) -> list[str]:
        """Return the links that the search of the site shows."""
        found: list[str] = self._look(folder, _SEARCH.replace("QUERY", json.dumps(query)))
        return found

    def measure(self, folder: Path, pages: list[str], width: int) -> dict[str, int]:
        """Return how wide pages are in a window of a width, in pixels."""
        script = _WIDTHS.replace("PAGES", json.dumps(pages)).replace("WIDTH", str(width))
        widths: dict[str, int] = self._look(folder, script)
        return widths

    def _look(self, folder: Path, script: str) -> Any:
        with _Server(folder, _LOOK.replace("SCRIPT", script)) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            command = [self.program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
            command += [f"--user-data-dir={self.profile}", f"http://127.0.0.1:{server.server_port}/look"]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            child = subprocess.Popen(command, start_new_session=True, **quiet)
            try:
                return server.seen.get(timeout=_SECONDS)
            finally:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                server.shutdown()
                thread.join()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Chromium:
    """The browser; skips the test where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if program := shutil.which(name):
            return Chromium(program, tmp_path_factory.mktemp("profile"))
    pytest.skip("this machine has no Chromium, in which the pages of the site are looked at")
