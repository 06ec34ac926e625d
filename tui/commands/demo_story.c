#include "tui/commands/demo.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/request.h"
#include "rollout/story.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"
#include "tui/commands/follow.h"

#include <stdlib.h>
#include <string.h>

#define BAD       "5.0.3"
#define GOOD      "5.1.0"
#define CANARY    "cell-2-us-west"
#define COLLEAGUE "bob@demo"

/* After the bad release the canary's metrics need a few periods to be well again. */
#define START_TRIES    60
#define START_RETRY_US 500000

struct story {
    const struct demo_sim *sim;
    struct context context;
    gint64 began_ms;
    gint64 approved_seq; /* of the wait that the colleague has answered */
};

static void tell(const struct story *story, enum out_role role, const char *who, const char *what)
{
    double s = (double)(when_mono_ms() - story->began_ms) / 1000;
    out_line(story->context.style, role, "%6.1fs  %-15s %s", s, who, what);
}

static void tell_event(const struct rollout *rollout, const struct event *event, gpointer data)
{
    static const enum out_role roles[] = {[STORY_PLAIN] = OUT_PLAIN,
                                          [STORY_GOOD] = OUT_GOOD,
                                          [STORY_WARN] = OUT_WARN,
                                          [STORY_BAD] = OUT_BAD};
    /* The deployer's own references, and gates that only wait, are for the history. */
    const char *verdict = json_string_value(json_object_get(event->data, "verdict"));
    if (!story_is_news(event) || g_str_has_suffix(event->type, ".called") ||
        strcmp(event->type, "conductor") == 0 ||
        g_strcmp0(verdict, verdict_name(VERDICT_PENDING)) == 0)
        return;
    const char *cell = story_cell(event);
    g_autofree char *sentence = story_sentence(event);
    tell(data, roles[story_tone(event)], cell ? cell : rollout->id, sentence);
}

/* The requester may not approve: a second actor does, once for each time the rollout waits. */
static bool approve_what_waits(const struct rollout *rollout, gpointer data)
{
    struct story *story = data;
    if (rollout->state != ROLLOUT_WAITING || story->approved_seq == rollout->seq)
        return true;
    story->approved_seq = rollout->seq;
    g_autoptr(GError) refused = NULL;
    static const struct person colleague = {COLLEAGUE, NULL};
    if (!request_approve(story->context.journal, rollout->id, NULL, &colleague, when_now_ms(),
                         &refused))
        tell(story, OUT_WARN, rollout->id, refused->message);
    return true;
}

/* Runs this very program with `arguments`; its stdout, chomped, or NULL with what it said and its
 * exit code. */
static char *run_self(const char *const *arguments, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, (gpointer) "/proc/self/exe");
    for (; *arguments; arguments++)
        g_ptr_array_add(argv, (gpointer)*arguments);
    g_ptr_array_add(argv, NULL);
    g_autoptr(GSubprocess) process =
        g_subprocess_newv((const char *const *)argv->pdata,
                          G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error);
    g_autofree char *out = NULL, *err = NULL;
    if (!process || !g_subprocess_communicate_utf8(process, NULL, NULL, &out, &err, error))
        return NULL;
    if (!g_subprocess_get_successful(process)) {
        int code = g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process)
                                                       : CD_ERROR_FAILED;
        g_set_error(error, CD_ERROR, code, "celldeck %s %s: %s", (char *)argv->pdata[1],
                    (char *)argv->pdata[2], g_strstrip(err));
        return NULL;
    }
    return g_strdup(g_strchomp(out));
}

/* Starts a rollout as a person would, who waits until the plan has nothing against it. */
static char *start_when_allowed(const struct story *story, const char *version, const char *reason,
                                GError **error)
{
    const char *const start[] = {"rollout", "start", version, "--reason", reason, "--yes", NULL};
    for (int try = 1;; try++) {
        g_autoptr(GError) refused = NULL;
        char *id = run_self(start, &refused);
        if (id)
            return id;
        if (try == START_TRIES || !g_error_matches(refused, CD_ERROR, CD_ERROR_REFUSED)) {
            g_propagate_error(error, g_steal_pointer(&refused));
            return NULL;
        }
        if (try == 1)
            tell(story, OUT_DIM, version, "not yet: waiting until every cell is well");
        g_usleep(START_RETRY_US);
    }
}

