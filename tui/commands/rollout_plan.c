/* `celldeck rollout plan`: what would happen, and what stands against it. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/deploy.h"
#include "rollout/survey.h"
#include "rollout/tenure.h"
#include "tui/commands/rollout.h"

const GOptionEntry rollout_plan_options[] = {
    {"fixes", 0, 0, G_OPTION_ARG_STRING_ARRAY, ROLLOUT_OPTION(fixes),
     "This release is the fix of that unhealthy cell", "CELL"},
    {"retry-failed", 0, 0, G_OPTION_ARG_NONE, ROLLOUT_OPTION(retry_failed),
     "Although this version has failed before", NULL},
    {0}};

struct planning {
    GMainLoop *loop;
    struct survey *survey;
    GError *error;
};

static void surveyed(struct survey *survey, const GError *error, gpointer data)
{
    struct planning *planning = data;
    planning->survey = survey;
    planning->error = error ? g_error_copy(error) : NULL;
    g_main_loop_quit(planning->loop);
}

/* Releases or a deployer that can't be opened are refusals of the plan, not the command's end. */
static struct survey *survey_now(struct context *context, const char *version,
                                 struct snapshot *snapshot, GError **error)
{
    g_autoptr(GError) no_releases = NULL, no_deployer = NULL;
    OWN(releases) releases = releases_open(context->config, &no_releases);
    struct deployer *deployer =
        deployer_new(context->config, context_client(context), context->state_dir, &no_deployer);
    const struct survey_sources sources = {
        .config = context->config,
        .snapshot = snapshot,
        .journal = context->journal,
        .version = version,
        .releases = releases,
        .releases_error = no_releases ? no_releases->message : NULL,
        .deployer = deployer,
        .deployer_error = no_deployer ? no_deployer->message : NULL,
        .client = context_client(context),
        .state_dir = context->state_dir,
    };
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    struct planning planning = {.loop = loop};
    survey_make(&sources, surveyed, &planning);
    g_main_loop_run(loop);
    g_clear_pointer(&deployer, deployer_free);
    if (planning.error)
        g_propagate_error(error, planning.error);
    return planning.survey;
}

bool rollout_plan_read(struct context *context, const char *version,
                       const struct plan_options *options, struct rollout_planned *planned,
                       GError **error)
{
    planned->snapshot = context_read_fleet(context);
    OWN(survey) survey = survey_now(context, version, planned->snapshot, error);
    if (!survey)
        return false;
    planned->plan = plan_make(survey, options, &planned->refusals);
    planned->short_keys = plan_outlasts_keys(planned->plan, survey);
    planned->keys = tenure_words(&survey->keys);
    planned->terms.now_ms = survey->now_ms;
    estimate_deploys(&planned->terms, survey->deploys_ms);
    return true;
}

void rollout_planned_clear(struct rollout_planned *planned)
{
    g_clear_pointer(&planned->plan, plan_free);
    g_clear_pointer(&planned->refusals, g_ptr_array_unref);
    g_clear_pointer(&planned->snapshot, snapshot_unref);
    g_clear_pointer(&planned->short_keys, g_free);
    g_clear_pointer(&planned->keys, g_free);
}

/* What the command line calls a way out, and what it says of it. */
static const struct {
    const char *flag, *words;
} flags[] = {
    [WAY_NONE] = {NULL, ""},
    [WAY_FIXES] = {"--fixes", ", or say --fixes {cell} if this release does"},
    [WAY_RETRY_FAILED] = {"--retry-failed", "; --retry-failed tries it again, on record"},
    [WAY_ATTENDED] = {"--attended", ", or say --attended and stay to sign in again"},
};

/* "cell-2 is unhealthy already (...); cure it first, or say --fixes cell-2 if this release does" */
static char *refusal_sentence(const struct refusal *refusal)
{
    GString *text = g_string_new(refusal->why);
    if (refusal->cell && !g_str_has_prefix(refusal->why, refusal->cell))
        g_string_prepend(g_string_prepend(text, ": "), refusal->cell);
    g_string_append(text, flags[refusal_way_out(refusal->kind)].words);
    g_string_replace(text, "{cell}", refusal->cell ? refusal->cell : "CELL", 0);
    return g_string_free(text, FALSE);
}

GError *rollout_plan_refusal(const struct rollout_planned *planned)
{
    int code = refusals_exit_code(planned->refusals);
    if (code == 0)
        return NULL;
    GString *all = g_string_new(code == CD_ERROR_BUSY ? "held by another operation:" : "refused:");
    for (guint i = 0; i < planned->refusals->len; i++) {
        g_autofree char *sentence = refusal_sentence(planned->refusals->pdata[i]);
        g_string_append_printf(all, "\n  %s", sentence);
    }
    GError *error = g_error_new_literal(CD_ERROR, code, all->str);
    g_string_free(all, TRUE);
    return error;
}

