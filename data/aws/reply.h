/* Answers read beside the main loop where they are long: a page of a megabyte takes some 20 ms,
 * which nobody who presses a key should wait for (architecture.md, "Speed"). */
#pragma once

#include "data/aws/client.h"

/* The threads that read: few, as the tree of an answer takes up to 20 times its text. */
struct reply_readers;
struct reply_readers *reply_readers_new(GMainContext *context);
void reply_readers_free(struct reply_readers *readers); /* waits for what is being read */

/* See aws_read(). */
struct reply_how {
    const struct aws_reader *reader;
    gpointer with;
    GDestroyNotify release;
};

struct reply_reading;

/* Reads `text` (copied) as `how` says, whose `with` it takes. `fn` is called once, with a value or
 * an error (both borrowed), from the main context and never from within. */
struct reply_reading *reply_read(struct reply_readers *readers, const GString *text,
                                 const struct reply_how *how, aws_value_fn fn, gpointer data);
void reply_cancel(struct reply_reading *reading); /* fn is not called any more */
