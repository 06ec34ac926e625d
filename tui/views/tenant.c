/* One tenant: whether those who should know agree on where it lives, what each of them says, and
 * its registry item field by field. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/whereabouts.h"
#include "tui/views/marks.h"
#include "tui/views/pager.h"
#include "tui/views/view.h"

#define LEAD_COLS 12

static void put(struct pager *pager, const char *name, enum role role, const char *value)
{
    pager_add(pager, ROLE_HEADER, name, role, value && *value ? value : "–");
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

/* "DNS" and what it said, how long ago; why it was not asked; or how it failed. */
static void put_witness(struct pager *pager, const char *name, const struct witness *witness,
                        gint64 now_ms)
{
    static const struct {
        const char *shape;
        enum role role;
    } marks[] = {[WITNESS_NOT_ASKED] = {"–", ROLE_DIM}, [WITNESS_ASKED] = {"…", ROLE_DIM},
                 [WITNESS_FAILED] = {"✖", ROLE_BAD},    [WITNESS_SILENT] = {"?", ROLE_UNKNOWN},
                 [WITNESS_NAMES] = {"●", ROLE_NORMAL},  [WITNESS_FOREIGN] = {"▲", ROLE_WARN}};
    GString *text = g_string_new(marks[witness->state].shape);
    g_autofree char *age =
        witness->at_ms > 0 ? duration_short(MAX(0, now_ms - witness->at_ms)) : NULL;
    if (witness->cell)
        g_string_append_printf(text, " %s", witness->cell);
    if (witness->told)
        g_string_append_printf(text, "%s %s", witness->cell ? ":" : "", witness->told);
    if (age)
        g_string_append_printf(text, ", %s%s ago", witness->old ? "STALE " : "", age);
    g_autofree char *shown = g_string_free(text, FALSE);
    put(pager, name, witness->old ? ROLE_UNKNOWN : marks[witness->state].role, shown);
}

/* A disagreement is a fault, and comes first; while the registry says that it moves, that is why.
 */
static void put_verdict(struct pager *pager, const struct tenant *tenant,
                        const struct whereabouts *where)
{
    static const struct {
        const char *shape;
        enum role role;
    } marks[] = {[AGREEMENT_NONE] = {"?", ROLE_UNKNOWN},
                 [AGREEMENT_FULL] = {"●", ROLE_NORMAL},
                 [AGREEMENT_BROKEN] = {"✖", ROLE_BAD}};
    enum agreement agreement;
    g_autofree char *verdict = witness_verdict(where->witnesses, &agreement);
    bool moves = agreement == AGREEMENT_BROKEN && tenant->status == TENANT_MIGRATING;
    g_autofree char *text = g_strdup_printf("%s %s%s", marks[agreement].shape, verdict,
                                            moves ? " (it is MIGRATING)" : "");
    put(pager, "lives in", marks[agreement].role, text);
}

static void put_witnesses(struct pager *pager, const struct deck *deck,
                          const struct whereabouts *where)
{
    g_autofree char *title =
        g_strdup_printf("%s, by each of them", where->record ? where->record : "where it lives");
    g_autofree char *shared = where->record && where->shared_with
                                  ? g_strdup_printf("%s has this record, too", where->shared_with)
                                  : NULL;
    pager_heading(pager, title);
    if (shared)
        put(pager, "shared", ROLE_WARN, shared);
    static const char *const names[] = {[WITNESS_REGISTRY] = "registry",
                                        [WITNESS_ZONE] = "Route 53",
                                        [WITNESS_DNS] = "DNS",
                                        [WITNESS_ANSWER] = "answers"};
    for (int i = 0; i < WITNESSES; i++)
        put_witness(pager, names[i], &where->witnesses[i], deck->now_ms);
}

/* What the desk has of this very tenant. */
static const struct whereabouts *where_of(const struct deck *deck, const struct tenant *tenant)
{
    const struct whereabouts *where = deck->whereabouts;
    return where && g_strcmp0(where->tenant, tenant->id) == 0 ? where : NULL;
}

