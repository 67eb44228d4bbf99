"""The pages over a small archive: revisions, copies, files, tables, something withheld, and hostile texts."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient

from archive.records import CaptureKind, FileLink, FileText
from config.settings import Settings
from search.web.app import application
from tests.archives import BODY, Archive, capture, later

HERE = ("127.0.0.1", 50000)
PAYLOAD = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
PLAN = "Quyết định số 82/QĐ-UBND ngày 14/02/2024 của UBND huyện Quế Sơn ban hành Kế hoạch cải cách hành chính.\n"


def fill(archive: Archive) -> None:
    """Article 1 has revisions and a copy (2); 3 a table, a list, a file; 4 is hostile; 5 withheld; then 30 more."""
    archive.record("1", "Kế hoạch cải cách hành chính năm 2024", PLAN + BODY)
    archive.record(
        "1",
        "Kế hoạch cải cách hành chính năm 2024",
        PLAN + BODY.replace("trên địa bàn", "tại địa bàn"),
        at=later(days=1),
    )
    archive.record("1", "Kế hoạch cải cách hành chính năm 2024", PLAN.replace("82/", "83/") + BODY, at=later(days=2))
    archive.record(
        "1", "Kế hoạch cải cách hành chính năm 2024", PLAN.replace("82/", "83/") + BODY, slug="tamky", at=later(days=3)
    )
    link = FileLink("https://queson.gov.vn/files/ke-hoach.pdf", "Kế hoạch <b>đính kèm</b>.pdf")
    body = "Kết quả chỉ số cải cách hành chính:\n- nhất: Quế Sơn\n- nhì: Tam Kỳ\n"
    body += "Đơn vị | Điểm\nQuế Sơn | 92,5\nNúi Thành | 90,1"
    pending = archive.record("3", "Xếp hạng cải cách hành chính", body, attachments=(link,)).pending
    kept = archive.store.keep(archive.run(), capture(link.url, b"%PDF-1.4", kind=CaptureKind.ATTACHMENT))
    archive.store.attach(archive.run(), pending[0].id, kept, FileText("Phụ lục xếp hạng các phòng ban", "pdf", 1))
    archive.record(
        "4", f"Cải cách hành chính {PAYLOAD}", f"{BODY}\n{PAYLOAD}\nhai | {PAYLOAD}", author=PAYLOAD, summary=PAYLOAD,
        rules=(("title", "h1.title"), ("body", f"div[title='{PAYLOAD}']")),
    )  # fmt: skip
    withheld = archive.record("5", "Cải cách hành chính bị gỡ", BODY + "\nriêng")
    for number in range(30):
        title = f"Hội nghị cải cách hành chính lần {number}"
        archive.record(
            f"n{number}", title, f"{title}, tổ chức ở xã thứ {number * 7}, bàn về một cửa.", at=later(days=number * 20)
        )
    archive.finish()
    archive.finish("tamky")
    archive.store.withhold(withheld.article, "yêu cầu")


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(data=Path(tmp_path_factory.mktemp("pages")) / "data")
    archive = Archive(settings)
    fill(archive)
    archive.store.close()
    return settings


@pytest.fixture(scope="session")
def client(shown: Settings) -> Iterator[TestClient]:
    with TestClient(application(shown, a_minute=1_000_000), raise_server_exceptions=False, client=HERE) as opened:
        yield opened


@pytest.fixture(scope="session")
def server(shown: Settings) -> Iterator[str]:
    """The pages on a free port of loopback."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application(shown, a_minute=1_000_000), log_level="error", lifespan="on")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, args=([listening],), daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    running.should_exit = True
    thread.join()
