#include "tui/console/terminal_entry.h"

#include "data/base/error.h"
#include "tui/console/terminal.h"

#include <curses.h>
#include <string.h>
#include <term.h>

static const char *capability(const char *name)
{
    const char *value = tigetstr(name);
    return value && value != (char *)-1 ? value : "";
}

static const char *term_name(void)
{
    const char *name = g_getenv("TERM");
    return name ? name : "";
}

static bool is_xterm_like(void)
{
    return tigetflag("XT") > 0 || *capability("BE") || *capability("Sync");
}

static bool is_multiplexer(void)
{
    return g_str_has_prefix(term_name(), "screen") || g_str_has_prefix(term_name(), "tmux");
}

/* A Linux console's entry has kmous too, which its own gpm would send, and no xterm's modes. */
static bool reports_mouse(void)
{
    return *capability("kmous") && (is_xterm_like() || is_multiplexer());
}

/* Ms is tmux's name in terminfo for what sets a clipboard. TMUX and STY are what the two leave in
 * the environment of what runs in them; beyond an ssh only TERM is left, and there tmux's way does
 * no harm in screen. */
static enum clipboard_way clipboard_way(void)
{
    if (g_str_has_prefix(term_name(), "screen") && g_getenv("STY"))
        return CLIPBOARD_SCREEN;
    if (is_multiplexer() || g_getenv("TMUX"))
        return CLIPBOARD_TMUX;
    return *capability("Ms") || is_xterm_like() ? CLIPBOARD_PLAIN : CLIPBOARD_NONE;
}

/* Leaving the other screen brings back what some terminals kept of the cursor: show it last. Where
 * there is no other screen, the shell goes on in the last line of this one. */
static void tell_terminal_sequences(const struct terminal_modes *modes)
{
    const char *other_screen = capability("rmcup");
    g_autofree char *padded_leave =
        g_strconcat(modes->frame_end, modes->mouse_off, modes->paste_off, capability("sgr0"),
                    capability("op"), modes->whole_region, capability("rmkx"),
                    *other_screen ? other_screen : modes->last_line, capability("cnorm"), NULL);
    g_autofree char *padded_enter = g_strconcat(capability("smcup"), capability("smkx"),
                                                capability("civis"), modes->paste_on, NULL);
    g_autofree char *leave = terminal_unpadded(padded_leave);
    g_autofree char *enter = terminal_unpadded(padded_enter);
    terminal_set_sequences(leave, enter, modes->mouse_on);
}

static SCREEN *try_terminal(const char *name, FILE *frames, FILE *input)
{
    int status = 0;
    if (!*name || setupterm(name, fileno(frames), &status) == ERR)
        return NULL;
    bool able = *capability("cup") != '\0';
    del_curterm(cur_term);
    return able ? newterm(name, frames, input) : NULL;
}

static bool begin_curses(struct terminal_entry *entry, FILE *frames, FILE *input)
{
    static const char *const fallbacks[] = {"xterm-256color", "xterm", "vt100", "ansi"};
    const char *name = term_name();
    entry->curses = try_terminal(name, frames, input);
    if (entry->curses || strcmp(name, "dumb") == 0)
        return entry->curses;
    for (size_t i = 0; !entry->curses && i < G_N_ELEMENTS(fallbacks); i++) {
        entry->curses = try_terminal(fallbacks[i], frames, input);
        g_free(entry->unknown);
        entry->unknown =
            g_strdup_printf("TERM=%s is unknown here; shown as %s would be", name, fallbacks[i]);
    }
    return entry->curses;
}

bool terminal_entry_begin(struct terminal_entry *entry, FILE *frames, FILE *input, GError **error)
{
    if (!begin_curses(entry, frames, input)) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "the console can't be shown on TERM=%s: it can't place the cursor "
                    "(`celldeck status` needs no such thing)",
                    term_name());
        return false;
    }
    bool known = !entry->unknown;
    entry->modes =
        terminal_modes(capability("csr"), known && is_xterm_like(), known && reports_mouse());
    entry->clipboard = known ? clipboard_way() : CLIPBOARD_NONE;
    tell_terminal_sequences(&entry->modes);
    return true;
}

void terminal_entry_end(struct terminal_entry *entry)
{
    if (entry->curses)
        delscreen(entry->curses);
    g_free(entry->unknown);
}
