/* Which name of DNS's sends people to a tenant, and what is asked there. */
#include "data/whereabouts.h"

#include <string.h>

/* RFC 1035, 2.3.4. */
enum { NAME_MAX_LETTERS = 253, LABEL_MAX_LETTERS = 63 };

/* A subdomain is text from outside: anything but a name would lead the question elsewhere. */
static bool is_dns_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_-";
    g_auto(GStrv) labels = g_strsplit(text, ".", -1);
    bool sound = strlen(text) <= NAME_MAX_LETTERS && labels[0] && labels[1];
    for (char **label = labels; sound && *label; label++) {
        size_t length = strlen(*label);
        sound = length >= 1 && length <= LABEL_MAX_LETTERS && strspn(*label, letters) == length;
    }
    return sound;
}

char *whereabouts_record(const struct config *config, const struct tenant *tenant, char **why)
{
    const char *pattern = config->failover.record;
    *why = NULL;
    if (!pattern)
        *why = g_strdup("failover.record is not in celldeck.yaml");
    else if (strstr(pattern, "{subdomain}") && !tenant->subdomain)
        *why = g_strdup("its registry item has no subdomain");
    if (*why)
        return NULL;
    g_autoptr(GString) record = g_string_new(pattern);
    g_string_replace(record, "{subdomain}", tenant->subdomain ? tenant->subdomain : "", 0);
    g_string_replace(record, "{tenant}", tenant->id, 0);
    if (is_dns_name(record->str))
        return g_strdup(record->str);
    *why = g_strdup_printf("%s is no name of DNS's", record->str);
    return NULL;
}

const struct tenant *whereabouts_namesake(const struct config *config,
                                          const struct registry *registry,
                                          const struct tenant *tenant)
{
    const char *pattern = config->failover.record;
    bool by_subdomain = pattern && !strstr(pattern, "{tenant}");
    return by_subdomain ? registry_namesake(registry, tenant) : NULL;
}

char *whereabouts_url(const struct config *config, const char *record)
{
    g_autoptr(GString) url = g_string_new(config->failover.check_url);
    g_string_replace(url, "{record}", record, 0);
    return g_strdup(url->str);
}
