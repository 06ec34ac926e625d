/* The engine of failovers, moves and drills: pure, as engine.h is (rollout.md, "Failover"). One
 * operation is the fold of its events; what happens next is a function of that, of what was
 * observed, and of `now`.
 *
 * Events of its stream, in data's words (times RFC 3339; * = by a person):
 *   opened*          {kind, subject, cells[source, targets...], reason, ticket, plan, acks[], arn,
 *                     state: planned}; refused, with nothing done: {..., refusals[],
 *                     state: refused, final: true}, with its plan as far as there is one
 *   state            {state, reason, code, final}
 *                                 of one that is held also {cause}: `reason` without how far it
 *                                 came and the ways out; of a final one also {took_ms, rto_ms,
 *                                 moved, alone}, and of one that was completed or refused {behind,
 *                                 behind_first[], behind_why}: who lives in the source all the
 *                                 same
 *   fence.intent     {token, deadline}
 *   fence.done       {output}     fence.failed {error, output}
 *   promote.intent   {cell, token, deadline}       promote.done, promote.failed {cell, ...}
 *   data.intent      {tenant, token, deadline}     data.done, data.failed {tenant, ...}
 *   registry.intent  {step: mark | place | restore, batch, back, stamp, deadline, tenants[]}
 *   registry.done    {step, batch, back, tenants[], left[{tenant, why}], error}
 *                                 tenants: those that stand as it wanted them; left: somebody else
 *                                 changed them, so they are left alone; any other was not written,
 *                                 `error` says why
 *   dns.read         {batch, back, records[{tenant, name, was (raw set or null), left}]}
 *                                 left: why this one can't be changed, or null
 *   dns.intent       {batch, back, deadline, changes[{tenant, name, was, becomes}]}
 *   dns.called       {batch, back, change}         Route 53 took it, by that id
 *   dns.failed       {batch, back, error, code}    and nothing of it was changed; code: changed |
 *                                 refused | throttled | away. {later: true}: it is tried again
 *                                 once the batches before it are through
 *   delayed          {call: registry | dns, batch, back, code, error}
 *                                 the call in flight was refused for now, and is tried again until
 *                                 its step's time is over; said once, so that people know
 *   dns.insync       {batch, back}
 *   verified         {batch, back, tenants[], how} all of the batch, or those that are so far;
 *                                 how: by what, where the zone is private and its servers can't be
 *                                 asked; else not there
 *   tenant.left      {tenant, step, what: item | record, why}
 *                                 somebody else has changed that since it was verified: left alone
 *   resume*          {state: running | reverting, ack?: the command that failed and is done
 *                     without, cell: whom it would have promoted}
 *                                                    revert* {reason, state: reverting}
 *   note {...}                    {trouble: credentials, reason, over}: see keys_end
 *   conductor        {host, pid}  somebody has taken it over: deadlines count from here
 * `batch` counts from 1. `back`: on the way back (a revert). A raw set is record_set_json's
 * (data/record_set.h); the engine makes CNAMEs only. People's events that have no sense (any more)
 * are kept and change nothing. A completed operation may have left tenants alone: its final state
 * tells how many, and how many moved.
 *
 * The plan is frozen when it is asked for, and tenants may be put into the source after that. Who
 * lives there is read anew before the first thing is done: where somebody does whom the plan does
 * not have, nothing is done at all and it ends as refused, for a plan is not one for some of a
 * cell's tenants. And once more when nothing is left to do: who is there then, for he came in
 * meanwhile or was left alone, is told with its end. A move is of its one tenant and asks neither.
 *
 * The order: preflight and locks -> fence -> promote -> batch by batch: registry mark (MIGRATING)
 * -> data -> records read -> records changed -> INSYNC -> registry place (the new cell, ACTIVE) ->
 * verified. The first batch, one tenant, goes all the way before the second begins; later ones
 * begin once Route 53 has taken the change of the one before. At most one write is under way. A
 * change that Route 53 refuses for now lets those before it go all the way first: who is sent to
 * the new cell already is not kept waiting by who is not.
 * A revert takes the batches in reverse: placed ones are marked again, records go back, INSYNC,
 * registry restored as it was planned, verified; only what was done is undone.
 * Every write is one that only what stands as this operation last left it lets through, so a call
 * may be made twice, and what somebody else has touched is left alone and shown. A record that
 * can't be changed leaves its tenant where it is: its mark is taken back. What stands still for as
 * long as the plan allows is held for a person, who resumes or reverts. A drill takes no lock, runs
 * no command and writes nothing: registry.intent asks whether the item still stands as planned,
 * records are read, and that is all; it is never held, but ends with what would have failed.
 */
