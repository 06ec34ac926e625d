/* What is told of when a plan could be through, and of what nobody knows. */
#include "rollout/estimate.h"
#include "data/base/when.h"
#include "rollout/plan_make.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOON G_GINT64_CONSTANT(1795694400000) /* 2026-11-26T12:00:00Z, a Thursday */

static void add_wave(struct plan *plan, const char *name, gint64 bake_ms, const char *window)
{
    struct plan_wave *wave = plan_wave_new(name);
    wave->bake_ms = bake_ms;
    wave->max_in_flight = 1;
    wave->window = window ? window_new(window) : NULL;
    g_ptr_array_add(wave->cells, g_new0(struct plan_cell, 1));
    g_ptr_array_add(plan->waves, wave);
}

/* A wave of an hour at once, and one that opens on Mondays. */
static struct plan *two_waves(void)
{
    struct plan *plan = plan_new();
    plan->period_ms = WHEN_MINUTE;
    add_wave(plan, "dev", WHEN_HOUR, NULL);
    add_wave(plan, "big", WHEN_HOUR, "Mon-Tue 09:00-16:00 UTC");
    return plan;
}

static void expect_told(const struct plan *plan, const struct estimate_terms *terms,
                        const char *told)
{
    g_autofree char *text = estimate_text(plan, terms);
    cr_expect(strstr(text, told), "%s: %s", told, text);
}

Test(estimate, a_wave_starts_once_those_before_it_are_through_and_its_window_is_open)
{
    OWN(plan) plan = two_waves();
    const struct estimate_terms terms = {.now_ms = NOON};
    cr_expect_eq(estimate_wave_ms(plan, &terms, 0), NOON);
    g_autofree char *starts = estimate_moment(estimate_wave_ms(plan, &terms, 1), NOON);
    cr_expect_str_eq(starts, "Mon 2026-11-30 09:00Z");
    expect_told(plan, &terms, "until Mon 2026-11-30 10:01Z.");
}

Test(estimate, of_today_a_moment_has_its_second_and_no_date)
{
    g_autofree char *soon = estimate_moment(NOON + 31 * WHEN_SECOND, NOON);
    cr_expect_str_eq(soon, "12:00:31Z");
}

Test(estimate, a_lifted_window_and_shortened_bakes_bring_the_end_nearer)
{
    OWN(plan) plan = two_waves();
    const struct estimate_terms lifted = {.now_ms = NOON, .lifted = true};
    cr_expect_eq(estimate_wave_ms(plan, &lifted, 2) - NOON, 2 * (WHEN_HOUR + WHEN_MINUTE));
    const struct estimate_terms both = {.now_ms = NOON, .lifted = true, .bake_ms = WHEN_MINUTE};
    cr_expect_eq(estimate_wave_ms(plan, &both, 2) - NOON, 4 * WHEN_MINUTE);
    const struct estimate_terms longer = {.now_ms = NOON, .lifted = true, .bake_ms = WHEN_DAY};
    cr_expect_eq(estimate_wave_ms(plan, &longer, 2) - NOON, 2 * (WHEN_HOUR + WHEN_MINUTE));
}

Test(estimate, deploys_take_the_median_of_those_on_record_or_are_told_not_to_be_in_it)
{
    OWN(plan) plan = two_waves();
    struct estimate_terms terms = {.now_ms = NOON, .lifted = true};
    expect_told(plan, &terms, "Not in it: deploys (none is on record yet); holds.");
    g_autoptr(GArray) took = g_array_new(FALSE, FALSE, sizeof(gint64));
    const gint64 ms[] = {90 * WHEN_SECOND, 10 * WHEN_SECOND, 30 * WHEN_SECOND};
    g_array_append_vals(took, ms, G_N_ELEMENTS(ms));
    estimate_deploys(&terms, took);
    expect_told(plan, &terms, "with deploys of 30s, the median of 3 on record");
    cr_expect_eq(estimate_wave_ms(plan, &terms, 2) - NOON,
                 2 * (WHEN_HOUR + WHEN_MINUTE + 30 * WHEN_SECOND));
}

Test(estimate, approvals_are_waits_that_nobody_foresees)
{
    OWN(plan) plan = two_waves();
    ((struct plan_wave *)g_ptr_array_index(plan->waves, 1))->approvals = 2;
    const struct estimate_terms terms = {.now_ms = NOON};
    expect_told(plan, &terms, "Not in it: 2 approvals (big);");
    OWN_JSON json = estimate_json(plan, &terms);
    cr_expect_eq(json_integer_value(json_object_get(json, "approvals")), 2);
    cr_expect(json_is_null(json_object_get(json, "deploy_s")));
    const json_t *big = json_array_get(json_object_get(json, "waves"), 1);
    cr_expect_str_eq(json_string_value(json_object_get(big, "starts_at")), "2026-11-30T09:00:00Z");
}

Test(estimate, what_never_opens_never_ends)
{
    OWN(plan) plan = two_waves();
    add_wave(plan, "nowhere", WHEN_HOUR, "Mon-Tue 09:00-16:00 No/Where");
    const struct estimate_terms terms = {.now_ms = NOON};
    expect_told(plan, &terms, "It is never through");
    OWN_JSON json = estimate_json(plan, &terms);
    cr_expect(json_is_null(json_object_get(json, "ends_at")));
}
