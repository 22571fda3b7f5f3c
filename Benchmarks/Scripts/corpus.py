#!/usr/bin/env python3
"""Deterministic OTLP trace corpus generator.

  corpus.py --out corpus --spans 100352 --json         -> corpus/pb/*.bin + corpus/json/*.json
  corpus.py --out corpus1m --spans 1000448 --workers 2 -> corpus1m/pb/*.bin

Spans are generated trace by trace (4..12 spans, mean ~8, tree shaped), ordered by trace, cut into
blocks of 4096, grouped by service inside the block and cut into requests of exactly 512 spans, so a
request carries 1..4 ResourceSpans and a trace arrives spread over several requests.
Each shard (32 blocks... see SHARD) is seeded by (seed, shard index): output does not depend on --workers.
"""
import argparse, os, random, sys, math, json
from multiprocessing import Pool
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


BATCH = 512
SHARD = BATCH * 49 * 4            # 100,352 spans per shard (= the whole small corpus)
T0 = 1_760_000_000_000_000_000    # fixed epoch ns

SERVICES = ["edge-gateway", "agent-orchestrator", "llm-router", "tool-runner",
            "vector-search", "billing-api", "session-store", "postgres-proxy"]
REGIONS = ["us-east-1", "us-west-2", "eu-central-1", "ap-southeast-2"]
MODELS = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4", "claude-haiku-4", "llama-3.3-70b", "mistral-large", "gemini-2.5-pro"]
PROVIDERS = {"gpt-4o": "openai", "gpt-4o-mini": "openai", "claude-sonnet-4": "anthropic", "claude-haiku-4": "anthropic",
             "llama-3.3-70b": "vllm", "mistral-large": "mistral", "gemini-2.5-pro": "google"}
ROUTES = ["/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/api/tenants/{id}", "/api/sessions/{id}/messages",
          "/api/tools", "/api/tools/{name}/invoke", "/healthz", "/api/billing/usage", "/api/users/{id}", "/api/files",
          "/api/search", "/api/agents", "/api/agents/{id}/runs", "/api/keys", "/api/limits"]
METHODS = ["GET", "POST", "POST", "POST", "PUT", "DELETE", "GET"]
UAS = ["python-httpx/0.27.2", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36",
       "curl/8.5.0", "openai-python/1.51.0", "okhttp/4.12.0", "Go-http-client/2.0"]
TOOLS = ["web_search", "code_interpreter", "get_weather", "sql_query", "calendar.create", "send_email", "fetch_url", "calculator"]
TABLES = ["users", "sessions", "messages", "runs", "invoices", "api_keys", "documents", "chunks"]
WORDS = ("please summarise the quarterly report for our customer and explain why latency increased after the deploy of "
         "release candidate seven including the rate limit errors observed in region and propose a rollback plan with owners").split()
EXC = [("TimeoutError", "upstream did not answer within 30000 ms"), ("RateLimitError", "429 Too Many Requests: tokens per minute exceeded"),
       ("ConnectionResetError", "[Errno 104] Connection reset by peer"), ("ValidationError", "1 validation error for ToolCall: field required")]
STACK = "".join(f'  File "/app/src/agent/{m}.py", line {n}, in {f}\n    return await self._{f}(request, context)\n'
                for m, n, f in [("server", 211, "handle"), ("runner", 88, "run_step"), ("router", 402, "dispatch"), ("client", 57, "send")])

LANGS = ["go", "python", "rust", "python", "cpp", "java", "nodejs", "go"]

def resource_attrs(i, inst):
    s = SERVICES[i]
    return [("service.name", s), ("service.version", f"{2 + i % 3}.{(i * 7) % 20}.{i % 5}"),
            ("service.instance.id", f"{s}-{inst:02d}-7f9c4d5b6-{(i * 2654435761 + inst * 40503) & 0xffffff:06x}"),
            ("service.namespace", "prod"), ("deployment.environment.name", "production"),
            ("host.name", f"ip-10-{i}-{inst}-17.ec2.internal"), ("os.type", "linux"), ("process.pid", 1000 + i * 17 + inst),
            ("telemetry.sdk.language", LANGS[i]), ("telemetry.sdk.name", "opentelemetry"), ("telemetry.sdk.version", "1.29.0"),
            ("k8s.pod.name", f"{s}-7f9c4d5b6-{inst:02d}")]

def zipf_cum(n, s):
    w, c = [1 / (k + 1) ** s for k in range(n)], []
    t = 0
    for x in w:
        t += x
        c.append(t)
    return c

