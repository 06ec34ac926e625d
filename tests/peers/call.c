/* Scans a table in us-east-1: COUNT calls one after the other, then COUNT at once. Prints of each
 * "ok" or its error, and at last the measured skew of the clock in seconds (or "unknown"). For
 * tls.test, which looks at what goes over the wire. */
#include "data/aws/client.h"
#include "data/base/when.h"

#include <stdio.h>
#include <stdlib.h>

struct round {
    GMainLoop *loop;
    int left;
};

static void print_reply(json_t *reply, const GError *error, gpointer data)
{
    struct round *round = data;
    puts(reply ? "ok" : error->message);
    if (--round->left == 0)
        g_main_loop_quit(round->loop);
}

static void scan(struct aws_client *client, int count)
{
    static const struct aws_target target = {.service = AWS_DYNAMODB};
    struct round round = {g_main_loop_new(NULL, FALSE), count};
    for (int i = 0; i < count; i++)
        aws_json(client, &target, "Scan", json_pack("{s:s}", "TableName", "table"), AWS_CALL_READ,
                 30 * WHEN_SECOND, print_reply, &round);
    g_main_loop_run(round.loop);
    g_main_loop_unref(round.loop);
}

int main(G_GNUC_UNUSED int argc, char **argv)
{
    struct aws_client *client = aws_client_new(NULL, "us-east-1");
    int count = atoi(argv[1]);
    for (int i = 0; i < count; i++)
        scan(client, 1);
    if (count > 1)
        scan(client, count);
    gint64 skew_ms = aws_client_skew_ms(client);
    if (skew_ms == G_MININT64)
        puts("unknown");
    else
        printf("%" G_GINT64_FORMAT "\n", skew_ms / WHEN_SECOND);
    aws_client_free(client);
    return 0;
}
