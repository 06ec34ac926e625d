#include "data/witness_read.h"

#include <string.h>

void cell_addresses_init(struct cell_addresses *addresses)
{
    addresses->cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    addresses->unknown = NULL;
}

void cell_addresses_clear(struct cell_addresses *addresses)
{
    g_clear_pointer(&addresses->cells, g_hash_table_unref);
    g_clear_pointer(&addresses->unknown, g_free);
}

void cell_addresses_add(struct cell_addresses *addresses, const char *cell, const char *address)
{
    const char *known = g_hash_table_lookup(addresses->cells, address);
    bool shared = known && strcmp(known, cell) != 0;
    g_hash_table_insert(addresses->cells, g_strdup(address), g_strdup(shared ? "" : cell));
}

/* The one cell of that name; NULL where none has it, or several. */
static const char *cell_named(const struct config *config, const char *name)
{
    const char *found = NULL;
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = config->cells->pdata[i];
        g_autofree char *plain = dns_plain(cell->dns_name ? cell->dns_name : "");
        if (strcmp(plain, name) != 0)
            continue;
        if (found)
            return NULL;
        found = cell->id;
    }
    return found;
}

static char *listed(const GPtrArray *items)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < items->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)items->pdata[i]);
    return g_string_free(text, FALSE);
}

static void add_ttl(GString *text, gint64 ttl_s)
{
    if (ttl_s >= 0 && ttl_s < G_MAXINT64)
        g_string_append_printf(text, ", TTL %" G_GINT64_FORMAT " s", ttl_s);
}

static char *record_text(const struct zone_record *record)
{
    if (record->sets == 0)
        return g_strdup("no record of that name (a wildcard may answer for it)");
    GString *text = g_string_new(NULL);
    g_autofree char *targets = listed(record->targets), *values = listed(record->values);
    g_string_append_printf(text, "%s%s%s", targets, *targets && *values ? ", " : "", values);
    if (record->sets > 1)
        g_string_append_printf(text, ", in %u record sets", record->sets);
    add_ttl(text, record->ttl_s);
    return g_string_free(text, FALSE);
}

void witness_read_zone(struct witness *witness, const struct config *config,
                       const struct zone_record *record, gint64 now_ms)
{
    g_autoptr(GPtrArray) means = g_ptr_array_new();
    bool ours = true;
    for (guint i = 0; i < record->targets->len; i++) {
        const char *cell = cell_named(config, record->targets->pdata[i]);
        const char *meant = cell ? cell : record->targets->pdata[i];
        ours = ours && cell;
        if (!g_ptr_array_find_with_equal_func(means, meant, g_str_equal, NULL))
            g_ptr_array_add(means, (gpointer)meant);
    }
    enum witness_state state = means->len == 0           ? WITNESS_SILENT
                               : ours && means->len == 1 ? WITNESS_NAMES
                                                         : WITNESS_FOREIGN;
    witness_set(witness, state, now_ms, means->len ? listed(means) : NULL, record_text(record));
}

static const char *named(const struct config *config, const struct dns_answer *answer)
{
    const char *cell = NULL;
    for (guint i = 1; i < answer->names->len && !cell; i++)
        cell = cell_named(config, answer->names->pdata[i]);
    return cell;
}

bool witness_dns_is_named(const struct config *config, const struct dns_answer *answer)
{
    return named(config, answer) != NULL;
}

static char *answer_text(const struct dns_answer *answer)
{
    GString *text = g_string_new(NULL);
    g_autofree char *addresses = listed(answer->addresses);
    for (guint i = 1; i < answer->names->len; i++)
        g_string_append_printf(text, "%s → ", (const char *)answer->names->pdata[i]);
    g_string_append(text, *addresses ? addresses : "no address");
    add_ttl(text, answer->ttl_s);
    return g_string_free(text, FALSE);
}

const char *cell_addresses_place(const struct cell_addresses *addresses, const GPtrArray *of)
{
    const char *found = NULL;
    for (guint i = 0; i < of->len; i++) {
        const char *cell = g_hash_table_lookup(addresses->cells, of->pdata[i]);
        if (!cell || (found && *cell && *found && strcmp(found, cell) != 0))
            return NULL;
        found = found && !*found ? found : cell;
    }
    return found;
}

void witness_read_dns(struct witness *witness, const struct config *config,
                      const struct dns_answer *answer, const struct cell_addresses *addresses,
                      gint64 now_ms)
{
    const char *cell = named(config, answer);
    char *told = answer_text(answer);
    if (!cell)
        cell = cell_addresses_place(addresses, answer->addresses);
    if (cell && *cell) {
        witness_set(witness, WITNESS_NAMES, now_ms, g_strdup(cell), told);
    } else if (cell || addresses->unknown) { /* it can't be told that it is none of ours */
        char *more = cell ? g_strdup_printf("%s (several cells have it)", told)
                          : g_strdup_printf("%s (%s may have it: that is not known)", told,
                                            addresses->unknown);
        g_free(told);
        witness_set(witness, WITNESS_SILENT, now_ms, NULL, more);
    } else {
        const GPtrArray *of = answer->names->len > 1 ? answer->names : answer->addresses;
        witness_set(witness, WITNESS_FOREIGN, now_ms, g_strdup(of->pdata[of->len - 1]), told);
    }
}

void witness_read_answer(struct witness *witness, const struct config *config,
                         const struct probe *probe, const char *address)
{
    if (!probe->answered) {
        witness_set(witness, WITNESS_FAILED, probe->at_ms, NULL,
                    g_strdup_printf("%s at %s", probe->error, address));
        return;
    }
    const char *version = probe->version ? probe->version : "no version";
    char *told = g_strdup_printf("%s%s at %s, in %" G_GINT64_FORMAT " ms", version,
                                 probe->cell ? "" : ", names no cell,", address, probe->took_ms);
    enum witness_state state = !probe->cell                               ? WITNESS_SILENT
                               : config_cell(config, probe->cell) != NULL ? WITNESS_NAMES
                                                                          : WITNESS_FOREIGN;
    witness_set(witness, state, probe->at_ms, g_strdup(probe->cell), told);
}
