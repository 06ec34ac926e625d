/* `celldeck journal table`: how the table of a shared journal is made. It makes nothing itself:
 * celldeck's own permissions end at putting events. */
#include "data/base/error.h"
#include "data/journal_table.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"
#include "tui/commands/subcommand.h"

#include <stdio.h>

struct table_options {
    char *table, *region;
    gboolean document;
};

static const GOptionEntry options[] = {
    {"table", 0, 0, G_OPTION_ARG_STRING, OPTION_AT(struct table_options, table),
     "Its name, where there is no celldeck.yaml yet", "NAME"},
    {"region", 0, 0, G_OPTION_ARG_STRING, OPTION_AT(struct table_options, region),
     "Where it is to be", "REGION"},
    {"cli-input-json", 0, 0, G_OPTION_ARG_NONE, OPTION_AT(struct table_options, document),
     "The document for aws dynamodb create-table --cli-input-json file://table.json", NULL},
    {0}};

/* Where the options leave it open, celldeck.yaml says what it is called, and where. */
static bool find_names(struct context *context, const char **table, const char **region,
                       GError **error)
{
    const struct table_options *given = context->options;
    *table = given->table;
    *region = given->region;
    if (*table)
        return true;
    if (!context_open_config(context, error))
        return false;
    const struct config *config = context->config;
    if (!config->journal_table) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "%s has no journal: {store: dynamodb, table: NAME}; name the table with "
                    "--table NAME",
                    config->path);
        return false;
    }
    *table = config->journal_table;
    if (!*region)
        *region = config->journal_region;
    return true;
}

static void print_commands(const char *table, const char *region)
{
    g_autofree char *where = region ? g_strconcat(" --region ", region, NULL) : g_strdup("");
    g_autofree char *quoted = g_shell_quote(table);
    printf("# The journal that several bastions share. Run this once, as somebody who may.\n"
           "aws dynamodb create-table --table-name %s%s \\\n"
           "    --attribute-definitions AttributeName=log,AttributeType=S "
           "AttributeName=position,AttributeType=N \\\n"
           "    --key-schema AttributeName=log,KeyType=HASH AttributeName=position,KeyType=RANGE "
           "\\\n"
           "    --billing-mode PAY_PER_REQUEST\n"
           "aws dynamodb wait table-exists --table-name %s%s\n"
           "# It is the audit record: keep every second of 35 days, and let nobody delete it.\n"
           "aws dynamodb update-continuous-backups --table-name %s%s \\\n"
           "    --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true\n"
           "aws dynamodb update-table --table-name %s%s --deletion-protection-enabled\n",
           quoted, where, quoted, where, quoted, where, quoted, where);
}

static int table(struct context *context, GError **error)
{
    const struct table_options *given = context->options;
    const char *name, *region;
    if (!find_names(context, &name, &region, error))
        return CD_ERROR_USAGE;
    if (given->document)
        out_document(journal_table_definition(name));
    else
        print_commands(name, region);
    return 0;
}

static const struct subcommand subcommands[] = {
    {.name = "table",
     .usage = "[--table NAME] [--region REGION] [--cli-input-json]",
     .about = "the commands that make the DynamoDB table of a shared journal",
     .options = options,
     .options_size = sizeof(struct table_options),
     .run = table},
    {0}};

static int run(int argc, char **argv, GError **error)
{
    return subcommand_run(subcommands, argc, argv, error);
}

const struct command command_journal = {
    .name = "journal",
    .usage = "table",
    .summary = "how a journal that several bastions share is set up",
    .run = run,
};
