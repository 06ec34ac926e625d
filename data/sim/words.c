#include "data/sim/words.h"

#include <glib.h>

#define JSON_WORDS                                                                                 \
    "AccessDeniedException", "ExpiredTokenException", "InvalidSignatureException", 400
#define QUERY_WORDS "AccessDenied", "ExpiredToken", "SignatureDoesNotMatch", 403

static const struct sim_words words[] = {
    {"dynamodb", "dynamodb", "ProvisionedThroughputExceededException", "InternalServerError",
     JSON_WORDS},
    {"ecs", "ecs", "ThrottlingException", "ServerException", JSON_WORDS},
    {"monitoring", "cloudwatch", "Throttling", "InternalServiceFault", QUERY_WORDS},
    {"sns", "sns", "Throttling", "InternalError", "AuthorizationError", "ExpiredToken",
     "SignatureDoesNotMatch", 403},
    {"route53", "route53", "Throttling", "InternalFailure", QUERY_WORDS},
    {"sts", "sts", "Throttling", "InternalFailure", QUERY_WORDS},
};

const struct sim_words *sim_words(const char *service)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_strcmp0(service, words[i].service) == 0)
            return &words[i];
    return &words[G_N_ELEMENTS(words) - 1];
}
