"""The list that Windows shows over the program's button on the taskbar, by the shell's own COM interfaces."""

from __future__ import annotations

import contextlib
import sys
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

APP_ID = "Desk.Desk"


class Entry(NamedTuple):
    """One line of the list, and what the program is started with when it is chosen."""

    title: str
    arguments: str


_DESTINATIONS, _I_DESTINATIONS = "77f10cf0-3db5-4966-b520-b7c54fd35ed6", "6332debf-87b5-4670-90c0-5e57b408a49e"
_COLLECTION, _I_COLLECTION = "2d3468c1-36a7-43b6-ac24-d3f02fd9607a", "5632b1a4-e38a-400a-928a-d4cd63230295"
_LINK, _I_LINK = "00021401-0000-0000-c000-000000000046", "000214f9-0000-0000-c000-000000000046"
_I_ARRAY, _I_PROPERTIES = "92ca9dcd-5622-4bba-a805-5e9f541bd8c9", "886d8eeb-8cf2-4446-8d02-cdba1dbdcf99"
_TITLE = ("f29f85e0-4ff9-1068-ab91-08002b27b3d9", 2)
_TEXT = 31  # VT_LPWSTR
_LONGEST = 1024


def show(category: str, entries: Sequence[Entry], program: str) -> bool:
    """Put these under a heading in place of what was there; False where Windows, or its owner, keeps no such list.

    It is the list of the process's own name for the taskbar (see instance.name_for_the_taskbar).
    """
    if not entries:
        return clear()
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            _write(category, entries, program)
            return True
    return False


def clear(app_id: str = APP_ID) -> bool:
    """Take the list away, with every name in it."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            with _com(_DESTINATIONS, _I_DESTINATIONS) as listed:
                listed.call(10, app_id)
            return True
    return False


if sys.platform == "win32":
    import ctypes

    class _Guid(ctypes.Structure):
        _fields_ = [("bytes", ctypes.c_ubyte * 16)]

        @classmethod
        def of(cls, text: str) -> _Guid:
            return cls.from_buffer_copy(uuid.UUID(text).bytes_le)

    class _Key(ctypes.Structure):
        _fields_ = [("guid", _Guid), ("number", ctypes.c_uint32)]

    class _Value(ctypes.Structure):
        _fields_ = [("kind", ctypes.c_uint16), ("unused", ctypes.c_uint16 * 3), ("text", ctypes.c_wchar_p)]

    class _Interface:
        """A COM pointer whose methods are called by their place in its table; anything but success raises OSError."""

        def __init__(self, pointer: Any) -> None:
            self.pointer = pointer

        def call(self, place: int, *given: Any) -> None:
            kinds = [ctypes.c_wchar_p if isinstance(each, str) else ctypes.c_void_p for each in given]
            kinds = [
                ctypes.c_uint32 if isinstance(each, int) else kind for each, kind in zip(given, kinds, strict=True)
            ]
            method = ctypes.WINFUNCTYPE(ctypes.HRESULT, ctypes.c_void_p, *kinds)
            table = ctypes.cast(self.pointer, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p)))[0]
            method(table[place])(self.pointer, *given)

        def release(self) -> None:
            table = ctypes.cast(self.pointer, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p)))[0]
            ctypes.WINFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)(table[2])(self.pointer)

        @contextlib.contextmanager
        def as_interface(self, wanted: str) -> Iterator[_Interface]:
            """Another face of the same object."""
            found = ctypes.c_void_p()
            self.call(0, ctypes.byref(_Guid.of(wanted)), ctypes.byref(found))
            with _released(found) as other:
                yield other

    @contextlib.contextmanager
    def _released(pointer: Any) -> Iterator[_Interface]:
        made = _Interface(pointer)
        try:
            yield made
        finally:
            made.release()

    @contextlib.contextmanager
    def _com(kind: str, interface: str) -> Iterator[_Interface]:
        """A new object of the shell; the thread is one of Qt's, which has opened COM."""
        found = ctypes.c_void_p()
        create = ctypes.oledll.ole32.CoCreateInstance
        create(ctypes.byref(_Guid.of(kind)), None, 1, ctypes.byref(_Guid.of(interface)), ctypes.byref(found))
        with _released(found) as made:
            yield made

    def _write(category: str, entries: Sequence[Entry], program: str) -> None:
        with _com(_DESTINATIONS, _I_DESTINATIONS) as listed:
            removed = _removed(listed)
            with _com(_COLLECTION, _I_COLLECTION) as lines:
                for each in entries:
                    if each.arguments not in removed:  # Windows refuses the whole list over one that was taken out
                        with _link(each, program) as link:
                            lines.call(5, link.pointer)
                with lines.as_interface(_I_ARRAY) as array:
                    listed.call(5, category, array.pointer)
            listed.call(8)

    def _removed(listed: _Interface) -> set[str]:
        """Begin the list; what the person took out of it must not come back."""
        room, taken = ctypes.c_uint32(), ctypes.c_void_p()
        listed.call(4, ctypes.byref(room), ctypes.byref(_Guid.of(_I_ARRAY)), ctypes.byref(taken))
        gone: set[str] = set()
        if taken.value is None:
            return gone
        with _released(taken) as array:
            count = ctypes.c_uint32()
            array.call(3, ctypes.byref(count))
            for at in range(count.value):
                found = ctypes.c_void_p()
                array.call(4, at, ctypes.byref(_Guid.of(_I_LINK)), ctypes.byref(found))
                with _released(found) as link:
                    text = ctypes.create_unicode_buffer(_LONGEST)
                    link.call(10, ctypes.byref(text), _LONGEST)
                    gone.add(text.value)
        return gone

    @contextlib.contextmanager
    def _link(entry: Entry, program: str) -> Iterator[_Interface]:
        with _com(_LINK, _I_LINK) as link:
            link.call(20, program)
            link.call(11, entry.arguments)
            link.call(7, entry.title)
            with link.as_interface(_I_PROPERTIES) as properties:
                key = _Key(_Guid.of(_TITLE[0]), _TITLE[1])
                # As large as PROPVARIANT, which has room for two pointers.
                value = (_Value * 2)(_Value(_TEXT, text=entry.title))
                properties.call(6, ctypes.byref(key), ctypes.byref(value))
                properties.call(7)
            yield link
