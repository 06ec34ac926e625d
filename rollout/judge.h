/* The statistics of the regression gates (gates.md): is the cell worse than its own past and than
 * the cells that still run the old version? Rows in, findings out: no clock, no I/O, no randomness.
 * A row costs microseconds however long the bake is, and memory does not grow with it.
 *
 * Evidence is an e-process, so that it may be looked at after every row: while nothing is wrong it
 * is expected to stay at or below 1 at every moment, and ever reaches `odds` with a probability of
 * 1/odds at most (Ville 1939; Shin, Ramdas & Rinaldo 2023 for faults that begin late). Two bets
 * make it up for errors: where a row ranks among past ones (Vovk & Wang 2021), and a mixture of
 * likelihood ratios of their counts before and after. Latency, CPU and connections have ranks of
 * logarithms. Finding needs evidence, size (max_ratio) and, for FAIL, attribution: what the
 * controls do too is not the release's. */
#pragma once

#include "data/fleet.h"

/* One period of one cell; NAN: no datum. What can't be true (metric_value_usable)
 * counts as none. */
struct judge_row {
    double value[METRIC_COUNT];
};

struct judge_terms {
    gint64 period_ms, warmup_ms, bake_ms;
    bool after_weekend;       /* the day before may excuse what this one does, and bounds nothing */
    double max_ratio;         /* of now over what was to be expected; above 1 */
    double min_events;        /* errors */
    double odds;              /* of evidence needed, against 1 */
    bool asked[METRIC_COUNT]; /* of error rate, CPU, connections, latency, and the fleet's own */
    struct own_terms {
        bool falls;        /* less is worse */
        double min_change; /* in its unit: what is worse by less is nobody's business */
    } own[OWN_METRICS_MAX];
};

struct judge;
/* `n_controls` cells beside the judged one; their number and order stay. */
struct judge *judge_new(const struct judge_terms *terms, size_t n_controls);
void judge_free(struct judge *judge);
OWNABLE(judge, judge_free);

/* One period of the judged cell before those of its past, oldest first, gaps as rows of NAN: what
 * it did at the same hours of the day before. As far as there are any, a day at most. */
void judge_earlier(struct judge *judge, const struct judge_row *row);
/* One period before the deploy, oldest first, gaps as rows of NAN; rows[0] is the judged cell's,
 * the controls' follow. After the last: judge_begin(). */
void judge_past(struct judge *judge, const struct judge_row *rows);
void judge_begin(struct judge *judge);
/* One period after the deploy. `age_ms`: from the deploy to the period's end; rises. */
void judge_take(struct judge *judge, gint64 age_ms, const struct judge_row *rows);

enum judge_word {
    JUDGE_QUIET,  /* nothing */
    JUDGE_LIKELY, /* some evidence, and size: neither proof nor nothing */
    JUDGE_SHARED, /* proof, but the controls do it too: not attributable; stands for a while */
    JUDGE_GUILTY  /* proof, size, and not shared */
};
struct judge_finding {
    enum judge_word word;
    double odds;       /* of the evidence now, against 1 */
    double ratio;      /* now over what was to be expected */
    double controls;   /* the controls over their own past, likewise; NAN: none */
    double day_before; /* this hour's, the day before, likewise; 1: no more than now, or unknown */
    double seen, expected; /* errors since the fault is thought to have begun; else 5-row medians */
    double requests;       /* likewise; 0 for other metrics than errors */
    gint64 rows;           /* since then */
};
/* What is said of `metric` after the newest row. All zero where it was not asked or never read. */
struct judge_finding judge_find(const struct judge *judge, enum metric metric);

/* The cell's error rate before the deploy, in percent; 0: not known. */
double judge_usual_error_pct(const struct judge *judge);

/* How many past rows there were that the cell itself has something of that is asked for; and how
 * many from the first of them to the deploy. */
size_t judge_past_rows(const struct judge *judge);
size_t judge_past_span(const struct judge *judge);
/* How many rows it has taken since the deploy. */
size_t judge_rows(const struct judge *judge);

/* Requests a period before the deploy; 0: not known. */
double judge_usual_requests(const struct judge *judge);
