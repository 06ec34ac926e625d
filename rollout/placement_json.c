#include "rollout/placement_json.h"

#include "data/base/text.h"

const char *drain_name(enum drain drain)
{
    static const char *const names[] = {[DRAIN_NONE] = "none",
                                        [DRAIN_READY] = "ready",
                                        [DRAIN_UNPROVEN] = "unproven",
                                        [DRAIN_NOWHERE] = "nowhere",
                                        [DRAIN_UNREAD] = "unread"};
    return names[drain];
}

static json_t *proofs_json(unsigned proofs)
{
    json_t *names = json_array();
    for (int i = 0; i < PROOFS; i++)
        if (proofs & 1u << i)
            json_array_append_new(names, json_string(proof_name((enum proof)i)));
    return names;
}

static json_t *cell_id_json(const struct cell_config *cell)
{
    return text_json(cell ? cell->id : NULL);
}

static json_t *lines_json(char *const *lines)
{
    json_t *array = json_array();
    for (; *lines; lines++)
        json_array_append_new(array, text_json(*lines));
    return array;
}

static json_t *known_json(gint64 n)
{
    return n < 0 ? json_null() : json_integer(n);
}

json_t *drain_json(const struct evacuation *evacuation)
{
    json_t *to = json_array();
    for (guint i = 0; i < evacuation->targets->len; i++) {
        const struct placement_target *target = evacuation->targets->pdata[i];
        json_array_append_new(to, text_json(target->cell->id));
    }
    return json_pack("{s:b, s:o, s:o, s:s, s:o}", "ready", evacuation->ready, "to", to, "why",
                     text_json(evacuation->why), "state", drain_name(evacuation_drain(evacuation)),
                     "unproven", proofs_json(evacuation->unproven));
}

static json_t *tenants_json(const struct evacuation *evacuation)
{
    json_t *array = json_array();
    for (guint i = 0; i < evacuation->tenants->len; i++) {
        const struct placed_tenant *placed = evacuation->tenants->pdata[i];
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:o, s:o, s:o}", "id", text_json(placed->tenant->id), "to",
                             cell_id_json(placed->to), "why", text_json(placed->why), "users",
                             known_json(placed->users), "unproven", proofs_json(placed->unproven)));
    }
    return array;
}

static json_t *seconds_json(gint64 ms)
{
    return ms < 0 ? json_null() : json_real((double)ms / 1000);
}

static json_t *target_json(const struct placement_target *target)
{
    json_t *proofs = json_object();
    for (int i = 0; i < PROOFS; i++)
        if (target->proof_why[i])
            json_object_set_new(proofs, proof_name((enum proof)i), text_json(target->proof_why[i]));
    return json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:f, s:b, s:o, s:o, s:o}", "cell",
                     cell_id_json(target->cell), "version", text_json(target->version), "tenants",
                     (json_int_t)target->tenants, "users_coming", (json_int_t)target->users_coming,
                     "users_before", (json_int_t)target->users_before, "users_max",
                     (json_int_t)target->users_max, "used_pct_after", target->used_pct_after,
                     "replica", target->replica, "unproven", proofs, "lag_s",
                     seconds_json(target->lag_ms), "lag_age_s", seconds_json(target->lag_age_ms));
}

/* What was not read is not none. */
static json_t *count_json(const struct evacuation *evacuation, gint64 count)
{
    bool known = !evacuation->refused || evacuation->tenants->len > 0;
    return known ? json_integer(count) : json_null();
}

json_t *evacuation_json(const struct evacuation *evacuation)
{
    json_t *targets = json_array();
    for (guint i = 0; i < evacuation->targets->len; i++)
        json_array_append_new(targets, target_json(evacuation->targets->pdata[i]));
    return json_pack(
        "{s:o, s:b, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "cell",
        cell_id_json(evacuation->cell), "ready", evacuation->ready, "complete",
        evacuation->complete, "state", drain_name(evacuation_drain(evacuation)), "why",
        text_json(evacuation->why), "refused", text_json(evacuation->refused), "version",
        text_json(evacuation->version), "users", count_json(evacuation, evacuation->users),
        "patients_at_most", count_json(evacuation, evacuation->patients), "unproven",
        proofs_json(evacuation->unproven), "tenants", tenants_json(evacuation), "targets", targets,
        "build", lines_json(evacuation->build), "fits", lines_json(evacuation->fits));
}

json_t *spares_json(const struct evacuations *evacuations)
{
    json_t *array = json_array();
    for (guint i = 0; i < evacuations->spares->len; i++) {
        const struct spare *spare = evacuations->spares->pdata[i];
        json_array_append_new(array,
                              json_pack("{s:o, s:b, s:o, s:o}", "region", text_json(spare->region),
                                        "ok", spare->ok, "largest", cell_id_json(spare->largest),
                                        "why", text_json(spare->why)));
    }
    return array;
}

json_t *place_answer_json(const struct place_answer *answer)
{
    json_t *candidates = json_array();
    for (guint i = 0; i < answer->candidates->len; i++) {
        const struct place_candidate *candidate = answer->candidates->pdata[i];
        json_array_append_new(
            candidates, json_pack("{s:o, s:b, s:f, s:o}", "cell", cell_id_json(candidate->cell),
                                  "fits", candidate->fits, "used_pct_after",
                                  candidate->used_pct_after, "why", text_json(candidate->why)));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "cell", cell_id_json(answer->to), "why",
                     text_json(answer->why), "build", text_json(answer->build), "refused",
                     text_json(answer->refused), "candidates", candidates);
}
