#include "tui/views/evacuation_lines.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/console/chart.h"
#include "tui/views/marks.h"

#include <string.h>

/* "12 tenants, 4,011 users". Caller frees. */
static char *people_text(gint64 tenants, gint64 users)
{
    g_autofree char *how_many = text_counted(tenants, "tenant");
    g_autofree char *who = text_counted(users, "user");
    return g_strdup_printf("%s, %s", how_many, who);
}

char *evacuation_whereto(const struct evacuation *evacuation)
{
    if (evacuation->targets->len == 0)
        return NULL;
    const struct placement_target *first = g_ptr_array_index(evacuation->targets, 0);
    guint more = evacuation->targets->len - 1;
    return more ? g_strdup_printf("%s and %u more", first->cell->id, more)
                : g_strdup(first->cell->id);
}

char *evacuation_standing(const struct evacuation *evacuation)
{
    gint64 all = evacuation->tenants->len;
    g_autofree char *people = people_text(all, evacuation->users);
    g_autofree char *unproven = proofs_text(evacuation->unproven);
    g_autofree char *left = text_count(all - evacuation->placed);
    g_autofree char *whereto = evacuation_whereto(evacuation);
    switch (evacuation_drain(evacuation)) {
    case DRAIN_NONE:
        return g_strdup("no tenant lives here: nobody has to go anywhere");
    case DRAIN_READY:
        return g_strdup_printf("ready: %s have a place, and all of it is proven: %s", people,
                               evacuation->why);
    case DRAIN_UNPROVEN:
        return g_strdup_printf("%s have a place in %s; not proven: %s", people, whereto, unproven);
    case DRAIN_NOWHERE:
        return g_strdup_printf("%s of %s have no place: %s", left, people, evacuation->why);
    case DRAIN_UNREAD:
        break;
    }
    return g_strdup_printf("not to be planned: %s",
                           evacuation->refused ? evacuation->refused : "the registry is unread");
}

char *evacuation_source_text(const struct cell *cell, gint64 now_ms)
{
    if (cell->health == HEALTH_HEALTHY || cell->health == HEALTH_STANDBY)
        return NULL;
    g_autofree char *moment = cell->since_ms > 0 ? mark_moment(cell->since_ms, now_ms) : NULL;
    g_autofree char *reasons = g_strjoinv("; ", cell->reasons);
    return g_strdup_printf("%s is %s%s%s%s%s%s", cell->config->id, health_name(cell->health),
                           moment ? " since " : "", moment ? moment : "",
                           moment && cell_since_or_before(cell) ? ", or before" : "",
                           *reasons ? ": " : "", reasons);
}

/* Without the name, which stands before it: "no rpo" of "data not proven: no rpo". */
static const char *bare_why(const char *why, enum proof proof)
{
    g_autofree char *lead = g_strdup_printf("%s not proven: ", proof_name(proof));
    return g_str_has_prefix(why, lead) ? why + strlen(lead) : why;
}

char *evacuation_lacks(const struct evacuation *evacuation, enum proof proof)
{
    GString *text = g_string_new(NULL);
    const char *said = NULL;
    for (guint i = 0; i < evacuation->targets->len; i++) {
        const struct placement_target *target = g_ptr_array_index(evacuation->targets, i);
        const char *why = target->proof_why[proof];
        if (!why || (said && strcmp(said, why) == 0))
            continue; /* the same of several is said once */
        g_string_append_printf(text, "%s%s", text->len ? "; " : "", bare_why(why, proof));
        said = why;
    }
    return g_string_free(text, FALSE);
}

static double used_pct(const struct placement_target *target, gint64 users)
{
    return target->cell->max_users > 0 ? 100.0 * (double)users / (double)target->cell->max_users
                                       : 0;
}

static void add_lag(GString *text, const struct placement_target *target)
{
    if (target->lag_ms < 0)
        return;
    g_autofree char *lag = placement_lag_text(target->lag_ms);
    g_autofree char *age = duration_short(MAX(0, target->lag_age_ms));
    g_string_append_printf(text, " · %s (its last, %s %s)", lag, age,
                           target->lag_is_past ? "before it failed" : "old");
}

