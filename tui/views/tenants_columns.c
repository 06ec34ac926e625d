#include "tui/views/tenants_columns.h"

#include "data/base/text.h"
#include "tui/views/since.h"

#include <math.h>

static const char *tenants_id(const void *row)
{
    return ((const struct tenant *)row)->id;
}

static bool tenants_faulty(const void *row, const struct deck *deck)
{
    (void)deck;
    const struct tenant *tenant = row;
    return tenant->fault || tenant->status != TENANT_ACTIVE;
}

static void tenants_lead(const void *row, const struct deck *deck, struct canvas *canvas, int line)
{
    const struct tenant *tenant = row;
    g_autoptr(GString) before = g_string_new(NULL);
    if (since_tenant(deck, tenant, before))
        canvas_text(canvas, line, 0, 1, ROLE_ACCENT, "▎");
    if (tenant->fault)
        canvas_text(canvas, line, 1, 1, ROLE_WARN, "▲");
    else if (tenant->status == TENANT_DOWN)
        canvas_text(canvas, line, 1, 1, ROLE_BAD, "✖");
    else if (tenant->status == TENANT_MIGRATING)
        canvas_text(canvas, line, 1, 1, ROLE_WARN, "◔");
}

#define TEXT_FIELD(name, expression)                                                               \
    static const char *name##_text(const void *row, const struct deck *deck, GString *scratch)     \
    {                                                                                              \
        (void)deck, (void)scratch;                                                                 \
        const struct tenant *tenant = row;                                                         \
        return expression;                                                                         \
    }
TEXT_FIELD(tenant, tenant->id)
TEXT_FIELD(name, tenant->name)
TEXT_FIELD(cell, tenant->cell)
TEXT_FIELD(tier, tenant_tier_name(tenant->tier))
TEXT_FIELD(status, tenant_status_name(tenant->status))
TEXT_FIELD(residency, tenant->residency)
TEXT_FIELD(subdomain, tenant->subdomain)
TEXT_FIELD(region, tenant->region)
TEXT_FIELD(fault, tenant->fault)

/* A number that is missing or bad is not known. */
#define NUMBER_FIELD(name, member)                                                                 \
    static double name##_number(const void *row, const struct deck *deck)                          \
    {                                                                                              \
        (void)deck;                                                                                \
        gint64 number = ((const struct tenant *)row)->member;                                      \
        return number < 0 ? NAN : (double)number;                                                  \
    }                                                                                              \
    static const char *name##_text(const void *row, const struct deck *deck, GString *scratch)     \
    {                                                                                              \
        (void)deck;                                                                                \
        gint64 number = ((const struct tenant *)row)->member;                                      \
        g_autofree char *text = number < 0 ? g_strdup("–") : text_count(number);                   \
        return g_string_assign(scratch, text)->str;                                                \
    }
NUMBER_FIELD(users, current_users)
NUMBER_FIELD(quota, max_users)
NUMBER_FIELD(patients, max_patients)

static const char *since_text(const void *row, const struct deck *deck, GString *scratch)
{
    return since_tenant(deck, row, scratch);
}

static enum role status_role(const void *row, const struct deck *deck)
{
    static const enum role roles[] = {
        [TENANT_ACTIVE] = ROLE_NORMAL, [TENANT_MIGRATING] = ROLE_WARN, [TENANT_DOWN] = ROLE_BAD};
    (void)deck;
    return roles[((const struct tenant *)row)->status];
}

static enum role warn(const void *row, const struct deck *deck)
{
    (void)row, (void)deck;
    return ROLE_WARN;
}

/* clang-format off */
static const struct sheet_column columns[] = {
    {.id = "tenant", .shape = {"TENANT", 16, 26, 0, false}, .text = tenant_text},
    {.id = "name", .shape = {"NAME", 12, 28, 5, false}, .text = name_text, .role = sheet_dim},
    {.id = "cell", .shape = {"CELL", 14, 18, 0, false}, .text = cell_text},
    {.id = "tier", .shape = {"TIER", 8, 10, 4, false}, .text = tier_text, .role = sheet_dim},
    {.id = "status", .shape = {"STATUS", 6, 9, 1, false}, .text = status_text,
     .role = status_role},
    {.id = "since", .shape = {"SINCE MARK", 12, 40, 2, false}, .text = since_text, .role = sheet_accent,
     .wanted = since_marked, .quiet = true},
    {.id = "users", .shape = {"USERS", 7, 8, 2, true}, .text = users_text, .number = users_number,
     .falls = true, .quiet = true},
    {.id = "quota", .shape = {"QUOTA", 7, 8, 3, true}, .text = quota_text, .number = quota_number,
     .falls = true, .quiet = true},
    {.id = "residency", .shape = {"RES", 3, 4, 6, false}, .text = residency_text},
    {.id = "fault", .shape = {"FAULT", 8, 60, 7, false}, .text = fault_text, .role = warn},
    {.id = "patients", .shape = {"PATIENTS", 8, 10, 5, true}, .text = patients_text,
     .number = patients_number, .falls = true, .spare = true, .quiet = true},
    {.id = "subdomain", .shape = {"SUBDOMAIN", 10, 24, 5, false}, .text = subdomain_text,
     .spare = true},
    {.id = "region", .shape = {"REGION", 9, 14, 6, false}, .text = region_text, .role = sheet_dim,
     .spare = true},
};
/* clang-format on */

const struct sheet tenants_sheet = {
    .columns = columns,
    .n = G_N_ELEMENTS(columns),
    .id = tenants_id,
    .lasting = true,
    .faulty = tenants_faulty,
    .lead = tenants_lead,
};