T_CUM, U_CUM, M_CUM = zipf_cum(50, 1.0), zipf_cum(5000, 0.8), zipf_cum(len(MODELS), 0.9)

def hexs(r, bits):
    return f"{r.getrandbits(bits):0{bits // 4}x}"

def make_trace(r, base):
    """list of (svc, inst, scope, dict-like span tuple)"""
    n = r.choice((4, 5, 6, 7, 8, 8, 9, 10, 11, 12))
    tid = r.getrandbits(128).to_bytes(16, "big")
    ten = r.choices(range(50), cum_weights=T_CUM)[0]
    usr = r.choices(range(5000), cum_weights=U_CUM)[0]
    sess, reqid = hexs(r, 64), f"req_{hexs(r, 96)}"
    region = REGIONS[ten % 4] if r.random() < .8 else r.choice(REGIONS)
    model = r.choices(MODELS, cum_weights=M_CUM)[0]
    total = int(math.exp(r.gauss(13.5, 1.0)) * 1000)  # ~0.7 s median in ns
    total = max(2_000_000, min(total, 120_000_000_000))
    fail = r.random() < .06
    out, ids = [], []
    kinds = ["http", "agent"] + [r.choice(("llm", "llm", "tool", "db", "db", "cache", "httpc", "vec")) for _ in range(n - 2)]
    for k, kind in enumerate(kinds):
        sid = r.getrandbits(64).to_bytes(8, "big")
        if k == 0: parent, st, en = b"", base, base + total
        else:
            p = 0 if k == 1 else r.randrange(1, min(k, 4))
            parent, (pst, pen) = ids[p][0], ids[p][1]
            a, b = sorted((r.random(), r.random()))
            if k == 1: a, b = a * .02, 1 - (1 - b) * .02
            st, en = pst + int((pen - pst) * a), pst + int((pen - pst) * b) + 1000
        ids.append((sid, (st, en)))
        A = [("tenant.id", f"tenant-{ten:03d}"), ("user.id", f"user-{usr:05d}"), ("session.id", sess), ("request.id", reqid),
             ("cloud.region", region), ("thread.id", r.randrange(1, 65)), ("app.cache_hit", r.random() < .3),
             ("app.retry_count", 0 if r.random() < .9 else r.randrange(1, 4)), ("app.sampling.priority", round(r.random(), 6))]
        ev, status, links = [], (0, ""), []
        spfail = fail and k == n - 1 or (fail and k == 0) or r.random() < .008
        if kind in ("http", "httpc"):
            rt, m = r.choice(ROUTES), r.choice(METHODS)
            code = r.choice((500, 502, 504, 429)) if spfail else r.choice((200, 200, 200, 200, 201, 204, 304, 404))
            A += [("http.request.method", m), ("http.route", rt), ("http.response.status_code", code),
                  ("url.full", f"https://api.example.com{rt}?trace={hexs(r, 48)}"), ("user_agent.original", r.choice(UAS)),
                  ("client.address", f"10.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(256)}"),
                  ("http.request.body.size", r.randrange(100, 60000)), ("network.protocol.version", "1.1" if r.random() < .5 else "2")]
            name, svc, kd, sc = f"{m} {rt}", (0 if kind == "http" else r.choice((3, 5))), (2 if kind == "http" else 3), "io.opentelemetry.http"
        elif kind == "agent":
            A += [("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", r.choice(("support", "coder", "planner", "analyst"))),
                  ("gen_ai.conversation.id", f"conv_{sess}"), ("agent.step", k), ("agent.max_steps", 16), ("agent.budget_usd", round(r.random() * 2, 4))]
            name, svc, kd, sc = "invoke_agent", 1, 1, "agent.runtime"
        elif kind == "llm":
            it, ot = int(math.exp(r.gauss(7, 1))), int(math.exp(r.gauss(5, .8)))
            A += [("llm.model", model), ("gen_ai.system", PROVIDERS[model]), ("gen_ai.usage.input_tokens", it), ("gen_ai.usage.output_tokens", ot),
                  ("gen_ai.request.temperature", r.choice((0.0, .2, .7, 1.0))), ("llm.cost_usd", round((it * 2.5 + ot * 10) / 1e6, 8)),
                  ("gen_ai.response.id", f"chatcmpl-{hexs(r, 112)}"), ("llm.streaming", r.random() < .7),
                  ("gen_ai.prompt.preview", " ".join(r.choices(WORDS, k=r.randrange(8, 40)))),
                  ("gen_ai.response.finish_reasons", ["stop" if r.random() < .8 else "tool_calls"])]
            name, svc, kd, sc = f"chat {model}", 2, 3, "gen_ai.client"
            ev.append(("gen_ai.first_token", st + int((en - st) * .2), [("ttft_ms", round((en - st) * .2 / 1e6, 3))]))
        elif kind == "tool":
            t = r.choice(TOOLS)
            A += [("gen_ai.tool.name", t), ("gen_ai.tool.call.id", f"call_{hexs(r, 96)}"), ("tool.args.size", r.randrange(10, 4000)),
                  ("tool.result.size", r.randrange(10, 90000)), ("tool.sandboxed", r.random() < .5)]
            name, svc, kd, sc = f"execute_tool {t}", 3, 1, "agent.tools"
        elif kind == "db":
            tb = r.choice(TABLES)
            A += [("db.system.name", "postgresql"), ("db.namespace", f"app_{ten % 4}"), ("db.operation.name", "SELECT"), ("db.collection.name", tb),
                  ("db.query.text", f"SELECT * FROM {tb} WHERE tenant_id = $1 AND id = $2 /* {hexs(r, 32)} */ LIMIT 50"),
                  ("db.response.returned_rows", r.randrange(0, 51)), ("server.address", f"pg-{ten % 4}.internal"), ("server.port", 5432)]
            name, svc, kd, sc = f"SELECT {tb}", 7, 3, "io.opentelemetry.jdbc"
        elif kind == "cache":
            A += [("db.system.name", "redis"), ("db.operation.name", r.choice(("GET", "SET", "MGET"))), ("cache.key", f"sess:{sess}:{r.randrange(100)}"),
                  ("cache.hit", r.random() < .7), ("server.address", "redis-0.internal"), ("server.port", 6379)]
            name, svc, kd, sc = "redis", 6, 3, "io.opentelemetry.redis"
        else:
            A += [("db.system.name", "qdrant"), ("vector.top_k", r.choice((5, 10, 20))), ("vector.score.max", round(r.random(), 6)),
                  ("vector.score.min", round(r.random() * .5, 6)), ("vector.collection", r.choice(TABLES)), ("vector.dim", 1536)]
            name, svc, kd, sc = "vector.search", 4, 3, "vector.client"
        if spfail:
            e, msg = r.choice(EXC)
            status = (2, msg)
            A.append(("error.type", e))
            ev.append(("exception", en - 1000, [("exception.type", e), ("exception.message", msg), ("exception.stacktrace", STACK + f"{e}: {msg}")]))
        elif r.random() < .2: status = (1, "")
        if r.random() < .1: ev.append(("log", st + 500, [("message", " ".join(r.choices(WORDS, k=8))), ("level", "INFO"), ("seq", k)]))
        if k and r.random() < .01: links.append((r.getrandbits(128).to_bytes(16, "big"), r.getrandbits(64).to_bytes(8, "big")))
        out.append((svc, (usr + k) % 3, sc, (tid, sid, parent, name, kd, st, en, A, ev, status, links)))
    return out

