/* SPDX-License-Identifier: MIT */
/* Files that arguments can name: each kind once as it should be, and damaged in the ways that people damage files. */
#include <dirent.h>
#include <elf.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libfdt.h>

#include <board.h>
#include <support/image.h>

#include "check.h"
#include "cmdline.h"

#define FILES_MAX 32u
#define TREE_SIZE 1024
#define RAM_SIZE 0x4000000u

static char path[] = "/tmp/fuzz-cmdline-XXXXXX";
static struct {
    const char *name;
    struct stat made;
} files[FILES_MAX];
static uint32_t file_count;
static pid_t owner;

const char *folder_path(void)
{
    return path;
}

static const char *path_of(const char *name)
{
    static char full[PATH_MAX];

    REQUIRE(snprintf(full, sizeof(full), "%s/%s", path, name) < PATH_MAX, "names in the folder are short");
    return full;
}

/* Whatever is called `name`, a literal, belongs to the folder from now on. */
static void made(const char *name)
{
    REQUIRE(file_count < FILES_MAX && stat(path_of(name), &files[file_count].made) == 0, "the host has files");
    files[file_count].name = name;
    file_count++;
}

static void make(const char *name, const void *data, size_t size)
{
    FILE *file = fopen(path_of(name), "wb");

    REQUIRE(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0, "the host has files");
    made(name);
}

void folder_give(const void *data, size_t size)
{
    file_count--; /* the last one made */
    make("given", data, size);
}

static void make_programs(void)
{
    static uint8_t elf[IMAGE_ELF_SIZE];

    image_elf(elf, 5);
    make("five.elf", elf, sizeof(elf));
    make("cut.elf", elf, 100);
    elf[offsetof(Elf64_Ehdr, e_machine)] ^= 1;
    make("foreign.elf", elf, sizeof(elf));
}

static void make_image(const char *name, const char *manifest, uint16_t machine_flaw)
{
    static struct image image;
    static uint8_t elf[IMAGE_ELF_SIZE];

    image_elf(elf, 0);
    elf[offsetof(Elf64_Ehdr, e_machine)] ^= (uint8_t)machine_flaw;
    image_begin(&image);
    image_add(&image, "manifest", manifest, strlen(manifest));
    image_add(&image, "zero.elf", elf, sizeof(elf));
    image_end(&image);
    make(name, image.bytes, image.size);
    if (strcmp(name, "tour.img") == 0)
        make("cut.img", image.bytes, 700);
}

static void make_images(void)
{
    static const char line[] = "task 0 name=zero file=zero.elf caps=all\n";

    make_image("tour.img", line, 0);
    make_image("foreign.img", line, 1);
    make_image("wrong.img", "task 0 name=zero file=zero.elf priority=8\n", 0);
    make_image("missing.img", "task 0 name=zero file=one.elf\n", 0);
}

static void make_tree(const char *name, uint64_t base, uint64_t size)
{
    char tree[TREE_SIZE];
    fdt64_t reg[2];

    fdt64_st(&reg[0], base);
    fdt64_st(&reg[1], size);
    fdt_create(tree, sizeof(tree));
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 2);
    fdt_begin_node(tree, "memory@0");
    fdt_property(tree, "reg", reg, sizeof(reg));
    fdt_end_node(tree);
    fdt_end_node(tree);
    REQUIRE(fdt_finish(tree) == 0, "a tree is made");
    make(name, tree, fdt_totalsize(tree));
    if (size == RAM_SIZE)
        make("cut.dtb", tree, 60);
}

/* Children end with this too. */
static void remove_all(void)
{
    if (getpid() != owner)
        return;
    for (uint32_t i = 0; i < file_count; i++)
        remove(path_of(files[i].name));
    rmdir(path);
}

void folder_make(void)
{
    owner = getpid();
    REQUIRE(mkdtemp(path) != NULL, "the host has temporary files");
    REQUIRE(clearenv() == 0 && setenv("AEGIS_IMAGES", path, 1) == 0, "the host has an environment");
    make_programs();
    make_images();
    make_tree("tree.dtb", BOARD_RAM_BASE, RAM_SIZE);
    make_tree("far.dtb", BOARD_RAM_BASE + 0x1000, RAM_SIZE - 1);
    make("empty", "", 0);
    REQUIRE(mkdir(path_of("folder"), 0700) == 0 && mkfifo(path_of("pipe"), 0600) == 0, "the host has files");
    made("folder");
    made("pipe");
    make("given", "", 0);
    atexit(remove_all);
}

/* The number of entries, and of each the size and the time of the last change. */
bool folder_is_untouched(void)
{
    DIR *folder = opendir(path);
    uint32_t entries = 0;
    struct stat now;

    REQUIRE(folder != NULL, "the folder stays");
    while (readdir(folder) != NULL)
        entries++;
    closedir(folder);
    for (uint32_t i = 0; i < file_count; i++) {
        if (stat(path_of(files[i].name), &now) != 0 || now.st_size != files[i].made.st_size ||
            now.st_mtim.tv_sec != files[i].made.st_mtim.tv_sec || now.st_mtim.tv_nsec != files[i].made.st_mtim.tv_nsec)
            return false;
    }
    return entries == file_count + 2;
}
