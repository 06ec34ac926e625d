/* The cells that one tenant, or everybody in a cell, could go to, each as if it were the only one:
 * those that fit first, with what would have to be acknowledged there; then the others, with why it
 * can't be; and the whole of the selected one, where its row has no room for it. The screens moves
 * and targets are made of it. */
#pragma once

#include "rollout/failover_plan.h"
#include "tui/console/canvas.h"
#include "tui/console/list.h"
#include "tui/views/deck.h"

struct choices {
    struct list list; /* of cells' ids */
    GPtrArray *all;   /* struct choice *, its rows; private */
    /* What they follow from; the plans are kept, for others could come to lie where they lay. */
    struct evacuations *plans;
    char *of;
};

struct choices *choices_new(void);
void choices_free(struct choices *choices);

/* Follows the deck's newest plans; `of`: a cell, or the tenant of a move; NULL: of nobody. */
void choices_follow(struct choices *choices, const struct deck *deck, enum failover_kind kind,
                    const char *of, int rows);
void choices_draw(const struct choices *choices, const struct deck *deck, struct canvas *canvas,
                  const struct area *area);
/* Whether the selected cell takes them. */
bool choices_fit(const struct choices *choices);
