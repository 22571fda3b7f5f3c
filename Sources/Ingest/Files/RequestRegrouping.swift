import Store

/// Brings items of a request together that have one resource and scope.
///
/// What a store exports stands trace by trace, so a resource is said again for almost every span, and
/// half of a file would be resources. Each trace keeps its items in their order, since the first to
/// arrive counts where values conflict; which trace's come first is open.
struct RequestRegrouping {
  /// Items of one trace that stand side by side in one group.
  private struct Run {
    var origin: Int
    var items: [UInt8]
  }

  /// A group's fields but for its items: of the resource's message, and of the scope's.
  private struct Origin: Hashable {
    var resource: [UInt8]
    var scope: [UInt8]
  }

  private var origins: [Origin] = []
  private var places: [Origin: Int] = [:]
  private var traces: [[Run]] = []
  private var traceOf: [[UInt8]: Int] = [:]

  /// The request with its items in fewer groups; as it stands where that is no shorter, or where it is not
  /// well-formed.
  static func regrouped(_ request: MessageBytes, _ kind: RequestKind) -> MessageBytes {
    var regrouping = RequestRegrouping()
    let isRead = unsafe request.withUnsafeBytes { bytes in
      unsafe regrouping.read(WireBytes(bytes), kind)
    }
    guard isRead else { return request }
    let written = regrouping.written()
    return written.count < request.count ? MessageBytes(written) : request
  }

  // MARK: - Reading

  private mutating func read(_ request: WireBytes, _ kind: RequestKind) -> Bool {
    do throws(WireError) {
      for group in try Self.split(request, at: 10).runs {
        let (scopes, resource) = try Self.split(group, at: 18)
        for scopeItems in scopes {
          let (items, scope) = try Self.split(scopeItems, at: 18)
          let origin = place(of: Origin(resource: resource, scope: scope))
          for item in items { add(item, try Self.traceID(of: item, kind), origin) }
        }
      }
      return true
    } catch {
      return false
    }
  }

  /// The payloads of the fields with a tag, and all other fields as they stand.
  static func split(
    _ message: WireBytes, at wanted: UInt32
  ) throws(WireError) -> (runs: [WireBytes], rest: [UInt8]) {
    var runs: [WireBytes] = []
    var rest: [UInt8] = []
    var reader = WireReader(message)
    while !reader.isAtEnd {
      let start = unsafe reader.position
      let tag = try reader.tag()
      if tag == wanted {
        runs.append(try reader.bytes())
      } else {
        try reader.skip(tag, depth: WireReader.maximumDepth)
        unsafe rest.append(contentsOf: reader.bytes(since: start).buffer)
      }
    }
    return (runs, rest)
  }

  /// `trace_id` is field 1 of a `Span`, and field 9 of a `LogRecord`.
  private static func traceID(
    of item: WireBytes, _ kind: RequestKind
  ) throws(WireError) -> [UInt8] {
    let wanted: UInt32 = kind == .spans ? 10 : 74
    var reader = WireReader(item)
    while !reader.isAtEnd {
      let tag = try reader.tag()
      if tag == wanted { return try reader.bytes().array }
      try reader.skip(tag, depth: WireReader.maximumDepth)
    }
    return []
  }

  private mutating func place(of origin: Origin) -> Int {
    if let place = places[origin] { return place }
    places[origin] = origins.count
    origins.append(origin)
    return origins.count - 1
  }

  private mutating func add(_ item: WireBytes, _ id: [UInt8], _ origin: Int) {
    let trace = traceOf[id] ?? traces.count
    if trace == traces.count {
      traceOf[id] = trace
      traces.append([])
    }
    var writer = WireWriter(reserving: item.count + 6)
    // repeated Span spans = 2; repeated LogRecord log_records = 2;
    writer.bytes(2, item)
    if let last = traces[trace].indices.last, traces[trace][last].origin == origin {
      traces[trace][last].items += writer.bytes
    } else {
      traces[trace].append(Run(origin: origin, items: writer.bytes))
    }
  }

  // MARK: - Writing

  /// Writes the groups: always the one next for which most traces wait.
  private func written() -> [UInt8] {
    var next = Array(repeating: 0, count: traces.count)
    var waiting = Array(repeating: 0, count: origins.count)
    for trace in traces { if let first = trace.first { waiting[first.origin] += 1 } }
    var groups: [(origin: Int, items: [UInt8])] = []
    while let origin = waiting.indices.max(by: { waiting[$0] < waiting[$1] }), waiting[origin] > 0 {
      waiting[origin] = 0
      var items: [UInt8] = []
      for trace in traces.indices
      where next[trace] < traces[trace].count && traces[trace][next[trace]].origin == origin {
        items += traces[trace][next[trace]].items
        next[trace] += 1
        if next[trace] < traces[trace].count { waiting[traces[trace][next[trace]].origin] += 1 }
      }
      groups.append((origin, items))
    }
    var request = WireWriter()
    var rest = groups[...]
    while let first = rest.first {
      let resource = origins[first.origin].resource
      let scopes = rest.prefix { origins[$0.origin].resource == resource }
      rest = rest.dropFirst(scopes.count)
      request.message(1) { writer in
        writer.raw(resource)
        for (origin, items) in scopes {
          writer.message(2) { writer in
            writer.raw(origins[origin].scope)
            writer.raw(items)
          }
        }
      }
    }
    return request.bytes
  }
}