#pragma once

#include "data/journal.h"
#include "rollout/failover_plan.h"

enum failover_state {
    FAILOVER_PLANNED,
    FAILOVER_RUNNING,
    FAILOVER_HELD,
    FAILOVER_REVERTING,
    FAILOVER_COMPLETED,
    FAILOVER_REVERTED,
    FAILOVER_REFUSED
};
const char *failover_state_name(enum failover_state state); /* "running" */
bool failover_state_final(enum failover_state state);

/* Why it is held, or was refused once it was open (the state event's `code`). */
enum failover_code {
    FAILOVER_NO_CODE,
    FAILOVER_PREFLIGHT,      /* "preflight": what was checked at the start no longer holds, or
                                could not be read */
    FAILOVER_LOCKED,         /* "locked" */
    FAILOVER_FENCE_FAILED,   /* "fence_failed" */
    FAILOVER_PROMOTE_FAILED, /* "promote_failed" */
    FAILOVER_DATA_FAILED,    /* "data_failed" */
    FAILOVER_REGISTRY_AWAY,  /* "registry_away" */
    FAILOVER_DNS_THROTTLED,  /* "dns_throttled" */
    FAILOVER_DNS_AWAY,       /* "dns_away" */
    FAILOVER_DNS_REFUSED,    /* "dns_refused" */
    FAILOVER_DNS_PENDING,    /* "dns_pending": taken, and not everywhere by the deadline */
    FAILOVER_VERIFY,         /* "verify" */
    FAILOVER_STRANGERS,      /* "strangers": of a refused one, there are tenants in the source whom
                                the plan does not have */
    FAILOVER_CODES
};
const char *failover_code_name(enum failover_code code);  /* NULL for none */
enum failover_code failover_code_parse(const char *name); /* NULL, or unknown: FAILOVER_NO_CODE */

/* How far a tenant is. */
enum tenant_step {
    TENANT_PLANNED,
    TENANT_MARKED,     /* "marked": MIGRATING in the registry */
    TENANT_COPIED,     /* "copied": its data was moved */
    TENANT_SWITCHED,   /* "switched": Route 53 took its record */
    TENANT_INSYNC,     /* "insync" */
    TENANT_PLACED,     /* "placed": the registry has it in its new cell */
    TENANT_VERIFIED,   /* "verified": at its end */
    TENANT_CHECKED,    /* "checked": of a drill, at its end */
    TENANT_UNPLACED,   /* "unplaced": on the way back, MIGRATING again */
    TENANT_UNSWITCHED, /* "unswitched": its old record was put back */
    TENANT_RESTORED,   /* "restored": the registry is as it was planned */
    TENANT_BACK,       /* "back": and that was verified */
    TENANT_LEFT,       /* "left": left alone, `why` says at what and by what */
    TENANT_STEPS
};
const char *tenant_step_name(enum tenant_step step);

/* An item of the registry as far as a failover goes; texts borrowed. */
struct registry_stand {
    const char *cell, *status;
    const char *region;     /* NULL: it has none, and is given none */
    const char *updated_at; /* NULL: it has none */
};

struct failover_tenant {
    const struct planned_tenant *plan; /* in failover.plan */
    guint place;                       /* in failover.tenants */
    guint batch;                       /* its place in failover.batches */
    enum tenant_step step;
    gint64 since_ms;
    char *why; /* it is left alone; else NULL */
    /* What this operation has done to it, and not undone. */
    enum { ITEM_AS_PLANNED, ITEM_MARKED, ITEM_PLACED, ITEM_RESTORED } item;
    char *stamp;       /* updatedAt of its last write; NULL: none, or it is as planned */
    bool unplaced;     /* ITEM_MARKED in the new cell: on the way back from ITEM_PLACED */
    bool item_left;    /* its item is somebody else's now: its record is left alone, too */
    bool record_left;  /* its record can't be changed: its mark is taken back */
    bool copied;       /* its data was moved */
    bool checked;      /* a drill: its item stands as planned */
    bool record_there; /* what stands leads to its target already: nothing is made of it */
    bool record_read;  /* `was` has been read ... */
    bool record_known; /* ... and that, or what was made of it, stands as far as we know */
    json_t *was;       /* its record before; NULL: none stood */
    json_t *becomes;   /* what was made of it; NULL: it was not touched */
    enum { RECORD_AS_IT_WAS, RECORD_CHANGED, RECORD_BACK } record;
    gint64 verified_ms; /* 0: not yet */
};

