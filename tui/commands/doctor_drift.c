/* `celldeck doctor --drift`: where all tenants live, by the registry, Route 53, DNS and the cells
 * that answer; see rollout/drift.h. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/drift.h"
#include "tui/commands/doctor.h"

#include <unistd.h>

static void on_progress(const char *line, gpointer data)
{
    (void)data;
    if (isatty(STDERR_FILENO))
        out_message("%s", line);
}

static void print_tenants(struct out_style style, const struct drift *drift)
{
    for (guint i = 0; i < drift->tenants->len; i++) {
        const struct drift_tenant *at = drift->tenants->pdata[i];
        const char *status = tenant_status_name(at->tenant->status);
        bool active = at->tenant->status == TENANT_ACTIVE;
        const struct tenant *other = at->shared_with;
        if (at->agreement == AGREEMENT_BROKEN)
            out_line(style, OUT_BAD, "  %s%s%s%s: %s%s%s%s", at->tenant->id, active ? "" : " (",
                     active ? "" : status, active ? "" : ")", at->verdict,
                     other ? "; its record is the one of " : "", other ? other->id : "",
                     other ? ", too" : "");
    }
}

/* Those of whom too little is known, by what is: most of them for one reason. */
static void print_unproven(struct out_style style, const struct drift *drift)
{
    enum { NAMED = 5 };
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < drift->tenants->len; i++) {
        const struct drift_tenant *at = drift->tenants->pdata[i];
        const char *why = at->no_record ? at->no_record : at->verdict;
        if (at->agreement != AGREEMENT_NONE || !g_hash_table_add(told, (gpointer)why))
            continue;
        g_autoptr(GString) who = g_string_new(NULL);
        guint n = 0;
        for (guint j = i; j < drift->tenants->len; j++) {
            const struct drift_tenant *other = drift->tenants->pdata[j];
            const char *other_why = other->no_record ? other->no_record : other->verdict;
            if (other->agreement != AGREEMENT_NONE || !g_str_equal(why, other_why))
                continue;
            if (n++ < NAMED)
                g_string_append_printf(who, "%s%s", who->len ? ", " : "", other->tenant->id);
        }
        if (n > NAMED)
            g_string_append_printf(who, " and %u more (--json has all)", n - NAMED);
        out_line(style, OUT_WARN, "  %s: %s", who->str, why);
    }
}

static void print_orphans(struct out_style style, const struct drift *drift)
{
    if (drift->orphans->len)
        out_line(style, OUT_BOLD, "names in the zone that lead to a cell and are no tenant's: %u",
                 drift->orphans->len);
    for (guint i = 0; i < drift->orphans->len; i++) {
        const struct orphan *orphan = drift->orphans->pdata[i];
        out_line(style, OUT_WARN, "  %s: %s (%s)", orphan->name,
                 orphan->cell ? orphan->cell : "one of several", orphan->told);
    }
}

static void print_drift(struct out_style style, const struct drift *drift)
{
    const struct registry *registry = drift->snapshot->registry;
    guint broken = drift_count(drift, AGREEMENT_BROKEN), none = drift_count(drift, AGREEMENT_NONE);
    g_autofree char *all = registry_count_text(registry, drift->tenants->len);
    g_autofree char *agree = text_count(drift_count(drift, AGREEMENT_FULL));
    g_autofree char *asked = text_count(drift->asked);
    out_line(
        style, broken ? OUT_BAD : OUT_BOLD,
        "%s tenants: all who were asked agree on %s, disagree on %u, and know too little of %u",
        all, agree, broken, none);
    out_line(style, OUT_PLAIN, "DNS and the cells that answer were asked of %s of them%s", asked,
             drift->asked < drift->tenants->len ? " (--all: of all)" : "");
    if (drift->zone_error)
        out_line(style, drift->zone_failed ? OUT_BAD : OUT_WARN, "the hosted zone: %s",
                 drift->zone_error);
    if (broken)
        out_line(style, OUT_BOLD, "drift: %u", broken);
    print_tenants(style, drift);
    if (none)
        out_line(style, OUT_BOLD, "not known: %u", none);
    print_unproven(style, drift);
    print_orphans(style, drift);
}

/* Drift is a failure; what could not be read is told by 7, whatever was found in the rest. */
static int exit_code(const struct drift *drift)
{
    const struct source *source = snapshot_source(drift->snapshot, "registry");
    const struct registry *registry = drift->snapshot->registry;
    if (!registry || !registry->complete || !source || source->state != SOURCE_OK ||
        drift->zone_failed)
        return CD_ERROR_SOURCE;
    return drift_count(drift, AGREEMENT_BROKEN) ? CD_ERROR_FAILED : 0;
}

int doctor_drift(struct context *context, bool everybody, GError **error)
{
    if (!context_open_config(context, error))
        return CD_ERROR_USAGE;
    if (!context->config->failover.record) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "%s: failover.record is not set, so nobody but the registry says where tenants "
                    "live; set it to the name that sends a tenant to its cell, "
                    "\"{subdomain}.example.com\"",
                    context->config->path);
        return CD_ERROR_USAGE;
    }
    OWN(snapshot) snapshot = context_read_fleet(context);
    OWN(drift)
    drift = drift_read(snapshot, context_client(context), everybody, on_progress, NULL);
    if (context->json)
        out_json("drift", drift_json(drift, when_now_ms()));
    else
        print_drift(context->style, drift);
    const struct source *source = snapshot_source(snapshot, "registry");
    if (source && source->error)
        out_message("could not be read: registry: %s", source->error);
    if (drift->zone_failed)
        out_message("could not be read: the hosted zone: %s", drift->zone_error);
    return exit_code(drift);
}
