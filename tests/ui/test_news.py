"""“Há uma versão nova”: only from where a policy says, only with IT's signature, and nothing but words."""

from __future__ import annotations

import datetime as dt
import logging
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from PySide6.QtNetwork import QSslCertificate, QSslConfiguration
from pytestqt.qtbot import QtBot

from desk import notice
from desk.services.releases import BadNotice, Notice, is_newer, new_key, public_key, read_notice, signed
from desk.ui.core.background import TaskRunner
from desk.ui.core.message_box import MessageBox
from desk.ui.shell.news import News
from desk.ui.shell.shell import Shell
from tests.standins.certificates import Authority
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, dialog

KEY = new_key()
TOLD = Notice("0.2.0", "Corrige a impressão do extrato.", "\\\\arquivos\\desk\\Desk-0.2.0.msi")


@pytest.fixture
def runner() -> Iterator[TaskRunner]:
    made = TaskRunner()
    yield made
    made.close()


def looked(qtbot: QtBot, runner: TaskRunner, source: object, version: str = "0.1.0", key: str = "") -> list[Notice]:
    """What one look brings."""
    news, found = News(runner, str(source), key or public_key(KEY), version), []
    news.found.connect(found.append)
    news.look()
    qtbot.waitUntil(lambda: not runner.busy, timeout=PATIENCE)
    news.deleteLater()
    return found


def test_a_signed_notice_of_a_newer_version_is_told(qtbot: QtBot, runner: TaskRunner, tmp_path: Path) -> None:
    (tmp_path / "aviso.json").write_bytes(signed(TOLD, KEY))
    assert looked(qtbot, runner, tmp_path / "aviso.json") == [TOLD]
    assert looked(qtbot, runner, tmp_path / "aviso.json", "0.2.0") == []
    assert looked(qtbot, runner, tmp_path / "aviso.json", "0.10.0") == []


