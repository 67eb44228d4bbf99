"""Notices reach real receivers once: those that are down, refuse, are slow or half answer are asked again."""

import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from archive import report_outbox, report_send
from archive import tables as t
from archive.database import writing
from archive.report_outbox import Sent, deliver, put
from archive.report_send import receivers
from config.settings import Settings
from tests.archive.receivers import OK, PASSWORD, Box, Hook, certificate, mailbox, says
from tests.archives import Archive

CONTENT = {
    "subject": "Caicach: 1 cổng hỏng",
    "text": "Cổng Quế Sơn hỏng.\n",
    "html": "<p>Cổng <b>Quế Sơn</b> hỏng.</p>",
    "object": {"event": "report", "subject": "Caicach: 1 cổng hỏng"},
}


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same pauses, a hundred times shorter."""
    monkeypatch.setattr(report_outbox, "WAITS", tuple(wait / 100 for wait in report_outbox.WAITS))
    monkeypatch.setattr(report_send, "SECONDS", 0.6)
    monkeypatch.setattr(report_send, "DEADLINE", 1.5)


def told(archive: Archive, settings: Settings, key: str = "report:2026-11-22") -> None:
    with writing(archive.store.engine) as connection:
        put(connection, key, CONTENT, receivers(settings), datetime.now(UTC))


def sent(archive: Archive, settings: Settings, patience: float = 5.0) -> Sent:
    return deliver(archive.store.engine, settings, patience)


def hooked(archive: Archive, hook: Hook, **more: Any) -> Settings:
    return archive.settings.model_copy(update={"webhook_url": hook.url, **more})


def mailed(archive: Archive, box: Box, *to: str, scheme: str = "smtp+plain", **more: Any) -> Settings:
    url = f"{scheme}://night%40x.vn@127.0.0.1:{box.port}"
    return archive.settings.model_copy(update={"smtp_url": url, "mail_to": to or ("a@x.vn",), **more})


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    made = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made[0]))
    return made


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # how mail is spoken does not depend on it
class TestMail:
    def test_a_letter_has_text_and_html_in_vietnamese(self, archive: Archive) -> None:
        with mailbox(Box()) as box:
            settings = mailed(archive, box, mail_from=("night@x.vn",))
            told(archive, settings)
            assert sent(archive, settings).waiting == {}
        (letter,) = box.taken
        text, html = letter.iter_parts()
        assert (letter["Subject"], letter["From"], letter["To"]) == (
            CONTENT["subject"],
            "Caicach <night@x.vn>",
            "a@x.vn",
        )
        assert text.get_content().splitlines() == CONTENT["text"].splitlines()  # type: ignore[attr-defined]
        assert html.get_content().strip() == CONTENT["html"]  # type: ignore[attr-defined]
        assert letter["Auto-Submitted"] == "auto-generated"

    @pytest.mark.parametrize(("scheme", "start"), [("smtp", False), ("smtps", True)])
    def test_tls_with_a_login(self, archive: Archive, tls: tuple[Path, Path], scheme: str, start: bool) -> None:
        with mailbox(Box(), tls, start=start) as box:
            settings = mailed(archive, box, scheme=scheme, smtp_password=PASSWORD)
            told(archive, settings)
            assert sent(archive, settings).waiting == {}
        assert (len(box.taken), box.logins) == (1, [PASSWORD.encode()])

    def test_a_certificate_nobody_vouches_for_gets_no_password(self, archive: Archive, tmp_path: Path) -> None:
        with mailbox(Box(), certificate(tmp_path)) as box:
            settings = mailed(archive, box, scheme="smtp", smtp_password=PASSWORD)
            told(archive, settings)
            (why,) = sent(archive, settings, 0).waiting.values()
        assert "certificate" in why
        assert (box.taken, box.logins) == ([], [])

    def test_a_server_without_starttls_gets_nothing_in_clear(self, archive: Archive) -> None:
        with mailbox(Box()) as box:
            settings = mailed(archive, box, scheme="smtp", smtp_password=PASSWORD)
            told(archive, settings)
            (why,) = sent(archive, settings, 0).waiting.values()
        assert "STARTTLS" in why
        assert box.taken == []

    def test_a_mailbox_that_refuses_keeps_nothing_from_the_others(self, archive: Archive) -> None:
        with mailbox(Box(refused=("b@x.vn",))) as box:
            settings = mailed(archive, box, "a@x.vn", "b@x.vn", "c@x.vn")
            told(archive, settings)
            done = sent(archive, settings, 0.3)
            sent(archive, settings, 0.3)
            assert done.waiting == {"report:2026-11-22 to mail:b@x.vn": "b@x.vn refused: 550 no such mailbox"}
            box.refused = ()
            assert sent(archive, settings, 60).waiting == {}
        assert sorted(str(letter["To"]) for letter in box.taken) == ["a@x.vn", "b@x.vn", "c@x.vn"]

    @pytest.mark.parametrize("answer", ["451 try later", "552 full", "gone"])
    def test_a_letter_that_was_not_taken_is_brought_again(self, archive: Archive, answer: str) -> None:
        with mailbox(Box([answer, answer, "250 taken"])) as box:
            settings = mailed(archive, box)
            told(archive, settings)
            assert sent(archive, settings).waiting == {}
        assert (box.asked, len(box.taken)) == (3, 1)

    def test_one_that_was_taken_without_a_word_is_known_by_its_id(self, archive: Archive) -> None:
        with mailbox(Box(["250 and gone", "250 taken"])) as box:
            settings = mailed(archive, box)
            told(archive, settings)
            assert sent(archive, settings).waiting == {}
        assert len({letter["Message-ID"] for letter in box.taken}) == 1

    def test_a_bad_good_bye_sends_nothing_twice(self, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
        from aiosmtpd.smtp import SMTP

        async def rude(self: Any, _: str) -> None:
            self.transport.abort()

        monkeypatch.setattr(SMTP, "smtp_QUIT", rude)
        with mailbox(Box()) as box:
            settings = mailed(archive, box)
            told(archive, settings)
            assert sent(archive, settings).waiting == {}
        assert len(box.taken) == 1

    @pytest.mark.parametrize("drip", [False, True])
    def test_a_silent_or_dripping_server_costs_its_deadline(self, archive: Archive, drip: bool) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=_dripping if drip else _silent, args=(listening,), daemon=True)
        thread.start()
        settings = mailed(archive, Box(port=listening.getsockname()[1]))
        told(archive, settings)
        began = time.monotonic()
        assert "mail:" in next(iter(sent(archive, settings, 0).waiting))
        assert time.monotonic() - began < 5
        listening.close()
        thread.join(10)


def _silent(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    time.sleep(2)
    connection.close()


def _dripping(listening: socket.socket) -> None:
    """A greeting that never ends."""
    connection, _ = listening.accept()
    connection.sendall(b"220-\r\n")
    for _ in range(100):
        try:
            connection.sendall(b"220-.\r\n")
        except OSError:
            break
        time.sleep(0.1)
    connection.close()


class TestHook:
    def test_a_post_is_signed_json(self, archive: Archive) -> None:
        with Hook() as hook:
            settings = hooked(archive, hook, webhook_secret="key of the hook")
            told(archive, settings)
            assert sent(archive, settings).taken == ["report:2026-11-22 to webhook"]
        ((headers, body),) = hook.posts
        assert json.loads(body)["subject"] == CONTENT["subject"]
        assert json.loads(body)["id"] == headers["idempotency-key"]
        signed = hmac.new(b"key of the hook", body, hashlib.sha256).hexdigest()
        assert headers["x-caicach-signature"] == f"sha256={signed}"

    @pytest.mark.parametrize(
        "fault",
        [
            says("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"),
            says("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
            says("HTTP/1.1 2"),
            says(""),
            lambda _: time.sleep(1),
        ],
        ids=["refuses", "leads elsewhere", "half a line", "nothing", "slow"],
    )
    def test_a_receiver_at_fault_is_asked_again(self, archive: Archive, fault: Any) -> None:
        with Hook([fault, fault, OK]) as hook:
            settings = hooked(archive, hook)
            told(archive, settings)
            assert sent(archive, settings).waiting == {}
            assert sent(archive, settings).taken == []
        assert len(hook.posts) == 3
        assert len({headers["idempotency-key"] for headers, _ in hook.posts}) == 1

    def test_an_answer_cut_after_its_first_line_has_taken_it(self, archive: Archive) -> None:
        with Hook([says("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthank")]) as hook:
            settings = hooked(archive, hook)
            told(archive, settings)
            assert sent(archive, settings).waiting == {}
        assert len(hook.posts) == 1

    def test_a_receiver_that_is_down_loses_nothing(self, archive: Archive) -> None:
        with Hook() as hook:
            pass
        settings = hooked(archive, hook)
        told(archive, settings, "alarms:1:opened")
        told(archive, settings, "report:2026-11-22")
        assert len(sent(archive, settings, 0.1).waiting) == 2
        with Hook() as back:
            assert sorted(sent(archive, hooked(archive, back), 60).taken) == [
                "alarms:1:opened to webhook",
                "report:2026-11-22 to webhook",
            ]
        assert len(back.posts) == 2

    def test_pauses_grow_and_a_retry_after_is_kept(self, archive: Archive) -> None:
        fault = says("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n")
        asks = says("HTTP/1.1 429 Slow\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n")
        with Hook([fault, fault, fault, asks]) as hook:
            settings = hooked(archive, hook)
            told(archive, settings)
            pauses: list[float] = []

            def slept(seconds: float) -> None:
                pauses.append(seconds)
                time.sleep(seconds)

            deliver(archive.store.engine, settings, 5, sleep=slept)
        assert [round(pause, 1) for pause in pauses] == pytest.approx([0.05, 0.2, 0.6], abs=0.11)
        assert len(hook.posts) == 4
        with archive.store.engine.connect() as connection:
            waits = connection.execute(select(t.notice.c.next_at)).scalar_one() - datetime.now(UTC)
        assert timedelta(minutes=55) < waits <= timedelta(hours=1)

    def test_many_processes_send_each_once(self, archive: Archive) -> None:
        def slowly(connection: socket.socket) -> None:
            time.sleep(0.05)
            OK(connection)

        with Hook([slowly]) as hook:
            settings = hooked(archive, hook)
            for number in range(6):
                told(archive, settings, f"alarms:{number}:opened")
            all_ = [threading.Thread(target=sent, args=(archive, settings, 0)) for _ in range(4)]
            for one in all_:
                one.start()
            for one in all_:
                one.join()
        assert len(hook.posts) == 6
        assert len({json.loads(body)["id"] for _, body in hook.posts}) == 6

    def test_one_that_a_killed_process_was_sending_is_sent_by_another(self, archive: Archive) -> None:
        with Hook() as hook:
            settings = hooked(archive, hook)
            told(archive, settings)
            assert report_outbox._claim(archive.store.engine, settings) is not None
            assert list(sent(archive, settings, 0).waiting.values()) == ["another process is sending it"]
            with writing(archive.store.engine) as connection:
                connection.execute(update(t.notice), {"next_at": datetime.now(UTC)})
            assert sent(archive, settings, 0).waiting == {}
        assert len(hook.posts) == 1

    def test_news_of_last_week_is_no_longer_sent(self, archive: Archive) -> None:
        with Hook() as hook:
            settings = hooked(archive, hook)
            told(archive, settings)
            with writing(archive.store.engine) as connection:
                connection.execute(update(t.notice), {"made_at": datetime.now(UTC) - timedelta(days=8)})
            assert sent(archive, settings, 0) == Sent()
        assert hook.posts == []
