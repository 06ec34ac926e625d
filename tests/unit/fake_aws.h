/* A small AWS on loopback, in threads of the test's own program: CloudWatch, DynamoDB's Scan, STS's
 * AssumeRole, and every /healthcheck. What it does wrong is up to the test. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* One metric of one cell that was asked for: its health. */
struct fake_asked {
    char cell[16];
    gint64 end_s; /* EndTime */
};

/* Calls of one kind wait in it until `wanted` have come at once. */
struct fake_gate {
    int now, most, wanted;
};

/* What the test and the server's threads share, under `lock`. */
struct fake_aws {
    GMutex lock;
    GCond changed;
    bool released; /* calls that hang may end */
    bool eu_hangs; /* nothing of eu-west-1 answers */
    bool registry_hangs;
    bool scans_fail;                    /* all of them ... */
    bool second_fails;                  /* ... or each segment's second page ... */
    int segment_fails;                  /* ... or this segment, if not 0 */
    bool metrics_empty;                 /* GetMetricData has no datapoints any more */
    bool alarm;                         /* of the cell "us" */
    bool more_alarms;                   /* 150 more, so that they don't fit on a page */
    int tenants;                        /* t1, t2, ... of the cell "us" */
    int moved;                          /* this one is of the cell "eu" */
    int twin;                           /* this one calls itself t1, too */
    struct fake_gate metrics, scanning; /* us-east-1's GetMetricData; Scan */
    int whole_pasts;                    /* GetMetricData calls for an hour or more */
    int scans, lists, signals; /* calls: Scan, DescribeAlarms of all and of those in ALARM */
    int consistent;            /* Scans that asked for things as they are now */
    GArray *asked;             /* struct fake_asked */
};
extern struct fake_aws fake;

/* Starts it; AWS_ENDPOINT_URL and the credentials in the environment point at it. Its URL. */
const char *fake_start(void);
void fake_stop(void);

void fake_set(bool *flag, bool value);
void fake_set_number(int *number, int value);
int fake_number(const int *number);
/* The ends of the periods that the cell was asked for, in order: gint64. Caller frees. */
GArray *fake_ends(const char *cell);
