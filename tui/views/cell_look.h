/* What the parts of the cell screen look at (tui/views/cell*.c), and how they stand on it.
 *
 * The title is always in view. Below it lies a page of blocks that may be higher than the screen: a
 * pane over it scrolls, so that everything can be reached at any size. */
#pragma once

#include "data/slo_budget.h"
#include "tui/views/deck.h"

struct cell_look {
    const struct deck *deck;
    const struct cell *cell;
    const GPtrArray *tenants; /* struct tenant *, of this cell, most users first */
    gint64 span_ms;           /* of the charts */
    struct slo_budget budget;
    bool small;              /* no room for charts in front: what they would tell stands in lines */
    GPtrArray *more_reasons; /* char *: what of them has no room below the title */
};

/* A part of the page. Its rows may lie above or below the canvas: what is outside is dropped. */
struct cell_part {
    int (*rows)(const struct cell_look *look, int cols);
    void (*draw)(const struct cell_look *look, struct canvas *canvas, const struct area *area);
};

extern const struct cell_part cell_glance; /* who is affected, what it costs, the SLO's budget */
extern const struct cell_part cell_probe, cell_alarms, cell_tenants, cell_history;

/* Lines that a part consists of, where it is nothing else. */
struct cell_line {
    enum role role;
    bool heading;
    char *text;
};
/* struct cell_line. */
GArray *cell_lines_new(void);
/* Wrapped at `cols`. */
void cell_lines_add(GArray *lines, enum role role, int cols, const char *text);
/* In `most` lines, cut where it is too long: of what stands whole elsewhere. */
void cell_lines_within(GArray *lines, enum role role, int cols, int most, const char *text);
/* The same in one line, as wide as it is. */
void cell_lines_one(GArray *lines, enum role role, const char *text);
void cell_lines_head(GArray *lines, const char *title);
void cell_lines_draw(const GArray *lines, struct canvas *canvas, const struct area *area);

/* "STALE 6m" for what was read at `at_ms` and is too old to be known; NULL: it is not. Caller
 * frees. */
char *cell_stale_words(const struct deck *deck, gint64 at_ms);
/* The newest answer of /healthcheck in a line, with its role. Caller frees. */
char *cell_probe_words(const struct cell_look *look, enum role *role);
/* "3 alarms: ok", "1 of 3 in ALARM: name". Caller frees. */
char *cell_alarms_words(const struct cell_look *look, enum role *role);