char *evacuation_target_text(const struct placement_target *target, bool bars)
{
    enum { BAR_COLS = 10 };
    GString *text = g_string_new(NULL);
    double before = used_pct(target, target->users_before), after = target->used_pct_after;
    g_autofree char *people = people_text(target->tenants, target->users_coming);
    g_autofree char *most = text_count(target->users_max);
    g_autofree char *from = chart_bar(before, BAR_COLS), *to = chart_bar(after, BAR_COLS);
    if (bars)
        g_string_append_printf(text, "%s %.0f %% → %s %.0f %%", from, before, to, after);
    else
        g_string_append_printf(text, "%.0f %% full, %.0f %% after it", before, after);
    g_string_append_printf(text, " · %s come · at most %s users", people, most);
    if (target->version)
        g_string_append_printf(text, " · runs %s", target->version);
    add_lag(text, target);
    return g_string_free(text, FALSE);
}

char *evacuation_blast(const struct evacuation *evacuation)
{
    g_autofree char *cells = text_counted((gint64)evacuation->targets->len + 1, "cell");
    g_autofree char *people = people_text(evacuation->placed, evacuation->users);
    g_autofree char *patients = text_count(evacuation->patients);
    return g_strdup_printf("%s, %s, %s patients at most", cells, people, patients);
}

static void line(struct pager *pager, enum role role, const char *lead, const char *text)
{
    pager_add(pager, lead ? ROLE_HEADER : role, lead, role, text);
}

void evacuation_tell_targets(struct pager *pager, const struct evacuation *evacuation, bool bars)
{
    if (evacuation->targets->len == 0)
        return;
    pager_heading(pager, "where to");
    for (guint i = 0; i < evacuation->targets->len; i++) {
        const struct placement_target *target = g_ptr_array_index(evacuation->targets, i);
        g_autofree char *text = evacuation_target_text(target, bars);
        line(pager, ROLE_NORMAL, target->cell->id, text);
    }
}

void evacuation_tell_proofs(struct pager *pager, const struct evacuation *evacuation)
{
    if (evacuation->unproven == 0)
        return;
    pager_heading(pager, "not proven: each is to be acknowledged by its name (--ack NAME)");
    for (int i = 0; i < PROOFS; i++) {
        if (!(evacuation->unproven & 1u << i))
            continue;
        g_autofree char *why = evacuation_lacks(evacuation, (enum proof)i);
        g_autofree char *text = g_strconcat("▲ ", why, NULL);
        line(pager, ROLE_WARN, proof_name((enum proof)i), text);
    }
}

void evacuation_tell_build(struct pager *pager, const struct evacuation *evacuation)
{
    if (*evacuation->build)
        pager_heading(pager, "what would have to be built");
    for (char **build = evacuation->build; *build; build++)
        line(pager, ROLE_BAD, NULL, *build);
    if (*evacuation->fits)
        pager_heading(pager, "what would fit");
    for (char **fits = evacuation->fits; *fits; fits++)
        line(pager, ROLE_NORMAL, NULL, *fits);
}

static void tell_tenant(struct pager *pager, const struct placed_tenant *placed)
{
    g_autofree char *users =
        placed->users < 0 ? g_strdup("users not known") : text_counted(placed->users, "user");
    const char *why = placed->why ? placed->why : "";
    g_autofree char *text = g_strdup_printf(
        "%s %s → %s · %s%s%s", placed->to ? placed->unproven ? "▲" : "✔" : "✖", placed->tenant->id,
        placed->to ? placed->to->id : "nowhere", users, *why ? " · " : "", why);
    line(pager, !placed->to ? ROLE_BAD : placed->unproven ? ROLE_WARN : ROLE_NORMAL, NULL, text);
}

void evacuation_tell_tenants(struct pager *pager, const struct evacuation *evacuation)
{
    if (evacuation->tenants->len == 0)
        return;
    pager_heading(pager, "tenant by tenant");
    for (int placed = 0; placed < 2; placed++)
        for (guint i = 0; i < evacuation->tenants->len; i++) {
            const struct placed_tenant *tenant = g_ptr_array_index(evacuation->tenants, i);
            if ((tenant->to != NULL) == (placed == 1))
                tell_tenant(pager, tenant);
        }
}
