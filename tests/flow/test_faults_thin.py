"""A first night on which every page has lost its body keeps none of them; the next good night keeps all."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from sqlalchemy import text

from archive.database import reading
from archive.store import Store
from config.portal import load
from config.settings import Settings
from crawler.farm import Farm
from crawler.fleet import Fleet
from crawler.run import crawl

FAMILIES = ("vhv", "liferay", "tandan", "epi", "aspnews", "wordpress")
"""Those whose pages keep files, tables or a signature when their paragraphs are gone."""


def kept(settings: Settings) -> dict[str, list[int]]:
    """The lengths of the bodies that the archive has, by portal, after one more night."""
    crawl(Fleet(list(load(settings.portals).values()), settings))
    found: dict[str, list[int]] = {slug: [] for slug in load(settings.portals)}
    with reading(settings) as session:
        for slug, chars in session.connection().execute(text(
            "SELECT p.slug, length(r.body) FROM article a JOIN portal p ON p.id = a.portal_id"
            " JOIN revision r ON r.article_id = a.id AND r.number = a.revisions"
        )):  # fmt: skip
            found[slug].append(chars)
    return found


def test_what_is_left_of_a_page_is_no_article(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", portals=tmp_path / "p", allow_private=True, contact="tests@localhost")
    with Farm(11, articles=5, copies=0, families=FAMILIES, portals=len(FAMILIES)) as farm:
        farm.write_portals(settings.portals)
        for portal in farm.portals:
            farm.fault(portal.slug, "selector_loss", field="body")
        assert kept(settings) == {portal.slug: [] for portal in farm.portals}
        for portal in farm.portals:
            farm.heal(portal.slug)
        with Store.open(settings) as store:
            store.retry()
        with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=True):
            healed = kept(settings)
        for portal in farm.portals:
            wanted = [one for one in portal.truth if one.is_reform or one.listed]
            assert len(healed[portal.slug]) >= len(wanted) > 0, portal.family
            assert max(healed[portal.slug]) > 200
