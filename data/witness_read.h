/* Which cell an answer means: by the names that tenants' records lead to (cells.*.dns_name), else
 * by its addresses, else by what it says of itself. Pure. */
#pragma once

#include "data/dns.h"
#include "data/fleet.h"
#include "data/route53.h"
#include "data/witness.h"

/* The addresses of the cells' names, as DNS has them. */
struct cell_addresses {
    GHashTable *cells; /* address -> id of the cell; "" where several have it */
    char *unknown;     /* a cell whose addresses could not be had; NULL: there is none */
};
void cell_addresses_init(struct cell_addresses *addresses);
void cell_addresses_clear(struct cell_addresses *addresses);
void cell_addresses_add(struct cell_addresses *addresses, const char *cell, const char *address);

/* The one cell that has all of these addresses (char *); "" where several have one of them; NULL
 * where one is no cell's, or there are none. Borrowed. */
const char *cell_addresses_place(const struct cell_addresses *addresses, const GPtrArray *of);

void witness_read_zone(struct witness *witness, const struct config *config,
                       const struct zone_record *record, gint64 now_ms);
/* Whether the names of the answer alone tell: then no cell's addresses are needed. */
bool witness_dns_is_named(const struct config *config, const struct dns_answer *answer);
void witness_read_dns(struct witness *witness, const struct config *config,
                      const struct dns_answer *answer, const struct cell_addresses *addresses,
                      gint64 now_ms);
/* `address`: who was asked. */
void witness_read_answer(struct witness *witness, const struct config *config,
                         const struct probe *probe, const char *address);
