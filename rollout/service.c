#include "rollout/service.h"

#include "data/base/text.h"
#include "data/base/when.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <unistd.h>

struct service {
    GSocket *socket; /* NULL: nobody listens */
    GSocketAddress *address;
    char *status; /* as last told; NULL: not ready yet */
    gint64 watchdog_ms, next_alive_mono_ms;
};

/* "@name" is one of the abstract namespace. */
static GSocketAddress *address_of(const char *name)
{
    if (*name == '@')
        return g_unix_socket_address_new_with_type(name + 1, (gint)strlen(name + 1),
                                                   G_UNIX_SOCKET_ADDRESS_ABSTRACT);
    return *name == '/' ? g_unix_socket_address_new(name) : NULL;
}

/* Of this very process; WATCHDOG_PID guards against a child that has inherited the variables. */
static gint64 watchdog_of(char **env)
{
    const char *pid = g_environ_getenv(env, "WATCHDOG_PID");
    const char *us = g_environ_getenv(env, "WATCHDOG_USEC");
    if (!us || (pid && g_ascii_strtoll(pid, NULL, 10) != getpid()))
        return 0;
    return g_ascii_strtoll(us, NULL, 10) / 1000;
}

struct service *service_new(char **env)
{
    struct service *service = g_new0(struct service, 1);
    const char *name = g_environ_getenv(env, "NOTIFY_SOCKET");
    service->address = name ? address_of(name) : NULL;
    if (service->address)
        service->socket = g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM,
                                       G_SOCKET_PROTOCOL_DEFAULT, NULL);
    if (service->socket)
        g_socket_set_blocking(service->socket, FALSE);
    service->watchdog_ms = watchdog_of(env);
    return service;
}

void service_free(struct service *service)
{
    if (!service)
        return;
    g_clear_object(&service->socket);
    g_clear_object(&service->address);
    g_free(service->status);
    g_free(service);
}

/* What can't be sent at once is not sent: nobody's rollout waits for a service manager. */
static void tell(const struct service *service, const char *text)
{
    if (service->socket)
        g_socket_send_to(service->socket, service->address, text, strlen(text), NULL, NULL);
}

void service_ready(struct service *service, const char *status)
{
    if (g_strcmp0(service->status, status) == 0)
        return;
    g_autofree char *clean = text_clean(status);
    g_autofree char *text = g_strconcat(service->status ? "" : "READY=1\n", "STATUS=", clean, NULL);
    g_free(service->status);
    service->status = g_strdup(status);
    tell(service, text);
}

void service_alive(struct service *service, gint64 mono_ms)
{
    if (service->watchdog_ms <= 0 || mono_ms < service->next_alive_mono_ms)
        return;
    service->next_alive_mono_ms = mono_ms + service->watchdog_ms / 2;
    tell(service, "WATCHDOG=1");
}

void service_stopping(struct service *service)
{
    tell(service, "STOPPING=1\nSTATUS=ends; what is in flight is left to the next conductor");
}
