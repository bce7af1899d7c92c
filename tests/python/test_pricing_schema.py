"""The JSON Schema of pricing documents and the reader of the library say the same: documents from the random generator,
and ones with something changed in them."""
from __future__ import annotations

import copy
import importlib
import json
import random
from typing import Any

import pytest
from conftest import ROOT
from shopcore import errors, price

jsonschema = pytest.importorskip("jsonschema")
pricing_model = importlib.import_module("pricing_model")  # a program of its own

SCHEMA = json.loads((ROOT / "docs/pricing.schema.json").read_text())
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)

STRANGE: list[Any] = [None, True, -1, 0, 1.5, "", "x", "7", [], {}, [1], {"x": 1}, 10**15, 10**15 + 1, 10**30, "8.875", "1.2345678"]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, member in value.items():
            found += places(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            found += places(member, (*path, index))
    return found


def changed(rnd: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    """The document with one thing taken out, put in, or made something else."""
    mutant = copy.deepcopy(document)
    path = rnd.choice(places(mutant))
    holder: Any = mutant
    for step in path[:-1]:
        holder = holder[step]
    what = rnd.randrange(4)
    if what == 0:
        del holder[path[-1]]
    elif what == 1 and isinstance(holder[path[-1]], dict):
        holder[path[-1]][rnd.choice(["unknown", "id", "value", "sku"])] = rnd.choice(STRANGE[1:])
    else:
        holder[path[-1]] = rnd.choice(STRANGE)
    return mutant


def without_nulls(value: Any) -> Any:
    """A member that is null is as if it were not there: the schema leaves that to who writes documents."""
    if isinstance(value, dict):
        return {key: without_nulls(member) for key, member in value.items() if member is not None}
    return [without_nulls(member) for member in value] if isinstance(value, list) else value


def refusal(document: dict[str, Any]) -> errors.ShopError | None:
    try:
        price(document)
    except errors.ShopError as refused:
        return refused
    return None


def test_the_schema_is_a_schema() -> None:
    type(VALIDATOR).check_schema(SCHEMA)


def test_every_document_that_is_priced_has_the_schema_s_form() -> None:
    rnd = random.Random(1)
    for _ in range(300):
        document = pricing_model.random_document(rnd)
        assert refusal(document) is None
        assert [error.message for error in VALIDATOR.iter_errors(document)] == []


def test_what_the_schema_refuses_is_refused_and_the_other_way_round() -> None:
    rnd = random.Random(2)
    for _ in range(1000):
        document = changed(rnd, pricing_model.random_document(rnd))
        refused = refusal(document)
        if not VALIDATOR.is_valid(without_nulls(document)):
            assert refused is not None, document
        elif refused is not None:
            # what a schema cannot say: names that stand twice, sums, other currencies, and that a value is an amount
            # or a percentage as the promotion's type has it
            unsaid = isinstance(refused, (errors.BadArgument, errors.OutOfRange, errors.BadCurrency))
            assert unsaid or refused.field.endswith("/value"), (refused, document)
