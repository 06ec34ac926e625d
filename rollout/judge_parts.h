/* The parts of a judge. Private to judge*.c. */
#pragma once

#include "rollout/judge.h"
#include "rollout/judge_constants.h"

#include <math.h>

/* How many errors a request makes, of a cell before the deploy; robust. */
struct level {
    bool known;
    double rate;             /* errors a request */
    double cv2;              /* squared coefficient of variation beyond Poisson's */
    double errors, requests; /* that it rests on */
};
struct level level_of(const double *errors, const double *requests, size_t rows);
/* The most that one row may count for, where `expected` errors were to be expected. */
double level_cap(const struct level *level, double expected);
/* A row's excess in standard deviations. */
double level_score(const struct level *level, double errors, double expected);

/* By how much the errors of 1, 5, 10 and 30 rows vary beyond Poisson's. */
#define SCATTER_SPANS 4
struct scatter {
    struct scatter_span {
        double errors, expected; /* of the block that is being filled, */
        size_t rows;
        double squares, sum; /* and of the whole ones */
        size_t blocks;
    } of[SCATTER_SPANS];
};
/* `upward`: what falls short of the expected, which is then a bound from above, tells nothing. */
void scatter_take(struct scatter *scatter, double errors, double expected, bool upward);
/* 1: not at all, or too little has been seen to tell. */
double scatter_dispersion(const struct scatter *scatter);

/* The bet on ranks: a conformal test martingale with restarts. */
#define RANK_BETS 5
struct rank_bet {
    double odds[RANK_BETS];
    double restart;                /* the stake put in anew at each row */
    double exponent;               /* 1/slowdown now, */
    double least_slowdown;         /* and as the past alone has it */
    double sorted[JUDGE_MEMORY];   /* past scores that ranks are taken among */
    double in_order[JUDGE_MEMORY]; /* the same, a ring by age */
    size_t n, oldest;
    double waiting[JUDGE_LEARNS]; /* scores too young to be the past: a ring */
    size_t n_waiting, next_waiting;
};
/* Scores may have NAN. `slowdown`: of stat_slowdown(). `bake_rows` spreads the restarts' stake. */
void rank_begin(struct rank_bet *bet, const double *scores, size_t n, double slowdown,
                gint64 bake_rows);
/* Bets on one row. `score` has the margin taken off; `least` is a bound from below to its p-value
 * (a rank can say no more than counting could). */
void rank_take(struct rank_bet *bet, double score, double least, bool warm);
/* The row's score, margin and all, becomes a part of the past in an hour. */
void rank_learn(struct rank_bet *bet, double score);
bool rank_has_learnt(const struct rank_bet *bet); /* any row of the bake's own */
double rank_odds(const struct rank_bet *bet);

/* Errors over what was expected of them, of one cell or several. */
struct tally {
    double errors, expected;
};
/* The log of their common ratio; of 3 and more, the highest and the lowest are left out. 0: none.
 */
double tally_pool(const struct tally *tallies, size_t n);

/* A cell as far as it is judged or judged by. */
struct judged_cell {
    struct level level;
    double usual_requests;              /* a row; NAN: not known */
    double usual[METRIC_COUNT];         /* median logarithm */
    struct tally rows[JUDGE_WORLD_MAX]; /* the newest last; all zero: no datum */
    double requests[JUDGE_STANDS];      /* likewise; NAN: no datum */
    struct tally total;                 /* since the deploy */
    struct tally lately;                /* decaying */
    double past_errors;
};

/* What the controls have lately been doing, as a log over their own past: how much of it this cell
 * is expected to follow. */
struct following {
    double share;           /* how closely it followed before the deploy */
    double spread, spread5; /* of the controls' logs, and of their 5-row medians, before */
    double last[JUDGE_MEDIAN_ROWS];
    double off; /* what counts as having left their own noise */
};
void following_begin(struct following *following, const double *own, const double *controls,
                     size_t n, double off, double *expected);
/* `lately`: the slow part, which it follows in full. */
double following_take(struct following *following, double controls, double lately);

/* When a fault may have begun, and the errors since. */
struct spell {
    gint64 age;              /* rows from the deploy to its first */
    double weight;           /* prior */
    double capped, exposure; /* errors, and requests that they are to be expected of */
    double errors, expected; /* raw */
    double requests;
    double own;                          /* expected by the own past alone */
    double worst_errors, worst_expected; /* the row of the largest excess, which size leaves out */
    gint64 rows, bad;
    double debt[5];      /* what the warm-up brought along beyond JUDGE_WARM, in logs */
    struct tally *world; /* the controls' totals when it began */
};

