/* A failover, a move or a drill carried on: what conduct.h does not know of it. failover_conduct.c
 * has its part of the loop, failover_hold.c its locks and its preflight, failover_calls.c the calls
 * that its intents authorise (failover_registry.c, failover_dns.c and failover_commands.c one kind
 * each), failover_looks.c what is only read: records, INSYNC, (failover_verify.c) whether a tenant
 * is where it was sent and (failover_residents.c) who lives in the source. Private to these. */
#pragma once

#include "data/registry_write.h"
#include "data/residents.h"
#include "data/route53_write.h"
#include "rollout/clock_watch.h"
#include "rollout/conduct.h"
#include "rollout/conduct_trouble.h"
#include "rollout/failover.h"

/* Something that is tried until it is known how it ended. */
struct attempt {
    enum outcome outcome;
    char *why; /* of the last try, in words; or NULL */
    int tries; /* that failed, one after the other */
    gint64 next_mono_ms;
    /* Until then a try whose answer was lost may still land; 0: none was lost. What is read after
     * that is what became of it. */
    gint64 unsure_until_mono_ms;
};
void attempt_clear(struct attempt *attempt);
/* It failed just now, for that reason, and is due again after a while that grows. */
void attempt_failed(struct attempt *attempt, const char *why);
/* The same, and whether it happened is not known. */
void attempt_lost(struct attempt *attempt, const char *why);
void attempt_ends(struct attempt *attempt, enum outcome outcome, const char *why);
bool attempt_is_due(const struct attempt *attempt, gint64 mono_ms);

/* What is known of a tenant beside its events. */
struct traveller {
    struct crossing *crossing;
    guint place;    /* in failover.tenants */
    bool in_intent; /* the registry intent in flight is about it */
    struct attempt item;
    struct tenant_call *writing; /* or looking at what became of it */

    bool record_read;
    json_t *record;
    char *record_why;

    struct attempt verified;
    bool record_taken;           /* it is not verified, for its record is somebody else's by now */
    struct verifying *verifying; /* failover_verify.c */
};

/* lock/CELL of the source or of a target. */
struct crossing_lock {
    char *cell;
    char *holder;
    bool ours;
    gint64 seq;
};

/* Asked for where TestDNSAnswer could not be believed. */
enum zone_kind { ZONE_KIND_UNKNOWN, ZONE_KIND_PUBLIC, ZONE_KIND_PRIVATE };

/* What is under way at Route 53 for the dns intent in flight. */
enum zone_errand {
    ZONE_ERRAND_CHANGE, /* the change itself */
    ZONE_ERRAND_LOOK,   /* what stands there */
    ZONE_ERRAND_STAMP   /* it stands, and its id was lost: a change that replaces a set by itself */
};

struct crossing {
    struct conduct base;
    struct failover *failover; /* NULL until the lease is ours */
    struct clock_watch clock;  /* since failover.since_ms */

    GPtrArray *locks; /* struct crossing_lock *, the source's first */
    char *lock_why;
    gint64 next_lock_mono_ms;
    gint64 evacuated_version; /* of the journal, when rollouts were last told; -1: not yet */

    struct trouble_watch keys; /* credentials that end soon */
    gint64 next_look_out_mono_ms;

    struct snapshot *fit_on; /* what preflight was last asked of */
    char *fit_why;
    bool fit_read;
    gint64 fit_mono_ms, unfit_mono_ms; /* when it was; since when it says no (0: it does not) */

    struct traveller *travellers; /* in failover.tenants's order */
    guint n_travellers, n_writing;

    gint64 intent_seq;    /* whom all of `call` is about */
    gint64 inherited_seq; /* an intent that was there before this process was; 0: none ... */
    char *inherited_from; /* ... and whose it was: "conductor@bastion-1"; NULL: not known */
    struct attempt call;  /* of a command, or of Route 53 */
    char *call_code, *call_output, *call_change;
    enum zone_errand errand;
    size_t stamped; /* ZONE_ERRAND_STAMP: the place of that set in the intent's changes */
    struct zone_call *zone;

    gssize reads; /* the batch whose records are wanted; -1: none */
    bool reads_back;
    struct zone_call *reading;
    struct attempt read;