def set_any(v, x):
    if isinstance(x, bool): v.bool_value = x
    elif isinstance(x, int): v.int_value = x
    elif isinstance(x, float): v.double_value = x
    elif isinstance(x, str): v.string_value = x
    else:
        for y in x: set_any(v.array_value.values.add(), y)

def add_kv(rep, attrs):
    for k, x in attrs:
        kv = rep.add()
        kv.key = k
        set_any(kv.value, x)

def j_any(x):
    if isinstance(x, bool): return {"boolValue": x}
    if isinstance(x, int): return {"intValue": str(x)}
    if isinstance(x, float): return {"doubleValue": x}
    if isinstance(x, str): return {"stringValue": x}
    return {"arrayValue": {"values": [j_any(y) for y in x]}}

def j_kv(attrs): return [{"key": k, "value": j_any(x)} for k, x in attrs]

def encode(batch, want_json):
    groups = {}
    for svc, inst, sc, sp in batch: groups.setdefault((svc, inst), {}).setdefault(sc, []).append(sp)
    req, j = ExportTraceServiceRequest(), []
    for (svc, inst), scopes in groups.items():
        rs = req.resource_spans.add()
        ra = resource_attrs(svc, inst)
        add_kv(rs.resource.attributes, ra)
        jss = []
        for sc, sps in scopes.items():
            ss = rs.scope_spans.add()
            ss.scope.name, ss.scope.version = sc, "0.50.1"
            js = []
            for tid, sid, par, name, kd, st, en, A, ev, status, links in sps:
                s = ss.spans.add()
                s.trace_id, s.span_id, s.name, s.kind = tid, sid, name, kd
                if par: s.parent_span_id = par
                s.start_time_unix_nano, s.end_time_unix_nano, s.flags = st, en, 257
                add_kv(s.attributes, A)
                for en_, et, ea in ev:
                    e = s.events.add()
                    e.name, e.time_unix_nano = en_, et
                    add_kv(e.attributes, ea)
                for lt, ls in links:
                    l = s.links.add()
                    l.trace_id, l.span_id = lt, ls
                if status[0]:
                    s.status.code = status[0]
                    if status[1]: s.status.message = status[1]
                if want_json:
                    o = {"traceId": tid.hex(), "spanId": sid.hex(), **({"parentSpanId": par.hex()} if par else {}), "flags": 257, "name": name, "kind": kd,
                         "startTimeUnixNano": str(st), "endTimeUnixNano": str(en), "attributes": j_kv(A)}
                    if ev: o["events"] = [{"timeUnixNano": str(t), "name": nm, "attributes": j_kv(ea)} for nm, t, ea in ev]
                    if links: o["links"] = [{"traceId": a.hex(), "spanId": b.hex()} for a, b in links]
                    o["status"] = ({"code": status[0], **({"message": status[1]} if status[1] else {})}) if status[0] else {}
                    js.append(o)
            if want_json: jss.append({"scope": {"name": sc, "version": "0.50.1"}, "spans": js})
        if want_json: j.append({"resource": {"attributes": j_kv(ra)}, "scopeSpans": jss})
    return req.SerializeToString(), (json.dumps({"resourceSpans": j}, separators=(",", ":"), ensure_ascii=False).encode() if want_json else None)

