#include "data/sim/dns.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "data/sim/zone.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct sim_dns {
    struct sim_server *server;
    int fd;
    guint source;
};

/* A message being written. */
struct reply {
    unsigned char bytes[NS_PACKETSZ];
    unsigned char *at;
};

enum { FLAG_ANSWER = 0x8400, FLAG_RECURSION = 0x0180 };

static bool put(struct reply *reply, const char *name, int type, gint64 ttl_s)
{
    int room = (int)(reply->bytes + sizeof reply->bytes - reply->at);
    int length = ns_name_compress(name, reply->at, (size_t)room, NULL, NULL);
    if (length < 0 || room - length < 10)
        return false;
    reply->at += length;
    NS_PUT16(type, reply->at);
    NS_PUT16(ns_c_in, reply->at);
    NS_PUT32(ttl_s, reply->at);
    return true;
}

static bool put_cname(struct reply *reply, const char *name, const char *target, gint64 ttl_s)
{
    unsigned char packed[NS_MAXCDNAME];
    int length = ns_name_compress(target, packed, sizeof packed, NULL, NULL);
    if (length < 0 || !put(reply, name, ns_t_cname, ttl_s) ||
        reply->bytes + sizeof reply->bytes - reply->at < length + 2)
        return false;
    NS_PUT16(length, reply->at);
    memcpy(reply->at, packed, (size_t)length);
    reply->at += length;
    return true;
}

static bool put_address(struct reply *reply, const char *name, gint64 ttl_s)
{
    if (!put(reply, name, ns_t_a, ttl_s) || reply->bytes + sizeof reply->bytes - reply->at < 6)
        return false;
    NS_PUT16(NS_INADDRSZ, reply->at);
    NS_PUT32(INADDR_LOOPBACK, reply->at);
    return true;
}

/* The records that answer; how many. */
static int put_answers(struct reply *reply, const struct sim_cloud *cloud, const char *name,
                       ns_type type, bool *known)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    gint64 ttl_s = 0;
    bool leads = sim_zone_resolve(cloud, name, when_now_ms(), names, &ttl_s);
    const char *at = name;
    int n = 0;
    for (guint i = 0; i < names->len; i++, n++) {
        if (!put_cname(reply, at, names->pdata[i], ttl_s))
            return n;
        at = names->pdata[i];
    }
    *known = leads || names->len > 0;
    return leads && type == ns_t_a && put_address(reply, at, ttl_s) ? n + 1 : n;
}

/* Head and question are the query's own. */
static void answer(struct sim_dns *dns, struct reply *reply, const ns_rr *question, int code)
{
    bool known = code != ns_r_noerror;
    unsigned char *head = reply->bytes + 2;
    int n = code ? 0
                 : put_answers(reply, dns->server->cloud, ns_rr_name(*question),
                               ns_rr_type(*question), &known);
    NS_PUT16(FLAG_ANSWER | FLAG_RECURSION | (known ? code : ns_r_nxdomain), head);
    NS_PUT16(1, head);
    NS_PUT16(n, head);
    NS_PUT16(0, head);
    NS_PUT16(0, head);
}

static bool strikes(struct sim_dns *dns, enum sim_fault_kind kind)
{
    static const struct sim_subject about = {.service = "dns", .action = "Query"};
    return sim_fault_strikes(dns->server->cloud->faults, kind, &about, when_now_ms()) != NULL;
}

/* The end of the one question; NULL: it is no query that there is an answer to. */
static const unsigned char *question_end(const unsigned char *bytes, int length, ns_rr *question)
{
    ns_msg query;
    if (ns_initparse(bytes, length, &query) < 0 || ns_msg_getflag(query, ns_f_qr) ||
        ns_msg_count(query, ns_s_qd) != 1 || ns_parserr(&query, ns_s_qd, 0, question) < 0)
        return NULL;
    const unsigned char *at = bytes + NS_HFIXEDSZ;
    int name = dn_skipname(at, bytes + length);
    return name < 0 ? NULL : at + name + NS_QFIXEDSZ;
}

static gboolean on_query(gint fd, GIOCondition condition, gpointer data)
{
    struct sim_dns *dns = data;
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    struct reply reply;
    ns_rr question;
    (void)condition;
    ssize_t length =
        recvfrom(fd, reply.bytes, sizeof reply.bytes, 0, (struct sockaddr *)&from, &size);
    const unsigned char *end =
        length > 0 ? question_end(reply.bytes, (int)length, &question) : NULL;
    if (!end || strikes(dns, SIM_HANG))
        return G_SOURCE_CONTINUE;
    reply.at = reply.bytes + (end - reply.bytes);
    answer(dns, &reply, &question, strikes(dns, SIM_ERROR500) ? ns_r_servfail : ns_r_noerror);
    (void)sendto(fd, reply.bytes, (size_t)(reply.at - reply.bytes), 0, (struct sockaddr *)&from,
                 size);
    return G_SOURCE_CONTINUE;
}

struct sim_dns *sim_dns_new(struct sim_server *server, GError **error)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "can't serve DNS on 127.0.0.1: %s",
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    struct sim_dns *dns = g_new0(struct sim_dns, 1);
    dns->server = server;
    dns->fd = fd;
    dns->source = g_unix_fd_add(fd, G_IO_IN, on_query, dns);
    return dns;
}

void sim_dns_free(struct sim_dns *dns)
{
    g_source_remove(dns->source);
    close(dns->fd);
    g_free(dns);
}

guint16 sim_dns_port(const struct sim_dns *dns)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    getsockname(dns->fd, (struct sockaddr *)&address, &size);
    return ntohs(address.sin_port);
}
