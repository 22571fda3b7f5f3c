#ifndef TRACETOP_CNCURSES_SHIM_H
#define TRACETOP_CNCURSES_SHIM_H
// A system-library target takes no C settings, so the defines stand here.
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <ncurses.h>
#include <term.h>
#endif