def shard(args):
    out, seed, idx, n, want_json = args
    r = random.Random(f"{seed}:{idx}")
    buf, made, fileno = [], 0, idx * (SHARD // BATCH)
    base = T0 + idx * 3_600_000_000_000
    tot_attr = tot_b = tot_j = ntr = nev = 0
    while made < n:
        tr = make_trace(r, base)
        base += r.randrange(1, 280_000_000)
        ntr += 1
        tr = tr[:n - made]
        made += len(tr)
        buf += tr
        while len(buf) >= 4096 or (made >= n and buf):
            blk, buf = buf[:4096], buf[4096:]
            blk.sort(key=lambda s: s[0])     # stable: by service
            for q in range(0, len(blk), BATCH):
                b = blk[q:q + BATCH]
                pb, js = encode(b, want_json)
                with open(f"{out}/pb/{fileno:05d}.bin", "wb") as f: f.write(pb)
                if js:
                    with open(f"{out}/json/{fileno:05d}.json", "wb") as f: f.write(js)
                    tot_j += len(js)
                fileno += 1
                tot_b += len(pb)
                tot_attr += sum(len(s[3][7]) for s in b)
                nev += sum(len(s[3][8]) for s in b)
    return made, ntr, tot_attr, nev, tot_b, tot_j

if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", default="corpus"); ap.add_argument("--spans", type=int, default=SHARD)
    ap.add_argument("--seed", default="20251120"); ap.add_argument("--json", action="store_true"); ap.add_argument("--workers", type=int, default=1)
    a = ap.parse_args()
    assert a.spans % BATCH == 0, "spans must be a multiple of 512"
    os.makedirs(f"{a.out}/pb", exist_ok=True)
    if a.json: os.makedirs(f"{a.out}/json", exist_ok=True)
    jobs, left, i = [], a.spans, 0
    while left > 0:
        jobs.append((a.out, a.seed, i, min(left, SHARD), a.json)); left -= SHARD; i += 1
    with Pool(a.workers) as p: res = p.map(shard, jobs, chunksize=1)
    t = [sum(x) for x in zip(*res)]
    meta = dict(spans=t[0], traces=t[1], attrs_per_span=round(t[2] / t[0], 2), events=t[3], pb_bytes=t[4], json_bytes=t[5],
                pb_bytes_per_span=round(t[4] / t[0], 1), json_bytes_per_span=round(t[5] / t[0], 1), seed=a.seed)
    json.dump(meta, open(f"{a.out}/meta.json", "w"), indent=1)
    print(json.dumps(meta))
