"""shopcore-http as its callers meet it.

usage: test_http.py PROGRAM COMMAND OPENAPI [test…]
"""

import pathlib
import sys
import unittest

import contract
import server
import test_access
import test_cards
import test_filter
import test_openapi
import test_prices
import test_shop
import test_tender


def main():
    server.PROGRAM, server.COMMAND = sys.argv[1:3]
    server.CONTRACT = contract.Contract(pathlib.Path(sys.argv[3]))
    suite = unittest.TestSuite()
    loader = unittest.defaultTestLoader
    loader.testNamePatterns = [f"*{name}*" for name in sys.argv[4:]] or None
    for module in (test_filter, test_shop, test_prices, test_tender, test_access, test_cards,
                   test_openapi):
        suite.addTests(loader.loadTestsFromModule(module))
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
