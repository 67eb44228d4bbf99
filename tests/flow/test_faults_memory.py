"""Portals that send far too much cost the crawl no more memory than its bound."""

import sys
from pathlib import Path

import pytest

from bench import faults as bench


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_is_bounded_whatever_is_sent(tmp_path: Path) -> None:
    ill, well, peak = bench.measured(tmp_path, list(bench.HEAVY))
    assert peak.crawl < bench.CRAWL_MB
    assert peak.whole < bench.WHOLE_MB
    assert "Traceback" not in peak.said, peak.said
    assert len(ill) == len(well) == len(bench.HEAVY)
    assert {run["outcome"] for run in well} == {"ok"}
