"""Search: products by words. The index is derived; what is shown is read from the catalogue."""
from __future__ import annotations

from collections.abc import Iterator

from . import _convert, _ffi
from . import records as r
from ._session import Session


class Search:
    """Needs a shop that was opened with `search=`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(self, words: str, category: str | None = None, offset: int = 0, limit: int = 20) -> r.SearchPage:
        """One page of results, best first."""
        request = _ffi.make(_ffi.sc_search_request, words=words, category=category, offset=offset, limit=limit)
        raw = _ffi.sc_search_page()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_search, _ffi.ref(request), call.arena, _ffi.ref(raw))
            hits = tuple(r.Hit(_convert.product_out(raw.products[i]), raw.scores[i]) for i in range(raw.count))
            return r.SearchPage(hits, raw.total, raw.total_is_floor)

    def find(self, words: str, category: str | None = None, page: int = 50) -> Iterator[r.Product]:
        """Products, best first, read a page at a time while you iterate; at most the first 10,000."""
        offset = 0
        while offset < 10000:
            found = self.page(words, category, offset, min(page, 10000 - offset))
            yield from (hit.product for hit in found.hits)
            offset += page
            if offset >= found.total:
                return

    def follow(self, max: int = 10000) -> r.SearchProgress:
        """Let the index follow the catalogue now; a tick does it too."""
        raw = _ffi.sc_search_progress()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_search_follow, _ffi.fit(max, _ffi.size, "max"), _ffi.ref(raw))
        return r.SearchProgress(raw.entries, raw.products, raw.more)

    def rebuild(self) -> int:
        """Make the index anew. Gives how many products it has."""
        products = _ffi.uint64()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_search_rebuild, _ffi.ref(products))
        return int(products.value)
