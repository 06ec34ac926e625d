/* Errors come in bursts that Poisson knows nothing of: their variance over their mean, of the span
 * that shows the most of it, less what so few blocks of it may show by chance. */
#include "rollout/judge_parts.h"

static const size_t spans[SCATTER_SPANS] = {1, 5, 10, 30};

static void end_block(struct scatter_span *span, bool upward)
{
    double off = span->errors - span->expected;
    /* half of the squares are of one side: twice those above make up for what is left out */
    span->squares += upward ? 2 * MAX(0, off) * MAX(0, off) : off * off;
    span->sum += span->expected;
    span->blocks++;
    span->errors = span->expected = 0;
    span->rows = 0;
}

void scatter_take(struct scatter *scatter, double errors, double expected, bool upward)
{
    for (size_t i = 0; i < SCATTER_SPANS; i++) {
        struct scatter_span *span = &scatter->of[i];
        span->errors += errors;
        span->expected += expected;
        if (++span->rows == spans[i])
            end_block(span, upward);
    }
}

double scatter_dispersion(const struct scatter *scatter)
{
    double most = 1;
    for (size_t i = 0; i < SCATTER_SPANS; i++) {
        const struct scatter_span *span = &scatter->of[i];
        double chance = JUDGE_SHRINK * sqrt(2 / MAX(1.0, (double)span->blocks));
        if (span->blocks >= JUDGE_BLOCKS)
            most = MAX(most, span->squares / MAX(span->sum, 1e-9) * (1 - chance));
    }
    return most;
}
