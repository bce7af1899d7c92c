"""shopcore-http as its callers meet it.

usage: test_http.py PROGRAM OPENAPI [test…]
"""

import pathlib
import sys
import unittest

import contract
import server
import test_access
import test_filter
import test_openapi
import test_shop


def main():
    server.PROGRAM, server.CONTRACT = sys.argv[1], contract.Contract(pathlib.Path(sys.argv[2]))
    suite = unittest.TestSuite()
    loader = unittest.defaultTestLoader
    for module in (test_filter, test_shop, test_access, test_openapi):
        suite.addTests(loader.loadTestsFromModule(module))
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
