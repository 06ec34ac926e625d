/* Tenants: find any of 100,000 as you type. */
#include "data/base/text.h"
#include "tui/console/list.h"
#include "tui/console/table.h"
#include "tui/views/filter.h"
#include "tui/views/marks.h"
#include "tui/views/view.h"

#include <string.h>

enum {
    COL_TENANT,
    COL_NAME,
    COL_CELL,
    COL_TIER,
    COL_STATUS,
    COL_USERS,
    COL_QUOTA,
    COL_RESIDENCY,
    COL_FAULT,
    COL_COUNT
};

static const struct column columns[COL_COUNT] = {
    [COL_TENANT] = {"TENANT", 16, 26, 0, false}, [COL_NAME] = {"NAME", 12, 28, 5, false},
    [COL_CELL] = {"CELL", 14, 18, 0, false},     [COL_TIER] = {"TIER", 8, 10, 4, false},
    [COL_STATUS] = {"STATUS", 6, 9, 1, false},   [COL_USERS] = {"USERS", 7, 8, 2, true},
    [COL_QUOTA] = {"QUOTA", 7, 8, 3, true},      [COL_RESIDENCY] = {"RES", 3, 4, 6, false},
    [COL_FAULT] = {"FAULT", 8, 60, 7, false},
};

struct tenants {
    struct list list;
    struct registry *registry; /* what `found` was picked from */
    char *filter;              /* by which */
    GPtrArray *found;          /* const struct tenant * */
};

static void *tenants_open(void)
{
    struct tenants *tenants = g_new0(struct tenants, 1);
    list_init(&tenants->list);
    tenants->found = g_ptr_array_new();
    return tenants;
}

static void tenants_close(void *state)
{
    struct tenants *tenants = state;
    list_release(&tenants->list);
    g_ptr_array_unref(tenants->found);
    if (tenants->registry)
        registry_unref(tenants->registry);
    g_free(tenants->filter);
    g_free(tenants);
}

static bool passes(const struct filter *filter, const struct tenant *tenant)
{
    const struct field fields[] = {
        {"tenant", tenant->id},
        {"name", tenant->name},
        {"cell", tenant->cell},
        {"status", tenant_status_name(tenant->status)},
        {"tier", tenant_tier_name(tenant->tier)},
        {"residency", tenant->residency},
        {"subdomain", tenant->subdomain},
        {"region", tenant->region},
        {"fault", tenant->fault},
    };
    return filter_takes(filter, fields, G_N_ELEMENTS(fields));
}

/* A letter more can only take rows away, so those already found are all that is looked at; not so
 * with `!`, where a longer word excludes less. */
static bool narrows(const struct tenants *tenants, const struct deck *deck)
{
    return tenants->filter && tenants->registry == deck->snapshot->registry &&
           g_str_has_prefix(deck->filter, tenants->filter) && !strchr(deck->filter, '!') &&
           !strchr(deck->filter, ':');
}

static void find(struct tenants *tenants, const struct deck *deck)
{
    struct registry *registry = deck->snapshot->registry;
    g_autoptr(GPtrArray) among =
        g_ptr_array_ref(narrows(tenants, deck) ? tenants->found : registry->tenants);
    GPtrArray *found = g_ptr_array_new();
    GPtrArray *rows = g_ptr_array_new();
    struct filter *filter = filter_parse(deck->filter);
    for (guint i = 0; i < among->len; i++) {
        struct tenant *tenant = g_ptr_array_index(among, i);
        if (!passes(filter, tenant))
            continue;
        g_ptr_array_add(found, tenant);
        g_ptr_array_add(rows, (gpointer)tenant->id);
    }
    filter_free(filter);
    g_ptr_array_unref(tenants->found);
    tenants->found = found;
    list_set(&tenants->list, rows);
}

static void tenants_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct tenants *tenants = state;
    struct registry *registry = deck->snapshot ? deck->snapshot->registry : NULL;
    bool same = registry == tenants->registry && g_strcmp0(tenants->filter, deck->filter) == 0;
    if (registry && !same) {
        find(tenants, deck);
        struct registry *before = tenants->registry;
        tenants->registry = registry_ref(registry);
        if (before)
            registry_unref(before);
        g_free(tenants->filter);
        tenants->filter = g_strdup(deck->filter);
    }
    list_fit(&tenants->list, area->rows - 2);
}

static char *number(gint64 n)
{
    return n < 0 ? g_strdup("–") : text_count(n);
}

