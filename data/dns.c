#include "data/dns.h"

#include "data/base/error.h"
#include "data/base/when.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdbool.h>
#include <string.h>

enum { DNS_PORT = 53, MESSAGE_MAX = 65536 };
enum { GARBLED = 100 }; /* beside the resolver's own: HOST_NOT_FOUND, TRY_AGAIN, ... */

void dns_answer_free(struct dns_answer *answer)
{
    if (!answer)
        return;
    g_ptr_array_unref(answer->names);
    g_ptr_array_unref(answer->addresses);
    g_free(answer);
}

char *dns_plain(const char *name)
{
    char *plain = g_ascii_strdown(name, -1);
    size_t length = strlen(plain);
    if (length > 1 && plain[length - 1] == '.')
        plain[length - 1] = '\0';
    return plain;
}

/* "10.0.0.2" or "10.0.0.2:5353". glibc takes IPv4 here, and only by writing into its state. */
static bool use_server(res_state state, const char *server)
{
    g_auto(GStrv) parts = g_strsplit(server, ":", 2);
    guint64 port = parts[1] ? g_ascii_strtoull(parts[1], NULL, 10) : DNS_PORT;
    struct sockaddr_in *given = &state->nsaddr_list[0];
    state->nscount = 1;
    given->sin_family = AF_INET;
    given->sin_port = htons((guint16)port);
    return port > 0 && port <= G_MAXUINT16 && inet_pton(AF_INET, parts[0], &given->sin_addr) == 1;
}

/* libresolv counts in whole seconds: one try that takes them all, and one more where there are two.
 */
static void be_patient(res_state state, gint64 patience_ms)
{
    int seconds = (int)MAX(1, patience_ms / WHEN_SECOND);
    state->retry = seconds > 1 ? 2 : 1;
    state->retrans = MAX(1, seconds / state->retry);
    state->options &= ~(RES_DNSRCH | RES_DEFNAMES);
}

static void take(struct dns_answer *answer, ns_msg *message, const ns_rr *record)
{
    char text[NS_MAXDNAME];
    if (ns_rr_type(*record) == ns_t_cname) {
        if (ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), ns_rr_rdata(*record),
                               text, sizeof text) < 0)
            return;
        g_ptr_array_add(answer->names, dns_plain(text));
    } else {
        bool four = ns_rr_type(*record) == ns_t_a && ns_rr_rdlen(*record) == NS_INADDRSZ;
        bool six = ns_rr_type(*record) == ns_t_aaaa && ns_rr_rdlen(*record) == NS_IN6ADDRSZ;
        if (!four && !six)
            return;
        inet_ntop(four ? AF_INET : AF_INET6, ns_rr_rdata(*record), text, sizeof text);
        g_ptr_array_add(answer->addresses, g_strdup(text));
    }
    answer->ttl_s = MIN(answer->ttl_s, (gint64)ns_rr_ttl(*record));
}

/* False: it can't be read to its end. */
static bool read_message(struct dns_answer *answer, const unsigned char *bytes, int length,
                         bool with_names)
{
    ns_msg message;
    if (ns_initparse(bytes, length, &message) < 0)
        return false;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, i, &record) < 0)
            return false;
        if (with_names || ns_rr_type(record) != ns_t_cname)
            take(answer, &message, &record);
    }
    return true;
}

static const char *why(int code)
{
    switch (code) {
    case HOST_NOT_FOUND:
        return "there is no such name (NXDOMAIN)";
    case NO_DATA:
        return "the name is there, and has no address";
    case GARBLED:
        return "its answer can't be read";
    case NO_RECOVERY:
        return "it refused, or failed (REFUSED, FORMERR)";
    default:
        return "no answer in time, or SERVFAIL";
    }
}

/* NETDB_SUCCESS: it answered. NO_DATA: with nothing of that type. Else why not. */
static int ask(res_state state, struct dns_answer *answer, const char *name, ns_type type)
{
    g_autofree unsigned char *bytes = g_malloc(MESSAGE_MAX);
    bool first = answer->names->len == 1;
    int length = res_nquery(state, name, ns_c_in, type, bytes, MESSAGE_MAX);
    if (length <= 0)
        return state->res_h_errno ? state->res_h_errno : TRY_AGAIN;
    return read_message(answer, bytes, MIN(length, MESSAGE_MAX), first) ? NETDB_SUCCESS : GARBLED;
}

struct dns_answer *dns_ask(const char *name, const char *server, gint64 patience_ms, GError **error)
{
    struct __res_state state = {0};
    if (res_ninit(&state) < 0 || (server && !use_server(&state, server))) {
        g_set_error(error, CD_ERROR, CD_ERROR_SOURCE, "DNS %s: the resolver %s can't be used", name,
                    server ? server : "of /etc/resolv.conf");
        return NULL;
    }
    be_patient(&state, patience_ms);
    OWN(dns_answer) answer = g_new0(struct dns_answer, 1);
    answer->names = g_ptr_array_new_with_free_func(g_free);
    answer->addresses = g_ptr_array_new_with_free_func(g_free);
    answer->ttl_s = G_MAXINT64;
    g_ptr_array_add(answer->names, dns_plain(name));
    int code = ask(&state, answer, name, ns_t_a);
    bool told = code == NETDB_SUCCESS || code == NO_DATA;
    if (told)
        ask(&state, answer, name, ns_t_aaaa);
    res_nclose(&state);
    if (told && (answer->addresses->len > 0 || answer->names->len > 1))
        return g_steal_pointer(&answer);
    g_set_error(error, CD_ERROR, CD_ERROR_SOURCE, "DNS %s of %s: %s", name,
                server ? server : "this machine's resolver", why(told ? NO_DATA : code));
    return NULL;
}
