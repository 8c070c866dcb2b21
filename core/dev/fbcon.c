/* SPDX-License-Identifier: MIT */
#include <dev/fbcon.h>

#include <abi/status.h>
#include <arch/memory.h>
#include <base/mem.h>
#include <dev/font.h>

enum { COLOUR_TEXT, COLOUR_WARN, COLOUR_ERROR, COLOUR_COUNT };

/* 0x00RRGGBB */
static const uint32_t ink[COLOUR_COUNT] = {0xF8F8F2, 0xF1FA8C, 0xFF5555};
static const uint32_t paper = 0x282A36;

/* Words that colour the line they stand in. */
static const struct {
    const char *word;
    uint8_t colour;
} marks[] = {{"[WARN]", COLOUR_WARN}, {"[ERROR]", COLOUR_ERROR}, {"panic:", COLOUR_ERROR}};

struct cell {
    uint8_t glyph, colour;
};

/* [B] written at boot; the rest belongs to whoever sends to the serial port (the try-lock of core/diag's console). */
static KSTATE struct {
    uint8_t *pixels; /* [B] NULL: no screen */
    uint32_t pitch;  /* [B] bytes */
    struct fbcon_grid grid; /* [B] */
    struct fbcon_place cursor;
    uint8_t colour;  /* of the line being written */
    struct cell cell[FBCON_ROWS_MAX][FBCON_COLUMNS_MAX];
} con;

static const struct cell blank; /* glyph 0 is the space */

static struct cell *cell_at(struct fbcon_place at)
{
    return &con.cell[at.row][at.column];
}

static bool same(struct cell a, struct cell b)
{
    return a.glyph == b.glyph && a.colour == b.colour;
}

/* Four bits of a glyph as four masks: drawing is most of the console's work, so it goes by fours. */
#define ALL 0xFFFFFFFFu
static const uint32_t masks[16][4] = {
    {0, 0, 0, 0},     {0, 0, 0, ALL},     {0, 0, ALL, 0},     {0, 0, ALL, ALL},
    {0, ALL, 0, 0},   {0, ALL, 0, ALL},   {0, ALL, ALL, 0},   {0, ALL, ALL, ALL},
    {ALL, 0, 0, 0},   {ALL, 0, 0, ALL},   {ALL, 0, ALL, 0},   {ALL, 0, ALL, ALL},
    {ALL, ALL, 0, 0}, {ALL, ALL, 0, ALL}, {ALL, ALL, ALL, 0}, {ALL, ALL, ALL, ALL},
};

/* One row of a cell's pixels. */
static void render(struct cell cell, uint32_t line, bool inverse, uint32_t out[FONT_WIDTH])
{
    uint32_t off = inverse ? ink[cell.colour] : paper;
    uint32_t change = ink[cell.colour] ^ paper;
    uint32_t bits = font_spleen[cell.glyph][line];

    for (uint32_t x = 0; x < 4; x++)
        out[x] = off ^ (masks[bits >> 4][x] & change);
    for (uint32_t x = 0; x < 4; x++)
        out[4 + x] = off ^ (masks[bits & 15u][x] & change);
}

static void draw(struct fbcon_place at, bool inverse)
{
    uint8_t *to = con.pixels + fbcon_offset(con.pitch, at, 0);
    const struct cell cell = *cell_at(at);
    uint32_t row[FONT_WIDTH];

    for (uint32_t line = 0; line < FONT_HEIGHT; line++, to += con.pitch) {
        render(cell, line, inverse, row);
        memcpy(to, row, sizeof(row));
    }
}

static void set(struct fbcon_place at, struct cell cell)
{
    if (same(*cell_at(at), cell))
        return;
    *cell_at(at) = cell;
    draw(at, false);
}

/* All rows move up by one; the last becomes empty. */
static void scroll(void)
{
    for (uint32_t row = 0; row < con.grid.rows; row++) {
        for (uint32_t column = 0; column < con.grid.columns; column++) {
            struct fbcon_place to = {column, row};
            struct fbcon_place from = {column, row + 1};

            set(to, from.row < con.grid.rows ? *cell_at(from) : blank);
        }
    }
}

static struct fbcon_place take(struct fbcon_step step)
{
    if (step.scroll)
        scroll();
    return step.place;
}