/* "bake 24h, 1 at a time, 0 may fail, 1 approval by somebody else, not before 14:00:00Z" */
static char *wave_terms(const struct rollout_planned *planned, size_t number)
{
    const struct plan_wave *wave = planned->plan->waves->pdata[number];
    gint64 starts_ms = estimate_wave_ms(planned->plan, &planned->terms, number);
    g_autofree char *bake = duration_config_text(wave->bake_ms);
    GString *terms = g_string_new(NULL);
    g_string_printf(terms, "bake %s, %d at a time, %d may fail", bake, wave->max_in_flight,
                    wave->max_failed);
    if (wave->approvals)
        g_string_append_printf(terms, ", %d approval%s%s", wave->approvals,
                               wave->approvals > 1 ? "s" : "",
                               wave->approver_not_requester ? " by somebody else" : "");
    if (wave->window)
        g_string_append_printf(terms, ", %s", window_text(wave->window));
    if (starts_ms > planned->terms.now_ms) {
        g_autofree char *starts = estimate_moment(starts_ms, planned->terms.now_ms);
        g_string_append_printf(terms, ", not before %s", starts);
    }
    return g_string_free(terms, FALSE);
}

static void print_wave(struct out_table *table, const struct rollout_planned *planned,
                       size_t number)
{
    const struct plan_wave *wave = planned->plan->waves->pdata[number];
    g_autofree char *name = g_strdup_printf("%zu %s", number + 1, wave->name);
    g_autofree char *terms = wave_terms(planned, number);
    for (guint i = 0; i < wave->cells->len; i++) {
        const struct plan_cell *cell = wave->cells->pdata[i];
        g_autofree char *tenants = text_count(cell->tenants);
        g_autofree char *users = text_count(cell->users);
        out_table_row(table, OUT_BOLD,
                      (const char *[]){i == 0 ? name : "", cell->id, cell->from, tenants, users,
                                       i == 0 ? terms : ""});
    }
}

void rollout_plan_print(const struct rollout_planned *planned, struct out_style style)
{
    static const struct out_column columns[] = {{"WAVE", false},     {"CELL", false},
                                                {"NOW RUNS", false}, {"TENANTS", true},
                                                {"USERS", true},     {"", false}};
    const struct plan *plan = planned->plan;
    gint64 cells = 0, tenants = 0, users = 0;
    OWN(out_table) table = out_table_new(columns, G_N_ELEMENTS(columns));
    out_line(style, OUT_BOLD, "%s  tag %s  commit %.12s", plan->version,
             plan->tag ? plan->tag : "unknown", plan->commit ? plan->commit : "unknown");
    for (guint w = 0; w < plan->waves->len; w++) {
        const struct plan_wave *wave = plan->waves->pdata[w];
        print_wave(table, planned, w);
        for (guint i = 0; i < wave->cells->len; i++) {
            const struct plan_cell *cell = wave->cells->pdata[i];
            cells++;
            tenants += cell->tenants;
            users += cell->users;
        }
    }
    out_table_print(table, style);
    g_autofree char *tenants_text = text_count(tenants), *users_text = text_count(users);
    g_autofree char *estimate = estimate_text(plan, &planned->terms);
    out_line(style, OUT_PLAIN, "Blast radius: %" G_GINT64_FORMAT " cells, %s tenants, %s users. %s",
             cells, tenants_text, users_text, estimate);
    for (guint i = 0; i < plan->notes->len; i++)
        out_line(style, OUT_WARN, "Note: %s", (const char *)plan->notes->pdata[i]);
    if (planned->short_keys)
        out_line(style, OUT_WARN, "Note: %s: --attended, or other credentials, start it",
                 planned->short_keys);
    out_line(style, OUT_DIM, "plan %s", plan->hash);
}

static json_t *refusal_json(const struct refusal *refusal)
{
    return json_pack("{s:s, s:o, s:o, s:o}", "kind", refusal_kind_name(refusal->kind), "cell",
                     text_json(refusal->cell), "why", text_json(refusal->why), "lifted_by",
                     text_json(flags[refusal_way_out(refusal->kind)].flag));
}

static json_t *planned_json(const struct rollout_planned *planned)
{
    json_t *refusals = json_array();
    for (guint i = 0; i < planned->refusals->len; i++)
        json_array_append_new(refusals, refusal_json(planned->refusals->pdata[i]));
    json_t *document = plan_json(planned->plan);
    json_object_set_new(document, "refusals", refusals);
    json_object_set_new(
        document, "at_best_s",
        json_integer(plan_at_best_ms(planned->plan, planned->terms.now_ms) / WHEN_SECOND));
    json_object_set_new(document, "estimate", estimate_json(planned->plan, &planned->terms));
    json_object_set_new(document, "credentials", text_json(planned->keys));
    json_object_set_new(document, "needs_attendance", text_json(planned->short_keys));
    json_object_set_new(document, "may_start", json_boolean(planned->refusals->len == 0));
    return document;
}

int rollout_plan_run(struct context *context, GError **error)
{
    const struct rollout_options *asked = rollout_options(context);
    const struct plan_options options = {.fixes = (const char *const *)asked->fixes,
                                         .retry_failed = asked->retry_failed};
    struct rollout_planned planned = {0};
    int code = CD_ERROR_FAILED;
    if (rollout_plan_read(context, context->args[0], &options, &planned, error)) {
        if (context->json)
            out_json("rollout.plan", planned_json(&planned));
        else
            rollout_plan_print(&planned, context->style);
        GError *refusal = rollout_plan_refusal(&planned);
        code = 0;
        if (refusal)
            g_propagate_error(error, refusal);
    }
    rollout_planned_clear(&planned);
    return code;
}
