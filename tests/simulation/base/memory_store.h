/* A journal that is kept in memory, by the rules of data/journal_store.h. */
#pragma once

#include "data/journal_store.h"

struct journal_store *memory_store_new(void);