/* Does the row read `word` just before the cursor? */
static bool ends_with(const char *word)
{
    uint32_t len = 0;

    while (word[len] != '\0')
        len++;
    if (con.cursor.column < len)
        return false;
    for (uint32_t i = 0; i < len; i++) {
        struct fbcon_place at = {con.cursor.column - len + i, con.cursor.row};

        if (cell_at(at)->glyph != font_glyph(word[i]))
            return false;
    }
    return true;
}

/* The rest of the line takes the colour of the mark that has just been completed, and so does what the row has of it. */
static void look_for_mark(void)
{
    for (uint32_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (!ends_with(marks[i].word))
            continue;
        con.colour = marks[i].colour;
        for (struct fbcon_place at = {0, con.cursor.row}; at.column < con.cursor.column; at.column++)
            set(at, (struct cell){cell_at(at)->glyph, con.colour});
    }
}

static void put(char c)
{
    if (c == '\n') {
        con.cursor = take(fbcon_newline(con.grid, con.cursor));
        con.colour = COLOUR_TEXT;
    } else if (c == '\r' || c == '\b' || c == '\t') {
        con.cursor = fbcon_move(con.grid, con.cursor, c);
    } else {
        con.cursor = take(fbcon_room(con.grid, con.cursor));
        set(con.cursor, (struct cell){(uint8_t)font_glyph(c), con.colour});
        con.cursor.column++;
        if (c == ']' || c == ':')
            look_for_mark();
    }
}

void fbcon_write(const char *text, size_t len)
{
    if (con.pixels == NULL)
        return;
    draw(fbcon_cursor_cell(con.grid, con.cursor), false);
    for (size_t i = 0; i < len; i++)
        put(text[i]);
    draw(fbcon_cursor_cell(con.grid, con.cursor), true);
}

static void clear(struct boot_framebuffer fb)
{
    for (uint32_t y = 0; y < fb.height; y++)
        for (uint32_t x = 0; x < fb.width; x++)
            memcpy(con.pixels + (uint64_t)y * fb.pitch + x * sizeof(paper), &paper, sizeof(paper));
    memset(con.cell, 0, sizeof(con.cell));
}

status_t fbcon_init(struct boot_framebuffer fb)
{
    struct fbcon_grid grid;
    uint8_t *first, *last;

    con.pixels = NULL;
    con.grid = (struct fbcon_grid){0, 0};
    if (fbcon_fit(fb, &grid) != STATUS_OK || fb.addr > UINT64_MAX - fbcon_size(fb))
        return ERR_INVALID_ARGS;
    first = arch_phys_ptr(fb.addr);
    last = arch_phys_ptr(fb.addr + fbcon_size(fb) - 1);
    if (first == NULL || last == NULL || (uint64_t)(last - first) != fbcon_size(fb) - 1)
        return ERR_INVALID_ARGS;
    con.pixels = first;
    con.pitch = fb.pitch;
    con.grid = grid;
    con.cursor = (struct fbcon_place){0, 0};
    con.colour = COLOUR_TEXT;
    clear(fb);
    draw(con.cursor, true);
    return STATUS_OK;
}

struct fbcon_grid fbcon_grid(void)
{
    return con.grid;
}

bool fbcon_shows(struct fbcon_place at, char c)
{
    struct fbcon_place cursor = fbcon_cursor_cell(con.grid, con.cursor);
    bool inverse = at.row == cursor.row && at.column == cursor.column;
    uint32_t row[FONT_WIDTH];

    if (at.row >= con.grid.rows || at.column >= con.grid.columns || cell_at(at)->glyph != font_glyph(c))
        return false;
    for (uint32_t line = 0; line < FONT_HEIGHT; line++) {
        render(*cell_at(at), line, inverse, row);
        if (memcmp(con.pixels + fbcon_offset(con.pitch, at, line), row, sizeof(row)) != 0)
            return false;
    }
    return true;
}

/* The colour of the line being written is that of its cells. */
static void hash(struct hash *h)
{
    hash_u64(h, (uint64_t)con.cursor.row << 32 | con.cursor.column);
    for (uint32_t row = 0; row < con.grid.rows; row++)
        hash_bytes(h, con.cell[row], con.grid.columns * sizeof(struct cell));
}

const struct check_module fbcon_check_module = {.name = "fbcon", .hash = hash};
