"""A machine without Chromium or PostgreSQL is told so; a machine that checks changes fails."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ASKS_FOR_CHROMIUM = "def test_in_a_browser(chromium_path: str) -> None:\n    assert chromium_path\n"


def test_a_missing_chromium_is_left_out_and_the_summary_says_how_to_get_it(tmp_path: Path) -> None:
    ran = _run_without_chromium(tmp_path)

    assert ran.returncode == 0
    assert "left out: 1 tests: no Chromium was found" in ran.stdout
    assert "sudo apt-get install chromium" in ran.stdout


def test_nothing_is_left_out_in_ci(tmp_path: Path) -> None:
    ran = _run_without_chromium(tmp_path, CI="true")

    assert ran.returncode == 1
    assert "nothing is left out in CI" in ran.stdout


def test_every_database_of_a_test_is_new_and_empty(postgres_url: str) -> None:
    address = postgres_url.replace("+psycopg", "")

    with psycopg.connect(address) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchone()

    assert tables == (0,)


def test_the_chromium_that_was_found_can_be_driven(chromium_path: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path)
        page = browser.new_page()
        page.set_content("<h1>门牌</h1>")

        assert page.get_by_role("heading").inner_text() == "门牌"


def test_what_asks_for_a_browser_runs_in_a_process_of_its_own(
    request: pytest.FixtureRequest, chromium_path: str
) -> None:
    assert chromium_path
    assert request.node.get_closest_marker("browser") is not None


def _run_without_chromium(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_browser.py").write_text(ASKS_FOR_CHROMIUM, encoding="utf-8")
    (folder / "conftest.py").write_bytes((ROOT / "tests" / "conftest.py").read_bytes())
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            ROOT / "pyproject.toml",
            "--rootdir",
            folder,
            folder,
        ],
        cwd=folder,
        env={**kept, "PATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
