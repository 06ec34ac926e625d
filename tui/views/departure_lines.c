#include "tui/views/checks.h"
#include "tui/views/departure_inside.h"
#include "tui/views/evacuation_lines.h"

struct ack_about departure_about(const struct departure *departure)
{
    return (struct ack_about){departure->evacuation, departure->kind, departure->by_hand};
}

char *departure_title(const struct departure *departure)
{
    static const char *const titles[] = {[FAILOVER_FAILOVER] = "Fail %s over",
                                         [FAILOVER_DRILL] = "Drill the failover of %s",
                                         [FAILOVER_MOVE] = "Move %s"};
    GString *title = g_string_new(titles[departure->kind]);
    g_string_replace(title, "%s", departure->of, 1);
    return g_string_free(title, FALSE);
}

/* The records are changed, or left to people, for there is no zone or it is to be left alone. */
static const char *dns_words(const struct departure *departure)
{
    const struct failover_config *failover = &departure->config->failover;
    if (departure->by_hand)
        return "the registry alone; the zone is left alone, and its records are yours to change";
    if (!failover->zone_id || !failover->record)
        return "the registry alone; there is no zone in celldeck.yaml, and the records are yours "
               "to change";
    return "registry, then Route 53";
}

static char *what_happens(const struct departure *departure)
{
    const struct evacuation *evacuation = departure->evacuation;
    bool drill = departure->kind == FAILOVER_DRILL;
    g_autofree char *only =
        departure->to ? g_strdup_printf(" %s %s alone", drill ? "to" : "for", departure->to)
                      : g_strdup("");
    if (drill)
        return g_strdup_printf("Every step of a failover of %s%s is read and checked; nothing is "
                               "written, and it is on record as a drill",
                               departure->of, only);
    if (departure->kind == FAILOVER_MOVE)
        return g_strdup_printf("%s leaves %s, and nobody else does: %s", departure->of,
                               evacuation->cell->id, dns_words(departure));
    return g_strdup_printf("Everybody leaves %s%s: %s; batch by batch, the first of one tenant",
                           departure->of, only, dns_words(departure));
}

/* What of the user's own runs before the first tenant goes. */
static char *commands_text(const struct departure *departure)
{
    const struct failover_config *failover = &departure->config->failover;
    const struct evacuation *evacuation = departure->evacuation;
    GString *text = g_string_new(NULL);
    if (departure->kind == FAILOVER_MOVE && *departure->config->move.argv)
        g_string_append_printf(text, "Its data is moved by move.command, while it is MIGRATING");
    if (departure->kind == FAILOVER_FAILOVER && *failover->fence.argv)
        g_string_append_printf(text, "First failover.fence.command: %s takes no more writes",
                               departure->of);
    for (guint i = 0; i < evacuation->targets->len; i++) {
        const struct placement_target *target = g_ptr_array_index(evacuation->targets, i);
        if (departure->kind == FAILOVER_FAILOVER && *failover->promote.argv && target->replica)
            g_string_append_printf(text, "%s failover.promote.command: %s becomes writable",
                                   text->len ? ", then" : "First", target->cell->id);
    }
    return g_string_free(text, FALSE);
}

static void add_checks(GPtrArray *lines, const struct departure *departure, bool ok)
{
    for (guint i = 0; i < departure->checks->len; i++) {
        const struct check *check = g_ptr_array_index(departure->checks, i);
        if (check->ok == ok)
            g_ptr_array_add(lines, check_line(check));
    }
}

static void add_needs(GPtrArray *lines, const struct departure *departure)
{
    const struct ack_about about = departure_about(departure);
    if (departure->short_keys)
        g_ptr_array_add(lines, g_strconcat("▲ ", departure->short_keys, NULL));
    for (int i = 0; i < PROOFS; i++) {
        if (!(departure->needs & 1u << i))
            continue;
        g_autofree char *words = ack_words(&about, (enum proof)i);
        g_ptr_array_add(lines, g_strconcat("▲ ", words, NULL));
    }
}

/* What stands against it comes before all else. */
GPtrArray *departure_lines(const struct departure *departure)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    const struct evacuation *evacuation = departure->evacuation;
    g_autofree char *blast = evacuation_blast(evacuation), *commands = commands_text(departure);
    add_checks(lines, departure, false);
    g_ptr_array_add(lines, what_happens(departure));
    g_ptr_array_add(lines, g_strconcat("Blast radius: ", blast, NULL));
    for (guint i = 0; i < evacuation->targets->len; i++) {
        const struct placement_target *target = g_ptr_array_index(evacuation->targets, i);
        g_autofree char *text = evacuation_target_text(target, false);
        g_ptr_array_add(lines, g_strdup_printf("  → %s: %s", target->cell->id, text));
    }
    if (*commands)
        g_ptr_array_add(lines, g_strdup(commands));
    add_needs(lines, departure);
    add_checks(lines, departure, true);
    return lines;
}
