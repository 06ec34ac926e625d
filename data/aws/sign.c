#include "data/aws/sign.h"

#include <stdbool.h>
#include <string.h>

enum { DIGEST_SIZE = 32 };

struct pair {
    char *name, *value;
};

static void pair_free(gpointer data)
{
    struct pair *pair = data;
    g_free(pair->name);
    g_free(pair->value);
    g_free(pair);
}

static void add_pair(GPtrArray *pairs, char *name, char *value)
{
    struct pair *pair = g_new(struct pair, 1);
    *pair = (struct pair){.name = name, .value = value};
    g_ptr_array_add(pairs, pair);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    const struct pair *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static gint by_name_then_value(gconstpointer a, gconstpointer b)
{
    const struct pair *const *left = a, *const *right = b;
    gint order = by_name(a, b);
    return order ? order : strcmp((*left)->value, (*right)->value);
}

char *sign_date(gint64 at_ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_ms / 1000);
    return g_date_time_format(at, "%Y%m%dT%H%M%SZ");
}

/* Dot segments and doubled slashes go (botocore's remove_dot_segments); then every byte that is
 * not unreserved is escaped, the percent signs of the wire's escapes too. */
static char *canonical_path(const char *path)
{
    g_auto(GStrv) segments = g_strsplit(path, "/", -1);
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    for (char **s = segments; *s; s++) {
        if (strcmp(*s, "..") == 0) {
            if (kept->len)
                g_ptr_array_set_size(kept, (gint)kept->len - 1);
        } else if (**s && strcmp(*s, ".") != 0) {
            g_ptr_array_add(kept, *s);
        }
    }
    bool slash_at_end = kept->len && g_str_has_suffix(path, "/");
    g_ptr_array_add(kept, NULL);
    g_autofree char *joined = g_strjoinv("/", (char **)kept->pdata);
    g_autofree char *whole = g_strconcat("/", joined, slash_at_end ? "/" : "", NULL);
    return g_uri_escape_bytes((const guint8 *)whole, strlen(whole), "/");
}

/* One way to write each name or value, however it was escaped; what is no escape is left a text. */
static char *escaped_once(const char *text, size_t length)
{
    g_autoptr(GBytes) plain = g_uri_unescape_bytes(text, (gssize)length, NULL, NULL);
    gsize size = length;
    const void *bytes = plain ? g_bytes_get_data(plain, &size) : text;
    return g_uri_escape_bytes(bytes ? bytes : (const guint8 *)"", size, NULL);
}

static char *canonical_query(const char *query)
{
    GString *out = g_string_new(NULL);
    if (!query || !*query)
        return g_string_free(out, FALSE);
    g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(pair_free);
    g_auto(GStrv) parts = g_strsplit(query, "&", -1);
    for (char **part = parts; *part; part++) {
        size_t name = strcspn(*part, "=");
        const char *value = *part + name + ((*part)[name] ? 1 : 0);
        add_pair(pairs, escaped_once(*part, name), escaped_once(value, strlen(value)));
    }
    g_ptr_array_sort(pairs, by_name_then_value);
    for (guint i = 0; i < pairs->len; i++) {
        const struct pair *pair = pairs->pdata[i];
        g_string_append_printf(out, "%s%s=%s", i ? "&" : "", pair->name, pair->value);
    }
    return g_string_free(out, FALSE);
}

/* Trimmed, and every run of white space (line ends of a folded header too) one space. */
static char *header_value(const char *value)
{
    GString *out = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit_set(value, " \t\r\n", -1);
    for (char **word = words; *word; word++) {
        if (!**word)
            continue;
        if (out->len)
            g_string_append_c(out, ' ');
        g_string_append(out, *word);
    }
    return g_string_free(out, FALSE);
}

/* The canonical headers, and their names into `names`. Values of a repeated header are joined in
 * the order in which they stand; GLib's sort is stable. */
static char *canonical_headers(const struct sign_request *request, GString *names)
{
    g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(pair_free);
    for (size_t i = 0; i < request->n_headers; i++)
        add_pair(pairs, g_ascii_strdown(request->headers[i].name, -1),
                 header_value(request->headers[i].value));
    g_ptr_array_sort(pairs, by_name);
    GString *out = g_string_new(NULL);
    const char *last = NULL;
    for (guint i = 0; i < pairs->len; i++) {
        const struct pair *pair = pairs->pdata[i];
        if (last && strcmp(last, pair->name) == 0) {
            g_string_append_printf(out, ",%s", pair->value);
            continue;
        }
        g_string_append_printf(out, "%s%s:%s", last ? "\n" : "", pair->name, pair->value);
        g_string_append_printf(names, "%s%s", last ? ";" : "", pair->name);
        last = pair->name;
    }
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

static char *canonical_request(const struct sign_request *request, GString *names)
{
    g_autofree char *path = canonical_path(request->path);
    g_autofree char *query = canonical_query(request->query);
    g_autofree char *headers = canonical_headers(request, names);
    g_autofree char *hash = g_compute_checksum_for_data(
        G_CHECKSUM_SHA256, request->body_size ? request->body : (const void *)"",
        request->body_size);
    return g_strjoin("\n", request->method, path, query, headers, names->str, hash, NULL);
}

static void hmac(const guint8 *key, size_t key_size, const char *text, guint8 digest[DIGEST_SIZE])
{
    g_autoptr(GHmac) mac = g_hmac_new(G_CHECKSUM_SHA256, key, key_size);
    g_hmac_update(mac, (const guchar *)text, (gssize)strlen(text));
    gsize size = DIGEST_SIZE;
    g_hmac_get_digest(mac, digest, &size);
}

static char *signed_with(const struct keys *keys, const struct sign_scope *scope, const char *day,
                         const char *to_sign)
{
    g_autofree char *secret = g_strconcat("AWS4", keys->secret, NULL);
    guint8 key[DIGEST_SIZE];
    hmac((const guint8 *)secret, strlen(secret), day, key);
    const char *const parts[] = {scope->region, scope->service, "aws4_request"};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        hmac(key, sizeof key, parts[i], key);
    explicit_bzero(secret, strlen(secret));
    return g_compute_hmac_for_string(G_CHECKSUM_SHA256, key, sizeof key, to_sign, -1);
}

void sign(const struct sign_request *request, const struct keys *keys,
          const struct sign_scope *scope, struct signature *signature)
{
    g_autofree char *date = sign_date(scope->at_ms);
    g_autofree char *day = g_strndup(date, strlen("20150830"));
    g_autoptr(GString) names = g_string_new(NULL);
    signature->canonical = canonical_request(request, names);
    g_autofree char *hash =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, signature->canonical, -1);
    g_autofree char *range =
        g_strjoin("/", day, scope->region, scope->service, "aws4_request", NULL);
    signature->to_sign = g_strjoin("\n", "AWS4-HMAC-SHA256", date, range, hash, NULL);
    g_autofree char *hex = signed_with(keys, scope, day, signature->to_sign);
    signature->authorization =
        g_strdup_printf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
                        keys->id, range, names->str, hex);
}

void signature_clear(struct signature *signature)
{
    g_clear_pointer(&signature->canonical, g_free);
    g_clear_pointer(&signature->to_sign, g_free);
    g_clear_pointer(&signature->authorization, g_free);
}
