/* What is said of the gates (rollout/gate_terms.h). */
#include "rollout/gate_terms.h"

#include <criterion/criterion.h>
#include <string.h>

Test(gate_terms, every_gate_says_in_a_line_what_it_asks)
{
    for (int gate = 0; gate < GATE_COUNT; gate++) {
        const struct gate_terms *terms = gate_terms((enum gate)gate);
        cr_assert(terms->asks && terms->of_dr, "%s", gate_name((enum gate)gate));
        cr_expect_leq(strlen(terms->asks), 66, "%s", terms->asks);
    }
}

Test(gate_terms, a_setting_is_one_gate_s_or_everybody_s)
{
    cr_expect_eq(gate_of_setting("limits.used"), GATE_LIMITS);
    cr_expect_eq(gate_of_setting("regression.evidence"), GATE_REGRESSION);
    cr_expect_eq(gate_of_setting("alarms.names"), GATE_ALARMS);
    cr_expect_eq(gate_of_setting("min_requests"), GATE_TRAFFIC);
    cr_expect_eq(gate_of_setting("probe.no_data"), GATE_PROBE);
    cr_expect_eq(gate_of_setting("data.no_data"), GATE_DATA);
    cr_expect_eq(gate_of_setting("traffic.no_data"), GATE_TRAFFIC);
    cr_expect_eq(gate_of_setting("warmup"), GATE_COUNT);
    cr_expect_eq(gate_of_setting("no_data"), GATE_COUNT);
    cr_expect_eq(gate_of_setting("controls.class"), GATE_COUNT);
    cr_expect_eq(gate_of_setting("limits"), GATE_COUNT);
}
