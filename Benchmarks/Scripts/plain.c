// plain: draws screens out of a file with ncurses as any program would that knows what changed no
// better than ncurses does: one screen a key, erased and written anew. What the explorer is compared with.
//
// The file is named by PLAIN_FRAMES; frames.py writes it. "frame KIND" begins a screen, "r FG BG ATTRIBUTES TEXT"
// is a run of one look in its row, "n" goes to the next row.
// Keys: j and k draw the next "selection", ^F the next "page", d the next "scroll one", ^L all cells
// again, q ends.
#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE
#include <curses.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

typedef struct {
  int row, column, pair, attributes, length;
  wchar_t *text;
} Run;

typedef struct {
  char kind[32];
  Run *runs;
  int count;
} Frame;

enum { MOST_FRAMES = 256, MOST_RUNS = 4096, MOST_PAIRS = 256, MOST_COLUMNS = 512 };

static Frame frames[MOST_FRAMES];
static int frame_count;
static short pairs[MOST_PAIRS][2];
static int pair_count = 1;

static int pair_of(int foreground, int background) {
  if (foreground < 0 && background < 0) return 0;
  for (int i = 1; i < pair_count; i++)
    if (pairs[i][0] == foreground && pairs[i][1] == background) return i;
  if (pair_count == MOST_PAIRS) return 0;
  pairs[pair_count][0] = foreground;
  pairs[pair_count][1] = background;
  return pair_count++;
}

static void load(const char *path) {
  FILE *file = path ? fopen(path, "r") : NULL;
  if (!file) {
    fprintf(stderr, "plain: PLAIN_FRAMES names no file of screens\n");
    exit(1);
  }
  char *line = NULL;
  size_t capacity = 0;
  int row = 0, column = 0;
  Frame *frame = NULL;
  while (getline(&line, &capacity, file) > 0) {
    line[strcspn(line, "\n")] = 0;
    if (!strncmp(line, "frame ", 6) && frame_count < MOST_FRAMES) {
      frame = &frames[frame_count++];
      snprintf(frame->kind, sizeof frame->kind, "%s", line + 6);
      frame->runs = calloc(MOST_RUNS, sizeof(Run));
      row = column = 0;
    } else if (line[0] == 'n') {
      row++;
      column = 0;
    } else if (line[0] == 'r' && frame && frame->count < MOST_RUNS) {
      int foreground, background, attributes;
      wchar_t text[MOST_COLUMNS];
      if (sscanf(line, "r %d %d %d", &foreground, &background, &attributes) < 3) continue;
      // Behind the blank after the last number: the text may begin with blanks of its own.
      char *rest = line + 2;
      for (int i = 0; i < 3; i++) rest = strchr(rest, ' ') + 1;
      int length = mbstowcs(text, rest, MOST_COLUMNS - 1);
      if (length < 0) continue;
      Run *run = &frame->runs[frame->count++];
      *run = (Run){row, column, pair_of(foreground, background), attributes, length,
                   calloc(length + 1, sizeof(wchar_t))};
      memcpy(run->text, text, length * sizeof(wchar_t));
      column += wcswidth(text, length);
    }
  }
  fclose(file);
}

static void draw(const Frame *frame) {
  erase();
  for (int i = 0; i < frame->count; i++) {
    const Run *run = &frame->runs[i];
    attr_t attributes = (run->attributes & 1 ? A_BOLD : 0) | (run->attributes & 2 ? A_DIM : 0) |
                        (run->attributes & 4 ? A_UNDERLINE : 0) |
                        (run->attributes & 8 ? A_REVERSE : 0);
    attr_set(attributes, run->pair, NULL);
    mvaddnwstr(run->row, run->column, run->text, run->length);
  }
  refresh();
}

// The next screen of a kind after the last that was shown.
static const Frame *next(const char *kind, const Frame *last) {
  for (int step = 1; step <= frame_count; step++) {
    const Frame *frame = &frames[(last - frames + step) % frame_count];
    if (!strcmp(frame->kind, kind)) return frame;
  }
  return last;
}

int main(void) {
  setlocale(LC_ALL, "");
  load(getenv("PLAIN_FRAMES"));
  initscr();
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  typeahead(-1);
  idlok(stdscr, TRUE);
  leaveok(stdscr, TRUE);
  curs_set(0);
  start_color();
  use_default_colors();
  for (int i = 1; i < pair_count; i++) init_pair(i, pairs[i][0], pairs[i][1]);
  const Frame *shown = frames;
  draw(shown);
  for (;;) {
    struct pollfd input = {0, POLLIN, 0};
    poll(&input, 1, -1);
    wint_t key;
    while (get_wch(&key) != ERR) {
      switch (key) {
        case 'q': endwin(); return 0;
        case 'j': case 'k': draw(shown = next("selection", shown)); break;
        case 'd': draw(shown = next("scroll one", shown)); break;
        case 'F' & 31: draw(shown = next("page", shown)); break;
        case 'L' & 31:
          clearok(curscr, TRUE);
          draw(shown);
          break;
      }
    }
    if (input.revents & (POLLHUP | POLLERR)) return 0;
  }
}
