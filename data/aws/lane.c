#include "data/aws/lane.h"

GHashTable *lanes_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

struct lane *lane_of(GHashTable *lanes, enum aws_service service, const char *region)
{
    g_autofree char *name = g_strdup_printf("%d %s", (int)service, region ? region : "");
    struct lane *lane = g_hash_table_lookup(lanes, name);
    if (!lane) {
        lane = g_new0(struct lane, 1);
        retry_bucket_init(&lane->bucket);
        g_hash_table_insert(lanes, g_steal_pointer(&name), lane);
    }
    return lane;
}

void lane_place_init(struct lane_place *place, struct lane *lane, void (*go)(gpointer data),
                     gpointer data)
{
    *place = (struct lane_place){.lane = lane, .go = go, .data = data};
    place->link.data = place;
}

static void take(struct lane_place *place)
{
    place->lane->busy++;
    place->in = true;
}

bool lane_enter(struct lane_place *place)
{
    if (place->in)
        return true;
    if (place->lane->busy < LANE_WIDTH) {
        take(place);
    } else {
        place->waits = true;
        g_queue_push_tail_link(&place->lane->waiting, &place->link);
    }
    return place->in;
}

static void stop_waiting(struct lane_place *place)
{
    g_queue_unlink(&place->lane->waiting, &place->link);
    place->waits = false;
}

void lane_leave(struct lane_place *place)
{
    struct lane *lane = place->lane;
    if (place->waits)
        stop_waiting(place);
    if (!place->in)
        return;
    place->in = false;
    lane->busy--;
    struct lane_place *next = g_queue_peek_head(&lane->waiting);
    if (next) {
        stop_waiting(next);
        take(next);
        next->go(next->data);
    }
}
