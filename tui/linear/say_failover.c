/* Where everybody goes if a cell dies; and how far a failover, a drill or a move is. */
#include "data/base/text.h"
#include "rollout/guests.h"
#include "tui/linear/plain.h"
#include "tui/linear/say.h"
#include "tui/views/act.h"
#include "tui/views/cell_look.h"
#include "tui/views/departure.h"
#include "tui/views/drills.h"
#include "tui/views/evacuation_lines.h"
#include "tui/views/marks.h"
#include "tui/views/steps_head.h"

enum { TENANTS_MOST = 40, COLS = 600 };

static void say_whereto(struct speech *speech, const struct evacuation *plan)
{
    if (plan->targets->len)
        speech_line(speech, "Where to:");
    for (guint i = 0; i < plan->targets->len; i++) {
        const struct placement_target *target = g_ptr_array_index(plan->targets, i);
        g_autofree char *how = evacuation_target_text(target, false);
        g_autofree char *text = g_strdup_printf("%s: %s", target->cell->id, how);
        g_autofree char *words = plain_words(text);
        speech_item(speech, VIEW_CELL, target->cell->id, words);
    }
}

static void say_proofs(struct speech *speech, const struct evacuation *plan)
{
    if (plan->unproven)
        speech_line(speech, "Not proven; each is to be acknowledged by its name:");
    for (int i = 0; i < PROOFS; i++) {
        g_autofree char *why = evacuation_lacks(plan, (enum proof)i);
        if (plan->unproven & 1u << i)
            speech_field(speech, proof_name((enum proof)i), why);
    }
}

static void say_strings(struct speech *speech, const char *title, char **lines)
{
    if (*lines)
        speech_line(speech, title);
    for (char **line = lines; *line; line++)
        speech_plain(speech, *line);
}

/* Whoever has no place first. */
static void say_tenants_of(struct speech *speech, const struct evacuation *plan)
{
    guint said = 0;
    if (plan->tenants->len)
        speech_line(speech, "Tenant by tenant, those without a place first:");
    for (int placed = 0; placed < 2; placed++)
        for (guint i = 0; i < plan->tenants->len && said < TENANTS_MOST; i++) {
            const struct placed_tenant *tenant = g_ptr_array_index(plan->tenants, i);
            if ((tenant->to != NULL) != (placed == 1))
                continue;
            const char *why = tenant->why ? tenant->why : "";
            g_autofree char *text =
                g_strdup_printf("%s: %s%s%s%s", tenant->tenant->id, tenant->to ? "to " : "",
                                tenant->to ? tenant->to->id : "nowhere", *why ? "; " : "", why);
            speech_item(speech, VIEW_TENANT, tenant->tenant->id, text);
            said++;
        }
    if (plan->tenants->len > said)
        speech_printf(speech, "and %u more; `celldeck failover plan %s` has all.",
                      plan->tenants->len - said, plan->cell->id);
}

void say_failover(struct speech *speech, const struct deck *deck)
{
    const struct evacuation *plan = deck_evacuation(deck, deck->cell);
    const struct failover *live = deck_cell_failover(deck, deck->cell);
    g_autofree char *drilled = drill_words(deck, deck->cell);
    if (live) {
        g_autofree char *brief = steps_brief(live);
        speech_item(speech, VIEW_STEPS, live->id, brief);
    }
    if (!plan) {
        speech_printf(speech, "Where everybody in %s would go is not planned yet.",
                      deck->cell ? deck->cell : "it");
        return;
    }
    g_autofree char *standing = evacuation_standing(plan);
    const struct cell *cell = deck_cell(deck, deck->cell);
    g_autofree char *how = cell ? evacuation_source_text(cell, deck->now_ms) : NULL;
    speech_printf(speech, "If %s dies: %s.", deck->cell, standing);
    if (how)
        speech_plain(speech, how);
    if (plan->tenants->len)
        speech_field(speech, "Drilled", drilled);
    g_autoptr(GPtrArray) guests = guests_of(plan, deck_origins(deck));
    g_autofree char *came = guests_words(plan, guests);
    if (came)
        speech_plain(speech, came);
    if (deck->write && plan->complete && !plan->refused && plan->tenants->len &&
        !departure_is_under_way(deck, deck->cell))
        speech_printf(speech, "You may: fail-over %s, drill %s%s%s", deck->cell, deck->cell,
                      departure_may_leave_dns(deck) ? ", or, the zone left alone, without-dns "
                                                    : "",
                      departure_may_leave_dns(deck) ? deck->cell : "");
    if (!plan->refused && plan->tenants->len)
        speech_printf(speech, "`targets %s` says which cells could take them alone.", deck->cell);
    say_whereto(speech, plan);
    say_proofs(speech, plan);
    say_strings(speech, "What would have to be built:", plan->build);
    say_strings(speech, "What would fit:", plan->fits);
    say_tenants_of(speech, plan);
}

