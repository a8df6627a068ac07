/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_replay: main() that feeds files to a fuzz target, without libFuzzer.
 *
 * Arguments are files or directories of files. Besides each file whole, its
 * first half and its bytes with every 0x0A turned into 0x0D are fed, so that a
 * replay meets truncation and foreign line ends too. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t passed;

/* Copies to a block of the exact size, so that a sanitizer sees an overrun. */
static void feed(const char *data, size_t size, int flip)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	for (size_t i = 0; flip && i < size; i++)
		if (copy[i] == '\n')
			copy[i] = '\r';
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *data = NULL;
	size_t size = 0;
	size_t room = 0;
	size_t got;

	if (file == NULL)
		return -1;
	do {
		if (room - size < 4096) {
			room = room * 2 + 8192;
			data = realloc(data, room);
			if (data == NULL)
				abort();
		}
		got = fread(data + size, 1, room - size, file);
		size += got;
	} while (got > 0);
	fclose(file);
	feed(data, size, 0);
	feed(data, size / 2, 0);
	feed(data, size, 1);
	free(data);
	passed++;
	return 0;
}

static int replay_directory(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);
	int rc = 0;

	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		char file[4096];
		int len = snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);

		if (names[i]->d_name[0] != '.' && len > 0 && (size_t)len < sizeof(file) && replay_file(file) < 0)
			rc = -1;
		free(names[i]);
	}
	free(names);
	return rc;
}

int main(int argc, char **argv)
{
	size_t failed = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) < 0 ||
		    (S_ISDIR(st.st_mode) ? replay_directory(argv[i]) : replay_file(argv[i])) < 0) {
			fprintf(stderr, "fuzz_replay: cannot read %s\n", argv[i]);
			failed++;
		}
	}
	printf("replay: %zu passed, %zu failed\n", passed, failed);
	return failed > 0 || passed == 0;
}
