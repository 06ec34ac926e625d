/* The constants of the regression gates, all of them, each with its reason. "Null" below are good
 * releases; what a constant does to them and to bad ones was measured on the recordings that the
 * guide keeps, on the same with other cells taken for the canary, and on simulated nulls of 1 h to
 * a week (tests/unit/judge_nulls.c). None is tuned to one recording. */
#pragma once

/* The past. */
#define JUDGE_PAST_ROWS                                                                            \
    240 /* the last four hours, of rows a minute: more is another time of day                      \
         */
#define JUDGE_DAY_PAST     16 /* quarters of an hour: those four hours a day before, */
#define JUDGE_DAY          96 /* and those of the day since: rollout.md's "same hours" */
#define JUDGE_DAY_QUARTERS (JUDGE_DAY_PAST + JUDGE_DAY)
#define JUDGE_DAY_TELLS                                                                            \
    16.0 /* errors that a row of another metric is worth, where JUDGE_WORLD more are thought in:   \
            15 minutes of CPU tell it to some 6 %, as 240 errors do */
#define JUDGE_SHORT_PAST  30  /* gates.md: a past of less than 30 minutes asks for more evidence */
#define JUDGE_SCARCE_PAST 60  /* below it, the controls' past rows help to say what is usual */
#define JUDGE_SHORT_ODDS  5.0 /* how many times more */
#define JUDGE_NO_PAST     5   /* rows: of less nothing is known, and no comparison passes */
#define JUDGE_CAP_SD      3.0 /* a past minute counts up to 3 standard deviations: winsorised */

/* Evidence. Odds come from celldeck.yaml (gates.evidence). */
#define JUDGE_MARGIN  0.07 /* what is worse by less is nobody's business; takes up slow drifts */
#define JUDGE_RESTART 3    /* rows: a fault may begin late, so a new count starts every so often */
#define JUDGE_SPELLS  40   /* counts kept: all of the last two hours, older ones ever sparser */
#define JUDGE_FIRST   0.4  /* the prior odds that a fault begins with the deploy itself */
#define JUDGE_RANKS                                                                                \
    0.5 /* ranks win on wild traffic and counts on steady: half of the stake each                  \
         */
#define JUDGE_WARM                                                                                 \
    33.0                 /* the warm-up brings no more odds along than that (e^3.5), nor does what \
                            has been too small to be a fault for an hour */
#define JUDGE_LEARNS 60  /* rows: what an hour ago raised no alarm is the past of a long bake */
#define JUDGE_MEMORY 480 /* past rows that ranks are taken among; 1/481 is evidence enough */
#define JUDGE_SLOWEST                                                                              \
    4.0                  /* autocorrelation slows ranks down by no more: beyond, few rows say so   \
                          */
#define JUDGE_SHRINK 0.6 /* of an over-dispersion estimated from n blocks, less 0.6 sqrt(2/n) */
#define JUDGE_BLOCKS 6   /* fewer have no variance to speak of */
#define JUDGE_UNSURE 2.0 /* odds that are neither proof nor nothing: no PASS at the bake's end */
#define JUDGE_STANDS 10  /* rows: a HOLD stands for so long after its reason was last seen */

#define JUDGE_SHIFT_ODDS                                                                           \
    2.0 /* CPU, latency and connections share what errors have for themselves */
#define JUDGE_SHIFT_SHARED 3.0  /* metrics; more of them, the fleet's own, share it too */
#define JUDGE_OWN_MARGIN   0.12 /* of the fleet's own, as wild as connections for all we know */

/* Size and persistence: evidence of a trifle is no reason to roll back. The ratio itself and the
 * least number of errors come from celldeck.yaml (gates.max_ratio, gates.min_events). */
#define JUDGE_BAD_RATIO    1.15 /* a bad row: so much over what was expected, */
#define JUDGE_BAD_QUANTILE 0.7  /* and worse than 7 past rows in 10 */
#define JUDGE_BAD_ROWS     3    /* gates.md: 3 bad rows, of which 2 recent; or 4 and 1 */
#define JUDGE_RECENT_ROWS  6
#define JUDGE_MEDIAN_ROWS  5 /* gates.md: latency, CPU, connections: the median of 5 rows */

/* Attribution. */
#define JUDGE_WORSE     1.25 /* gates.md: worse than the controls by 1.25 at least, */
#define JUDGE_INCIDENT  1.4  /* and where they have 1.4 times their own errors, */
#define JUDGE_FAR_WORSE 4.0  /* far worse: a fault of everybody's hits cells unequally */
#define JUDGE_CROWD     2.0  /* where only their traffic is off (by 40 %): twice as bad */
#define JUDGE_WORLD     8.0  /* errors that must be expected of the controls to know the world by */
#define JUDGE_WORLD_MAX 15   /* rows back, at most */
#define JUDGE_HALF_LIFE                                                                            \
    10.0                    /* rows: how fast "what the controls have been doing lately" follows   \
                             */
#define JUDGE_OFF_ERRS 0.15 /* the controls have left their own noise: by that (errors), */
#define JUDGE_OFF      0.05 /* or that (the others), in logs, and 2.5 (3 for one row) of its sd */
#define JUDGE_RHYTHM   0.4  /* gates.md: the day's rhythm is +-40 %; nobody's past is older */
