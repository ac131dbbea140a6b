"""A batch on a real Airflow whose connection breaks in the middle: resumed, it ends in the exact state."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub

LINES = (
    "variables set {0}_a 1",
    "variables set {0}_b 1",
    "variables delete {0}_a",
    "variables set {0}_b 2",
    "pools set {0}_p 3",
)


class Cut:
    """Passes requests on to the server; breaks the connection at one change, before or after it is made."""

    def __init__(self, url: str, at: int, is_made: bool) -> None:
        self._client = httpx.Client(base_url=url, timeout=60)
        self._at, self._is_made = at, is_made
        self.changes = 0
        self.made: Counter[bytes] = Counter()  # by POST

    def __call__(self, request: Request) -> Reply:
        is_change = request.method != "GET"
        self.changes += is_change
        is_cut = is_change and self.changes == self._at
        if is_cut and not self._is_made:
            raise ConnectionError
        headers = {
            name: request.headers[name]
            for name in ("authorization", "content-type")
            if name in request.headers
        }
        answer = self._client.request(request.method, request.target, headers=headers, content=request.body)
        if request.method == "POST" and answer.is_success:
            self.made[request.body] += 1
        if is_cut:
            raise ConnectionError
        return Reply(
            answer.content, answer.status_code, (("Content-Type", answer.headers.get("content-type", "")),)
        )


@pytest.mark.parametrize("is_made", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [2, 4, 5, 7])
def test_a_batch_that_breaks_and_is_resumed(
    ctl: Program, api: httpx.Client, unique: str, tmp_path: Path, at: int, is_made: bool
) -> None:
    file, journal = tmp_path / "lines", tmp_path / "journal"
    file.write_text("".join(f"{line.format(unique)}\n" for line in LINES))
    cut = Cut(ctl.environ["AIRFLOWCTL_URL"], at, is_made)
    with Stub(cut) as stub:
        through = ctl.with_environ(AIRFLOWCTL_URL=stub.url)
        first = through("-f", str(file), "--journal", str(journal))
        assert first.code == 3
        assert "may or may not be done" in first.err
        assert through("-f", str(file), "--journal", str(journal), "--resume").code == 0
    assert api.get(f"/variables/{unique}_a").status_code == 404
    assert api.get(f"/variables/{unique}_b").json()["value"] == "2"
    assert api.get(f"/pools/{unique}_p").json()["slots"] == 3
    assert set(cut.made.values()) == {1}  # no POST came twice
