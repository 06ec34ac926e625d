#include "tui/views/launch.h"

#include "data/base/error.h"
#include "data/base/own.h"
#include "data/base/when.h"
#include "tui/views/launch_inside.h"
#include "tui/views/launch_run.h"
#include "tui/views/launch_watch.h"

#include <string.h>

/* Between two plans of an open question: each reads the whole fleet, which costs money. */
#define REST_MS (15 * WHEN_SECOND)

void launch_set_stage(struct launch *launch, enum launch_stage stage)
{
    launch->stage = stage;
    launch->since_ms = when_mono_ms();
}

/* From what a command printed last: its message, without the plan that it may have shown before.
 * It begins a line; within one, the name may be a folder's. */
static char *message_of(const char *said)
{
    static const char name[] = "celldeck: ";
    const char *from = said;
    for (const char *line = said; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (g_str_has_prefix(line, name))
            from = line + strlen(name);
    }
    char *text = g_strstrip(g_strdup(from));
    if (*text)
        return text;
    g_free(text);
    return g_strdup("celldeck ended without a word");
}

static enum launch_news fail(struct launch *launch, const char *said)
{
    g_free(launch->trouble);
    launch->trouble = message_of(said);
    launch_set_stage(launch, LAUNCH_FAILED);
    return LAUNCH_NEXT;
}

const char *launch_attendance(const struct launch *launch)
{
    return json_string_value(json_object_get(launch->document, "needs_attendance"));
}

/* READY or REFUSED, by the plan and what is chosen. */
void launch_judge(struct launch *launch)
{
    bool may_start = json_is_true(json_object_get(launch->document, "may_start")) &&
                     (!launch_attendance(launch) || launch->choice.attended);
    launch_set_stage(launch, may_start ? LAUNCH_READY : LAUNCH_REFUSED);
}

static void keep_plan(struct launch *launch, json_t *document, struct plan *plan)
{
    if (launch->document)
        json_decref(launch->document);
    launch->document = document;
    launch->plan = plan;
    g_free(launch->version);
    launch->version = g_strdup(plan->version);
}

/* What people have to read before they go on: of the plan, or else of what stands against it. */
static char *what_moved(const struct launch *launch, const struct plan *was,
                        enum launch_stage before)
{
    char *moved = was ? launch_moved(was, launch->plan) : NULL;
    bool ready = launch->stage == LAUNCH_READY;
    if (moved)
        return moved;
    if (!ready && (launch->refused || before == LAUNCH_READY))
        return g_strdup("this stands against it now");
    if (ready && before == LAUNCH_REFUSED)
        return g_strdup("nothing stands against it any more");
    return launch->refused ? g_strdup(launch->trouble) : NULL;
}

static enum launch_news take_plan(struct launch *launch, const char *out, const char *said)
{
    enum launch_stage before = launch->stage;
    bool open = before != LAUNCH_PLANNING; /* the question is */
    g_autoptr(GError) error = NULL;
    json_t *document = json_loads(out, 0, NULL);
    struct plan *plan = document ? plan_from_json(document, &error) : NULL;
    launch->planned_ms = when_mono_ms();
    if (!plan) {
        g_clear_pointer(&document, json_decref);
        return open ? LAUNCH_NOTHING_NEW : fail(launch, error ? error->message : said);
    }
    OWN(plan) was = g_steal_pointer(&launch->plan);
    keep_plan(launch, document, plan);
    launch_judge(launch);
    char *moved = open || launch->refused ? what_moved(launch, was, before) : NULL;
    bool another = moved != NULL;
    if (another) {
        g_free(launch->moved);
        launch->moved = moved;
    }
    launch->refused = false;
    return launch->stage != before ? LAUNCH_NEXT : another ? LAUNCH_MOVED : LAUNCH_REWORDED;
}

/* The id stands on stdout as soon as the rollout is on record; what went wrong after that does not
 * undo it. */
static enum launch_news take_start(struct launch *launch, const char *out, const char *said,
                                   int code)
{
    g_autofree char *id = g_strndup(out, strcspn(out, "\n"));
    launch->refused = !*id && (code == CD_ERROR_REFUSED || code == CD_ERROR_BUSY);
    if (!*id)
        return fail(launch, said);
    launch->operation = g_steal_pointer(&id);
    if (code != 0)
        launch->trouble = message_of(said);
    launch_set_stage(launch, LAUNCH_STARTED);
    return LAUNCH_NEXT;
}

static void on_ended(struct launch_errand *errand, const char *out, const char *said, int code,
                     gpointer data)
{
    struct launch *launch = data;
    enum launch_news news = LAUNCH_NOTHING_NEW;
    launch->pending--;
    if (launch->errand == errand) {
        launch->errand = NULL;
        news = launch->stage == LAUNCH_STARTING ? take_start(launch, out, said, code)
                                                : take_plan(launch, out, said);
    }
    launch->fn(launch, news, launch->data);
}

