#include "tui/views/ack_asks.h"

#include "rollout/failover_draft.h"

#include <string.h>

static char *must_be(const char *text, enum proof proof)
{
    return strcmp(text, proof_name(proof)) == 0
               ? NULL
               : g_strdup_printf("type %s, as it is named, or nothing is done", proof_name(proof));
}

#define MUST_BE(name, proof)                                                                       \
    static char *must_be_##name(const char *text, gconstpointer about)                             \
    {                                                                                              \
        (void)about;                                                                               \
        return must_be(text, proof);                                                               \
    }
MUST_BE(data, PROOF_DATA)
MUST_BE(version, PROOF_VERSION)
MUST_BE(fence, PROOF_FENCE)
MUST_BE(promote, PROOF_PROMOTE)
MUST_BE(dns, PROOF_DNS)
static char *(*const must[PROOFS])(const char *, gconstpointer) = {
    [PROOF_DATA] = must_be_data,   [PROOF_VERSION] = must_be_version,
    [PROOF_FENCE] = must_be_fence, [PROOF_PROMOTE] = must_be_promote,
    [PROOF_DNS] = must_be_dns,
};

char *ack_words(const struct ack_about *about, enum proof proof)
{
    if (proof == PROOF_DNS && about->by_hand)
        return g_strdup("the zone is left alone: every record is yours to change");
    return failover_plan_ack_words(about->evacuation, about->kind, proof);
}

size_t ack_asks_set(struct dialog_ask *asks, const struct ack_about *about, unsigned needs)
{
    size_t n = 0;
    for (int i = 0; i < PROOFS; i++) {
        if (!(needs & 1u << i))
            continue;
        const char *name = proof_name((enum proof)i);
        g_autofree char *words = ack_words(about, (enum proof)i);
        asks[n++] =
            (struct dialog_ask){.name = name,
                                .note = g_strdup_printf("type %s to go on: %s", name, words),
                                .wrong = must[i]};
    }
    return n;
}

void ack_asks_clear(struct dialog_ask *asks, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (int proof = 0; proof < PROOFS; proof++)
            if (asks[i].wrong && asks[i].wrong == must[proof])
                g_free((char *)asks[i].note);
    memset(asks, 0, n * sizeof *asks);
}

unsigned ack_asks_typed(const struct dialog *dialog)
{
    unsigned acks = 0;
    for (int i = 0; i < PROOFS; i++) {
        const char *name = proof_name((enum proof)i);
        if (g_strcmp0(dialog_typed(dialog, name), name) == 0)
            acks |= 1u << i;
    }
    return acks;
}