    GHashTable *insync_ids; /* char *: changes that are everywhere */
    enum outcome *insync;   /* in failover.batches's order */
    struct zone_call *asking;
    char *asked; /* the change that `asking` is about */
    gint64 next_ask_mono_ms;
    char *insync_why;

    enum failover_count counts; /* what who lives in the source is read for */
    struct residents_call *counting;
    struct attempt counted;
    GPtrArray *residents; /* char *, ids; NULL: not read */
    gint64 residents_mono_ms;

    bool verifies_back; /* which way `verified` of the travellers is about */
    guint n_verifying;
    enum zone_kind zone_kind;
    double tests_left; /* how often Route 53's servers may be asked now */
    gint64 tests_mono_ms;
    GHashTable *addresses; /* dns_name -> struct address *, failover_address.c */
};
static inline struct crossing *crossing_of(const struct conduct *conduct)
{
    return (struct crossing *)conduct;
}
static inline const struct failover_tenant *traveller_tenant(const struct traveller *traveller)
{
    return failover_tenant_at(traveller->crossing->failover, traveller->place);
}

/* Nothing that was under way or learned is good any more; calls are cancelled. */
void crossing_forget(struct crossing *crossing);
/* A call to the outside may begin now: under the lease, and with the cells' locks. */
bool crossing_may_write(struct crossing *crossing);
bool crossing_is_drill(const struct crossing *crossing);
bool crossing_locks_ours(const struct crossing *crossing);

/* The hosted zone; NULL: celldeck.yaml has none any more, and *why (borrowed) says so. */
const char *crossing_zone(const struct crossing *crossing, const char **why);

/* failover_hold.c */

void crossing_read_locks(struct crossing *crossing);
void crossing_give_locks_back(struct crossing *crossing);
/* Takes what is wanted and free; tells the rollouts that have the source (engine.h, `evacuated`).
 */
void crossing_take_locks(struct crossing *crossing);
/* Asks the plan's checks anew where there is something new to ask them of. */
void crossing_refresh_fit(struct crossing *crossing);
void crossing_lock_free(gpointer data);

/* failover_calls.c */

/* What was learned of an intent that is no longer the one in flight is forgotten. */
void crossing_follow_intent(struct crossing *crossing);
/* Begins every call of the intent in flight that is due. */
void crossing_call(struct crossing *crossing);
void crossing_forget_call(struct crossing *crossing);

/* failover_registry.c, failover_dns.c, failover_commands.c: the same of one kind each. */
void registry_call(struct crossing *crossing);
void dns_call(struct crossing *crossing);
void command_call(struct crossing *crossing);
/* "registry.mark": for fault_point(). */
const char *registry_fault_name(const struct crossing *crossing);
/* Whether an item is as `stand` says. */
bool registry_stands(const struct registry_stand *stand, const struct tenant_item *item);
/* "it is in cell-3, ACTIVE, of 2026-11-27T16:00:00Z" Caller frees. */
char *registry_item_words(const struct tenant_item *item);

/* failover_looks.c, failover_verify.c */

void crossing_look(struct crossing *crossing);
void crossing_forget_looks(struct crossing *crossing);
/* Records are wanted anew, of another batch, or of no one. */
void crossing_follow_reads(struct crossing *crossing);
void crossing_verify(struct crossing *crossing);
/* failover_residents.c: reads them where they are wanted. */
void crossing_count(struct crossing *crossing);
/* They are wanted for something else by now, or were read too long ago: forgets them. */
void crossing_follow_residents(struct crossing *crossing);
void crossing_forget_residents(struct crossing *crossing);
/* "by the records...": where Route 53's servers could not be asked; NULL: they were. */
const char *crossing_verified_how(const struct crossing *crossing);
void traveller_forget_verify(struct traveller *traveller);
/* failover_address.c: of a cell's name, as DNS has it; NULL: not known (yet), and *error (borrowed)
 * is why, if anything is. Looked up again now and then, for it may change. */
const char *crossing_address(struct crossing *crossing, const char *name, const char **error);
void crossing_forget_addresses(struct crossing *crossing);
/* The sets among these that send people somewhere: A, AAAA and CNAME. Borrowed; caller frees the
 * array. */
GPtrArray *zone_leading_sets(const GPtrArray *sets);
