#ifndef TRACETOP_CNCURSES_SHIM_H
#define TRACETOP_CNCURSES_SHIM_H

// A system-library target takes no C settings, so the defines stand here.
// Without macros Swift sees real functions.
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <ncurses.h>
#include <term.h>

// This function is provided because Swift 6 refuses C's global variables: they are not safe to share
// between threads. The screen is the screen thread's alone.
static inline WINDOW *cnc_stdscr(void) { return stdscr; }

// These functions are provided because the attributes are macros with casts, which Swift does not import.
static inline attr_t cnc_bold(void) { return WA_BOLD; }
static inline attr_t cnc_dim(void) { return WA_DIM; }
static inline attr_t cnc_reverse(void) { return WA_REVERSE; }
static inline attr_t cnc_underline(void) { return WA_UNDERLINE; }

// This function is provided because setting the parts of a cchar_t by hand would repeat what ncurses
// knows of its layout: a template for one style, of which Swift then changes the characters only.
static inline cchar_t cnc_cell(attr_t attributes, int pair) {
  cchar_t cell;
  wchar_t blank[2] = {L' ', L'\0'};
  setcchar(&cell, blank, attributes, 0, &pair);
  return cell;
}

// This function is provided because tigetstr answers (char *)-1 for a name that is not a string
// capability, which Swift cannot compare in a readable way.
static inline const char *cnc_capability(const char *name) {
  const char *text = tigetstr(name);
  return text == (const char *)-1 ? NULL : text;
}

#endif
