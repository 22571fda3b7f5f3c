// Says how fast this machine is at the moment at the kinds of work that a span store does, so that figures
// of different days can be compared: on a shared host a program may take thrice the time it took last week.
// `yardstick [--json] CORPUS` reads CORPUS/pb/*.bin, which corpus.py made, and measures in processor time:
//   building   walking the protobuf, each text once in a dictionary, a column for each key and type
//   searching  for "rollback plan" in all bytes of the dictionary, median of 7
//   grouping   by tenant: spans, errors and the 95th percentile of durations, median of 11
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIXED = 1, BYTES = 2, FIXED_32 = 5, PADDING = 32, MAX_KEYS = 1024, BUCKETS = 4096 };
enum { TRACE = 1, ID, PARENT = 4, NAME, KIND, START, END, ATTRIBUTE, EVENT = 11, LINK = 13, STATUS = 15 };

typedef struct { uint8_t *bytes; size_t count, room; } Array;  // PADDING bytes behind it can be read
// A number, or bytes that are a text or a message, whose fields are taken off its beginning.
typedef struct { uint64_t number, type, value; const uint8_t *at, *end; } Field;
// A slot has the upper half of a hash and an id from 1 on, or 0; text `id` is from ends[id - 1] to ends[id].
typedef struct { uint64_t *slots; size_t slot_count, count; Array ends, bytes; } Dictionary;
typedef struct { uint64_t hash; uint32_t count; Array rows, values; } Column;  // rows: once there is a gap

static Dictionary texts, traces, tenant_names;
static Column columns[2 * MAX_KEYS];  // by the hash of key and type
static Array fixed[16], resources, tenants, extras, places;  // extras: events and links as they came
static uint32_t row_count, resource;
static void fail(const char *what) { fprintf(stderr, "yardstick: %s\n", what), exit(1); }

static inline void append(Array *to, const void *from, size_t size) {
  if (to->count + size + PADDING > to->room) {
    to->room += to->room / 2 + size + 4096;
    if (!(to->bytes = realloc(to->bytes, to->room))) fail("no memory");
  }
  memcpy(to->bytes + to->count, from, size);
  to->count += size;
}
static inline void append_8(Array *to, uint8_t value) { append(to, &value, 1); }
static inline void append_32(Array *to, uint32_t value) { append(to, &value, 4); }
static inline void append_64(Array *to, uint64_t value) { append(to, &value, 8); }
static inline uint64_t load(const uint8_t *at) { uint64_t value; memcpy(&value, at, 8); return value; }
static inline uint64_t mix(uint64_t left, uint64_t right) {
  __uint128_t product = (__uint128_t)left * right;
  return product ^ product >> 64;
}
// In the manner of wyhash; of up to 8 bytes, those behind them are loaded too and shifted out.
static inline uint64_t hash(const uint8_t *at, size_t count) {
  uint64_t seed = 0xa0761d6478bd642f ^ count, first = 0, last = 0;
  for (; count > 16; count -= 16, at += 16) seed = mix(load(at) ^ 0xe7037ed1a0b428db, load(at + 8) ^ seed);
  if (count > 8) first = load(at), last = load(at + count - 8);
  else if (count > 0) first = load(at) << (64 - 8 * count);
  return mix(first ^ 0x8ebc6af09c88c6e3, last ^ seed);
}

static void resize(Dictionary *in, size_t slot_count) {
  free(in->slots);
  if (!(in->slots = calloc(in->slot_count = slot_count, sizeof *in->slots))) fail("no memory");
  if (in->count == 0) append_32(&in->ends, 0);
  const uint32_t *ends = (const uint32_t *)in->ends.bytes;
  for (size_t id = 1; id <= in->count; id++) {
    uint64_t found = hash(in->bytes.bytes + ends[id - 1], ends[id] - ends[id - 1]);
    size_t slot = found;
    while (in->slots[slot &= slot_count - 1]) slot++;
    in->slots[slot] = found >> 32 << 32 | id;
  }
}

static uint32_t intern(Dictionary *in, const uint8_t *text, size_t count) {
  if (in->count * 4 >= in->slot_count * 3) resize(in, in->slot_count ? in->slot_count * 2 : 1 << 16);
  uint64_t sought = hash(text, count), held;
  size_t slot = sought & (in->slot_count - 1);
  for (; (held = in->slots[slot]); slot = (slot + 1) & (in->slot_count - 1)) {
    if (held >> 32 != sought >> 32) continue;
    const uint32_t *end = (const uint32_t *)in->ends.bytes + (uint32_t)held;
    if (end[0] - end[-1] == count && memcmp(in->bytes.bytes + end[-1], text, count) == 0) return held;
  }
  append(&in->bytes, text, count);
  append_32(&in->ends, in->bytes.count);
  return in->slots[slot] = sought >> 32 << 32 | ++in->count;
}

static inline uint64_t number(Field *from) {
  uint64_t value = 0;
  for (int shift = 0, more = 1; more && shift < 64; shift += 7, more = *from->at++ & 0x80)
    value |= (uint64_t)(*from->at & 0x7f) << shift;
  return value;
}
static inline int next(Field *from, Field *field) {
  if (from->at >= from->end) return 0;
  uint64_t tag = number(from), type = tag & 7;
  uint64_t value = type == FIXED || type == FIXED_32 ? load(from->at) : number(from);
  size_t count = type == BYTES ? value : type == FIXED ? 8 : type == FIXED_32 ? 4 : 0;
  if (from->at > from->end || (size_t)(from->end - from->at) < count) fail("a field longer than its message");
  *field = (Field){tag >> 3, type, value, from->at, from->at + count};
  from->at += count;
  return 1;
}

