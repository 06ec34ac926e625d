/* The service manager that began this process, where one did: sd_notify(3)'s protocol, which is a
 * line of text to the datagram socket that $NOTIFY_SOCKET names. Without one, nothing happens. */
#pragma once

#include "data/base/own.h"

#include <glib.h>

struct service;

/* `env` as of g_get_environ(). Never fails: a socket that can't be used is none. */
struct service *service_new(char **env);
void service_free(struct service *service);
OWNABLE(service, service_free);

/* It is up; `status` is one line for people (`systemctl status`). Later calls tell a status that
 * has changed. */
void service_ready(struct service *service, const char *status);
/* It goes on living: told twice as often as WatchdogSec= wants it, however often this is called. */
void service_alive(struct service *service, gint64 mono_ms);
void service_stopping(struct service *service);
