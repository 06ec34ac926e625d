#include "tests/golden/world_parts.h"

#include "data/sim/repo.h"
#include "data/sim/scenario.h"

/* When the simulator was started on which record.jsonl was recorded, give or take a second. */
#define START_MS G_GINT64_CONSTANT(1795775109898)

#define CELLS "https://cells.example.com"

static const gint64 after_ms[] = {
    [MOMENT_FIRST] = 200,    [MOMENT_ZONED] = 200,      [MOMENT_TROUBLE] = 24602,
    [MOMENT_FAILED] = 26602, [MOMENT_BAKING] = 60302,   [MOMENT_WAITING] = 93002,
    [MOMENT_DONE] = 119102,  [MOMENT_LEAVING] = 160000, [MOMENT_HELD] = 185000,
    [MOMENT_LEFT] = 250000,
};

static bool make_sim(struct world *world, json_t *scenario, GError **error)
{
    world->sim = sim_world_new(scenario, START_MS, error);
    world->faults = world->sim ? sim_faults_new(NULL, START_MS, error) : NULL;
    if (!world->faults || !sim_repo_make(scenario, "medplum.git", error))
        return false;
    world->cloud = sim_cloud_new(world->sim, world->faults, START_MS);
    return true;
}

/* `dns`: the port of a name server; 0: there is no zone. */
static struct config *make_config(const json_t *scenario, const char *endpoint, guint16 dns,
                                  const char *path, GError **error)
{
    g_autofree char *yaml = sim_scenario_config(scenario, endpoint, dns, ".");
    return g_file_set_contents(path, yaml, -1, error) ? config_load(path, error) : NULL;
}

/* What comes after the record. */
#define PASSAGE_MS 125000

static void play_passage(struct world *world)
{
    OWN(snapshot)
    snapshot = world_snapshot(world, world->config, START_MS + after_ms[MOMENT_DONE], false);
    passage_play(snapshot->registry, START_MS + PASSAGE_MS, world->record);
}

struct world *world_new(const char *folder, GError **error)
{
    OWN(world) world = g_new0(struct world, 1);
    g_autofree char *scenario_path = g_build_filename(folder, "scenario.yaml", NULL);
    g_autofree char *record_path = g_build_filename(folder, "record.jsonl", NULL);
    g_autofree char *record = NULL;
    OWN_JSON scenario = sim_scenario_load(scenario_path, error);
    if (!scenario || !g_file_get_contents(record_path, &record, NULL, error) ||
        !make_sim(world, scenario, error))
        return NULL;
    world->config = make_config(scenario, CELLS, 0, "celldeck.yaml", error);
    world->zoned =
        world->config ? make_config(scenario, CELLS ":443", 53, "zoned.yaml", error) : NULL;
    world->record = record_read(record, world->zoned ? error : NULL);
    if (!world->zoned || !world->record)
        return NULL;
    record_deploy(world->record, world->sim);
    play_passage(world);
    return g_steal_pointer(&world);
}

void world_free(struct world *world)
{
    for (size_t i = 0; i < G_N_ELEMENTS(world->snapshots); i++)
        g_clear_pointer(&world->snapshots[i], snapshot_unref);
    g_clear_pointer(&world->cloud, sim_cloud_free);
    g_clear_pointer(&world->faults, sim_faults_free);
    g_clear_pointer(&world->sim, sim_world_free);
    g_clear_pointer(&world->config, config_unref);
    g_clear_pointer(&world->zoned, config_unref);
    g_clear_pointer(&world->record, g_ptr_array_unref);
    g_free(world);
}

char *world_state_dir(enum moment moment)
{
    return g_strdup_printf("state-%d", moment);
}

struct deck *world_deck(struct world *world, enum moment moment, GError **error)
{
    gint64 now_ms = START_MS + after_ms[moment];
    g_autofree char *dir = world_state_dir(moment);
    struct config *config = moment == MOMENT_ZONED ? world->zoned : world->config;
    clock_set(now_ms);
    if (moment > MOMENT_ZONED && !g_file_test(dir, G_FILE_TEST_EXISTS) &&
        !record_play(world->record, now_ms, dir, error))
        return NULL;
    struct deck *deck = deck_new(config, dir);
    deck->actor = g_strdup("alice@bastion-1");
    if (!world->snapshots[moment])
        world->snapshots[moment] = world_snapshot(world, config, now_ms, moment == MOMENT_TROUBLE);
    deck_set_snapshot(deck, world->snapshots[moment]);
    deck_read_journal(deck, true);
    deck_look_at_conductors(deck);
    return deck;
}
