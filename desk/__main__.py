"""`desk`: the desktop program; `desk worker`, `desk doctor`, `desk notice`, `desk db …`: what runs without a screen."""

from __future__ import annotations

import gc
import io
import sys


def leave_no_core() -> None:
    """A crash writes no memory to the disk: passwords that were typed or shown are in it, also the local server's."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(argv: list[str] | None = None) -> int:
    """Choose by the first word; each part is imported only when it is the one asked for."""
    arguments = sys.argv[1:] if argv is None else argv
    leave_no_core()
    for stream in (sys.stdout, sys.stderr):
        # A pipe on Windows speaks the code page of the system; a letter that it lacks must not end the program.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if arguments and arguments[0].lower().startswith("desk:"):
        # A link comes from a page or a mail. Whoever made it may have closed the quotation marks that Windows puts
        # around it, to have what follows taken for orders.
        arguments = arguments[:1]
    if arguments[:1] == ["db"]:
        from desk.db.cli import main as db

        return db(arguments[1:])
    if arguments[:1] == ["doctor"]:
        from desk.doctor import main as doctor

        return doctor(arguments[1:])
    if arguments[:1] == ["notice"]:
        from desk.notice import main as notice

        return notice(arguments[1:])
    if arguments[:1] == ["worker"]:
        from desk.worker import main as worker

        return worker(arguments[1:])
    if "--selftest" in arguments:
        from desk.selftest import main as selftest

        return selftest(arguments)
    if arguments[:1] == ["--measure-start"]:
        from desk.start_figure import main as start_figure

        return start_figure(arguments)
    if "--shots" in arguments:
        from desk.tour import main as tour

        return tour(arguments)
    gc.disable()  # the window's own timer collects; here it would only look through modules being loaded
    from desk.desktop import main as desktop

    return desktop(arguments)


if __name__ == "__main__":
    sys.exit(main())
