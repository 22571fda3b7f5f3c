#pragma once

#include <stddef.h>
#include <stdint.h>

/// Two bytes of a needle, each with where it stands in it and the bits that are set in a byte of the
/// text before the two are compared (0x20 for a letter in either case, or 0).
typedef struct {
  size_t first_index, second_index;
  uint8_t first_byte, first_fold;
  uint8_t second_byte, second_fold;
} tracetop_probes;

/// The first place from `from` up to before `places` where both bytes fit; `places` where none is.
///
/// Behind the last place there must be as many bytes of text as the needle has. 64 places are passed
/// over at a time. Source: W. Mula, "SIMD-friendly algorithms for substring searching".
size_t tracetop_find_probes(const uint8_t *text, size_t from, size_t places,
                            tracetop_probes probes);
