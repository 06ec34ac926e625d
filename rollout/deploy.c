#include "rollout/deploy.h"

#include "data/base/error.h"
#include "rollout/deploy_driver.h"

struct deployer {
    const struct deployer_driver *driver;
    gpointer self;
    struct config *config;
};

static const struct deployer_driver *const drivers[] = {
    [DRIVER_ECS] = &deploy_ecs,
    [DRIVER_EXEC] = &deploy_exec,
};

struct deployer *deployer_new(struct config *config, struct aws_client *client,
                              const char *state_dir, GError **error)
{
    enum deploy_driver name = config->deploy.driver;
    if (name >= G_N_ELEMENTS(drivers) || !drivers[name]) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    name == DRIVER_NONE ? "%s: deploy.driver is not set: nothing can be deployed; "
                                          "set it to ecs or exec"
                                        : "%s: this build has no such deploy.driver; "
                                          "use ecs or exec",
                    config->path);
        return NULL;
    }
    gpointer self = drivers[name]->open(config, client, state_dir, error);
    if (!self)
        return NULL;
    struct deployer *deployer = g_new0(struct deployer, 1);
    *deployer = (struct deployer){drivers[name], self, config_ref(config)};
    return deployer;
}

void deployer_free(struct deployer *deployer)
{
    deployer->driver->close(deployer->self);
    config_unref(deployer->config);
    g_free(deployer);
}

void deployer_current(struct deployer *deployer, const struct cell_config *cell, deploy_fn fn,
                      gpointer data)
{
    struct deploy_request request = {.cell = cell};
    deployer->driver->current(deployer->self, &request, fn, data);
}

void deployer_deploy(struct deployer *deployer, const struct cell_config *cell, const char *version,
                     const char *previous, const char *token, deploy_fn fn, gpointer data)
{
    struct deploy_request request = {
        .cell = cell, .version = version, .previous = previous, .token = token};
    deployer->driver->deploy(deployer->self, &request, fn, data);
}

void deployer_progress(struct deployer *deployer, const struct cell_config *cell,
                       const char *reference, deploy_fn fn, gpointer data)
{
    struct deploy_request request = {.cell = cell, .reference = reference};
    deployer->driver->progress(deployer->self, &request, fn, data);
}

void deployer_rollback(struct deployer *deployer, const struct cell_config *cell,
                       const char *reference, const char *version, const char *token, deploy_fn fn,
                       gpointer data)
{
    struct deploy_request request = {
        .cell = cell, .version = version, .reference = reference, .token = token, .rollback = true};
    deployer->driver->rollback(deployer->self, &request, fn, data);
}

gint64 deployer_poll_ms(const struct deployer *deployer)
{
    return deployer->driver->poll_ms(deployer->self);
}

gint64 deployer_deadline_ms(const struct deployer *deployer)
{
    return deployer->driver->deadline_ms;
}