static inline void take_attribute(Field attribute) {
  Field key, holder, value;
  if (!next(&attribute, &key) || !next(&attribute, &holder) || !next(&holder, &value)) return;
  uint64_t sought = hash(key.at, key.value) + value.number;
  Column *column = &columns[sought % MAX_KEYS];
  while (column->hash && column->hash != sought) if (++column == columns + 2 * MAX_KEYS) fail("too many keys");
  column->hash = sought;
  if (column->count++ != row_count || column->rows.count > 0) append_32(&column->rows, row_count);
  if (value.type == BYTES) append_32(&column->values, intern(&texts, value.at, value.value));
  else if (value.number == 2) append_8(&column->values, value.value);
  else append_64(&column->values, value.value);
  if (sought == hash((const uint8_t *)"tenant.id", 9) + 1)
    append_8(&tenants, intern(&tenant_names, value.at, value.value));
}

static void take_span(Field span) {
  uint64_t values[16] = {0};  // by the numbers of fields
  for (Field field, inner; next(&span, &field);) switch (field.number) {
    case TRACE: values[TRACE] = intern(&traces, field.at, field.value); break;
    case NAME: values[NAME] = intern(&texts, field.at, field.value); break;
    case ID: case PARENT: values[field.number] = field.value == 8 ? load(field.at) : 0; break;
    case ATTRIBUTE: take_attribute(field); break;
    case EVENT: case LINK:
      append(&extras, field.at, field.value), append_64(&places, (uint64_t)row_count << 32 | extras.count); break;
    case STATUS: while (next(&field, &inner)) if (inner.number == 3) values[STATUS] = inner.value; break;
    default: values[field.number & 15] = field.value;
  }
  append_64(&fixed[ID], values[ID]), append_64(&fixed[PARENT], values[PARENT]);
  append_64(&fixed[START], values[START]), append_64(&fixed[END], values[END] - values[START]);
  append_32(&fixed[TRACE], values[TRACE]), append_32(&fixed[NAME], values[NAME]);
  append_8(&fixed[STATUS], values[KIND] | values[STATUS] << 4), append_32(&resources, resource), row_count++;
}

// A request (depth 0) has groups of a resource (1), these have groups of a scope (2), these spans.
static void take(Field message, int depth) {
  for (Field field; next(&message, &field);) {
    if (depth == 1 && field.number == 1) resource = intern(&texts, field.at, field.value);
    if (field.number == (depth == 0 ? 1 : 2)) depth == 2 ? take_span(field) : take(field, depth + 1);
  }
}

static size_t search(void) {
  size_t found = 0;
  const uint8_t *at = texts.bytes.bytes, *end = at + texts.bytes.count;
  for (; (at = memmem(at, end - at, "rollback plan", 13)); at += 13) found++;
  return found;
}

// A power of two has 64 buckets. Returns the sum of errors and of the percentiles' buckets.
static size_t group(void) {
  static uint32_t counts[256][BUCKETS], errors[256];
  size_t sum = 0;
  memset(counts, 0, sizeof counts), memset(errors, 0, sizeof errors);
  for (uint32_t row = 0; row < row_count; row++) {
    uint64_t time = ((uint64_t *)fixed[END].bytes)[row] | 64;
    int tenant = tenants.bytes[row], shift = 57 - __builtin_clzll(time);
    counts[tenant][shift << 6 | (time >> shift & 63)]++;
    if (fixed[STATUS].bytes[row] >> 4 == 2) errors[tenant]++;
  }
  for (int tenant = 0; tenant < 256; tenant++) {
    uint32_t total = 0, passed = 0, bucket = 0;
    for (int i = 0; i < BUCKETS; i++) total += counts[tenant][i];
    while (passed < 0.95 * total) passed += counts[tenant][bucket++];
    sum += errors[tenant] + bucket;
  }
  return sum;
}

static double milliseconds(int times, size_t (*work)(void), size_t *answer) {
  clock_t took[16];
  for (int i = 0, at; i < times; i++) {
    clock_t began = clock(), time;
    *answer = work(), time = clock() - began;
    for (at = i; at > 0 && took[at - 1] > time; at--) took[at] = took[at - 1];
    took[at] = time;
  }
  return took[times / 2] * 1e3 / CLOCKS_PER_SEC;
}

int main(int count, char **values) {
  int is_json = count == 3 && strcmp(values[1], "--json") == 0;
  if (count != 2 + is_json) fail("usage: yardstick [--json] CORPUS");
  Array corpus = {0};  // one request after another is one request
  char path[4096], chunk[65536];
  for (int i = 0;; i++) {
    snprintf(path, sizeof path, "%s/pb/%05d.bin", values[count - 1], i);
    FILE *file = fopen(path, "rb");
    if (!file) break;
    for (size_t size; (size = fread(chunk, 1, sizeof chunk, file)) > 0;) append(&corpus, chunk, size);
    fclose(file);
  }
  clock_t began = clock();
  take((Field){.at = corpus.bytes, .end = corpus.bytes + corpus.count}, 0);
  double building = (clock() - began) * 1e6 / CLOCKS_PER_SEC / row_count;
  if (row_count == 0 || tenants.count != row_count) fail("no spans, or some without a tenant");
  size_t found, sum;
  double searching = milliseconds(7, search, &found), grouping = milliseconds(11, group, &sum);
  printf(is_json ? "{\"building_cpu_s_per_1m\": %.3f, \"searching_ms\": %.2f, \"grouping_ms\": %.2f, "
                   "\"spans\": %u, \"found\": %zu, \"group_sum\": %zu}\n"
                 : "yardstick: building %.2f CPU-s per 1M spans, searching %.1f ms, grouping %.1f ms\n",
         building, searching, grouping, row_count, found, sum);
}