struct failover_batch {
    guint number;       /* from 1 */
    guint first, n;     /* its tenants: places in failover.tenants */
    GPtrArray *changes; /* char *: Route 53's ids, all of which have to be INSYNC */
    bool back;          /* `changes`, `insync` and `verified` are those of the way back */
    bool insync, verified;
    bool unexplained; /* Route 53 said that a record has changed, and then none had */
    bool later; /* its change was refused for now, and those before it go first (`back`'s way) */
};

/* A command of the user's own: fence, or promote. */
struct failover_command {
    const struct planned_target *target; /* whom it promotes; NULL: fence */
    bool done;
    bool acked; /* it failed, and a person goes on without it: ... */
    char *acked_by;
    gint64 acked_ms;
    char *error; /* of the last try; NULL: none has failed */
};

/* The write that is authorised and whose outcome is not recorded. */
enum failover_act { ACT_NONE, ACT_FENCE, ACT_PROMOTE, ACT_DATA, ACT_REGISTRY, ACT_DNS };
enum registry_step { REGISTRY_MARK, REGISTRY_PLACE, REGISTRY_RESTORE };
const char *registry_step_name(enum registry_step step); /* "mark" */
struct failover_intent {
    enum failover_act act; /* ACT_NONE: none is in flight */
    enum registry_step step;
    guint batch; /* place */
    bool back;
    char *token;                      /* of a command: the same for whoever carries it on */
    char *cell;                       /* promote */
    struct failover_command *command; /* fence, promote: what it runs; else NULL */
    char *stamp;                      /* registry: the updatedAt that its writes give */
    GPtrArray *tenants; /* struct failover_tenant *: whom it writes (registry, dns), in `changes`'s
                           order, or whose data (one) */
    json_t *changes;    /* dns: as in its event */
    gint64 at_ms, deadline_ms;
    gint64 seq; /* of its event: tells one intent from the next */
};

/* Who lives in the source all the same. */
struct failover_behind {
    gint64 n;     /* < 0: it was not asked, or is not known */
    char **first; /* of them by id; never NULL */
    char *why;    /* it is not known; else NULL */
};

struct failover {
    char *id;
    char *kind, *cell;          /* as it was opened: "failover" and the source */
    struct failover_plan *plan; /* NULL: refused before there was one */
    enum failover_state state;
    char *state_reason;
    char *held_cause;          /* held: what holds it, alone; NULL: it is not, or that is not known
                                  apart (failover_cause) */
    enum failover_code code;   /* held */
    enum failover_code failed; /* what has failed since it was last resumed, and why */
    char *failed_why;
    struct {
        enum failover_act act; /* ACT_NONE: nothing is */
        enum failover_code code;
        char *why;
    } delay;        /* what is refused for now, and tried again */
    bool reverting; /* a person asked for it; also while that is held */
    bool begun;     /* there was an intent: before that nothing can have been done */
    char *requested_by, *reason, *ticket;
    char *requester_arn;           /* or NULL */
    char **refusals;               /* of one that was refused before it was open; never NULL */
    struct failover_behind behind; /* of its end */
    gint64 opened_ms, ended_ms;
    GPtrArray *tenants; /* struct failover_tenant *, in the plan's order */
    GHashTable *by_id;  /* id -> its place in tenants */
    GPtrArray *batches; /* struct failover_batch * */
    struct failover_command fence;
    GArray *promotes; /* struct failover_command, of the targets that are promoted */
    struct failover_intent intent;
    gint64 last_stamp_ms; /* stamps only grow */
    gint64 since_ms; /* since when what is waited for now has been waited for: deadlines count from
                        here */
    gint64 verified_ms; /* when the last tenant was */
    gint64 resumed_ms;  /* when a person resumed it last; 0: nobody has */
    guint resumed_done; /* how many tenants were done by then */
    char *keys_end;     /* that its conductor's credentials end soon or have ended; or NULL */
    gint64 keys_end_since_ms;
    gint64 last_ms; /* of the last event */
    gint64 seq;
    char *head;
};

/* Of no events. */
struct failover *failover_new(const char *id);
void failover_free(struct failover *failover);
OWNABLE(failover, failover_free);
/* As rollout_apply, rollout_fold and rollout_load. */
bool failover_apply(struct failover *failover, const struct event *event, GError **error);
struct failover *failover_fold(const char *id, const GPtrArray *events, GError **error);
struct failover *failover_load(struct journal *journal, const char *id, GError **error);

