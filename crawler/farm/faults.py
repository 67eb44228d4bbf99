"""All faults by name, put on a simulated portal and taken away again.

`FAULTS` has one line for each. Edits, removals and restorations are no faults: the newsroom does those.
"""

from typing import TYPE_CHECKING, Any

from crawler.farm import faults_pages, faults_paths, faults_refusals, faults_wire  # noqa: F401  registers the faults
from crawler.farm.fault import Fault

if TYPE_CHECKING:
    from crawler.farm.site import Site

FAULTS = {name: fault.about for name, fault in sorted(Fault.known.items()) if name}
"""Every fault's name and what it does."""


def strike(site: "Site", name: str, **how: Any) -> Fault:
    """Put a fault on a portal; raises KeyError for a name that FAULTS does not have."""
    fault = Fault.known[name](site, **how)
    fault.begin()
    site.faults = (*site.faults, fault)
    return fault


def heal(site: "Site", name: str | None = None) -> None:
    """Take a portal's faults of that name away; all of them without a name."""
    healed = [fault for fault in site.faults if name in {None, fault.name}]
    site.faults = tuple(fault for fault in site.faults if fault not in healed)
    for fault in healed:
        fault.end()
