#include "tests/monkey/pen.h"

#include "tests/monkey/hostile.h"
#include "tui/shell/shell.h"

#include <locale.h>
#include <stdio.h>
#include <unistd.h>

/* A folder for world_new(): the golden scenario with other tenants, and the same record. */
static bool lay_out(const char *golden, GError **error)
{
    g_autofree char *scenario_path = g_build_filename(golden, "scenario.yaml", NULL);
    g_autofree char *record_path = g_build_filename(golden, "record.jsonl", NULL);
    g_autofree char *scenario = NULL, *record = NULL;
    if (!g_file_get_contents(scenario_path, &scenario, NULL, error) ||
        !g_file_get_contents(record_path, &record, NULL, error))
        return false;
    g_autofree char *tenants = hostile_scenario();
    g_autofree char *all = g_strconcat(scenario, tenants, NULL);
    return g_file_set_contents("scenario.yaml", all, -1, error) &&
           g_file_set_contents("record.jsonl", record, -1, error);
}

static bool run(const char *golden, int write, GError **error)
{
    if (!lay_out(golden, error))
        return false;
    OWN(world) world = world_new(".", error);
    OWN(deck) deck = world ? world_deck(world, PEN_MOMENT, error) : NULL;
    if (!deck)
        return false;
    deck->write = write;
    const struct screen_options options = {.accent = "cyan"};
    OWN(shell) shell = shell_new(deck, &options, error);
    if (!shell)
        return false;
    shell_run(shell);
    return true;
}

int pen_run(const char *scratch, const char *golden, int write)
{
    setlocale(LC_ALL, "");
    g_autoptr(GError) error = NULL;
    bool ran = chdir(scratch) == 0 && run(golden, write, &error);
    if (!ran)
        fprintf(stderr, "the pen: %s\n", error ? error->message : scratch);
    return ran ? 0 : 1;
}