const struct failover_tenant *failover_tenant(const struct failover *failover, const char *id);
static inline struct failover_tenant *failover_tenant_at(const struct failover *failover, guint i)
{
    return g_ptr_array_index(failover->tenants, i);
}
static inline struct failover_batch *failover_batch_at(const struct failover *failover, guint i)
{
    return g_ptr_array_index(failover->batches, i);
}

/* What a conductor has to see to before it asks failover_decide. */

/* Locks of the source and of every target are this operation's from before its first write to its
 * end. False: it needs none (a drill), or is over and gives back what it has. */
bool failover_wants_locks(const struct failover *failover);
/* Preflight's words are asked for: something forward is to come. */
bool failover_wants_preflight(const struct failover *failover);
/* Who lives in the source is read: not before this says so, and anew whenever it says otherwise. */
enum failover_count {
    COUNT_NOBODY,
    COUNT_BEFORE, /* nothing was done yet */
    COUNT_AFTER   /* nothing is left to do */
};
enum failover_count failover_counts(const struct failover *failover);
/* The intent in flight may be carried out, or tried again. False: none is, or it is held; what
 * became of it is looked at all the same. */
bool failover_may_call(const struct failover *failover);
/* The batch whose records have to be read now (observed_tenant.record_read); -1: none. */
gssize failover_reads(const struct failover *failover);
/* Whether this batch's changes are waited for, and whether it is to be verified. */
bool failover_awaits_insync(const struct failover *failover, const struct failover_batch *batch);
bool failover_awaits_verify(const struct failover *failover, const struct failover_batch *batch);
/* How the registry has the tenant as this operation last left it: what the next write is
 * conditional on, and verification asks for. */
struct registry_stand failover_stands(const struct failover_tenant *tenant);
/* What the registry intent in flight makes of it: what tells our own write from another's. */
struct registry_stand failover_becomes(const struct failover *failover,
                                       const struct failover_tenant *tenant);

/* What is known of something that was to happen outside. */
enum outcome {
    OUTCOME_UNKNOWN, /* not tried by this process, under way, unread, or its answer was lost: it may
                        have happened, or may still */
    OUTCOME_NOT,     /* it has not, and no earlier try can land any more: the service refused it for
                        now (throttled), or its answer was lost, the call's deadline is over since
                        (after a takeover, counted from there) and what it would have changed
                        stands as before. It is tried again as long as failover_may_call */
    OUTCOME_DONE,
    OUTCOME_REFUSED /* it has not, no earlier try can land any more, and trying again would not
                       help. What one try is told says nothing of another whose answer was lost:
                       what stands does. A change of records is all or nothing, so where one of them
                       stands as it was to become it has landed, and what stands otherwise was
                       changed since */
};

/* Borrowed for failover_decide. */
struct observed_tenant {
    enum outcome item; /* of the registry intent in flight: DONE it stands as failover_becomes has
                          it (a drill: as failover_stands); REFUSED it stands as neither, and is
                          somebody else's */
    const char *item_why; /* REFUSED, NOT: what stands, or what kept it */
    bool record_read;     /* since the batch has asked for it (failover_reads) */
    json_t *record;       /* the one raw set that stands; NULL: none */
    const char
        *record_why;       /* it can't be changed by us ("2 sets with a routing policy"), or NULL */
    enum outcome verified; /* the registry as failover_stands, TestDNSAnswer and, on the way there,
                              the cell that answers check_url agree; REFUSED: the item, or the
                              record that stands in the zone, is somebody else's by now */
    bool record_taken;     /* REFUSED: it is the record */
    const char *verified_why; /* what does not agree, or NULL */
};
struct failover_observation {
    gint64 now_ms;             /* wall clock */
    gint64 credit_ms;          /* by how much it has jumped ahead of the monotonic one since
                                  failover.since_ms, as far as this process saw it; taken off
                                  deadlines */
    bool preflight_read;       /* all that it needs has been read, fresh */
    const char *preflight_why; /* what is wrong, or was not read, in words; NULL: nothing */
    /* Who lives in the source by the registry: char *, ids, sorted, read whole, consistently and
       since failover_counts says what it does; NULL: that was not read (yet). */
    const GPtrArray *residents;
    const char *residents_why; /* what kept it from being read, or NULL */
    bool locks_ours;
    const char *lock_why; /* "cell-2 is locked by r17", or NULL */
    /* Of the intent in flight, but a registry one's, whose tenants tell. */
    enum outcome call;
    const char *call_error; /* of the last try */
    const char *call_code;  /* dns: changed | refused | throttled | away; registry: what keeps it */
    const char *call_output; /* of a command, its last lines */
    const char *call_change; /* dns, DONE: Route 53's id. Where that was lost: of a change that
                                replaces what stands of it by itself; NULL where nothing does, and
                                for one of the way there once a revert is under way */
    const struct observed_tenant *tenants; /* in failover.tenants's order */
    const enum outcome *insync;            /* in failover.batches's order: DONE or not */
    const char *insync_why;                /* what keeps it from being asked, or NULL */
    const char *verified_how; /* by what `verified` is, where TestDNSAnswer had no part; or NULL */
};

