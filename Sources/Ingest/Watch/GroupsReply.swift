public import Store

/// Groups as a collector made them (`tracetop.v1.GroupsReply`): rows, never spans.
public struct GroupsReply: Equatable, Sendable {
  public var table: GroupTable
  /// What is worth saying of the key, such as that no span has it; empty for nothing.
  public var notice: String

  public init(table: GroupTable = GroupTable(), notice: String = "") {
    self.table = table
    self.notice = notice
  }

  // MARK: - Writing

  /// The protobuf message.
  public var encoded: [UInt8] {
    var writer = WireWriter()
    writer.string(1, table.key)
    for row in table.rows { writer.message(2) { Self.write(row, to: &$0) } }
    if let row = table.notSet { writer.message(3) { Self.write(row, to: &$0) } }
    if let row = table.others { writer.message(4) { Self.write(row, to: &$0) } }
    writer.varint(5, UInt64(table.values))
    writer.varint(6, table.isAtLeast ? 1 : 0)
    writer.varint(7, UInt64(table.traces))
    writer.varint(8, UInt64(table.errors))
    writer.varint(9, table.rowsScanned)
    if table.isScaled { writer.varint(11, 1) }
    if !notice.isEmpty { writer.string(10, notice) }
    return writer.bytes
  }

  private static func write(_ row: GroupTable.Row, to writer: inout WireWriter) {
    if let value = row.value { writer.string(1, value) }
    writer.varint(2, UInt64(row.traces))
    writer.varint(3, UInt64(row.errors))
    if let time = row.p50 { writer.fixed64(4, time.rawValue) }
    if let time = row.p95 { writer.fixed64(5, time.rawValue) }
    if let time = row.p99 { writer.fixed64(6, time.rawValue) }
    if let tokens = row.tokens { writer.varint(7, tokens) }
    if let cost = row.costUSD { writer.fixed64(8, cost.bitPattern) }
    if let moment = row.firstError { writer.fixed64(9, moment.rawValue) }
  }

  // MARK: - Reading

  /// Reads the protobuf message; unknown fields are passed over.
  public init(decoding bytes: MessageBytes) throws(WireError) {
    self = unsafe try bytes.withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(WireError) -> GroupsReply in
      var reply = GroupsReply()
      var reader = unsafe WireReader(WireBytes(bytes))
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 1 << 3 | 2: reply.table.key = try reader.bytes().text
        case 2 << 3 | 2: reply.table.rows.append(try Self.row(reader.nested(try reader.bytes())))
        case 3 << 3 | 2: reply.table.notSet = try Self.row(reader.nested(try reader.bytes()))
        case 4 << 3 | 2: reply.table.others = try Self.row(reader.nested(try reader.bytes()))
        case 5 << 3: reply.table.values = try Self.count(&reader)
        case 6 << 3: reply.table.isAtLeast = try reader.varint() != 0
        case 7 << 3: reply.table.traces = try Self.count(&reader)
        case 8 << 3: reply.table.errors = try Self.count(&reader)
        case 9 << 3: reply.table.rowsScanned = try reader.varint()
        case 11 << 3: reply.table.isScaled = try reader.varint() != 0
        case 10 << 3 | 2: reply.notice = try reader.bytes().text
        case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
      return reply
    }
  }

  /// A count of another program's, which may be anything.
  private static func count(_ reader: inout WireReader) throws(WireError) -> Int {
    Int(min(try reader.varint(), UInt64(Int32.max) << 16))
  }

  private static func row(_ reader: WireReader) throws(WireError) -> GroupTable.Row {
    var row = GroupTable.Row()
    var reader = reader
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 1 << 3 | 2: row.value = try reader.bytes().text
      case 2 << 3: row.traces = try count(&reader)
      case 3 << 3: row.errors = try count(&reader)
      case 4 << 3 | 1: row.p50 = Nanoseconds(try reader.fixed64())
      case 5 << 3 | 1: row.p95 = Nanoseconds(try reader.fixed64())
      case 6 << 3 | 1: row.p99 = Nanoseconds(try reader.fixed64())
      case 7 << 3: row.tokens = try reader.varint()
      case 8 << 3 | 1: row.costUSD = Double(bitPattern: try reader.fixed64())
      case 9 << 3 | 1: row.firstError = UnixNanos(try reader.fixed64())
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
      }
    }
    return row
  }
}
