/* What the fleet has for the next on-call. */
#include "rollout/handover_parts.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "data/outages.h"
#include "rollout/proposal.h"

#include <stdlib.h>
#include <string.h>

static bool is_well(const struct cell *cell)
{
    return cell->health == HEALTH_HEALTHY || cell->health == HEALTH_STANDBY;
}

static int by_worst(const void *a, const void *b)
{
    const struct cell *const *x = a, *const *y = b;
    return cell_by_worst(*x, *y);
}

static json_t *reasons_json(char **reasons)
{
    json_t *all = json_array();
    for (char **reason = reasons; *reason; reason++)
        json_array_append_new(all, text_json(*reason));
    return all;
}

static void add_cell(const struct handover_input *input, const struct cell *cell, GPtrArray *items)
{
    const struct registry *registry = input->snapshot->registry;
    struct proposal proposal = proposal_of(input->snapshot, cell, input->operations, input->now_ms);
    g_autofree char *reasons = g_strjoinv("; ", cell->reasons);
    g_autofree char *since =
        cell->since_ms > 0 ? handover_moment(cell->since_ms, input->now_ms) : NULL;
    g_autofree char *tenants = registry_count_text(registry, cell->tenants);
    g_autofree char *users = registry_count_text(registry, cell->registered_users);
    handover_add(items, cell->health == HEALTH_UNHEALTHY ? STORY_BAD : STORY_WARN,
                 json_pack("{s:o, s:s, s:o, s:b, s:o, s:o, s:o, s:b}", "cell",
                           text_json(cell->config->id), "health", health_name(cell->health),
                           "since", handover_moment_json(cell->since_ms), "or_before",
                           cell_since_or_before(cell), "reasons", reasons_json(cell->reasons),
                           "tenants", registry ? json_integer(cell->tenants) : json_null(),
                           "registered_users",
                           registry ? json_integer(cell->registered_users) : json_null(),
                           "proposed", proposal.made),
                 "%s %s%s%s%s: %s (%s tenant%s, %s user%s)%s%s%s", cell->config->id,
                 health_name(cell->health), since ? " since " : "", since ? since : "",
                 cell_since_or_before(cell) ? ", or before" : "", reasons, tenants,
                 strcmp(tenants, "1") == 0 ? "" : "s", users, strcmp(users, "1") == 0 ? "" : "s",
                 proposal.made ? "; a failover is proposed: failover plan " : "",
                 proposal.made ? cell->config->id : "",
                 proposal.made && proposal.spells > 1 ? " (it comes and goes)" : "");
    proposal_clear(&proposal);
}

void handover_not_well(const struct handover_input *input, GPtrArray *items)
{
    const struct snapshot *snapshot = input->snapshot;
    g_autofree const struct cell **order = g_new(const struct cell *, snapshot->n_cells);
    for (size_t i = 0; i < snapshot->n_cells; i++)
        order[i] = &snapshot->cells[i];
    qsort(order, snapshot->n_cells, sizeof(struct cell *), by_worst);
    for (size_t i = 0; i < snapshot->n_cells; i++)
        if (!is_well(order[i]))
            add_cell(input, order[i], items);
}

static void add_alarm(const struct handover_input *input, const struct alarm *alarm,
                      const char *cell, GPtrArray *items)
{
    g_autofree char *since =
        alarm->since_ms > 0 ? handover_moment(alarm->since_ms, input->now_ms) : NULL;
    handover_add(items, STORY_BAD,
                 json_pack("{s:o, s:o, s:o, s:o}", "name", text_json(alarm->name), "cell",
                           text_json(cell), "since", handover_moment_json(alarm->since_ms),
                           "reason", text_json(alarm->reason)),
                 "%s (%s)%s%s: %s", alarm->name, cell, since ? " since " : "", since ? since : "",
                 alarm->reason && *alarm->reason ? alarm->reason : "no reason given");
}

