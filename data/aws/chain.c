#include "data/aws/chain.h"

/* What a profile itself has. */
#define KEYS_OF_PROFILE                                                                            \
    &provider_sso, &provider_credentials_file, &provider_process, &provider_config_file

const struct provider *const chain_own[] = {&provider_environment,
                                            &provider_profile_role,
                                            &provider_web_identity,
                                            KEYS_OF_PROFILE,
                                            &provider_container,
                                            &provider_metadata,
                                            NULL};

const struct provider *const chain_named[] = {
    &provider_profile_role, &provider_profile_web_identity,
    KEYS_OF_PROFILE,        &provider_container,
    &provider_metadata,     NULL};

const struct provider *const chain_source[] = {
    &provider_profile_role, &provider_profile_web_identity, KEYS_OF_PROFILE, NULL};

const struct provider *const chain_source_keys[] = {&provider_profile_web_identity, KEYS_OF_PROFILE,
                                                    NULL};

const struct provider *const chain_role[] = {&provider_role, NULL};

static const struct {
    const char *name;
    const struct provider *chain[2];
} places[] = {
    {"Environment", {&provider_environment}},
    {"EcsContainer", {&provider_container}},
    {"Ec2InstanceMetadata", {&provider_metadata}},
};

const struct provider *const *chain_of_place(const char *credential_source)
{
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        if (g_str_equal(places[i].name, credential_source))
            return places[i].chain;
    return NULL;
}
