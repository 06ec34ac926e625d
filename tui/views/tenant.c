/* One tenant: its registry item, field by field. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/views/marks.h"
#include "tui/views/view.h"

static void put(struct canvas *canvas, const struct area *area, int *row, const char *name,
                enum role role, const char *value)
{
    if (*row >= area->rows)
        return;
    canvas_text(canvas, area->row + *row, 2, 14, ROLE_HEADER, name);
    canvas_text(canvas, area->row + *row, 17, area->cols - 18, role, value ? value : "–");
    (*row)++;
}

static char *used_of(gint64 used, gint64 max)
{
    g_autofree char *have = used < 0 ? g_strdup("–") : text_count(used);
    g_autofree char *most = max < 0 ? g_strdup("–") : text_count(max);
    return g_strdup_printf("%s of %s", have, most);
}

static char *cell_text(const struct deck *deck, const struct tenant *tenant, enum role *role)
{
    const struct cell *cell = deck_cell(deck, tenant->cell);
    *role = ROLE_WARN;
    if (!cell)
        return g_strdup_printf("%s: no cell of ours", tenant->cell ? tenant->cell : "–");
    struct mark mark = mark_health(cell->health);
    g_autofree char *state = mark_health_text(cell, deck->now_ms);
    *role = mark.role;
    return g_strdup_printf("%s %s %s", mark.shape, tenant->cell, state);
}

static void draw_item(const struct tenant *tenant, const struct deck *deck, struct canvas *canvas,
                      const struct area *area)
{
    int row = 0;
    enum role role;
    g_autofree char *cell = cell_text(deck, tenant, &role);
    g_autofree char *users = used_of(tenant->current_users, tenant->max_users);
    g_autofree char *patients = tenant->max_patients < 0 ? NULL : text_count(tenant->max_patients);
    g_autofree char *created = tenant->created_ms ? when_rfc3339(tenant->created_ms) : NULL;
    g_autofree char *updated = tenant->updated_ms ? when_rfc3339(tenant->updated_ms) : NULL;
    put(canvas, area, &row, "tenant", ROLE_TITLE, tenant->id);
    if (tenant->fault)
        put(canvas, area, &row, "fault", ROLE_WARN, tenant->fault);
    put(canvas, area, &row, "cell", role, cell);
    put(canvas, area, &row, "status", tenant->status == TENANT_ACTIVE ? ROLE_NORMAL : ROLE_WARN,
        tenant_status_name(tenant->status));
    put(canvas, area, &row, "users", ROLE_NORMAL, users);
    put(canvas, area, &row, "name", ROLE_NORMAL, tenant->name);
    put(canvas, area, &row, "tier", ROLE_NORMAL, tenant_tier_name(tenant->tier));
    put(canvas, area, &row, "residency", ROLE_NORMAL, tenant->residency);
    put(canvas, area, &row, "region", ROLE_NORMAL, tenant->region);
    put(canvas, area, &row, "subdomain", ROLE_NORMAL, tenant->subdomain);
    put(canvas, area, &row, "fails over to", ROLE_NORMAL, tenant->failover_cell);
    put(canvas, area, &row, "environment", ROLE_NORMAL, tenant->environment);
    put(canvas, area, &row, "max patients", ROLE_NORMAL, patients);
    put(canvas, area, &row, "created", ROLE_DIM, created);
    put(canvas, area, &row, "updated", ROLE_DIM, updated);
}

static void tenant_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                        const struct area *area)
{
    (void)state;
    const struct tenant *tenant =
        deck->snapshot && deck->tenant ? snapshot_tenant(deck->snapshot, deck->tenant) : NULL;
    if (tenant)
        draw_item(tenant, deck, canvas, area);
    else
        canvas_printf(canvas, area->row, 2, area->cols - 4, ROLE_WARN,
                      "tenant %s is not in the registry (any more)",
                      deck->tenant ? deck->tenant : "–");
}

/* Where it lives; NULL: in no cell of ours. */
static const char *its_cell(const struct deck *deck)
{
    const struct tenant *tenant =
        deck->snapshot && deck->tenant ? snapshot_tenant(deck->snapshot, deck->tenant) : NULL;
    return tenant && deck_cell(deck, tenant->cell) ? tenant->cell : NULL;
}

static bool tenant_can(const void *state, const struct deck *deck, enum request request)
{
    (void)state;
    return (request != REQUEST_OPEN && request != REQUEST_ROLLOUT) || its_cell(deck);
}

static struct reaction tenant_key(void *state, const struct deck *deck, enum request request)
{
    (void)state;
    if (request == REQUEST_OPEN && its_cell(deck))
        return (struct reaction){REACT_OPEN, VIEW_CELL, request, its_cell(deck)};
    return (struct reaction){.what = REACT_UNUSED};
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_ROLLOUT, REQUEST_BACK, REQUEST_FLEET,
                                     REQUEST_HELP, REQUEST_QUIT,    REQUEST_COUNT};

const struct view view_tenant = {
    .hints = hints,
    .draw = tenant_draw,
    .can = tenant_can,
    .key = tenant_key,
};
