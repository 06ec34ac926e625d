/* Operations are numbered by kind: r17 a rollout, f3 a failover, m1 a move, d2 a drill, o5 an
 * observed one. */
#pragma once

#include "data/journal.h"

/* "r18" after r1..r17. The numbers have no holes, so whoever opened one since has taken ours. NULL
 * with an error. Caller frees. */
char *operation_next_id(struct journal *journal, const char *letter, GError **error);
