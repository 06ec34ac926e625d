#include "tui/commands/named.h"

#include "data/base/error.h"
#include "data/base/text.h"

/* So many names stand on a line; among more than NEAR_MOST nobody looks for the nearest. */
enum { NAMES_MOST = 12, NEAR_MOST = 2000 };

/* "; did you mean cell-1?", "; there are: a, b", or where they all stand. Caller frees. */
static char *instead(const char *id, const GPtrArray *names, const char *listed)
{
    const char *const *all = (const char *const *)names->pdata;
    guint n = names->len - 1; /* NULL is the last */
    const char *near = n <= NEAR_MOST ? text_nearest(id, all) : NULL;
    if (near)
        return g_strdup_printf("; did you mean %s?", near);
    if (n == 0 || n > NAMES_MOST)
        return g_strdup_printf("; `%s` lists them", listed);
    g_autofree char *joined = g_strjoinv(", ", (char **)names->pdata);
    return g_strdup_printf("; there are: %s", joined);
}

const struct cell_config *named_cell(const struct config *config, const char *id, GError **error)
{
    const struct cell_config *cell = config_cell(config, id);
    if (cell)
        return cell;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < config->cells->len; i++)
        g_ptr_array_add(names, ((const struct cell_config *)config->cells->pdata[i])->id);
    g_ptr_array_add(names, NULL);
    g_autofree char *else_what = instead(id, names, "celldeck cells");
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s has no cell '%s'%s", config->path, id,
                else_what);
    return NULL;
}

const struct tenant *named_tenant(const struct snapshot *snapshot, const char *id, GError **error)
{
    const struct tenant *tenant = snapshot_tenant(snapshot, id);
    const struct registry *registry = snapshot->registry;
    if (tenant)
        return tenant;
    if (!registry || !registry->complete) {
        g_set_error(error, CD_ERROR, CD_ERROR_SOURCE,
                    "only part of the registry could be read, and tenant '%s' is not in that; try "
                    "again",
                    id);
        return NULL;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < registry->tenants->len; i++)
        g_ptr_array_add(names, (gpointer)((const struct tenant *)registry->tenants->pdata[i])->id);
    g_ptr_array_add(names, NULL);
    g_autofree char *else_what = instead(id, names, "celldeck tenants");
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "the registry has no tenant '%s'%s", id,
                else_what);
    return NULL;
}
