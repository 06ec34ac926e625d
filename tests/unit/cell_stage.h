/* A deck that looks at one cell of small_fleet, and what its screen shows of it. */
#pragma once

#include "tests/unit/small_fleet.h"
#include "tui/views/view.h"

#define CELL_NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

/* cell-1's reading as of `age_ms` ago, with an alarm that is OK and one that is not. */
struct cell_reading cell_reading_of(gint64 age_ms);
/* A deck on small_fleet that looks at cell-1. Takes what `reading` holds; `registry` may be NULL.
 */
struct deck *cell_deck_with(struct config *config, struct cell_reading *reading,
                            struct registry *registry);
/* The same of cell_reading_of(age_ms), and of no registry. */
struct deck *cell_deck_of(gint64 age_ms);
/* What the screen shows in so many rows and columns after these requests. */
char *cell_shown_after(const struct deck *deck, int rows, int cols, const enum request *keys,
                       size_t n);
char *cell_shown(const struct deck *deck, int rows, int cols);
/* That the text is on the screen, or is not. */
void cell_expect(const char *screen, const char *text);
void cell_expect_not(const char *screen, const char *text);
/* cell-1 with so many tenants, of which the last is `broken`: its quota is missing. */
struct registry *cell_registry(int n, bool broken, bool complete);
/* Something that was done to it, newer than what was added before; `data` is JSON. */
void cell_add_event(struct deck *deck, gint64 at_ms, const char *type, const char *data);
