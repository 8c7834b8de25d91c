"""Every colour and text size of the program, by name; nothing else spells one."""

from __future__ import annotations

# Name: (light, dark). The contrast of each pair is kept by tests/ui/core/test_theme.py.
TOKENS: dict[str, tuple[str, str]] = {
    "win": ("#F3F3F3", "#202020"),
    "surface": ("#FFFFFF", "#2A2A2A"),
    "sunken": ("#F8F8F8", "#252525"),
    "flyout": ("#FCFCFC", "#2C2C2C"),
    "ctl": ("#FFFFFF", "#333333"),
    "ctl_off": ("#F5F5F5", "#2C2C2C"),
    "text": ("#1A1A1A", "#F3F3F3"),
    "text2": ("#595959", "#C2C2C2"),
    "text3": ("#6B6B6B", "#A8A8A8"),
    "off": ("#8E8E8E", "#7D7D7D"),
    "stroke": ("#E2E2E2", "#383838"),
    "stroke2": ("#CFCFCF", "#474747"),
    "edge": ("#868686", "#9C9C9C"),
    "accent": ("#005FB8", "#60CDFF"),
    "on_accent": ("#FFFFFF", "#00202E"),
    "link": ("#005FB8", "#79D3FF"),
    "sel": ("#E3EEF9", "#263B4D"),
    "sel_off": ("#EAEAEA", "#3A3A3A"),
    "hover": ("#EFEFEF", "#343434"),
    "focus": ("#1A1A1A", "#FFFFFF"),
    "ok": ("#0E6B0E", "#7CD67C"),
    "ok_bg": ("#E5F3E5", "#1E3622"),
    "warn": ("#8A4B00", "#FFC66B"),
    "warn_bg": ("#FFF3DC", "#40311A"),
    "bad": ("#B3261A", "#FF9C92"),
    "bad_bg": ("#FDE8E6", "#48252A"),
    "violet": ("#5747B0", "#C3B6FF"),
    "violet_bg": ("#EDEAFB", "#332E50"),
    "mute": ("#595959", "#C2C2C2"),
    "mute_bg": ("#EDEDED", "#3B3B3B"),
    "info": ("#005FB8", "#79D3FF"),
    "info_bg": ("#E6F0FA", "#22374A"),
    "s1": ("#005FB8", "#60CDFF"),
    "s2": ("#B85C00", "#FFB35C"),
    "match": ("#FFE9A8", "#5A4710"),
}

# Tones that text, icons and chips may take.
TONES = ("text", "text2", "text3", "off", "accent", "on_accent", "link", "ok", "warn", "bad", "violet", "mute", "info")

# Name: (pixels at 100 %, weight).
TEXT_STYLES: dict[str, tuple[int, int]] = {
    "title": (20, 600),
    "subject": (18, 600),
    "subtitle": (15, 600),
    "section": (14, 600),
    "body": (13, 400),
    "medium": (13, 500),
    "strong": (13, 600),
    "caption": (12, 400),
    "caption_medium": (12, 500),
    "head": (12, 600),
    "key": (11, 500),
}
