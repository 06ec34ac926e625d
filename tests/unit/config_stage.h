/* A celldeck.yaml of a test's own. */
#pragma once

#include "data/config.h"

/* product.md's own example, with gates spelled out. */
#define EXAMPLE "tests/unit/config/product.yaml"

#define CELL                                                                                       \
    "{class: dev, region: us-east-1, residency: US, endpoint: 'http://h:1/x', max_users: 1, "      \
    "max_patients: 1}\n"
/* Three lines; what a case adds begins in line 4. */
#define BASE "name: x\ncells:\n  a: " CELL

/* Of the test that runs. */
extern char *folder, *file;
void make_folder(void);
void remove_folder(void);

struct config *load_bytes(const char *text, gssize length, GError **error);
struct config *load_good(const char *text);
/* The message of a refusal, without the folder's name. Caller frees. */
char *refusal(const char *text, gssize length);
