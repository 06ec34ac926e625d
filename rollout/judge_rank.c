/* Among `n` past scores a new one that is like them is as likely to have any rank; so its p-value
 * is uniform, and a function of it that integrates to 1 is a fair bet. Five of them: two that win
 * slowly on all small p-values, three that win on the smallest. */
#include "rollout/judge_parts.h"
#include "rollout/judge_stats.h"

#include <string.h>

static const struct {
    double power;        /* p^(power-1) x power; 0: */
    double below, stake; /* `stake` on p <= below, the rest kept */
} bets[RANK_BETS] = {{0.25, 0, 0}, {0.55, 0, 0}, {0, 0.02, 0.5}, {0, 0.03, 0.2}, {0, 0.10, 0.35}};

static double payout(size_t bet, double p)
{
    if (bets[bet].power > 0)
        return bets[bet].power * pow(p, bets[bet].power - 1);
    return 1 - bets[bet].stake + (p <= bets[bet].below ? bets[bet].stake / bets[bet].below : 0);
}

static size_t place_of(const struct rank_bet *bet, double score)
{
    size_t low = 0, high = bet->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (bet->sorted[middle] < score)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(struct rank_bet *bet, double score)
{
    size_t at = place_of(bet, score);
    memmove(&bet->sorted[at + 1], &bet->sorted[at], (bet->n - at) * sizeof bet->sorted[0]);
    bet->sorted[at] = score;
    bet->in_order[(bet->oldest + bet->n++) % JUDGE_MEMORY] = score;
}

static void forget_oldest(struct rank_bet *bet)
{
    size_t at = place_of(bet, bet->in_order[bet->oldest]);
    bet->n--;
    memmove(&bet->sorted[at], &bet->sorted[at + 1], (bet->n - at) * sizeof bet->sorted[0]);
    bet->oldest = (bet->oldest + 1) % JUDGE_MEMORY;
}

static void remember(struct rank_bet *bet, double score)
{
    if (bet->n == JUDGE_MEMORY)
        forget_oldest(bet);
    insert(bet, score);
}

void rank_begin(struct rank_bet *bet, const double *scores, size_t n, double slowdown,
                gint64 bake_rows)
{
    *bet = (struct rank_bet){
        .exponent = 1 / slowdown, .least_slowdown = slowdown, .restart = 0.5 / (double)bake_rows};
    for (size_t i = 0; i < RANK_BETS; i++)
        bet->odds[i] = 0.5; /* the other half of the stake comes in by restarts */
    for (size_t i = 0; i < n; i++)
        if (!isnan(scores[i]))
            remember(bet, scores[i]);
}

void rank_take(struct rank_bet *bet, double score, double least, bool warm)
{
    double as_bad = (double)(bet->n - place_of(bet, score));
    double p = MAX(least, (as_bad + 1) / (double)(bet->n + 1));
    for (size_t i = 0; i < RANK_BETS; i++) {
        double odds = (bet->odds[i] + bet->restart) * pow(payout(i, p), bet->exponent);
        bet->odds[i] = MIN(odds, warm ? JUDGE_WARM : 1e100);
    }
}

bool rank_has_learnt(const struct rank_bet *bet)
{
    return bet->n_waiting == JUDGE_LEARNS;
}

/* Busier hours have less of Poisson's noise between their rows than the past had, which hid how
 * they hang together. Never faster than the past allowed. */
static void slow_down(struct rank_bet *bet)
{
    double scores[JUDGE_MEMORY];
    for (size_t i = 0; i < bet->n; i++)
        scores[i] = bet->in_order[(bet->oldest + i) % JUDGE_MEMORY];
    bet->exponent = 1 / MAX(bet->least_slowdown, stat_slowdown(scores, bet->n, JUDGE_SLOWEST));
}

void rank_learn(struct rank_bet *bet, double score)
{
    if (rank_has_learnt(bet))
        remember(bet, bet->waiting[bet->next_waiting]);
    else
        bet->n_waiting++;
    bool has_learnt = rank_has_learnt(bet) && bet->next_waiting == 0;
    bet->waiting[bet->next_waiting] = score;
    bet->next_waiting = (bet->next_waiting + 1) % JUDGE_LEARNS;
    if (has_learnt) /* once in an hour */
        slow_down(bet);
}

double rank_odds(const struct rank_bet *bet)
{
    double sum = 0;
    for (size_t i = 0; i < RANK_BETS; i++)
        sum += bet->odds[i];
    return sum / RANK_BETS;
}
