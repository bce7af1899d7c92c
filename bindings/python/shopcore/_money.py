"""Amounts as text, read and written by the library, so that Python and C never differ on a decimal."""
from __future__ import annotations

import functools

from . import _ffi


@functools.cache
def exponent(currency: str) -> int:
    out = _ffi.int32()
    _ffi.check(_ffi.lib.sc_currency_exponent(_ffi.text(currency, "currency"), _ffi.ref(out)))
    return int(out.value)


def format(minor: int, currency: str) -> str:
    room = _ffi.text_room(_ffi.SC_MONEY_TEXT_SIZE)
    _ffi.check(_ffi.lib.sc_money_format(_ffi.fit(minor, _ffi.int64, "minor"), _ffi.text(currency, "currency"), room))
    return _ffi.string(room.value)


def parse(text: str) -> tuple[int, str]:
    minor, room = _ffi.int64(), _ffi.text_room(_ffi.SC_CURRENCY_SIZE)
    _ffi.check(_ffi.lib.sc_money_parse(_ffi.text(text), _ffi.ref(minor), room))
    return int(minor.value), _ffi.string(room.value)


def parse_amount(amount: str, currency: str) -> int:
    minor = _ffi.int64()
    _ffi.check(_ffi.lib.sc_money_parse_amount(_ffi.text(amount), _ffi.text(currency), _ffi.ref(minor)))
    return int(minor.value)
