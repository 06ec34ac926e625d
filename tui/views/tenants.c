/* Tenants: find any of 100,000 as you type. */
#include "data/base/text.h"
#include "tui/views/sheet_find.h"
#include "tui/views/tenants_columns.h"
#include "tui/views/view.h"

static void *tenants_open(void)
{
    struct find *find = g_new0(struct find, 1);
    find_init(find);
    return find;
}

static void tenants_close(void *state)
{
    find_release(state);
    g_free(state);
}

static void tenants_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct find *find = state;
    struct registry *registry = deck->snapshot ? deck->snapshot->registry : NULL;
    if (registry)
        find_follow(find, &tenants_sheet, deck, &deck->arranged[VIEW_TENANTS], registry->tenants);
    list_fit(&find->list, area->rows - 2);
}

static void draw_summary(const struct find *find, const struct deck *deck, struct canvas *canvas,
                         const struct area *area)
{
    const struct registry *registry = deck->snapshot ? deck->snapshot->registry : NULL;
    if (!registry) {
        canvas_text(canvas, area->row, 1, area->cols - 2, ROLE_UNKNOWN,
                    "the registry has not been read yet");
        return;
    }
    g_autofree char *found = text_count(list_size(&find->list));
    g_autofree char *all = text_count(registry->tenants->len);
    int col = 1;
    bool picked = *deck->filter != '\0' || deck->arranged[VIEW_TENANTS].faults;
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
    const struct find *find = state;
    const struct area table = {area->row + 1, 0, area->rows - 1, area->cols};
    draw_summary(find, deck, canvas, area);
    sheet_draw(&tenants_sheet, deck, &deck->arranged[VIEW_TENANTS], &find->list, find->rows, canvas,
               &table);
    if (find->given && list_size(&find->list) == 0)
        canvas_text(canvas, area->row + 2, 3, area->cols - 4, ROLE_DIM,
                    *deck->filter ? "no tenant is like that"
                                  : "nothing is wrong with any tenant (f shows all)");
}

static const struct list *tenants_list(const void *state)
{
    return &((const struct find *)state)->list;
}

static enum work tenants_works(const void *state)
{
    return find_works(state);
}

static struct topic tenants_topic(const void *state, const struct deck *deck)
{
    (void)deck;
    return (struct topic){.tenant = tenants_list(state)->selected};
}

static struct reaction tenants_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct list *list = &((struct find *)state)->list;
    if (request == REQUEST_OPEN && list->selected)
        return (struct reaction){REACT_OPEN, VIEW_TENANT, request, list->selected};
    return view_move(list, request);
}

static bool tenants_can(const void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    return tenants_list(state)->selected || (request != REQUEST_OPEN && request != REQUEST_CELL);
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_FILTER, REQUEST_BACK,   REQUEST_FLEET,
                                     REQUEST_SORT, REQUEST_TURN,   REQUEST_FAULTS, REQUEST_HELP,
                                     REQUEST_QUIT, REQUEST_COUNT};

const struct view view_tenants = {
    .finds = true,
    .sheet = &tenants_sheet,
    .hints = hints,
    .open = tenants_open,
    .close = tenants_close,
    .prepare = tenants_prepare,
    .draw = tenants_draw,
    .list = tenants_list,
    .topic = tenants_topic,
    .can = tenants_can,
    .works = tenants_works,
    .key = tenants_key,
};
