/* The simulator's HTTP server: libmicrohttpd inside the GLib main context, one thread. */
#pragma once

#include "data/sim/serve.h"

struct sim_http;
/* Listens on 127.0.0.1 (port 0: any free one) and serves `server`, which it borrows, from the
 * default main context. */
struct sim_http *sim_http_new(struct sim_server *server, guint16 port, GError **error);
/* Cuts what hangs, and closes. */
void sim_http_free(struct sim_http *http);
OWNABLE(sim_http, sim_http_free);
guint16 sim_http_port(const struct sim_http *http);