static void draw_tenant(struct canvas *canvas, int row, const struct place *places,
                        const struct tenant *tenant)
{
    g_autofree char *users = number(tenant->current_users);
    g_autofree char *quota = number(tenant->max_users);
    const char *texts[COL_COUNT] = {
        [COL_TENANT] = tenant->id,
        [COL_NAME] = tenant->name,
        [COL_CELL] = tenant->cell,
        [COL_TIER] = tenant_tier_name(tenant->tier),
        [COL_STATUS] = tenant_status_name(tenant->status),
        [COL_USERS] = users,
        [COL_QUOTA] = quota,
        [COL_RESIDENCY] = tenant->residency,
        [COL_FAULT] = tenant->fault,
    };
    if (tenant->fault)
        canvas_text(canvas, row, 1, 1, ROLE_WARN, "▲");
    for (int i = 0; i < COL_COUNT; i++) {
        enum role role = i == COL_NAME || i == COL_TIER ? ROLE_DIM : ROLE_NORMAL;
        if (i == COL_FAULT)
            role = ROLE_WARN;
        if (i == COL_STATUS && tenant->status != TENANT_ACTIVE)
            role = tenant->status == TENANT_DOWN ? ROLE_BAD : ROLE_WARN;
        table_put(canvas, row, &columns[i], &places[i], role, texts[i]);
    }
}

static void draw_summary(const struct tenants *tenants, const struct deck *deck,
                         struct canvas *canvas, const struct area *area)
{
    const struct registry *registry = tenants->registry;
    if (!registry) {
        canvas_text(canvas, area->row, 1, area->cols - 2, ROLE_UNKNOWN,
                    "the registry has not been read yet");
        return;
    }
    g_autofree char *found = text_count(list_size(&tenants->list));
    g_autofree char *all = text_count(registry->tenants->len);
    int col = 1;
    bool picked = *deck->filter != '\0';
    g_autofree char *count =
        picked ? g_strdup_printf("%s of %s%s tenants", found, registry->complete ? "" : "≥ ", all)
               : g_strdup_printf("%s%s tenants", registry->complete ? "" : "≥ ", all);
    col += canvas_text(canvas, area->row, col, area->cols - col, ROLE_TITLE, count);
    if (!registry->complete)
        col += canvas_text(canvas, area->row, col, area->cols - col, ROLE_BAD, ", incomplete");
    if (deck->snapshot->unplaced > 0)
        canvas_printf(canvas, area->row, col, area->cols - col, ROLE_WARN,
                      " · %" G_GINT64_FORMAT " in no cell of ours", deck->snapshot->unplaced);
}

static void tenants_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                         const struct area *area)
{
    const struct tenants *tenants = state;
    const struct list *list = &tenants->list;
    struct place places[COL_COUNT];
    table_layout(columns, COL_COUNT, 3, area->cols - 4, places);
    draw_summary(tenants, deck, canvas, area);
    table_header(canvas, area->row + 1, columns, COL_COUNT, places);
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        int row = area->row + 2 + i;
        draw_tenant(canvas, row, places, g_ptr_array_index(tenants->found, (guint)(list->top + i)));
        if (list->top + i == list->index)
            canvas_select(canvas, row, 0, area->cols);
    }
    if (tenants->registry && list_size(list) == 0)
        canvas_text(canvas, area->row + 2, 3, area->cols - 4, ROLE_DIM, "no tenant is like that");
}

static struct topic tenants_topic(const void *state, const struct deck *deck)
{
    (void)deck;
    return (struct topic){.tenant = ((const struct tenants *)state)->list.selected};
}

static struct reaction tenants_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct tenants *tenants = state;
    if (request == REQUEST_OPEN && tenants->list.selected)
        return (struct reaction){REACT_OPEN, VIEW_TENANT, request, tenants->list.selected};
    return view_move(&tenants->list, request);
}

static bool tenants_can(const void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    return ((const struct tenants *)state)->list.selected ||
           (request != REQUEST_OPEN && request != REQUEST_CELL);
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_FILTER, REQUEST_BACK, REQUEST_FLEET,
                                     REQUEST_HELP, REQUEST_QUIT,   REQUEST_COUNT};

const struct view view_tenants = {
    .finds = true,
    .hints = hints,
    .open = tenants_open,
    .close = tenants_close,
    .prepare = tenants_prepare,
    .draw = tenants_draw,
    .topic = tenants_topic,
    .can = tenants_can,
    .key = tenants_key,
};
