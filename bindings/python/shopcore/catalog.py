"""The catalogue: products with their SKUs, categories, and bringing them in from a file."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from . import _convert, _ffi, _files, errors
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

    def put_category(self, category: r.Category) -> int:
        """Rename it, or give it another position, if nobody changed it since it was read. Gives its version."""
        return self._write(_ffi.lib.sc_category_put, _convert.category_in(category))

    def delete_category(self, category: r.Category) -> None:
        """Remove a category in which nothing stands, if it still is as it was read."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_category_delete, _ffi.text(category.id, "id"), _version(category.version))

    def move_category(self, id: str, parent: str | None, step: int = 1000) -> r.CategoryMove:
        """Move a category with all below it; its products follow, `step` of them in one call of the library.

        A move that was broken off goes on when it, or another one, is asked for.
        """
        products = relisted = refused = 0
        raw = _ffi.sc_category_progress()
        raw.more = True
        while raw.more:
            with self._session.call() as call:
                call.ask(_ffi.lib.sc_category_move, _ffi.text(id, "id"), _ffi.optional_text(parent, "parent"),
                         _ffi.fit(step, _ffi.size, "step"), _ffi.ref(raw))
            products += raw.products
            relisted += raw.relisted
            refused += raw.refused
        return r.CategoryMove(products, relisted, refused)

    def change_prices(self, changes: Iterable[r.PriceChange], *, dry_run: bool = False,
                      rounding: r.Rounding = r.Rounding.HALF_UP, step_minor: int = 1) -> list[r.PriceOutcome]:
        """Change many prices in one go; each has an outcome of its own, in order. A dry run writes nothing.

        A percentage is rounded to a multiple of `step_minor`.
        """
        named = list(changes)
        raw = [_convert.price_change_in(change) for change in named]
        options = _convert.prices_options_in(dry_run, rounding, step_minor)
        out = _ffi.blank(_ffi.sc_price_outcome, len(raw))
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_prices_change, _ffi.array(_ffi.sc_price_change, raw), len(raw), _ffi.ref(options), out)
        return [_convert.price_outcome_out(change.sku, outcome) for change, outcome in zip(named, out)]

    def import_prices(self, file: BinaryIO | Iterable[bytes], *, format: str = "jsonl", dry_run: bool = False,
                      rounding: r.Rounding = r.Rounding.HALF_UP, step_minor: int = 1,
                      on_row: Callable[[r.PriceOutcome], None] | None = None) -> r.PricesSummary:
        """Change prices from a file with `sku` and `price` or `percent`, "jsonl" or "csv", opened in binary."""
        rows = _files.Rows(on_row, lambda row: _convert.price_outcome_out(
            _ffi.optional_string(row.sku), row.outcome.contents, row.line))
        callback = _ffi.sc_prices_file_options_on_row(rows)
        prices = _convert.prices_options_in(dry_run, rounding, step_minor)
        options = _ffi.make(_ffi.sc_prices_file_options, on_row=callback, format=_files.format_in(format),
                            prices=_ffi.pointer(prices))
        handle, summary = _ffi.handle(_ffi.sc_prices_file), _ffi.sc_prices_summary()
        verbs = (_ffi.lib.sc_prices_file_feed, _ffi.lib.sc_prices_file_finish, _ffi.lib.sc_prices_file_free)
        with self._session.call() as call:
            call.make(_ffi.lib.sc_prices_file_new, _ffi.ref(options), _ffi.ref(handle))
            _files.feed(call, file, rows, handle, verbs, summary)
        return r.PricesSummary(summary.lines, summary.changed, summary.unchanged, summary.rejected)

    def import_lines(self, file: BinaryIO | Iterable[bytes], map: Mapping[str, Any] | None = None,
                     on_row: Callable[[r.ImportRow], None] | None = None, *, format: str = "jsonl",
                     resume: str | None = None, restart: bool = False) -> r.ImportSummary:
        """Bring in a file, "jsonl" or "csv", opened in binary. `map` says where a foreign file keeps what is needed.

        A line that is wrong is reported to `on_row` and passed over. What `on_row` raises ends the import. Under the
        name `resume` the position is kept: the same file goes on where it was broken off. Changed, with the field
        "resume", says that it is another file; then the position is forgotten.
        """
        rows = _files.Rows(on_row, _convert.import_row_out)
        callback = _ffi.sc_import_options_on_row(rows)
        mapping = json.dumps(map).encode() if map is not None else b""
        options = _ffi.make(_ffi.sc_import_options, on_row=callback, map=_ffi.bytes_in(mapping), resume=resume,
                            format=_files.format_in(format), restart=int(restart))
        handle, summary = _ffi.handle(_ffi.sc_catalog_import), _ffi.sc_import_summary()
        verbs = (_ffi.lib.sc_catalog_import_feed, _ffi.lib.sc_catalog_import_finish, _ffi.lib.sc_catalog_import_free)
        with self._session.call() as call:
            call.make(_ffi.lib.sc_catalog_import_new, _ffi.ref(options), _ffi.ref(handle))
            _files.feed(call, file, rows, handle, verbs, summary)
        return _convert.import_summary_out(summary)

    def export(self, file: _files.Writable, *, format: str = "jsonl", page: int = 200) -> r.ExportSummary:
        """Write the whole catalogue into a file opened in binary, "jsonl" or "csv", `page` products at a time.

        What it is imported into and exported from again gives the same bytes.
        """
        raised: list[BaseException] = []

        def write(_: Any, data: Any, size: int, error: Any) -> int:
            try:
                file.write(_ffi.string_at(data, size))
            except BaseException as fault:
                raised.append(fault)
                return _ffi.SC_IO_FAILED
            return _ffi.SC_OK

        callback = _ffi.sc_export_options_write(write)
        options = _ffi.make(_ffi.sc_export_options, write=callback, format=_files.format_in(format), page=page)
        summary = _ffi.sc_export_summary()
        try:
            with self._session.call() as call:
                call.ask(_ffi.lib.sc_catalog_export, _ffi.ref(options), _ffi.ref(summary))
        except errors.ShopError:
            if raised:
                raise raised[0] from None
            raise
        return r.ExportSummary(summary.categories, summary.products, summary.skus, summary.bytes)

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
