"""Serves the farm until Ctrl-C: `python -m crawler.farm --seed 1 --articles 60 --portals-to DIR`."""

import argparse
import signal
import sys
from pathlib import Path

from crawler.farm import ALL_FAMILIES, Farm
from crawler.farm.encodings import ENCODINGS


def main() -> int:
    """Read the options, serve, end cleanly on SIGINT and SIGTERM."""
    options = argparse.ArgumentParser(prog="python -m crawler.farm", description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--articles", type=int, default=60, help="on every portal")
    options.add_argument("--families", nargs="+", choices=ALL_FAMILIES, default=None)
    options.add_argument("--portals", type=int, default=None, help="how many in all; families repeat")
    options.add_argument("--copies", type=int, default=3, help="articles each portal republishes from the one before")
    options.add_argument("--era", type=int, default=0, help="which layout the pages have; 0 is the documented one")
    options.add_argument("--encoding", choices=ENCODINGS, default="utf-8", help="how pages come as bytes")
    options.add_argument("--port", type=int, default=0, help="first of consecutive ports; 0: the system chooses")
    options.add_argument("--portals-to", type=Path, default=None, metavar="DIR", help="write portal files there")
    given = options.parse_args()
    farm = Farm(given.seed, articles=given.articles, families=given.families, portals=given.portals,
                copies=given.copies, eras=given.era, encodings=given.encoding, port=given.port)  # fmt: skip
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    with farm:
        if given.portals_to:
            farm.write_portals(given.portals_to)
        for portal in farm.portals:
            sys.stdout.write(f"{portal.slug}\t{portal.family}\t{portal.url}\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


if __name__ == "__main__":
    sys.exit(main())
