"""`desk worker`: settles what desks leave behind, on a machine that is always on. Knows no Qt."""

from __future__ import annotations

import getpass
import logging
import os
import signal
import sys
import threading

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from desk.bootstrap import SignedIn, sign_in
from desk.no_secrets import NoSecrets
from desk.services.core.database_errors import translate
from desk.services.core.errors import DomainError, OldServer, ServerUnreachable
from desk.services.core.outbox import Progress
from desk.services.core.timeline import Timelines
from desk.settings import Settings

log = logging.getLogger("desk.worker")

ROLE = "desk_worker"
JANITOR_SECONDS = 10.0
RETRY_SECONDS = 5.0


def main(argv: list[str]) -> int:
    """Run until SIGTERM or Ctrl+C. The password comes from DESK_WORKER_PASSWORD or the terminal, never from argv."""
    written = logging.StreamHandler()
    written.setFormatter(NoSecrets("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[written])
    settings = Settings()
    role = argv[0] if argv else ROLE
    password = os.environ.get("DESK_WORKER_PASSWORD")
    if password is None:
        password = getpass.getpass(f"Senha de {role}: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return run(settings, role, password, stop)


def run(settings: Settings, role: str, password: str, stop: threading.Event) -> int:
    """Sign in, settle, sweep; an unreachable server is waited for, anything else ends the worker."""
    timelines = Timelines(settings.timelines_file)
    while not stop.is_set():
        try:
            signed_in = sign_in(settings.server, role, password, timelines)
        except (ServerUnreachable, OldServer) as error:
            log.warning("o banco não responde, nova tentativa em %d s: %s", RETRY_SECONDS, error.params)
            stop.wait(RETRY_SECONDS)
            continue
        except DomainError as error:
            log.error("o trabalhador não entrou: %s %s", error.code, error.params)
            return 2
        try:
            _work(signed_in, stop)
        finally:
            signed_in.close()
    return 0


def _work(signed_in: SignedIn, stop: threading.Event) -> None:
    signed_in.start(on_change=lambda names: None, on_state=lambda up: None, on_progress=_told)
    log.info("trabalhando como %s em %s", signed_in.actor.role, signed_in.server.label)
    pause = 0.0
    while not stop.wait(pause):
        pause = JANITOR_SECONDS
        try:
            with signed_in.sessions.begin() as session:
                session.execute(text("SELECT desk.janitor()"))
                alone = session.execute(text("SELECT settle_by = 'worker' FROM desk.installation")).scalar_one()
            if signed_in.deliveries is not None:  # where no desk settles, there is none to wait for
                signed_in.deliveries.grace = 0.0 if alone else signed_in.deliveries.GRACE_SECONDS
        except DBAPIError as error:
            if translate(error) is None:
                raise
            log.warning("o banco não responde; o que falta continua anotado")


def _told(progress: Progress) -> None:
    if progress.final:
        outcome = "feito" if progress.settled else f"falta, próxima tentativa {progress.next_due or 'por uma pessoa'}"
        log.info("%s %s: %s", progress.topic, progress.key, outcome)
