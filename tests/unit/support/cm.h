/* cmocka with the headers it wants before it. */
#ifndef TESTS_UNIT_SUPPORT_CM_H
#define TESTS_UNIT_SUPPORT_CM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
