#include "tui/views/cell_page.h"

#include "tui/views/cell_charts.h"
#include "tui/views/frame.h"

/* A chart has a title, a picture and the times below it. */
enum {
    CHART_LEAST = 5,
    CHART_GOOD = 7,
    CHART_MOST = 24,
    BETWEEN = 2,    /* columns between two blocks */
    FACTS_LEAST = 8 /* rows that charts in front leave to what is below them */
};

/* How the page is put together. */
struct page {
    struct cell_look *look;
    GArray *blocks;
    GArray *charts; /* int, what cell_charts_draw takes */
    int cols, row;  /* of the next block */
};

static void block_clear(gpointer p)
{
    struct cell_block *block = p;
    g_free(block->title);
}

static void add_block(struct page *page, const struct cell_block *block)
{
    g_array_append_val(page->blocks, *block);
}

/* The column `i` of `n`, without the rows. */
static struct area column_of(const struct page *page, int i, int n)
{
    int cols = (page->cols - (n - 1) * BETWEEN) / n;
    int col = i * (cols + BETWEEN);
    return (struct area){page->row, col, 0, i + 1 == n ? page->cols - col : cols};
}

/* Six charts fill two rows of three. */
static int across(const struct page *page)
{
    int cols = page->cols;
    return cols >= 220 && page->charts->len > 6 ? 4 : cols >= 150 ? 3 : cols >= 60 ? 2 : 1;
}

/* `n` charts from the place `from` on, `rows` rows each, under a rule. */
static void add_charts(struct page *page, guint from, guint n, int rows, bool first)
{
    int beside = across(page);
    struct area chart = column_of(page, 0, beside);
    add_block(page, &(struct cell_block){.chart = -1,
                                         .title = first ? cell_charts_title(page->look, chart.cols)
                                                        : g_strdup("more charts"),
                                         .at = {page->row++, 0, 1, page->cols}});
    for (guint i = 0; i < n; i++) {
        chart = column_of(page, (int)i % beside, beside);
        chart.row += (int)i / beside * rows;
        chart.rows = rows;
        add_block(page, &(struct cell_block){.chart = g_array_index(page->charts, int, from + i),
                                             .at = chart});
    }
    page->row += ((int)n + beside - 1) / beside * rows;
}

/* Most important first; a column of the page ends with what may be long. */
static const struct cell_part *const one[] = {&cell_probe, &cell_alarms, &cell_history,
                                              &cell_tenants, NULL};
static const struct cell_part *const left[] = {&cell_probe, &cell_alarms, &cell_tenants, NULL};
static const struct cell_part *const known[] = {&cell_probe, &cell_alarms, NULL};
static const struct cell_part *const done[] = {&cell_history, NULL};
static const struct cell_part *const who[] = {&cell_tenants, NULL};
static const struct {
    int from_cols, n;
    const struct cell_part *const *columns[3];
} facts[] = {{150, 3, {known, done, who}}, {70, 2, {left, done}}, {0, 1, {one}}};

/* Below page->row; with `put`, as blocks. Returns the rows of the longest column. */
static int lay_facts(struct page *page, bool put)
{
    size_t how = 0;
    while (page->cols < facts[how].from_cols)
        how++;
    int longest = 0;
    for (int i = 0; i < facts[how].n; i++) {
        struct area at = column_of(page, i, facts[how].n);
        for (const struct cell_part *const *part = facts[how].columns[i]; *part; part++) {
            at.rows = (*part)->rows(page->look, at.cols);
            if (put)
                add_block(page, &(struct cell_block){.part = *part, .at = at});
            at.row += at.rows;
        }
        longest = MAX(longest, at.row - page->row);
    }
    return longest;
}

static void add_glance(struct page *page)
{
    struct area at = {page->row, 0, cell_glance.rows(page->look, page->cols), page->cols};
    add_block(page, &(struct cell_block){.part = &cell_glance, .at = at});
    page->row += at.rows;
}

/* The charts that stand above the facts, as rows of charts and the height of each: as many as leave
 * the facts what they need, and not so many that these have no room; none where there is little. */
static int rows_in_front(const struct page *page, int room, int facts_rows, int *height)
{
    int beside = across(page), all = ((int)page->charts->len + beside - 1) / beside;
    int left_over = room - 1 - MIN(facts_rows, MAX(FACTS_LEAST, room * 2 / 5));
    int down = MIN(left_over / (CHART_LEAST + 1), all);
    if (down < 1 && left_over >= CHART_LEAST)
        down = 1;
    if (down < 1)
        return 0;
    bool all_fit = down == all;
    *height = CLAMP(left_over / down, CHART_LEAST, all_fit ? CHART_MOST : CHART_GOOD);
    return down;
}

GArray *cell_page_lay(struct cell_look *look, int rows, int cols, int *all)
{
    enum { SMALL_ROWS = 12 };
    g_autoptr(GArray) charts = cell_charts_of(look);
    struct page page = {look, g_array_new(FALSE, FALSE, sizeof(struct cell_block)), charts, cols,
                        0};
    g_array_set_clear_func(page.blocks, block_clear);
    look->small = rows < SMALL_ROWS;
    add_glance(&page);
    int height = MIN(CHART_GOOD, MAX(CHART_LEAST, rows - 1)), facts_rows = lay_facts(&page, false);
    int down = look->small ? 0 : rows_in_front(&page, rows - page.row, facts_rows, &height);
    guint in_front = MIN(charts->len, (guint)(down * across(&page)));
    if (in_front)
        add_charts(&page, 0, in_front, height, true);
    page.row += lay_facts(&page, true);
    if (in_front < charts->len)
        add_charts(&page, in_front, charts->len - in_front, height, in_front == 0);
    *all = page.row;
    return page.blocks;
}

void cell_page_draw(const struct cell_look *look, const GArray *blocks, int top,
                    struct canvas *canvas)
{
    for (guint i = 0; i < blocks->len; i++) {
        const struct cell_block *block = &g_array_index(blocks, struct cell_block, i);
        struct area at = block->at;
        at.row -= top;
        if (at.row >= canvas->rows || at.row + at.rows <= 0)
            continue;
        if (block->part)
            block->part->draw(look, canvas, &at);
        else if (block->chart >= 0)
            cell_charts_draw(look, block->chart, canvas, &at);
        else
            frame_rule(canvas, at.row, &at, block->title);
    }
}
