// Sends prepared OTLP requests to a collector and says how long the answers took. It costs little, so
// that the collector can be measured on the same machine.
//
//   otlpload grpc|http PORT BUNDLE [-t json] [-e gzip] [-c CONNECTIONS] [-s STREAMS] [-n REQUESTS]
//            [-r REQUESTS_PER_SECOND] [-i IDS]
//
// BUNDLE holds request bodies, each with its length in front (four bytes, the highest first); they are
// sent in turn until REQUESTS have been. IDS says where their trace ids are: for each body how many, and
// the offset of each (four bytes too); with it a body that is sent again has traces of its own.
// gRPC goes over HTTP/2 without TLS and obeys flow control; HTTP has one request under way on each
// connection. With a rate, the time of an answer counts from when its request was due. One line of JSON
// comes out.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { MAX_STREAMS = 128, MAX_CONNECTIONS = 256, FRAME_HEAD = 9, MESSAGE_HEAD = 5 };

typedef struct {
  uint8_t *bytes;
  uint32_t count;
  const uint8_t *ids;
} Body;

// A request under way.
typedef struct {
  bool is_active, is_sent, has_message;
  uint32_t id;
  int64_t window;
  Body body;
  size_t offset;
  double due;
  uint8_t head[MESSAGE_HEAD];
} Stream;

typedef struct {
  int socket;
  uint32_t next_id, frame_limit;
  int64_t window, first_window;
  Stream streams[MAX_STREAMS];
  size_t turn;
  uint8_t *out, *in;
  size_t out_count, out_room, in_count, in_room;
} Connection;

static Body *bodies;
static size_t body_count, wanted, issued, answered, failed, stream_count = 4;
static bool is_grpc, is_compressed;
static const char *type = "x-protobuf", *encoding;
static double rate, began, *waits;
static uint8_t headers[256];
static size_t header_count;

static void fail(const char *what) {
  fprintf(stderr, "otlpload: %s: %s\n", what, errno ? strerror(errno) : "not as expected");
  exit(1);
}