void say_targets(struct speech *speech, const struct deck *deck)
{
    say_picture(speech, deck, VIEW_TARGETS);
    if (deck->write && deck->cell)
        speech_printf(speech, "You may: fail-over %s to CELL, drill %s to CELL%s%s%s", deck->cell,
                      deck->cell, departure_may_leave_dns(deck) ? ", without-dns " : "",
                      departure_may_leave_dns(deck) ? deck->cell : "",
                      departure_may_leave_dns(deck) ? " to CELL" : "");
}

void say_moves(struct speech *speech, const struct deck *deck)
{
    say_picture(speech, deck, VIEW_MOVES);
    if (deck->write && deck->tenant)
        speech_printf(speech, "You may: move-it CELL%s",
                      departure_may_leave_dns(deck) ? ", or, the zone left alone, without-dns CELL"
                                                    : "");
}

/* "resume, revert": what these people could do to it now. */
static char *may(const struct deck *deck)
{
    static const enum request acts[] = {REQUEST_RESUME, REQUEST_REVERT};
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++)
        if (act_can(deck, acts[i], NULL))
            g_string_append_printf(text, "%s%s", text->len ? ", " : "",
                                   request_bindings()[acts[i]].name);
    return g_strdup(text->str);
}

static bool is_over(const struct failover_tenant *tenant)
{
    return tenant->step == TENANT_VERIFIED || tenant->step == TENANT_CHECKED ||
           tenant->step == TENANT_BACK;
}

/* Those that something is still to be done to, or that were left alone, first. */
static void say_steps_of(struct speech *speech, const struct failover *failover)
{
    guint said = 0;
    for (int over = 0; over < 2; over++)
        for (guint i = 0; i < failover->tenants->len && said < TENANTS_MOST; i++) {
            const struct failover_tenant *tenant = failover_tenant_at(failover, i);
            if (is_over(tenant) != (over == 1))
                continue;
            g_autofree char *text =
                g_strdup_printf("%s: %s; batch %u, to %s%s%s", tenant->plan->id,
                                tenant_step_name(tenant->step), tenant->batch + 1, tenant->plan->to,
                                tenant->why ? "; " : "", tenant->why ? tenant->why : "");
            speech_item(speech, VIEW_TENANT, tenant->plan->id, text);
            said++;
        }
    if (failover->tenants->len > said)
        speech_printf(speech, "and %u more; `celldeck failover status %s` has all.",
                      failover->tenants->len - said, failover->id);
}

void say_steps(struct speech *speech, const struct deck *deck)
{
    const struct failover *failover = deck_failover(deck, deck->operation);
    if (!failover) {
        speech_line(speech, "There is no failover, drill or move yet. `failover CELL` says where "
                            "everybody in it would go.");
        return;
    }
    g_autofree char *acts = may(deck);
    g_autoptr(GArray) head = steps_head(deck, failover, COLS);
    for (guint i = 0; i < head->len; i++)
        speech_plain(speech, g_array_index(head, struct cell_line, i).text);
    speech_field(speech, "You may", acts);
    say_steps_of(speech, failover);
    say_log(speech, deck);
}
