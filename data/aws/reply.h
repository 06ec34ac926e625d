/* JSON answers, the long ones read beside the main loop: a page of a megabyte takes jansson some
 * 20 ms, which nobody who presses a key should wait for (architecture.md, "Speed"). */
#pragma once

#include <glib.h>
#include <jansson.h>

/* The threads that read: few, as a tree in memory is up to 20 times as large as its text. */
struct reply_readers;
struct reply_readers *reply_readers_new(GMainContext *context);
void reply_readers_free(struct reply_readers *readers); /* waits for what is being read */

struct reply_reading;

/* `reply` is borrowed; NULL: the text is no JSON. */
typedef void (*reply_fn)(json_t *reply, gpointer data);

/* Reads `text` (copied; none at all counts as {}); `fn` is called once, from the main context,
 * never from within. */
struct reply_reading *reply_read(struct reply_readers *readers, const GString *text, reply_fn fn,
                                 gpointer data);
void reply_cancel(struct reply_reading *reading); /* fn is not called any more */