/* The next event to append, or none. After an intent is durable, its call is made. Ask again after
 * each append. */
struct failover_decision {
    const char *type;     /* NULL: nothing to do now */
    json_t *data;         /* owned by the caller */
    gint64 look_again_ms; /* with nothing to do: when time alone may change that; 0: never */
};
struct failover_decision failover_decide(const struct failover *failover,
                                         const struct failover_observation *seen);

/* May a person do this now: "resume" or "revert"? NULL: yes; else why not (caller frees). */
char *failover_refuses(const struct failover *failover, const char *what);
/* Where the command to fence or to promote has failed, whoever resumes may acknowledge that by its
 * name ("fence"; rollout.md: --ack): it is not run again, and what it is for is theirs to see to.
 * NULL: so it is now; else why not (caller frees). */
char *failover_refuses_ack(const struct failover *failover, const char *ack);
/* What may be acknowledged so now, by name; NULL: nothing. And the command itself. */
const char *failover_may_ack(const struct failover *failover);
const struct failover_command *failover_failed_command(const struct failover *failover);
/* What going on without it comes to: "without fencing cell-1: it may still take writes". Caller
 * frees. */
char *failover_without_words(const struct failover *failover,
                             const struct failover_command *command);
/* All that were acknowledged so: const struct failover_command *, borrowed. Free the array. */
GPtrArray *failover_done_without(const struct failover *failover);
/* The data of that event as it has to be appended; `reason` and `ack` may be NULL. New reference.
 */
json_t *failover_wish(const struct failover *failover, const char *what, const char *reason,
                      const char *ack);

struct failover_progress {
    guint done;  /* verified; of a revert, back where they were */
    guint left;  /* to do */
    guint alone; /* left alone: somebody else changed them */
    guint total; /* done + left + alone; a revert counts only those that something was done to */
};
struct failover_progress failover_progress(const struct failover *failover);
/* That in words, for people: "7 of 12 tenants done, 5 left", and where something is refused for now
 * "7 of 12 tenants done; throttled, retrying, 5 left". Caller frees. */
char *failover_progress_words(const struct failover *failover);
/* Of a held one, what holds it, in words, without how far it came and the ways out where that is
 * known apart. Borrowed; NULL: nothing is known, or it is not held. */
const char *failover_cause(const struct failover *failover);
/* It is over, and not all is as was wanted: somebody was left alone or lives in the source all the
 * same, or that is not known. Of a move nobody else is asked for. */
bool failover_leaves_some(const struct failover *failover);
/* Those that the one at `place` left were moved since: their whole cell was failed over by one that
 * left nobody, or each of them by whatever it was. `newest_first` of struct failover. */
bool failover_was_seen_to(const GPtrArray *newest_first, guint place);
/* "2 tenants still live in cell-1: a, b", or what is not known of it; NULL: nobody does, or it was
 * not asked. Caller frees. */
char *failover_behind_words(const struct failover *failover);
/* From opened to the last tenant verified where it is; one that ended otherwise (reverted, a drill)
 * took until its end, any other until now. */
gint64 failover_took_ms(const struct failover *failover, gint64 now_ms);
/* Whom it is about: the cell that is left; of a move, its one tenant. Borrowed. */
const char *failover_subject(const struct failover *failover);

/* `failover status --json` as of `now_ms`. */
json_t *failover_json(const struct failover *failover, gint64 now_ms);
/* What people have to change where it leaves DNS, or a record that two tenants share, to them:
 * {tenant, name, cname, ttl_s} of those whom it has placed. New reference. */
json_t *failover_records_by_hand(const struct failover *failover);
/* The next step in one line, for people. Caller frees. */
char *failover_next(const struct failover *failover);
