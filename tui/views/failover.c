/* Failover: its place, until celldeck can do one. */
#include "tui/views/view.h"
#include "tui/views/wrap.h"

static const char *const said[] = {
    "Failover: celldeck can't do one yet",
    "This screen will show, for each cell, where every tenant of it could go if it died, "
    "or why nowhere; and then carry them over: plan, checks, the cell's name typed, and "
    "each step on record.",
    "Until then celldeck moves nobody: fail over by your own run-book. Whom it concerns: "
    "t on a cell lists its tenants, and a tenant's item names the cell it fails over to.",
    NULL,
};

static void failover_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                          const struct area *area)
{
    (void)state, (void)deck;
    wrap_draw(canvas, area, said);
}

static struct reaction failover_key(void *state, const struct deck *deck, enum request request)
{
    (void)state, (void)deck, (void)request;
    return (struct reaction){.what = REACT_UNUSED};
}

static const enum request hints[] = {REQUEST_BACK, REQUEST_FLEET, REQUEST_TENANTS,
                                     REQUEST_HELP, REQUEST_QUIT,  REQUEST_COUNT};

const struct view view_failover = {
    .hints = hints,
    .draw = failover_draw,
    .key = failover_key,
};
