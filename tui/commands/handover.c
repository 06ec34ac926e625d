/* `celldeck handover`: what the next on-call needs to know, as text; see rollout/handover.h. */
#include "rollout/handover.h"
#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"

#include <string.h>

/* What the report is made of, as far as it could be read. */
struct material {
    struct snapshot *snapshot;
    struct evacuations *evacuations;
    GPtrArray *operations, *rollouts, *failovers;
    GHashTable *unconducted;
    struct origins *origins; /* NULL: not read */
    GError *journal_error;
};

static void material_clear(struct material *material)
{
    snapshot_unref(material->snapshot);
    evacuations_unref(material->evacuations);
    g_clear_pointer(&material->operations, g_ptr_array_unref);
    g_ptr_array_unref(material->rollouts);
    g_ptr_array_unref(material->failovers);
    g_hash_table_unref(material->unconducted);
    origins_unref(material->origins);
    g_clear_error(&material->journal_error);
}

static void look_who_conducts(struct journal *journal, const struct operation *operation,
                              GHashTable *unconducted)
{
    struct conductor_info info = {0};
    bool found = conductor_find(journal, operation->id, &info);
    if (!found || !info.alive)
        g_hash_table_add(unconducted, operation->id);
    if (found)
        conductor_info_clear(&info);
}

static bool read_operation(struct journal *journal, struct material *material,
                           const struct operation *operation)
{
    bool rolls = strcmp(operation->kind, "rollout") == 0;
    if (strcmp(operation->kind, "observed") == 0)
        return true;
    gpointer read = rolls
                        ? (gpointer)rollout_load(journal, operation->id, &material->journal_error)
                        : (gpointer)failover_load(journal, operation->id, &material->journal_error);
    if (read)
        g_ptr_array_add(rolls ? material->rollouts : material->failovers, read);
    if (operation->ended_ms == 0)
        look_who_conducts(journal, operation, material->unconducted);
    return read;
}

/* A journal of which a part can't be read is not read: half of it would look like all of it. */
static void read_journal(struct context *context, struct material *material)
{
    gint64 now_ms = when_now_ms();
    if (context_open_journal(context, &material->journal_error))
        material->operations = history_operations(context->journal, 0, &material->journal_error);
    if (material->operations)
        material->origins = origins_read(context->journal, &material->journal_error);
    if (!material->origins)
        g_clear_pointer(&material->operations, g_ptr_array_unref);
    for (guint i = 0; material->operations && i < material->operations->len; i++) {
        const struct operation *operation = material->operations->pdata[i];
        if (handover_wants(operation, now_ms) &&
            !read_operation(context->journal, material, operation))
            g_clear_pointer(&material->operations, g_ptr_array_unref);
    }
}

static struct material read_material(struct context *context)
{
    struct material material = {
        .rollouts = g_ptr_array_new_with_free_func((GDestroyNotify)rollout_free),
        .failovers = g_ptr_array_new_with_free_func((GDestroyNotify)failover_free),
        .unconducted = g_hash_table_new(g_str_hash, g_str_equal)};
    material.snapshot = context_read_fleet(context);
    read_journal(context, &material);
    material.evacuations = evacuation_all(material.snapshot, material.origins, NULL);
    return material;
}

static void print_section(struct out_style style, const struct handover_section *section)
{
    static const enum out_role roles[] = {[STORY_PLAIN] = OUT_PLAIN,
                                          [STORY_GOOD] = OUT_GOOD,
                                          [STORY_WARN] = OUT_WARN,
                                          [STORY_BAD] = OUT_BAD};
    out_line(style, OUT_BOLD, "%s%s", section->title,
             section->unknown ? ": not known, the journal can't be read" : "");
    for (guint i = 0; i < section->items->len; i++) {
        const struct handover_item *item = section->items->pdata[i];
        out_line(style, roles[item->tone], "  %s", item->text);
    }
}

/* A calm night is one screen: what there is nothing of stands in one line each, together. */
static void print_handover(struct out_style style, const struct handover *handover, gint64 now_ms)
{
    g_autofree char *at = when_rfc3339(now_ms / WHEN_SECOND * WHEN_SECOND);
    out_line(style, OUT_BOLD, "%s  %s", at, handover->title);
    g_autoptr(GPtrArray) calm = g_ptr_array_new();
    for (guint i = 0; i < handover->sections->len; i++) {
        const struct handover_section *section = handover->sections->pdata[i];
        if (section->unknown || section->items->len)
            print_section(style, section);
        else
            g_ptr_array_add(calm, (gpointer)section);
    }
    for (guint i = 0; i < calm->len; i++)
        out_line(style, OUT_GOOD, "%s", ((const struct handover_section *)calm->pdata[i])->none);
}

static int hand_over(struct context *context)
{
    struct material material = read_material(context);
    gint64 now_ms = material.snapshot->at_ms;
    const struct handover_input input = {
        .snapshot = material.snapshot,
        .evacuations = material.evacuations,
        .operations = material.operations,
        .journal_error = material.journal_error ? material.journal_error->message : NULL,
        .rollouts = material.rollouts,
        .failovers = material.failovers,
        .unconducted = material.unconducted,
        .now_ms = now_ms};
    OWN(handover) handover = handover_of(&input);
    if (context->json)
        out_json("handover", handover_json(handover, now_ms));
    else
        print_handover(context->style, handover, now_ms);
    int code = context_sources_exit_code(material.snapshot);
    if (!material.operations) {
        out_message("the journal could not be read: %s", input.journal_error);
        code = CD_ERROR_SOURCE;
    }
    material_clear(&material);
    return code;
}

static int run(int argc, char **argv, GError **error)
{
    struct context context = {.about = command_handover.summary, .forms = FORM_JSON};
    int code = CD_ERROR_FAILED;
    if (context_parse(&context, argc, argv, NULL, "", 0, 0, error) &&
        context_open_config(&context, error))
        code = hand_over(&context);
    context_clear(&context);
    return code;
}

const struct command command_handover = {
    .name = "handover",
    .usage = "[--json]",
    .summary = "what the next on-call needs to know: open, unwell, changed, held, to be reviewed",
    .run = run,
};
