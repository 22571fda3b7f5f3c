public import Store

/// What groups are asked for (`tracetop.v1.GroupsRequest`).
public struct GroupsRequest: Equatable, Sendable {
  /// The key, as filters have it.
  public var by: String
  /// Which traces, in the filter language; empty for all.
  public var filter: String
  /// Only traces with a span that began at this moment or later; zero for all.
  public var since: UnixNanos
  /// At most so many rows of their own, the rest as one; 0 for as many as there may be.
  public var limit: UInt64
  /// Whether traces that are one request count each.
  public var isApart: Bool

  public init(
    by: String, filter: String = "", since: UnixNanos = UnixNanos(0), limit: UInt64 = 0,
    isApart: Bool = false
  ) {
    self.by = by
    self.filter = filter
    self.since = since
    self.limit = limit
    self.isApart = isApart
  }

  /// The protobuf message.
  public var encoded: [UInt8] {
    var writer = WireWriter()
    if !by.isEmpty { writer.string(1, by) }
    if !filter.isEmpty { writer.string(2, filter) }
    if since.rawValue != 0 { writer.fixed64(3, since.rawValue) }
    if limit != 0 { writer.varint(4, limit) }
    if isApart { writer.varint(5, 1) }
    return writer.bytes
  }

  /// Reads the protobuf message; unknown fields are passed over.
  public init(decoding bytes: MessageBytes) throws(WireError) {
    self = unsafe try bytes.withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(WireError) -> GroupsRequest in
      var request = GroupsRequest(by: "")
      var reader = unsafe WireReader(WireBytes(bytes))
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 1 << 3 | 2: request.by = try reader.bytes().text
        case 2 << 3 | 2: request.filter = try reader.bytes().text
        case 3 << 3 | 1: request.since = UnixNanos(try reader.fixed64())
        case 4 << 3: request.limit = try reader.varint()
        case 5 << 3: request.isApart = try reader.varint() != 0
        case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
      return request
    }
  }

  // MARK: - Answering

  /// Groups what a snapshot holds; `invalidArgument` says what is wrong with the key or the filter.
  public func answer(
    from snapshot: Snapshot, now: UnixNanos
  ) throws(GRPCStatus) -> GroupsReply {
    let key: GroupKey
    let filter: Filter?
    do throws(FilterError) {
      key = try GroupKey(by)
      filter = try FilterParser.parse(self.filter)
    } catch {
      throw GRPCStatus(.invalidArgument, error.description)
    }
    var selection = GroupSelection.all
    var scanned: UInt64 = 0
    if let filter {
      let live = LiveQuery(filter: filter, joinsTraces: !isApart)
      scanned = UInt64(live.update(to: snapshot, now: now).work.rowsScanned)
      selection = live.selection
    }
    let reader = GroupReader(key, joinsTraces: !isApart)
    let most = UInt64(GroupReader.maximumRows)
    let table = reader.update(
      to: snapshot, selection: selection, since: since.rawValue == 0 ? nil : since, now: now,
      limit: Int(limit == 0 ? most : min(limit, most)))
    var reply = GroupsReply(table: table)
    reply.table.rowsScanned += scanned
    if let name = key.attributeKey, table.rows.isEmpty, table.others == nil, table.traces > 0 {
      let keys = snapshot.keys()
      if !keys.contains(name) {
        reply.notice = Completion.notice(ofUnknownKey: name, among: keys)
      }
    }
    return reply
  }
}