struct errors_test {
    struct level level;
    struct rank_bet ranks;
    double bad_score, dispersion, dispersion_before; /* before: of the past alone */
    struct scatter learnt;                           /* of the bake's own rows, an hour later */
    struct tally waiting[JUDGE_LEARNS];              /* rows that are too young for that: a ring */
    guint n_waiting, next_waiting;
    GArray *spells;  /* struct spell, oldest first */
    unsigned recent; /* bits: bad rows of the last JUDGE_RECENT_ROWS after the warm-up */
    double odds;
    bool sizeable;
    gint64 rows_small; /* in a row too small to be a fault */
    guint window;      /* the spell that shows it */
    double ratio;
};

/* Latency, CPU, connections, and the fleet's own. Of one where less is worse, logarithms and rises
 * have the other sign. */
struct shift_test {
    bool known;
    int sign;
    double usual, margin, least_ratio, least_rise;
    struct rank_bet ranks;
    double score[JUDGE_MEDIAN_ROWS], rise[JUDGE_MEDIAN_ROWS], beyond[JUDGE_MEDIAN_ROWS];
    double value[JUDGE_MEDIAN_ROWS];
    gint64 rows, rows_after_warmup, rows_small; /* small: in a row too small to be a fault */
    double odds, median;
    bool sizeable;
};

struct day;

struct judge {
    struct judge_terms terms;
    size_t n_cells;
    gint64 bake_rows;
    GArray *past[METRIC_COUNT]; /* double, n_cells a row, until judge_begin() */
    size_t past_rows;
    struct day *day;
    size_t own_past_rows, own_past_span; /* of them, those of the cell's own; since its first */
    struct judged_cell *cells;           /* [0] is the judged one */
    bool compares[METRIC_COUNT];         /* some control has a past of it, to be compared with */
    guint world_rows; /* the trailing rows that tell what the controls are doing */
    struct following error_following, following[METRIC_COUNT];
    double lately[METRIC_COUNT], requests_lately;
    struct errors_test errors, errors_alone; /* alone: as if there were no controls */
    struct shift_test shift[METRIC_COUNT], shift_alone[METRIC_COUNT];
    double shift_odds_factor; /* of odds_needed() */
    gint64 age, rows;         /* of the newest row; how many since the deploy */
    bool warm;
    struct judge_finding found[METRIC_COUNT];
    struct judge_finding shared[METRIC_COUNT]; /* the last one that was SHARED, */
    gint64 shared_at[METRIC_COUNT];            /* and its age; 0: never */
};

static inline size_t n_controls(const struct judge *judge)
{
    return judge->n_cells - 1;
}
/* Evidence needed: a past too short to know the level by, and a bake so long that the errors of
 * what was estimated are tested often, ask for more. */
double odds_needed(const struct judge *judge);

/* judge_day.c */
struct day *day_new(void);
void day_free(struct day *day);
void day_take(struct day *day, const struct judge_row *row);
void day_begin(struct judge *judge);  /* once the levels are known */
void day_follow(struct judge *judge); /* the age of each row that is taken */
/* By how much (log) this hour may be worse than the past's hours for no fault: the day before shows
 * it; as far as it does not, or after a weekend, which knows no weekday's rise, the worst that the
 * day's rhythm makes of it. Never below 0. */
double day_at_worst_log(const struct judge *judge, enum metric metric);
/* The same as far as the day before shows it. */
double day_shown_log(const struct judge *judge, enum metric metric);
/* What the controls lead to expect, or what the day before shows where that is worse. Logs. */
double day_excuse(const struct judge *judge, enum metric metric, double shift);

/* judge_errors.c */
double count_errors(double rate_pct, double requests);
void errors_begin(struct judge *judge);
void errors_take(struct judge *judge, const struct judge_row *rows);
/* judge_bets.c */
void errors_test_begin(struct errors_test *test, const struct judge *judge, const double *errors,
                       const double *requests, const double *shifts, const GArray *others);
/* `odd`: the hour was unlike the others the day before, beyond what the controls lead to expect. */
void errors_test_take(struct errors_test *test, const struct judge *judge, double errors,
                      double requests, double shift, bool odd);
void errors_test_clear(struct errors_test *test);
/* judge_shift.c */
double shift_log(const struct judge *judge, enum metric metric, double value);
void shifts_begin(struct judge *judge);
void shifts_take(struct judge *judge, const struct judge_row *rows);
/* judge_blame.c */
/* Whether `own` errors are beyond what the controls do, by `world` (their tallies, n_controls). */
bool beyond_controls(const struct judge *judge, struct tally own, const struct tally *world);
bool last_rows_beyond_controls(const struct judge *judge, size_t rows);
bool last_rows_are_worse(const struct judge *judge, size_t rows); /* than its own past */
bool spell_beyond_controls(const struct judge *judge, const struct spell *spell);
double spell_world_ratio(const struct judge *judge, const struct spell *spell);