/* What is under way already is waited for no more. Takes `words`. */
static void run(struct launch *launch, GStrvBuilder *builder)
{
    g_auto(GStrv) words = g_strv_builder_end(builder);
    if (launch->errand)
        errand_end(launch->errand);
    launch->pending++;
    launch->errand = errand_run((const char *const *)words, launch->state_dir, on_ended, launch);
}

static void add_choices(const struct launch *launch, GStrvBuilder *words)
{
    if (launch->choice.retry_failed)
        g_strv_builder_add(words, "--retry-failed");
    for (char **cell = launch->choice.fixes; cell && *cell; cell++) {
        g_autofree char *option = g_strdup_printf("--fixes=%s", *cell);
        g_strv_builder_add(words, option);
    }
}

static void make_plan(struct launch *launch)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_strv_builder_add_many(words, "rollout", "plan", launch->version, "--json", "-c",
                            launch->config_path, NULL);
    add_choices(launch, words);
    run(launch, words);
}

struct launch *launch_new(const struct deck *deck, const char *version,
                          const struct launch_choice *choice, launch_fn fn, gpointer data)
{
    struct launch *launch = g_new0(struct launch, 1);
    launch->version = g_strdup(version);
    if (choice)
        launch->choice = *choice;
    launch->choice.fixes = choice ? g_strdupv(choice->fixes) : NULL;
    launch->names = keymap_is_by_word(deck->keymap) ? &launch_by_words : &launch_by_keys;
    launch->config_path = g_canonicalize_filename(deck->config->path, NULL);
    launch->state_dir = g_canonicalize_filename(deck->state_dir, NULL);
    launch->typed = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    launch->seen = launch_seen(deck, version, NULL);
    launch->fn = fn;
    launch->data = data;
    launch_set_stage(launch, LAUNCH_PLANNING);
    make_plan(launch);
    return launch;
}

/* `option` with what was typed for it, if it was asked for. */
static void add_typed(GStrvBuilder *words, const char *option, const struct dialog *dialog,
                      const char *name)
{
    const char *text = dialog_typed(dialog, name);
    if (!text)
        return;
    g_autofree char *word = g_strdup_printf("%s=%s", option, text);
    g_strv_builder_add(words, word);
}

void launch_start(struct launch *launch, const struct dialog *dialog)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    launch_keep_typed(launch, dialog);
    launch_set_stage(launch, LAUNCH_STARTING);
    g_clear_pointer(&launch->moved, g_free);
    g_strv_builder_add_many(words, "rollout", "start", launch->version, "--plan",
                            launch->plan->hash, "--yes", "-c", launch->config_path, NULL);
    add_choices(launch, words);
    if (launch->choice.attended)
        g_strv_builder_add(words, "--attended");
    add_typed(words, "--reason", dialog, "Reason");
    add_typed(words, "--ticket", dialog, "Ticket");
    add_typed(words, "--override", dialog, "Break-glass");
    add_typed(words, "--bake", dialog, "Bake");
    run(launch, words);
}

void launch_plan_anew(struct launch *launch)
{
    launch_set_stage(launch, LAUNCH_PLANNING);
    make_plan(launch);
}

bool launch_follow(struct launch *launch, const struct deck *deck)
{
    gint64 rest_ms = MIN(REST_MS, deck->config->metrics.period_ms);
    bool open = launch->stage == LAUNCH_READY || launch->stage == LAUNCH_REFUSED;
    if (!open || launch->errand || when_mono_ms() - launch->planned_ms < rest_ms)
        return false;
    g_autofree char *seen = launch_seen(deck, launch->version, launch->plan);
    if (strcmp(seen, launch->seen) == 0)
        return false;
    g_free(launch->seen);
    launch->seen = g_steal_pointer(&seen);
    make_plan(launch);
    return true;
}

void launch_again(struct launch *launch, const struct deck *deck)
{
    g_free(launch->seen);
    launch->seen = launch_seen(deck, launch->version, launch->plan);
    launch_plan_anew(launch);
}

void launch_cancel(struct launch *launch)
{
    if (launch->stage == LAUNCH_STARTING || !launch->errand)
        return;
    errand_end(launch->errand);
    launch->errand = NULL;
}

void launch_free(struct launch *launch)
{
    if (!launch)
        return;
    char *strings[] = {launch->version,   launch->operation, launch->trouble, launch->config_path,
                       launch->state_dir, launch->moved,     launch->seen};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    launch_choice_clear(&launch->choice);
    if (launch->document)
        json_decref(launch->document);
    g_clear_pointer(&launch->plan, plan_free);
    g_hash_table_unref(launch->typed);
    g_free(launch);
}

bool launch_works(const struct launch *launch)
{
    return launch->stage == LAUNCH_PLANNING || launch->stage == LAUNCH_STARTING;
}
