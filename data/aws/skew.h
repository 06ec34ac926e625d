/* How far this machine's clock is from AWS's, for people. AWS refuses what is signed five minutes
 * off, which is corrected (client.h); but ages, and what was measured after a deploy, are told by
 * this machine's clock and AWS's together. Pure. */
#pragma once

#include <glib.h>

/* The clock as aws_client_skew_ms() tells it: "10m behind AWS's". NULL while it is not known to be
 * half a minute off: a Date is as old as the answer with it, which may take 20 s. Caller frees. */
char *skew_words(gint64 skew_ms);
