/* The way to the table, which the linker puts in place of data/journal_link.c, and what goes wrong
 * on it. A call is that of whose turn it is. One that gets no answer keeps its maker waiting until
 * its deadline, and everybody else goes on meanwhile. */
#include "data/aws/client.h"
#include "data/base/error.h"
#include "data/journal_link.h"
#include "data/journal_sqlite.h"
#include "data/journal_table.h"
#include "tests/simulation/table.h"

#include <string.h>

struct journal_link {
    char *table;
};

/* A call, as it is made. */
struct errand {
    struct sim *sim;
    struct process *process; /* NULL: a person's */
    json_t *body;
    gint64 until_ms; /* true time */
};

struct journal_link *__wrap_journal_link_new(const struct config *config);
void __wrap_journal_link_free(struct journal_link *link);
const char *__wrap_journal_link_table(const struct journal_link *link);
json_t *__wrap_journal_link_call(struct journal_link *link, const char *action, json_t *body,
                                 gint64 until_ms, GError **error);
void __wrap_journal_link_cancel(struct journal_link *link);
bool __wrap_journal_sqlite_insert(sqlite3 *db, const struct journal_row *row, GError **error);
bool __real_journal_sqlite_insert(sqlite3 *db, const struct journal_row *row, GError **error);

struct journal_link *__wrap_journal_link_new(const struct config *config)
{
    struct journal_link *link = g_new0(struct journal_link, 1);
    link->table = g_strdup(config->journal_table);
    return link;
}

void __wrap_journal_link_free(struct journal_link *link)
{
    if (link)
        g_free(link->table);
    g_free(link);
}

const char *__wrap_journal_link_table(const struct journal_link *link)
{
    return link->table;
}

/* Only a follower's own thread is ever waited for with it, and here nobody has one. */
void __wrap_journal_link_cancel(struct journal_link *link)
{
    (void)link;
}

/* A follower's failure is none of an append's. */
static void note_trouble(struct sim *sim, struct process *process)
{
    sim->unanswered++;
    if (process && !process->dying && !sim->at_once)
        process->journal_failed_ms = sim->now_ms;
}

static json_t *answer(enum aws_error code, const char *why, GError **error)
{
    g_set_error(error, AWS_ERROR, (int)code, "DynamoDB in us-east-1: %s", why);
    return NULL;
}

static json_t *fails(const struct errand *errand, enum aws_error code, const char *why,
                     GError **error)
{
    note_trouble(errand->sim, errand->process);
    return answer(code, why, error);
}

static json_t *is_dead(const struct errand *errand, GError **error)
{
    return fails(errand, AWS_ERROR_TIMEOUT, "the process is dead", error);
}

static json_t *times_out(const struct errand *errand, GError **error)
{
    if (errand->until_ms > errand->sim->now_ms && !errand->sim->at_once)
        sim_pass(errand->sim, errand->until_ms - errand->sim->now_ms, errand->process);
    return fails(errand, AWS_ERROR_TIMEOUT, "no answer in time", error);
}

static void tell(const struct errand *errand, const char *what)
{
    const json_t *type = json_object_get(json_object_get(errand->body, "Item"), "type");
    const char *name = json_string_value(json_object_get(type, "S"));
    g_autofree char *who =
        errand->process ? g_strdup_printf("p%d", errand->process->number) : g_strdup("somebody");
    sim_tell(errand->sim, "%s puts %s, which %s", who, name ? name : "?", what);
}

static json_t *never_arrives(const struct errand *errand, GError **error)
{
    tell(errand, "never arrives");
    return times_out(errand, error);
}

/* Done, or beaten: nobody hears. */
static json_t *is_never_answered(const struct errand *errand, GError **error)
{
    OWN_JSON reply = table_put(errand->sim, errand->body, errand->process, NULL);
    tell(errand, "is never answered");
    return times_out(errand, error);
}

/* data/aws/ repeats what was not answered, and then hears of the first time. */
static json_t *is_beaten_by_itself(const struct errand *errand, GError **error)
{
    OWN_JSON reply = table_put(errand->sim, errand->body, errand->process, NULL);
    tell(errand, "is repeated, and beaten by its first time");
    return answer(AWS_ERROR_CONDITION, "ConditionalCheckFailedException", error);
}

static json_t *is_cut_off(const struct errand *errand, GError **error)
{
    bool arrived = sim_between(errand->sim->run.dice[ON_LOST_APPEND], 0, 1);
    OWN_JSON reply = arrived ? table_put(errand->sim, errand->body, errand->process, NULL) : NULL;
    tell(errand, arrived ? "arrives, and is cut off" : "is cut off");
    return fails(errand, AWS_ERROR_NETWORK, "connection reset by peer", error);
}

