#include "rollout/handover_parts.h"

#include "data/base/text.h"
#include "data/base/when.h"

static const struct {
    const char *key, *title, *none;
    bool of_journal;
    handover_fill_fn fill;
} sections[] = {
    {"not_well", "not well", "every cell is well", false, handover_not_well},
    {"open", "open operations", "no operation is open", true, handover_open},
    {"alarms", "in ALARM", "no alarm", false, handover_alarms},
    {"unread", "could not be read", "every source was read", false, handover_unread},
    {"changed", "changed in the last 12 h", "nothing was changed in the last 12 h", true,
     handover_changed},
    {"observed", "moved without celldeck in the last 7 days",
     "no tenant was moved without celldeck in the last 7 days", true, handover_observed},
    {"releases", "releases that failed and are held", "no release of the last 30 days is held",
     true, handover_releases},
    {"debts", "to review: glass that was broken, and what was not proven",
     "nothing of the last 30 days is to be reviewed", true, handover_debts},
    {"drain", "if it dies now", "every cell's tenants have a place, and all of it is proven", false,
     handover_drain},
    {"drills", "drills of a failover", "no cell with tenants to drill for", true, handover_drills},
};

bool handover_wants(const struct operation *operation, gint64 now_ms)
{
    return operation->ended_ms == 0 || now_ms - operation->started_ms < HANDOVER_REVIEW_MS ||
           now_ms - operation->ended_ms < HANDOVER_CHANGED_MS;
}

void handover_add(GPtrArray *items, enum story_tone tone, json_t *json, const char *format, ...)
{
    struct handover_item *item = g_new(struct handover_item, 1);
    va_list args;
    va_start(args, format);
    *item = (struct handover_item){tone, g_strdup_vprintf(format, args), json};
    va_end(args);
    g_ptr_array_add(items, item);
}

char *handover_moment(gint64 at_ms, gint64 now_ms)
{
    g_autofree char *moment = when_rfc3339(at_ms / WHEN_SECOND * WHEN_SECOND);
    g_autofree char *ago = duration_short(MAX(0, now_ms - at_ms));
    return g_strdup_printf("%s, %s ago", moment, ago);
}

json_t *handover_moment_json(gint64 at_ms)
{
    g_autofree char *moment = at_ms > 0 ? when_rfc3339(at_ms) : NULL;
    return text_json(moment);
}

static void free_item(gpointer p)
{
    struct handover_item *item = p;
    g_free(item->text);
    json_decref(item->json);
    g_free(item);
}

static void free_section(gpointer p)
{
    struct handover_section *section = p;
    g_ptr_array_unref(section->items);
    g_free(section);
}

static guint count_open(const GPtrArray *operations)
{
    guint open = 0;
    for (guint i = 0; operations && i < operations->len; i++)
        open += ((const struct operation *)operations->pdata[i])->ended_ms == 0;
    return open;
}

static char *title_of(const struct handover_input *input)
{
    const struct snapshot *snapshot = input->snapshot;
    size_t well = 0;
    for (size_t i = 0; i < snapshot->n_cells; i++)
        well += snapshot->cells[i].health == HEALTH_HEALTHY ||
                snapshot->cells[i].health == HEALTH_STANDBY;
    guint open = count_open(input->operations);
    g_autofree char *operations = !input->operations ? g_strdup("the journal can't be read")
                                  : open == 0        ? g_strdup("no operation is open")
                                  : open == 1        ? g_strdup("1 operation is open")
                                              : g_strdup_printf("%u operations are open", open);
    return g_strdup_printf("%s: %zu of %zu cells are well, %s", snapshot->config->name, well,
                           snapshot->n_cells, operations);
}

struct handover *handover_of(const struct handover_input *input)
{
    struct handover *handover = g_new0(struct handover, 1);
    handover->title = title_of(input);
    handover->sections = g_ptr_array_new_with_free_func(free_section);
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        struct handover_section *section = g_new0(struct handover_section, 1);
        *section =
            (struct handover_section){.key = sections[i].key,
                                      .title = sections[i].title,
                                      .none = sections[i].none,
                                      .unknown = sections[i].of_journal && !input->operations,
                                      .items = g_ptr_array_new_with_free_func(free_item)};
        if (!section->unknown)
            sections[i].fill(input, section->items);
        g_ptr_array_add(handover->sections, section);
    }
    return handover;
}

void handover_free(struct handover *handover)
{
    if (!handover)
        return;
    g_free(handover->title);
    g_ptr_array_unref(handover->sections);
    g_free(handover);
}

static json_t *items_json(const struct handover_section *section)
{
    if (section->unknown)
        return json_null();
    json_t *all = json_array();
    for (guint i = 0; i < section->items->len; i++) {
        const struct handover_item *item = section->items->pdata[i];
        if (json_is_array(item->json))
            json_array_extend(all, item->json);
        else
            json_array_append(all, item->json);
    }
    return all;
}

json_t *handover_json(const struct handover *handover, gint64 now_ms)
{
    json_t *json = json_pack("{s:o, s:o}", "at", handover_moment_json(now_ms), "title",
                             text_json(handover->title));
    for (guint i = 0; i < handover->sections->len; i++) {
        const struct handover_section *section = handover->sections->pdata[i];
        json_object_set_new(json, section->key, items_json(section));
    }
    return json;
}
