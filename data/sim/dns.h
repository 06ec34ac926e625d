/* The simulator's DNS server: UDP on 127.0.0.1, A and CNAME of the hosted zone's records and of the
 * cells' names (zone.c), which all have the simulator's own address. Faults of the service "dns":
 * hang (says nothing), error500 (SERVFAIL). */
#pragma once

#include "data/sim/serve.h"

struct sim_dns;
struct sim_dns *sim_dns_new(struct sim_server *server, GError **error);
void sim_dns_free(struct sim_dns *dns);
OWNABLE(sim_dns, sim_dns_free);
guint16 sim_dns_port(const struct sim_dns *dns);
