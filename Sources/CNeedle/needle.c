#include "CNeedle.h"

// Sixteen bytes at any address; compilers turn them into what a processor has.
typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint64_t words16 __attribute__((vector_size(16)));

// The probes, each byte sixteen times.
typedef struct {
  const uint8_t *one, *two;
  bytes16 first, first_fold, second, second_fold;
} wide_probes;

// All bits of each of the sixteen places from one on where both bytes fit.
static inline bytes16 fits(const wide_probes *probes, size_t place) {
  const bytes16 one = *(const bytes16 *)(probes->one + place) | probes->first_fold;
  const bytes16 two = *(const bytes16 *)(probes->two + place) | probes->second_fold;
  return (bytes16)(one == probes->first) & (bytes16)(two == probes->second);
}

static inline int is_any(bytes16 fits) {
  const words16 words = (words16)fits;
  return (words[0] | words[1]) != 0;
}

size_t tracetop_find_probes(const uint8_t *text, size_t from, size_t places,
                            tracetop_probes probes) {
  const bytes16 zero = {0};
  const wide_probes wide = {
      text + probes.first_index, text + probes.second_index,
      zero + probes.first_byte,  zero + probes.first_fold,
      zero + probes.second_byte, zero + probes.second_fold,
  };
  size_t place = from;
  while (place + 64 <= places && !is_any((fits(&wide, place) | fits(&wide, place + 16)) |
                                         (fits(&wide, place + 32) | fits(&wide, place + 48))))
    place += 64;
  while (place + 16 <= places && !is_any(fits(&wide, place))) place += 16;
  while (place < places && ((wide.one[place] | probes.first_fold) != probes.first_byte ||
                            (wide.two[place] | probes.second_fold) != probes.second_byte))
    place++;
  return place;
}
