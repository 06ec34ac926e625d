/* The plan of where everybody goes if a cell dies, to be read: where it stands as a whole, its
 * targets with what they hold before and after, what is not proven and by what name it is
 * acknowledged, what would have to be built, and tenant by tenant. */
#pragma once

#include "tui/views/pager.h"

/* "cell-1-dr", "cell-2 and 1 more": where they would go; NULL: nobody goes anywhere. Caller frees.
 */
char *evacuation_whereto(const struct evacuation *evacuation);
/* "12 tenants, 4,011 users have a place in cell-1-dr; not proven: data, fence": how it stands,
 * without its shape. Caller frees. */
char *evacuation_standing(const struct evacuation *evacuation);
/* "cell-1 is unhealthy since 12:04:10, or before: error rate 7.1 %": how the cell is that they
 * would leave; NULL where it is well. Caller frees. */
char *evacuation_source_text(const struct cell *cell, gint64 now_ms);
/* Why something is not proven, of all targets: "cell-2: no rpo". Caller frees. */
char *evacuation_lacks(const struct evacuation *evacuation, enum proof proof);
/* Who comes to a target, and how full it is then; `bars`: also as a picture. Caller frees. */
char *evacuation_target_text(const struct placement_target *target, bool bars);
/* Who would be touched: "cell-1 and cell-1-dr: 1 tenant, 2,730 users, 100,000 patients at most".
 * Caller frees. */
char *evacuation_blast(const struct evacuation *evacuation);

/* Its parts as lines of a pager. */
void evacuation_tell_targets(struct pager *pager, const struct evacuation *evacuation, bool bars);
void evacuation_tell_proofs(struct pager *pager, const struct evacuation *evacuation);
void evacuation_tell_build(struct pager *pager, const struct evacuation *evacuation);
/* Those without a place first. */
void evacuation_tell_tenants(struct pager *pager, const struct evacuation *evacuation);
