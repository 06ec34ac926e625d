/* A feed on a small AWS of loopback, with periods of a second, and a main loop to run it. */
#pragma once

#include "data/feed.h"
#include "tests/unit/fake_aws.h"

struct stage {
    struct config *config;
    struct aws_client *client;
    struct feed *feed; /* NULL until a story reads or polls */
    GMainLoop *loop;
    struct snapshot *latest;
    const char *url;
};
extern struct stage stage;

/* For a TestSuite: a fleet of the cells "us" and "eu" (eu-west-1), and no feed yet. */
void stage_begin(void);
void stage_end(void);

/* The same fleet with more: YAML in `aws: {...}`, and below `cells:`. */
void stage_fleet(const char *aws, const char *cells);

/* feed_read_once, to its end. */
void stage_read_once(void);
/* Starts the feed, if it is not there, and runs it until a snapshot fulfils the condition. */
typedef bool (*stage_condition)(const struct snapshot *snapshot);
void stage_poll_until(stage_condition condition);
/* The same with a feed that is told what is looked at before it starts. */
void stage_poll_watching(const char *const *cells, stage_condition condition);
/* Hands the latest snapshot to the stage; for feeds that a story makes itself. */
void stage_snapshot(struct snapshot *snapshot, gpointer data);

const struct source *stage_source(const char *name);
/* For how many periods the cell was asked. */
guint stage_times_asked(const char *cell);
bool us_was_asked_three_times(const struct snapshot *snapshot);