static void put_item(struct pager *pager, const struct tenant *tenant, const struct deck *deck)
{
    enum role role;
    const struct whereabouts *where = where_of(deck, tenant);
    g_autofree char *cell = cell_text(deck, tenant, &role);
    g_autofree char *users = used_of(tenant->current_users, tenant->max_users);
    g_autofree char *patients = tenant->max_patients < 0 ? NULL : text_count(tenant->max_patients);
    g_autofree char *created = tenant->created_ms ? when_rfc3339(tenant->created_ms) : NULL;
    g_autofree char *updated = tenant->updated_ms ? when_rfc3339(tenant->updated_ms) : NULL;
    put(pager, "tenant", ROLE_TITLE, tenant->id);
    if (where)
        put_verdict(pager, tenant, where);
    if (tenant->fault)
        put(pager, "fault", ROLE_WARN, tenant->fault);
    put(pager, "cell", role, cell);
    put(pager, "status", tenant->status == TENANT_ACTIVE ? ROLE_NORMAL : ROLE_WARN,
        tenant_status_name(tenant->status));
    put(pager, "users", ROLE_NORMAL, users);
    put(pager, "name", ROLE_NORMAL, tenant->name);
    if (where)
        put_witnesses(pager, deck, where);
    pager_heading(pager, "its registry item");
    put(pager, "tier", ROLE_NORMAL, tenant_tier_name(tenant->tier));
    put(pager, "residency", ROLE_NORMAL, tenant->residency);
    put(pager, "region", ROLE_NORMAL, tenant->region);
    put(pager, "subdomain", ROLE_NORMAL, tenant->subdomain);
    put(pager, "failover to", ROLE_NORMAL, tenant->failover_cell);
    put(pager, "environment", ROLE_NORMAL, tenant->environment);
    put(pager, "max patients", ROLE_NORMAL, patients);
    put(pager, "created", ROLE_DIM, created);
    put(pager, "updated", ROLE_DIM, updated);
}

static void *tenant_open(void)
{
    struct pager *pager = g_new0(struct pager, 1);
    pager_init(pager);
    return pager;
}

static void tenant_close(void *state)
{
    pager_release(state);
    g_free(state);
}

static void tenant_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct pager *pager = state;
    const struct tenant *tenant =
        deck->snapshot && deck->tenant ? snapshot_tenant(deck->snapshot, deck->tenant) : NULL;
    pager_begin(pager, area->cols - 2, LEAD_COLS);
    if (tenant) {
        put_item(pager, tenant, deck);
    } else {
        g_autofree char *none = g_strdup_printf("tenant %s is not in the registry (any more)",
                                                deck->tenant ? deck->tenant : "–");
        pager_add(pager, ROLE_WARN, NULL, ROLE_WARN, none);
    }
    pager_end(pager, area->rows);
}

static void tenant_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                        const struct area *area)
{
    (void)deck;
    const struct area within = {area->row, 1, area->rows, area->cols - 2};
    pager_draw(state, canvas, &within);
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
    bool of_cell =
        request == REQUEST_OPEN || request == REQUEST_ROLLOUT || request == REQUEST_MOVES;
    return !of_cell || its_cell(deck);
}

static struct reaction tenant_key(void *state, const struct deck *deck, enum request request)
{
    if (request == REQUEST_MOVES)
        return (struct reaction){REACT_OPEN, VIEW_MOVES, request, deck->tenant};
    if (request == REQUEST_OPEN && its_cell(deck))
        return (struct reaction){REACT_OPEN, VIEW_CELL, request, its_cell(deck)};
    return pager_move(state, request);
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_MOVES, REQUEST_ROLLOUT,
                                     REQUEST_BACK, REQUEST_FLEET, REQUEST_REFRESH,
                                     REQUEST_HELP, REQUEST_QUIT,  REQUEST_COUNT};

const struct view view_tenant = {
    .hints = hints,
    .open = tenant_open,
    .close = tenant_close,
    .prepare = tenant_prepare,
    .draw = tenant_draw,
    .can = tenant_can,
    .key = tenant_key,
};
