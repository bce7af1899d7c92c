"""What a cart costs, as a pure function of one document: docs/guide/pricing.md describes it."""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import _ffi


def price(document: Mapping[str, Any], *, explain: bool = False, best: bool = False) -> dict[str, Any]:
    """Price a document. `explain` adds how it came about, `best` looks for the best combination of promotions."""
    flags = (_ffi.SC_PRICE_EXPLAIN if explain else 0) | (_ffi.SC_PRICE_BEST if best else 0)
    out = _ffi.sc_bytes()
    with _ffi.scratch() as mine:
        raw = _ffi.bytes_in(json.dumps(document).encode())
        mine.check(_ffi.lib.sc_price_document(raw, flags, mine.arena, _ffi.ref(out), mine.error))
        answer: dict[str, Any] = json.loads(_ffi.bytes_out(out))
    return answer