static uint32_t number(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static void put(uint8_t *at, uint32_t value) {
  for (int i = 0; i < 4; i++) at[i] = value >> (24 - 8 * i);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double due(size_t number) { return rate > 0 ? began + number / rate : now(); }

static bool may_issue(void) { return issued < wanted && (rate == 0 || now() >= due(issued)); }

// Makes the traces of a body that is sent for the `round`th time others than before.
static void rename_traces(Body body, uint32_t round) {
  uint32_t change = round ^ (round - 1);
  for (uint32_t i = 1; i <= number(body.ids); i++) {
    uint8_t *id = body.bytes + number(body.ids + 4 * i);
    put(id + 8, number(id + 8) ^ change);
  }
}

static void begin(Stream *stream) {
  stream->body = bodies[issued % body_count];
  uint32_t round = issued / body_count;
  if (round > 0 && stream->body.ids) rename_traces(stream->body, round);
  stream->due = due(issued);
  stream->offset = 0;
  stream->is_active = true;
  stream->is_sent = stream->has_message = false;
  issued++;
}

static void finish(Stream *stream, bool is_well) {
  waits[answered++] = now() - stream->due;
  if (!is_well) failed++;
  stream->is_active = false;
}

// Output that the socket did not take yet.

static void queue(Connection *to, const void *bytes, size_t count) {
  if (to->out_count + count > to->out_room) {
    to->out_room = (to->out_count + count) * 2 + 65536;
    to->out = realloc(to->out, to->out_room);
  }
  memcpy(to->out + to->out_count, bytes, count);
  to->out_count += count;
}

static void flush_queue(Connection *to) {
  size_t sent = 0;
  while (sent < to->out_count) {
    ssize_t count = write(to->socket, to->out + sent, to->out_count - sent);
    if (count < 0 && errno == EAGAIN) break;
    if (count < 0) fail("write");
    sent += count;
  }
  memmove(to->out, to->out + sent, to->out_count - sent);
  to->out_count -= sent;
}

// Writes the parts; what the socket does not take is queued. To be called with nothing queued.
static void send_parts(Connection *to, struct iovec *parts, int count) {
  ssize_t sent = writev(to->socket, parts, count);
  if (sent < 0 && errno != EAGAIN) fail("write");
  size_t skip = sent < 0 ? 0 : sent;
  for (int i = 0; i < count; i++) {
    size_t skipped = skip < parts[i].iov_len ? skip : parts[i].iov_len;
    queue(to, (uint8_t *)parts[i].iov_base + skipped, parts[i].iov_len - skipped);
    skip -= skipped;
  }
}

static void receive(Connection *from) {
  if (from->in_count + 65536 > from->in_room) {
    from->in_room = from->in_count + (1 << 18);
    from->in = realloc(from->in, from->in_room);
  }
  ssize_t count = read(from->socket, from->in + from->in_count, from->in_room - from->in_count - 1);
  if (count < 0 && errno == EAGAIN) return;
  if (count == 0) errno = ECONNRESET;
  if (count <= 0) fail("read");
  from->in_count += count;
}

// HTTP/2 (RFC 9113)

static void frame_head(uint8_t *head, uint32_t count, int kind, int flags, uint32_t id) {
  put(head, count << 8);
  head[3] = kind;
  head[4] = flags;
  put(head + 5, id);
}

// Adds a header that no table is to remember; `index` is its name's in HPACK's own table, or 0.
static void add_header(int index, const char *name, const char *value) {
  uint8_t *at = headers + header_count;
  if (index >= 15) *at++ = 15, *at++ = index - 15;
  else *at++ = index;
  if (index == 0) {
    *at++ = strlen(name);
    at = mempcpy(at, name, strlen(name));
  }
  *at++ = strlen(value);
  header_count = (uint8_t *)mempcpy(at, value, strlen(value)) - headers;
}

static void make_headers(void) {
  headers[header_count++] = 0x83;  // :method POST
  headers[header_count++] = 0x86;  // :scheme http
  add_header(4, "", "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
  add_header(1, "", "127.0.0.1");
  add_header(31, "", "application/grpc");
  add_header(0, "te", "trailers");
  if (encoding) add_header(0, "grpc-encoding", encoding);
}

static void greet(Connection *peer) {
  peer->next_id = 1;
  peer->window = peer->first_window = 65535;
  peer->frame_limit = 16384;
  uint8_t settings[FRAME_HEAD];
  frame_head(settings, 0, 4, 0, 0);
  queue(peer, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
  queue(peer, settings, sizeof settings);
  flush_queue(peer);
}

// One DATA frame of a stream; false where there is no credit for any.
static bool send_data(Connection *peer, Stream *stream) {
  int64_t total = (int64_t)stream->body.count + MESSAGE_HEAD, left = total - stream->offset;
  if (left > peer->window) left = peer->window;
  if (left > stream->window) left = stream->window;
  if (left > peer->frame_limit) left = peer->frame_limit;
  if (left <= 0) return false;
  stream->is_sent = stream->offset + left == (size_t)total;
  uint8_t head[FRAME_HEAD];
  frame_head(head, left, 0, stream->is_sent, stream->id);
  struct iovec parts[3] = {{head, sizeof head}};
  int count = 1;
  size_t from = stream->offset, end = stream->offset + left;
  if (from < MESSAGE_HEAD) {
    size_t stop = end < MESSAGE_HEAD ? end : MESSAGE_HEAD;
    parts[count++] = (struct iovec){stream->head + from, stop - from};
    from = stop;
  }
  if (from < end)
    parts[count++] = (struct iovec){stream->body.bytes + from - MESSAGE_HEAD, end - from};
  send_parts(peer, parts, count);
  stream->offset = end;
  stream->window -= left;
  peer->window -= left;
  return true;
}

static void pump_grpc(Connection *peer) {
  for (size_t i = 0; i < stream_count; i++) {
    Stream *stream = &peer->streams[i];
    if (stream->is_active || !may_issue()) continue;
    begin(stream);
    stream->id = peer->next_id;
    peer->next_id += 2;
    stream->window = peer->first_window;
    stream->head[0] = is_compressed;
    put(stream->head + 1, stream->body.count);
    uint8_t head[FRAME_HEAD];
    frame_head(head, header_count, 1, 4, stream->id);
    queue(peer, head, sizeof head);
    queue(peer, headers, header_count);
  }
  flush_queue(peer);
  // The streams take turns, a frame each.
  for (size_t idle = 0; idle < stream_count && peer->out_count == 0;) {
    Stream *stream = &peer->streams[peer->turn++ % stream_count];
    bool has_moved = stream->is_active && !stream->is_sent && send_data(peer, stream);
    idle = has_moved ? 0 : idle + 1;
  }
}

static Stream *find(Connection *peer, uint32_t id) {
  for (size_t i = 0; i < stream_count; i++)
    if (peer->streams[i].is_active && peer->streams[i].id == id) return &peer->streams[i];
  return NULL;
}

static void take_settings(Connection *peer, const uint8_t *bytes, uint32_t count) {
  for (uint32_t at = 0; at + 6 <= count; at += 6) {
    uint32_t value = number(bytes + at + 2);
    int name = bytes[at] << 8 | bytes[at + 1];
    if (name == 5) peer->frame_limit = value;
    if (name != 4) continue;
    for (size_t i = 0; i < stream_count; i++)
      peer->streams[i].window += (int64_t)value - peer->first_window;
    peer->first_window = value;
  }
  uint8_t answer[FRAME_HEAD];
  frame_head(answer, 0, 4, 1, 0);
  queue(peer, answer, sizeof answer);
}

static void take_frame(Connection *peer, int kind, int flags, uint32_t id, uint8_t *bytes, uint32_t count) {
  Stream *stream = find(peer, id);
  uint8_t answer[FRAME_HEAD + 8];
  switch (kind) {
    case 0:
      if (stream && count > 0) stream->has_message = true;
      if (count > 0) {
        frame_head(answer, 4, 8, 0, 0);
        put(answer + FRAME_HEAD, count);
        queue(peer, answer, FRAME_HEAD + 4);
      }
      if (stream && flags & 1) finish(stream, stream->has_message);
      break;
    case 1:
      // A failed call has no message.
      if (stream && flags & 1) finish(stream, stream->has_message);
      break;
    case 3: if (stream) finish(stream, false); break;
    case 4: if (!(flags & 1)) take_settings(peer, bytes, count); break;
    case 6:
      if (flags & 1) break;
      frame_head(answer, 8, 6, 1, 0);
      memcpy(answer + FRAME_HEAD, bytes, 8);
      queue(peer, answer, sizeof answer);
      break;
    case 7: errno = 0, fail("the peer said GOAWAY"); break;
    case 8:
      if (id == 0) peer->window += number(bytes) & INT32_MAX;
      else if (stream) stream->window += number(bytes) & INT32_MAX;
      break;
  }
}

static void take_grpc(Connection *peer) {
  size_t at = 0;
  while (peer->in_count - at >= FRAME_HEAD) {
    uint8_t *head = peer->in + at;
    uint32_t count = number(head) >> 8;
    if (peer->in_count - at - FRAME_HEAD < count) break;
    take_frame(peer, head[3], head[4], number(head + 5) & INT32_MAX, head + FRAME_HEAD, count);
    at += FRAME_HEAD + count;
  }
  memmove(peer->in, peer->in + at, peer->in_count - at);
  peer->in_count -= at;
}

// HTTP/1.1 (RFC 9112)

static void pump_http(Connection *peer) {
  Stream *stream = &peer->streams[0];
  if (!stream->is_active && may_issue()) {
    begin(stream);
    char head[256];
    int count = snprintf(
      head, sizeof head,
      "POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/%s\r\n%s%s%s"
      "Content-Length: %u\r\n\r\n",
      type, encoding ? "Content-Encoding: " : "", encoding ? encoding : "", encoding ? "\r\n" : "",
      stream->body.count);
    struct iovec parts[] = {{head, count}, {stream->body.bytes, stream->body.count}};
    send_parts(peer, parts, 2);
  }
  flush_queue(peer);
}

static void take_http(Connection *peer) {
  peer->in[peer->in_count] = 0;
  char *text = (char *)peer->in, *end = strstr(text, "\r\n\r\n");
  if (!end) return;
  size_t count = end + 4 - text;
  char *length = strcasestr(text, "\r\ncontent-length:");
  char *chunked = strcasestr(text, "\r\ntransfer-encoding: chunked");
  if (chunked && chunked < end) {
    char *last = strstr(end, "0\r\n\r\n");
    if (!last) return;
    count = last + 5 - text;
  } else if (length && length < end) {
    count += atol(length + 17);
  }
  if (peer->in_count < count) return;
  bool is_well = strncmp(text + 9, "200", 3) == 0;
  if (!is_well && failed == 0) fprintf(stderr, "otlpload: %.60s\n", text);
  finish(&peer->streams[0], is_well);
  memmove(peer->in, peer->in + count, peer->in_count - count);
  peer->in_count -= count;
}

// The whole

// A file's bytes, to be changed in memory alone.
static uint8_t *map(const char *path, size_t *count) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) fail(path);
  uint8_t *bytes = mmap(
    NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (bytes == MAP_FAILED) fail(path);
  close(file);
  *count = status.st_size;
  return bytes;
}

static void load(const char *path) {
  size_t count, room = 0;
  uint8_t *bytes = map(path, &count);
  for (size_t at = 0; at + 4 <= count; at += 4 + number(bytes + at)) {
    if (body_count == room) bodies = realloc(bodies, (room = room * 2 + 1024) * sizeof *bodies);
    bodies[body_count++] = (Body){bytes + at + 4, number(bytes + at), NULL};
  }
  if (body_count == 0) fail("no requests in the bundle");
}

static void load_ids(const char *path) {
  size_t count, at = 0;
  uint8_t *bytes = map(path, &count);
  for (size_t i = 0; i < body_count && at + 4 <= count; i++) {
    bodies[i].ids = bytes + at;
    at += 4 + 4 * number(bytes + at);
  }
}

static void connect_to(Connection *peer, int port) {
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1;
  peer->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(peer->socket, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  setsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(peer->socket, F_SETFL, O_NONBLOCK);
  if (is_grpc) greet(peer);
}

static int ascending(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return difference < 0 ? -1 : difference > 0;
}

static double quantile(double share) {
  return waits[(size_t)(share * (answered - 1))] * 1000;
}

static void run(Connection *peers, int count) {
  struct pollfd watched[MAX_CONNECTIONS];
  while (answered < wanted) {
    for (int i = 0; i < count; i++) {
      if (is_grpc) pump_grpc(&peers[i]);
      else pump_http(&peers[i]);
      watched[i].fd = peers[i].socket;
      watched[i].events = POLLIN | (peers[i].out_count > 0 ? POLLOUT : 0);
    }
    double pause = rate > 0 && issued < wanted ? due(issued) - now() : 1;
    // What is due and was not sent waits for an answer.
    if (pause < 0) pause = issued - answered < stream_count * count ? 0 : 1;
    struct timespec patience = {pause, (pause - (time_t)pause) * 1e9};
    if (ppoll(watched, count, &patience, NULL) < 0) fail("poll");
    for (int i = 0; i < count; i++) {
      if (!(watched[i].revents & ~POLLOUT)) continue;
      receive(&peers[i]);
      if (is_grpc) take_grpc(&peers[i]);
      else take_http(&peers[i]);
    }
  }
}

int main(int count, char **values) {
  int connections = 1, option;
  const char *ids = NULL;
  while ((option = getopt(count, values, "t:e:c:s:n:r:i:")) > 0) switch (option) {
    case 't': type = optarg; break;
    case 'e': encoding = optarg; is_compressed = true; break;
    case 'c': connections = atoi(optarg); break;
    case 's': stream_count = atoi(optarg); break;
    case 'n': wanted = atol(optarg); break;
    case 'r': rate = atof(optarg); break;
    case 'i': ids = optarg; break;
    default: return 2;
  }
  errno = 0;
  if (count - optind != 3 || connections < 1 || connections > MAX_CONNECTIONS || stream_count < 1
      || stream_count > MAX_STREAMS)
    fail("usage: otlpload grpc|http PORT BUNDLE [options]");
  is_grpc = strcmp(values[optind], "grpc") == 0;
  if (!is_grpc) stream_count = 1;
  load(values[optind + 2]);
  if (ids) load_ids(ids);
  if (wanted == 0) wanted = body_count;
  waits = malloc(wanted * sizeof *waits);
  make_headers();
  // A pause ends when it should, not 50 microseconds later.
  prctl(PR_SET_TIMERSLACK, 1);
  Connection *peers = calloc(connections, sizeof *peers);
  for (int i = 0; i < connections; i++) connect_to(&peers[i], atoi(values[optind + 1]));
  began = now();
  run(peers, connections);
  double seconds = now() - began;
  qsort(waits, answered, sizeof *waits, ascending);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf(
    "{\"requests\": %zu, \"failed\": %zu, \"seconds\": %.3f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, "
    "\"p999_ms\": %.3f, \"longest_ms\": %.3f, \"client_cpu_s\": %.2f}\n",
    answered, failed, seconds, quantile(0.5), quantile(0.99), quantile(0.999), quantile(1),
    usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
      + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
  return failed > 0;
}
