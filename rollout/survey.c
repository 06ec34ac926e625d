#include "rollout/survey.h"

#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/lease.h"

struct gathering {
    struct survey survey; /* first: a survey is freed through it */
    struct config *config;
    struct release *release;
    char *release_error, *version, *origin;
    struct releases *releases;       /* until done */
    const struct aws_client *client; /* until done */
    char *state_dir;
    size_t pending; /* cells whose deployer has not answered, and one for ourselves */
    survey_fn done;
    gpointer data;
    GError *error; /* of the journal */
};

struct question {
    struct gathering *gathering;
    struct running *running; /* in the survey's table */
};

static void running_free(gpointer data)
{
    struct running *running = data;
    g_free(running->version);
    g_free(running->reference);
    g_free(running->error);
    g_free(running);
}

static void free_changes(gpointer data)
{
    changes_free(data);
}

void survey_free(struct survey *survey)
{
    struct gathering *gathering = (struct gathering *)survey;
    g_clear_pointer(&survey->snapshot, snapshot_unref);
    g_clear_pointer(&survey->operations, g_ptr_array_unref);
    g_hash_table_unref(survey->running);
    g_hash_table_unref(survey->changes);
    g_hash_table_unref(survey->verified);
    g_hash_table_unref(survey->pinned);
    g_hash_table_unref(survey->conducted);
    g_array_unref(survey->deploys_ms);
    g_clear_pointer(&gathering->release, release_free);
    g_clear_error(&gathering->error);
    config_unref(gathering->config);
    g_free(gathering->origin);
    g_free(gathering->state_dir);
    g_free(gathering->release_error);
    g_free(gathering->version);
    g_free(gathering);
}

static void gather_changes(struct gathering *gathering)
{
    GHashTableIter cells;
    gpointer value;
    g_hash_table_iter_init(&cells, gathering->survey.running);
    while (gathering->release && g_hash_table_iter_next(&cells, NULL, &value)) {
        const char *from = ((struct running *)value)->version;
        if (!from || g_hash_table_contains(gathering->survey.changes, from))
            continue;
        struct changes *changes =
            releases_changes(gathering->releases, from, gathering->release->version, NULL);
        if (changes)
            g_hash_table_insert(gathering->survey.changes, g_strdup(from), changes);
    }
}

/* The last thing: by now they have been used. */
static void gather_keys(struct gathering *gathering)
{
    struct aws_tenure *keys = &gathering->survey.keys;
    gathering->survey.now_ms = when_now_ms();
    gathering->survey.keys_at_work =
        gathering->state_dir && conductor_keys(gathering->state_dir, keys, &gathering->origin);
    if (gathering->survey.keys_at_work)
        return;
    if (gathering->client)
        aws_client_tenure(gathering->client, keys);
    gathering->survey.skew_ms = gathering->client ? aws_client_skew_ms(gathering->client) : 0;
    gathering->origin = g_strdup(keys->origin);
    keys->origin = gathering->origin;
}

static void one_answered(struct gathering *gathering)
{
    if (--gathering->pending > 0)
        return;
    if (gathering->error) {
        gathering->done(NULL, gathering->error, gathering->data);
        survey_free(&gathering->survey);
        return;
    }
    gather_changes(gathering);
    gather_keys(gathering);
    gathering->done(&gathering->survey, NULL, gathering->data);
}

static gboolean all_asked(gpointer data)
{
    one_answered(data);
    return G_SOURCE_REMOVE;
}

static void keep_running(const struct deploy_answer *answer, const GError *error, gpointer data)
{
    struct question *question = data;
    struct running *running = question->running;
    if (error) {
        running->error = g_strdup(error->message);
    } else {
        running->version = g_strdup(answer->version);
        running->reference = g_strdup(answer->reference);
        if (!answer->version)
            running->error = g_strdup(answer->note ? answer->note : "its version is not known");
    }
    one_answered(question->gathering);
    g_free(question);
}

static void ask_cell(struct gathering *gathering, const struct survey_sources *sources,
                     const struct cell_config *cell)
{
    struct running *running = g_new0(struct running, 1);
    g_hash_table_insert(gathering->survey.running, g_strdup(cell->id), running);
    if (!sources->deployer) {
        running->error = g_strdup(sources->deployer_error);
        return;
    }
    struct question *question = g_new0(struct question, 1);
    *question = (struct question){gathering, running};
    gathering->pending++;
    deployer_current(sources->deployer, cell, keep_running, question);
}

static void gather_release(struct gathering *gathering, const struct survey_sources *sources)
{
    g_autoptr(GError) error = NULL;
    if (sources->releases)
        gathering->release = releases_resolve(sources->releases, sources->version, &error);
    if (!gathering->release)
        gathering->release_error = g_strdup(error ? error->message : sources->releases_error);
    gathering->survey.release = gathering->release;
    gathering->survey.release_error = gathering->release_error;
}

static void gather_conductors(const struct survey *survey, struct journal *journal)
{
    for (guint i = 0; i < survey->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(survey->operations, i);
        struct lease_record record;
        if (operation->ended_ms)
            continue;
        if (lease_read(journal, operation->id, &record, NULL) && record.seq > 0)
            g_hash_table_insert(survey->conducted, g_strdup(operation->id),
                                g_strdup(record.holder->host));
        lease_record_clear(&record);
    }
}

static void gather_journal(struct gathering *gathering, const struct survey_sources *sources)
{
    struct survey *survey = &gathering->survey;
    if (!sources->journal) {
        survey->operations = g_ptr_array_new();
        return;
    }
    survey->operations = history_operations(sources->journal, 0, &gathering->error);
    if (!survey->operations)
        return;
    gather_conductors(survey, sources->journal);
    survey_history(sources->journal, gathering->version, survey->verified, survey->pinned,
                   survey->deploys_ms, &gathering->error);
}

void survey_make(const struct survey_sources *sources, survey_fn done, gpointer data)
{
    struct gathering *gathering = g_new0(struct gathering, 1);
    *gathering = (struct gathering){
        .config = config_ref(sources->config),
        .version = g_strdup(sources->version),
        .releases = sources->releases,
        .client = sources->client,
        .state_dir = g_strdup(sources->state_dir),
        .pending = 1,
        .done = done,
        .data = data,
    };
    gathering->survey = (struct survey){
        .config = gathering->config,
        .snapshot = sources->snapshot ? snapshot_ref(sources->snapshot) : NULL,
        .version = gathering->version,
        .running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, running_free),
        .changes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_changes),
        .verified = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, running_free),
        .pinned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .deploys_ms = g_array_new(FALSE, FALSE, sizeof(gint64)),
        .conducted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    };
    gather_release(gathering, sources);
    gather_journal(gathering, sources);
    for (size_t i = 0; i < sources->config->cells->len; i++)
        ask_cell(gathering, sources, g_ptr_array_index(sources->config->cells, i));
    g_idle_add(all_asked, gathering);
}
