/* Golden pictures: what each screen of the console shows of one fixed world (world.h), as text
 * files under tests/screen/golden: SCENE/COLSxROWS.txt, .ascii.txt (as with --ascii) and
 * .styles.txt (which role each character has, a letter each; styles/DEPTH.txt says how a role
 * looks).
 *
 *   golden FOLDER           compares; what differs is shown as a diff
 *   golden FOLDER --write   makes them anew */
#include "tests/golden/glass.h"
#include "tests/golden/picture.h"
#include "tests/golden/scenes.h"
#include "tests/golden/shelf.h"
#include "tui/shell/shell_inside.h"
#include "tui/views/view.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    int rows, cols;
} sizes[] = {{10, 40}, {24, 80}, {40, 120}, {60, 250}};

/* What the shell still waits for (which versions there are, a plan) has come. */
static void settle(struct shell *shell)
{
    planner_follow(&shell->planner);
    while (shell->under_way > 0 || shell->planner.works)
        g_main_context_iteration(NULL, TRUE);
    shell_settled(shell); /* nobody types any more, and the clock stands */
    glass_draw();
}

static void keep(struct shelf *shelf, const struct scene *scene, const char *kind, char *text)
{
    const struct canvas *canvas = glass_shown();
    g_autofree char *name =
        g_strdup_printf("%s/%dx%d%s.txt", scene->name, canvas->cols, canvas->rows, kind);
    shelf_put(shelf, name, text);
    g_free(text);
}

/* A console of its own for each size: people do not all come from a larger one. */
static void play(struct world *world, const struct scene *scene, struct shelf *shelf, size_t size,
                 bool ascii)
{
    g_autoptr(GError) error = NULL;
    OWN(deck) deck = world_deck(world, scene->moment, &error);
    if (!deck)
        g_error("%s: %s", scene->name, error->message);
    deck->write = scene->write;
    glass_size(sizes[size].rows, sizes[size].cols, ascii);
    const struct screen_options options = {.ascii = ascii};
    OWN(shell) shell = shell_new(deck, &options, &error);
    glass_draw();
    settle(shell);
    glass_type(scene->keys);
    settle(shell);
    keep(shelf, scene, ascii ? ".ascii" : "", canvas_dump(glass_shown()));
    if (scene->plain_styled && !ascii)
        keep(shelf, scene, ".styles", picture_roles(glass_shown()));
    shelf_saw(shelf, shell_top(shell)->view);
    glass_type("Esc"); /* a question that stays open is told of on stderr */
}

static void play_all(struct world *world, struct shelf *shelf)
{
    for (const struct scene *scene = scenes; scene->name; scene++)
        for (size_t size = 0; size < G_N_ELEMENTS(sizes); size++) {
            play(world, scene, shelf, size, false);
            if (scene->plain_styled)
                play(world, scene, shelf, size, true);
        }
    static const int depths[] = {256, 16, 8, 0};
    for (size_t i = 0; i < G_N_ELEMENTS(depths); i++) {
        g_autofree char *name =
            depths[i] ? g_strdup_printf("styles/%d.txt", depths[i]) : g_strdup("styles/mono.txt");
        g_autofree char *text = picture_styles(depths[i]);
        shelf_put(shelf, name, text);
    }
}

/* The console plans by running itself as `celldeck rollout plan VERSION --json`, and here that is
 * this program: it says what `record plans` has kept. */
static int say_plan(const char *version)
{
    g_autofree char *name = g_strdup_printf("plan.%s.json", version);
    g_autofree char *path = g_build_filename(g_getenv("GOLDEN_INPUTS"), name, NULL);
    g_autofree char *document = NULL;
    if (!g_file_get_contents(path, &document, NULL, NULL))
        return 1;
    fputs(document, stdout);
    return 0;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    if (argc > 3 && strcmp(argv[1], "rollout") == 0)
        return say_plan(argv[3]);
    g_autoptr(GError) error = NULL;
    g_autofree char *here = g_get_current_dir();
    g_autofree char *inputs = g_build_filename(here, "tests", "golden", NULL);
    g_autofree char *pictures = g_canonicalize_filename(argc > 1 ? argv[1] : ".", NULL);
    g_autofree char *scratch = g_dir_make_tmp("celldeck-golden-XXXXXX", &error);
    if (!scratch || chdir(scratch) != 0)
        g_error("no folder to work in: %s", error ? error->message : scratch);
    OWN(world) world = world_new(inputs, &error);
    if (!world)
        g_error("%s", error->message);
    g_setenv("GOLDEN_INPUTS", inputs, TRUE);
    struct shelf *shelf = shelf_new(pictures, argc > 2);
    play_all(world, shelf);
    int code = shelf_close(shelf);
    g_autofree char *sweep = g_strdup_printf("rm -rf '%s'", scratch);
    if (chdir(here) != 0 || !g_spawn_command_line_sync(sweep, NULL, NULL, NULL, NULL))
        printf("  left behind: %s\n", scratch);
    return code;
}
