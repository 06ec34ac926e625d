/* The shell's part in screens as files: the whole of the list, where that can be drawn at once. */
#include "data/base/text.h"
#include "tui/console/list.h"
#include "tui/shell/dump.h"
#include "tui/shell/shell_inside.h"

/* That many rows are drawn in a few milliseconds and take some MB meanwhile; for more, there are
 * commands. */
#define MOST_ROWS 2000

struct dump {
    struct shell *shell;
    char *path, *text;
    char *left_out; /* "20 of 100,000 rows", or NULL: all are there */
    bool named;     /* the path was somebody's */
};

static void dump_free(gpointer p)
{
    struct dump *dump = p;
    g_free(dump->path);
    g_free(dump->text);
    g_free(dump->left_out);
    g_free(dump);
}

static int rows_in(const struct canvas *canvas)
{
    int rows = 0;
    for (guint i = 0; i < canvas->hotspots->len; i++)
        rows += g_array_index(canvas->hotspots, struct hotspot, i).kind == HOTSPOT_ROW;
    return rows;
}

/* How many rows a screen divides between its list and the rest is its own: what still lacks is
 * added, until nothing does. */
static struct canvas *draw_whole(struct shell *shell, int size)
{
    enum { TRIES = 4 };
    struct canvas *canvas = shell_picture(shell, 0);
    for (int i = 0, more = 0; i < TRIES && size <= MOST_ROWS && rows_in(canvas) < size; i++) {
        more += size - rows_in(canvas);
        canvas_free(canvas);
        canvas = shell_picture(shell, more);
    }
    return canvas;
}

static void write_in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    const struct dump *dump = data;
    GError *error = NULL;
    char *path = dump_write(dump->path, !dump->named, dump->text, &error);
    if (path)
        g_task_return_pointer(task, path, g_free);
    else
        g_task_return_error(task, error);
}

static void on_written(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source, (void)data;
    struct dump *dump = g_task_get_task_data(G_TASK(result));
    struct shell *shell = dump->shell;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_task_propagate_pointer(G_TASK(result), &error);
    shell->under_way--;
    if (error)
        deck_say(shell->deck, ROLE_BAD, "%s", error->message);
    else
        deck_say(shell->deck, dump->left_out ? ROLE_WARN : ROLE_GOOD, "the screen is in %s%s%s",
                 path, dump->left_out ? ", with " : "", dump->left_out ? dump->left_out : "");
    shell_want_draw(shell);
}

static char *left_out(const struct canvas *canvas, int size)
{
    if (rows_in(canvas) >= size)
        return NULL;
    g_autofree char *there = text_count(rows_in(canvas));
    g_autofree char *all = text_count(size);
    return g_strdup_printf("%s of %s rows", there, all);
}

void shell_dump(struct shell *shell, const char *typed)
{
    const struct list *list = view_list(shell_view(shell), shell_state(shell));
    int size = list ? list_size(list) : 0;
    bool named = typed && *typed;
    struct canvas *canvas = draw_whole(shell, size);
    struct dump *dump = g_new0(struct dump, 1);
    const char *name = view_entry(shell_top(shell)->view)->name;
    *dump = (struct dump){.shell = shell,
                          .path = named ? dump_path(typed)
                                        : dump_default_path(name, shell->deck->now_ms),
                          .text = canvas_dump(canvas),
                          .left_out = left_out(canvas, size),
                          .named = named};
    canvas_free(canvas);
    GTask *task = g_task_new(NULL, NULL, on_written, NULL);
    g_task_set_task_data(task, dump, dump_free);
    shell->under_way++;
    g_task_run_in_thread(task, write_in_thread);
    g_object_unref(task);
}