/* Whose alarms nobody has read, or not for long: that none is in ALARM is not known. */
static void add_unread_alarms(const struct snapshot *snapshot, GPtrArray *items)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    json_t *json = json_array();
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        const struct cell *cell = &snapshot->cells[i];
        g_autofree char *name = g_strconcat("alarms ", cell->config->source, NULL);
        const struct source *source = snapshot_source(snapshot, name);
        if (cell->reading.alarms && source && source->state == SOURCE_OK)
            continue;
        g_ptr_array_add(cells, cell->config->id);
        json_array_append_new(json, json_pack("{s:n, s:o, s:n, s:s}", "name", "cell",
                                              text_json(cell->config->id), "since", "reason",
                                              "its alarms could not be read"));
    }
    g_ptr_array_add(cells, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)cells->pdata);
    if (cells->len > 1)
        handover_add(items, STORY_WARN, json_incref(json), "not known of %s", list);
    json_decref(json);
}

void handover_alarms(const struct handover_input *input, GPtrArray *items)
{
    const struct snapshot *snapshot = input->snapshot;
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        const struct cell *cell = &snapshot->cells[i];
        const GPtrArray *alarms = cell->reading.alarms;
        for (guint a = 0; alarms && a < alarms->len; a++) {
            const struct alarm *alarm = alarms->pdata[a];
            if (alarm->state == ALARM_ALARM)
                add_alarm(input, alarm, cell->config->id, items);
        }
    }
    add_unread_alarms(snapshot, items);
}

static const struct {
    const char *state, *words;
    enum story_tone tone;
} drains[] = {
    [DRAIN_NONE] = {"none", "", STORY_PLAIN},
    [DRAIN_READY] = {"ready", "", STORY_GOOD},
    [DRAIN_UNPROVEN] = {"unproven", "to be acknowledged", STORY_WARN},
    [DRAIN_NOWHERE] = {"nowhere", "NOT all of its tenants have a place", STORY_BAD},
    [DRAIN_UNREAD] = {"unread", "not known", STORY_WARN},
};

static const char *drain_why(const struct evacuation *evacuation)
{
    return evacuation->refused ? evacuation->refused : evacuation->why;
}

/* Cells that stand alike for one reason are one line. */
static void add_drain(const struct handover_input *input, guint at, GPtrArray *items)
{
    const GPtrArray *cells = input->evacuations->cells;
    const struct evacuation *first = cells->pdata[at];
    enum drain drain = evacuation_drain(first);
    g_autoptr(GString) ids = g_string_new(NULL);
    json_t *json = json_array();
    for (guint i = 0; i < cells->len; i++) {
        const struct evacuation *evacuation = cells->pdata[i];
        if (evacuation_drain(evacuation) != drain ||
            strcmp(drain_why(evacuation), drain_why(first)) != 0)
            continue;
        if (i < at) { /* told with that one */
            json_decref(json);
            return;
        }
        g_string_append_printf(ids, "%s%s", ids->len ? ", " : "", evacuation->cell->id);
        json_array_append_new(
            json, json_pack("{s:o, s:s, s:o}", "cell", text_json(evacuation->cell->id), "state",
                            drains[drain].state, "why", text_json(drain_why(evacuation))));
    }
    handover_add(items, drains[drain].tone, json, "%s: %s: %s", ids->str, drains[drain].words,
                 drain_why(first));
}

static void add_spares(const struct handover_input *input, GPtrArray *items)
{
    const GPtrArray *spares = input->evacuations->spares;
    for (guint i = 0; i < spares->len; i++) {
        const struct spare *spare = spares->pdata[i];
        if (!spare->ok)
            handover_add(items, STORY_WARN,
                         json_pack("{s:o, s:o, s:s, s:o}", "region", text_json(spare->region),
                                   "cell", text_json(spare->largest ? spare->largest->id : NULL),
                                   "state", "no_spare", "why", text_json(spare->why)),
                         "%s", spare->why);
    }
}

