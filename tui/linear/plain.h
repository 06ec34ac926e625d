/* What screens show with signs, in words: a screen reader reads `✖` as "heavy multiplication x",
 * and a serial line may have no such letter. Only for what celldeck itself has put together; names
 * and texts of others are said as they are. */
#pragma once

/* "✖ cell-2 unhealthy · ≥ 12 tenants · 5.0.2 → 5.0.3": "cell-2 unhealthy; at least 12 tenants;
 * 5.0.2 to 5.0.3". A sign that stands beside its word is left out. Caller frees. */
char *plain_words(const char *text);
