/* A plan of `celldeck failover` for people. */
#include "data/base/text.h"
#include "rollout/failover_draft.h"
#include "tui/commands/failover.h"

static void print_tenants(const struct evacuation *evacuation, struct out_style style)
{
    static const struct out_column columns[] = {
        {"TENANT", false}, {"TIER", false}, {"USERS", true}, {"GOES TO", false}, {"WHY", false}};
    OWN(out_table) table = out_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < evacuation->tenants->len; i++) {
        const struct placed_tenant *placed = evacuation->tenants->pdata[i];
        g_autofree char *users = placed->users < 0 ? NULL : text_count(placed->users);
        out_table_row(table,
                      !placed->to        ? OUT_BAD
                      : placed->unproven ? OUT_WARN
                                         : OUT_GOOD,
                      (const char *[]){placed->tenant->id, tenant_tier_name(placed->tenant->tier),
                                       users, placed->to ? placed->to->id : "NOWHERE",
                                       placed->why});
    }
    if (evacuation->tenants->len)
        out_table_print(table, style);
}

static void print_targets(const struct evacuation *evacuation, struct out_style style)
{
    static const struct out_column columns[] = {
        {"TARGET", false}, {"REGION", false}, {"VERSION", false}, {"TENANTS", true},
        {"USERS", true},   {"COMING", true},  {"MOST", true},     {"AFTER", true}};
    OWN(out_table) table = out_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < evacuation->targets->len; i++) {
        const struct placement_target *target = evacuation->targets->pdata[i];
        g_autofree char *tenants = text_count(target->tenants);
        g_autofree char *users = text_count(target->users_before);
        g_autofree char *coming = text_count(target->users_coming);
        g_autofree char *most = text_count(target->users_max);
        g_autofree char *after = g_strdup_printf("%.4g %%", target->used_pct_after);
        out_table_row(table, target->unproven ? OUT_WARN : OUT_GOOD,
                      (const char *[]){target->cell->id, target->cell->region, target->version,
                                       tenants, users, coming, most, after});
    }
    if (evacuation->targets->len)
        out_table_print(table, style);
}

/* What is not proven, once for all targets of which the same is said. */
static void print_proofs(const struct evacuation *evacuation, struct out_style style)
{
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    for (int proof = 0; proof < PROOFS; proof++) {
        for (guint i = 0; i < evacuation->targets->len; i++) {
            const struct placement_target *target = evacuation->targets->pdata[i];
            char *why = target->proof_why[proof];
            bool of_source = proof == PROOF_FENCE || proof == PROOF_DNS;
            if (why && (!of_source || g_hash_table_add(told, why)))
                out_line(style, OUT_WARN, "%s%s%s", of_source ? "" : target->cell->id,
                         of_source ? "" : ": ", why);
        }
    }
    g_autofree char *dns = evacuation->unproven & 1u << PROOF_DNS
                               ? failover_plan_ack_words(evacuation, FAILOVER_FAILOVER, PROOF_DNS)
                               : NULL;
    if (dns && !g_hash_table_contains(told, dns)) /* of some tenants alone */
        out_line(style, OUT_WARN, "%s", dns);
}

static void print_lines(char *const *lines, const char *title, struct out_style style)
{
    for (; *lines; lines++)
        out_line(style, OUT_PLAIN, "%s: %s", title, *lines);
}

static void print_head(const struct evacuation *evacuation, struct out_style style)
{
    if (evacuation->refused && !evacuation->tenants->len) {
        out_line(style, OUT_BOLD, "%s, %s: who lives there is not known", evacuation->cell->id,
                 evacuation->cell->residency);
        return;
    }
    g_autofree char *tenants = text_counted(evacuation->tenants->len, "tenant");
    g_autofree char *users = text_counted(evacuation->users, "user");
    g_autofree char *patients = text_counted(evacuation->patients, "patient");
    out_line(style, OUT_BOLD, "%s, %s, runs %s: %s, %s, at most %s", evacuation->cell->id,
             evacuation->cell->residency, evacuation->version ? evacuation->version : "unknown",
             tenants, users, patients);
}

static void print_verdict(const struct evacuation *evacuation, struct out_style style)
{
    static const struct {
        enum out_role role;
        const char *words;
    } verdicts[] = {
        [DRAIN_NONE] = {OUT_PLAIN, "nobody lives there"},
        [DRAIN_READY] = {OUT_GOOD, "READY"},
        [DRAIN_UNPROVEN] = {OUT_WARN, "everybody has a place, not all is proven"},
        [DRAIN_NOWHERE] = {OUT_BAD, "NOT POSSIBLE"},
        [DRAIN_UNREAD] = {OUT_BAD, "NOT KNOWN"},
    };
    enum drain drain = evacuation_drain(evacuation);
    out_line(style, verdicts[drain].role, "%s: %s%s%s", evacuation->cell->id, verdicts[drain].words,
             *evacuation->why ? ": " : "", evacuation->why);
}

void failover_plan_print(const struct evacuation *evacuation, const char *guests,
                         struct out_style style)
{
    print_head(evacuation, style);
    print_tenants(evacuation, style);
    print_targets(evacuation, style);
    print_proofs(evacuation, style);
    print_lines(evacuation->fits, "Would fit", style);
    print_lines(evacuation->build, "To build", style);
    if (guests)
        out_line(style, OUT_PLAIN, "%s", guests);
    print_verdict(evacuation, style);
}