def test_a_notice_whose_time_is_over_is_not_told(
    qtbot: QtBot, runner: TaskRunner, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Put back by somebody who can write where IT writes: the signature is right, the day is not."""
    caplog.set_level(logging.INFO)
    today = dt.date.today()
    last, over = (replace(TOLD, until=(today - dt.timedelta(days)).isoformat()) for days in (0, 1))
    for one, told in ((last, [last]), (over, [])):
        (tmp_path / "aviso.json").write_bytes(signed(one, KEY))
        assert looked(qtbot, runner, tmp_path / "aviso.json") == told
    assert over.until in caplog.text
    with pytest.raises(BadNotice, match="not a day"):
        signed(replace(TOLD, until="amanhã"), KEY)
    with pytest.raises(BadNotice):  # nobody gives an old one more time
        read_notice(signed(over, KEY).replace(over.until.encode(), last.until.encode()), public_key(KEY))


def test_an_older_notice_put_back_takes_nothing_away(qtbot: QtBot, runner: TaskRunner, tmp_path: Path) -> None:
    file = tmp_path / "aviso.json"
    news, found = News(runner, str(file), public_key(KEY), "0.1.0"), []
    news.found.connect(found.append)
    later = replace(TOLD, version="0.3.0")
    for one in (later, TOLD, later):
        file.write_bytes(signed(one, KEY))
        news.look()
        qtbot.waitUntil(lambda: not runner.busy, timeout=PATIENCE)
    assert found == [later]
    news.deleteLater()


@pytest.mark.logs_warnings
def test_what_it_did_not_sign_is_not_told(qtbot: QtBot, runner: TaskRunner, tmp_path: Path) -> None:
    file = tmp_path / "aviso.json"
    genuine = signed(TOLD, KEY)
    for bad in (signed(TOLD, new_key()), genuine.replace(b"0.2.0", b"0.3.0"), genuine[:50], b"", b"[]", b"{}", b"\xff"):
        file.write_bytes(bad)
        assert looked(qtbot, runner, file) == []
        with pytest.raises(BadNotice):
            read_notice(bad, public_key(KEY))
    file.write_bytes(genuine)
    assert looked(qtbot, runner, file, key="no key") == []
    assert looked(qtbot, runner, tmp_path / "gone.json") == []
    assert looked(qtbot, runner, "http://127.0.0.1:9/aviso.json") == []


def test_without_a_policy_nothing_is_asked(qtbot: QtBot, runner: TaskRunner) -> None:
    for source, key in (("", public_key(KEY)), ("https://127.0.0.1:9/aviso.json", "")):
        news = News(runner, source, key, "0.1.0")
        assert not news._timer.isActive()
        news.look()
        assert news._network is None and not runner.busy
        news.deleteLater()


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def web(authority: Authority, tmp_path: Path) -> Iterator[str]:
    """A web server with the company's certificate."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = signed(TOLD, KEY)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given: object) -> None:
            """Say nothing."""

    issued = authority.issue("localhost", "127.0.0.1")
    (tmp_path / "server.crt").write_bytes(issued.certificate)
    (tmp_path / "server.key").write_bytes(issued.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, name="pytest-web", kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"https://localhost:{server.server_port}/aviso.json"
        server.shutdown()
        thread.join()


@pytest.mark.logs_warnings
def test_an_address_is_read_by_https_with_its_certificate_checked(
    qtbot: QtBot, runner: TaskRunner, web: str, authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    news, found = News(runner, web, public_key(KEY), "0.1.0"), []
    news.found.connect(found.append)
    news.look()
    qtbot.waitUntil(lambda: "SslHandshakeFailedError" in caplog.text, timeout=PATIENCE)
    assert found == []
    kept = QSslConfiguration.defaultConfiguration()
    trusting = QSslConfiguration(kept)
    trusting.setCaCertificates(QSslCertificate.fromData(authority.written(tmp_path).read_bytes()))
    QSslConfiguration.setDefaultConfiguration(trusting)
    again = News(runner, web, public_key(KEY), "0.1.0")
    again.found.connect(found.append)
    try:
        again.look()
        qtbot.waitUntil(lambda: found == [TOLD], timeout=PATIENCE)
    finally:
        QSslConfiguration.setDefaultConfiguration(kept)
        for each in (news, again):
            each.deleteLater()


def test_it_is_one_line_in_the_footer_and_its_words_on_demand(qtbot: QtBot, desk_as: DeskAs) -> None:
    shell = Shell(desk_as("atendente"), "servidor", lambda debts: None, lambda: None)  # type: ignore[arg-type, return-value]
    shell.window.show()
    assert shell.window.status.newer.isHidden()
    shell.announce(TOLD)
    assert shell.window.status.newer.text() == "Há uma versão nova: 0.2.0"
    shell.window.status.newer.click()
    box = dialog(qtbot, MessageBox)
    assert (box.text.what, box.text.why) == ("Há uma versão nova do Desk: 0.2.0.", TOLD.says)
    assert TOLD.where in box.text.do
    box.reject()
    shell.window.close()


def test_it_makes_a_key_and_signs_at_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, target = tmp_path / "chave", tmp_path / "aviso.json"
    assert notice.main(["key", str(key)]) == 0
    public = capsys.readouterr().out.splitlines()[-1]
    assert key.stat().st_mode & 0o077 == 0 or key.drive
    assert notice.main(["key", str(key)]) == 1  # never over one that is there
    words = ["sign", "--key", str(key), "--says", TOLD.says, "--where", TOLD.where, TOLD.version, str(target)]
    assert notice.main(words) == 0
    told = read_notice(target.read_bytes(), public)
    assert replace(told, until="") == TOLD
    assert dt.date.fromisoformat(told.until) == dt.date.today() + dt.timedelta(notice.DAYS)
    assert notice.main(["sign", "--key", str(key), "two", str(target)]) == 1
    assert "not a version" in capsys.readouterr().err


def test_versions_are_compared_by_their_numbers() -> None:
    assert is_newer("0.10", "0.9.9") and is_newer("1.0.1", "1.0") and not is_newer("1.0.0", "1.0")
