"""Files of products and prices, and the tree of categories."""
from __future__ import annotations

import io
from decimal import Decimal

import pytest
from shopcore import Category, PriceChange, PriceOutcome, Product, Rounding, Shop, Sku, errors


def fill(shop: Shop) -> None:
    shop.catalog.create_category(Category("kitchen", "Kitchen"))
    shop.catalog.create_category(Category("pans", "Pans", parent="kitchen", position=2))
    shop.catalog.create(Product("pan", 'A "pan", big', [Sku("pan-1", 1000, "USD"), Sku("pan-2", 1999, "USD")],
                                description="two\nlines", attributes={"weight": Decimal("1.50")},
                                categories=["kitchen", "pans"]))


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_what_is_exported_comes_in_again_and_exports_the_same(shop: Shop, format: str) -> None:
    fill(shop)
    first, second = io.BytesIO(), io.BytesIO()
    summary = shop.catalog.export(first, format=format, page=1)
    assert (summary.categories, summary.products, summary.bytes) == (2, 2, len(first.getvalue()))
    with Shop("memory:") as other:
        first.seek(0)
        assert other.catalog.import_lines(first, format=format).rejected == 0
        other.catalog.export(second, format=format)
        assert other.catalog.get("pan").description == "two\nlines"
    assert second.getvalue() == first.getvalue()


def test_what_a_writer_raises_comes_out_of_the_export(shop: Shop) -> None:
    class Full:
        def write(self, data: bytes, /) -> int:
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        shop.catalog.export(Full())
    with pytest.raises(errors.BadArgument):
        shop.catalog.export(io.BytesIO(), format="xml")


def test_an_import_that_was_broken_off_goes_on(shop: Shop) -> None:
    lines = [b'{"sku":"n%d","name":"N","price":%d,"currency":"USD"}\n' % (i, i) for i in range(1200)]

    def broken() -> object:
        yield from lines[:1000]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.catalog.import_lines(broken(), resume="file")  # type: ignore[arg-type]
    summary = shop.catalog.import_lines(lines, resume="file")
    assert (summary.resumed_at, summary.lines, summary.created) == (1001, 1200, 1200)
    assert shop.catalog.import_lines(lines, resume="file").resumed_at == 0


def test_a_category_moves_with_its_products(shop: Shop) -> None:
    fill(shop)
    shop.catalog.create_category(Category("home", "Home"))
    moved = shop.catalog.move_category("kitchen", "home", step=1)
    assert (moved.products, moved.relisted, moved.refused) == (1, 1, 0)
    assert shop.catalog.get("pan").categories == ("home", "kitchen", "pans")
    assert [product.id for product in shop.catalog.products("home")] == ["pan"]
    with pytest.raises(errors.WrongState):
        shop.catalog.move_category("home", "pans")
    shop.catalog.put_category(Category("pans", "Pots", "kitchen", version=shop.catalog.category("pans").version))
    assert shop.catalog.category("pans").name == "Pots"
    with pytest.raises(errors.WrongState):
        shop.catalog.delete_category(shop.catalog.category("pans"))
    shop.catalog.delete(shop.catalog.get("pan"))
    shop.catalog.delete_category(shop.catalog.category("pans"))
    with pytest.raises(errors.NotFound):
        shop.catalog.category("pans")


def test_many_prices_change_and_each_says_how(shop: Shop) -> None:
    fill(shop)
    changes = [PriceChange("pan-1", percent=Decimal("-12.5")), PriceChange("pan-2", 5, was_minor=7),
               PriceChange("nothing", 5)]
    seen = shop.catalog.change_prices(changes, dry_run=True, rounding=Rounding.UP, step_minor=10)
    assert (seen[0].before_minor, seen[0].after_minor, seen[0].currency) == (1000, 880, "USD")
    assert shop.catalog.sku("pan-1").price_minor == 1000
    made = shop.catalog.change_prices(changes)
    assert (made[0].after_minor, made[0].fault) == (875, None)
    assert isinstance(made[1].fault, errors.Changed) and made[1].fault.field == "was"
    assert isinstance(made[2].fault, errors.NotFound)
    assert shop.catalog.sku("pan-1").version == made[0].version
    with pytest.raises(errors.OutOfRange):
        shop.catalog.change_prices([PriceChange("pan-1", percent=Decimal("0.0001"))])
    with pytest.raises(errors.BadArgument):
        shop.catalog.change_prices([PriceChange("pan-1")])


def test_prices_come_from_a_file(shop: Shop) -> None:
    fill(shop)
    rows: list[PriceOutcome] = []
    summary = shop.catalog.import_prices([b"sku,price\npan-1,5\n", b"pan-2,x\n"], format="csv", on_row=rows.append)
    assert (summary.lines, summary.changed, summary.rejected) == (2, 1, 1)
    assert [(row.line, row.sku, row.after_minor) for row in rows] == [(2, "pan-1", 5), (3, "pan-2", 0)]
    assert isinstance(rows[1].fault, errors.BadFormat)
    assert shop.catalog.sku("pan-1").price_minor == 5
