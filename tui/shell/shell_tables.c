/* The shell's part in tables: how people arrange the one on the screen. */
#include "tui/shell/shell_inside.h"
#include "tui/views/sheet.h"
#include "tui/views/since.h"

#include <string.h>

static const struct sheet *sheet_here(const struct shell *shell)
{
    return shell_view(shell)->sheet;
}

static struct arrangement *arrangement_here(struct shell *shell)
{
    return &shell->deck->arranged[shell_top(shell)->view];
}

static void tell_order(struct shell *shell)
{
    g_autofree char *text = arrangement_text(arrangement_here(shell), sheet_here(shell));
    deck_hint(shell->deck, "%s", text);
}

void shell_sort_next(struct shell *shell)
{
    size_t shown[ARRANGED_MOST];
    size_t n = sheet_shown(sheet_here(shell), arrangement_here(shell), shell->deck, shown);
    arrangement_sort_next(arrangement_here(shell), shown, n);
    tell_order(shell);
}

void shell_sort_column(struct shell *shell, size_t column)
{
    struct arrangement *arrangement = arrangement_here(shell);
    bool same = arrangement->sort == column + 1;
    arrangement->turned = same && !arrangement->turned;
    arrangement->sort = column + 1;
    tell_order(shell);
}

void shell_turn_order(struct shell *shell)
{
    arrangement_here(shell)->turned = !arrangement_here(shell)->turned;
    tell_order(shell);
}

void shell_faults_only(struct shell *shell)
{
    arrangement_here(shell)->faults = !arrangement_here(shell)->faults;
}

void shell_mark(struct shell *shell)
{
    since_mark(shell->deck);
}

static bool has_table(struct shell *shell)
{
    if (sheet_here(shell))
        return true;
    g_autoptr(GString) names = g_string_new(NULL);
    for (enum view_id id = 0; id < VIEW_COUNT; id++)
        if (view_of(id)->sheet)
            g_string_append_printf(names, "%s:%s", names->len ? ", " : "", view_entry(id)->name);
    deck_say(shell->deck, ROLE_WARN, "there is no table here to arrange; these have one: %s",
             names->str);
    return false;
}

void shell_sort_by(struct shell *shell, const char *name)
{
    g_autoptr(GError) error = NULL;
    if (!has_table(shell))
        return;
    if (arrangement_sort(arrangement_here(shell), sheet_here(shell), name, &error))
        tell_order(shell);
    else
        deck_say(shell->deck, ROLE_WARN, "%s", error->message);
}

void shell_choose_columns(struct shell *shell, const char *names)
{
    g_autoptr(GError) error = NULL;
    if (!has_table(shell))
        return;
    g_auto(GStrv) each = g_strsplit_set(names, ", ", -1);
    g_autoptr(GPtrArray) said = g_ptr_array_new();
    for (char **name = each; *name; name++)
        if (**name)
            g_ptr_array_add(said, *name);
    g_ptr_array_add(said, NULL);
    if (!arrangement_choose(arrangement_here(shell), sheet_here(shell),
                            (const char *const *)said->pdata, NULL, &error))
        deck_say(shell->deck, ROLE_WARN, "%s", error->message);
}

void shell_take_preset(struct shell *shell, const char *name)
{
    const GPtrArray *presets = shell->deck->preferences->presets;
    for (guint i = 0; i < presets->len; i++) {
        const struct preset *preset = g_ptr_array_index(presets, i);
        if (strcmp(preset->name, name) != 0)
            continue;
        shell->deck->arranged[preset->view] = preset->arranged;
        shell_open(shell, preset->view, NULL);
        shell_set_filter(shell, preset->filter);
        return;
    }
}
