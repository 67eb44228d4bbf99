"""A farm of simulated portals on loopback; it serves the demo, the tests and the benchmarks.

Texts are our own writing in the manner of real announcements: offices, no personal names. The
font in `vietnamese.ttf` is a subset of DejaVu Sans 2.37 (Bitstream Vera licence; the DejaVu
changes are in the public domain): see NOTICE.
"""

from crawler.farm.farm import ALL_FAMILIES, FAMILIES, Farm, SimulatedPortal
from crawler.farm.nights import NightTruth
from crawler.farm.server import Request
from crawler.farm.truth import TruthAct, TruthArticle, TruthFile

__all__ = [
    "ALL_FAMILIES",
    "FAMILIES",
    "Farm",
    "NightTruth",
    "Request",
    "SimulatedPortal",
    "TruthAct",
    "TruthArticle",
    "TruthFile",
]
