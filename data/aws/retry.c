#include "data/aws/retry.h"

#include "data/base/when.h"

enum { BUCKET_SIZE = 500, PRICE = 5, PRICE_OF_TIMEOUT = 10, LONGEST_DELAY_S = 20 };

/* botocore's lists for its standard mode, and Route 53's own word for it. */
static const struct {
    const char *code;
    enum retry_kind kind;
} by_code[] = {
    {"Throttling", RETRY_REFUSED},
    {"ThrottlingException", RETRY_REFUSED},
    {"ThrottledException", RETRY_REFUSED},
    {"EC2ThrottledException", RETRY_REFUSED},
    {"RequestThrottled", RETRY_REFUSED},
    {"RequestThrottledException", RETRY_REFUSED},
    {"TooManyRequestsException", RETRY_REFUSED},
    {"ProvisionedThroughputExceededException", RETRY_REFUSED},
    {"RequestLimitExceeded", RETRY_REFUSED},
    {"BandwidthLimitExceeded", RETRY_REFUSED},
    {"LimitExceededException", RETRY_REFUSED},
    {"SlowDown", RETRY_REFUSED},
    {"PriorRequestNotComplete", RETRY_REFUSED},
    {"TransactionInProgressException", RETRY_THROTTLED},
    {"RequestTimeout", RETRY_TRANSIENT},
    {"RequestTimeoutException", RETRY_TRANSIENT},
};

static const struct {
    int status;
    enum retry_kind kind;
} by_status[] = {
    {429, RETRY_REFUSED},   {500, RETRY_TRANSIENT}, {502, RETRY_TRANSIENT},
    {503, RETRY_TRANSIENT}, {504, RETRY_TRANSIENT},
};

enum retry_kind retry_kind_of(const char *code, int status)
{
    for (size_t i = 0; code && i < G_N_ELEMENTS(by_code); i++)
        if (g_str_equal(code, by_code[i].code))
            return by_code[i].kind;
    for (size_t i = 0; i < G_N_ELEMENTS(by_status); i++)
        if (status == by_status[i].status)
            return by_status[i].kind;
    return RETRY_NOT;
}

void retry_bucket_init(struct retry_bucket *bucket)
{
    bucket->tokens = BUCKET_SIZE;
}

static int price(enum retry_kind kind)
{
    return kind == RETRY_TIMEOUT ? PRICE_OF_TIMEOUT : PRICE;
}

gint64 retry_delay_ms(int attempt, double jitter)
{
    gint64 longest_s = MIN(G_GINT64_CONSTANT(1) << MIN(attempt - 1, 10), LONGEST_DELAY_S);
    return (gint64)(jitter * (double)(longest_s * WHEN_SECOND));
}

bool retry_exhausted(const struct retry_bucket *bucket, enum retry_kind kind)
{
    return kind != RETRY_NOT && bucket->tokens < price(kind);
}

bool retry_next(struct retry_bucket *bucket, enum retry_kind kind, bool write, int attempt,
                double jitter, gint64 *delay_ms)
{
    bool allowed = write ? kind == RETRY_REFUSED : kind != RETRY_NOT;
    if (!allowed || attempt >= RETRY_ATTEMPTS || bucket->tokens < price(kind))
        return false;
    bucket->tokens -= price(kind);
    *delay_ms = retry_delay_ms(attempt, jitter);
    return true;
}

void retry_succeeded(struct retry_bucket *bucket, enum retry_kind last)
{
    bucket->tokens = MIN(BUCKET_SIZE, bucket->tokens + (last == RETRY_NOT ? 1 : price(last)));
}
