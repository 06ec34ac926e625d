/* The command line that begins a failover, drill or move as it was asked for, with all that it
 * still lacks: to be copied. */
#include "data/base/text.h"
#include "tui/commands/failover.h"

#include <string.h>

/* As a shell takes it: quoted only where it has to be. */
static void add_word(GString *line, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./:@%+=,";
    g_autofree char *quoted =
        *word && strspn(word, plain) == strlen(word) ? g_strdup(word) : g_shell_quote(word);
    g_string_append_printf(line, "%s%s", line->len ? " " : "", quoted);
}

static void add_option(GString *line, const char *name, const char *value)
{
    if (!value)
        return;
    add_word(line, name);
    add_word(line, value);
}

static void add_flag(GString *line, const char *name, bool given)
{
    if (given)
        add_word(line, name);
}

char *failover_command_line(const struct context *context, enum failover_kind kind, const char *of,
                            unsigned acks, bool yes)
{
    const struct failover_options *asked = failover_options(context);
    GString *line =
        g_string_new(kind == FAILOVER_MOVE ? "celldeck tenant move" : "celldeck failover start");
    add_word(line, of);
    add_option(line, "--to", asked->to);
    add_flag(line, "--drill", kind == FAILOVER_DRILL);
    for (int i = 0; i < PROOFS; i++)
        if (acks & 1u << i && !(i == PROOF_DNS && asked->without_dns))
            add_option(line, "--ack", proof_name((enum proof)i));
    add_flag(line, "--without-dns", asked->without_dns);
    add_option(line, "--reason", asked->reason);
    add_option(line, "--ticket", asked->ticket);
    add_option(line, "-c", context->config_path);
    add_flag(line, "--yes", yes);
    add_flag(line, "--wait", asked->wait);
    return g_string_free(line, FALSE);
}