static json_t *arrives_late(const struct errand *errand, GError **error)
{
    struct sim *sim = errand->sim;
    gint64 most = sim_between(sim->run.dice[ON_LATE_PUT], 2, 180);
    table_put_late(sim, errand->body, errand->process,
                   sim_between(sim->run.dice[ON_LATE_PUT], 1, most) * WHEN_SECOND);
    tell(errand, "is late");
    return times_out(errand, error);
}

static json_t *is_throttled(const struct errand *errand, GError **error)
{
    return fails(errand, AWS_ERROR_THROTTLED, "ThrottlingException after 3 attempts", error);
}

static json_t *answers_too_late(const struct errand *errand, GError **error)
{
    return sim_between(errand->sim->run.dice[ON_THROTTLED], 0, 1) ? is_throttled(errand, error)
                                                                  : times_out(errand, error);
}

typedef json_t *(*fate_fn)(const struct errand *errand, GError **error);

/* What becomes of a put instead of what should; NULL: nothing else. */
static fate_fn fate_of_put(struct sim *sim)
{
    static const fate_fn lost[] = {never_arrives, is_never_answered, is_beaten_by_itself,
                                   is_cut_off};
    if (trouble_comes(sim, ON_LOST_APPEND, 150))
        return lost[sim_between(sim->run.dice[ON_LOST_APPEND], 0, G_N_ELEMENTS(lost) - 1)];
    if (trouble_comes(sim, ON_LATE_PUT, 200))
        return arrives_late;
    return trouble_comes(sim, ON_THROTTLED, 300) ? is_throttled : NULL;
}

static bool is_away(const struct errand *errand)
{
    return errand->sim->now_ms < weather_for(errand->sim, errand->process)->away_until_ms;
}

/* What a process had sent when it was killed may come all the same. */
static json_t *dies_before(const struct errand *errand, GError **error)
{
    struct sim *sim = errand->sim;
    if (sim_between(sim->run.dice[ON_LATE_PUT], 0, 3) == 0 &&
        sim->run.options.most[ON_LATE_PUT] != 0)
        table_put_late(sim, errand->body, errand->process,
                       sim_between(sim->run.dice[ON_LATE_PUT], 1, 60) * WHEN_SECOND);
    return is_dead(errand, error);
}

static void wait_before(const struct errand *errand)
{
    const json_t *item = json_object_get(errand->body, "Item");
    const json_t *type = json_object_get(item, "type"), *actor = json_object_get(item, "actor");
    const struct journal_row row = {.type = json_string_value(json_object_get(type, "S")),
                                    .actor = json_string_value(json_object_get(actor, "S"))};
    append_may_wait(errand->sim, errand->process, &row);
}

static json_t *put(const struct errand *errand, GError **error)
{
    struct process *process = errand->process;
    if (process && process_dies_here(process, "before an append"))
        return dies_before(errand, error);
    wait_before(errand);
    if (is_away(errand))
        return fails(errand, AWS_ERROR_NETWORK, "no route to host", error);
    fate_fn fate = fate_of_put(errand->sim);
    g_autoptr(GError) beaten = NULL;
    OWN_JSON reply =
        fate ? fate(errand, &beaten) : table_put(errand->sim, errand->body, process, &beaten);
    if (process && process_dies_here(process, "after an append"))
        return is_dead(errand, error);
    if (beaten)
        g_propagate_error(error, g_steal_pointer(&beaten));
    return json_incref(reply);
}

static json_t *query(const struct errand *errand, GError **error)
{
    struct sim *sim = errand->sim;
    if (!sim->at_once && errand->process && process_dies_here(errand->process, "while it reads"))
        return is_dead(errand, error);
    if (is_away(errand))
        return fails(errand, AWS_ERROR_NETWORK, "no route to host", error);
    if (trouble_comes(sim, ON_THROTTLED, 300))
        return answers_too_late(errand, error);
    return table_query(sim->table, errand->body, error);
}

json_t *__wrap_journal_link_call(struct journal_link *link, const char *action, json_t *body,
                                 gint64 until_ms, GError **error)
{
    OWN_JSON own = body;
    struct sim *sim = seat_sim();
    struct process *process = seat_process();
    const struct errand errand = {sim, process, body, sim->now_ms + until_ms - when_mono_ms()};
    (void)link;
    if (process && process->dying)
        return is_dead(&errand, error);
    return strcmp(action, "PutItem") == 0 ? put(&errand, error) : query(&errand, error);
}

/* Into a copy: a bastion's disk may be full while the table takes everything. */
bool __wrap_journal_sqlite_insert(sqlite3 *db, const struct journal_row *row, GError **error)
{
    struct sim *sim = seat_sim();
    struct process *process = seat_process();
    if (sim->now_ms >= weather_for(sim, process)->refused_until_ms)
        return __real_journal_sqlite_insert(db, row, error);
    note_trouble(sim, process);
    g_set_error_literal(error, CD_ERROR, CD_ERROR_FAILED, "the disk is full");
    return false;
}