/* A rollout, told to its end. */
static struct rollout *play(struct story *story, const char *version, const char *reason,
                            GError **error)
{
    g_autofree char *id = start_when_allowed(story, version, reason, error);
    if (!id)
        return NULL;
    const struct follow follow = {.from = 1,
                                  .fn = tell_event,
                                  .data = story,
                                  .go_on = approve_what_waits,
                                  .until_held = true};
    return follow_rollout(story->context.journal, id, &follow, error);
}

static bool expect(bool happened, const char *what, GError **error)
{
    if (!happened)
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "the demo did not go as told: %s", what);
    return happened;
}

struct answer {
    GMainLoop *loop;
    json_t *calls;
};

static void got_calls(int status, const char *body, const GError *error, gpointer data)
{
    struct answer *answer = data;
    answer->calls = status == 200 && !error ? json_loads(body, 0, NULL) : NULL;
    g_main_loop_quit(answer->loop);
}

/* How many writes the simulated AWS has heard for `cell`; -1 where it can't be asked. */
static int writes_heard(const struct story *story, const char *cell)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    struct answer answer = {.loop = loop};
    g_autofree char *url = g_strconcat(story->sim->endpoint, "/sim/writes", NULL);
    struct context *context = (struct context *)&story->context;
    aws_http_get(context_client(context), url, 10 * WHEN_SECOND, got_calls, &answer);
    g_main_loop_run(loop);
    if (!answer.calls)
        return -1;
    int heard = 0;
    size_t index = 0;
    json_t *call = NULL;
    json_array_foreach (answer.calls, index, call)
        heard += !g_strcmp0(json_string_value(json_object_get(call, "cell")), cell);
    json_decref(answer.calls);
    return heard;
}

static bool state_is(const struct rollout *rollout, const char *cell, enum cell_state state)
{
    const struct rollout_cell *found = rollout_cell(rollout, cell);
    return found && found->state == state;
}

static bool check_bad(const struct story *story, const struct rollout *rollout, GError **error)
{
    static const char *const untouched[] = {"cell-3-eu-west", "cell-1-us-east", "cell-1-dr"};
    if (!expect(rollout->state == ROLLOUT_FAILED, "the bad release should have failed", error) ||
        !expect(state_is(rollout, "cell-0-dev", CELL_PASSED), "dev should have passed", error) ||
        !expect(state_is(rollout, CANARY, CELL_ROLLED_BACK), CANARY " should be back", error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(untouched); i++)
        if (!expect(state_is(rollout, untouched[i], CELL_PENDING) &&
                        writes_heard(story, untouched[i]) == 0,
                    "a later cell was touched by the bad release", error))
            return false;
    tell(story, OUT_GOOD, rollout->id,
         "rolled back alone: cell-3, cell-1 and its DR cell heard no single write");
    return true;
}

static bool check_good(struct story *story, const struct rollout *rollout, GError **error)
{
    if (!expect(rollout->state == ROLLOUT_COMPLETED, "the good release should have completed",
                error))
        return false;
    OWN(snapshot) snapshot = context_read_fleet(&story->context);
    for (size_t i = 0; i < snapshot->n_cells; i++)
        if (!expect(!g_strcmp0(snapshot->cells[i].version, GOOD),
                    "every cell should answer with " GOOD, error))
            return false;
    tell(story, OUT_GOOD, rollout->id, "every cell's /healthcheck names " GOOD);
    return true;
}

static bool play_both(struct story *story, GError **error)
{
    out_line(story->context.style, OUT_BOLD, "A bad release: %s", BAD);
    OWN(rollout) bad = play(story, BAD, "monthly release", error);
    if (!bad || !check_bad(story, bad, error))
        return false;
    out_line(story->context.style, OUT_BOLD, "A good release: %s", GOOD);
    OWN(rollout) good = play(story, GOOD, "the fix, and new forms", error);
    if (!good || !check_good(story, good, error))
        return false;
    out_line(story->context.style, OUT_BOLD, "celldeck history list");
    char *argv[] = {(char *)"history", (char *)"list", NULL};
    return command_history.run(2, argv, error) == 0;
}

bool demo_story_play(const struct demo_sim *sim, bool ascii, bool no_color, GError **error)
{
    struct story story = {.sim = sim, .began_ms = when_mono_ms()};
    story.context.config_path = g_strdup(sim->config_path);
    story.context.style = out_style_detect(stdout, no_color, ascii);
    bool played = context_open_journal(&story.context, error) && play_both(&story, error);
    context_clear(&story.context);
    return played;
}
