#include "rollout/failover_state.h"

#include "data/base/fault_switch.h"

bool tenant_is_left(const struct failover_tenant *tenant)
{
    return tenant->item_left || tenant->record_left;
}

bool tenant_was_touched(const struct failover_tenant *tenant)
{
    return tenant->item != ITEM_AS_PLANNED || tenant->record != RECORD_AS_IT_WAS ||
           tenant->item_left || tenant->record_left;
}

static bool wants_there(const struct failover *failover, const struct failover_tenant *tenant,
                        enum phase phase)
{
    bool left = tenant_is_left(tenant);
    bool record =
        failover->plan->dns && tenant->plan->record && !left && tenant->record == RECORD_AS_IT_WAS;
    switch (phase) {
    case PHASE_MARK:
        return tenant->item == ITEM_AS_PLANNED && !left && !tenant->checked;
    case PHASE_COPY:
        return failover->plan->move_ms > 0 && tenant->item == ITEM_MARKED && !tenant->copied &&
               !left;
    case PHASE_READ:
        return record && !tenant->record_known;
    case PHASE_CHANGE:
        return record && !tenant->record_there && !failover_is_drill(failover);
    case PHASE_PLACE:
        return tenant->item == ITEM_MARKED && !left;
    case PHASE_GIVE_BACK:
        return tenant->item == ITEM_MARKED && tenant->record_left && !tenant->item_left;
    case PHASE_VERIFY:
        return tenant->item == ITEM_PLACED && !left && !tenant->verified_ms;
    default:
        return false;
    }
}

/* Only what was done is undone, and what is somebody else's by now is left alone. */
static bool wants_back(const struct failover_tenant *tenant, enum phase phase)
{
    bool left = tenant_is_left(tenant) && !FAULT_SWITCH(LEFT_TOUCHED);
    bool record = tenant->record == RECORD_CHANGED && !left;
    switch (phase) {
    case PHASE_MARK:
        return tenant->item == ITEM_PLACED && !tenant->item_left;
    case PHASE_READ:
        return record && !tenant->record_known;
    case PHASE_CHANGE:
        return record;
    case PHASE_GIVE_BACK:
        return tenant->item == ITEM_MARKED && !tenant->item_left;
    case PHASE_VERIFY:
        return tenant->item == ITEM_RESTORED && !tenant_is_left(tenant) &&
               tenant->step != TENANT_BACK;
    default:
        return false;
    }
}

bool tenant_wants(const struct failover *failover, const struct failover_tenant *tenant,
                  enum phase phase)
{
    return failover->reverting ? wants_back(tenant, phase) : wants_there(failover, tenant, phase);
}

enum phase batch_phase(const struct failover *failover, guint place)
{
    const struct failover_batch *batch = failover_batch_at(failover, place);
    bool of_this_way = batch->back == failover->reverting;
    if (of_this_way && batch->verified)
        return PHASE_DONE;
    bool pending = of_this_way && batch->changes->len > 0 && !batch->insync;
    enum phase phase = pending && !FAULT_SWITCH(PLACED_TOO_EARLY) ? PHASE_INSYNC : PHASE_DONE;
    for (guint i = 0; i < batch->n && phase > PHASE_MARK; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, batch->first + i);
        for (enum phase wanted = PHASE_MARK; wanted < phase; wanted++)
            if (tenant_wants(failover, tenant, wanted))
                phase = wanted;
    }
    return phase;
}

guint batch_in_turn(const struct failover *failover, guint i)
{
    return failover->reverting ? failover->batches->len - 1 - i : i;
}

bool batches_are_done(const struct failover *failover, guint i)
{
    for (guint at = 0; at < i; at++)
        if (batch_phase(failover, batch_in_turn(failover, at)) != PHASE_DONE)
            return false;
    return true;
}

/* The canary of the way there is one tenant, which shows what is wrong with a target or a zone. On
 * the way back nothing is new. */
bool batch_may_begin(const struct failover *failover, guint i)
{
    const struct failover_batch *batch = failover_batch_at(failover, batch_in_turn(failover, i));
    if (i == 0)
        return true;
    if (batch->later && batch->back == failover->reverting && !batches_are_done(failover, i))
        return false;
    if (batch_phase(failover, batch_in_turn(failover, i - 1)) < PHASE_INSYNC)
        return false;
    return failover->reverting || batch_phase(failover, 0) == PHASE_DONE ||
           FAULT_SWITCH(CANARY_FORGOTTEN);
}

bool failover_is_done(const struct failover *failover)
{
    for (guint i = 0; i < failover->batches->len; i++)
        if (batch_phase(failover, i) != PHASE_DONE)
            return false;
    return true;
}

enum failover_code failover_code_of_dns(const char *code)
{
    static const struct {
        const char *code;
        enum failover_code held;
    } codes[] = {{"refused", FAILOVER_DNS_REFUSED},
                 {"throttled", FAILOVER_DNS_THROTTLED},
                 {"away", FAILOVER_DNS_AWAY}};
    for (size_t i = 0; code && i < G_N_ELEMENTS(codes); i++)
        if (strcmp(codes[i].code, code) == 0)
            return codes[i].held;
    return FAILOVER_NO_CODE;
}
