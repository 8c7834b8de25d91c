"""Menus in which a router tells about itself: users and their rights, clock, RADIUS."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from desk.demo.routeros.query import Row

FULL = "local,telnet,ssh,ftp,reboot,read,write,policy,test,winbox,password,web,sniff,sensitive,api,romon,rest-api"
ZONE = timezone(timedelta(hours=-3))


def rows(user: str) -> dict[str, list[Row]]:
    """What a router in Brazil says that was set up as it should be."""
    return {
        "/user": [{".id": "*1", "name": user, "group": "full", "disabled": "false"}],
        "/user/group": [{".id": "*1", "name": "full", "policy": FULL}],
        "/system/clock": [{"time-zone-name": "America/Sao_Paulo", "gmt-offset": "-03:00"}],
        "/radius/incoming": [{"accept": "true", "port": "3799"}],
        "/radius": [{".id": "*1", "address": "127.0.0.1", "service": "ppp", "disabled": "false"}],
    }


def with_time(row: Row) -> Row:
    """The clock as it goes; a test may have stopped it by writing a date and a time."""
    now = datetime.now(ZONE)
    return {"date": f"{now:%Y-%m-%d}", "time": f"{now:%H:%M:%S}"} | row
