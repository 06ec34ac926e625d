#include "data/aws/http_options.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

bool host_is_loopback(const char *host)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);
    return address ? g_inet_address_get_is_loopback(address)
                   : g_ascii_strcasecmp(host, "localhost") == 0;
}

char *url_shown(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
    if (uri)
        return g_uri_to_string_partial(uri, G_URI_HIDE_USERINFO | G_URI_HIDE_QUERY |
                                                G_URI_HIDE_FRAGMENT);
    return g_strdup(strpbrk(url, "@?#") ? "(not shown, as a password may be in it)" : url);
}

/* Loopback is the simulator or a tunnel: a proxy elsewhere can't reach it. */
static bool is_loopback(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    return host && host_is_loopback(host);
}

/* How long what was sent may stay unacknowledged by the other end's kernel. */
enum { UNACKNOWLEDGED_MS = 10000 };

/* A connection that a firewall has forgotten is dead, and the kernel goes on sending for a quarter
 * of an hour. Over HTTP/2 it would be used again all that time, and take half its patience from
 * each call: a time-out ends the request alone. A system that has no such option does without. */
static int give_up_in_time(G_GNUC_UNUSED void *user, curl_socket_t fd,
                           G_GNUC_UNUSED curlsocktype purpose)
{
    unsigned ms = UNACKNOWLEDGED_MS;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
    return CURL_SOCKOPT_OK;
}

/* CURLOPT_PIPEWAIT stays off: most of AWS's endpoints speak HTTP/1.1 only, and to wait until the
 * first connection knows would cost each burst of calls a handshake. */
static void set_safety(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, give_up_in_time);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "celldeck/" CELLDECK_VERSION);
}

/* A proxy would look the name up by itself. */
static struct curl_slist *connect_to(CURL *easy, const char *address)
{
    g_autofree char *rule = g_strdup_printf("::%s:", address);
    struct curl_slist *rules = curl_slist_append(NULL, rule);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, rules);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    return rules;
}

struct curl_slist *http_options_set(CURL *easy, const struct http_request *request,
                                    struct curl_slist **connects)
{
    struct curl_slist *headers = NULL;
    set_safety(easy);
    for (const char *const *h = request->headers; h && *h; h++)
        headers = curl_slist_append(headers, *h);
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)MAX(request->timeout_ms, 1));
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->fresh ? 1L : 0L);
    if (request->no_proxy || is_loopback(request->url))
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    *connects = request->address ? connect_to(easy, request->address) : NULL;
    if (request->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
    if (g_str_equal(request->method, "GET"))
        return headers;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (!g_str_equal(request->method, "POST"))
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body);
    return headers;
}