void handover_drain(const struct handover_input *input, GPtrArray *items)
{
    static const enum drain worst_first[] = {DRAIN_NOWHERE, DRAIN_UNREAD, DRAIN_UNPROVEN};
    const GPtrArray *cells = input->evacuations->cells;
    for (size_t d = 0; d < G_N_ELEMENTS(worst_first); d++)
        for (guint i = 0; i < cells->len; i++)
            if (evacuation_drain(cells->pdata[i]) == worst_first[d])
                add_drain(input, i, items);
    add_spares(input, items);
}

struct drilled {
    const char *cell;
    gint64 last_ms; /* 0: never */
};

static gint longest_ago(gconstpointer a, gconstpointer b)
{
    const struct drilled *x = a, *y = b;
    return (x->last_ms > y->last_ms) - (x->last_ms < y->last_ms);
}

/* Cells with tenants of hospitals: a dev cell needs no drill, and a dr cell is drilled for with its
 * primary. */
static GArray *drilled_of(const struct handover_input *input)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct drilled));
    for (size_t i = 0; i < input->snapshot->n_cells; i++) {
        const struct cell *cell = &input->snapshot->cells[i];
        const struct drilled at = {cell->config->id,
                                   history_last_drill_ms(input->operations, cell->config->id)};
        if ((cell->tenants > 0 && cell->config->class != CLASS_DEV) || at.last_ms > 0)
            g_array_append_val(all, at);
    }
    g_array_sort(all, longest_ago);
    return all;
}

/* Those that never were, or those that were, in a line. */
static void add_drilled(const struct handover_input *input, const GArray *all, bool ever,
                        GPtrArray *items)
{
    g_autoptr(GString) text = g_string_new(NULL);
    json_t *json = json_array();
    for (guint i = 0; i < all->len; i++) {
        const struct drilled *at = &g_array_index(all, struct drilled, i);
        if ((at->last_ms > 0) != ever)
            continue;
        g_autofree char *ago = duration_short(MAX(0, input->now_ms - at->last_ms));
        gint64 days = (input->now_ms - at->last_ms) / WHEN_DAY;
        g_string_append_printf(text, "%s%s%s%s", text->len ? ", " : "", at->cell, ever ? " " : "",
                               ever ? ago : "");
        json_array_append_new(json, json_pack("{s:o, s:o, s:o}", "cell", text_json(at->cell),
                                              "last_drill_at", handover_moment_json(at->last_ms),
                                              "days", ever ? json_integer(days) : json_null()));
    }
    if (text->len)
        handover_add(items, ever ? STORY_PLAIN : STORY_WARN, json_incref(json), "%s%s",
                     ever ? "last drilled so long ago: " : "never drilled: ", text->str);
    json_decref(json);
}

void handover_drills(const struct handover_input *input, GPtrArray *items)
{
    g_autoptr(GArray) all = drilled_of(input);
    add_drilled(input, all, false, items);
    add_drilled(input, all, true, items);
}

void handover_unread(const struct handover_input *input, GPtrArray *items)
{
    const struct registry *registry = input->snapshot->registry;
    g_autoptr(GPtrArray) outages = outages_of(input->snapshot, true);
    if (!input->operations)
        handover_add(
            items, STORY_BAD,
            json_pack("{s:s, s:o}", "names", "journal", "error", text_json(input->journal_error)),
            "the journal: %s", input->journal_error ? input->journal_error : "not read");
    for (guint i = 0; i < outages->len; i++) {
        const struct outage *outage = outages->pdata[i];
        handover_add(items, STORY_BAD,
                     json_pack("{s:o, s:o}", "names", text_json(outage->names), "error",
                               text_json(outage->why)),
                     "%s: %s", outage->names, outage->why);
    }
    if (registry && !registry->complete) {
        g_autofree char *total = text_counted(registry->tenants->len, "tenant");
        handover_add(items, STORY_BAD,
                     json_pack("{s:s, s:s}", "names", "registry", "error", "read in part"),
                     "the registry was read in part: at least %s", total);
    }
}
