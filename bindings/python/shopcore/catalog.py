"""The catalogue: products with their SKUs, categories, and bringing them in from a file."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from . import _convert, _ffi
from . import records as r
from ._session import Session


class Catalog:
    """Every write names the version it was made from, in the record itself."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, product: r.Product) -> int:
        """Make a product with its SKUs. Gives its version. Exists when there is one."""
        return self._write(_ffi.lib.sc_product_create, _convert.product_in(product))

    def put(self, product: r.Product) -> int:
        """Replace a product and its SKUs, if nobody changed them since they were read."""
        return self._write(_ffi.lib.sc_product_put, _convert.product_in(product))

    def merge(self, products: Iterable[r.Product]) -> None:
        """Create or change many at once; SKUs that are not named stay. The first that was refused is raised,
        with its index; the others are written all the same."""
        raw = [_convert.product_in(product) for product in products]
        out = _ffi.blank(_ffi.sc_product_outcome, len(raw))
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_product_put_many, _ffi.SC_PUT_MERGE, _ffi.array(_ffi.sc_product, raw), len(raw), out)
        for index, outcome in enumerate(out):
            if outcome.error.status:
                raise _ffi.fault_of(outcome.error, index)

    def get(self, id: str) -> r.Product:
        raw = _ffi.sc_product()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_product_get, _ffi.text(id, "id"), call.arena, _ffi.ref(raw))
            return _convert.product_out(raw)

    def get_many(self, ids: Sequence[str]) -> list[r.Product | None]:
        """Read many in one go, in order; None where there is no such product."""
        out = _ffi.blank(_ffi.sc_product, len(ids))
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_product_get_many, _ffi.texts(ids), len(ids), call.arena, out)
            return [_convert.product_out(raw) if raw.version else None for raw in out]

    def products(self, category: str | None = None, page: int = 200) -> Iterator[r.Product]:
        """All products, or those of a category, by id; read a page at a time while you iterate."""
        yield from self._pages(_ffi.lib.sc_product_list_by_category, _ffi.optional_text(category, "category"), page,
                               _ffi.sc_product_list, "products", _convert.product_out)

    def delete(self, product: r.Product) -> None:
        """Remove a product with its SKUs, if it still is as it was read."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_product_delete, _ffi.text(product.id, "id"), _version(product.version))

    def sku(self, sku: str) -> r.Sku:
        raw = _ffi.sc_sku()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_sku_get, _ffi.text(sku, "sku"), call.arena, _ffi.ref(raw))
            return _convert.sku_out(raw)

    def skus(self, skus: Sequence[str]) -> list[r.Sku | None]:
        """Read many in one go, in order; None where there is no such SKU."""
        out = _ffi.blank(_ffi.sc_sku, len(skus))
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_sku_get_many, _ffi.texts(skus), len(skus), call.arena, out)
            return [_convert.sku_out(raw) if raw.version else None for raw in out]

    def put_sku(self, sku: r.Sku) -> int:
        """Write one SKU: new when its version is 0, else a change of that version."""
        return self._write(_ffi.lib.sc_sku_put, _convert.sku_in(sku))

    def delete_sku(self, sku: r.Sku) -> None:
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_sku_delete, _ffi.text(sku.sku, "sku"), _version(sku.version))

    def create_category(self, category: r.Category) -> int:
        return self._write(_ffi.lib.sc_category_create, _convert.category_in(category))

    def category(self, id: str) -> r.Category:
        raw = _ffi.sc_category()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_category_get, _ffi.text(id, "id"), call.arena, _ffi.ref(raw))
            return _convert.category_out(raw)

    def categories(self, parent: str | None = None, page: int = 200) -> Iterator[r.Category]:
        """The children of a category, or the roots, by position."""
        yield from self._pages(_ffi.lib.sc_category_list_children, _ffi.optional_text(parent, "parent"), page,
                               _ffi.sc_category_list, "categories", _convert.category_out)

    def import_lines(self, file: BinaryIO | Iterable[bytes], map: Mapping[str, Any] | None = None,
                     on_row: Callable[[r.ImportRow], None] | None = None) -> r.ImportSummary:
        """Bring in a file of JSON lines, opened in binary. `map` says where a foreign file keeps what is needed.

        A line that is wrong is reported to `on_row` and passed over. What `on_row` raises ends the import.
        """
        raised: list[BaseException] = []

        def report(_: Any, row: Any) -> None:
            try:
                if on_row and not raised:
                    on_row(_convert.import_row_out(row.contents))
            except BaseException as fault:
                raised.append(fault)

        callback = _ffi.sc_import_options_on_row(report)
        mapping = json.dumps(map).encode() if map is not None else b""
        options = _ffi.make(_ffi.sc_import_options, on_row=callback, map=_ffi.bytes_in(mapping))
        handle, summary = _ffi.handle(_ffi.sc_catalog_import), _ffi.sc_import_summary()
        with self._session.call() as call:
            call.make(_ffi.lib.sc_catalog_import_new, _ffi.ref(options), _ffi.ref(handle))
            try:
                for chunk in _chunks(file):
                    call.tell(_ffi.lib.sc_catalog_import_feed, handle, chunk, len(chunk))
                    if raised:
                        raise raised[0]
                call.tell(_ffi.lib.sc_catalog_import_finish, handle, _ffi.ref(summary))
            finally:
                _ffi.lib.sc_catalog_import_free(handle)
        if raised:
            raise raised[0]
        return r.ImportSummary(lines=summary.lines, created=summary.created, changed=summary.changed,
                               unchanged=summary.unchanged, rejected=summary.rejected)

    def _write(self, function: Any, raw: Any) -> int:
        version = _ffi.uint64()
        with self._session.call() as call:
            call.ask(function, _ffi.ref(raw), _ffi.ref(version))
        return int(version.value)

    def _pages(self, function: Any, what: bytes | None, limit: int, kind: Any, member: str,
               convert: Callable[[Any], Any]) -> Iterator[Any]:
        cursor = b""
        while True:
            page = _ffi.make(_ffi.sc_catalog_page, cursor=_ffi.bytes_in(cursor), limit=limit)
            with self._session.call() as call:
                out = kind()
                call.ask(function, what, _ffi.ref(page), call.arena, _ffi.ref(out))
                found = [convert(raw) for raw in _ffi.items(getattr(out, member), out.count)]
                cursor = _ffi.bytes_out(out.next)
            yield from found
            if not cursor:
                return


def _version(version: int) -> int:
    return _ffi.fit(version, _ffi.uint64, "version")


def _chunks(file: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    read = getattr(file, "read", None)
    if read is None:
        yield from file
        return
    while chunk := read(1 << 16):
        yield chunk
