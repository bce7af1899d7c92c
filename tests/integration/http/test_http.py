"""shopcore-http as its callers meet it.

usage: test_http.py PROGRAM OPENAPI [test…]
"""

import sys
import unittest

import server
import test_access
import test_filter
import test_shop


def main():
    server.PROGRAM = sys.argv[1]
    suite = unittest.TestSuite()
    loader = unittest.defaultTestLoader
    for module in (test_filter, test_shop, test_access):
        suite.addTests(loader.loadTestsFromModule(module))
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
