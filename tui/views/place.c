/* Place: its place in the console, until celldeck can answer. */
#include "tui/views/view.h"
#include "tui/views/wrap.h"

static const char *const said[] = {
    "Place: celldeck can't answer yet",
    "This screen will say in which cell a new tenant of so many users, this tier and this "
    "residency would go, and why not in the others.",
    "Until then look yourself: the fleet (1) has each cell's users and how much of its "
    "maximum that is; a cell above 80 % is closed to new tenants.",
    NULL,
};

static void place_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                       const struct area *area)
{
    (void)state, (void)deck;
    wrap_draw(canvas, area, said);
}

static struct reaction place_key(void *state, const struct deck *deck, enum request request)
{
    (void)state, (void)deck, (void)request;
    return (struct reaction){.what = REACT_UNUSED};
}

static const enum request hints[] = {REQUEST_BACK, REQUEST_FLEET, REQUEST_TENANTS,
                                     REQUEST_HELP, REQUEST_QUIT,  REQUEST_COUNT};

const struct view view_place = {
    .hints = hints,
    .draw = place_draw,
    .key = place_key,
};
